//! Variables by which a tool may be told to read a file of the project.

use super::*;
use crate::facts::{Base, Known};
use crate::knowledge::manifests;

/// The steps that come before a step of a stage: those of the stage, and those of the stages it is made from.
pub fn lineage(facts: &Facts, stage: usize, end: usize) -> Vec<(usize, usize)> {
    let mut out = vec![(stage, end)];
    let mut at = stage;
    while let Base::Stage(parent) = facts.stages[at].base {
        out.push((parent, facts.stages[parent].steps.len()));
        at = parent;
    }
    out
}

/// That no ENV or ARG before an install names a file that is copied.
///
/// # Errors
/// Where one may.
pub fn check(facts: &Facts, stage: usize, end: usize, copies: &Copies) -> Result<(), Reason> {
    for (stage, end) in lineage(facts, stage, end) {
        // of each its values are put together
        for step in facts.stages[stage].steps[..end].iter().take_while(|_| facts.counter.look(4)) {
            let Args::Pairs { pairs, .. } = &step.instruction.args else { continue };
            if !matches!(step.instruction.keyword, Keyword::Env | Keyword::Arg) {
                continue;
            }
            for pair in pairs {
                let name = &pair.name.text;
                let raw = pair.value.as_ref().map_or("", |value| value.text.as_str());
                let own = [format!("${{{name}}}"), format!("${name}")];
                let rest = own.iter().fold(raw.to_owned(), |rest, own| rest.replace(own.as_str(), ""));
                // a build argument can be given from outside: of one that may name a file nothing is known
                let value = match step.before.expand(&rest) {
                    Known::Yes(value) if step.instruction.keyword == Keyword::Env => Some(value),
                    _ => None,
                };
                check_one(name, value.as_deref(), copies)?;
            }
        }
    }
    Ok(())
}

/// That a variable of this value does not name a file that is copied.
///
/// # Errors
/// Where it may.
pub fn check_one(name: &str, value: Option<&str>, copies: &Copies) -> Result<(), Reason> {
    if !manifests::steers(name) {
        return Ok(());
    }
    let Some(value) = value else {
        return refuse(
            mark!(ENVIRONMENT, "not-known"),
            format!("the value of `{name}` is not known, and may name a file of the project"),
        );
    };
    let fine = |part: &str| match part {
        part if part.starts_with('/') => Absolute::new(part).is_none_or(|path| !copies.touches(&path)),
        part => !part.contains(['/', '$', '~', '\\']) && !names_file(part),
    };
    let remote = value.contains("://") && !value.contains("file:");
    match remote || value.split([':', ',', ';', ' ', '=']).all(fine) {
        true => Ok(()),
        false => {
            refuse(mark!(ENVIRONMENT, "value"), format!("`{name}` is `{value}`, which may name a file of the project"))
        }
    }
}

/// Whether a word without a folder looks like a file's name.
fn names_file(part: &str) -> bool {
    let version = part.chars().all(|c| c.is_ascii_digit() || c == '.');
    part.starts_with('.') || (part.contains('.') && !version)
}
