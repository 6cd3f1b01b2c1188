//! cache-mounts: what package managers fetch is kept by the builder, not in the image, and is there in the next build.
//!
//! # Motivation
//! A changed list of requirements throws the layer away, and everything is fetched again. A cache mount lasts between builds, and
//! what is in it is no part of the image.
//!
//! # Soundness
//! A mount hides what the image has at its place, belongs to root, and is gone behind the RUN. It is put on a RUN if
//!  1. BuildKit builds the file, with a frontend that knows cache mounts;
//!  2. the RUN runs as root, whose home is `/root`, and has network and no mount;
//!  3. the manager's cache is on and in its usual place, and nothing of the file speaks of it otherwise, copies it out of the
//!     stage or works from it alone; what removes it in the RUN goes, or is in the way: the place of a mount is busy;
//!  4. apt: the RUN fetches the lists before it uses them, and nothing later wants them (see apt-clean-lists); its downloads
//!     are not kept: Debian's images remove them behind each install, and what does that is part of the image.
//!
//! apt's mount is locked while one build uses it, and each base image has its own.
//!
//! Sources: the Dockerfile reference on `RUN --mount`; BuildKit's documentation of caches; builds of both forms.

use crate::edit::Edit;
use crate::engine::refusals::{FLAGS, FRONTEND, NOT_ROOT, USED_ELSEWHERE, mark};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Need, Refusal, Rewrite, Transform};
use crate::facts::packages::Work;
use crate::facts::removal::{removed, rm};
use crate::facts::{Facts, State};
use crate::knowledge::paths::{Absolute, Pattern};
use crate::knowledge::programs::{Action, Manager, Touch};
use crate::script::{Argument, Invocation};
use crate::syntax::Keyword;
use crate::text::Span;

use std::cell::OnceCell;

/// The transform.
pub struct CacheMounts;

static META: Meta = Meta {
    id: "cache-mounts",
    summary: "what apt, pip and npm fetch is kept by the builder between builds, and not in the image",
    page: include_str!("README.md"),
    ceiling: Level::Aggressive,
    needs: &[Need::Buildkit, Need::Network],
    may: &[
        May::AddFlag {
            of: &[Keyword::Run],
            flag: "--mount=type=cache,id=apt-lists-<id>,target=/var/lib/apt/lists,sharing=locked",
            with: &["apt-get", "apt", "aptitude"],
        },
        May::AddFlag { of: &[Keyword::Run], flag: "--mount=type=cache,target=/root/.cache/pip", with: &["pip"] },
        May::AddFlag { of: &[Keyword::Run], flag: "--mount=type=cache,target=/root/.npm", with: &["npm"] },
        May::DropCommand(&[
            rm!("/var/lib/apt/lists"),
            rm!("/var/lib/apt/lists/"),
            rm!("/var/lib/apt/lists/*"),
            rm!("/root/.cache/pip"),
            rm!("/root/.cache/pip/"),
            rm!("/root/.cache/pip/*"),
            rm!("~/.cache/pip"),
            rm!("~/.cache/pip/"),
            rm!("~/.cache/pip/*"),
            rm!("/root/.npm"),
            rm!("/root/.npm/"),
            rm!("/root/.npm/*"),
            rm!("~/.npm"),
            rm!("~/.npm/"),
            rm!("~/.npm/*"),
        ]),
    ],
    intends: &[Intent::Removed(&[
        // the folders themselves, too: where a mount was is none in the image
        "/root/.cache",
        "/root/.cache/**",
        "/root/.npm",
        "/root/.npm/**",
        "/var/cache/apt/**",
        "/var/cache/debconf/**",
        "/var/lib/apt/lists/**",
    ])],
    refusals: &[&FLAGS, &FRONTEND, &NOT_ROOT, &USED_ELSEWHERE],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

impl Transform for CacheMounts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let spoken = Spoken::default();
        for (stage, step, work) in facts.works(true, &["apt", "pip", "npm"]) {
            let mounts: Vec<String> =
                [apt(facts, stage, step, &work), pip(facts, stage, step, &work), npm(facts, stage, step, &work)]
                    .into_iter()
                    .flatten()
                    .collect();
            let (removals, busy) = match removals(facts, &work, &mounts) {
                Ok(spans) => (spans, None),
                Err(what) => (Vec::new(), Some((mark!(USED_ELSEWHERE, "removed"), what))),
            };
            let there = |mount: &String| work.instruction.flags.iter().any(|flag| flag.text == *mount);
            if mounts.iter().all(there) {
                continue;
            }
            let at = work.instruction.keyword_span;
            match busy.or_else(|| in_the_way(facts, stage, &work, (&mounts, &spoken), &removals)) {
                Some((refusal, what)) => out.refuse(at, refusal, what),
                None => {
                    let mut edits: Vec<Edit> = removals.into_iter().map(Edit::delete).collect();
                    edits.push(Edit::insert(at.end as usize, format!(" {}", mounts.join(" "))));
                    let reason = "the next build finds what this one fetched, and the image does not hold it";
                    out.rewrites.extend(Rewrite::new(
                        at,
                        Level::Aggressive,
                        "keep the cache between builds",
                        reason,
                        edits,
                    ));
                }
            }
        }
    }
}

/// Where a mount is: its flag names it.
fn target(mount: &str) -> Option<Absolute> {
    Absolute::new(mount.split(',').find_map(|field| field.strip_prefix("target="))?)
}

/// The commands that remove the place of a mount, with the `&&` before them: they go, since nothing of it is in the image. A mount itself
/// can't be removed ("Device or resource busy"), and one that each build empties is worth nothing.
///
/// # Errors
/// A command that removes it and can't go.
fn removals(facts: &Facts, work: &Work, mounts: &[String]) -> Result<Vec<Span>, String> {
    let Some(commands) = facts.commands(work.item) else { return Ok(Vec::new()) };
    let places: Vec<Absolute> = mounts.iter().filter_map(|mount| target(mount)).collect();
    let state = facts.step_of(work.item).map(|step| &*step.before);
    let links = if commands.is_chain() { commands.links() } else { Vec::new() };
    let mut spans = Vec::new();
    for one in commands.deep() {
        if !places.iter().any(|place| may_remove(one, place, state)) {
            continue;
        }
        let index = links.iter().position(|link| link.command().is_some_and(|command| command.span() == one.span()));
        let gone = index
            .filter(|index| *index > 0 && only_removes(one, &places))
            .map(|index| work.gap((links[index - 1].pipe.span.end, links[index].pipe.span.end)));
        match gone.filter(|span| !facts.source.slice(*span).contains('#')) {
            Some(span) => spans.push(span),
            None => return Err(format!("`{}` removes the place of the mount", one.written())),
        }
    }
    Ok(spans)
}

/// Whether a command may remove a directory, one above it, or what is in it.
fn may_remove(one: Invocation, place: &Absolute, state: Option<&State>) -> bool {
    let effects = one.program().and_then(|program| program.effects).unwrap_or_default();
    let removes = one.is(&["mv", "find"]) || effects.iter().any(|(touch, _)| *touch == Touch::Removes);
    let workdir = state.and_then(|state| state.workdir.get()).and_then(|path| Absolute::new(path));
    let home = |raw: &str| raw.replace("${HOME}", "/root").replace("$HOME", "/root");
    let hits = |word: Argument| {
        let raw = home(&word.raw().replace(['"', '\''], ""));
        let raw = raw.strip_prefix('~').map_or(raw.clone(), |rest| format!("/root{rest}"));
        let here = one.directory().likely(workdir.as_ref(), &()).unwrap_or_else(Absolute::somewhere);
        let seen = Pattern::seen_from(&here, &raw);
        let may = seen.as_ref().is_some_and(|pattern| pattern.may_overlap(place) && pattern.as_str() != "/");
        may || raw.rsplit('/').any(|part| place.as_str().starts_with("/root/") && part == place.name())
    };
    removes && one.operands().any(hits)
}

/// Whether a command is an `rm` of one of these directories, or of all that is in one, and of nothing else.
fn only_removes(one: Invocation, places: &[Absolute]) -> bool {
    let is_place = |word: Argument| {
        let raw = word.raw();
        let raw = raw.strip_suffix("/*").or(raw.strip_suffix('/')).unwrap_or(raw);
        let raw = raw.strip_prefix("~/").map_or(raw.to_owned(), |rest| format!("/root/{rest}"));
        places.iter().any(|place| place.as_str() == raw)
    };
    removed(one).is_some_and(is_place)
}

fn set(facts: &Facts, stage: usize, step: usize, names: &[&str]) -> bool {
    let env = &facts.stages[stage].steps[step].before.env;
    names.iter().any(|name| env.get(name).is_some())
}

/// The mount of apt's lists, for a RUN that fetches them before all else and does not remove them.
fn apt(facts: &Facts, stage: usize, step: usize, work: &Work) -> Option<String> {
    let mut calls = work.calls().filter(|call| call.manager() == Some(Manager::Apt));
    let first = calls.next()?;
    let installs = calls.any(|call| call.action() == Action::Install);
    let kept = ["distclean", "dist-clean"].iter().all(|mark| !work.text.text().contains(mark));
    let done = || {
        facts.lists_are_done(Manager::Apt, stage, step).is_ok()
            && facts.taken_out(stage, &["/var/lib/apt/lists"]).is_none()
    };
    let image = facts.reference(stage)?;
    let id: String = image.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let fetches = first.action() == Action::Refresh && first.flow().must() && first.is_bare();
    (fetches && installs && kept && done())
        .then(|| format!("--mount=type=cache,id=apt-lists-{id},target=/var/lib/apt/lists,sharing=locked"))
}

/// The mount of pip's cache, for a RUN that installs with it.
fn pip(facts: &Facts, stage: usize, step: usize, work: &Work) -> Option<String> {
    let mut calls = work.calls().filter(|call| call.does(Manager::Pip, Action::Install)).peekable();
    calls.peek()?;
    let on = |call: Invocation| {
        !call.has(&["--no-cache-dir", "--no-cache", "--cache-dir", "--download-cache"]) && call.is_bare()
    };
    let variables = ["PIP_NO_CACHE_DIR", "PIP_CACHE_DIR", "XDG_CACHE_HOME", "HOME"];
    let named = variables.iter().any(|name| work.text.text().contains(&format!("{name}=")));
    (calls.all(on) && !named && !set(facts, stage, step, &variables))
        .then(|| "--mount=type=cache,target=/root/.cache/pip".to_owned())
}

/// The mount of npm's cache, for a RUN that installs with it.
fn npm(facts: &Facts, stage: usize, step: usize, work: &Work) -> Option<String> {
    let ours = |call: &Invocation| call.manager() == Some(Manager::Npm);
    work.calls().filter(ours).find(|call| call.action() == Action::Install)?;
    let on = |call: Invocation| !call.has(&["--cache"]) && call.is_bare() && call.action() != Action::Clean;
    let variables = ["npm_config_cache", "NPM_CONFIG_CACHE", "HOME"];
    let named = variables.iter().any(|name| work.text.text().contains(&format!("{name}=")));
    (work.calls().filter(ours).all(on) && !named && !set(facts, stage, step, &variables))
        .then(|| "--mount=type=cache,target=/root/.npm".to_owned())
}

/// Where pip and npm keep their caches, and what speaks of them.
const MARKS: [(&str, &[&str]); 2] = [
    ("/root/.cache/pip", &[".cache", "pip cache", "pip download", "pip wheel"]),
    ("/root/.npm", &[".npm/", ".npm ", "_cacache", "--offline", "--prefer-offline"]),
];

/// How often the file speaks of a cache, other than by a mount of it; looked for once.
#[derive(Default)]
struct Spoken([OnceCell<usize>; MARKS.len()]);

impl Spoken {
    /// Whether anything but what goes speaks of the cache of a mount.
    fn of(&self, facts: &Facts, mount: &str, removals: &[Span]) -> bool {
        let count = |text: &str, marks: &[&str]| {
            let text = text.replace("target=/root/.cache/pip", "").replace("target=/root/.npm ", "");
            marks.iter().map(|mark| text.matches(mark).count()).sum::<usize>()
        };
        let caches = MARKS.iter().zip(&self.0).filter(|((place, _), _)| mount.contains(place));
        caches.into_iter().any(|((_, marks), known)| {
            let gone: usize = removals.iter().map(|span| count(facts.source.slice(*span), marks)).sum();
            *known.get_or_init(|| count(facts.source.text(), marks)) > gone
        })
    }
}

fn in_the_way(
    facts: &Facts,
    stage: usize,
    work: &Work,
    (mounts, spoken): (&[String], &Spoken),
    removals: &[Span],
) -> Option<(&'static Refusal, String)> {
    let plain = |refusal: &'static Refusal, what: &str| Some((refusal, what.to_owned()));
    let places: Vec<&str> =
        MARKS.iter().map(|(place, _)| *place).filter(|place| mounts.iter().any(|m| m.contains(place))).collect();
    let frontend = facts.frontend();
    match () {
        () if !work.instruction.flags.is_empty() => plain(&FLAGS, "the RUN has a mount, or no network"),
        () if !frontend.at_least(1, 2) => {
            plain(&FRONTEND, "the frontend that the file asks for is not known to have cache mounts")
        }
        () if !work.is_root() => plain(&NOT_ROOT, "it is not known to run as root, whose the mount would be"),
        () if mounts.iter().any(|mount| spoken.of(facts, mount, removals))
            || facts.taken_out(stage, &places).is_some_and(|_| !places.is_empty()) =>
        {
            plain(
                mark!(USED_ELSEWHERE, "spoken-of"),
                "the file speaks of the cache elsewhere, or something later uses it",
            )
        }
        () => None,
    }
}
