//! The commands of a RUN that change owner or permissions: what they ask for, of what.

use super::*;
use crate::facts::control_flow::{self, Position};
use crate::facts::packages::Work;
use crate::facts::state::clean;
use crate::facts::{Known, State};
use crate::shell::{Command, CommandKind, Pipeline, Simple, Word};
use crate::syntax::{self, Args};
use crate::text::Span;

/// One `chown` or `chmod`.
pub struct OwnershipCommand {
    /// In the file.
    pub at: Span,
    /// Its place among the pipelines of the chain; `None` for the exec form.
    pub link: Option<usize>,
    /// What it asks for.
    pub wish: Wish,
    /// `-R`.
    pub recursive: bool,
    /// Of what.
    pub paths: Vec<NamedPath>,
    /// Why it can't be moved, whatever it is about.
    pub unfit: Option<Reason>,
}

/// What is asked for.
pub enum Wish {
    /// `user:group`.
    Owner(Owner),
    /// The first argument of `chmod`.
    Mode(String),
}

/// A path that a command names.
pub enum NamedPath {
    /// Absolute and clean.
    Known(String),
    /// With characters of patterns; absolute where that is known.
    Pattern(String),
    /// A variable decides it.
    Variable(String),
}

/// The first argument of `chown`, as written.
pub struct Owner(pub Option<String>);

impl OwnershipCommand {
    /// Whether it is about a path that another one is about, too.
    pub fn meets(&self, other: &OwnershipCommand) -> bool {
        let known = |place: &NamedPath| match place {
            NamedPath::Known(path) => Some(path.clone()),
            _ => None,
        };
        let own: Vec<String> = self.paths.iter().filter_map(known).collect();
        other.paths.iter().filter_map(known).any(|path| own.contains(&path))
    }
}

/// Reads the commands of the RUN at a step.
pub fn read(facts: &Facts, stage: usize, step: usize) -> Vec<OwnershipCommand> {
    let at = &facts.stages[stage].steps[step];
    if let Args::Command(syntax::Command::Exec(words)) = &at.instruction.args {
        let words: Vec<Option<String>> = words.iter().map(|word| Some(word.text.clone())).collect();
        let span = at.instruction.line.span(at.instruction.rest.clone());
        let cwd = at.before.workdir.get().cloned();
        // no shell: nothing is expanded
        let place =
            |raw: &str| at_folder(cwd.as_deref(), raw).map_or(NamedPath::Variable(raw.to_owned()), NamedPath::Known);
        let all: Vec<String> = words.iter().flatten().cloned().collect();
        let ask = line(&words, &mut |index| place(&all[index]));
        return ask
            .map(|ask| OwnershipCommand { at: span, unfit: ask.unfit.or(run_flags(at)), ..ask })
            .into_iter()
            .collect();
    }
    match facts.work(&facts.stages[stage], at) {
        Some(work) => of_script(&work, at),
        None => Vec::new(),
    }
}

fn run_flags(step: &crate::facts::Step) -> Option<Reason> {
    step.instruction.flags.first().map(|flag| (mark!(FLAGS, "of-the-run"), format!("the RUN has `{}`", flag.text)))
}

fn of_script(work: &Work, step: &crate::facts::Step) -> Vec<OwnershipCommand> {
    let text = work.text.text();
    let links: Vec<&Pipeline> = work.script.list.pipelines().collect();
    let plain = work.script.list.is_plain_chain() && work.instruction.heredocs.is_empty();
    let mut out = Vec::new();
    let mut cwd = step.before.workdir.get().cloned();
    control_flow::for_each(text, work.script, false, &mut |command, simple, position| {
        let name = simple.name(text);
        if name.as_deref().is_some_and(|name| ["cd", "pushd", "popd"].contains(&name)) {
            cwd = moved(simple, text, cwd.as_deref());
        }
        let words: Vec<Option<String>> = simple.words.iter().map(|word| value(word, text, &step.before)).collect();
        let mut place = |index: usize| place(&simple.words[index], text, &step.before, cwd.as_deref());
        if let Some(ask) = line(&words, &mut place) {
            let link = links.iter().position(|link| link.span == command.span);
            let unfit = unfit(text, command, simple, (position, plain), link.is_some());
            let unfit = ask.unfit.clone().or(unfit).or_else(|| run_flags(step));
            out.push(OwnershipCommand { at: work.in_file(command.span), link, unfit, ..ask });
        }
    });
    out
}

/// Why a command of a text can't be taken out of it.
fn unfit(
    text: &str,
    command: &Command,
    simple: &Simple,
    (position, plain): (Position, bool),
    alone: bool,
) -> Option<Reason> {
    let bare = command.redirects.is_empty() && simple.assignments.is_empty();
    if position.top && position.chain && plain && alone && bare {
        return None;
    }
    let shown: String = text[command.span.range()].chars().take(60).collect();
    Some((mark!(NOT_A_CHAIN, "link"), format!("`{shown}` is not a link of a chain of `&&` of plain commands")))
}

/// The folder behind a `cd`, where that is known.
fn moved(simple: &Simple, text: &str, cwd: Option<&str>) -> Option<String> {
    let [_, target] = simple.words.as_slice() else { return None };
    let target = target.literal(text)?;
    let plain = !target.starts_with('-') && simple.name(text).as_deref() == Some("cd");
    if plain { at_folder(cwd, &target) } else { None }
}

/// A path as seen from a folder.
pub fn at_folder(cwd: Option<&str>, path: &str) -> Option<String> {
    match path.starts_with('/') {
        true => Some(clean(path)),
        false => Some(clean(&format!("{}/{path}", cwd?))),
    }
}

/// A word's value: literal, or with variables of ENV that the text cannot have set.
fn value(word: &Word, text: &str, state: &State) -> Option<String> {
    if let Some(literal) = word.literal(text) {
        return Some(literal.into_owned());
    }
    let raw = word.raw(text);
    // a name that the text itself speaks of without `$` may be set by it
    let names = raw.split('$').skip(1).map(|rest| rest.trim_start_matches('{'));
    let names = names.map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or(""));
    let own = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            !text[..at].ends_with(['$', '{']) && !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    let fixed = raw.contains('$') && !raw.contains(['*', '?', '[', '~', '`', '(', ' ']);
    match state.expand(raw) {
        Known::Yes(value) if fixed && !names.into_iter().any(own) => {
            let fine = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c);
            Some(value).filter(|value| value.chars().all(fine) && !value.is_empty())
        }
        _ => None,
    }
}

fn place(word: &Word, text: &str, state: &State, cwd: Option<&str>) -> NamedPath {
    let raw = word.raw(text);
    match value(word, text, state) {
        Some(path) => match at_folder(cwd, &path) {
            Some(path) => NamedPath::Known(path),
            None => NamedPath::Variable(path),
        },
        None if raw.contains(['$', '`']) => NamedPath::Variable(raw.to_owned()),
        None => NamedPath::Pattern(at_folder(cwd, raw.trim_matches('"')).unwrap_or_else(|| raw.to_owned())),
    }
}

/// Options that change nothing of what is done to a regular file or to a folder without links.
const QUIET: &[&str] =
    &["--verbose", "--changes", "--silent", "--quiet", "--no-dereference", "--preserve-root", "--no-preserve-root"];

/// Reads a command line of `chown` or `chmod`; `None` for any other. `place` reads the path at an index.
fn line(words: &[Option<String>], place: &mut dyn FnMut(usize) -> NamedPath) -> Option<OwnershipCommand> {
    let name = words.first()?.as_deref()?.rsplit('/').next()?;
    if words.first()?.as_deref()? != name || !["chown", "chmod"].contains(&name) {
        return None;
    }
    let letters = if name == "chown" { "Rvcfh" } else { "Rvcf" };
    let (mut recursive, mut unfit, mut plain, mut ended) = (false, None, Vec::new(), false);
    for (index, word) in words.iter().enumerate().skip(1) {
        match word.as_deref() {
            Some("--") if !ended => ended = true,
            Some("--recursive") if !ended => recursive = true,
            Some(option) if !ended && QUIET.contains(&option) => {}
            Some(option) if !ended && option.len() > 1 && option.starts_with('-') => {
                recursive |= !option.starts_with("--") && option.contains('R');
                if !option[1..].chars().all(|c| letters.contains(c)) {
                    // `chmod -x file`: a mode
                    unfit = unfit.or_else(|| Some((&OPTION, format!("`{option}` of `{name}` has no equal"))));
                }
            }
            _ => plain.push(index),
        }
    }
    let (first, rest) = plain.split_first()?;
    let first = words[*first].clone();
    let wish = match (name, first) {
        ("chown", first) => Wish::Owner(Owner(first)),
        (_, Some(mode)) => Wish::Mode(mode),
        (_, None) => Wish::Mode(String::new()),
    };
    let paths = rest.iter().map(|index| place(*index)).collect();
    Some(OwnershipCommand { at: Span::at(0), link: None, wish, recursive, paths, unfit })
}

impl Owner {
    /// The value of `--chown`: numbers as they are, root as 0, names where they mean the same at both steps.
    pub fn resolve(
        &self,
        facts: &Facts,
        stage: usize,
        (copy, run): (usize, usize),
        one: &CopiedFile,
    ) -> Result<String, Reason> {
        let unclear = || (&OWNER, "user and group are not both given, or not literally".to_owned());
        let (user, group) = self.0.as_deref().and_then(|owner| owner.split_once(':')).ok_or_else(unclear)?;
        let name = |text: &str| {
            let mut chars = text.chars();
            chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
                && chars.all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
        };
        let number = |text: &str| !text.is_empty() && text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit());
        if ![user, group].iter().all(|part| name(part) || number(part)) {
            return Err(unclear());
        }
        let id = |text: &str| match text {
            "root" => "0".to_owned(),
            text if number(text) => text.parse().map_or_else(|_| text.to_owned(), |n: u32| n.to_string()),
            text => text.to_owned(),
        };
        let (user, group) = (id(user), id(group));
        for part in [&user, &group].into_iter().filter(|part| !number(part)) {
            between::same_account(facts, stage, (copy, run), part, part == &user, one)?;
        }
        Ok(format!("{user}:{group}"))
    }
}

/// The simple command that a pipeline is.
pub fn only(pipeline: &Pipeline) -> Option<&Simple> {
    match pipeline.commands.as_slice() {
        [Command { kind: CommandKind::Simple(simple), .. }] => Some(simple),
        _ => None,
    }
}
