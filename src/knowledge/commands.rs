//! Commands by name: what kind each is. The data is `commands.txt`.

use crate::knowledge::sections;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What a command is known to be; a section of the data file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Trait {
    /// Exists on Unix systems only.
    Unix = 1,
    /// A basic tool whose place in PATH does not change.
    Core = 2,
    /// Does not add, move or remove an executable.
    Inert = 4,
    /// Installs packages of the distribution.
    SystemPackages = 8,
    /// Installs packages of a language.
    LanguagePackages = 16,
    /// Starts something that stays behind.
    Daemon = 32,
    /// Makes hard links.
    HardLinks = 64,
    /// Looks at running processes.
    Process = 128,
    /// A tool of a language's toolchain.
    Toolchain = 256,
    /// Does the same whatever the environment holds.
    EnvironmentBlind = 512,
}

const SECTIONS: &[(&str, Trait)] = &[
    ("unix", Trait::Unix),
    ("core", Trait::Core),
    ("toolchain", Trait::Toolchain),
    ("inert", Trait::Inert),
    ("system-packages", Trait::SystemPackages),
    ("language-packages", Trait::LanguagePackages),
    ("daemon", Trait::Daemon),
    ("hard-links", Trait::HardLinks),
    ("process", Trait::Process),
    ("environment-blind", Trait::EnvironmentBlind),
];

/// Whether a command (its name without folders) is known to be of a kind.
pub fn is(name: &str, what: Trait) -> bool {
    table().get(name).is_some_and(|traits| traits & what as u16 != 0)
}

fn table() -> &'static HashMap<&'static str, u16> {
    static TABLE: OnceLock<HashMap<&'static str, u16>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let sections = sections::read(include_str!("commands.txt"));
        let mut table = HashMap::new();
        for (section, bit) in SECTIONS {
            let names = sections.get(section).into_iter().flatten();
            names.for_each(|name| *table.entry(*name).or_insert(0) |= *bit as u16);
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_of_the_data_is_known_and_each_is_filled() {
        let found: Vec<&str> =
            include_str!("commands.txt").lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')).collect();
        assert_eq!(found, SECTIONS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, what) in SECTIONS {
            assert!(table().values().any(|traits| traits & *what as u16 != 0), "{name} is empty");
        }
    }

    #[test]
    fn commands_are_found() {
        assert!(is("apt-get", Trait::Unix) && is("apt-get", Trait::Core) && !is("apt-get", Trait::Daemon));
        assert!(is("[", Trait::Core), "a name may look like a section's bracket");
        assert!(!is("acme-tool", Trait::Inert));
    }
}
