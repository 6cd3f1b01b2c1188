//! Who needs the index that `apt-get update` or `apk update` fetched: later commands, triggers, what the image runs; and who fetches
//! it again before.

use crate::facts::history::Place;
use crate::facts::{Facts, History, Known, Stage, Step, is_exec, uses};
use crate::knowledge::lists::{self, Part};
use crate::knowledge::programs::{self, Action, Kind, Manager};
use crate::script::{Argument, Commands, Dialect, Inner, Invocation, Reading};
use crate::shell::{self, Shell};
use crate::syntax::{Args, Instruction, Keyword};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// What a later step wants of apt's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// It installs from them.
    Lists(String),
    /// It runs what is not seen, and what is not seen may install from them.
    Unseen(String),
}

impl<'a> Facts<'a> {
    /// What later installs from the lists that are there behind the step at `position` of a stage, before they are surely
    /// fetched again.
    ///
    /// # Errors
    /// Who wants them.
    pub fn lists_are_done(&self, manager: Manager, stage: usize, position: usize) -> Result<(), Wants> {
        let Some(own) = self.stages.get(stage) else { return Ok(()) };
        let lists = {
            let mut asked = self.asked.lists.borrow_mut();
            asked.entry(manager).or_insert_with(|| Rc::new(Lists::new(self))).clone()
        };
        if lists.from(self, manager, stage, position + 1)? {
            return Ok(());
        }
        program_wants(manager, own)?;
        lists.below(self, manager, stage)
    }

    /// Whether apt's lists were surely fetched before a step, by an earlier one of its stage or of a parent; and what
    /// changed since then where they come from.
    pub fn lists_before(&self, stage: usize, position: usize) -> (bool, Option<String>) {
        let history = self.asked.fetched.get_or_init(|| History::new(self));
        let start = |_| Fetched::default();
        let fetched = history.before(self, (stage, position), start, |step, fetched| self.fetch_lists(step, fetched));
        let fetched = fetched.unwrap_or_default();
        (fetched.fetched, fetched.changed.map(|text| text.as_str().to_owned()))
    }

    fn fetch_lists(&self, step: &Step<'a>, fetched: &mut Fetched) {
        let text = step.instruction.line.text();
        let Some(owner) = self.stage_at(step.item).map(|index| &self.stages[index]) else { return };
        let work = self.work(owner, step);
        let refresh = work.as_ref().and_then(|work| {
            let surely = |call: &Invocation| call.does(Manager::Apt, Action::Refresh) && call.flow().must();
            work.calls().rfind(surely).map(|call| call.span().end)
        });
        if refresh.is_some() {
            *fetched = Fetched { fetched: true, changed: None };
        }
        let behind = match (&work, refresh) {
            (Some(work), Some(at)) => &work.text.text()[at as usize..],
            (Some(work), None) => work.text.text(),
            (None, _) => text,
        };
        fetched.fetched &= !behind.contains("/var/lib/apt");
        if changes_sources(step.instruction, behind) {
            fetched.changed = Some(Rc::new(text.chars().take(80).collect()));
        }
    }

    /// Whether a step surely fetches the lists again before it uses them.
    fn step_wants(&self, manager: Manager, stage: &Stage<'a>, step: &Step<'a>) -> Result<bool, Wants> {
        match (&step.instruction.keyword, &step.instruction.args) {
            (Keyword::Run, _) => match self.work(stage, step) {
                Some(work) => commands_want(manager, work.commands),
                None => unread_wants(manager, step.instruction).map(|()| false),
            },
            (Keyword::Onbuild, Args::Onbuild(inner)) if inner.keyword == Keyword::Run => {
                // a trigger runs in images made from this one, wherever it stands
                let text = inner.script(self.source);
                match text.as_ref().map(|text| (text.text(), shell::parse(text.text()))) {
                    Some((text, Shell::Script(script))) => {
                        let reading = Reading::of(text, &script, Dialect::default());
                        commands_want(manager, Commands::new(text, &reading)).map(|_| false)
                    }
                    _ => unread_wants(manager, inner).map(|()| false),
                }
            }
            _ => Ok(false),
        }
    }
}

/// Whether apt's lists are there, and what changed since they were fetched.
#[derive(Clone, Debug, Default)]
pub(super) struct Fetched {
    fetched: bool,
    changed: Option<Rc<String>>,
}

/// What each step wants of the lists of a manager, and what comes after each; asked for once.
#[derive(Debug)]
pub(super) struct Lists {
    /// Of each step, the next one from it on that fetches the lists or wants them; the number of steps where none does.
    next: RefCell<Vec<Vec<Option<usize>>>>,
    /// What those do.
    decided: RefCell<HashMap<Place, Result<bool, Wants>>>,
    /// Whether those made from a stage want them.
    below: RefCell<Vec<Option<Result<(), Wants>>>>,
}

impl Lists {
    fn new(facts: &Facts) -> Lists {
        let next = facts.stages.iter().map(|stage| vec![None; stage.steps.len()]).collect();
        Lists {
            next: RefCell::new(next),
            decided: RefCell::default(),
            below: RefCell::new(vec![None; facts.stages.len()]),
        }
    }

    /// Whether the lists are surely fetched again from a step on, before a step of the stage wants them.
    fn from<'a>(&self, facts: &Facts<'a>, manager: Manager, stage: usize, step: usize) -> Result<bool, Wants> {
        let one = &facts.stages[stage];
        let mut next = self.next.borrow_mut();
        let known = &mut next[stage];
        let mut at = step;
        let end = loop {
            let Some(current) = one.steps.get(at) else { break at.min(one.steps.len()) };
            if let Some(next) = known[at] {
                break next;
            }
            facts.counter.look(1);
            match facts.step_wants(manager, one, current) {
                Ok(false) => at += 1,
                decided => {
                    self.decided.borrow_mut().insert((stage, at), decided);
                    break at;
                }
            }
        };
        known.iter_mut().take((at + 1).min(one.steps.len())).skip(step).for_each(|next| *next = Some(end));
        self.decided.borrow().get(&(stage, end)).cloned().unwrap_or(Ok(false))
    }

    /// What the stages that are made from one want, directly or not.
    fn below(&self, facts: &Facts, manager: Manager, stage: usize) -> Result<(), Wants> {
        let mut open = vec![stage];
        let mut at = 0;
        while let Some(one) = open.get(at).copied() {
            at += 1;
            if self.below.borrow()[one].is_none() {
                open.extend(facts.children(one));
            }
        }
        // those that are made from others first
        for one in open.into_iter().rev() {
            if self.below.borrow()[one].is_none() {
                let found =
                    facts.stages[one].children.iter().rev().try_for_each(|child| self.child(facts, manager, *child));
                self.below.borrow_mut()[one] = Some(found);
            }
        }
        self.below.borrow()[stage].clone().unwrap_or(Ok(()))
    }

    /// What a stage wants of the lists that its base has. What is made from it must be known already.
    fn child(&self, facts: &Facts, manager: Manager, stage: usize) -> Result<(), Wants> {
        let fetched = self.from(facts, manager, stage, 0)?;
        program_wants(manager, &facts.stages[stage])?;
        if fetched { Ok(()) } else { self.below.borrow()[stage].clone().unwrap_or(Ok(())) }
    }
}

/// Whether a shell text may change where apt's packages come from.
pub fn may_change_sources(text: &str) -> bool {
    let marks =
        ["/etc/apt", "add-apt-repository", "apt-add-repository", "apt-key", "dpkg -i", ".deb", ".sh", "bash", " sh"];
    marks.iter().any(|mark| text.contains(mark))
}

/// Whether an instruction may change where apt's packages come from.
fn changes_sources(instruction: &Instruction, text: &str) -> bool {
    match (&instruction.keyword, &instruction.args) {
        (Keyword::Run, _) => may_change_sources(text),
        (Keyword::Copy | Keyword::Add, Args::Transfer { dest, .. }) => uses::overlap(&dest.text, "/etc/apt"),
        _ => false,
    }
}

/// Whether what the image runs by default names apt, or a program that reads apt's lists.
fn program_wants(manager: Manager, stage: &Stage) -> Result<(), Wants> {
    for text in [&stage.end.cmd, &stage.end.entrypoint] {
        if let Known::Yes(Some(text)) = text
            && (names(manager, text) || (manager == Manager::Apt && names_user(text)))
        {
            return Err(Wants::Lists(text.clone()));
        }
    }
    Ok(())
}

/// Whether a program that reads apt's lists is a word of a text.
fn names_user(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
    words.any(|word| programs::is(word, Kind::UsesLists))
}

/// Whether a program of the manager is a word of a text.
pub fn names(manager: Manager, text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.'));
    words.any(|word| programs::find(word).is_some_and(|program| program.manager == Some(manager)))
}

/// A RUN that was not read as a shell text.
fn unread_wants(manager: Manager, instruction: &Instruction) -> Result<(), Wants> {
    let text = &instruction.line.text()[instruction.rest.clone()];
    match () {
        () if names(manager, text) => Err(Wants::Lists(text.to_owned())),
        () if is_exec(instruction) && !text.contains(".sh") => Ok(()),
        () => Err(Wants::Unseen(text.to_owned())),
    }
}

/// Whether commands surely fetch the lists before they use them.
fn commands_want(manager: Manager, commands: Commands) -> Result<bool, Wants> {
    for one in commands.deep() {
        if one.does(manager, Action::Refresh) {
            if one.flow().must() {
                return Ok(true);
            }
        } else if let Some(wants) = command_wants(manager, one) {
            return Err(wants);
        }
    }
    Ok(false)
}

/// Whether no command that starts behind a byte of the text can want the lists.
pub fn are_done_after(manager: Manager, commands: Commands, end: u32) -> bool {
    let fine = |one: Invocation| command_wants(manager, one).is_none();
    let deep = |one: Invocation| match one.inner() {
        Inner::Commands(inner) => inner.deep().into_iter().all(fine),
        _ => true,
    };
    commands.with_children().filter(|one| one.span().end > end).all(|one| fine(one) && deep(one))
}

/// Whether an `apk` command fetches the index itself.
pub fn fetches_for_itself(call: Invocation) -> bool {
    call.has(&["--no-cache", "--update", "--update-cache", "-U"])
}

/// What a command may want of the lists.
fn command_wants(manager: Manager, one: Invocation) -> Option<Wants> {
    let whole = || one.written().lines().next().unwrap_or_default().chars().take(60).collect();
    let unseen = || Some(Wants::Unseen(whole()));
    if one.manager() == Some(manager) {
        let fine = matches!(one.action(), Action::Remove | Action::Clean)
            || (manager == Manager::Apk && fetches_for_itself(one));
        return (!fine).then(|| Wants::Lists(one.written().to_owned()));
    }
    if manager == Manager::Apt
        && let Some(who) = needs_content(one, "lib/apt/lists").filter(|_| one.run_by().is_none())
    {
        return Some(Wants::Lists(who));
    }
    let Some(called) = one.called() else { return one.name_word().and_then(|_| unseen()) };
    if manager == Manager::Apt && one.is_kind(Kind::UsesLists) {
        return Some(Wants::Lists(called.into_owned()));
    }
    match one.inner() {
        Inner::File(file) if is_fine(file.raw().trim_matches(['"', '\''])) => return None,
        Inner::File(_) => return if names(manager, one.raw()) { Some(Wants::Lists(whole())) } else { unseen() },
        Inner::Input if one.flow().piped || one.arguments().next().is_some() => return unseen(),
        Inner::Opaque(..) | Inner::Unknown if names(manager, one.raw()) => return Some(Wants::Lists(whole())),
        Inner::Opaque(..) | Inner::Unknown if one.raw().contains(".sh") => return unseen(),
        Inner::Commands(_) | Inner::Opaque(..) | Inner::Unknown => return None,
        Inner::Nothing | Inner::Input => {}
    }
    let (directory, file) = called.rsplit_once('/').unwrap_or(("", &called));
    let installed = ["", "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
    match file {
        "make" | "gmake" if asks_for_packages(one) => unseen(),
        _ if is_fine(&called) => None,
        _ if file.ends_with(".sh") => unseen(),
        _ if !installed.contains(&directory) && !directory.contains("/bin") => unseen(),
        _ => None,
    }
}

/// Whether a file is known to install nothing of the distribution.
fn is_fine(path: &str) -> bool {
    lists::words(Part::Fine).any(|fine| path == fine || path.strip_suffix(fine).is_some_and(|rest| rest.ends_with('/')))
}

/// A command that names a directory whose content goes, and may fail where it is empty: `rm -r /place/*`, but not
/// `rm -rf /place/*`.
pub fn needs_content(one: Invocation, place: &str) -> Option<String> {
    let mut words = one.words().map(Argument::raw);
    if !words.any(|word| word.contains(place)) {
        return None;
    }
    let calm = match one.words().next().map(Argument::raw)? {
        "rm" => one.has(&["-f", "--force"]),
        "mkdir" | "echo" | "find" | "chmod" | "chown" | "install" => !one.words().any(|word| word.raw().contains('*')),
        _ => false,
    };
    (!calm).then(|| one.words().map(Argument::raw).collect::<Vec<_>>().join(" "))
}

/// Whether a target of `make` speaks of packages.
fn asks_for_packages(make: Invocation) -> bool {
    let marks = ["dep", "setup", "apt", "bootstrap", "prepare", "prereq", "require", "provision"];
    make.arguments().any(|word| marks.iter().any(|mark| word.raw().contains(mark)))
}

/// Whether a text runs a script of the web that fetches the lists itself.
pub fn fetches_by_script(text: &str) -> Option<usize> {
    lists::words(Part::Fetches).filter_map(|part| text.rfind(part)).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::text::Source;

    fn done(text: &str) -> Result<(), Wants> {
        let source = Source::new(format!("FROM debian:12 AS base\nRUN apt-get update\n{text}"));
        let parsed = parse(&source);
        Facts::new(&source, &parsed.file).lists_are_done(Manager::Apt, 0, 0)
    }

    #[test]
    fn later_installs_want_the_lists() {
        for text in [
            "RUN apt-get install -y x",
            "RUN apt-get install -y x && apt-get update",
            "RUN apt-get update || true\nRUN apt-get install x",
            "RUN if a; then apt-get update; fi && apt install x",
            "CMD apt-get install -y x",
            "ONBUILD RUN apt-get install x",
            "FROM base\nRUN apt-get install x",
            "FROM base AS b\nFROM b\nRUN [\"apt-get\", \"install\", \"x\"]",
            "RUN su -c \"apt-get install x\"",
            "RUN rosdep install a",
            "RUN apt-cache policy x",
            "RUN rm -r /var/lib/apt/lists/*",
            "RUN cd /var/lib/apt/lists && rm *",
            "CMD apt-file search x",
        ] {
            assert!(matches!(done(text), Err(Wants::Lists(_))), "{text}");
        }
    }

    #[test]
    fn what_is_not_seen_may_want_them() {
        for text in
            ["RUN ./install.sh", "RUN curl https://a | sh", "RUN bash setup", "RUN $X", "RUN make deps", "RUN . ./x"]
        {
            assert!(matches!(done(text), Err(Wants::Unseen(_))), "{text}");
        }
    }

    #[test]
    fn nobody_wants_them_where_they_are_fetched_again() {
        for text in [
            "",
            "RUN pip install x && make && ./configure && npm ci",
            "RUN apt-get update && apt-get install x\nRUN apt-get install y",
            "RUN apt-get purge -y x && rm -rf /x",
            "RUN rm -rf /var/lib/apt/lists/*",
            "RUN apt-get update && rm -r /var/lib/apt/lists/*",
            "FROM debian\nRUN apt-get install x",
            "RUN sh -c 'echo a'\nRUN . /venv/bin/activate && pip install x",
        ] {
            assert_eq!(done(text), Ok(()), "{text}");
        }
    }
}
