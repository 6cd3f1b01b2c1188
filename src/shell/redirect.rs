//! Redirections.

use super::cursor::Pending;
use super::cursor::{Parser, Result};
use super::lexeme;
use super::word::Mode;
use super::{Part, Redirect, Word};
use crate::text::Span;

impl Parser<'_> {
    /// `redirects = (blanks redirect)*`
    pub fn redirects(&mut self) -> Result<Vec<Redirect>> {
        let mut redirects = Vec::new();
        loop {
            let before = self.mark();
            self.blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => {
                    self.forget(&before);
                    return Ok(redirects);
                }
            }
        }
    }

    /// `redirect = (number | variable)? redirection blanks target`, or nothing
    pub fn redirect(&mut self) -> Result<Option<Redirect>> {
        let start = self.at;
        let Some(descriptor) = self.descriptor() else { return Ok(None) };
        self.at += descriptor;
        let operator = lexeme::redirection(self.rest()).map_or("", |(_, operator)| operator);
        let operator_span = Span::new(self.at, self.at + operator.len());
        self.at += operator.len();
        self.reject_cut_operator()?;
        self.bashisms |= matches!(operator, "&>" | "&>>" | "<<<");
        self.blanks();
        let target = self.target(operator)?;
        if matches!(operator, "<<" | "<<-") {
            let pending = self.heredoc(operator_span, &target, operator == "<<-")?;
            self.pending.push(pending);
        }
        let span = Span::new(start, target.span.end as usize);
        Ok(Some(Redirect { span, operator: operator_span, target, heredoc: None }))
    }

    /// The length of what stands before an operator that comes next; `None` if none comes.
    pub fn descriptor(&mut self) -> Option<usize> {
        let rest = self.rest();
        let (after, length) = match self.peek()? {
            b'<' | b'>' => (rest, 0),
            b'&' => return (self.peek_at(1) == Some(b'>')).then_some(0),
            b'0'..=b'9' => {
                let (after, number) = lexeme::number(rest).ok()?;
                number.parse::<i32>().ok()?;
                (after, number.len())
            }
            b'{' => lexeme::variable(rest).map(|(after, variable)| (after, variable.len())).ok()?,
            _ => return None,
        };
        let redirects = after.starts_with(['<', '>']) && !after.get(1..).is_some_and(|s| s.starts_with('('));
        self.bashisms |= redirects && rest.starts_with('{');
        redirects.then_some(length)
    }

    fn reject_cut_operator(&self) -> Result<()> {
        let cut = self.rest().strip_prefix("\\\n").is_some_and(|s| s.starts_with(['<', '>', '&', '|', '-', '(', '\\']));
        if cut { self.fail("a line continuation inside an operator") } else { Ok(()) }
    }

    /// `target = word`, or `-` behind `<&` and `>&`
    fn target(&mut self, operator: &str) -> Result<Word> {
        let duplicates = matches!(operator, "<&" | ">&");
        if duplicates && self.peek() == Some(b'-') {
            let span = Span::new(self.at, self.at + 1);
            self.at += 1;
            self.bashisms |= self.at_word();
            return Ok(Word { span, parts: vec![Part::Literal(span)] });
        }
        if !self.at_word() {
            return self.fail("a redirection without a target");
        }
        if !duplicates || self.peek() == Some(b'{') {
            self.reject_descriptor()?;
        }
        let word = self.word(Mode::Plain)?;
        let text = self.slice(word.span.start as usize, word.span.end as usize);
        let literal = matches!(word.parts.as_slice(), [Part::Literal(_)]);
        let number = literal && lexeme::is_number(text);
        // dash reads `>&1>f` as `>&` and `1>f`
        let glued = number && matches!(self.peek(), Some(b'<' | b'>'));
        self.bashisms |= duplicates && ((literal && !number) || glued);
        Ok(word)
    }

    /// What a heredoc's opener says of its body.
    fn heredoc(&mut self, operator: Span, target: &Word, strips_tabs: bool) -> Result<Pending<'static>> {
        let (delimiter, quoted) = self.delimiter(target)?;
        Ok(Pending { operator: operator.start, delimiter: delimiter.into(), quoted, strips_tabs })
    }
}
