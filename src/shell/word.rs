//! Words: what stands between blanks and operators.

use super::cursor::{Parser, Result};
use super::lexeme::{ends_word, is_plain};
use super::{Part, Word};
use crate::text::Span;

/// What parentheses may mean in a word.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// They end it.
    Plain,
    /// Extended patterns: `@(a|b)`.
    Pattern,
    /// A regular expression behind `=~`.
    Regex,
}

impl Parser<'_> {
    /// `word = part+`
    pub fn word(&mut self, mode: Mode) -> Result<Word> {
        // most words have one part
        self.word_from(self.at, Vec::with_capacity(1), mode)
    }

    /// The rest of a word of which some `parts` are read.
    pub fn word_from(&mut self, start: usize, mut parts: Vec<Part>, mode: Mode) -> Result<Word> {
        let mode = if mode == Mode::Plain && self.extglob { Mode::Pattern } else { mode };
        while let Some(byte) = self.peek() {
            if ends_word(byte) && !self.word_goes_on(byte, &parts, mode) {
                break;
            }
            self.part(mode, &mut parts)?;
        }
        let end = self.trimmed_end(start, self.at);
        while parts.last().is_some_and(|part| part.span().end as usize > end) {
            parts.pop();
        }
        Ok(Word { span: Span::new(start, end), parts })
    }

    /// Whether an operator's character is part of the word.
    fn word_goes_on(&self, byte: u8, parts: &[Part], mode: Mode) -> bool {
        match (byte, mode) {
            (b'<' | b'>', _) => self.peek_at(1) == Some(b'('),
            (b'(' | b'|', Mode::Regex) => true,
            (b'(', Mode::Pattern) => {
                let before = self.at.checked_sub(1).and_then(|i| self.bytes.get(i));
                matches!(parts.last(), Some(Part::Literal(_)))
                    && matches!(before, Some(b'?' | b'*' | b'+' | b'@' | b'!'))
            }
            _ => false,
        }
    }

    /// `part = "\" char | quoted | expansion | process | group | plain+`
    fn part(&mut self, mode: Mode, parts: &mut Vec<Part>) -> Result<()> {
        match self.peek() {
            Some(b'\\') => self.escaped(parts),
            Some(b'\'') => parts.push(self.single_quoted()?),
            Some(b'"') => parts.push(self.nested(Self::double_quoted)?),
            Some(b'`') => parts.push(self.backquoted(false)?),
            Some(b'$') => self.dollar(false, parts)?,
            Some(b'<' | b'>') => parts.push(self.process()?),
            Some(b'(') if mode != Mode::Plain => self.nested(|p| p.bracketed(b'(', b')', parts))?,
            Some(b'|') => self.plain(1, parts),
            _ => self.plain_run(parts),
        }
        Ok(())
    }

    /// `escaped = "\" char`, or a lone `\` at the end
    pub fn escaped(&mut self, parts: &mut Vec<Part>) {
        let start = self.at;
        if start + 1 >= self.bytes.len() {
            return self.plain(1, parts);
        }
        self.at = self.char_end(start + 1);
        parts.push(Part::Escaped(Span::new(start, self.at)));
    }

    /// Takes characters that mean nothing.
    fn plain_run(&mut self, parts: &mut Vec<Part>) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|&b| !is_plain(b)).unwrap_or(rest.len());
        self.plain(length.max(1), parts);
    }

    /// Takes `length` bytes as text.
    pub fn plain(&mut self, length: usize, parts: &mut Vec<Part>) {
        let span = Span::new(self.at, self.at + length);
        self.at += length;
        append_literal(parts, span);
    }

    /// `bracketed = open (quoted | expansion | bracketed | any)* close`: all of it up to the bracket that closes the first one
    pub fn bracketed(&mut self, open: u8, close: u8, parts: &mut Vec<Part>) -> Result<()> {
        self.plain(1, parts);
        let mut count = 1;
        while count > 0 {
            match self.peek() {
                None => return self.fail("a bracket that is not closed"),
                Some(b'\\') => self.escaped(parts),
                Some(b'\'') => parts.push(self.single_quoted()?),
                Some(b'"') => parts.push(self.nested(Self::double_quoted)?),
                Some(b'`') => parts.push(self.backquoted(false)?),
                Some(b'$') => self.dollar(false, parts)?,
                Some(byte) if byte == close => {
                    count -= 1;
                    self.plain(1, parts);
                }
                Some(byte) => {
                    count += usize::from(byte == open);
                    let start = self.at;
                    self.text_run(open, close, parts);
                    let run = self.slice(start, (self.at + 1).min(self.bytes.len()));
                    if run.contains("<(") || run.contains(">(") {
                        return self.fail("a `<(` that shells read differently");
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes a character, and those behind it up to one that may mean something between brackets.
    pub fn text_run(&mut self, open: u8, close: u8, parts: &mut Vec<Part>) {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let means = |b: u8| b == open || b == close || (!is_plain(b) && !ends_word(b));
        let length = rest.iter().position(|&b| means(b)).unwrap_or(rest.len());
        self.plain(1 + length, parts);
    }
}

/// Adds text, to the text before it if there is some.
pub(super) fn append_literal(parts: &mut Vec<Part>, span: Span) {
    match parts.last_mut() {
        Some(Part::Literal(last)) if last.end == span.start => last.end = span.end,
        _ => parts.push(Part::Literal(span)),
    }
}

/// Adds parts, joining text with text.
pub(super) fn append(parts: &mut Vec<Part>, more: Vec<Part>) {
    for part in more {
        match part {
            Part::Literal(span) => append_literal(parts, span),
            part => parts.push(part),
        }
    }
}

/// A text without the line continuations at its end.
pub(super) fn without_continuations(mut text: &str) -> &str {
    while let Some(shorter) = text.strip_suffix("\\\n") {
        let backslashes = shorter.bytes().rev().take_while(|&b| b == b'\\').count();
        if backslashes % 2 == 1 {
            break;
        }
        text = shorter;
    }
    text
}
