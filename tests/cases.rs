//! Each transform's cases: a folder a case, `rewrites` (before and after), `keeps` (no change, no refusal), `traps` (no
//! change, exactly its refusal) and `advises` (no change, exactly its advice). Every case is also tried with other line ends, without a last newline, with lower-case
//! keywords and inside ONBUILD, and the whole pipeline must settle on it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Case, Kind, cases, optimize_at, optimize_whole, optimize_with, root};
use dfopt::engine::refusals::{ALL, KEPT};
use dfopt::engine::{Advice, Level, Outcome};
use dfopt::syntax::{self, Args, Command, ItemKind, Keyword};
use dfopt::text::{Source, Span};
use dfopt::transforms::PIPELINE;
use std::collections::BTreeSet;
use std::fs;

fn fail(case: &Case, what: &str, expected: &str, got: &str) -> ! {
    panic!(
        "{} ({what})\n--- expected\n{expected}\n--- got\n{got}\n(edit the case's files by hand)",
        case.path.display()
    )
}

#[test]
fn rewrites_give_after_byte_for_byte_and_settle() {
    for case in cases(Kind::Rewrites) {
        let outcome = optimize_with(&case.before, &case);
        assert!(outcome.bugs.is_empty(), "{}: {:?}", case.path.display(), outcome.bugs);
        if outcome.text != case.after {
            fail(&case, "rewrite", &case.after, &outcome.text);
        }
        assert!(!outcome.applied.is_empty(), "{}: nothing was applied", case.path.display());
        settled(&case, &outcome.text);
    }
}

#[test]
fn keeps_stay_without_a_refusal() {
    for case in cases(Kind::Keeps) {
        let outcome = untouched(&case);
        assert!(outcome.refused.is_empty(), "{}: refused {:?}", case.path.display(), outcome.refused);
        settled(&case, &case.before);
    }
}

#[test]
fn traps_stay_with_exactly_their_refusal() {
    for case in cases(Kind::Traps) {
        let outcome = untouched(&case);
        let refused: Vec<(&str, &str)> = outcome.refused.iter().map(|refused| (refused.code, refused.mark)).collect();
        assert_eq!(refused, [trapped(&case)], "{}: {:?}", case.path.display(), outcome.refused);
        settled(&case, &case.before);
    }
}

/// The code and the mark of a trap.
fn trapped(case: &Case) -> (&str, &str) {
    (case.refuses.as_deref().unwrap_or_default(), &case.mark)
}

#[test]
fn advises_say_exactly_what_they_should() {
    for case in cases(Kind::Advises) {
        for (name, text) in variants(&case.before) {
            let outcome = optimize_with(&text, &case);
            assert!(outcome.errors.is_empty() && outcome.bugs.is_empty() && outcome.refused.is_empty(), "{case:?}");
            if outcome.text != text {
                fail(&case, "no change", &text, &outcome.text);
            }
            let line = |at: Span| Source::new(text.as_str()).line_col(at.start as usize).line;
            let told = |one: &Advice| format!("{}: {}", line(one.at), one.title);
            let told: Vec<String> = outcome.advice.iter().map(told).collect();
            if told != case.advice {
                fail(&case, &format!("advice, {name}"), &case.advice.join("\n"), &told.join("\n"));
            }
        }
        settled(&case, &case.before);
    }
}

#[test]
fn who_only_advises_has_nothing_else_and_is_silent_where_it_keeps() {
    for meta in PIPELINE.iter().map(|transform| transform.meta()).filter(|meta| meta.only_advises()) {
        assert!(meta.refusals.is_empty() && meta.may.is_empty() && meta.intends.is_empty(), "{}", meta.id);
        let own = |kind| cases(kind).into_iter().filter(move |case| case.id == meta.id);
        assert!(own(Kind::Rewrites).next().is_none(), "{}", meta.id);
        assert!(own(Kind::Advises).next().is_some() && own(Kind::Keeps).next().is_some(), "{}: cases", meta.id);
        for case in own(Kind::Keeps) {
            let told = untouched(&case).advice;
            assert!(told.is_empty(), "{}: {told:?}", case.path.display());
        }
        let kept = |case: Case| case.refuses.as_deref() == Some(KEPT.code) && untouched(&case).advice.is_empty();
        assert!(own(Kind::Traps).any(kept), "{}: a trap has a comment that keeps it silent", meta.id);
    }
}

fn untouched(case: &Case) -> Outcome {
    let outcome = optimize_with(&case.before, case);
    assert!(outcome.errors.is_empty(), "{}: {:?}", case.path.display(), outcome.errors);
    assert!(outcome.bugs.is_empty(), "{}: {:?}", case.path.display(), outcome.bugs);
    if outcome.text != case.before {
        fail(case, "no change", &case.before, &outcome.text);
    }
    outcome
}

/// A second run changes nothing, and neither does the whole pipeline after its own first run.
fn settled(case: &Case, text: &str) {
    let again = optimize_with(text, case);
    if again.text != text {
        fail(case, "second run", text, &again.text);
    }
    let whole = optimize_whole(text, case);
    let twice = optimize_whole(&whole.text, case);
    if twice.text != whole.text {
        fail(case, "whole pipeline, second run", &whole.text, &twice.text);
    }
}

#[test]
fn variants_of_a_case_give_the_same_answer() {
    for case in Kind::ALL.into_iter().flat_map(cases) {
        let after = if case.kind == Kind::Rewrites { &case.after } else { &case.before };
        for ((name, before), (_, after)) in variants(&case.before).into_iter().zip(variants(after)) {
            let got = optimize_with(&before, &case).text;
            if got != after {
                fail(&case, name, &after, &got);
            }
        }
    }
}

/// A text and what says the same.
fn variants(text: &str) -> [(&'static str, String); 4] {
    [
        ("as it is", text.to_owned()),
        ("CRLF", crlf(text)),
        ("no last newline", chopped(text)),
        ("lower case", lower(text)),
    ]
}

#[test]
fn triggers_are_stored_texts_and_stay() {
    for case in cases(Kind::Rewrites) {
        let text = onbuild(&case.before);
        let outcome = optimize_with(&text, &case);
        let (before, after) = (stored(&text), stored(&outcome.text));
        if before != after {
            fail(&case, "inside ONBUILD", &text, &outcome.text);
        }
    }
}

/// What stands behind ONBUILD, as the image stores it.
fn stored(text: &str) -> Vec<String> {
    let parsed = syntax::parse(&Source::new(text));
    let triggers = parsed.file.instructions().filter(|(_, one)| one.keyword == Keyword::Onbuild);
    triggers.map(|(_, one)| one.line.text()[one.rest.clone()].to_owned()).collect()
}

#[test]
fn every_branch_that_refuses_has_a_trap() {
    let traps = cases(Kind::Traps);
    let mut wrong = Vec::new();
    for meta in PIPELINE.iter().map(|transform| transform.meta()) {
        let branches = branches(meta.id);
        let codes: BTreeSet<&str> = branches.iter().map(|(code, _)| code.as_str()).collect();
        let listed: BTreeSet<&str> = meta.refusals.iter().map(|refusal| refusal.code).collect();
        assert_eq!(listed, codes, "{}: what `refusals` lists is what its branches refuse with", meta.id);
        let tried: BTreeSet<(&str, &str)> = traps.iter().filter(|case| case.id == meta.id).map(trapped).collect();
        for (code, mark) in &branches {
            if !tried.contains(&(code, mark)) {
                wrong.push(format!("{}: no trap has `refuses = \"{code}\"` and `mark = \"{mark}\"`", meta.id));
            }
            if branches.iter().filter(|branch| *branch == &(code.clone(), mark.clone())).count() > 1 {
                wrong.push(format!("{}: several branches refuse with `{code}` and the mark `{mark}`", meta.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{} branches:\n{}", wrong.len(), wrong.join("\n"));
}

/// Where a transform's code refuses: each `&CODE` and each `mark!(CODE, "mark")`, with its code and its mark.
fn branches(id: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for entry in fs::read_dir(root().join("transforms").join(id.replace('-', "_"))).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let code: Vec<&str> =
            text.lines().take_while(|line| *line != "#[cfg(test)]").flat_map(str::split_whitespace).collect();
        let code = code.join(" ").replace("( ", "(");
        // what Meta lists is no branch
        let code = match code.split_once(" refusals: &[") {
            Some((before, after)) => before.to_owned() + after.split_once(']').unwrap().1,
            None => code,
        };
        for refusal in ALL.iter().filter(|refusal| **refusal != &KEPT) {
            let name = refusal.code.replace('-', "_").to_uppercase();
            let word = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
            let (plain, marked) = (format!("&{name}"), format!("mark!({name}, \""));
            // what is compared with a code refuses nothing
            let refuses = |at: usize, found: &str| word(&code[at + found.len()..]) && !code[..at].ends_with("== ");
            let bare = code.match_indices(&plain).filter(|(at, found)| refuses(*at, found));
            out.extend(bare.map(|_| (refusal.code.to_owned(), String::new())));
            let marked = code.split(&marked).skip(1);
            out.extend(marked.map(|rest| (refusal.code.to_owned(), rest.split('"').next().unwrap().to_owned())));
        }
    }
    out
}

#[test]
fn rewrites_have_the_level_that_their_case_states() {
    for case in cases(Kind::Rewrites) {
        let name = case.path.display();
        let ceiling = PIPELINE.iter().find(|t| t.meta().id == case.id).unwrap().meta().ceiling;
        let wanted = case.level.unwrap_or(ceiling);
        assert!(case.level.is_none_or(|level| level < ceiling), "{name}: the level is the transform's, leave it out");
        let levels = |level: Level| optimize_at(&case.before, &case, level).applied.into_iter().map(|one| one.level);
        assert_eq!(levels(Level::Aggressive).max(), Some(wanted), "{name}: case.toml states another `level`");
        assert!(levels(wanted).eq(levels(Level::Aggressive)), "{name}: at its own level not all is done");
        let below = Level::ALL.into_iter().rfind(|level| *level < wanted);
        let less = below.is_none_or(|below| levels(below).all(|level| level <= below));
        assert!(less, "{name}: something above the level was done");
    }
}

fn crlf(text: &str) -> String {
    // a heredoc's body keeps its bytes: a case with one is tried as it is
    if text.contains("<<") { text.to_owned() } else { text.replace("\r\n", "\n").replace('\n', "\r\n") }
}

fn chopped(text: &str) -> String {
    let parsed = syntax::parse(&Source::new(text));
    let heredoc_last = parsed.file.instructions().last().is_some_and(|(_, one)| !one.heredocs.is_empty());
    if heredoc_last { text.to_owned() } else { text.trim_end_matches(['\r', '\n']).to_owned() }
}

/// Keywords in lower case, `AS` too.
fn lower(text: &str) -> String {
    let source = Source::new(text);
    let mut out = text.to_owned();
    for (_, instruction) in syntax::parse(&source).file.instructions() {
        let mut words = vec![instruction.keyword_span];
        if let Args::From { image, alias: Some(alias) } = &instruction.args {
            words.push(instruction.line.span(image.range.end..alias.range.start));
        }
        for word in words {
            out.replace_range(word.range(), &text[word.range()].to_lowercase());
        }
    }
    out
}

fn onbuild(text: &str) -> String {
    let source = Source::new(text);
    let parsed = syntax::parse(&source);
    let mut out = String::new();
    for item in &parsed.file.items {
        if let ItemKind::Instruction(instruction) = &item.kind
            && !matches!(instruction.keyword, Keyword::From | Keyword::Maintainer | Keyword::Onbuild)
        {
            out.push_str("ONBUILD ");
        }
        out.push_str(source.slice(item.span));
    }
    out
}

#[test]
fn a_health_check_that_is_suggested_is_one_and_settles_the_matter() {
    let mut tried = 0;
    for case in cases(Kind::Advises).into_iter().filter(|case| case.id == "healthcheck-missing") {
        let outcome = optimize_with(&case.before, &case);
        let shown = outcome.advice[0].reason.split('`').find(|part| part.starts_with("HEALTHCHECK CMD "));
        let Some(shown) = shown else { continue };
        let text = format!("{}{shown}\n", case.before);
        let parsed = syntax::parse(&Source::new(text.as_str()));
        assert_eq!(parsed.errors, [], "{text}");
        let (_, last) = parsed.file.instructions().last().unwrap();
        let exec = matches!(&last.args, Args::Healthcheck(Some(Command::Exec(_))));
        assert_eq!(shown.contains("CMD ["), exec, "{shown}");
        assert!(optimize_with(&text, &case).advice.is_empty(), "{text}");
        tried += 1;
    }
    assert!(tried > 4, "{tried}");
}
