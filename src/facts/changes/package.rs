//! The command lines of package managers: what they install and remove.

use super::Arg;
use crate::facts::effects::base;
use crate::knowledge::images::Manager;

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

/// What a command line says, once its options are read.
struct Line<'a> {
    verb: Option<&'a str>,
    words: Vec<Option<&'a str>>,
    /// Whether it does what it says here and now, and fails where it can't.
    real: bool,
    bundle: Option<&'a str>,
}

/// Options that take a value in the next word, and those with which nothing is surely installed here.
struct Options {
    with_value: &'static [&'static str],
    idle: &'static [&'static str],
    /// Letters that say the same inside a cluster of short options.
    idle_letters: &'static str,
}

const APT: Options = Options {
    with_value: &["-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a"],
    idle: &[
        "--simulate",
        "--just-print",
        "--dry-run",
        "--recon",
        "--no-act",
        "--download-only",
        "--print-uris",
        "--ignore-missing",
        "--fix-missing",
        "--with-source",
        "-o",
        "--option",
    ],
    idle_letters: "sdmoc",
};

const APK: Options = Options {
    with_value: &[
        "-X",
        "--repository",
        "-p",
        "--root",
        "--arch",
        "--keys-dir",
        "--repositories-file",
        "--wait",
        "--cache-dir",
        "--cache-max-age",
        "--timeout",
    ],
    idle: &["-s", "--simulate", "-p", "--root", "--initdb", "--keys-dir", "--arch"],
    idle_letters: "",
};

const RPM: Options = Options {
    with_value: &[
        "--installroot",
        "--enablerepo",
        "--disablerepo",
        "--repo",
        "--repoid",
        "-x",
        "--exclude",
        "--releasever",
        "--setopt",
        "-c",
        "--config",
        "-d",
        "-e",
        "-R",
        "--downloaddir",
        "--forcearch",
    ],
    idle: &[
        "--installroot",
        "--downloadonly",
        "--downloaddir",
        "--assumeno",
        "--skip-broken",
        "--skip-unavailable",
        "--forcearch",
    ],
    idle_letters: "",
};

const ZYPPER: Options = Options {
    with_value: &["-r", "--repo", "--from", "-R", "--root", "--installroot", "-t", "--type", "-C", "-p", "--plus-repo"],
    idle: &["-R", "--root", "--installroot", "-D", "--dry-run", "-d", "--download-only", "--ignore-unknown"],
    idle_letters: "",
};

/// Reads a command line, its name taken away; `None` where that is no package manager. With each change, whether it is done
/// where the command succeeds.
pub(super) fn read(name: &str, args: &[Arg]) -> Option<Vec<(PackageChange, bool)>> {
    match name {
        "apt-get" | "apt" | "aptitude" => Some(generic(Manager::Apt, &APT, args)),
        "install_packages" => Some(install(Manager::Apt, &read_line(&APT, args, true))),
        "apt-mark" => Some(apt_mark(args)),
        "dpkg" | "rpm" => Some(low_level(args)),
        "apk" => Some(generic(Manager::Apk, &APK, args)),
        "dnf" | "dnf5" => Some(generic(Manager::Dnf, &RPM, args)),
        "microdnf" => Some(generic(Manager::Microdnf, &RPM, args)),
        "yum" => Some(generic(Manager::Yum, &RPM, args)),
        "tdnf" => Some(generic(Manager::Tdnf, &RPM, args)),
        "zypper" => Some(generic(Manager::Zypper, &ZYPPER, args)),
        "pacman" => Some(pacman(args)),
        _ => None,
    }
}

fn read_line<'a>(options: &Options, args: &'a [Arg], verb_known: bool) -> Line<'a> {
    let mut line = Line { verb: verb_known.then_some("install"), words: Vec::new(), real: true, bundle: None };
    let mut args = args.iter().map(Option::as_deref);
    while let Some(arg) = args.next() {
        match arg {
            Some("-t" | "--virtual") if options.with_value.contains(&"-X") => line.bundle = args.next().flatten(),
            Some(option) if option.len() > 1 && option.starts_with('-') => {
                line.option(options, option, &mut args);
            }
            Some(verb) if line.verb.is_none() => line.verb = Some(verb),
            // a verb, or an option, that is not known can say anything
            None if line.verb.is_none() => {
                line.verb = Some("?");
                line.real = false;
            }
            word => line.words.push(word),
        }
    }
    line
}

impl<'a> Line<'a> {
    fn option(&mut self, options: &Options, option: &'a str, args: &mut dyn Iterator<Item = Option<&'a str>>) {
        let (name, joined) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        let cluster = !option.starts_with("--") && option[1..].contains(|c| options.idle_letters.contains(c));
        if let Some(bundle) = joined.filter(|_| name == "--virtual") {
            self.bundle = Some(bundle);
        }
        let value = match joined {
            None if options.with_value.contains(&name) => args.next().flatten(),
            joined => joined,
        };
        // an option of apt can say anything; those that people write don't keep it from installing
        let harmless = value.is_some_and(|value| {
            ["Dpkg::", "Acquire::", "APT::Install-", "Debug::"].iter().any(|start| value.starts_with(start))
        }) || option.contains("Dpkg::");
        let lax = name == "--setopt" && value.is_none_or(|value| value.contains("strict") || value.contains("skip"));
        if ((options.idle.contains(&name) || cluster) && !harmless) || lax {
            self.real = false;
        }
    }
}

fn generic(manager: Manager, options: &Options, args: &[Arg]) -> Vec<(PackageChange, bool)> {
    let mut line = read_line(options, args, false);
    match line.verb.unwrap_or_default() {
        "install" | "add" | "in" | "localinstall" | "reinstall" => install(manager, &line),
        "remove" | "purge" | "del" | "erase" | "rm" | "uninstall" => vec![(remove(manager, &line), line.real)],
        // what was named, or was in the image, is not removed by it; what came along with others is
        "autoremove" | "autopurge" if manager == Manager::Apt => vec![(remove(manager, &line), line.real)],
        "autoremove" | "?" | "history" | "downgrade" | "fix" => vec![(PackageChange::RemoveUnknown, false)],
        "swap" => {
            let first = (!line.words.is_empty()).then(|| line.words.remove(0)).flatten();
            let names = first.map(str::to_owned).into_iter().collect();
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
    let bundle = line.bundle.map(str::to_owned);
    let mut out = vec![(PackageChange::Install { manager, names, bundle }, line.real)];
    if !removed.is_empty() {
        out.push((PackageChange::Remove { manager, names: removed }, line.real));
    }
    out
}

fn remove(manager: Manager, line: &Line) -> PackageChange {
    let name = |word: &Option<&str>| match plain_name(manager, (*word)?)? {
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
fn apt_mark(args: &[Arg]) -> Vec<(PackageChange, bool)> {
    let harmless = ["manual", "hold", "unhold", "showmanual", "showauto", "showhold"];
    match args.iter().flatten().any(|arg| harmless.contains(&arg.as_str())) {
        true => Vec::new(),
        false => vec![(PackageChange::RemoveUnknown, false)],
    }
}

/// `dpkg` and `rpm`: no names that could be trusted.
fn low_level(args: &[Arg]) -> Vec<(PackageChange, bool)> {
    let removing = |arg: &Arg| match arg.as_deref().map(|arg| (arg, base(arg))) {
        Some((arg, _)) => {
            ["-r", "-P", "--remove", "--purge", "-e", "--erase"].contains(&arg) || arg.starts_with("--force")
        }
        None => false,
    };
    match args.iter().any(removing) {
        true => vec![(PackageChange::RemoveUnknown, false)],
        false => vec![(PackageChange::Install { manager: Manager::Apt, names: Vec::new(), bundle: None }, false)],
    }
}

fn pacman(args: &[Arg]) -> Vec<(PackageChange, bool)> {
    let flat: Vec<&str> = args.iter().flatten().map(String::as_str).collect();
    let operation = flat.iter().find(|arg| arg.starts_with('-') && !arg.starts_with("--"));
    let elsewhere = flat.iter().any(|arg| ["-r", "--root", "-b", "--sysroot", "-p", "--print", "-w"].contains(arg));
    let words = args.iter().filter(|arg| !arg.as_deref().is_some_and(|arg| arg.starts_with('-')));
    let line = Line { verb: None, words: words.map(Option::as_deref).collect(), real: !elsewhere, bundle: None };
    match operation.map(|operation| (operation.chars().nth(1), &operation[1..])) {
        Some((Some('S'), letters)) if !letters.contains(['i', 's', 'l', 'g', 'c', 'p', 'w']) => {
            install(Manager::Pacman, &line)
        }
        Some((Some('S' | 'Q' | 'F' | 'T' | 'D'), _)) => Vec::new(),
        Some((Some('U'), _)) => {
            vec![(PackageChange::Install { manager: Manager::Pacman, names: Vec::new(), bundle: None }, false)]
        }
        _ => vec![(PackageChange::RemoveUnknown, false)],
    }
}
