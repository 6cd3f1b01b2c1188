//! Maven: a single pom.xml without modules.

use super::tool::{Tool, shown};
use super::*;

/// What `mvn dependency:go-offline` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    if let Some(goal) = install.words().map(shown).find(|goal| !install.ecosystem.has("installs", goal)) {
        return refuse(mark!(UNKNOWN_OPTION, "maven-goal"), format!("the goal `{goal}` needs the sources"));
    }
    install.check_options(project, needs)?;
    project.check_parents(&["pom.xml", ".mvn"])?;
    let text = project.read("pom.xml", needs)?;
    for (mark, refusal) in [
        ("<module>", mark!(WORKSPACE, "maven")),
        ("<systemPath>", mark!(PATH_DEPENDENCY, "maven-system")),
        ("file:", mark!(PATH_DEPENDENCY, "maven-file")),
        ("<exists>", mark!(READS_PROJECT, "maven-exists")),
        ("<missing>", mark!(READS_PROJECT, "maven-missing")),
        ("<extensions>true", mark!(READS_PROJECT, "maven-extensions")),
        ("<relativePath>", mark!(PARENT_MANIFEST, "maven")),
    ] {
        if text.contains(mark) {
            return refuse(refusal, format!("`pom.xml` has `{mark}`"));
        }
    }
    if let Some(text) = project.read_if_there(".mvn/maven.config", needs)?
        && let Some(word) =
            text.split_whitespace().find(|word| !install.ecosystem.has("options", word) && !word.starts_with("-D"))
    {
        return refuse(
            mark!(MANIFEST_UNREAD, "maven-config"),
            format!("`.mvn/maven.config`: what `{word}` makes Maven read is not known"),
        );
    }
    project.take_files(install, needs)
}
