//! What a command may do to the places in which commands are found.

use crate::knowledge::paths::{self, Absolute};
use crate::knowledge::programs::{Action, Kind, Role};
use crate::script::{Argument, Invocation, Variables};
use crate::shell::builtins::is_builtin;
use std::collections::BTreeSet;

/// What a command may do to the places in which commands are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moves {
    /// Nothing.
    Nothing,
    /// It may put, move or remove executables of these names.
    Names(BTreeSet<String>),
    /// Anything but the basic tools and those of the language toolchains.
    Some,
    /// Anything but the basic tools.
    Any,
}

/// Alpine packages that replace busybox's applets.
const APPLETS: &[&str] = &[
    "coreutils",
    "findutils",
    "util-linux",
    "procps",
    "gawk",
    "sed",
    "grep",
    "tar",
    "shadow",
    "diffutils",
    "less",
    "bash",
];

/// Builtins that change the shell.
const STATEFUL: &[&str] = &[
    "alias",
    "bind",
    "builtin",
    "cd",
    "chdir",
    "complete",
    "declare",
    "dirs",
    "enable",
    "export",
    "getopts",
    "hash",
    "let",
    "local",
    "mapfile",
    "popd",
    "pushd",
    "read",
    "readarray",
    "readonly",
    "set",
    "setopt",
    "shift",
    "shopt",
    "trap",
    "typeset",
    "ulimit",
    "umask",
    "unalias",
    "unset",
    "unsetopt",
    "vared",
    "zmodload",
];

/// Whether a builtin changes the shell.
pub(super) fn is_stateful(name: &str) -> bool {
    STATEFUL.contains(&name)
}

impl Moves {
    /// What a command does that starts in a folder.
    pub(super) fn of(one: Invocation, variables: &dyn Variables, start: &Absolute) -> Moves {
        let Some(name) = one.name() else { return Moves::Any };
        let full = one.called().is_some_and(|called| called.contains('/'));
        let vague = |word: Argument| word.unquoted().is_none_or(|word| word.contains(['*', '?', '[', '{']));
        match &*name {
            _ if full && !one.is_kind(Kind::Inert) => Moves::Any,
            "unlink" | "rm" => names(one),
            "cp" | "mv" | "ln" | "install" | "chmod" | "dpkg-divert" | "alternatives" | "update-alternatives" => {
                match one.arguments().any(vague) && aims_at_path(one) {
                    true => Moves::Any,
                    false => names(one),
                }
            }
            "tar" | "bsdtar" | "unzip" | "cpio" | "7z" => match unpacks_into_path(one, variables, start) {
                true => Moves::Any,
                false => Moves::Nothing,
            },
            "apk"
                if one.packages().filter_map(Argument::unquoted).any(|word| APPLETS.contains(&package_name(&word))) =>
            {
                Moves::Any
            }
            "python" | "python2" | "python3" if one.option(&["-m"]).is_some() => names(one),
            _ if one.is_kind(Kind::SystemPackages) || one.is_kind(Kind::LanguagePackages) => names(one),
            _ if matches!(one.action(), Action::Install | Action::Clean) => names(one),
            _ if one.is_kind(Kind::Unbounded) => Moves::Any,
            name if one.is_kind(Kind::Inert) || is_stateful(name) || is_builtin(name) => Moves::Nothing,
            // `n stable` puts another npm in front of the one of the distribution
            _ if one.program().is_none_or(|program| program.role == Some(Role::Interpreter)) => Moves::Any,
            _ => Moves::Some,
        }
    }
}

/// The names that the commands of its words would have.
fn names(one: Invocation) -> Moves {
    let words = one.arguments().filter_map(Argument::unquoted).filter(|word| !word.starts_with('-'));
    let names = words.map(|word| package_name(&word).to_owned());
    Moves::Names(names.filter(|name| !name.is_empty()).collect())
}

/// Whether the last argument is a folder in which commands are looked for, or not known.
fn aims_at_path(one: Invocation) -> bool {
    let last = one.arguments().next_back().and_then(Argument::unquoted);
    last.is_none_or(|word| word.split('/').any(|part| part.ends_with("bin")))
}

/// Whether an archive is unpacked to where commands are found, or where is not known.
fn unpacks_into_path(one: Invocation, variables: &dyn Variables, start: &Absolute) -> bool {
    let given = one.option(one.program().map_or(&[][..], |program| program.directory));
    let folder = one.directory().likely(Some(start), variables);
    let target = match given {
        Some(option) => option.value(variables).and_then(|path| match (Absolute::new(&path), folder) {
            (Some(path), _) => Some(path),
            (None, folder) => folder?.to(&path),
        }),
        None => return folder.is_some_and(|folder| folder.as_str().starts_with("/usr")),
    };
    match target.as_ref().map(Absolute::as_str) {
        Some("/" | "/usr" | "/usr/local") => true,
        Some(target) => target.split('/').any(|part| part.ends_with("bin")),
        None => true,
    }
}

/// `npm@latest`, `pip==9`, `lib/tool.sh` → the name that a command of it would have.
fn package_name(word: &str) -> &str {
    let word = paths::name(word.trim_end_matches('/'));
    let from = usize::from(word.starts_with('@'));
    let end = word[from..].find(['@', '=', '<', '>', '~', '[', '!', ':']).map_or(word.len(), |at| at + from);
    &word[..end]
}
