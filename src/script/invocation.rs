//! One command: the program that it starts, what it is wrapped in, its words, its redirections, what it runs in turn.

use super::directory::{Directory, Folder};
use super::flow::Flow;
use super::options::{Item, Line, Opt};
use super::value::{Argument, Value, Variables};
use super::{Commands, Nested, Pipe};
use crate::knowledge::paths::Absolute;
use crate::knowledge::programs::{Action, Kind, Manager, Program, Runs};
use crate::shell::{HeredocBody, Opaque, Shell};
use crate::text::Span;
use std::borrow::Cow;
use std::sync::OnceLock;

/// A command without its text.
#[derive(Debug)]
pub(super) struct Node {
    /// With redirections.
    pub command: Span,
    /// Assignments and words.
    pub span: Span,
    pub words: Vec<(Span, Value)>,
    pub assignments: Vec<Assigned>,
    pub redirects: Vec<Redirected>,
    pub flow: Flow,
    pub pipe: usize,
    pub position: usize,
    pub folder: usize,
    pub wrappers: Vec<Wrapped>,
    /// The word that names the program.
    pub name: usize,
    /// The name is that of a module: `python -m pip`.
    pub module: bool,
    pub program: Option<&'static Program>,
    /// Its words are not all: more come from its input, or stand for what is found.
    pub open: bool,
    /// The command that runs it.
    pub by: Option<usize>,
    pub inner: Ran,
    /// What its words after the name are; read when it is first asked for.
    pub told: OnceLock<Box<[Told]>>,
}

/// What a word of a command line is, or two: an [`Item`] that stands without its text.
#[derive(Debug)]
pub(super) enum Told {
    Operand(usize),
    Option {
        name: Cow<'static, str>,
        span: Span,
        known: bool,
        /// The word, and from which byte on.
        value: Option<(usize, usize)>,
    },
}

#[derive(Debug)]
pub(super) struct Assigned {
    pub span: Span,
    pub name: Span,
    pub value: Option<Value>,
}

#[derive(Debug)]
pub(super) struct Redirected {
    pub span: Span,
    pub operator: Span,
    pub target: (Span, Value),
    pub heredoc: Option<Span>,
    /// Nothing in the heredoc is expanded.
    pub fixed: bool,
}

#[derive(Debug)]
pub(super) struct Wrapped {
    pub program: &'static Program,
    /// Its name.
    pub at: usize,
    /// The first word behind its options.
    pub end: usize,
}

#[derive(Debug)]
pub(super) enum Ran {
    Nothing,
    Text(Box<Nested>),
    File(usize),
    Input,
    Unknown,
}

/// What a command runs in turn, besides the commands in its words.
#[derive(Clone, Copy, Debug)]
pub enum Inner<'s> {
    /// Nothing, or its program is not known to run anything.
    Nothing,
    /// A shell text. Spans count in it.
    Commands(Commands<'s>),
    /// A shell text that was not understood.
    Opaque(&'s str, &'s Opaque),
    /// A file.
    File(Argument<'s>),
    /// What it reads.
    Input,
    /// Something that is only known when it runs.
    Unknown,
}

/// A program that only starts the next one: `sudo`, `env`, `nice`.
#[derive(Clone, Copy, Debug)]
pub struct Wrapper<'s> {
    text: &'s str,
    node: &'s Node,
    wrapped: &'s Wrapped,
}

impl<'s> Wrapper<'s> {
    /// What is known of it.
    pub fn program(self) -> &'static Program {
        self.wrapped.program
    }

    /// Its name, without directory.
    pub fn name(self) -> &'static str {
        self.wrapped.program.name
    }

    /// The word that names it.
    pub fn word(self) -> Argument<'s> {
        self.node.word(self.text, self.wrapped.at)
    }

    /// Its own options and words, in front of the program that it starts.
    pub fn words(self) -> impl Iterator<Item = Argument<'s>> + Clone {
        (self.wrapped.at + 1..self.wrapped.end).map(move |index| self.node.word(self.text, index))
    }

    /// Its own options and words, read.
    pub fn line(self) -> impl Iterator<Item = Item<'s>> {
        Line::new(Some(self.wrapped.program), self.words())
    }
}

/// A redirection.
#[derive(Clone, Copy, Debug)]
pub struct Redirection<'s> {
    text: &'s str,
    redirected: &'s Redirected,
}

impl<'s> Redirection<'s> {
    pub(super) fn new(text: &'s str, redirected: &'s Redirected) -> Redirection<'s> {
        Redirection { text, redirected }
    }

    /// All of it, from the descriptor on.
    pub fn span(self) -> Span {
        self.redirected.span
    }

    /// As it is written.
    pub fn raw(self) -> &'s str {
        self.text.get(self.redirected.span.range()).unwrap_or_default()
    }

    /// `<`, `>`, `>>`, `>|`, `<>`, `<&`, `>&`, `&>`, `&>>`, `<<`, `<<-`, `<<<`.
    pub fn operator(self) -> &'s str {
        self.text.get(self.redirected.operator.range()).unwrap_or_default()
    }

    /// The number before the operator; `None` if none is written, or a variable gets it.
    pub fn descriptor(self) -> Option<u32> {
        let whole = self.text.get(self.redirected.span.range()).unwrap_or_default();
        whole[..whole.len() - whole.trim_start_matches(|c: char| c.is_ascii_digit()).len()].parse().ok()
    }

    /// The file, the descriptor, or the delimiter of a heredoc.
    pub fn target(self) -> Argument<'s> {
        let (span, value) = &self.redirected.target;
        Argument::new(self.text, value, *span)
    }

    /// The text of a heredoc, as it is written.
    pub fn heredoc(self) -> Option<&'s str> {
        self.text.get(self.redirected.heredoc?.range())
    }

    /// Whether it opens a file to write to it.
    pub fn writes(self) -> bool {
        match self.operator() {
            ">" | ">>" | ">|" | "&>" | "&>>" | "<>" => true,
            // `>& file`
            ">&" => !self.target().raw().bytes().all(|byte| byte.is_ascii_digit() || byte == b'-'),
            _ => false,
        }
    }

    /// Whether it opens a file at all: no descriptor, no heredoc, no text.
    pub fn opens(self) -> bool {
        self.writes() || self.operator() == "<"
    }

    /// Whether it is the command's input: a file, a heredoc, or a text.
    pub fn feeds(self) -> bool {
        self.operator().starts_with('<') && self.descriptor().unwrap_or(0) == 0
    }
}

/// A variable that is set for one command, or for the rest of the text.
#[derive(Clone, Copy, Debug)]
pub struct Assignment<'s> {
    text: &'s str,
    assigned: &'s Assigned,
}

impl<'s> Assignment<'s> {
    /// Its name.
    pub fn name(self) -> &'s str {
        self.text.get(self.assigned.name.range()).unwrap_or_default()
    }

    /// All of it.
    pub fn span(self) -> Span {
        self.assigned.span
    }

    /// Its value; `None` for an array.
    pub fn value(self) -> Option<Argument<'s>> {
        Some(Argument::new(self.text, self.assigned.value.as_ref()?, self.assigned.span))
    }
}

impl Node {
    /// One that is nothing yet but its words.
    pub fn new(span: Span, words: Vec<(Span, Value)>, flow: Flow) -> Node {
        Node {
            command: span,
            span,
            words,
            assignments: Vec::new(),
            redirects: Vec::new(),
            flow,
            pipe: 0,
            position: 0,
            folder: 0,
            wrappers: Vec::new(),
            name: 0,
            module: false,
            program: None,
            open: false,
            by: None,
            inner: Ran::Nothing,
            told: OnceLock::new(),
        }
    }

    fn told(&self, text: &str) -> &[Told] {
        self.told.get_or_init(|| self.tell(text))
    }

    fn tell(&self, text: &str) -> Box<[Told]> {
        let from = (self.name + 1).min(self.words.len());
        let words = (from..self.words.len()).map(|index| self.word(text, index));
        let mut line = Line::new(self.program, words);
        let mut told = Vec::with_capacity(self.words.len() - from);
        while let Some(item) = line.next() {
            // what was taken last, or stands before it
            let place = |word: Argument| (from..from + line.taken()).rev().find(|at| word.is_of(&self.words[*at].1));
            told.push(match item {
                Item::Operand(word) => Told::Operand(place(word).unwrap_or_default()),
                Item::Option(Opt { name, span, known, listed, value }) => {
                    let name = listed.map_or_else(|| Cow::Owned(name.into_owned()), Cow::Borrowed);
                    let value = value.and_then(|(word, from)| Some((place(word)?, from)));
                    Told::Option { name, span, known, value }
                }
            });
        }
        told.into_boxed_slice()
    }

    fn word<'s>(&'s self, text: &'s str, index: usize) -> Argument<'s> {
        const EMPTY: &Value = &Value::Slice(Span { start: 0, end: 0 }, false);
        match self.words.get(index) {
            Some((span, value)) => Argument::new(text, value, *span),
            None => Argument::new(text, EMPTY, Span::at(0)),
        }
    }
}

/// A simple command.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'s> {
    of: Commands<'s>,
    node: &'s Node,
}

impl<'s> Invocation<'s> {
    pub(super) fn new(of: Commands<'s>, node: &'s Node) -> Invocation<'s> {
        Invocation { of, node }
    }

    /// The commands among which it stands.
    pub fn commands(self) -> Commands<'s> {
        self.of
    }

    /// The text in which spans count.
    pub fn text(self) -> &'s str {
        self.of.text
    }

    /// All of it, redirections included; heredoc bodies not.
    pub fn command_span(self) -> Span {
        self.node.command
    }

    /// From its first assignment or word to its last word: redirections behind it are not part of it.
    pub fn span(self) -> Span {
        self.node.span
    }

    /// As it is written, without redirections behind its words.
    pub fn written(self) -> &'s str {
        self.of.text.get(self.node.span.range()).unwrap_or_default()
    }

    /// As it is written.
    pub fn raw(self) -> &'s str {
        self.of.text.get(self.node.command.range()).unwrap_or_default()
    }

    /// Where it stands among the others.
    pub fn flow(self) -> Flow {
        self.node.flow
    }

    /// The pipeline that it is in.
    pub fn pipe(self) -> usize {
        self.node.pipe
    }

    /// The pipeline that it is in, and its place in there.
    pub fn in_pipe(self) -> (Pipe, usize) {
        (self.of.reading.pipes[self.node.pipe], self.node.position)
    }

    /// Whether it is alone in its pipeline.
    pub fn is_alone(self) -> bool {
        self.in_pipe().0.length == 1
    }

    /// The directory in which it starts.
    pub fn directory(self) -> Directory<'s> {
        static ANYWHERE: Folder = Folder::ANYWHERE;
        Directory(self.of.reading.folders.get(self.node.folder).unwrap_or(&ANYWHERE))
    }

    /// All of its words, from the first on.
    pub fn words(self) -> impl ExactSizeIterator<Item = Argument<'s>> + Clone {
        (0..self.node.words.len()).map(move |index| self.node.word(self.of.text, index))
    }

    /// The word that names the program; `None` if it only sets variables, or redirects.
    pub fn name_word(self) -> Option<Argument<'s>> {
        (!self.node.words.is_empty()).then(|| self.node.word(self.of.text, self.node.name))
    }

    /// The program as it is called: `pip3`, `/usr/bin/apt-get`; `None` if that is only known when it runs, or there is none.
    pub fn called(self) -> Option<Cow<'s, str>> {
        self.name_word()?.unquoted()
    }

    /// The program's name without directory.
    pub fn name(self) -> Option<Cow<'s, str>> {
        Some(match self.called()? {
            Cow::Borrowed(called) => Cow::Borrowed(base(called)),
            Cow::Owned(called) => Cow::Owned(base(&called).to_owned()),
        })
    }

    /// Whether its program has one of these names (without directory).
    pub fn is(self, names: &[&str]) -> bool {
        self.name().is_some_and(|name| names.contains(&&*name))
    }

    /// What is known of the program; `None` also for a function of the text.
    pub fn program(self) -> Option<&'static Program> {
        self.node.program
    }

    /// Whether its program is known to be of a kind.
    pub fn is_kind(self, kind: Kind) -> bool {
        self.node.program.is_some_and(|program| program.is(kind))
    }

    /// Whether the program is the module of an interpreter: `python -m pip`.
    pub fn is_module(self) -> bool {
        self.node.module
    }

    /// Whether its words are not all that the program gets: `xargs rm`, `find -exec rm {} +`.
    pub fn is_open(self) -> bool {
        self.node.open
    }

    /// The command that runs it: `xargs`, `find`.
    pub fn run_by(self) -> Option<Invocation<'s>> {
        Some(Invocation::new(self.of, self.of.reading.nodes.get(self.node.by?)?))
    }

    /// What it is wrapped in, outermost first: `sudo`, `env`, `nice`, `exec`.
    pub fn wrappers(self) -> impl ExactSizeIterator<Item = Wrapper<'s>> + Clone {
        self.node.wrappers.iter().map(move |wrapped| Wrapper { text: self.of.text, node: self.node, wrapped })
    }

    /// What each of its wrappers starts: the word that names the next one, or the program.
    pub fn started(self) -> impl Iterator<Item = Argument<'s>> {
        self.node.wrappers.iter().map(move |wrapped| self.node.word(self.of.text, wrapped.end))
    }

    /// Whether it is wrapped in nothing at all.
    pub fn is_bare(self) -> bool {
        self.node.wrappers.is_empty()
    }

    /// The words behind the program's name.
    pub fn arguments(self) -> impl ExactSizeIterator<Item = Argument<'s>> + DoubleEndedIterator + Clone {
        (self.node.name + 1..self.node.words.len().max(self.node.name + 1))
            .map(move |index| self.node.word(self.of.text, index))
    }

    /// The argument at a place.
    pub fn argument(self, index: usize) -> Option<Argument<'s>> {
        self.arguments().nth(index)
    }

    /// The words behind the program's name, read: options with their values, and others.
    pub fn line(self) -> impl Iterator<Item = Item<'s>> + Clone {
        self.told().iter().map(move |told| self.item(told))
    }

    fn told(self) -> &'s [Told] {
        self.node.told(self.of.text)
    }

    fn item(self, told: &'s Told) -> Item<'s> {
        match told {
            Told::Operand(at) => Item::Operand(self.node.word(self.of.text, *at)),
            Told::Option { name, span, known, value } => {
                let value = value.map(|(at, from)| (self.node.word(self.of.text, at), from));
                Item::Option(Opt { name: Cow::Borrowed(name), span: *span, known: *known, listed: None, value })
            }
        }
    }

    /// Its options, wherever they stand.
    pub fn options(self) -> impl Iterator<Item = Opt<'s>> {
        self.line().filter_map(|item| match item {
            Item::Option(option) => Some(option),
            Item::Operand(_) => None,
        })
    }

    /// The first of these options that it has.
    pub fn option(self, names: &[&str]) -> Option<Opt<'s>> {
        let wanted = |told: &&Told| matches!(told, Told::Option { name, .. } if names.contains(&&**name));
        match self.item(self.told().iter().find(wanted)?) {
            Item::Option(option) => Some(option),
            Item::Operand(_) => None,
        }
    }

    /// Whether it has one of these options.
    pub fn has(self, names: &[&str]) -> bool {
        self.told().iter().any(|told| matches!(told, Told::Option { name, .. } if names.contains(&&**name)))
    }

    /// The words that are no options and no values of options: a subcommand, files, packages.
    pub fn operands(self) -> impl Iterator<Item = Argument<'s>> {
        self.line().filter_map(|item| match item {
            Item::Operand(word) => Some(word),
            Item::Option(_) => None,
        })
    }

    /// The first word that is no option, as a subcommand.
    pub fn verb(self) -> Option<Argument<'s>> {
        // of a long list the rest need not be read for that
        match self.node.told.get() {
            Some(_) => self.operands().next(),
            None => Line::new(self.node.program, self.arguments()).find_map(|item| match item {
                Item::Operand(word) => Some(word),
                Item::Option(_) => None,
            }),
        }
    }

    /// What the subcommand does.
    pub fn action(self) -> Action {
        let (Some(program), Some(verb)) = (self.node.program, self.verb().and_then(Argument::literal)) else {
            return Action::Other;
        };
        program.action(&verb)
    }

    /// Whose packages its program handles.
    pub fn manager(self) -> Option<Manager> {
        self.node.program?.manager
    }

    /// The name under which its program is known, without a version; empty if it is not.
    pub fn program_name(self) -> &'static str {
        self.node.program.map_or("", |program| program.name)
    }

    /// Whether it is one of a package manager's that does this.
    pub fn does(self, manager: Manager, action: Action) -> bool {
        self.manager() == Some(manager) && self.action() == action
    }

    /// The words behind the subcommand that are no options: packages.
    pub fn packages(self) -> impl Iterator<Item = Argument<'s>> {
        self.operands().skip(1)
    }

    /// Behind which byte of the text a new option goes directly behind the subcommand; `None` if a `--` before that has ended the
    /// options.
    pub fn verb_place(self) -> Option<u32> {
        let end = self.verb()?.span().end;
        let mut before = self.arguments().take_while(|word| word.span().end < end);
        (!before.any(|word| word.unquoted().as_deref() == Some("--"))).then_some(end)
    }

    /// Behind which byte of the text a new option of the subcommand goes: behind those that directly follow it; `None` as in
    /// [`Invocation::verb_place`].
    pub fn option_place(self) -> Option<u32> {
        self.verb_place()?;
        let mut place = None;
        for item in self.line() {
            match (item, place) {
                (Item::Operand(verb), None) => place = Some(verb.span().end),
                (Item::Operand(_), Some(_)) => break,
                (Item::Option(option), Some(_)) => place = Some(option.span.end),
                (Item::Option(_), None) => {}
            }
        }
        place
    }

    /// The variables that are set before its words.
    pub fn assignments(self) -> impl ExactSizeIterator<Item = Assignment<'s>> {
        self.node.assignments.iter().map(move |assigned| Assignment { text: self.of.text, assigned })
    }

    /// Its redirections, in order.
    pub fn redirects(self) -> impl ExactSizeIterator<Item = Redirection<'s>> {
        self.node.redirects.iter().map(move |redirected| Redirection { text: self.of.text, redirected })
    }

    /// Whether a shell takes its text from its input: it is given neither a text (`-c`) nor a file, or `-s` or `-` says so.
    pub fn reads_script_from_input(self) -> bool {
        for item in self.line() {
            match item {
                Item::Option(option) if option.is(&["-c"]) => return false,
                Item::Option(option) if option.is(&["-s", "-"]) => return true,
                Item::Option(_) => {}
                Item::Operand(word) => return matches!(word.raw(), "-" | "/dev/stdin"),
            }
        }
        true
    }

    /// Whether it reads from a pipe or a file.
    pub fn is_fed(self) -> bool {
        self.node.flow.piped || self.redirects().any(|redirect| redirect.operator().starts_with('<'))
    }

    /// What it runs in turn.
    pub fn inner(self) -> Inner<'s> {
        match &self.node.inner {
            Ran::Nothing => Inner::Nothing,
            Ran::Unknown => Inner::Unknown,
            Ran::Input => Inner::Input,
            Ran::File(index) => Inner::File(self.node.word(self.of.text, *index)),
            Ran::Text(nested) => match &nested.shell {
                Shell::Script(_) => Inner::Commands(Commands::new(&nested.text, &nested.reading)),
                Shell::Opaque(opaque) => Inner::Opaque(&nested.text, opaque),
            },
        }
    }

    /// Whether it is asked for something that does not do what its program is there for: `--version`, `--dry-run`, `nginx -t`.
    pub fn is_idle(self) -> bool {
        let idle = self.node.program.map_or(&[][..], |program| program.idle);
        let usual: &[&str] = if idle.is_empty() { &["--version", "--help", "-V"] } else { &["--help"] };
        self.line().any(|item| match item {
            Item::Option(option) => option.is(idle) || option.is(usual),
            Item::Operand(word) => word.literal().is_some_and(|word| idle.contains(&&*word)),
        })
    }

    /// Whether it is asked for nothing but its version or its help: `node --version`.
    pub fn only_tells(self) -> bool {
        let told =
            |item: &Item| matches!(item, Item::Option(option) if self.program().is_some_and(|one| option.is(one.idle)));
        self.arguments().len() > 0 && self.line().all(|item| told(&item))
    }

    /// The user as whom it runs, if a wrapper names one: `sudo -u app`, `gosu app`, `su app -c`.
    pub fn user(self) -> Option<Option<Cow<'s, str>>> {
        let named = |program: &Program, mut line: Box<dyn Iterator<Item = Item<'s>> + 's>| match program.user {
            ["first"] => line.find_map(|item| match item {
                Item::Operand(word) => Some(word.literal()),
                Item::Option(_) => None,
            }),
            options => line.find_map(|item| match item {
                Item::Option(option) if option.is(options) => Some(option.literal()),
                _ => None,
            }),
        };
        self.wrappers()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .find_map(|wrapper| named(wrapper.program(), Box::new(wrapper.line())))
    }

    /// The absolute path of what an argument of it names, patterns kept; `None` if that, or the directory, is not known.
    pub fn path(self, word: Argument<'s>, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Absolute> {
        let path = word.value(variables)?;
        match Absolute::new(&path) {
            Some(path) => Some(path),
            None => self.directory().resolve(start, variables)?.to(&path),
        }
    }
}

/// The name of a program without its directory.
pub fn base(name: &str) -> &str {
    name.bytes().rposition(|byte| byte == b'/').map_or(name, |at| &name[at + 1..])
}

/// Whether nothing in the body of a heredoc is expanded.
pub(super) fn is_fixed(body: &HeredocBody) -> bool {
    body.parts.iter().all(|part| matches!(part, crate::shell::Part::Literal(_)))
}

/// Whether a program is taken off as a wrapper, and how many words stand between its options and what it runs.
pub(super) fn skipped(program: &Program) -> Option<(usize, &'static [&'static str])> {
    program.runs.iter().find_map(|runs| match runs {
        Runs::Rest { skip, with } => Some((*skip, *with)),
        _ => None,
    })
}
