//! Composer: scripts, plugins and the autoloader decide whether the sources are needed.

use super::tool::Tool;
use super::*;
use serde_json::{Map, Value};

/// What `composer install` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    install.check_words(project, needs)?;
    let text = project.read("composer.json", needs)?;
    let root = node::package(&text, "composer.json")?;
    // Composer writes the commit of the project down
    project.check_git("the project's own version")?;
    check_scripts(install, &root)?;
    check_autoload(install, &root)?;
    check_repositories(&root)?;
    let folders = ["vendor-dir", "bin-dir", "cache-dir", "home"];
    if root.get("config").is_some_and(|config| folders.iter().any(|key| config.get(*key).is_some())) {
        return refuse(
            mark!(MANIFEST_UNREAD, "composer-config"),
            "`config` of composer.json names folders that the install fills",
        );
    }
    project.take_files(install, needs)?;
    let lock = project.read_if_there("composer.lock", needs)?.unwrap_or_default();
    let plugin = lock.contains("\"composer-plugin\"") || allows_plugins(&root);
    if plugin && !install.has(&["--no-plugins"]) {
        return refuse(mark!(READS_PROJECT, "composer-plugin"), "a plugin of Composer may look at the project's files");
    }
    match lock.contains("\"type\": \"path\"") || lock.contains("\"type\":\"path\"") {
        true => refuse(mark!(PATH_DEPENDENCY, "composer-lock"), "`composer.lock` has a package that is a folder"),
        false => Ok(()),
    }
}

fn check_scripts(install: &Tool, root: &Map<String, Value>) -> Result<(), Reason> {
    let scripts = root.get("scripts").and_then(Value::as_object);
    let hook = scripts.and_then(|scripts| {
        scripts.keys().find(|name| name.starts_with("pre-") || name.starts_with("post-") || name.as_str() == "init")
    });
    match hook.filter(|_| !install.has(&["--no-scripts"])) {
        Some(hook) => refuse(
            mark!(LIFECYCLE_HOOK, "composer"),
            format!("without `--no-scripts` the install runs the script `{hook}`"),
        ),
        None => Ok(()),
    }
}

/// The autoloader of a class map, or an optimized one, lists the classes of the sources.
fn check_autoload(install: &Tool, root: &Map<String, Value>) -> Result<(), Reason> {
    if install.has(&["--no-autoloader"]) {
        return Ok(());
    }
    let maps =
        ["autoload", "autoload-dev"].iter().any(|key| root.get(*key).is_some_and(|it| it.get("classmap").is_some()));
    let optimizes = ["optimize-autoloader", "classmap-authoritative"];
    let set = root.get("config").is_some_and(|config| optimizes.iter().any(|key| config.get(*key).is_some()));
    let asked = install.has(&["--optimize-autoloader", "-o", "--classmap-authoritative", "-a", "--apcu-autoloader"]);
    match maps || set || asked {
        true => refuse(
            mark!(READS_PROJECT, "composer-autoload"),
            "without `--no-autoloader` the autoloader lists the classes of the sources",
        ),
        false => Ok(()),
    }
}

fn check_repositories(root: &Map<String, Value>) -> Result<(), Reason> {
    let text = root.get("repositories").map(Value::to_string).unwrap_or_default();
    match ["\"path\"", "\"artifact\"", "file:", "\"./", "\"../"].iter().any(|word| text.contains(word)) {
        true => {
            refuse(mark!(PATH_DEPENDENCY, "composer-repository"), "`composer.json` has a repository that is a folder")
        }
        false => Ok(()),
    }
}

/// Whether plugins are allowed, or known ones are required.
fn allows_plugins(root: &Map<String, Value>) -> bool {
    let allowed = root.get("config").and_then(|config| config.get("allow-plugins"));
    let some = match allowed {
        Some(Value::Bool(all)) => *all,
        Some(Value::Object(each)) => each.values().any(|value| value != &Value::Bool(false)),
        _ => false,
    };
    let required = root.get("require").map(Value::to_string).unwrap_or_default();
    let known = ["symfony/flex", "composer/installers", "patches", "merge-plugin", "scaffold", "-plugin", "-installer"];
    some || known.iter().any(|name| required.contains(name))
}
