//! What commands of a build leave behind that a program may want to write to. The data is `leftovers.tsv`, a positive list: what
//! is not listed, or is called in another way, may leave anything.

use crate::knowledge::roles::unversioned;
use std::collections::HashMap;
use std::sync::OnceLock;

/// How the arguments of a command tell which files it makes; a word in the second column of the data file, which explains them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Rule {
    Nothing,
    First,
    Every,
    Each,
    Last,
    Options,
    Sed,
    Awk,
}

const RULES: &[(&str, Rule)] = &[
    ("nothing", Rule::Nothing),
    ("first", Rule::First),
    ("every", Rule::Every),
    ("each", Rule::Each),
    ("last", Rule::Last),
    ("options", Rule::Options),
    ("sed", Rule::Sed),
    ("awk", Rule::Awk),
];

/// What is known of a command.
#[derive(Clone, Debug)]
pub struct Row {
    /// How its arguments are read.
    pub rule: Rule,
    /// The words that the rule speaks of.
    words: Vec<&'static str>,
}

/// What an option is known to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    /// It stands alone.
    Plain,
    /// It takes a value.
    Value,
    /// It takes a value: a file or directory that the command makes.
    File,
    /// Each URL is saved under its last name.
    Remote,
}

impl Row {
    /// Whether a word is listed as it is.
    pub fn lists(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// What an option (`-o`, `--output`) does; `None` where that is not known.
    pub fn option(&self, option: &str) -> Option<OptionKind> {
        self.words.iter().find_map(|word| match word.strip_prefix(option)? {
            "" => Some(OptionKind::Plain),
            ":" => Some(OptionKind::Value),
            ">" => Some(OptionKind::File),
            "@" => Some(OptionKind::Remote),
            _ => None,
        })
    }
}

/// What is known of a command, by its name without directories.
pub fn of(name: &str) -> Option<&'static Row> {
    table().commands.get(name).or_else(|| table().commands.get(unversioned(name)))
}

/// Whether a clean absolute path is, or is in, a place that programs do not write to.
pub fn is_read_only(path: &str) -> bool {
    let below = |place: &str| path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    table().places.iter().any(|place| below(place))
}

struct Table {
    commands: HashMap<&'static str, Row>,
    places: Vec<&'static str>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table { commands: HashMap::new(), places: Vec::new() };
        for [name, rule, words, _] in rows() {
            match RULES.iter().find(|(word, _)| *word == rule) {
                Some((_, rule)) => {
                    table.commands.insert(name, Row { rule: *rule, words: words.split_whitespace().collect() });
                }
                None => table.places.push(name),
            }
        }
        table
    })
}

fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    let lines = include_str!("leftovers.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_row_with_a_known_rule_and_a_source() {
        let lines = include_str!("leftovers.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines);
        let mut names: Vec<&str> = Vec::new();
        for [name, rule, words, source] in rows() {
            assert!(rule == "place" || RULES.iter().any(|(word, _)| *word == rule), "{name}: {rule}");
            assert_eq!(rule == "place", name.starts_with('/'), "{name}");
            assert_eq!(words.is_empty(), ["nothing", "each", "place", "sed", "awk"].contains(&rule), "{name}");
            assert!(!source.is_empty() && !names.contains(&name), "{name}");
            names.push(name);
        }
    }

    #[test]
    fn options_are_read() {
        let curl = of("curl").unwrap();
        assert_eq!(curl.option("-o"), Some(OptionKind::File));
        assert_eq!(curl.option("-O"), Some(OptionKind::Remote));
        assert_eq!(curl.option("--retry"), Some(OptionKind::Value));
        assert_eq!(curl.option("-s"), Some(OptionKind::Plain));
        assert_eq!(curl.option("--cookie-jar"), None);
        assert!(of("pip3.11").is_some_and(|row| row.lists("install")) && of("acme").is_none());
    }

    #[test]
    fn places_are_read_only_from_their_name_on() {
        assert!(is_read_only("/usr/share/keyrings/a.gpg") && is_read_only("/dev/null"));
        assert!(!is_read_only("/usr/sharex") && !is_read_only("/usr/src/app") && !is_read_only("/app"));
    }
}
