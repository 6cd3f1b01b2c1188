//! Programs that images start, and commands of a build, by name: what each needs of its user or leaves to it. Packages that
//! are of use to root only are in `roles.txt`.

use crate::knowledge::programs::{self, Kind as Known};
use crate::knowledge::sections;
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

/// Whether a package is of use to root only.
pub fn is_root_package(name: &str) -> bool {
    static TABLE: OnceLock<Vec<&'static str>> = OnceLock::new();
    let read = || sections::read(include_str!("roles.txt")).remove("root-packages").unwrap_or_default();
    TABLE.get_or_init(read).contains(&name)
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
}
