//! Package managers: by which commands they install a project's dependencies, what they read for that and what they write.
//! The data is `manifests.txt`; what a manifest's own text says is not known here.

use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/manifests.rs"));

/// A package manager.
#[derive(Clone, Copy, Debug)]
pub struct Ecosystem {
    /// Its section in the data.
    pub name: &'static str,
    keys: &'static [(&'static str, &'static [&'static str])],
}

impl Ecosystem {
    /// The words of a key; none where it is not there.
    pub fn words(&self, key: &str) -> &'static [&'static str] {
        self.keys.iter().find(|(known, _)| *known == key).map_or(&[], |(_, words)| words)
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
    PROGRAMS.get(name).map(|ecosystem| **ecosystem)
}

/// The words of a plain list of the data: `hooks`, `home`, ...
pub fn list(name: &str) -> &'static [&'static str] {
    LISTS.get(name).copied().unwrap_or_default()
}

/// Whether a file's name alone says that it is a manifest, or a lock file, of some package manager.
pub fn is_manifest(file: &str) -> bool {
    let requirements = file.contains("requirements") || file.contains("constraints");
    let project = [".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".gemspec"].iter().any(|end| file.ends_with(end));
    let other = ["go.mod", "go.sum", "go.work", "go.work.sum", "mix.exs", "mix.lock", "Cargo.toml", "Cargo.lock"];
    FILES.has(file)
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

#[cfg(test)]
mod tests {
    use super::*;

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
