//! How far what a RUN leaves in the file system reaches: the rest of its stage, the stages made from it, files that COPY or a
//! mount takes out of it, triggers, and the program that the image runs. Knows who looks, not whether that is good.

use crate::facts::Facts;
use crate::syntax::{Args, Instruction};

/// A mount of a RUN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// `cache`, `bind`, ...
    pub kind: String,
    /// Where it is mounted; `None` where that is not known.
    pub target: Option<String>,
    /// The stage or image that it is from.
    pub from: Option<String>,
    /// The path in there.
    pub source: Option<String>,
}

/// The mounts of a RUN.
pub fn mounts(instruction: &Instruction) -> Vec<Mount> {
    let flags = instruction.flags.iter().filter(|flag| flag.name == "mount");
    flags.map(|flag| read_mount(flag.value.as_deref().unwrap_or_default())).collect()
}

fn read_mount(value: &str) -> Mount {
    let field = |names: &[&str]| {
        let pairs = value.split(',').filter_map(|field| field.split_once('='));
        let mut named = pairs.filter(|(key, _)| names.contains(&key.to_lowercase().as_str()));
        named.next().map(|(_, value)| value.trim_matches('"').to_owned())
    };
    let kind = field(&["type"]).unwrap_or_else(|| "bind".to_owned());
    let target = field(&["target", "dst", "destination"]).filter(|path| !path.contains('$'));
    Mount { kind, target, from: field(&["from"]), source: field(&["source", "src"]) }
}

/// Whether one path is the other, or above or below it.
pub fn overlap(left: &str, right: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned).collect()
    };
    let (left, right) = (parts(left), parts(right));
    left.iter().zip(&right).all(|(a, b)| a == b || a.contains(['*', '?', '$']) || b.contains(['*', '?', '$']))
}

/// Whether a RUN has a mount at, above or below one of these paths, or one whose place is not known.
pub fn mounted(instruction: &Instruction, paths: &[&str]) -> Option<String> {
    let flags = instruction.flags.iter().filter(|flag| flag.name == "mount");
    let mut pairs = mounts(instruction).into_iter().zip(flags);
    let hit = |mount: &Mount| {
        !matches!(mount.kind.as_str(), "secret" | "ssh")
            && mount
                .target
                .as_ref()
                .is_none_or(|target| !target.starts_with('/') || paths.iter().any(|path| overlap(target, path)))
    };
    pairs.find(|(mount, _)| hit(mount)).map(|(_, flag)| flag.text.clone())
}

/// Whether a RUN has no network.
pub fn offline(instruction: &Instruction) -> bool {
    instruction.flag("network").is_some_and(|flag| flag.value.as_deref() == Some("none"))
}

impl<'a> Facts<'a> {
    /// The stages made from a stage, directly.
    pub fn children(&self, stage: usize) -> impl Iterator<Item = usize> {
        self.stages.get(stage).into_iter().flat_map(|stage| &stage.children).copied()
    }

    /// A stage and all that are made from it, directly or not.
    pub fn family_of(&self, stage: usize) -> Vec<usize> {
        let mut out = vec![stage];
        let mut at = 0;
        while let Some(one) = out.get(at).copied() {
            out.extend(self.children(one));
            at += 1;
        }
        self.counter.look(out.len());
        out
    }

    /// Whether COPY or a mount takes something at, above or below one of these paths out of a stage or one made from it.
    pub fn taken_out(&self, stage: usize, paths: &[&str]) -> Option<String> {
        let mut asked = self.asked.taken.borrow_mut();
        let taken = asked.entry(paths.join("\0")).or_insert_with(|| Taken::read(self, paths));
        let item = taken.of(stage)?;
        let one = self.instruction(item)?;
        Some(inner(one).line.text().to_owned())
    }
}

/// The instructions that take something at some paths out of stages.
#[derive(Debug)]
pub(super) struct Taken {
    /// Of each stage, the first item that takes out of it or of one made from it.
    first: Vec<Option<usize>>,
    /// The first item that may take out of any.
    anywhere: Option<usize>,
}

impl Taken {
    fn read(facts: &Facts, paths: &[&str]) -> Taken {
        let mut taken = Taken { first: vec![None; facts.stages.len()], anywhere: None };
        facts.counter.look(facts.file.items.len());
        for (item, one) in facts.file.instructions() {
            for name in takes(inner(one), paths) {
                let slot = match facts.stage_by_name(&name).or_else(|| name.parse().ok()) {
                    _ if name.contains('$') => Some(&mut taken.anywhere),
                    Some(stage) => taken.first.get_mut(stage),
                    None => None,
                };
                if let Some(slot) = slot {
                    slot.get_or_insert(item);
                }
            }
        }
        for (stage, one) in facts.stages.iter().enumerate().rev() {
            let of_children = one.children.iter().filter_map(|child| taken.first[*child]);
            taken.first[stage] = taken.first[stage].into_iter().chain(of_children).min();
        }
        taken
    }

    fn of(&self, stage: usize) -> Option<usize> {
        self.first.get(stage).copied().flatten().into_iter().chain(self.anywhere).min()
    }
}

/// An instruction, or that of a trigger.
fn inner(instruction: &Instruction) -> &Instruction {
    match &instruction.args {
        Args::Onbuild(inner) => inner,
        _ => instruction,
    }
}

/// The stages or images from which an instruction takes something at, above or below one of these paths.
fn takes(one: &Instruction, paths: &[&str]) -> Vec<String> {
    let wanted = |source: &str| {
        let source = if source.starts_with('$') { "/" } else { source };
        paths.iter().any(|path| overlap(source, path))
    };
    let copied = match &one.args {
        Args::Transfer { sources, .. } if sources.iter().any(|source| wanted(&source.text)) => {
            one.flag("from").and_then(|flag| flag.value.clone())
        }
        _ => None,
    };
    let mounted = mounts(one).into_iter().filter(|mount| wanted(mount.source.as_deref().unwrap_or("/")));
    copied.into_iter().chain(mounted.filter_map(|mount| mount.from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::text::Source;

    #[test]
    fn what_is_copied_out_is_seen() {
        let source = Source::new("FROM a AS x\nFROM x AS y\nFROM b\nCOPY --from=y /var/lib /l\n");
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        assert!(facts.taken_out(0, &["/var/lib/apt/lists"]).is_some(), "from a stage made of it");
        assert!(facts.taken_out(0, &["/root/.cache"]).is_none());
        assert!(facts.taken_out(2, &["/var/lib/apt/lists"]).is_none());
    }
}
