//! Ctrl-C, SIGTERM and SIGHUP while files are written: every file stays whole, and no temporary file is left behind.
//!
//! Who makes a temporary file, or writes into a file that can't be replaced in one step, holds the one lock for that moment.
//! The handler takes the lock, removes the temporary files that are open, and ends the process with the lock in its hand.

use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a shell reports of a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The temporary files that exist.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn open() -> MutexGuard<'static, Vec<PathBuf>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on, an interruption cleans up before it ends the process.
pub fn clean_up() {
    // where the system does not permit it, an interruption may leave a temporary file behind, and all files whole
    let _ = ctrlc::set_handler(|| {
        let open = open();
        for path in open.iter() {
            // it may be gone already, into its place
            let _ = std::fs::remove_file(path);
        }
        process::exit(INTERRUPTED);
    });
}

/// Does what must not be interrupted.
pub fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _lock = open();
    work()
}

/// A temporary file, for as long as this is held.
pub struct Temporary(PathBuf);

impl Temporary {
    /// Makes one with `make`, at the path that `path` tells. Hold this longer than the file.
    pub fn make<T, E>(
        make: impl FnOnce() -> Result<T, E>,
        path: impl FnOnce(&T) -> &Path,
    ) -> Result<(Temporary, T), E> {
        let mut open = open();
        let made = make()?;
        let path = path(&made).to_owned();
        open.push(path.clone());
        Ok((Temporary(path), made))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        open().retain(|path| *path != self.0);
    }
}
