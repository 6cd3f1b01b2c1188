//! How far what a RUN leaves in the file system reaches: the rest of its stage, the stages made from it, files that COPY or a
//! mount takes out of it, triggers, and the program that the image runs. Knows who looks, not whether that is good.

use crate::facts::{Base, Facts};
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
        self.stages.iter().enumerate().filter(move |(_, one)| one.base == Base::Stage(stage)).map(|(index, _)| index)
    }

    /// A stage and all that are made from it, directly or not.
    pub fn family_of(&self, stage: usize) -> Vec<usize> {
        let mut out = vec![stage];
        let mut at = 0;
        while let Some(one) = out.get(at).copied() {
            out.extend(self.children(one));
            at += 1;
        }
        out
    }

    /// Whether COPY or a mount takes something at, above or below one of these paths out of a stage or one made from it.
    pub fn taken_out(&self, stage: usize, paths: &[&str]) -> Option<String> {
        let holders = self.family_of(stage);
        let holds = |name: &str| {
            let named = self.stages.iter().rposition(|one| one.name.as_deref() == Some(&name.to_lowercase()));
            name.contains('$') || named.or_else(|| name.parse().ok()).is_some_and(|index| holders.contains(&index))
        };
        let wanted = |source: &str| {
            let source = if source.starts_with('$') { "/" } else { source };
            paths.iter().any(|path| overlap(source, path))
        };
        let mut all = self.file.instructions().map(|(_, one)| match &one.args {
            Args::Onbuild(inner) => inner,
            _ => one,
        });
        let takes = |one: &Instruction| {
            let from = one.flag("from").and_then(|flag| flag.value.as_deref());
            let copies = match &one.args {
                Args::Transfer { sources, .. } => {
                    from.is_some_and(holds) && sources.iter().any(|source| wanted(&source.text))
                }
                _ => false,
            };
            copies
                || mounts(one).iter().any(|mount| {
                    mount.from.as_deref().is_some_and(holds) && wanted(mount.source.as_deref().unwrap_or("/"))
                })
        };
        all.find(|one| takes(one)).map(|one| one.line.text().to_owned())
    }
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
