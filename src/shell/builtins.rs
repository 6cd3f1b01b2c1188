//! Which commands a shell does itself.

/// Builtins of the shells that `/bin/sh` may be, but for those that are always a program's own task.
const BUILTINS: &[&str] = &[
    ".",
    ":",
    "[",
    "alias",
    "bg",
    "break",
    "builtin",
    "caller",
    "cd",
    "chdir",
    "command",
    "compgen",
    "complete",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "enable",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "getopts",
    "hash",
    "help",
    "history",
    "jobs",
    "kill",
    "let",
    "local",
    "logout",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "suspend",
    "test",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "wait",
];

/// Whether one of the shells that may be `/bin/sh` does a command of this name itself.
pub fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

/// Builtins that leave the shell as it was.
const QUIET: &[&str] = &[
    ":", "[", "bg", "caller", "compgen", "disown", "echo", "false", "fc", "fg", "help", "history", "jobs", "kill",
    "pwd", "suspend", "test", "times", "true", "type", "wait",
];

/// Builtins of ksh and zsh, and of bash's line editor, that change the shell.
const OTHERS: &[&str] = &["bind", "setopt", "unsetopt", "vared", "zmodload"];

/// Special builtins of POSIX, before which an assignment stays.
const SPECIAL: &[&str] = &[
    ":", ".", "break", "continue", "eval", "exec", "exit", "export", "readonly", "return", "set", "shift", "times",
    "trap", "unset",
];

/// Whether a command of this name, with these arguments as they are written, may change the shell that runs it, or end it.
pub fn changes_shell(name: &str, arguments: &[&str]) -> bool {
    match name {
        "command" | "builtin" => match arguments.split_first() {
            Some((first, rest)) if !first.starts_with('-') => changes_shell(first, rest) || first.contains('$'),
            Some((first, _)) => !matches!(*first, "-v" | "-V"),
            None => false,
        },
        "printf" => arguments.first().is_some_and(|first| first.starts_with("-v")),
        _ => OTHERS.contains(&name) || (is_builtin(name) && !QUIET.contains(&name)),
    }
}

/// Whether an assignment before a command of this name stays in the shell.
pub fn keeps_assignments(name: &str) -> bool {
    SPECIAL.contains(&name)
}
