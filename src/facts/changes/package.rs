//! The command lines of package managers: what they install and remove.

use crate::knowledge::images::Manager;
use crate::script::{Argument, Invocation, Opt};
use std::borrow::Cow;

/// What a package manager does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackageChange {
    /// Installs packages.
    Install {
        /// Who.
        manager: Manager,
        /// Their names, versions taken away; those that could not be read are left out.
        names: Vec<String>,
        /// apk's name for all of them, by which they are removed.
        bundle: Option<String>,
    },
    /// Removes packages and what needs them.
    Remove {
        /// Who.
        manager: Manager,
        /// Their names; a bundle's too.
        names: Vec<String>,
    },
    /// Removes nobody knows what.
    RemoveUnknown,
}

/// What a command line says.
struct Line<'a> {
    words: Vec<Option<Cow<'a, str>>>,
    /// Whether it does what it says here and now, and fails where it can't.
    real: bool,
    bundle: Option<String>,
}

/// Reads a command; `None` where that is no package manager. With each change, whether it is done where the command succeeds.
pub(super) fn read(one: Invocation) -> Option<Vec<(PackageChange, bool)>> {
    Some(match one.program_name() {
        "apt-get" | "apt" | "aptitude" => generic(Manager::Apt, one),
        "install_packages" => install(Manager::Apt, &line(one, 0)),
        "apt-mark" => apt_mark(one),
        "dpkg" | "rpm" => low_level(one),
        "apk" => generic(Manager::Apk, one),
        "dnf" | "dnf-3" => generic(Manager::Dnf, one),
        "microdnf" => generic(Manager::Microdnf, one),
        "yum" => generic(Manager::Yum, one),
        "tdnf" => generic(Manager::Tdnf, one),
        "zypper" => generic(Manager::Zypper, one),
        "pacman" => pacman(one),
        _ => return None,
    })
}

/// The words behind the first `skip`, and what the options say.
fn line(one: Invocation<'_>, skip: usize) -> Line<'_> {
    let bundle = one.option(&["-t", "--virtual"]).filter(|_| one.program_name() == "apk");
    let more = one.is_open().then_some(None);
    Line {
        words: one.operands().skip(skip).map(Argument::unquoted).chain(more).collect(),
        real: !one.is_open() && !one.options().any(|option| is_lax(one, &option)),
        bundle: bundle.and_then(|option| option.unquoted()).map(Cow::into_owned),
    }
}

/// Whether nothing, or not all, is surely done with an option.
fn is_lax(one: Invocation, option: &Opt) -> bool {
    let Some(program) = one.program() else { return true };
    let value = option.unquoted();
    // an option of apt can say anything; those that people write don't keep it from installing
    let harmless = ["Dpkg::", "Acquire::", "APT::Install-", "Debug::"];
    let harmless = value.as_deref().is_some_and(|value| harmless.iter().any(|start| value.starts_with(start)));
    let strict = option.name == "--setopt"
        && value.as_deref().is_none_or(|value| value.contains("strict") || value.contains("skip"));
    ((option.is(program.idle) || option.is(program.lenient)) && !harmless) || strict
}

fn generic(manager: Manager, one: Invocation) -> Vec<(PackageChange, bool)> {
    let Some(verb) = one.verb() else { return Vec::new() };
    let mut line = line(one, 1);
    // a verb, or an option, that is not known can say anything
    match verb.unquoted().as_deref().unwrap_or("?") {
        "install" | "add" | "in" | "localinstall" | "reinstall" => install(manager, &line),
        "remove" | "purge" | "del" | "erase" | "rm" | "uninstall" => vec![(remove(manager, &line), line.real)],
        // what was named, or was in the image, is not removed by it; what came along with others is
        "autoremove" | "autopurge" if manager == Manager::Apt => vec![(remove(manager, &line), line.real)],
        "autoremove" | "?" | "history" | "downgrade" | "fix" => vec![(PackageChange::RemoveUnknown, false)],
        "swap" => {
            let first = (!line.words.is_empty()).then(|| line.words.remove(0)).flatten();
            let names = first.map(Cow::into_owned).into_iter().collect();
            let mut out = vec![(PackageChange::Remove { manager, names }, line.real)];
            out.extend(install(manager, &line));
            out
        }
        "update" | "makecache" | "clean" | "refresh" | "list" | "search" | "info" | "check-update" => Vec::new(),
        _ => vec![(PackageChange::Install { manager, names: Vec::new(), bundle: None }, false)],
    }
}

fn install(manager: Manager, line: &Line) -> Vec<(PackageChange, bool)> {
    let mut names = Vec::new();
    let mut removed = Vec::new();
    for word in line.words.iter().flatten() {
        match plain_name(manager, word) {
            Some(Name::Wanted(name)) => names.push(name.to_owned()),
            Some(Name::Unwanted(name)) => removed.push(name.to_owned()),
            None => {}
        }
    }
    let bundle = line.bundle.clone();
    let mut out = vec![(PackageChange::Install { manager, names, bundle }, line.real)];
    if !removed.is_empty() {
        out.push((PackageChange::Remove { manager, names: removed }, line.real));
    }
    out
}

fn remove(manager: Manager, line: &Line) -> PackageChange {
    let name = |word: &Option<Cow<str>>| match plain_name(manager, word.as_deref()?)? {
        Name::Wanted(name) | Name::Unwanted(name) => Some(name.to_owned()),
    };
    match line.words.iter().map(name).collect::<Option<Vec<_>>>() {
        Some(names) => PackageChange::Remove { manager, names },
        None => PackageChange::RemoveUnknown,
    }
}

enum Name<'a> {
    Wanted(&'a str),
    Unwanted(&'a str),
}

/// A package's name without version, release and mark; `None` for a pattern, a file, or a foreign architecture.
fn plain_name(manager: Manager, word: &str) -> Option<Name<'_>> {
    let (end, bare) = match manager {
        Manager::Apt => (word.find('='), true),
        Manager::Apk => (word.find(['=', '<', '>', '~', '@']), true),
        Manager::Zypper | Manager::Pacman => (word.find(['=', '<', '>']), false),
        _ => (None, false),
    };
    let name = &word[..end.unwrap_or(word.len())];
    let (unwanted, name) = match (manager, name.strip_prefix('!'), name.strip_suffix('-')) {
        (Manager::Apk, Some(name), _) | (Manager::Apt, _, Some(name)) => (true, name),
        _ => (false, name),
    };
    let name = if manager == Manager::Apt && end.is_none() { base_of_release(name) } else { name };
    let odd = name.is_empty() || name.contains(['/', '*', '?', '[', '{', ':', '$', '^', '|']);
    match (odd, unwanted && bare) {
        (true, _) => None,
        (false, true) => Some(Name::Unwanted(name)),
        (false, false) => Some(Name::Wanted(name)),
    }
}

/// `curl/stable` → `curl`.
fn base_of_release(name: &str) -> &str {
    match name.split_once('/') {
        Some((package, release)) if !package.is_empty() && !package.starts_with('.') && !release.contains('/') => {
            package
        }
        _ => name,
    }
}

/// `apt-mark auto` makes packages removable that were asked for.
fn apt_mark(one: Invocation) -> Vec<(PackageChange, bool)> {
    let harmless = ["manual", "hold", "unhold", "showmanual", "showauto", "showhold"];
    match one.operands().any(|word| harmless.contains(&word.raw())) {
        true => Vec::new(),
        false => vec![(PackageChange::RemoveUnknown, false)],
    }
}

/// `dpkg` and `rpm`: no names that could be trusted.
fn low_level(one: Invocation) -> Vec<(PackageChange, bool)> {
    let removes = |option: &Opt| {
        option.is(&["-r", "-P", "--remove", "--purge", "-e", "--erase"]) || option.name.starts_with("--force")
    };
    match one.options().any(|option| removes(&option)) {
        true => vec![(PackageChange::RemoveUnknown, false)],
        false => vec![(PackageChange::Install { manager: Manager::Apt, names: Vec::new(), bundle: None }, false)],
    }
}

/// Its first letter is what it does: `-Syu`, `-Rns`, `-Qi`.
fn pacman(one: Invocation) -> Vec<(PackageChange, bool)> {
    let operation = one.options().map(|option| option.name).find(|name| !name.starts_with("--"));
    let has = |letters: &[&str]| one.has(letters);
    match operation.as_deref() {
        Some("-S")
            if !has(&["-i", "-s", "-l", "-g", "-c", "-p", "-w", "--print", "-r", "--root", "-b", "--sysroot"]) =>
        {
            install(Manager::Pacman, &line(one, 0))
        }
        Some("-S") if has(&["-r", "--root", "-b", "--sysroot", "--print"]) => {
            install(Manager::Pacman, &Line { real: false, ..line(one, 0) })
        }
        Some("-S" | "-Q" | "-F" | "-T" | "-D") => Vec::new(),
        Some("-U") => {
            vec![(PackageChange::Install { manager: Manager::Pacman, names: Vec::new(), bundle: None }, false)]
        }
        _ => vec![(PackageChange::RemoveUnknown, false)],
    }
}
