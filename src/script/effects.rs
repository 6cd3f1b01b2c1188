//! What commands do to files: which words name what they read, write, make, remove or change, as far as `knowledge::programs`
//! says. Redirections stand beside ([`Invocation::redirects`]), and what a command runs in turn is another's.

use super::invocation::Invocation;
use super::options::{Item, Opt};
use super::value::{Argument, Variables};
use crate::knowledge::paths::{self, Absolute, Pattern};
use crate::knowledge::programs::{Meaning, Runs, Target, Touch};

/// One thing that a command does to a file, or to a directory with all that is in it.
#[derive(Clone, Copy, Debug)]
pub struct Effect<'s> {
    /// What is done.
    pub touch: Touch,
    /// To what.
    pub on: Object<'s>,
    of: Invocation<'s>,
}

/// To what something is done.
#[derive(Clone, Copy, Debug)]
pub enum Object<'s> {
    /// What a word names, from a byte of its value on (`--output=FILE`).
    Word(Argument<'s>, usize),
    /// The file in the working directory that is called as the last part of an address.
    Download(Argument<'s>),
    /// The directory in which the command works.
    Here,
    /// The home directory of its user.
    Home,
    /// What packages of the distribution bring.
    Packages,
    /// This path.
    Path(&'static str),
    /// What is only known when it runs.
    Unknown,
}

impl<'s> Invocation<'s> {
    /// What it does to files. `None` if that is not known: its program, or one of its options, is not described.
    pub fn effects(self) -> Option<Vec<Effect<'s>>> {
        let program = match self.words().len() {
            0 => return Some(Vec::new()),
            _ => self.program()?,
        };
        let described = program.effects?;
        let lists_options = !program.flags.is_empty() || !program.values.is_empty();
        let unseen = [Meaning::Unseen, Meaning::Configures, Meaning::Sends, Meaning::Address];
        let plain = |option: &Opt| {
            (option.known || !lists_options) && program.meaning(&option.name).is_none_or(|it| !unseen.contains(&it))
        };
        if !described.is_empty() && !self.options().all(|option| plain(&option)) {
            return None;
        }
        let operands = self.objects_of_operands();
        let of = |(touch, target): &(Touch, Target)| {
            let touch = *touch;
            self.objects(*target, &operands).into_iter().map(move |on| Effect { touch, on, of: self })
        };
        Some(described.iter().flat_map(of).collect())
    }

    /// What its words stand for that are no options; what comes from its input is not known.
    fn objects_of_operands(self) -> Vec<Object<'s>> {
        let mut operands: Vec<Object> = self.operands().flat_map(|word| self.found(word)).collect();
        if self.is_open() && !self.is_found() {
            operands.push(Object::Unknown);
        }
        operands
    }

    fn objects(self, target: Target, operands: &[Object<'s>]) -> Vec<Object<'s>> {
        // `cp -t DIRECTORY`, `chmod --reference=FILE`: an option stands for one of the words
        let into = || self.has(&["-t", "--target-directory"]);
        let by_reference = || self.has(&["--reference"]);
        let (last, front) =
            operands.split_last().map_or((&[][..], &[][..]), |(last, front)| (std::slice::from_ref(last), front));
        match target {
            Target::OperandsOrHere if operands.is_empty() => vec![Object::Here],
            Target::Operands | Target::OperandsOrHere => operands.to_vec(),
            Target::First => operands.get(..1).unwrap_or_default().to_vec(),
            Target::Rest if by_reference() => operands.to_vec(),
            Target::Rest => operands.get(1..).unwrap_or_default().to_vec(),
            Target::Last if into() => Vec::new(),
            // `ln -s /a/b`: a link of that name in the working directory
            Target::Last if operands.len() == 1 => vec![Object::Here],
            Target::Last => last.to_vec(),
            Target::AllButLast if into() => operands.to_vec(),
            Target::AllButLast => front.to_vec(),
            Target::Option(name) => {
                let given = self.options().filter(|option| option.is(&[name]));
                given.filter_map(|option| option.argument()).map(|(word, from)| Object::Word(word, from)).collect()
            }
            Target::Url => self.operands().map(Object::Download).collect(),
            Target::Found if !self.has(&["-delete"]) => Vec::new(),
            Target::Found | Target::Roots => self.roots(),
            Target::Here => vec![Object::Here],
            Target::Home => vec![Object::Home],
            Target::Packages => vec![Object::Packages],
            Target::Accounts => vec![Object::Path("/etc")],
            Target::Path(path) => vec![Object::Path(path)],
        }
    }

    /// Whether `find` runs it on what it finds.
    fn is_found(self) -> bool {
        let by = self.run_by().and_then(Invocation::program);
        by.is_some_and(|program| program.runs.iter().any(|runs| matches!(runs, Runs::After(_))))
    }

    /// What a word stands for: itself, or for `{}` what `find` finds.
    fn found(self, word: Argument<'s>) -> Vec<Object<'s>> {
        match self.run_by().filter(|_| word.raw().contains("{}")) {
            Some(find) if self.is_found() => find.roots(),
            Some(_) => vec![Object::Unknown],
            None => vec![Object::Word(word, 0)],
        }
    }

    /// Where `find` starts: its words before the first option.
    fn roots(self) -> Vec<Object<'s>> {
        let mut roots = Vec::new();
        for item in self.line() {
            match item {
                Item::Operand(word) => roots.push(Object::Word(word, 0)),
                Item::Option(option) if option.is(&["-H", "-L", "-P"]) => {}
                Item::Option(_) => break,
            }
        }
        if roots.is_empty() { vec![Object::Here] } else { roots }
    }

    /// The file, or the directory, in which all lies that an object of its effects can be; `None` if nobody knows. `start` is the
    /// directory in which the text starts. That commands before may have failed is not thought of.
    pub fn extent(self, object: Object<'s>, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Absolute> {
        let here = || self.directory().likely(start, variables);
        match object {
            Object::Word(word, from) => extent(word, from, here, variables),
            Object::Download(word) => here()?.to(&file_of(word, variables)?),
            Object::Here => here(),
            Object::Home => Absolute::new(variables.variable("HOME")?),
            Object::Packages | Object::Unknown => None,
            Object::Path(path) => Absolute::new(path),
        }
    }

    /// The absolute paths that a word of it may name, patterns kept, one for each directory in which it may work; `None` if they are
    /// not known. Up to what is only known when it runs, `/a/b$X/c` counts as `/a/*`.
    pub fn paths(self, word: Argument, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Vec<Pattern>> {
        self.paths_of(&known(word, 0, variables)?, start, variables)
    }

    fn paths_of(self, written: &str, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Vec<Pattern>> {
        if let Some(pattern) = Pattern::new(written) {
            return Some(vec![pattern]);
        }
        let directories = self.works_in(start, variables)?;
        directories.iter().map(|directory| Pattern::seen_from(directory, written)).collect()
    }

    /// The directories in which it may work, an option of it such as `tar -C` looked at.
    fn works_in(self, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Vec<Absolute>> {
        let mut all = self.directory().all(start, variables)?;
        let options = self.program().map_or(&[][..], |program| program.directory);
        for option in self.options().filter(|option| option.is(options)) {
            let path = option.value(variables)?;
            all = all.iter().map(|directory| directory.to(&path)).collect::<Option<_>>()?;
        }
        Some(all)
    }
}

impl<'s> Effect<'s> {
    /// The command that does it.
    pub fn of(self) -> Invocation<'s> {
        self.of
    }

    /// As [`Invocation::paths`].
    pub fn paths(self, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Vec<Pattern>> {
        let written = match self.on {
            Object::Word(word, from) => known(word, from, variables)?,
            Object::Download(word) => file_of(word, variables)?,
            Object::Here => ".".to_owned(),
            Object::Home => variables.variable("HOME")?.to_owned(),
            Object::Path(path) => path.to_owned(),
            Object::Packages | Object::Unknown => return None,
        };
        self.of.paths_of(&written, start, variables)
    }
}

/// The last part of an address, without what is asked there.
fn file_of(address: Argument, variables: &dyn Variables) -> Option<String> {
    let value = address.value(variables)?;
    let name = paths::name(value.split(['?', '#']).next()?);
    (!name.is_empty()).then(|| name.to_owned())
}

/// The value of a word as far as it is known: whole, or its directory with a pattern for the rest.
fn known(word: Argument, from: usize, variables: &dyn Variables) -> Option<String> {
    if let Some(value) = word.value(variables) {
        return value.get(from..).map(str::to_owned);
    }
    let start = word.start(variables);
    let (directory, _) = start.get(from..)?.rsplit_once('/')?;
    Some(format!("{directory}/*"))
}

/// Up to the directory in which the first pattern, or the first unknown part, stands.
fn extent(
    word: Argument,
    from: usize,
    here: impl FnOnce() -> Option<Absolute>,
    variables: &dyn Variables,
) -> Option<Absolute> {
    let start = word.start(variables);
    let known = start.get(from..)?;
    let whole = word.value(variables).is_some();
    let pattern = if word.is_pattern() { known.find(['*', '?', '[', '{']) } else { None };
    let fixed = match pattern {
        Some(at) => known[..at].rfind('/').map_or("", |slash| &known[..=slash]),
        None if whole => known,
        None => known.rfind('/').map_or("", |slash| &known[..=slash]),
    };
    match Absolute::new(fixed) {
        Some(path) => Some(path),
        // what is not known may be absolute
        None if known.is_empty() || (fixed.is_empty() && !whole) => None,
        None => here()?.to(fixed),
    }
}
