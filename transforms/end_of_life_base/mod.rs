//! end-of-life-base: advice where FROM names a version that gets no security fixes any more.
//!
//! # Motivation
//! Holes that become known stay open in such an image, and one day its packages are gone from their servers, so that
//! builds fail.
//!
//! # What is said, and when not
//!  1. a version is over where its makers published the last day of fixes for all users, and that day lies before the
//!     day of the data (`src/knowledge/lifecycle.tsv`), which is told. No clock is asked: the same dfopt says the same
//!     on any day;
//!  2. what is not in the data, and a tag that moves on by itself (`python:3`), is not called over;
//!  3. the tag says what an image stands on as well (`python:3.13-buster`); that is told where its own version is not
//!     over;
//!  4. variables have their defaults.
//!
//! Sources: those that the data names.

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::Facts;
use crate::knowledge::{images, lifecycle, variants};
use std::borrow::Cow;

/// The transform.
pub struct EndOfLifeBase;

static META: Meta = Meta {
    id: "end-of-life-base",
    summary: "FROM names a version that gets no security fixes any more",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for EndOfLifeBase {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for base in (0..facts.stages.len()).filter_map(|stage| facts.named(stage)) {
            let Some(reference) = base.reference else { continue };
            let Some(ended) = lifecycle::ended(reference) else { continue };
            let instead = match instead(reference) {
                _ if ended.below => "a tag that stands on a newer one".to_owned(),
                Some(instead) => format!("one that is supported, such as `{instead}`"),
                None => "one that is supported".to_owned(),
            };
            let under = if ended.below {
                format!("`{reference}` stands on {}, which", ended.what)
            } else {
                ended.what.to_owned()
            };
            let reason = format!(
                "holes that become known stay open, and its packages may leave their servers; take {instead} (as of {})",
                lifecycle::as_of()
            );
            out.advise(base.span, format!("{under} gets no fixes since {}", ended.until), reason);
        }
    }
}

/// What to take instead: the slim variant of a version for a slim one.
fn instead(reference: &str) -> Option<Cow<'static, str>> {
    let instead = lifecycle::instead(reference)?;
    let slim = images::split(reference).1.split('-').any(|part| part == "slim");
    match variants::slim(instead).filter(|_| slim) {
        Some(slim) => Some(Cow::Owned(slim.reference)),
        None => Some(Cow::Borrowed(instead)),
    }
}
