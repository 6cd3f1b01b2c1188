//! unpinned-base: advice where FROM names no version.
//!
//! # Motivation
//! Without a tag, and with `latest`, the base is whatever its maker calls the latest on the day of the build: two
//! builds of one commit differ, and a new major version comes without anybody asking for it.
//!
//! # What is said, and when not
//!  1. only of an image: `scratch`, an earlier stage and a reference with a digest are no unpinned bases;
//!  2. only of what is written: where a variable takes part in the reference, whoever builds decides;
//!  3. a version is suggested where the data knows one that is still supported, and it is of the same image.
//!
//! Sources: the Dockerfile reference (FROM), Docker's page of best practices.

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::Facts;
use crate::knowledge::{images, lifecycle};

/// The transform.
pub struct UnpinnedBase;

static META: Meta = Meta {
    id: "unpinned-base",
    summary: "FROM names no version: no tag, or `latest`",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    hadolint: &["DL3006", "DL3007"],
    checks: &["DS-0001"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for UnpinnedBase {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for base in (0..facts.stages.len()).filter_map(|stage| facts.named(stage)) {
            let (name, tag) = images::split(base.raw);
            if base.raw.contains(['$', '@']) || !matches!(tag, "" | "latest") {
                continue;
            }
            let how = if tag.is_empty() { "has no tag" } else { "is `latest`" };
            let such = lifecycle::instead(name).filter(|such| images::split(such).0 == images::short(name));
            let such = such.map_or(String::new(), |such| format!(" (such as `{such}`)"));
            let reason = format!(
                "each build takes what its maker calls the latest that day, so that two builds of the same files differ; \
                 name a version{such}, or pin a digest"
            );
            out.advise(base.span, format!("the base image `{name}` {how}"), reason);
        }
    }
}
