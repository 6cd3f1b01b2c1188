//! How far what a RUN leaves in the file system reaches: the rest of its stage, the stages made from it, files that COPY or a
//! mount takes out of it, triggers, and the program that the image runs. Knows who looks, not whether that is good.

use crate::facts::control_flow;
use crate::facts::packages::{self, Call, Manager};
use crate::facts::{Base, Facts, Known, Stage, Step, is_exec};
use crate::knowledge::lists::{self, Part};
use crate::knowledge::managers::{self, Action};
use crate::knowledge::programs::{self, Kind};
use crate::shell::{self, Shell, Simple};
use crate::syntax::{Args, Instruction, Keyword};
use crate::text::Span;

/// What a later step wants of apt's lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// It installs from them.
    Lists(String),
    /// It runs what is not seen, and what is not seen may install from them.
    Unseen(String),
}

/// A mount of a RUN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// `cache`, `bind`, ...
    pub kind: String,
    /// Where it is mounted; `None` where that is not known.
    pub target: Option<String>,
    /// The stage or image that it is from.
    pub from: Option<String>,
    /// The path in there.
    pub source: Option<String>,
}

/// The mounts of a RUN.
pub fn mounts(instruction: &Instruction) -> Vec<Mount> {
    let flags = instruction.flags.iter().filter(|flag| flag.name == "mount");
    flags.map(|flag| read_mount(flag.value.as_deref().unwrap_or_default())).collect()
}

fn read_mount(value: &str) -> Mount {
    let field = |names: &[&str]| {
        let pairs = value.split(',').filter_map(|field| field.split_once('='));
        let mut named = pairs.filter(|(key, _)| names.contains(&key.to_lowercase().as_str()));
        named.next().map(|(_, value)| value.trim_matches('"').to_owned())
    };
    let kind = field(&["type"]).unwrap_or_else(|| "bind".to_owned());
    let target = field(&["target", "dst", "destination"]).filter(|path| !path.contains('$'));
    Mount { kind, target, from: field(&["from"]), source: field(&["source", "src"]) }
}

/// Whether one path is the other, or above or below it.
pub fn overlap(left: &str, right: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (left, right) = (parts(left), parts(right));
    left.iter().zip(&right).all(|(a, b)| a == b || a.contains(['*', '?', '$']) || b.contains(['*', '?', '$']))
}

/// Whether a RUN has a mount at, above or below one of these paths, or one whose place is not known.
pub fn mounted(instruction: &Instruction, paths: &[&str]) -> Option<String> {
    let flags = instruction.flags.iter().filter(|flag| flag.name == "mount");
    let mut pairs = mounts(instruction).into_iter().zip(flags);
    let hit = |mount: &Mount| {
        !matches!(mount.kind.as_str(), "secret" | "ssh")
            && mount
                .target
                .as_ref()
                .is_none_or(|target| !target.starts_with('/') || paths.iter().any(|path| overlap(target, path)))
    };
    pairs.find(|(mount, _)| hit(mount)).map(|(_, flag)| flag.text.clone())
}

/// Whether a RUN has no network.
pub fn offline(instruction: &Instruction) -> bool {
    instruction.flag("network").is_some_and(|flag| flag.value.as_deref() == Some("none"))
}

impl<'a> Facts<'a> {
    /// The stages made from a stage, directly.
    pub fn children(&self, stage: usize) -> impl Iterator<Item = usize> {
        self.stages.iter().enumerate().filter(move |(_, one)| one.base == Base::Stage(stage)).map(|(index, _)| index)
    }

    /// A stage and all that are made from it, directly or not.
    pub fn family_of(&self, stage: usize) -> Vec<usize> {
        let mut out = vec![stage];
        let mut at = 0;
        while let Some(one) = out.get(at).copied() {
            out.extend(self.children(one));
            at += 1;
        }
        out
    }

    /// Whether COPY or a mount takes something at, above or below one of these paths out of a stage or one made from it.
    pub fn taken_out(&self, stage: usize, paths: &[&str]) -> Option<String> {
        let holders = self.family_of(stage);
        let holds = |name: &str| {
            let named = self.stages.iter().rposition(|one| one.name.as_deref() == Some(&name.to_lowercase()));
            name.contains('$') || named.or_else(|| name.parse().ok()).is_some_and(|index| holders.contains(&index))
        };
        let wanted = |source: &str| {
            let source = if source.starts_with('$') { "/" } else { source };
            paths.iter().any(|path| overlap(source, path))
        };
        let mut all = self.file.instructions().map(|(_, one)| match &one.args {
            Args::Onbuild(inner) => inner,
            _ => one,
        });
        let takes = |one: &Instruction| {
            let from = one.flag("from").and_then(|flag| flag.value.as_deref());
            let copies = match &one.args {
                Args::Transfer { sources, .. } => {
                    from.is_some_and(holds) && sources.iter().any(|source| wanted(&source.text))
                }
                _ => false,
            };
            copies
                || mounts(one).iter().any(|mount| {
                    mount.from.as_deref().is_some_and(holds) && wanted(mount.source.as_deref().unwrap_or("/"))
                })
        };
        all.find(|one| takes(one)).map(|one| one.line.text().to_owned())
    }

    /// What later installs from the lists that are there behind the step at `position` of a stage, before they are surely
    /// fetched again.
    ///
    /// # Errors
    /// Who wants them.
    pub fn lists_are_done(&self, manager: Manager, stage: usize, position: usize) -> Result<(), Wants> {
        let Some(own) = self.stages.get(stage) else { return Ok(()) };
        for step in own.steps.iter().skip(position + 1) {
            if self.step_wants(manager, own, step)? {
                return Ok(());
            }
        }
        program_wants(manager, own)?;
        let mut open: Vec<usize> = self.children(stage).collect();
        while let Some(child) = open.pop() {
            let Some(one) = self.stages.get(child) else { continue };
            let mut fetched = false;
            for step in &one.steps {
                fetched = fetched || self.step_wants(manager, one, step)?;
            }
            program_wants(manager, one)?;
            if !fetched {
                open.extend(self.children(child));
            }
        }
        Ok(())
    }

    /// Whether apt's lists were surely fetched before a step, by an earlier one of its stage or of a parent; and what
    /// changed since then where they come from.
    pub fn lists_before(&self, stage: usize, position: usize) -> (bool, Option<String>) {
        let (mut fetched, mut changed) = (false, None);
        self.each_step_before(stage, position, &mut |facts, step| {
            let text = step.instruction.line.text();
            let Some(owner) = facts.stages.iter().rev().find(|stage| stage.item < step.item) else { return };
            let work = facts.work(owner, step);
            let refresh = work.as_ref().and_then(|work| {
                let mut calls = work.calls.iter().rev();
                calls
                    .find(|call| call.does(Manager::Apt, Action::Refresh) && call.position.must)
                    .map(|call| call.span.end)
            });
            if refresh.is_some() {
                (fetched, changed) = (true, None);
            }
            let behind = match (&work, refresh) {
                (Some(work), Some(at)) => &work.text.text()[at as usize..],
                (Some(work), None) => work.text.text(),
                (None, _) => text,
            };
            let lists_gone = behind.contains("/var/lib/apt");
            fetched &= !lists_gone;
            if changes_sources(step.instruction, behind) {
                changed = Some(text.chars().take(80).collect());
            }
        });
        (fetched, changed)
    }

    /// Whether a step surely fetches the lists again before it uses them.
    fn step_wants(&self, manager: Manager, stage: &Stage<'a>, step: &Step<'a>) -> Result<bool, Wants> {
        match (&step.instruction.keyword, &step.instruction.args) {
            (Keyword::Run, _) => match self.work(stage, step) {
                Some(work) => script_wants(manager, work.text.text(), work.script, work.calls),
                None => unread_wants(manager, step.instruction).map(|()| false),
            },
            (Keyword::Onbuild, Args::Onbuild(inner)) if inner.keyword == Keyword::Run => {
                // a trigger runs in images made from this one, wherever it stands
                match inner.script(self.source).map(|text| (shell::parse(text.text()), text)) {
                    Some((Shell::Script(script), text)) => {
                        let calls = packages::calls(text.text(), &script, false);
                        script_wants(manager, text.text(), &script, &calls).map(|_| false)
                    }
                    _ => unread_wants(manager, inner).map(|()| false),
                }
            }
            _ => Ok(false),
        }
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
        (Keyword::Copy | Keyword::Add, Args::Transfer { dest, .. }) => overlap(&dest.text, "/etc/apt"),
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
    words.any(|word| managers::find(word).is_some_and(|program| program.manager == Some(manager)))
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

/// Whether a text surely fetches the lists before it uses them.
fn script_wants(manager: Manager, text: &str, script: &shell::Script, calls: &[Call]) -> Result<bool, Wants> {
    let mut found: Vec<(Span, bool, Option<Wants>)> = Vec::new();
    for call in calls.iter().filter(|call| call.program.manager == Some(manager)) {
        let what = text[call.span.range()].to_owned();
        match call.action {
            Action::Refresh => found.push((call.span, call.position.must, None)),
            Action::Remove | Action::Clean => {}
            _ if manager == Manager::Apk && fetches_for_itself(call) => {}
            _ => found.push((call.span, false, Some(Wants::Lists(what)))),
        }
    }
    control_flow::for_each(text, script, false, &mut |command, simple, position| {
        if let Some(wants) = command_wants(manager, text, simple, position.piped) {
            found.push((command.span, false, Some(wants)));
        }
    });
    found.sort_by_key(|(span, _, _)| span.start);
    for (_, fetches, wants) in found {
        match wants {
            Some(wants) => return Err(wants),
            None if fetches => return Ok(true),
            None => {}
        }
    }
    Ok(false)
}

/// Whether an `apk` command fetches the index itself.
pub fn fetches_for_itself(call: &Call) -> bool {
    call.has_long(&["--no-cache", "--update", "--update-cache", "-U"]) || call.option(&["-U"]).is_some()
}

/// What a command other than apt's may want of the lists.
fn command_wants(manager: Manager, text: &str, simple: &Simple, piped: bool) -> Option<Wants> {
    if manager == Manager::Apt
        && let Some(who) = needs_content(text, simple, "lib/apt/lists")
    {
        return Some(Wants::Lists(who));
    }
    let mut words = simple.words.as_slice();
    let whole = || text[simple.words.first().map_or(0..0, |word| word.span.range()).start..].lines().next();
    let unseen = || Some(Wants::Unseen(whole().unwrap_or_default().chars().take(60).collect()));
    loop {
        let Some(name) = words.first()?.unquoted(text) else { return unseen() };
        let name = name.into_owned();
        let (folder, file) = name.rsplit_once('/').map_or(("", name.as_str()), |(folder, file)| (folder, file));
        let installed = ["", "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"];
        if super::effects::WRAPPERS.contains(&file) {
            words = super::effects::unwrap(&name, words, text)?;
            continue;
        }
        let fine =
            |name: &str| lists::words(Part::Fine).any(|fine| name == fine || name.ends_with(&format!("/{fine}")));
        return match file {
            _ if manager == Manager::Apt && programs::is(file, Kind::UsesLists) => Some(Wants::Lists(name.clone())),
            "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "su" | "eval" | "xargs" | "chroot" | "runuser"
            | "script" => shell_wants(manager, text, words, piped),
            "." | "source" => {
                let read = words.get(1).map(|word| word.raw(text).trim_matches(['"', '\'']));
                if read.is_some_and(fine) { None } else { unseen() }
            }
            "make" | "gmake" if asks_for_packages(text, words) => unseen(),
            _ if file.ends_with(".sh") && !fine(&name) => unseen(),
            _ if !installed.contains(&folder) && !fine(&name) && !folder.contains("/bin") => unseen(),
            _ => None,
        };
    }
}

/// A command that names a folder whose content goes, and may fail where it is empty: `rm -r /place/*`, but not `rm -rf /place/*`.
pub fn needs_content(text: &str, simple: &Simple, place: &str) -> Option<String> {
    let words: Vec<&str> = simple.words.iter().map(|word| word.raw(text)).collect();
    let first = words.first()?;
    if !words.iter().any(|word| word.contains(place)) {
        return None;
    }
    let forced =
        |word: &&str| *word == "--force" || (word.starts_with('-') && !word.starts_with("--") && word.contains('f'));
    let calm = match *first {
        "rm" => words.iter().any(forced),
        "mkdir" | "echo" | "find" | "chmod" | "chown" | "install" => !words.iter().any(|word| word.contains('*')),
        _ => false,
    };
    (!calm).then(|| words.join(" "))
}

/// A shell that is given a script: what is not in the text is not seen.
fn shell_wants(manager: Manager, text: &str, words: &[shell::Word], piped: bool) -> Option<Wants> {
    let all: Vec<String> = words.iter().map(|word| word.raw(text).to_owned()).collect();
    let line = all.join(" ");
    if names(manager, &line) {
        return Some(Wants::Lists(line));
    }
    let given = all.iter().skip(1).any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('c'));
    let builtin = matches!(all.first().map(String::as_str), Some("su" | "eval" | "xargs"));
    let runs_file = line.contains(".sh") || (!given && !builtin && (piped || all.len() > 1));
    runs_file.then_some(Wants::Unseen(line))
}

fn asks_for_packages(text: &str, words: &[shell::Word]) -> bool {
    let marks = ["dep", "setup", "apt", "bootstrap", "prepare", "prereq", "require", "provision"];
    words.iter().skip(1).any(|word| marks.iter().any(|mark| word.raw(text).contains(mark)))
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

    #[test]
    fn what_is_copied_out_is_seen() {
        let source = Source::new("FROM a AS x\nFROM x AS y\nFROM b\nCOPY --from=y /var/lib /l\n");
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        assert!(facts.taken_out(0, &["/var/lib/apt/lists"]).is_some(), "from a stage made of it");
        assert!(facts.taken_out(0, &["/root/.cache"]).is_none());
        assert!(facts.taken_out(2, &["/var/lib/apt/lists"]).is_none());
    }
}
