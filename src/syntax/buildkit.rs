//! The arguments as BuildKit's own parser lists them, to compare with it.

use super::grammar::{healthcheck, words};
use crate::syntax::{Arg, Args, Command, Instruction, Keyword, Pair};

impl Instruction {
    /// What BuildKit's parser holds as this instruction's arguments: for ENV and LABEL name, value and separator by turns,
    /// for ONBUILD the inner instruction, without its flags, in brackets.
    pub fn buildkit_args(&self) -> Vec<String> {
        let rest = &self.line.text()[self.rest.clone()];
        match &self.args {
            Args::Command(command) => self.command(command),
            Args::Transfer { sources, dest, .. } => texts(sources.iter().chain([dest])),
            Args::Words { words, .. } => texts(words),
            Args::Text(text) => vec![text.text.clone()],
            Args::Pairs { pairs, .. } if self.keyword == Keyword::Arg => pairs.iter().map(assignment).collect(),
            Args::Pairs { pairs, legacy } => triples(pairs, if *legacy { "" } else { "=" }),
            Args::Healthcheck(command) => {
                let kind = healthcheck::split(rest).0.to_owned();
                std::iter::once(kind).chain(command.iter().flat_map(|command| self.command(command))).collect()
            }
            Args::Onbuild(inner) => vec![format!("({})", inner.buildkit_line())],
            Args::From { .. } => words::words(rest).map(str::to_owned).collect(),
            Args::Invalid => self.unread_args(rest),
        }
    }

    /// Whether BuildKit's parser marks it as a JSON array.
    pub fn is_json(&self) -> bool {
        matches!(
            self.args,
            Args::Command(Command::Exec(_))
                | Args::Healthcheck(Some(Command::Exec(_)))
                | Args::Transfer { json: true, .. }
                | Args::Words { json: true, .. }
        )
    }

    fn command(&self, command: &Command) -> Vec<String> {
        match command {
            Command::Exec(args) => texts(args),
            Command::Shell(range) if range.is_empty() => Vec::new(),
            Command::Shell(range) => vec![self.line.text()[range.clone()].to_owned()],
        }
    }

    fn buildkit_line(&self) -> String {
        let word = self.line.text().split(super::grammar::is_separator).next().unwrap_or_default();
        let parts: Vec<String> = std::iter::once(word.to_owned()).chain(self.buildkit_args()).collect();
        parts.join(" ")
    }

    /// Of an instruction that is refused.
    fn unread_args(&self, rest: &str) -> Vec<String> {
        match self.keyword {
            Keyword::Unknown => vec![String::new()],
            _ if rest.is_empty() => Vec::new(),
            Keyword::Add | Keyword::Copy | Keyword::From => words::words(rest).map(str::to_owned).collect(),
            _ => vec![rest.to_owned()],
        }
    }
}

fn texts<'a>(args: impl IntoIterator<Item = &'a Arg>) -> Vec<String> {
    args.into_iter().map(|arg| arg.text.clone()).collect()
}

fn assignment(pair: &Pair) -> String {
    match &pair.value {
        Some(value) => format!("{}={}", pair.name.text, value.text),
        None => pair.name.text.clone(),
    }
}

fn triples(pairs: &[Pair], separator: &str) -> Vec<String> {
    let value = |pair: &Pair| pair.value.as_ref().map(|value| value.text.clone()).unwrap_or_default();
    pairs.iter().flat_map(|pair| [pair.name.text.clone(), value(pair), separator.to_owned()]).collect()
}
