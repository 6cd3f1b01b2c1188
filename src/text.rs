//! The text of a file: bytes in, spans over them, bytes out.
//!
//! Everything inside dfopt works on `&str`. A file that is not UTF-8 throughout (a comment in Shift_JIS) is carried by
//! mapping each byte that does not belong to a valid character to a private-use character, and back on the way out, so that
//! its other lines can be rewritten and the foreign bytes ride along unchanged. This module knows nothing of Dockerfiles.

use memchr::{memchr, memchr_iter};
use std::fmt;
use std::ops::Range;

/// A range of bytes in the text of a [`Source`] (or, where said so, in the joined text of a logical line).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end);
        Span { start: start as u32, end: end as u32 }
    }

    /// The empty span at `offset`.
    pub fn at(offset: usize) -> Span {
        Span::new(offset, offset)
    }

    /// The same as a range, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// How many bytes it holds.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it holds nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The same where it stands once `by` bytes came before it.
    pub fn moved(self, by: i64) -> Span {
        let offset = |at: u32| (i64::from(at) + by) as u32;
        Span { start: offset(self.start), end: offset(self.end) }
    }

    /// The smallest span that holds both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place for people: line and column count from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineCol {
    /// The line, from 1.
    pub line: u32,
    /// The character in it, from 1.
    pub column: u32,
}

/// An immutable text with the offsets of its lines.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    escaped: bool,
    line_starts: Vec<u32>,
}

/// Why some bytes can't be a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceError {
    /// More than [`MAX_BYTES`].
    TooLarge(usize),
    /// The file bears the byte-order mark of UTF-16 or UTF-32, or looks like it.
    Utf16,
    /// A NUL byte at this offset.
    Nul(LineCol),
}

/// The largest file that is read, in bytes. The largest one in a corpus of 108,641 is 85 KB.
pub const MAX_BYTES: usize = 16 << 20;

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SourceError::TooLarge(n) => {
                write!(f, "the file has {n} bytes; a Dockerfile of more than {MAX_BYTES} is not read")
            }
            SourceError::Utf16 => {
                write!(f, "the file is UTF-16, which BuildKit cannot read; save it as UTF-8")
            }
            SourceError::Nul(_) => write!(f, "a NUL byte: this is not a text file"),
        }
    }
}

impl std::error::Error for SourceError {}

/// Invalid byte `b` is carried as this plus `b`; the range is in the last private-use plane.
const CARRIER: u32 = 0x10_FE00;

fn is_carrier(c: char) -> bool {
    (CARRIER..CARRIER + 0x100).contains(&(c as u32))
}

impl Source {
    /// Takes the bytes of a file. Bytes that are not UTF-8 are carried (see the module's page).
    ///
    /// # Errors
    /// Input that is no text: UTF-16, NUL bytes, or more than [`MAX_BYTES`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Source, SourceError> {
        if bytes.len() > MAX_BYTES {
            return Err(SourceError::TooLarge(bytes.len()));
        }
        if looks_like_utf16(bytes) {
            return Err(SourceError::Utf16);
        }
        let source = match std::str::from_utf8(bytes) {
            // carriers alone start with this byte, or others of the last plane
            Ok(text) if memchr(0xf4, bytes).is_none() || !text.chars().any(is_carrier) => Source::new(text),
            _ => Source { escaped: true, ..Source::new(carry(bytes)) },
        };
        match memchr(0, source.text.as_bytes()) {
            Some(at) => Err(SourceError::Nul(source.line_col(at))),
            None => Ok(source),
        }
    }

    /// Takes text that is already known to be UTF-8.
    pub fn new(text: impl Into<String>) -> Source {
        let text = text.into();
        // a line has some forty bytes
        let mut line_starts = Vec::with_capacity(text.len() / 32 + 2);
        line_starts.push(0);
        line_starts.extend(memchr_iter(b'\n', text.as_bytes()).map(|at| at as u32 + 1));
        Source { text, escaped: false, line_starts }
    }

    /// The same file with another text, such as a rewritten one: foreign bytes stay carried.
    pub fn with_text(&self, text: String) -> Source {
        Source { escaped: self.escaped, ..Source::new(text) }
    }

    /// The text that spans count in.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The part of the text under `span`.
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// The bytes of the file, carried ones restored.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes_of(&self.text)
    }

    /// The same of another text of the file, such as a rewritten one, or a part of it.
    pub fn bytes_of(&self, text: &str) -> Vec<u8> {
        if !self.escaped {
            return text.as_bytes().to_vec();
        }
        let mut out = Vec::with_capacity(text.len());
        let mut buffer = [0; 4];
        for c in text.chars() {
            match is_carrier(c) {
                true => out.push((c as u32 - CARRIER) as u8),
                false => out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes()),
            }
        }
        out
    }

    /// The offset of each line's first byte. A file that ends with a line end has an empty last line.
    pub fn line_starts(&self) -> &[u32] {
        &self.line_starts
    }

    /// How many bytes a part has in the file, where a carried byte counts as one.
    pub fn byte_len(&self, span: Span) -> usize {
        match self.escaped {
            true => self.slice(span).chars().map(|c| if is_carrier(c) { 1 } else { c.len_utf8() }).sum(),
            false => span.len(),
        }
    }

    /// Line (from 1) of an offset.
    pub fn line(&self, offset: usize) -> u32 {
        self.line_starts.partition_point(|start| *start as usize <= offset) as u32
    }

    /// Line and column (from 1, in characters) of an offset.
    pub fn line_col(&self, offset: usize) -> LineCol {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line(offset);
        let start = self.line_starts[line as usize - 1] as usize;
        LineCol { line, column: self.text[start..offset].chars().count() as u32 + 1 }
    }

    /// The line end that most lines have: `"\r\n"` or `"\n"`.
    pub fn eol(&self) -> &'static str {
        let bytes = self.text.as_bytes();
        let crlf = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) == Some(&b'\n')).count();
        if crlf * 2 > self.line_starts.len() - 1 { "\r\n" } else { "\n" }
    }
}

fn looks_like_utf16(bytes: &[u8]) -> bool {
    let bom = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    let nul_every_other = bytes.len() >= 4
        && (bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0
            || bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0);
    bom || nul_every_other
}

fn carry(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    let carrier = |b: u8| char::from_u32(CARRIER + u32::from(b)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut buffer = [0; 4];
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match is_carrier(c) {
                true => out.extend(c.encode_utf8(&mut buffer).bytes().map(carrier)),
                false => out.push(c),
            }
        }
        out.extend(chunk.invalid().iter().copied().map(carrier));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_ride_along() {
        for bytes in [&b"# \x82\xb1\nFROM x\n"[..], "a\u{10FE41}b\n".as_bytes(), b"plain", b"", b"\xef\xbb\xbfFROM x"] {
            assert_eq!(Source::from_bytes(bytes).unwrap().to_bytes(), bytes);
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(Source::from_bytes(b"\xff\xfeF\0").unwrap_err(), SourceError::Utf16);
        assert_eq!(Source::from_bytes(b"F\0R\0O\0M\0").unwrap_err(), SourceError::Utf16);
        let nul = SourceError::Nul(LineCol { line: 2, column: 3 });
        assert_eq!(Source::from_bytes(b"FROM x\nRU\0N\n").unwrap_err(), nul);
        assert!(matches!(Source::from_bytes(&vec![b'a'; MAX_BYTES + 1]), Err(SourceError::TooLarge(_))));
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::new("FROM é\nRUN x");
        assert_eq!(source.line_col(7), LineCol { line: 1, column: 7 });
        assert_eq!(source.line_col(8), LineCol { line: 2, column: 1 });
        assert_eq!(source.line_col(999), LineCol { line: 2, column: 6 });
    }

    #[test]
    fn most_lines_decide_the_line_end() {
        assert_eq!(Source::new("a\r\nb\r\nc\n").eol(), "\r\n");
        assert_eq!(Source::new("a\nb\r\nc\n").eol(), "\n");
        assert_eq!(Source::new("").eol(), "\n");
    }
}
