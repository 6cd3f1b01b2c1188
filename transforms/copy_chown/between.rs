//! What stands between a COPY and the command that changes what it brought: whether it may change that, look at it, or make it.

use super::copied_file::{dest, is_copy, of};
use super::ownership_command::{at_folder, only};
use super::*;
use crate::facts::packages::Work;
use crate::facts::state::clean;
use crate::facts::uses::overlap;
use crate::facts::{Known, State, is_exec};
use crate::knowledge::programs::{Action, Manager};
use crate::script::{Argument, Invocation};
use crate::shell::{Command, CommandKind, Word};
use crate::syntax::{self, Args};
use crate::text::Span;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A change of owner is moved over it.
    Owner,
    /// A change of permissions is moved over it.
    Mode,
    /// A change of the owner of a folder, and of all in it, is moved over it.
    Tree,
    /// It may make the path.
    Made,
}

/// Commands that do nothing to files, whatever their words are.
const TALKERS: &[&str] = &["echo", "printf", "true", "false", ":", "set", "export", "sleep", "date", "id", "whoami"];
/// Package managers: they write to the folders of the distribution, and make accounts.
const PACKAGERS: &[&str] =
    &["apt", "apt-get", "apk", "yum", "dnf", "microdnf", "tdnf", "zypper", "update-ca-certificates", "ldconfig"];
/// Folders that packages fill.
const PACKAGED: &[&str] =
    &["/bin", "/boot", "/etc", "/lib", "/lib32", "/lib64", "/opt", "/sbin", "/srv", "/usr", "/var"];
/// Folders among them that packages leave to others.
const LEFT: &[&str] = &["/usr/local", "/usr/src/app"];
/// Commands that touch only what their words name.
const NAMED: &[&str] = &[
    "mkdir",
    "rm",
    "rmdir",
    "cp",
    "mv",
    "ln",
    "touch",
    "chown",
    "chgrp",
    "chmod",
    "cat",
    "ls",
    "test",
    "[",
    "grep",
    "head",
    "tail",
    "sed",
    "curl",
    "wget",
    "tar",
    "unzip",
    "tee",
    "sha256sum",
    "sha1sum",
    "sha512sum",
    "md5sum",
    "stat",
    "wc",
    "sort",
    "tr",
    "cut",
    "basename",
    "dirname",
    "readlink",
];

/// That nothing between a COPY and a command of a RUN stands against moving it.
///
/// # Errors
/// What does.
pub fn clear(
    facts: &Facts,
    stage: usize,
    (copy, run): (usize, usize),
    ask: &OwnershipCommand,
    one: &CopiedFile,
) -> Result<(), Reason> {
    let what = match &ask.wish {
        Wish::Owner(_) if one.is == Is::Folder => What::Tree,
        Wish::Owner(_) => What::Owner,
        Wish::Mode(_) => What::Mode,
    };
    for step in copy + 1..run {
        if let Some(found) = stands_between(facts, stage, step, &one.path, what) {
            let line = facts.stages[stage].steps[step].instruction.lines.0;
            return refuse(
                mark!(BETWEEN, "step"),
                format!("{found} in line {line} may change `{}`, or look at it", one.path),
            );
        }
    }
    let Some(link) = ask.link else { return Ok(()) };
    let at = &facts.stages[stage].steps[run];
    let Some(work) = facts.work(&facts.stages[stage], at) else { return Ok(()) };
    let places = Places::of(&work, at.before.workdir.get().map(String::as_str));
    for pipeline in work.script.list.pipelines().take(link) {
        let mut found = None;
        pipeline.commands.iter().for_each(|command| {
            command.for_each_command(&mut |command| {
                found = found.take().or_else(|| touches(&work, command, &places, &at.before, &one.path, what));
            });
        });
        if let Some(found) = found {
            return refuse(mark!(BETWEEN, "in-the-run"), format!("`{found}` may change `{}`, or look at it", one.path));
        }
    }
    Ok(())
}

fn stands_between(facts: &Facts, stage: usize, at: usize, path: &str, what: What) -> Option<String> {
    let step = &facts.stages[stage].steps[at];
    let instruction = step.instruction;
    let shown = || Some(format!("the {}", instruction.keyword.name()));
    match (&instruction.keyword, &instruction.args) {
        (Keyword::Run, _) => touched(facts, stage, at, path, what).map(|found| format!("`{found}`")),
        (Keyword::Volume, Args::Words { words, .. }) => {
            let covers = |word: &syntax::Arg| match step.before.expand(&word.text) {
                Known::Yes(volume) => overlap(&volume, path),
                Known::Unknown => true,
            };
            words.iter().any(covers).then(shown).flatten()
        }
        // it makes its folder, which a change of all that is in one would reach
        (Keyword::Workdir, _) if what == What::Tree => {
            let folder = directories::after(facts, step);
            folder.is_none_or(|folder| overlap(&folder, path) && folder != path).then(shown).flatten()
        }
        _ if is_copy(instruction) => match (dest(step), of(facts, stage, at, path)) {
            (Some(_), Ok(None)) => None,
            _ => shown(),
        },
        _ => None,
    }
}

/// The command of a RUN that may do something to a path, as it is written.
pub fn touched(facts: &Facts, stage: usize, at: usize, path: &str, what: What) -> Option<String> {
    let step = &facts.stages[stage].steps[at];
    let all = || Some(step.instruction.line.text().chars().take(60).collect());
    let Some(work) = facts.work(&facts.stages[stage], step) else { return all() };
    let places = Places::of(&work, step.before.workdir.get().map(String::as_str));
    let mut found = None;
    work.script.for_each_command(&mut |command| {
        found = found.take().or_else(|| touches(&work, command, &places, &step.before, path, what));
    });
    found
}

/// The same without `mkdir`, and of the links of a chain before one, if that is given.
pub fn touched_besides_directories(
    facts: &Facts,
    (stage, at): (usize, usize),
    path: &str,
    what: What,
    before: Option<usize>,
) -> Option<String> {
    let step = &facts.stages[stage].steps[at];
    let Some(work) = facts.work(&facts.stages[stage], step) else {
        return Some(step.instruction.line.text().to_owned());
    };
    let places = Places::of(&work, step.before.workdir.get().map(String::as_str));
    let makes = |command: &Command| match &command.kind {
        CommandKind::Simple(simple) => {
            command.redirects.is_empty() && simple.name(work.text.text()).as_deref() == Some("mkdir")
        }
        _ => false,
    };
    let elsewhere = work.commands.iter().filter(|one| installs_elsewhere(*one));
    let installs: Vec<Span> = elsewhere.map(Invocation::command_span).collect();
    let mut found = None;
    for pipeline in work.script.list.pipelines().take(before.unwrap_or(usize::MAX)) {
        pipeline.commands.iter().for_each(|command| {
            command.for_each_command(&mut |command| {
                if !makes(command) && !installs.contains(&command.span) {
                    found = found.take().or_else(|| touches(&work, command, &places, &step.before, path, what));
                }
            });
        });
    }
    found
}

/// Whether a command installs packages of Python where the interpreter has them, and none from a directory: it reads its lists as
/// root, whoever owns them, and writes nothing beside them.
fn installs_elsewhere(one: Invocation) -> bool {
    const OTHER: &[&str] = &[
        "-e",
        "--editable",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--src",
        "--log",
        "--log-file",
        "--report",
        "-b",
        "--build",
        "--build-dir",
        "-d",
        "--download",
        "--download-cache",
        "--cache-dir",
        "-f",
        "--find-links",
        "--group",
    ];
    let plain =
        |word: Argument| word.literal().is_some_and(|name| !name.contains(['/', '\\']) && !name.starts_with('.'));
    one.does(Manager::Pip, Action::Install)
        && one.redirects().len() == 0
        && one.options().all(|option| !option.is(OTHER))
        && one.packages().all(plain)
}

/// The folders that the commands of a text may run in; `None` where one is not known.
struct Places(Option<Vec<String>>);

impl Places {
    fn of(work: &Work, workdir: Option<&str>) -> Places {
        let text = work.text.text();
        let Some(workdir) = workdir else { return Places(None) };
        let mut all = Some(vec![workdir.to_owned()]);
        work.script.for_each_command(&mut |command| {
            let CommandKind::Simple(simple) = &command.kind else { return };
            match simple.name(text).as_deref() {
                Some("cd") => {
                    let target = simple.words.get(1).and_then(|word| word.literal(text));
                    let known = target.filter(|target| !target.starts_with('-'));
                    let bases = all.take();
                    all = bases.zip(known).map(|(bases, target)| {
                        let more: Vec<String> =
                            bases.iter().filter_map(|base| at_folder(Some(base), &target)).collect();
                        bases.into_iter().chain(more).collect()
                    });
                }
                Some("pushd" | "popd") => all = None,
                _ => {}
            }
        });
        Places(all.filter(|all| all.len() < 64))
    }

    /// Whether a word may name a path, something in it, or a folder above it; one that ends with the same name may do so by
    /// a link.
    fn meet(&self, word: &str, path: &str) -> bool {
        let word = word.trim_end_matches('/');
        let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
        if word.contains('/') && last(word) == last(path) {
            return true;
        }
        match (word.starts_with('/') || word.is_empty(), &self.0) {
            (true, _) => overlap(&clean(word), path),
            (false, Some(all)) => all.iter().any(|base| overlap(&clean(&format!("{base}/{word}")), path)),
            (false, None) => true,
        }
    }
}

/// The text of a command if it may do something to a path.
fn touches(work: &Work, command: &Command, places: &Places, state: &State, path: &str, what: What) -> Option<String> {
    let text = work.text.text();
    let shown = || Some(text[command.span.range()].lines().next().unwrap_or_default().chars().take(60).collect());
    let meets = |word: &Word| may_name(text, word, places, state, path);
    if command.redirects.iter().any(|redirect| meets(&redirect.target)) {
        return shown();
    }
    let CommandKind::Simple(simple) = &command.kind else {
        let function = matches!(command.kind, CommandKind::Function { .. } | CommandKind::Coproc(_));
        return if function { shown() } else { None };
    };
    let first = simple.words.first()?;
    let Some(name) = first.literal(text) else { return shown() };
    let words = &simple.words[1..];
    // what is executable earlier may be found in PATH earlier
    let called = what == What::Mode && path.rsplit('/').next() == name.rsplit('/').next();
    let hit = match &*name {
        _ if called => true,
        "cd" => false,
        "mkdir" if matches!(what, What::Owner | What::Mode) => false,
        "chown" | "chmod" | "chgrp" if what == What::Made => false,
        // owner and permissions do not care for each other, but for special bits
        "chown" | "chgrp" if what == What::Mode => false,
        "chmod" if matches!(what, What::Owner | What::Tree) => {
            let special = |word: &Word| word.literal(text).is_none_or(|mode| mode::is_special(&mode));
            words.iter().find(|word| !word.raw(text).starts_with('-')).is_none_or(special) && words.iter().any(meets)
        }
        name if TALKERS.contains(&name) => false,
        name if PACKAGERS.contains(&name) => {
            is_packaged(path) || words.iter().any(|word| word.raw(text).contains('/') && meets(word))
        }
        "curl" | "wget" => words.iter().any(|word| meets(word) || fetches_to(text, word, places, path)),
        "tar" | "unzip" => {
            // what they unpack goes to where they run
            let here = places.0.as_ref().is_none_or(|all| all.iter().any(|base| overlap(base, path)));
            here || words.iter().any(meets)
        }
        // their words are names of users and groups; a home directory is named from the root
        "useradd" | "adduser" | "groupadd" | "addgroup" | "usermod" => {
            let home = name.ends_with("useradd") || &*name == "adduser";
            let named = |word: &&Word| !matches!(word.literal(text), Some(name) if !name.contains('/'));
            home && path.starts_with("/home/") || words.iter().filter(named).any(meets)
        }
        name if NAMED.contains(&name) => words.iter().any(meets),
        _ => true,
    };
    if hit { shown() } else { None }
}

/// Whether a downloader may write to a path because of a word: the name of a URL, or an option that lets others name the file.
fn fetches_to(text: &str, word: &Word, places: &Places, path: &str) -> bool {
    let raw = word.raw(text).trim_matches(['"', '\'']);
    if raw.starts_with('-') {
        let named = ["content-disposition", "input-file", "recursive", "mirror", "config", "remote-header"];
        return match raw.strip_prefix("--") {
            Some(long) => named.iter().any(|name| long.starts_with(name)),
            None => raw.contains(['J', 'i', 'r', 'm', 'K', 'x', 'P']),
        };
    }
    let name = raw.rsplit('/').next().unwrap_or_default();
    raw.contains("://") && (name.contains('$') || places.meet(name, path))
}

/// Whether packages of the distribution may bring, or change, something at a path.
fn is_packaged(path: &str) -> bool {
    let inside =
        |folders: &[&str]| folders.iter().any(|folder| path == *folder || path.starts_with(&format!("{folder}/")));
    inside(PACKAGED) && !inside(LEFT)
}

/// Whether a word may name a path, something in it, or a folder above it.
fn may_name(text: &str, word: &Word, places: &Places, state: &State, path: &str) -> bool {
    let raw = word.raw(text).trim_matches(['"', '\'']);
    if let Some(value) = word.unquoted(text) {
        let value = value.into_owned();
        // `--file=path`, `of=path`, `-opath`
        let glued = value.find('/').filter(|_| value.starts_with('-')).map(|at| value[at..].to_owned());
        let behind = value.split_once('=').map(|(_, value)| value.to_owned()).or(glued);
        let braces = value.contains(['{', '~', '[']);
        return if braces {
            let fixed = value.split(['{', '~', '[']).next().unwrap_or_default();
            !fixed.starts_with('/') || places.meet(fixed.rsplit_once('/').map_or("/", |(folder, _)| folder), path)
        } else {
            behind.is_some_and(|value| places.meet(&value, path))
                || (!value.starts_with('-') && places.meet(&value, path))
        };
    }
    if let Known::Yes(value) = state.expand(word.raw(text))
        && !value.contains(['*', '?', '[', '{', '~'])
    {
        return places.meet(&value, path);
    }
    // what stands before the variable
    let fixed = raw.split(['$', '`']).next().unwrap_or_default();
    match fixed.rsplit_once('/') {
        Some((folder, _)) if fixed.starts_with('/') && !folder.is_empty() => places.meet(folder, path),
        _ => true,
    }
}

/// That a name means the same account when the COPY runs and when the command does.
///
/// # Errors
/// It may not.
pub fn same_account(
    facts: &Facts,
    stage: usize,
    (copy, run): (usize, usize),
    name: &str,
    user: bool,
    one: &CopiedFile,
) -> Result<(), Reason> {
    let doubt = |what: &str| refuse(&UNKNOWN_ACCOUNTS, format!("`{name}` may not be there when the COPY runs: {what}"));
    if ["/etc", "/etc/passwd", "/etc/group"].contains(&one.path.as_str()) {
        return doubt("the COPY itself may bring the accounts");
    }
    let (before, after) = (facts.users(stage, copy), facts.users(stage, run));
    let known = match user {
        true => before.user(name).is_some() && before.user(name) == after.user(name),
        false => before.group(name).is_some() && before.group(name) == after.group(name),
    };
    // nothing between makes or changes any account: then the name is found at the COPY, too
    let steps = &facts.stages[stage].steps;
    let calm = |at: usize| match steps[at].instruction.keyword {
        // the command itself, without a shell
        Keyword::Run if is_exec(steps[at].instruction) && at == run => true,
        Keyword::Run => quiet(facts, stage, at),
        Keyword::Copy | Keyword::Add => dest(&steps[at]).is_some_and(|(dest, _)| {
            ["/etc/passwd", "/etc/group"].iter().all(|file| matches!(of(facts, stage, at, file), Ok(None)))
                && dest != "/"
        }),
        _ => true,
    };
    match known || (copy + 1..=run).all(calm) {
        true => Ok(()),
        false => doubt("something between the two may make it, or change it"),
    }
}

/// Whether the RUN at a step surely changes no account.
fn quiet(facts: &Facts, stage: usize, at: usize) -> bool {
    const ACCOUNTS: &[&str] = &["useradd", "groupadd", "adduser", "addgroup", "usermod"];
    let Some(work) = facts.work(&facts.stages[stage], &facts.stages[stage].steps[at]) else { return false };
    let mut quiet =
        ["/etc/passwd", "/etc/group"].iter().all(|file| touched(facts, stage, at, file, What::Mode).is_none());
    work.script.for_each_command(&mut |command| {
        if let CommandKind::Simple(simple) = &command.kind {
            quiet &= !simple.name(work.text.text()).is_some_and(|name| ACCOUNTS.contains(&&*name));
        }
    });
    quiet
}

/// Whether a chain without some of its links would only change its folder.
pub fn only_moves(work: &Work, gone: &[usize]) -> bool {
    let text = work.text.text();
    let left = work.script.list.pipelines().enumerate().filter(|(index, _)| !gone.contains(index));
    let idle = |name: &str| ["cd", "set", "true", ":"].contains(&name);
    left.filter_map(|(_, pipeline)| only(pipeline)).all(|simple| simple.name(text).is_some_and(|name| idle(&name)))
        && work.script.list.pipelines().all(|pipeline| only(pipeline).is_some())
}
