//! Going through the tree, and reading the values of words.

use super::{AndOr, Command, CommandKind, Connector, List, Part, Pipeline, Script, Simple, Terminator, Word};
use crate::text::Span;
use std::borrow::Cow;

impl Part {
    fn is_plain(&self) -> bool {
        match self {
            Part::Command(_, list) => list.as_ref().is_some_and(List::is_plain_chain),
            Part::Process(..) => false,
            Part::Array(_, words) => words.iter().all(|word| word.parts.iter().all(Part::is_plain)),
            part => part.parts().iter().all(Part::is_plain),
        }
    }

    /// All of it.
    pub fn span(&self) -> Span {
        match self {
            Part::Literal(span) | Part::Escaped(span) | Part::SingleQuoted(span) | Part::AnsiQuoted(span) => *span,
            Part::DoubleQuoted(span, _) | Part::Command(span, _) | Part::Arithmetic(span, _) => *span,
            Part::Parameter { span, .. } | Part::Process(span, _) | Part::Array(span, _) => *span,
        }
    }

    /// The parts directly inside.
    pub fn parts(&self) -> &[Part] {
        match self {
            Part::DoubleQuoted(_, parts) | Part::Parameter { parts, .. } | Part::Arithmetic(_, parts) => parts,
            _ => &[],
        }
    }

    /// The commands directly inside, where they were understood.
    pub fn list(&self) -> Option<&List> {
        match self {
            Part::Command(_, list) => list.as_ref(),
            Part::Process(_, list) => Some(list),
            _ => None,
        }
    }

    /// The value that quote removal gives; `None` where an expansion decides it.
    fn unquoted<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let raw = text.get(self.span().range())?;
        match self {
            Part::Literal(_) => Some(raw.into()),
            Part::Escaped(_) => Some(raw.strip_prefix('\\')?.trim_start_matches('\n').into()),
            Part::SingleQuoted(_) => Some(raw.strip_prefix('\'')?.strip_suffix('\'')?.into()),
            Part::AnsiQuoted(_) if !raw.contains('\\') => Some(raw.strip_prefix("$'")?.strip_suffix('\'')?.into()),
            Part::DoubleQuoted(_, parts) if raw.starts_with('"') => join(parts, text),
            _ => None,
        }
    }

    /// Whether unquoted text that is expanded as a pattern, a home directory or braces.
    fn expands(&self, text: &str, first: bool) -> bool {
        let Part::Literal(span) = self else { return false };
        let raw = text.get(span.range()).unwrap_or_default();
        let braces = raw.contains('{') && (raw.contains(',') || raw.contains(".."));
        (first && raw.starts_with('~'))
            || raw.contains(['*', '?'])
            || (raw.contains('[') && raw.contains(']'))
            || braces
    }
}

fn join<'t>(parts: &[Part], text: &'t str) -> Option<Cow<'t, str>> {
    match parts {
        [] => Some(Cow::Borrowed("")),
        [part] => part.unquoted(text),
        parts => parts.iter().map(|part| part.unquoted(text)).collect::<Option<String>>().map(Cow::Owned),
    }
}

impl Word {
    /// The word as it is written.
    pub fn raw<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.span.range()).unwrap_or_default()
    }

    /// The word's value, if it is the same wherever it is expanded: no expansion, no pattern, no `~`, no braces.
    pub fn literal<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        let expands = self.parts.iter().enumerate().any(|(i, part)| part.expands(text, i == 0));
        if expands { None } else { self.unquoted(text) }
    }

    /// The word without its quotes, if nothing in it is substituted. Unlike in [`Word::literal`], `*`, `?`, `[`, `~` and
    /// braces may stand in it, quoted or not.
    pub fn unquoted<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        join(&self.parts, text)
    }

    /// Calls `f` on all of its parts, those inside others too, but not those of commands inside.
    pub fn for_each_part<'a>(&'a self, f: &mut dyn FnMut(&'a Part)) {
        for_each_part(&self.parts, f);
    }
}

fn for_each_part<'a>(parts: &'a [Part], f: &mut dyn FnMut(&'a Part)) {
    for part in parts {
        f(part);
        for_each_part(part.parts(), f);
        if let Part::Array(_, words) = part {
            words.iter().for_each(|word| word.for_each_part(f));
        }
    }
}

impl Simple {
    /// The name of the command, if it is literal.
    pub fn name<'t>(&self, text: &'t str) -> Option<Cow<'t, str>> {
        self.words.first()?.literal(text)
    }
}

impl Script {
    /// Calls `f` on every command, those in substitutions too.
    pub fn for_each_command<'a>(&'a self, f: &mut dyn FnMut(&'a Command)) {
        self.list.for_each_command(f);
    }
}

impl AndOr {
    /// Its pipelines, in order.
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        std::iter::once(&self.first).chain(self.rest.iter().map(|(_, _, pipeline)| pipeline))
    }

    /// Whether nothing but `&&` joins them.
    pub fn is_chain(&self) -> bool {
        self.rest.iter().all(|(connector, _, _)| *connector == Connector::And)
    }
}

impl List {
    /// Its pipelines, in order.
    pub fn pipelines(&self) -> impl Iterator<Item = &Pipeline> {
        self.entries.iter().flat_map(|entry| entry.and_or.pipelines())
    }

    /// Whether it is one chain of `&&`, be it with a `;` behind.
    pub fn is_chain(&self) -> bool {
        let [entry] = self.entries.as_slice() else { return false };
        entry.end.is_none_or(|(end, _)| end == Terminator::Semicolon) && entry.and_or.is_chain()
    }

    /// Whether `set -e` makes no difference to it: a chain of simple commands, command substitutions too.
    pub fn is_plain_chain(&self) -> bool {
        self.is_chain() && self.pipelines().flat_map(|pipeline| &pipeline.commands).all(Command::is_plain)
    }

    /// Calls `f` on every command, outer ones first, those in substitutions and heredocs too.
    pub fn for_each_command<'a>(&'a self, f: &mut dyn FnMut(&'a Command)) {
        for command in self.pipelines().flat_map(|pipeline| &pipeline.commands) {
            command.for_each_command(f);
        }
    }
}

impl Command {
    /// Whether it is a simple one in whose words nothing runs but chains of simple commands.
    pub fn is_plain(&self) -> bool {
        let targets = self.redirects.iter().map(|redirect| &redirect.target);
        let plain = |word: &Word| word.parts.iter().all(Part::is_plain);
        matches!(self.kind, CommandKind::Simple(_)) && self.words().into_iter().chain(targets).all(plain)
    }

    /// Calls `f` on this command and on every one inside.
    pub fn for_each_command<'a>(&'a self, f: &mut dyn FnMut(&'a Command)) {
        f(self);
        self.for_each_own_part(&mut |part| {
            if let Some(list) = part.list() {
                list.for_each_command(f);
            }
        });
        self.lists().into_iter().for_each(|list| list.for_each_command(f));
        if let CommandKind::Function { body, .. } | CommandKind::Coproc(body) = &self.kind {
            body.for_each_command(f);
        }
    }

    /// The lists directly inside: bodies and conditions.
    pub fn lists(&self) -> Vec<&List> {
        match &self.kind {
            CommandKind::Subshell(list) | CommandKind::Brace(list) => vec![list],
            CommandKind::If(lists) => lists.iter().collect(),
            CommandKind::Loop(both) => vec![&both.0, &both.1],
            CommandKind::For { body, .. } | CommandKind::ArithmeticFor { body, .. } => vec![body],
            CommandKind::Case { arms, .. } => arms.iter().map(|(_, body)| body).collect(),
            _ => Vec::new(),
        }
    }

    /// The command's own words, in order: not those of commands inside, nor those of redirections.
    pub fn words(&self) -> Vec<&Word> {
        match &self.kind {
            CommandKind::Simple(simple) => {
                let assigned = simple.assignments.iter().flat_map(|a| a.value.iter().chain(&a.array));
                assigned.chain(&simple.words).collect()
            }
            CommandKind::For { words, .. } => words.iter().flatten().collect(),
            CommandKind::Case { word, arms, .. } => {
                std::iter::once(word).chain(arms.iter().flat_map(|(patterns, _)| patterns)).collect()
            }
            CommandKind::Conditional(words) => words.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Calls `f` on each part of this command's words, subscripts, expressions, redirections and heredocs, but not on those
    /// of commands inside.
    pub fn for_each_own_part<'a>(&'a self, f: &mut dyn FnMut(&'a Part)) {
        match &self.kind {
            CommandKind::Simple(simple) => {
                let assigned = simple.assignments.iter().flat_map(|a| a.value.iter().chain(&a.array));
                assigned.chain(&simple.words).for_each(|word| word.for_each_part(f));
                simple.assignments.iter().for_each(|a| for_each_part(&a.subscript, f));
            }
            CommandKind::Arithmetic(_, parts) | CommandKind::ArithmeticFor { parts, .. } => for_each_part(parts, f),
            _ => self.words().into_iter().for_each(|word| word.for_each_part(f)),
        }
        for redirect in &self.redirects {
            redirect.target.for_each_part(f);
            redirect.heredoc.iter().for_each(|body| for_each_part(&body.parts, f));
        }
    }
}
