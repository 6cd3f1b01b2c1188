//! The RUN bodies of the corpus of real Dockerfiles, and of the generated ones.

use dfopt::syntax::{Keyword, parse};
use dfopt::text::Source;
use serde_json::Value;
use std::collections::BTreeSet;

#[path = "../support/corpus.rs"]
mod place;

pub use place::skipped;

/// Each different body once, in a fixed order.
pub fn bodies() -> Vec<String> {
    let lines = place::path().map(|folder| std::fs::read_to_string(folder.join("buildkit.jsonl")).unwrap());
    let mut bodies = BTreeSet::new();
    add_generated(&mut bodies);
    for line in lines.iter().flat_map(|lines| lines.lines()) {
        let file: Value = serde_json::from_str(line).unwrap();
        for instruction in file["instructions"].as_array().into_iter().flatten() {
            add_bodies(instruction, &mut bodies);
        }
    }
    bodies.into_iter().collect()
}

/// Those of the generated Dockerfiles.
fn add_generated(bodies: &mut BTreeSet<String>) {
    for file in std::fs::read_dir(place::generated()).unwrap() {
        let source = Source::from_bytes(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let parsed = parse(&source);
        let runs = parsed.file.instructions().filter(|(_, one)| one.keyword == Keyword::Run);
        bodies.extend(runs.filter_map(|(_, one)| one.script(&source)).map(|text| text.text().to_owned()));
    }
}

/// The command line with its heredocs behind it as the shell gets them; for `RUN <<EOF` the script inside, too.
fn add_bodies(instruction: &Value, bodies: &mut BTreeSet<String>) {
    let is_run = instruction["value"].as_str().is_some_and(|value| value.eq_ignore_ascii_case("run"));
    let Some(line) = instruction["args"][0].as_str().filter(|_| is_run && instruction["json"] != true) else { return };
    let mut body = line.to_owned();
    for heredoc in instruction["heredocs"].as_array().into_iter().flatten() {
        let content = heredoc["Content"].as_str().unwrap_or_default();
        body = format!("{body}\n{content}{}\n", heredoc["Name"].as_str().unwrap_or_default());
        if line.starts_with("<<") && !line.contains(' ') {
            bodies.insert(content.to_owned());
        }
    }
    bodies.insert(body);
}
