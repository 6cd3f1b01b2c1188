//! What a shell text does to what comes after it: to the shell that runs it, to the processes around it, to files that each RUN
//! gets anew. A fold over its commands; on doubt, more.

mod moves;

pub use moves::Moves;

use crate::facts::Family;
use crate::knowledge::lists::{self, Part};
use crate::knowledge::paths::{self, Absolute, Pattern};
use crate::knowledge::programs::{self, Kind, Touch};
use crate::script::{Argument, Commands, Effect, Inner, Invocation, Note, Object, Redirection, Variables};
use crate::shell::builtins::is_builtin;
use crate::text::Span;

/// A place in the text and what is there, for people.
pub type Found = (Span, String);

/// The effects of one shell text.
#[derive(Debug, Default)]
pub struct Effects {
    /// Something of the shell itself changes (folder, variables, options, functions, ...) and would be seen by commands behind.
    pub state: Option<Found>,
    /// `exit`, `exec` or `return`: what comes behind would not run.
    pub leaves: Option<Found>,
    /// A process stays behind.
    pub background: Option<Found>,
    /// A program runs of which it is not known that all that it starts ends with it.
    pub unknown_end: Option<Found>,
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
    /// Files in the distribution's directories that are changed where they stand: by what, and which one, if that is known.
    pub in_place: Vec<(String, Option<Absolute>)>,
    /// Files that are made, each by its path.
    pub made: Vec<Absolute>,
    /// Some file may be changed where it stands: all that is known is not that files are read, made or removed.
    pub changes: bool,
    /// Packages of the distribution are installed, which may hold hard links.
    pub packages: bool,
    /// What is taken away; `None` where it is not known.
    pub removed: Vec<(Span, Option<Pattern>)>,
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

/// Special builtins of POSIX, before which an assignment stays.
const SPECIAL: &[&str] = &[
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
    "trap", "unset",
];
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
/// Folders that the distribution's packages fill, and of which some files have a second name by a hard link.
const DISTRIBUTION: &[&str] = &["/bin", "/sbin", "/lib", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/share"];

/// Who is in which group, and where homes are.
const ACCOUNT_FILES: &[&str] = &["/etc/passwd", "/etc/group", "/etc/nsswitch.conf"];

/// Where a text starts, and what variables hold. The home folder is root's where nothing else is known.
#[derive(Clone, Copy)]
struct Start<'a> {
    folder: &'a Absolute,
    variables: &'a dyn Variables,
}

impl Variables for Start<'_> {
    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.variable(name).or((name == "HOME").then_some("/root"))
    }
}

impl Effects {
    /// The effects of commands that `family` runs in `workdir`.
    pub fn of(commands: Commands, family: Family, workdir: Option<&str>, variables: &dyn Variables) -> Effects {
        let folder = workdir.and_then(Absolute::new).unwrap_or_else(Absolute::somewhere);
        let start = Start { folder: &folder, variables };
        let mut fold =
            Fold { start, family, outer: None, functions: Vec::new(), temporary: Vec::new(), out: Effects::default() };
        fold.functions = commands.functions().map(str::to_owned).collect();
        fold.temporary = temporary(commands);
        fold.commands(commands);
        fold.text_marks(commands.text());
        fold.out
    }

    /// Whether it takes away `workdir` or a folder above it, after which later commands would have none.
    pub fn removes(&self, workdir: Option<&str>) -> Option<Span> {
        let workdir = workdir.and_then(Absolute::new);
        let hit = |path: &Option<Pattern>| match (path, &workdir) {
            (_, Some(workdir)) if *workdir == Absolute::root() => false,
            (None, _) => true,
            (Some(path), Some(workdir)) => path.may_hold(workdir),
            (Some(path), None) if path.is_somewhere() => path.exact().is_some_and(|path| path == Absolute::somewhere()),
            (Some(path), None) => !SYSTEM.iter().any(|folder| path.as_str().starts_with(folder)),
        };
        self.removed.iter().find(|(_, path)| hit(path)).map(|(span, _)| *span)
    }
}

fn note(slot: &mut Option<Found>, span: Span, what: impl Into<String>) {
    if slot.is_none() {
        *slot = Some((span, what.into()));
    }
}

struct Fold<'a> {
    start: Start<'a>,
    family: Family,
    /// The command that runs the text at hand in a shell of its own, from which nothing of the shell comes out.
    outer: Option<Span>,
    /// The functions of the text, whose commands are looked at where they are defined.
    functions: Vec<String>,
    /// Variables that hold the name of a new temporary file or directory.
    temporary: Vec<String>,
    out: Effects,
}

impl Fold<'_> {
    fn commands(&mut self, commands: Commands) {
        for (span, what, here) in commands.notes() {
            self.of_shell(commands, *span, *what, *here && self.outer.is_none());
        }
        for redirect in commands.redirects() {
            self.redirect(redirect);
        }
        for one in commands.with_children() {
            let span = self.outer.unwrap_or(one.command_span());
            if one.run_by().is_none() {
                self.builtins(one, span);
                self.runs(one);
            }
            self.program(one, span);
            self.inner(one, span);
        }
    }

    /// What the text's own grammar does to the shell.
    fn of_shell(&mut self, commands: Commands, span: Span, what: Note, here: bool) {
        let raw = commands.text().get(span.range()).unwrap_or_default();
        let span = self.outer.unwrap_or(span);
        let state = |what: String| if here { (Some(what), None) } else { (None, None) };
        let (state, background) = match what {
            Note::Background => (None, Some("`&` starts a process in the background")),
            Note::Coprocess => (None, Some("`coproc` starts a process in the background")),
            Note::Process => (None, Some("the process in `<(…)` or `>(…)` may outlive the command")),
            Note::NotUnderstood => (None, Some("the commands in these backquotes were not understood")),
            Note::Loop => state("the loop's variable stays set".to_owned()),
            Note::Function => state(format!("the function `{raw}` stays defined")),
            Note::Expression => state("`((…))` may set a variable".to_owned()),
            Note::Arithmetic => state("the arithmetic sets a variable".to_owned()),
            Note::Match => state("`=~` sets BASH_REMATCH".to_owned()),
            Note::Descriptor => state("the descriptor's variable stays set".to_owned()),
            Note::Default => state("`${…:=…}` sets the variable".to_owned()),
            Note::History => {
                if self.outer.is_none() {
                    note(&mut self.out.history, span, format!("`{raw}` depends on what ran before"));
                }
                (None, None)
            }
        };
        if let Some(what) = state {
            note(&mut self.out.state, span, what);
        }
        if let Some(what) = background {
            note(&mut self.out.background, span, what);
        }
    }

    fn redirect(&mut self, redirect: Redirection) {
        let Some(target) = redirect.target().unquoted().filter(|_| redirect.operator().contains('>')) else { return };
        let span = self.outer.unwrap_or(redirect.span());
        let device = target.strip_prefix("/dev/").filter(|name| !name.starts_with("fd/"));
        if device.is_some_and(|name| !["null", "stdout", "stderr", "tty", "zero", "full"].contains(&name)) {
            note(&mut self.out.fresh, span, "each RUN gets `/dev` anew");
        }
        if is_shell(&target) {
            note(&mut self.out.shell, span, format!("`{target}` is written"));
        }
        let place = Absolute::new(&target).is_some_and(|path| path.is_in_any(DISTRIBUTION));
        let path = redirect.target().value(&self.start).and_then(|path| Absolute::new(&path));
        if redirect.operator().contains(">>") {
            self.out.changes = true;
            if place && !path.as_ref().is_some_and(|path| self.out.made.contains(path)) {
                self.out.in_place.push((format!("`{target}` is changed where it stands"), path.clone()));
            }
        }
        if is_account_file(&target) || path.as_ref().is_some_and(|path| is_account_file(path.as_str())) {
            self.out.accounts.push((None, format!("> {target}")));
        }
        self.out.made.extend(path.filter(|_| redirect.writes()));
    }

    /// What builtins do to the shell, and what only the shell knows.
    fn builtins(&mut self, one: Invocation, span: Span) {
        if self.outer.is_some() {
            return;
        }
        let here = one.flow().here;
        let Some(first) = one.words().next() else {
            if let Some(assignment) = one.assignments().next().filter(|_| here) {
                let what = format!("the variable `{}` stays set", assignment.name());
                note(&mut self.out.state, assignment.span(), what);
            }
            return;
        };
        let mut names = vec![first];
        // what these are given may be a builtin, too
        let inside = |name: &str| matches!(name, "command" | "builtin" | "exec" | "time");
        names.extend(one.wrappers().zip(one.started()).filter(|(by, _)| inside(by.name())).map(|(_, word)| word));
        for word in names {
            match word.unquoted() {
                Some(name) => self.builtin(&name, one, span),
                None if here => note(&mut self.out.state, span, "the command is only known when it runs"),
                None => {}
            }
        }
        if let (Some(assignment), Some(name)) = (one.assignments().next(), first.unquoted())
            && SPECIAL.contains(&&*name)
            && here
        {
            let what = format!("an assignment before the builtin `{name}` stays");
            note(&mut self.out.state, assignment.span(), what);
        }
    }

    fn builtin(&mut self, name: &str, one: Invocation, span: Span) {
        let here = one.flow().here;
        if here && matches!(name, "exit" | "exec" | "return" | "logout") {
            note(&mut self.out.leaves, span, format!("`{name}` ends the shell"));
        }
        if here && matches!(name, "." | "source" | "eval") {
            note(&mut self.out.state, span, format!("`{name}` runs commands in the shell itself"));
            if one.flow().tail {
                let what = format!("what `{name}` runs is not known, and it is the last command");
                note(&mut self.out.sources, span, what);
            }
        }
        let sets = name == "printf" && one.argument(0).is_some_and(|word| word.raw().starts_with("-v"));
        if here && sets {
            note(&mut self.out.state, span, "`printf -v` sets a variable");
        } else if here && moves::is_stateful(name) {
            note(&mut self.out.state, span, format!("`{name}` changes the shell"));
        }
        if matches!(name, "set" | "trap" | "setopt" | "shopt") && watches_errors(name, one) {
            note(&mut self.out.errexit, span, "`set -e` would not work on the left of `&&`");
        }
    }

    /// What the program does.
    fn program(&mut self, one: Invocation, span: Span) {
        let Some(name) = one.name() else {
            if one.words().len() > 0 {
                note(&mut self.out.unknown_end, span, "which program runs is only known when it does");
                self.out.changes = true;
            }
            return;
        };
        let name = &*name;
        let starts = one.is_kind(Kind::Daemon) || one.wrappers().any(|wrapper| wrapper.program().is(Kind::Daemon));
        let in_init = one.called().is_some_and(|called| called.contains("/init.d/"));
        if in_init || (starts && !one.is_idle()) {
            note(&mut self.out.background, span, format!("`{name}` may leave a process behind"));
        }
        let asks = |word: Argument| ["--daemonize", "--fork", "--daemon", "-daemonize"].contains(&word.raw());
        if one.arguments().any(asks) && name != "make" {
            note(&mut self.out.background, span, format!("`{name}` leaves a process behind"));
        }
        if !self.ends(one) {
            note(&mut self.out.unknown_end, span, format!("whether all ends that `{name}` starts is not known"));
        }
        if one.is_kind(Kind::Process) && self.outer.is_none() {
            note(&mut self.out.history, span, format!("`{name}` looks at the processes of the build"));
        }
        if makes_hard_links(name, one) {
            let what = format!("`{name}` makes hard links, which layers break and one layer keeps");
            note(&mut self.out.hard_links, span, what);
        }
        self.out.packages |= one.is_kind(Kind::SystemPackages);
        self.replaces(span, name, one);
        self.changes_account(span, name, one);
        self.changes_account_files(name, one);
        self.changes_in_place(name, one);
        self.makes(one);
        self.removals(span, one);
        if touches_devices(name, one) {
            note(&mut self.out.fresh, span, "each RUN gets `/dev` anew");
        }
        if matches!(name, "sysctl" | "mount" | "umount" | "swapon" | "hostname") {
            note(&mut self.out.fresh, span, format!("what `{name}` changes lasts for one RUN only"));
        }
    }

    fn replaces(&mut self, span: Span, name: &str, one: Invocation) {
        let moves = matches!(
            name,
            "ln" | "cp" | "mv" | "install" | "rm" | "dpkg-divert" | "update-alternatives" | "alternatives"
        );
        let words = || one.arguments().filter_map(Argument::unquoted);
        let shell = words().any(|word| is_shell(&word));
        let locale = matches!(name, "localedef" | "locale-gen") && matches!(self.family, Family::Bash | Family::Ksh);
        if (moves && shell) || (name == "dpkg-reconfigure" && words().any(|word| word == "dash")) || locale {
            note(&mut self.out.shell, span, format!("`{name}` may change the shell that runs the second"));
        }
    }

    fn changes_account(&mut self, span: Span, name: &str, one: Invocation) {
        let changes = match name {
            "usermod" | "userdel" | "deluser" | "gpasswd" | "groupmod" | "groupmems" | "vipw" => true,
            "adduser" | "addgroup" => one.operands().count() == 2 && one.arguments().len() == 2,
            _ => false,
        };
        let value = |word: Argument| word.value(&self.start).map(std::borrow::Cow::into_owned);
        let harmless = match name {
            // what a shell that is started for a RUN does not read
            "usermod" => {
                let unread = ["-p", "--password", "-s", "--shell", "-c", "--comment", "-e", "-f", "-L", "-U"];
                one.options().all(|option| option.is(&unread))
            }
            "groupmod" => one.operands().last().and_then(value).is_some_and(|group| !is_group_of_root(&group)),
            _ => false,
        };
        if changes && !harmless {
            let account = match name {
                "groupmod" | "groupmems" | "vipw" => None,
                "gpasswd" => one
                    .option(&["-a", "--add", "-d", "--delete"])
                    .and_then(|option| option.value(&self.start))
                    .map(Into::into),
                "adduser" | "addgroup" => one.operands().next().and_then(value),
                _ => one.operands().last().and_then(value),
            };
            self.out.accounts.push((account, name.to_owned()));
        }
        let home = one.has(&["-r", "--remove", "--remove-home", "-m", "--move-home"]);
        if matches!(name, "userdel" | "deluser" | "usermod") && home {
            self.out.removed.push((span, None));
        }
    }

    /// The files themselves, which say who is in which group and where homes are.
    fn changes_account_files(&mut self, name: &str, one: Invocation) {
        let names = |word: Argument| is_account_file(&word.start(&self.start)) || is_account_file(word.raw());
        let only_reads = match one.effects() {
            Some(effects) => {
                let writes = |effect: &Effect| {
                    let paths = effect.paths(Some(self.start.folder), &self.start).unwrap_or_default();
                    effect.touch != Touch::Reads && paths.iter().any(|path| path.may_overlap_any(ACCOUNT_FILES))
                };
                !effects.iter().any(writes)
            }
            None => name == "sed" && !one.has(&["-i", "--in-place"]),
        };
        let tools = one.program().is_some_and(|program| program.account.is_some());
        if !only_reads && !tools && one.arguments().any(names) {
            self.out.accounts.push((None, name.to_owned()));
        }
    }

    /// Whether it, and all that it starts, is known to end before the RUN does; what it is wrapped in, and what it runs in turn and is
    /// seen, is looked at itself.
    fn ends(&self, one: Invocation) -> bool {
        match one.inner() {
            Inner::Commands(_) => return true,
            Inner::Opaque(..) | Inner::Unknown => return false,
            Inner::File(_) => return one.is(&[".", "source"]),
            Inner::Input => return one.is_kind(Kind::Core) || runs_known_script(one),
            Inner::Nothing => {}
        }
        let Some(name) = one.called() else { return false };
        if is_builtin(&name) || self.functions.iter().any(|function| *function == *name) {
            return true;
        }
        const SHORT: &[Kind] = &[
            Kind::Core,
            Kind::Inert,
            Kind::SystemPackages,
            Kind::LanguagePackages,
            Kind::Toolchain,
            Kind::Compiler,
            Kind::EnvironmentBlind,
            Kind::SystemTool,
            Kind::Unpacks,
            Kind::Copies,
            Kind::UsesLists,
            Kind::Unbounded,
            Kind::HardLinks,
            Kind::Process,
        ];
        let known = |program: &programs::Program| {
            let described = program.effects.is_some() || program.account.is_some() || program.leaves.is_some();
            described || SHORT.iter().any(|kind| program.is(*kind))
        };
        one.program().is_some_and(known) || one.only_tells() || (one.is_kind(Kind::Daemon) && one.is_idle())
    }

    fn changes_in_place(&mut self, name: &str, one: Invocation) {
        // what is unlinked or made anew leaves other names of a file alone
        let spares = |effects: Vec<Effect>| {
            effects.iter().all(|effect| matches!(effect.touch, Touch::Reads | Touch::Removes | Touch::Makes))
        };
        let cleans = one.action() == crate::knowledge::programs::Action::Clean;
        self.out.changes |= !cleans && one.words().len() > 0 && !one.effects().is_some_and(spares);
        if !matches!(name, "chmod" | "chown" | "chgrp" | "setcap" | "strip" | "touch" | "truncate" | "setfattr") {
            return;
        }
        for word in one.operands().skip(1) {
            let exact = one.path(word, Some(self.start.folder), &self.start);
            if exact.as_ref().is_some_and(|path| self.out.made.contains(path)) {
                continue;
            }
            let paths = one.paths(word, Some(self.start.folder), &self.start);
            if paths.is_none_or(|paths| paths.iter().any(|path| path.is_in_any(DISTRIBUTION))) {
                self.out.in_place.push((format!("`{name}` changes a file where it stands"), exact));
            }
        }
    }

    /// Files that it makes, or whose content it brings.
    fn makes(&mut self, one: Invocation) {
        let effects = one.effects().unwrap_or_default();
        let makes = effects.into_iter().filter(|effect| matches!(effect.touch, Touch::Writes | Touch::Makes));
        let paths = makes.filter_map(|effect| effect.paths(Some(self.start.folder), &self.start)).flatten();
        self.out.made.extend(paths.filter_map(|path| path.exact()));
    }

    fn removals(&mut self, span: Span, one: Invocation) {
        // `rm` without these does not remove a directory, and a link replaces one only with those
        let spares = one.is(&["unlink"]) || (one.is(&["rm"]) && !one.has(&["-r", "-R", "--recursive", "-d", "--dir"]));
        let replaced = one.is(&["ln"]) && one.has(&["-n", "--no-dereference", "-T", "--no-target-directory"]);
        if replaced {
            let link = one.operands().last().and_then(|word| one.paths(word, Some(self.start.folder), &self.start));
            self.removed(span, link);
        }
        if spares {
            return;
        }
        // `rmdir -p` goes on above
        let above = one.is(&["rmdir"]) && one.has(&["-p", "--parents"]);
        for effect in removals_of(one) {
            let paths = match effect {
                Some(effect) if self.is_temporary(effect) => continue,
                Some(effect) => effect.paths(Some(self.start.folder), &self.start),
                None => None,
            };
            self.removed(span, paths.filter(|_| !above));
        }
    }

    /// Whether it is a word that a variable with the name of a new temporary file begins.
    fn is_temporary(&self, effect: Effect) -> bool {
        let Object::Word(word, _) = effect.on else { return false };
        let name = word.raw().trim_start_matches('"').trim_start_matches('$').trim_start_matches('{');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        word.raw().trim_start_matches('"').starts_with('$') && self.temporary.iter().any(|one| *one == name[..end])
    }

    fn removed(&mut self, span: Span, paths: Option<Vec<Pattern>>) {
        match paths {
            Some(paths) => self.out.removed.extend(paths.into_iter().map(|path| (span, Some(path)))),
            None => self.out.removed.push((span, None)),
        }
    }

    /// What another shell, or this one, runs in turn.
    fn inner(&mut self, one: Invocation, span: Span) {
        match one.inner() {
            Inner::Commands(commands) => {
                let outer = self.outer.replace(span);
                self.commands(commands);
                self.outer = outer;
            }
            Inner::Opaque(..) | Inner::Unknown if !one.is(&["eval"]) => self.out.removed.push((span, None)),
            _ => {}
        }
    }

    /// The places of commands that it looks up, and moves.
    fn runs(&mut self, one: Invocation) {
        let remembered = one.flow().here && self.outer.is_none();
        let plain = |name: Option<std::borrow::Cow<str>>| name.filter(|name| !name.contains('/')).map(Into::into);
        let Some(first) = one.words().next() else { return };
        if !one.is_bare() && first.unquoted().is_some() {
            self.out.ran.push(Ran { name: plain(first.unquoted()), remembered, moves: Moves::Nothing });
        }
        let moves = Moves::of(one, &self.start, self.start.folder);
        self.out.ran.push(Ran { name: plain(one.called()), remembered: remembered && one.is_bare(), moves });
    }

    /// Marks that are looked for in the text as such: wherever they stand, they are reason enough.
    fn text_marks(&mut self, text: &str) {
        for file in ["/etc/hosts", "/etc/resolv.conf", "/etc/hostname", "/dev/shm"] {
            // most texts hold none of them, which this tells sooner
            if text.contains(file)
                && let Some(at) = text.find(file)
            {
                let after = text[at + file.len()..].chars().next();
                if !after.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')) {
                    let span = Span::new(at, at + file.len());
                    note(&mut self.out.fresh, span, format!("each RUN gets `{file}` anew"));
                }
            }
        }
        for file in
            [".bashrc", ".profile", ".bash_profile", "/etc/profile", "bash.bashrc", ".zshrc", ".zshenv", "conda init"]
        {
            if text.contains(file)
                && let Some(at) = text.find(file)
            {
                let span = Span::new(at, at + file.len());
                note(&mut self.out.startup, span, format!("`{file}` may be read when the shell starts"));
            }
        }
    }
}

/// What a command takes away; `None` for what is not known.
fn removals_of(one: Invocation) -> Vec<Option<Effect>> {
    let removing = one
        .program()
        .is_some_and(|program| program.effects.unwrap_or_default().iter().any(|(touch, _)| *touch == Touch::Removes));
    match one.effects() {
        Some(effects) => effects.into_iter().filter(|one| one.touch == Touch::Removes).map(Some).collect(),
        None => removing.then_some(None).into_iter().collect(),
    }
}

fn is_shell(path: &str) -> bool {
    let name = paths::name(path);
    // `bash-4.4` is a directory of sources rather than a shell
    let shell = programs::find(name).filter(|program| program.name == name && program.shell.is_some());
    shell.is_some() || name == "busybox"
}

/// Whether `set`, `trap`, `setopt` or `shopt` decide what happens on failure, or may.
fn watches_errors(name: &str, one: Invocation) -> bool {
    one.arguments().any(|word| match (name, word.unquoted()) {
        (_, None) => true,
        ("trap", Some(word)) => word.eq_ignore_ascii_case("err") || word.eq_ignore_ascii_case("zerr"),
        (_, Some(word)) => {
            word == "errexit" || (word.starts_with('-') && !word.starts_with("--") && word.contains('e'))
        }
    })
}

/// The variables that a text sets once, to what `mktemp` prints.
fn temporary(commands: Commands) -> Vec<String> {
    let sets: Vec<(Option<&str>, &str)> =
        commands.sets().map(|(set, name)| (name, commands.text().get(set.span.range()).unwrap_or_default())).collect();
    let made = |value: &str| value.contains("$(mktemp") || value.contains("`mktemp");
    let once = |name: &str| sets.iter().filter(|(other, _)| *other == Some(name)).count() == 1;
    let all = sets.iter().all(|(name, _)| name.is_some());
    let names = sets.iter().filter(|(_, value)| all && made(value)).filter_map(|(name, _)| *name);
    names.filter(|name| once(name)).map(str::to_owned).collect()
}

/// Whether a path is, or may be, one of the files of accounts.
fn is_account_file(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']);
    Pattern::new(path)
        .is_some_and(|path| path.as_str() != "/" && path.may_overlap_any(ACCOUNT_FILES) && path.as_str() != "/etc")
}

/// Whether root is, or may be, in a group: the distributions' own ones.
fn is_group_of_root(group: &str) -> bool {
    ["root", "bin", "daemon", "sys", "adm", "disk", "wheel", "floppy", "dialout", "tape", "video"].contains(&group)
}

/// Whether a shell reads a script from the web of which it is known that it only sets up packages.
fn runs_known_script(one: Invocation) -> bool {
    let known = |word: Argument| lists::words(Part::Fetches).any(|address| word.raw().contains(address));
    one.commands().of_pipe(one.pipe()).any(|other| other.arguments().any(known))
}

fn makes_hard_links(name: &str, one: Invocation) -> bool {
    // `npx pnpm`, `corepack pnpm`: what is started, not what is installed
    let launches = one.is_kind(Kind::LanguagePackages) && one.action() != programs::Action::Install;
    let started = || {
        one.operands().filter_map(Argument::unquoted).any(|word| {
            let name = word.split('@').next().unwrap_or_default();
            programs::is(name, Kind::HardLinks)
        })
    };
    if launches && started() {
        return true;
    }
    match name {
        "link" => true,
        "ln" => !one.has(&["-s", "--symbolic"]),
        "cp" => one.has(&["-l", "--link"]),
        "rsync" => one.has(&["-H", "--hard-links", "--link-dest"]),
        "git" => clones_folder(one),
        _ => one.is_kind(Kind::HardLinks) && !one.has(&["--version", "--help"]),
    }
}

/// Whether `git clone` is given a folder, of which it makes hard links.
fn clones_folder(git: Invocation) -> bool {
    let words: Vec<_> = git.arguments().filter_map(Argument::unquoted).collect();
    let mut places = words.iter().filter(|word| !word.starts_with('-') && *word != "clone");
    words.iter().any(|word| word == "clone") && places.next().is_some_and(|from| from.starts_with(['/', '.', '~']))
}

fn touches_devices(name: &str, one: Invocation) -> bool {
    let device = |word: Argument| word.unquoted().is_some_and(|word| word.starts_with("/dev/") && word != "/dev/null");
    match name {
        "ln" | "cp" | "mv" | "install" => one.arguments().next_back().is_some_and(device),
        "rm" | "mknod" | "mkfifo" | "mkdir" | "touch" | "chmod" | "chown" | "chgrp" => one.arguments().any(device),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::syntax::parse;
    use crate::text::Source;

    fn of<T>(text: &str, ask: impl FnOnce(Effects) -> T) -> T {
        let source = Source::new(format!("FROM debian\nENV A=/srv\nWORKDIR /app\nRUN {text}\n"));
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        let step = facts.stages[0].steps.last().unwrap();
        let commands = facts.commands(step.item).unwrap();
        ask(Effects::of(commands, Family::Posix, Some("/app"), &*step.before))
    }

    fn state(text: &str) -> Option<String> {
        of(text, |effects| effects.state.map(|(_, what)| what))
    }

    #[test]
    fn what_stays_in_the_shell_is_seen() {
        for (text, what) in [
            ("A=1", "the variable `A` stays set"),
            ("export A=1", "`export` changes the shell"),
            ("cd /x", "`cd` changes the shell"),
            ("command cd /x", "`cd` changes the shell"),
            ("f() { :; }", "the function `f` stays defined"),
            ("for i in a; do :; done", "the loop's variable stays set"),
            (": ${A:=1}", "`${…:=…}` sets the variable"),
            ("$X", "the command is only known when it runs"),
            (". ./x", "`.` runs commands in the shell itself"),
            ("A=1 eval x", "`eval` runs commands in the shell itself"),
            ("printf -v A x", "`printf -v` sets a variable"),
        ] {
            assert_eq!(state(text).as_deref(), Some(what), "{text}");
        }
        for text in ["( A=1; cd /x )", "cd /x | y", "sh -c 'cd /x'", "A=1 x", "x $(cd /y)", "sudo x"] {
            assert_eq!(state(text), None, "{text}");
        }
    }

    #[test]
    fn processes_that_stay_are_seen() {
        let stays = |text: &str| of(text, |effects| effects.background.is_some());
        for text in ["x &", "nginx", "sh -c 'x &'", "nohup x", "/etc/init.d/x start", "x --daemonize", "y <(x)"] {
            assert!(stays(text), "{text}");
        }
        for text in ["nginx -t", "x", "systemctl enable x", "mysqld --version"] {
            assert!(!stays(text), "{text}");
        }
    }

    #[test]
    fn what_is_removed_is_known_as_far_as_it_is() {
        let removes = |text: &str| of(text, |effects| effects.removes(Some("/app")).is_some());
        for text in [
            "rm -rf /app",
            "rm -rf ../app",
            "rm -rf /a*",
            "cd / && rm -rf app",
            "rm -rf $X",
            "rm -rf .",
            "xargs rm -rf",
            "find . -delete",
            "find /app -exec rm -rf {} +",
            "mv /app /b",
            "sh -c 'rm -rf /app'",
            "sh -c \"rm -rf $X\"",
            "rmdir -p a/b",
            "ln -sfn /x /app",
            "D=$(cat /d) && rm -rf $D",
        ] {
            assert!(removes(text), "{text}");
        }
        for text in [
            "rm -rf a",
            "rm -rf $A",
            "rm -rf /tmp/$X/a",
            "mv a b",
            "mv a /app",
            "find /usr/local -type d -exec rm -rf '{}' +",
            "find /tmp -name x -delete",
            "find . -name x",
            "rm -rf ~/.cache",
            "rm -rf /app/*",
            "rm -f $X",
            "rm /app",
            "mv x/y .",
            "ln -sf /dev/stdout $X",
            "D=\"$(mktemp -d)\" && rm -rf \"$D\" $D/x",
        ] {
            assert!(!removes(text), "{text}");
        }
    }

    #[test]
    fn the_shell_itself_may_be_replaced() {
        let replaced = |text: &str| of(text, |effects| effects.shell.is_some());
        assert!(replaced("ln -sf /bin/bash /bin/sh") && replaced("echo x > /bin/sh") && replaced("rm /bin/dash"));
        assert!(!replaced("rm -rf bash-4.4") && !replaced("cp start.sh /bin/start.sh"));
    }
}
