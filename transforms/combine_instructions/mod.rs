//! combine-instructions: neighbouring ENV, LABEL, EXPOSE or VOLUME become one.
//!
//! # Motivation
//! Ten lines of ENV are ten entries in the history of the image and, for some builders, ten steps. One instruction with a pair
//! a line says the same.
//!
//! # Soundness
//! Two neighbours are one instruction with the arguments of both, in order, if
//!  1. frontends agree on both, and both are in the form that takes several: pairs with `=`, or both words, or both JSON;
//!  2. all values can be read: a quote that is not closed would go on in the second;
//!  3. no value of the second ENV refers to a variable that the first one sets: all values of one ENV see the environment from
//!     before it;
//!  4. no name comes twice: which one wins is clear, what it then refers to is not;
//!  5. names are plain: a name with a variable in it may be any name;
//!  6. nothing stands between them: another instruction, a blank line or a comment parts them, as the author wanted;
//!  7. no comment inside is lost, and none that a tool reads comes to stand above more than before.
//!
//! Each argument keeps its bytes, and the lines that it is continued on.
//!
//! Sources: the Dockerfile reference, BuildKit's dispatch of ENV, and builds of both forms.

mod group;

use crate::engine::refusals::{
    COMMENT, DUPLICATE, FORMS_DIFFER, INVALID, NOT_PLAIN, PRAGMA, REFERENCE, TOO_LONG, VERSION_DEPENDENT,
};
use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::Facts;
use crate::syntax::Keyword;

/// The transform.
pub struct CombineInstructions;

static META: Meta = Meta {
    id: "combine-instructions",
    summary: "neighbouring ENV, LABEL, EXPOSE or VOLUME become one",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    intends: &[],
    refusals: &[
        &COMMENT,
        &DUPLICATE,
        &FORMS_DIFFER,
        &INVALID,
        &NOT_PLAIN,
        &PRAGMA,
        &REFERENCE,
        &TOO_LONG,
        &VERSION_DEPENDENT,
    ],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for CombineInstructions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for run in neighbours(facts) {
            group::combine(facts, &run, out);
        }
    }
}

/// Runs of items that stand directly one after the other and have the same keyword.
fn neighbours(facts: &Facts) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut before = None;
    for (item, one) in facts.file.instructions() {
        let wanted = matches!(one.keyword, Keyword::Env | Keyword::Label | Keyword::Expose | Keyword::Volume);
        match runs.last_mut() {
            Some(run) if wanted && item > 0 && before == Some((item - 1, one.keyword)) => run.push(item),
            _ if wanted => runs.push(vec![item]),
            _ => {}
        }
        before = Some((item, one.keyword));
    }
    runs.retain(|run| run.len() > 1);
    runs
}
