//! What one RUN is and does, as far as it matters for whether a join is worth it: no proof of anything. What it writes and
//! removes, whose packages it handles, of which sort it is.

use crate::facts::Changes;
use crate::facts::changes::{Change, PackageChange};
use crate::knowledge::lists::{self, Part};
use crate::knowledge::paths::{Absolute, Pattern};
use crate::knowledge::programs::{Action, Kind, Manager, Touch};
use crate::script::{Argument, Commands, Inner, Invocation, Variables};
use crate::shell::List;

/// Where the package managers of distributions keep their settings.
const SOURCES: &[&str] =
    &["/etc/apt", "/etc/yum.repos.d", "/etc/apk", "/etc/zypp", "/etc/pki/rpm-gpg", "/usr/share/keyrings"];
/// What packages of the distribution bring and a later command may take away to save space.
const PACKAGED: &[&str] = &["/usr/share", "/usr/lib", "/usr/include", "/var/log"];

/// What a RUN is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Packages of the distribution, and where they come from.
    System,
    /// Directories, links, modes, small files.
    Files,
    /// Users and groups.
    Accounts,
    /// Packages of a language, by this program.
    Packages(&'static str),
    /// Settings, by this program.
    Settings(&'static str),
    /// Files from the web, and what is unpacked.
    Downloads,
    /// All else: builds, what is not known.
    Other,
}

/// What is known of one RUN.
#[derive(Debug)]
pub struct Marks {
    /// What it is there for.
    pub sort: Sort,
    /// How many links its chains have.
    pub links: usize,
    /// It does nothing but change the shell in which it runs, which ends with it.
    pub idle: bool,
    /// It sets options of the shell.
    pub sets_options: bool,
    /// What it writes, makes, or may.
    written: Vec<Pattern>,
    /// Where commands work that may write anything there.
    places: Vec<Absolute>,
    /// What it removes, as far as that is known.
    removed: Vec<Pattern>,
    installs: Vec<String>,
    removes: Vec<String>,
    managers: Vec<(Manager, Action)>,
    tools: Vec<(&'static str, Action)>,
    accounts: Vec<String>,
}

/// Where a text starts and what variables hold. The home is root's if nothing else is known.
struct Start<'a>(Option<Absolute>, &'a dyn Variables);

impl Variables for Start<'_> {
    fn variable(&self, name: &str) -> Option<&str> {
        self.1.variable(name).or((name == "HOME").then_some("/root"))
    }
}

impl Marks {
    /// Reads commands that start in `workdir`.
    pub fn of(commands: Commands, list: &List, workdir: Option<&str>, variables: &dyn Variables) -> Marks {
        let start = Start(workdir.and_then(Absolute::new).or_else(|| Some(Absolute::somewhere())), variables);
        let all: Vec<Invocation> = commands.deep().into_iter().filter(|one| does_something(*one)).collect();
        let mut marks = Marks {
            sort: sort(&all, commands.text()),
            links: list.entries.iter().map(|entry| 1 + entry.and_or.rest.len()).sum(),
            idle: all.iter().all(|one| one.is_kind(Kind::ShellState) && !one.is_kind(Kind::Unbounded))
                && commands.redirects().next().is_none(),
            sets_options: all.iter().any(|one| one.is(&["set"]) && one.flow().here),
            written: Vec::new(),
            places: Vec::new(),
            removed: Vec::new(),
            installs: Vec::new(),
            removes: Vec::new(),
            managers: all.iter().filter_map(|one| Some((one.manager()?, one.action()))).collect(),
            tools: all.iter().map(|one| (one.program_name(), one.action())).collect(),
            accounts: Vec::new(),
        };
        let targets = commands.redirects().filter(|redirect| redirect.writes());
        marks.written.extend(targets.filter_map(|redirect| Pattern::new(&redirect.target().value(&start)?)));
        all.iter().for_each(|one| marks.command(*one, &start));
        marks.packages(&Changes::of(commands));
        marks
    }

    fn command(&mut self, one: Invocation, start: &Start) {
        let (variables, from): (&dyn Variables, _) = (start, start.0.as_ref());
        match one.effects() {
            Some(effects) => {
                for effect in effects.into_iter().filter(|effect| effect.touch != Touch::Reads) {
                    let paths = effect.paths(from, variables).unwrap_or_default();
                    let into = if effect.touch == Touch::Removes { &mut self.removed } else { &mut self.written };
                    into.extend(paths);
                }
            }
            None => {
                self.places.extend(one.directory().likely(from, variables));
                let plain =
                    |word: &Argument| !word.raw().contains(|c: char| c.is_whitespace() || "'\"(){};".contains(c));
                let paths = one.arguments().filter(plain).filter_map(|word| one.paths(word, from, variables));
                self.written.extend(paths.flatten());
            }
        }
        if one.program().is_some_and(|program| program.account.is_some()) {
            self.accounts.extend(one.operands().filter_map(Argument::literal).map(|name| name.into_owned()));
        }
    }

    fn packages(&mut self, changes: &Changes) {
        for (change, _) in &changes.all {
            match change {
                Change::Packages(PackageChange::Install { names, bundle, .. }) => {
                    self.installs.extend(names.iter().chain(bundle).cloned());
                }
                Change::Packages(PackageChange::Remove { names, .. }) => self.removes.extend(names.iter().cloned()),
                _ => {}
            }
        }
    }

    /// Whether it handles packages of a manager by one of these actions.
    fn does(&self, manager: Manager, actions: &[Action]) -> bool {
        self.managers.iter().any(|(of, action)| *of == manager && actions.contains(action))
    }

    /// Whether it fetches an index.
    fn fetches(&self) -> bool {
        self.managers.iter().any(|(_, action)| *action == Action::Refresh)
    }

    /// Whether it does nothing with packages but that.
    fn only_fetches(&self) -> bool {
        self.managers.iter().all(|(_, action)| *action == Action::Refresh)
    }

    /// Whether it installs with an index of its own.
    fn stands_alone(&self) -> bool {
        self.fetches() && self.managers.iter().any(|(_, action)| *action == Action::Install)
    }

    /// Whose caches it cleans, or removes.
    fn cleans(&self) -> Vec<Manager> {
        let all =
            [Manager::Apt, Manager::Apk, Manager::Dnf, Manager::Zypper, Manager::Pip, Manager::Npm, Manager::Yarn];
        let cleans = |manager: &Manager| {
            let told = self.does(*manager, &[Action::Clean]);
            told || self.removed.iter().any(|path| path.may_overlap_any(manager.caches()) && path.as_str() != "/")
        };
        all.into_iter().filter(cleans).collect()
    }

    /// Whether it may stand among packages of the distribution that are put together.
    fn is_neutral(&self) -> bool {
        matches!(self.sort, Sort::System | Sort::Files | Sort::Downloads)
    }

    /// Whether it speaks of an account that another one makes.
    fn names_account_of(&self, other: &Marks, text: &str) -> bool {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
        words.any(|word| other.accounts.iter().any(|name| name == word))
    }
}

/// From which of the RUNs before the last one on a join saves bytes, as the last one takes away what they leave; or keeps an
/// index with the install that needs it.
/// `apart` says of each but the first whether a comment stands above it.
pub fn saves_from(runs: &[&Marks], apart: &[bool]) -> Option<usize> {
    let (last, before) = runs.split_last()?;
    let purged = before.iter().position(|one| one.installs.iter().any(|name| last.removes.contains(name)));
    let deleted = before.iter().position(|one| last.removed.iter().any(|path| one.wrote(path)));
    let neutral = before.len() - before.iter().rev().take_while(|one| one.is_neutral()).count();
    let near = |wanted: &dyn Fn(&Marks) -> bool| (neutral..before.len()).find(|at| wanted(before[*at]));
    let packaged = last.installs.is_empty() && last.removed.iter().any(|path| path.is_in_any(PACKAGED));
    let cleaned = last.cleans();
    let of_system = near(&|one| {
        let left = |manager: &Manager| {
            let uses = one.does(*manager, &[Action::Refresh, Action::Install, Action::Upgrade]);
            uses && !one.cleans().contains(manager)
        };
        cleaned.iter().any(left) || (packaged && !one.installs.is_empty())
    });
    let of_language = before.len().checked_sub(1).filter(|at| {
        let left = |manager: &Manager| {
            let installs = |marks: &Marks| marks.does(*manager, &[Action::Install, Action::Upgrade]);
            installs(before[*at]) && !installs(last) && !before[*at].cleans().contains(manager)
        };
        let same = |tool: &(&str, Action)| {
            tool.1 == Action::Clean
                && before[*at].tools.iter().any(|(name, _)| *name == tool.0)
                && !before[*at].tools.contains(tool)
        };
        !before[*at].is_neutral() && (cleaned.iter().any(left) || last.tools.iter().any(same))
    });
    let index = near(&|one| {
        let fetched = |(manager, action): &(Manager, Action)| {
            *action == Action::Refresh && last.does(*manager, &[Action::Install, Action::Upgrade])
        };
        one.managers.iter().any(fetched)
    });
    // each install can fetch the index itself, and clean up: a paragraph that begins with a comment may stay one
    let headed = |at: usize| apart[at + 1..].contains(&true) && !before[at].only_fetches();
    let index = index.filter(|at| !headed(*at) && last.is_neutral() && !last.fetches());
    [purged, deleted, of_system, of_language, index].into_iter().flatten().min()
}

/// Whether two neighbours are short and of one kind.
pub fn are_kin(left: &Marks, right: &Marks, text: &str, lines: (usize, usize)) -> bool {
    let short = |marks: &Marks, lines: usize| lines <= 4 && marks.links <= 3;
    let both = short(left, lines.0) && short(right, lines.1);
    match (left.sort, right.sort) {
        (Sort::System, Sort::System) => {
            !right.stands_alone() || left.managers.iter().all(|(_, one)| *one == Action::Other)
        }
        (Sort::Accounts, Sort::Files) => both && right.names_account_of(left, text),
        (Sort::Files, Sort::Files) | (Sort::Accounts, Sort::Accounts) => both,
        (Sort::Packages(one), Sort::Packages(other)) => both && one == other,
        (Sort::Settings(one), Sort::Settings(other)) => both && one == other,
        _ => false,
    }
}

impl Marks {
    /// Whether what it writes is among what is at a path, or may be.
    fn wrote(&self, path: &Pattern) -> bool {
        let fits = |written: &Pattern| match (written.exact(), path.exact()) {
            (Some(written), _) if written != Absolute::root() => path.may_hold(&written),
            (None, Some(path)) => written.may_overlap(&path),
            _ => written == path,
        };
        let system = path.as_str() == "/" || path.is_in_any(PACKAGED);
        !system && (self.written.iter().any(fits) || self.places.iter().any(|place| path.may_hold(place)))
    }
}

/// Whether a command is more than a wrapper of others that are looked at themselves.
fn does_something(one: Invocation) -> bool {
    one.words().len() > 0 && !matches!(one.inner(), Inner::Commands(_))
}

fn sort(all: &[Invocation], text: &str) -> Sort {
    let accounts = |one: &Invocation| one.program().is_some_and(|program| program.account.is_some());
    let system = |one: &Invocation| one.is_kind(Kind::SystemPackages) || one.is_kind(Kind::SystemTool);
    let sets_up = |one: &Invocation| is_file_tool(*one) || fetches(*one) || adds_source(*one, all);
    let others = || all.iter().filter(|one| !is_file_tool(**one));
    let sources = || SOURCES.iter().any(|place| text.contains(place)) || all.iter().any(|one| adds_source(*one, all));
    if all.iter().all(is_file_tool_of) && !sources() {
        return Sort::Files;
    }
    if (all.iter().any(system) || sources()) && all.iter().all(|one| system(one) || sets_up(one)) {
        return Sort::System;
    }
    if all.iter().any(accounts) && all.iter().all(|one| accounts(one) || is_file_tool(*one)) {
        return Sort::Accounts;
    }
    let brings = |one: &Invocation| fetches(*one) || one.is_kind(Kind::Unpacks) || one.is(&["cd"]);
    let from_web = |one: &Invocation| one.is_kind(Kind::Unpacks) || one.raw().contains("://");
    if all.iter().any(from_web) && all.iter().all(|one| brings(one) || is_file_tool(*one)) {
        return Sort::Downloads;
    }
    let mut names = others().map(|one| one.program_name());
    let first = names.next().unwrap_or_default();
    if first.is_empty() || !names.all(|name| name == first) {
        return Sort::Other;
    }
    match () {
        () if others().all(|one| one.is_kind(Kind::LanguagePackages) && one.action() == Action::Install) => {
            Sort::Packages(first)
        }
        () if others().all(|one| one.is_kind(Kind::Inert) && !one.is_kind(Kind::Unpacks) && !fetches(*one)) => {
            Sort::Settings(first)
        }
        () => Sort::Other,
    }
}

fn is_file_tool_of(one: &Invocation) -> bool {
    is_file_tool(*one)
}

/// Whether a command is a basic tool that is known to touch some files and nothing else.
fn is_file_tool(one: Invocation) -> bool {
    let apart = [Kind::Unpacks, Kind::SystemPackages, Kind::SystemTool, Kind::Unbounded, Kind::ShellState];
    let plain = one.is_kind(Kind::Core) || one.program_name() == ":";
    plain
        && one.program().is_some_and(|program| program.effects.is_some())
        && !apart.iter().any(|kind| one.is_kind(*kind))
}

/// Whether a command that is no tool of a language fetches something.
fn fetches(one: Invocation) -> bool {
    one.is_kind(Kind::Inert) && !one.is_kind(Kind::Unpacks) && !one.is_kind(Kind::ShellState) && !one.is(&["git"])
}

/// Whether it is a shell that runs a script from the web that sets up a source of packages, and fetches their index.
fn adds_source(one: Invocation, all: &[Invocation]) -> bool {
    let known = |word: Argument| lists::words(Part::Fetches).any(|address| word.raw().contains(address));
    let feeds = |other: &Invocation| other.pipe() == one.pipe() && other.arguments().any(known);
    matches!(one.inner(), Inner::Input) && one.text().contains("://") && all.iter().any(feeds)
}
