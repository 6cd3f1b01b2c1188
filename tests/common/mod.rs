//! What several tests need: the cases, and where the shared test input is.
#![allow(dead_code, unused_imports, clippy::unwrap_used)]

#[path = "../support/corpus.rs"]
mod place;

pub use place::{contexts, path as corpus, traps};

use dfopt::context::Folder;
use dfopt::engine::{Level, Options, Outcome};
use dfopt::facts::{ContextView, NoContext};
use dfopt::text::Source;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Which of a transform's folders a case is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Rewrites,
    Keeps,
    Traps,
    Advises,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Rewrites, Kind::Keeps, Kind::Traps, Kind::Advises];
}

/// One folder of `transforms/<name>/cases/<kind>/`.
#[derive(Debug)]
pub struct Case {
    pub id: String,
    pub kind: Kind,
    pub path: PathBuf,
    pub before: String,
    pub after: String,
    pub refuses: Option<String>,
    /// What is advised: `line: title`, in order.
    pub advice: Vec<String>,
    /// The folder that is the build context: `context/` where there is one, or what case.toml names.
    pub context: Option<PathBuf>,
    pub options: BTreeMap<String, String>,
}

impl Case {
    /// The build context, for one run.
    pub fn view(&self) -> Box<dyn ContextView> {
        view(self.context.as_deref())
    }
}

/// A folder as the context of the Dockerfile in it, be there one or not; no context without a folder.
pub fn view(folder: Option<&Path>) -> Box<dyn ContextView> {
    match folder {
        Some(folder) => Box::new(Folder::new(folder, Some(&folder.join("Dockerfile")))),
        None => Box::new(NoContext),
    }
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All cases of a kind, of all transforms, in order: a folder each, or short ones that share a file.
pub fn cases(kind: Kind) -> Vec<Case> {
    let name = format!("{kind:?}").to_lowercase();
    let mut out = Vec::new();
    for transform in folders(&root().join("transforms")) {
        let id = transform.file_name().unwrap().to_string_lossy().replace('_', "-");
        let cases = transform.join("cases");
        for path in folders(&cases.join(&name)) {
            out.push(read_case(&id, kind, path));
        }
        let path = cases.join(format!("{name}.md"));
        if let Ok(page) = fs::read_to_string(&path) {
            let short = page.split("\n## ").skip(1);
            out.extend(short.map(|text| short_case(&id, kind, &path, text)));
        }
    }
    assert!(!out.is_empty(), "there are no cases in {name}");
    let names: BTreeSet<_> = out.iter().map(|case| (&case.id, case.path.file_stem())).collect();
    assert_eq!(names.len(), out.len(), "two cases have one name");
    out
}

fn read_case(id: &str, kind: Kind, path: PathBuf) -> Case {
    let read = |name: &str| fs::read_to_string(path.join(name)).unwrap_or_default();
    let parts = Parts {
        why: read("why.md"),
        before: Some(read("before.Dockerfile")).filter(|_| path.join("before.Dockerfile").is_file()),
        after: read("after.Dockerfile"),
        advice: read("advice.txt"),
        says: read("case.toml"),
    };
    let own = Some(path.join("context")).filter(|folder| folder.is_dir());
    Case::new(id, kind, path.clone(), &path, parts, own)
}

/// A case of a page: its name, why, and blocks in fences: `toml` for what case.toml would say, `dockerfile` for what stands
/// before, and after, `text` for what is advised.
fn short_case(id: &str, kind: Kind, page: &Path, text: &str) -> Case {
    let (name, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut parts = Parts::default();
    let mut fence = None;
    for line in rest.split_inclusive('\n') {
        match (fence, line.trim_end().strip_prefix("```")) {
            (None, Some(language)) => {
                fence = Some(language);
                if language == "dockerfile" && parts.before.is_none() {
                    parts.before = Some(String::new());
                    fence = Some("before");
                }
            }
            (Some(_), Some("")) => fence = None,
            (None, None) => parts.why.push_str(line),
            (Some("toml"), None) => parts.says.push_str(line),
            (Some("text"), None) => parts.advice.push_str(line),
            (Some("before"), None) => parts.before.as_mut().unwrap().push_str(line),
            (Some("dockerfile"), None) => parts.after.push_str(line),
            (other, _) => panic!("{}: {name}: the fence {other:?}", page.display()),
        }
    }
    assert!(fence.is_none() && !name.contains(char::is_whitespace), "{}: {name}", page.display());
    let path = page.with_extension("").join(name);
    Case::new(id, kind, path, page.parent().unwrap(), parts, None)
}

/// The texts of a case.
#[derive(Default)]
struct Parts {
    why: String,
    before: Option<String>,
    after: String,
    advice: String,
    says: String,
}

impl Case {
    /// Checks that it is whole. What it names is relative to `folder`.
    fn new(id: &str, kind: Kind, path: PathBuf, folder: &Path, parts: Parts, own: Option<PathBuf>) -> Case {
        let name = path.display();
        let Some(before) = parts.before else { panic!("{name}: there is no before.Dockerfile") };
        assert_eq!(kind == Kind::Rewrites, !parts.after.is_empty(), "{name}: rewrites, and only they, have an after");
        let advice: Vec<String> = parts.advice.lines().map(str::to_owned).collect();
        assert_eq!(kind == Kind::Advises, !advice.is_empty(), "{name}: advises, and only they, say what");
        assert!(parts.why.trim().len() > 20, "{name}: why.md says why");
        // case.toml holds `name = "value"` lines: `refuses`, `context` (a folder beside this one's files, `none`), and
        // options of the transform
        let mut options: BTreeMap<String, String> = parts.says.lines().filter_map(pair).collect();
        let refuses = options.remove("refuses");
        let context = match options.remove("context").as_deref() {
            Some("none") => None,
            Some(named) => Some(folder.join(named)),
            None => own,
        };
        assert!(context.as_ref().is_none_or(|folder| folder.is_dir()), "{name}: no context {context:?}");
        Case { id: id.to_owned(), kind, path, before, after: parts.after, refuses, advice, context, options }
    }
}

fn pair(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once('=')?;
    Some((name.trim().to_owned(), value.trim().trim_matches('"').to_owned()))
}

pub fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut out: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    out.sort();
    out
}

/// The transform of a case alone, without its options.
pub fn optimize_only(text: &str, case: &Case, level: Level) -> Outcome {
    let options = Options { level, only: vec![case.id.clone()], ..Options::default() };
    dfopt::optimize(&Source::new(text), &options, &*case.view())
}

/// The whole pipeline at its boldest, with the context of a case.
pub fn optimize_whole(text: &str, case: &Case) -> Outcome {
    let options = Options { level: Level::Aggressive, ..Options::default() };
    dfopt::optimize(&Source::new(text), &options, &*case.view())
}

/// The transform of a case alone, at its boldest, with the case's options.
pub fn optimize_with(text: &str, case: &Case) -> Outcome {
    let transform = BTreeMap::from([(case.id.clone(), case.options.clone())]);
    let options = Options { level: Level::Aggressive, only: vec![case.id.clone()], transform, ..Options::default() };
    dfopt::optimize(&Source::new(text), &options, &*case.view())
}

/// The Dockerfiles of the corpus, synthetic ones too, in order.
pub fn corpus_files() -> Vec<PathBuf> {
    let Some(corpus) = corpus() else { return Vec::new() };
    let mut out = Vec::new();
    let mut open = vec![corpus.join("files"), corpus.join("synthetic")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { open.push(entry) } else { out.push(entry) }
        }
    }
    out.sort();
    out
}
