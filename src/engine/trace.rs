//! The trace of a build: for each stage what it is made from, the values that it sets, what it does, and what it starts; as
//! BuildKit evaluates it, without its spelling. Every byte of a file that means something is in one of these.
//!
//! - *Sets* ([`Set`]) are values of the image or of what later instructions see: each pair of ENV, ARG and LABEL, each word of
//!   EXPOSE and VOLUME, USER, SHELL, STOPSIGNAL, MAINTAINER, ONBUILD. Two are the same if their values are, whatever the
//!   variables in them hold.
//! - *Acts* ([`Act`]) run, copy or make a folder. Each knows how many sets of each kind came before it that it can see, so that
//!   acts and sets can be compared list by list, and an EXPOSE may stand anywhere between two RUNs.
//! - *Starts* (CMD, ENTRYPOINT, HEALTHCHECK) replace the one before; with the SHELL that is in force.
//!
//! A trace holds references only, and reads a shell text when it is asked for: what did not change is never looked into.

pub mod script;

use crate::facts::value::{self, Piece};
use crate::facts::{Family, Interpreter, Known, Scripts, ShellText, State};
use crate::syntax::{Arg, Args, Command, Instruction, Keyword};
use crate::text::Source;
use std::sync::Arc;

/// The trace of a stage, or of a part of one.
#[derive(Debug, Default)]
pub struct Trace<'t> {
    /// FROM.
    pub from: Option<&'t Instruction>,
    /// In order.
    pub sets: Vec<Set<'t>>,
    /// In order.
    pub acts: Vec<Act<'t>>,
    /// The last CMD, ENTRYPOINT and HEALTHCHECK.
    pub starts: [Option<Start<'t>>; 3],
    /// What is in force at the end.
    pub end: Arc<State>,
    /// The names of the variables that are set, in order.
    names: Vec<&'t str>,
    seen: Seen,
}

/// The keywords of what a stage starts, in the order of [`Trace::starts`].
pub const STARTS: [Keyword; 3] = [Keyword::Cmd, Keyword::Entrypoint, Keyword::Healthcheck];

/// How many sets came before something, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Variables that were set by ENV and ARG.
    pub variables: u32,
    /// SHELL.
    pub shells: u32,
    /// USER.
    pub users: u32,
    /// Paths of VOLUME.
    pub volumes: u32,
    /// WORKDIRs that lead to a folder that is not known.
    pub folders: u32,
}

/// A value that is set.
#[derive(Debug)]
pub struct Set<'t> {
    /// By which instruction.
    pub instruction: &'t Instruction,
    /// The name of a pair; the whole argument where it is no pair.
    pub name: &'t str,
    /// The value of a pair.
    pub value: Option<&'t str>,
    /// How many variables were set before, of those that its value sees.
    pub sees: u32,
}

/// Something that is done.
#[derive(Debug)]
pub struct Act<'t> {
    /// RUN, COPY, ADD or WORKDIR.
    pub instruction: &'t Instruction,
    /// What it can see of the sets.
    pub seen: Seen,
    /// What is in force before it.
    pub state: Arc<State>,
    /// The folder of a WORKDIR, where it is known.
    pub folder: Option<String>,
    /// Its item.
    item: usize,
}

/// What an image starts.
#[derive(Debug)]
pub struct Start<'t> {
    /// The instruction.
    pub instruction: &'t Instruction,
    /// How many SHELLs came before.
    pub shells: u32,
}

impl<'t> Trace<'t> {
    /// A trace that goes on where this is in force.
    pub fn new(state: Arc<State>) -> Trace<'t> {
        Trace { end: state, ..Trace::default() }
    }

    /// Takes the next instruction in.
    pub fn push(&mut self, item: usize, instruction: &'t Instruction) {
        let before = Arc::clone(&self.end);
        if State::is_changed_by(instruction.keyword) {
            Arc::make_mut(&mut self.end).apply(instruction);
        }
        match (instruction.keyword, &instruction.args) {
            (Keyword::From, _) => self.from = Some(instruction),
            (Keyword::Run | Keyword::Copy | Keyword::Add, _) => self.act(item, instruction, before, None),
            (Keyword::Workdir, _) => self.workdir(item, instruction, before),
            (keyword, _) if STARTS.contains(&keyword) => {
                let start = Start { instruction, shells: self.seen.shells };
                let index = STARTS.iter().position(|one| *one == keyword).unwrap_or_default();
                self.starts[index] = Some(start);
            }
            (_, Args::Pairs { pairs, .. }) if instruction.opaque.is_none() => {
                let all = self.seen.variables;
                for pair in pairs {
                    // values of ENV and LABEL see what was there before the instruction, those of ARG what was before them
                    let sees = if instruction.keyword == Keyword::Arg { self.seen.variables } else { all };
                    self.set(instruction, &pair.name.text, pair.value.as_ref().map(|value| value.text.as_str()), sees);
                }
            }
            (_, Args::Words { words, .. }) if instruction.opaque.is_none() => {
                words.iter().for_each(|word| self.set(instruction, &word.text, None, self.seen.variables));
            }
            _ => self.set(instruction, &instruction.line.text()[instruction.rest.clone()], None, self.seen.variables),
        }
    }

    fn set(&mut self, instruction: &'t Instruction, name: &'t str, value: Option<&'t str>, sees: u32) {
        self.sets.push(Set { instruction, name, value, sees });
        match instruction.keyword {
            Keyword::Env | Keyword::Arg => {
                self.seen.variables += 1;
                self.names.push(name);
            }
            Keyword::Shell => self.seen.shells += 1,
            Keyword::User => self.seen.users += 1,
            Keyword::Volume => self.seen.volumes += 1,
            _ => {}
        }
    }

    fn act(&mut self, item: usize, instruction: &'t Instruction, state: Arc<State>, folder: Option<String>) {
        self.acts.push(Act { instruction, seen: self.seen, state, folder, item });
    }

    /// A folder below the one of the WORKDIR before it stands for both: whoever makes it makes its parents, for the same user.
    fn workdir(&mut self, item: usize, instruction: &'t Instruction, before: Arc<State>) {
        let folder = self.end.workdir.get().cloned();
        let covers = |last: &Act| {
            let parent = last.folder.as_deref().zip(folder.as_deref());
            parent.is_some_and(|(parent, folder)| is_below(parent, folder)) && last.seen.users == self.seen.users
        };
        if self.acts.last().is_some_and(covers) {
            self.acts.pop();
        }
        self.act(item, instruction, before, folder.clone());
        self.seen.folders += u32::from(folder.is_none());
    }

    /// Whether a variable may be set by one of some sets, counted in variables.
    pub fn sets_between(&self, name: &str, range: std::ops::Range<u32>) -> bool {
        let some = self.names.get(range.start as usize..range.end as usize).unwrap_or_default();
        some.iter().any(|set| *set == name || set.contains(['$', '"', '\'', '\\', '`']))
    }
}

/// Whether a folder is another one, or in it.
pub fn is_below(parent: &str, path: &str) -> bool {
    let parent = parent.trim_end_matches('/');
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
}

impl<'t> Act<'t> {
    /// The text of a RUN in shell form that its shell reads as a POSIX shell does.
    pub fn body<'s>(&self, source: &Source, scripts: &'s Scripts) -> Option<&'s ShellText> {
        let script = self.instruction.sole_heredoc().is_some_and(|one| source.slice(one.body).starts_with("#!"));
        let other = self.interpreter().family == Family::Other;
        if script || other || !self.is_run() || self.instruction.opaque.is_some() {
            return None;
        }
        scripts.at(self.item, self.instruction, source)
    }

    /// What runs it.
    pub fn interpreter(&self) -> Interpreter {
        match &self.state.shell {
            Known::Yes(words) => Interpreter::of(words),
            Known::Unknown => Interpreter::UNKNOWN,
        }
    }

    /// Whether it copies.
    pub fn is_transfer(&self) -> bool {
        matches!(self.instruction.keyword, Keyword::Copy | Keyword::Add)
    }

    /// Whether it runs.
    pub fn is_run(&self) -> bool {
        self.instruction.keyword == Keyword::Run
    }
}

/// Sources and destination of a COPY or ADD.
pub fn transferred(instruction: &Instruction) -> Option<(&[Arg], &Arg)> {
    match &instruction.args {
        Args::Transfer { sources, dest, .. } => Some((sources, dest)),
        _ => None,
    }
}

/// The words of an exec form.
pub fn executed(instruction: &Instruction) -> Option<impl Iterator<Item = &str>> {
    match &instruction.args {
        Args::Command(Command::Exec(words)) | Args::Healthcheck(Some(Command::Exec(words))) => {
            Some(words.iter().map(|word| word.text.as_str()))
        }
        _ => None,
    }
}

/// Whether two values are the same, whatever variables hold.
pub fn same_value(a: &str, b: &str, escape: char) -> bool {
    a == b || value::read(a, escape).is_some_and(|read| Some(read) == value::read(b, escape))
}

/// The variables in a value; `None` if it can't be read.
pub fn variables(value: &str, escape: char) -> Option<Vec<String>> {
    let pieces: Vec<Piece> = value::read(value, escape)?;
    let mut names = Vec::new();
    value::each_name(&pieces, &mut |name| names.push(name.to_owned()));
    Some(names)
}
