//! Writing a file in place so that there is always a whole one: the old or the new.
//!
//! The new text goes into a temporary file (`.dfopt-…`) in the same folder, which gets the mode, the owner and the extended
//! attributes of the old file, is brought to the disk, and takes the old one's place in one step. A process that is killed or
//! a disk that is full leaves the old file as it was; one that is interrupted takes the temporary file away. A symbolic link stays one: its target is replaced.
//!
//! Where the name must stay the file that it is, or no other file can take its place, the text is written into the file
//! itself: one with several hard links, one in a folder that may not be written to, one that is mounted. That is not atomic;
//! an error puts the old bytes back, but a process that is killed in that moment (not by Ctrl-C) leaves a torn file.
//!
//! A file that is no longer what was read is not touched, nor is one that the user may not write to.

use crate::cli::interrupt::{Temporary, uninterrupted};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Why a file was not written.
#[derive(Debug)]
pub enum WriteError {
    /// It is not what was read any more.
    Changed,
    /// The system said no.
    Io(io::Error),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> WriteError {
        WriteError::Io(error)
    }
}

/// Replaces the bytes of a file, which were `old` when it was read.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    let target = fs::canonicalize(path)?;
    let file = OpenOptions::new().read(true).write(true).open(&target)?;
    let meta = file.metadata()?;
    still(&target, old)?;
    if shared(&meta) {
        return Ok(uninterrupted(|| overwrite(file, old, new))?);
    }
    let (_open, temporary) = match Temporary::make(|| beside(&target), NamedTempFile::path) {
        Ok(made) => made,
        Err(error) if is_barred(&error) => return Ok(uninterrupted(|| overwrite(file, old, new))?),
        Err(error) => return Err(error.into()),
    };
    fill(&temporary, &file, &meta, new)?;
    still(&target, old)?;
    match temporary.persist(&target) {
        Ok(_) => sync_folder(&target),
        Err(error) if is_barred(&error.error) => uninterrupted(|| overwrite(file, old, new))?,
        Err(error) => return Err(error.error.into()),
    }
    Ok(())
}

fn still(target: &Path, old: &[u8]) -> Result<(), WriteError> {
    match fs::read(target)? == old {
        true => Ok(()),
        false => Err(WriteError::Changed),
    }
}

fn folder_of(target: &Path) -> &Path {
    target.parent().unwrap_or(Path::new("."))
}

fn beside(target: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".dfopt-").tempfile_in(folder_of(target))
}

/// No other file can come here, but the file itself may still be written.
fn is_barred(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, PermissionDenied, ResourceBusy};
    matches!(error.kind(), PermissionDenied | ResourceBusy | CrossesDevices)
}

fn fill(temporary: &NamedTempFile, old: &File, meta: &Metadata, new: &[u8]) -> io::Result<()> {
    let mut file = temporary.as_file();
    file.write_all(new)?;
    copy_owner(meta, file);
    copy_attributes(old, file);
    // last: a new owner takes special bits away, and access lists are part of the mode
    file.set_permissions(meta.permissions())?;
    file.sync_all()
}

/// Into the file itself. Where that fails halfway (a full disk), the old bytes are put back: their room is still there.
fn overwrite(mut file: File, old: &[u8], new: &[u8]) -> io::Result<()> {
    let done = put(&mut file, new);
    if done.is_err() {
        // the first error is the one to tell
        let _ = put(&mut file, old);
    }
    done
}

fn put(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}

#[cfg(unix)]
fn shared(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(meta) > 1
}

#[cfg(not(unix))]
fn shared(_: &Metadata) -> bool {
    false
}

/// The owner where the system permits it, else the group alone, else neither: only root may give files away.
#[cfg(unix)]
fn copy_owner(meta: &Metadata, file: &File) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(meta.uid()), Some(meta.gid())).or_else(|_| fchown(file, None, Some(meta.gid())));
}

#[cfg(not(unix))]
fn copy_owner(_: &Metadata, _: &File) {}

/// Labels, access lists and notes of the file, as far as the system takes them.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn copy_attributes(from: &File, to: &File) {
    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
    // the kernel's limits for the list and for one value
    let mut names = vec![0; 64 << 10];
    let Ok(length) = flistxattr(from, &mut names[..]) else { return };
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let mut value = vec![0; 64 << 10];
        if let Ok(length) = fgetxattr(from, name, &mut value[..]) {
            let _ = fsetxattr(to, name, &value[..length], XattrFlags::empty());
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn copy_attributes(_: &File, _: &File) {}

/// So that the new name survives a loss of power. Not all file systems know how; the file is whole either way.
#[cfg(unix)]
fn sync_folder(target: &Path) {
    let folder = folder_of(target).to_owned();
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(check: impl FnOnce(&Path, &Path)) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("Dockerfile");
        fs::write(&path, "old\n").unwrap();
        check(dir.path(), &path);
        let names = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| !name.to_str().unwrap().starts_with(".dfopt-")));
    }

    #[test]
    fn the_new_bytes_are_there() {
        with_file(|_, path| {
            replace(path, b"old\n", b"new and longer\r\n").unwrap();
            assert_eq!(fs::read(path).unwrap(), b"new and longer\r\n");
        });
    }

    #[test]
    fn a_file_that_changed_is_left_alone() {
        with_file(|_, path| {
            assert!(matches!(replace(path, b"older\n", b"new\n"), Err(WriteError::Changed)));
            assert_eq!(fs::read(path).unwrap(), b"old\n");
        });
    }

    #[test]
    fn overwriting_shortens_and_lengthens() {
        with_file(|_, path| {
            for new in [&b"a much longer text\n"[..], b"x", b""] {
                let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
                overwrite(file, b"", new).unwrap();
                assert_eq!(fs::read(path).unwrap(), new);
            }
        });
    }

    #[cfg(unix)]
    #[test]
    fn mode_links_and_owner_stay() {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
        with_file(|dir, path| {
            fs::set_permissions(path, fs::Permissions::from_mode(0o640)).unwrap();
            let link = dir.join("link");
            symlink("Dockerfile", &link).unwrap();
            let before = fs::metadata(path).unwrap();
            replace(&link, b"old\n", b"new\n").unwrap();
            let after = fs::metadata(path).unwrap();
            assert!(link.is_symlink());
            assert_eq!((after.mode(), after.uid(), after.gid()), (before.mode(), before.uid(), before.gid()));
            assert_ne!(after.ino(), before.ino(), "another file has taken its place");
        });
        with_file(|dir, path| {
            fs::hard_link(path, dir.join("other")).unwrap();
            replace(path, b"old\n", b"new\n").unwrap();
            assert_eq!(fs::read(dir.join("other")).unwrap(), b"new\n");
        });
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn attributes_stay_where_the_file_system_has_them() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};
        with_file(|_, path| {
            if setxattr(path, "user.note", b"mine", XattrFlags::empty()).is_ok() {
                replace(path, b"old\n", b"new\n").unwrap();
                let mut value = [0; 16];
                assert_eq!(getxattr(path, "user.note", &mut value[..]).unwrap(), 4);
                assert_eq!(&value[..4], b"mine");
            }
        });
    }
}
