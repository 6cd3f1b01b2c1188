//! slim-variant: advice where the image stands on a full base of which a slim variant exists.
//!
//! # Motivation
//! The full images of languages hold compilers, headers and tools for every purpose. A program that runs needs none of
//! them: they are downloaded, stored and patched for nothing, and are of use to whoever breaks in.
//!
//! # What is said, and when not
//!  1. only of the base that reaches the image: what a builder stage stands on does not matter for its size;
//!  2. only where the data (`src/knowledge/variants.tsv`) knows the tag of the variant, and both are of one
//!     distribution; a tag that names no version is for unpinned-base. Of a version that gets no fixes any more, the variant of
//!     one that does is named, as end-of-life-base names that one;
//!  3. not where the stage, or one made from it, compiles: it runs a compiler that it did not install itself, or
//!     installs gems, which mostly have parts in C, or a package that the data knows to be compiled when it is
//!     installed; nor where a RUN was not understood;
//!  4. what else the stage runs that the variant is known not to have is named: it has to be installed.
//!
//! Sources: the pages of the official images on Docker Hub.

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::context::text;
use crate::facts::{Facts, Step};
use crate::knowledge::programs::{Action, Manager};
use crate::knowledge::{images, lifecycle, packages, roles, variants};
use crate::script::{Argument, Invocation};
use crate::syntax::{Args, Keyword};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The transform.
pub struct SlimVariant;

static META: Meta = Meta {
    id: "slim-variant",
    summary: "the image stands on a full base, of which a slim variant exists",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    checks: &["CIS-DI-0003"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for SlimVariant {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let Some(root) = facts.target().and_then(|stage| facts.chain(stage).first().copied()) else { return };
        let Some(base) = facts.named(root) else { return };
        let Some((reference, over)) = base.reference.and_then(supported) else { return };
        let Some(slim) = variants::slim(&reference) else { return };
        let (Some(full), Some(image)) = (images::find(&reference), images::find(&slim.reference)) else { return };
        if full.family != image.family || asks_for_compiled(facts) {
            return;
        }
        let Some(missing) = missing(facts, root, image) else { return };
        let sizes = slim.sizes.map_or(String::new(), |(full, slim)| format!(" (roughly {slim} instead of {full})"));
        let install = match missing.is_empty() {
            true => String::new(),
            false => {
                let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
                format!("; it lacks {}, which this file uses: install that", names.join(", "))
            }
        };
        let (without, mind) = match slim.tools {
            true => (
                "compilers, headers and tools that a program does not need to run",
                "; a package that is compiled when it is installed needs a compiler, best in a stage of its own",
            ),
            false => ("manuals, documentation and translations", ""),
        };
        let reason = format!("it leaves out {without}{install}{mind}");
        let fixed = if over { " that gets fixes" } else { "" };
        out.advise(base.span, format!("there is a slim variant{fixed}, `{}`{sizes}", slim.reference), reason);
    }
}

/// The full image that is to be made slim, and whether it stands for one that gets no fixes any more: itself, or a version of it
/// that gets some. `None` if nothing is known that does.
fn supported(reference: &str) -> Option<(Cow<'_, str>, bool)> {
    let Some(ended) = lifecycle::ended(reference) else { return Some((Cow::Borrowed(reference), false)) };
    variants::slim(reference)?;
    let (name, tag) = images::split(reference);
    let version = format!("{name}:{}", tag.split('-').next().unwrap_or_default());
    let other = if ended.below { version } else { lifecycle::instead(reference)?.to_owned() };
    lifecycle::ended(&other).is_none().then_some((Cow::Owned(other), true))
}

/// What the stages on a base use and its variant lacks; `None` where they compile, or where that can't be seen.
fn missing(facts: &Facts, root: usize, image: &images::Image) -> Option<BTreeSet<String>> {
    let mut missing = BTreeSet::new();
    let mut installed: BTreeSet<&str> = BTreeSet::new();
    for stage in facts.family_of(root) {
        for step in &facts.stages[stage].steps {
            if step.instruction.keyword == Keyword::Run {
                installed.extend(installs(facts, stage, step)?);
            }
            for name in programs(facts, step)? {
                let own = installed.contains(name.as_str());
                match name.as_str() {
                    name if own && name != "gem" => {}
                    "gem" | "bundle" | "bundler" if !installed.contains("gcc") => return None,
                    name if roles::compiles(name) => return None,
                    name if image.tool(name) == Some(false) => drop(missing.insert(name.to_owned())),
                    _ => {}
                }
            }
        }
    }
    Some(missing)
}

/// Whether the project asks for a package that is compiled when it is installed, as far as the context is known; a manifest that
/// can't be read may.
fn asks_for_compiled(facts: &Facts) -> bool {
    let read = |file| facts.context.read(file, 1 << 16).map_or(Some(String::new()), |bytes| text::decode(&bytes));
    let (Some(requirements), Some(package)) = (read("requirements.txt"), read("package.json")) else { return true };
    let keys = package.split('"').skip(1).step_by(2);
    requirements.lines().chain(keys).any(variants::is_compiled)
}

/// The tools that a RUN installs; `None` where it was not understood, or needs a compiler to install something.
fn installs(facts: &Facts, stage: usize, step: &Step) -> Option<Vec<&'static str>> {
    let work = facts.work(&facts.stages[stage], step)?;
    let mut given = work.calls().flat_map(Invocation::packages).filter_map(Argument::literal);
    if given.any(|name| variants::is_compiled(&name)) {
        return None;
    }
    let calls = work.calls().filter(|call| call.does(Manager::Apt, Action::Install));
    let names: Vec<Cow<str>> = calls.flat_map(Invocation::packages).filter_map(Argument::literal).collect();
    let mut out = Vec::new();
    for name in &names {
        match &**name {
            "build-essential" => out.extend(["gcc", "g++", "cc", "make"]),
            "gcc" | "g++" | "clang" => out.extend(["gcc", "cc", "g++"]),
            "make" | "cmake" | "ninja-build" => out.extend(["make", "cmake", "ninja"]),
            name => out.extend(packages::find(images::Manager::Apt, name).into_iter().flat_map(|one| one.tools)),
        }
    }
    Some(out)
}

/// The programs that an instruction starts; `None` where that can't be seen.
fn programs(facts: &Facts, step: &Step) -> Option<Vec<String>> {
    if !matches!(step.instruction.args, Args::Command(_) | Args::Healthcheck(Some(_))) {
        return Some(Vec::new());
    }
    let commands = facts.started(step.item)?.deep();
    Some(commands.into_iter().filter_map(Invocation::name).map(Cow::into_owned).collect())
}
