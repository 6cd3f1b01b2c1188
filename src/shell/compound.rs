//! Compound commands: which one it is, and those that are little more than lists.

use super::cursor::{Parser, Result};
use super::{Command, CommandKind, List};
use crate::text::Span;

impl Parser<'_> {
    /// `compound = (subshell | brace | if | loop | for | case | arithmetic | conditional) redirect*`, or nothing
    pub fn compound(&mut self) -> Result<Option<Command>> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'(') => self.nested(Self::parentheses)?,
            _ => match self.reserved() {
                Some(word) => match self.nested(|p| p.compound_kind(word))? {
                    Some(kind) => kind,
                    None => return Ok(None),
                },
                None => return Ok(None),
            },
        };
        self.with_redirects(start, kind).map(Some)
    }

    fn compound_kind(&mut self, word: &str) -> Result<Option<CommandKind>> {
        let parse = match word {
            "{" => Self::brace,
            "if" => Self::if_command,
            "while" | "until" => Self::while_command,
            "for" => Self::for_command,
            "select" => Self::select_command,
            "case" => Self::case_command,
            "[[" => Self::conditional,
            _ => return Ok(None),
        };
        self.at += word.len();
        parse(self).map(Some)
    }

    /// Redirections behind a compound command; a word can't follow those.
    fn with_redirects(&mut self, start: usize, kind: CommandKind) -> Result<Command> {
        let redirects = self.redirects()?;
        let end = redirects.last().map_or(self.at, |redirect| redirect.span.end as usize);
        let mark = self.mark();
        self.blanks();
        let allowed = redirects.is_empty() && self.reserved().is_some();
        if self.at_word() && !allowed {
            return self.unexpected();
        }
        self.forget(&mark);
        Ok(Command { span: Span::new(start, end), kind, redirects })
    }

    /// `parentheses = arithmetic_command | subshell`
    fn parentheses(&mut self) -> Result<CommandKind> {
        if self.peek_at(1) == Some(b'(')
            && let Some(kind) = self.arithmetic_command()? {
                return Ok(kind);
            }
        self.subshell()
    }

    /// `subshell = "(" body ")"`
    fn subshell(&mut self) -> Result<CommandKind> {
        let start = self.at;
        self.at += 1;
        if self.starts_with("\\\n(") {
            return self.fail("a line continuation inside an operator");
        }
        let body = self.body()?;
        match self.peek() {
            Some(b')') => {
                self.at += 1;
                Ok(CommandKind::Subshell(body))
            }
            None => Err(super::Opaque { at: start, why: "a parenthesis that is not closed" }),
            Some(_) => self.unexpected(),
        }
    }

    /// `brace = "{" body "}"`
    pub fn brace(&mut self) -> Result<CommandKind> {
        let body = self.body()?;
        self.expect_reserved("}", "a `{` that is not closed")?;
        Ok(CommandKind::Brace(body))
    }

    /// `if = "if" body "then" body ("elif" body "then" body)* ("else" body)? "fi"`
    fn if_command(&mut self) -> Result<CommandKind> {
        let mut lists = Vec::new();
        loop {
            lists.push(self.body()?);
            self.expect_reserved("then", "an `if` without `then`")?;
            lists.push(self.body()?);
            self.blanks();
            if !self.take_reserved("elif") {
                break;
            }
        }
        if self.take_reserved("else") {
            lists.push(self.body()?);
        }
        self.expect_reserved("fi", "an `if` without `fi`")?;
        Ok(CommandKind::If(lists))
    }

    /// `while = ("while" | "until") body do_group`
    fn while_command(&mut self) -> Result<CommandKind> {
        let condition = self.body()?;
        let body = self.do_group()?;
        Ok(CommandKind::Loop(Box::new((condition, body))))
    }

    /// `do_group = "do" body "done"`
    pub fn do_group(&mut self) -> Result<List> {
        self.expect_reserved("do", "a loop without `do`")?;
        let body = self.body()?;
        self.expect_reserved("done", "a loop without `done`")?;
        Ok(body)
    }

    /// `coproc = "coproc" (word? compound | simple)`
    pub fn coproc(&mut self) -> Result<Command> {
        let start = self.at;
        self.bashisms = true;
        self.at += "coproc".len();
        self.blanks();
        let inner = match self.compound()? {
            Some(compound) => compound,
            None => self.coproc_rest()?,
        };
        let span = Span::new(start, inner.span.end as usize);
        Ok(Command { span, kind: CommandKind::Coproc(Box::new(inner)), redirects: Vec::new() })
    }

    fn coproc_rest(&mut self) -> Result<Command> {
        if self.reserved().is_some_and(|word| word != "time") {
            return self.fail("unexpected reserved word");
        }
        let mark = self.mark();
        if self.at_word() {
            self.word(super::word::Mode::Plain)?;
            self.blanks();
            if let Some(compound) = self.compound()? {
                return Ok(compound);
            }
        }
        self.reread(&mark)?;
        self.simple()
    }
}
