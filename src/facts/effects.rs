//! What a shell text does to what comes after it: to the shell that runs it, to the processes around it, to files that each RUN
//! gets anew. A fold over its commands; on doubt, more.

mod moves;

pub use moves::Moves;

use crate::facts::Family;
use crate::knowledge::paths::{self, Absolute, Pattern};
use crate::knowledge::programs::{self, Kind, Touch};
use crate::script::{Argument, Commands, Effect, Inner, Invocation, Note, Redirection, Variables};
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
        let mut fold = Fold { start, family, outer: None, out: Effects::default() };
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
        if redirect.operator().contains(">>") && place {
            note(&mut self.out.in_place, span, format!("`{target}` is changed where it stands"));
        }
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
        let Some(name) = one.name() else { return };
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
        self.changes_in_place(span, name, one);
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
        if changes {
            let literal = one.arguments().all(|word| word.value(&self.start).is_some())
                && !matches!(name, "groupmod" | "groupmems" | "vipw" | "gpasswd");
            let first = matches!(name, "adduser" | "addgroup");
            let at = if first { one.arguments().next() } else { one.arguments().next_back() };
            let account =
                at.filter(|_| literal).and_then(|word| word.value(&self.start)).map(std::borrow::Cow::into_owned);
            self.out.accounts.push((account, name.to_owned()));
        }
        let home = one.has(&["-r", "--remove", "--remove-home", "-m", "--move-home"]);
        if matches!(name, "userdel" | "deluser" | "usermod") && home {
            self.out.removed.push((span, None));
        }
    }

    fn changes_in_place(&mut self, span: Span, name: &str, one: Invocation) {
        if !matches!(name, "chmod" | "chown" | "chgrp" | "setcap" | "strip" | "touch" | "truncate" | "setfattr") {
            return;
        }
        let may_be = |word: Argument| {
            let paths = one.paths(word, Some(self.start.folder), &self.start);
            paths.is_none_or(|paths| paths.iter().any(|path| path.is_in_any(DISTRIBUTION)))
        };
        if one.operands().skip(1).any(may_be) {
            note(&mut self.out.in_place, span, format!("`{name}` changes a file where it stands"));
        }
    }

    fn removals(&mut self, span: Span, one: Invocation) {
        let replaced = one.is(&["ln"]) && one.has(&["-f", "--force", "-n", "--no-dereference", "-T"]);
        if replaced {
            let link = one.operands().last().and_then(|word| one.paths(word, Some(self.start.folder), &self.start));
            self.removed(span, link);
        }
        // `rmdir -p` goes on above
        let above = one.is(&["rmdir"]) && one.has(&["-p", "--parents"]);
        for effect in removals_of(one) {
            let paths = effect.and_then(|effect| effect.paths(Some(self.start.folder), &self.start));
            self.removed(span, paths.filter(|_| !above));
        }
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
            if let Some(at) = text.find(file) {
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
            if let Some(at) = text.find(file) {
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

fn makes_hard_links(name: &str, one: Invocation) -> bool {
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
