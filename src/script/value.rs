//! Words: what is known of each before it runs. Quotes are taken off; variables of the text are put in where it surely sets
//! them, those of the environment when one asks.

use crate::shell::{Part, Word};
use crate::text::Span;
use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;

/// Where the values of variables come from that a text does not set.
pub trait Variables {
    /// The value of a variable, if it is known.
    fn variable(&self, name: &str) -> Option<&str>;
}

/// No variable is known.
impl Variables for () {
    fn variable(&self, _: &str) -> Option<&str> {
        None
    }
}

/// What is known of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// This part of the text; whether a `*`, `?`, `[…]` or `{…}` in it is a pattern.
    Slice(Span, bool),
    /// Parts; whether they are what is written, so that no variable of the text was put in.
    Pieces(Box<[Piece]>, bool),
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(Box<str>),
    /// Text that the shell expands: `*`, `?`, `[…]`, `{a,b}`.
    Pattern(Box<str>),
    /// `~` at the start.
    Home,
    /// A variable of the environment; whether it is quoted.
    Variable(Box<str>, bool),
    Unknown,
}

/// A word of a command.
#[derive(Clone, Copy, Debug)]
pub struct Argument<'s> {
    text: &'s str,
    value: &'s Value,
    span: Span,
}

impl<'s> Argument<'s> {
    pub(super) fn new(text: &'s str, value: &'s Value, span: Span) -> Argument<'s> {
        Argument { text, value, span }
    }

    /// Whether this is its value, and not only one like it.
    pub(super) fn is_of(self, value: &Value) -> bool {
        std::ptr::eq(self.value, value)
    }

    /// Where it stands in its text.
    pub fn span(self) -> Span {
        self.span
    }

    /// As it is written.
    pub fn raw(self) -> &'s str {
        self.text.get(self.span.range()).unwrap_or_default()
    }

    /// The value, if it is the same wherever the word is expanded: no expansion, no pattern, no `~`, no braces.
    pub fn literal(self) -> Option<Cow<'s, str>> {
        match self.value {
            Value::Slice(_, true) | Value::Pieces(_, false) => None,
            Value::Slice(span, false) => self.text.get(span.range()).map(Cow::Borrowed),
            Value::Pieces(pieces, true) => pieces.iter().map(Piece::text).collect::<Option<String>>().map(Cow::Owned),
        }
    }

    /// The word without its quotes, if nothing in it is substituted. Unlike in [`Argument::literal`], `*`, `?`, `[`, `~` and
    /// braces may stand in it, quoted or not.
    pub fn unquoted(self) -> Option<Cow<'s, str>> {
        match self.value {
            Value::Slice(span, _) => self.text.get(span.range()).map(Cow::Borrowed),
            Value::Pieces(_, false) => None,
            Value::Pieces(pieces, true) => {
                pieces.iter().map(Piece::written).collect::<Option<String>>().map(Cow::Owned)
            }
        }
    }

    /// The value, variables put in that the text or the environment sets; patterns stay as they are written. A variable that
    /// is not quoted and would become several words, or none, is not known.
    pub fn value(self, variables: &dyn Variables) -> Option<Cow<'s, str>> {
        match self.value {
            Value::Slice(span, _) => self.text.get(span.range()).map(Cow::Borrowed),
            Value::Pieces(pieces, _) => resolve(pieces, variables).map(Cow::Owned),
        }
    }

    /// The known text that the word begins with: all of it, or up to what is only known when it runs.
    pub fn start(self, variables: &dyn Variables) -> Cow<'s, str> {
        match self.value {
            Value::Slice(span, _) => Cow::Borrowed(self.text.get(span.range()).unwrap_or_default()),
            Value::Pieces(pieces, _) => pieces.iter().map_while(|piece| piece.value(variables)).collect(),
        }
    }

    /// Whether the shell makes one or several names of it: `*`, `?`, `[…]`, `{a,b}`.
    pub fn is_pattern(self) -> bool {
        match self.value {
            Value::Slice(_, pattern) => *pattern,
            Value::Pieces(pieces, _) => pieces.iter().any(|piece| matches!(piece, Piece::Pattern(_))),
        }
    }

    /// Whether something in it is only known when it runs, or is a variable.
    pub fn is_open(self) -> bool {
        matches!(self.value, Value::Pieces(_, false))
    }

    /// Whether what it starts with is only known when it runs, so that it may be an option, or nothing at all.
    pub fn may_be_option(self) -> bool {
        match self.value {
            Value::Slice(..) => false,
            Value::Pieces(pieces, _) => matches!(pieces.first(), Some(Piece::Variable(..) | Piece::Unknown)),
        }
    }

    /// The names of the variables of the environment that it takes in.
    pub fn variables(self) -> impl Iterator<Item = &'s str> {
        let pieces: &[Piece] = match self.value {
            Value::Slice(..) => &[],
            Value::Pieces(pieces, _) => pieces,
        };
        pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(name, _) => Some(&**name),
            _ => None,
        })
    }

    /// Its parts, for those who keep them beyond the text.
    pub(crate) fn pieces(self) -> Vec<Piece> {
        match self.value {
            Value::Slice(span, pattern) => {
                let text = self.text.get(span.range()).unwrap_or_default().into();
                vec![if *pattern { Piece::Pattern(text) } else { Piece::Text(text) }]
            }
            Value::Pieces(pieces, _) => pieces.to_vec(),
        }
    }
}

impl Piece {
    fn text(&self) -> Option<&str> {
        match self {
            Piece::Text(text) => Some(text),
            _ => None,
        }
    }

    fn written(&self) -> Option<&str> {
        match self {
            Piece::Text(text) | Piece::Pattern(text) => Some(text),
            Piece::Home => Some("~"),
            Piece::Variable(..) | Piece::Unknown => None,
        }
    }

    fn value<'p>(&'p self, variables: &'p dyn Variables) -> Option<&'p str> {
        match self {
            Piece::Home => variables.variable("HOME"),
            Piece::Variable(name, quoted) => variables.variable(name).filter(|value| *quoted || is_one_word(value)),
            piece => piece.written(),
        }
    }
}

/// The value of parts; `None` if one is not known.
pub(super) fn resolve(pieces: &[Piece], variables: &dyn Variables) -> Option<String> {
    pieces.iter().map(|piece| piece.value(variables)).collect()
}

/// Whether a value that is not quoted stays one word, as it is.
fn is_one_word(value: &str) -> bool {
    !value.is_empty() && !value.contains([' ', '\t', '\n', '*', '?', '[', '\\'])
}

/// The value that a text gave a variable; `None` if it is not known.
pub(super) type Assigned = Option<Box<[Piece]>>;

/// The variables that a text has set at a place.
#[derive(Debug, Default)]
pub(super) struct Scope<'t> {
    /// What is put in.
    set: HashMap<&'t str, Assigned>,
    /// What stood there before, for going back.
    log: Vec<(&'t str, Option<Assigned>)>,
    /// No variable is known any more: the shell ran what is not in the text.
    pub lost: bool,
    /// How many bytes of values were put into words.
    spent: Cell<usize>,
}

/// How large the value of a variable may become before it is not followed any more.
const LARGEST: usize = 4096;
/// How many bytes of values are put into the words of a text, at most: else a long one that is used often takes all memory.
const MOST: usize = 1 << 20;

impl<'t> Scope<'t> {
    /// Sets a variable; `None` is a value that is not known.
    pub fn set(&mut self, name: &'t str, value: Assigned) {
        let value = value.filter(|pieces| size(pieces) <= LARGEST);
        let before = self.set.insert(name, value);
        self.log.push((name, before));
    }

    /// A place to go back to.
    pub fn mark(&self) -> usize {
        self.log.len()
    }

    /// Goes back to what was set at a mark.
    pub fn go_back(&mut self, mark: usize) {
        while self.log.len() > mark {
            match self.log.pop() {
                Some((name, Some(before))) => drop(self.set.insert(name, before)),
                Some((name, None)) => drop(self.set.remove(name)),
                None => {}
            }
        }
    }

    /// What was set since a mark may have been set or not.
    pub fn doubt(&mut self, mark: usize) {
        let since = self.log.split_off(mark);
        let mut seen = std::collections::HashSet::new();
        for (name, before) in since {
            if seen.insert(name) {
                self.set.insert(name, None);
                self.log.push((name, before));
            }
        }
    }

    /// The names that are set.
    pub fn names(&self) -> impl Iterator<Item = &'t str> {
        self.set.keys().copied()
    }

    fn get(&self, name: &str) -> Option<&Assigned> {
        self.set.get(name)
    }

    /// Whether a value may still be put in.
    fn may_spend(&self, pieces: &[Piece]) -> bool {
        self.spent.set(self.spent.get() + size(pieces));
        self.spent.get() <= MOST
    }
}

fn size(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| 1 + piece.written().map_or(0, str::len)).sum()
}

/// Whether a variable is one that the shell itself sets, whatever its environment says.
pub fn is_of_shell(name: &str) -> bool {
    OF_SHELL.contains(&name)
}

const OF_SHELL: &[&str] = &[
    "_",
    "HOSTTYPE",
    "IFS",
    "MACHTYPE",
    "OSTYPE",
    "PS1",
    "PS2",
    "PS4",
    "SHELLOPTS",
    "BASH",
    "BASHPID",
    "BASH_VERSION",
    "EUID",
    "FUNCNAME",
    "GROUPS",
    "HOSTNAME",
    "LINENO",
    "OLDPWD",
    "OPTARG",
    "OPTIND",
    "PIPESTATUS",
    "PPID",
    "PWD",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHLVL",
    "UID",
];

/// Reads a word.
pub(super) fn read(word: &Word, text: &str, scope: &Scope) -> Value {
    match word.parts.as_slice() {
        [] => Value::Slice(Span::new(word.span.start as usize, word.span.start as usize), false),
        [Part::Literal(span)] if !slice(text, *span).starts_with('~') => {
            Value::Slice(*span, is_pattern(slice(text, *span)))
        }
        [Part::SingleQuoted(span)] => Value::Slice(inside(*span), false),
        [Part::DoubleQuoted(span, parts)] if slice(text, *span).starts_with('"') => match parts.as_slice() {
            [] => Value::Slice(inside(*span), false),
            [Part::Literal(inner)] => Value::Slice(*inner, false),
            _ => Reader::of(&word.parts, text, scope),
        },
        parts => Reader::of(parts, text, scope),
    }
}

struct Reader<'r, 't> {
    text: &'r str,
    scope: &'r Scope<'t>,
    pieces: Vec<Piece>,
    /// Text that is not among the pieces yet.
    open: Option<String>,
    written: bool,
}

impl Reader<'_, '_> {
    fn of(parts: &[Part], text: &str, scope: &Scope) -> Value {
        let mut reader = Reader { text, scope, pieces: Vec::new(), open: None, written: true };
        for (index, part) in parts.iter().enumerate() {
            reader.part(part, index == 0);
        }
        reader.close();
        Value::Pieces(reader.pieces.into_boxed_slice(), reader.written)
    }

    fn part(&mut self, part: &Part, first: bool) {
        let raw = slice(self.text, part.span());
        match part {
            Part::Literal(_) => self.plain(raw, first),
            Part::Escaped(_) => self.push(raw.strip_prefix('\\').unwrap_or(raw).trim_start_matches('\n')),
            Part::SingleQuoted(span) => self.push(slice(self.text, inside(*span))),
            Part::AnsiQuoted(_) if !raw.contains('\\') => self.push(raw.get(2..raw.len() - 1).unwrap_or_default()),
            Part::DoubleQuoted(_, parts) if raw.starts_with('"') => self.quoted(parts),
            Part::Parameter { name, operation, .. } if operation.is_empty() => self.variable(*name, false),
            _ => self.unknown(),
        }
    }

    fn quoted(&mut self, parts: &[Part]) {
        if parts.is_empty() {
            self.push("");
        }
        for part in parts {
            match part {
                Part::Literal(span) => self.push(slice(self.text, *span)),
                Part::Parameter { name, operation, .. } if operation.is_empty() => self.variable(*name, true),
                part => self.part(part, false),
            }
        }
    }

    fn plain(&mut self, raw: &str, first: bool) {
        let rest = match raw.strip_prefix('~').filter(|_| first) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                self.add(Piece::Home);
                rest
            }
            // `~user`
            Some(_) => return self.add(Piece::Pattern(raw.into())),
            None => raw,
        };
        match is_pattern(rest) {
            true => self.add(Piece::Pattern(rest.into())),
            false => self.push(rest),
        }
    }

    fn variable(&mut self, name: Span, quoted: bool) {
        let name = slice(self.text, name);
        let special = !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') || is_of_shell(name);
        match self.scope.get(name) {
            Some(Some(pieces)) if self.scope.may_spend(pieces) => self.put_in(pieces, quoted),
            None if !special && !self.scope.lost => {
                self.written = false;
                self.add(Piece::Variable(name.into(), quoted));
            }
            _ => self.unknown(),
        }
    }

    /// The value that the text gave a variable.
    fn put_in(&mut self, pieces: &[Piece], quoted: bool) {
        self.written = false;
        for piece in pieces {
            match piece {
                Piece::Text(text) if quoted || is_one_word(text) => self.push(text),
                Piece::Variable(name, _) => self.add(Piece::Variable(name.clone(), quoted)),
                _ => self.unknown(),
            }
        }
        if pieces.is_empty() && !quoted {
            self.unknown();
        }
    }

    fn unknown(&mut self) {
        self.written = false;
        self.add(Piece::Unknown);
    }

    fn push(&mut self, text: &str) {
        self.open.get_or_insert_default().push_str(text);
    }

    fn add(&mut self, piece: Piece) {
        self.close();
        self.pieces.push(piece);
    }

    fn close(&mut self) {
        self.pieces.extend(self.open.take().map(|text| Piece::Text(text.into())));
    }
}

/// Whether unquoted text is expanded to the names of files, or to several words.
fn is_pattern(raw: &str) -> bool {
    if !raw.bytes().any(|byte| matches!(byte, b'*' | b'?' | b'[' | b'{')) {
        return false;
    }
    let braces = raw.contains('{') && (raw.contains(',') || raw.contains(".."));
    raw.contains(['*', '?']) || (raw.contains('[') && raw.contains(']')) || braces
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap_or_default()
}

/// Between the quotes.
fn inside(span: Span) -> Span {
    Span::new(span.start as usize + 1, (span.end as usize).saturating_sub(1).max(span.start as usize + 1))
}
