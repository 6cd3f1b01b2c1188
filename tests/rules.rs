//! docs/rules.md: for each rule of hadolint, BuildKit, dockle and trivy, what dfopt does about it. It is made from
//! docs/rules.tsv and from what the transforms declare; `DFOPT_UPDATE=1 cargo test --test rules` writes it again.
#![allow(clippy::unwrap_used)]

mod common;

use common::root;
use dfopt::engine::Meta;
use dfopt::transforms::PIPELINE;
use std::collections::HashSet;
use std::fmt::Write;
use std::fs;

const TOOLS: &[(&str, &str)] = &[
    ("hadolint", "hadolint"),
    ("buildkit", "BuildKit's build checks"),
    ("dockle", "dockle's checkpoints"),
    ("trivy", "trivy's checks of Dockerfiles"),
];

struct Rule {
    tool: String,
    id: String,
    finds: String,
    why: String,
}

fn rules() -> Vec<Rule> {
    let text = fs::read_to_string(root().join("docs/rules.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rules = lines.map(|line| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [tool, id, finds, why] = columns.try_into().unwrap_or_else(|_| panic!("four columns: {line}"));
        Rule { tool, id, finds, why }
    });
    rules.collect()
}

fn metas() -> impl Iterator<Item = &'static Meta> {
    PIPELINE.iter().map(|transform| transform.meta())
}

fn declared(meta: &Meta) -> impl Iterator<Item = &'static str> {
    meta.hadolint.iter().chain(meta.checks).copied()
}

/// Who declares a rule.
fn declaring(id: &str) -> Vec<&'static Meta> {
    metas().filter(|meta| declared(meta).any(|known| known == id)).collect()
}

/// What dfopt does about a rule: exactly one of three things.
fn answer(rule: &Rule) -> String {
    let link = |meta: &&Meta| format!("[{}](../transforms/{}/README.md)", meta.id, meta.id.replace('-', "_"));
    let links = |metas: &[&Meta]| metas.iter().map(link).collect::<Vec<_>>().join(", ");
    let all = declaring(&rule.id);
    let (advise, rewrite): (Vec<&Meta>, Vec<&Meta>) = all.iter().partition(|meta| meta.only_advises());
    match rule.why.as_str() {
        "" if !rewrite.is_empty() => format!("rewritten by {}", links(&rewrite)),
        "" => format!("advised by {}", links(&advise)),
        "said" => format!("advised by {}", links(&all)),
        why => format!("out of scope: {why}"),
    }
}

#[test]
fn each_rule_is_in_one_class() {
    let mut seen = HashSet::new();
    for rule in rules() {
        assert!(TOOLS.iter().any(|(tool, _)| *tool == rule.tool) && !rule.finds.is_empty(), "{}", rule.id);
        assert!(seen.insert(rule.id.clone()), "{} stands there twice", rule.id);
        let by: Vec<&str> = declaring(&rule.id).iter().map(|meta| meta.id).collect();
        match rule.why.as_str() {
            "" | "said" => assert!(!by.is_empty(), "{}: no transform declares it; say why it is out of scope", rule.id),
            _ => assert!(by.is_empty(), "{}: {by:?} declare it: take the reason out of docs/rules.tsv", rule.id),
        }
        let only = declaring(&rule.id).iter().all(|meta| meta.only_advises());
        assert!(rule.why != "said" || !only, "{}: that it is only said shows by itself", rule.id);
    }
}

#[test]
fn each_rule_that_is_declared_is_known() {
    let known = rules();
    for meta in metas() {
        let of = |id: &str| known.iter().find(|rule| rule.id == id).map(|rule| rule.tool.as_str());
        for id in meta.hadolint {
            assert_eq!(of(id), Some("hadolint"), "{}: `{id}` is no rule of hadolint", meta.id);
        }
        for id in meta.checks {
            let tool = of(id);
            assert!(tool.is_some_and(|tool| tool != "hadolint"), "{}: `{id}` is no check of docs/rules.tsv", meta.id);
        }
    }
}

/// The numbers that each tool has given out, and those among them that it no longer has or never had.
#[test]
fn no_rule_is_missing() {
    let ids: HashSet<String> = rules().into_iter().map(|rule| rule.id).collect();
    let gone = ["DL3005", "DL3017", "DL3031", "DL3039", "DL4002", "DS-0003", "DS-0018", "DS-0028"];
    let hadolint = (1000..=1001).chain(3000..=3063).chain(4000..=4006).map(|number| format!("DL{number}"));
    let cis = (1..=11).map(|number| format!("CIS-DI-{number:04}"));
    let dockle = (1..=6).map(|number| format!("DKL-DI-{number:04}")).chain((1..=3).map(|n| format!("DKL-LI-{n:04}")));
    let trivy = (1..=32).map(|number| format!("DS-{number:04}"));
    for id in hadolint.chain(cis).chain(dockle).chain(trivy) {
        assert_eq!(ids.contains(&id), !gone.contains(&id.as_str()), "{id}");
    }
    assert_eq!(rules().iter().filter(|rule| rule.tool == "buildkit").count(), 22);
}

fn page() -> String {
    let rules = rules();
    let count = |start: &str| rules.iter().filter(|rule| answer(rule).starts_with(start)).count();
    let mut out = String::from(
        "# Rules of other tools\n\nWhat dfopt does about each rule of the tools that look at Dockerfiles and images: it rewrites what \
         they complain of, advises, or leaves it\nalone for a reason. Comments that ask hadolint or BuildKit to ignore a rule are obeyed \
         by the transforms named here.\n\nThis page is made from [rules.tsv](rules.tsv) and from what the transforms declare.\n",
    );
    writeln!(
        out,
        "Of {} rules, {} are rewritten, {} advised, {} out of scope.",
        rules.len(),
        count("rewritten"),
        count("advised"),
        count("out of scope")
    )
    .unwrap();
    for (tool, title) in TOOLS {
        write!(out, "\n## {title}\n\n| rule | what it finds | dfopt |\n| --- | --- | --- |\n").unwrap();
        for rule in rules.iter().filter(|rule| rule.tool == *tool) {
            writeln!(out, "| `{}` | {} | {} |", rule.id, rule.finds, answer(rule)).unwrap();
        }
    }
    out
}

#[test]
fn the_page_is_that_of_the_data() {
    let path = root().join("docs/rules.md");
    if std::env::var_os("DFOPT_UPDATE").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, page(), "run `DFOPT_UPDATE=1 cargo test --test rules`");
}
