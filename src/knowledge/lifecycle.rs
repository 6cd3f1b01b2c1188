//! How long versions get security fixes. The data is `lifecycle.tsv`, which tells its own format and its day: nothing
//! here asks a clock. A version that is not listed is not known to be over.

use crate::knowledge::images;
use crate::knowledge::map::Map;
use crate::knowledge::tags::{Atom, Tags};

include!(concat!(env!("OUT_DIR"), "/lifecycle.rs"));

/// A version that gets no fixes any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    /// Which, for people: `Debian 10 (buster)`.
    pub what: &'static str,
    /// The last day, or month, that had any.
    pub until: &'static str,
    /// It is what the image stands on, as its tag says, and not the image's own version.
    pub below: bool,
}

struct Row {
    /// Its place in the data: of those that fit, the first counts.
    index: u16,
    tags: Tags,
    /// It is over on the day of the data.
    over: bool,
    ended: Ended,
}

/// The day of the data.
pub fn as_of() -> &'static str {
    AS_OF
}

/// What of an image gets no fixes any more, on the day of the data. `None` where nothing is known to.
pub fn ended(reference: &str) -> Option<&'static Ended> {
    let (name, tag) = images::split(reference);
    let (name, tag) = (images::short(name), tag.to_ascii_lowercase());
    if ["windows", "nanoserver", "servercore"].iter().any(|word| tag.contains(word)) {
        return None;
    }
    let pinned = reference.contains('@');
    let group = name.rsplit_once('/').and_then(|(group, _)| GROUPS.get(group));
    let lists = [IMAGES.get(name), group, ANY.get("*")].into_iter().flatten();
    let fitting = lists.filter_map(|rows| rows.iter().find(|row| row.tags.fits(&tag, pinned)));
    fitting.min_by_key(|row| row.index).filter(|row| row.over).map(|row| &row.ended)
}

/// A reference to take instead of one that is over, or that names no version.
pub fn instead(reference: &str) -> Option<&'static str> {
    INSTEAD.get(images::short(images::split(reference).0)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_taken_instead_is_not_over() {
        for (name, other) in INSTEAD.iter() {
            assert_eq!(ended(other), None, "{other}, instead of {name}, is over itself");
        }
    }

    #[test]
    fn versions_end_when_the_data_says_so() {
        for (reference, what) in [
            ("debian:10", Some("Debian 10 (buster)")),
            ("debian:buster-slim", Some("Debian 10 (buster)")),
            ("debian:12", None),
            ("debian", None),
            ("docker.io/library/ubuntu:18.04", Some("Ubuntu 18.04")),
            ("ubuntu:22.04", None),
            ("alpine:3.9.6", Some("Alpine 3.9")),
            ("alpine:3", None),
            ("python:3", None),
            ("python:3.6.9-alpine", Some("Python 3.6")),
            ("python:2-slim", Some("Python 2")),
            ("python:3.13-slim-buster", Some("Debian 10 (buster)")),
            ("node:lts", None),
            ("node:0.10", Some("this Node.js version")),
            ("node:22", None),
            ("fedora:28", Some("Fedora 28")),
            ("fedora:42", Some("Fedora 42")),
            ("fedora:43", None),
            ("centos", Some("CentOS 8")),
            ("centos:7.9.2009", Some("CentOS 7")),
            ("mcr.microsoft.com/dotnet/sdk:6.0-alpine", Some(".NET 6")),
            ("mcr.microsoft.com/dotnet/sdk:10.0", None),
            ("mcr.microsoft.com/dotnet/sdk:6.0-nanoserver-1809", None),
            ("nvidia/cuda:11.0-devel-ubuntu18.04", Some("Ubuntu 18.04")),
            ("acme/python:3.6", None),
            ("golang:1.10-alpine3.21", Some("Go 1.10")),
            ("redis:7-alpine3.21", Some("Alpine 3.21")),
            ("ruby:2", Some("Ruby 2.7")),
            ("php:7", Some("PHP 7.4")),
        ] {
            assert_eq!(ended(reference).map(|ended| ended.what), what, "{reference}");
        }
    }

    #[test]
    fn something_is_known_to_take_instead() {
        assert_eq!(instead("library/python:3.6"), Some("python:3.14"));
        assert_eq!(instead("openjdk:8"), Some("eclipse-temurin:21"));
        assert_eq!(instead("acme/app"), None);
    }
}
