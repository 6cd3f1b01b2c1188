//! HEALTHCHECK.

use super::command::command;
use super::range;
use crate::syntax::error::{Refusal, quoted};
use crate::syntax::{Args, Command};

/// ```text
/// healthcheck = "NONE" / "CMD" 1*WS command          ; in any case
/// ```
pub(crate) fn healthcheck(line: &str, rest: &str) -> Result<Args, Refusal> {
    let (kind, after) = split(rest);
    let command = command(line, after)?;
    let refuse = |part: &str, message: String| Err(Refusal::instruction(range(line, part), message));
    if kind.is_empty() {
        refuse(rest, "`HEALTHCHECK` says nothing; write `CMD` and a command, or `NONE`".to_owned())
    } else if kind.eq_ignore_ascii_case("none") {
        match is_empty(&command) {
            true => Ok(Args::Healthcheck(None)),
            false => refuse(after, "`HEALTHCHECK NONE` takes nothing more; remove the rest".to_owned()),
        }
    } else if !kind.eq_ignore_ascii_case("cmd") {
        refuse(kind, format!("{} is no kind of health check; write `CMD` and a command, or `NONE`", quoted(kind)))
    } else if is_empty(&command) {
        refuse(kind, "a command is missing behind `HEALTHCHECK CMD`; add it, or write `NONE`".to_owned())
    } else {
        Ok(Args::Healthcheck(Some(command)))
    }
}

/// The first word and what stands behind it.
pub(crate) fn split(rest: &str) -> (&str, &str) {
    match rest.find(char::is_whitespace) {
        Some(at) => (&rest[..at], rest[at..].trim_start()),
        None => (rest, &rest[rest.len()..]),
    }
}

fn is_empty(command: &Command) -> bool {
    match command {
        Command::Exec(args) => args.is_empty(),
        Command::Shell(range) => range.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_and_both_forms() {
        assert_eq!(healthcheck("none", "none"), Ok(Args::Healthcheck(None)));
        assert_eq!(healthcheck("CMD  curl x", "CMD  curl x"), Ok(Args::Healthcheck(Some(Command::Shell(5..11)))));
        let exec = healthcheck("cmd [\"a\"]", "cmd [\"a\"]");
        assert!(matches!(exec, Ok(Args::Healthcheck(Some(Command::Exec(_))))));
    }

    #[test]
    fn what_is_refused() {
        for text in ["", "NONE x", "CMD", "CMD []", "curl x", "CMD [1]"] {
            assert!(healthcheck(text, text).is_err(), "{text}");
        }
    }
}
