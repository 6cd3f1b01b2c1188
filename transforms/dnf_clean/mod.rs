//! dnf-clean: the RUN that installs with dnf, yum, microdnf, tdnf or zypper cleans up behind itself.
//!
//! # Motivation
//! These managers keep the repositories' metadata, and some the packages too: 20 to 300 MB in the layer of the RUN.
//!
//! # Soundness
//! `clean all` is put behind all else that the RUN does if
//!  1. the RUN installs or upgrades, and does not clean behind that;
//!  2. no later command must do without network (`-C`, `--network=none`), or uses what was downloaded: all others fetch the
//!     metadata again by themselves;
//!  3. nothing copies the cache out of the stage, and no mount is over it;
//!  4. the RUN is root's;
//!  5. the manager is there whatever branch the RUN takes, is still there, works on this root, and has its repositories: without
//!     any, `clean` fails;
//!  6. `&&` can stand behind the text.
//!
//! Sources: dnf(8), yum(8), zypper(8); microdnf and tdnf `--help`.

use crate::edit::Edit;
use crate::engine::refusals::{
    BACKGROUND, CACHE_MOUNT, ERREXIT, HEREDOC, MISSING_PROGRAM, NOT_ROOT, OTHER_ROOT, SOURCES_CHANGED, USED_ELSEWHERE,
    mark,
};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Near, Refusal, Rewrite, Transform};
use crate::facts::layout::Style;
use crate::facts::packages::{NoTail, Work};
use crate::facts::{Facts, Step, Truth, package_lists, uses};
use crate::knowledge::images;
use crate::knowledge::programs::{Action, Manager};
use crate::script::Invocation;
use crate::syntax::Keyword;

/// The transform.
pub struct DnfClean;

static META: Meta = Meta {
    id: "dnf-clean",
    summary: "the RUN that installs with dnf, yum, microdnf, tdnf or zypper removes their cache",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[
        May::AddCommand { commands: &["dnf clean all"], near: Near::Last(&["dnf"]) },
        May::AddCommand { commands: &["yum clean all"], near: Near::Last(&["yum"]) },
        May::AddCommand { commands: &["microdnf clean all"], near: Near::Last(&["microdnf"]) },
        May::AddCommand { commands: &["tdnf clean all"], near: Near::Last(&["tdnf"]) },
        May::AddCommand { commands: &["zypper clean --all"], near: Near::Last(&["zypper"]) },
    ],
    intends: &[Intent::Removed(&[
        "/var/cache/dnf/**",
        "/var/cache/libdnf5/**",
        "/var/cache/tdnf/**",
        "/var/cache/yum/**",
        "/var/cache/zypp/**",
    ])],
    refusals: &[
        &BACKGROUND,
        &CACHE_MOUNT,
        &ERREXIT,
        &HEREDOC,
        &MISSING_PROGRAM,
        &NOT_ROOT,
        &OTHER_ROOT,
        &SOURCES_CHANGED,
        &USED_ELSEWHERE,
    ],
    options: &[],
    hadolint: &["DL3032", "DL3036", "DL3040"],
    checks: &["DS-0015", "DS-0019", "DS-0020", "DS-0027"],
    since: "0.1.0",
};

/// Where the managers keep what they fetched.
const PLACES: &[&str] =
    &["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5", "/var/cache/tdnf", "/var/cache/zypp"];

impl Transform for DnfClean {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(false, &["dnf", "yum", "zypper"]) {
            let Some(call) = leaves_cache(&work) else { continue };
            let at = work.in_file(call.span());
            match place(facts, stage, step, &work, call) {
                Err((refusal, what)) => out.refuse(at, refusal, what),
                Ok(end) => {
                    let style = Style::of_runs(facts, [facts.stages[stage].steps[step].item]);
                    let clean = format!(
                        "{} clean {}",
                        call.called().unwrap_or_default(),
                        if is_zypper(call) { "--all" } else { "all" }
                    );
                    let edit = Edit::insert(end, style.join(&[], &clean));
                    let reason = "the metadata of the repositories is never read in an image";
                    let title = format!("clean `{}`'s cache in the RUN that filled it", call.program_name());
                    out.rewrites.extend(Rewrite::new(at, Level::Recommended, title, reason, vec![edit]));
                }
            }
        }
    }
}

fn is_zypper(call: Invocation) -> bool {
    call.manager() == Some(Manager::Zypper)
}

fn is_ours(call: Invocation) -> bool {
    matches!(call.manager(), Some(Manager::Dnf | Manager::Zypper))
}

/// Whether the base image surely has the manager of a command. A base that an ARG names may be another one.
fn has_manager(facts: &Facts, stage: usize, call: Invocation) -> bool {
    let manager = match call.program_name() {
        "dnf" => images::Manager::Dnf,
        "microdnf" => images::Manager::Microdnf,
        "tdnf" => images::Manager::Tdnf,
        "yum" => images::Manager::Yum,
        "zypper" => images::Manager::Zypper,
        _ => return false,
    };
    let root = facts.chain(stage).first().copied();
    let fixed = root.and_then(|root| facts.named(root)).is_some_and(|named| !named.raw.contains('$'));
    fixed && facts.manager(stage, manager) == Truth::Yes
}

/// The last command of a RUN that fills a cache that stays.
fn leaves_cache<'w>(work: &Work<'w>) -> Option<Invocation<'w>> {
    let does = |call: Invocation, actions: &[Action]| is_ours(call) && actions.contains(&call.action());
    work.calls().find(|call| does(*call, &[Action::Install, Action::Upgrade]))?;
    let last = work.calls().rfind(|call| does(*call, &[Action::Install, Action::Upgrade, Action::Refresh]))?;
    let behind = &work.text.text()[last.span().end as usize..];
    let cleaned =
        work.calls().any(|call| is_ours(call) && call.action() == Action::Clean && call.span().start > last.span().end);
    let removed = behind.contains("/var/cache");
    (!cleaned && !removed).then_some(last)
}

fn place(
    facts: &Facts,
    stage: usize,
    step: usize,
    work: &Work,
    call: Invocation,
) -> Result<usize, (&'static Refusal, String)> {
    let refuse = |refusal: &'static Refusal, what: String| Err((refusal, what));
    if let Some(mount) = uses::mounted(work.instruction, PLACES) {
        return refuse(&CACHE_MOUNT, format!("`{mount}` keeps the cache out of the image"));
    }
    if !call.is_bare() || !(work.is_root() || call.flow().must()) {
        return refuse(&NOT_ROOT, NOT_ROOT.summary.to_owned());
    }
    if work.calls().any(|call| is_ours(call) && call.has(&["--installroot", "--root", "-R"])) {
        return refuse(&OTHER_ROOT, OTHER_ROOT.summary.to_owned());
    }
    if !call.flow().must() && !has_manager(facts, stage, call) {
        return refuse(
            &MISSING_PROGRAM,
            format!("whether `{}` runs is decided by the build, and it may not be there", call.program_name()),
        );
    }
    if let Some(mark) = changes_repositories(work) {
        return refuse(&SOURCES_CHANGED, format!("`{mark}` is in the text: without repositories cleaning fails"));
    }
    if let Some(who) = needs_cache(facts, stage, step, work) {
        return refuse(
            mark!(USED_ELSEWHERE, "offline"),
            format!("`{}` works from the cache", who.chars().take(80).collect::<String>()),
        );
    }
    if let Some(who) = facts.taken_out(stage, PLACES) {
        return refuse(mark!(USED_ELSEWHERE, "copied"), format!("`{}` copies it", who.trim()));
    }
    work.tail().map_err(|why| {
        let (refusal, what): (&'static Refusal, &str) = match why {
            NoTail::Heredoc => (&HEREDOC, "its text is in a heredoc"),
            NoTail::Background => (&BACKGROUND, "its last command runs in the background"),
            NoTail::Errexit => {
                (&ERREXIT, "`set -e` decides where its last group stops, and does nothing on the left of `&&`")
            }
        };
        (refusal, what.to_owned())
    })
}

/// A mark in the text of repositories that are switched off or taken away, or of the manager itself being removed.
fn changes_repositories(work: &Work) -> Option<&'static str> {
    const MARKS: &[&str] = &[
        "yum.repos.d",
        "/etc/yum",
        "/etc/dnf",
        "/etc/zypp",
        "config-manager",
        "--disablerepo",
        "--disable-repo",
        "--disablerepo=*",
        "subscription-manager",
        "removerepo",
        " rr ",
        "modifyrepo",
        " mr ",
        "rpm -e",
        "rpm --erase",
    ];
    let text = work.text.text();
    let removes = |call: Invocation| {
        let own =
            |word: &str| word == call.program_name() || ["dnf", "yum", "microdnf", "zypper", "tdnf"].contains(&word);
        is_ours(call)
            && call.action() == Action::Remove
            && call.packages().any(|word| word.literal().as_deref().is_none_or(own))
    };
    let removed = work.calls().any(removes).then_some("remove");
    MARKS.iter().copied().find(|mark| text.contains(mark)).or(removed)
}

/// A command that must work from the cache: in the RUN itself behind a download, or later.
fn needs_cache(facts: &Facts, stage: usize, step: usize, work: &Work) -> Option<String> {
    let downloads = ["--downloadonly", "--download-only", "-d"];
    if work.calls().any(|call| is_ours(call) && call.has(&downloads)) {
        return Some(work.text.text().to_owned());
    }
    let is_run = |one: &Step| matches!(one.instruction.keyword, Keyword::Run | Keyword::Onbuild);
    let wanting =
        facts.marked("fails where dnf's cache is empty", |_, one| is_run(one) && wants_content(facts, one).is_some());
    if let Some(place) = wanting.after((stage, step)) {
        return facts.step(place).and_then(|one| wants_content(facts, one));
    }
    let offline = |text: &str| {
        let named = text.split_whitespace().any(|word| matches!(word, "-C" | "--cacheonly" | "--no-refresh"));
        (named || text.contains("--network=none")) && ["dnf", "yum", "zypper"].iter().any(|name| text.contains(name))
    };
    let offline = facts.marked("works from dnf's cache", |_, one| is_run(one) && offline(one.instruction.line.text()));
    let one = facts.step(offline.after((stage, step))?)?;
    Some(one.instruction.line.text().to_owned())
}

/// A command of a RUN that fails where the cache is empty.
fn wants_content(facts: &Facts, step: &Step) -> Option<String> {
    let mut commands = facts.commands(step.item)?.iter();
    commands.find_map(|one| PLACES.iter().find_map(|place| package_lists::needs_content(one, place)))
}
