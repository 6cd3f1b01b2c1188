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
}

/// A package by the name that its manager knows it by; `None` where it is not listed.
pub fn find(manager: Manager, name: &str) -> Option<&'static Package> {
    table().get(name)?.iter().find(|package| package.managers.contains(&manager))
}

/// The package that one installs for a tool, for messages.
pub fn of_tool(manager: Manager, tool: &str) -> Option<&'static str> {
    let mut all: Vec<&Package> = table().values().flatten().collect();
    all.retain(|package| package.managers.contains(&manager) && package.tools.contains(&tool));
    all.sort_by_key(|package| (package.name != tool, package.tools[0] != tool, package.name));
    all.first().map(|package| package.name)
}

fn rows() -> impl Iterator<Item = Package> {
    include_str!("packages.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        let managers = columns.next()?.split(',').filter_map(Manager::named).collect();
        let name = columns.next()?;
        let tools = columns.next().map(names).unwrap_or_default();
        let carries = columns.next().map(names).unwrap_or_default();
        Some(Package { managers, name, tools, carries })
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
