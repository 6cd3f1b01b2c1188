//! Stages: where each begins, what it is made from, and the state before each of its instructions.

use crate::facts::State;
use crate::facts::project::ProjectFacts;
use crate::facts::state::{Budget, LONGEST_VALUE};
use crate::syntax::{Args, File, Instruction, Keyword};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// What a stage is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// `FROM scratch`.
    Scratch,
    /// An earlier stage, by index.
    Stage(usize),
    /// An image, variables with defaults put in; `None` where a variable without a default decides.
    Image(Option<String>),
}

/// A stage.
#[derive(Debug)]
pub struct Stage<'a> {
    /// The item of its FROM.
    pub item: usize,
    /// Its name, in lower case.
    pub name: Option<String>,
    /// What it is made from.
    pub base: Base,
    /// The stage at the start of its chain of FROMs: itself, if it is made from no other.
    pub root: usize,
    /// The stages that are made from it, directly, in order.
    pub children: Vec<usize>,
    /// The instructions behind FROM.
    pub steps: Vec<Step<'a>>,
    /// The state behind the last of them.
    pub end: Arc<State>,
    /// Whether its commands show a Unix shell; worked out when asked for.
    pub(super) unix: OnceLock<bool>,
}

impl Stage<'_> {
    /// How many of its instructions make a layer.
    pub fn layers(&self) -> usize {
        let makes = |keyword| matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir);
        self.steps.iter().filter(|step| makes(step.instruction.keyword)).count()
    }
}

/// An instruction of a stage.
#[derive(Debug)]
pub struct Step<'a> {
    /// Its item.
    pub item: usize,
    /// Itself.
    pub instruction: &'a Instruction,
    /// The state before it, which steps share as long as none changes it.
    pub before: Arc<State>,
}

/// Reads the stages of a file, with the arguments and contexts that the project gives to its builds.
pub(super) fn read<'a>(file: &'a File, project: &ProjectFacts) -> Vec<Stage<'a>> {
    let mut defaults: HashMap<String, Option<String>> = HashMap::new();
    let mut stages: Vec<Stage> = Vec::new();
    let mut budget = Budget::default();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (item, instruction) in file.instructions() {
        match (&instruction.args, stages.last_mut()) {
            (Args::From { image, alias }, _) => {
                // who asks for a stage or an image by the name of another build context gets that one
                let image = substitute(&image.text, &defaults).filter(|image| !project.replaces(image));
                let parent = image.as_ref().and_then(|image| names.get(image)).copied();
                let mut stage = open(item, instruction, image, parent, &stages);
                let name = alias.as_ref().map(|alias| alias.text.to_lowercase());
                stage.name = name.filter(|name| !project.replaces(name));
                if let Some(parent) = parent {
                    let index = stages.len();
                    stages[parent].children.push(index);
                }
                names.extend(stage.name.clone().map(|name| (name, stages.len())));
                // one for the whole file: a stage goes on with what the ones before it left
                let budget = stages.last().map_or(budget, |before| before.end.budget);
                if stage.end.budget != budget {
                    Arc::make_mut(&mut stage.end).budget = budget;
                }
                stages.push(stage);
            }
            (_, Some(stage)) => {
                let before = Arc::clone(&stage.end);
                if State::is_changed_by(instruction.keyword) {
                    Arc::make_mut(&mut stage.end).apply(instruction);
                }
                stage.steps.push(Step { item, instruction, before });
            }
            (Args::Pairs { pairs, .. }, None) if instruction.keyword == Keyword::Arg => {
                for pair in pairs {
                    let text = pair.value.as_ref().map(|value| value.text.as_str());
                    let value = match project.args.get(&pair.name.text) {
                        Some(given) => given.get().cloned().filter(|value| value.len() <= LONGEST_VALUE),
                        None => text.and_then(|text| budget.pay(text, substitute(text, &defaults)?)),
                    };
                    defaults.insert(pair.name.text.clone(), value);
                }
            }
            _ => {}
        }
    }
    stages
}

/// A stage right after its FROM. `image` is what FROM names, `parent` the stage of that name.
fn open<'a>(
    item: usize,
    from: &Instruction,
    image: Option<String>,
    parent: Option<usize>,
    stages: &[Stage<'a>],
) -> Stage<'a> {
    let (base, end) = match (parent, image) {
        (Some(parent), _) => (Base::Stage(parent), Arc::clone(&stages[parent].end)),
        (None, Some(image)) if image == "scratch" => (Base::Scratch, Arc::default()),
        (None, image) => {
            let windows = from.flag("platform").is_some_and(|flag| flag.text.to_lowercase().contains("windows"));
            let state = image.as_deref().filter(|_| !windows).map(State::of_image);
            (Base::Image(image), Arc::new(state.unwrap_or_default()))
        }
    };
    let root = parent.map_or(stages.len(), |parent| stages[parent].root);
    Stage { item, name: None, base, root, children: Vec::new(), steps: Vec::new(), end, unix: OnceLock::new() }
}

/// Puts global ARG defaults into an image name: `$NAME`, `${NAME}` and `${NAME:-default}`. `None` where one is not known, and where it
/// would be longer than [`LONGEST_VALUE`].
fn substitute(raw: &str, defaults: &HashMap<String, Option<String>>) -> Option<String> {
    let raw = raw.trim_matches(['"', '\'']);
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (inner, after) = match rest.strip_prefix('{') {
            Some(inner) => inner.split_once('}')?,
            None => {
                let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                rest.split_at(len)
            }
        };
        let (name, default) = match inner.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (inner, None),
        };
        let known = defaults.get(name).and_then(Option::as_deref);
        out.push_str(known.or(default).filter(|value| out.len() + value.len() <= LONGEST_VALUE)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::NO_PROJECT;
    use crate::facts::state::GROWTH;
    use crate::syntax;
    use crate::text::Source;

    /// The lengths of the names of the images that the stages are made from; `None` where one is not known.
    fn bases(text: &str) -> Vec<Option<usize>> {
        let source = Source::new(text);
        let parsed = syntax::parse(&source);
        let length = |stage: &Stage| match &stage.base {
            Base::Image(name) => name.as_ref().map(String::len),
            _ => None,
        };
        read(&parsed.file, &NO_PROJECT).iter().map(length).collect()
    }

    #[test]
    fn arguments_before_from_do_not_grow_without_end() {
        let lines: String = (1..60).map(|n| format!("ARG A{n}=$A{0}$A{0}\n", n - 1)).collect();
        assert_eq!(bases(&format!("ARG A0=x\n{lines}FROM $A4\nFROM $A59\n")), [Some(16), None]);
        let one = "x".repeat(LONGEST_VALUE / 2);
        let lines: String = (0..500).map(|n| format!("ARG B{n}=$A$A\n")).collect();
        let stages: String = (0..500).map(|n| format!("FROM $B{n}\n")).collect();
        let known: usize = bases(&format!("ARG A={one}\n{lines}{stages}")).into_iter().flatten().sum();
        assert!(known > 0 && known <= GROWTH + 500 * "$A$A".len(), "{known}");
    }

    #[test]
    fn all_stages_together_grow_to_a_bound() {
        let one = "x".repeat(LONGEST_VALUE / 2);
        let text: String = (0..500).map(|n| format!("FROM a AS s{n}\nENV A={one}\nENV B=$A$A\n")).collect();
        let source = Source::new(text);
        let parsed = syntax::parse(&source);
        let known = |stage: &Stage| stage.end.env.get("B").flatten().map_or(0, str::len);
        let total: usize = read(&parsed.file, &NO_PROJECT).iter().map(known).sum();
        assert!(total > 0 && total <= GROWTH + 500 * "$A$A".len(), "{total}");
    }
}
