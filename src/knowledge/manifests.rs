//! Package managers: by which commands they install a project's dependencies, what they read for that and what they write.
//! The data is `manifests.txt`; what a manifest's own text says is not known here.

use std::collections::HashMap;
use std::sync::OnceLock;

type Sections = Vec<(&'static str, HashMap<&'static str, Vec<&'static str>>)>;

/// A package manager.
#[derive(Clone, Copy, Debug)]
pub struct Ecosystem {
    /// Its section in the data.
    pub name: &'static str,
    keys: &'static HashMap<&'static str, Vec<&'static str>>,
}

impl Ecosystem {
    /// The words of a key; none where it is not there.
    pub fn words(&self, key: &str) -> &'static [&'static str] {
        self.keys.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether a key names a word.
    pub fn has(&self, key: &str, word: &str) -> bool {
        self.words(key).contains(&word)
    }

    /// Why its inputs are not known, where that is so.
    pub fn why(&self) -> String {
        self.words("why").join(" ")
    }

    /// The files that an install reads in the folder of the project, in the order in which they are copied.
    pub fn files(&self) -> impl Iterator<Item = &'static str> {
        ["required", "lock", "optional"].into_iter().flat_map(|key| self.words(key)).copied()
    }
}

/// The package manager whose command has this name (without folders).
pub fn of_program(name: &str) -> Option<Ecosystem> {
    let found = sections().iter().find(|(_, keys)| keys.get("programs").is_some_and(|names| names.contains(&name)))?;
    Some(Ecosystem { name: found.0, keys: &found.1 })
}

/// The words of a plain list of the data: `hooks`, `home`, ...
pub fn list(name: &str) -> &'static [&'static str] {
    let found = sections().iter().find(|(section, _)| *section == name);
    found.and_then(|(_, keys)| keys.get("words")).map_or(&[], Vec::as_slice)
}

/// Whether a file's name alone says that it is a manifest, or a lock file, of some package manager.
pub fn is_manifest(file: &str) -> bool {
    let named = |(_, keys): &(&str, HashMap<&str, Vec<&str>>)| {
        ["required", "lock", "optional", "versions"]
            .iter()
            .any(|key| keys.get(key).is_some_and(|names| names.contains(&file)))
    };
    let requirements = file.contains("requirements") || file.contains("constraints");
    let project = [".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".gemspec"].iter().any(|end| file.ends_with(end));
    let other = ["go.mod", "go.sum", "go.work", "go.work.sum", "mix.exs", "mix.lock", "Cargo.toml", "Cargo.lock"];
    sections().iter().any(named)
        || project
        || other.contains(&file)
        || (requirements && [".txt", ".in", ".base", ".pip"].iter().any(|end| file.ends_with(end)))
}

/// Whether a variable may tell a tool to read a file.
pub fn steers(variable: &str) -> bool {
    let fits = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(start) => variable.starts_with(start),
        None => variable == *pattern,
    };
    list("steering").iter().any(fits) && !list("steering-no-file").contains(&variable)
}

fn sections() -> &'static Sections {
    static SECTIONS: OnceLock<Sections> = OnceLock::new();
    SECTIONS.get_or_init(|| {
        let mut sections: Sections = Vec::new();
        for line in include_str!("manifests.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                sections.push((name, HashMap::new()));
            } else if let (Some((key, words)), Some((_, keys))) = (line.split_once(": "), sections.last_mut()) {
                keys.entry(key).or_default().extend(words.split_whitespace());
            }
        }
        sections
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_read() {
        let keys = [
            "programs",
            "installs",
            "keeps-lock",
            "frozen",
            "must",
            "required",
            "lock",
            "optional",
            "outputs",
            "switches",
            "values",
            "elsewhere",
            "versions",
            "harmless",
            "refused",
            "why",
            "words",
        ];
        for line in include_str!("manifests.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let key = line.split_once(": ").map(|(key, _)| key);
            assert!(line.starts_with('[') || key.is_some_and(|key| keys.contains(&key)), "{line}");
        }
    }

    #[test]
    fn each_program_belongs_to_one_and_installs_or_is_refused() {
        let mut seen = Vec::new();
        for (name, keys) in sections().iter().filter(|(_, keys)| keys.contains_key("programs")) {
            assert!(keys.contains_key("installs") != keys.contains_key("refused"), "{name}");
            assert_eq!(keys.contains_key("refused"), keys.contains_key("why"), "{name}");
            for program in &keys["programs"] {
                assert!(!seen.contains(program), "{program}");
                seen.push(program);
            }
        }
        assert!(seen.len() > 20);
    }

    #[test]
    fn commands_and_files_are_found() {
        let npm = of_program("npm").unwrap();
        assert!(npm.has("keeps-lock", "ci") && !npm.has("keeps-lock", "install"));
        assert!(npm.files().eq(["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"]));
        assert!(of_program("make").is_none());
        assert!(of_program("cargo").unwrap().why().starts_with("cargo refuses"));
    }

    #[test]
    fn manifests_are_known_by_name() {
        for name in ["requirements-dev.txt", "package.json", "go.sum", "App.csproj", "Gemfile.lock"] {
            assert!(is_manifest(name), "{name}");
        }
        for name in ["app.py", "requirements.py", "src", "README.md"] {
            assert!(!is_manifest(name), "{name}");
        }
    }

    #[test]
    fn variables_that_may_name_a_file() {
        assert!(steers("PIP_CONSTRAINT") && steers("PYTHONPATH") && steers("HOME") && steers("PATH"));
        assert!(!steers("NODE_ENV") && !steers("PORT") && !steers("APP_HOME"));
    }
}
