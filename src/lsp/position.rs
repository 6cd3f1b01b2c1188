//! Places of a text as editors count them: line and column from 0, the column in bytes or in the units of UTF-16, as was
//! agreed. Knows nothing of Dockerfiles. A line ends at `\n`, `\r\n` or a lone `\r`, which is the protocol's rule and not
//! that of [`crate::text::Source`].

use crate::lsp::protocol::{Encoding, Position, Range};
use crate::text::Span;
use memchr::memchr2_iter;

/// A text with the offsets of its lines.
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'a> Lines<'a> {
    /// Finds the lines of a text.
    pub fn new(text: &'a str, encoding: Encoding) -> Lines<'a> {
        let bytes = text.as_bytes();
        let ends = |at: &usize| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n');
        let starts = memchr2_iter(b'\n', b'\r', bytes).filter(ends).map(|at| at + 1);
        Lines { text, starts: std::iter::once(0).chain(starts).collect(), encoding }
    }

    /// The offset of a place. One behind the end of its line, or of the text, is taken for that end; one inside a character
    /// for its start.
    pub fn offset(&self, position: Position) -> usize {
        let Some(line) = self.line(position.line as usize) else { return self.text.len() };
        let mut left = position.character as usize;
        for (at, c) in self.text[line.range()].char_indices() {
            let width = self.width(c);
            if left < width {
                return line.start as usize + at;
            }
            left -= width;
        }
        line.end as usize
    }

    /// The place of an offset. One inside a line end is taken for the end of the line.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let span = self.line(line).unwrap_or_default();
        let before = &self.text[span.start as usize..offset.min(span.end as usize)];
        let character = match self.encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16 => before.chars().map(char::len_utf16).sum(),
        };
        Position { line: line as u32, character: character as u32 }
    }

    /// The span of a range, whichever of its ends comes first.
    pub fn span(&self, range: Range) -> Span {
        let (a, b) = (self.offset(range.start), self.offset(range.end));
        Span::new(a.min(b), a.max(b))
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range { start: self.position(span.start as usize), end: self.position(span.end as usize) }
    }

    /// What of a span lies in its first line: enough to mark a place.
    pub fn first_line(&self, span: Span) -> Range {
        let start = self.position(span.start as usize);
        let end = self.line(start.line as usize).map_or(span.end, |line| span.end.min(line.end).max(span.start));
        Range { start, end: self.position(end as usize) }
    }

    /// A line without its end.
    fn line(&self, line: usize) -> Option<Span> {
        let start = *self.starts.get(line)?;
        let end = self.starts.get(line + 1).copied().unwrap_or(self.text.len());
        let length = self.text[start..end].trim_end_matches(['\r', '\n']).len();
        Some(Span::new(start, start + length))
    }

    fn width(&self, c: char) -> usize {
        match self.encoding {
            Encoding::Utf8 => c.len_utf8(),
            Encoding::Utf16 => c.len_utf16(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a😀é\r\nb\rc\n\nd";

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn places_are_found_and_told() {
        let (wide, bytes) = (Lines::new(TEXT, Encoding::Utf16), Lines::new(TEXT, Encoding::Utf8));
        for (offset, utf16, utf8) in [
            (0, at(0, 0), at(0, 0)),
            (1, at(0, 1), at(0, 1)),
            (5, at(0, 3), at(0, 5)),
            (7, at(0, 4), at(0, 7)),
            (9, at(1, 0), at(1, 0)),
            (11, at(2, 0), at(2, 0)),
            (13, at(3, 0), at(3, 0)),
            (14, at(4, 0), at(4, 0)),
            (15, at(4, 1), at(4, 1)),
        ] {
            assert_eq!((wide.position(offset), bytes.position(offset)), (utf16, utf8), "{offset}");
            assert_eq!((wide.offset(utf16), bytes.offset(utf8)), (offset, offset), "{offset}");
        }
    }

    #[test]
    fn places_that_are_none_are_moved() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        assert_eq!(lines.offset(at(0, 99)), 7);
        assert_eq!(lines.offset(at(0, 2)), 1, "half of a pair");
        assert_eq!(lines.offset(at(99, 0)), 15);
        assert_eq!(lines.offset(at(u32::MAX, u32::MAX)), 15);
        assert_eq!(Lines::new(TEXT, Encoding::Utf8).offset(at(0, 3)), 1, "inside a character");
        assert_eq!(lines.position(8), at(0, 4), "inside a line end");
        assert_eq!(Lines::new("", Encoding::Utf16).offset(at(0, 1)), 0);
    }

    #[test]
    fn ranges_may_stand_on_their_head() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        assert_eq!(lines.span(Range { start: at(2, 1), end: at(0, 1) }), Span::new(1, 12));
        assert_eq!(lines.first_line(Span::new(1, 12)), Range { start: at(0, 1), end: at(0, 4) });
    }
}
