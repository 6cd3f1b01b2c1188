//! `case`.

use super::cursor::{Parser, Result};
use super::word::Mode;
use super::{CommandKind, List, Word};
use crate::text::Span;

impl Parser<'_> {
    /// `case = "case" word newlines "in" newlines arm* "esac"`
    pub fn case_command(&mut self) -> Result<CommandKind> {
        self.blanks();
        if !self.at_word() {
            return self.unexpected();
        }
        self.reject_descriptor()?;
        let word = self.word(Mode::Plain)?;
        self.newlines()?;
        self.expect_reserved("in", "a `case` without `in`")?;
        let (mut arms, mut ends) = (Vec::new(), Vec::new());
        loop {
            self.newlines()?;
            if self.take_reserved("esac") {
                return Ok(CommandKind::Case { word, arms, ends });
            }
            let (arm, end) = self.arm()?;
            let last = end.is_empty();
            arms.push(arm);
            ends.push(end);
            if last {
                self.expect_reserved("esac", "a `case` without `esac`")?;
                return Ok(CommandKind::Case { word, arms, ends });
            }
        }
    }

    /// `arm = "("? patterns ")" list (";;" | ";&" | ";;&")?`; and what ends it: nothing does for one that must be the last
    fn arm(&mut self) -> Result<((Vec<Word>, List), Span)> {
        self.take("(");
        let patterns = self.patterns()?;
        let list = self.list()?;
        let start = self.at;
        if self.take(";;&") || (!self.starts_with(";;") && self.take(";&")) {
            self.bashisms = true;
        } else {
            self.take(";;");
        }
        Ok(((patterns, list), Span::new(start, self.at)))
    }

    /// `patterns = word ("|" word)* ")"`
    fn patterns(&mut self) -> Result<Vec<Word>> {
        let mut patterns = Vec::new();
        loop {
            self.blanks();
            if !self.at_word() {
                return self.fail("a `case` pattern is missing");
            }
            self.reject_descriptor()?;
            patterns.push(self.word(Mode::Plain)?);
            self.blanks();
            if self.take(")") {
                return Ok(patterns);
            }
            if !self.take("|") {
                return self.unexpected();
            }
        }
    }
}
