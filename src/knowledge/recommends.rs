//! What `--no-install-recommends` takes away, and what of that must be named instead. The data is `recommends.tsv`; a package
//! that is not listed was not judged.

use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/recommends.rs"));

/// What must be named beside a package.
#[derive(Debug, PartialEq, Eq)]
pub struct Needs {
    /// Always.
    pub keep: &'static [&'static str],
    /// Where the file speaks of it.
    pub named: &'static [&'static str],
    /// Where the file speaks of it, nothing is judged.
    pub unjudged: &'static [&'static str],
}

/// What must be named beside a package that is installed without recommended ones; `None` where that was not judged.
pub fn of(package: &str) -> Option<&'static Needs> {
    NEEDS.get(package)
}

/// Whether a package must be named beside another that is installed without recommended ones.
pub fn is_kept_beside(package: &str, other: &str) -> bool {
    of(other).is_some_and(|needs| needs.keep.iter().chain(needs.named).any(|one| *one == package))
}

/// Whether a text speaks of a package that comes along as a recommended one.
pub fn speaks_of(text: &str, package: &str) -> bool {
    let Some(marks) = WORDS.get(package) else { return false };
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.split(|c: char| !part(c)).any(|word| marks.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_and_ssh_are_kept() {
        assert_eq!(of("curl").unwrap().keep, ["ca-certificates"]);
        assert!(of("git").unwrap().keep.contains(&"openssh-client"));
        assert!(of("acme").is_none());
    }

    #[test]
    fn words_of_the_file_count() {
        assert!(speaks_of("RUN apt-key adv", "gnupg") && !speaks_of("RUN my-gpgx", "gnupg"));
    }
}
