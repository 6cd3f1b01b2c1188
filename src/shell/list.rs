//! Lists, and-or lists and pipelines.

use super::cursor::{Parser, Result};
use super::heredoc::attach;
use super::{AndOr, Command, CommandKind, Connector, Entry, List, Pipeline, Script, Simple, Terminator};
use crate::text::Span;

impl Parser<'_> {
    /// `script = list`
    pub fn script(mut self) -> Result<Script> {
        let mut list = self.list()?;
        self.at_end()?;
        self.unfinished_heredocs();
        attach(&mut list, std::mem::take(&mut self.bodies));
        Ok(Script { list, comments: self.comments, bashisms: self.bashisms })
    }

    /// `list = newlines (and_or (terminator newlines and_or)* terminator? newlines)?`, up to what can't begin a command.
    pub fn list(&mut self) -> Result<List> {
        // most lists have one entry
        let mut list = List { entries: Vec::with_capacity(1) };
        loop {
            self.newlines()?;
            if self.at_list_end() {
                return Ok(list);
            }
            let and_or = self.and_or()?;
            self.blanks();
            let end = self.terminator()?;
            let more = end.is_some();
            self.extglob_switched(&and_or, end);
            list.entries.push(Entry { and_or, end });
            if !more {
                return Ok(list);
            }
        }
    }

    /// `body = list`, with at least one command.
    pub fn body(&mut self) -> Result<List> {
        let list = self.list()?;
        if list.entries.is_empty() { self.unexpected() } else { Ok(list) }
    }

    /// Whether what comes next closes a construct.
    fn at_list_end(&self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => matches!(self.peek_at(1), Some(b';' | b'&')),
            _ => self.at_closing_word(),
        }
    }

    fn at_closing_word(&self) -> bool {
        matches!(self.reserved(), Some("then" | "do" | "done" | "fi" | "else" | "elif" | "esac" | "}"))
    }

    /// `terminator = ";" | "&" | NEWLINE`
    fn terminator(&mut self) -> Result<Option<(Terminator, Span)>> {
        let start = self.at;
        let terminator = match (self.peek(), self.peek_at(1)) {
            (Some(b';'), Some(b';' | b'&')) => return Ok(None),
            (Some(b';'), _) => Terminator::Semicolon,
            (Some(b'&'), _) => Terminator::Ampersand,
            (Some(b'\n'), _) => Terminator::Newline,
            _ => return Ok(None),
        };
        match terminator {
            Terminator::Newline => self.newline()?,
            _ => self.operator(1)?,
        }
        Ok(Some((terminator, Span::new(start, start + 1))))
    }

    /// Takes an operator; one that a line continuation cuts in two is not understood.
    fn operator(&mut self, length: usize) -> Result<()> {
        self.at += length;
        let mut at = self.at;
        while self.bytes.get(at..).is_some_and(|rest| rest.starts_with(b"\\\n")) {
            at += 2;
        }
        let last = self.bytes.get(self.at - 1).copied();
        let cut = at > self.at && matches!(self.bytes.get(at), Some(b'&' | b'|' | b';' | b'>'));
        if cut && last.is_some() { self.fail("a line continuation inside an operator") } else { Ok(()) }
    }

    /// `and_or = pipeline (("&&" | "||") newlines pipeline)*`
    fn and_or(&mut self) -> Result<AndOr> {
        let first = self.pipeline()?;
        let mut span = first.span;
        let mut rest = Vec::new();
        loop {
            self.blanks();
            let connector = match (self.peek(), self.peek_at(1)) {
                (Some(b'&'), Some(b'&')) => Connector::And,
                (Some(b'|'), Some(b'|')) => Connector::Or,
                _ => {
                    rest.shrink_to_fit();
                    return Ok(AndOr { span, first, rest });
                }
            };
            let operator = Span::new(self.at, self.at + 2);
            self.at += 2;
            self.newlines()?;
            let pipeline = self.pipeline()?;
            span = span.to(pipeline.span);
            rest.push((connector, operator, pipeline));
        }
    }

    /// `pipeline = ("!" | "time" ("-p")? ("--")?)* command (("|" | "|&") newlines command)*`
    ///
    /// Behind `!` and `time` the commands may be missing.
    fn pipeline(&mut self) -> Result<Pipeline> {
        let start = self.at;
        let (negated, timed) = self.pipeline_prefix();
        let prefix_end = self.at;
        self.blanks();
        if (negated.is_some() || timed) && self.at_command_end() {
            self.bashisms = true;
            let empty = Span::at(prefix_end);
            let command = Command { span: empty, kind: CommandKind::Simple(Simple::default()), redirects: Vec::new() };
            let span = Span::new(start, prefix_end);
            return Ok(Pipeline {
                span,
                negated: negated == Some(true),
                timed,
                commands: vec![command],
                pipes: vec![],
            });
        }
        let mut commands = vec![self.command()?];
        let mut pipes = Vec::new();
        while let Some(pipe) = self.pipe()? {
            pipes.push(pipe);
            commands.push(self.command()?);
        }
        let end = commands.last().map_or(prefix_end, |c| c.span.end as usize);
        Ok(Pipeline { span: Span::new(start, end), negated: negated == Some(true), timed, commands, pipes })
    }

    /// Whether there is a `!`, and then an odd number of them; whether there is a `time`. Ends behind the last of them.
    fn pipeline_prefix(&mut self) -> (Option<bool>, bool) {
        let (mut negated, mut timed) = (None, false);
        loop {
            let before = self.at;
            self.blanks();
            if self.take_reserved("!") {
                self.bashisms |= negated.is_some();
                negated = Some(negated != Some(true));
            } else if self.take_reserved("time") {
                timed = true;
                self.bashisms = true;
                self.option("-p");
                self.option("--");
            } else {
                self.at = if negated.is_some() || timed { before } else { self.at };
                return (negated, timed);
            }
        }
    }

    /// Takes `option` behind blanks if it is the whole next word.
    fn option(&mut self, option: &str) {
        let before = self.mark();
        self.blanks();
        let found = self.take(option) && self.is_word_end(self.at);
        if !found {
            self.forget(&before);
        }
    }

    fn at_command_end(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b';') => !matches!(self.peek_at(1), Some(b';' | b'&')),
            _ => false,
        }
    }

    /// `pipe = blanks ("|" | "|&") newlines`
    fn pipe(&mut self) -> Result<Option<Span>> {
        self.blanks();
        if self.peek() != Some(b'|') || self.peek_at(1) == Some(b'|') {
            return Ok(None);
        }
        let start = self.at;
        let length = if self.peek_at(1) == Some(b'&') { 2 } else { 1 };
        self.bashisms |= length == 2;
        self.operator(length)?;
        self.newlines()?;
        Ok(Some(Span::new(start, start + length)))
    }

    /// `shopt -s extglob` on a line of its own turns extended patterns on for the lines behind.
    fn extglob_switched(&mut self, and_or: &AndOr, end: Option<(Terminator, Span)>) {
        let alone = self.depth == 0 && matches!(end, Some((Terminator::Newline, _)));
        if alone && and_or.rest.is_empty() && !self.extglob {
            let words = self.slice(and_or.span.start as usize, and_or.span.end as usize);
            self.extglob = words.split_ascii_whitespace().eq(["shopt", "-s", "extglob"]);
        }
    }
}
