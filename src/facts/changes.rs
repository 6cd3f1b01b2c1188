//! What one RUN does to the packages, tools and accounts of its image, and whether surely: a command counts only where the
//! step cannot succeed without it. Knows the command lines of package managers and of the account tools, not what a package
//! holds (that is `knowledge`).

mod account;
mod package;

pub use account::AccountChange;
pub use package::PackageChange;

use crate::facts::effects::{WRAPPERS, base, unwrap};
use crate::facts::{Effects, Family, Interpreter, ShellText, Truth};
use crate::knowledge::commands::{self, Trait};
use crate::shell::{self, AndOr, CommandKind, Connector, List, Pipeline, Script, Shell, Simple, Terminator, Word};

/// What a step does, in order.
#[derive(Debug, Default)]
pub struct Changes {
    /// The changes, each with whether it surely happened once the step succeeded.
    pub all: Vec<(Change, bool)>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// By a package manager.
    Packages(PackageChange),
    /// To a user or a group.
    Account(AccountChange),
    /// A file or folder is removed or moved away; a path, which may hold glob characters.
    Removed(String),
    /// Another file may stand in the place of this one.
    Replaced(String),
    /// A command that may bring files, but makes no accounts.
    Files,
    /// A command of which it is not known what it does.
    Other,
}

impl Changes {
    /// Reads a shell text that `interpreter` runs.
    pub fn of(text: &ShellText, interpreter: Interpreter) -> Changes {
        let posix = matches!(interpreter.family, Family::Posix | Family::Bash | Family::Ksh);
        match &text.shell {
            Shell::Script(script) if posix => of_script(text.text.text(), script, interpreter),
            _ => Changes { all: not_understood(text.text.text()) },
        }
    }

    /// Reads the words of an exec form.
    pub fn of_words(words: &[String]) -> Changes {
        let mut walk = Walk { runs: true, ..Walk::default() };
        let args: Vec<Arg> = words.iter().map(|word| Some(word.clone())).collect();
        walk.program(&args, true);
        Changes { all: walk.out }
    }
}

/// A text that was not understood: it may bring anything, and where it speaks of removal, take anything.
fn not_understood(text: &str) -> Vec<(Change, bool)> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let mut out = vec![(Change::Other, false)];
    if words.iter().any(|word| ["remove", "purge", "autoremove", "del", "erase", "uninstall", "auto"].contains(word)) {
        out.push((Change::Packages(PackageChange::RemoveUnknown), false));
    }
    if words.iter().any(|word| word.contains("useradd") || word.contains("adduser") || word.contains("usermod")) {
        out.push((Change::Account(AccountChange::Unknown), false));
    }
    out
}

fn of_script(text: &str, script: &Script, interpreter: Interpreter) -> Changes {
    let errexit = interpreter.errexit == Truth::Yes;
    let mut walk = Walk { text, errexit, runs: true, ..Walk::default() };
    walk.list(&script.list, true, true);
    let removed = Effects::of(text, script, interpreter.family, None).removed;
    walk.out.extend(removed.into_iter().filter_map(|(_, path)| Some((Change::Removed(path?), false))));
    Changes { all: walk.out }
}

/// A word's value; `None` where it is only known when it runs.
type Arg = Option<String>;

#[derive(Default)]
struct Walk<'t> {
    text: &'t str,
    /// `set -e` is surely in force here.
    errexit: bool,
    /// The command at hand surely runs, in the shell itself.
    runs: bool,
    /// The shell may have ended, or its commands may be others than they seem.
    lost: bool,
    depth: usize,
    out: Vec<(Change, bool)>,
}

impl Walk<'_> {
    /// `sure`: the step fails where this list fails. `heeds`: `set -e` works in it.
    fn list(&mut self, list: &List, sure: bool, heeds: bool) {
        for (index, entry) in list.entries.iter().enumerate() {
            let background = entry.end.is_some_and(|(end, _)| end == Terminator::Ampersand);
            let last = index + 1 == list.entries.len();
            // `set -e` heeds only the last command of a chain: one before it that fails is passed over
            let stops = heeds && self.errexit && entry.and_or.rest.is_empty();
            self.and_or(&entry.and_or, sure && !background && (last || stops), heeds && !background);
        }
    }

    fn and_or(&mut self, and_or: &AndOr, sure: bool, heeds: bool) {
        let after_or = and_or.rest.iter().rposition(|(connector, _, _)| *connector == Connector::Or);
        let count = and_or.rest.len();
        let runs = self.runs;
        self.pipeline(&and_or.first, sure && after_or.is_none(), heeds && count == 0);
        self.runs = false;
        for (index, (_, _, pipeline)) in and_or.rest.iter().enumerate() {
            let needed = after_or.is_none_or(|or| index > or);
            self.pipeline(pipeline, sure && needed, heeds && index + 1 == count);
        }
        self.runs = runs;
    }

    fn pipeline(&mut self, pipeline: &Pipeline, sure: bool, heeds: bool) {
        let count = pipeline.commands.len();
        for (index, command) in pipeline.commands.iter().enumerate() {
            let decides = index + 1 == count && !pipeline.negated;
            let runs = self.runs;
            let plain =
                matches!(command.kind, CommandKind::Simple(_) | CommandKind::Brace(_) | CommandKind::Subshell(_));
            self.runs &= count == 1 && plain;
            self.command(&command.kind, sure && decides, heeds && count == 1 && !pipeline.negated);
            self.runs = runs;
        }
    }

    fn command(&mut self, kind: &CommandKind, sure: bool, heeds: bool) {
        match kind {
            CommandKind::Simple(simple) => self.simple(simple, sure),
            CommandKind::Brace(list) => self.list(list, sure, heeds),
            CommandKind::Subshell(list) => {
                let (errexit, lost) = (self.errexit, self.lost);
                self.list(list, sure, heeds);
                (self.errexit, self.lost) = (errexit, lost);
            }
            CommandKind::Function { body, .. } => {
                // who knows which command it stands for
                self.lost = true;
                self.command(&body.kind, false, false);
            }
            CommandKind::Coproc(body) => self.command(&body.kind, false, false),
            CommandKind::If(lists) => lists.iter().for_each(|list| self.list(list, false, false)),
            CommandKind::Loop(both) => {
                self.list(&both.0, false, false);
                self.list(&both.1, false, false);
            }
            CommandKind::For { body, .. } | CommandKind::ArithmeticFor { body, .. } => self.list(body, false, false),
            CommandKind::Case { arms, .. } => arms.iter().for_each(|(_, body)| self.list(body, false, false)),
            CommandKind::Arithmetic(..) | CommandKind::Conditional(_) => {}
        }
    }

    fn simple(&mut self, simple: &Simple, sure: bool) {
        let mut words = simple.words.as_slice();
        let raw = |word: &Word| word.unquoted(self.text).map(std::borrow::Cow::into_owned);
        while let Some(wrapper) = words.first().and_then(raw).filter(|name| WRAPPERS.contains(&base(name)))
            && wrapper != "exec"
            && let Some(rest) = unwrap(&wrapper, words, self.text)
        {
            words = rest;
        }
        let args: Vec<Arg> = words.iter().map(raw).collect();
        if !args.is_empty() {
            self.program(&args, sure);
        }
    }

    fn program(&mut self, args: &[Arg], sure: bool) {
        let sure = sure && !self.lost;
        let Some(Some(name)) = args.first() else {
            self.out.push((Change::Other, false));
            return;
        };
        let (name, args) = (base(name), &args[1..]);
        match name {
            "set" => self.set(args),
            "exit" | "return" | "exec" | "trap" | "alias" => self.lost = true,
            "." | "source" | "eval" => {
                self.errexit = false;
                self.out.push((Change::Other, false));
            }
            "xargs" | "chroot" => self.through(args),
            "sh" | "bash" | "dash" | "ash" | "zsh" => self.inner_shell(args, sure),
            "rm" | "rmdir" | "unlink" => {}
            "cp" | "mv" | "ln" | "install" | "dpkg-divert" | "update-alternatives" => self.replaced(args),
            _ => self.known_program(name, args, sure),
        }
    }

    fn known_program(&mut self, name: &str, args: &[Arg], sure: bool) {
        if let Some(changes) = package::read(name, args) {
            self.out.extend(changes.into_iter().map(|(change, done)| (Change::Packages(change), sure && done)));
        } else if let Some(change) = account::read(name, args) {
            self.out.push((Change::Account(change), sure));
        } else if !commands::is(name, Trait::Inert) && !["cd", "export", "unset", "shift", "hash"].contains(&name) {
            // a Makefile does anything
            let tame = name != "make"
                && [Trait::LanguagePackages, Trait::Toolchain, Trait::Core]
                    .iter()
                    .any(|what| commands::is(name, *what));
            self.out.push((if tame { Change::Files } else { Change::Other }, false));
        }
    }

    fn set(&mut self, args: &[Arg]) {
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let Some(arg) = arg else {
                self.errexit = false;
                return;
            };
            let on = arg.starts_with('-');
            if !arg.starts_with(['-', '+']) {
                return;
            }
            let named = arg.contains('o') && args.next().is_some_and(|option| option.as_deref() == Some("errexit"));
            if arg.contains('e') || named {
                // where it is not sure that this runs, only what it takes away counts
                self.errexit = on && (self.runs || self.errexit);
            }
        }
    }

    /// A command in the arguments of another, with arguments that are not known.
    fn through(&mut self, args: &[Arg]) {
        let known = |arg: &Arg| arg.as_deref().is_some_and(|name| commands::is(base(name), Trait::Unix));
        if let Some(at) = args.iter().position(known) {
            let inner: Vec<Arg> = args[at..].iter().cloned().chain([None]).collect();
            self.program(&inner, false);
        }
        self.out.push((Change::Other, false));
    }

    fn inner_shell(&mut self, args: &[Arg], sure: bool) {
        let is_text = |arg: &Arg| arg.as_deref().is_some_and(|arg| arg.starts_with('-') && arg.ends_with('c'));
        let text = args.iter().position(is_text).and_then(|at| args.get(at + 1)).and_then(Option::as_deref);
        match text.map(|text| (text, shell::parse(text))) {
            Some((text, Shell::Script(script))) if self.depth < 4 => {
                let mut inner = Walk { text, depth: self.depth + 1, runs: true, ..Walk::default() };
                inner.list(&script.list, sure, true);
                self.out.append(&mut inner.out);
            }
            Some((text, _)) => self.out.extend(not_understood(text)),
            None => self.out.push((Change::Other, false)),
        }
    }

    /// What is put in the place of what was there before; a folder as the last argument gets a file of the first one's name.
    fn replaced(&mut self, args: &[Arg]) {
        let plain = args.iter().flatten().filter(|arg| !arg.starts_with('-'));
        self.out.extend(plain.filter(|arg| arg.contains('/')).map(|arg| (Change::Replaced(arg.clone()), false)));
        self.out.push((Change::Files, false));
    }
}
