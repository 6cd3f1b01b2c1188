//! Programs that images start, and commands of a build, by name: what each needs of its user or leaves to it. Packages and
//! libraries that are of use to root only, or mind whose home directory it is, are in `roles.txt`.

use crate::knowledge::programs::{self, Kind as Known};
use crate::knowledge::sections;
use std::collections::HashMap;
use std::sync::OnceLock;

pub use crate::knowledge::programs::{Leaves as Trace, Role as Kind, unversioned};

/// What a program that an image starts is.
pub fn kind(name: &str) -> Option<Kind> {
    programs::find(name)?.role
}

/// What a command leaves behind.
pub fn trace(name: &str) -> Option<Trace> {
    programs::find(name)?.leaves
}

/// Whether a command makes programs of machine code.
pub fn compiles(name: &str) -> bool {
    programs::is(name, Known::Compiler)
}

/// Whether a package of a distribution is of use to root only.
pub fn is_root_package(name: &str) -> bool {
    listed("root-packages").contains(&name)
}

/// Whether a library, named as a manifest or an import names it, opens what belongs to root.
pub fn is_root_library(name: &str) -> bool {
    let holds = |library: &&str| {
        let rest = name.strip_prefix(library);
        rest.is_some_and(|rest| rest.is_empty() || (library.contains('/') && rest.starts_with('/')))
    };
    listed("root-libraries").iter().any(holds)
}

/// Whether a package, or a command of it, leaves a browser in the home directory: `puppeteer`, `playwright@1.40`.
pub fn leaves_a_browser(name: &str) -> bool {
    let name = name.char_indices().find(|(at, c)| *at > 0 && *c == '@').map_or(name, |(at, _)| &name[..at]);
    listed("home-browsers").contains(&name)
}

/// Whether a word, in lower case, in the name of a file or project speaks of devices.
pub fn is_hardware(word: &str) -> bool {
    listed("hardware").contains(&word)
}

/// Whether a clean absolute path is, or is in, a place that programs do not write to.
pub fn is_read_only(path: &str) -> bool {
    let inside = |place: &&str| path.strip_prefix(*place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    listed("read-only").iter().any(inside)
}

/// The words of a section of the data file.
fn listed(section: &str) -> &'static [&'static str] {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| sections::read(include_str!("roles.txt")));
    table.get(section).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_taken_away() {
        assert_eq!(kind("python3.11"), Some(Kind::Interpreter));
        assert_eq!(kind("php-fpm7.4"), Some(Kind::NeedsRoot));
        assert_eq!(kind("apache2"), Some(Kind::NeedsRoot));
        assert_eq!(trace("pip3"), Some(Trace::Nothing));
        assert_eq!(kind("acme"), None);
        assert!(is_root_package("fuse3") && !is_root_package("curl"));
    }

    #[test]
    fn libraries_are_named_whole_or_by_the_path_of_their_module() {
        assert!(is_root_library("RPi.GPIO") && is_root_library("github.com/docker/docker/client"));
        assert!(!is_root_library("github.com/docker/docker-credential-helpers") && !is_root_library("usbank"));
        assert!(leaves_a_browser("playwright@1.40") && leaves_a_browser("@mermaid-js/mermaid-cli"));
        assert!(!leaves_a_browser("puppeteer-core"));
    }

    #[test]
    fn places_are_read_only_from_their_name_on() {
        assert!(is_read_only("/usr/share/keyrings/a.gpg") && is_read_only("/dev/null"));
        assert!(!is_read_only("/usr/sharex") && !is_read_only("/usr/src/app") && !is_read_only("/app"));
    }
}
