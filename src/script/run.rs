//! What a simple command starts: wrappers taken off, the program found, what it runs in turn, what it does to the shell.

use super::directory::Folder;
use super::flow::Flow;
use super::invocation::{Node, Ran, Wrapped, base, skipped};
use super::options::{Item, Line};
use super::value::{Argument, Piece, Value};
use super::walk::{At, Walk};
use super::{Dialect, Nested, Setter};
use crate::knowledge::programs::{self, Program, Runs, Shell as Language};
use crate::shell::{self, Shell};
use crate::text::Span;
use std::borrow::Cow;

/// How deep texts inside texts are followed.
const DEEPEST: usize = 4;

impl<'t> Walk<'t> {
    /// Takes a command with at least one word in.
    pub(super) fn invoke(&mut self, mut node: Node, at: At) {
        self.take_wrappers(&mut node);
        self.find_inner(&mut node, at);
        self.shell_state(&node, at);
        let children = self.children(&node);
        let index = self.out.nodes.len();
        self.out.nodes.push(node);
        for mut child in children {
            child.by = Some(index);
            self.take_wrappers(&mut child);
            self.find_inner(&mut child, at);
            self.out.nodes.push(child);
        }
    }

    fn argument<'n>(&self, node: &'n Node, index: usize) -> Argument<'n>
    where
        't: 'n,
    {
        let (span, value) = &node.words[index];
        Argument::new(self.text, value, *span)
    }

    fn called<'n>(&self, node: &'n Node, index: usize) -> Option<Cow<'n, str>>
    where
        't: 'n,
    {
        node.words.get(index).and_then(|_| self.argument(node, index).unquoted())
    }

    fn program(&self, name: &str) -> Option<&'static Program> {
        if self.functions.contains(name) { None } else { programs::find(base(name)) }
    }

    fn line<'n>(
        &self,
        node: &'n Node,
        program: &'static Program,
        from: usize,
    ) -> Line<'n, impl Iterator<Item = Argument<'n>> + Clone + use<'n, 't>>
    where
        't: 'n,
    {
        let text: &'n str = self.text;
        let words = node.words.get(from..).unwrap_or_default();
        Line::new(Some(program), words.iter().map(move |(span, value)| Argument::new(text, value, *span)))
    }

    fn take_wrappers(&mut self, node: &mut Node) {
        loop {
            let Some(name) = self.called(node, node.name).map(Cow::into_owned) else { return };
            let Some(program) = self.program(&name) else { return };
            let next = match program.runs.contains(&Runs::Module) {
                true => self.module(node, program),
                false => self.wrapped(node, program),
            };
            let Some(end) = next else {
                node.program = Some(program);
                return;
            };
            if program.runs.contains(&Runs::Module) {
                node.module = true;
            } else {
                self.works_elsewhere(node, program, end);
                node.wrappers.push(Wrapped { program, at: node.name, end });
            }
            node.name = end;
        }
    }

    /// The word behind `-m` of an interpreter, if a program of that name is described.
    fn module(&self, node: &Node, program: &'static Program) -> Option<usize> {
        let mut line = self.line(node, program, node.name + 1);
        while let Some(item) = line.next() {
            match item {
                Item::Option(option) if option.is(&["-m"]) => {
                    let name = option.literal()?;
                    let glued = option.argument().is_some_and(|(_, from)| from > 0);
                    return programs::find(&name).filter(|_| !glued).map(|_| node.name + line.taken());
                }
                Item::Option(_) => {}
                Item::Operand(_) => return None,
            }
        }
        None
    }

    /// Where the command starts that a wrapper runs; `None` if it runs none.
    fn wrapped(&self, node: &Node, program: &'static Program) -> Option<usize> {
        let (mut skip, with) = skipped(program)?;
        let mut given = with.is_empty();
        let mut line = self.line(node, program, node.name + 1);
        while let Some(item) = line.next() {
            match item {
                Item::Option(option) if option.is(program.idle) => return None,
                Item::Option(option) => given |= option.is(with),
                Item::Operand(word) => {
                    let raw = word.raw();
                    let assigns = program.assignments && raw.contains('=') && !raw.starts_with('=');
                    match () {
                        () if assigns => {}
                        () if skip > 0 => skip -= 1,
                        () => return given.then(|| node.name + line.taken()),
                    }
                }
            }
        }
        None
    }

    /// A wrapper's option names the directory.
    fn works_elsewhere(&mut self, node: &mut Node, program: &'static Program, end: usize) {
        let line = self.line(node, program, node.name + 1).filter_map(|item| match item {
            Item::Option(option) if option.is(program.directory) => Some(option),
            _ => None,
        });
        let named: Vec<Vec<Piece>> = line
            .take_while(|option| option.span.end <= node.words[end].0.start)
            .map(|option| match option.argument() {
                Some((word, 0)) => word.pieces(),
                _ => option.literal().map_or(vec![Piece::Unknown], |path| vec![Piece::Text(path.as_ref().into())]),
            })
            .collect();
        for target in named {
            let folder = self.out.folders.get(node.folder).cloned().unwrap_or(Folder::ANYWHERE);
            self.out.folders.push(folder.to(&target));
            node.folder = self.out.folders.len() - 1;
        }
    }

    fn find_inner(&mut self, node: &mut Node, at: At) {
        let Some(program) = node.program else { return };
        for runs in program.runs {
            let ran = match runs {
                Runs::Text(options) => self.text_of(node, program, options, at),
                Runs::Joined => self.joined(node, at),
                Runs::First => self.first(node, program, at),
                Runs::File => self.file(node, program).map(|ran| self.fed(node, ran, at)),
                _ => None,
            };
            if let Some(ran) = ran {
                node.inner = ran;
                return;
            }
        }
    }

    /// `sh -c TEXT`
    fn text_of(&mut self, node: &Node, program: &'static Program, options: &[&str], at: At) -> Option<Ran> {
        let mut wanted = false;
        let mut errexit = false;
        let mut text = None;
        for item in self.line(node, program, node.name + 1) {
            match item {
                Item::Option(option) if option.is(options) && option.has_value() => {
                    text = Some(option.argument().and_then(|_| option.literal()).map(Cow::into_owned));
                    break;
                }
                // `sh -c` takes no value: the text is its first word
                Item::Option(option) if option.is(options) => wanted = true,
                Item::Option(option) => {
                    errexit |=
                        option.is(&["-e"]) || (option.is(&["-o"]) && option.literal().as_deref() == Some("errexit"));
                }
                Item::Operand(word) if wanted => {
                    text = Some(word.literal().map(Cow::into_owned));
                    break;
                }
                Item::Operand(_) => {}
            }
        }
        let language = program.shell;
        let dialect = Dialect { last_in_shell: language == Some(Language::Ksh), errexit };
        match text {
            Some(Some(text)) if language != Some(Language::Other) => Some(self.nested(text, dialect, node, at.flow)),
            Some(_) => Some(Ran::Unknown),
            None => None,
        }
    }

    /// `eval WORDS`
    fn joined(&mut self, node: &Node, at: At) -> Option<Ran> {
        let words = (node.name + 1..node.words.len()).map(|index| self.argument(node, index).literal());
        let words: Option<Vec<Cow<str>>> = words.collect();
        let Some(text) = words.map(|words| words.join(" ")) else { return Some(Ran::Unknown) };
        let dialect = Dialect { errexit: self.errexit, ..self.dialect };
        Some(self.nested(text, dialect, node, at.flow))
    }

    /// `trap TEXT SIGNAL`
    fn first(&mut self, node: &Node, program: &'static Program, at: At) -> Option<Ran> {
        let mut words = self.line(node, program, node.name + 1).filter_map(|item| match item {
            Item::Operand(word) => Some(word.literal().map(Cow::into_owned)),
            Item::Option(_) => None,
        });
        let (first, more) = (words.next()?, words.next().is_some());
        drop(words);
        match first {
            Some(text) if more && text != "-" => {
                let flow = Flow { deferred: true, ..at.flow.inside() };
                Some(self.nested(text, self.dialect, node, flow))
            }
            Some(_) => None,
            None => Some(Ran::Unknown),
        }
    }

    /// A script: the first word that is no option, else what comes from the input.
    fn file(&self, node: &Node, program: &'static Program) -> Option<Ran> {
        let mut line = self.line(node, program, node.name + 1);
        let mut from_input = false;
        while let Some(item) = line.next() {
            match item {
                Item::Option(option) => from_input |= option.is(&["-s", "-"]),
                Item::Operand(word) if !from_input && word.literal().is_none_or(|word| word != "-") => {
                    return Some(Ran::File(node.name + line.taken()));
                }
                Item::Operand(_) => break,
            }
        }
        program.shell.map(|_| Ran::Input)
    }

    /// A shell that reads a heredoc of fixed text runs that.
    fn fed(&self, node: &Node, ran: Ran, at: At) -> Ran {
        let heredoc = node.redirects.iter().rev().find(|one| self.slice(one.operator).starts_with('<'));
        let text = heredoc.filter(|one| one.fixed).and_then(|one| one.heredoc);
        match (&ran, text) {
            (Ran::Input, Some(text)) => self.nested(self.slice(text).to_owned(), Dialect::default(), node, at.flow),
            _ => ran,
        }
    }

    fn nested(&self, text: String, dialect: Dialect, node: &Node, flow: Flow) -> Ran {
        if self.depth >= DEEPEST {
            return Ran::Unknown;
        }
        let shell = shell::parse(&text);
        let reading = match &shell {
            Shell::Script(script) => {
                let folder = self.out.folders.get(node.folder).cloned().unwrap_or(Folder::ANYWHERE);
                let mut walk = Walk::new(&text, dialect, folder, self.depth + 1);
                // what this text has set may be seen in there, or not
                walk.scope.lost = self.scope.lost || self.scope.names().next().is_some();
                walk.list(&script.list, At::of(Flow { top: false, chain: false, ..flow }));
                walk.out
            }
            Shell::Opaque(_) => super::Reading::default(),
        };
        Ran::Text(Box::new(Nested { text: text.into(), shell, reading }))
    }

    /// The commands in the words of another: `xargs rm`, `find -exec rm {} +`.
    fn children(&self, node: &Node) -> Vec<Node> {
        let Some(program) = node.program else { return Vec::new() };
        let mut out = Vec::new();
        for runs in program.runs {
            match runs {
                Runs::More { skip } => out.extend(self.more(node, program, *skip)),
                Runs::After(options) => out.extend(self.after(node, options)),
                _ => {}
            }
        }
        out
    }

    fn more(&self, node: &Node, program: &'static Program, mut skip: usize) -> Option<Node> {
        let mut line = self.line(node, program, node.name + 1);
        while let Some(item) = line.next() {
            match item {
                Item::Operand(_) if skip > 0 => skip -= 1,
                Item::Operand(_) => {
                    let from = node.name + line.taken();
                    return Some(child(node, from..node.words.len()));
                }
                Item::Option(option) if option.is(program.idle) => return None,
                Item::Option(_) => {}
            }
        }
        None
    }

    fn after(&self, node: &Node, options: &[&str]) -> Vec<Node> {
        let words: Vec<Option<Cow<str>>> =
            (0..node.words.len()).map(|index| self.argument(node, index).unquoted()).collect();
        let is = |index: usize, wanted: &[&str]| words[index].as_deref().is_some_and(|word| wanted.contains(&word));
        let mut out = Vec::new();
        let mut index = node.name + 1;
        while index < words.len() {
            if is(index, options) {
                let end = (index + 1..words.len()).find(|at| is(*at, &[";", "+"])).unwrap_or(words.len());
                if end > index + 1 {
                    out.push(child(node, index + 1..end));
                }
                index = end;
            }
            index += 1;
        }
        out
    }

    /// What a builtin does to the shell.
    fn shell_state(&mut self, node: &Node, at: At) {
        let outer = node.wrappers.iter().all(|one| matches!(one.program.name, "command" | "builtin" | "exec" | "time"));
        let Some(name) = self.called(node, node.name).filter(|_| outer) else { return };
        match &*name {
            "cd" | "chdir" | "pushd" | "popd" => self.moves(&name, node),
            "set" => self.options_of_shell(node, at),
            "exit" | "return" | "logout" => self.ended |= self.may_succeed(node),
            "alias" => self.ended = true,
            "trap" => self.ended |= trap_may_end(node),
            "." | "source" | "eval" => {
                self.errexit = false;
                self.scope.lost = true;
                if name == "eval" && eval_moves(node) {
                    self.change_folder(None);
                }
            }
            "export" | "readonly" | "declare" | "typeset" | "local" => self.declares(node),
            "read" | "unset" | "getopts" | "mapfile" | "readarray" | "let" | "printf" => self.sets_names(&name, node),
            _ => {}
        }
        if node.wrappers.iter().any(|one| one.program.name == "exec") {
            self.ended = true;
        }
    }

    fn moves(&mut self, name: &str, node: &Node) {
        let Some(program) = node.program.filter(|_| name != "popd") else { return self.change_folder(None) };
        let mut words = self.line(node, program, node.name + 1).filter_map(|item| match item {
            Item::Operand(word) => Some(word),
            Item::Option(_) => None,
        });
        let target = words.next().filter(|_| words.next().is_none());
        let target = target.filter(|word| !word.is_pattern() && !word.raw().starts_with(['-', '+']));
        self.change_folder(target.map(Argument::pieces));
    }

    /// `exit 1` does not end the text with success, `exit` and `exit 0` may.
    fn may_succeed(&self, node: &Node) -> bool {
        let code = (node.name + 1 < node.words.len()).then(|| self.argument(node, node.name + 1).literal());
        code.flatten().and_then(|code| code.parse::<u8>().ok()).is_none_or(|code| code == 0)
    }

    /// `set -e`, `set -o errexit`, `set +e`
    fn options_of_shell(&mut self, node: &Node, at: At) {
        let mut index = node.name + 1;
        while index < node.words.len() {
            let Some(word) = self.argument(node, index).unquoted().map(Cow::into_owned) else {
                self.errexit = false;
                return;
            };
            index += 1;
            let on = word.starts_with('-');
            if !word.starts_with(['-', '+']) || word == "--" {
                return;
            }
            let mut named = false;
            if word.contains('o') {
                named = self.called(node, index).is_some_and(|option| option == "errexit");
                index += 1;
            }
            if word.contains('e') || named {
                self.set_errexit(on, at);
            }
        }
    }

    /// `export NAME=value`
    fn declares(&mut self, node: &Node) {
        for index in node.name + 1..node.words.len() {
            let word = self.argument(node, index);
            let raw = word.raw();
            if raw.starts_with('-') {
                continue;
            }
            let length = raw.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(raw.len());
            let start = word.span().start as usize;
            let name = (length > 0).then(|| Span::new(start, start + length));
            match &raw[length..] {
                "" if name.is_some() => {}
                rest if rest.starts_with('=') => {
                    let value = word.unquoted().map(|value| Piece::Text(value[length + 1..].into()));
                    let value = value.map(|piece| Value::Pieces(Box::new([piece]), false));
                    self.set(name, word.span(), value, Setter::Declaration);
                }
                _ => {
                    self.scope.lost = true;
                    self.set(None, word.span(), None, Setter::Declaration);
                }
            }
        }
    }

    fn sets_names(&mut self, builtin: &str, node: &Node) {
        let skip = usize::from(builtin == "getopts");
        let into = builtin == "printf";
        if into && self.called(node, node.name + 1).is_none_or(|option| option != "-v") {
            return;
        }
        for index in (node.name + 1 + skip)..node.words.len() {
            let word = self.argument(node, index);
            let raw = word.raw();
            let length = raw.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(raw.len());
            if length > 0 && !raw.starts_with('-') {
                let start = word.span().start as usize;
                self.set(Some(Span::new(start, start + length)), word.span(), None, Setter::Other);
            } else if !raw.starts_with('-') {
                self.scope.lost = true;
            }
            if into && index > node.name + 1 {
                return;
            }
        }
    }
}

/// A command in some words of another.
fn child(node: &Node, words: std::ops::Range<usize>) -> Node {
    let words: Vec<(Span, Value)> = node.words[words].iter().map(|(span, value)| (*span, value.clone())).collect();
    let span = words.iter().map(|(span, _)| *span).reduce(Span::to).unwrap_or(node.span);
    let flow = Flow { chain: false, sure: false, here: false, ..node.flow };
    Node { pipe: node.pipe, position: node.position, folder: node.folder, open: true, ..Node::new(span, words, flow) }
}

/// Whether what a trap runs may end the shell with success.
fn trap_may_end(node: &Node) -> bool {
    match &node.inner {
        Ran::Nothing => false,
        Ran::Text(nested) => nested.text.contains("exit") || nested.text.contains("exec"),
        _ => true,
    }
}

fn eval_moves(node: &Node) -> bool {
    match &node.inner {
        Ran::Text(nested) => ["cd", "pushd", "popd"].iter().any(|word| nested.text.contains(word)),
        _ => true,
    }
}
