//! What a transform may change: its `Meta::may`, data in its own folder. The alphabet speaks of Dockerfiles and of the shell
//! (add, drop or replace a word, add or drop a command, join, split, move, insert, set); which programs, words and commands
//! these are, the transform says. Knows no program itself.
//!
//! Commands are written as lines of words. A word fits one that is written alike, and in a line
//! - `<uid>`, `<gid>`: a number other than 0; the same one wherever it stands in what a transform does at once;
//! - `<name>`: a plain name, the same one everywhere;
//! - `<id>`: letters, digits, `.`, `_` and `-`;
//! - `<owner>`, `<mode>`, `<clauses>`: a user and a group; octal digits; permissions in letters;
//! - `<path>`: an absolute path without an expansion;
//! - `<source>`, `<file>`, `<folder>`, `<checksum>`: of an instruction that was taken away ([`May::Take`]);
//! - `[a|b]` as a word: any of these words, any number of them, wherever they stand after the first word of the line;
//! - `...` as the last word: any words, none too; `<path>...`: one path or more.

use crate::facts::state::clean;
use crate::syntax::Keyword;

/// A list of words, of commands or of names of programs. A program is found by its name, whatever folder, quotes, version or
/// other program stands before it.
pub type List = &'static [&'static str];

/// Something that a transform may do to a file. All else is stopped.
#[derive(Clone, Copy, Debug)]
pub enum May {
    /// Words come to commands of these programs, each once and only where it was not there.
    AddWord {
        /// The programs.
        to: List,
        /// Where they stand.
        at: At,
        /// Which ones.
        words: Words,
    },
    /// A letter comes to the first word of short options of these programs (`-sL` → `-fsL`).
    AddLetter {
        /// The programs.
        to: List,
        /// The letter.
        letter: char,
    },
    /// A word of commands of these programs becomes another.
    ReplaceWord {
        /// The programs.
        of: List,
        /// The words.
        words: List,
        /// What becomes of them.
        by: &'static str,
    },
    /// Options of commands of these programs go, if a word of the command came to a COPY before.
    DropWord {
        /// The programs.
        of: List,
        /// The options.
        words: List,
        /// Words of a command that license it as well: what a COPY gives without a flag.
        or_with: List,
    },
    /// The last words of commands of these programs, after a word that is one of these, come into the order of the alphabet.
    Sort {
        /// The programs.
        of: List,
        /// The words.
        after: List,
    },
    /// A command that is run by a program of this name runs by itself; with the program go these options.
    Unwrap {
        /// The program, as it may be written.
        programs: List,
        /// Its options that say nothing else; one with a value is written as two words.
        options: List,
    },
    /// Commands come to the text of a RUN, joined by `&&`.
    AddCommand {
        /// The commands.
        commands: List,
        /// Where they stand.
        near: Near,
    },
    /// Links of a chain of `&&` go whose status no other operator asks for, and with the last one the RUN.
    DropCommand(List),
    /// A command gets its input by a pipe from one of these commands; its word `<file>` becomes `-`.
    Feed(List),
    /// RUNs with nothing between that a command can see become one, joined by `&&`; each is kept in `( … )` unless nothing of
    /// it stays in the shell.
    Join,
    /// A RUN becomes several, cut at a `&&`.
    Split,
    /// `RUN cd /x && a` becomes `WORKDIR /x` and `RUN a`: each command runs where it did.
    Enter,
    /// A RUN comes, of these commands alone, joined by `&&`.
    InsertRun(List),
    /// One instruction with this argument comes, after all that could see it.
    Insert(Keyword, &'static str),
    /// A flag comes to instructions of these kinds.
    AddFlag {
        /// The kinds.
        of: &'static [Keyword],
        /// The flag, as a line of one word.
        flag: &'static str,
        /// Only to a RUN of these programs; any if there are none.
        with: List,
    },
    /// An instruction becomes one of another kind with the same flags and arguments.
    Become(Keyword, Keyword),
    /// An instruction of this kind, a text, becomes the LABEL of this name with that text.
    Label(Keyword, &'static str),
    /// CMD, ENTRYPOINT and HEALTHCHECK start the words themselves that a shell started.
    Exec,
    /// A COPY or ADD moves down, past RUNs of commands for which this says yes, given the program and those of its words that
    /// are no options; before it, COPYs of a part of its files with the same flags may come, which bring each file to where
    /// it brings it.
    MoveCopy {
        /// Which commands.
        past: fn(program: &str, operands: &[&str]) -> bool,
        /// The names of files that may be brought before.
        files: fn(name: &str) -> bool,
    },
    /// An instruction of this kind that downloads one file goes; a command must speak of its `<source>`, and others may speak of
    /// its `<file>`.
    Take(Keyword),
    /// A COPY of one file goes, and a RUN after it mounts that file where it was; if the name of the source is a pattern, it mounts the
    /// directory of the source at `/mnt`, and its words that named the file name the pattern there.
    Mount,
}

/// Where words come to a command.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// Directly after the program, as an option.
    Program,
    /// Directly after a word that is one of these, as an option.
    Verb(List),
    /// Somewhere after a subcommand that is one of these, as an option.
    Options(List),
    /// After all other words.
    Tail,
    /// Somewhere after a subcommand that is one of these, as no option.
    Operand(List),
}

/// Which words.
#[derive(Clone, Copy, Debug)]
pub enum Words {
    /// One of these.
    One(List),
    /// These, one after the other.
    All(List),
    /// One of these, to commands of which a word holds this text.
    If(List, &'static str),
    /// Any for which this says yes of a word that is there already.
    Beside(fn(new: &str, there: &str) -> bool),
}

/// Where a command comes.
#[derive(Clone, Copy, Debug)]
pub enum Near {
    /// First of all in the text.
    First,
    /// Last of all in the text, which runs one of these programs.
    Last(List),
    /// Directly before a command of these programs, in a chain whose status no operator asks for.
    Before(List),
    /// Directly after a command of these programs, in such a chain.
    After(List),
}

/// The values of `<uid>` and its kin so far.
#[derive(Clone, Debug, Default)]
pub struct Bound {
    values: Vec<(&'static str, String)>,
    /// The instructions that were taken away.
    pub taken: Vec<Taken>,
    /// The COPYs that were taken away for a mount.
    pub mounts: Vec<Mounted>,
    /// The owners and permissions that came to a COPY.
    pub given: Vec<String>,
    /// Where such COPYs bring their files: absolute paths, directories without a slash at the end.
    pub places: Vec<String>,
}

/// What a RUN mounts instead of a COPY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// The flag.
    pub flag: String,
    /// The absolute path of the file.
    pub file: String,
    /// How the RUN names the file if it is mounted elsewhere.
    pub word: Option<String>,
    /// Whether a RUN has the flag.
    pub used: bool,
}

impl Mounted {
    /// What stands for a COPY of one source to one destination, which is a directory if it ends with `/`; `None` if the words are
    /// more than plain paths, or where the destination is, is not known.
    pub fn of(from: Option<&str>, source: &str, dest: &str, workdir: Option<&str>) -> Option<Mounted> {
        let plain =
            |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+@:~".contains(c));
        let source = clean(&format!("/{source}"));
        let (directory, name) = source.rsplit_once('/')?;
        let pattern = name.contains('*');
        let is_directory = dest.ends_with('/') || matches!(dest.rsplit('/').next(), Some("." | ".."));
        let literal = name.replace('*', "x");
        if !plain(&format!("{directory}/{literal}"))
            || !plain(dest)
            || name.starts_with('*')
            || (pattern && is_directory)
        {
            return None;
        }
        let dest = if dest.starts_with('/') { dest.to_owned() } else { format!("{}/{dest}", workdir?) };
        let file = clean(&if is_directory { format!("{dest}/{name}") } else { dest });
        let from = match from {
            Some(from) if plain(from) => format!("from={from},"),
            Some(_) => return None,
            None => String::new(),
        };
        let rooted = |path: &str| match (from.is_empty(), path) {
            (true, "") => ".".to_owned(),
            (true, path) => path.trim_start_matches('/').to_owned(),
            (false, "") => "/".to_owned(),
            (false, path) => path.to_owned(),
        };
        let (mounted, target) = if pattern { (rooted(directory), "/mnt") } else { (rooted(&source), file.as_str()) };
        let flag = format!("--mount=type=bind,{from}source={mounted},target={target}");
        let word = pattern.then(|| format!("/mnt/{name}"));
        Some(Mounted { flag, word, file, used: false })
    }
}

/// What a download brought.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Where from, as it is written.
    pub source: String,
    /// The names that the file may have: the last part of the destination, or of the source.
    pub names: Vec<String>,
    /// The folder that it goes to, as it is written.
    pub folder: String,
    /// The checksum that was asked for.
    pub checksum: Option<String>,
    /// A command speaks of the source.
    pub fetched: bool,
}

impl Bound {
    /// Whether a value may stand for a name: it is the first one, or the same.
    fn bind(&mut self, name: &'static str, value: &str) -> bool {
        match self.values.iter().find(|(bound, _)| *bound == name) {
            Some((_, bound)) => bound == value,
            None => {
                self.values.push((name, value.to_owned()));
                true
            }
        }
    }
}

/// Whether a word of a line is an assignment.
pub fn is_assignment(word: &str) -> bool {
    let named = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
    word.split_once('=').is_some_and(|(name, _)| named(name))
}

/// Whether words fit a line.
pub fn fits(line: &'static str, words: &[&str], bound: &mut Bound) -> bool {
    let before = bound.clone();
    let fine = line_fits(line, words, bound);
    if !fine {
        *bound = before;
    }
    fine
}

fn line_fits(line: &'static str, words: &[&str], bound: &mut Bound) -> bool {
    let optional = line.split(' ').find_map(|word| word.strip_prefix('[')?.strip_suffix(']'));
    let spare = |word: &str| optional.is_some_and(|all| all.split('|').any(|one| one == word));
    let mut rest =
        words.iter().copied().enumerate().filter(|(at, word)| *at == 0 || !spare(word)).map(|(_, word)| word);
    for wanted in line.split(' ').filter(|word| !word.starts_with('[') || *word == "[") {
        if wanted == "..." {
            return true;
        }
        if let Some(each) = wanted.strip_suffix("...") {
            let mut any = false;
            return rest.all(|word| {
                any = true;
                word_fits(each, word, bound)
            }) && any;
        }
        if !rest.next().is_some_and(|word| word_fits(wanted, word, bound)) {
            return false;
        }
    }
    rest.next().is_none()
}

/// Whether a word fits one of a line.
pub fn word_fits(wanted: &'static str, word: &str, bound: &mut Bound) -> bool {
    let Some((literal, token)) = wanted.split_once('<') else { return wanted == word };
    let Some((name, after)) = token.split_once('>') else { return wanted == word };
    let Some(rest) = word.strip_prefix(literal) else { return false };
    if name == "any" {
        return !rest.is_empty();
    }
    if name == "given" {
        return bound.is_given(rest);
    }
    if matches!(name, "source" | "file" | "folder" | "checksum") {
        let spoken = bound.taken.iter_mut().find(|taken| after.is_empty() && taken.speaks(name, rest));
        return spoken.is_some_and(|taken| {
            taken.fetched |= name == "source";
            true
        });
    }
    let of_it = |c: char| match name {
        "uid" | "gid" => c.is_ascii_digit(),
        "name" => c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_',
        "id" => c.is_ascii_alphanumeric() || "._-".contains(c),
        "owner" => c.is_ascii_alphanumeric() || "._-:".contains(c),
        "mode" => ('0'..='7').contains(&c),
        "clauses" => "ugoa+-=,rwxX".contains(c),
        "path" => c.is_alphanumeric() || "/._-+@".contains(c),
        _ => false,
    };
    let value = &rest[..rest.find(|c: char| !of_it(c)).unwrap_or(rest.len())];
    let fine = match name {
        "path" => value.starts_with('/') && !value.split('/').any(|part| part == ".."),
        "uid" | "gid" => value.starts_with(|c: char| c != '0'),
        _ => !value.is_empty(),
    };
    if fine && matches!(name, "owner" | "mode" | "clauses") {
        bound.given.push(value.to_owned());
    }
    let binds = matches!(name, "uid" | "gid" | "name");
    fine && (!binds || bound.bind(name, value)) && word_fits(after, &rest[value.len()..], bound)
}

impl Bound {
    /// Whether a word of the shell names what such a COPY brings, a directory above it or one below it. What only the shell knows,
    /// variables, patterns, and paths from the working directory, may be any of it.
    fn is_given(&self, word: &str) -> bool {
        let path = unquoted(word).trim_end_matches('/');
        let open = !word.starts_with(['/', '"', '\'']) || word.contains(['$', '`', '*', '?', '[', '{', '\\']);
        let inside = |path: &str, directory: &str| {
            path.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let near = |place: &String| open || inside(place, path) || inside(path, place);
        !self.places.is_empty() && self.places.iter().any(near)
    }
}

impl Taken {
    /// Whether a word of the shell speaks of it.
    fn speaks(&self, token: &str, word: &str) -> bool {
        let bare = unquoted(word);
        match token {
            "source" => same_text(bare, &self.source),
            "file" => {
                let name = bare.rsplit('/').next().unwrap_or(bare);
                self.names.iter().any(|one| same_text(name, one))
            }
            "folder" => same_text(bare, &self.folder) || self.folder.is_empty() && !bare.is_empty(),
            _ => {
                let said = bare.split_once("  ");
                said.is_some_and(|(sum, file)| self.checksum.as_deref() == Some(sum) && self.speaks("file", file))
            }
        }
    }
}

fn unquoted(word: &str) -> &str {
    word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(word)
}

/// Whether two texts are the same, where `${A}` is `$A`.
fn same_text(a: &str, b: &str) -> bool {
    let plain = |text: &str| text.replace(['{', '}'], "");
    a == b || plain(a) == plain(b)
}
