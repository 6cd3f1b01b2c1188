//! A build context that is a folder on disk: the edge that reads what [`ContextView`] tells. Looks when asked and not before,
//! once at each place, and never outside the folder: links are told, not followed.
//!
//! What is ignored is absent, Dockerfile and ignore file among the rest: the builder reads these two by a way of their own,
//! but `COPY` does not see them where they are ignored. Where it can't be known what the builder would see, everything is
//! unknown: an ignore file that can't be read or understood, one that is a link, a `.containerignore` (which Podman
//! prefers and Docker does not know). A file that builders may send without its content is unknown as well.

pub mod several;

use crate::facts::context::ignore::{Fate, Ignore};
use crate::facts::{ContextView, Entry, Truth};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Ignore files beyond that are not read.
const LARGEST_IGNORE_FILE: u64 = 1 << 20;

/// A folder on disk as the build context of a Dockerfile.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    dockerfile: Option<PathBuf>,
    assumed: bool,
    place: OnceCell<Option<String>>,
    ignore: OnceCell<Option<Ignore>>,
    entries: RefCell<HashMap<String, Entry>>,
    listings: RefCell<HashMap<String, Option<Vec<String>>>>,
    holding: RefCell<HashMap<String, Truth>>,
}

impl Folder {
    /// The folder `root` as the context of the Dockerfile at `dockerfile`, which may stand elsewhere, or come from nowhere
    /// (standard input). Touches nothing yet.
    pub fn new(root: &Path, dockerfile: Option<&Path>) -> Folder {
        Folder {
            root: root.to_owned(),
            dockerfile: dockerfile.map(Path::to_owned),
            assumed: false,
            place: OnceCell::new(),
            ignore: OnceCell::new(),
            entries: RefCell::default(),
            listings: RefCell::default(),
            holding: RefCell::default(),
        }
    }

    /// The same as a context that nobody named.
    pub fn assumed(self) -> Folder {
        Folder { assumed: true, ..self }
    }

    /// The rules of the ignore file; `None` where nothing can be known.
    fn ignore(&self) -> Option<&Ignore> {
        self.ignore.get_or_init(|| self.load().ok().flatten()).as_ref()
    }

    /// Reads the ignore file: that of the Dockerfile, and only where it has none, that of the context.
    fn load(&self) -> io::Result<Option<Ignore>> {
        fs::read_dir(&self.root)?;
        if exists(&self.root.join(".containerignore"))? {
            return Ok(None);
        }
        // a builder that finds `dockerfile` may look for the ignore file of `Dockerfile`
        let lower = self.dockerfile.as_ref().filter(|path| path.ends_with("dockerfile"));
        if lower.map_or(Ok(false), |path| exists(&beside(&path.with_file_name("Dockerfile"))))? {
            return Ok(None);
        }
        let places = self.ignore_files();
        for (index, place) in places.iter().enumerate() {
            if let Some(bytes) = small_file(place)? {
                // builders differ on whether an empty file replaces the one of the context
                let doubtful =
                    bytes.is_empty() && places[index + 1..].iter().any(|other| exists(other).unwrap_or(true));
                return Ok(if doubtful { None } else { Ignore::parse(&bytes).ok() });
            }
        }
        Ok(Some(Ignore::default()))
    }

    /// Where an ignore file may stand: beside the Dockerfile, and in the context.
    fn ignore_files(&self) -> Vec<PathBuf> {
        let own = self.dockerfile.iter().map(|path| beside(path));
        own.chain([self.root.join(".dockerignore")]).collect()
    }

    /// What stands at a place on the disk, ignored or not. Behind a link nothing is known.
    fn stands(&self, path: &str) -> Entry {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        for folder in folders {
            match self.look(folder) {
                Entry::Folder => {}
                Entry::Link(_) | Entry::Unknown => return Entry::Unknown,
                Entry::File { .. } | Entry::Other | Entry::Absent => return Entry::Absent,
            }
        }
        self.look(path)
    }

    /// What stands at a place whose folder is no link.
    fn look(&self, path: &str) -> Entry {
        if let Some(entry) = self.entries.borrow().get(path) {
            return entry.clone();
        }
        let place = self.root.join(path);
        // the context itself may be a link
        let metadata = if path.is_empty() { fs::metadata(&place) } else { fs::symlink_metadata(&place) };
        let entry = match metadata {
            Ok(metadata) => entry_of(&place, &metadata),
            Err(error) if is_absence(&error) => Entry::Absent,
            Err(_) => Entry::Unknown,
        };
        self.entries.borrow_mut().insert(path.to_owned(), entry.clone());
        entry
    }

    /// The names in a folder that is no link, ignored or not; `None` where one can't be told.
    fn listing(&self, folder: &str) -> Option<Vec<String>> {
        if let Some(names) = self.listings.borrow().get(folder) {
            return names.clone();
        }
        let names = list(&self.root.join(folder));
        self.listings.borrow_mut().insert(folder.to_owned(), names.clone());
        names
    }

    /// Whether a folder that is kept out holds something that is not, and so is there after all.
    fn holds(&self, ignore: &Ignore, folder: &str) -> Truth {
        if !ignore.reopens(folder) {
            return Truth::No;
        }
        if let Some(truth) = self.holding.borrow().get(folder) {
            return *truth;
        }
        let truth = self.search(ignore, folder);
        self.holding.borrow_mut().insert(folder.to_owned(), truth);
        truth
    }

    fn search(&self, ignore: &Ignore, folder: &str) -> Truth {
        let mut truth = Truth::No;
        let mut open = vec![(folder.to_owned(), ignore.seen(folder))];
        while let Some((folder, above)) = open.pop() {
            let Some(names) = self.listing(&folder) else {
                truth = Truth::Unknown;
                continue;
            };
            for name in names {
                let path = format!("{folder}/{name}");
                let seen = ignore.step(&above, &path);
                match self.look(&path) {
                    // sockets, for one, are never sent
                    Entry::Other | Entry::Unknown | Entry::Absent if !seen.out() => truth = Truth::Unknown,
                    _ if !seen.out() => return Truth::Yes,
                    Entry::Folder if ignore.reopens(&path) => open.push((path, seen)),
                    _ => {}
                }
            }
        }
        truth
    }
}

impl ContextView for Folder {
    fn known(&self) -> bool {
        self.ignore().is_some()
    }

    fn assumed(&self) -> bool {
        self.assumed
    }

    fn entry(&self, path: &str) -> Entry {
        let Some(ignore) = self.ignore().filter(|_| is_clean(path)) else { return Entry::Unknown };
        let entry = self.stands(path);
        match (ignore.fate(path), &entry) {
            (_, Entry::Absent | Entry::Unknown) | (Fate::In, _) => entry,
            (Fate::Torn, Entry::File { .. }) => Entry::Unknown,
            (Fate::Torn, _) => entry,
            (Fate::Out, Entry::Folder) => match self.holds(ignore, path) {
                Truth::Yes => entry,
                Truth::No => Entry::Absent,
                Truth::Unknown => Entry::Unknown,
            },
            (Fate::Out, _) => Entry::Absent,
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        if self.entry(folder) != Entry::Folder {
            return None;
        }
        let mut out = Vec::new();
        for name in self.listing(folder)? {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            match self.ignore()?.fate(&path) {
                Fate::In => out.push(name),
                _ => match self.entry(&path) {
                    Entry::Absent => {}
                    Entry::Unknown => return None,
                    _ => out.push(name),
                },
            }
        }
        Some(out)
    }

    fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let Entry::File { .. } = self.entry(path) else { return None };
        let mut bytes = Vec::new();
        let file = File::open(self.root.join(path)).ok()?;
        file.take(limit as u64).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn ignored(&self, path: &str) -> Truth {
        let Some(ignore) = self.ignore().filter(|_| is_clean(path)) else { return Truth::Unknown };
        match (self.stands(path), self.entry(path)) {
            (Entry::Absent, _) => match ignore.fate(path) {
                Fate::In => Truth::No,
                Fate::Out if !ignore.reopens(path) => Truth::Yes,
                Fate::Out | Fate::Torn => Truth::Unknown,
            },
            (_, Entry::Absent) => Truth::Yes,
            (_, Entry::Unknown) => Truth::Unknown,
            _ => Truth::No,
        }
    }

    fn ignored_by_file(&self) -> Truth {
        match self.ignore() {
            None => Truth::Unknown,
            Some(_) => Truth::of(Some(self.ignore_files().iter().any(|place| exists(place).unwrap_or(true)))),
        }
    }

    fn dockerfile(&self) -> Option<&str> {
        let find = || {
            let path = self.dockerfile.as_ref()?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let folder = fs::canonicalize(folder).ok()?;
            let inside = folder.strip_prefix(fs::canonicalize(&self.root).ok()?).ok()?;
            let parts = inside.iter().chain(path.file_name()).map(|part| part.to_str());
            Some(parts.collect::<Option<Vec<&str>>>()?.join("/"))
        };
        self.place.get_or_init(find).as_deref()
    }
}

/// `Dockerfile.dockerignore`.
fn beside(dockerfile: &Path) -> PathBuf {
    let mut name = dockerfile.as_os_str().to_owned();
    name.push(".dockerignore");
    PathBuf::from(name)
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn exists(path: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if is_absence(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The bytes of a regular file of a sane size; `None` where there is nothing.
fn small_file(path: &Path) -> io::Result<Option<Vec<u8>>> {
    if !exists(path)? {
        return Ok(None);
    }
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_file() || metadata.len() > LARGEST_IGNORE_FILE {
        return Err(io::Error::other("not a regular file, or too large"));
    }
    fs::read(path).map(Some)
}

fn list(folder: &Path) -> Option<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).ok()? {
        names.push(entry.ok()?.file_name().into_string().ok()?);
    }
    names.sort_unstable();
    Some(names)
}

fn entry_of(place: &Path, metadata: &Metadata) -> Entry {
    let kind = metadata.file_type();
    match () {
        () if kind.is_file() => Entry::File { mode: mode(metadata), size: metadata.len() },
        () if kind.is_dir() => Entry::Folder,
        () if kind.is_symlink() => match fs::read_link(place).map(|target| target.into_os_string().into_string()) {
            Ok(Ok(target)) => Entry::Link(target),
            _ => Entry::Unknown,
        },
        () => Entry::Other,
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    Some(metadata.permissions().mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    None
}

/// Whether a path is one inside the context and spelled in the one way.
fn is_clean(path: &str) -> bool {
    let strange = |part: &str| matches!(part, "" | "." | "..") || part.contains('\0');
    let foreign = cfg!(windows) && path.contains(['\\', ':']);
    path.is_empty() || (!foreign && !path.split('/').any(strange))
}

#[cfg(test)]
mod tests;
