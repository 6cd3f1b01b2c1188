//! The tables, each from its text to Rust; and what they have in common.

pub mod features;
pub mod images;
pub mod lifecycle;
pub mod manifests;
pub mod packages;
pub mod programs;
pub mod recommends;
pub mod sections;
pub mod servers;
pub mod tags;
pub mod tokens;
pub mod variants;

/// From the text of a table to Rust.
pub type Read = fn(&str) -> Result<String, Wrong>;

/// The files below `src/knowledge/`.
pub const ALL: &[(&str, Read)] = &[
    ("environment.txt", |text| {
        sections::read(text, &["sudo-passes", "sudo-never", "every-program", "package-managers"])
    }),
    ("features.tsv", features::read),
    ("images.tsv", images::read),
    ("lifecycle.tsv", lifecycle::read),
    ("manifests.txt", manifests::read),
    ("packages.tsv", packages::read),
    ("recommends.tsv", recommends::read),
    ("secrets.txt", |text| sections::read(text, &["word", "before-key", "name", "about", "not"])),
    ("servers.tsv", servers::read),
    ("tokens.tsv", tokens::read),
    ("variants.tsv", variants::read),
];

/// What is wrong with a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong, for people.
    pub what: String,
}

/// A line of a table.
#[derive(Clone, Copy)]
pub struct Line<'t> {
    /// Its number, counted from 1.
    pub number: usize,
    /// Its text.
    pub text: &'t str,
}

/// The lines of a table without comments, and those in which nothing stands.
pub fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let lines = text.lines().enumerate().map(|(index, text)| Line { number: index + 1, text });
    lines.filter(|line| !line.text.starts_with('#') && !line.text.trim().is_empty())
}

impl<'t> Line<'t> {
    /// What is wrong with it.
    pub fn wrong(&self, what: impl Into<String>) -> Wrong {
        Wrong { line: self.number, what: what.into() }
    }

    /// Its columns, which tabs separate. None is empty.
    pub fn columns(&self) -> Result<Vec<&'t str>, Wrong> {
        let columns: Vec<&str> = self.text.split('\t').collect();
        match columns.iter().any(|column| column.trim() != *column || column.is_empty()) {
            true => Err(self.wrong("a column is empty, or has white space around it")),
            false => Ok(columns),
        }
    }
}

/// The names of a column, which commas separate; `-` is none.
pub fn names(column: &str) -> Vec<&str> {
    column.split(',').filter(|name| *name != "-").collect()
}

/// `apt` of `[("apt", "Apt")]`: how Rust calls what a table names.
pub fn named(what: &str, known: &[(&'static str, &'static str)], name: &str) -> Result<&'static str, String> {
    let found = known.iter().find(|(known, _)| *known == name).map(|(_, rust)| *rust);
    found.ok_or_else(|| format!("`{name}` is no {what}"))
}
