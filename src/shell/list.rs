//! Lists, and-or lists and pipelines.

use super::cursor::{Cursor, Outcome};
use crate::shell::{AndOr, Command, CommandKind, Connector, Entry, List, Pipeline, Simple, Terminator};
use crate::text::Span;

/// Reserved words that end a list.
const CLOSING: &[&str] = &["then", "do", "done", "fi", "elif", "else", "esac", "}"];

impl Cursor<'_> {
    /// `(and_or (";" | "&" | newline)+)*`, up to what can't be part of it.
    pub fn list(&mut self) -> Outcome<List> {
        let mut list = List::default();
        loop {
            self.lines()?;
            if self.list_ends() {
                return Ok(list);
            }
            let and_or = self.and_or()?;
            self.blanks();
            let end = self.terminator()?;
            let more = end.is_some();
            list.entries.push(Entry { and_or, end });
            if !more {
                return Ok(list);
            }
        }
    }

    /// A list that holds at least one command.
    pub fn some_list(&mut self) -> Outcome<List> {
        let list = self.list()?;
        if list.entries.is_empty() { self.fail("a command is missing") } else { Ok(list) }
    }

    fn list_ends(&self) -> bool {
        matches!(self.byte(), None | Some(b')'))
            || self.starts(";;")
            || self.starts(";&")
            || CLOSING.contains(&self.keyword())
    }

    fn terminator(&mut self) -> Outcome<Option<(Terminator, Span)>> {
        let start = self.at;
        let found = match self.byte() {
            Some(b';') if !matches!(self.ahead(1), Some(b';' | b'&')) => Terminator::Semicolon,
            Some(b'&') if self.ahead(1) != Some(b'&') => Terminator::Ampersand,
            Some(b'\n') => {
                self.newline()?;
                return Ok(Some((Terminator::Newline, Span::new(start, start + 1))));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some((found, self.since(start))))
    }

    /// `pipeline (("&&" | "||") newline* pipeline)*`
    fn and_or(&mut self) -> Outcome<AndOr> {
        let start = self.at;
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let operator = Span::new(self.at, (self.at + 2).min(self.end));
            let connector = match () {
                () if self.take("&&") => Connector::And,
                () if self.take("||") => Connector::Or,
                () => break,
            };
            self.lines()?;
            rest.push((connector, operator, self.pipeline()?));
        }
        let end = rest.last().map_or(first.span.end, |(_, _, last): &(_, _, Pipeline)| last.span.end);
        Ok(AndOr { span: Span::new(start, end as usize), first, rest })
    }

    /// `("!" | "time" "-p"?)* command (("|" | "|&") newline* command)*`
    fn pipeline(&mut self) -> Outcome<Pipeline> {
        let start = self.at;
        let (mut negated, mut timed, mut prefixed) = (false, false, self.at);
        loop {
            match self.keyword() {
                "!" => {
                    negated = !negated;
                    self.at += 1;
                }
                "time" => {
                    timed = true;
                    self.at += 4;
                    self.blanks();
                    self.at += if self.keyword() == "-p" { 2 } else { 0 };
                }
                _ => break,
            }
            prefixed = self.at;
            self.blanks();
        }
        let alone = prefixed > start && (matches!(self.byte(), None | Some(b';' | b'\n' | b')' | b'&')));
        if alone {
            let kind = CommandKind::Simple(Simple::default());
            let command = Command { span: Span::at(prefixed), kind, redirects: Vec::new() };
            let span = Span::new(start, prefixed);
            return Ok(Pipeline { span, negated, timed, commands: vec![command], pipes: Vec::new() });
        }
        let mut commands = vec![self.command()?];
        let mut pipes = Vec::new();
        loop {
            self.blanks();
            if self.byte() != Some(b'|') || self.starts("||") {
                break;
            }
            let at = self.at;
            if !self.take("|&") {
                self.at += 1;
            }
            pipes.push(self.since(at));
            self.lines()?;
            commands.push(self.command()?);
        }
        let end = commands.last().map_or(start, |command| command.span.end as usize);
        Ok(Pipeline { span: Span::new(start, end), negated, timed, commands, pipes })
    }
}
