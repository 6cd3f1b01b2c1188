//! What the commands of a shell text are: one walk over its tree gives each as an [`Invocation`], with what it is wrapped in taken
//! off, its options read, where its status goes, where it works, what it runs in turn. Whoever asks something of a command
//! asks it here. Knows how command lines are read, from `knowledge::programs`; not what images hold.
//!
//! A [`Reading`] depends on the text and on the shell that runs it alone. What variables hold and which directory it starts in
//! comes in when one asks ([`Argument::value`], [`Directory::resolve`]), so that a reading lasts as long as its text.

pub mod directory;
pub mod flow;
pub mod invocation;
pub mod options;
mod run;
pub mod value;
mod walk;

pub use directory::Directory;
pub use flow::{Flow, Status};
pub use invocation::{Assignment, Inner, Invocation, Redirection, Wrapper};
pub use options::{Item, Opt};
pub use value::{Argument, Variables};

use crate::shell::Shell;
use crate::text::Span;
use directory::Folder;
use invocation::{Node, Redirected};
use value::Value;

/// What runs a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dialect {
    /// The last command of a pipe runs in the shell itself, as in ksh and zsh.
    pub last_in_shell: bool,
    /// The shell surely stops at the first command that fails (`-e`).
    pub errexit: bool,
}

/// The commands of a text, without the text itself.
#[derive(Debug, Default)]
pub struct Reading {
    nodes: Vec<Node>,
    /// Redirections of groups and loops.
    compound: Vec<Redirected>,
    folders: Vec<Folder>,
    pipes: Vec<Pipe>,
    functions: Vec<Span>,
    sets: Vec<Set>,
}

impl Reading {
    /// Reads a text that was understood. Time and space are linear in its length.
    pub fn of(text: &str, script: &crate::shell::Script, dialect: Dialect) -> Reading {
        walk::read(text, script, dialect)
    }

    /// Reads the words of a program that is started without a shell. Its text is these words, a blank between each two.
    pub fn of_words(words: &[&str]) -> Reading {
        walk::read_words(words)
    }
}

/// A pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Pipe {
    /// All of it.
    pub span: Span,
    /// How many commands it has.
    pub length: usize,
    /// How its status counts.
    pub status: Status,
}

/// A variable that a text sets, in the shell itself or for commands that it starts.
#[derive(Clone, Debug)]
pub struct Set {
    /// Its name; `None` if that is only known when it runs.
    pub name: Option<Span>,
    /// What sets it.
    pub span: Span,
    value: Option<Value>,
    /// By whom.
    pub by: Setter,
}

/// How a variable is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setter {
    /// `NAME=value` alone.
    Assignment,
    /// `export`, `declare`, `readonly` and their kin.
    Declaration,
    /// `read`, `getopts`, `unset`, a loop's variable, `${NAME:=value}`.
    Other,
}

/// The commands of a text, with the text.
#[derive(Clone, Copy, Debug)]
pub struct Commands<'s> {
    text: &'s str,
    reading: &'s Reading,
}

impl<'s> Commands<'s> {
    /// A reading with the text that it is of.
    pub fn new(text: &'s str, reading: &'s Reading) -> Commands<'s> {
        Commands { text, reading }
    }

    /// The text.
    pub fn text(self) -> &'s str {
        self.text
    }

    /// The simple commands that stand in the text itself, those in groups, loops, functions and substitutions too, in the
    /// order in which they run. Not those that another runs: see [`Commands::deep`].
    pub fn iter(self) -> impl DoubleEndedIterator<Item = Invocation<'s>> {
        let own = self.reading.nodes.iter().filter(|node| node.by.is_none());
        own.map(move |node| Invocation::new(self, node))
    }

    /// All commands: those of [`Commands::iter`], and after each what it runs (`sh -c`, `su -c`, `eval`, `xargs`, `find -exec`),
    /// as far as that can be seen.
    pub fn deep(self) -> Vec<Invocation<'s>> {
        let mut out = Vec::with_capacity(self.reading.nodes.len());
        for node in &self.reading.nodes {
            let one = Invocation::new(self, node);
            out.push(one);
            if let Inner::Commands(inner) = one.inner() {
                out.extend(inner.deep());
            }
        }
        out
    }

    /// The pipelines, in the order in which they start.
    pub fn pipes(self) -> &'s [Pipe] {
        &self.reading.pipes
    }

    /// The commands of a pipeline that are simple ones.
    pub fn of_pipe(self, pipe: usize) -> impl Iterator<Item = Invocation<'s>> {
        self.iter().filter(move |one| one.pipe() == pipe)
    }

    /// The names of the functions that the text defines.
    pub fn functions(self) -> impl Iterator<Item = &'s str> {
        self.reading.functions.iter().filter_map(move |span| self.text.get(span.range()))
    }

    /// The variables that the text sets, wherever that stands, in order.
    pub fn sets(self) -> impl Iterator<Item = (&'s Set, Option<&'s str>)> {
        self.reading.sets.iter().map(move |set| (set, set.name.and_then(|name| self.text.get(name.range()))))
    }

    /// The value that the text gives a variable, if it can be told.
    pub fn set_to(self, set: &'s Set) -> Option<Argument<'s>> {
        Some(Argument::new(self.text, set.value.as_ref()?, set.span))
    }

    /// All redirections: those of commands, then those of groups and loops.
    pub fn redirects(self) -> impl Iterator<Item = Redirection<'s>> {
        let compound = self.reading.compound.iter().map(move |one| Redirection::new(self.text, one));
        self.iter().flat_map(Invocation::redirects).chain(compound)
    }

    /// The command that starts at a place.
    pub fn at(self, start: u32) -> Option<Invocation<'s>> {
        self.iter().find(|one| one.command_span().start == start)
    }
}

/// An inner text: of `sh -c` and its kin.
#[derive(Debug)]
pub(crate) struct Nested {
    text: Box<str>,
    shell: Shell,
    reading: Reading,
}

#[cfg(test)]
mod tests;
