//! What `$`, backquotes and `<(` begin.

use super::cursor::{Parser, Result};
use super::{List, Part};
use crate::text::Span;

impl Parser<'_> {
    /// `dollar = "$((" … | "$(" … | "${" … | "$[" … | "$'" … | '$"' … | "$" name | "$"`
    ///
    /// `quoted`: between double quotes, where `'` and `"` behind the `$` begin nothing.
    pub fn dollar(&mut self, quoted: bool, parts: &mut Vec<Part>) -> Result<()> {
        let part = match self.peek_at(1) {
            Some(b'(') if self.peek_at(2) == Some(b'(') => self.nested(Self::arithmetic_expansion)?,
            Some(b'(') => self.nested(Self::command_substitution)?,
            Some(b'{') => self.nested(|p| p.parameter(quoted))?,
            Some(b'[') => self.nested(Self::bracket_arithmetic)?,
            Some(b'\'') if !quoted => self.ansi_quoted()?,
            Some(b'"') if !quoted => {
                self.bashisms = true;
                self.nested(Self::double_quoted)?
            }
            Some(b'\\') if self.peek_at(2) == Some(b'\n') => return self.fail("a line continuation behind `$`"),
            _ => return self.plain_parameter(parts),
        };
        parts.push(part);
        Ok(())
    }

    /// `command_substitution = "$(" list ")"`
    pub fn command_substitution(&mut self) -> Result<Part> {
        let start = self.at;
        self.at += 2;
        if self.starts_with("\\\n(") {
            return self.fail("a line continuation inside an operator");
        }
        let list = self.enclosed(start)?;
        Ok(Part::Command(Span::new(start, self.at), Some(list)))
    }

    /// `process = ("<(" | ">(") list ")"`
    pub fn process(&mut self) -> Result<Part> {
        self.bashisms = true;
        let start = self.at;
        self.at += 2;
        let list = self.nested(|p| p.enclosed(start))?;
        Ok(Part::Process(Span::new(start, self.at), list))
    }

    /// `enclosed = list ")"`, whose heredocs are its own
    pub fn enclosed(&mut self, start: usize) -> Result<List> {
        let pending = std::mem::take(&mut self.pending);
        let list = self.list()?;
        match self.peek() {
            None => return Err(super::Opaque { at: start, why: "a parenthesis that is not closed" }),
            Some(b')') if self.pending.is_empty() => self.at += 1,
            Some(b')') => return self.fail("a heredoc whose body is outside its substitution"),
            Some(_) => return self.unexpected(),
        }
        self.pending = pending;
        Ok(list)
    }

    /// ``backquoted = "`" ("\" char | not "`")* "`"``
    pub fn backquoted(&mut self, quoted: bool) -> Result<Part> {
        let start = self.at;
        let (end, escapes) = self.backquote_end(quoted)?;
        let list = if escapes { None } else { self.backquoted_list(start + 1, end) };
        self.bashisms |= !escapes && list.is_none();
        self.at = end + 1;
        Ok(Part::Command(Span::new(start, end + 1), list))
    }

    /// Where the closing backquote is, and whether a backslash changes the commands before they are read.
    fn backquote_end(&self, quoted: bool) -> Result<(usize, bool)> {
        let mut at = self.at + 1;
        let mut escapes = false;
        loop {
            match self.bytes.get(at) {
                None => return self.fail("a backquote that is not closed"),
                Some(b'`') => return Ok((at, escapes)),
                Some(b'\\') => {
                    let next = self.bytes.get(at + 1);
                    escapes |= matches!(next, Some(b'$' | b'`' | b'\\')) || (quoted && next == Some(&b'"'));
                    at += 2;
                }
                Some(_) => at += 1,
            }
        }
    }

    /// The commands between backquotes. bash reads them when it runs them, so an error in them is not one of the text.
    fn backquoted_list(&mut self, start: usize, end: usize) -> Option<List> {
        self.at = start;
        let mark = self.mark();
        let depth = self.depth;
        let list = self.within(end, |p| {
            let list = p.list()?;
            p.at_end()?;
            Ok(list)
        });
        self.depth = depth;
        if list.is_err() {
            self.forget(&mark);
        }
        list.ok()
    }
}
