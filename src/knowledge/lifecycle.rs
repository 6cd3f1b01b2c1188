//! How long versions get security fixes. The data is `lifecycle.tsv`, which tells its own format and its day: nothing
//! here asks a clock. A version that is not listed is not known to be over.

use crate::knowledge::images;
use crate::knowledge::tags::Tags;
use std::sync::OnceLock;

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
    names: Vec<&'static str>,
    tags: Tags,
    ended: Ended,
}

struct Table {
    as_of: &'static str,
    rows: Vec<Row>,
    instead: Vec<(&'static str, &'static str)>,
}

/// The day of the data.
pub fn as_of() -> &'static str {
    table().as_of
}

/// What of an image gets no fixes any more, on the day of the data. `None` where nothing is known to.
pub fn ended(reference: &str) -> Option<&'static Ended> {
    let (name, tag) = images::split(reference);
    let (name, tag) = (images::short(name), tag.to_ascii_lowercase());
    if ["windows", "nanoserver", "servercore"].iter().any(|word| tag.contains(word)) {
        return None;
    }
    let pinned = reference.contains('@');
    let over = |row: &&Row| row.ended.until < &table().as_of[..row.ended.until.len()];
    let mut fits = table().rows.iter().filter(|row| row.names.iter().any(|known| is_named(known, name)));
    fits.find(|row| row.tags.fits(&tag, pinned)).filter(over).map(|row| &row.ended)
}

/// A reference to take instead of one that is over, or that names no version.
pub fn instead(reference: &str) -> Option<&'static str> {
    let name = images::short(images::split(reference).0);
    table().instead.iter().find(|(known, _)| *known == name).map(|(_, other)| *other)
}

/// Whether a name of the data is that of an image: its own, that of a group (`name/*`), or `*`.
fn is_named(known: &str, name: &str) -> bool {
    let in_group = |group: &str| name.rsplit_once('/').is_some_and(|(folder, _)| folder == group);
    known == "*" || known == name || known.strip_suffix("/*").is_some_and(in_group)
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table { as_of: "", rows: Vec::new(), instead: Vec::new() };
        for line in include_str!("lifecycle.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            match columns[..] {
                ["as_of", day] => table.as_of = day,
                [name, "=", other] => table.instead.push((name, other)),
                [names, tags, until, what] => table.rows.push(Row {
                    names: names.split(',').collect(),
                    tags: Tags::read(tags),
                    ended: Ended { what, until, below: names == "*" },
                }),
                _ => {}
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_date(text: &str) -> bool {
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        shape == "0000-00-00" || shape == "0000-00"
    }

    #[test]
    fn the_data_is_whole() {
        assert!(is_date(as_of()) && as_of().len() == 10);
        let lines: Vec<&str> = include_str!("lifecycle.tsv").lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), 1 + table().rows.len() + table().instead.len(), "a line has another form");
        assert!(table().rows.iter().all(|row| is_date(row.ended.until) && !row.ended.what.is_empty()));
        for (_, other) in &table().instead {
            assert_eq!(ended(other), None, "{other} is over itself");
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
