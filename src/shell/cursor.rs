//! The cursor that all grammar functions share: a place in the text, how deep we are, and what a line end has to bring.

use super::{HeredocBody, MAX_DEPTH, Opaque};
use crate::text::Span;
use std::borrow::Cow;

/// What a grammar function gives.
pub(super) type Result<T> = std::result::Result<T, Opaque>;

/// A heredoc whose body is still to come.
pub(super) struct Pending<'t> {
    /// Where its operator stands; tells it from others.
    pub operator: u32,
    /// The line that ends it.
    pub delimiter: Cow<'t, str>,
    /// Whether its body is taken as it is.
    pub quoted: bool,
    /// `<<-`: tabs at the start of a line don't count.
    pub strips_tabs: bool,
}

/// A body and the operator of its redirection.
pub(super) struct Body {
    pub operator: u32,
    pub body: HeredocBody,
}

/// A text being read.
pub(super) struct Parser<'t> {
    /// All of the text; spans count in it.
    pub text: &'t str,
    /// Its bytes up to the end of the region being read (the whole text, or what stands between backquotes).
    pub bytes: &'t [u8],
    /// The next byte.
    pub at: usize,
    /// How many constructs are open.
    pub depth: usize,
    /// Heredocs whose bodies begin behind the next line end.
    pub pending: Vec<Pending<'t>>,
    /// Heredoc bodies read so far.
    pub bodies: Vec<Body>,
    /// Comments read so far.
    pub comments: Vec<Span>,
    /// See [`Script::bashisms`].
    pub bashisms: bool,
    /// Whether extended patterns are on.
    pub extglob: bool,
    /// How many bytes may still be read a second time (`((` turns out to be two subshells only at its end).
    pub rereads: usize,
}

/// Where to return to when something has to be read again.
pub(super) struct Mark {
    at: usize,
    comments: usize,
    bodies: usize,
}

impl<'t> Parser<'t> {
    pub fn new(text: &'t str) -> Result<Parser<'t>> {
        if text.len() > u32::MAX as usize {
            return Err(Opaque { at: 0, why: "the text is too long" });
        }
        if let Some(at) = text.bytes().position(|b| b == 0) {
            return Err(Opaque { at, why: "a NUL byte" });
        }
        Ok(Parser {
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            pending: Vec::new(),
            bodies: Vec::new(),
            comments: Vec::new(),
            bashisms: false,
            extglob: false,
            rereads: 4096 + 4 * text.len(),
        })
    }

    /// Fails unless all of the region is read.
    pub fn at_end(&self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => self.unexpected(),
        }
    }

    pub fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub fn peek_at(&self, offset: usize) -> Option<u8> {
        self.bytes.get(self.at + offset).copied()
    }

    pub fn starts_with(&self, prefix: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    /// The rest of the region, for lexemes.
    pub fn rest(&self) -> &'t str {
        self.text.get(self.at..self.bytes.len()).unwrap_or_default()
    }

    pub fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Takes `token` if it comes next.
    pub fn take(&mut self, token: &str) -> bool {
        let found = self.starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    pub fn fail<T>(&self, why: &'static str) -> Result<T> {
        Err(Opaque { at: self.at, why })
    }

    /// Fails, naming what comes next.
    pub fn unexpected<T>(&self) -> Result<T> {
        self.fail(match self.peek() {
            None => "the text ends in the middle of a command",
            Some(b'\n') => "unexpected end of line",
            Some(b')') => "unexpected `)`",
            Some(b'(') => "unexpected `(`",
            Some(b';') => "unexpected `;`",
            Some(b'&') => "unexpected `&`",
            Some(b'|') => "unexpected `|`",
            Some(b'<' | b'>') => "unexpected redirection",
            Some(_) => "unexpected word",
        })
    }

    /// Runs a grammar function one level deeper.
    pub fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_DEPTH {
            return self.fail("nested too deeply");
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Runs a grammar function that sees nothing behind `end` and has heredocs of its own.
    pub fn within<T>(&mut self, end: usize, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let all = self.bytes;
        self.bytes = all.get(..end).unwrap_or(all);
        let pending = std::mem::take(&mut self.pending);
        let result = self.nested(inner);
        self.unfinished_heredocs();
        self.pending = pending;
        self.bytes = all;
        result
    }

    pub fn mark(&self) -> Mark {
        Mark { at: self.at, comments: self.comments.len(), bodies: self.bodies.len() }
    }

    /// Forgets what was read since `mark`; fails if too much is read again and again.
    pub fn reread(&mut self, mark: &Mark) -> Result<()> {
        let read = self.at.saturating_sub(mark.at);
        let Some(left) = self.rereads.checked_sub(read) else {
            return self.fail("too many nested parentheses");
        };
        self.rereads = left;
        self.forget(mark);
        Ok(())
    }

    /// Forgets what was read since `mark`.
    pub fn forget(&mut self, mark: &Mark) {
        self.at = mark.at;
        self.comments.truncate(mark.comments);
        self.bodies.truncate(mark.bodies);
    }

    /// `blanks = (" " | TAB | "\" NEWLINE)* comment?`
    pub fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => return self.comment(),
                _ => return,
            }
        }
    }

    /// `comment = "#" (not NEWLINE)*`
    fn comment(&mut self) {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        self.at += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        self.comments.push(Span::new(start, self.at));
    }

    /// `newlines = (blanks NEWLINE)* blanks`
    pub fn newlines(&mut self) -> Result<()> {
        loop {
            self.blanks();
            if self.peek() != Some(b'\n') {
                return Ok(());
            }
            self.newline()?;
        }
    }

    /// A line end, and behind it the bodies of the heredocs that were opened in the line.
    pub fn newline(&mut self) -> Result<()> {
        self.at += 1;
        if self.pending.is_empty() { Ok(()) } else { self.heredoc_bodies() }
    }

    /// The end of the character that starts at `at`.
    pub fn char_end(&self, at: usize) -> usize {
        let length = self.text.get(at..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8);
        (at + length).min(self.bytes.len())
    }
}
