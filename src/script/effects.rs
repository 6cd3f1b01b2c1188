//! What commands do to files: which words name what they read, write, make, remove or change, as far as `knowledge::programs`
//! says. Redirections stand beside ([`Invocation::redirects`]).

use super::invocation::Invocation;
use super::value::{Argument, Variables};
use crate::knowledge::paths::{self, Absolute};
use crate::knowledge::programs::{Target, Touch};

/// One thing that a command does.
#[derive(Clone, Copy, Debug)]
pub struct Effect<'s> {
    /// What is done.
    pub touch: Touch,
    /// To what.
    pub on: Object<'s>,
}

/// To what something is done.
#[derive(Clone, Copy, Debug)]
pub enum Object<'s> {
    /// What a word names, from a byte of its value on.
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
}

impl<'s> Invocation<'s> {
    /// What it does to files. `None` if that is not known: its program, or one of its options, is not described, or it gets more
    /// words than these.
    pub fn effects(self) -> Option<Vec<Effect<'s>>> {
        let effects = self.program()?.effects?;
        if !effects.is_empty() && (self.is_open() || !self.options().all(|option| option.known)) {
            return None;
        }
        let operands: Vec<Argument> = self.operands().collect();
        let mut out = Vec::new();
        for (touch, target) in effects {
            out.extend(self.objects(*target, &operands).into_iter().map(|on| Effect { touch: *touch, on }));
        }
        Some(out)
    }

    fn objects(self, target: Target, operands: &[Argument<'s>]) -> Vec<Object<'s>> {
        let named = |words: &[Argument<'s>]| words.iter().map(|word| Object::Word(*word, 0)).collect();
        let (last, front) =
            operands.split_last().map_or((&[][..], &[][..]), |(last, front)| (std::slice::from_ref(last), front));
        match target {
            Target::Operands => named(operands),
            Target::First => named(operands.get(..1).unwrap_or_default()),
            Target::Rest => named(operands.get(1..).unwrap_or_default()),
            Target::Last => named(last),
            Target::AllButLast => named(front),
            Target::Option(name) => {
                let given = self.options().filter(|option| option.is(&[name]));
                given.filter_map(|option| option.argument()).map(|(word, from)| Object::Word(word, from)).collect()
            }
            Target::Url => operands.iter().map(|word| Object::Download(*word)).collect(),
            Target::Here => vec![Object::Here],
            Target::Home => vec![Object::Home],
            Target::Packages => vec![Object::Packages],
            Target::Accounts => vec![Object::Path("/etc")],
            Target::Path(path) => vec![Object::Path(path)],
        }
    }

    /// The file, or the directory, in which all lies that an object of its effects can be; `None` if nobody knows. `start` is the
    /// directory in which the text starts. That commands before may have failed is not thought of.
    pub fn extent(self, object: Object<'s>, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Absolute> {
        let here = || self.directory().likely(start, variables);
        match object {
            Object::Word(word, from) => extent(word, from, here, variables),
            Object::Download(word) => {
                let value = word.value(variables)?;
                Some(here()?.join(paths::name(value.split(['?', '#']).next()?)))
            }
            Object::Here => here(),
            Object::Home => Absolute::new(variables.variable("HOME")?),
            Object::Packages => None,
            Object::Path(path) => Absolute::new(path),
        }
    }
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
        None => Some(here()?.join(fixed)),
    }
}
