//! The state that instructions leave behind: shell, working folder, user, environment. What the base image decides and is not
//! known is `Unknown`.

use crate::facts::Truth;
use crate::knowledge::images;
use crate::syntax::{Args, Command, Instruction, Keyword};
use std::sync::Arc;

/// A value that is known, or not.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// It is this.
    Yes(T),
    /// The base image, or a variable, decides.
    #[default]
    Unknown,
}

impl<T> Known<T> {
    /// The value where it is known.
    pub fn get(&self) -> Option<&T> {
        match self {
            Known::Yes(value) => Some(value),
            Known::Unknown => None,
        }
    }
}

/// The longest value that is worked out, in bytes; one that would be longer is not known. Linux gives a program no variable above 128 KiB
/// (execve(2), MAX_ARG_STRLEN), and files that people write have none above a few.
pub const LONGEST_VALUE: usize = 16 << 10;

/// No program can name a path of so many bytes (PATH_MAX of Linux); a relative WORKDIR after the other could get there.
pub const LONGEST_PATH: usize = 4096;

/// How many bytes all values of a file may be longer than their text, since lines that each repeat the value before grow without end.
pub const GROWTH: usize = 1 << 20;

/// What of [`GROWTH`] is left for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget(usize);

impl Default for Budget {
    fn default() -> Budget {
        Budget(GROWTH)
    }
}

impl Budget {
    /// Pays for a value that was worked out from a text; `None` where it is too long, or nothing is left.
    pub fn pay(&mut self, text: &str, value: String) -> Option<String> {
        let growth = value.len().saturating_sub(text.len());
        self.0 = self.0.checked_sub(growth).filter(|_| value.len() <= LONGEST_VALUE)?;
        Some(value)
    }
}

/// Variables by name. Each state has its own; what they have in common is shared, so that a file of many ENVs stays small.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The last ones, one after the other.
    last: Option<Arc<Variable>>,
    /// How many those are.
    count: usize,
    older: Option<Arc<Older>>,
}

/// How many variables are looked through one after the other.
const RECENT: usize = 32;

/// Variables in the order of their names, and before them at least twice as many that were set earlier.
#[derive(Debug)]
struct Older {
    variables: Vec<Arc<Variable>>,
    before: Option<Arc<Older>>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    value: Option<String>,
    before: Option<Arc<Variable>>,
}

impl Environment {
    /// The value of a variable: `None` where it is not set here, `Some(None)` where it is set to what is not known.
    pub fn get(&self, name: &str) -> Option<Option<&str>> {
        let recent = self.recent().find(|variable| variable.name == name);
        let variable = recent.or_else(|| self.older().find_map(|older| older.get(name)));
        variable.map(|variable| variable.value.as_deref())
    }

    /// The names of all variables; one that was set again may come again.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let older = self.older().flat_map(|older| older.variables.iter().map(|variable| &**variable));
        self.recent().chain(older).map(|variable| variable.name.as_str())
    }

    /// Sets a variable; `None` is a value that is not known.
    pub fn set(&mut self, name: &str, value: Option<String>) {
        if self.count == RECENT {
            self.older = Some(Arc::new(Older::new(self.last.take(), self.older.take())));
            self.count = 0;
        }
        let before = self.last.take();
        self.last = Some(Arc::new(Variable { name: name.to_owned(), value, before }));
        self.count += 1;
    }

    fn recent(&self) -> impl Iterator<Item = &Variable> {
        std::iter::successors(self.last.as_deref(), |one| one.before.as_deref())
    }

    fn older(&self) -> impl Iterator<Item = &Older> {
        std::iter::successors(self.older.as_deref(), |one| one.before.as_deref())
    }
}

impl Older {
    /// Puts the last variables, from the last one back, in order, and those before them to them while these are not twice as many.
    fn new(last: Option<Arc<Variable>>, mut before: Option<Arc<Older>>) -> Older {
        let mut variables: Vec<_> = std::iter::successors(last, |one| one.before.clone()).collect();
        sort(&mut variables);
        while let Some(older) = before.take_if(|older| older.variables.len() < 2 * variables.len()) {
            variables.extend(older.variables.iter().cloned());
            sort(&mut variables);
            before.clone_from(&older.before);
        }
        Older { variables, before }
    }

    fn get(&self, name: &str) -> Option<&Variable> {
        let found = self.variables.binary_search_by(|variable| variable.name.as_str().cmp(name)).ok()?;
        self.variables.get(found).map(|variable| &**variable)
    }
}

/// By name; of several of one name the first stays.
fn sort(variables: &mut Vec<Arc<Variable>>) {
    variables.sort_by(|one, other| one.name.cmp(&other.name));
    variables.dedup_by(|later, first| later.name == first.name);
}

/// What is in force at a point of a stage.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// SHELL.
    pub shell: Known<Vec<String>>,
    /// WORKDIR, absolute and clean.
    pub workdir: Known<String>,
    /// USER as written.
    pub user: Known<String>,
    /// ENV and ARG that were set here or in a parent stage.
    pub env: Environment,
    /// A variable that a shell reads when it starts, or one whose name is not known.
    pub startup: Option<String>,
    /// CMD in force: its text; `Some(None)` is known to be none.
    pub cmd: Known<Option<String>>,
    /// ENTRYPOINT in force, as `cmd`.
    pub entrypoint: Known<Option<String>>,
    /// What the values of later variables may cost.
    pub budget: Budget,
}

/// The shell's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// sh, dash, ash, busybox sh, or one of them or bash that is not known closer.
    Posix,
    /// bash.
    Bash,
    /// ksh or zsh: like bash, but the last command of a pipeline runs in the shell itself.
    Ksh,
    /// PowerShell, cmd, python or anything else.
    Other,
    /// Not known.
    Unknown,
}

/// What runs a shell-form command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interpreter {
    /// Its language.
    pub family: Family,
    /// Whether it stops at the first failing command (`-e`).
    pub errexit: Truth,
    /// Whether it reads start-up files each time it starts (`-l`, `-i`).
    pub startup: Truth,
}

impl Interpreter {
    /// Nothing is known.
    pub const UNKNOWN: Interpreter =
        Interpreter { family: Family::Unknown, errexit: Truth::Unknown, startup: Truth::Unknown };
    /// A Unix shell with options that are not known.
    pub const UNKNOWN_UNIX: Interpreter = Interpreter { family: Family::Posix, ..Interpreter::UNKNOWN };
    const OTHER: Interpreter = Interpreter { family: Family::Other, ..Interpreter::UNKNOWN };

    /// Reads the words of a SHELL instruction: `["/bin/bash", "-eo", "pipefail", "-c"]`.
    pub fn of(words: &[String]) -> Interpreter {
        let Some((program, options)) = words.split_first() else { return Interpreter::OTHER };
        let family = match program.rsplit('/').next().unwrap_or_default() {
            "env" if !options.is_empty() => return Interpreter::of(options),
            "busybox" if options.first().is_some_and(|w| w == "sh" || w == "ash") => {
                return Interpreter::of(options);
            }
            "sh" | "dash" | "ash" => Family::Posix,
            "bash" => Family::Bash,
            "ksh" | "mksh" | "zsh" => Family::Ksh,
            _ => return Interpreter::OTHER,
        };
        read_options(family, options).unwrap_or(Interpreter::OTHER)
    }
}

/// The options of a shell up to the one that holds `c`, which must be the last word.
fn read_options(family: Family, options: &[String]) -> Option<Interpreter> {
    let mut out = Interpreter { family, errexit: Truth::No, startup: Truth::No };
    let mut words = options.iter();
    let mut command = false;
    while let Some(word) = words.next() {
        match word.as_str() {
            "--login" => out.startup = Truth::Yes,
            "--norc" | "--noprofile" | "--posix" => {}
            _ => {
                let letters = word.strip_prefix('-').filter(|l| l.bytes().all(|b| b.is_ascii_alphabetic()))?;
                command |= letters.contains('c');
                if letters.contains('e') {
                    out.errexit = Truth::Yes;
                }
                if letters.contains(['l', 'i']) {
                    out.startup = Truth::Yes;
                }
                for _ in letters.matches(['o', 'O']) {
                    if words.next()? == "errexit" {
                        out.errexit = Truth::Yes;
                    }
                }
            }
        }
    }
    command.then_some(out)
}

impl State {
    /// The state right after `FROM image`.
    pub fn of_image(image: &str) -> State {
        let Some(facts) = images::find(image) else { return State::default() };
        State {
            shell: match facts.shell {
                [] => Known::Unknown,
                words => Known::Yes(words.iter().map(|word| (*word).to_owned()).collect()),
            },
            user: facts.user.map_or(Known::Unknown, |user| Known::Yes(user.to_owned())),
            workdir: facts.workdir.map_or(Known::Unknown, |dir| Known::Yes(dir.to_owned())),
            ..State::default()
        }
    }

    /// Whether instructions of a kind may change it.
    pub fn is_changed_by(keyword: Keyword) -> bool {
        use Keyword::{Arg, Cmd, Entrypoint, Env, Shell, User, Workdir};
        matches!(keyword, Shell | Workdir | User | Env | Arg | Cmd | Entrypoint)
    }

    /// The state after an instruction.
    pub fn apply(&mut self, instruction: &Instruction) {
        match (&instruction.keyword, &instruction.args) {
            (Keyword::Shell, Args::Command(Command::Exec(words))) => {
                self.shell = Known::Yes(words.iter().map(|word| word.text.clone()).collect());
            }
            (Keyword::Shell, _) => self.shell = Known::Unknown,
            (Keyword::Workdir, Args::Text(path)) => self.set_workdir(&path.text),
            (Keyword::User, Args::Text(user)) => self.user = self.expand(&user.text),
            (Keyword::Env, Args::Pairs { pairs, .. }) => {
                // all are worked out before the first is set
                let values: Vec<_> = pairs.iter().map(|pair| self.worked_out(&pair.value.as_ref()?.text)).collect();
                pairs.iter().zip(values).for_each(|(pair, value)| self.set(&pair.name.text, value));
            }
            (Keyword::Arg, Args::Pairs { pairs, .. }) => {
                // a build argument can be given from outside: the default is not the value
                pairs.iter().for_each(|pair| self.set(&pair.name.text, None));
            }
            (Keyword::Cmd, _) => self.cmd = Known::Yes(Some(text_of(instruction))),
            (Keyword::Entrypoint, _) => self.entrypoint = Known::Yes(Some(text_of(instruction))),
            _ => {}
        }
    }

    /// The value of a variable that is set to a text.
    fn worked_out(&mut self, text: &str) -> Option<String> {
        let Known::Yes(value) = self.expand(text) else { return None };
        self.budget.pay(text, value)
    }

    fn set(&mut self, name: &str, value: Option<String>) {
        let read = ["BASH_ENV", "ENV", "ZDOTDIR", "SHELLOPTS", "BASHOPTS", "LD_PRELOAD"].contains(&name);
        if read || name.contains(['$', '"', '\'', '\\']) {
            self.startup = Some(name.to_owned());
        }
        self.env.set(name, value);
    }

    fn set_workdir(&mut self, raw: &str) {
        let Known::Yes(path) = self.expand(raw) else {
            self.workdir = Known::Unknown;
            return;
        };
        let windows = path.contains(['\\', ':']);
        let folder = match (&self.workdir, path.starts_with('/')) {
            _ if windows => None,
            (_, true) => Some(clean(&path)),
            (Known::Yes(base), false) => Some(clean(&format!("{base}/{path}"))),
            (Known::Unknown, false) => None,
        };
        self.workdir = folder.filter(|folder| folder.len() < LONGEST_PATH).map_or(Known::Unknown, Known::Yes);
    }

    /// A raw argument with quotes removed and the variables that are known put in; `Unknown` where that needs more than
    /// plain `$name` and `${name}` of known values, or would be longer than [`LONGEST_VALUE`].
    pub fn expand(&self, raw: &str) -> Known<String> {
        if !raw.bytes().any(|byte| matches!(byte, b'\\' | b'`' | b'"' | b'\'' | b'$')) {
            return Known::Yes(raw.to_owned());
        }
        let mut out = String::with_capacity(raw.len());
        let mut quote = None;
        let mut chars = raw.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' | '`' if quote != Some('\'') => return Known::Unknown,
                '"' | '\'' if quote.is_none() => quote = Some(c),
                c if quote == Some(c) => quote = None,
                '$' if quote != Some('\'') => {
                    let Some((name, len)) = plain_variable(&raw[at + 1..]) else { return Known::Unknown };
                    match self.env.get(name) {
                        Some(Some(value)) if out.len() + value.len() <= LONGEST_VALUE => out.push_str(value),
                        _ => return Known::Unknown,
                    }
                    while chars.peek().is_some_and(|(next, _)| *next <= at + len) {
                        chars.next();
                    }
                }
                c => out.push(c),
            }
        }
        Known::Yes(out)
    }
}

/// `name` or `{name}` at the start: the name, and how many bytes it takes.
pub fn plain_variable(rest: &str) -> Option<(&str, usize)> {
    let braced = rest.starts_with('{');
    let inner = if braced { &rest[1..] } else { rest };
    let len = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let name = &inner[..len];
    let closed = !braced || inner[len..].starts_with('}');
    (closed && !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()))
        .then_some((name, len + if braced { 2 } else { 0 }))
}

/// An absolute path without `.`, `..` and double slashes.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

fn text_of(instruction: &Instruction) -> String {
    instruction.line.text()[instruction.rest.clone()].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(words: &[&str]) -> Interpreter {
        Interpreter::of(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn options_of_the_shell_are_read() {
        assert_eq!(shell(&["/bin/sh", "-c"]).errexit, Truth::No);
        assert_eq!(shell(&["/bin/bash", "-eo", "pipefail", "-c"]).errexit, Truth::Yes);
        assert_eq!(shell(&["/bin/bash", "-o", "errexit", "-c"]).errexit, Truth::Yes);
        assert_eq!(shell(&["/bin/bash", "-o", "pipefail", "-c"]).errexit, Truth::No);
        assert_eq!(shell(&["/bin/bash", "--login", "-c"]).startup, Truth::Yes);
        assert_eq!(shell(&["/bin/bash", "-lc"]).startup, Truth::Yes);
        assert_eq!(shell(&["/usr/bin/env", "bash", "-c"]).family, Family::Bash);
        assert_eq!(shell(&["/bin/busybox", "sh", "-c"]).family, Family::Posix);
    }

    #[test]
    fn what_is_no_shell_is_other() {
        for words in [&["python3", "-c"][..], &["pwsh", "-Command"], &["cmd", "/S", "/C"], &["/bin/bash"], &[]] {
            assert_eq!(shell(words).family, Family::Other, "{words:?}");
        }
        assert_eq!(shell(&["/bin/bash", "-c", "exec \"$0\""]).family, Family::Other);
    }

    #[test]
    fn only_known_variables_are_put_in() {
        let mut state = State::default();
        state.env.set("A", Some("x".into()));
        state.env.set("B", None);
        assert_eq!(state.expand("/$A/${A}y'$A'"), Known::Yes("/x/xy$A".into()));
        assert_eq!(state.expand("/$B"), Known::Unknown);
        assert_eq!(state.expand("${A:-y}"), Known::Unknown);
    }

    #[test]
    fn values_that_grow_without_end_are_not_known() {
        let mut state = State::default();
        let mut total = 0;
        let mut last = "x".to_owned();
        for n in 0..40 {
            let value = state.worked_out(&last);
            assert!(value.as_ref().is_none_or(|value| value.len() <= LONGEST_VALUE));
            assert_eq!(value.is_some(), n < 15, "A{n} is 2^{n} bytes long");
            total += value.as_ref().map_or(0, String::len);
            state.set(&format!("A{n}"), value);
            last = format!("$A{n}$A{n}");
        }
        assert!(total < GROWTH);
    }

    #[test]
    fn all_values_together_grow_to_a_bound() {
        let mut state = State::default();
        state.set("A", Some("x".repeat(LONGEST_VALUE / 2)));
        let values: Vec<_> = (0..1000).map(|_| state.worked_out("$A$A")).collect();
        let known: usize = values.iter().flatten().map(String::len).sum();
        assert!(known <= GROWTH + 1000 * "$A$A".len() && known > GROWTH / 2, "{known}");
        assert_eq!(state.worked_out("plain"), Some("plain".to_owned()), "what does not grow costs nothing");
    }

    #[test]
    fn a_folder_whose_path_is_too_long_is_not_known() {
        let mut state = State { workdir: Known::Yes("/".to_owned()), ..State::default() };
        for _ in 0..5000 {
            state.set_workdir("w");
            assert!(state.workdir.get().is_none_or(|folder| folder.len() < LONGEST_PATH));
        }
        assert_eq!(state.workdir, Known::Unknown);
    }

    #[test]
    fn each_of_many_variables_is_found() {
        let mut states = vec![Environment::default()];
        for n in 0..2000_usize {
            let mut next = states[n].clone();
            next.set(&format!("A{}", n % 700), Some(n.to_string()));
            states.push(next);
        }
        for (set, state) in states.iter().enumerate() {
            let last = |name: usize| (0..set).rev().find(|n| n % 700 == name).map(|n| n.to_string());
            for name in [0, 1, 31, 32, 33, 100, 699] {
                assert_eq!(state.get(&format!("A{name}")), last(name).as_deref().map(Some), "A{name} of {set}");
            }
            let names: std::collections::HashSet<&str> = state.names().collect();
            assert_eq!(names.len(), set.min(700));
            assert!(state.older().count() <= 7, "each holds twice as many as the one after it");
        }
    }

    #[test]
    fn paths_are_cleaned() {
        assert_eq!(clean("/a//b/./../c/"), "/a/c");
        assert_eq!(clean("/../.."), "/");
    }
}
