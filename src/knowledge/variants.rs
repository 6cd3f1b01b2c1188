//! Smaller variants of images: which tag names the same version without compilers and common tools. The data is
//! `variants.tsv`.

use crate::knowledge::images;
use crate::knowledge::map::Map;
use crate::knowledge::tags::{Atom, Tags};

include!(concat!(env!("OUT_DIR"), "/variants.rs"));

/// A smaller variant.
#[derive(Debug, PartialEq, Eq)]
pub struct Slim {
    /// Its reference.
    pub reference: String,
    /// Rough sizes of the image and of its variant, where they are known.
    pub sizes: Option<(&'static str, &'static str)>,
    /// It lacks compilers, headers and common tools; else manuals and translations only.
    pub tools: bool,
}

struct Row {
    tags: Tags,
    codename_first: bool,
    words: &'static [&'static str],
    sizes: Option<(&'static str, &'static str)>,
    tools: bool,
}

/// The slim variant of an image. `None` where there is none, where it is not known, and where no tag says what is
/// meant.
pub fn slim(reference: &str) -> Option<Slim> {
    let (name, tag) = images::split(reference);
    let name_here = images::short(name);
    let row = ROWS.get(name_here)?;
    // words name what is newest
    let fits =
        row.tags.fits(tag, false) || row.words.iter().any(|word| word.strip_prefix('^') == tag.split('-').next());
    if !fits || reference.contains('@') || matches!(tag, "" | "latest") {
        return None;
    }
    let (mut kinds, mut codename) = (Vec::new(), None);
    for (index, part) in tag.split('-').enumerate() {
        match part {
            _ if index > 0 && CODENAMES.contains(&part) => codename = Some(part),
            _ if index > 0 && row.words.contains(&part) => kinds.push(part),
            _ if index == 0 && row.may_begin(name_here, part) => kinds.push(part),
            _ => return None,
        }
    }
    let parts: Vec<&str> = match row.codename_first {
        true => kinds.into_iter().chain(codename).chain(["slim"]).collect(),
        false => kinds.into_iter().chain(["slim"]).chain(codename).collect(),
    };
    Some(Slim { reference: format!("{name}:{}", parts.join("-")), sizes: row.sizes, tools: row.tools })
}

/// Whether a package of Python or Node.js needs a compiler or headers when it is installed.
pub fn is_compiled(package: &str) -> bool {
    let package = package.trim().to_ascii_lowercase();
    let end = package.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(package.len());
    COMPILED.contains(&&package[..end])
}

impl Row {
    /// A version, a codename of the image's own distribution, or a word of its own.
    fn may_begin(&self, image: &str, part: &str) -> bool {
        let version = part.starts_with(|c: char| c.is_ascii_digit())
            && part.split('.').all(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()));
        let word = self.words.iter().any(|word| word.strip_prefix('^') == Some(part));
        version || word || (image == "debian" && CODENAMES.contains(&part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_that_are_compiled() {
        assert!(is_compiled("mysqlclient==2.1") && is_compiled("uWSGI>=2") && is_compiled("psycopg2"));
        assert!(!is_compiled("psycopg2-binary==2.9") && !is_compiled("flask") && !is_compiled(""));
    }

    #[test]
    fn tags_of_variants() {
        for (full, slim) in [
            ("python:3.12", Some("python:3.12-slim")),
            ("docker.io/library/python:3.12-bookworm", Some("docker.io/library/python:3.12-slim-bookworm")),
            ("node:22-bookworm", Some("node:22-bookworm-slim")),
            ("node:lts", Some("node:lts-slim")),
            ("debian:bookworm", Some("debian:bookworm-slim")),
            ("openjdk:11-jdk", Some("openjdk:11-jdk-slim")),
            ("python", None),
            ("python:latest", None),
            ("python:3.12@sha256:0", None),
            ("python:3.12-slim", None),
            ("python:3.12-alpine", None),
            ("python:3.13.0rc1", None),
            ("node:22-alpine3.22", None),
            ("debian:bookworm-20250101", None),
            ("golang:1.25", None),
            ("acme/python:3.12", None),
        ] {
            assert_eq!(self::slim(full).map(|slim| slim.reference).as_deref(), slim, "{full}");
        }
    }
}
