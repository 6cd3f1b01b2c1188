//! All there is to say, for programs; docs/dfopt-report.schema.json is its schema.

use crate::cli::format::finding::{self, Point, Region};
use crate::cli::format::{Fate, File, Seen};
use crate::cli::report::{self, Kind, Tally};
use crate::engine::{Applied, Fix};
use crate::text::{Source, Span};
use serde::Serialize;
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

/// A file. As in all that is written here, names stand in the order of the alphabet.
#[derive(Serialize)]
struct FileReport<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<Vec<Advice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<Build<'a>>,
    errors: Vec<Error<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<Vec<FixReport<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: Option<Layers>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_alone: Option<LeftAlone>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offered: Option<Vec<Rewrite>>,
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<Vec<Refused>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rewrites: Option<Vec<Rewrite>>,
    status: &'static str,
}

#[derive(Serialize)]
struct Error<'a> {
    at: Option<LineColumn>,
    bug: bool,
    message: &'a str,
}

#[derive(Serialize)]
struct LineColumn {
    column: u32,
    line: u32,
}

#[derive(Serialize)]
struct Build<'a> {
    by: Vec<By<'a>>,
    contexts: &'a Option<Vec<String>>,
    targets: &'a Option<Vec<Option<String>>>,
}

#[derive(Serialize)]
struct By<'a> {
    file: &'a str,
    line: u32,
}

#[derive(Serialize)]
struct Layers {
    after: usize,
    before: usize,
}

#[derive(Serialize)]
struct LeftAlone {
    range: Range,
    reason: String,
}

#[derive(Serialize)]
struct Missing {
    path: String,
    range: Range,
}

#[derive(Serialize)]
struct Advice {
    id: &'static str,
    range: Range,
    reason: String,
    title: String,
}

#[derive(Serialize)]
struct Refused {
    code: &'static str,
    id: &'static str,
    range: Range,
    reason: String,
}

#[derive(Serialize)]
struct Rewrite {
    id: &'static str,
    level: &'static str,
    notes: Vec<String>,
    range: Range,
    reason: String,
    title: String,
}

#[derive(Serialize)]
struct FixReport<'a> {
    edits: Option<Vec<Edit>>,
    rewrites: &'a [usize],
}

#[derive(Serialize)]
struct Edit {
    range: Range,
    text: String,
}

#[derive(Serialize)]
struct Range {
    end: Place,
    start: Place,
}

#[derive(Serialize)]
struct Place {
    byte: usize,
    column: u32,
    line: u32,
}

pub fn file(file: &File) -> String {
    let status = match (file.fate, file.seen) {
        (Fate::Read, Some(seen)) if seen.looked.changed() => "changed",
        (Fate::Read, _) => "unchanged",
        (Fate::Template, _) => "template",
        (Fate::Excluded, _) => "excluded",
        (Fate::Failed, _) => "failed",
    };
    let errors = file.troubles.iter().map(|trouble| Error {
        at: trouble.at.map(|(line, column)| LineColumn { column, line }),
        bug: trouble.kind == Kind::Bug,
        message: &trouble.message,
    });
    let mut out = FileReport {
        advice: None,
        build: None,
        errors: errors.collect(),
        fixes: None,
        layers: None,
        left_alone: None,
        missing: None,
        offered: None,
        path: &file.path,
        refused: None,
        rewrites: None,
        status,
    };
    if let Some(seen) = file.seen {
        found(seen, file.why, &mut out);
    }
    // no map in it has keys that are no text, so that nothing can fail
    serde_json::to_string(&out).unwrap_or_default()
}

fn found<'a>(seen: Seen<'a>, why: bool, out: &mut FileReport<'a>) {
    let (source, outcome) = (&seen.looked.source, &seen.looked.outcome);
    let rewrites = |all: &[Applied]| Some(all.iter().map(|one| rewrite(source, one)).collect());
    let shown = |text: &str| report::shown(source, text);
    out.build = seen.looked.built.as_ref().map(|built| Build {
        by: built.by.iter().map(|(file, line)| By { file, line: *line }).collect(),
        contexts: &built.contexts,
        targets: &built.targets,
    });
    let missing = outcome.missing.as_ref();
    out.missing = missing.map(|one| Missing { path: shown(&one.path), range: range(source, one.at) });
    let left = outcome.left_alone.as_ref();
    out.left_alone = left.map(|one| LeftAlone { range: range(source, one.at), reason: one.why.clone() });
    out.layers = Some(Layers { after: outcome.layers.1, before: outcome.layers.0 });
    out.rewrites = rewrites(&outcome.applied);
    out.fixes = Some(seen.fixes.iter().map(|one| fix(source, one)).collect());
    let advice = outcome.advice.iter().map(|one| Advice {
        id: one.id,
        range: range(source, one.at),
        reason: shown(&one.reason),
        title: shown(&one.title),
    });
    out.advice = Some(advice.collect());
    if why {
        out.offered = rewrites(&outcome.offered);
        let refused = outcome.refused.iter().map(|one| Refused {
            code: one.code,
            id: one.id,
            range: range(source, one.at),
            reason: shown(&one.reason),
        });
        out.refused = Some(refused.collect());
    }
}

fn rewrite(source: &Source, one: &Applied) -> Rewrite {
    Rewrite {
        id: one.id,
        level: one.level.name(),
        notes: one.notes.iter().map(|note| report::shown(source, note)).collect(),
        range: range(source, one.at),
        reason: report::shown(source, &one.reason),
        title: report::shown(source, &one.title),
    }
}

fn fix<'a>(source: &Source, fix: &'a Fix) -> FixReport<'a> {
    let edits = finding::edits(source, fix).map(|edits| {
        let edit = |(region, text): (Region, String)| Edit { range: Range::of(&region), text };
        edits.into_iter().map(edit).collect()
    });
    FixReport { edits, rewrites: &fix.rewrites }
}

fn range(source: &Source, span: Span) -> Range {
    Range::of(&Region::new(source, span))
}

impl Range {
    fn of(region: &Region) -> Range {
        let place = |point: Point| Place { byte: point.byte, column: point.column, line: point.line };
        Range { end: place(region.end), start: place(region.start) }
    }
}
