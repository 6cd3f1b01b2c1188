//! package.json and what belongs to it: npm, yarn 1 and bun; the parts that pnpm shares.

use super::tool::Tool;
use super::*;
use crate::knowledge::manifests;
use serde_json::{Map, Value};

const DEPENDENCIES: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const OVERRIDES: [&str; 3] = ["resolutions", "overrides", "catalog"];
/// Settings of several managers that a folder above may hold.
pub const SETTINGS: [&str; 6] =
    ["package.json", ".npmrc", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", "bunfig.toml"];

/// What `npm ci`, `yarn install` or `bun install` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    let text = project.read("package.json", needs)?;
    let package = package(&text, "package.json")?;
    if install.ecosystem.name == "yarn" {
        check_yarn(project, &package)?;
    }
    install.check_words(project, needs)?;
    project.check_parents(&SETTINGS)?;
    check_package(install, project, &package)?;
    let members = members(project, package.get("workspaces"))?;
    for member in &members {
        take_member(install, project, member, needs)?;
    }
    settings(install, project)?;
    project.take_files(install, needs)?;
    check_lock(install, project, needs, &Locked::of(&package, !members.is_empty()))
}

/// The object in a package.json.
///
/// # Errors
/// Where it is none.
pub fn package(text: &str, name: &str) -> Result<Map<String, Value>, Reason> {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Ok(map),
        _ => refuse(mark!(MANIFEST_UNREAD, "no-object"), format!("`{name}` is not a JSON object")),
    }
}

/// What one package.json says: no scripts that the install runs, no dependency on a file.
///
/// # Errors
/// Where it says so.
pub fn check_package(install: &Tool, project: &Project, package: &Map<String, Value>) -> Result<(), Reason> {
    let quiet = install.has(&["--ignore-scripts"]);
    if let Some(scripts) = package.get("scripts").and_then(Value::as_object).filter(|_| !quiet) {
        let hooks = manifests::list("hooks");
        let mut hooks = scripts.iter().filter(|(name, _)| hooks.contains(&name.as_str()));
        if hooks.clone().any(|(_, text)| is_git_hook(text)) {
            project.check_git("husky")?;
        }
        if let Some((name, text)) = hooks.find(|(_, text)| !is_git_hook(text)) {
            return refuse(
                mark!(LIFECYCLE_HOOK, "node"),
                format!("the install runs the script `{name}`: {}", text.as_str().unwrap_or_default()),
            );
        }
    }
    if !quiet && project.brings("binding.gyp") {
        return refuse(mark!(READS_PROJECT, "gyp"), "`binding.gyp` makes the install build the project's own sources");
    }
    for key in ["patchedDependencies", "pnpmfile", "dependenciesMeta"] {
        let inner = package.get("pnpm").and_then(|pnpm| pnpm.get(key));
        if inner.or(package.get(key)).is_some() {
            return refuse(mark!(PATH_DEPENDENCY, "node-patches"), format!("`{key}` may name files of the project"));
        }
    }
    if package.get("publishConfig").is_some_and(|config| config.get("directory").is_some()) {
        return refuse(mark!(WORKSPACE, "publish"), "`publishConfig` links a folder that is built");
    }
    let text = Value::Object(package.clone()).to_string();
    if let Some(kind) = ["\"file:", "\"link:", "\"portal:", "\"patch:"].iter().find(|kind| text.contains(**kind)) {
        return refuse(
            mark!(PATH_DEPENDENCY, "node-kind"),
            format!("there is a dependency of the kind `{}`", kind.trim_matches('"')),
        );
    }
    check_dependencies(project, package, quiet)?;
    let inner = |key: &str| package.get("pnpm").and_then(|pnpm| pnpm.get(key));
    let overrides = OVERRIDES.iter().flat_map(|key| package.get(*key).into_iter().chain(inner(key)));
    overrides.into_iter().try_for_each(check_overrides)
}

/// Whether a script only calls husky, which sets up hooks of git: it looks at `.git` alone, and does nothing without one.
fn is_git_hook(script: &Value) -> bool {
    let Some(script) = script.as_str() else { return false };
    let words: Vec<&str> = script.split_whitespace().collect();
    let ends = [["||", "true"].as_slice(), &["||", ":"], &["||", "exit", "0"]];
    let words = ends.iter().find_map(|end| words.strip_suffix(*end)).unwrap_or(&words);
    let words = words.strip_prefix(&["is-ci", "||"]).unwrap_or(words);
    matches!(words, ["husky"] | ["husky", "install"])
}

/// Whether a range of versions of husky has none that has an install script of its own: those came to an end with 4.
fn is_quiet_husky(name: &str, range: &Value) -> bool {
    let start = range.as_str().map(|range| range.trim_start_matches(['^', '~', 'v', '=']));
    let major = start.and_then(|start| start.split('.').next()).and_then(|major| major.parse::<u32>().ok());
    name == "husky" && major.is_some_and(|major| major >= 5)
}

fn check_dependencies(project: &Project, package: &Map<String, Value>, quiet: bool) -> Result<(), Reason> {
    let all = DEPENDENCIES.iter().filter_map(|key| package.get(*key).and_then(Value::as_object)).flatten();
    for (name, range) in all {
        check_range(name, range)?;
        if range.as_str().is_some_and(uses_git) {
            project.check_git(name)?;
        }
        if !quiet && manifests::list("reads-project").contains(&name.as_str()) && !is_quiet_husky(name, range) {
            return refuse(
                mark!(READS_PROJECT, "dependency"),
                format!("the install script of `{name}` looks at the project's files"),
            );
        }
    }
    Ok(())
}

fn check_overrides(value: &Value) -> Result<(), Reason> {
    match value {
        Value::Object(map) => map.iter().try_for_each(|(name, value)| match value {
            Value::Object(_) => check_overrides(value),
            value => check_range(name, value),
        }),
        value => check_range("an override", value),
    }
}

/// A version, a range, a tag or a URL; no path.
fn check_range(name: &str, range: &Value) -> Result<(), Reason> {
    let Some(range) = range.as_str() else {
        return refuse(mark!(MANIFEST_UNREAD, "no-version"), format!("the version of `{name}` is no text"));
    };
    let lower = range.to_lowercase();
    let named = ["file:", "link:", "portal:", "patch:", "exec:"].iter().any(|kind| lower.contains(kind));
    let archive = !lower.contains("://") && [".tgz", ".tar.gz", ".tar"].iter().any(|end| lower.ends_with(end));
    match named || archive || range.starts_with(['.', '/', '\\']) || range.starts_with("~/") {
        true => refuse(mark!(PATH_DEPENDENCY, "node-range"), format!("`{name}` is `{range}`")),
        false => Ok(()),
    }
}

/// Whether a version is fetched by git.
fn uses_git(range: &str) -> bool {
    range.contains("git") || (range.contains('/') && !range.contains("://") && !range.starts_with("npm:"))
}

/// yarn 1 and its successor read other files; which one it is, the files tell.
fn check_yarn(project: &Project, package: &Map<String, Value>) -> Result<(), Reason> {
    let manager = package.get("packageManager").and_then(Value::as_str).unwrap_or("yarn@1");
    let lock = project.read_if_there("yarn.lock", &mut Needs::default())?.unwrap_or_default();
    let berry = project.brings(".yarnrc.yml") || project.brings(".yarn") || lock.contains("__metadata:");
    match berry || !(manager.starts_with("yarn@1") || manager.starts_with("yarn@0")) {
        true => refuse(
            mark!(ECOSYSTEM, "yarn"),
            "yarn 2 and later run plugins and releases that are in the project, and fill folders there",
        ),
        false => Ok(()),
    }
}

/// The folders of a workspace's members, as paths from the project's folder.
fn members(project: &Project, workspaces: Option<&Value>) -> Result<Vec<String>, Reason> {
    let patterns = match workspaces {
        None => return Ok(Vec::new()),
        Some(Value::Object(map)) => map.get("packages").cloned().unwrap_or_default(),
        Some(value) => value.clone(),
    };
    let Value::Array(patterns) = patterns else {
        return refuse(mark!(WORKSPACE, "no-list"), "`workspaces` is no list");
    };
    let patterns: Option<Vec<String>> = patterns.iter().map(|it| it.as_str().map(str::to_owned)).collect();
    expand(project, &patterns.unwrap_or_default())
}

/// The folders with a package.json that patterns name: plain paths and `dir/*`.
///
/// # Errors
/// A pattern that is more than that, or names nothing.
pub fn expand(project: &Project, patterns: &[String]) -> Result<Vec<String>, Reason> {
    let mut out = Vec::new();
    for pattern in patterns {
        let plain = pattern.trim_start_matches("./").trim_end_matches('/');
        let (folder, star) = match plain.strip_suffix("/*") {
            Some(folder) => (folder, true),
            None if plain == "*" => ("", true),
            None => (plain, false),
        };
        if folder.contains(['*', '!', '{', '[', '?', '$', '(', '\\']) || folder.split('/').any(|part| part == "..") {
            return refuse(mark!(WORKSPACE, "pattern"), format!("which folders `{pattern}` names was not worked out"));
        }
        let found: Vec<String> = match star {
            true => project.names(folder).into_iter().map(|name| format!("{folder}/{name}")).collect(),
            false => vec![folder.to_owned()],
        };
        for member in found.iter().map(|member| member.trim_start_matches('/').to_owned()) {
            let manifest = format!("{member}/package.json");
            match project.has(&manifest)? {
                true => out.push(member),
                false if star => {}
                false => return Err(project.missing(&project.path(&manifest))),
            }
        }
    }
    Ok(out)
}

/// A member of the workspace: its package.json at its own path, and the folder that the install may fill in it.
///
/// # Errors
/// Where it needs more.
pub fn take_member(install: &Tool, project: &Project, member: &str, needs: &mut Needs) -> Result<(), Reason> {
    let name = format!("{member}/package.json");
    let package = package(&project.read(&name, needs)?, &name)?;
    let inner = project.at(project.path(member));
    check_package(install, &inner, &package).map_err(|(code, what)| (code, format!("`{name}`: {what}")))?;
    if package.contains_key("bin") || package.get("directories").is_some_and(|it| it.get("bin").is_some()) {
        return refuse(
            mark!(WORKSPACE, "commands"),
            format!("`{name}` has commands, which the install links to the sources"),
        );
    }
    if package.contains_key("workspaces") {
        return refuse(mark!(WORKSPACE, "members"), format!("`{name}` has members of its own"));
    }
    needs.outputs.push(inner.path("node_modules"));
    match inner.has(".npmrc")? {
        true => refuse(mark!(WORKSPACE, "settings"), format!("`{member}` has an `.npmrc` of its own")),
        false => Ok(()),
    }
}

/// Settings: read, and refused where they may name a file or run something.
///
/// # Errors
/// Where they may.
pub fn settings(install: &Tool, project: &Project) -> Result<(), Reason> {
    check_lines(project, ".npmrc", &['#', ';'], |line| {
        let key = line.split('=').next().unwrap_or(line).trim().trim_end_matches("[]");
        let server = key.starts_with("//") && !key.ends_with("file") && !key.contains("tokenHelper");
        server || (key.starts_with('@') && key.ends_with(":registry")) || manifests::list("npmrc").contains(&key)
    })?;
    match install.ecosystem.name {
        "yarn" => check_lines(project, ".yarnrc", &['#'], |line| {
            let key = line.split([' ', '\t']).next().unwrap_or(line).trim_matches('"');
            manifests::list("yarnrc").contains(&key)
        }),
        "bun" => check_lines(project, "bunfig.toml", &['#'], |line| {
            let key = line.split('=').next().unwrap_or(line).trim();
            manifests::list("bunfig").contains(&key)
        }),
        _ => Ok(()),
    }
}

/// That each line of a settings file is one that is known.
fn check_lines(project: &Project, name: &str, comment: &[char], known: impl Fn(&str) -> bool) -> Result<(), Reason> {
    let Some(text) = project.read_if_there(name, &mut Needs::default())? else { return Ok(()) };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(comment));
    match lines.find(|line| !known(line)) {
        Some(line) => {
            let line = line.split('=').next().unwrap_or(line);
            refuse(
                mark!(MANIFEST_UNREAD, "settings"),
                format!("`{name}`: what `{line}` makes the install read is not known"),
            )
        }
        None => Ok(()),
    }
}

/// What is known of a project before its lock file is read.
pub struct Locked {
    /// It has members, which are links in the lock file.
    workspace: bool,
    /// Its package.json asks for a husky that has no install script of its own.
    quiet_husky: bool,
}

impl Locked {
    /// What the package.json at the top of a project says.
    pub fn of(package: &Map<String, Value>, workspace: bool) -> Locked {
        let mut ranges = DEPENDENCIES.iter().filter_map(|key| package.get(*key)?.get("husky")).peekable();
        let asked = ranges.peek().is_some();
        Locked { workspace, quiet_husky: asked && ranges.all(|range| is_quiet_husky("husky", range)) }
    }
}

/// What the lock file says of dependencies that package.json does not name.
///
/// # Errors
/// Where one is a path, or looks at the project.
pub fn check_lock(install: &Tool, project: &Project, needs: &mut Needs, locked: &Locked) -> Result<(), Reason> {
    let quiet = install.has(&["--ignore-scripts"]);
    let mut found = false;
    for name in install.ecosystem.words("lock") {
        if !project.has(name)? {
            continue;
        }
        found = true;
        if *name == "bun.lockb" {
            return refuse(mark!(MANIFEST_UNREAD, "binary-lock"), "`bun.lockb` is binary");
        }
        check_locked(name, &project.read(name, needs)?, locked, quiet)?;
    }
    let needs_lock = install.ecosystem.name == "npm" && install.ecosystem.has("keeps-lock", &install.verb);
    let needs_lock = needs_lock || install.has(&["--frozen-lockfile", "--immutable"]);
    match found || !needs_lock {
        true => Ok(()),
        false => Err(project.missing(&project.path(install.ecosystem.words("lock").first().unwrap_or(&"lock")))),
    }
}

/// That a lock file has no dependency that is a path, nor one that looks at the project.
fn check_locked(name: &str, text: &str, locked: &Locked, quiet: bool) -> Result<(), Reason> {
    let files = ["\"file:", "@file:", "@portal:", ": file:", "(patch_hash="];
    let links = ["\"link:", "@link:", "link: true\n", ": link:", "\"link\": true", "\"link\":true"];
    let links = links.iter().filter(|_| !locked.workspace);
    if let Some(path) = files.iter().chain(links).find(|path| text.contains(**path)) {
        return refuse(mark!(PATH_DEPENDENCY, "node-lock"), format!("`{name}` has `{}`", path.trim()));
    }
    let reads = |reader: &&&str| {
        !quiet && locks(text, reader) && !(locked.quiet_husky && **reader == "husky" && is_locked_once(text, reader))
    };
    match manifests::list("reads-project").iter().find(reads) {
        Some(reader) => refuse(
            mark!(READS_PROJECT, "lock"),
            format!("the install script of `{reader}` looks at the project's files"),
        ),
        None => Ok(()),
    }
}

/// Whether a lock file has a package, in any of the formats.
fn locks(text: &str, package: &str) -> bool {
    forms(package).iter().any(|form| text.contains(form.as_str()))
}

/// Whether a lock file has a package in one version only.
fn is_locked_once(text: &str, package: &str) -> bool {
    forms(package).iter().all(|form| text.matches(form.as_str()).count() <= 1)
}

/// How the formats of lock files name a package.
fn forms(package: &str) -> Vec<String> {
    vec![
        format!("node_modules/{package}\""),
        format!("\n{package}@"),
        format!("\n\"{package}@"),
        format!("\n  {package}@"),
        format!("\n  '{package}@"),
        format!("\n  /{package}@"),
        format!("\n  /{package}/"),
        format!("\n    \"{package}\": "),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_paths() {
        for range in [
            "1",
            "^1.2.3",
            "~1.2",
            "latest",
            "npm:other@1",
            "git+https://example.org/a.git",
            "https://example.org/a.tgz",
            "workspace:*",
        ] {
            assert!(check_range("a", &Value::from(range)).is_ok(), "{range}");
        }
        for range in ["file:./lib", "link:../a", "./lib", "../lib", "~/lib", "a.tgz", "portal:x", "patch:a@1#x"] {
            assert_eq!(check_range("a", &Value::from(range)).unwrap_err().0.code, "path-dependency", "{range}");
        }
    }

    #[test]
    fn hooks_of_git_are_told_from_other_scripts() {
        for script in ["husky", "husky || true", "husky install", "is-ci || husky install", "husky || exit 0"] {
            assert!(is_git_hook(&Value::from(script)), "{script}");
        }
        for script in
            ["husky && npm run build", "husky || node build.js", "husky add .husky/x", "node .husky/install.mjs"]
        {
            assert!(!is_git_hook(&Value::from(script)), "{script}");
        }
        let quiet = |range: &str| is_quiet_husky("husky", &Value::from(range));
        assert!(quiet("^9.0.0") && quiet("8") && !quiet("^4.3.8") && !quiet("latest") && !quiet(">=3"));
    }

    #[test]
    fn lock_files_of_each_format_are_searched() {
        for text in [
            "{\"packages\": {\"node_modules/husky\": {}}}",
            "\nhusky@^8.0.0:\n",
            "\n\"husky@^8\":\n",
            "packages:\n  husky@8.0.0:\n",
            "packages:\n  /husky@8.0.0:\n",
            "packages:\n  /husky/8.0.0:\n",
        ] {
            assert!(locks(text, "husky"), "{text}");
        }
        assert!(!locks("node_modules/husky-x\"", "husky"));
    }
}
