//! One thing to say of a file, and its place as other programs count.

use crate::cli::format::File;
use crate::cli::report::{self, Kind};
use crate::engine::{Applied, Fix, Level};
use crate::text::{Source, Span};

/// The rule of what is wrong with a file.
pub const ERROR: &str = "error";
/// The rule of what is wrong with dfopt.
pub const BUG: &str = "bug";

/// The rule of a file that is left as it is, since it would cost too much.
pub const LEFT_ALONE: &str = "left-alone";

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The file, or dfopt, is broken.
    Error,
    /// dfopt would change something.
    Warning,
    /// Something to know.
    Note,
    /// Something that dfopt does not do, for those who ask why.
    Hint,
}

/// One thing to say.
pub struct Finding<'a> {
    /// The transform, [`ERROR`], [`BUG`] or [`LEFT_ALONE`].
    pub rule: &'a str,
    /// How much it matters.
    pub weight: Weight,
    /// How far the rewrite goes, where it is one.
    pub level: Option<Level>,
    /// All of it in one paragraph.
    pub message: String,
    /// Where; `None` for the whole file.
    pub region: Option<Region>,
    /// The edits that make it, where these are its own.
    pub fix: Option<&'a Fix>,
}

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The first character.
    pub start: Point,
    /// Behind the last one.
    pub end: Point,
}

/// A place in a file, in all ways to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The line, from 1.
    pub line: u32,
    /// The character in it, from 1.
    pub column: u32,
    /// The same in units of UTF-16, as an editor shows the file: a byte-order mark does not count, and what is no
    /// UTF-8 is replaced.
    pub utf16: u32,
    /// The byte in the file, from 0.
    pub byte: usize,
}

impl Region {
    /// A part of a text.
    pub fn new(source: &Source, span: Span) -> Region {
        Region { start: point(source, span.start), end: point(source, span.end) }
    }

    /// The last line of which it holds something.
    pub fn last_line(&self) -> u32 {
        let behind = self.end.column == 1 && self.end.line > self.start.line;
        self.end.line - u32::from(behind)
    }
}

fn point(source: &Source, offset: u32) -> Point {
    let place = source.line_col(offset as usize);
    let start = source.line_starts()[place.line as usize - 1];
    let before = source.slice(Span { start, end: offset }).trim_start_matches('\u{feff}');
    let utf16 = 1 + match before.is_ascii() {
        true => before.len() as u32,
        false => {
            let before = source.bytes_of(before);
            String::from_utf8_lossy(&before).encode_utf16().count() as u32
        }
    };
    Point { line: place.line, column: place.column, utf16, byte: source.byte_len(Span { start: 0, end: offset }) }
}

/// The edits of a fix as parts of the file and their new text; `None` where that is no UTF-8, which no format can
/// carry.
pub fn edits(source: &Source, fix: &Fix) -> Option<Vec<(Region, String)>> {
    let edits = fix.edits.edits().iter().map(|edit| {
        let text = String::from_utf8(source.bytes_of(&edit.text)).ok()?;
        Some((Region::new(source, edit.span), text))
    });
    edits.collect()
}

/// Everything there is to say of a file, in the order of weight and then of the text.
pub fn all<'a>(file: &'a File) -> Vec<Finding<'a>> {
    let mut out: Vec<Finding> = file
        .troubles
        .iter()
        .map(|trouble| Finding {
            rule: if trouble.kind == Kind::Bug { BUG } else { ERROR },
            weight: Weight::Error,
            level: None,
            message: trouble.message.clone(),
            region: trouble.at.map(bare),
            fix: None,
        })
        .collect();
    let Some(seen) = file.seen else { return out };
    let (source, outcome) = (&seen.looked.source, &seen.looked.outcome);
    let told = Told { source, applied: &outcome.applied, fixes: seen.fixes };
    let left = outcome.left_alone.iter();
    out.extend(left.map(|left| told.finding(LEFT_ALONE, Weight::Note, None, left.why.clone(), left.at)));
    out.extend((0..outcome.applied.len()).map(|index| told.rewrite(index)));
    out.extend(outcome.advice.iter().map(|advice| {
        let message = told.message(&advice.title, &advice.reason, &[]);
        told.finding(advice.id, Weight::Note, None, message, advice.at)
    }));
    if file.why {
        out.extend(outcome.offered.iter().map(|offered| {
            let message = told.message(&offered.title, &offered.reason, &offered.notes);
            let message = format!("with `--level {}`: {message}", offered.level);
            told.finding(offered.id, Weight::Hint, Some(offered.level), message, offered.at)
        }));
        out.extend(outcome.refused.iter().map(|refused| {
            let message = format!("left alone: {}: {}", refused.code, report::shown(source, &refused.reason));
            told.finding(refused.id, Weight::Hint, None, message, refused.at)
        }));
    }
    out
}

/// The same where people read it at once: a file that does not change has no advice, unless somebody asked why.
pub fn for_people<'a>(file: &'a File) -> Vec<Finding<'a>> {
    let quiet = !file.why && file.seen.is_some_and(|seen| !seen.looked.changed());
    all(file).into_iter().filter(|finding| !quiet || finding.weight != Weight::Note).collect()
}

/// A place of which only line and column are known.
fn bare((line, column): (u32, u32)) -> Region {
    let point = Point { line, column, utf16: column, byte: 0 };
    Region { start: point, end: point }
}

struct Told<'a> {
    source: &'a Source,
    applied: &'a [Applied],
    fixes: &'a [Fix],
}

impl<'a> Told<'a> {
    fn finding(&self, rule: &'a str, weight: Weight, level: Option<Level>, message: String, at: Span) -> Finding<'a> {
        Finding { rule, weight, level, message, region: Some(Region::new(self.source, at)), fix: None }
    }

    /// A rewrite; the first one of a fix has the fix.
    fn rewrite(&self, index: usize) -> Finding<'a> {
        let one = &self.applied[index];
        let fix = self.fixes.iter().find(|fix| fix.rewrites.contains(&index));
        let first = fix.and_then(|fix| fix.rewrites.first().copied());
        let mut message = self.message(&one.title, &one.reason, &one.notes);
        if let Some(first) = first.filter(|first| *first != index) {
            let line = self.source.line(self.applied[first].at.start as usize);
            message += &format!("; made together with `{}` on line {line}", self.applied[first].id);
        }
        let finding = self.finding(one.id, Weight::Warning, Some(one.level), message, one.at);
        Finding { fix: fix.filter(|_| first == Some(index)), ..finding }
    }

    fn message(&self, title: &str, reason: &str, notes: &[String]) -> String {
        let notes = notes.iter().map(String::as_str);
        let parts = [title, reason].into_iter().chain(notes).filter(|part| !part.is_empty());
        report::shown(self.source, &parts.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_every_way() {
        let source = Source::from_bytes("\u{feff}é\u{1f40b}x\r\nab".as_bytes()).unwrap();
        let at = source.text().find('x').unwrap();
        assert_eq!(point(&source, at as u32), Point { line: 1, column: 4, utf16: 4, byte: 9 });
        assert_eq!(point(&source, at as u32 + 3), Point { line: 2, column: 1, utf16: 1, byte: 12 });
    }

    #[test]
    fn foreign_bytes_count_as_an_editor_shows_them() {
        let source = Source::from_bytes(b"# \x82\xb1 x").unwrap();
        let at = source.text().find('x').unwrap();
        assert_eq!(point(&source, at as u32), Point { line: 1, column: 6, utf16: 6, byte: 5 });
    }

    #[test]
    fn a_line_end_belongs_to_its_line() {
        let source = Source::new("a\nb\nc\n");
        assert_eq!(Region::new(&source, Span::new(0, 4)).last_line(), 2);
        assert_eq!(Region::new(&source, Span::new(4, 4)).last_line(), 3);
    }
}
