//! apt-no-recommends: `apt-get install` brings what is asked for and what that needs, not what goes well with it.
//!
//! # Motivation
//! On Debian and Ubuntu an install brings all recommended packages too: documentation, translations, servers, desktops.
//!
//! # Soundness
//! Some recommended packages are what makes a program work: certificates for https, ssh for git. The rewrite is recommended if
//!  1. the base image is a release of Debian or Ubuntu for which that was judged; on others nothing is rewritten at all;
//!  2. each package of the command is one of which it was judged what it loses, and what programs need of that is named
//!     in the command from then on;
//!  3. nothing in the file speaks of recommended packages: a comment, an option, a configuration;
//!  4. the words are packages by their names, with no file, task, release or version that decides what is recommended.
//!
//! Otherwise it is for a build to confirm, at `aggressive`, and what is known to be needed is still named.
//!
//! Sources: the manual page of apt-get, the package lists of Debian 11 to 13 (`recommends.tsv` says what was judged).

use crate::edit::Edit;
use crate::engine::refusals::{UNKNOWN_RELEASE, WANTED};
use crate::engine::{At, Chosen, Findings, Intent, Level, May, Meta, Rewrite, STAGES, Stages, Transform, Words};
use crate::facts::packages::Work;
use crate::facts::{Facts, Truth};
use crate::knowledge::images::Distribution;
use crate::knowledge::programs::{Action, Manager};
use crate::knowledge::recommends::{self, Needs};
use crate::script::{Argument, Invocation};
use std::borrow::Cow;
use std::cell::LazyCell;

/// The transform.
pub struct AptNoRecommends;

static META: Meta = Meta {
    id: "apt-no-recommends",
    summary: "`apt-get install` leaves out recommended packages that nothing needs",
    page: include_str!("README.md"),
    ceiling: Level::Aggressive,
    needs: &[],
    may: &[
        May::AddWord {
            to: &["apt-get", "apt"],
            at: At::Options(&["install"]),
            words: Words::One(&["--no-install-recommends"]),
        },
        May::AddWord { to: &["aptitude"], at: At::Options(&["install"]), words: Words::One(&["--without-recommends"]) },
        May::AddWord {
            to: &["apt-get", "apt"],
            at: At::Operand(&["install"]),
            words: Words::Beside(recommends::is_kept_beside),
        },
    ],
    intends: &[
        Intent::Removed(&[
            "/bin/**",
            "/etc/**",
            "/lib/**",
            "/opt/**",
            "/root/.ssh",
            "/run/**",
            "/sbin/**",
            "/usr/**",
            "/var/**",
        ]),
        Intent::Content(&["/etc/**", "/usr/**", "/var/lib/**"]),
        // accounts of the system get their numbers in the order in which packages make them
        Intent::Owner(&["/etc/**", "/run/**", "/usr/**", "/var/**"]),
        // packages that make accounts leave a copy of the files before, with their mode
        Intent::Mode(&["/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-"]),
        // update-alternatives chooses among the packages that are there: without `less`, `pager` is `more`
        Intent::Target(&["/etc/alternatives/*"]),
    ],
    refusals: &[&UNKNOWN_RELEASE, &WANTED],
    options: &[&STAGES],
    hadolint: &["DL3015"],
    checks: &["CIS-DI-0003", "DS-0029"],
    since: "0.1.0",
};

impl Transform for AptNoRecommends {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, chosen: Chosen, out: &mut Findings) {
        let all = chosen.get(&STAGES) == Stages::All;
        let wanted = LazyCell::new(|| speaks_of_recommends(facts.source.text()));
        for (stage, step, work) in facts.works(all, &["apt"]) {
            for call in work.calls().filter(|call| is_open(*call)) {
                match &*wanted {
                    Some(line) => out.refuse(work.in_file(call.span()), &WANTED, format!("`{line}` speaks of them")),
                    None => look(facts, (stage, step), &work, call, out),
                }
            }
        }
    }
}

/// Whether recommended packages come along.
fn is_open(call: Invocation) -> bool {
    let said =
        ["--no-install-recommends", "--without-recommends", "-R", "--install-recommends", "--with-recommends", "-r"];
    let verb = call.verb().is_some_and(|verb| verb.raw() == "install");
    call.does(Manager::Apt, Action::Install) && verb && !call.has(&said) && call.packages().next().is_some()
}

/// A line that speaks of recommended packages other than in an option of a command.
fn speaks_of_recommends(text: &str) -> Option<String> {
    let spoken = |line: &&str| {
        let lower = line.to_ascii_lowercase();
        let comment = lower.trim_start().starts_with('#') && lower.contains("recommend") && !lower.contains("dl3015");
        comment || lower.contains("install-recommends \"") || lower.contains("apt::install-recommends")
    };
    if !text.to_ascii_lowercase().contains("recommend") {
        return None;
    }
    text.lines().find(spoken).map(|line| line.trim().chars().take(80).collect())
}

fn look(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation, out: &mut Findings) {
    let (Some(place), at) = (call.option_place(), work.in_file(call.span())) else { return };
    if !facts.reference(stage).is_some_and(recommends::holds_in) {
        let what = "what an install loses was judged for Debian 11 to 13 and Ubuntu 22.04 and 24.04; the base image is not known to be one of these";
        return out.refuse(at, &UNKNOWN_RELEASE, what);
    }
    let option = if call.program_name() == "aptitude" { " --without-recommends" } else { " --no-install-recommends" };
    let mut edits = vec![Edit::insert(work.file_offset_behind(place), option)];
    let Judged { beside, whole } = judged(facts, (stage, step), work, call);
    let level = if whole { Level::Recommended } else { Level::Aggressive };
    let mut title = "install without recommended packages".to_owned();
    let last = call.packages().map(|word| word.span().end).max().unwrap_or(place);
    if !beside.is_empty() {
        title = format!("{title}, but for {}", beside.join(", "));
        edits.extend(added(facts, work, call, &beside, last));
    }
    let reason = "what is only recommended makes the image larger";
    out.rewrites.extend(Rewrite::new(at, level, title, reason, edits));
}

/// The edits that add packages to a list: after the last one, or, if each has a line of its own, on such lines, in order if the
/// list is.
fn added(facts: &Facts, work: &Work, call: Invocation, names: &[&str], last: u32) -> Vec<Edit> {
    let at = |end: u32| work.file_offset_behind(end);
    let text = facts.source.text();
    let line_before = |start: usize| text[..start].rsplit('\n').next().unwrap_or_default();
    let words: Vec<Argument> = call.packages().collect();
    let own = |word: &Argument| line_before(work.in_file(word.span()).start as usize).trim().is_empty();
    let Some(indent) = words
        .last()
        .filter(|word| words.len() > 1 && own(word))
        .map(|word| line_before(work.in_file(word.span()).start as usize))
    else {
        return vec![Edit::insert(at(last), format!(" {}", names.join(" ")))];
    };
    let listed: Vec<Argument> = words.iter().filter(|word| own(word)).copied().collect();
    // a comment speaks of the package below it
    let list = work.in_file(words[0].span().to(words[words.len() - 1].span()));
    let commented = facts.source.slice(list).contains('#') || line_above(text, list.start as usize).starts_with('#');
    let ordered = listed.is_sorted_by(|left, right| left.raw() <= right.raw());
    let sorted = listed.len() > 1 && ordered && !commented;
    let end = format!(" {}{}{indent}", facts.file.escape, facts.source.eol());
    let mut tail = String::new();
    let mut edits = Vec::new();
    let mut places: Vec<(usize, String)> = Vec::new();
    for name in names {
        match listed.iter().find(|word| sorted && word.raw() > *name) {
            Some(next) => {
                let start = work.in_file(next.span()).start as usize;
                match places.iter_mut().find(|(place, _)| *place == start) {
                    Some((_, before)) => before.push_str(&format!("{name}{end}")),
                    None => places.push((start, format!("{name}{end}"))),
                }
            }
            None => tail.push_str(&format!("{end}{name}")),
        }
    }
    edits.extend(places.into_iter().map(|(place, text)| Edit::insert(place, text)));
    if !tail.is_empty() {
        edits.push(Edit::insert(at(last), tail));
    }
    edits
}

/// The line above the one in which a byte stands.
fn line_above(text: &str, at: usize) -> &str {
    text[..at].rsplit('\n').nth(1).unwrap_or_default().trim()
}

/// What is known of what a command loses.
struct Judged {
    /// What must be named in it so that nothing that programs need is lost, as far as that is known.
    beside: Vec<&'static str>,
    /// Whether that is known of all its packages.
    whole: bool,
}

fn judged(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation) -> Judged {
    let decides = call.has(&["-t", "-o", "-c", "-f", "--target-release", "--default-release"]);
    let family = matches!(facts.family(stage), Some(Distribution::Debian | Distribution::Ubuntu));
    if call.program_name() == "aptitude" {
        return Judged { beside: Vec::new(), whole: false };
    }
    let (mut beside, mut whole) = (Vec::<&'static str>::new(), family && !decides);
    for word in call.packages() {
        let needs = word.literal().and_then(|word| recommends::of(&word));
        let unjudged =
            |needs: &Needs| needs.unjudged.iter().any(|name| recommends::speaks_of(facts.source.text(), name));
        whole &= needs.is_some_and(|needs| !unjudged(needs));
        let spoken = |name: &&&'static str| recommends::speaks_of(facts.source.text(), name);
        beside.extend(needs.into_iter().flat_map(|needs| needs.keep.iter().chain(needs.named.iter().filter(spoken))));
    }
    // what the image has, and what an earlier command of the text surely installs, is there
    let earlier = work.calls().filter(|one| one.span().end < call.span().start && one.flow().must());
    let installs = earlier.filter(|one| one.does(Manager::Apt, Action::Install));
    let named = installs.chain([call]).flat_map(Invocation::packages).filter_map(Argument::literal);
    let there: Vec<Cow<str>> = named.collect();
    beside.retain(|name| !there.iter().any(|there| there == name) && facts.tool(stage, step, name) != Truth::Yes);
    beside.sort_unstable();
    beside.dedup();
    Judged { beside, whole }
}
