//! RUN, CMD, ENTRYPOINT and SHELL: a command in exec or shell form.

use super::exec::{Exec, exec};
use super::range;
use crate::syntax::error::Refusal;
use crate::syntax::{Args, Command};

/// ```text
/// command = array / *any
/// ```
pub(crate) fn command(line: &str, rest: &str) -> Result<Command, Refusal> {
    match exec(line, rest) {
        Exec::Strings(args) => Ok(Command::Exec(args)),
        Exec::NotStrings => Err(not_strings(line, rest)),
        Exec::Other => Ok(Command::Shell(range(line, rest))),
    }
}

/// ```text
/// shell = array                      ; not empty
/// ```
pub(crate) fn shell(line: &str, rest: &str) -> Result<Args, Refusal> {
    match command(line, rest)? {
        Command::Exec(args) if !args.is_empty() => Ok(Args::Command(Command::Exec(args))),
        _ => Err(Refusal::instruction(
            range(line, rest),
            "`SHELL` takes a JSON array of at least one string; write it as `SHELL [\"/bin/sh\", \"-c\"]`",
        )),
    }
}

/// The refusal of a JSON array that holds something else than strings.
pub(crate) fn not_strings(line: &str, rest: &str) -> Refusal {
    Refusal::lines(range(line, rest), "a JSON array here may hold strings only; put each element in double quotes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::ErrorStage;

    #[test]
    fn both_forms() {
        assert!(matches!(command("[\"a\"]", "[\"a\"]"), Ok(Command::Exec(args)) if args.len() == 1));
        assert_eq!(command("[ -f x ]", "[ -f x ]"), Ok(Command::Shell(0..8)));
        assert_eq!(command("[1]", "[1]").unwrap_err().stage, ErrorStage::Lines);
    }

    #[test]
    fn shell_wants_json() {
        assert!(shell("[\"sh\"]", "[\"sh\"]").is_ok());
        for text in ["[]", "sh -c", ""] {
            assert_eq!(shell(text, text).unwrap_err().stage, ErrorStage::Instructions);
        }
    }
}
