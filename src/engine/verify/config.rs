//! The image config that a stage makes, without its spelling: values as BuildKit evaluates them, lists as their members, and
//! of what the next one replaces only the last. A variable in a value is told with the definition that it sees, so that two
//! configs are equal only where the values are, whatever the variables hold.

use super::spoken_with_bodies;
use crate::engine::Facet;
use crate::facts::value::{self, Piece};
use crate::facts::{Facts, Step, words};
use crate::shell::Shell;
use crate::syntax::{Args, Command, Instruction, Keyword, Pair};
use std::collections::{BTreeMap, HashMap};

/// The label that MAINTAINER became.
const AUTHORS: &str = "org.opencontainers.image.authors";

/// The config of one stage, as it grows.
pub(super) struct Config {
    changes: &'static [Facet],
    stage: usize,
    escape: char,
    /// What was said so far; each with the number of instructions before it that decide what a command sees.
    pub out: Vec<(usize, String)>,
    /// How many such instructions, or members of them, there were.
    pub behind: usize,
    /// How often each variable was set.
    versions: HashMap<String, usize>,
    /// How often SHELL was set.
    shells: usize,
    /// CMD, ENTRYPOINT, HEALTHCHECK: the last one of each.
    start: BTreeMap<&'static str, String>,
    /// The folder of a WORKDIR that nothing but other WORKDIRs followed so far.
    folder: Option<String>,
}

impl Config {
    pub fn new(changes: &'static [Facet], stage: usize, escape: char) -> Config {
        let (out, versions, start) = (Vec::new(), HashMap::new(), BTreeMap::new());
        Config { changes, stage, escape, out, behind: 0, versions, shells: 0, start, folder: None }
    }

    /// A command ran or files came.
    pub fn acted(&mut self) {
        self.folder = None;
    }

    /// Takes an instruction in that neither runs nor copies.
    pub fn step(&mut self, facts: &Facts, step: &Step) {
        let instruction = step.instruction;
        // what starts the image is told at the end, and makes no folder
        let starts = matches!(instruction.keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck);
        if instruction.keyword != Keyword::Workdir && !starts {
            self.folder = None;
        }
        match (instruction.keyword, &instruction.args) {
            (Keyword::User, _) if self.changes.contains(&Facet::User) => {}
            (Keyword::Maintainer, _) if self.changes.contains(&Facet::Author) => {}
            (Keyword::Env, Args::Pairs { pairs, .. }) => self.env(pairs),
            (Keyword::Arg, Args::Pairs { pairs, .. }) => self.arg(pairs),
            (Keyword::Label, Args::Pairs { pairs, .. }) => self.label(pairs),
            (Keyword::Expose, Args::Words { words, .. }) => {
                words.iter().for_each(|word| self.say(0, format!("Expose {}", self.value(&word.text))));
            }
            (Keyword::Volume, Args::Words { words, .. }) => {
                words.iter().for_each(|word| self.decide(format!("Volume {}", self.value(&word.text))));
            }
            (Keyword::Workdir, _) if self.changes.contains(&Facet::Folder) => {}
            (Keyword::Workdir, _) => self.workdir(facts, step),
            (Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck, _) => self.starts(facts, step),
            (Keyword::User, _) => self.decide(spoken_with_bodies(facts, instruction)),
            (Keyword::Shell, _) => {
                self.shells += 1;
                self.decide(spoken_with_bodies(facts, instruction));
            }
            _ => self.say(0, spoken_with_bodies(facts, instruction)),
        }
    }

    /// The stage is over: what starts the image is what was said last.
    pub fn end(mut self) -> Vec<(usize, String)> {
        for said in std::mem::take(&mut self.start).into_values() {
            self.say(0, said);
        }
        self.out
    }

    fn say(&mut self, order: usize, what: String) {
        self.out.push((order, format!("{}: {what}", self.stage)));
    }

    /// Says what decides what commands see.
    fn decide(&mut self, what: String) {
        self.behind += 1;
        self.say(self.behind, what);
    }

    /// All values see the environment from before the instruction.
    fn env(&mut self, pairs: &[Pair]) {
        let said: Vec<(String, String)> = pairs.iter().map(|pair| self.pair(pair)).collect();
        for (name, said) in said {
            self.decide(format!("Env {said}"));
            *self.versions.entry(name).or_insert(0) += 1;
        }
    }

    /// Each default sees the arguments before it.
    fn arg(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            let (name, said) = self.pair(pair);
            self.decide(format!("Arg {said}"));
            *self.versions.entry(name).or_insert(0) += 1;
        }
    }

    fn label(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            let (name, said) = self.pair(pair);
            if name != AUTHORS || !self.changes.contains(&Facet::Author) {
                self.say(0, format!("Label {said}"));
            }
        }
    }

    /// The name, and the pair in one spelling.
    fn pair(&self, pair: &Pair) -> (String, String) {
        let name = value::literal(&pair.name.text, self.escape).unwrap_or_else(|| pair.name.text.clone());
        let value = pair.value.as_ref().map(|value| self.value(&value.text));
        let said = format!("{} = {value:?}", self.value(&pair.name.text));
        (name, said)
    }

    /// A value in one spelling.
    fn value(&self, raw: &str) -> String {
        match value::read(raw, self.escape) {
            Some(pieces) => self.pieces(&pieces),
            None => format!("unread {raw}"),
        }
    }

    fn pieces(&self, pieces: &[Piece]) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Variable { name, operation, words } => {
                let words: Vec<String> = words.iter().map(|word| self.pieces(word)).collect();
                let version = self.versions.get(name).copied().unwrap_or_default();
                format!("${{{name}@{version}{operation}{words:?}}}")
            }
        };
        pieces.iter().map(piece).collect::<Vec<_>>().join("")
    }

    /// A folder below the one of the WORKDIR directly before stands for both: whoever makes it makes its parents.
    fn workdir(&mut self, facts: &Facts, step: &Step) {
        let mut after = crate::facts::State::clone(&step.before);
        after.apply(step.instruction);
        let Some(path) = after.workdir.get() else {
            self.folder = None;
            let raw = match &step.instruction.args {
                Args::Text(path) => self.value(&path.text),
                _ => spoken_with_bodies(facts, step.instruction),
            };
            return self.decide(format!("Workdir {raw}"));
        };
        match self.folder.replace(path.clone()) {
            Some(parent) if is_below(&parent, path) => {
                self.out.pop();
                self.behind -= 1;
            }
            _ => {}
        }
        self.decide(format!("Workdir {path:?}"));
    }

    /// What the image starts: the words, and for a text the shell that is in force here.
    fn starts(&mut self, facts: &Facts, step: &Step) {
        let instruction = step.instruction;
        let said = match self.words(facts, step) {
            Some(words) => format!("{:?} {} {words:?}", instruction.keyword, flags(instruction)),
            None if instruction.keyword == Keyword::Healthcheck => spoken_with_bodies(facts, instruction),
            None => format!("{} with SHELL {}", spoken_with_bodies(facts, instruction), self.shells),
        };
        self.start.insert(instruction.keyword.name(), said);
    }

    /// The words of an exec form; where the form may change, also those that a shell would start.
    fn words(&self, facts: &Facts, step: &Step) -> Option<Vec<String>> {
        match &step.instruction.args {
            Args::Command(Command::Exec(args)) | Args::Healthcheck(Some(Command::Exec(args))) => {
                Some(args.iter().map(|arg| arg.text.clone()).collect())
            }
            _ if self.changes.contains(&Facet::Form) => match facts.shell_text(step.item)? {
                found if matches!(found.shell, Shell::Script(_)) => words::literal(found).map(words::started),
                _ => None,
            },
            _ => None,
        }
    }
}

fn flags(instruction: &Instruction) -> String {
    instruction.flags.iter().map(|flag| format!("{:?} ", flag.text)).collect()
}

fn is_below(parent: &str, path: &str) -> bool {
    let parent = parent.trim_end_matches('/');
    path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/') || rest.is_empty())
}
