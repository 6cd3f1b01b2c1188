//! The cursor over a shell text: where it stands, how deep it is nested, what it owes to the next line end (heredoc bodies).

use crate::shell::{HeredocBody, MAX_DEPTH, Opaque};
use crate::text::Span;

pub(super) type Outcome<T> = Result<T, Opaque>;

pub(super) struct Cursor<'t> {
    pub text: &'t str,
    pub at: usize,
    /// Reading stops here: the end of the text, or of a part of it.
    pub end: usize,
    pub depth: usize,
    pub comments: Vec<Span>,
    /// Heredocs whose bodies stand behind the next line end.
    pub pending: Vec<Pending>,
    /// The bodies that were read, in the order of their openers.
    pub bodies: Vec<HeredocBody>,
}

pub(super) struct Pending {
    pub index: usize,
    pub name: String,
    pub chomp: bool,
    pub quoted: bool,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Cursor<'t> {
        let (comments, pending, bodies) = (Vec::new(), Vec::new(), Vec::new());
        Cursor { text, at: 0, end: text.len(), depth: 0, comments, pending, bodies }
    }

    pub fn byte(&self) -> Option<u8> {
        self.ahead(0)
    }

    pub fn ahead(&self, n: usize) -> Option<u8> {
        (self.at + n < self.end).then(|| self.text.as_bytes()[self.at + n])
    }

    pub fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    pub fn starts(&self, what: &str) -> bool {
        self.rest().starts_with(what)
    }

    pub fn take(&mut self, what: &str) -> bool {
        let found = self.starts(what);
        self.at += if found { what.len() } else { 0 };
        found
    }

    /// Over one character.
    pub fn bump(&mut self) {
        self.at += self.rest().chars().next().map_or(0, char::len_utf8);
    }

    pub fn fail<T>(&self, why: &'static str) -> Outcome<T> {
        Err(Opaque { at: self.at, why })
    }

    pub fn since(&self, start: usize) -> Span {
        Span::new(start, self.at)
    }

    /// Runs `inner` one level deeper.
    pub fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        if self.depth >= MAX_DEPTH {
            return self.fail("nested too deeply");
        }
        self.depth += 1;
        let out = inner(self);
        self.depth -= 1;
        out
    }

    /// Blanks, `\` with a line end, and a comment up to its line end.
    pub fn blanks(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.ahead(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    let start = self.at;
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                    self.comments.push(self.since(start));
                }
                _ => return,
            }
        }
    }

    /// Blanks, comments and line ends, with the heredoc bodies behind them.
    pub fn lines(&mut self) -> Outcome<()> {
        loop {
            self.blanks();
            if self.byte() != Some(b'\n') {
                return Ok(());
            }
            self.newline()?;
        }
    }

    /// One line end and the heredoc bodies behind it.
    pub fn newline(&mut self) -> Outcome<()> {
        self.at += 1;
        for pending in std::mem::take(&mut self.pending) {
            self.heredoc(&pending)?;
        }
        Ok(())
    }

    /// The reserved word, or any word of letters and brackets, that stands here whole.
    pub fn keyword(&self) -> &'t str {
        let rest = self.rest();
        let end = rest.find([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>']).unwrap_or(rest.len());
        let word = &rest[..end];
        if word.len() <= 8 { word } else { "" }
    }

    pub fn expect(&mut self, keyword: &str) -> Outcome<()> {
        self.lines()?;
        if self.keyword() != keyword {
            return self.fail("a reserved word is missing");
        }
        self.at += keyword.len();
        Ok(())
    }
}
