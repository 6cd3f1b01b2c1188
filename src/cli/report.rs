//! What people read: the report of a file, the summary, error lines. Knows outcomes and colours, not files or streams.
//!
//! Everything that comes from a Dockerfile passes `visible` on its way, and the bytes that a [`Source`] carries are
//! turned back first.

use crate::cli::built::Built;
use crate::cli::diff::{Diff, Hunk, Line, Sign};
use crate::engine::{Applied, Level, Outcome};
use crate::text::{Source, Span};
use crate::visible::visible;
use anstyle::{AnsiColor, Style};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Display;

/// For names.
pub const BOLD: Style = Style::new().bold();
/// For what may be skipped.
pub const DIM: Style = Style::new().dimmed();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();

/// Whether there are colours.
#[derive(Clone, Copy, Debug)]
pub struct Paint(
    /// There are.
    pub bool,
);

impl Paint {
    /// The text in a style, or plain.
    pub fn apply(self, style: Style, text: impl Display) -> String {
        match self.0 {
            true => format!("{style}{text}{style:#}"),
            false => text.to_string(),
        }
    }
}

/// What kind of message a line on standard error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something is wrong with what was given.
    Error,
    /// Something is wrong with dfopt.
    Bug,
    /// Nothing is wrong.
    Note,
}

/// What went wrong with a file.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Whose fault it is.
    pub kind: Kind,
    /// Line and column, where there is a place.
    pub at: Option<(u32, u32)>,
    /// What, why, what to do; safe for a terminal.
    pub message: String,
}

/// A line for standard error: `place: kind: message`.
pub fn say(paint: Paint, place: &str, kind: Kind, message: &str) -> String {
    let (style, name) = match kind {
        Kind::Error => (RED.bold(), "error"),
        Kind::Bug => (RED.bold(), "bug in dfopt"),
        Kind::Note => (CYAN.bold(), "note"),
    };
    let place = if place.is_empty() { String::new() } else { format!("{}: ", paint.apply(BOLD, place)) };
    format!("{place}{}: {message}\n", paint.apply(style, name))
}

/// A text that speaks of a file, carried bytes restored, safe for a terminal.
pub fn shown(source: &Source, text: &str) -> String {
    match text.is_ascii() {
        true => visible(text.as_bytes()),
        false => visible(&source.bytes_of(text)),
    }
}

/// A file and what came of it.
pub struct Looked {
    /// Its name, safe for a terminal.
    pub name: String,
    /// Its bytes.
    pub old: Vec<u8>,
    /// Its text.
    pub source: Source,
    /// What `optimize` said.
    pub outcome: Outcome,
    /// The bytes that it should have.
    pub new: Vec<u8>,
    /// How the project builds it, where it says so.
    pub built: Option<Built>,
}

impl Looked {
    /// Whether anything would change.
    pub fn changed(&self) -> bool {
        self.old != self.new
    }
}

/// What would change in a file and why, and what is advised, in a line each; with `why`, the reasons of advice, too,
/// and what was left alone. Empty where there is nothing to say: without `why`, advice alone is none, and is only
/// counted.
pub fn file(looked: &Looked, why: bool, paint: Paint) -> String {
    let report = FileReport { looked, paint };
    let mut body = report.changes();
    body += &report.diff();
    if why || !body.is_empty() {
        body += &report.advice(why);
    }
    if why {
        body += &report.offered();
        body += &report.refused();
    }
    match body.is_empty() {
        true => body,
        false => format!("{}\n{}{body}\n", paint.apply(BOLD, &looked.name), report.build()),
    }
}

struct FileReport<'a> {
    looked: &'a Looked,
    paint: Paint,
}

impl FileReport<'_> {
    /// From which context it is built, where that is not the directory of the file, and what speaks against that directory.
    fn build(&self) -> String {
        let line = self.looked.built.as_ref().and_then(Built::line);
        let built = line.map(|line| format!("  {}\n", self.paint.apply(DIM, line)));
        let missing = self.looked.outcome.missing.as_ref().map(|missing| {
            let (line, path) = (self.line(missing.at), self.shown(&missing.path));
            let what = "is not in the directory of the file, which is taken for the build context";
            format!("  note: {line}: `{path}` {what}; name the right one with `--context DIR`\n")
        });
        built.into_iter().chain(missing).collect()
    }

    fn changes(&self) -> String {
        let mut out = String::new();
        let mut said = HashSet::new();
        for change in &self.looked.outcome.applied {
            out += &self.change("", GREEN, change);
            // what was said a line before need not be said again
            if said.insert((change.id, &change.reason)) {
                out += &self.detail(&change.reason);
            }
            change.notes.iter().for_each(|note| out += &self.detail(&format!("note: {note}")));
        }
        out
    }

    fn change(&self, prefix: &str, style: Style, change: &Applied) -> String {
        let (id, level) = (self.paint.apply(style.bold(), change.id), change.level);
        format!("  {prefix}{id} ({level}) {}: {}\n", self.line(change.at), self.shown(&change.title))
    }

    fn detail(&self, text: &str) -> String {
        match text.is_empty() {
            true => String::new(),
            false => format!("    {}\n", self.paint.apply(DIM, self.shown(text))),
        }
    }

    fn advice(&self, why: bool) -> String {
        let mut out = String::new();
        for advice in &self.looked.outcome.advice {
            let id = self.paint.apply(CYAN.bold(), advice.id);
            out += &format!("  advice: {id} {}: {}\n", self.line(advice.at), self.shown(&advice.title));
            if why {
                out += &self.detail(&advice.reason);
            }
        }
        out
    }

    fn offered(&self) -> String {
        let mut out = String::new();
        for change in &self.looked.outcome.offered {
            out += &self.change(&format!("with `--level {}`: ", change.level), CYAN, change);
            out += &self.detail(&change.reason);
        }
        out
    }

    fn refused(&self) -> String {
        let mut out = String::new();
        for refused in &self.looked.outcome.refused {
            let code = self.paint.apply(YELLOW, refused.code);
            let (id, line, reason) = (refused.id, self.line(refused.at), self.shown(&refused.reason));
            out += &format!("  left alone: {line}: {id}: {code}: {reason}\n");
        }
        out
    }

    fn diff(&self) -> String {
        let looked = self.looked;
        let diff = Diff::new(&looked.old, &looked.new);
        let lines = looked.old.split(|b| *b == b'\n').count().max(looked.new.split(|b| *b == b'\n').count());
        let sheet = Sheet {
            paint: self.paint,
            width: lines.to_string().len(),
            crlf: all_crlf(&looked.old) && all_crlf(&looked.new),
            ends_differ: looked.old.ends_with(b"\n") != looked.new.ends_with(b"\n"),
        };
        let hunks: Vec<String> = diff.hunks.iter().map(|hunk| sheet.hunk(&diff, hunk)).collect();
        let gap = format!("  {}\n", self.paint.apply(DIM, format_args!("{:>1$}", "⋮", 2 * sheet.width + 3)));
        hunks.join(&gap)
    }

    fn line(&self, at: Span) -> String {
        format!("line {}", self.looked.source.line(at.start as usize))
    }

    fn shown(&self, text: &str) -> String {
        shown(&self.looked.source, text)
    }
}

/// How the lines of a diff are laid out for people.
struct Sheet {
    paint: Paint,
    width: usize,
    crlf: bool,
    ends_differ: bool,
}

impl Sheet {
    fn hunk(&self, diff: &Diff, hunk: &Hunk) -> String {
        diff.lines(hunk).iter().map(|line| self.line(line)).collect()
    }

    fn line(&self, line: &Line) -> String {
        let number = |n: Option<usize>| n.map_or(String::new(), |n| n.to_string());
        let width = self.width;
        let gutter = format!("  {:>width$} {:>width$} │", number(line.old), number(line.new));
        let (sign, style) = match line.sign {
            Sign::Same => (' ', Style::new()),
            Sign::Removed => ('-', RED),
            Sign::Added => ('+', GREEN),
        };
        let text = self.paint.apply(style, format_args!("{sign}{}", line_text(line.bytes, self.crlf)));
        let mut out = format!("{}{text}\n", self.paint.apply(DIM, gutter));
        if self.ends_differ && !line.bytes.ends_with(b"\n") {
            let margin = " ".repeat(2 * width + 4);
            out += &format!("{margin}{}\n", self.paint.apply(DIM, "│\\ no line end at the end of the file"));
        }
        out
    }
}

/// A line without its end, safe for a terminal. The carriage return before the end is shown only where lines differ in
/// it.
fn line_text(line: &[u8], crlf: bool) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    visible(if crlf { line.strip_suffix(b"\r").unwrap_or(line) } else { line })
}

/// Whether every line end is a CRLF, so that showing them would only be noise.
pub fn all_crlf(text: &[u8]) -> bool {
    text.split_inclusive(|byte| *byte == b'\n').all(|line| !line.ends_with(b"\n") || line.ends_with(b"\r\n"))
}

/// A text as a terminal may show it.
pub fn text_for_terminal(text: &[u8], crlf: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        out += &line_text(line, crlf);
        out += if line.ends_with(b"\n") { "\n" } else { "" };
    }
    out
}

/// A unified diff as a terminal may show it.
pub fn diff_for_terminal(diff: &[u8], crlf: bool, paint: Paint) -> String {
    let style = |line: &str| match line.as_bytes().first() {
        _ if line.starts_with("--- ") || line.starts_with("+++ ") => BOLD,
        Some(b'@') => CYAN,
        Some(b'-') => RED,
        Some(b'+') => GREEN,
        _ => Style::new(),
    };
    text_for_terminal(diff, crlf).lines().map(|line| paint.apply(style(line), line) + "\n").collect()
}

/// What happened to all files together.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many were given or found.
    pub files: usize,
    /// How many would change, or did.
    pub changed: usize,
    /// How many could not be read or parsed.
    pub failed: usize,
    /// How many are templates.
    pub templates: usize,
    /// How many the configuration keeps out.
    pub excluded: usize,
    /// How many faults of dfopt came to light.
    pub bugs: usize,
    /// How many rewrites were refused.
    pub refused: usize,
    /// How many rewrites need a higher level, by level.
    pub offered: BTreeMap<Level, usize>,
    /// How many pieces of advice there are on files that do not change, where these are not told.
    pub advice: usize,
    /// The layers of the files that change, before and after.
    pub layers: (usize, usize),
}

impl Tally {
    /// Counts an outcome in; with `why`, all of it is told.
    pub fn count(&mut self, outcome: &Outcome, changed: bool, why: bool) {
        self.refused += outcome.refused.len();
        outcome.offered.iter().for_each(|offered| *self.offered.entry(offered.level).or_default() += 1);
        if !changed && !why {
            self.advice += outcome.advice.len();
        }
        if changed {
            self.changed += 1;
            self.layers.0 += outcome.layers.0;
            self.layers.1 += outcome.layers.1;
        }
    }

    /// Adds the figures of other files.
    pub fn add(&mut self, other: &Tally) {
        self.files += other.files;
        self.changed += other.changed;
        self.failed += other.failed;
        self.templates += other.templates;
        self.excluded += other.excluded;
        self.bugs += other.bugs;
        self.refused += other.refused;
        self.advice += other.advice;
        other.offered.iter().for_each(|(level, n)| *self.offered.entry(*level).or_default() += n);
        self.layers = (self.layers.0 + other.layers.0, self.layers.1 + other.layers.1);
    }
}

/// One line on all files.
pub fn summary(tally: &Tally, why: bool) -> String {
    let mut parts = vec![changes(tally)];
    parts.extend(tally.offered.iter().map(|(level, n)| format!("{n} more with `--level {level}`")));
    let hint = if why { "" } else { " (`--why` says why)" };
    let (pieces, tells) = (plural(tally.advice, "piece"), if why { "" } else { " (`--why` tells)" });
    let rest = [
        (tally.advice, format!("{pieces} of advice on files that do not change{tells}")),
        (tally.refused, format!("{} left alone{hint}", tally.refused)),
        (tally.templates, format!("{} skipped", plural(tally.templates, "template"))),
        (tally.excluded, format!("{} excluded", tally.excluded)),
        (tally.failed, format!("{} with errors", tally.failed)),
    ];
    parts.extend(rest.into_iter().filter(|(n, _)| *n > 0).map(|(_, part)| part));
    parts.join("; ") + "\n"
}

fn changes(tally: &Tally) -> String {
    let files = plural(tally.files, "file");
    let layers = layers(tally.layers).map_or(String::new(), |layers| format!(": {layers}"));
    match tally.changed {
        0 => format!("nothing to change in {files}"),
        n if n == tally.files => format!("{files} would change{layers} (`--write` does it)"),
        n => format!("{n} of {files} would change{layers} (`--write` does it)"),
    }
}

/// The line for a file that was written.
pub fn written(looked: &Looked) -> String {
    let layers = layers(looked.outcome.layers).map_or(String::new(), |layers| format!(", {layers}"));
    format!("{}: {}{layers}\n", looked.name, plural(looked.outcome.applied.len(), "change"))
}

fn layers((before, after): (usize, usize)) -> Option<String> {
    let verb = if before == 1 { "becomes" } else { "become" };
    (before != after).then(|| format!("{} {verb} {after}", plural(before, "layer")))
}

fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn the_summary_says_only_what_there_is() {
        let tally = Tally { files: 3, ..Tally::default() };
        assert_eq!(summary(&tally, false), "nothing to change in 3 files\n");
        let tally = Tally { files: 5, changed: 2, failed: 1, templates: 1, layers: (4, 4), ..Tally::default() };
        let wanted = "2 of 5 files would change (`--write` does it); 1 template skipped; 1 with errors\n";
        assert_eq!(summary(&tally, false), wanted);
        let tally =
            Tally { files: 4, advice: 2, offered: BTreeMap::from([(Level::Aggressive, 1)]), ..Tally::default() };
        let wanted = "nothing to change in 4 files; 1 more with `--level aggressive`; \
                      2 pieces of advice on files that do not change (`--why` tells)\n";
        assert_eq!(summary(&tally, false), wanted);
        let tally = Tally { files: 1, changed: 1, layers: (1, 0), refused: 2, ..Tally::default() };
        assert_eq!(summary(&tally, true), "1 file would change: 1 layer becomes 0 (`--write` does it); 2 left alone\n");
    }

    #[test]
    fn carriage_returns_show_only_where_lines_differ_in_them() {
        assert_eq!(text_for_terminal(b"a\r\nb\r\nc", true), "a\nb\nc");
        assert_eq!(text_for_terminal(b"a\r\nb\n", false), "a␍\nb\n");
        assert!(all_crlf(b"a\r\nb\r\nc") && !all_crlf(b"a\r\nb\n"));
    }

    #[test]
    fn system_errors_read_as_ours() {
        let error = io::Error::from_raw_os_error(2);
        assert!(
            !crate::visible::reason(&error).contains("os error")
                && crate::visible::reason(&error).starts_with(char::is_lowercase)
        );
    }

    #[test]
    fn a_missing_last_line_end_is_told_where_it_differs() {
        let sheet = Sheet { paint: Paint(false), width: 1, crlf: false, ends_differ: true };
        let line = Line { sign: Sign::Added, old: None, new: Some(1), bytes: b"a" };
        assert_eq!(sheet.line(&line), "    1 │+a\n      │\\ no line end at the end of the file\n");
    }
}
