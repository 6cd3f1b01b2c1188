//! `$name` and `${…}`.

use super::cursor::{Parser, Result};
use super::{Part, lexeme};
use crate::text::Span;

impl Parser<'_> {
    /// `plain_parameter = "$" (name | digit | special)`, or a `$` that is text
    pub fn plain_parameter(&mut self, parts: &mut Vec<Part>) -> Result<()> {
        let start = self.at;
        let length = match self.peek_at(1) {
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'$' | b'!' | b'-') => 1,
            _ => lexeme::name(self.rest().get(1..).unwrap_or_default()).map_or(0, |(_, name)| name.len()),
        };
        if length == 0 {
            self.plain(1, parts);
            return Ok(());
        }
        self.at += 1 + length;
        let cut = lexeme::is_name(self.slice(start + 1, self.at)) && self.starts_with("\\\n");
        if cut && self.peek_at(2).is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'\\') {
            return self.fail("a line continuation inside a name");
        }
        let (span, name) = (Span::new(start, self.at), Span::new(start + 1, self.at));
        parts.push(Part::Parameter { span, name, operation: Span::at(self.at), parts: Vec::new() });
        Ok(())
    }

    /// `parameter = "${" ("!" | "#")? (name | number | special)? operation "}"`
    pub fn parameter(&mut self, quoted: bool) -> Result<Part> {
        let start = self.at;
        self.at += 2;
        let prefixed = self.parameter_prefix();
        let name = self.parameter_name();
        let from = self.at;
        if self.starts_with("\\\n") {
            return self.fail("a line continuation inside `${`");
        }
        self.bashisms |= name.is_empty() || !self.is_posix_operation(prefixed);
        let removes = matches!(self.peek(), Some(b'#' | b'%' | b'/' | b'^' | b','));
        let mut parts = Vec::new();
        while self.peek() != Some(b'}') {
            if self.peek().is_none() {
                return Err(super::Opaque { at: start, why: "a `${` that is not closed" });
            }
            self.argument_part(quoted, removes, &mut parts)?;
        }
        let operation = Span::new(from, self.at);
        self.at += 1;
        Ok(Part::Parameter { span: Span::new(start, self.at), name, operation, parts })
    }

    /// Takes `#` (length) or `!` (indirection) where it is not itself the parameter's name.
    fn parameter_prefix(&mut self) -> Option<u8> {
        let prefix = self.peek().filter(|b| matches!(b, b'#' | b'!'))?;
        let next = self.peek_at(1)?;
        let named = next.is_ascii_alphanumeric() || next == b'_';
        let special = match prefix {
            b'#' => b"@*#?$!-".contains(&next),
            _ => b"@*#$!".contains(&next),
        };
        let alone = matches!(self.peek_at(2), Some(b'}' | b'['));
        if !(named || special && alone) {
            return None;
        }
        self.at += 1;
        self.bashisms |= prefix == b'!';
        Some(prefix)
    }

    /// `parameter_name = name | number | special`, or nothing
    fn parameter_name(&mut self) -> Span {
        let start = self.at;
        let rest = self.rest();
        let lexeme = lexeme::name(rest).or_else(|_| lexeme::number(rest));
        self.at += match lexeme {
            Ok((_, found)) => found.len(),
            Err(_) => usize::from(self.peek().is_some_and(|b| b"@*#?$!-".contains(&b))),
        };
        Span::new(start, self.at)
    }

    /// Whether the operation that comes next is one of POSIX.
    fn is_posix_operation(&self, prefix: Option<u8>) -> bool {
        match (self.peek(), self.peek_at(1)) {
            (Some(b'}'), _) => true,
            _ if prefix.is_some() => false,
            (Some(b'-' | b'=' | b'?' | b'+' | b'%' | b'#'), _) => true,
            (Some(b':'), Some(b'-' | b'=' | b'?' | b'+')) => true,
            _ => false,
        }
    }

    /// `argument_part = "\" char | quoted | expansion | any+`
    ///
    /// `removes`: the operators `#`, `%` and their like, whose pattern may be quoted even between double quotes.
    fn argument_part(&mut self, quoted: bool, removes: bool, parts: &mut Vec<Part>) -> Result<()> {
        match self.peek() {
            Some(b'\\') if !quoted => self.escaped(parts),
            Some(b'\\') => self.quoted_escape(parts),
            Some(b'\'') if quoted && !removes => self.quotes_as_text(parts)?,
            Some(b'\'') => parts.push(self.single_quoted()?),
            Some(b'"') => parts.push(self.nested(Self::double_quoted)?),
            Some(b'`') => parts.push(self.backquoted(quoted)?),
            Some(b'$') if quoted && self.peek_at(1) == Some(b'\'') => {
                return self.fail("a quote that shells read differently");
            }
            Some(b'$') => self.dollar(quoted, parts)?,
            Some(b'<' | b'>') if self.peek_at(1) == Some(b'(') && quoted => {
                return self.fail("a `<(` that shells read differently");
            }
            Some(b'<' | b'>') if self.peek_at(1) == Some(b'(') => parts.push(self.process()?),
            _ => self.argument_run(parts),
        }
        Ok(())
    }

    /// A backslash between double quotes and inside `${…}`: it keeps the next character from meaning anything.
    fn quoted_escape(&mut self, parts: &mut Vec<Part>) {
        match self.peek_at(1) {
            Some(b'$' | b'`' | b'"' | b'\\' | b'}' | b'\n') => self.escaped(parts),
            Some(_) => self.plain(self.char_end(self.at + 1) - self.at, parts),
            None => self.plain(1, parts),
        }
    }

    fn argument_run(&mut self, parts: &mut Vec<Part>) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let means = |b: &u8| matches!(b, b'}' | b'\\' | b'\'' | b'"' | b'`' | b'$' | b'<' | b'>');
        let length = rest.iter().position(means).unwrap_or(rest.len());
        self.plain(1 + length, parts);
    }
}
