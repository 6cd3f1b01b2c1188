//! What several tests need: the cases, and where the shared test input is.
#![allow(dead_code, unused_imports, clippy::unwrap_used)]

#[path = "../support/corpus.rs"]
mod place;

pub use place::{contexts, path as corpus, skipped, traps};

use dfopt::config::Settings;
use dfopt::context::Folder;
use dfopt::engine::{Level, Options, Outcome};
use dfopt::facts::{ContextView, Entry, NoContext, ProjectFacts, Truth};
use dfopt::project::{Choice, Configs, InForce};
use dfopt::text::Source;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

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

/// One folder of `transforms/<name>/cases/<kind>/`, or one heading of the page beside it.
#[derive(Debug)]
pub struct Case {
    pub id: String,
    pub kind: Kind,
    pub path: PathBuf,
    pub before: String,
    pub after: String,
    pub refuses: Option<String>,
    /// Which of the branches that refuse with this code refuses; empty if there is one.
    pub mark: String,
    /// The highest level of what is rewritten, if it is not the transform's ceiling.
    pub level: Option<Level>,
    /// What is advised: `line: title`, in order.
    pub advice: Vec<String>,
    /// The folder that is the build context: `context/` where there is one, or what case.toml names.
    pub context: Option<PathBuf>,
    /// Permissions that files of the context have, whatever the checkout gave them; `None` if they are not known.
    pub modes: BTreeMap<String, Option<u32>>,
    /// Where the file stands in a project: `project/Dockerfile` where there is such a folder, or what case.toml names in it.
    pub project: Option<(PathBuf, String)>,
    pub options: BTreeMap<String, String>,
    /// Where the context of a short case is.
    room: Option<TempDir>,
}

impl Case {
    /// The build context, for one run.
    pub fn view(&self) -> Box<dyn ContextView> {
        let folder = match &self.project {
            Some((folder, file)) => in_force(folder, file).view(&folder.join(file)),
            None => view(self.context.as_deref()),
        };
        if self.modes.is_empty() { folder } else { Box::new(WithModes { folder, modes: self.modes.clone() }) }
    }

    /// What the project says of builds and services.
    pub fn project_facts(&self) -> ProjectFacts {
        self.project.as_ref().map_or(ProjectFacts::default(), |(folder, file)| in_force(folder, file).options.project)
    }
}

/// What is in force for a file of a project.
fn in_force(project: &Path, file: &str) -> InForce {
    let mut configs = Configs::new(Choice::None, Settings::default(), None, project.to_owned());
    configs.in_force(Path::new(file)).unwrap()
}

/// A context of which some files have other permissions.
#[derive(Debug)]
struct WithModes {
    folder: Box<dyn ContextView>,
    modes: BTreeMap<String, Option<u32>>,
}

impl WithModes {
    /// Whether nobody may look into it.
    fn closed(&self, path: &str) -> bool {
        self.modes.get(path).is_some_and(|mode| mode.is_some_and(|mode| mode & 0o444 == 0))
    }
}

impl ContextView for WithModes {
    fn known(&self) -> bool {
        self.folder.known()
    }

    fn entry(&self, path: &str) -> Entry {
        let mut above = path.match_indices('/').map(|(at, _)| &path[..at]);
        if above.any(|folder| self.closed(folder)) {
            return Entry::Unknown;
        }
        match (self.folder.entry(path), self.modes.get(path)) {
            (Entry::File { size, .. }, Some(mode)) => Entry::File { mode: *mode, size },
            (entry, _) => entry,
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        if self.closed(folder) { None } else { self.folder.names(folder) }
    }

    fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        if self.closed(path) { None } else { self.folder.read(path, limit) }
    }

    fn ignored(&self, path: &str) -> Truth {
        self.folder.ignored(path)
    }

    fn ignored_by_file(&self) -> Truth {
        self.folder.ignored_by_file()
    }

    fn dockerfile(&self) -> Option<&str> {
        self.folder.dockerfile()
    }

    fn assumed(&self) -> bool {
        self.folder.assumed()
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
        files: Vec::new(),
    };
    let own = Some(path.join("context")).filter(|folder| folder.is_dir());
    let folder = path.clone();
    Case::new(id, kind, path, &folder, parts, own)
}

/// A case of a page: its name, why, and blocks in fences: `toml` for what case.toml would say, `dockerfile` for what stands
/// before, and after, `advice` for what is advised, and any language with a path for a file of the build context (`link
/// <path>` for a symbolic link, with its target).
fn short_case(id: &str, kind: Kind, page: &Path, text: &str) -> Case {
    let (name, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut parts = Parts::default();
    let mut lines = rest.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let Some(info) = line.trim_end().strip_prefix("```") else {
            parts.why.push_str(line);
            continue;
        };
        let block: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
        match info.split_once(' ') {
            Some((language, path)) => parts.files.push((language == "link", path.to_owned(), block)),
            None if info == "toml" => parts.says = block,
            None if info == "advice" => parts.advice = block,
            None if info == "dockerfile" && parts.before.is_none() => parts.before = Some(block),
            None if info == "dockerfile" => parts.after = block,
            None => panic!("{}: {name}: the fence `{info}`", page.display()),
        }
    }
    assert!(!name.contains(char::is_whitespace), "{}: {name}", page.display());
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
    /// Files of the context: whether it is a link, path, text or target.
    files: Vec<(bool, String, String)>,
}

impl Case {
    /// Checks that it is whole. What it names is relative to `folder`.
    fn new(id: &str, kind: Kind, path: PathBuf, folder: &Path, parts: Parts, own: Option<PathBuf>) -> Case {
        let name = path.display().to_string();
        let Some(before) = parts.before else { panic!("{name}: there is no before.Dockerfile") };
        assert_eq!(kind == Kind::Rewrites, !parts.after.is_empty(), "{name}: rewrites, and only they, have an after");
        let advice: Vec<String> = parts.advice.lines().map(str::to_owned).collect();
        assert_eq!(kind == Kind::Advises, !advice.is_empty(), "{name}: advises, and only they, say what");
        assert!(parts.why.trim().len() > 20, "{name}: why.md says why");
        let room = (!parts.files.is_empty()).then(|| room(&parts.files));
        let project = Some(path.join("project")).filter(|folder| folder.is_dir());
        let project = project.map(|folder| (folder, "Dockerfile".to_owned()));
        let mut case = Case {
            id: id.to_owned(),
            kind,
            path,
            before,
            after: parts.after,
            refuses: None,
            mark: String::new(),
            level: None,
            advice,
            context: room.as_ref().map(|room| room.path().to_owned()).or(own),
            modes: BTreeMap::new(),
            project,
            options: BTreeMap::new(),
            room,
        };
        let says = DeTable::parse(&parts.says).unwrap_or_else(|e| panic!("{name}: case.toml: {e}"));
        for (key, value) in says.get_ref() {
            let (key, value) = (key.get_ref(), value.get_ref());
            let text = || value.as_str().unwrap_or_else(|| panic!("{name}: `{key}` is a text")).to_owned();
            match key.as_ref() {
                "refuses" => case.refuses = Some(text()),
                "mark" => case.mark = text(),
                "level" => case.level = Some(text().parse().unwrap_or_else(|e| panic!("{name}: {e}"))),
                "context" if text() == "none" => case.context = None,
                "context" => case.context = Some(folder.join(text())),
                "dockerfile" => case.project.as_mut().unwrap().1 = text(),
                "modes" => case.modes = value.as_table().unwrap().iter().map(mode).collect(),
                _ => drop(case.options.insert(key.to_string(), text())),
            }
        }
        let context = &case.context;
        assert!(context.as_ref().is_none_or(|folder| folder.is_dir()), "{name}: no context {context:?}");
        assert!(case.modes.keys().all(|path| context.as_ref().unwrap().join(path).exists()), "{name}: modes");
        assert_eq!(kind == Kind::Traps, case.refuses.is_some(), "{name}: traps, and only they, refuse");
        assert!(case.level.is_none() || kind == Kind::Rewrites, "{name}: only rewrites have a level");
        case
    }
}

fn mode((path, octal): (&Spanned<Cow<str>>, &Spanned<DeValue>)) -> (String, Option<u32>) {
    let octal = octal.get_ref().as_str().unwrap();
    (path.get_ref().to_string(), (octal != "?").then(|| u32::from_str_radix(octal, 8).unwrap()))
}

/// A folder with these files.
fn room(files: &[(bool, String, String)]) -> TempDir {
    let room = tempfile::tempdir().unwrap();
    for (link, path, text) in files {
        let path = room.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if *link { make_link(text.trim_end(), &path) } else { fs::write(path, text).unwrap() }
    }
    room
}

#[cfg(unix)]
fn make_link(target: &str, path: &Path) {
    std::os::unix::fs::symlink(target, path).unwrap();
}

#[cfg(not(unix))]
fn make_link(target: &str, path: &Path) {
    panic!("{}: no symbolic links to {target} here", path.display());
}

pub fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut out: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    out.sort();
    out
}

/// The whole pipeline at its boldest, with the context of a case.
pub fn optimize_whole(text: &str, case: &Case) -> Outcome {
    let options = Options { level: Level::Aggressive, project: case.project_facts(), ..Options::default() };
    dfopt::optimize(&Source::new(text), &options, &*case.view())
}

/// The transform of a case alone, at its boldest, with the case's options.
pub fn optimize_with(text: &str, case: &Case) -> Outcome {
    optimize_at(text, case, Level::Aggressive)
}

/// The transform of a case alone, with the case's options.
pub fn optimize_at(text: &str, case: &Case, level: Level) -> Outcome {
    let transform = BTreeMap::from([(case.id.clone(), case.options.clone())]);
    let (only, project) = (vec![case.id.clone()], case.project_facts());
    let options = Options { level, only, transform, project, ..Options::default() };
    dfopt::optimize(&Source::new(text), &options, &*case.view())
}

/// The Dockerfiles of the corpus, synthetic ones too, in order.
pub fn corpus_files() -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut open = vec![place::generated().to_owned()];
    open.extend(corpus().into_iter().flat_map(|corpus| [corpus.join("files"), corpus.join("synthetic")]));
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() { open.push(entry) } else { out.push(entry) }
        }
    }
    out.sort();
    out
}
