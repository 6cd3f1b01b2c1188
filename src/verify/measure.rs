//! What a rewrite gains: size, layers, and what a rebuild costs after one source file was edited. The edit is made in a copy of
//! the context: the user's folder is never written to.

use crate::facts::{ContextView, Entry};
use crate::syntax::{self, Args, Instruction, Keyword};
use crate::text::Source;
use crate::verify::build::{self, Cost, Recipe};
use crate::verify::engine::About;
use crate::verify::glob;
use crate::verify::process::Failure;
use crate::verify::progress::Progress;
use crate::verify::session::Session;
use crate::visible::{self, visible_str};
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A context beyond that is not copied.
const LARGEST: u64 = 512 << 20;

/// Before and after.
#[derive(Clone, Debug, Serialize)]
pub struct Pair<T> {
    /// Of the original.
    pub before: T,
    /// Of the rewritten one.
    pub after: T,
}

/// What a rewrite gains.
#[derive(Clone, Debug, Serialize)]
pub struct Gain {
    /// The size of the images, where the engine tells it.
    pub size: Option<Pair<u64>>,
    /// Their layers.
    pub layers: Pair<usize>,
    /// A rebuild, or why there was none.
    pub rebuild: Rebuild,
}

/// A rebuild after an edit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rebuild {
    /// It was made.
    Measured {
        /// The file that was edited.
        file: String,
        /// What it took.
        cost: Pair<Cost>,
    },
    /// It was not, and why.
    NotMeasured(String),
}

/// What can be read off the images.
pub fn images(before: &About, after: &About, rebuild: Rebuild) -> Gain {
    let size = before.size.zip(after.size).map(|(before, after)| Pair { before, after });
    Gain { size, layers: Pair { before: before.layers, after: after.layers }, rebuild }
}

/// Edits a file and builds both again, each with an edit of its own so that neither finds the other's work in the cache.
pub fn rebuild(
    session: &Session,
    progress: &Progress,
    context: (&Path, &dyn ContextView),
    source: &Source,
    recipes: Pair<&Recipe>,
) -> Result<Rebuild, Failure> {
    let not = |why: &str| Ok(Rebuild::NotMeasured(why.to_owned()));
    progress.say("copying the context");
    let files = match list(context) {
        Ok(files) => files,
        Err(why) => return not(&why),
    };
    let Some(file) = edited(source, &files, context.1) else {
        return not("no COPY brings a source file that could be edited");
    };
    let copy = session.path("context");
    if let Err(error) = copy_all(context.0, &copy, &files) {
        return not(&format!("the context cannot be copied: {}", visible::reason(&error)));
    }
    let mut costs = Vec::new();
    for recipe in [recipes.before, recipes.after] {
        if let Err(error) = edit(&copy.join(&file)) {
            return not(&format!("`{}` cannot be edited: {}", visible_str(&file), visible::reason(&error)));
        }
        match build::build(session, progress, recipe, &copy, false)? {
            Ok(built) => costs.push(built.cost),
            Err(broken) => {
                // that the edit breaks the build says nothing of the rewrite
                broken.log.iter().for_each(|log| drop(fs::remove_file(log)));
                return not(&format!(
                    "the {} file does not build after an edit of `{}`",
                    recipe.what,
                    visible_str(&file)
                ));
            }
        }
    }
    // the room is needed for the next file
    let _ = fs::remove_dir_all(&copy);
    match costs[..] {
        [before, after] => Ok(Rebuild::Measured { file, cost: Pair { before, after } }),
        _ => not("a build gave nothing"),
    }
}

/// The files and links of a context that the builder gets, by their paths inside it.
fn list((root, view): (&Path, &dyn ContextView)) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut size = 0;
    let mut open = vec![String::new()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(root.join(&folder)).map_err(|error| visible::reason(&error))?;
        for entry in entries {
            let entry = entry.map_err(|error| visible::reason(&error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            let meta = entry.metadata().map_err(|error| visible::reason(&error))?;
            let kept_out = view.known() && view.entry(&path) == Entry::Absent && path != ".dockerignore";
            match meta {
                _ if kept_out => {}
                meta if meta.is_dir() => open.push(path),
                meta if meta.is_file() || meta.is_symlink() => {
                    size += meta.len();
                    out.push(path);
                }
                _ => {}
            }
            if size > LARGEST {
                return Err(format!("the context is larger than {} MB", LARGEST >> 20));
            }
        }
    }
    out.sort();
    Ok(out)
}

fn copy_all(root: &Path, to: &Path, files: &[String]) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for file in files {
        let (from, to) = (root.join(file), to.join(file));
        if let Some(folder) = to.parent() {
            make_folders(folder, from.parent())?;
        }
        match fs::symlink_metadata(&from)?.is_symlink() {
            true => link(&fs::read_link(&from)?, &to)?,
            false => drop(fs::copy(&from, &to)?),
        }
    }
    Ok(())
}

/// A copied folder has the mode of its original: it is part of what COPY is cached by.
fn make_folders(folder: &Path, like: Option<&Path>) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folders(parent, like.and_then(Path::parent))?;
    }
    fs::create_dir(folder)?;
    match like {
        Some(like) => fs::set_permissions(folder, fs::metadata(like)?.permissions()),
        None => Ok(()),
    }
}

#[cfg(unix)]
fn link(target: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(target, to)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("it holds symbolic links"))
}

/// Appends blanks and line ends that spell a random number: few languages mind, and no cache knows them.
fn edit(file: &Path) -> std::io::Result<()> {
    let number = RandomState::new().build_hasher().finish();
    let bits = (0..64).map(|bit| if number >> bit & 1 == 1 { ' ' } else { '\n' });
    let text: String = std::iter::once('\n').chain(bits).chain(['\n']).collect();
    let meta = fs::metadata(file)?;
    let mut writable = meta.permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    writable.set_readonly(false);
    fs::set_permissions(file, writable)?;
    OpenOptions::new().append(true).open(file)?.write_all(text.as_bytes())?;
    fs::set_permissions(file, meta.permissions())
}

/// Files that say what is installed or how it is built: an edit of one is not what happens every day.
const MANIFESTS: &[&str] = &[
    "*.lock",
    "*.lockb",
    "*-lock.*",
    "*.toml",
    "*.cfg",
    "*.gradle*",
    "*.csproj",
    "*.fsproj",
    "*.sln",
    "*.gemspec",
    "*requirements*.txt",
    "*.dockerignore",
    "*Dockerfile*",
    "*dockerfile*",
    "Containerfile*",
    "Gemfile*",
    "Makefile",
    "Pipfile",
    "build.rs",
    "composer.json",
    "go.mod",
    "go.sum",
    "npm-shrinkwrap.json",
    "package.json",
    "pom.xml",
    "setup.py",
];

/// Endings of files that people edit every day, in the order in which they are liked.
const SOURCES: &[&str] = &[
    "py", "js", "ts", "mjs", "jsx", "tsx", "go", "rs", "java", "kt", "rb", "php", "cs", "c", "cc", "cpp", "h", "d",
    "ex", "scala", "swift", "vue", "svelte", "html", "css", "erb", "sh", "pl", "lua", "sql", "conf", "txt", "yml",
    "yaml", "ini", "json", "xml", "md",
];

/// The file to edit: one that a COPY or ADD brings, no manifest, a source of a program if there is one, high up.
fn edited(source: &Source, files: &[String], view: &dyn ContextView) -> Option<String> {
    let parsed = syntax::parse(source);
    let sources: Vec<String> = parsed.file.instructions().flat_map(|(_, one)| copied(one)).collect();
    let liking = |file: &String| {
        let (_, ending) = file.rsplit_once('.')?;
        let rank = SOURCES.iter().position(|known| *known == ending)?;
        let name = file.rsplit('/').next().unwrap_or(file);
        let manifest = glob::any(MANIFESTS, name.as_bytes()) || view.dockerfile() == Some(file.as_str());
        let brought = sources.iter().any(|source| brings(source, file));
        // all languages of programs are liked the same
        let rank = if rank < 20 { 0 } else { rank };
        (brought && !manifest).then_some((rank, file.matches('/').count(), file.clone()))
    };
    files.iter().filter_map(liking).min().map(|(_, _, file)| file)
}

/// What a COPY or ADD takes from the context, without `./`.
fn copied(one: &Instruction) -> Vec<String> {
    let Args::Transfer { sources, .. } = &one.args else { return Vec::new() };
    if !matches!(one.keyword, Keyword::Copy | Keyword::Add) || one.flag("from").is_some() {
        return Vec::new();
    }
    let paths = sources.iter().map(|source| source.text.trim_matches(['"', '\'']));
    let known = paths.filter(|path| !path.contains('$') && !path.contains("<<") && !path.contains("://"));
    known.map(|path| path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")).collect()
}

/// Whether a source of COPY is a file, a folder above it, or a pattern for one of these.
fn brings(source: &str, file: &str) -> bool {
    let ends = file.match_indices('/').map(|(at, _)| at).chain([file.len()]);
    source.is_empty() || ends.into_iter().any(|end| glob::matches(source.as_bytes(), &file.as_bytes()[..end]))
}

/// Where a context is when it is not said: the Dockerfile's folder.
pub fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::NoContext;

    fn choice(dockerfile: &str, files: &[&str]) -> Option<String> {
        let files: Vec<String> = files.iter().map(|file| (*file).to_owned()).collect();
        edited(&Source::new(dockerfile), &files, &NoContext)
    }

    #[test]
    fn a_source_that_is_copied_is_edited() {
        let files = ["Dockerfile", "README.md", "package.json", "src/deep/a.js", "src/app.js", "test.py"];
        let chosen = |copy: &str| choice(&format!("FROM a\nCOPY {copy}\n"), &files);
        assert_eq!(chosen(". .").as_deref(), Some("test.py"));
        assert_eq!(chosen("./src/ /app/").as_deref(), Some("src/app.js"));
        assert_eq!(chosen("sr? /app/").as_deref(), Some("src/app.js"));
        assert_eq!(chosen("package*.json README.md /app/").as_deref(), Some("README.md"));
        assert_eq!(chosen("[\"src/deep\", \"/app/\"]").as_deref(), Some("src/deep/a.js"));
        for nothing in
            ["package.json /app/", "--from=x src /app/", "$X /app/", "https://example.org/test.py /", "<<E /a\nE"]
        {
            assert_eq!(chosen(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn the_copy_is_like_the_context() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        fs::create_dir_all(from.join("a/b")).unwrap();
        fs::write(from.join("a/b/x.py"), "1\n").unwrap();
        let files = list((&from, &NoContext)).unwrap();
        assert_eq!(files, ["a/b/x.py"]);
        copy_all(&from, &to, &files).unwrap();
        edit(&to.join("a/b/x.py")).unwrap();
        assert_eq!(fs::read(from.join("a/b/x.py")).unwrap(), b"1\n");
        let edited = fs::read_to_string(to.join("a/b/x.py")).unwrap();
        assert!(edited.starts_with("1\n\n") && edited.len() == 2 + 66 && edited.trim() == "1", "{edited:?}");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_modes_are_copied() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("from"), dir.path().join("to"));
        fs::create_dir_all(from.join("d")).unwrap();
        fs::write(from.join("d/x"), "").unwrap();
        symlink("nowhere", from.join("d/link")).unwrap();
        fs::set_permissions(from.join("d"), fs::Permissions::from_mode(0o750)).unwrap();
        copy_all(&from, &to, &list((&from, &NoContext)).unwrap()).unwrap();
        assert_eq!(fs::metadata(to.join("d")).unwrap().permissions().mode() & 0o777, 0o750);
        assert_eq!(fs::read_link(to.join("d/link")).unwrap(), Path::new("nowhere"));
    }
}
