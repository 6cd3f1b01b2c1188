//! The words behind a program's name: options with their values, subcommand, the rest. How a program writes its options is data
//! (`knowledge::programs`); of one that is not described, each word that starts with `-` is taken for an option without a
//! value in the next word.

use super::value::{Argument, Variables};
use crate::knowledge::programs::{OptionFacts, Program, Runs, Style};
use crate::text::Span;
use std::borrow::Cow;

/// A word of a command line, or two.
#[derive(Clone, Debug)]
pub enum Item<'s> {
    /// An option with its value.
    Option(Opt<'s>),
    /// A word that is none: a subcommand, a file, a package. One whose start is only known when it runs may be an option.
    Operand(Argument<'s>),
}

/// An option.
#[derive(Clone, Debug)]
pub struct Opt<'s> {
    /// `-y`, `--no-install-recommends`. Letters that stand together (`-yq`) are an option each.
    pub name: Cow<'s, str>,
    /// With its value; for letters that stand together the word.
    pub span: Span,
    /// Whether its program's description knows it.
    pub known: bool,
    /// The name as it is listed in the description.
    pub(super) listed: Option<&'static str>,
    pub(super) value: Option<(Argument<'s>, usize)>,
}

impl<'s> Opt<'s> {
    /// Whether it has a value.
    pub fn has_value(&self) -> bool {
        self.value.is_some()
    }

    /// Its value; `None` if it has none, or an expansion decides it.
    pub fn literal(&self) -> Option<Cow<'s, str>> {
        let (argument, from) = self.value?;
        cut(argument.literal()?, from)
    }

    /// Its value without quotes, patterns as they are written; `None` if it has none, or something in it is substituted.
    pub fn unquoted(&self) -> Option<Cow<'s, str>> {
        let (argument, from) = self.value?;
        cut(argument.unquoted()?, from)
    }

    /// Its value, variables put in; `None` if it has none, or it is not known.
    pub fn value(&self, variables: &dyn Variables) -> Option<Cow<'s, str>> {
        let (argument, from) = self.value?;
        cut(argument.value(variables)?, from)
    }

    /// The word that holds its value, and from which byte of its value on.
    pub fn argument(&self) -> Option<(Argument<'s>, usize)> {
        self.value
    }

    /// Whether it is one of these.
    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&&*self.name)
    }
}

fn cut(value: Cow<'_, str>, from: usize) -> Option<Cow<'_, str>> {
    match value {
        Cow::Borrowed(text) => text.get(from..).map(Cow::Borrowed),
        Cow::Owned(text) => text.get(from..).map(|text| Cow::Owned(text.to_owned())),
    }
}
/// Reads the words behind a program's name.
#[derive(Clone, Debug)]
pub struct Line<'s, W> {
    program: Option<&'static Program>,
    words: W,
    /// The word of which letters are not told yet.
    letters: Option<Letters<'s>>,
    /// What follows is no option.
    ended: bool,
    first: bool,
    /// How many words were taken.
    taken: usize,
}

/// Letters that stand together.
#[derive(Clone, Debug)]
struct Letters<'s> {
    word: Argument<'s>,
    text: Cow<'s, str>,
    /// The next one.
    at: usize,
    /// Values follow in words of their own, in the order of the letters.
    apart: bool,
}

impl<'s, W: Iterator<Item = Argument<'s>> + Clone> Line<'s, W> {
    /// Reads the words of a program.
    pub fn new(program: Option<&'static Program>, words: W) -> Line<'s, W> {
        Line { program, words, letters: None, ended: style(program) == Some(Style::None), first: true, taken: 0 }
    }

    /// How many words were read so far.
    pub fn taken(&self) -> usize {
        self.taken
    }

    fn word(&mut self) -> Option<Argument<'s>> {
        let word = self.words.next()?;
        self.taken += 1;
        Some(word)
    }

    fn facts(&self, name: &str) -> OptionFacts {
        self.program.map_or_else(OptionFacts::default, |program| program.option(name))
    }

    /// An option of which the word is all.
    fn whole(&mut self, word: Argument<'s>, text: Cow<'s, str>) -> Opt<'s> {
        if let Some(at) = text.find('=') {
            let name = cut_to(text, at);
            let OptionFacts { known, listed, .. } = self.facts(&name);
            return Opt { name, span: word.span(), known, listed, value: Some((word, at + 1)) };
        }
        let OptionFacts { known, listed, takes_value, .. } = self.facts(&text);
        let next = if takes_value { self.word() } else { None };
        let span = next.map_or(word.span(), |next| word.span().to(next.span()));
        Opt { name: text, span, known, listed, value: next.map(|next| (next, 0)) }
    }

    /// Behind `-exec`, the words up to `;` or `+` are another program's.
    fn pass_command(&mut self, option: &Opt) {
        let runs = self.program.map_or(&[][..], |program| program.runs);
        if runs.iter().any(|runs| matches!(runs, Runs::After(options) if option.is(options))) {
            while let Some(word) = self.word() {
                if matches!(word.unquoted().as_deref(), Some(";" | "+")) {
                    return;
                }
            }
        }
    }

    /// The next of the letters that stand together.
    fn letter(&mut self) -> Option<Opt<'s>> {
        let Letters { word, text, at, apart } = self.letters.take()?;
        let letter = text.get(at..)?.chars().next()?;
        let end = at + letter.len_utf8();
        // a sign belongs to the word, also for `+o`
        let sign = if text.starts_with('+') { '+' } else { '-' };
        let whole = at == 1 && end == text.len() && text.starts_with(['-', '+']);
        let name = if whole { text.clone() } else { name_of(sign, letter) };
        let OptionFacts { known, listed, takes_value, attached } = self.facts(&name);
        // what is only known when it runs may follow
        let glued = !apart && (end < text.len() || (word.is_open() && text.len() == end));
        // `-o=x`
        let equals = glued && text[end..].starts_with('=');
        let value_at = end + usize::from(equals);
        let (span, value) = match takes_value {
            true if glued => (word.span(), Some((word, value_at))),
            true => {
                let next = self.word();
                (next.map_or(word.span(), |next| word.span().to(next.span())), next.map(|next| (next, 0)))
            }
            false if glued && (attached || equals) => (word.span(), Some((word, value_at))),
            false => (word.span(), None),
        };
        if end < text.len() && (apart || value.is_none()) {
            self.letters = Some(Letters { word, text, at: end, apart });
        }
        Some(Opt { name, span, known, listed, value })
    }

    /// Whether a text is an option, as far as it is known.
    fn is_option(&self, text: &str) -> bool {
        let login = text == "-" && style(self.program) == Some(Style::Login);
        let plus =
            text.len() > 1 && text.starts_with('+') && self.program.is_some_and(|program| program.shell.is_some());
        login || plus || (text.len() > 1 && text.starts_with('-'))
    }
}

impl<'s, W: Iterator<Item = Argument<'s>> + Clone> Iterator for Line<'s, W> {
    type Item = Item<'s>;

    fn next(&mut self) -> Option<Item<'s>> {
        if let Some(letter) = self.letter() {
            return Some(Item::Option(letter));
        }
        let word = self.word()?;
        let first = std::mem::replace(&mut self.first, false);
        if self.ended || word.may_be_option() {
            return Some(Item::Operand(word));
        }
        let start = word.start(&());
        let style = style(self.program);
        if start == "--" {
            self.ended = true;
            return self.next();
        }
        if !self.is_option(&start) {
            if first && style == Some(Style::Letters) && !start.is_empty() {
                // `xzf`: as if a `-` stood before it; values follow in the order of the letters
                self.letters = Some(Letters { word, text: start, at: 0, apart: true });
                return self.letter().map(Item::Option);
            }
            self.ended = style == Some(Style::First);
            return Some(Item::Operand(word));
        }
        if start.starts_with("--") || start == "-" || style == Some(Style::Words) {
            let option = self.whole(word, start);
            self.pass_command(&option);
            return Some(Item::Option(option));
        }
        self.letters = Some(Letters { word, text: start, at: 1, apart: false });
        self.letter().map(Item::Option)
    }
}

fn style(program: Option<&'static Program>) -> Option<Style> {
    program.and_then(|program| program.style)
}

/// The option that a letter is.
fn name_of(sign: char, letter: char) -> Cow<'static, str> {
    const LETTERS: &str = "-a-b-c-d-e-f-g-h-i-j-k-l-m-n-o-p-q-r-s-t-u-v-w-x-y-z";
    match (sign, letter) {
        ('-', 'a'..='z') => {
            let at = 2 * (letter as usize - 'a' as usize);
            Cow::Borrowed(&LETTERS[at..at + 2])
        }
        _ => Cow::Owned(format!("{sign}{letter}")),
    }
}

fn cut_to(text: Cow<'_, str>, at: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(..at).unwrap_or(text)),
        Cow::Owned(text) => Cow::Owned(text.get(..at).unwrap_or(&text).to_owned()),
    }
}
