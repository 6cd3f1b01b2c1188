//! Reports for other programs (docs/formats.md). Knows outcomes and what each format is made of, not files or streams.
//!
//! A report is one document over all files: `Document` gives what stands before, between and behind the parts, and each
//! format makes the part of a file from the same `Finding`s.

mod checkstyle;
mod finding;
mod github;
mod gitlab;
mod json;
mod markdown;
mod sarif;

use crate::cli::args::Format;
use crate::cli::diff;
use crate::cli::report::{Looked, Tally, Trouble};
use crate::engine::Fix;
use crate::visible::os_bytes;
use std::path::Path;

/// A file and all there is to say of it.
pub struct File<'a> {
    /// Its path, as [`path`] gives it.
    pub path: String,
    /// How far dfopt came with it.
    pub fate: Fate,
    /// What went wrong.
    pub troubles: &'a [Trouble],
    /// What was found, where it could be read.
    pub seen: Option<Seen<'a>>,
    /// What was left alone and what a higher level would do is to be told as well.
    pub why: bool,
}

/// What was found in a file.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The file and what came of it.
    pub looked: &'a Looked,
    /// The edits that may be made one without another.
    pub fixes: &'a [Fix],
}

/// How far dfopt came with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was looked at.
    Read,
    /// It is a template.
    Template,
    /// The configuration keeps it out.
    Excluded,
    /// It could not be read or parsed.
    Failed,
}

impl Format {
    /// The part of the document for a file; empty where the format has nothing to say.
    pub fn file(self, file: &File) -> Vec<u8> {
        let part = match self {
            Format::Json => json::file(file),
            Format::Sarif => sarif::file(file),
            Format::Github => github::file(file),
            Format::Gitlab => gitlab::file(file),
            Format::Checkstyle => checkstyle::file(file),
            Format::Markdown => markdown::file(file),
        };
        part.into_bytes()
    }
}

/// The document while it is written.
pub struct Document {
    format: Format,
    parts: usize,
    size: usize,
    dropped: usize,
}

impl Document {
    /// One that is empty.
    pub fn new(format: Format) -> Document {
        Document { format, parts: 0, size: 0, dropped: 0 }
    }

    /// What stands before the first file.
    pub fn begin(&self) -> Vec<u8> {
        match self.format {
            Format::Json => json::begin(),
            Format::Sarif => sarif::begin(),
            Format::Github => String::new(),
            Format::Gitlab => "[".to_owned(),
            Format::Checkstyle => checkstyle::BEGIN.to_owned(),
            Format::Markdown => markdown::BEGIN.to_owned(),
        }
        .into_bytes()
    }

    /// A part as it stands behind those before.
    pub fn part(&mut self, part: &[u8]) -> Vec<u8> {
        if part.is_empty() {
            return Vec::new();
        }
        if self.format == Format::Markdown && self.size + part.len() > markdown::LARGEST {
            self.dropped += 1;
            return Vec::new();
        }
        let listed = matches!(self.format, Format::Json | Format::Sarif | Format::Gitlab);
        let between: &[u8] = match (listed, self.parts) {
            (false, _) => b"",
            (true, 0) => b"\n",
            (true, _) => b",\n",
        };
        self.parts += 1;
        self.size += part.len();
        [between, part].concat()
    }

    /// What stands behind the last file.
    pub fn end(&self, tally: &Tally) -> Vec<u8> {
        match self.format {
            Format::Json => json::end(tally),
            Format::Sarif => sarif::end(tally),
            Format::Github => String::new(),
            Format::Gitlab => "\n]\n".to_owned(),
            Format::Checkstyle => checkstyle::END.to_owned(),
            Format::Markdown => markdown::end(tally, self.dropped),
        }
        .into_bytes()
    }
}

/// A path as reports name it: from the current folder on, with `/`; from the root on where it lies outside.
pub fn path(path: &Path, current: &Path) -> String {
    let whole = diff::whole_path(path, current);
    let inside = whole.strip_prefix(current).unwrap_or(&whole);
    String::from_utf8_lossy(&os_bytes(inside.as_os_str())).into_owned()
}
