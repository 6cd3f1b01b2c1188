//! How much is done for a file, counted, never timed: what stays is read once, and nobody is asked twice about the same text.
#![allow(clippy::unwrap_used)]

use dfopt::engine::{Memory, Options, Outcome, Work};
use dfopt::facts::NoContext;
use dfopt::text::Source;
use dfopt::transforms::PIPELINE;
use proptest::prelude::*;

/// Stages of 12 instructions each, of which a few lines have findings.
fn text(stages: usize) -> String {
    let stage = |n: usize| {
        format!(
            "FROM debian:12 AS s{n}\nENV A{n}=1\nENV B{n}=2\nWORKDIR /srv\nRUN make one{n}\nUSER 1000\nRUN make two{n} && make three{n}\n\
             COPY a b /srv/\nRUN if [ -n \"$X\" ]; then echo {n} > /srv/x; fi\nEXPOSE 80\nSTOPSIGNAL SIGTERM\nCMD [\"run\"]\n"
        )
    };
    (0..stages).map(stage).collect()
}

fn work(text: &str) -> Outcome {
    let outcome = dfopt::optimize(&Source::new(text), &Options::default(), &NoContext);
    assert!(outcome.bugs.is_empty() && outcome.errors.is_empty());
    outcome
}

fn items(text: &str) -> usize {
    dfopt::syntax::parse(&Source::new(text)).file.items.len()
}

#[test]
fn a_file_without_findings_is_read_once_and_each_transform_is_asked_once() {
    let text = "FROM scratch\nCOPY a /\nUSER 1\nCMD [\"/a\"]\n";
    let outcome = work(text);
    assert!(outcome.applied.is_empty());
    let wanted = Work { items: 4, scripts: 0, facts: 1, asked: PIPELINE.len(), checks: 0, looks: outcome.work.looks };
    assert_eq!(outcome.work, wanted);
}

#[test]
fn a_script_that_stays_is_read_once() {
    let text = text(4);
    let outcome = work(&text);
    assert!(!outcome.applied.is_empty());
    let runs = text.matches("RUN").count();
    assert_eq!(outcome.work.scripts, runs, "{:?}", outcome.work);
}

#[test]
fn only_edited_items_are_read_again() {
    let text = text(4);
    let outcome = work(&text);
    let edits: usize = outcome.fixes.iter().map(|fix| fix.edits.edits().len()).sum();
    // an edit at the edge of an item has both neighbours read again
    assert!(outcome.work.items <= items(&text) + 3 * edits, "{edits} edits, {:?}", outcome.work);
}

#[test]
fn a_round_ends_where_nothing_can_change() {
    let outcome = work(&text(4));
    let edited = outcome.work.facts - 1;
    assert_eq!(edited, outcome.work.checks);
    // in the second round only those before the last one that changed the text
    assert!(outcome.work.asked < 2 * PIPELINE.len(), "{:?}", outcome.work);
}

#[test]
fn the_work_grows_with_the_file_and_not_faster() {
    let (small, large) = (work(&text(4)).work, work(&text(40)).work);
    assert_eq!(large.facts, small.facts);
    assert_eq!(large.asked, small.asked);
    assert_eq!(large.scripts, 10 * small.scripts);
    assert!(large.items <= 10 * small.items, "{small:?} {large:?}");
    assert!(large.looks <= 10 * small.looks, "{small:?} {large:?}");
}

proptest! {
    #[test]
    fn what_is_remembered_of_a_text_changes_nothing(
        lines in prop::collection::vec(0usize..8, 0..8),
        typed in prop::collection::vec((0usize..400, 0usize..3, 0usize..6), 1..6),
    ) {
        const LINES: [&str; 8] = [
            "RUN apt-get update && apt-get install -y curl\n", "ENV A=/srv\n", "WORKDIR $A\n", "RUN cd /x && make\n",
            "# note\n", "COPY . .\n", "SHELL [\"/bin/bash\", \"-ec\"]\n", "FROM node:20 AS b\n",
        ];
        const TYPED: [&str; 6] = ["x", "\n", " && cd /y", "\\\n", "RUN rm -rf a\n", "\u{e9}"];
        let mut text = format!("FROM debian:12\n{}", lines.iter().map(|line| LINES[*line]).collect::<String>());
        let mut memory = Memory::default();
        for (at, length, new) in typed {
            let (source, options) = (Source::new(text.as_str()), Options::default());
            let again = dfopt::analyze_again(&source, &options, &NoContext, &mut memory);
            let whole = dfopt::analyze(&source, &options, &NoContext);
            prop_assert_eq!(format!("{:?}", again), format!("{:?}", whole), "{}", text);
            let bounds: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            let (start, end) = (at.min(bounds.len() - 1), (at + length).min(bounds.len() - 1));
            text.replace_range(bounds[start]..bounds[end], TYPED[new]);
        }
    }
}
