//! What reaches the file besides the RUN that unpacks it: instructions between the two, later ones, other stages.

use super::body::{self, Body, Place, Removal, only_removes};
use super::fetch::{self, Fetch};
use super::mentions::Mentions;
use super::name::{Name, SOMEWHERE};
use super::*;
use crate::facts::{Step, layout};
use crate::knowledge::programs::Kind;
use crate::script::Invocation;
use crate::syntax::{Args, Instruction};

/// How many looks it costs to see what the commands of a RUN do to a file, and whether an instruction has to do with it.
const COMMANDS: usize = 64;
const INSTRUCTION: usize = 16;

/// Whether a RUN after the one at `at` removes the file.
pub fn removed_later(facts: &Facts, (stage, at): (usize, usize), body: &Body, mentions: &Mentions) -> bool {
    let steps = &facts.stages[stage].steps;
    let items = steps[at].item + 1..steps.last().map_or(0, |last| last.item + 1);
    let runs = mentions.commanded(&body.file, items).filter_map(|item| facts.step_of(item));
    runs.filter(|step| step.instruction.keyword == Keyword::Run)
        .take_while(|_| facts.counter.look(COMMANDS))
        .any(|step| removals(facts, step, &body.file).is_some())
}

/// Whether all commands of a RUN that speak of the file are `rm`, and how: `None` where it speaks of it otherwise or not at
/// all.
fn removals(facts: &Facts, step: &Step, file: &Name) -> Option<Later> {
    let commands = facts.commands(step.item)?;
    let place = Place::new(&step.before);
    let links = commands.links();
    let elsewhere = commands.loose().any(|word| body::names(word.raw(), file));
    let speaking: Vec<Invocation> = commands.iter().filter(|one| body::names(one.raw(), file)).collect();
    let only_rm = speaking.iter().all(|one| only_removes(*one) && one.is_bare());
    let alone = speaking.first().is_some_and(|one| {
        let mut operands = one.operands();
        let is_file = operands.next().is_some_and(|word| place.is_file(*one, word, file));
        links.len() == 1
            && links[0].command().is_some()
            && commands.iter().count() == 1
            && is_file
            && operands.next().is_none()
    });
    let alone = alone && commands.redirects().next().is_none();
    let tolerant = speaking.iter().all(|one| one.has(&["-f", "--force"]));
    (!speaking.is_empty() && !elsewhere && only_rm).then_some(Later { alone, tolerant })
}

/// A later RUN that removes the file.
struct Later {
    /// It does nothing else.
    alone: bool,
    /// It is content when the file is not there.
    tolerant: bool,
}

/// That nothing between the two notices that the file comes later.
pub fn between(
    facts: &Facts,
    stage: usize,
    (at, use_at): (usize, usize),
    fetch: &Fetch,
    body: &Body,
) -> Result<(), Reason> {
    let mut variables = fetch.url.variables();
    variables.extend(body.file.variables());
    for step in facts.stages[stage].steps[at + 1..use_at].iter().take_while(|_| facts.counter.look(INSTRUCTION)) {
        let instruction = step.instruction;
        let harmless = match &instruction.args {
            Args::Command(_) if instruction.keyword == Keyword::Run => is_apart(facts, step, &body.file),
            Args::Transfer { dest, .. } => fetch::sources(instruction).is_some() || apart(&dest.text, step, &body.file),
            Args::Pairs { pairs, .. } => !pairs.iter().any(|pair| variables.contains(pair.name.text.as_str())),
            Args::Text(_) if instruction.keyword == Keyword::Workdir => !body.file.is_somewhere(),
            Args::Words { words, .. } if instruction.keyword == Keyword::Volume => {
                words.iter().all(|word| apart(&word.text, step, &body.file))
            }
            _ => true,
        };
        if !harmless {
            let line = instruction.lines.0;
            return Err((
                &BETWEEN,
                format!("the {:?} in line {line} may notice that the file comes later", instruction.keyword),
            ));
        }
    }
    Ok(())
}

/// Whether a RUN does nothing but install packages of the distribution, whose files are their own, and what is known to be done
/// elsewhere.
fn is_apart(facts: &Facts, step: &Step, file: &Name) -> bool {
    let Some(commands) = facts.commands(step.item) else { return false };
    let place = Place::new(&step.before);
    commands.deep().into_iter().all(|one| {
        let installs =
            one.is_kind(Kind::SystemPackages) && one.program().is_some_and(|program| program.manager.is_some());
        installs || one.name_word().is_none() || place.is_elsewhere(one, file)
    })
}

/// Whether a destination does not take the file in.
fn apart(dest: &str, step: &Step, file: &Name) -> bool {
    let cwd = step.before.workdir.get().map_or(SOMEWHERE, String::as_str);
    let Some(dest) = Name::of_builder(dest, &step.before) else { return false };
    let dest = dest.absolute(cwd);
    dest.key() != "/" && !body::covers(dest.key(), file.key())
}

/// That no other instruction reads the file. The step of a later RUN that only removes it, and so goes too.
pub fn elsewhere(
    facts: &Facts,
    stage: usize,
    (at, use_at): (usize, usize),
    body: &Body,
    mentions: &Mentions,
) -> Result<Option<usize>, Reason> {
    let steps = &facts.stages[stage].steps;
    let own = [steps[at].item, steps[use_at].item];
    let mut dropped = None;
    for item in mentions.spoken(facts, &body.file).filter(|item| !own.contains(item)) {
        let Some(instruction) = facts.instruction(item).filter(|one| !silent(one)) else { continue };
        if !facts.counter.look(COMMANDS) {
            break;
        }
        let later = steps.binary_search_by_key(&item, |step| step.item).ok().filter(|index| *index > use_at);
        let Some(index) = later else { return Err(read_by(instruction)) };
        match removals(facts, &steps[index], &body.file) {
            Some(Later { alone: true, .. }) if dropped.is_none() && !commented(facts, item) => dropped = Some(index),
            Some(Later { tolerant: true, .. }) => {}
            _ => return Err(read_by(instruction)),
        }
    }
    if body.removal == Removal::None && dropped.is_none() && copied_out(facts, stage, &body.file, mentions) {
        return Err((mark!(USED_ELSEWHERE, "by-a-stage"), "another stage copies the folder that it is in".to_owned()));
    }
    Ok(dropped)
}

fn read_by(instruction: &Instruction) -> Reason {
    (
        mark!(USED_ELSEWHERE, "by-an-instruction"),
        format!("the {:?} in line {} speaks of it too", instruction.keyword, instruction.lines.0),
    )
}

/// Instructions that read no file.
fn silent(instruction: &Instruction) -> bool {
    use Keyword::*;
    matches!(instruction.keyword, Label | Maintainer | Expose | Arg | From | User | Stopsignal)
}

/// Whether comments stand above an instruction or in it, which must not get lost.
fn commented(facts: &Facts, item: usize) -> bool {
    let span = facts.file.items[item].span;
    let inside = facts.source.slice(span).lines().any(|line| line.trim_start().starts_with('#'));
    inside || layout::attached(facts, item) != span.start as usize
}

/// Whether a later stage copies a folder above the file out of this one.
fn copied_out(facts: &Facts, stage: usize, file: &Name, mentions: &Mentions) -> bool {
    let takes = |instruction: &Instruction| match &instruction.args {
        Args::Transfer { sources, .. } => sources
            .iter()
            .any(|source| body::covers(&crate::facts::state::clean(&source.text), file.key()) || source.text == "/"),
        _ => false,
    };
    let copies = mentions.copies(facts, stage).take_while(|_| facts.counter.look(1));
    copies.filter_map(|item| facts.instruction(item)).any(takes)
}
