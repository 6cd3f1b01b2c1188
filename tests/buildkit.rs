//! Agreement with BuildKit: on every file of the shared corpus, instructions, lines, flags, arguments, exec-form marks and
//! heredocs are those that BuildKit's own parser gave, and where it reports an error so do we.

mod common;

use dfopt::syntax::{Args, Command, ErrorStage, Heredoc, Instruction, Keyword, Parsed, parse};
use dfopt::text::{Source, SourceError};
use serde_json::Value;
use std::fs;

/// Files on which we differ on purpose, with the reason.
const DIFFER: &[(&str, &str)] = &[
    ("synthetic/utf-16-be__", "UTF-16 is refused whole, before it is read as lines"),
    ("synthetic/utf-16-le__", "UTF-16 is refused whole, before it is read as lines"),
];

#[test]
fn every_file_of_the_corpus_is_read_as_buildkit_reads_it() {
    let Some(corpus) = common::corpus() else { return };
    let (mut same, mut wrong) = (0, Vec::new());
    for line in fs::read_to_string(corpus.join("buildkit.jsonl")).unwrap().lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let name = record["file"].as_str().unwrap();
        if DIFFER.iter().any(|(prefix, _)| name.starts_with(prefix)) {
            assert_eq!(Source::from_bytes(&fs::read(corpus.join(name)).unwrap()).unwrap_err(), SourceError::Utf16);
            continue;
        }
        let source = Source::from_bytes(&fs::read(corpus.join(name)).unwrap()).unwrap();
        match compare(&source, &parse(&source), &record) {
            Ok(()) => same += 1,
            Err(what) => wrong.push(format!("{name}: {what}")),
        }
    }
    println!("{same} files are read alike, {} differ", wrong.len());
    assert!(wrong.is_empty(), "{}", wrong[..wrong.len().min(30)].join("\n"));
}

fn compare(source: &Source, parsed: &Parsed, record: &Value) -> Result<(), String> {
    let first = parsed.errors.first();
    if let Some(error) = record["error"].as_str() {
        return match first {
            Some(found) if found.stage == ErrorStage::Lines => same_line(found.line, error),
            found => Err(format!("BuildKit: {error}; we: {found:?}")),
        };
    }
    match (record["instruction_error"].as_str(), first) {
        (Some(error), Some(found)) if found.stage == ErrorStage::Instructions => same_line(found.line, error)?,
        (None, None) => {}
        (error, found) => return Err(format!("BuildKit: {error:?}; we: {found:?}")),
    }
    let theirs = record["instructions"].as_array().unwrap();
    let ours: Vec<&Instruction> = parsed.file.instructions().map(|(_, one)| one).collect();
    for (one, other) in ours.iter().zip(theirs) {
        instruction(source, one, other).map_err(|what| format!("line {}: {what}", one.lines.0))?;
    }
    match ours.len() == theirs.len() {
        true => Ok(()),
        false => Err(format!("{} instructions, BuildKit has {}", ours.len(), theirs.len())),
    }
}

fn same_line(line: u32, error: &str) -> Result<(), String> {
    let named: Option<u32> =
        error.split("on line ").nth(1).and_then(|rest| rest.split(':').next()).and_then(|n| n.parse().ok());
    match named {
        Some(named) if named != line => Err(format!("the error is on line {line}, BuildKit says {error}")),
        _ => Ok(()),
    }
}

fn instruction(source: &Source, one: &Instruction, other: &Value) -> Result<(), String> {
    let equal = |what: &str, ours: &str, theirs: &str| match plain(ours) == theirs {
        true => Ok(()),
        false => Err(format!("{what}: {:?}, BuildKit has {theirs:?}", plain(ours))),
    };
    equal("keyword", source.slice(one.keyword_span), other["value"].as_str().unwrap())?;
    equal("line", &one.lines.0.to_string(), &other["line"].to_string())?;
    equal("end", &one.lines.1.to_string(), &other["end"].to_string())?;
    let strings = |value: &Value| {
        value.as_array().map(|all| all.iter().map(|one| one.as_str().unwrap().to_owned()).collect()).unwrap_or_default()
    };
    let flags: Vec<String> = one.flags.iter().map(|flag| plain(&flag.text)).collect();
    let theirs: Vec<String> = strings(&other["flags"]);
    if flags != theirs && one.keyword != Keyword::Onbuild {
        return Err(format!("flags: {flags:?}, BuildKit has {theirs:?}"));
    }
    let args: Vec<String> = args(one, source).iter().map(|arg| plain(arg)).collect();
    let theirs: Vec<String> = strings(&other["args"]);
    if args != theirs && one.args != Args::Invalid {
        return Err(format!("arguments: {args:?}, BuildKit has {theirs:?}"));
    }
    if is_json(one) != (other["json"] == Value::Bool(true)) {
        return Err(format!("the exec form: {}, BuildKit has {}", is_json(one), other["json"]));
    }
    let none = Vec::new();
    let theirs = other["heredocs"].as_array().unwrap_or(&none);
    if one.heredocs.len() != theirs.len() || !one.heredocs.iter().zip(theirs).all(|(a, b)| heredoc(source, a, b)) {
        return Err(format!("heredocs: {:?}, BuildKit has {theirs:?}", one.heredocs));
    }
    Ok(())
}

/// Bytes that are not UTF-8 stand in BuildKit's record as U+FFFD.
fn plain(text: &str) -> String {
    text.chars().map(|c| if (0x10_FE00..0x10_FF00).contains(&(c as u32)) { '\u{fffd}' } else { c }).collect()
}

fn heredoc(source: &Source, one: &Heredoc, other: &Value) -> bool {
    let body = plain(source.slice(one.body));
    one.name == other["Name"]
        && body == other["Content"].as_str().unwrap()
        && one.expand == other["Expand"]
        && one.chomp == other["Chomp"]
}

fn is_json(one: &Instruction) -> bool {
    match &one.args {
        Args::Command(Command::Exec(_)) | Args::Healthcheck(Some(Command::Exec(_))) => true,
        Args::Transfer { json, .. } | Args::Words { json, .. } => *json,
        _ => false,
    }
}

fn args(one: &Instruction, source: &Source) -> Vec<String> {
    let slice = |range: &std::ops::Range<usize>| one.line.text()[range.clone()].to_owned();
    let texts = |all: &[dfopt::syntax::Arg]| all.iter().map(|arg| arg.text.clone()).collect::<Vec<_>>();
    let command = |command: &Command| match command {
        Command::Exec(words) => texts(words),
        Command::Shell(range) if range.is_empty() => Vec::new(),
        Command::Shell(range) => vec![slice(range)],
    };
    match &one.args {
        Args::From { image, alias } => {
            let mut out = vec![image.text.clone()];
            if let Some(alias) = alias {
                out.push(one.line.text()[image.range.end..alias.range.start].trim().to_owned());
                out.push(alias.text.clone());
            }
            out
        }
        Args::Command(it) => command(it),
        Args::Transfer { sources, dest, .. } => texts(sources).into_iter().chain([dest.text.clone()]).collect(),
        Args::Pairs { pairs, .. } if one.keyword == Keyword::Arg => {
            let whole = |pair: &dfopt::syntax::Pair| {
                pair.name.text.clone() + &pair.value.as_ref().map_or(String::new(), |value| format!("={}", value.text))
            };
            pairs.iter().map(whole).collect()
        }
        Args::Pairs { pairs, legacy } => {
            let separator = if *legacy { "" } else { "=" };
            let three = |pair: &dfopt::syntax::Pair| {
                [pair.name.text.clone(), pair.value.as_ref().unwrap().text.clone(), separator.to_owned()]
            };
            pairs.iter().flat_map(three).collect()
        }
        Args::Words { words, .. } => texts(words),
        Args::Text(arg) => vec![arg.text.clone()],
        Args::Healthcheck(None) => vec![one.line.text()[one.rest.clone()].to_owned()],
        Args::Healthcheck(Some(it)) => std::iter::once("CMD".to_owned()).chain(command(it)).collect(),
        Args::Onbuild(inner) => {
            // the record leaves out the flags of the inner instruction
            let keyword = source.slice(inner.keyword_span).to_owned();
            vec![format!("({})", std::iter::once(keyword).chain(args(inner, source)).collect::<Vec<_>>().join(" "))]
        }
        Args::Invalid => Vec::new(),
    }
}
