//! Whether what was read is enough to say that the program runs as another user. Without its code, it must be known to be a service
//! that listens on a port above 1023; what its own build leaves, and what COPYs bring elsewhere, must be what programs only read.

use super::evidence::Evidence;
use super::program::Started;
use super::*;
use crate::script::Invocation;
use std::borrow::Cow;

/// Fails if something is missing.
pub fn enough(image: &Image, started: &Started, seen: &Evidence) -> Result<(), No> {
    started.compiled.iter().try_for_each(|stage| compiled::check(image, *stage))?;
    base_port(image, started)?;
    let port = started.port || image.says_its_port() || image.code.port;
    match seen.volumes.first() {
        Some((_, path)) if !port => {
            return advise(format!(
                "the program may be a tool that works on what is mounted on `{path}`: no port is known"
            ));
        }
        _ => {}
    }
    if !port && !image.code.read {
        return advise("the program's code was not read, and no port is known on which it listens");
    }
    if let Some(command) = fetched(image) {
        return advise(format!("`{command}` of an earlier stage brings code that was not read"));
    }
    if let Some(option) = started.settings.as_ref().filter(|_| !image.code.read) {
        return advise(format!("what `{option}` names was not read"));
    }
    if let Some(by) = seen.built.as_ref().filter(|_| !image.only_reads()) {
        return refuse(
            mark!(WRITES, "built"),
            format!("what a RUN makes by `{by}` stays root's, and the program may write to it"),
        );
    }
    elsewhere(image)
}

/// A command of an earlier stage, from which the image copies, that brings a program's code from elsewhere.
fn fetched(image: &Image) -> Option<String> {
    let stages = sources::stages(image).into_iter().skip(1).flat_map(|stage| image.facts.chain(stage));
    let steps = stages.flat_map(|stage| &image.facts.stages[stage].steps);
    let runs = steps.filter(|step| step.instruction.keyword == Keyword::Run);
    let clones = |one: &Invocation| one.is(&["git", "svn", "hg"]) && !one.is_idle();
    let found = runs.filter_map(|step| image.facts.commands(step.item)?.deep().into_iter().find(clones)?.called());
    found.map(Cow::into_owned).next()
}

/// The base image may make the program listen on a port below 1024.
fn base_port(image: &Image, started: &Started) -> Result<(), No> {
    let listens = image.facts.image(image.stage).and_then(|base| base.listens);
    match listens.filter(|port| *port < 1024 && !started.told && !image.env_tells_port()) {
        Some(port) => refuse(
            mark!(LOW_PORT, "base"),
            format!("the base image makes the program listen on port {port}, unless ENV names another one"),
        ),
        None => Ok(()),
    }
}

/// Fails if a COPY brings what the program may write to a place that is not given to it.
fn elsewhere(image: &Image) -> Result<(), No> {
    const READ: &[&str] = &["/bin", "/etc", "/lib", "/lib64", "/opt", "/sbin", "/usr"];
    if image.only_reads() {
        return Ok(());
    }
    let folder = image.end.workdir.get().filter(|_| image.works_in_its_folder());
    for brought in image.copies.0.iter().filter(|brought| !plan::is_all_code(image, brought)) {
        let Some(dest) = brought.dest.as_deref() else { continue };
        let mut known = READ.iter().copied().chain(folder.into_iter().chain(image.given()).map(String::as_str));
        let owned = image.facts.stages[brought.stage].steps[brought.step].instruction.flag("chown").is_some();
        if !owned && !known.any(|place| copied_file::below(dest, place).is_some()) {
            return refuse(
                mark!(WRITES, "copied-elsewhere"),
                format!("a COPY brings data to `{dest}`, which stays root's, and the program may write to it"),
            );
        }
    }
    Ok(())
}

impl Image<'_, '_> {
    /// Whether all code was read, and nothing was found in it that writes files.
    pub fn only_reads(&self) -> bool {
        self.code.read && self.code.writes.is_none()
    }

    /// Whether EXPOSE or ENV name a port; one below 1024 is refused.
    fn says_its_port(&self) -> bool {
        self.steps().any(|step| step.instruction.keyword == Keyword::Expose) || self.env_tells_port()
    }

    /// Whether a variable of the file names a port above 1023, or a program of Flask, which serves on 5000.
    fn env_tells_port(&self) -> bool {
        let tells = |name: &str, value: Option<&str>| {
            let listens = ["PORT", "URLS", "LISTEN", "BIND"].iter().any(|part| name.contains(part));
            let port =
                value.and_then(|value| value.rsplit(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty()));
            let high = port.and_then(|port| port.parse::<u32>().ok()).is_some_and(|port| (1024..65536).contains(&port));
            (listens && high) || (name == "FLASK_APP" && value.is_some())
        };
        let pairs = self.steps().filter_map(|step| match &step.instruction.args {
            crate::syntax::Args::Pairs { pairs, .. } if step.instruction.keyword == Keyword::Env => Some((step, pairs)),
            _ => None,
        });
        pairs.flat_map(|(step, pairs)| pairs.iter().map(move |pair| (step, pair))).any(|(step, pair)| {
            let value = pair.value.as_ref().map(|value| step.before.expand(&value.text));
            tells(&pair.name.text.to_uppercase(), value.as_ref().and_then(Known::get).map(String::as_str))
        })
    }
}
