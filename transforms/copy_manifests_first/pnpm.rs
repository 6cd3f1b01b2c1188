//! pnpm: its workspace file, and what it shares with npm.

use super::node::{Locked, check_lock, check_package, expand, package, settings, take_member};
use super::tool::Tool;
use super::*;

/// What `pnpm install` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    install.check_words(project, needs)?;
    project.check_parents(&node::SETTINGS)?;
    let root = package(&project.read("package.json", needs)?, "package.json")?;
    check_package(install, project, &root)?;
    if [".pnpmfile.cjs", ".pnpmfile.mjs", "pnpmfile.js"].iter().any(|name| project.brings(name)) {
        return refuse(mark!(LIFECYCLE_HOOK, "pnpmfile"), "`.pnpmfile.cjs` is a program that the install runs");
    }
    let patterns = match project.read_if_there("pnpm-workspace.yaml", needs)? {
        Some(text) => packages(&text)?,
        None => Vec::new(),
    };
    let inner: Vec<String> = patterns.into_iter().filter(|pattern| pattern != ".").collect();
    let members = expand(project, &inner)?;
    for member in &members {
        take_member(install, project, member, needs)?;
    }
    settings(install, project)?;
    project.take_files(install, needs)?;
    check_lock(install, project, needs, &Locked::of(&root, !members.is_empty()))
}

/// The patterns below `packages:` of a pnpm-workspace.yaml, of which only plain lists and settings are read.
fn packages(text: &str) -> Result<Vec<String>, Reason> {
    let quiet = [
        "onlyBuiltDependencies",
        "ignoredBuiltDependencies",
        "neverBuiltDependencies",
        "allowBuilds",
        "catalog",
        "catalogs",
    ];
    let unread = |line: &str| {
        refuse(mark!(MANIFEST_UNREAD, "pnpm-workspace"), format!("`pnpm-workspace.yaml`: `{line}` was not understood"))
    };
    let mut out = Vec::new();
    let mut key = "";
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '-']) {
            let Some((name, "")) = line.split_once(':').map(|(name, rest)| (name, rest.trim())) else {
                return unread(line);
            };
            if name != "packages" && !quiet.contains(&name) {
                return unread(line);
            }
            key = name;
            continue;
        }
        let item = line.trim_start().strip_prefix("- ");
        match (key, item) {
            ("packages", Some(item)) => out.push(item.trim().trim_matches(['"', '\'']).to_owned()),
            ("packages", None) => return unread(line),
            _ if line.contains("file:") || line.contains("link:") => return unread(line),
            _ => {}
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_workspace_files_are_read() {
        let text = "# all\npackages:\n  - 'packages/*'\n  - apps/web # one\n\
             onlyBuiltDependencies:\n  - esbuild\ncatalog:\n  react: ^18\n";
        assert_eq!(packages(text).unwrap(), ["packages/*", "apps/web"]);
        assert_eq!(packages("packages:\n- \"a\"\n").unwrap(), ["a"]);
    }

    #[test]
    fn others_are_not() {
        for text in [
            "patchedDependencies:\n  a: patches/a.patch\n",
            "packages: [a]\n",
            "catalog:\n  a: file:x\n",
            "packages:\n  a: b\n",
        ] {
            assert!(packages(text).is_err(), "{text}");
        }
    }
}
