//! One command: which kind it is, and the simple ones.

use super::cursor::{Parser, Result};
use super::lexeme::{ends_word, is_reserved};
use super::word::Mode;
use super::{Command, CommandKind, Redirect, Simple, Word};
use crate::text::Span;

/// The builtins whose arguments may be array assignments.
const DECLARING: [&str; 8] = ["alias", "declare", "eval", "export", "let", "local", "readonly", "typeset"];

impl Parser<'_> {
    /// `command = coproc | function | compound redirect* | simple`
    pub fn command(&mut self) -> Result<Command> {
        self.blanks();
        match self.reserved() {
            Some("function") => self.nested(Self::function_keyword),
            Some("coproc") => self.nested(Self::coproc),
            Some("time") => self.simple(),
            _ => match self.compound()? {
                Some(command) => Ok(command),
                None if self.reserved().is_some_and(is_reserved) => self.fail("unexpected reserved word"),
                None => self.simple(),
            },
        }
    }

    /// `simple = (assignment | redirect)* (word | redirect)*`, or a function's `word "(" ")" body`
    pub fn simple(&mut self) -> Result<Command> {
        let start = self.at;
        let mut end = start;
        let mut simple = Simple::default();
        let mut redirects: Vec<Redirect> = Vec::new();
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
            } else if self.at_word() {
                self.argument(&mut simple, &redirects)?;
            } else if self.peek() == Some(b'(') {
                return self.function(start, &simple, &redirects);
            } else {
                break;
            }
            end = self.at;
        }
        if end == start {
            return self.unexpected();
        }
        self.reject_cut_word(&simple)?;
        let end = self.trimmed_end(start, end);
        simple.words.shrink_to_fit();
        Ok(Command { span: Span::new(start, end), kind: CommandKind::Simple(simple), redirects })
    }

    /// Whether a word starts here.
    pub fn at_word(&self) -> bool {
        match self.peek() {
            None => false,
            Some(b'<' | b'>') => self.peek_at(1) == Some(b'('),
            Some(byte) => !ends_word(byte),
        }
    }

    /// `argument = assignment | word`
    fn argument(&mut self, simple: &mut Simple, redirects: &[Redirect]) -> Result<()> {
        if simple.words.is_empty() {
            let arrays = self.takes_arrays(simple, redirects);
            return self.first_word(simple, arrays);
        }
        let arrays = self.declares(&simple.words) && self.takes_arrays(simple, redirects);
        let word = if arrays { self.declared()? } else { None };
        let word = match word {
            Some(word) => word,
            None => self.word(Mode::Plain)?,
        };
        simple.words.push(word);
        Ok(())
    }

    /// bash reads no array behind a redirection that follows an assignment or the command's name.
    fn takes_arrays(&self, simple: &Simple, redirects: &[Redirect]) -> bool {
        let spans = simple.assignments.first().map(|a| a.span).into_iter().chain(simple.words.first().map(|w| w.span));
        let first = spans.map(|span| span.start).min().unwrap_or(u32::MAX);
        redirects.iter().all(|redirect| redirect.span.start < first)
    }

    fn declares(&self, words: &[Word]) -> bool {
        let Some(first) = words.first().filter(|word| word.span.len() <= "readonly".len()) else { return false };
        let name = self.slice(first.span.start as usize, first.span.end as usize);
        name.starts_with(['a', 'd', 'e', 'l', 'r', 't']) && DECLARING.contains(&name)
    }

    /// A word that a line continuation cuts may be a reserved word or an assignment when put together again.
    pub fn reject_cut_word(&self, simple: &Simple) -> Result<()> {
        let Some(word) = simple.words.first() else { return Ok(()) };
        let raw = self.slice(word.span.start as usize, word.span.end as usize);
        if !raw.contains('\\') || !raw.contains("\\\n") {
            return Ok(());
        }
        let joined = raw.replace("\\\n", "");
        let name = joined.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if is_reserved(&joined) || name.starts_with(['=', '[', '+']) {
            return self.fail("a line continuation inside a reserved word or an assignment");
        }
        Ok(())
    }

    /// Line continuations at the end of the last word do not belong to it.
    pub fn trimmed_end(&self, start: usize, end: usize) -> usize {
        let text = self.slice(start, end);
        if !text.ends_with("\\\n") {
            return end;
        }
        start + super::word::without_continuations(text).len()
    }
}
