//! From physical lines to logical ones: line ends, the byte-order mark, continuations with the comments and blank lines
//! inside them, and the bodies of heredocs. Knows nothing of what an instruction means.

use crate::syntax::Logical;
use crate::text::{Source, Span};

/// BuildKit reads no physical line of that many bytes or more, line end included.
const TOO_LONG: usize = 65536;

/// A physical line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    /// With its line end.
    pub span: Span,
    /// Counted from 1.
    pub number: u32,
}

/// Hands out a file's physical lines, one after the other.
pub(super) struct Reader<'s> {
    source: &'s Source,
    /// How many lines were read.
    read: usize,
    /// Whether it stopped in front of a line that is too long for BuildKit.
    pub stopped: bool,
}

impl<'s> Reader<'s> {
    pub fn new(source: &'s Source) -> Reader<'s> {
        Reader { source, read: 0, stopped: false }
    }

    /// Goes on behind some more lines, as if they were read.
    pub fn skip(&mut self, lines: u32) {
        self.read += lines as usize;
    }

    /// The number of lines read so far, which is the number of the last one.
    pub fn number(&self) -> u32 {
        self.read as u32
    }

    /// Where the next line starts: the end of what was read.
    pub fn offset(&self) -> usize {
        let end = self.source.text().len();
        self.source.line_starts().get(self.read).map_or(end, |start| *start as usize)
    }

    /// The next physical line.
    pub fn next(&mut self) -> Option<Line> {
        let end = self.source.text().len();
        let starts = self.source.line_starts();
        let start = *starts.get(self.read)? as usize;
        let next = starts.get(self.read + 1).map_or(end, |next| *next as usize);
        let span = Span::new(start, next);
        self.stopped |= span.len() >= TOO_LONG && self.source.byte_len(span) >= TOO_LONG;
        if start == end || self.stopped {
            return None;
        }
        self.read += 1;
        Some(Line { span, number: self.read as u32 })
    }

    /// A line without the byte-order mark and the line end, and where that starts.
    pub fn content(&self, line: Line) -> (&'s str, usize) {
        let text = &self.source.text()[line.span.range()];
        let body = match line.number {
            1 => text.strip_prefix('\u{feff}').unwrap_or(text),
            _ => text,
        };
        let start = line.span.start as usize + (text.len() - body.len());
        (body.trim_end_matches(['\r', '\n']), start)
    }
}

/// A logical line.
#[derive(Debug)]
pub(super) struct Joined {
    /// The joined text.
    pub line: Logical,
    /// Whether a line end bears `\\`, which continues the line for buildah and does not for BuildKit.
    pub doubtful: bool,
}

/// Joins what follows `first` (a line's content, with its offset) as long as lines are continued.
///
/// ```text
/// logical  = line-part *( ESC *( SP / TAB ) EOL *( blank EOL / comment EOL ) line-part )
/// ```
pub(super) fn join(reader: &mut Reader<'_>, first: (&str, usize), escape: char) -> Joined {
    let mut joined = Joined { line: Logical::default(), doubtful: false };
    let mut continued = joined.add(first, escape);
    while continued {
        let Some(line) = reader.next() else { break };
        let content = reader.content(line);
        let trimmed = content.0.trim_start();
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            continued = joined.add(content, escape);
        }
    }
    joined
}

impl Joined {
    /// Adds a physical line; white space in front of the keyword is left out. Returns whether the line goes on.
    fn add(&mut self, (content, offset): (&str, usize), escape: char) -> bool {
        let (part, continued) = trim_continuation(content, escape);
        self.doubtful |= !continued && ends_doubtful(content, escape);
        match self.line.text().is_empty() {
            true => {
                let trimmed = part.trim_start();
                self.line.push(trimmed, offset + part.len() - trimmed.len());
            }
            false => self.line.push(part, offset),
        }
        continued
    }
}

/// Takes the escape character at the end of a line away, unless another one stands before it.
fn trim_continuation(content: &str, escape: char) -> (&str, bool) {
    match content.trim_end_matches([' ', '\t']).strip_suffix(escape) {
        Some(part) if !part.ends_with(escape) => (part, true),
        _ => (content, false),
    }
}

fn ends_doubtful(content: &str, escape: char) -> bool {
    content.trim_end_matches([' ', '\t']).ends_with(escape)
}

/// A heredoc's body and the line that ends it.
pub(super) struct Body {
    pub body: Span,
    pub terminator: Span,
}

/// Reads a heredoc's body up to the line that is `name`; with `chomp`, tabs in front of it don't count.
pub(super) fn body(reader: &mut Reader<'_>, name: &str, chomp: bool) -> Option<Body> {
    let start = reader.offset();
    while let Some(line) = reader.next() {
        let content = reader.content(line).0;
        let candidate = if chomp { content.trim_start_matches('\t') } else { content };
        if candidate == name {
            return Some(Body { body: Span::new(start, line.span.start as usize), terminator: line.span });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> (String, u32, bool) {
        let source = Source::new(text);
        let mut reader = Reader::new(&source);
        let line = reader.next().unwrap();
        let content = reader.content(line);
        let joined = join(&mut reader, content, '\\');
        (joined.line.text().to_owned(), reader.number(), joined.doubtful)
    }

    #[test]
    fn lines_join_with_nothing_in_between() {
        assert_eq!(joined("RUN a\\\n  b \\ \t\n\tc\nRUN d\n"), ("RUN a  b \tc".into(), 3, false));
        assert_eq!(joined("RU\\\nN a\n"), ("RUN a".into(), 2, false));
        assert_eq!(joined("RUN a \\\r\n b\r\nX\r\n"), ("RUN a  b".into(), 2, false));
    }

    #[test]
    fn comments_and_blank_lines_are_dropped_inside() {
        assert_eq!(joined("RUN a \\\n# no \\\n\n  \t\nb\nc\n"), ("RUN a b".into(), 5, false));
        assert_eq!(joined("RUN a \\\n# last\n"), ("RUN a ".into(), 2, false));
    }

    #[test]
    fn two_escapes_or_a_form_feed_do_not_continue() {
        assert_eq!(joined("RUN a \\\\\nb\n"), ("RUN a \\\\".into(), 1, true));
        assert_eq!(joined("RUN a \\\x0c\nb\n"), ("RUN a \\\x0c".into(), 1, false));
    }

    #[test]
    fn an_escape_alone_continues_and_white_space_before_the_keyword_goes() {
        assert_eq!(joined("\\\n  RUN a\n"), ("RUN a".into(), 2, false));
        assert_eq!(joined("\\"), ("".into(), 1, false));
    }

    #[test]
    fn a_line_of_64_kib_stops_the_reading() {
        let long = format!("# {}\nRUN a\n", "x".repeat(TOO_LONG));
        let source = Source::new(long);
        let mut reader = Reader::new(&source);
        assert!(reader.next().is_none() && reader.stopped);
    }
}
