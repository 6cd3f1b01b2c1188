//! What a command would see that `sudo` hides from it, and whether it looks.

use super::*;
use crate::facts::State;
use crate::knowledge::environment::{self, Part};
use crate::knowledge::images;
use crate::knowledge::programs::{self, Kind};
use crate::script::{Argument, Commands, Inner, Setter};

/// How much of its environment a program heeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Heeds {
    /// Only what concerns every program.
    Nothing,
    /// A package manager of a distribution: what it and the scripts of packages are known to read.
    Some,
    /// A tool that is known to be configured by variables.
    Many,
    /// Not known: any.
    Any,
}

/// Images with nothing but PATH in their environment.
const PLAIN: &[&str] = &["alpine", "debian", "ubuntu"];

/// How far dropping `sudo` goes, by what its command would see.
///
/// # Errors
/// Something that matters.
pub fn level(facts: &Facts, stage: usize, state: &State, work: &Work, line: &Line) -> Result<Level, Reason> {
    // each is looked for in several tables
    let names = match facts.counter.look(1) && facts.counter.look(8 * state.env.names().count()) {
        true => hidden(state, work, line),
        false => Vec::new(),
    };
    let heeds = heeds(line);
    if let Some(name) = names.iter().find(|name| matters(name, heeds)) {
        let name = name.as_deref().unwrap_or("a variable whose name is not known");
        return refuse(mark!(ENVIRONMENT, "hidden"), format!("`sudo` hides `{name}` from the command"));
    }
    let plain = facts.reference(stage).is_some_and(|image| {
        let name = images::split(image).0.rsplit('/').next().unwrap_or_default();
        images::find(image).is_some() && PLAIN.contains(&name)
    });
    match heeds {
        Heeds::Nothing => Ok(Level::Recommended),
        Heeds::Some if names.is_empty() => Ok(Level::Recommended),
        Heeds::Many if plain => Ok(Level::Recommended),
        Heeds::Some => Ok(Level::Aggressive),
        _ if plain || (line.keeps_environment && !line.home) => Ok(Level::Aggressive),
        _ => refuse(
            mark!(ENVIRONMENT, "of-the-base"),
            "the base image may set variables that `sudo` hides from the command",
        ),
    }
}

/// The names of the variables that `sudo` hides; `None` is one whose name is not known.
fn hidden(state: &State, work: &Work, line: &Line) -> Vec<Option<String>> {
    let mut names: Vec<Option<String>> = state.env.names().map(|name| Some(name.to_owned())).collect();
    names.extend(line.one.assignments().map(|one| Some(one.name().to_owned())));
    // secrets as variables, and what a login shell sets
    let secret = work.instruction.flags.iter().any(|flag| flag.text.contains("env="));
    names.extend((secret || work.shell.startup == Truth::Yes).then_some(None));
    names.extend(exports(work.commands));
    let passes = |name: &str| {
        let taken_out = environment::is(name, Part::SudoNever) || (line.home && name == "HOME");
        (line.keeps_environment && !taken_out) || environment::is(name, Part::SudoPasses)
    };
    names.retain(|name| !name.as_deref().is_some_and(passes));
    names
}

/// The variables that commands of the text may set for those behind them.
fn exports(commands: Commands) -> Vec<Option<String>> {
    let always = |name: Option<&str>| name.is_some_and(|name| ["PATH", "HOME"].contains(&name));
    let set = commands.sets().filter(|(set, name)| set.by == Setter::Declaration || always(*name));
    let mut names: Vec<Option<String>> = set.map(|(_, name)| name.map(str::to_owned)).collect();
    let unseen = |one: Invocation| match one.name().as_deref() {
        Some("." | "source" | "eval") => true,
        Some("set") => one.arguments().any(|word| word.raw().contains('a')),
        _ => false,
    };
    names.extend(commands.iter().any(unseen).then_some(None));
    names
}

/// Whether a program that heeds so much may do something else because of a variable.
fn matters(name: &Option<String>, heeds: Heeds) -> bool {
    let Some(name) = name.as_deref().filter(|name| !name.contains(['$', '"', '\'', '\\'])) else {
        return heeds > Heeds::Nothing;
    };
    let all = environment::is(name, Part::EveryProgram);
    match heeds {
        Heeds::Nothing => all,
        Heeds::Some => {
            all || name.to_ascii_lowercase().ends_with("_proxy") || environment::is(name, Part::PackageManagers)
        }
        Heeds::Many | Heeds::Any => true,
    }
}

fn heeds(line: &Line) -> Heeds {
    let Some(name) = &line.name else { return Heeds::Any };
    match (line.one.inner(), base(name)) {
        (Inner::Commands(inner), "sh" | "bash") if line.words.len() == 3 && !inner.text().contains(['$', '`']) => {
            let all = inner.iter().map(|one| if one.assignments().len() > 0 { Heeds::Any } else { of_inner(one) });
            all.max().unwrap_or(Heeds::Nothing)
        }
        (_, name) => of_program(name),
    }
}

/// A command of the text of `sh -c`.
fn of_inner(one: Invocation) -> Heeds {
    match one.words().next().map(Argument::literal) {
        Some(Some(name)) if ["printf", "cd", "test", "["].contains(&&*name) => Heeds::Nothing,
        Some(Some(name)) => of_program(base(&name)),
        Some(None) => Heeds::Any,
        None => Heeds::Nothing,
    }
}

/// The name of a program that stands where a distribution puts its own; all else stays a path.
fn base(name: &str) -> &str {
    let folders = ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"];
    folders.iter().find_map(|folder| name.strip_prefix(folder)).unwrap_or(name)
}

fn of_program(name: &str) -> Heeds {
    let is = |kind| programs::is(name, kind);
    match name {
        "echo" => Heeds::Nothing,
        _ if is(Kind::EnvironmentBlind) => Heeds::Nothing,
        _ if is(Kind::SystemPackages) || is(Kind::SystemTool) => Heeds::Some,
        "curl" | "git" | "wget" => Heeds::Many,
        _ if is(Kind::LanguagePackages) => Heeds::Many,
        _ => Heeds::Any,
    }
}
