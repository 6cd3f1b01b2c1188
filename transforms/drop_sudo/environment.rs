//! What a command would see that `sudo` hides from it, and whether it looks.

use super::*;
use crate::facts::State;
use crate::knowledge::commands::{self, Trait};
use crate::knowledge::images;
use crate::shell::{self, Shell};

/// How much of its environment a program heeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Heeds {
    /// Only what concerns every program.
    Nothing,
    /// A package manager of a distribution: what it and the scripts of packages are known to read.
    Some,
    /// A tool that is known to be configured by variables.
    Many,
    /// Not known: any.
    Any,
}

/// Tools of a distribution beside its package managers, and those that add sources to them.
const OF_SYSTEM: &[&str] = &[
    "add-apt-repository",
    "apt-add-repository",
    "apt-cache",
    "apt-key",
    "apt-mark",
    "dpkg-reconfigure",
    "update-ca-certificates",
    "yum-config-manager",
];

/// What `sudo` lets through by default, or what changes no result.
const PASSED: &[&str] = &[
    "COLORS",
    "DEBCONF_NONINTERACTIVE_SEEN",
    "DEBCONF_NOWARNINGS",
    "DEBIAN_FRONTEND",
    "DISPLAY",
    "LANG",
    "LANGUAGE",
    "LS_COLORS",
    "PS1",
    "PS2",
    "TERM",
    "TZ",
];

/// What `sudo` takes out even with `-E`.
const NEVER: &[&str] = &[
    "BASHOPTS",
    "BASH_ENV",
    "CDPATH",
    "ENV",
    "FPATH",
    "GLOBIGNORE",
    "IFS",
    "JAVA_TOOL_OPTIONS",
    "PATH",
    "PERL5DB",
    "PERL5LIB",
    "PERL5OPT",
    "PERLIO_DEBUG",
    "PERLLIB",
    "PS4",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONPATH",
    "PYTHONUSERBASE",
    "RUBYLIB",
    "RUBYOPT",
    "SHELLOPTS",
    "TERMCAP",
    "TERMINFO",
    "TERMINFO_DIRS",
    "TERMPATH",
    "TMPPREFIX",
    "ZDOTDIR",
];

/// What concerns every program, or file tools.
const OF_ALL: &[&str] = &[
    "BASHOPTS",
    "BASH_ENV",
    "BZIP",
    "BZIP2",
    "ENV",
    "GREP_OPTIONS",
    "GZIP",
    "IFS",
    "POSIXLY_CORRECT",
    "SHELLOPTS",
    "SIMPLE_BACKUP_SUFFIX",
    "TAR_OPTIONS",
    "TMPDIR",
    "UNZIP",
    "VERSION_CONTROL",
    "XZ_DEFAULTS",
    "XZ_OPT",
    "ZIPOPT",
];

/// Beginnings of names that package managers, or the scripts of packages, are known to read.
const OF_MANAGERS: &[&str] = &[
    "ACCEPT_EULA",
    "APK",
    "APT",
    "CURL",
    "DEB",
    "DNF",
    "DPKG",
    "GNUPG",
    "HOME",
    "PATH",
    "PERL",
    "PYTHON",
    "RPM",
    "SSL_",
    "SYSTEMD",
    "UCF",
    "YUM",
    "ZYPP",
];

/// Images with nothing but PATH in their environment.
const PLAIN: &[&str] = &["alpine", "debian", "ubuntu"];

/// How far dropping `sudo` goes, by what its command would see.
///
/// # Errors
/// Something that matters.
pub fn level(
    facts: &Facts,
    stage: usize,
    state: &State,
    work: &Work,
    simple: &Simple,
    line: &Line,
) -> Result<Level, Reason> {
    let text = work.text.text();
    let names = hidden(state, work, simple, line);
    let heeds = heeds(line, text);
    if let Some(name) = names.iter().find(|name| matters(name, heeds)) {
        let name = name.as_deref().unwrap_or("a variable whose name is not known");
        return refuse(mark!(ENVIRONMENT, "hidden"), format!("`sudo` hides `{name}` from the command"));
    }
    let plain = facts.reference(stage).is_some_and(|image| {
        let name = images::split(image).0.rsplit('/').next().unwrap_or_default();
        images::find(image).is_some() && PLAIN.contains(&name)
    });
    match heeds {
        Heeds::Nothing => Ok(Level::Recommended),
        Heeds::Some if names.is_empty() => Ok(Level::Recommended),
        Heeds::Many if plain => Ok(Level::Recommended),
        Heeds::Some => Ok(Level::Aggressive),
        _ if plain || (line.keeps_environment && !line.home) => Ok(Level::Aggressive),
        _ => refuse(
            mark!(ENVIRONMENT, "of-the-base"),
            "the base image may set variables that `sudo` hides from the command",
        ),
    }
}

/// The names of the variables that `sudo` hides; `None` is one whose name is not known.
fn hidden(state: &State, work: &Work, simple: &Simple, line: &Line) -> Vec<Option<String>> {
    let text = work.text.text();
    let mut names: Vec<Option<String>> = state.env.names().map(|name| Some(name.to_owned())).collect();
    names.extend(simple.assignments.iter().map(|one| Some(text[one.name.range()].to_owned())));
    // secrets as variables, and what a login shell sets
    let secret = work.instruction.flags.iter().any(|flag| flag.text.contains("env="));
    names.extend((secret || work.shell.startup == Truth::Yes).then_some(None));
    work.script.for_each_command(&mut |command| {
        if let CommandKind::Simple(simple) = &command.kind {
            exports(simple, text, &mut names);
        }
    });
    let passes = |name: &str| {
        let taken_out = NEVER.contains(&name) || name.starts_with("LD_") || (line.home && name == "HOME");
        let kept = line.keeps_environment && !taken_out;
        kept || PASSED.contains(&name) || name.starts_with("LC_")
    };
    names.retain(|name| !name.as_deref().is_some_and(passes));
    names
}

/// The variables that a command of the text may set for those behind it.
fn exports(simple: &Simple, text: &str, names: &mut Vec<Option<String>>) {
    let always = |name: &&str| ["PATH", "HOME"].contains(name);
    if simple.words.is_empty() {
        let set = simple.assignments.iter().map(|one| &text[one.name.range()]);
        names.extend(set.filter(always).map(|name| Some(name.to_owned())));
    }
    let name = simple.name(text);
    let args = simple.words.iter().skip(1).map(|word| word.raw(text));
    match name.as_deref() {
        Some("export" | "declare" | "typeset" | "readonly") => {
            let set = args.filter(|arg| !arg.starts_with('-')).map(|arg| arg.split('=').next().unwrap_or_default());
            names.extend(set.map(|name| Some(name).filter(|name| !name.contains(['$', '"', '\''])).map(str::to_owned)));
        }
        Some("." | "source" | "eval") => names.push(None),
        Some("set") if args.into_iter().any(|arg| arg.contains('a')) => names.push(None),
        _ => {}
    }
}

/// Whether a program that heeds so much may do something else because of a variable.
fn matters(name: &Option<String>, heeds: Heeds) -> bool {
    let Some(name) = name.as_deref().filter(|name| !name.contains(['$', '"', '\'', '\\'])) else {
        return heeds > Heeds::Nothing;
    };
    let all = OF_ALL.contains(&name) || name.starts_with("LD_");
    match heeds {
        Heeds::Nothing => all,
        Heeds::Some => {
            all || name.to_ascii_lowercase().ends_with("_proxy") || OF_MANAGERS.iter().any(|of| name.starts_with(of))
        }
        Heeds::Many | Heeds::Any => true,
    }
}

fn heeds(line: &Line, text: &str) -> Heeds {
    let Some(name) = &line.name else { return Heeds::Any };
    let args: Vec<_> = line.words.iter().skip(1).map(|word| word.literal(text)).collect();
    match (base(name), args.as_slice()) {
        ("sh" | "bash", [Some(option), Some(inner)]) if option == "-c" && !inner.contains(['$', '`']) => {
            of_script(inner)
        }
        (name, _) => of_program(name),
    }
}

/// The name of a program that stands where a distribution puts its own; all else stays a path.
fn base(name: &str) -> &str {
    let folders = ["/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/"];
    folders.iter().find_map(|folder| name.strip_prefix(folder)).unwrap_or(name)
}

fn of_program(name: &str) -> Heeds {
    let is = |what| commands::is(name, what);
    match name {
        "echo" => Heeds::Nothing,
        _ if is(Trait::EnvironmentBlind) => Heeds::Nothing,
        _ if is(Trait::SystemPackages) || OF_SYSTEM.contains(&name) => Heeds::Some,
        "curl" | "git" | "wget" => Heeds::Many,
        _ if is(Trait::LanguagePackages) => Heeds::Many,
        _ => Heeds::Any,
    }
}

/// The text of `sh -c`: as much as the one of its commands that heeds most.
fn of_script(text: &str) -> Heeds {
    let Shell::Script(script) = shell::parse(text) else { return Heeds::Any };
    let mut most = Heeds::Nothing;
    script.for_each_command(&mut |command| {
        let one = match &command.kind {
            CommandKind::Simple(simple) if simple.assignments.is_empty() => match simple.name(text).as_deref() {
                Some("printf" | "cd" | "test" | "[") => Heeds::Nothing,
                Some(name) => of_program(base(name)),
                None => Heeds::Any,
            },
            CommandKind::Subshell(_) | CommandKind::Brace(_) => Heeds::Nothing,
            _ => Heeds::Any,
        };
        most = most.max(one);
    });
    most
}
