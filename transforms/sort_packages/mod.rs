//! sort-packages: lists of packages, one a line, stand in the order of the alphabet.
//!
//! # Motivation
//! In a sorted list a duplicate is seen at once, and two people who add a package to it do not collide.
//!
//! # Soundness
//! A manager installs a set. The order decides the numbers of users and groups that packages make, and which of two that
//! can't stand together wins; so this is for a build to confirm. It is done if
//!  1. each word is a package by its plain name: no version, release, architecture, file, `pkg-`, `pkg+`, variable, pattern;
//!  2. each stands alone on its line, with no option and no comment between, which would speak of a neighbour;
//!  3. no option takes packages from one release rather than another.
//!
//! Sources: apt-get(8), apk(8), dnf(8).

use crate::edit::Edit;
use crate::engine::refusals::{COMMENT, INTERRUPTED_LIST, NOT_PLAIN, RELEASE, mark};
use crate::engine::{Chosen, Findings, Level, May, Meta, Refusal, Rewrite, Transform};
use crate::facts::Facts;
use crate::facts::packages::Work;
use crate::knowledge::programs::{Action, Manager};
use crate::script::Invocation;

/// The transform.
pub struct SortPackages;

/// Managers whose lists are sorted.
const MANAGERS: &[&str] = &["apt-get", "apt", "aptitude", "apk", "dnf", "yum", "microdnf", "tdnf", "zypper"];

/// Subcommands that install.
const VERBS: &[&str] = &[
    "install",
    "add",
    "in",
    "build-dep",
    "satisfy",
    "reinstall",
    "localinstall",
    "groupinstall",
    "builddep",
    "module",
];

static META: Meta = Meta {
    id: "sort-packages",
    summary: "package lists with one name a line stand in the order of the alphabet",
    page: include_str!("README.md"),
    ceiling: Level::Aggressive,
    needs: &[],
    may: &[May::Sort { of: MANAGERS, after: VERBS }],
    intends: &[],
    refusals: &[&COMMENT, &INTERRUPTED_LIST, &NOT_PLAIN, &RELEASE],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

impl Transform for SortPackages {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (_, _, work) in facts.works(true, &["apt", "apk", "dnf", "yum", "zypper"]) {
            let ours = |call: &Invocation| {
                matches!(call.manager(), Some(Manager::Apt | Manager::Apk | Manager::Dnf | Manager::Zypper))
                    && call.action() == Action::Install
            };
            work.calls().filter(ours).for_each(|call| look(facts, &work, call, out));
        }
    }
}

fn look(facts: &Facts, work: &Work, call: Invocation, out: &mut Findings) {
    let spans: Vec<_> = call.packages().map(|word| work.in_file(word.span())).collect();
    let lines: Vec<u32> = spans.iter().map(|span| facts.source.line(span.start as usize)).collect();
    let texts: Vec<&str> = spans.iter().map(|span| facts.source.slice(*span)).collect();
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return };
    if texts.len() < 3 || !lines.is_sorted_by(|a, b| a < b) || texts.is_sorted() {
        return;
    }
    let at = first.to(*last);
    match in_the_way(facts, work, call, at) {
        Some((refusal, what)) => out.refuse(at, refusal, what),
        None => {
            let mut sorted = texts.clone();
            sorted.sort_unstable();
            let pairs = spans.iter().zip(&texts).zip(&sorted).filter(|((_, old), new)| old != new);
            let edits = pairs.map(|((span, _), new)| Edit::replace(*span, *new)).collect();
            let reason = "in a sorted list duplicates show, and changes do not collide";
            out.rewrites.extend(Rewrite::new(at, Level::Aggressive, "sort the packages", reason, edits));
        }
    }
}

fn in_the_way(
    facts: &Facts,
    work: &Work,
    call: Invocation,
    at: crate::text::Span,
) -> Option<(&'static Refusal, String)> {
    let plain = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_alphanumeric())
            && word.ends_with(|c: char| c.is_ascii_alphanumeric())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_'))
    };
    let odd = call.packages().find(|word| {
        let raw = word.raw();
        !(plain(raw) || raw.ends_with("++") && plain(raw.trim_end_matches('+')))
    });
    let inside = |opt: &crate::script::Opt| at.contains(work.in_file(opt.span));
    let option = call.options().find(inside);
    let release = [
        "-t",
        "--target-release",
        "--default-release",
        "-o",
        "-c",
        "--repo",
        "--repoid",
        "--from",
        "-X",
        "--repository",
    ];
    match (odd, option) {
        (Some(word), _) => Some((&NOT_PLAIN, format!("`{}` is more than a package's name", word.raw()))),
        (_, Some(option)) => {
            Some((mark!(INTERRUPTED_LIST, "option"), format!("`{}` stands between the packages", option.name)))
        }
        _ if facts.source.slice(at).contains(['<', '>']) => {
            Some((mark!(INTERRUPTED_LIST, "redirection"), "a redirection stands between the packages".to_owned()))
        }
        _ if call.has(&release) => Some((&RELEASE, RELEASE.summary.to_owned())),
        _ if facts.source.slice(at).lines().any(|line| line.trim_start().starts_with('#')) => {
            Some((&COMMENT, "a comment in the list speaks of its neighbour".to_owned()))
        }
        _ => None,
    }
}
