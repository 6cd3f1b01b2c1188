//! What `--no-install-recommends` takes away, and what of that must be named instead. The data is `recommends.tsv`; a package
//! that is not listed was not judged.

use crate::knowledge::images;
use crate::knowledge::map::Map;
use crate::knowledge::tags::{Atom, Tags};

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

/// Whether an image is known to stand on a release of Debian or Ubuntu for which the table holds.
pub fn holds_in(reference: &str) -> bool {
    let (name, tag) = images::split(reference);
    let (name, tag) = (images::short(name), tag.to_ascii_lowercase());
    let pinned = reference.contains('@');
    let fits = |rows: Option<&&'static [Tags]>| rows.is_some_and(|rows| rows.iter().any(|row| row.fits(&tag, pinned)));
    !fits(NOT_JUDGED.get("*")) && (fits(JUDGED.get(name)) || fits(JUDGED.get("*")))
}

/// Whether a package must be named beside another that is installed without recommended ones.
pub fn is_kept_beside(package: &str, other: &str) -> bool {
    of(other).is_some_and(|needs| needs.keep.iter().chain(needs.named).any(|one| *one == package))
}

/// Whether a text speaks of a package that comes along as a recommended one.
pub fn speaks_of(text: &str, package: &str) -> bool {
    let Some(marks) = WORDS.get(package) else { return false };
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let whole = |at: usize, mark: &str| {
        let (before, after) = (text.as_bytes()[..at].last(), text.as_bytes().get(at + mark.len()));
        !before.is_some_and(part) && !after.is_some_and(part)
    };
    marks.iter().any(|mark| text.contains(mark) && text.match_indices(mark).any(|(at, _)| whole(at, mark)))
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
    fn it_holds_for_the_releases_that_were_judged() {
        for new in [
            "debian:12",
            "debian",
            "ubuntu:24.04",
            "python:3.12-slim",
            "node:20",
            "a/b:1-bookworm",
            "python:3.9-bullseye",
        ] {
            assert!(holds_in(new), "{new}");
        }
        for old in [
            "ubuntu:16.04",
            "debian:10",
            "python:3.12-buster",
            "python:3.6",
            "acme/app",
            "nvidia/cuda:11.0-devel-ubuntu18.04",
        ] {
            assert!(!holds_in(old), "{old}");
        }
    }

    #[test]
    fn words_of_the_file_count() {
        assert!(speaks_of("RUN apt-key adv", "gnupg") && !speaks_of("RUN my-gpgx", "gnupg"));
    }
}
