//! Package managers: their programs and how their command lines are read. The data is `managers.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Whose packages a program handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Family {
    Apt,
    Apk,
    /// dnf, yum, microdnf and tdnf.
    Dnf,
    Zypper,
    Pip,
    Npm,
    Yarn,
    Pnpm,
    Gem,
}

/// What a subcommand does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Fetches the index and keeps it.
    Refresh,
    /// Installs packages.
    Install,
    /// Upgrades what is installed.
    Upgrade,
    /// Removes packages.
    Remove,
    /// Removes what it keeps for later.
    Clean,
    /// Reads the index.
    Query,
    /// Something else, or not known.
    Other,
}

/// A program of a package manager.
#[derive(Debug)]
pub struct Program {
    /// Its name, without a version.
    pub name: &'static str,
    /// Whose packages it handles.
    pub family: Family,
    values: Vec<&'static str>,
    verbs: HashMap<&'static str, Action>,
}

impl Program {
    /// What a subcommand does.
    pub fn action(&self, verb: &str) -> Action {
        self.verbs.get(verb).copied().unwrap_or(Action::Other)
    }

    /// Whether an option (`-t`, `--repo`) takes a value.
    pub fn takes_value(&self, option: &str) -> bool {
        self.values.contains(&option)
    }
}

const FAMILIES: &[(&str, Family)] = &[
    ("apt", Family::Apt),
    ("apk", Family::Apk),
    ("dnf", Family::Dnf),
    ("zypper", Family::Zypper),
    ("pip", Family::Pip),
    ("npm", Family::Npm),
    ("yarn", Family::Yarn),
    ("pnpm", Family::Pnpm),
    ("gem", Family::Gem),
];

const ACTIONS: &[(&str, Action)] = &[
    ("refresh", Action::Refresh),
    ("install", Action::Install),
    ("upgrade", Action::Upgrade),
    ("remove", Action::Remove),
    ("clean", Action::Clean),
    ("query", Action::Query),
];

/// The program of that name, be it with a version behind: `pip3.9`, `dnf5`.
pub fn find(name: &str) -> Option<&'static Program> {
    let table = table();
    table.get(name).or_else(|| table.get(name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-')))
}

fn table() -> &'static HashMap<&'static str, Program> {
    static TABLE: OnceLock<HashMap<&'static str, Program>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        let mut names: Vec<&'static str> = Vec::new();
        for line in include_str!("managers.txt").lines().filter(|line| !line.starts_with('#')) {
            if let Some(inner) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                names = inner.split_whitespace().collect();
                continue;
            }
            names.iter().for_each(|name| read_line(table.entry(*name).or_insert_with(|| empty(name)), line));
        }
        table
    })
}

fn empty(name: &'static str) -> Program {
    Program { name, family: Family::Apt, values: Vec::new(), verbs: HashMap::new() }
}

fn read_line(program: &mut Program, line: &'static str) {
    let mut words = line.split_whitespace();
    match words.next() {
        Some("manager") => {
            let named = words.next().and_then(|name| FAMILIES.iter().find(|(known, _)| *known == name));
            program.family = named.map_or(program.family, |(_, family)| *family);
        }
        Some("values") => program.values.extend(words),
        Some(kind) => {
            if let Some((_, action)) = ACTIONS.iter().find(|(known, _)| *known == kind) {
                program.verbs.extend(words.map(|verb| (verb, *action)));
            }
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_with_any_version() {
        for (name, family) in
            [("apt-get", Family::Apt), ("pip3.9", Family::Pip), ("dnf5", Family::Dnf), ("gem2.7", Family::Gem)]
        {
            assert_eq!(find(name).unwrap().family, family, "{name}");
        }
        assert!(find("pipenv").is_none() && find("apt-key").is_none());
    }

    #[test]
    fn subcommands_and_options_are_known() {
        let apt = find("apt-get").unwrap();
        assert_eq!((apt.action("install"), apt.action("update")), (Action::Install, Action::Refresh));
        assert_eq!(find("yum").unwrap().action("update"), Action::Upgrade);
        assert!(apt.takes_value("-t") && !apt.takes_value("-y"));
    }

    #[test]
    fn every_line_of_the_data_is_read() {
        for line in
            include_str!("managers.txt").lines().filter(|line| !line.starts_with(['#', '[']) && !line.is_empty())
        {
            let kind = line.split_whitespace().next().unwrap();
            let known = ["manager", "values"].contains(&kind) || ACTIONS.iter().any(|(name, _)| *name == kind);
            assert!(known, "{line}");
            assert!(line.split_whitespace().count() > 1, "{line}");
        }
        for (name, family) in FAMILIES {
            assert!(table().values().any(|program| program.family == *family), "{name}");
        }
    }
}
