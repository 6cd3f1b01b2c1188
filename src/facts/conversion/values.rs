//! What BuildKit refuses in the values of the instructions of a stage that is built.

use super::{Fault, mounts, reference};
use crate::facts::ports::Ports;
use crate::facts::{Facts, Step, value};
use crate::syntax::{Arg, Args, Command, Instruction, Keyword};

/// Signals of Linux by their names (signal(7)); those for real-time programs are numbers after `RTMIN` or before `RTMAX`.
const SIGNALS: &[&str] = &[
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
    "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
    "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
];

/// The lexer here reads no deeper; BuildKit does.
const DEEP: usize = 24;

/// What is wrong with an instruction.
pub fn fault(facts: &Facts, step: &Step) -> Option<Fault> {
    let (one, escape) = (step.instruction, facts.file.escape);
    match (&one.keyword, &one.args) {
        (Keyword::Run, Args::Command(Command::Exec(words))) if words.is_empty() => {
            Some((one.rest.clone(), "the array names no program; name one, or remove the instruction".to_owned()))
        }
        (Keyword::Run, _) => mounts::fault(step),
        (Keyword::Onbuild | Keyword::Maintainer, _) => None,
        (Keyword::Arg | Keyword::Env | Keyword::Label, Args::Pairs { pairs, .. }) => {
            pairs.iter().filter_map(|pair| pair.value.as_ref()).find_map(|value| unread(value, escape))
        }
        (Keyword::Add | Keyword::Copy, Args::Transfer { sources, dest, .. }) => {
            let words = sources.iter().filter(|source| !is_heredoc(one, source)).chain([dest]);
            let mut words = words.filter_map(|word| unread(word, escape));
            words.next().or_else(|| checksum(one, sources))
        }
        (Keyword::Expose | Keyword::Volume, Args::Words { words, .. }) => words.iter().find_map(|word| {
            unread(word, escape).or_else(|| Some((word.range.clone(), listed(one.keyword, word, escape)?)))
        }),
        (keyword, Args::Text(text)) => unread(text, escape).or_else(|| {
            (*keyword == Keyword::Stopsignal).then(|| Some((text.range.clone(), signal(text, escape)?)))?
        }),
        _ => None,
    }
}

fn is_heredoc(one: &Instruction, source: &Arg) -> bool {
    one.heredocs
        .iter()
        .any(|heredoc| heredoc.opener.start >= source.range.start && heredoc.opener.end <= source.range.end)
}

fn unread(word: &Arg, escape: char) -> Option<Fault> {
    let deep = word.text.matches("${").count() > DEEP;
    let what = "it has an open quote, or a `${…}` that builders do not know; close it, or write the value without it";
    (!deep && value::read(&word.text, escape).is_none()).then(|| (word.range.clone(), what.to_owned()))
}

/// What is wrong with a volume or a port that no variable decides.
fn listed(keyword: Keyword, word: &Arg, escape: char) -> Option<String> {
    let text = value::literal(&word.text, escape)?;
    match keyword {
        Keyword::Volume => text.is_empty().then(|| "a volume's path is empty; name it, or remove it".to_owned()),
        _ => text.split_whitespace().find_map(|word| Ports::read(word).err()),
    }
}

fn signal(text: &Arg, escape: char) -> Option<String> {
    let value = value::literal(&text.text, escape)?;
    let upper = value.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |start: &str, most: u32| {
        let number = name.strip_prefix(start).and_then(|number| number.parse::<u32>().ok());
        number.is_some_and(|number| (1..=most).contains(&number))
    };
    let fine = match value.parse::<i64>() {
        Ok(number) => number != 0,
        Err(_) => SIGNALS.contains(&name) || real_time("RTMIN+", 15) || real_time("RTMAX-", 14),
    };
    (!fine).then(|| format!("`{value}` is no signal; write one such as `SIGTERM`, or its number"))
}

/// What is wrong with `ADD --checksum`.
fn checksum(one: &Instruction, sources: &[Arg]) -> Option<Fault> {
    let flag = one.flag("checksum")?;
    let value = flag.value.as_deref().filter(|value| !value.contains('$') && !value.is_empty())?;
    let local = |source: &Arg| !source.text.contains(['$', ':', '@']) && !source.text.contains(".git");
    let what = match sources {
        _ if !value.contains(':') => "a checksum is one of SHA-256, such as `sha256:…`; correct it",
        _ if value.starts_with("sha256:") && !reference::is_digest(value) => {
            "a checksum of SHA-256 has 64 hexadecimal digits in lower case; correct it"
        }
        [_, _, ..] => "a checksum is that of one file; add each by an instruction of its own",
        [source] if local(source) => "a checksum is only compared with what is fetched; remove it, or name a URL",
        _ => return None,
    };
    Some((flag.range.clone(), what.to_owned()))
}
