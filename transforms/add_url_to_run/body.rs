//! The RUN that unpacks: whether it can take the download in, and what it does with the file.

use super::fetch::Fetch;
use super::name::{Name, SOMEWHERE, normal};
use super::tar::{self, ArchiveArgument};
use super::*;
use crate::facts::{self, Family, ShellText, State, Truth};
use crate::shell::{Command, CommandKind, Connector, List, Part, Pipeline, Script, Simple, Word};
use crate::syntax::Logical;
use crate::text::Span;
use std::collections::BTreeSet;

/// Commands that only look into a file, or at it.
const READERS: &[&str] = &[
    "tar",
    "unzip",
    "bsdtar",
    "sha1sum",
    "sha256sum",
    "sha384sum",
    "sha512sum",
    "md5sum",
    "gpg",
    "gpgv",
    "echo",
    "printf",
    "ls",
    "stat",
    "file",
    "test",
    "[",
    "rm",
    "jar",
    "7z",
    "7za",
    "7zr",
    "gzip",
    "zcat",
    "xzcat",
    "bzcat",
    "grep",
    "true",
];
/// Commands that unpack.
const UNPACKERS: &[&str] = &["tar", "unzip", "bsdtar", "7z", "7za", "7zr", "jar", "gzip", "zcat", "xzcat", "bzcat"];
/// Commands that take a file, with its mode, elsewhere.
const MOVERS: &[&str] = &["cp", "mv", "ln", "install", "rsync", "dd"];

/// The RUN, understood.
pub struct Body<'f> {
    /// Its shell text.
    pub text: &'f Logical,
    /// Its commands, joined by `&&`.
    pub chain: Vec<Link<'f>>,
    /// The file that ADD brings.
    pub file: Name,
    /// Whether it unpacks the file.
    pub unpacks: bool,
    /// Whether it removes the file.
    pub removal: Removal,
    /// The tar that can be fed by a pipe: its place in the chain, and the word that names the file.
    pub pipe: Option<(usize, ArchiveArgument)>,
    /// The command of the chain that does nothing but remove the file, where it can be left out.
    pub drops: Option<usize>,
    /// Whether each `rm` that names the file is content when it is not there.
    pub tolerant: bool,
}

/// A pipeline of the chain, and the folder in which it runs (as a [`Name`]'s key) where that is known.
pub struct Link<'f> {
    /// The pipeline.
    pub pipeline: &'f Pipeline,
    cwd: Option<String>,
}

/// What a RUN does with the file in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// It leaves it.
    None,
    /// It may remove it.
    Maybe,
    /// It removes it.
    Sure,
}

/// How a word speaks of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mention {
    /// It is its path.
    Exact,
    /// Its name stands in it.
    Loose,
    /// A pattern that may take it in.
    Pattern,
    /// A folder above it.
    Folder,
}

impl<'f> Body<'f> {
    /// Understands a RUN.
    ///
    /// # Errors
    /// Why the download can't be done in it.
    pub fn read(facts: &'f Facts, stage: usize, at: usize, fetch: &Fetch) -> Result<Body<'f>, Reason> {
        let step = &facts.stages[stage].steps[at];
        let (text, script) = understood(facts, stage, at)?;
        let chain = chain(text.text(), script, &step.before)?;
        let file = which(fetch, &chain, text.text(), &step.before)?;
        same_variables(fetch, &file, script, text.text())?;
        if file.is_somewhere() && chain.iter().any(|link| command_name(link, text.text()).as_deref() == Some("cd")) {
            return Err((
                mark!(UNKNOWN_PATH, "other-directory"),
                "the working folder is not known, and the RUN leaves it".to_owned(),
            ));
        }
        let mut body =
            Body { text, chain, file, unpacks: false, removal: Removal::None, pipe: None, drops: None, tolerant: true };
        body.look(script, &step.before)?;
        Ok(body)
    }

    /// Goes through all commands that speak of the file.
    fn look(&mut self, script: &Script, state: &State) -> Result<(), Reason> {
        let text = self.text.text();
        let (mut readers, mut mentions) = (BTreeSet::new(), 0);
        let mut all: Vec<&Command> = Vec::new();
        script.for_each_command(&mut |command| all.push(command));
        for command in all {
            let is_first = |link: &Link| link.pipeline.commands.first().is_some_and(|first| first.span == command.span);
            let link = self.chain.iter().position(is_first);
            let cwd = link.and_then(|link| self.chain[link].cwd.clone());
            let found = mentions_of(command, text, state, cwd.as_deref(), &self.file);
            if found.is_empty() {
                continue;
            }
            let name = simple(command).and_then(|simple| simple.name(text)).map(|name| base(&name).to_owned());
            let named = found.iter().filter(|(_, mention)| *mention != Mention::Folder).count();
            match name.as_deref() {
                Some("rm") => self.removes(command, link, &found, named),
                _ if named == 0 => {}
                name => {
                    mentions += named;
                    self.unpacks |= name.is_some_and(|name| UNPACKERS.contains(&name));
                    self.pipes(command, link, &found);
                    readers.insert(name.map(str::to_owned));
                }
            }
        }
        if mentions != 1 {
            self.pipe = None;
        }
        self.allowed(&readers)
    }

    /// Whether what reads the file would not notice its other mode, nor miss it afterwards.
    fn allowed(&self, readers: &BTreeSet<Option<String>>) -> Result<(), Reason> {
        for name in readers {
            let shown = name.as_deref().unwrap_or("a command that is only known when it runs");
            let named = |list: &[&str]| name.as_deref().is_some_and(|name| list.contains(&name));
            if named(MOVERS) {
                return Err((&MOVED, format!("`{shown}` takes the file, with its mode, elsewhere")));
            }
            if self.unpacks && self.removal == Removal::None && !named(READERS) {
                return Err((
                    mark!(USED_ELSEWHERE, "in-the-run"),
                    format!("`{shown}` reads it too, and it is never removed"),
                ));
            }
        }
        Ok(())
    }

    fn removes(&mut self, command: &Command, link: Option<usize>, found: &[(usize, Mention)], named: usize) {
        let text = self.text.text();
        let Some(simple) = simple(command) else { return };
        let exact = found.iter().any(|(_, mention)| *mention == Mention::Exact);
        let alone = link.is_some_and(|link| self.chain[link].pipeline.commands.len() == 1);
        self.removal = match exact && alone {
            true => Removal::Sure,
            false if self.removal == Removal::Sure => Removal::Sure,
            false => Removal::Maybe,
        };
        let is_option = |word: &&Word| word.raw(text).starts_with('-');
        let forced = simple.words.iter().filter(is_option).any(|word| {
            let raw = word.raw(text);
            raw == "--force" || (!raw.starts_with("--") && raw.contains('f'))
        });
        self.tolerant &= forced;
        let operands = simple.words.iter().skip(1).filter(|word| !is_option(word)).count();
        let only = exact && alone && named == 1 && operands == 1 && command.redirects.is_empty();
        if only && link.is_some_and(|link| link > 0) {
            self.drops = link;
        }
    }

    fn pipes(&mut self, command: &Command, link: Option<usize>, found: &[(usize, Mention)]) {
        let text = self.text.text();
        let (Some(simple), Some(link)) = (simple(command), link) else { return };
        let pipeline = self.chain[link].pipeline;
        let feeds = command.redirects.iter().any(|redirect| text[redirect.operator.range()].contains('<'));
        let plain = pipeline.commands.len() == 1 && !pipeline.negated && !pipeline.timed && !feeds;
        let words: Vec<Option<String>> = simple.words.iter().map(|word| word.literal(text).map(Into::into)).collect();
        let is_tar = words.first().is_some_and(|name| name.as_deref().map(base) == Some("tar"));
        let Some(unpack) = tar::unpack(&words).filter(|unpack| plain && is_tar && unpack.compression) else { return };
        let ArchiveArgument::Word(index) = unpack.archive else { return };
        let named = found.iter().filter(|(_, mention)| *mention != Mention::Folder);
        if named.eq(&[(index, Mention::Exact)]) {
            self.pipe = Some((link, unpack.archive));
        }
    }

    /// The folder that the RUN unpacks the whole file to, where it does nothing else with it but remove it.
    pub fn unpacks_into(&self) -> Option<String> {
        let (link, _) = self.pipe.filter(|_| self.chain.len() == 1 + usize::from(self.drops.is_some()))?;
        let text = self.text.text();
        let simple = simple(self.chain.get(link)?.pipeline.commands.first()?)?;
        let words: Vec<Option<String>> = simple.words.iter().map(|word| word.literal(text).map(Into::into)).collect();
        words.get(tar::whole_into(&words)?)?.clone()
    }

    /// The word at a place of the tar that can be fed by a pipe.
    pub fn word_at(&self, link: usize, place: ArchiveArgument) -> Option<Span> {
        let ArchiveArgument::Word(index) = place else { return None };
        let command = self.chain.get(link)?.pipeline.commands.first()?;
        Some(simple(command)?.words.get(index)?.span)
    }
}

fn understood<'f>(facts: &'f Facts, stage: usize, at: usize) -> Result<(&'f Logical, &'f Script), Reason> {
    let step = &facts.stages[stage].steps[at];
    let instruction = step.instruction;
    let refuse = |refusal: &'static Refusal, what: &str| Err((refusal, what.to_owned()));
    if instruction.opaque.is_some() {
        return refuse(&VERSION_DEPENDENT, "frontend versions read the RUN differently");
    }
    if !instruction.heredocs.is_empty() {
        return refuse(&HEREDOC, "the RUN has a heredoc");
    }
    if facts::is_exec(instruction) {
        return refuse(&EXEC_FORM, "the RUN is in the exec form, which runs without a shell");
    }
    if let Some(flag) = instruction.flags.first() {
        return Err((
            mark!(FLAGS, "of-the-run"),
            format!("`--{}` of the RUN may change what the download sees", flag.name),
        ));
    }
    if facts.is_root(stage, at) != Truth::Yes {
        return refuse(&NOT_ROOT, "the RUN is not known to run as root, as ADD does");
    }
    let family = facts.interpreter(&facts.stages[stage], step).family;
    match family {
        Family::Posix | Family::Bash => {}
        Family::Unknown => return refuse(&UNKNOWN_SHELL, "no POSIX shell is known to run the RUN"),
        _ => return refuse(&OTHER_SHELL, "no POSIX shell is known to run the RUN"),
    }
    let found = facts.shell_text(step.item);
    match found.and_then(ShellText::script) {
        Some((_, script)) if script.bashisms && family == Family::Posix => {
            refuse(&SHELL_DIALECT, "the RUN is bash, and the shell may be one that reads it differently")
        }
        Some(script) => Ok(script),
        None => refuse(&SHELL_SYNTAX, &format!("the shell text was not understood: {}", ShellText::why(found))),
    }
}

/// The pipelines of a text that is one chain of `&&`.
fn chain<'f>(text: &str, script: &'f Script, state: &State) -> Result<Vec<Link<'f>>, Reason> {
    let refuse = || Err((&NOT_A_CHAIN, "the RUN is not one chain of `&&`".to_owned()));
    let [entry] = script.list.entries.as_slice() else { return refuse() };
    let only_and = entry.and_or.rest.iter().all(|(connector, _, _)| *connector == Connector::And);
    let ends_in_backslash = (text.len() - text.trim_end_matches('\\').len()) % 2 == 1;
    if !only_and || entry.end.is_some() || !script.comments.is_empty() || ends_in_backslash {
        return refuse();
    }
    let mut cwd = Some(state.workdir.get().cloned().unwrap_or_else(|| SOMEWHERE.to_owned()));
    let mut out = Vec::new();
    for pipeline in script.list.pipelines() {
        let link = Link { pipeline, cwd: cwd.clone() };
        let name = command_name(&link, text);
        if matches!(name.as_deref(), Some("exit" | "exec" | "return" | "pushd" | "popd" | "trap" | "eval" | ".")) {
            return Err((&SHELL_STATE, "a builtin of the RUN changes what runs, or where".to_owned()));
        }
        if name.as_deref() == Some("cd") {
            cwd = changed(&link, text, state);
        }
        out.push(link);
    }
    Ok(out)
}

fn changed(link: &Link, text: &str, state: &State) -> Option<String> {
    let [_, target] = simple(link.pipeline.commands.first()?)?.words.as_slice() else { return None };
    let name = Name::of_word(target, text, state).filter(|name| !name.raw().starts_with(['-', '~']))?;
    let cwd = if name.raw().starts_with('/') { "/" } else { link.cwd.as_deref()? };
    Some(name.absolute(cwd).key().to_owned())
}

/// The name of a pipeline's one command.
fn command_name(link: &Link, text: &str) -> Option<String> {
    let [command] = link.pipeline.commands.as_slice() else { return None };
    simple(command)?.name(text).map(|name| name.into_owned())
}

fn simple(command: &Command) -> Option<&Simple> {
    match &command.kind {
        CommandKind::Simple(simple) => Some(simple),
        _ => None,
    }
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Which of the paths that ADD may write to it is: the one that the RUN names, or the only one.
fn which(fetch: &Fetch, chain: &[Link], text: &str, state: &State) -> Result<Name, Reason> {
    let named = |file: &&Name| {
        chain.iter().any(|link| {
            let all = link.pipeline.commands.iter();
            let mut found = all.flat_map(|c| mentions_of(c, text, state, link.cwd.as_deref(), file));
            found.any(|(_, mention)| mention == Mention::Exact)
        })
    };
    match (fetch.files.iter().find(named), fetch.files.as_slice()) {
        (Some(file), _) => Ok(file.clone()),
        (None, [only]) => Ok(only.clone()),
        _ => Err((mark!(UNKNOWN_PATH, "which-file"), "which file the RUN unpacks is not certain".to_owned())),
    }
}

/// The variables in URL and path are those of the builder: the RUN sets none of them.
fn same_variables(fetch: &Fetch, file: &Name, script: &Script, text: &str) -> Result<(), Reason> {
    let mut used = fetch.url.variables();
    used.extend(file.variables());
    let mut set: Option<String> = None;
    script.for_each_command(&mut |command| {
        let names: Vec<&str> = match &command.kind {
            CommandKind::Simple(simple) => {
                let assigned = simple.assignments.iter().map(|one| &text[one.name.range()]);
                let builtin = simple.name(text).is_some_and(|name| {
                    ["export", "read", "unset", "local", "declare", "typeset", "readonly", "getopts"].contains(&&*name)
                });
                let given = simple.words.iter().skip(1).filter(|_| builtin).map(|word| word.raw(text));
                assigned.chain(given.map(|raw| raw.split('=').next().unwrap_or(raw))).collect()
            }
            CommandKind::For { name, .. } => vec![&text[name.range()]],
            _ => Vec::new(),
        };
        if let Some(name) = names.into_iter().find(|name| used.contains(name)) {
            set = Some(name.to_owned());
        }
    });
    match set {
        Some(name) => {
            Err((mark!(VARIABLE, "set-by-the-run"), format!("the RUN sets `{name}`, which the builder does not see")))
        }
        None => Ok(()),
    }
}

/// How the words of a command speak of a file: the index of each word (redirections behind the words), and how.
fn mentions_of(command: &Command, text: &str, state: &State, cwd: Option<&str>, file: &Name) -> Vec<(usize, Mention)> {
    let words = command.words().into_iter().chain(command.redirects.iter().map(|redirect| &redirect.target));
    let mention = |word: &Word| mention(word, text, state, cwd, file);
    words.enumerate().filter_map(|(index, word)| mention(word).map(|found| (index, found))).collect()
}

fn mention(word: &Word, text: &str, state: &State, cwd: Option<&str>, file: &Name) -> Option<Mention> {
    let name = Name::of_word(word, text, state);
    let path = name.as_ref().and_then(|name| match name.raw().starts_with('/') {
        true => Some(name.absolute("/")),
        false => cwd.map(|cwd| name.absolute(cwd)),
    });
    if path.as_ref().is_some_and(|path| path.key() == file.key()) && !globs(word, text) {
        return Some(Mention::Exact);
    }
    if names(word.raw(text), file) || name.is_some_and(|name| name.key().contains(file.base().key())) {
        return Some(Mention::Loose);
    }
    let covers = path.is_some_and(|path| covers(path.key(), file.key()));
    covers.then_some(if globs(word, text) { Mention::Pattern } else { Mention::Folder })
}

/// Whether the file's name stands in a text, however its variables are written.
pub fn names(text: &str, file: &Name) -> bool {
    let base = file.base();
    normal(text).contains(&normal(&base.shown())) || (base.is_known() && text.contains(base.key()))
}

fn globs(word: &Word, text: &str) -> bool {
    word.parts.iter().any(|part| match part {
        Part::Literal(span) => text[span.range()].contains(['*', '?', '[', '{']),
        _ => false,
    })
}

/// Whether a path with glob characters may name the file or a folder above it.
pub fn covers(path: &str, file: &str) -> bool {
    let mut parts = file.split('/').skip(1);
    path != "/"
        && path.split('/').skip(1).all(|pattern| match parts.next() {
            Some(part) => pattern == part || pattern.contains(['*', '?', '[', '{']) && prefix(pattern, part),
            None => false,
        })
}

/// Whether what stands before the first glob character of a pattern starts a name.
fn prefix(pattern: &str, name: &str) -> bool {
    let literal = pattern.split(['*', '?', '[', '{']).next().unwrap_or_default();
    name.starts_with(literal) || name.starts_with('\u{1}') || literal.starts_with('\u{1}')
}

/// The commands of a list that a later RUN is, if it is one simple command.
pub fn only_simple(list: &List) -> Option<&Simple> {
    let [entry] = list.entries.as_slice() else { return None };
    let one = entry.and_or.rest.is_empty() && !entry.and_or.first.negated;
    match entry.and_or.first.commands.as_slice() {
        [command] if one && command.redirects.is_empty() => simple(command),
        _ => None,
    }
}
