//! Which files the commands of a RUN leave behind: they stay root's, so that the program can't write to them. What a command makes
//! is told by the `makes` of its program; what is not told is not known.

use super::*;
use crate::knowledge::paths::Absolute;
use crate::knowledge::programs::Makes;
use crate::knowledge::roles;
use crate::script::{Argument, Invocation, Opt, Redirection};
use std::borrow::Cow;

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

    /// Looks at the command at hand; fails where it is not known what it leaves.
    pub fn command(&mut self, command: Invocation<'s>) -> Result<(), No> {
        let name = command.called().unwrap_or_default();
        if command.is(&["rm"]) {
            self.removed(command);
        }
        let makes = command.program().and_then(|program| program.makes).filter(|_| is_the_known_one(&name));
        let Some(makes) = makes else { return unknown(&name) };
        let operands = || command.operands();
        match makes {
            Makes::Nothing => Ok(()),
            Makes::First(words) => verb(command, words),
            Makes::Every(words) => match operands().find(|word| !lists(words, *word)) {
                Some(word) => unknown(&format!("{name} {}", word.raw())),
                None => Ok(()),
            },
            Makes::Each => {
                operands().for_each(|word| self.make_by(&name, word));
                Ok(())
            }
            Makes::Last(unlike) => {
                only_known(command, unlike)?;
                operands().last().into_iter().for_each(|word| self.make_by(&name, word));
                Ok(())
            }
            Makes::Options { files, here, remote, urls, unlike } => {
                only_known(command, unlike)?;
                let told = self.files(command, files);
                if command.has(remote) || (urls && !told) {
                    operands().for_each(|url| self.download(&name, url));
                }
                if here && !told {
                    self.make(Some("."), format!("`{name}`"));
                }
                Ok(())
            }
            Makes::Sed | Makes::Awk if is_harmless_program(makes, command) => Ok(()),
            Makes::Sed | Makes::Awk => {
                unknown(&format!("{name} {}", command.arguments().next().map(Argument::raw).unwrap_or_default()))
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
        if word.contains(['*', '?', '[', '{', '~', '$']) {
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

    fn make_by(&mut self, name: &str, word: Argument) {
        self.make(word.unquoted().as_deref(), format!("`{name}`"));
    }

    fn download(&mut self, name: &str, url: Argument) {
        let url = url.unquoted();
        self.make(url.as_deref().and_then(|url| url.rsplit('/').next()), format!("`{name}`"));
    }

    /// The files that options name; whether there are any.
    fn files(&mut self, command: Invocation, files: &[&str]) -> bool {
        let named: Vec<Opt> = command.options().filter(|option| option.is(files)).collect();
        for option in &named {
            let value = option.unquoted();
            if value.as_deref() != Some("-") {
                self.make(value.as_deref(), format!("`{}`", command.called().unwrap_or_default()));
            }
        }
        !named.is_empty()
    }

    /// What was made before is gone, if the command surely runs.
    fn removed(&mut self, command: Invocation) {
        if !command.flow().sure {
            return;
        }
        let recursive = command.has(&["-r", "-R", "--recursive"]);
        for arg in command.operands().filter_map(Argument::unquoted) {
            let (folder, all) = match arg.strip_suffix("/*") {
                Some(folder) => (folder, true),
                None => (&*arg, false),
            };
            let Some(gone) = self.path(folder) else { continue };
            let is_gone = |path: &Option<String>| {
                let rest = path.as_deref().and_then(|path| copied_file::below(path, &gone));
                rest.is_some_and(|rest| if rest.is_empty() { !all } else { recursive || (all && !rest.contains('/')) })
            };
            self.made.retain(|(path, _)| !is_gone(path));
        }
    }
}

fn lists(words: &[&str], word: Argument) -> bool {
    word.unquoted().is_some_and(|word| words.contains(&&*word))
}

/// The subcommand is one of the words; `-` among them: there may be none.
fn verb(command: Invocation, words: &[&str]) -> Result<(), No> {
    let name = command.called().unwrap_or_default();
    match command.operands().next() {
        Some(verb) if lists(words, verb) => Ok(()),
        Some(verb) => unknown(&format!("{name} {}", verb.raw())),
        None if words.contains(&"-") || command.has(words) => Ok(()),
        None => unknown(&name),
    }
}

/// Fails for an option that is not described, or of which it is said that the files are others with it.
fn only_known(command: Invocation, unlike: &[&str]) -> Result<(), No> {
    match command.options().find(|option| !option.known || option.is(unlike)) {
        Some(option) => unknown(&format!("{} {}", command.called().unwrap_or_default(), option.name)),
        None => Ok(()),
    }
}

fn unknown<T>(command: &str) -> Result<T, No> {
    refuse(
        mark!(UNKNOWN_COMMAND, "leaves"),
        format!("a RUN calls `{command}`; which files of root it leaves is not known"),
    )
}

/// Whether a command that is named by a path is the one that is known by its name, and not one of the project.
fn is_the_known_one(name: &str) -> bool {
    let wrapper = ["./gradlew", "./mvnw"].contains(&name);
    let environment = name.starts_with('/') && name.ends_with("/bin/pip");
    !name.contains('/')
        || wrapper
        || environment
        || Absolute::new(name).is_some_and(|path| roles::is_read_only(path.as_str()))
}

/// Whether a path is one that the program does not write to, and not in a directory that it may work in.
fn is_never_written(image: &Image, path: &str) -> bool {
    let own = image.end.workdir.get().filter(|folder| plan::is_ownable(folder));
    let worked = own
        .into_iter()
        .chain(image.given())
        .any(|folder| copied_file::below(path, folder).is_some() || copied_file::below(folder, path).is_some());
    roles::is_read_only(path) && !worked
}

/// Whether a program of sed or awk in the arguments writes no file and starts nothing, as far as a plain look can tell.
fn is_harmless_program(makes: Makes, command: Invocation) -> bool {
    if makes == Makes::Awk {
        let harmless = |word: Cow<str>| !word.contains(['>', '|']) && !word.contains("system");
        return command.options().all(|option| option.is(&["-F"]))
            && command.arguments().all(|word| word.unquoted().is_some_and(harmless));
    }
    let known = [
        "-i",
        "--in-place",
        "-e",
        "--expression",
        "-n",
        "--quiet",
        "-r",
        "-E",
        "--regexp-extended",
        "-s",
        "--separate",
    ];
    let explicit: Vec<Opt> = command.options().filter(|option| option.is(&["-e", "--expression"])).collect();
    let scripts: Vec<Option<Cow<str>>> = match explicit.is_empty() {
        true => command.operands().take(1).map(Argument::unquoted).collect(),
        false => explicit.iter().map(Opt::unquoted).collect(),
    };
    let plain = |script: Option<Cow<str>>| script.is_some_and(|script| is_plain_sed(&script));
    // a suffix after `-i` makes a copy of the file
    command.options().all(|option| option.is(&known) && !(option.is(&["-i", "--in-place"]) && option.has_value()))
        && !scripts.is_empty()
        && scripts.into_iter().all(plain)
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
