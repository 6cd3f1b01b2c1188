//! The RUN that unpacks: whether it can take the download in, and what it does with the file.

use super::fetch::Fetch;
use super::name::{Marked, Name, SOMEWHERE, normal};
use super::tar;
use super::*;
use crate::facts::{self, Family, Truth};
use crate::knowledge::paths::Absolute;
use crate::knowledge::programs::{Kind, Touch};
use crate::script::{Argument, Commands, Invocation, Link, Object, Redirection};
use crate::syntax::Logical;

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
    /// Whether a command of it reads the file.
    pub reads: bool,
    /// Whether it removes the file.
    pub removal: Removal,
    /// The tar that can be fed by a pipe: its place in the chain, and how it reads its archive.
    pub pipe: Option<(usize, tar::Unpack<'f>)>,
    /// The command of the chain that does nothing but remove the file, where it can be left out.
    pub drops: Option<usize>,
    /// Whether each `rm` that names the file is content when it is not there.
    pub tolerant: bool,
}

/// What a RUN does with the file in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
        let (text, commands) = understood(facts, stage, at)?;
        let chain = chain(commands)?;
        let place = Place::new(&step.before);
        let file = which(fetch, commands, &place)?;
        same_variables(fetch, &file, commands)?;
        if file.is_somewhere() && !chain.iter().all(|link| link.commands.iter().all(|one| one.directory().is_start())) {
            return Err((
                mark!(UNKNOWN_PATH, "other-directory"),
                "the working folder is not known, and the RUN leaves it".to_owned(),
            ));
        }
        let mut body = Body {
            text,
            chain,
            file,
            unpacks: false,
            reads: false,
            removal: Removal::None,
            pipe: None,
            drops: None,
            tolerant: true,
        };
        body.look(commands, &place)?;
        Ok(body)
    }

    /// Goes through all commands that speak of the file.
    fn look(&mut self, commands: Commands<'f>, place: &Place) -> Result<(), Reason> {
        let mut readers = Vec::new();
        readers.extend(commands.loose().filter_map(|word| place.mention(None, word, &self.file)).map(|_| None));
        let mut mentions = readers.len();
        self.reads = mentions > 0;
        for (index, link) in self.chain.clone().iter().enumerate() {
            for one in &link.commands {
                let found = place.mentions(*one, &self.file);
                let named = found.iter().filter(|(_, mention)| *mention != Mention::Folder).count();
                let alone = link.command().filter(|command| command.span() == one.span()).map(|_| index);
                if only_removes(*one) && !found.is_empty() {
                    self.removes(*one, alone, &found, named);
                } else if named > 0 {
                    mentions += named;
                    self.reads |= !only_tells(*one);
                    self.unpacks |= one.is_kind(Kind::Unpacks);
                    self.pipes(*one, alone, &found);
                    readers.push(Some(*one));
                }
            }
        }
        if mentions != 1 {
            self.pipe = None;
        }
        readers.into_iter().try_for_each(|reader| self.allows(reader, place))
    }

    /// Whether what reads the file would not notice its other mode, nor miss it afterwards.
    fn allows(&self, reader: Option<Invocation>, place: &Place) -> Result<(), Reason> {
        let name = reader.and_then(Invocation::name);
        let shown = name.as_deref().unwrap_or("a command that is only known when it runs");
        if reader.is_some_and(|one| one.is_kind(Kind::Copies)) {
            return Err((&MOVED, format!("`{shown}` takes the file, with its mode, elsewhere")));
        }
        let reads = |one: Invocation| one.is_kind(Kind::Unpacks) || place.only_reads(one, &self.file);
        match self.unpacks && self.removal == Removal::None && !reader.is_some_and(reads) {
            true => {
                Err((mark!(USED_ELSEWHERE, "in-the-run"), format!("`{shown}` reads it too, and it is never removed")))
            }
            false => Ok(()),
        }
    }

    fn removes(&mut self, rm: Invocation, alone: Option<usize>, found: &[(Argument, Mention)], named: usize) {
        let exact = found.iter().any(|(_, mention)| *mention == Mention::Exact);
        let all = rm.has(&["-r", "-R", "--recursive"]) && found.iter().any(|(_, mention)| *mention == Mention::Folder);
        let removal = if (exact || all) && alone.is_some() { Removal::Sure } else { Removal::Maybe };
        self.removal = self.removal.max(removal);
        self.tolerant &= rm.has(&["-f", "--force"]);
        let only = exact && named == 1 && rm.operands().count() == 1 && rm.redirects().len() == 0;
        if let Some(index) = alone.filter(|index| only && *index > 0) {
            self.drops = Some(index);
        }
    }

    fn pipes(&mut self, tar: Invocation<'f>, alone: Option<usize>, found: &[(Argument, Mention)]) {
        let Some(unpack) = tar::unpack(tar).filter(|unpack| unpack.compression && tar.is_bare()) else { return };
        let feeds = tar.redirects().any(|redirect| redirect.operator().contains('<'));
        let mut named = found.iter().filter(|(_, mention)| *mention != Mention::Folder);
        let is_archive =
            |(word, mention): &(Argument, Mention)| *mention == Mention::Exact && word.span() == unpack.archive.span();
        if let Some(link) = alone.filter(|_| !feeds && named.next().is_some_and(is_archive) && named.next().is_none()) {
            self.pipe = Some((link, unpack));
        }
    }

    /// The folder that the RUN unpacks the whole file to, where it does nothing else with it but remove it.
    pub fn unpacks_into(&self) -> Option<String> {
        let (_, unpack) = self.pipe.filter(|_| self.chain.len() == 1 + usize::from(self.drops.is_some()))?;
        unpack.whole_into?.literal().map(std::borrow::Cow::into_owned)
    }
}

fn understood<'f>(facts: &'f Facts, stage: usize, at: usize) -> Result<(&'f Logical, Commands<'f>), Reason> {
    let step = &facts.stages[stage].steps[at];
    let instruction = step.instruction;
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
    let read = facts.shell_text(step.item).and_then(|found| Some((&found.text, facts.commands(step.item)?)));
    match read {
        None => refuse(&SHELL_SYNTAX, "the shell text of the RUN was not understood"),
        Some((_, commands)) if commands.is_bash() && family == Family::Posix => {
            refuse(&SHELL_DIALECT, "the RUN is bash, and the shell may be one that reads it differently")
        }
        Some(read) => Ok(read),
    }
}

/// The pipelines of a text that is one chain of `&&`, with nothing behind it.
fn chain(commands: Commands<'_>) -> Result<Vec<Link<'_>>, Reason> {
    let text = commands.text();
    let links = commands.links();
    let ends = links.last().is_some_and(|link| link.pipe.span.end as usize == text.trim_end().len());
    let ends_in_backslash = (text.len() - text.trim_end_matches('\\').len()) % 2 == 1;
    if !commands.is_chain() || !ends || commands.has_comments() || ends_in_backslash {
        return refuse(&NOT_A_CHAIN, "the RUN is not one chain of `&&`");
    }
    let leaves = |one: &Invocation| {
        let wraps = |wrapper: crate::script::Wrapper| wrapper.program().is(Kind::ShellFlow);
        one.flow().here && (one.is_kind(Kind::ShellFlow) || one.wrappers().any(wraps))
    };
    match links.iter().any(|link| link.commands.iter().any(leaves)) {
        true => refuse(&SHELL_STATE, "a builtin of the RUN changes what runs, or where"),
        false => Ok(links),
    }
}

/// Which of the paths that ADD may write to it is: the only one; the one below the destination, if the RUN names it; the
/// destination itself, if the RUN names that, and as a file.
fn which(fetch: &Fetch, commands: Commands, place: &Place) -> Result<Name, Reason> {
    let named = |file: &Name, as_file: bool| {
        commands.iter().any(|one| {
            let mut exact = place.mentions(one, file).into_iter().filter(|(_, mention)| *mention == Mention::Exact);
            exact.any(|(word, _)| !as_file || takes_file(one, word))
        })
    };
    match fetch.files.as_slice() {
        [only] => Ok(only.clone()),
        [_, below] if named(below, false) => Ok(below.clone()),
        [dest, _] if named(dest, true) => Ok(dest.clone()),
        [dest, below] if dest.base() == below.base() && is_file_name(dest) && named(dest, false) => Ok(dest.clone()),
        _ => Err((mark!(UNKNOWN_PATH, "which-file"), "which file the RUN unpacks is not certain".to_owned())),
    }
}

/// Whether a path is called like a file: `x.tar.gz`, not `tmp`.
fn is_file_name(path: &Name) -> bool {
    path.base().shown().trim_start_matches('.').contains('.')
}

/// Whether a command fails on a directory in place of one of its words.
fn takes_file(one: Invocation, word: Argument) -> bool {
    let directory =
        || one.program().is_some_and(|program| program.directory.iter().any(|name| names_it(one, name, word)));
    match () {
        () if only_removes(one) => !one.has(&["-r", "-R", "--recursive", "-d", "--dir"]),
        () => one.is_kind(Kind::Unpacks) && !directory(),
    }
}

fn names_it(one: Invocation, option: &str, word: Argument) -> bool {
    one.option(&[option]).is_some_and(|option| option.argument().is_some_and(|(value, _)| value.span() == word.span()))
}

/// The variables in URL and path are those of the builder: the RUN sets none of them.
fn same_variables(fetch: &Fetch, file: &Name, commands: Commands) -> Result<(), Reason> {
    let mut used = fetch.url.variables();
    used.extend(file.variables());
    let set = commands.sets().find(|(_, name)| name.map_or(!used.is_empty(), |name| used.contains(name)));
    match set {
        Some((_, name)) => {
            let name = name.unwrap_or("a variable that is only known when it runs");
            Err((mark!(VARIABLE, "set-by-the-run"), format!("the RUN sets `{name}`, which the builder does not see")))
        }
        None => Ok(()),
    }
}

/// Where a RUN starts, and what variables hold there.
pub struct Place<'s> {
    variables: Marked<'s>,
    start: Option<Absolute>,
}

impl<'s> Place<'s> {
    /// That of a state.
    pub fn new(state: &'s facts::State) -> Place<'s> {
        let start = Absolute::new(state.workdir.get().map_or(SOMEWHERE, String::as_str));
        Place { variables: Marked::new(state), start }
    }

    /// Whether a word of a command is the path of a file.
    pub fn is_file(&self, command: Invocation, word: Argument, file: &Name) -> bool {
        self.mention(Some(command), word, file) == Some(Mention::Exact)
    }

    /// Whether all that a command does to files is known, and it only reads this one.
    pub fn only_reads(&self, command: Invocation, file: &Name) -> bool {
        let effects = command.effects();
        effects.is_some_and(|effects| {
            effects.iter().all(|effect| match effect.on {
                Object::Word(word, _) => {
                    effect.touch == Touch::Reads || self.mention(Some(command), word, file).is_none()
                }
                _ => true,
            })
        })
    }

    /// Whether all that a command does to files is known, and is done elsewhere.
    pub fn is_elsewhere(&self, command: Invocation, file: &Name) -> bool {
        let apart =
            |path: &Absolute| !covers(path.as_str(), file.key()) && path.as_str() != "/" && path.as_str() != file.key();
        let place = |path: Option<Absolute>| path.is_some_and(|path| apart(&path));
        let opens = |redirect: &Redirection| redirect.opens();
        command
            .redirects()
            .filter(opens)
            .all(|one| place(command.path(one.target(), self.start.as_ref(), &self.variables)))
            && command.effects().is_some_and(|effects| {
                effects.iter().all(|one| place(command.extent(one.on, self.start.as_ref(), &self.variables)))
            })
    }

    /// How the words of a command, and the targets of its redirections, speak of a file.
    fn mentions<'c>(&self, command: Invocation<'c>, file: &Name) -> Vec<(Argument<'c>, Mention)> {
        let assigned = command.assignments().filter_map(|one| one.value());
        let words = assigned.chain(command.words()).chain(command.redirects().map(|redirect| redirect.target()));
        words.filter_map(|word| Some((word, self.mention(Some(command), word, file)?))).collect()
    }

    /// How a word speaks of a file; without a command, only an absolute path is one.
    fn mention(&self, command: Option<Invocation>, word: Argument, file: &Name) -> Option<Mention> {
        let value = word.value(&self.variables);
        let path = match command {
            Some(command) => command.path(word, self.start.as_ref(), &self.variables),
            None => value.as_deref().and_then(Absolute::new),
        };
        if path.as_ref().is_some_and(|path| path.as_str() == file.key()) && !word.is_pattern() {
            return Some(Mention::Exact);
        }
        if names(word.raw(), file) || value.is_some_and(|value| value.contains(file.base().key())) {
            return Some(Mention::Loose);
        }
        let covers = path.is_some_and(|path| covers(path.as_str(), file.key()));
        covers.then_some(if word.is_pattern() { Mention::Pattern } else { Mention::Folder })
    }
}

/// Whether a command only shows what is in a file, or that it is there: nothing is made of it.
fn only_tells(command: Invocation) -> bool {
    command.is(&["cat", "echo", "ls", "stat", "file", "test", "[", "head", "tail", "wc", "jq", "true", "touch"])
        && !command.redirects().any(|redirect| redirect.writes())
        && command.is_alone()
}

/// Whether a command does nothing but remove files: `rm`.
pub fn only_removes(command: Invocation) -> bool {
    let effects = command.program().and_then(|program| program.effects).unwrap_or_default();
    !effects.is_empty() && effects.iter().all(|(touch, _)| *touch == Touch::Removes)
}

/// Whether the file's name stands in a text, however its variables are written.
pub fn names(text: &str, file: &Name) -> bool {
    let base = file.base();
    normal(text).contains(&normal(&base.shown())) || (base.is_known() && text.contains(base.key()))
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
