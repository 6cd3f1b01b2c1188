//! Every file of the corpus is read as BuildKit's own parser reads it: instructions, lines, flags, arguments, heredocs, errors.

#![allow(clippy::unwrap_used)]

#[path = "support/corpus.rs"]
mod corpus;

use dfopt::syntax::{ErrorStage, Heredoc, Instruction, Parsed, SyntaxError, parse};
use dfopt::text::Source;
use serde::Deserialize;

/// Files that differ, each with the reason.
const DIFFERENT: &[(&str, &str)] = &[
    ("synthetic/utf-16-be__", "UTF-16 is told as such and not read; BuildKit takes it for unknown instructions"),
    ("synthetic/utf-16-le__", "UTF-16 is told as such and not read; BuildKit takes it for unknown instructions"),
];

#[derive(Deserialize)]
struct Record {
    file: String,
    escape: Option<String>,
    #[serde(default)]
    instructions: Vec<Expected>,
    error: Option<String>,
    instruction_error: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    line: u32,
    end: u32,
    value: String,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    json: bool,
    #[serde(default)]
    heredocs: Vec<ExpectedHeredoc>,
}

#[derive(Deserialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "PascalCase")]
struct ExpectedHeredoc {
    name: String,
    content: String,
    expand: bool,
    chomp: bool,
}

#[test]
fn the_corpus_is_read_as_buildkit_reads_it() {
    let Some(corpus) = corpus::path() else { return };
    let records = std::fs::read_to_string(corpus.join("buildkit.jsonl")).unwrap();
    let (mut same, mut wrong) = (0, Vec::new());
    for line in records.lines() {
        let record: Record = serde_json::from_str(line).unwrap();
        let bytes = std::fs::read(corpus.join(&record.file)).unwrap();
        let known = DIFFERENT.iter().any(|(prefix, _)| record.file.starts_with(prefix));
        match (compare(&record, &bytes), known) {
            (None, false) => same += 1,
            (Some(why), false) => wrong.push(format!("{}: {why}", record.file)),
            (None, true) => wrong.push(format!("{}: listed as different, and is not", record.file)),
            (Some(_), true) => {}
        }
    }
    eprintln!("{same} files are read as BuildKit reads them, {} are known to differ", DIFFERENT.len());
    assert!(wrong.is_empty(), "{} files differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// What differs, if anything does.
fn compare(record: &Record, bytes: &[u8]) -> Option<String> {
    let source = match Source::from_bytes(bytes) {
        Ok(source) => source,
        Err(error) => return Some(error.to_string()),
    };
    let parsed = parse(&source);
    if record.error.is_some() {
        return parsed.errors.iter().all(|e| e.stage != ErrorStage::Lines).then(|| "BuildKit refuses the lines".into());
    }
    errors(record, &parsed).or_else(|| instructions(record, &parsed, &source))
}

fn errors(record: &Record, parsed: &Parsed) -> Option<String> {
    if let Some(error) = parsed.errors.iter().find(|error| error.stage == ErrorStage::Lines) {
        return Some(format!("line {}: {error}", error.line));
    }
    let first = parsed.errors.first();
    let expected = record.instruction_error.as_deref();
    (first.map(|error| error.line) != expected.map(line_of)).then(|| {
        format!(
            "BuildKit says {expected:?}, we say {:?}",
            first.map(|error: &SyntaxError| (error.line, error.to_string()))
        )
    })
}

/// The line in a message of BuildKit, 0 where it names none.
fn line_of(message: &str) -> u32 {
    let after = message.split_once("on line ").map_or("", |(_, after)| after);
    after.split(':').next().and_then(|line| line.parse().ok()).unwrap_or(0)
}

fn instructions(record: &Record, parsed: &Parsed, source: &Source) -> Option<String> {
    if record.escape.as_deref() != Some(parsed.file.escape.to_string().as_str()) {
        return Some(format!("the escape character is {:?}", record.escape));
    }
    let found: Vec<&Instruction> = parsed.file.instructions().map(|(_, instruction)| instruction).collect();
    if found.len() != record.instructions.len() {
        return Some(format!("{} instructions for {}", found.len(), record.instructions.len()));
    }
    found.iter().zip(&record.instructions).find_map(|(found, expected)| instruction(found, expected, source))
}

fn instruction(found: &Instruction, expected: &Expected, source: &Source) -> Option<String> {
    let line = expected.line;
    let keyword = found.line.text().split([' ', '\t', '\x0b', '\x0c', '\r']).next().unwrap_or_default();
    let differ = |what: &str, ours: String, theirs: String| {
        (ours != theirs).then(|| format!("line {line}: {what}:\n  ours   {ours}\n  theirs {theirs}"))
    };
    let flags: Vec<String> = found.flags.iter().map(|flag| shown(&flag.text)).collect();
    let args: Vec<String> = found.buildkit_args().iter().map(|arg| shown(arg)).collect();
    let heredocs: Vec<ExpectedHeredoc> = found.heredocs.iter().map(|it| heredoc(it, source)).collect();
    differ("lines", format!("{:?}", found.lines), format!("{:?}", (expected.line, expected.end)))
        .or_else(|| differ("keyword", shown(keyword), shown(&expected.value)))
        .or_else(|| differ("flags", format!("{flags:?}"), format!("{:?}", expected.flags)))
        .or_else(|| differ("args", format!("{args:?}"), format!("{:?}", expected.args)))
        .or_else(|| differ("json", found.is_json().to_string(), expected.json.to_string()))
        .or_else(|| differ("heredocs", format!("{heredocs:?}"), format!("{:?}", expected.heredocs)))
}

fn heredoc(found: &Heredoc, source: &Source) -> ExpectedHeredoc {
    ExpectedHeredoc {
        name: shown(&found.name),
        content: shown(source.slice(found.body)),
        expand: found.expand,
        chomp: found.chomp,
    }
}

/// Foreign bytes are U+FFFD in BuildKit's answers.
fn shown(text: &str) -> String {
    text.chars().map(|c| if ('\u{10fe00}'..='\u{10feff}').contains(&c) { '\u{fffd}' } else { c }).collect()
}
