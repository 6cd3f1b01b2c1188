//! `for` and `select`.

use super::cursor::{Parser, Result};
use super::word::Mode;
use super::{CommandKind, List, Part, Word, lexeme};
use crate::text::Span;

impl Parser<'_> {
    /// `for = "for" (arithmetic_for | for_words)`
    pub fn for_command(&mut self) -> Result<CommandKind> {
        self.blanks();
        if self.starts_with("((") { self.arithmetic_for() } else { self.for_words() }
    }

    /// `select = "select" for_words`
    pub fn select_command(&mut self) -> Result<CommandKind> {
        self.bashisms = true;
        self.blanks();
        self.for_words()
    }

    /// `for_words = word (newlines "in" word* (";" | NEWLINE) | ";")? newlines loop_body`
    fn for_words(&mut self) -> Result<CommandKind> {
        if !self.at_word() {
            return self.unexpected();
        }
        let word = self.word(Mode::Plain)?;
        let name = word.span;
        self.bashisms |= !lexeme::is_name(self.slice(name.start as usize, name.end as usize));
        self.blanks();
        let on_line = self.peek() != Some(b'\n');
        let words = if on_line && self.take(";") { None } else { self.in_words()? };
        self.newlines()?;
        if words.is_none() && on_line && self.reserved() == Some("{") && !self.behind_semicolon(name) {
            return self.fail("a `for` without `do`");
        }
        let body = self.loop_body()?;
        Ok(CommandKind::For { name, words, body })
    }

    fn behind_semicolon(&self, name: Span) -> bool {
        self.slice(name.end as usize, self.at).contains(';')
    }

    /// `in_words = newlines ("in" word* (";" | NEWLINE))?`
    fn in_words(&mut self) -> Result<Option<Vec<Word>>> {
        self.newlines()?;
        if !self.take_reserved("in") {
            return Ok(None);
        }
        let mut words = Vec::new();
        loop {
            self.blanks();
            if self.at_word() {
                self.reject_descriptor()?;
                words.push(self.word(Mode::Plain)?);
            } else if self.peek() == Some(b'\n') || self.peek() == Some(b';') {
                self.at += usize::from(self.peek() == Some(b';'));
                return Ok(Some(words));
            } else {
                return self.unexpected();
            }
        }
    }

    /// A number or variable before a redirection is no word.
    pub fn reject_descriptor(&mut self) -> Result<()> {
        if self.descriptor().is_none() { Ok(()) } else { self.fail("unexpected redirection") }
    }

    /// `loop_body = do_group | brace`
    fn loop_body(&mut self) -> Result<List> {
        if !self.take_reserved("{") {
            return self.do_group();
        }
        self.bashisms = true;
        match self.brace()? {
            CommandKind::Brace(body) => Ok(body),
            _ => self.unexpected(),
        }
    }

    /// `arithmetic_for = "((" … ";" … ";" … "))" ";"? newlines loop_body`
    fn arithmetic_for(&mut self) -> Result<CommandKind> {
        self.bashisms = true;
        self.at += 2;
        let (start, mut parts) = (self.at, Vec::new());
        self.expression(b'(', b')', &mut parts)?;
        let expression = Span::new(start, self.at);
        if !self.take("))") || self.semicolons(&parts) != 2 {
            return self.fail("a `for ((` that is not three expressions");
        }
        self.blanks();
        self.take(";");
        self.newlines()?;
        let body = self.loop_body()?;
        Ok(CommandKind::ArithmeticFor { expression, parts, body })
    }

    fn semicolons(&self, parts: &[Part]) -> usize {
        let literals = parts.iter().filter(|part| matches!(part, Part::Literal(_))).map(Part::span);
        literals.map(|span| self.slice(span.start as usize, span.end as usize).matches(';').count()).sum()
    }
}
