//! From physical to logical lines, as BuildKit's scanner does it: continuations, comments and blank lines inside them, the
//! bodies of heredocs. Sources: BuildKit `frontend/dockerfile/parser`, Dockerfile reference.

use crate::syntax::Logical;
use crate::text::Span;

/// A physical line: all of it, and where its line end begins.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// With the line end.
    pub span: Span,
    /// Without it: a run of CR and LF.
    pub end: usize,
}

/// Cuts a text into its physical lines; a lone CR does not end one.
pub struct Lines<'t> {
    text: &'t str,
    at: usize,
    /// How many lines were given out.
    pub count: u32,
}

/// The longest physical line that BuildKit reads, in bytes with its line end.
pub const LONGEST: usize = 65535;

impl<'t> Lines<'t> {
    /// From the start of a text.
    pub fn new(text: &'t str) -> Lines<'t> {
        Lines { text, at: 0, count: 0 }
    }

    /// Where the next line starts.
    pub fn offset(&self) -> usize {
        self.at
    }
}

impl Iterator for Lines<'_> {
    type Item = Line;

    fn next(&mut self) -> Option<Line> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let rest = &self.text[start..];
        self.at = rest.find('\n').map_or(self.text.len(), |length| start + length + 1);
        self.count += 1;
        let end = start + self.text[start..self.at].trim_end_matches(['\r', '\n']).len();
        Some(Line { span: Span::new(start, self.at), end })
    }
}

/// Whether a line, line end or not, is a comment.
pub fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// `([^ESC])ESC[ \t]*$|^ESC[ \t]*$`: the length of the line without its continuation, where it has one.
pub fn continued(line: &str, escape: char) -> Option<usize> {
    let body = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    (!body.ends_with(escape)).then_some(body.len())
}

/// Whether a line ends in two escape characters, which other builders take for a continuation.
pub fn doubly_escaped(line: &str, escape: char) -> bool {
    let line = line.trim_end_matches([' ', '\t']);
    line.strip_suffix(escape).is_some_and(|body| body.ends_with(escape))
}

/// Reads on from the first physical line of an instruction to its last one, heredocs not included.
/// Gives the joined text, and whether a line is read differently by other builders.
pub fn join(text: &str, first: Line, from: usize, lines: &mut Lines, escape: char) -> (Logical, bool) {
    let mut out = Logical::default();
    let mut odd = false;
    let mut add = |part: &str, at: usize| match continued(part, escape) {
        Some(length) => {
            out.push(&part[..length], at);
            true
        }
        None => {
            odd |= doubly_escaped(part, escape);
            out.push(part, at);
            false
        }
    };
    let mut open = add(&text[from..first.end], from);
    while open {
        let Some(line) = lines.next() else { break };
        let part = &text[line.span.start as usize..line.end];
        if is_comment(part) || part.trim_start().is_empty() {
            continue;
        }
        open = add(part, line.span.start as usize);
    }
    (out, odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> String {
        let mut lines = Lines::new(text);
        let first = lines.next().unwrap();
        join(text, first, 0, &mut lines, '\\').0.text().to_owned()
    }

    #[test]
    fn continuations_are_joined_with_nothing_between() {
        assert_eq!(joined("RUN a\\\nb \\ \t\n  c\nd"), "RUN ab   c");
        assert_eq!(joined("RUN a \\\n# no \\\n\n  b \\\n"), "RUN a   b ");
        assert_eq!(joined("RUN a \\\r\n\tb\r\n"), "RUN a \tb");
    }

    #[test]
    fn what_is_no_continuation() {
        assert_eq!(joined("RUN a \\\\\nb"), "RUN a \\\\");
        assert_eq!(joined("RUN a \\\x0c\nb"), "RUN a \\\x0c");
        assert_eq!(continued("\\", '\\'), Some(0));
        assert_eq!(continued("a `  ", '`'), Some(2));
    }
}
