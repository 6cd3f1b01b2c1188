//! Packages of distributions: which tools each brings. The data is `packages.tsv`; what is not listed is not known.

use crate::knowledge::images::Manager;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A package that is known.
#[derive(Debug)]
pub struct Package {
    managers: Vec<Manager>,
    /// Its name.
    pub name: &'static str,
    /// The tools that are there once it is installed.
    pub tools: Vec<&'static str>,
    /// The tools of others that go when it is removed.
    pub carries: Vec<&'static str>,
    /// The tools that may no longer work once it is installed.
    pub hides: Vec<&'static str>,
}

/// A package by the name that its manager knows it by; `None` where it is not listed.
pub fn find(manager: Manager, name: &str) -> Option<&'static Package> {
    table().get(name)?.iter().find(|package| package.managers.contains(&manager))
}

/// The package that one installs for a tool, for messages.
pub fn of_tool(manager: Manager, tool: &str) -> Option<&'static str> {
    let mut all: Vec<&Package> = table().values().flatten().collect();
    all.retain(|package| package.managers.contains(&manager) && package.tools.contains(&tool));
    all.sort_by_key(|package| (package.name != tool, package.tools.first() != Some(&tool), package.name));
    all.first().map(|package| package.name)
}

fn rows() -> impl Iterator<Item = Package> {
    include_str!("packages.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        let managers = columns.next()?.split(',').filter_map(Manager::named).collect();
        let name = columns.next()?;
        let tools = columns.next().map(names).unwrap_or_default();
        let carries = columns.next().map(names).unwrap_or_default();
        let hides = columns.next().map(names).unwrap_or_default();
        Some(Package { managers, name, tools, carries, hides })
    })
}

fn names(column: &'static str) -> Vec<&'static str> {
    column.split(',').filter(|tool| *tool != "-").collect()
}

fn table() -> &'static HashMap<&'static str, Vec<Package>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<Package>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&str, Vec<Package>> = HashMap::new();
        rows().for_each(|package| table.entry(package.name).or_default().push(package));
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::images::Manager::{Apk, Apt, Dnf, Yum};

    #[test]
    fn the_table_is_whole() {
        let lines: Vec<&str> = include_str!("packages.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            let columns: Vec<&str> = line.split('\t').collect();
            assert!((3..=5).contains(&columns.len()), "{line}");
            assert!(columns[0].split(',').all(|name| Manager::named(name).is_some()), "{line}");
            assert!(columns.iter().all(|column| !column.is_empty() && !column.contains(' ')), "{line}");
        }
        let key = |line: &&str| line.split('\t').take(2).map(str::to_owned).collect::<Vec<_>>();
        assert!(lines.is_sorted_by_key(key), "sorted by managers and name");
        assert!(lines.windows(2).all(|two| key(&two[0]) != key(&two[1])), "each package once");
    }

    #[test]
    fn packages_are_known_by_the_name_of_their_manager() {
        assert_eq!(find(Apt, "xz-utils").unwrap().tools, ["xz"]);
        assert!(find(Apk, "xz-utils").is_none() && find(Apt, "xz").is_none());
        assert!(find(Apt, "curl").unwrap().tools.iter().all(|tool| *tool != "ca-certificates"));
        assert_eq!(of_tool(Apt, "useradd"), Some("passwd"));
        assert_eq!(of_tool(Yum, "useradd"), Some("shadow-utils"));
        assert_eq!(of_tool(Dnf, "curl"), Some("curl"));
        assert_eq!(of_tool(Apt, "su-exec"), None);
    }
}
