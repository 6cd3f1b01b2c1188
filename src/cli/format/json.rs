//! All there is to say, for programs; docs/dfopt-report.schema.json is its schema.

use crate::cli::format::finding::{Region, edits};
use crate::cli::format::{Fate, File, Seen};
use crate::cli::report::{self, Kind, Tally};
use crate::engine::{Applied, Fix};
use crate::text::{Source, Span};
use serde_json::{Value, json};

/// Counts up when a reader of the one before could be led astray.
pub const VERSION: u32 = 1;

pub fn begin() -> String {
    format!("{{\"format\":{VERSION},\"dfopt\":{},\"files\":[", Value::from(env!("CARGO_PKG_VERSION")))
}

pub fn end(tally: &Tally) -> String {
    let Tally { files, changed, failed, templates, excluded, bugs, layers, .. } = tally;
    let summary = json!({
        "files": files, "changed": changed, "failed": failed, "templates": templates, "excluded": excluded, "bugs": bugs,
        "layers": { "before": layers.0, "after": layers.1 },
    });
    format!("\n],\"summary\":{summary}}}\n")
}

pub fn file(file: &File) -> String {
    let status = match (file.fate, file.seen) {
        (Fate::Read, Some(seen)) if seen.looked.changed() => "changed",
        (Fate::Read, _) => "unchanged",
        (Fate::Template, _) => "template",
        (Fate::Excluded, _) => "excluded",
        (Fate::Failed, _) => "failed",
    };
    let errors = file.troubles.iter().map(|trouble| {
        let at = trouble.at.map(|(line, column)| json!({ "line": line, "column": column }));
        json!({ "bug": trouble.kind == Kind::Bug, "at": at, "message": trouble.message })
    });
    let mut out = json!({ "path": file.path, "status": status, "errors": errors.collect::<Vec<_>>() });
    if let Some(seen) = file.seen {
        found(seen, file.why, &mut out);
    }
    out.to_string()
}

fn found(seen: Seen, why: bool, out: &mut Value) {
    let (source, outcome) = (&seen.looked.source, &seen.looked.outcome);
    let rewrites = |all: &[Applied]| Value::from(all.iter().map(|one| rewrite(source, one)).collect::<Vec<_>>());
    let shown = |text: &str| report::shown(source, text);
    if let Some(built) = &seen.looked.built {
        let by = built.by.iter().map(|(file, line)| json!({ "file": file, "line": line }));
        out["build"] = json!({ "contexts": built.contexts, "targets": built.targets, "by": by.collect::<Vec<_>>() });
    }
    if let Some(missing) = &outcome.missing {
        out["missing"] = json!({ "path": shown(&missing.path), "range": range(source, missing.at) });
    }
    out["layers"] = json!({ "before": outcome.layers.0, "after": outcome.layers.1 });
    out["rewrites"] = rewrites(&outcome.applied);
    out["fixes"] = seen.fixes.iter().map(|one| fix(source, one)).collect();
    let advice = outcome.advice.iter().map(|advice| {
        json!({
            "id": advice.id, "title": shown(&advice.title), "reason": shown(&advice.reason),
            "range": range(source, advice.at),
        })
    });
    out["advice"] = advice.collect();
    if why {
        out["offered"] = rewrites(&outcome.offered);
        let refused = outcome.refused.iter().map(|refused| {
            json!({
                "id": refused.id, "code": refused.code, "reason": shown(&refused.reason),
                "range": range(source, refused.at),
            })
        });
        out["refused"] = refused.collect();
    }
}

fn rewrite(source: &Source, one: &Applied) -> Value {
    let notes: Vec<String> = one.notes.iter().map(|note| report::shown(source, note)).collect();
    json!({
        "id": one.id, "level": one.level.name(), "title": report::shown(source, &one.title),
        "reason": report::shown(source, &one.reason), "notes": notes, "range": range(source, one.at),
    })
}

fn fix(source: &Source, fix: &Fix) -> Value {
    let edits = edits(source, fix).map(|edits| {
        let edit = |(region, text): (Region, String)| json!({ "range": region_value(&region), "text": text });
        edits.into_iter().map(edit).collect::<Vec<_>>()
    });
    json!({ "rewrites": fix.rewrites, "edits": edits })
}

fn range(source: &Source, span: Span) -> Value {
    region_value(&Region::new(source, span))
}

fn region_value(region: &Region) -> Value {
    let [start, end] = [region.start, region.end]
        .map(|point| json!({ "line": point.line, "column": point.column, "byte": point.byte }));
    json!({ "start": start, "end": end })
}
