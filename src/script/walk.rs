//! The walk over the tree of a text. It keeps what the shell itself keeps: directory, variables, `set -e`, functions.

use super::directory::Folder;
use super::flow::{Flow, Status};
use super::invocation::{Assigned, Node, Redirected};
use super::value::{self, Argument, Scope, Value};
use super::{Dialect, Note, Pipe, Reading, Set, Setter};
use crate::shell::{AndOr, Command, CommandKind, Connector, List, Part, Pipeline, Script, Simple, Terminator, Word};
use crate::text::Span;
use std::collections::HashSet;

/// Reads a text from its start.
pub(super) fn read(text: &str, script: &Script, dialect: Dialect) -> Reading {
    let mut walk = Walk::new(text, dialect, Folder::start(), 0);
    walk.list(&script.list, At::of(Flow::OUTSIDE));
    walk.out
}

/// Reads one command by its words, which stand in a text with a blank between each two.
pub(super) fn read_words(words: &[&str]) -> Reading {
    let text = words.join(" ");
    let mut walk = Walk::new(&text, Dialect::default(), Folder::start(), 0);
    let mut at = 0;
    let mut spans = Vec::with_capacity(words.len());
    for word in words {
        spans.push((Span::new(at, at + word.len()), Value::Slice(Span::new(at, at + word.len()), false)));
        at += word.len() + 1;
    }
    let all = Span::new(0, text.len());
    walk.out.pipes.push(Pipe { span: all, length: 1, status: Status::Fails, top: true, plain: true });
    let node = Node::new(all, spans, Flow::OUTSIDE);
    walk.invoke(node, At::of(Flow::OUTSIDE));
    walk.out
}

/// Where a list stands: its place, and what the shell does when something in it fails.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub flow: Flow,
    /// `set -e` works here.
    heeds: bool,
    /// What runs here surely runs, once its list gets here.
    runs: bool,
    /// On the left of `&&` and its kin, for the status of pipelines; `None` if it is not known what its status is for.
    left: Option<bool>,
}

impl At {
    pub fn of(flow: Flow) -> At {
        At { flow, heeds: true, runs: true, left: Some(false) }
    }

    fn inside(self) -> At {
        At { flow: self.flow.inside(), heeds: false, runs: false, left: None }
    }

    fn substituted(self) -> At {
        At { flow: self.flow.substituted(), heeds: false, runs: false, left: None }
    }
}

pub(super) struct Walk<'t> {
    pub text: &'t str,
    pub dialect: Dialect,
    pub scope: Scope<'t>,
    /// The names of the functions that are defined so far.
    pub functions: HashSet<&'t str>,
    /// Where the shell is if nothing has failed.
    pub folder: Folder,
    /// Where it may be if something has.
    failed: Option<Folder>,
    /// The shell surely stops at the first command that fails.
    pub errexit: bool,
    /// The shell may have ended with success.
    pub ended: bool,
    /// How deep this text is inside others.
    pub depth: usize,
    pub out: Reading,
}

impl<'t> Walk<'t> {
    pub fn new(text: &'t str, dialect: Dialect, folder: Folder, depth: usize) -> Walk<'t> {
        let out = Reading { folders: vec![folder.clone()], ..Reading::default() };
        let errexit = dialect.errexit;
        Walk {
            text,
            dialect,
            scope: Scope::default(),
            functions: HashSet::new(),
            folder,
            failed: None,
            errexit,
            ended: false,
            depth,
            out,
        }
    }

    pub fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub fn list(&mut self, list: &List, at: At) {
        for (index, entry) in list.entries.iter().enumerate() {
            let last = index + 1 == list.entries.len();
            let background = matches!(entry.end, Some((Terminator::Ampersand, _)));
            let entry_at = Entry { last, only: list.entries.len() == 1, background, alone: true, to_the_end: true };
            if let Some((_, at_sign)) = entry.end.filter(|_| background) {
                self.note(at_sign, Note::Background, at.flow);
                self.apart(|walk| walk.and_or(&entry.and_or, at, entry_at));
                continue;
            }
            let mark = self.scope.mark();
            self.and_or(&entry.and_or, at, entry_at);
            if !last && !self.goes_on(&entry.and_or, at) {
                self.scope.doubt(mark);
                if let Some(failed) = self.failed.take() {
                    self.folder.add(&failed);
                }
            }
        }
    }

    /// Whether what comes after an entry is only reached if all of it succeeded.
    fn goes_on(&self, and_or: &AndOr, at: At) -> bool {
        // what only sets variables does not fail
        let assigns = |command: &Command| match &command.kind {
            CommandKind::Simple(simple) => {
                let name = simple.words.first().map(|word| word.raw(self.text));
                matches!(name, None | Some("export" | "declare" | "typeset" | "readonly" | ":" | "true" | "echo"))
            }
            _ => false,
        };
        and_or.rest.is_empty() && (at.heeds && self.errexit || and_or.first.commands.iter().all(assigns))
    }

    fn and_or(&mut self, and_or: &AndOr, at: At, entry: Entry) {
        let rest = &and_or.rest;
        let last_or = rest.iter().rposition(|(connector, _, _)| *connector == Connector::Or);
        let only_and = last_or.is_none();
        let stops = self.errexit && at.heeds && !entry.background;
        let mark = self.scope.mark();
        let mut pipeline = &and_or.first;
        for index in 0..=rest.len() {
            let next = rest.get(index);
            let tail = next.is_none();
            let after_or = last_or.is_none_or(|or| index > or + 1);
            let to_the_end = last_or.is_none_or(|or| index > or);
            let counts = !entry.background && (entry.last || stops && tail);
            let flow = Flow {
                chain: at.flow.chain && only_and && !entry.background && entry.only,
                fatal: at.flow.fatal && counts && to_the_end,
                sure: at.flow.sure && !self.ended && counts && after_or && (entry.last || rest.is_empty()),
                tested: at.flow.tested || (!entry.background && (!only_and || pipeline.negated)),
                tail,
                background: at.flow.background || entry.background,
                here: at.flow.here && !entry.background,
                ..at.flow
            };
            let status = self.status(pipeline, next, at, Entry { to_the_end, alone: rest.is_empty(), ..entry });
            let runs = at.runs && index == 0;
            let left = at.left.map(|left| left || next.is_some());
            self.pipeline(pipeline, At { flow, heeds: at.heeds && tail && !entry.background, runs, left }, status);
            pipeline = next.map_or(pipeline, |(_, _, pipeline)| pipeline);
        }
        if !only_and {
            self.scope.doubt(mark);
            if let Some(failed) = self.failed.clone() {
                self.folder.add(&failed);
            }
        }
    }

    fn status(&self, pipeline: &Pipeline, next: Option<&(Connector, Span, Pipeline)>, at: At, entry: Entry) -> Status {
        let stops = at.left == Some(false) && self.errexit;
        match next {
            _ if at.left.is_none() => Status::Inside,
            _ if entry.background || pipeline.negated => Status::Decides,
            None if entry.last || stops => Status::Fails,
            None if entry.alone => Status::Nowhere,
            Some((Connector::Or, _, other)) => self.after_or(other),
            Some(_) if entry.last && entry.to_the_end => Status::Fails,
            _ => Status::Decides,
        }
    }

    /// What it is for that another pipeline runs if one fails: `|| true` takes no notice, `|| exit 1` fails.
    fn after_or(&self, other: &Pipeline) -> Status {
        let [Command { kind: CommandKind::Simple(simple), .. }] = other.commands.as_slice() else {
            return Status::Decides;
        };
        let words: Vec<&str> = simple.words.iter().map(|word| word.raw(self.text)).collect();
        match words.as_slice() {
            ["true" | ":"] if !other.negated => Status::Nowhere,
            ["exit", code] if code.parse::<u8>().is_ok_and(|code| code > 0) => Status::Fails,
            _ => Status::Decides,
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, at: At, status: Status) {
        let pipe = self.out.pipes.len();
        let length = pipeline.commands.len();
        let plain = !pipeline.negated && !pipeline.timed;
        self.out.pipes.push(Pipe { span: pipeline.span, length, status, top: at.flow.top && self.depth == 0, plain });
        let alone = length == 1 && plain;
        let left = at.left.filter(|_| status == Status::Fails && length == 1);
        for (position, command) in pipeline.commands.iter().enumerate() {
            let last = position + 1 == length;
            let in_shell = length == 1 || (last && self.dialect.last_in_shell);
            let decides = last && !pipeline.negated;
            let flow = Flow {
                chain: at.flow.chain && alone,
                fatal: at.flow.fatal && decides,
                sure: at.flow.sure && decides,
                piped: at.flow.piped || position > 0,
                here: at.flow.here && in_shell,
                ..at.flow
            };
            let plain =
                matches!(command.kind, CommandKind::Simple(_) | CommandKind::Brace(_) | CommandKind::Subshell(_));
            let inner = At {
                flow,
                heeds: at.heeds && length == 1 && !pipeline.negated,
                runs: at.runs && length == 1 && plain,
                left,
            };
            match in_shell {
                true => self.command(command, inner, (pipe, position)),
                false => self.apart(|walk| walk.command(command, inner, (pipe, position))),
            }
        }
    }

    /// What happens in a process of its own.
    fn apart(&mut self, run: impl FnOnce(&mut Self)) {
        let (folder, failed) = (self.folder.clone(), self.failed.clone());
        let (errexit, ended, lost) = (self.errexit, self.ended, self.scope.lost);
        let mark = self.scope.mark();
        run(self);
        self.scope.go_back(mark);
        (self.folder, self.failed) = (folder, failed);
        (self.errexit, self.ended, self.scope.lost) = (errexit, ended, lost);
    }

    /// What runs or not, or several times.
    fn maybe(&mut self, run: impl FnOnce(&mut Self)) {
        let before = self.folder.clone();
        let errexit = self.errexit;
        let mark = self.scope.mark();
        run(self);
        self.scope.doubt(mark);
        self.folder.add(&before);
        self.errexit &= errexit;
    }

    /// Takes down what the grammar does to the shell.
    fn note(&mut self, span: Span, what: Note, flow: Flow) {
        self.out.notes.push((span, what, flow.here));
    }

    fn command(&mut self, command: &Command, at: At, place: (usize, usize)) {
        for redirect in &command.redirects {
            if self.slice(redirect.span).starts_with('{') {
                self.note(redirect.span, Note::Descriptor, at.flow);
            }
        }
        self.parts(command, at);
        if !matches!(command.kind, CommandKind::Simple(_)) {
            let words: Vec<_> = command.words().into_iter().map(|word| self.value(word)).collect();
            self.out.loose.extend(words);
        }
        match &command.kind {
            CommandKind::Simple(simple) => return self.simple(command, simple, at, place),
            CommandKind::Brace(list) => {
                let flow = Flow { top: false, ..at.flow };
                let errexit = self.errexit;
                self.list(list, At { flow, runs: true, ..at });
                // whoever gets behind the group need not have been in it
                self.errexit &= at.runs || errexit;
            }
            CommandKind::Subshell(list) => {
                let flow = Flow { top: false, here: false, ..at.flow };
                self.apart(|walk| walk.list(list, At { flow, runs: true, ..at }));
            }
            CommandKind::If(lists) => self.branches(lists, at),
            CommandKind::Loop(both) => {
                self.forget_assigned(&both.0);
                self.forget_assigned(&both.1);
                self.maybe(|walk| {
                    walk.condition(&both.0, at);
                    walk.list(&both.1, at.inside());
                });
            }
            CommandKind::For { name, body, .. } => {
                self.note(*name, Note::Loop, at.flow);
                self.set(Some(*name), *name, None, Setter::Other);
                self.forget_assigned(body);
                self.maybe(|walk| walk.list(body, at.inside()));
            }
            CommandKind::ArithmeticFor { body, expression, .. } => {
                self.note(*expression, Note::Loop, at.flow);
                self.forget_assigned(body);
                self.maybe(|walk| walk.list(body, at.inside()));
            }
            CommandKind::Case { arms, .. } => {
                arms.iter().for_each(|(_, body)| self.maybe(|walk| walk.list(body, at.inside())));
            }
            CommandKind::Function { name, body } => {
                self.note(*name, Note::Function, at.flow);
                self.functions.insert(self.slice(*name));
                self.out.functions.push(*name);
                self.maybe(|walk| walk.body(body, at));
            }
            CommandKind::Coproc(body) => {
                self.note(command.span, Note::Coprocess, at.flow);
                self.apart(|walk| walk.body(body, at));
            }
            CommandKind::Arithmetic(span, _) => self.note(*span, Note::Expression, at.flow),
            CommandKind::Conditional(_) if self.slice(command.span).contains("=~") => {
                self.note(command.span, Note::Match, at.flow);
            }
            CommandKind::Conditional(_) => {}
        }
        self.compound_redirects(command);
    }

    fn body(&mut self, body: &Command, at: At) {
        let at = At { flow: Flow { deferred: true, ..at.flow }, ..at }.inside();
        let pipe = self.out.pipes.len();
        self.out.pipes.push(Pipe { span: body.span, length: 1, status: Status::Inside, top: false, plain: true });
        self.command(body, at, (pipe, 0));
    }

    fn condition(&mut self, list: &List, at: At) {
        let inside = at.inside();
        self.list(list, At { flow: Flow { tested: true, ..inside.flow }, ..inside });
    }

    fn branches(&mut self, lists: &[List], at: At) {
        for (place, list) in lists.iter().enumerate() {
            let condition = place % 2 == 0 && place + 1 < lists.len();
            self.maybe(|walk| if condition { walk.condition(list, at) } else { walk.list(list, at.inside()) });
        }
    }

    /// A body that runs again sees at its start what it set at its end, and where it went.
    fn forget_assigned(&mut self, body: &List) {
        let mut moves = false;
        let mut names = Vec::new();
        body.for_each_command(&mut |command| {
            if let CommandKind::Simple(simple) = &command.kind {
                names.extend(simple.assignments.iter().map(|one| one.name));
                let name = simple.words.first().map(|word| word.raw(self.text));
                moves |= matches!(name, Some("cd" | "pushd" | "popd" | "chdir" | "eval" | "." | "source"));
            }
        });
        names.into_iter().for_each(|name| self.scope.set(self.slice(name), None));
        if moves {
            self.folder = Folder::ANYWHERE;
        }
    }

    /// What stands in the command's own words: substitutions, and expansions that set variables.
    fn parts(&mut self, command: &Command, at: At) {
        command.for_each_own_part(&mut |part| {
            if let Part::Process(span, _) = part {
                self.note(*span, Note::Process, at.flow);
            }
            match part {
                Part::Command(..) | Part::Process(..) => match part.list() {
                    Some(list) => self.apart(|walk| walk.list(list, at.substituted())),
                    None => {
                        self.note(part.span(), Note::NotUnderstood, at.flow);
                        self.unread(part.span(), at.substituted());
                    }
                },
                Part::Parameter { span, name, operation, .. } => self.parameter(*span, *name, *operation, at.flow),
                Part::Arithmetic(span, _) if assigns(self.slice(*span)) => {
                    self.note(*span, Note::Arithmetic, at.flow);
                }
                _ => {}
            }
        });
    }

    fn parameter(&mut self, span: Span, name: Span, operation: Span, flow: Flow) {
        let operation = self.slice(operation);
        if operation.starts_with('=') || operation.starts_with(":=") {
            self.note(span, Note::Default, flow);
            self.set(Some(name), name, None, Setter::Other);
        }
        if matches!(self.slice(name), "_" | "!" | "LINENO" | "SECONDS" | "BASH_COMMAND" | "PIPESTATUS") {
            self.note(span, Note::History, flow);
        }
    }

    /// Backquotes whose commands are only known when they run: a command of which nothing is known.
    fn unread(&mut self, span: Span, at: At) {
        let word = (span, Value::Pieces(Box::new([value::Piece::Unknown]), false));
        let pipe = self.out.pipes.len();
        self.out.pipes.push(Pipe { span, length: 1, status: Status::Inside, top: false, plain: true });
        let node = Node { pipe, folder: self.folder_here(), ..Node::new(span, vec![word], at.flow) };
        self.out.nodes.push(node);
    }

    /// Takes down that a variable is set.
    pub fn set(&mut self, name: Option<Span>, span: Span, value: Option<Value>, by: Setter) {
        if let Some(name) = name {
            let pieces = value.as_ref().map(|value| Argument::new(self.text, value, span).pieces());
            self.scope.set(self.slice(name), pieces.map(Vec::into_boxed_slice));
        }
        self.out.sets.push(Set { name, span, value, by });
    }

    pub fn value(&self, word: &Word) -> (Span, Value) {
        (word.span, value::read(word, self.text, &self.scope))
    }

    /// The redirections of a group or loop, as those of a command without words.
    fn compound_redirects(&mut self, command: &Command) {
        let redirects = self.redirects(command);
        self.out.compound.extend(redirects);
    }

    fn redirects(&self, command: &Command) -> Vec<Redirected> {
        let one = |redirect: &crate::shell::Redirect| Redirected {
            span: redirect.span,
            operator: redirect.operator,
            target: self.value(&redirect.target),
            heredoc: redirect.heredoc.as_ref().map(|body| body.span),
            fixed: redirect.heredoc.as_ref().is_some_and(super::invocation::is_fixed),
        };
        command.redirects.iter().map(one).collect()
    }

    fn simple(&mut self, command: &Command, simple: &Simple, at: At, (pipe, position): (usize, usize)) {
        let words: Vec<(Span, Value)> = simple.words.iter().map(|word| self.value(word)).collect();
        let assignments: Vec<Assigned> = simple.assignments.iter().map(|one| self.assigned(one)).collect();
        let spans = simple.assignments.iter().map(|one| one.span).chain(simple.words.iter().map(|word| word.span));
        let node = Node {
            span: spans.reduce(|all, span| all.to(span)).unwrap_or(command.span),
            redirects: self.redirects(command),
            pipe,
            position,
            folder: self.folder_here(),
            assignments,
            ..Node::new(command.span, words, at.flow)
        };
        let bare = simple.words.is_empty();
        if bare {
            for one in &simple.assignments {
                let value = one.value.as_ref().map(|value| self.value(value).1);
                let plain = one.subscript.is_empty() && !self.slice(one.span)[one.name.len()..].starts_with('+');
                self.set(Some(one.name), one.span, value.filter(|_| plain), Setter::Assignment);
            }
            self.out.nodes.push(node);
            return;
        }
        self.invoke(node, at);
    }

    fn assigned(&self, one: &crate::shell::Assignment) -> Assigned {
        let value = one.value.as_ref().map(|value| self.value(value).1);
        Assigned { span: one.span, name: one.name, value }
    }

    /// The place of the present directory among those that were told.
    pub fn folder_here(&mut self) -> usize {
        if self.out.folders.last() != Some(&self.folder) {
            self.out.folders.push(self.folder.clone());
        }
        self.out.folders.len() - 1
    }

    /// Changes the directory: `None` to one that is not known. If that fails, it stays.
    pub fn change_folder(&mut self, target: Option<Vec<value::Piece>>) {
        match &mut self.failed {
            Some(failed) => failed.add(&self.folder),
            failed => *failed = Some(self.folder.clone()),
        }
        self.folder = target.map_or(Folder::ANYWHERE, |target| self.folder.to(&target));
        if let Some(failed) = &mut self.failed {
            failed.add(&self.folder);
        }
    }

    /// Whether `set -e` said on or off where that surely runs.
    pub fn set_errexit(&mut self, on: bool, at: At) {
        // where it is not sure that this runs, only what it takes away counts
        self.errexit = on && (at.runs || self.errexit);
    }
}

/// Whether an arithmetic expression sets a variable.
fn assigns(text: &str) -> bool {
    let shifts = text.contains("<<=") || text.contains(">>=");
    let compared = text.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", "");
    shifts || compared.contains('=') || text.contains("++") || text.contains("--")
}

/// The place of an entry in its list.
#[derive(Clone, Copy)]
struct Entry {
    last: bool,
    only: bool,
    background: bool,
    /// It is one pipeline.
    alone: bool,
    /// Only `&&` follows the pipeline at hand.
    to_the_end: bool,
}
