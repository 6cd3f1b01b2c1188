//! Programs, from the files in `programs/`: TOML of tables of strings, a table for one program, or for several that are alike.

use super::{Line, Wrong, named};
use crate::code::{Code, text};
use std::collections::BTreeMap;

/// Puts the tables of all files together: each a name for people and its text.
///
/// # Errors
/// The file in which something is wrong, and what.
pub fn read(files: &[(String, String)]) -> Result<String, (String, Wrong)> {
    let mut code = Code::default();
    let mut programs: BTreeMap<String, String> = BTreeMap::new();
    for (file, text) in files {
        let wrong = |wrong| (file.clone(), wrong);
        for table in tables(text).map_err(wrong)? {
            let fields = table.fields(&mut code).map_err(wrong)?;
            for name in table.names() {
                if programs.insert(name.to_owned(), program(name, &fields)).is_some() {
                    return Err(wrong(table.line.wrong(format!("`{name}` is described already"))));
                }
            }
        }
    }
    let programs = programs.iter().map(|(name, program)| (name.as_str(), program.clone())).collect();
    let map = code.map("Program", &programs);
    code.define("TABLE", "Map<Program>", &map);
    Ok(code.finish())
}

fn program(name: &str, fields: &str) -> String {
    format!("Program {{ name: {}, {fields}..Program::UNKNOWN }}", text(name))
}

/// One `[program]` of a file.
struct Table<'t> {
    line: Line<'t>,
    key: &'t str,
    values: Vec<Value<'t>>,
}

/// One `key = "value"`.
struct Value<'t> {
    line: Line<'t>,
    key: &'t str,
    text: String,
}

/// The tables of a file, above which its `source` stands.
fn tables(text: &str) -> Result<Vec<Table<'_>>, Wrong> {
    let mut tables: Vec<Table> = Vec::new();
    let mut source = false;
    let mut lines = super::lines(text);
    while let Some(line) = lines.next() {
        if let Some(key) = line.text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            tables.push(Table { line, key: key.trim_matches('"'), values: Vec::new() });
            continue;
        }
        let value = value(line, &mut lines)?;
        match tables.last_mut() {
            Some(table) if table.values.iter().any(|one| one.key == value.key) => {
                return Err(line.wrong(format!("`{}` is there already", value.key)));
            }
            Some(table) => table.values.push(value),
            None if value.key == "source" => source = true,
            None => return Err(line.wrong("only `source` stands above the first table")),
        }
    }
    match (source, tables.first()) {
        (false, Some(table)) => Err(table.line.wrong("a `source` stands above the first table")),
        _ => Ok(tables),
    }
}

/// A value, which between `"""` takes several lines.
fn value<'t>(line: Line<'t>, more: &mut impl Iterator<Item = Line<'t>>) -> Result<Value<'t>, Wrong> {
    let (key, start) =
        line.text.split_once(" = ").ok_or_else(|| line.wrong("neither `[program]` nor `key = value`"))?;
    let mut inner = match start.strip_prefix("\"\"\"") {
        Some(first) => first.to_owned(),
        None => {
            let inner = start.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
            let inner = inner.filter(|inner| !inner.contains(['"', '\\']));
            let text = inner.ok_or_else(|| line.wrong("a value stands between quotes, and holds none"))?.to_owned();
            return Ok(Value { line, key, text });
        }
    };
    while !inner.ends_with("\"\"\"") {
        let next = more.next().ok_or_else(|| line.wrong("the string is not closed"))?;
        inner.push(' ');
        inner.push_str(next.text);
    }
    Ok(Value { line, key, text: inner.trim_end_matches('"').trim().to_owned() })
}

/// Keys that list options: each has a bit in `Program::options`.
const OPTIONS: &[&str] = &["flags", "values", "attached"];

/// Keys that list subcommands, by what these do.
const ACTIONS: &[(&str, &str)] = &[
    ("refresh", "Refresh"),
    ("install", "Install"),
    ("upgrade", "Upgrade"),
    ("remove", "Remove"),
    ("clean", "Clean"),
    ("query", "Query"),
];

/// Words of the data, and how Rust calls them.
type Names = &'static [(&'static str, &'static str)];

/// Keys whose value is one of some words: the key, the enum of Rust, its variants.
const CHOICES: &[(&str, &str, Names)] = &[
    (
        "style",
        "Style",
        &[("first", "First"), ("words", "Words"), ("login", "Login"), ("letters", "Letters"), ("none", "None")],
    ),
    ("status", "Status", &[("fails", "Fails"), ("says", "Says"), ("answers", "Answers"), ("filters", "Filters")]),
    (
        "operands",
        "Operands",
        &[
            ("input", "Input"),
            ("no-paths", "NoPaths"),
            ("after-first", "AfterFirst"),
            ("only-first", "OnlyFirst"),
            ("none", "None"),
            ("program", "Program"),
        ],
    ),
    ("input", "Input", &[("all", "All"), ("mostly", "Mostly")]),
    (
        "role",
        "Role",
        &[
            ("launcher", "Launcher"),
            ("drops-rights", "DropsRights"),
            ("supervisor", "Supervisor"),
            ("needs-root", "NeedsRoot"),
            ("interpreter", "Interpreter"),
            ("server", "Server"),
            ("shell", "Shell"),
        ],
    ),
    ("leaves", "Leaves", &[("nothing", "Nothing"), ("files", "Files"), ("home", "Home")]),
    ("starts", "Starts", &[("first", "First"), ("other", "Other")]),
    ("shell", "Shell", &[("posix", "Posix"), ("bash", "Bash"), ("ksh", "Ksh"), ("other", "Other")]),
    (
        "manager",
        "Manager",
        &[
            ("apt", "Apt"),
            ("apk", "Apk"),
            ("dnf", "Dnf"),
            ("zypper", "Zypper"),
            ("pip", "Pip"),
            ("npm", "Npm"),
            ("yarn", "Yarn"),
            ("pnpm", "Pnpm"),
            ("gem", "Gem"),
        ],
    ),
    (
        "account",
        "Account",
        &[
            ("makes-user", "MakesUser"),
            ("adds-user", "AddsUser"),
            ("makes-group", "MakesGroup"),
            ("adds-group", "AddsGroup"),
            ("changes", "Changes"),
            ("any", "Any"),
        ],
    ),
];

/// What `is` may say, in the order of their bits.
const KINDS: &[(&str, &str)] = &[
    ("unix", "Unix"),
    ("core", "Core"),
    ("inert", "Inert"),
    ("system-packages", "SystemPackages"),
    ("language-packages", "LanguagePackages"),
    ("daemon", "Daemon"),
    ("hard-links", "HardLinks"),
    ("process", "Process"),
    ("toolchain", "Toolchain"),
    ("environment-blind", "EnvironmentBlind"),
    ("compiler", "Compiler"),
    ("uses-lists", "UsesLists"),
    ("shell-state", "ShellState"),
    ("unbounded", "Unbounded"),
    ("system-tool", "SystemTool"),
    ("shell-flow", "ShellFlow"),
    ("unpacks", "Unpacks"),
    ("copies", "Copies"),
    ("builds", "Builds"),
];

/// What an option may mean.
const MEANINGS: &[(&str, &str)] = &[
    ("fails", "Fails"),
    ("shows-status", "ShowsStatus"),
    ("sends", "Sends"),
    ("resumes", "Resumes"),
    ("configures", "Configures"),
    ("leads", "Leads"),
    ("stores", "Stores"),
    ("address", "Address"),
    ("extracts", "Extracts"),
    ("decompresses", "Decompresses"),
    ("archive", "Archive"),
    ("partly", "Partly"),
    ("tells", "Tells"),
    ("unseen", "Unseen"),
];

const TOUCHES: &[(&str, &str)] = &[
    ("reads", "Reads"),
    ("writes", "Writes"),
    ("makes", "Makes"),
    ("removes", "Removes"),
    ("changes", "Changes"),
    ("links", "Links"),
];

const TARGETS: &[(&str, &str)] = &[
    ("operands", "Operands"),
    ("operands-or-here", "OperandsOrHere"),
    ("roots", "Roots"),
    ("first", "First"),
    ("last", "Last"),
    ("rest", "Rest"),
    ("all-but-last", "AllButLast"),
    ("found", "Found"),
    ("here", "Here"),
    ("home", "Home"),
    ("packages", "Packages"),
    ("accounts", "Accounts"),
    ("url", "Url"),
];

impl<'t> Table<'t> {
    /// The programs that it describes: `names`, or the one that it is called after.
    fn names(&self) -> Vec<&str> {
        let names = self.values.iter().find(|value| value.key == "names");
        names.map_or_else(|| vec![self.key], |names| names.text.split_whitespace().collect())
    }

    /// The fields of a `Program` that it states.
    fn fields(&self, code: &mut Code) -> Result<String, Wrong> {
        let mut out = String::new();
        let mut verbs: Vec<String> = Vec::new();
        let mut options: BTreeMap<&str, u8> = BTreeMap::new();
        for value in &self.values {
            if let Some((_, action)) = ACTIONS.iter().find(|(name, _)| *name == value.key) {
                verbs.extend(value.words().map(|verb| format!("({}, Action::{action})", text(verb))));
            } else if let Some((field, said)) = value.field(code)? {
                out.push_str(&format!("{field}: {said}, "));
            }
        }
        for value in &self.values {
            if let Some(bit) = OPTIONS.iter().position(|key| *key == value.key) {
                value.words().for_each(|option| *options.entry(option).or_default() |= 1 << bit);
            }
        }
        if !options.is_empty() {
            let options = options.iter().map(|(option, bits)| format!("({option:?}, {bits})"));
            let options = code.slice("(&str, u8)", options);
            out.push_str(&format!("options: {options}, "));
        }
        if !verbs.is_empty() {
            let verbs = code.slice("(&str, Action)", verbs);
            out.push_str(&format!("verbs: {verbs}, "));
        }
        Ok(out)
    }
}

impl Value<'_> {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split_whitespace()
    }

    fn wrong(&self, what: String) -> Wrong {
        self.line.wrong(what)
    }

    /// The field of `Program` and its value, in Rust; `None` for what is no field.
    fn field(&self, code: &mut Code) -> Result<Option<(&str, String)>, Wrong> {
        if let Some((_, kind, known)) = CHOICES.iter().find(|(key, _, _)| *key == self.key) {
            let variant = named(self.key, known, &self.text).map_err(|what| self.wrong(what))?;
            return Ok(Some((self.key, format!("Some({kind}::{variant})"))));
        }
        Ok(Some(match self.key {
            "names" | "source" => return Ok(None),
            "is" => ("kinds", self.kinds()?),
            "flags" | "values" | "attached" | "directory" | "user" | "idle" | "checks" | "prepares" | "settings"
            | "lenient" | "stops" | "asks" | "whole_with" | "reads_with" | "input_from" => {
                (self.key, code.words(self.words()))
            }
            "assignments" => (self.key, (self.text == "true").to_string()),
            "runs" => {
                let all: Vec<String> =
                    self.clauses().map(|clause| self.runs(code, clause)).collect::<Result<_, _>>()?;
                (self.key, code.slice("Runs", all))
            }
            "makes" => (self.key, format!("Some({})", self.makes(code)?)),
            "means" => {
                let all: Vec<String> =
                    self.clauses().map(|one| self.meaning(one)).collect::<Result<Vec<_>, _>>()?.concat();
                (self.key, code.slice("(&str, Meaning)", all))
            }
            "effects" => {
                let all: Vec<String> =
                    self.clauses().map(|one| self.effect(one)).collect::<Result<Vec<_>, _>>()?.concat();
                (self.key, format!("Some({})", code.slice("(Touch, Target)", all)))
            }
            key => return Err(self.wrong(format!("`{key}` is nothing that is said of a program"))),
        }))
    }

    /// Parts between commas.
    fn clauses(&self) -> impl Iterator<Item = &str> {
        self.text.split(',').map(str::trim).filter(|clause| !clause.is_empty())
    }

    fn kinds(&self) -> Result<String, Wrong> {
        let one = |word| named("kind of program", KINDS, word).map(|kind| format!("Kind::{kind} as u32"));
        let all = self.words().map(one).collect::<Result<Vec<_>, _>>();
        Ok(all.map_err(|what| self.wrong(what))?.join(" | "))
    }

    /// `rest`, `rest after 1`, `rest with -u --user`, `more`, `more after 1`, `text of -c`, `joined`, `first`, `after -exec -ok`,
    /// `file`, `module`.
    fn runs(&self, code: &mut Code, clause: &str) -> Result<String, Wrong> {
        let words: Vec<&str> = clause.split_whitespace().collect();
        let number = |word: &str| word.parse::<usize>().map_err(|_| self.wrong(format!("`{word}` is no number")));
        Ok(match words.as_slice() {
            ["rest"] => "Runs::Rest { skip: 0, with: &[] }".to_owned(),
            ["rest", "after", skip] => format!("Runs::Rest {{ skip: {}, with: &[] }}", number(skip)?),
            ["rest", "with", options @ ..] => {
                format!("Runs::Rest {{ skip: 0, with: {} }}", code.words(options.iter().copied()))
            }
            ["more"] => "Runs::More { skip: 0 }".to_owned(),
            ["more", "after", skip] => format!("Runs::More {{ skip: {} }}", number(skip)?),
            ["text", "of", options @ ..] => format!("Runs::Text({})", code.words(options.iter().copied())),
            ["after", options @ ..] => format!("Runs::After({})", code.words(options.iter().copied())),
            ["joined"] => "Runs::Joined".to_owned(),
            ["first"] => "Runs::First".to_owned(),
            ["file"] => "Runs::File".to_owned(),
            ["module"] => "Runs::Module".to_owned(),
            _ => return Err(self.wrong(format!("`{clause}` is no way to run a program"))),
        })
    }

    /// `nothing`, `first install add -`, `every clean package`, `each`, `last, unlike -t`, `sed`, `awk`, or clauses for its options:
    /// `files -o --output, here, remote -O, urls, unlike -K`.
    fn makes(&self, code: &mut Code) -> Result<String, Wrong> {
        let clauses: Vec<(&str, Vec<&str>)> = self.clauses().map(|clause| first_and_rest(clause)).collect();
        let mut of = |name: &str| {
            let words = clauses.iter().filter(|(word, _)| *word == name).flat_map(|(_, words)| words.iter().copied());
            code.words(words.collect::<Vec<_>>())
        };
        let has = |name: &str| clauses.iter().any(|(word, _)| *word == name);
        let known =
            ["nothing", "first", "every", "each", "last", "sed", "awk", "files", "here", "remote", "urls", "unlike"];
        if let Some((word, _)) = clauses.iter().find(|(word, _)| !known.contains(word)) {
            return Err(self.wrong(format!("`{word}` is nothing that a program makes")));
        }
        Ok(match clauses.first().map_or("", |(word, _)| word) {
            "nothing" => "Makes::Nothing".to_owned(),
            "first" => format!("Makes::First({})", of("first")),
            "every" => format!("Makes::Every({})", of("every")),
            "each" => "Makes::Each".to_owned(),
            "last" => format!("Makes::Last({})", of("unlike")),
            "sed" => "Makes::Sed".to_owned(),
            "awk" => "Makes::Awk".to_owned(),
            _ => format!(
                "Makes::Options {{ files: {}, here: {}, remote: {}, urls: {}, unlike: {} }}",
                of("files"),
                has("here"),
                of("remote"),
                has("urls"),
                of("unlike")
            ),
        })
    }

    /// `fails -f --fail`.
    fn meaning(&self, clause: &str) -> Result<Vec<String>, Wrong> {
        let mut words = clause.split_whitespace();
        let found = named("meaning of an option", MEANINGS, words.next().unwrap_or_default());
        let meaning = found.map_err(|what| self.wrong(what))?;
        Ok(words.map(|option| format!("({}, Meaning::{meaning})", text(option))).collect())
    }

    /// `removes operands`, `writes last -t --target-directory`.
    fn effect(&self, clause: &str) -> Result<Vec<String>, Wrong> {
        let mut words = clause.split_whitespace();
        let wrong = |what| self.wrong(what);
        let touch = named("thing that is done to a file", TOUCHES, words.next().unwrap_or_default()).map_err(wrong)?;
        let targets = words.map(|word| self.target(word)).collect::<Result<Vec<_>, _>>()?;
        match targets.is_empty() {
            true => Err(self.wrong(format!("`{clause}` does not say to what"))),
            false => Ok(targets.iter().map(|target| format!("(Touch::{touch}, {target})")).collect()),
        }
    }

    fn target(&self, word: &str) -> Result<String, Wrong> {
        match word {
            option if option.starts_with('-') => Ok(format!("Target::Option({})", text(option))),
            path if path.starts_with('/') => Ok(format!("Target::Path({})", text(path))),
            word => {
                let known = named("target of an effect", TARGETS, word).map_err(|what| self.wrong(what))?;
                Ok(format!("Target::{known}"))
            }
        }
    }
}

/// The first word of a clause and the others.
fn first_and_rest(clause: &str) -> (&str, Vec<&str>) {
    let mut words = clause.split_whitespace();
    (words.next().unwrap_or_default(), words.collect())
}
