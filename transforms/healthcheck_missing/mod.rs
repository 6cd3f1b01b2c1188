//! healthcheck-missing: advice where an image starts a server and nothing asks whether it still answers.
//!
//! # Motivation
//! A server that hangs looks to Docker like one that works. With HEALTHCHECK it is marked as unhealthy, Compose waits
//! for it before it starts what depends on it, and Swarm replaces it.
//!
//! # What is said, and when not
//!  1. only of the last stage, where neither it nor a stage that it is made from has a HEALTHCHECK (`NONE` is the
//!     author's word);
//!  2. only where a server starts: the file starts a program and exposes a TCP port, or the base image brings a server
//!     that the data (`src/knowledge/servers.tsv`) knows; not where a shell, or a program that only waits, starts;
//!  3. the suggestion asks the exposed port by a tool that is known to be in the image: the server's own, `curl`,
//!     `wget`, or the interpreter that the program is run by. Where there is none, and where the port is not one of
//!     HTTP, it is said in words;
//!  4. Kubernetes ignores HEALTHCHECK: the text says so.
//!
//! Sources: the Dockerfile reference (HEALTHCHECK), the Kubernetes documentation of probes.

mod probe;

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::ports::Ports;
use crate::facts::{Base, Facts, Known, Step, words};
use crate::knowledge::images::Service;
use crate::knowledge::programs;
use crate::knowledge::servers::{self, Asks};
use crate::syntax::{Args, Command, Keyword};

/// The transform.
pub struct HealthcheckMissing;

static META: Meta = Meta {
    id: "healthcheck-missing",
    summary: "the image starts a server, and nothing asks whether it still answers",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    hadolint: &["DL3057"],
    checks: &["CIS-DI-0006", "DS-0026"],
    since: "0.1.0",
    ..Meta::PLAIN
};

/// A server that an image starts.
struct Server {
    /// The port that it listens on.
    port: u16,
    /// How it is asked.
    asks: Asks,
    /// The file of the program, where the image's own file names it.
    program: Option<String>,
}

impl Transform for HealthcheckMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let Some(stage) = facts.target() else { return };
        let asked = steps(facts, stage).any(|step| step.instruction.keyword == Keyword::Healthcheck);
        if asked || is_windows(facts, stage) {
            return;
        }
        let Some(server) = server(facts, stage) else { return };
        let Some(from) = facts.instruction(facts.stages[stage].item) else { return };
        let reason = format!(
            "Docker takes a server that hangs for one that works; with HEALTHCHECK it is marked, and Compose and Swarm act on it \
             (Kubernetes does not: it has probes of its own); {}",
            probe::suggestion(facts, stage, &server)
        );
        let title = format!("nothing asks whether the server on port {} still answers", server.port);
        out.advise(from.keyword_span.to(from.line.span(from.rest.clone())), title, reason);
    }
}

/// The steps of a stage and of those that it is made from, in order.
fn steps<'f, 'a>(facts: &'f Facts<'a>, stage: usize) -> impl Iterator<Item = &'f Step<'a>> {
    facts.chain(stage).into_iter().flat_map(|stage| &facts.stages[stage].steps)
}

fn is_windows(facts: &Facts, stage: usize) -> bool {
    facts
        .reference(stage)
        .is_some_and(|name| ["windows", "nanoserver", "servercore"].iter().any(|part| name.contains(part)))
}

/// The server that the image starts; `None` where it is not known to start one.
fn server(facts: &Facts, stage: usize) -> Option<Server> {
    let own = |keyword| steps(facts, stage).filter(|step| step.instruction.keyword == keyword).last();
    let (entrypoint, cmd) = (own(Keyword::Entrypoint), own(Keyword::Cmd));
    let program = entrypoint.or(cmd).and_then(|step| program(facts, step));
    let of_base = facts.reference(stage).and_then(servers::of_image);
    let serves = facts.image(stage).and_then(|image| image.service).is_some_and(|service| service != Service::Base);
    if program.as_deref().is_some_and(only_waits) {
        return None;
    }
    let starts = entrypoint.or(cmd).is_some() || serves || of_base.is_some();
    let exposed = exposed(facts, stage);
    // that of the base image answers by a way of its own, if it is what is started and exposed
    if let Some((port, asks)) = of_base.filter(|(port, _)| exposed.is_empty() || exposed.contains(port)) {
        return Some(Server { port, asks, program });
    }
    let plain = exposed.iter().copied().find(|port| servers::of_port(*port) == Asks::Http && *port != 443);
    let port = plain.or_else(|| exposed.iter().copied().find(|port| *port != 22)).filter(|_| starts)?;
    Some(Server { port, asks: servers::of_port(port), program })
}

/// The TCP ports that are exposed, in order.
fn exposed(facts: &Facts, stage: usize) -> Vec<u16> {
    let mut out = Vec::new();
    for step in steps(facts, stage).filter(|step| step.instruction.keyword == Keyword::Expose) {
        let Args::Words { words, .. } = &step.instruction.args else { continue };
        for word in words {
            if let Known::Yes(text) = step.before.expand(&word.text) {
                let one = |ports: &Ports| ports.protocol == "tcp" && ports.first == ports.last && ports.first > 0;
                out.extend(Ports::read(&text).ok().filter(one).map(|ports| ports.first));
            }
        }
    }
    out
}

/// The program that CMD or ENTRYPOINT starts, without what launches it; `None` where it is not seen.
fn program(facts: &Facts, step: &Step) -> Option<String> {
    let Args::Command(command) = &step.instruction.args else { return None };
    let all: Vec<String> = match command {
        Command::Exec(words) => words.iter().map(|word| word.text.clone()).collect(),
        Command::Shell(_) => words::started(words::literal(facts.shell_text(step.item)?)?),
    };
    let name = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
    let launched =
        |word: &&String| !word.starts_with('-') && !["tini", "dumb-init", "exec"].contains(&name(word).as_str());
    all.iter().find(launched).map(name)
}

/// A shell for people, or something that keeps a container alive.
fn only_waits(program: &str) -> bool {
    programs::is_shell(program) || matches!(program, "tail" | "sleep" | "true" | "cat" | "sshd")
}

/// Whether the root of a stage is `scratch`, or has neither a shell nor tools.
fn is_bare(facts: &Facts, stage: usize) -> bool {
    let root = facts.chain(stage).first().map(|root| &facts.stages[*root].base);
    let distroless = || facts.image(stage).is_some_and(|image| image.tool("sh") == Some(false));
    matches!(root, Some(Base::Scratch)) || distroless()
}
