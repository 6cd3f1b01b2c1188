//! gem-no-document: `gem install` makes no documentation.
//!
//! # Motivation
//! RubyGems writes the documentation of each gem (ri, rdoc) into the image, which costs time and space.
//!
//! # Soundness
//! `--no-document` leaves out documentation and nothing else. It is added if
//!  1. the command says nothing of documentation itself, nor does anything in the stage (`gemrc`);
//!  2. the base image is none of those whose RubyGems is too old to know the option.
//!
//! Sources: `gem help install`; RubyGems 2.0 brought the option.

use crate::edit::Edit;
use crate::engine::refusals::{CONFIGURED, OLD_VERSION};
use crate::engine::{At, Chosen, Findings, Intent, Level, May, Meta, Rewrite, Transform, Words};
use crate::facts::Facts;
use crate::facts::packages::Work;
use crate::knowledge::programs::{Action, Manager};
use crate::knowledge::{features, images};
use crate::script::Invocation;

/// The transform.
pub struct GemNoDocument;

static META: Meta = Meta {
    id: "gem-no-document",
    summary: "`gem install` writes no documentation into the image",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[May::AddWord { to: &["gem"], at: At::Verb(&["install", "i"]), words: Words::One(&["--no-document"]) }],
    intends: &[Intent::Removed(&["**/gems/**/doc/**", "**/bundle/doc/**", "**/ruby/**/doc/**"])],
    refusals: &[&CONFIGURED, &OLD_VERSION],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

impl Transform for GemNoDocument {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, _, work) in facts.works(false, &["gem"]) {
            for call in work.calls().filter(|call| call.does(Manager::Gem, Action::Install)) {
                look(facts, stage, &work, call, out);
            }
        }
    }
}

fn look(facts: &Facts, stage: usize, work: &Work, call: Invocation, out: &mut Findings) {
    let Some(place) = call.verb_place() else { return };
    let said = call
        .options()
        .any(|opt| ["document", "rdoc", "-ri"].iter().any(|word| opt.name.contains(word)) || opt.is(&["-N", "-d"]));
    // the ruby images have it in their gemrc
    let ruby = facts.reference(stage).is_some_and(|image| images::split(image).0.rsplit('/').next() == Some("ruby"));
    let at = work.in_file(call.span());
    if said || ruby || call.packages().next().is_none() && !call.has(&["-g", "--file"]) {
        return;
    }
    if facts.source.text().contains("gemrc") {
        return out.refuse(at, &CONFIGURED, "the stage configures what documentation gems bring");
    }
    if facts.reference(stage).is_some_and(|image| features::too_old("gem --no-document", image)) {
        return out.refuse(at, &OLD_VERSION, "the base image's RubyGems is too old to know the option");
    }
    let edit = Edit::insert(work.file_offset_behind(place), " --no-document");
    let reason = "nobody reads the documentation of gems in an image";
    out.rewrites.extend(Rewrite::new(at, Level::Recommended, "install gems without documentation", reason, vec![edit]));
}
