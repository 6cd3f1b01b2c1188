//! Maven: a single pom.xml without modules.

use super::tool::{Tool, shown};
use super::*;

/// What `mvn dependency:go-offline` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    if let Some(goal) = install.words().map(shown).find(|goal| !install.ecosystem.has("installs", goal)) {
        return refuse(&UNKNOWN_OPTION, format!("the goal `{goal}` needs the sources"));
    }
    install.check_options(project, needs)?;
    project.check_parents(&["pom.xml", ".mvn"])?;
    let text = project.read("pom.xml", needs)?;
    for (mark, refusal) in [
        ("<module>", &WORKSPACE),
        ("<systemPath>", &PATH_DEPENDENCY),
        ("file:", &PATH_DEPENDENCY),
        ("<exists>", &READS_PROJECT),
        ("<missing>", &READS_PROJECT),
        ("<extensions>true", &READS_PROJECT),
        ("<relativePath>", &PARENT_MANIFEST),
    ] {
        if text.contains(mark) {
            return refuse(refusal, format!("`pom.xml` has `{mark}`"));
        }
    }
    if let Some(text) = project.read_if_there(".mvn/maven.config", needs)?
        && let Some(word) =
            text.split_whitespace().find(|word| !install.ecosystem.has("options", word) && !word.starts_with("-D"))
    {
        return refuse(&MANIFEST_UNREAD, format!("`.mvn/maven.config`: what `{word}` makes Maven read is not known"));
    }
    project.take_files(install, needs)
}
