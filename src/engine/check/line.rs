//! One simple command, read: its program behind what it is wrapped in, and which of its words are options of their own.

use crate::engine::delta::List;
use crate::engine::trace::script::Simple;
use crate::script::{Commands, Dialect, Item, Reading};
use crate::shell::{self, Shell};

/// What is known of the words of a command.
pub struct Line {
    /// The word that names the program.
    pub program: usize,
    name: String,
    /// Of each word, what it is by itself.
    words: Vec<Is>,
    raw: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    /// An option without a value in another word.
    Option,
    Operand,
    /// A value, an option with one, or what stands before the program.
    Other,
}

impl Line {
    /// Reads a command; `None` if its program is not known.
    pub fn of(simple: &Simple) -> Option<Line> {
        let raw: Vec<String> = simple.words.iter().map(|word| word.raw.to_owned()).collect();
        let text = raw.join(" ");
        let Shell::Script(script) = shell::parse(&text) else { return None };
        let reading = Reading::of(&text, &script, Dialect::default());
        let one = Commands::new(&text, &reading).at(0)?;
        let starts: Vec<usize> = raw
            .iter()
            .scan(0, |at, word| {
                let start = *at;
                *at += word.len() + 1;
                Some(start)
            })
            .collect();
        let place = |start: u32| starts.binary_search(&(start as usize)).ok();
        let mut words = vec![Is::Other; raw.len()];
        for item in one.line() {
            let (span, is) = match &item {
                Item::Option(option) => (option.span, Is::Option),
                Item::Operand(word) => (word.span(), Is::Operand),
            };
            if let Some(at) = place(span.start).filter(|at| span.len() == raw[*at].len()) {
                words[at] = is;
            }
        }
        Some(Line { program: place(one.name_word()?.span().start)?, name: one.name()?.into_owned(), words, raw })
    }

    /// Whether it is one of these programs, be it with a version: `pip3.9` and `pip-3.9` are `pip`.
    pub fn runs(&self, programs: List) -> bool {
        let stem = self.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        let stem = if stem.len() < self.name.len() { stem.strip_suffix('-').unwrap_or(stem) } else { stem };
        programs.iter().any(|program| *program == self.name || *program == stem)
    }

    /// The program, without directory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The words that are neither options nor values of options.
    pub fn operands(&self) -> Vec<&str> {
        let all = self.raw.iter().zip(&self.words).filter(|(_, is)| **is == Is::Operand);
        all.map(|(word, _)| word.as_str()).collect()
    }

    /// Whether a word is an option of its own.
    pub fn is_option(&self, at: usize) -> bool {
        self.words[at] == Is::Option
    }

    /// Whether a word is neither an option nor the value of one.
    pub fn is_operand(&self, at: usize) -> bool {
        self.words[at] == Is::Operand
    }

    /// Whether the first operand, the subcommand, is one of these and stands before a word.
    pub fn is_behind(&self, verbs: List, at: usize) -> bool {
        let verb = self.words.iter().position(|is| *is == Is::Operand);
        verb.is_some_and(|verb| verb < at && verbs.contains(&self.raw[verb].as_str()))
    }
}
