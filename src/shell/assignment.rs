//! Assignments, scalar and array.

use super::cursor::{Parser, Result};
use super::lexeme;
use super::word::Mode;
use super::{Assignment, Part, Simple, Word};
use crate::text::Span;

impl Parser<'_> {
    /// `first = assignment | word`, where bash reads a name and `[` up to its `]` as one, whatever is inside
    pub fn first_word(&mut self, simple: &mut Simple, arrays: bool) -> Result<()> {
        let start = self.at;
        let mut subscript = Vec::new();
        let name = lexeme::name(self.rest()).map_or("", |(_, name)| name);
        self.at += name.len();
        let name = Span::new(start, self.at);
        if arrays && !name.is_empty() && self.peek() == Some(b'[') {
            self.nested(|p| p.bracketed(b'[', b']', &mut subscript))?;
        }
        if !name.is_empty() && (self.take("=") || self.take("+=")) {
            if !arrays && self.peek() == Some(b'(') {
                return self.unexpected();
            }
            let assignment = self.assigned(start, name, subscript)?;
            simple.assignments.push(assignment);
            return Ok(());
        }
        let mut parts = Vec::with_capacity(1);
        if !name.is_empty() {
            parts.push(Part::Literal(name));
        }
        self.bashisms |= !subscript.is_empty() && self.has_blank(name.end as usize);
        super::word::append(&mut parts, subscript);
        let word = self.word_from(start, parts, Mode::Plain)?;
        simple.words.push(word);
        Ok(())
    }

    fn has_blank(&self, from: usize) -> bool {
        self.slice(from, self.at).bytes().any(lexeme::ends_word)
    }

    /// `assigned = "(" array ")" | word?`
    fn assigned(&mut self, start: usize, name: Span, subscript: Vec<Part>) -> Result<Assignment> {
        let appends = self.bytes.get(self.at.saturating_sub(2)) == Some(&b'+');
        self.bashisms |= appends || !subscript.is_empty();
        if self.peek() == Some(b'(') {
            let array = self.array()?;
            if self.at_word() && !self.starts_with("\\\n") {
                return self.fail("text behind an array");
            }
            return Ok(Assignment { span: Span::new(start, self.at), name, subscript, value: None, array });
        }
        let value = self.word_from(self.at, Vec::with_capacity(1), Mode::Plain)?;
        let span = Span::new(start, value.span.end as usize);
        Ok(Assignment { span, name, subscript, value: Some(value), array: Vec::new() })
    }

    /// `array = "(" newlines (element newlines)* ")"`
    pub fn array(&mut self) -> Result<Vec<Word>> {
        self.bashisms = true;
        self.at += 1;
        let mut words = Vec::new();
        loop {
            self.newlines()?;
            if self.take(")") {
                return Ok(words);
            }
            if !self.at_word() {
                return self.fail("unexpected in an array");
            }
            words.push(self.nested(Self::element)?);
        }
    }

    /// `element = ("[" … "]")? word`
    fn element(&mut self) -> Result<Word> {
        let start = self.at;
        let mut parts = Vec::new();
        if self.peek() == Some(b'[') {
            self.bracketed(b'[', b']', &mut parts)?;
        } else {
            self.reject_descriptor()?;
        }
        self.word_from(start, parts, Mode::Plain)
    }

    /// `declared = name ("[" … "]")? "+"? "=" "(" array ")"`, an argument of `declare` and its like
    pub fn declared(&mut self) -> Result<Option<Word>> {
        let start = self.at;
        let rest = self.rest();
        let Some(length) = array_opener(rest) else { return Ok(None) };
        self.at += length;
        let open = self.at;
        let words = self.nested(Self::array)?;
        let array = Part::Array(Span::new(open, self.at), words);
        if self.at_word() && !self.starts_with("\\\n") {
            return self.fail("text behind an array");
        }
        let parts = vec![Part::Literal(Span::new(start, open)), array];
        Ok(Some(Word { span: Span::new(start, self.at), parts }))
    }
}

/// The length of `name=`, `name+=`, `name[i]=` where a `(` follows.
fn array_opener(text: &str) -> Option<usize> {
    let (rest, _) = lexeme::name(text).ok()?;
    let rest = match rest.strip_prefix('[') {
        Some(inner) => {
            let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
            inner.get(end..)?.strip_prefix(']')?
        }
        None => rest,
    };
    let rest = rest.strip_prefix('+').unwrap_or(rest).strip_prefix('=')?;
    rest.starts_with('(').then_some(text.len() - rest.len())
}
