//! What the commands of a shell text are: one walk over its tree gives each as an [`Invocation`], with what it is wrapped in taken
//! off, its options read, where its status goes, where it works, what it runs in turn. Whoever asks something of a command
//! asks it here. Knows how command lines are read, from `knowledge::programs`; not what images hold.
//!
//! A [`Reading`] depends on the text and on the shell that runs it alone. What variables hold and which directory it starts in
//! comes in when one asks ([`Argument::value`], [`Directory::resolve`]), so that a reading lasts as long as its text.

pub mod directory;
pub mod effects;
pub mod flow;
pub mod invocation;
pub mod options;
mod run;
pub mod value;
mod walk;

pub use directory::Directory;
pub use effects::{Effect, Object};
pub use flow::{Flow, Status};
pub use invocation::{Assignment, Inner, Invocation, Redirection, Wrapper};
pub use options::{Item, Opt};
pub use value::{Argument, Variables};

use crate::shell::Shell;
use crate::text::Span;
use directory::Folder;
use invocation::{Node, Redirected};
use std::collections::HashMap;
use std::sync::OnceLock;
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
    /// Words of loops, `case` and `[[`.
    loose: Vec<(Span, Value)>,
    folders: Vec<Folder>,
    pipes: Vec<Pipe>,
    functions: Vec<Span>,
    sets: Vec<Set>,
    notes: Vec<(Span, Note, bool)>,
    form: Form,
    places: OnceLock<Box<Places>>,
}

/// Where nodes stand; worked out when asked for.
#[derive(Debug)]
struct Places {
    /// Of each pipeline, between which nodes its commands stand.
    ranges: Vec<(usize, usize)>,
    /// The first node that starts at a place.
    starts: HashMap<u32, usize>,
}

/// What a text is as a whole.
#[derive(Clone, Copy, Debug, Default)]
struct Form {
    /// One chain of `&&`.
    chain: bool,
    bashisms: bool,
    comments: bool,
}

impl Reading {
    /// Reads a text that was understood. Time and space are linear in its length.
    pub fn of(text: &str, script: &crate::shell::Script, dialect: Dialect) -> Reading {
        let form =
            Form { chain: script.list.is_chain(), bashisms: script.bashisms, comments: !script.comments.is_empty() };
        let mut read = walk::read(text, script, dialect);
        read.nodes.shrink_to_fit();
        Reading { form, ..read }
    }

    /// Reads the words of a program that is started without a shell. Its text is these words, a blank between each two.
    pub fn of_words(words: &[&str]) -> Reading {
        walk::read_words(words)
    }

    /// Between which nodes the commands of a pipeline stand.
    fn range(&self, pipe: usize) -> std::ops::Range<usize> {
        let (start, end) = self.places().ranges.get(pipe).copied().unwrap_or_default();
        start.min(end)..end
    }

    fn places(&self) -> &Places {
        self.places.get_or_init(|| {
            let mut ranges = vec![(usize::MAX, 0); self.pipes.len()];
            let mut starts = HashMap::new();
            for (at, node) in self.nodes.iter().enumerate() {
                if let Some((start, end)) = ranges.get_mut(node.pipe) {
                    (*start, *end) = (at.min(*start), at + 1);
                }
                if node.by.is_none() {
                    starts.entry(node.command.start).or_insert(at);
                }
            }
            Box::new(Places { ranges, starts })
        })
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
    /// It stands in the list of the text itself, not in a group, a loop, a function or a substitution.
    pub top: bool,
    /// Neither `!` nor `time` stands in front of it.
    pub plain: bool,
}

/// A pipeline of the list of the text itself.
#[derive(Clone, Debug)]
pub struct Link<'s> {
    /// The pipeline.
    pub pipe: Pipe,
    /// All simple commands in it, those in groups and substitutions too, in the order in which they run.
    pub commands: Vec<Invocation<'s>>,
}

impl<'s> Link<'s> {
    /// Its command, if it is a single simple one, without `!` and `time`.
    pub fn command(&self) -> Option<Invocation<'s>> {
        let alone = self.pipe.length == 1 && self.pipe.plain;
        self.commands.last().copied().filter(|one| alone && one.flow().top)
    }

    /// The commands that are substituted in the words of [`Link::command`].
    pub fn substituted(&self) -> &[Invocation<'s>] {
        self.commands.split_last().map_or(&[], |(_, substituted)| substituted)
    }
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

/// What the grammar of a text does to the shell that runs it, or to what runs beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// `&`.
    Background,
    /// bash's `coproc`.
    Coprocess,
    /// `<(…)`, `>(…)`: the process may outlive the command.
    Process,
    /// Backquotes whose commands were not understood.
    NotUnderstood,
    /// A loop's variable.
    Loop,
    /// A function is defined.
    Function,
    /// bash's `((…))`, which may set a variable.
    Expression,
    /// `$((…))` sets a variable.
    Arithmetic,
    /// `=~`, which sets a variable.
    Match,
    /// `{fd}>file`.
    Descriptor,
    /// `${NAME:=value}`.
    Default,
    /// A variable whose value depends on what ran before in the shell.
    History,
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

    /// What the grammar does to the shell, in order: where, what, and whether in the shell itself rather than in a subshell.
    pub fn notes(self) -> impl Iterator<Item = &'s (Span, Note, bool)> {
        self.reading.notes.iter()
    }

    /// The commands of [`Commands::iter`], and after each those in its words: `xargs rm`, `find -exec`.
    pub fn with_children(self) -> impl Iterator<Item = Invocation<'s>> {
        self.reading.nodes.iter().map(move |node| Invocation::new(self, node))
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

    /// The pipelines of the list of the text itself, in order.
    pub fn links(self) -> Vec<Link<'s>> {
        let pipes = &self.reading.pipes;
        let top = pipes.iter().enumerate().filter(|(_, pipe)| pipe.top);
        let mut links: Vec<(usize, Link)> =
            top.map(|(index, pipe)| (index, Link { pipe: *pipe, commands: Vec::new() })).collect();
        for one in self.iter() {
            let behind = links.partition_point(|(first, _)| *first <= one.pipe());
            if let Some((_, link)) = behind.checked_sub(1).and_then(|at| links.get_mut(at)) {
                link.commands.push(one);
            }
        }
        links.into_iter().map(|(_, link)| link).collect()
    }

    /// Whether the text is one chain of `&&`, be it with a `;` at its end.
    pub fn is_chain(self) -> bool {
        self.reading.form.chain
    }

    /// Whether it holds syntax of bash that POSIX does not define.
    pub fn is_bash(self) -> bool {
        self.reading.form.bashisms
    }

    /// Whether comments stand in it.
    pub fn has_comments(self) -> bool {
        self.reading.form.comments
    }

    /// The pipelines, in the order in which they start.
    pub fn pipes(self) -> &'s [Pipe] {
        &self.reading.pipes
    }

    /// The commands of a pipeline that are simple ones.
    pub fn of_pipe(self, pipe: usize) -> impl Iterator<Item = Invocation<'s>> {
        let own = self.reading.nodes[self.reading.range(pipe)].iter().filter(move |node| node.pipe == pipe);
        own.filter(|node| node.by.is_none()).map(move |node| Invocation::new(self, node))
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

    /// The words that no simple command gets: those of loops, `case` and `[[`, and the targets of redirections of groups.
    pub fn loose(self) -> impl Iterator<Item = Argument<'s>> {
        let words = self.reading.loose.iter().map(move |(span, value)| Argument::new(self.text, value, *span));
        words.chain(self.reading.compound.iter().map(move |one| Redirection::new(self.text, one).target()))
    }

    /// From where on `pipefail` is surely on: by the words of the shell that runs the text, or by a `set` in it. `None` if it is not, or
    /// something may take it back.
    pub fn pipefail(self, shell: Option<&Vec<String>>) -> Option<u32> {
        let mut from = shell.is_some_and(|words| words.iter().any(|word| word == "pipefail")).then_some(0);
        for (index, one) in self.iter().enumerate().filter(|(_, one)| one.is(&["set"])) {
            let words: Vec<&str> = one.arguments().map(Argument::raw).collect();
            if words.contains(&"+o") {
                return None;
            }
            let Some(at) = words.iter().position(|word| *word == "pipefail") else { continue };
            let sets = at > 0 && words[at - 1].starts_with('-') && words[at - 1].ends_with('o');
            let flow = one.flow();
            let runs = flow.top && flow.here && !flow.piped && (flow.sure || index == 0);
            if sets && runs {
                let end = one.command_span().end;
                from = Some(from.map_or(end, |from| from.min(end)));
            }
        }
        from
    }

    /// The command that starts at a place.
    pub fn at(self, start: u32) -> Option<Invocation<'s>> {
        let at = *self.reading.places().starts.get(&start)?;
        Some(Invocation::new(self, self.reading.nodes.get(at)?))
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
