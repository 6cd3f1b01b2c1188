//! Packages of distributions: which tools each brings. The data is `packages.tsv`; what is not listed is not known.

use crate::knowledge::images::Manager;
use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/packages.rs"));

/// A package that is known.
#[derive(Debug)]
pub struct Package {
    managers: &'static [Manager],
    /// Its name.
    pub name: &'static str,
    /// The tools that are there once it is installed.
    pub tools: &'static [&'static str],
    /// The tools of others that go when it is removed.
    pub carries: &'static [&'static str],
    /// The tools that may no longer work once it is installed.
    pub hides: &'static [&'static str],
}

/// A package by the name that its manager knows it by; `None` where it is not listed.
pub fn find(manager: Manager, name: &str) -> Option<&'static Package> {
    TABLE.get(name)?.iter().find(|package| package.managers.contains(&manager))
}

/// The package that one installs for a tool, for messages.
pub fn of_tool(manager: Manager, tool: &str) -> Option<&'static str> {
    let all = TABLE.iter().flat_map(|(_, packages)| *packages);
    let bring = all.filter(|package| package.managers.contains(&manager) && package.tools.contains(&tool));
    let best = bring.min_by_key(|package| (package.name != tool, package.tools.first() != Some(&tool), package.name));
    best.map(|package| package.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::images::Manager::{Apk, Apt, Dnf, Yum};

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
