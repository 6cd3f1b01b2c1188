//! Variables of the environment that programs other than those they are named after heed, and what `sudo` does with them. The data
//! is `environment.txt`. Sources: sudoers(5), `env.c` of sudo, apt.conf(5), the manuals of the loaders and of the GNU file tools.

use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/environment.rs"));

/// A section of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Part {
    /// `sudo` lets it through by default, or it changes no result.
    SudoPasses = 1,
    /// `sudo` takes it out even with `-E`.
    SudoNever = 2,
    /// It concerns every program, or file tools.
    EveryProgram = 4,
    /// Package managers of distributions, or the scripts of packages, read it.
    PackageManagers = 8,
}

/// Whether a variable stands in a section.
pub fn is(variable: &str, part: Part) -> bool {
    let listed = |(name, parts): &(&str, u16)| {
        let fits = name.strip_suffix('*').is_some_and(|start| variable.starts_with(start));
        parts & part as u16 != 0 && (fits || *name == variable)
    };
    TABLE.iter().any(listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_beginnings_of_names() {
        assert!(is("LC_ALL", Part::SudoPasses) && is("TZ", Part::SudoPasses) && !is("TZX", Part::SudoPasses));
        assert!(is("LD_PRELOAD", Part::EveryProgram) && is("LD_PRELOAD", Part::SudoNever));
        assert!(is("APT_CONFIG", Part::PackageManagers) && !is("NODE_ENV", Part::PackageManagers));
    }
}
