//! The commands of a RUN that change owner or permissions: what they ask for, of what.

use super::*;
use crate::facts::packages::Work;
use crate::facts::state::clean;
use crate::facts::{State, Step, is_exec};
use crate::knowledge::paths::Absolute;
use crate::script::{Argument, Invocation, Item};
use crate::shell::{Command, CommandKind, Pipeline, Simple};
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
    /// The word that says so, in the text of the shell, if it says nothing else.
    pub recursive_at: Option<Span>,
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
    if is_exec(at.instruction) {
        let span = at.instruction.line.span(at.instruction.rest.clone());
        let one = facts.started(at.item).and_then(|commands| commands.iter().next());
        let ask = one.and_then(|one| line(one, at));
        let whole = |ask: OwnershipCommand| OwnershipCommand { at: span, unfit: ask.unfit.or(run_flags(at)), ..ask };
        return ask.map(whole).into_iter().collect();
    }
    match facts.work(&facts.stages[stage], at) {
        Some(work) => of_script(&work, at),
        None => Vec::new(),
    }
}

fn run_flags(step: &Step) -> Option<Reason> {
    step.instruction.flags.first().map(|flag| (mark!(FLAGS, "of-the-run"), format!("the RUN has `{}`", flag.text)))
}

fn of_script(work: &Work, step: &Step) -> Vec<OwnershipCommand> {
    let links = work.commands.links();
    let plain = work.script.list.is_plain_chain() && work.instruction.heredocs.is_empty();
    let read = |one: Invocation| {
        let ask = line(one, step)?;
        let span = one.command_span();
        let link = links.iter().position(|link| link.pipe.span == span);
        let unfit = ask.unfit.clone().or_else(|| unfit(one, plain && link.is_some())).or_else(|| run_flags(step));
        Some(OwnershipCommand { at: work.in_file(span), link, unfit, ..ask })
    };
    work.commands.iter().filter_map(read).collect()
}

/// Why a command of a text can't be taken out of it.
fn unfit(one: Invocation, plain: bool) -> Option<Reason> {
    let bare = one.redirects().len() == 0 && one.assignments().len() == 0;
    if one.flow().top && one.flow().chain && plain && bare {
        return None;
    }
    let shown: String = one.raw().chars().take(60).collect();
    Some((mark!(NOT_A_CHAIN, "link"), format!("`{shown}` is not a link of a chain of `&&` of plain commands")))
}

/// A path as seen from a folder.
pub fn at_folder(cwd: Option<&str>, path: &str) -> Option<String> {
    match path.starts_with('/') {
        true => Some(clean(path)),
        false => Some(clean(&format!("{}/{path}", cwd?))),
    }
}

/// A word's value: literal, or with variables put in that hold nothing but plain characters.
fn value(word: Argument, state: &State) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c);
    let plain = |value: &str| !value.is_empty() && value.chars().all(fine);
    let put_in = || word.value(state).filter(|value| word.raw().contains('$') && plain(value));
    word.literal().or_else(put_in).map(std::borrow::Cow::into_owned)
}

/// The path that a word names.
fn place(one: Invocation, word: Argument, step: &Step) -> NamedPath {
    let state: &State = &step.before;
    let workdir = state.workdir.get().and_then(|path| Absolute::new(path));
    let directory = one.directory().likely(workdir.as_ref(), state);
    let cwd = directory.as_ref().map(Absolute::as_str);
    match value(word, state) {
        Some(path) => at_folder(cwd, &path).map_or(NamedPath::Variable(path), NamedPath::Known),
        None if word.raw().contains(['$', '`']) => NamedPath::Variable(word.raw().to_owned()),
        None => {
            let raw = word.raw().trim_matches('"');
            NamedPath::Pattern(at_folder(cwd, raw).unwrap_or_else(|| raw.to_owned()))
        }
    }
}

/// Options that change nothing of what is done to a regular file or to a folder without links.
const QUIET: &[&str] = &[
    "-v",
    "-c",
    "-f",
    "--verbose",
    "--changes",
    "--silent",
    "--quiet",
    "--no-dereference",
    "--preserve-root",
    "--no-preserve-root",
];

/// Reads a command line of `chown` or `chmod`; `None` for any other.
fn line(one: Invocation, step: &Step) -> Option<OwnershipCommand> {
    let name = one.called().filter(|name| ["chown", "chmod"].contains(&&**name) && one.is_bare())?;
    let (mut recursive, mut recursive_at, mut unfit, mut words) = (false, None, None, Vec::new());
    for item in one.line() {
        match item {
            Item::Option(option) if option.is(&["-R", "--recursive"]) => {
                recursive = true;
                let alone = ["-R", "--recursive"].contains(&&one.text()[option.span.range()]);
                recursive_at = Some(option.span).filter(|_| alone);
            }
            Item::Option(option) if option.is(QUIET) || (name == "chown" && option.is(&["-h"])) => {}
            // `chmod -x file`: a mode
            Item::Option(option) => {
                let shown = &one.text()[option.span.range()];
                unfit = unfit.or_else(|| Some((&OPTION, format!("`{shown}` of `{name}` has no equal"))));
            }
            Item::Operand(word) => words.push(word),
        }
    }
    let (first, rest) = words.split_first()?;
    let first = value(*first, &step.before);
    let wish = match &*name {
        "chown" => Wish::Owner(Owner(first)),
        _ => Wish::Mode(first.unwrap_or_default()),
    };
    let paths = rest.iter().map(|word| place(one, *word, step)).collect();
    Some(OwnershipCommand { at: Span::at(0), link: None, wish, recursive, recursive_at, paths, unfit })
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
