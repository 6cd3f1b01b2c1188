//! SARIF 2.1.0, as code scanning services read it. A fix stands at the first of the rewrites that it makes.

use crate::cli::format::File;
use crate::cli::format::finding::{self, BUG, ERROR, Finding, LEFT_ALONE, Region, Weight, edits};
use crate::cli::report::Tally;
use crate::config::names;
use crate::engine::{Fix, Level};
use crate::text::Source;
use serde::Serialize;
use serde_json::{Value, json};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub fn begin() -> String {
    let rules: Vec<Value> =
        names::metas().map(|meta| rule(meta.id, meta.summary, meta.page)).chain(own_rules()).collect();
    let driver = json!({ "name": "dfopt", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules });
    format!(
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\
         \"columnKind\":\"utf16CodeUnits\",\"results\":["
    )
}

fn own_rules() -> [Value; 3] {
    [
        rule(ERROR, "the file cannot be read or built", "BuildKit would refuse the file, or it cannot be read."),
        rule(
            BUG,
            "a fault of dfopt",
            "dfopt threw its own work away because a check after it failed. Please report it.",
        ),
        rule(
            LEFT_ALONE,
            "the file is left as it is, since it would cost too much",
            "Its instructions depend on each other in too many ways. Split the file, or exclude it in dfopt.toml.",
        ),
    ]
}

fn rule(id: &str, summary: &str, page: &str) -> Value {
    json!({ "id": id, "shortDescription": { "text": summary }, "help": { "text": page, "markdown": page } })
}

pub fn end(tally: &Tally) -> String {
    let fine = tally.failed + tally.bugs == 0;
    format!("\n],\"invocations\":[{{\"executionSuccessful\":{fine}}}]}}]}}\n")
}

/// A finding. As in all that is written here, names stand in the order of the alphabet.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<Vec<FixReport<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    level: &'static str,
    locations: [Location<'a>; 1],
    message: Text<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
    rule_id: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: PhysicalLocation<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation<'a> {
    artifact_location: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Part>,
}

#[derive(Serialize)]
struct Text<T> {
    text: T,
}

#[derive(Serialize)]
struct Properties {
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FixReport<'a> {
    artifact_changes: [Change<'a>; 1],
    description: Text<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: &'a Value,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Part,
    inserted_content: Text<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    end_column: u32,
    end_line: u32,
    start_column: u32,
    start_line: u32,
}

pub fn file(file: &File) -> String {
    let artifact = artifact(&file.path);
    let findings = finding::all(file);
    // no map in it has keys that are no text, so that nothing can fail
    let text = |one| serde_json::to_string(&result(file, &artifact, one)).unwrap_or_default();
    findings.iter().map(text).collect::<Vec<_>>().join(",\n")
}

fn result<'a>(file: &File, artifact: &'a Value, finding: &'a Finding) -> Outcome<'a> {
    let region = finding.region.as_ref().map(part);
    let fixes = finding.fix.zip(file.seen).map(|(fix, seen)| {
        let message = finding.message.as_str();
        replaced(&seen.looked.source, artifact, fix, message).into_iter().collect()
    });
    Outcome {
        fixes,
        kind: (finding.weight == Weight::Hint).then_some("informational"),
        level: match finding.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Note => "note",
            Weight::Hint => "none",
        },
        locations: [Location { physical_location: PhysicalLocation { artifact_location: artifact, region } }],
        message: Text { text: &finding.message },
        properties: finding.level.map(|level| Properties { level: Level::name(level) }),
        rule_id: finding.rule,
    }
}

fn replaced<'a>(source: &Source, artifact: &'a Value, fix: &Fix, message: &'a str) -> Option<FixReport<'a>> {
    let replacement = |(region, text): (Region, String)| Replacement {
        deleted_region: part(&region),
        inserted_content: Text { text },
    };
    let replacements = edits(source, fix)?.into_iter().map(replacement).collect();
    let change = Change { artifact_location: artifact, replacements };
    Some(FixReport { artifact_changes: [change], description: Text { text: message } })
}

fn part(region: &Region) -> Part {
    let (start, end) = (region.start, region.end);
    Part { end_column: end.utf16, end_line: end.line, start_column: start.utf16, start_line: start.line }
}

fn artifact(path: &str) -> Value {
    let uri = uri(path);
    match path.starts_with('/') {
        true => json!({ "uri": format!("file://{uri}") }),
        // a drive of Windows is no scheme
        false if path.as_bytes().get(1) == Some(&b':') => {
            json!({ "uri": format!("file:///{}", uri.replacen("%3A", ":", 1)) })
        }
        false => json!({ "uri": uri, "uriBaseId": "%SRCROOT%" }),
    }
}

/// A path with everything escaped that means something in a URI.
fn uri(path: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("grün/my app#1/Dockerfile"), "gr%C3%BCn/my%20app%231/Dockerfile");
        assert_eq!(artifact("a/Dockerfile"), json!({ "uri": "a/Dockerfile", "uriBaseId": "%SRCROOT%" }));
        assert_eq!(artifact("/a b/x"), json!({ "uri": "file:///a%20b/x" }));
        assert_eq!(artifact("C:/x"), json!({ "uri": "file:///C:/x" }));
    }
}
