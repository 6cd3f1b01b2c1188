//! Heredocs: their delimiters, their bodies behind the line end, and how the bodies get to their redirections.

use super::cursor::{Body, Parser, Pending, Result};
use super::{CommandKind, HeredocBody, List, Opaque, Part, Redirect, Word};
use crate::text::Span;
use std::borrow::Cow;

impl Parser<'_> {
    /// The delimiter that a word means, and whether any of it is quoted.
    pub fn delimiter(&self, word: &Word) -> Result<(String, bool)> {
        let (mut text, mut quoted) = (String::new(), false);
        for part in &word.parts {
            let span = part.span();
            let raw = self.slice(span.start as usize, span.end as usize);
            match part {
                Part::Literal(_) => text.push_str(raw),
                Part::Escaped(_) => text.push_str(raw.trim_start_matches('\\').trim_start_matches('\n')),
                Part::SingleQuoted(_) => text.push_str(raw.trim_matches('\'')),
                Part::DoubleQuoted(_, parts) if parts.iter().all(|p| matches!(p, Part::Literal(_))) => {
                    text.push_str(raw.trim_matches('"'));
                }
                Part::Parameter { .. } => text.push_str(raw),
                _ => return self.fail("a delimiter of a heredoc that is not plain text"),
            }
            quoted |= matches!(part, Part::SingleQuoted(_) | Part::DoubleQuoted(..)) || is_escape(part, raw);
        }
        if text.contains('\n') {
            self.fail("a delimiter of a heredoc that holds a line end")
        } else {
            Ok((text, quoted))
        }
    }

    /// `heredoc_bodies = (line* delimiter_line)*`, a body for each heredoc that the line has opened
    pub fn heredoc_bodies(&mut self) -> Result<()> {
        for pending in std::mem::take(&mut self.pending) {
            let body = self.heredoc_body(&pending)?;
            self.bodies.push(Body { operator: pending.operator, body });
        }
        Ok(())
    }

    fn heredoc_body(&mut self, pending: &Pending) -> Result<HeredocBody> {
        let start = self.at;
        let (end, terminated) = self.find_delimiter(pending);
        let behind = self.at;
        let parts = if pending.quoted { Vec::new() } else { self.heredoc_parts(start, end).map_err(in_heredoc)? };
        self.at = behind;
        Ok(HeredocBody { span: Span::new(start, end), parts, terminated })
    }

    /// Goes behind the delimiter's line; gives where that line starts and whether there is one.
    fn find_delimiter(&mut self, pending: &Pending) -> (usize, bool) {
        while self.at < self.bytes.len() {
            let start = self.at;
            let end = self.line_end(pending.quoted);
            let line = self.slice(start, end);
            self.at = (end + 1).min(self.bytes.len());
            let line = if pending.quoted || !line.contains("\\\n") {
                Cow::from(line)
            } else {
                line.replace("\\\n", "").into()
            };
            let content = if pending.strips_tabs { line.trim_start_matches('\t') } else { &line };
            if content == pending.delimiter {
                return (start, true);
            }
        }
        (self.bytes.len(), false)
    }

    /// The end of the line at the cursor; where `\` at a line end joins it with the next one, of the joined line.
    fn line_end(&self, raw: bool) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut escaped = false;
        for (i, &byte) in rest.iter().enumerate() {
            if byte == b'\n' && (raw || !escaped) {
                return self.at + i;
            }
            escaped = byte == b'\\' && !escaped;
        }
        self.bytes.len()
    }

    /// The parts of an unquoted body.
    fn heredoc_parts(&mut self, start: usize, end: usize) -> Result<Vec<Part>> {
        self.at = start;
        self.within(end, |p| {
            let mut parts = Vec::new();
            while p.peek().is_some() {
                p.text_part(b"$`\\\n", &mut parts)?;
            }
            Ok(parts)
        })
    }

    /// Heredocs that were opened on the last line have empty bodies at the end.
    pub fn unfinished_heredocs(&mut self) {
        let end = self.bytes.len();
        for pending in std::mem::take(&mut self.pending) {
            let body = HeredocBody { span: Span::at(end), parts: Vec::new(), terminated: false };
            self.bodies.push(Body { operator: pending.operator, body });
        }
    }
}

/// Whether a part is a backslash and what it quotes (a line continuation quotes nothing).
fn is_escape(part: &Part, raw: &str) -> bool {
    matches!(part, Part::Escaped(_)) && raw != "\\\n"
}

/// What is wrong in a body: shells find it when they run the command, or before.
fn in_heredoc(opaque: Opaque) -> Opaque {
    Opaque { at: opaque.at, why: "an expansion in a heredoc that is not understood" }
}

/// Puts each body to its redirection.
pub(super) fn attach(list: &mut List, mut bodies: Vec<Body>) {
    if bodies.is_empty() {
        return;
    }
    bodies.sort_by_key(|body| body.operator);
    let mut attach = Attach { bodies };
    attach.list(list);
}

struct Attach {
    bodies: Vec<Body>,
}

impl Attach {
    fn list(&mut self, list: &mut List) {
        for entry in &mut list.entries {
            let and_or = &mut entry.and_or;
            let rest = and_or.rest.iter_mut().map(|(_, _, pipeline)| pipeline);
            for pipeline in std::iter::once(&mut and_or.first).chain(rest) {
                pipeline.commands.iter_mut().for_each(|command| self.command(command));
            }
        }
    }

    fn command(&mut self, command: &mut super::Command) {
        self.kind(&mut command.kind);
        command.redirects.iter_mut().for_each(|redirect| self.redirect(redirect));
    }

    fn kind(&mut self, kind: &mut CommandKind) {
        match kind {
            CommandKind::Simple(simple) => {
                for assignment in &mut simple.assignments {
                    self.parts(&mut assignment.subscript);
                    self.words(&mut assignment.array);
                    self.words(assignment.value.as_mut_slice());
                }
                self.words(&mut simple.words);
            }
            CommandKind::Subshell(list) | CommandKind::Brace(list) => self.list(list),
            CommandKind::If(lists) => lists.iter_mut().for_each(|list| self.list(list)),
            CommandKind::Loop(both) => {
                self.list(&mut both.0);
                self.list(&mut both.1);
            }
            CommandKind::For { words, body, .. } => {
                words.iter_mut().for_each(|words| self.words(words));
                self.list(body);
            }
            CommandKind::ArithmeticFor { parts, body, .. } => {
                self.parts(parts);
                self.list(body);
            }
            CommandKind::Case { word, arms, .. } => {
                self.parts(&mut word.parts);
                for (patterns, body) in arms {
                    self.words(patterns);
                    self.list(body);
                }
            }
            CommandKind::Function { body, .. } | CommandKind::Coproc(body) => self.command(body),
            CommandKind::Arithmetic(_, parts) => self.parts(parts),
            CommandKind::Conditional(words) => self.words(words),
        }
    }

    fn redirect(&mut self, redirect: &mut Redirect) {
        self.parts(&mut redirect.target.parts);
        let Ok(i) = self.bodies.binary_search_by_key(&redirect.operator.start, |body| body.operator) else { return };
        let Some(found) = self.bodies.get_mut(i) else { return };
        let empty = HeredocBody { span: found.body.span, parts: Vec::new(), terminated: true };
        let mut body = std::mem::replace(&mut found.body, empty);
        self.parts(&mut body.parts);
        redirect.heredoc = Some(body);
    }

    fn words(&mut self, words: &mut [Word]) {
        words.iter_mut().for_each(|word| self.parts(&mut word.parts));
    }

    fn parts(&mut self, parts: &mut [Part]) {
        for part in parts {
            match part {
                Part::DoubleQuoted(_, parts) | Part::Parameter { parts, .. } | Part::Arithmetic(_, parts) => {
                    self.parts(parts)
                }
                Part::Command(_, Some(list)) | Part::Process(_, list) => self.list(list),
                Part::Array(_, words) => self.words(words),
                _ => {}
            }
        }
    }
}
