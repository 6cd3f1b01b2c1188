//! bash's `[[ … ]]`.

use super::cursor::{Parser, Result};
use super::word::Mode;
use super::{CommandKind, Word};

const UNARY: &str = "abcdefghknoprstuvwxzGLNORS";
const BINARY: [&str; 14] = ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot"];

impl Parser<'_> {
    /// `conditional = "[[" or "]]"`
    pub fn conditional(&mut self) -> Result<CommandKind> {
        self.bashisms = true;
        let mut words = Vec::new();
        self.condition(&mut words)?;
        if !self.take_reserved("]]") {
            return self.fail("a `[[` that is not closed, or an operator that is none");
        }
        Ok(CommandKind::Conditional(words))
    }

    /// `condition = term (("&&" | "||") term)*`
    fn condition(&mut self, words: &mut Vec<Word>) -> Result<()> {
        loop {
            self.term(words)?;
            self.blanks();
            if !self.take("&&") && !self.take("||") {
                return Ok(());
            }
        }
    }

    /// `term = "!"* ("(" condition ")" | unary word | word (binary word)?)`
    fn term(&mut self, words: &mut Vec<Word>) -> Result<()> {
        self.newlines()?;
        while self.take_reserved("!") {
            self.newlines()?;
        }
        if self.take("(") {
            self.nested(|p| p.condition(words))?;
            self.blanks();
            if !self.take(")") {
                return self.fail("a parenthesis that is not closed");
            }
            return self.newlines();
        }
        let first = self.operand(Mode::Plain)?;
        if self.is_unary(&first) {
            self.blanks();
            let operand = self.operand(Mode::Plain)?;
            words.push(operand);
            return self.newlines();
        }
        words.push(first);
        self.comparison(words)
    }

    /// `comparison = (binary word newlines)?`
    fn comparison(&mut self, words: &mut Vec<Word>) -> Result<()> {
        self.blanks();
        let Some(operator) = self.binary() else { return Ok(()) };
        self.at += operator.len();
        self.blanks();
        let mode = match operator {
            "=" | "==" | "!=" => Mode::Pattern,
            "=~" => Mode::Regex,
            _ => Mode::Plain,
        };
        words.push(self.operand(mode)?);
        self.newlines()
    }

    /// The operator that comes next.
    fn binary(&self) -> Option<&'static str> {
        let single = match (self.peek(), self.peek_at(1)) {
            (Some(b'<'), second) if !matches!(second, Some(b'<' | b'>' | b'&' | b'(')) => Some("<"),
            (Some(b'>'), second) if !matches!(second, Some(b'>' | b'&' | b'|' | b'(')) => Some(">"),
            _ => None,
        };
        let is_next = |operator: &str| {
            let next = self.peek_at(operator.len());
            self.starts_with(operator) && next.is_none_or(super::lexeme::ends_word)
        };
        let words = BINARY.into_iter().chain(["-ef"]).filter(|operator| !matches!(*operator, "<" | ">"));
        single.or_else(|| words.into_iter().find(|operator| is_next(operator)))
    }

    fn is_unary(&self, word: &Word) -> bool {
        let text = self.slice(word.span.start as usize, word.span.end as usize);
        text.strip_prefix('-').is_some_and(|letter| letter.len() == 1 && UNARY.contains(letter))
    }

    /// `operand = word`, which is not `]]`
    fn operand(&mut self, mode: Mode) -> Result<Word> {
        let regex = mode == Mode::Regex && self.peek() == Some(b'(');
        let pattern = mode == Mode::Regex && self.peek() == Some(b'|');
        if !(self.at_word() || regex || pattern) || self.reserved() == Some("]]") {
            return self.fail("an operand of `[[` is missing");
        }
        self.reject_descriptor()?;
        self.word(mode)
    }
}
