//! What users read of each transform, on each of its cases: titles, reasons and notes of rewrites, reasons of refusals, advice.
//! The snapshots are for people to read: whoever changes a text sees all its uses. `INSTA_UPDATE=always cargo test --test
//! presentation` writes them again.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Case, Kind, cases, optimize_with, root};
use dfopt::engine::Outcome;
use dfopt::text::Source;
use dfopt::transforms::PIPELINE;
use std::fmt::Write;

fn told(case: &Case) -> String {
    let outcome: Outcome = optimize_with(&case.before, case);
    let source = Source::new(case.before.as_str());
    let line = |span: dfopt::text::Span| source.line_col(span.start as usize).line;
    let mut out = format!("{:?} {}\n", case.kind, case.path.file_name().unwrap().to_string_lossy());
    for applied in &outcome.applied {
        writeln!(out, "  {}: {} ({})", line(applied.at), applied.title, applied.level).unwrap();
        writeln!(out, "     {}", applied.reason).unwrap();
        applied.notes.iter().for_each(|note| writeln!(out, "     note: {note}").unwrap());
    }
    for refused in &outcome.refused {
        writeln!(out, "  {}: left alone, {}: {}", line(refused.at), refused.code, refused.reason).unwrap();
    }
    for advice in &outcome.advice {
        writeln!(out, "  {}: advice: {}\n     {}", line(advice.at), advice.title, advice.reason).unwrap();
    }
    out
}

#[test]
fn what_is_told_of_each_case() {
    let all: Vec<Case> = Kind::ALL.into_iter().flat_map(cases).collect();
    for meta in PIPELINE.iter().map(|transform| transform.meta()) {
        let told: Vec<String> = all.iter().filter(|case| case.id == meta.id).map(told).collect();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(root().join("snapshots/transforms"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(meta.id, told.join("\n")));
    }
}
