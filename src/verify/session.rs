//! What one run of `dfopt verify` leaves in the engine and on the disk, and that it is gone afterwards.
//!
//! Everything bears the name `dfopt-verify-<system>-<process>-<random>`. It goes when its owner in this program goes, and what
//! is left when the user stops it (an image that got ready while its build was stopped) is swept. What a run left that was killed without
//! a word (SIGKILL, power) is swept by the next one: its process is dead, and it was one of this system.

use crate::verify::engine::Engine;
use crate::verify::noise::Noise;
use crate::verify::process::{self, Failure};
use crate::verify::tree::{self, Tree};
use crate::visible;
use sha2::{Digest, Sha256};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread, time};
use tempfile::TempDir;

const MARK: &str = "dfopt-verify-";

/// A run.
#[derive(Debug)]
pub struct Session {
    /// The engine.
    pub engine: Engine,
    id: String,
    folder: TempDir,
    count: AtomicUsize,
}

impl Session {
    /// Sweeps what earlier runs left, and opens a new one.
    ///
    /// # Errors
    /// There is no room for temporary files.
    pub fn open(engine: Engine) -> Result<Session, String> {
        let system = system();
        sweep_folders(&system);
        sweep(&engine, |name| is_stale(name, &system));
        let prefix = format!("{MARK}{system}-{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).rand_bytes(8).tempdir();
        let folder = folder.map_err(|error| format!("no temporary folder can be made: {}", visible::reason(&error)))?;
        let id = folder.path().file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or(prefix);
        Ok(Session { engine, id, folder, count: AtomicUsize::new(0) })
    }

    /// A path in the temporary folder that nothing has.
    pub fn path(&self, what: &str) -> PathBuf {
        self.folder.path().join(format!("{}-{what}", self.next()))
    }

    /// A name for an image. The image goes when this goes.
    pub fn image(&self, what: &str) -> Image<'_> {
        Image { tag: format!("{}:{}-{what}", self.id, self.next()), session: self }
    }

    /// A name for a container. The container goes when this goes.
    pub fn container(&self) -> Container<'_> {
        Container { name: format!("{}-{}", self.id, self.next()), session: self }
    }

    fn next(&self) -> usize {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.engine.stop().asked() {
            // a build that was stopped may be past the point where the engine still can
            thread::sleep(time::Duration::from_millis(500));
            sweep(&self.engine, |name| name.contains(&self.id));
        }
    }
}

/// An image's name, and the image.
#[derive(Debug)]
pub struct Image<'s> {
    /// What the engine calls it.
    pub tag: String,
    session: &'s Session,
}

impl Image<'_> {
    /// Its files.
    pub fn tree(&self, noise: &Noise) -> Result<Tree, Failure> {
        let container = self.session.container();
        let engine = &self.session.engine;
        engine.create(&self.tag, &container.name)?;
        engine.export(&container.name, |stream| {
            tree::read(BufReader::with_capacity(1 << 20, stream), |path| noise.header(path))
        })
    }
}

impl Drop for Image<'_> {
    fn drop(&mut self) {
        self.session.engine.remove_image(&self.tag);
    }
}

/// A container's name, and the container.
#[derive(Debug)]
pub struct Container<'s> {
    /// What the engine calls it.
    pub name: String,
    session: &'s Session,
}

impl Drop for Container<'_> {
    fn drop(&mut self) {
        self.session.engine.remove_container(&self.name);
    }
}

/// Containers before the images that they are of.
fn sweep(engine: &Engine, is_meant: impl Fn(&str) -> bool) {
    engine.containers().iter().filter(|name| is_meant(name)).for_each(|name| engine.remove_container(name));
    engine.images().iter().filter(|name| is_meant(name)).for_each(|name| engine.remove_image(name));
}

fn sweep_folders(system: &str) {
    let Ok(entries) = fs::read_dir(env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if folder && entry.file_name().to_str().is_some_and(|name| is_stale(name, system)) {
            remove_folder(&entry.path());
        }
    }
}

fn remove_folder(path: &Path) {
    // that of another user stays
    let _ = fs::remove_dir_all(path);
}

/// Whether a name is one of ours whose process was of this system and is dead.
fn is_stale(name: &str, system: &str) -> bool {
    let Some((_, rest)) = name.split_once(MARK) else { return false };
    let mut parts = rest.split('-');
    let of_this = parts.next() == Some(system);
    let pid = parts.next().and_then(|pid| pid.parse().ok());
    of_this && parts.next().is_some() && pid.is_some_and(|pid: u32| !process::lives(pid))
}

/// A short name of this system, as its process numbers mean nothing elsewhere.
fn system() -> String {
    let hash: [u8; 32] = Sha256::digest(process::system()).into();
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_dead_of_this_system_are_stale() {
        let me = std::process::id();
        let dead = 0x3fff_ffff;
        assert!(is_stale(&format!("dfopt-verify-abc-{dead}-x:1-original"), "abc"));
        assert!(is_stale(&format!("localhost/dfopt-verify-abc-{dead}-x:1-original"), "abc"));
        for name in [
            format!("dfopt-verify-abc-{me}-x"),
            format!("dfopt-verify-def-{dead}-x"),
            format!("dfopt-verify-abc-{dead}"),
            "dfopt-verify-abc-x-y".to_owned(),
            "dfopt-verify".to_owned(),
            "debian:12".to_owned(),
        ] {
            assert!(!is_stale(&name, "abc"), "{name}");
        }
    }

    #[test]
    fn the_system_has_a_short_name() {
        assert_eq!((system().len(), system()), (8, system()));
    }
}
