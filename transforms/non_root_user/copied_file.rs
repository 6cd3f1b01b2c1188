//! What COPY and ADD bring to the image, and where a path of the image comes from.

use crate::facts::state::clean;
use crate::facts::{ContextView, Entry, Facts, Known};
use crate::syntax::{Args, Keyword};

/// A COPY or ADD of the image.
pub struct CopiedFile {
    /// The stage that it stands in.
    pub stage: usize,
    /// Its step there.
    pub step: usize,
    /// What it copies from; `None` is the build context.
    pub from: Option<From>,
    /// The sources, without a leading `/` or `./`; those with variables are left out.
    pub sources: Vec<String>,
    /// Where they go: an absolute path, where that is known.
    pub dest: Option<String>,
    /// Whether the destination is surely a folder.
    pub folder: bool,
}

/// Another stage or image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// A stage of this file.
    Stage(usize),
    /// Something else.
    Image,
}

/// All of them, in order.
pub struct Copies(pub Vec<CopiedFile>);

impl Copies {
    /// Reads those of a stage and of the stages that it is made from.
    pub fn read(facts: &Facts, last: usize) -> Copies {
        let mut all = Vec::new();
        for stage in facts.chain(last) {
            for (index, step) in facts.stages[stage].steps.iter().enumerate() {
                if let Args::Transfer { sources, dest, .. } = &step.instruction.args
                    && matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add)
                {
                    let named = step.instruction.flag("from").and_then(|flag| flag.value.clone());
                    let known = |raw: &str| step.before.expand(raw).get().map(|path| plain(path));
                    let folder = dest.text.ends_with(['/', '.']) || sources.len() > 1;
                    all.push(CopiedFile {
                        stage,
                        step: index,
                        from: named.map(|name| from(facts, stage, &name)),
                        sources: sources.iter().filter_map(|source| known(&source.text)).collect(),
                        dest: absolute(&step.before.expand(&dest.text), &step.before.workdir),
                        folder,
                    });
                }
            }
        }
        Copies(all)
    }

    /// The last COPY that may have brought a path, with the path it had there.
    pub fn origin(&self, facts: &Facts, path: &str) -> Option<(&CopiedFile, String)> {
        self.0.iter().rev().find_map(|brought| Some((brought, brought.source_of(facts, path)?)))
    }
}

impl CopiedFile {
    /// Whether it brings what is in a folder, or the folder itself.
    pub fn is_around(&self, folder: &str) -> bool {
        let dest = self.dest.as_deref().unwrap_or("/");
        below(dest, folder).is_some() || below(folder, dest).is_some()
    }

    /// Where a path of the image was before it was copied, if this COPY brings it.
    fn source_of(&self, facts: &Facts, path: &str) -> Option<String> {
        let dest = self.dest.as_deref()?;
        let rest = below(path, dest)?;
        self.sources.iter().find_map(|source| {
            let name = source.rsplit('/').next().unwrap_or_default();
            let pattern = source.contains(['*', '?', '[']);
            match (rest, pattern) {
                // a file under a new name
                ("", false) if !self.folder => Some(source.clone()),
                ("", _) => None,
                (rest, true) => {
                    let folder = source.strip_suffix(name)?;
                    (!rest.contains('/') && matches(name, rest)).then(|| format!("{folder}{rest}"))
                }
                (rest, false) if rest == name && self.is_file(facts, source) => Some(source.clone()),
                (rest, false) if source.is_empty() => Some(rest.to_owned()),
                (rest, false) if !self.is_file(facts, source) => Some(format!("{source}/{rest}")),
                _ => None,
            }
        })
    }

    /// Whether a source is a file, as far as that can be told; of another stage by its name.
    fn is_file(&self, facts: &Facts, source: &str) -> bool {
        let name = source.rsplit('/').next().unwrap_or_default();
        match facts.context.entry(source) {
            Entry::File { .. } if self.from.is_none() => true,
            Entry::Folder if self.from.is_none() => false,
            _ => {
                name.trim_start_matches('.').contains('.')
                    || self.dest.as_deref().is_some_and(|dest| dest.ends_with("/bin"))
            }
        }
    }
}

fn from(facts: &Facts, stage: usize, name: &str) -> From {
    let earlier = &facts.stages[..stage];
    let last = facts.stage_by_name(name).filter(|last| *last < stage);
    let searched = || earlier.iter().rposition(|one| one.name.as_deref() == Some(name.to_lowercase().as_str()));
    let by_name = last.or_else(searched);
    let by_number = || name.parse().ok().filter(|number: &usize| *number < stage);
    by_name.or_else(by_number).map_or(From::Image, From::Stage)
}

/// A path of the context, or of another stage, without `/` and `./` in front.
fn plain(path: &str) -> String {
    clean(path).trim_start_matches('/').to_owned()
}

/// An absolute path, where it is known.
pub fn absolute(path: &Known<String>, workdir: &Known<String>) -> Option<String> {
    let path = path.get()?;
    match path.starts_with('/') {
        true => Some(clean(path)),
        false => Some(clean(&format!("{}/{path}", workdir.get()?))),
    }
}

/// What of a path is left below a folder; empty where it is the folder.
pub fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    match rest.strip_prefix('/') {
        Some(inner) => Some(inner),
        None => rest.is_empty().then_some(""),
    }
}

/// Whether a name fits a pattern of `*` and text; other glob characters, and
/// more than three `*`, fit nothing.
pub fn matches(pattern: &str, name: &str) -> bool {
    if pattern.matches('*').count() > 3 {
        return false;
    }
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| matches(rest, &name[at..]))
        }),
    }
}

/// Something in a folder of the context, at any depth, of which `f` is true: the path. At most a few thousand are looked at.
pub fn find_in(context: &dyn ContextView, folder: &str, f: &dyn Fn(&str, &Entry) -> bool) -> Option<String> {
    let mut open = vec![folder.to_owned()];
    let mut seen = 0;
    while let Some(path) = open.pop() {
        let entry = context.entry(&path);
        seen += 1;
        if f(&path, &entry) {
            return Some(path);
        }
        if entry == Entry::Folder && seen < 4000 {
            let names = context.names(&path).unwrap_or_default();
            let inside = |name: String| if path.is_empty() { name } else { format!("{path}/{name}") };
            open.extend(names.into_iter().map(inside));
        }
    }
    None
}
