//! SARIF 2.1.0, as code scanning services read it. A fix stands at the first of the rewrites that it makes.

use crate::cli::format::File;
use crate::cli::format::finding::{self, BUG, ERROR, Finding, Region, Weight, edits};
use crate::cli::report::Tally;
use crate::config::names;
use crate::engine::{Fix, Level};
use crate::text::Source;
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

fn own_rules() -> [Value; 2] {
    [
        rule(ERROR, "the file cannot be read or built", "BuildKit would refuse the file, or it cannot be read."),
        rule(
            BUG,
            "a fault of dfopt",
            "dfopt threw its own work away because a check after it failed. Please report it.",
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

pub fn file(file: &File) -> String {
    let artifact = artifact(&file.path);
    let results =
        finding::all(file).iter().map(|finding| result(file, &artifact, finding).to_string()).collect::<Vec<_>>();
    results.join(",\n")
}

fn result(file: &File, artifact: &Value, finding: &Finding) -> Value {
    let mut location = json!({ "artifactLocation": artifact });
    if let Some(region) = &finding.region {
        location["region"] = region_value(region);
    }
    let mut out = json!({
        "ruleId": finding.rule,
        "level": match finding.weight {
            Weight::Error => "error",
            Weight::Warning => "warning",
            Weight::Note => "note",
            Weight::Hint => "none",
        },
        "message": { "text": finding.message },
        "locations": [{ "physicalLocation": location }],
    });
    if finding.weight == Weight::Hint {
        out["kind"] = "informational".into();
    }
    if let Some(level) = finding.level {
        out["properties"] = json!({ "level": Level::name(level) });
    }
    if let (Some(fix), Some(seen)) = (finding.fix, file.seen) {
        out["fixes"] = fix_value(&seen.looked.source, artifact, fix, &finding.message).into_iter().collect();
    }
    out
}

fn fix_value(source: &Source, artifact: &Value, fix: &Fix, message: &str) -> Option<Value> {
    let replacements = edits(source, fix)?
        .into_iter()
        .map(|(region, text)| json!({ "deletedRegion": region_value(&region), "insertedContent": { "text": text } }));
    let changes = json!([{ "artifactLocation": artifact, "replacements": replacements.collect::<Vec<_>>() }]);
    Some(json!({ "description": { "text": message }, "artifactChanges": changes }))
}

fn region_value(region: &Region) -> Value {
    let (start, end) = (region.start, region.end);
    json!({ "startLine": start.line, "startColumn": start.utf16, "endLine": end.line, "endColumn": end.utf16 })
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
