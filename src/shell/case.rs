//! `case`.

use super::cursor::{Parser, Result};
use super::word::Mode;
use super::{CommandKind, List, Word};

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
        let mut arms = Vec::new();
        loop {
            self.newlines()?;
            if self.take_reserved("esac") {
                return Ok(CommandKind::Case { word, arms });
            }
            let (arm, last) = self.arm()?;
            arms.push(arm);
            if last {
                self.expect_reserved("esac", "a `case` without `esac`")?;
                return Ok(CommandKind::Case { word, arms });
            }
        }
    }

    /// `arm = "("? patterns ")" list (";;" | ";&" | ";;&")?`; whether it must be the last one
    fn arm(&mut self) -> Result<((Vec<Word>, List), bool)> {
        self.take("(");
        let patterns = self.patterns()?;
        let list = self.list()?;
        let last = if self.take(";;&") || (!self.starts_with(";;") && self.take(";&")) {
            self.bashisms = true;
            false
        } else {
            !self.take(";;")
        };
        Ok(((patterns, list), last))
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
