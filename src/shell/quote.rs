//! Quotes, and the text between double ones.

use super::Part;
use super::cursor::{Parser, Result};
use crate::text::Span;

impl Parser<'_> {
    /// `single_quoted = "'" (not "'")* "'"`
    pub fn single_quoted(&mut self) -> Result<Part> {
        let start = self.at;
        let inner = self.bytes.get(start + 1..).unwrap_or_default();
        let Some(length) = inner.iter().position(|&b| b == b'\'') else {
            return self.fail("a single quote that is not closed");
        };
        self.at = start + length + 2;
        Ok(Part::SingleQuoted(Span::new(start, self.at)))
    }

    /// `ansi_quoted = "$'" ("\" char | not "'")* "'"`
    pub fn ansi_quoted(&mut self) -> Result<Part> {
        self.bashisms = true;
        let start = self.at;
        let mut at = start + 2;
        loop {
            match self.bytes.get(at) {
                None => return self.fail("a single quote that is not closed"),
                Some(b'\\') => at += 2,
                Some(b'\'') => break,
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        Ok(Part::AnsiQuoted(Span::new(start, self.at)))
    }

    /// `double_quoted = "$"? '"' (text | expansion)* '"'`
    pub fn double_quoted(&mut self) -> Result<Part> {
        let start = self.at;
        self.at += if self.peek() == Some(b'$') { 2 } else { 1 };
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None => return Err(super::Opaque { at: start, why: "a double quote that is not closed" }),
                Some(b'"') => break,
                Some(_) => self.text_part(b"$`\"\\\n", &mut parts)?,
            }
        }
        self.at += 1;
        Ok(Part::DoubleQuoted(Span::new(start, self.at), parts))
    }

    /// `text_part = "\" escapable | expansion | any+`: text as between double quotes, a `"` not looked at
    pub fn text_part(&mut self, escapable: &[u8], parts: &mut Vec<Part>) -> Result<()> {
        match self.peek() {
            Some(b'\\') if self.peek_at(1).is_some_and(|b| escapable.contains(&b)) => self.escaped(parts),
            Some(b'`') => parts.push(self.backquoted(true)?),
            Some(b'$') => self.dollar(true, parts)?,
            _ => self.quoted_run(parts),
        }
        Ok(())
    }

    /// Takes one character, and those behind it that mean nothing between double quotes.
    fn quoted_run(&mut self, parts: &mut Vec<Part>) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = rest.iter().position(|b| matches!(b, b'"' | b'$' | b'`' | b'\\')).unwrap_or(rest.len());
        self.plain(1 + length, parts);
    }

    /// Single quotes between double quotes in `${a:-'b'}`, where bash pairs them and other shells take them as text. Text
    /// where both come to the same.
    pub fn quotes_as_text(&mut self, parts: &mut Vec<Part>) -> Result<()> {
        let inner = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = inner.iter().position(|b| b"'$`\"\\{}()[]".contains(b));
        match length.and_then(|length| inner.get(length).map(|&b| (length, b))) {
            Some((length, b'\'')) if self.at == 0 || self.bytes.get(self.at - 1) != Some(&b'$') => {
                self.plain(length + 2, parts);
                Ok(())
            }
            _ => self.fail("a single quote that shells read differently"),
        }
    }
}
