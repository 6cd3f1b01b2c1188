//! The edits: a RUN that makes the user and gives it its folders, `--chown`, and USER, in the style of the file.

use super::plan::Plan;
use super::*;
use crate::edit::{Edit, EditSet};
use crate::facts::layout::{Style, attached, flag_place};
use crate::syntax::ItemKind;

/// The rewrite.
pub fn rewrite(image: &Image, plan: &Plan) -> Rewrite {
    let facts = image.facts;
    let steps = &facts.stages[image.stage].steps;
    let mut blocks: Vec<(usize, String)> = Vec::new();
    match (&plan.make, &plan.give) {
        (Some((at, make)), Some((there, give))) if at == there => {
            let commands = make.iter().chain([give]).cloned().collect::<Vec<_>>();
            blocks.push((*at, run(image, &commands)));
        }
        (make, give) => {
            blocks.extend(make.iter().map(|(at, commands)| (*at, run(image, commands))));
            blocks.extend(give.iter().map(|(at, command)| (*at, run(image, std::slice::from_ref(command)))));
        }
    }
    let user = format!("{} {}:{}", cased(image, "USER"), plan.uid, plan.gid);
    blocks.push((plan.user_at, user));
    let mut edits = inserted(image, blocks);
    let chown = format!("--chown={}:{}", plan.uid, plan.gid);
    edits.extend(plan.chown.iter().map(|step| Edit::insert(flag_place(steps[*step].instruction), format!(" {chown}"))));
    let span = facts.file.items[facts.stages[image.stage].item].span;
    Rewrite {
        at: span,
        title: format!("run the program as user {}", plan.uid),
        reason: "whoever breaks into a program that runs as root is root in the container".to_owned(),
        level: Level::Recommended,
        edits: EditSet::new(edits).unwrap_or_default(),
        notes: plan.notes.clone(),
        touches: vec![Intent::Owner(owned(image, plan)), Intent::Added(made(plan))],
    }
}

/// Where the owner changes: in what is copied for the user, with the folders that COPY makes for it, and the folders that are
/// given to it.
fn owned(image: &Image, plan: &Plan) -> Vec<String> {
    let copied =
        |brought: &&copied_file::CopiedFile| brought.stage == image.stage && plan.chown.contains(&brought.step);
    let copies = image.copies.0.iter().filter(copied).filter_map(|brought| brought.dest.as_deref());
    let mut out = Vec::new();
    for dest in copies {
        let parents = dest.match_indices('/').skip(1).map(|(at, _)| &dest[..at]).filter(|path| plan::is_ownable(path));
        out.extend(parents.map(str::to_owned));
        out.extend([dest.to_owned(), format!("{dest}/**")]);
    }
    out.extend(plan.folders.iter().cloned());
    out
}

/// What may be new: what comes with a user, and the directories that are given to it, with those above, where nothing in the image
/// has made them (that of a volume, say).
fn made(plan: &Plan) -> Vec<String> {
    let given = plan.folders.iter().flat_map(|folder| {
        folder.match_indices('/').skip(1).map(|(at, _)| folder[..at].to_owned()).chain([folder.clone()])
    });
    MADE_WITH_A_USER.iter().map(|path| (*path).to_owned()).chain(given).collect()
}

/// A RUN of commands, a line each.
fn run(image: &Image, commands: &[String]) -> String {
    let style = Style::of(image.facts);
    let rest: String = commands.iter().skip(1).map(|command| style.join(&[], command)).collect();
    format!("{} {}{rest}", cased(image, "RUN"), commands.first().map_or("", String::as_str))
}

/// A keyword as the file writes them.
fn cased(image: &Image, keyword: &str) -> String {
    let from = image.facts.instruction(image.facts.stages[image.stage].item);
    let written = from.map_or("", |from| image.facts.source.slice(from.keyword_span));
    if written.chars().all(|c| c.is_ascii_lowercase()) && !written.is_empty() {
        keyword.to_lowercase()
    } else {
        keyword.to_owned()
    }
}

/// Puts each text before its step, above the comments of that step; a text that starts a block of lines is one of its own.
fn inserted(image: &Image, blocks: Vec<(usize, String)>) -> Vec<Edit> {
    let facts = image.facts;
    let stage = &facts.stages[image.stage];
    let eol = facts.source.eol();
    let items = &facts.file.items;
    let mut edits = Vec::new();
    for (step, text) in blocks {
        let above = if step == 0 { stage.item } else { stage.steps[step - 1].item };
        let next = stage.steps.get(step).map(|step| attached(facts, step.item));
        let (offset, blank) = match next {
            Some(offset) => {
                let blank =
                    items.iter().any(|item| item.span.end as usize == offset && matches!(item.kind, ItemKind::Blank));
                (offset, blank)
            }
            None => (items[above].span.end as usize, false),
        };
        let ended = facts.source.text()[..offset].ends_with('\n');
        edits.push(Edit::insert(
            offset,
            match (ended, blank) {
                (true, true) => format!("{text}{eol}{eol}"),
                (true, false) => format!("{text}{eol}"),
                (false, _) => format!("{eol}{text}"),
            },
        ));
    }
    edits
}
