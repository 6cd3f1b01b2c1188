//! apk-no-cache: `apk` fetches its index for itself and keeps nothing.
//!
//! # Motivation
//! `apk update` leaves the index in the layer; `--no-cache` reads it fresh and keeps nothing, so that neither the update nor a
//! removal behind it is needed.
//!
//! # Soundness
//! `--no-cache` goes to each `apk add` and `apk upgrade` if
//!  1. the command may use the network, and wants packages of the archive, not only files;
//!  2. no cache was set up (`/etc/apk/cache`, a mount, `--cache-dir`), and it works on this root;
//!  3. the base image is none of those whose apk is too old to know the option;
//!  4. nothing of the file needs a file in the cache: `rm /var/cache/apk/*` fails where there is none, and gets `-f`.
//!
//! An `apk update` goes where nothing behind it wants its index, neither in its RUN nor later: other commands, scripts that are
//! not seen, the program that the image runs. `rm -rf /var/cache/apk/*` goes where the image is Alpine's own, whose cache is
//! empty, and nothing of the stage fills it.
//!
//! Sources: apk(8), apk-add(8); apk-tools 2.6.4 brought the option.

use crate::edit::Edit;
use crate::engine::refusals::{
    CACHE_MOUNT, LOCAL_PACKAGE, OFFLINE, OLD_VERSION, OTHER_ROOT, OWN_CACHE, USED_ELSEWHERE, mark,
};
use crate::engine::{At, Chosen, Findings, Intent, Level, May, Meta, Refusal, Rewrite, Transform, Words};
use crate::facts::packages::Work;
use crate::facts::{Facts, package_lists, uses};
use crate::knowledge::features;
use crate::knowledge::images::Distribution;
use crate::knowledge::programs::{Action, Manager};
use crate::script::{Argument, Invocation};
use crate::shell::{Connector, Pipeline};
use crate::text::Span;

/// The transform.
pub struct ApkNoCache;

static META: Meta = Meta {
    id: "apk-no-cache",
    summary: "`apk add --no-cache` instead of an index that stays in the image",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[crate::engine::Need::Network],
    may: &[
        May::AddWord { to: &["apk"], at: At::Verb(&["add", "upgrade", "fix"]), words: Words::One(&["--no-cache"]) },
        May::ReplaceWord { of: &["apk"], words: &["--update", "--update-cache", "-U"], by: "--no-cache" },
        May::AddWord { to: &["rm"], at: At::Program, words: Words::If(&["-f"], "cache/apk") },
        May::DropCommand(&["apk [-q|--quiet] update ...", "rm -rf /var/cache/apk/*", "rm -f /var/cache/apk/*"]),
    ],
    intends: &[Intent::Removed(&["/var/cache/apk/**"])],
    refusals: &[&CACHE_MOUNT, &LOCAL_PACKAGE, &OFFLINE, &OLD_VERSION, &OTHER_ROOT, &OWN_CACHE, &USED_ELSEWHERE],
    options: &[],
    hadolint: &["DL3019"],
    checks: &["DKL-DI-0004", "DS-0025"],
    since: "0.1.0",
};

/// Where apk keeps its index, or a link to where.
const PLACES: &[&str] = &["/var/cache/apk", "/etc/apk/cache"];

impl Transform for ApkNoCache {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(false, &["apk"]) {
            for call in work.calls().filter(|call| call.manager() == Some(Manager::Apk)) {
                match call.action() {
                    Action::Install | Action::Upgrade => option(facts, stage, &work, call, out),
                    Action::Refresh => update(facts, stage, step, &work, call, out),
                    _ => {}
                }
            }
            removal(facts, stage, step, &work, out);
        }
    }
}

/// Gives a command the option.
fn option(facts: &Facts, stage: usize, work: &Work, call: Invocation, out: &mut Findings) {
    let Some(place) = call.verb_place() else { return };
    if call.has(&["--no-cache", "--help", "--version"]) || call.option(&["-s"]).is_some() || call.has(&["--simulate"]) {
        return;
    }
    // an upgrade without an index does nothing, and must go on doing so
    let before = |one: Invocation| {
        one.does(Manager::Apk, Action::Refresh) && one.flow().must() && one.span().end < call.span().start
    };
    let indexed = work.calls().any(before) || package_lists::fetches_for_itself(call);
    if call.action() == Action::Upgrade && !indexed {
        return;
    }
    let at = work.in_file(call.span());
    if let Some((refusal, what)) = in_the_way(facts, stage, work, call) {
        return out.refuse(at, refusal, what);
    }
    let mut edits = match removals(facts) {
        Ok(edits) => edits,
        Err(what) => {
            return out.refuse(
                at,
                mark!(USED_ELSEWHERE, "cache"),
                format!("`{what}` may fail where the cache is empty"),
            );
        }
    };
    let names = ["--update", "--update-cache", "-U"];
    // one among other letters stays
    let update = call.option(&names).filter(|option| names.contains(&facts.source.slice(work.in_file(option.span))));
    edits.push(match update {
        Some(option) => Edit::replace(work.in_file(option.span), "--no-cache"),
        None => Edit::insert(work.file_offset_behind(place), " --no-cache"),
    });
    let reason = "the index is read fresh, and neither it nor a package stays in the image";
    out.rewrites.extend(Rewrite::new(at, Level::Recommended, "install without apk's cache", reason, edits));
}

/// What keeps commands that work on the cache from failing where it is empty: `-f` for each `rm` without it.
///
/// # Errors
/// The text of something else that works on the cache.
fn removals(facts: &Facts) -> Result<Vec<Edit>, String> {
    let mut edits = Vec::new();
    for stage in &facts.stages {
        for step in &stage.steps {
            let text = facts.source.slice(facts.file.items[step.item].span);
            if !text.contains("cache/apk") || step.instruction.keyword == crate::syntax::Keyword::Label {
                continue;
            }
            match facts.work(stage, step) {
                Some(work) => edits.extend(removals_in(&work)?),
                None => return Err(text.lines().next().unwrap_or_default().trim().chars().take(80).collect()),
            }
        }
    }
    Ok(edits)
}

fn removals_in(work: &Work) -> Result<Vec<Edit>, String> {
    let mut edits = Vec::new();
    for one in work.commands.iter().filter(|one| one.raw().contains("cache/apk")) {
        match one.words().next().map_or("", Argument::raw) {
            "rm" if one.has(&["-f", "--force"]) => {}
            "rm" => {
                // replaced, not inserted: another install of the file brings the same edit, and only one may win
                let word = one.name_word().map_or(one.span(), Argument::span);
                edits.push(Edit::replace(work.in_file(word), "rm -f"));
            }
            "mkdir" | "find" | "echo" if !one.raw().contains('*') => {}
            _ => return Err(one.raw().chars().take(80).collect()),
        }
    }
    Ok(edits)
}

fn in_the_way(facts: &Facts, stage: usize, work: &Work, call: Invocation) -> Option<(&'static Refusal, String)> {
    let plain = |refusal: &'static Refusal, what: &str| Some((refusal, what.to_owned()));
    let file = |word: Argument| word.literal().is_none_or(|word| word.contains('/') || word.ends_with(".apk"));
    let texts = facts.source.text();
    let own = ["/etc/apk/cache", "setup-apkcache", "apk cache"].iter().any(|mark| texts.contains(mark));
    match () {
        () if uses::mounted(work.instruction, PLACES).is_some() => {
            plain(&CACHE_MOUNT, "a mount keeps the cache out of the image")
        }
        () if own || call.has(&["--cache-dir", "--cache-max-age"]) => plain(&OWN_CACHE, "a cache was set up for apk"),
        () if call.has(&["--root", "-p", "--initdb"]) => plain(&OTHER_ROOT, OTHER_ROOT.summary),
        () if uses::offline(work.instruction) || call.has(&["--no-network"]) => plain(&OFFLINE, OFFLINE.summary),
        () if call.action() == Action::Install && call.packages().next().is_some() && call.packages().all(file) => {
            plain(&LOCAL_PACKAGE, "it installs files, and may have to do without network")
        }
        () if facts.reference(stage).is_some_and(|image| features::too_old("apk --no-cache", image)) => {
            plain(&OLD_VERSION, "the base image's apk is too old to know the option")
        }
        () => None,
    }
}

/// Takes an `apk update` away that nothing needs.
fn update(facts: &Facts, stage: usize, step: usize, work: &Work, call: Invocation, out: &mut Findings) {
    let mut later = work.calls().filter(|one| {
        one.manager() == Some(Manager::Apk)
            && one.span().start > call.span().end
            && !matches!(one.action(), Action::Remove | Action::Clean)
    });
    let Some(first) = later.next() else { return };
    if !call.is_bare() || !call.flow().chain || !call.options().all(|opt| opt.is(&["-q", "--quiet"])) {
        return;
    }
    let at = work.in_file(call.span());
    if let Some(who) = std::iter::once(first).chain(later).find(|one| !package_lists::fetches_for_itself(*one)) {
        // in a query nothing can be done; the others get the option first
        if !matches!(who.action(), Action::Install | Action::Upgrade) {
            let what = &work.text.text()[who.span().range()];
            out.refuse(at, mark!(USED_ELSEWHERE, "index"), format!("`{what}` reads it"));
        }
        return;
    }
    if let Err(who) = facts.lists_are_done(Manager::Apk, stage, step) {
        let (package_lists::Wants::Lists(who) | package_lists::Wants::Unseen(who)) = who;
        return out.refuse(
            at,
            mark!(USED_ELSEWHERE, "index-later"),
            format!("`{}` may read it", who.trim().chars().take(80).collect::<String>()),
        );
    }
    let commented = |span: Span| facts.source.slice(span).lines().any(|line| line.trim_start().starts_with('#'));
    if let Some(span) = with_operator(work, call.span()).filter(|span| !commented(*span)) {
        let reason = "`--no-cache` reads the index for itself";
        out.rewrites.extend(Rewrite::new(
            at,
            Level::Recommended,
            "take away `apk update`",
            reason,
            vec![Edit::delete(span)],
        ));
    }
}

/// A command of the text's own chain with the `&&` that binds it to its neighbour, in the file; `None` where it is alone, or
/// where that would take a comment along.
fn with_operator(work: &Work, command: Span) -> Option<Span> {
    let [entry] = work.script.list.entries.as_slice() else { return None };
    let all: Vec<&Pipeline> =
        std::iter::once(&entry.and_or.first).chain(entry.and_or.rest.iter().map(|(_, _, pipeline)| pipeline)).collect();
    let index = all.iter().position(|pipeline| pipeline.span == command)?;
    let joined = entry.and_or.rest.iter().all(|(connector, _, _)| *connector == Connector::And);
    let span = match (all.get(index + 1), index.checked_sub(1).and_then(|before| all.get(before))) {
        (Some(next), _) => {
            Span::new(work.text.offset(command.start as usize), work.text.offset(next.span.start as usize))
        }
        (None, Some(before)) => {
            Span::new(work.file_offset_behind(before.span.end), work.file_offset_behind(command.end))
        }
        (None, None) => return None,
    };
    joined.then_some(span)
}

/// Takes `rm -rf /var/cache/apk/*` away where the cache is empty.
fn removal(facts: &Facts, stage: usize, step: usize, work: &Work, out: &mut Findings) {
    let [entry] = work.script.list.entries.as_slice() else { return };
    let text = work.text.text();
    let whole = ["rm -rf /var/cache/apk/*", "rm -f /var/cache/apk/*"];
    let found = entry.and_or.rest.iter().find(|(_, _, pipeline)| whole.contains(&&text[pipeline.span.range()]));
    let Some((_, _, pipeline)) = found else { return };
    let fills = facts.marked("may fill apk's cache", |owner, one| {
        let empty = |call: Invocation| {
            call.manager() != Some(Manager::Apk) || call.has(&["--no-cache"]) || call.action() == Action::Remove
        };
        one.instruction.keyword == crate::syntax::Keyword::Run
            && facts.work(owner, one).is_none_or(|work| !work.calls().all(empty))
    });
    let keeps = facts.family(stage) == Some(Distribution::Alpine)
        && uses::mounted(work.instruction, PLACES).is_none()
        && fills.before((stage, step + 1)).is_none();
    let commented = |span: Span| facts.source.slice(span).lines().any(|line| line.trim_start().starts_with('#'));
    if let Some(span) = with_operator(work, pipeline.span).filter(|span| keeps && !commented(*span)) {
        let (at, reason) = (work.in_file(pipeline.span), "with `--no-cache` there is nothing in it");
        let title = "take away the removal of an empty cache";
        out.rewrites.extend(Rewrite::new(at, Level::Recommended, title, reason, vec![Edit::delete(span)]));
    }
}
