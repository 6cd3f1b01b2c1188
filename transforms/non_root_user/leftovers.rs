//! Which files the commands of a RUN leave behind: they stay root's, so that the program can't write to them.

use super::*;
use crate::facts::state::clean;
use crate::knowledge::leftovers::{self, OptionKind, Row, Rule};
use crate::knowledge::paths::Absolute;
use crate::script::{Invocation, Redirection};

/// Stands for a word whose value is only known when it runs.
pub const UNKNOWN_WORD: &str = "\u{1}";

/// What is made and removed again in a RUN, as far as the walk over its commands has come.
pub struct Leftovers<'s> {
    start: Option<Absolute>,
    /// The command at hand.
    at: Option<Invocation<'s>>,
    /// The files that are made, and by what.
    made: Vec<(Option<String>, String)>,
}

impl<'s> Leftovers<'s> {
    /// Nothing was looked at yet.
    pub fn new(start: Option<Absolute>) -> Leftovers<'s> {
        Leftovers { start, at: None, made: Vec::new() }
    }

    /// Goes on to a command: its redirections make files.
    pub fn enter(&mut self, command: Invocation<'s>) {
        self.at = Some(command);
        command.redirects().for_each(|redirect| self.redirected(redirect));
    }

    /// A redirection makes a file.
    pub fn redirected(&mut self, redirect: Redirection) {
        if redirect.writes() {
            let what = redirect.raw().lines().next().unwrap_or_default();
            self.make(redirect.target().unquoted().as_deref(), format!("`{what}`"));
        }
    }

    /// Looks at a command; fails where it is not known what it leaves.
    pub fn command(&mut self, name: &str, args: &[&str]) -> Result<(), No> {
        let base = name.rsplit('/').next().unwrap_or_default();
        if base == "rm" {
            self.removed(args);
        }
        let row = leftovers::of(base).filter(|_| is_the_known_one(name, base));
        let Some(row) = row else { return unknown(name) };
        match row.rule {
            Rule::Nothing => Ok(()),
            Rule::First => self.verb(row, base, args),
            Rule::Every => match operands(row, args).into_iter().find(|word| !row.lists(word)) {
                Some(word) => unknown(&format!("{base} {}", shown(word))),
                None => Ok(()),
            },
            Rule::Each => {
                args.iter().filter(|arg| !arg.starts_with('-')).for_each(|arg| self.make_by(base, arg));
                Ok(())
            }
            Rule::Last => self.last(row, base, args),
            Rule::Options => self.options(row, base, args),
            Rule::Sed | Rule::Awk if is_harmless_program(row.rule, args) => Ok(()),
            Rule::Sed | Rule::Awk => {
                unknown(&format!("{base} {}", args.iter().map(|arg| shown(arg)).next().unwrap_or_default()))
            }
        }
    }

    /// Fails where a file is left that the program may write to.
    pub fn end(&self, image: &Image) -> Result<(), No> {
        for (path, by) in &self.made {
            match path {
                Some(path) if is_never_written(image, path) => {}
                Some(path) => {
                    return refuse(
                        mark!(WRITES, "made"),
                        format!("a RUN makes `{path}` by {by}; it stays root's, and the program may write to it"),
                    );
                }
                None => {
                    return refuse(
                        mark!(WRITES, "made-somewhere"),
                        format!("a RUN makes a file by {by}, nobody knows where, to which the program may write"),
                    );
                }
            }
        }
        Ok(())
    }

    /// The absolute path that a word names here.
    fn path(&self, word: &str) -> Option<String> {
        if word.contains([UNKNOWN_WORD.chars().next()?, '*', '?', '[', '{', '~', '$']) {
            return None;
        }
        let here = || self.at?.directory().resolve(self.start.as_ref(), &());
        let path = Absolute::new(word).or_else(|| Some(here()?.join(word)))?;
        Some(path.as_str().to_owned())
    }

    fn make(&mut self, word: Option<&str>, by: String) {
        let path = word.and_then(|word| self.path(word));
        self.made.push((path, by));
    }

    fn make_by(&mut self, base: &str, word: &str) {
        self.make(Some(word), format!("`{base}`"));
    }

    /// What was made before is gone, if the command surely runs.
    fn removed(&mut self, args: &[&str]) {
        if !self.at.is_some_and(|command| command.flow().sure) {
            return;
        }
        let recursive = args.iter().any(|arg| arg.starts_with('-') && (arg.contains(['r', 'R'])));
        for arg in args.iter().filter(|arg| !arg.starts_with('-')) {
            let (folder, all) = match arg.strip_suffix("/*") {
                Some(folder) => (folder, true),
                None => (*arg, false),
            };
            let Some(gone) = self.path(folder) else { continue };
            let is_gone = |path: &Option<String>| {
                let rest = path.as_deref().and_then(|path| copied_file::below(path, &gone));
                rest.is_some_and(|rest| if rest.is_empty() { !all } else { recursive || (all && !rest.contains('/')) })
            };
            self.made.retain(|(path, _)| !is_gone(path));
        }
    }

    fn verb(&mut self, row: &Row, base: &str, args: &[&str]) -> Result<(), No> {
        match operands(row, args).first() {
            Some(verb) if row.lists(verb) => Ok(()),
            Some(verb) => unknown(&format!("{base} {}", shown(verb))),
            None if row.lists("-") || args.iter().any(|arg| row.lists(arg)) => Ok(()),
            None => unknown(base),
        }
    }

    fn last(&mut self, row: &Row, base: &str, args: &[&str]) -> Result<(), No> {
        let (options, words): (Vec<&str>, Vec<&str>) =
            args.iter().partition(|arg| arg.starts_with('-') && arg.len() > 1);
        let known = |option: &&str| match option.starts_with("--") {
            true => row.option(option) == Some(OptionKind::Plain),
            false => option[1..].chars().all(|letter| row.option(&format!("-{letter}")) == Some(OptionKind::Plain)),
        };
        if let Some(option) = options.iter().find(|option| !known(option)) {
            return unknown(&format!("{base} {}", shown(option)));
        }
        words.last().into_iter().for_each(|word| self.make_by(base, word));
        Ok(())
    }

    fn options(&mut self, row: &Row, base: &str, args: &[&str]) -> Result<(), No> {
        let Some(read) = read_options(row, base, args) else {
            return unknown(&format!("{base} {}", args.iter().map(|arg| shown(arg)).collect::<Vec<_>>().join(" ")));
        };
        let told = !read.files.is_empty();
        for file in read.files.into_iter().filter(|file| *file != "-") {
            self.make_by(base, file);
        }
        if read.remote || (row.lists("@") && !told) {
            for url in &read.operands {
                self.make_by(base, url.rsplit('/').next().unwrap_or_default());
            }
        }
        if row.lists(".") && !told {
            self.make_by(base, ".");
        }
        Ok(())
    }
}

fn unknown<T>(command: &str) -> Result<T, No> {
    refuse(
        mark!(UNKNOWN_COMMAND, "leaves"),
        format!("a RUN calls `{command}`; which files of root it leaves is not known"),
    )
}

fn shown(word: &str) -> &str {
    if word == UNKNOWN_WORD { "…" } else { word }
}

/// Whether a command that is named by a path is the one that is known by its name, and not one of the project.
fn is_the_known_one(name: &str, base: &str) -> bool {
    let wrapper = ["./gradlew", "./mvnw"].contains(&name);
    let environment = name.starts_with('/') && name.ends_with("/bin/pip");
    name == base || wrapper || environment || (name.starts_with('/') && leftovers::is_read_only(&clean(name)))
}

/// Whether a path is one that the program does not write to, and not in a directory that it may work in.
fn is_never_written(image: &Image, path: &str) -> bool {
    let own = image.end.workdir.get().filter(|folder| plan::is_ownable(folder));
    let worked = own
        .into_iter()
        .chain(image.given())
        .any(|folder| copied_file::below(path, folder).is_some() || copied_file::below(folder, path).is_some());
    leftovers::is_read_only(path) && !worked
}

/// The arguments that are neither options nor their values.
fn operands<'w>(row: &Row, args: &[&'w str]) -> Vec<&'w str> {
    let mut out = Vec::new();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match row.option(word) {
            Some(OptionKind::Value) if word.starts_with('-') => {
                words.next();
            }
            _ if word.starts_with('-') => {}
            _ => out.push(*word),
        }
    }
    out
}

/// Options that are all known.
#[derive(Default)]
struct Read<'w> {
    files: Vec<&'w str>,
    remote: bool,
    operands: Vec<&'w str>,
}

/// Reads options of which each must be known: `-fsSLo FILE`, `--output=FILE`.
fn read_options<'w>(row: &Row, base: &str, args: &[&'w str]) -> Option<Read<'w>> {
    let mut out = Read::default();
    let mut words = args.iter().copied().enumerate();
    while let Some((index, word)) = words.next() {
        // tar takes its first letters without a dash too
        let letters = match word.strip_prefix('-') {
            Some(letters) if !letters.is_empty() => letters,
            None if base == "tar" && index == 0 => word,
            _ => {
                out.operands.push(word);
                continue;
            }
        };
        if word.starts_with("--") {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let kind = row.option(name)?;
            let value = match kind {
                OptionKind::Value | OptionKind::File => value.or_else(|| words.next().map(|(_, word)| word))?,
                OptionKind::Plain | OptionKind::Remote if value.is_some() => return None,
                OptionKind::Plain | OptionKind::Remote => "",
            };
            out.take(kind, value);
            continue;
        }
        for (at, letter) in letters.char_indices() {
            let kind = row.option(&format!("-{letter}"))?;
            let glued = &letters[at + letter.len_utf8()..];
            match kind {
                OptionKind::Value | OptionKind::File => {
                    let value = if glued.is_empty() { words.next()?.1 } else { glued };
                    out.take(kind, value);
                    break;
                }
                _ => out.take(kind, ""),
            }
        }
    }
    Some(out)
}

impl<'w> Read<'w> {
    fn take(&mut self, kind: OptionKind, value: &'w str) {
        match kind {
            OptionKind::File => self.files.push(value),
            OptionKind::Remote => self.remote = true,
            OptionKind::Plain | OptionKind::Value => {}
        }
    }
}

/// Whether a program of sed or awk in the arguments writes no file and starts nothing, as far as a plain look can tell.
fn is_harmless_program(rule: Rule, args: &[&str]) -> bool {
    if rule == Rule::Awk {
        return !args.iter().any(|arg| {
            arg.starts_with('-') && arg != &"-F"
                || arg.contains(['>', '|'])
                || arg.contains("system")
                || *arg == UNKNOWN_WORD
        });
    }
    let flag = |arg: &&&str| arg.starts_with('-');
    let known = args.iter().filter(flag).all(|arg| {
        ["-i", "-e", "-n", "-r", "-E", "-ie", "-ri", "-i -e", "-Ei", "-in", "-s", "--in-place"].contains(arg)
    });
    let explicit: Vec<&str> =
        args.windows(2).filter(|pair| ["-e", "-ie"].contains(&pair[0])).map(|pair| pair[1]).collect();
    let first = args.iter().find(|arg| !arg.starts_with('-')).copied();
    let scripts = if explicit.is_empty() { first.into_iter().collect() } else { explicit };
    known && !scripts.is_empty() && scripts.into_iter().all(is_plain_sed)
}

/// One `s` command with plain flags, or one deletion of lines: `s/a/b/g`, `/a/d`, `1d`.
fn is_plain_sed(script: &str) -> bool {
    let numbers = |c: char| c.is_ascii_digit() || c == '$' || c == ',';
    let rest = match script.strip_prefix('/') {
        Some(address) => match cut(address, '/') {
            Some((_, rest)) => rest,
            None => return false,
        },
        None => script.trim_start_matches(numbers),
    };
    let rest = rest.trim();
    if rest == "d" || rest == "p" {
        return rest.len() < script.trim().len();
    }
    let Some(parts) = rest.strip_prefix('s') else { return false };
    let Some(delimiter) = parts.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '\\') else { return false };
    let halves = cut(&parts[1..], delimiter).and_then(|(_, rest)| cut(rest, delimiter));
    halves.is_some_and(|(_, flags)| flags.chars().all(|flag| "gpIi0123456789".contains(flag)))
}

/// A text up to a delimiter that no backslash escapes, and what follows.
fn cut(text: &str, delimiter: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == delimiter => return Some((&text[..at], &text[at + c.len_utf8()..])),
            _ => {}
        }
    }
    None
}
