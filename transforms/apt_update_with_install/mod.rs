//! apt-update-with-install: `apt-get update` stands in the RUN that installs.
//!
//! # Motivation
//! Where an earlier RUN fetched the lists, the builder takes them from its cache, be they weeks old, and the install asks for
//! packages that the archive no longer has. And what that RUN fetched stays in the image whatever a later one removes.
//!
//! # Soundness
//! On Debian's and Ubuntu's own images, which come without lists, an install without an update finds no package at all: the build
//! fails today, and an update is put before it.
//!
//! An update more gives what a build without cache gives. It is put before the install if
//!  1. an update ran before, in this stage or a parent: the network is there, and the sources answer;
//!  2. nothing since then may have changed the sources;
//!  3. the RUN has network, and no mount over the lists;
//!  4. the text is a chain of `&&`, so that an update that fails stops it;
//!  5. the command names packages of the archive, not only files.
//!
//! A RUN that only updates goes where all later installs of its stage and its children update for themselves by then, and
//! nothing else may want the lists.
//!
//! Sources: apt-get(8); the best practices of Docker's manual on `apt-get update`.

use crate::edit::Edit;
use crate::engine::refusals::{CACHE_MOUNT, LOCAL_PACKAGE, NOT_A_CHAIN, OFFLINE, SOURCES_CHANGED, WRAPPED};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Near, Rewrite, Transform};
use crate::facts::layout::{attached, taken_away};
use crate::facts::packages::Work;
use crate::facts::{Facts, Step, package_lists, uses};
use crate::knowledge::programs::{Action, Manager};
use crate::knowledge::{images, recommends};
use crate::script::{Argument, Invocation};
use crate::syntax::Keyword;

/// The transform.
pub struct AptUpdateWithInstall;

static META: Meta = Meta {
    id: "apt-update-with-install",
    summary: "`apt-get update` runs in the RUN that installs, not in a layer of its own that grows old",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[crate::engine::Need::Network],
    may: &[
        May::AddCommand { commands: &["apt-get update", "sudo apt-get update"], near: Near::Before(&["apt-get"]) },
        May::AddCommand { commands: &["apt update", "sudo apt update"], near: Near::Before(&["apt"]) },
        May::AddCommand { commands: &["aptitude update", "sudo aptitude update"], near: Near::Before(&["aptitude"]) },
        May::DropCommand(&[
            "apt-get [-y|-q|-qq|--yes|-yq|-qy|-yqq|-qqy] update",
            "DEBIAN_FRONTEND=noninteractive apt-get [-y|-q|-qq|--yes|-yq|-qy|-yqq|-qqy] update",
            "apt [-y|-q|-qq|--yes|-yq|-qy|-yqq|-qqy] update",
            "aptitude [-y|-q|-qq|--yes|-yq|-qy|-yqq|-qqy] update",
        ]),
    ],
    intends: &[Intent::Added(&["/var/lib/apt/lists/**"]), Intent::Removed(&["/var/lib/apt/lists/**"])],
    refusals: &[&CACHE_MOUNT, &LOCAL_PACKAGE, &NOT_A_CHAIN, &OFFLINE, &SOURCES_CHANGED, &WRAPPED],
    options: &[],
    hadolint: &[],
    checks: &["CIS-DI-0007", "DS-0017"],
    since: "0.1.0",
};

/// Packages of the table of recommended ones that the base images have themselves.
const OF_THE_BASE: &[&str] = &["bash", "gzip", "libc6", "libstdc++6", "sed", "tar", "tzdata", "zlib1g"];

impl Transform for AptUpdateWithInstall {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(true, &["apt"]) {
            let mut apt = work.calls().filter(|call| call.manager() == Some(Manager::Apt));
            let first = apt.find(|call| matches!(call.action(), Action::Install | Action::Upgrade | Action::Refresh));
            match first {
                Some(call) if call.action() == Action::Refresh => remove_lone(facts, (stage, step), &work, call, out),
                Some(call) => look(facts, (stage, step), &work, call, out),
                None => {}
            }
        }
    }
}

fn look(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation, out: &mut Findings) {
    let (fetched, changed) = facts.lists_before(stage, step);
    let text = work.text.text();
    let bare = !fetched && has_no_lists(facts, stage, work, call);
    if !(fetched || bare) || package_lists::fetches_by_script(&text[..call.span().start as usize]).is_some() {
        return;
    }
    let at = work.in_file(call.span());
    let own = &text[..call.span().start as usize];
    match refusal(work, call) {
        Some((refusal, what)) => out.refuse(at, refusal, what),
        None if changed.is_some() || package_lists::may_change_sources(own) => {
            let what = changed.unwrap_or_else(|| own.chars().take(80).collect());
            out.refuse(at, &SOURCES_CHANGED, format!("`{}` may have changed where packages come from", what.trim()));
        }
        None => {
            let sudo = if call.is_bare() { "" } else { "sudo " };
            let edit =
                Edit::insert(at.start as usize, format!("{sudo}{} update && ", call.called().unwrap_or_default()));
            let (title, reason) = match bare {
                true => (
                    "update the package lists before the install",
                    "the base image has no lists: the install finds no package",
                ),
                false => (
                    "update the package lists where they are used",
                    "lists that an earlier layer fetched grow old in the builder's cache",
                ),
            };
            out.rewrites.extend(Rewrite::new(at, Level::Recommended, title, reason, vec![edit]));
        }
    }
}

/// Whether an install surely has no lists to work with: the base is Debian's or Ubuntu's own image, which comes without, nothing
/// before it may have fetched or brought some, and a package that it names is none of the base.
fn has_no_lists(facts: &Facts, stage: usize, work: &Work, call: Invocation) -> bool {
    let base = facts.reference(stage).map(|reference| images::short(images::split(reference).0));
    let index = facts.stages[stage].steps.iter().position(|step| step.item == work.item).unwrap_or_default();
    let mut quiet = true;
    facts.each_step_before(stage, index, &mut |facts, step| quiet &= brings_no_lists(facts, step));
    let first = work.calls().next().is_some_and(|one| one.span() == call.span());
    let named = call.packages().filter_map(Argument::literal);
    let apart = named
        .into_iter()
        .any(|name| name.parse::<u64>().is_err() && recommends::of(&name).is_some() && !OF_THE_BASE.contains(&&*name));
    matches!(base, Some("debian" | "ubuntu")) && quiet && first && apart
}

/// Whether a step is known to leave apt's lists as they are: it is no RUN, or one that only installs, and copies none.
fn brings_no_lists(facts: &Facts, step: &Step) -> bool {
    let one = step.instruction;
    match one.keyword {
        Keyword::Copy | Keyword::Add => false,
        Keyword::Run => facts.commands(step.item).is_some_and(|commands| {
            commands.deep().iter().all(|one| one.manager() == Some(Manager::Apt) && one.action() != Action::Refresh)
        }),
        _ => true,
    }
}

fn refusal(work: &Work, call: Invocation) -> Option<(&'static crate::engine::Refusal, String)> {
    let local = |word: Argument| word.literal().is_none_or(|word| word.contains('/') || word.ends_with(".deb"));
    let files = call.action() == Action::Install && call.packages().all(local);
    let without = ["--no-download", "--print-uris", "--fix-broken", "-f"];
    let mount = uses::mounted(work.instruction, &["/var/lib/apt/lists", "/var/cache/apt"]);
    match () {
        () if files => Some((&LOCAL_PACKAGE, "it installs files, and may have to do without network".to_owned())),
        () if uses::offline(work.instruction) || call.has(&without) => Some((&OFFLINE, OFFLINE.summary.to_owned())),
        () if mount.is_some() => Some((&CACHE_MOUNT, format!("`{}` keeps the lists", mount.unwrap_or_default()))),
        () if !call.is_bare() && !is_plain_sudo(call) => {
            let wrapped = &work.text.text()[call.span().start as usize..];
            let end = call.name_word().map_or(call.span().start, |word| word.span().start) - call.span().start;
            Some((&WRAPPED, format!("`{}` runs the command", wrapped[..end as usize].trim())))
        }
        () if !call.flow().chain || !work.is_posix() => {
            Some((&NOT_A_CHAIN, "an update that fails would not stop the text".to_owned()))
        }
        () => None,
    }
}

/// Whether a command is wrapped in `sudo` without options alone.
fn is_plain_sudo(call: Invocation) -> bool {
    call.wrappers().len() == 1 && call.wrappers().all(|one| one.name() == "sudo" && one.words().next().is_none())
}

/// A RUN that only updates, for nobody.
fn remove_lone(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation, out: &mut Findings) {
    let quiet = call.options().all(|opt| matches!(&*opt.name, "-y" | "-q" | "-qq" | "--yes" | "-yq" | "-qy"));
    let alone = call.span().len() == work.text.text().trim().len() && quiet && work.instruction.flags.is_empty();
    let usual = call.assignments().all(|one| work.text.text()[one.span().range()] == *"DEBIAN_FRONTEND=noninteractive");
    let bare = attached(facts, work.item) == facts.file.items[work.item].span.start as usize;
    if !alone || !usual || !bare || !call.is_bare() || !work.instruction.heredocs.is_empty() {
        return;
    }
    let later = facts.stages[stage].steps.iter().skip(step + 1);
    let again = later.filter(|one| one.instruction.keyword == Keyword::Run).any(|one| {
        let work = facts.work(&facts.stages[stage], one);
        work.is_some_and(|work| work.calls().any(|call| call.does(Manager::Apt, Action::Refresh) && call.flow().must()))
    });
    let wanted = facts.lists_are_done(Manager::Apt, stage, step).is_err()
        || facts.taken_out(stage, &["/var/lib/apt/lists"]).is_some();
    let source = facts.source.slice(facts.file.items[work.item].span);
    if !again || wanted || source.lines().any(|line| line.trim_start().starts_with('#')) {
        return;
    }
    let start = facts.file.items[work.item].span.start as usize;
    let edit = Edit::delete(taken_away(facts, start, work.item));
    let reason = "what it fetches stays in its layer, and each later install fetches it again";
    let at = work.instruction.keyword_span.to(work.in_file(call.span()));
    out.rewrites.extend(Rewrite::new(
        at,
        Level::Recommended,
        "take away an update that nothing uses",
        reason,
        vec![edit],
    ));
}
