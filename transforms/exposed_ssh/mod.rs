//! exposed-ssh: advice where the image exposes port 22.
//!
//! # Motivation
//! An ssh server in a container is one more program to patch, with keys and accounts of its own, for what `docker
//! exec` and `kubectl exec` do without it.
//!
//! # What is said, and when not
//!  1. only of EXPOSE that names port 22, alone or in a range, over TCP, in a stage that the image is made of; a variable has the
//!     value that the file gives it;
//!  2. that the image serves git or files over ssh cannot be seen: the text says so.
//!
//! Sources: trivy's DS-0004, Docker's page of best practices (one concern a container).

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::Facts;
use crate::facts::ports::Ports;
use crate::syntax::{Arg, Args, Keyword};

/// The transform.
pub struct ExposedSsh;

static META: Meta = Meta {
    id: "exposed-ssh",
    summary: "EXPOSE names port 22, that of an ssh server",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    checks: &["DS-0004"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for ExposedSsh {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let shipped = facts.shipped();
        for step in shipped.iter().rev().flat_map(|stage| &facts.stages[*stage].steps) {
            let Args::Words { words, .. } = &step.instruction.args else { continue };
            let ssh = |word: &&Arg| step.before.expand(&word.text).get().is_some_and(|word| is_ssh(word));
            if let Some(word) = words.iter().find(ssh).filter(|_| step.instruction.keyword == Keyword::Expose) {
                let reason = "an ssh server needs patches, keys and accounts of its own, and `docker exec` or `kubectl exec` \
                              give a shell without it; leave it out, unless ssh is what the image serves (git, sftp)";
                out.advise(step.instruction.line.span(word.range.clone()), "port 22 is exposed", reason);
            }
        }
    }
}

fn is_ssh(word: &str) -> bool {
    Ports::read(word.trim_matches(['"', '\''])).is_ok_and(|ports| ports.protocol == "tcp" && ports.hold(22))
}
