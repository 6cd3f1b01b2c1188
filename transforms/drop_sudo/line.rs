//! The words of one `sudo`: its options, the variables that it is given, the command. Knows the command line of sudo, not what
//! the command does.

use super::*;
use crate::shell::builtins::is_builtin;
use crate::shell::{Part, Word};

/// Words of the grammar of the common shells, and builtins that only some of them have.
const GRAMMAR: &[&str] = &[
    "!", "[[", "bind", "case", "coproc", "for", "function", "if", "print", "select", "time", "until", "while", "{", "}",
];

/// Whether the shell does something else of that name than a program, or there is no such program.
fn is_own(name: &str) -> bool {
    let the_same = ["false", "true"].contains(&name);
    GRAMMAR.contains(&name) || (is_builtin(name) && !the_same)
}

/// A `sudo` with a command.
pub struct Line<'t> {
    /// What goes: `sudo` and its options, a span each.
    pub gone: Vec<Span>,
    /// `-E`: the environment goes on to the command.
    pub keeps_environment: bool,
    /// `-H`: HOME is root's even so.
    pub home: bool,
    /// The command and its arguments.
    pub words: &'t [Word],
    /// The name of the command as it is written, where that is known.
    pub name: Option<String>,
}

/// Whether a command is `sudo`.
pub fn is_sudo(simple: &Simple, text: &str) -> bool {
    simple.words.first().is_some_and(|word| matches!(word.raw(text), "sudo" | "/usr/bin/sudo" | "/bin/sudo"))
}

impl<'t> Line<'t> {
    /// Reads it. `None` where no command stands behind it.
    ///
    /// # Errors
    /// An option that does more.
    pub fn read(simple: &'t Simple, text: &str) -> Result<Option<Line<'t>>, Reason> {
        let mut words = simple.words.as_slice();
        let mut line =
            Line { gone: vec![words[0].span], keeps_environment: false, home: false, words: &[], name: None };
        words = &words[1..];
        while let Some(word) = words.first().filter(|word| word.raw(text).starts_with('-')) {
            let taken = line.option(word.raw(text), words.get(1).map(|word| word.raw(text)))?;
            line.gone.extend(words.iter().take(taken).map(|word| word.span));
            words = words.get(taken..).unwrap_or_default();
            if word.raw(text) == "--" {
                break;
            }
        }
        while let Some(word) = words.first().filter(|word| word.raw(text).contains('=')) {
            if !is_assignment(word, text) {
                return refuse(
                    &READ_DIFFERENTLY,
                    format!("`{}` is not read the same way by the shell", word.raw(text)),
                );
            }
            words = &words[1..];
        }
        line.words = words;
        line.name = words.first().and_then(|word| word.literal(text)).map(std::borrow::Cow::into_owned);
        Ok(Some(line).filter(|line| !line.words.is_empty()))
    }

    /// Takes an option in. How many words it is.
    fn option(&mut self, option: &str, next: Option<&str>) -> Result<usize, Reason> {
        match option {
            "--" | "--non-interactive" | "--user=root" => return Ok(1),
            "-u" | "--user" if next == Some("root") => return Ok(2),
            "--preserve-env" => self.keeps_environment = true,
            "--set-home" => self.home = true,
            _ if option.len() > 1 && option[1..].bytes().all(|letter| b"nEH".contains(&letter)) => {
                self.keeps_environment |= option.contains('E');
                self.home |= option.contains('H');
            }
            _ => return refuse(&OPTION, format!("`{option}` asks `sudo` for more than to run a program as root")),
        }
        Ok(1)
    }

    /// Whether the shell, given the same words, runs the program that `sudo` runs.
    pub fn program(&self, text: &str) -> Result<(), Reason> {
        let Some(name) = self.name.as_deref() else {
            return refuse(&UNKNOWN_COMMAND, "which command it is is only known when it runs");
        };
        match name {
            // builtin or not, it writes what it is given
            "echo" if self.words[1..].iter().enumerate().all(|(at, word)| is_plain(word, text, at == 0)) => Ok(()),
            _ if is_own(name) => {
                refuse(&BUILTIN, format!("`{name}` is the shell's own, and not the same as the program"))
            }
            _ => Ok(()),
        }
    }
}

/// A word of which all kinds of `echo` think the same.
fn is_plain(word: &Word, text: &str, first: bool) -> bool {
    word.literal(text).is_some_and(|value| !(value.contains('\\') || first && value.starts_with('-')))
}

/// `NAME=value` that is the same before a command as it is behind `sudo`.
fn is_assignment(word: &Word, text: &str) -> bool {
    let raw = word.raw(text);
    let name = raw.split('=').next().unwrap_or_default();
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let own = ["PATH", "HOME", "USER", "LOGNAME", "MAIL", "SHELL", "ENV", "BASH_ENV", "IFS"].contains(&name)
        || ["LD_", "SUDO_"].iter().any(|prefix| name.starts_with(prefix));
    let first = matches!(word.parts.first(), Some(Part::Literal(span)) if text[span.range()].contains('='));
    named && first && !own && !raw.contains('~') && word.literal(text).is_some()
}
