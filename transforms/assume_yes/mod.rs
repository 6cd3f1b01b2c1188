//! assume-yes: package managers that ask before they go on are told `-y`.
//!
//! # Motivation
//! A build has nobody who answers: the command fails as soon as the manager wants a word, which depends on whether a package
//! brings others along.
//!
//! # Soundness
//! `-y` answers questions and changes nothing where none is asked. It is added if
//!  1. the command has no option that answers already, nor one that makes it only show what it would do;
//!  2. nothing answers from a pipe or a file, and no configuration in the file speaks of it;
//!  3. the step fails where the command does: one whose failure is ignored may have done nothing until now.
//!
//! Sources: the manual pages of apt-get, aptitude, dnf, yum, tdnf, microdnf and zypper.

use crate::edit::Edit;
use crate::engine::refusals::{ANSWERED, FAILURE_IGNORED};
use crate::engine::{At, Chosen, Findings, Level, May, Meta, Rewrite, Transform, Words};
use crate::facts::Facts;
use crate::facts::packages::Work;
use crate::knowledge::programs::{Action, Manager};
use crate::script::Invocation;

/// The transform.
pub struct AssumeYes;

/// Managers that take `-y` behind the subcommand.
const MANAGERS: &[&str] = &["apt-get", "apt", "aptitude", "dnf", "yum", "microdnf", "tdnf"];

/// Subcommands that install, upgrade or remove.
const VERBS: &[&str] = &[
    "install",
    "build-dep",
    "satisfy",
    "reinstall",
    "upgrade",
    "dist-upgrade",
    "full-upgrade",
    "dselect-upgrade",
    "safe-upgrade",
    "remove",
    "purge",
    "autoremove",
    "autopurge",
    "localinstall",
    "groupinstall",
    "group",
    "groups",
    "builddep",
    "swap",
    "module",
    "update",
    "upgrade-minimal",
    "update-minimal",
    "distro-sync",
    "erase",
];

static META: Meta = Meta {
    id: "assume-yes",
    summary: "package managers are told `-y`, since nobody answers in a build",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[
        May::AddWord { to: MANAGERS, at: At::Verb(VERBS), words: Words::One(&["-y"]) },
        May::AddWord { to: &["zypper"], at: At::Program, words: Words::One(&["--non-interactive"]) },
    ],
    intends: &[],
    refusals: &[&ANSWERED, &FAILURE_IGNORED],
    options: &[],
    hadolint: &["DL3014", "DL3030", "DL3034", "DL3038"],
    checks: &["DS-0021"],
    since: "0.1.0",
};

impl Transform for AssumeYes {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (_, _, work) in facts.works(true, &["apt", "dnf", "yum", "zypper"]) {
            for call in work.calls().filter(|call| asks(*call)) {
                look(facts, &work, call, out);
            }
        }
    }
}

/// Whether a command may ask.
fn asks(call: Invocation) -> bool {
    if !matches!(call.action(), Action::Install | Action::Upgrade | Action::Remove) {
        return false;
    }
    let shows = [
        "-s",
        "--simulate",
        "--just-print",
        "--dry-run",
        "--recon",
        "--no-act",
        "--print-uris",
        "--assumeno",
        "--assume-no",
    ];
    let answers: &[&str] = match call.manager() {
        Some(Manager::Apt) => &["-y", "--yes", "--assume-yes", "--force-yes", "--trivial-only", "--version", "--help"],
        Some(Manager::Dnf) => &["-y", "--assumeyes", "--help", "--version"],
        Some(Manager::Zypper) => &["-n", "--non-interactive", "-y", "--no-confirm", "--help", "--version"],
        _ => return false,
    };
    if call.has(answers) {
        return false;
    }
    let twice = call.options().filter(|opt| opt.is(&["-q", "--quiet"])).count() > 1;
    let level = call.option(&["-q"]).is_some_and(|opt| opt.literal().as_deref() == Some("2"));
    let quiet = call.manager() == Some(Manager::Apt) && (twice || level);
    let hidden = call.packages().next().is_some_and(|word| word.literal().is_none());
    // without a package, these have nothing to do
    let named = ["install", "in", "remove", "purge", "rm", "erase"];
    let idle = call.packages().next().is_none() && call.verb().is_some_and(|verb| named.contains(&verb.raw()));
    !idle && !call.has(&shows) && !quiet && !hidden
}

fn look(facts: &Facts, work: &Work, call: Invocation, out: &mut Findings) {
    let Some(place) = call.verb_place() else { return };
    let at = work.in_file(call.span());
    let text = facts.source.text().to_ascii_lowercase();
    let configured = ["assume-yes", "assumeyes", "force-yes"].iter().any(|word| text.contains(word));
    if call.is_fed() || configured {
        return out.refuse(at, &ANSWERED, ANSWERED.summary);
    }
    if !call.flow().must() {
        return out.refuse(
            at,
            &FAILURE_IGNORED,
            "the build goes on if the command fails, so that it may do nothing until now",
        );
    }
    let edit = match call.manager() {
        Some(Manager::Zypper) => Edit::insert(
            work.file_offset_behind(call.name_word().map_or(call.span().start, |word| word.span().end)),
            " --non-interactive",
        ),
        _ => Edit::insert(work.file_offset_behind(place), " -y"),
    };
    let reason = "in a build nobody answers, and the command fails as soon as it asks";
    let title = format!("tell `{}` to go on without asking", call.program_name());
    out.rewrites.extend(Rewrite::new(at, Level::Recommended, title, reason, vec![edit]));
}
