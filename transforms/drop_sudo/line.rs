//! The words of one `sudo`: its options, the variables that it is given, the command. Knows the command line of sudo, not what
//! the command does.

use super::*;
use crate::script::{Argument, Item};
use crate::shell::builtins::is_builtin;

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
pub struct Line<'s> {
    /// The whole of it.
    pub one: Invocation<'s>,
    /// What goes: `sudo` and its options, a span each.
    pub gone: Vec<Span>,
    /// `-E`: the environment goes on to the command.
    pub keeps_environment: bool,
    /// `-H`: HOME is root's even so.
    pub home: bool,
    /// The command and its arguments.
    pub words: Vec<Argument<'s>>,
    /// The name of the command as it is written, where that is known.
    pub name: Option<String>,
}

/// Whether a command is `sudo`.
pub fn is_sudo(one: Invocation) -> bool {
    one.words().next().is_some_and(|word| matches!(word.raw(), "sudo" | "/usr/bin/sudo" | "/bin/sudo"))
}

impl<'s> Line<'s> {
    /// Reads it. `None` where no command stands behind it.
    ///
    /// # Errors
    /// An option that does more.
    pub fn read(one: Invocation<'s>) -> Result<Option<Line<'s>>, Reason> {
        let (mut keeps_environment, mut home) = (false, false);
        let wrapper = one.wrappers().next();
        let items: Vec<Item> = wrapper.map_or_else(|| one.line().collect(), |sudo| sudo.line().collect());
        for item in items {
            match item {
                Item::Option(option) if option.is(&["-n", "--non-interactive"]) => {}
                Item::Option(option) if option.is(&["-E"]) => keeps_environment = true,
                Item::Option(option) if option.is(&["--preserve-env"]) && !option.has_value() => {
                    keeps_environment = true;
                }
                Item::Option(option) if option.is(&["-H", "--set-home"]) => home = true,
                Item::Option(option) if option.is(&["-u", "--user"]) && option.literal().as_deref() == Some("root") => {
                }
                Item::Option(option) => {
                    let what = format!("`{}` asks `sudo` for more than to run a program as root", option.name);
                    return refuse(&OPTION, what);
                }
                Item::Operand(word) if word.raw().contains('=') && !is_assignment(word) => {
                    let what = format!("`{}` is not read the same way by the shell", word.raw());
                    return refuse(&READ_DIFFERENTLY, what);
                }
                Item::Operand(_) => {}
            }
        }
        let (Some(sudo), Some(program)) = (wrapper, one.started().next()) else { return Ok(None) };
        let own = sudo.words().filter(|word| !is_assignment(*word)).map(Argument::span);
        Ok(Some(Line {
            one,
            gone: std::iter::once(sudo.word().span()).chain(own).collect(),
            keeps_environment,
            home,
            words: one.words().filter(|word| word.span().start >= program.span().start).collect(),
            name: program.literal().map(std::borrow::Cow::into_owned),
        }))
    }

    /// Whether the shell, given the same words, runs the program that `sudo` runs.
    pub fn program(&self) -> Result<(), Reason> {
        let Some(name) = self.name.as_deref() else {
            return refuse(&UNKNOWN_COMMAND, "which command it is is only known when it runs");
        };
        match name {
            // builtin or not, it writes what it is given
            "echo" if self.words[1..].iter().enumerate().all(|(at, word)| is_plain(*word, at == 0)) => Ok(()),
            _ if is_own(name) => {
                refuse(&BUILTIN, format!("`{name}` is the shell's own, and not the same as the program"))
            }
            _ => Ok(()),
        }
    }
}

/// A word of which all kinds of `echo` think the same.
fn is_plain(word: Argument, first: bool) -> bool {
    word.literal().is_some_and(|value| !(value.contains('\\') || first && value.starts_with('-')))
}

/// `NAME=value` that is the same before a command as it is behind `sudo`.
fn is_assignment(word: Argument) -> bool {
    let Some((name, value)) = word.raw().split_once('=') else { return false };
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let own = ["PATH", "HOME", "USER", "LOGNAME", "MAIL", "SHELL", "ENV", "BASH_ENV", "IFS"].contains(&name)
        || ["LD_", "SUDO_"].iter().any(|prefix| name.starts_with(prefix));
    named && !own && !value.contains('~') && word.literal().is_some()
}
