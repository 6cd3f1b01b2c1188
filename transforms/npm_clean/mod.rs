//! npm-clean: what npm and yarn keep for later goes in the RUN that installs.
//!
//! # Motivation
//! npm keeps every package it fetched in `~/.npm`, yarn in a folder of its own: often as large as `node_modules`.
//!
//! # Soundness
//! `npm cache clean --force` empties that folder. It is put directly behind the last install, if
//!  1. the RUN does not clean up itself;
//!  2. the install stands in a chain of `&&`, alone in its pipeline, so that one that fails still fails the step;
//!  3. nothing runs it as another user, and it does not replace npm by another version, which might not run;
//!  4. the cache has its usual place, no mount is over it, nothing copies it out of the stage, and no later command works
//!     from it alone;
//!  5. it is npm, or a yarn that is surely version 1: later ones may keep in their cache what the program runs from;
//!     pnpm's store is hard-linked into `node_modules`, and nothing would be won.
//!
//! Sources: `npm help cache`, the manuals of yarn 1 and yarn 4, pnpm's page on its store.

use crate::edit::Edit;
use crate::engine::refusals::{
    CACHE_MOUNT, HARD_LINKS, NOT_A_CHAIN, OWN_CACHE, SELF_UPGRADE, UNKNOWN_SHELL, UNKNOWN_VERSION, USED_ELSEWHERE,
    WRAPPED,
};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Near, Refusal, Rewrite, Transform};
use crate::facts::layout::Style;
use crate::facts::packages::Work;
use crate::facts::{Facts, Family, uses};
use crate::knowledge::programs::{Action, Manager};
use crate::script::Invocation;

/// The transform.
pub struct NpmClean;

static META: Meta = Meta {
    id: "npm-clean",
    summary: "what npm and yarn keep for later goes in the RUN that installs",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[
        May::AddCommand { commands: &["npm cache clean --force"], near: Near::After(&["npm"]) },
        May::AddCommand { commands: &["yarn cache clean"], near: Near::After(&["yarn"]) },
    ],
    intends: &[Intent::Removed(&[
        "/root/.npm/**",
        "/home/*/.npm/**",
        "/usr/local/share/.cache/**",
        "**/.cache/yarn/**",
    ])],
    refusals: &[
        &CACHE_MOUNT,
        &HARD_LINKS,
        &NOT_A_CHAIN,
        &OWN_CACHE,
        &SELF_UPGRADE,
        &UNKNOWN_SHELL,
        &UNKNOWN_VERSION,
        &USED_ELSEWHERE,
        &WRAPPED,
    ],
    options: &[],
    hadolint: &["DL3060"],
    checks: &[],
    since: "0.1.0",
};

/// Where npm and yarn 1 keep what they fetched.
const PLACES: &[&str] =
    &["/root/.npm", "/home/*/.npm", "/root/.cache/yarn", "/home/*/.cache/yarn", "/usr/local/share/.cache/yarn"];

impl Transform for NpmClean {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(false, &["npm", "yarn"]) {
            for manager in [Manager::Npm, Manager::Yarn, Manager::Pnpm] {
                if let Some(call) = leaves_cache(&work, manager) {
                    look(facts, (stage, step), &work, call, out);
                }
            }
        }
    }
}

/// The last install of a manager, where nothing of the RUN removes its cache behind it.
fn leaves_cache<'w>(work: &Work<'w>, manager: Manager) -> Option<Invocation<'w>> {
    let shows = ["--help", "-h", "--version", "-v", "--dry-run", "--package-lock-only"];
    let installs = |call: &Invocation| {
        call.manager() == Some(manager)
            && (matches!(call.action(), Action::Install | Action::Upgrade)
                || (manager == Manager::Yarn && call.verb().is_none()))
            && !call.has(&shows)
    };
    let last = work.calls().rfind(installs)?;
    let cleans = |call: Invocation| call.manager() == Some(manager) && call.action() == Action::Clean;
    let cleaned = work.calls().any(|call| cleans(call) && call.span().start > last.span().end);
    let behind = &work.text.text()[last.span().end as usize..];
    let removed = [".npm", ".cache"].iter().any(|mark| behind.contains(mark));
    (!cleaned && !removed).then_some(last)
}

fn look(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation, out: &mut Findings) {
    let at = work.in_file(call.span());
    if let Some((refusal, what)) = refusal(facts, stage, step, work, call) {
        return out.refuse(at, refusal, what);
    }
    let clean = match call.manager() {
        Some(Manager::Yarn) => "yarn cache clean",
        _ => "npm cache clean --force",
    };
    let clean = Style::after(facts, facts.stages[stage].steps[step].item, at, clean);
    let edit = Edit::insert(at.end as usize, clean);
    let title = format!("remove what `{}` keeps for later", call.program_name());
    let reason = "the cache is often as large as what was installed, and is never read in an image";
    out.rewrites.extend(Rewrite::new(at, Level::Recommended, title, reason, vec![edit]));
}

fn refusal(
    facts: &Facts,
    stage: usize,
    step: usize,
    work: &Work,
    call: Invocation,
) -> Option<(&'static Refusal, String)> {
    let plain = |refusal: &'static Refusal, what: &str| Some((refusal, what.to_owned()));
    let env = &facts.stages[stage].steps[step].before.env;
    let placed = ["npm_config_cache", "NPM_CONFIG_CACHE", "YARN_CACHE_FOLDER", "YARN_GLOBAL_FOLDER"];
    let own = call.has(&["--cache", "--cache-folder", "--global-folder"])
        || placed.iter().any(|name| env.get(name).is_some() || work.text.text().contains(name));
    let itself = |word: &str| ["npm", "yarn", "corepack"].contains(&word.split('@').next().unwrap_or_default());
    match () {
        () if call.manager() == Some(Manager::Pnpm) => {
            plain(&HARD_LINKS, "pnpm's store and `node_modules` are the same files: removing one saves nothing")
        }
        () if work.shell.family == Family::Unknown => {
            plain(&UNKNOWN_SHELL, "the base image decides which shell runs it, and that is not known")
        }
        () if own => plain(&OWN_CACHE, "the author gave the cache a place"),
        () if mounted(facts, (stage, step), work, call) => {
            plain(&CACHE_MOUNT, "a mount keeps the cache out of the image")
        }
        () if !call.is_bare() => plain(&WRAPPED, WRAPPED.summary),
        () if call.packages().any(|word| word.literal().as_deref().is_none_or(itself)) => {
            plain(&SELF_UPGRADE, "it replaces npm or yarn itself")
        }
        () if call.manager() == Some(Manager::Yarn) && !is_yarn_one(facts, call) => {
            plain(&UNKNOWN_VERSION, "it is not known to be yarn 1; later versions may run programs from their cache")
        }
        () if !call.flow().chain || has_redirects(work, call) => {
            plain(&NOT_A_CHAIN, "an install that fails would no longer fail the step")
        }
        () => used(facts, stage).map(|who| (&USED_ELSEWHERE, format!("`{}` uses it", who.trim()))),
    }
}

/// Whether a mount is over a cache of the user as whom it runs; over that of any user if which one that is is not known.
fn mounted(facts: &Facts, (stage, step): (usize, usize), work: &Work, call: Invocation) -> bool {
    let own = |home: String| [".npm", ".cache/yarn"].map(|place| format!("{home}/{place}"));
    match facts.home(stage, step).filter(|_| call.is_bare()).map(own) {
        Some([npm, yarn]) => uses::mounted(work.instruction, &[&npm, &yarn, "/usr/local/share/.cache/yarn"]).is_some(),
        None => uses::mounted(work.instruction, PLACES).is_some(),
    }
}

/// Options and subcommands that only yarn 1 has, and nothing in the file that brings another one.
fn is_yarn_one(facts: &Facts, call: Invocation) -> bool {
    let only = [
        "--production",
        "--prod",
        "--pure-lockfile",
        "--ignore-engines",
        "--ignore-optional",
        "--non-interactive",
        "--ignore-platform",
        "--silent",
        "--no-progress",
        "--no-lockfile",
        "--no-default-rc",
        "--flat",
        "--har",
        "--link-duplicates",
    ];
    let global = call.verb().is_some_and(|verb| verb.raw() == "global");
    let text = facts.source.text();
    let other = ["corepack", ".yarnrc.yml", ".yarn/", "set version", "berry", "YARN_VERSION"];
    (global || call.has(&only)) && !other.iter().any(|mark| text.contains(mark))
}

/// Whether something stands between the command's last word and the next operator.
fn has_redirects(work: &Work, call: Invocation) -> bool {
    let behind = work.text.text()[call.span().end as usize..].trim_start();
    !(behind.is_empty()
        || behind.starts_with("&&")
        || behind.starts_with(')')
        || behind.starts_with(';')
        || behind.starts_with('}'))
}

/// Who uses the cache: a copy out of the stage, or a command that works offline.
fn used(facts: &Facts, stage: usize) -> Option<String> {
    let offline = [
        "--offline",
        "--prefer-offline",
        "--cache-min",
        ".npm/",
        ".npm ",
        "_cacache",
        ".cache/yarn",
        "cache verify",
        "yarn cache dir",
    ];
    let marked = facts.marked("speaks of npm's cache", |_, step| {
        let text = step.instruction.line.text();
        offline.iter().any(|mark| text.contains(mark))
    });
    let named = marked.in_family(stage).and_then(|place| facts.step(place));
    let named = named.map(|step| step.instruction.line.text().to_owned());
    facts.taken_out(stage, PLACES).or(named).map(|who| who.chars().take(80).collect())
}
