//! What a shell text does to what comes after it: to the shell that runs it, to the processes around it, to the place where
//! commands are found, to the working folder. Read from its syntax and from what is known of commands; on doubt, more.

use crate::facts::state::clean;
use crate::facts::{Family, ShellText};
use crate::knowledge::commands::{self, Trait};
use crate::shell::{Command, CommandKind, Connector, List, Part, Pipeline, Script, Shell, Simple, Terminator, Word};
use crate::text::Span;
use std::collections::BTreeSet;

/// A place in the text and what is there, for people.
pub type Found = (Span, String);

/// The effects of one shell text.
#[derive(Debug, Default)]
pub struct Effects {
    /// Something of the shell itself changes (folder, variables, options, functions, ...) and would be seen by commands behind.
    pub state: Option<Found>,
    /// `exit`, `exec` or `return`: what comes behind would not run.
    pub leaves: Option<Found>,
    /// A process may stay behind.
    pub background: Option<Found>,
    /// `set -e` or a trap on errors is put in force: where in the text decides what happens on failure.
    pub errexit: Option<Found>,
    /// `.` or `eval`: commands that are not in the text run in the shell itself.
    pub sources: Option<Found>,
    /// Hard links are made, which a later layer would break and a later command of the same one would not.
    pub hard_links: Option<Found>,
    /// Something is touched that each RUN gets anew (/etc/hosts, /dev/shm, ...).
    pub fresh: Option<Found>,
    /// A variable of the shell is read whose value depends on what ran before in it.
    pub history: Option<Found>,
    /// The start-up files of a shell are named.
    pub startup: Option<Found>,
    /// The shell itself may be replaced.
    pub shell: Option<Found>,
    /// Accounts that are changed: the name where it is known, and by what command.
    pub accounts: Vec<(Option<String>, String)>,
    /// Files below the distribution's folders that are changed where they stand.
    pub in_place: Option<Found>,
    /// Packages of the distribution are installed, which may hold hard links.
    pub packages: bool,
    /// What `rm`, `rmdir` and `mv` take away, as absolute paths (glob characters kept); `None` where it is not known.
    pub removed: Vec<(Span, Option<String>)>,
    /// The commands, in order.
    pub ran: Vec<Ran>,
}

/// A command that runs.
#[derive(Debug)]
pub struct Ran {
    /// Its name, where that is known and has no folder.
    pub name: Option<String>,
    /// Whether the shell itself looks it up, and so remembers its place.
    pub remembered: bool,
    /// What it may do to the places of commands.
    pub moves: Moves,
}

/// What a command may do to the places in which commands are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moves {
    /// Nothing.
    Nothing,
    /// It may put, move or remove executables of these names.
    Names(BTreeSet<String>),
    /// Anything but the basic tools and those of the language toolchains.
    Some,
    /// Anything but the basic tools.
    Any,
}

/// Stands for a working folder that is not known.
const SOMEWHERE: &str = "/\u{1}";

/// Special builtins of POSIX, before which an assignment stays.
const SPECIAL: &[&str] = &[
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
    "trap", "unset",
];
/// Builtins that change the shell.
const STATEFUL: &[&str] = &[
    "alias",
    "bind",
    "builtin",
    "cd",
    "chdir",
    "complete",
    "declare",
    "dirs",
    "enable",
    "export",
    "getopts",
    "hash",
    "let",
    "local",
    "mapfile",
    "popd",
    "pushd",
    "read",
    "readarray",
    "readonly",
    "set",
    "setopt",
    "shift",
    "shopt",
    "trap",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "unsetopt",
    "vared",
    "zmodload",
];
/// Shells, by the name of their file.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "busybox", "ksh", "zsh"];
/// Commands that run the command in their arguments.
pub(super) const WRAPPERS: &[&str] =
    &["builtin", "command", "env", "nice", "sudo", "time", "timeout", "ionice", "stdbuf", "exec", "gosu", "eatmydata"];

impl Effects {
    /// Reads the effects of a text that `family` runs in `workdir`.
    pub fn of(text: &str, script: &Script, family: Family, workdir: Option<&str>) -> Effects {
        let cwd = workdir.unwrap_or(SOMEWHERE).to_owned();
        let mut walk = Walk { text, family, cwd: Some(cwd), loose: false, out: Effects::default() };
        walk.list(&script.list, true);
        walk.text_marks();
        walk.out
    }

    /// Whether it takes away `workdir` or a folder above it, after which later commands would have none.
    pub fn removes(&self, workdir: Option<&str>) -> Option<Span> {
        let hit = |path: &Option<String>| match (path, workdir) {
            (_, Some("/")) => false,
            (None, _) => true,
            (Some(path), Some(workdir)) => may_be_above(path, workdir),
            (Some(path), None) if path.starts_with(SOMEWHERE) => path.len() == SOMEWHERE.len(),
            (Some(path), None) => !SYSTEM.iter().any(|folder| path.starts_with(folder)),
        };
        self.removed.iter().find(|(_, path)| hit(path)).map(|(span, _)| *span)
    }
}

/// Folders that no image has as its working folder, nor a folder below.
const SYSTEM: &[&str] = &[
    "/tmp/",
    "/var/lib/",
    "/var/cache/",
    "/var/log/",
    "/var/tmp/",
    "/usr/share/",
    "/usr/lib/",
    "/usr/include/",
    "/usr/bin/",
    "/usr/sbin/",
    "/usr/local/bin/",
    "/usr/local/lib/",
    "/usr/local/share/",
    "/bin/",
    "/sbin/",
    "/lib/",
    "/etc/",
    "/root/.",
    "/dev/",
];

/// Whether a path is in the folders that the distribution's packages fill, of which some hold hard links.
fn is_distribution(path: &str) -> bool {
    ["/bin/", "/sbin/", "/lib/", "/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/share/"]
        .iter()
        .any(|folder| path.starts_with(folder))
}

/// Whether a path with glob characters may name `folder` or one above it.
fn may_be_above(path: &str, folder: &str) -> bool {
    let mut parts = folder.split('/').skip(1);
    path.split('/').skip(1).all(|pattern| match parts.next() {
        Some(part) => pattern == part || pattern.contains(['*', '?', '[', '{']),
        None => false,
    })
}

/// Whether some command of a text exists on Unix systems only.
pub fn speaks_unix(text: &ShellText) -> bool {
    let Shell::Script(script) = &text.shell else { return false };
    let effects = Effects::of(text.text.text(), script, Family::Posix, None);
    effects.ran.iter().any(|ran| ran.name.as_deref().is_some_and(|name| commands::is(name, Trait::Unix)))
}

/// Whether the list is one chain of `&&`, be it with a `;` behind.
pub fn is_chain(list: &List) -> bool {
    let [entry] = list.entries.as_slice() else { return false };
    entry.end.is_none_or(|(end, _)| end == Terminator::Semicolon)
        && entry.and_or.rest.iter().all(|(connector, _, _)| *connector == Connector::And)
}

/// Whether `set -e` makes no difference to it: a chain of simple commands, command substitutions too.
pub fn is_plain_chain(list: &List) -> bool {
    is_chain(list) && pipelines(list).all(|pipeline| pipeline.commands.iter().all(is_plain))
}

fn pipelines(list: &List) -> impl Iterator<Item = &Pipeline> {
    list.entries
        .iter()
        .flat_map(|entry| std::iter::once(&entry.and_or.first).chain(entry.and_or.rest.iter().map(|r| &r.2)))
}

fn is_plain(command: &Command) -> bool {
    let CommandKind::Simple(simple) = &command.kind else { return false };
    words_of(simple).chain(command.redirects.iter().map(|r| &r.target)).all(|word| word.parts.iter().all(part_is_plain))
}

fn part_is_plain(part: &Part) -> bool {
    match part {
        Part::Command(_, list) => list.as_ref().is_some_and(is_plain_chain),
        Part::Process(..) => false,
        Part::Array(_, words) => words.iter().all(|word| word.parts.iter().all(part_is_plain)),
        Part::DoubleQuoted(_, parts) | Part::Parameter { parts, .. } | Part::Arithmetic(_, parts) => {
            parts.iter().all(part_is_plain)
        }
        _ => true,
    }
}

fn words_of(simple: &Simple) -> impl Iterator<Item = &Word> {
    let assigned = simple.assignments.iter().flat_map(|a| a.value.iter().chain(&a.array));
    assigned.chain(&simple.words)
}

struct Walk<'t> {
    text: &'t str,
    family: Family,
    /// The folder at this point; `None` after a `cd` that could not be followed.
    cwd: Option<String>,
    /// Whether a command may be left out, or fail, and those behind it run all the same.
    loose: bool,
    out: Effects,
}

fn note(slot: &mut Option<Found>, span: Span, what: impl Into<String>) {
    if slot.is_none() {
        *slot = Some((span, what.into()));
    }
}

impl Walk<'_> {
    fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// `here`: in the shell itself, not in a subshell.
    fn list(&mut self, list: &List, here: bool) {
        let outer = self.loose;
        self.loose |= !is_chain(list);
        for entry in &list.entries {
            if let Some((Terminator::Ampersand, at)) = entry.end {
                note(&mut self.out.background, at, "`&` starts a process in the background");
            }
            let last_alone = entry.and_or.rest.is_empty();
            self.pipeline(&entry.and_or.first, here, last_alone);
            for (index, (_, _, pipeline)) in entry.and_or.rest.iter().enumerate() {
                self.pipeline(pipeline, here, index + 1 == entry.and_or.rest.len());
            }
        }
        self.loose = outer;
    }

    fn subshell(&mut self, list: &List) {
        let cwd = self.cwd.clone();
        self.list(list, false);
        self.cwd = cwd;
    }

    fn pipeline(&mut self, pipeline: &Pipeline, here: bool, last: bool) {
        let count = pipeline.commands.len();
        for (index, command) in pipeline.commands.iter().enumerate() {
            let alone = count == 1 || (index + 1 == count && self.family == Family::Ksh);
            let cwd = self.cwd.clone();
            self.command(command, here && alone, last);
            if !alone {
                self.cwd = cwd;
            }
        }
    }

    fn command(&mut self, command: &Command, here: bool, last: bool) {
        self.redirects(command, here);
        let outer = self.loose;
        self.loose |=
            !matches!(command.kind, CommandKind::Simple(_) | CommandKind::Subshell(_) | CommandKind::Brace(_));
        self.kind(command, here, last);
        self.loose = outer;
    }

    fn kind(&mut self, command: &Command, here: bool, last: bool) {
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(command.span, simple, here, last),
            CommandKind::Subshell(list) => self.subshell(list),
            CommandKind::Brace(list) => self.list(list, here),
            CommandKind::If(lists) => lists.iter().for_each(|list| self.list(list, here)),
            CommandKind::Loop(parts) => {
                self.list(&parts.0, here);
                self.list(&parts.1, here);
            }
            CommandKind::For { name, words, body } => {
                self.stateful(*name, here, "the loop's variable stays set");
                words.iter().flatten().for_each(|word| self.word(word, here));
                self.list(body, here);
            }
            CommandKind::ArithmeticFor { expression, parts, body } => {
                parts.iter().for_each(|part| self.part(part, here));
                self.stateful(*expression, here, "the loop's variable stays set");
                self.list(body, here);
            }
            CommandKind::Case { word, arms } => {
                self.word(word, here);
                for (patterns, body) in arms {
                    patterns.iter().for_each(|word| self.word(word, here));
                    self.list(body, here);
                }
            }
            CommandKind::Function { name, body } => {
                let what = format!("the function `{}` stays defined", self.slice(*name));
                self.stateful(*name, here, what);
                self.command(body, here, false);
            }
            CommandKind::Arithmetic(span, parts) => {
                self.stateful(*span, here, "`((…))` may set a variable");
                parts.iter().for_each(|part| self.part(part, here));
            }
            CommandKind::Conditional(words) => {
                if self.slice(command.span).contains("=~") {
                    self.stateful(command.span, here, "`=~` sets BASH_REMATCH");
                }
                words.iter().for_each(|word| self.word(word, here));
            }
            CommandKind::Coproc(body) => {
                note(&mut self.out.background, command.span, "`coproc` starts a process in the background");
                self.command(body, false, last);
            }
        }
    }

    fn redirects(&mut self, command: &Command, here: bool) {
        for redirect in &command.redirects {
            if self.slice(redirect.span).starts_with('{') {
                self.stateful(redirect.span, here, "the descriptor's variable stays set");
            }
            self.redirect_target(redirect);
            self.word(&redirect.target, here);
            if let Some(body) = &redirect.heredoc {
                body.parts.iter().for_each(|part| self.part(part, here));
            }
        }
    }

    fn redirect_target(&mut self, redirect: &crate::shell::Redirect) {
        if !self.slice(redirect.operator).contains('>') {
            return;
        }
        let Some(target) = redirect.target.unquoted(self.text).map(std::borrow::Cow::into_owned) else { return };
        let device = target.strip_prefix("/dev/");
        if device.is_some_and(|name| {
            !["null", "stdout", "stderr", "tty", "zero", "full"].contains(&name) && !name.starts_with("fd/")
        }) {
            note(&mut self.out.fresh, redirect.span, "each RUN gets `/dev` anew");
        }
        if SHELLS.contains(&base(&target)) {
            note(&mut self.out.shell, redirect.span, format!("`{target}` is written"));
        }
        if self.slice(redirect.operator).contains(">>") && is_distribution(&target) {
            note(&mut self.out.in_place, redirect.span, format!("`{target}` is changed where it stands"));
        }
    }

    fn stateful(&mut self, span: Span, here: bool, what: impl Into<String>) {
        if here {
            note(&mut self.out.state, span, what);
        }
    }

    fn word(&mut self, word: &Word, here: bool) {
        word.parts.iter().for_each(|part| self.part(part, here));
    }

    fn part(&mut self, part: &Part, here: bool) {
        match part {
            Part::DoubleQuoted(_, parts) => parts.iter().for_each(|part| self.part(part, here)),
            Part::Array(_, words) => words.iter().for_each(|word| self.word(word, here)),
            Part::Parameter { span, name, operation, parts } => {
                let operation = self.slice(*operation);
                if operation.starts_with('=') || operation.starts_with(":=") {
                    self.stateful(*span, here, "`${…:=…}` sets the variable");
                }
                if matches!(self.slice(*name), "_" | "!" | "LINENO" | "SECONDS" | "BASH_COMMAND" | "PIPESTATUS") {
                    let what = format!("`{}` depends on what ran before", self.slice(*span));
                    note(&mut self.out.history, *span, what);
                }
                parts.iter().for_each(|part| self.part(part, here));
            }
            Part::Command(_, Some(list)) => self.subshell(list),
            Part::Command(span, None) => {
                note(&mut self.out.background, *span, "the commands in these backquotes were not understood");
            }
            Part::Arithmetic(span, parts) => {
                let text = self.slice(*span);
                let shifts = text.contains("<<=") || text.contains(">>=");
                let compared = text.replace("==", "").replace("!=", "").replace("<=", "").replace(">=", "");
                if shifts || compared.contains('=') || text.contains("++") || text.contains("--") {
                    self.stateful(*span, here, "the arithmetic sets a variable");
                }
                parts.iter().for_each(|part| self.part(part, here));
            }
            Part::Process(span, list) => {
                note(&mut self.out.background, *span, "the process in `<(…)` or `>(…)` may outlive the command");
                self.subshell(list);
            }
            _ => {}
        }
    }

    fn simple(&mut self, span: Span, simple: &Simple, here: bool, last: bool) {
        words_of(simple).for_each(|word| self.word(word, here));
        simple.assignments.iter().flat_map(|one| &one.subscript).for_each(|part| self.part(part, here));
        let mut words = simple.words.as_slice();
        let Some(first) = words.first() else {
            if let Some(assignment) = simple.assignments.first() {
                let what = format!("the variable `{}` stays set", self.slice(assignment.name));
                self.stateful(assignment.span, here, what);
            }
            return;
        };
        let mut name = first.unquoted(self.text).map(std::borrow::Cow::into_owned);
        let looked_up = name.clone();
        if let (Some(assignment), Some(name)) = (simple.assignments.first(), &name)
            && SPECIAL.contains(&name.as_str())
        {
            self.stateful(assignment.span, here, format!("an assignment before the builtin `{name}` stays"));
        }
        match name.as_deref() {
            None => self.stateful(first.span, here, "the command is only known when it runs"),
            Some(builtin) => self.builtin(builtin, span, words, here, last),
        }
        while let Some(wrapper) = name.clone().filter(|name| WRAPPERS.contains(&base(name)))
            && let Some(rest) = unwrap(&wrapper, words, self.text)
        {
            let options = &words[1..words.len() - rest.len()];
            if options
                .iter()
                .any(|word| ["-C", "-D", "--chdir"].iter().any(|option| self.slice(word.span).starts_with(option)))
            {
                self.cwd = None;
            }
            words = rest;
            name = words.first().and_then(|word| word.unquoted(self.text)).map(std::borrow::Cow::into_owned);
            if matches!(wrapper.as_str(), "command" | "builtin" | "exec" | "time") {
                match &name {
                    Some(builtin) => self.builtin(&builtin.clone(), span, words, here, last),
                    None => self.stateful(span, here, "the command is only known when it runs"),
                }
            }
        }
        self.program(span, name.as_deref(), words);
        let moves = self.moves(name.as_deref(), words);
        let plain = |name: &String| !name.contains('/');
        if looked_up != name && looked_up.is_some() {
            self.out.ran.push(Ran { name: looked_up.filter(plain), remembered: here, moves: Moves::Nothing });
            self.out.ran.push(Ran { name: name.filter(plain), remembered: false, moves });
        } else {
            self.out.ran.push(Ran { name: name.filter(plain), remembered: here, moves });
        }
    }

    /// What a builtin does to the shell.
    fn builtin(&mut self, name: &str, span: Span, words: &[Word], here: bool, last: bool) {
        if here && matches!(name, "exit" | "exec" | "return" | "logout") {
            note(&mut self.out.leaves, span, format!("`{name}` ends the shell"));
        }
        if here && matches!(name, "." | "source" | "eval") {
            self.stateful(span, here, format!("`{name}` runs commands in the shell itself"));
            if last {
                note(
                    &mut self.out.sources,
                    span,
                    format!("what `{name}` runs is not known, and it is the last command"),
                );
            }
        }
        if STATEFUL.contains(&name) {
            self.stateful(span, here, format!("`{name}` changes the shell"));
        }
        if matches!(name, "cd" | "chdir" | "pushd" | "popd") {
            self.cwd = if self.loose { None } else { self.changed_folder(name, words) };
        }
        if name == "printf" && words.get(1).is_some_and(|word| self.slice(word.span).starts_with("-v")) {
            self.stateful(span, here, "`printf -v` sets a variable");
        }
        if matches!(name, "set" | "trap" | "setopt" | "shopt") {
            let errors = words.iter().skip(1).any(|word| match (name, word.unquoted(self.text)) {
                (_, None) => true,
                ("trap", Some(word)) => word.eq_ignore_ascii_case("err") || word.eq_ignore_ascii_case("zerr"),
                (_, Some(word)) => {
                    word == "errexit" || (word.starts_with('-') && !word.starts_with("--") && word.contains('e'))
                }
            });
            if errors {
                note(&mut self.out.errexit, span, "`set -e` would not work on the left of `&&`");
            }
        }
    }

    fn changed_folder(&self, name: &str, words: &[Word]) -> Option<String> {
        let [_, target] = words else { return None };
        if name == "popd" {
            return None;
        }
        let target = target.unquoted(self.text)?;
        if target.starts_with(['~', '-']) || target.contains(['*', '?', '[', '{']) {
            return None;
        }
        self.absolute(&target)
    }

    /// The absolute path of what is written; `None` where the folder is not known, or a `..` leaves a folder that isn't.
    fn absolute(&self, path: &str) -> Option<String> {
        if path.starts_with('/') {
            return Some(clean(path));
        }
        let cwd = self.cwd.as_deref()?;
        let full = clean(&format!("{cwd}/{path}"));
        (!cwd.starts_with(SOMEWHERE) || full.starts_with(SOMEWHERE)).then_some(full)
    }

    /// What is known of the program that a command runs.
    fn program(&mut self, span: Span, name: Option<&str>, words: &[Word]) {
        let Some(name) = name else { return };
        let name = base(name);
        let args: Vec<_> = words.iter().skip(1).filter_map(|word| word.unquoted(self.text)).collect();
        let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(&&**arg));
        let in_init = words.first().and_then(|w| w.unquoted(self.text)).is_some_and(|w| w.contains("/init.d/"));
        if in_init || (commands::is(name, Trait::Daemon) && !answers_and_ends(name, &args)) {
            note(&mut self.out.background, span, format!("`{name}` may leave a process behind"));
        }
        if has(&["--daemonize", "--fork", "--daemon", "-daemonize"]) && name != "make" {
            note(&mut self.out.background, span, format!("`{name}` leaves a process behind"));
        }
        if commands::is(name, Trait::Process) {
            note(&mut self.out.history, span, format!("`{name}` looks at the processes of the build"));
        }
        let short = |letter: char| {
            args.iter().any(|arg| arg.starts_with('-') && !arg.starts_with("--") && arg.contains(letter))
        };
        let links = match name {
            "link" => true,
            "ln" => !short('s') && !has(&["--symbolic"]),
            "cp" => short('l') || has(&["--link"]),
            "rsync" => short('H') || args.iter().any(|arg| arg.starts_with("--link-dest") || arg == "--hard-links"),
            "git" => has(&["clone"]) && clones_folder(&args),
            _ => commands::is(name, Trait::HardLinks) && !has(&["--version", "--help"]),
        };
        if links {
            note(
                &mut self.out.hard_links,
                span,
                format!("`{name}` makes hard links, which layers break and one layer keeps"),
            );
        }
        self.out.packages |= commands::is(name, Trait::SystemPackages);
        self.replaces(span, name, &args);
        self.changes_account(name, &args, words);
        self.changes_in_place(span, name, words);
        self.runs_inner(span, name, words);
        if matches!(name, "rm" | "rmdir" | "mv") {
            for word in words.iter().skip(1) {
                if self.slice(word.span).starts_with('-') {
                    continue;
                }
                let path = self.removed_path(word).filter(|_| !(name == "rmdir" && short('p')));
                self.out.removed.push((word.span, path));
            }
        }
        if name == "ln" && (short('f') || short('n') || short('T')) {
            let path = words.last().and_then(|word| self.removed_path(word));
            self.out.removed.push((span, path));
        }
        let device = |arg: &std::borrow::Cow<str>| arg.starts_with("/dev/") && **arg != *"/dev/null";
        let changes = match name {
            "ln" | "cp" | "mv" | "install" => args.last().is_some_and(device),
            "rm" | "mknod" | "mkfifo" | "mkdir" | "touch" | "chmod" | "chown" | "chgrp" => args.iter().any(device),
            _ => false,
        };
        if changes {
            note(&mut self.out.fresh, span, "each RUN gets `/dev` anew");
        }
        if matches!(name, "sysctl" | "mount" | "umount" | "swapon" | "hostname") {
            note(&mut self.out.fresh, span, format!("what `{name}` changes lasts for one RUN only"));
        }
    }

    fn replaces(&mut self, span: Span, name: &str, args: &[std::borrow::Cow<str>]) {
        let moves = matches!(
            name,
            "ln" | "cp" | "mv" | "install" | "rm" | "dpkg-divert" | "update-alternatives" | "alternatives"
        );
        let shell = args.iter().any(|arg| SHELLS.contains(&base(arg)));
        let locale = matches!(name, "localedef" | "locale-gen") && matches!(self.family, Family::Bash | Family::Ksh);
        if (moves && shell) || (name == "dpkg-reconfigure" && args.iter().any(|arg| *arg == "dash")) || locale {
            note(&mut self.out.shell, span, format!("`{name}` may change the shell that runs the second"));
        }
    }

    fn changes_account(&mut self, name: &str, args: &[std::borrow::Cow<str>], words: &[Word]) {
        let plain = args.iter().filter(|arg| !arg.starts_with('-')).count();
        let changes = match name {
            "usermod" | "userdel" | "deluser" | "gpasswd" | "groupmod" | "groupmems" | "vipw" => true,
            "adduser" | "addgroup" => plain == 2 && args.len() == 2,
            _ => false,
        };
        if changes {
            let literal =
                args.len() + 1 == words.len() && !matches!(name, "groupmod" | "groupmems" | "vipw" | "gpasswd");
            let at = if matches!(name, "adduser" | "addgroup") { args.first() } else { args.last() };
            let account = at.filter(|_| literal).map(|arg| arg.clone().into_owned());
            self.out.accounts.push((account, name.to_owned()));
        }
        let home =
            args.iter().any(|arg| matches!(&**arg, "-r" | "-rf" | "--remove" | "--remove-home" | "-m" | "--move-home"));
        if matches!(name, "userdel" | "deluser" | "usermod") && home {
            self.out.removed.push((words[0].span, None));
        }
    }

    fn changes_in_place(&mut self, span: Span, name: &str, words: &[Word]) {
        if !matches!(name, "chmod" | "chown" | "chgrp" | "setcap" | "strip" | "touch" | "truncate" | "setfattr") {
            return;
        }
        let hit = words.iter().skip(2).any(|word| self.removed_path(word).is_none_or(|path| is_distribution(&path)));
        if hit {
            note(&mut self.out.in_place, span, format!("`{name}` changes a file where it stands"));
        }
    }

    /// Commands in the arguments of others: `sh -c TEXT`, `find -exec`, `xargs`.
    fn runs_inner(&mut self, span: Span, name: &str, words: &[Word]) {
        let args: Vec<String> = words
            .iter()
            .skip(1)
            .map(|word| word.unquoted(self.text).map_or(String::from("$"), |arg| arg.into_owned()))
            .collect();
        let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(&base(arg)));
        let inner = matches!(name, "find" | "xargs" | "parallel" | "busybox");
        if inner && has(&["ln", "link"]) {
            note(&mut self.out.hard_links, span, format!("`{name}` may make hard links"));
        }
        if name == "find" && (has(&["-delete", "rm", "rmdir", "mv", "sh", "bash"])) {
            let roots =
                args.iter().take_while(|arg| !arg.starts_with('-')).map(|root| self.absolute(root)).collect::<Vec<_>>();
            self.out.removed.extend(roots.into_iter().map(|root| (span, root)));
        } else if inner && has(&["rm", "rmdir", "mv", "sh", "bash"]) {
            self.out.removed.push((span, None));
        }
        let shell = SHELLS.contains(&name) || matches!(name, "su" | "runuser");
        let Some(at) =
            args.iter().position(|arg| shell && arg.starts_with('-') && !arg.starts_with("--") && arg.contains('c'))
        else {
            return;
        };
        match args.get(at + 1).map(|text| (text, crate::shell::parse(text))) {
            Some((text, Shell::Script(script))) if !text.contains('$') => {
                let inner = Effects::of(text, &script, self.family, self.cwd.as_deref());
                self.take(span, inner);
            }
            _ => self.out.removed.push((span, None)),
        }
    }

    /// What a text that another shell runs does outside of that shell.
    fn take(&mut self, span: Span, inner: Effects) {
        for (mine, theirs) in [
            (&mut self.out.background, inner.background),
            (&mut self.out.hard_links, inner.hard_links),
            (&mut self.out.fresh, inner.fresh),
            (&mut self.out.shell, inner.shell),
            (&mut self.out.in_place, inner.in_place),
        ] {
            if let Some((_, what)) = theirs {
                note(mine, span, what);
            }
        }
        self.out.accounts.extend(inner.accounts);
        self.out.packages |= inner.packages;
        self.out.removed.extend(inner.removed.into_iter().map(|(_, path)| (span, path)));
        self.out.ran.extend(inner.ran.into_iter().map(|ran| Ran { remembered: false, ..ran }));
    }

    /// The path that a word names, glob characters kept.
    fn removed_path(&self, word: &Word) -> Option<String> {
        if let Some(path) = word.unquoted(self.text) {
            return match path.strip_prefix('~') {
                Some(rest) => Some(format!("/root{rest}")),
                None => self.absolute(&path),
            };
        }
        // up to the first part that is not known, from where on everything is possible
        let mut known = String::new();
        for part in &word.parts {
            match part {
                Part::Literal(span) => known.push_str(self.slice(*span)),
                _ => break,
            }
        }
        let (folder, _) = known.rsplit_once('/')?;
        self.absolute(&format!("{folder}/*"))
    }

    /// Marks that are looked for in the text as such: wherever they stand, they are reason enough.
    fn text_marks(&mut self) {
        for file in ["/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/dev/shm"] {
            if let Some(at) = self.text.find(file) {
                let after = self.text[at + file.len()..].chars().next();
                if !after.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')) {
                    let span = Span::new(at, at + file.len());
                    note(&mut self.out.fresh, span, format!("each RUN gets `{file}` anew"));
                }
            }
        }
        for file in
            [".bashrc", ".profile", ".bash_profile", "/etc/profile", "bash.bashrc", ".zshrc", ".zshenv", "conda init"]
        {
            if let Some(at) = self.text.find(file) {
                let span = Span::new(at, at + file.len());
                note(&mut self.out.startup, span, format!("`{file}` may be read when the shell starts"));
            }
        }
    }

    fn moves(&self, name: Option<&str>, words: &[Word]) -> Moves {
        let Some(full) = name else { return Moves::Any };
        let name = base(full);
        let args: Vec<Option<std::borrow::Cow<str>>> = words.iter().skip(1).map(|w| w.unquoted(self.text)).collect();
        let names = || {
            let named = args.iter().flatten().filter(|arg| !arg.starts_with('-')).map(|arg| package_name(arg));
            Moves::Names(named.filter(|name| !name.is_empty()).map(str::to_owned).collect())
        };
        let vague =
            |arg: &Option<std::borrow::Cow<str>>| arg.as_ref().is_none_or(|arg| arg.contains(['*', '?', '[', '{']));
        match name {
            _ if full.contains('/') && !commands::is(name, Trait::Inert) => Moves::Any,
            "cp"
            | "mv"
            | "ln"
            | "install"
            | "chmod"
            | "unlink"
            | "dpkg-divert"
            | "alternatives"
            | "update-alternatives" => {
                if args.iter().any(vague) && name != "unlink" && self.aims_at_path(&args) {
                    Moves::Any
                } else {
                    names()
                }
            }
            "rm" => names(),
            "tar" | "bsdtar" | "unzip" | "cpio" | "7z" => match self.unpacks_into_path(&args) {
                true => Moves::Any,
                false => Moves::Nothing,
            },
            "apk" if args.iter().flatten().any(|arg| APPLETS.contains(&package_name(arg))) => Moves::Any,
            "python" | "python2" | "python3" if args.first().is_some_and(|arg| arg.as_deref() == Some("-m")) => names(),
            _ if commands::is(name, Trait::SystemPackages) || commands::is(name, Trait::LanguagePackages) => names(),
            _ if commands::is(name, Trait::Inert) || SPECIAL.contains(&name) || STATEFUL.contains(&name) => {
                Moves::Nothing
            }
            "make" | "gmake" | "ninja" | "cmake" | "meson" | "scons" | "sh" | "bash" | "dash" | "ash" | "zsh"
            | "conda" | "mamba" | "micromamba" | "eval" | "." | "source" | "xargs" => Moves::Any,
            _ => Moves::Some,
        }
    }

    /// Whether the last argument is a folder in which commands are looked for, or not known.
    fn aims_at_path(&self, args: &[Option<std::borrow::Cow<str>>]) -> bool {
        args.last().is_none_or(|arg| arg.as_ref().is_none_or(|arg| arg.split('/').any(|part| part.ends_with("bin"))))
    }

    fn unpacks_into_path(&self, args: &[Option<std::borrow::Cow<str>>]) -> bool {
        let texts: Vec<&str> = args.iter().map(|arg| arg.as_deref().unwrap_or("$")).collect();
        let after = texts.iter().position(|arg| matches!(*arg, "-C" | "-d" | "--directory") || arg.ends_with('C'));
        let joined = texts.iter().find_map(|arg| arg.strip_prefix("--directory=").or(arg.strip_prefix("-C")));
        let target = match (joined.filter(|t| !t.is_empty()), after) {
            (Some(target), _) => self.absolute(target),
            (None, Some(index)) => texts.get(index + 1).and_then(|target| self.absolute(target)),
            (None, None) => return self.cwd.as_deref().is_some_and(|cwd| cwd.starts_with("/usr")),
        };
        match target.as_deref() {
            Some("/" | "/usr" | "/usr/local") => true,
            Some(target) => target.contains('$') || target.split('/').any(|part| part.ends_with("bin")),
            None => true,
        }
    }
}

/// Alpine packages that replace busybox's applets.
const APPLETS: &[&str] = &[
    "coreutils",
    "findutils",
    "util-linux",
    "procps",
    "gawk",
    "sed",
    "grep",
    "tar",
    "shadow",
    "diffutils",
    "less",
    "bash",
];

/// `npm@latest`, `pip==9`, `lib/tool.sh` → the name that a command of it would have.
fn package_name(arg: &str) -> &str {
    let arg = base(arg.trim_end_matches('/'));
    let from = usize::from(arg.starts_with('@'));
    let end = arg[from..].find(['@', '=', '<', '>', '~', '[', '!', ':']).map_or(arg.len(), |at| at + from);
    &arg[..end]
}

pub(super) fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The words of a command without what it is wrapped in: `sudo`, `env`, `nice` and the like, with their options.
pub fn unwrapped<'w>(words: &'w [Word], text: &str) -> &'w [Word] {
    let mut words = words;
    while let Some(name) = words.first().and_then(|word| word.unquoted(text))
        && WRAPPERS.contains(&base(&name))
        && let Some(rest) = unwrap(&name, words, text)
    {
        words = rest;
    }
    words
}

/// The words behind a wrapper's own options and assignments; `None` where there are none.
pub(super) fn unwrap<'w>(wrapper: &str, words: &'w [Word], text: &str) -> Option<&'w [Word]> {
    let with_value: &[&str] = match base(wrapper) {
        "sudo" => &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-T"],
        "env" => &["-u", "-C", "-S"],
        "nice" | "ionice" => &["-n", "-c", "-p"],
        "timeout" => &["-s", "-k"],
        "exec" => &["-a"],
        "stdbuf" => &["-i", "-o", "-e"],
        _ => &[],
    };
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let raw = &text[word.span.range()];
        let assigns = matches!(base(wrapper), "env" | "sudo") && raw.contains('=') && !raw.starts_with('=');
        match raw {
            _ if with_value.contains(&raw) => index += 2,
            _ if raw.starts_with('-') || assigns => index += 1,
            _ => break,
        }
    }
    index += usize::from(matches!(base(wrapper), "timeout" | "gosu"));
    words.get(index..).filter(|rest| !rest.is_empty())
}

/// Whether a daemon's program only tells something and ends.
fn answers_and_ends(name: &str, args: &[std::borrow::Cow<str>]) -> bool {
    let has = |wanted: &[&str]| args.iter().any(|arg| wanted.contains(&&**arg));
    match name {
        "gradle" | "gradlew" => has(&["--no-daemon", "--version", "-v"]),
        "systemctl" => has(&["enable", "disable", "mask", "unmask", "set-default"]),
        "service" => has(&["stop", "status"]),
        "nginx" => has(&["-t", "-v", "-V"]),
        "mysqld" | "mariadbd" => has(&["--initialize", "--initialize-insecure", "--version"]),
        "pm2" => has(&["install"]),
        "sshd" => has(&["-t", "-T"]),
        _ => has(&["--version", "--help", "-V"]),
    }
}

/// Whether `git clone` is given a folder, of which it makes hard links.
fn clones_folder(args: &[std::borrow::Cow<str>]) -> bool {
    let mut places = args.iter().filter(|arg| !arg.starts_with('-') && *arg != "clone");
    places.next().is_some_and(|from| from.starts_with(['/', '.', '~']))
}
