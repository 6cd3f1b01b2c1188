//! Programs that images start, and commands of a build, by name: what each needs of its user or leaves to it. The data is
//! `roles.txt`.

use crate::knowledge::sections;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What is known of a program; a section of the data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Launcher,
    DropsRights,
    Supervisor,
    NeedsRoot,
    Interpreter,
    Server,
    Shell,
}

const KINDS: &[(&str, Kind)] = &[
    ("launcher", Kind::Launcher),
    ("drops-rights", Kind::DropsRights),
    ("supervisor", Kind::Supervisor),
    ("needs-root", Kind::NeedsRoot),
    ("interpreter", Kind::Interpreter),
    ("server", Kind::Server),
    ("shell", Kind::Shell),
];

/// What a command of a build leaves behind; a section of the data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trace {
    /// Nothing that matters to another user.
    Nothing,
    /// Files of root where it is told, or it looks at whose the folder is.
    Files,
    /// What programs need, in the home of root.
    Home,
}

const TRACES: &[(&str, Trace)] =
    &[("leaves-nothing", Trace::Nothing), ("minds-owner", Trace::Files), ("leaves-in-home", Trace::Home)];

/// What a program that an image starts is.
pub fn kind(name: &str) -> Option<Kind> {
    let section = |name: &str| KINDS.iter().find(|(section, _)| stands_in(name, section)).map(|(_, kind)| *kind);
    section(name).or_else(|| section(unversioned(name)))
}

/// What a command leaves behind.
pub fn trace(name: &str) -> Option<Trace> {
    let section = |name: &str| TRACES.iter().find(|(section, _)| stands_in(name, section)).map(|(_, trace)| *trace);
    section(name).or_else(|| section(unversioned(name)))
}

/// Whether a command makes programs of machine code.
pub fn compiles(name: &str) -> bool {
    stands_in(name, "compiler")
}

/// Whether a package is of use to root only.
pub fn is_root_package(name: &str) -> bool {
    stands_in(name, "root-packages")
}

/// `python` of `python3.11`.
pub fn unversioned(name: &str) -> &str {
    let start = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    if start.is_empty() { name } else { start }
}

fn stands_in(name: &str, section: &str) -> bool {
    table().get(section).is_some_and(|names| names.contains(&name))
}

fn table() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    TABLE.get_or_init(|| sections::read(include_str!("roles.txt")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_of_the_data_is_read() {
        let known = KINDS.iter().map(|(name, _)| *name).chain(TRACES.iter().map(|(name, _)| *name));
        let mut known: Vec<&str> = known.chain(["compiler", "root-packages", ""]).collect();
        let mut found: Vec<&str> = table().keys().copied().collect();
        known.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, known);
    }

    #[test]
    fn a_name_is_of_one_kind_and_leaves_one_trace() {
        for sections in
            [KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), TRACES.iter().map(|(n, _)| *n).collect()]
        {
            let mut names: Vec<&str> = sections.iter().flat_map(|section| table()[section].clone()).collect();
            let count = names.len();
            names.sort_unstable();
            let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            names.dedup();
            assert_eq!(names.len(), count, "{twice:?}");
        }
    }

    #[test]
    fn versions_are_taken_away() {
        assert_eq!(kind("python3.11"), Some(Kind::Interpreter));
        assert_eq!(kind("php-fpm7.4"), Some(Kind::NeedsRoot));
        assert_eq!(kind("apache2"), Some(Kind::NeedsRoot));
        assert_eq!(trace("pip3"), Some(Trace::Nothing));
        assert_eq!(kind("acme"), None);
    }
}
