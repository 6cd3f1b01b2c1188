//! `$(( ))`, `$[ ]` and `(( ))`. Expressions are not read, only the expansions inside.

use super::cursor::{Parser, Result};
use super::{CommandKind, Part};
use crate::text::Span;

impl Parser<'_> {
    /// `arithmetic_expansion = "$((" … "))"`, or a command substitution that starts with a subshell
    pub fn arithmetic_expansion(&mut self) -> Result<Part> {
        let start = self.at;
        let mark = self.mark();
        self.at += 2;
        let mut parts = Vec::new();
        let inner = self.parenthesized(&mut parts)?;
        let end = self.at;
        self.close(start)?;
        if inner + 1 == self.at - 1 && self.at == end + 1 {
            return self.unquoted_arithmetic(start, parts);
        }
        let end = self.at;
        self.reread(&mark)?;
        self.bashisms = true;
        let part = self.command_substitution()?;
        if self.at == end { Ok(part) } else { self.fail("parentheses that do not match") }
    }

    /// `parenthesized = "(" … ")"`; gives where the closing parenthesis is.
    fn parenthesized(&mut self, parts: &mut Vec<Part>) -> Result<usize> {
        self.at += 1;
        self.expression(b'(', b')', parts)?;
        self.at += 1;
        Ok(self.at - 1)
    }

    /// Goes behind the parenthesis that closes the one before this place.
    fn close(&mut self, start: usize) -> Result<()> {
        match self.expression(b'(', b')', &mut Vec::new()) {
            Ok(()) => {
                self.at += 1;
                Ok(())
            }
            Err(_) => Err(super::Opaque { at: start, why: "a parenthesis that is not closed" }),
        }
    }

    /// `bracket_arithmetic = "$[" … "]"`
    pub fn bracket_arithmetic(&mut self) -> Result<Part> {
        self.bashisms = true;
        let start = self.at;
        self.at += 2;
        let mut parts = Vec::new();
        self.expression(b'[', b']', &mut parts)?;
        self.at += 1;
        self.unquoted_arithmetic(start, parts)
    }

    /// Single quotes mean nothing in arithmetic, but bash pairs them and dash does not.
    fn unquoted_arithmetic(&self, start: usize, parts: Vec<Part>) -> Result<Part> {
        if parts.iter().any(|part| matches!(part, Part::SingleQuoted(_))) {
            return self.fail("a single quote that shells read differently");
        }
        Ok(Part::Arithmetic(Span::new(start, self.at), parts))
    }

    /// `expression = (expansion | quoted | open expression close | any)*`, up to the `close` that was not opened inside
    pub fn expression(&mut self, open: u8, close: u8, parts: &mut Vec<Part>) -> Result<()> {
        let mut count = 0;
        loop {
            match self.peek() {
                None => return self.fail("an arithmetic expression that is not closed"),
                Some(byte) if byte == close && count == 0 => return Ok(()),
                Some(b'\\') => self.escaped(parts),
                Some(b'\'') => parts.push(self.single_quoted()?),
                Some(b'"') => parts.push(self.nested(Self::double_quoted)?),
                Some(b'`') => parts.push(self.backquoted(true)?),
                Some(b'$') => self.dollar(true, parts)?,
                Some(byte) => {
                    count = if byte == close { count - 1 } else { count + usize::from(byte == open) };
                    self.text_run(open, close, parts);
                }
            }
        }
    }

    /// `arithmetic_command = "((" … "))"`; `None`, and nothing taken, if these are two subshells.
    pub fn arithmetic_command(&mut self) -> Result<Option<CommandKind>> {
        let mark = self.mark();
        let bashisms = self.bashisms;
        self.at += 2;
        let (inner, mut parts) = (self.at, Vec::new());
        self.expression(b'(', b')', &mut parts)?;
        let end = self.at;
        if self.take("))") {
            self.bashisms = true;
            return Ok(Some(CommandKind::Arithmetic(Span::new(inner, end), parts)));
        }
        self.reread(&mark)?;
        self.bashisms = bashisms;
        Ok(None)
    }
}
