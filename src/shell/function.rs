//! Function definitions.

use super::cursor::{Parser, Result};
use super::word::Mode;
use super::{Command, CommandKind, Redirect, Simple, lexeme};
use crate::text::Span;

/// dash refuses functions with the names of special builtins.
const SPECIAL: [&str; 16] = [
    ".", ":", "break", "continue", "eval", "exec", "exit", "export", "local", "readonly", "return", "set", "shift",
    "times", "trap", "unset",
];

impl Parser<'_> {
    /// `function = word "(" ")" newlines compound`, of which the word is read
    pub fn function(&mut self, start: usize, simple: &Simple, redirects: &[Redirect]) -> Result<Command> {
        self.reject_cut_word(simple)?;
        let [name] = simple.words.as_slice() else { return self.unexpected() };
        if !simple.assignments.is_empty() || !redirects.is_empty() || !self.empty_parentheses() {
            return self.unexpected();
        }
        let text = self.slice(name.span.start as usize, name.span.end as usize);
        self.bashisms |= !lexeme::is_name(text) || SPECIAL.contains(&text);
        self.nested(|p| p.function_body(start, name.span))
    }

    /// `function_keyword = "function" word ("(" ")")? newlines compound`
    pub fn function_keyword(&mut self) -> Result<Command> {
        let start = self.at;
        self.bashisms = true;
        self.at += "function".len();
        self.blanks();
        if !self.at_word() {
            return self.unexpected();
        }
        let name = self.word(Mode::Plain)?.span;
        self.blanks();
        self.empty_parentheses();
        self.function_body(start, name)
    }

    /// Takes `( )`, if that comes next.
    fn empty_parentheses(&mut self) -> bool {
        let rest = self.rest();
        let closed =
            rest.strip_prefix('(').map(|s| s.trim_start_matches([' ', '\t'])).and_then(|s| s.strip_prefix(')'));
        self.at += closed.map_or(0, |behind| rest.len() - behind.len());
        closed.is_some()
    }

    fn function_body(&mut self, start: usize, name: Span) -> Result<Command> {
        self.newlines()?;
        let Some(body) = self.compound()? else { return self.fail("a function without a body") };
        let span = Span::new(start, body.span.end as usize);
        Ok(Command { span, kind: CommandKind::Function { name, body: Box::new(body) }, redirects: Vec::new() })
    }
}
