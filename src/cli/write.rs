//! Writing in place: whole or not at all. A temporary file in the same folder is filled, synced and renamed over the old one,
//! so that a killed process or a full disk leaves the old file as it was.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Replaces a file's content, keeping its mode and, where permitted, its owner. A symbolic link is followed. A file with more
/// than one hard link, or in a folder that can't be written, is overwritten where it stands, since a rename would part it.
///
/// # Errors
/// The file is not what was read any more, or it can't be written; it is unchanged then.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), String> {
    let told = |what: &str, error: io::Error| format!("{what}: {error}");
    let target = fs::canonicalize(path).map_err(|error| told("it cannot be found any more", error))?;
    let data = fs::metadata(&target).map_err(|error| told("it cannot be looked at", error))?;
    if data.permissions().readonly() {
        return Err("it is write-protected: nothing was changed".to_owned());
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new().prefix(".dfopt-").tempfile_in(folder);
    let mut temporary = match temporary {
        Ok(temporary) if links(&data) == 1 => temporary,
        _ => return overwrite(&target, old, new),
    };
    let filled = temporary
        .write_all(new)
        .and_then(|()| keep(temporary.as_file(), &data))
        .and_then(|()| temporary.as_file().sync_all());
    filled.map_err(|error| told("the new text cannot be written; nothing was changed", error))?;
    unchanged(&target, old)?;
    temporary.persist(&target).map_err(|error| told("it cannot be replaced; nothing was changed", error.error))?;
    // the rename itself is only safe on disk when the folder is
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn unchanged(target: &Path, old: &[u8]) -> Result<(), String> {
    match fs::read(target) {
        Ok(now) if now == old => Ok(()),
        Ok(_) => Err("it changed while it was worked on; nothing was written: run dfopt again".to_owned()),
        Err(error) => Err(format!("it cannot be read any more: {error}")),
    }
}

fn overwrite(target: &Path, old: &[u8], new: &[u8]) -> Result<(), String> {
    unchanged(target, old)?;
    let open = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).open(target)?;
        file.write_all(new)?;
        file.set_len(new.len() as u64)?;
        file.sync_all()
    };
    open().map_err(|error| format!("it cannot be written: {error}"))
}

#[cfg(unix)]
fn links(data: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(data)
}

#[cfg(not(unix))]
fn links(_: &Metadata) -> u64 {
    1
}

/// Mode and owner of the old file for the new one; an owner that can't be given is left.
#[cfg(unix)]
fn keep(file: &File, data: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let _ = fchown(file, Some(data.uid()), Some(data.gid()));
    file.set_permissions(data.permissions())
}

#[cfg(not(unix))]
fn keep(file: &File, data: &Metadata) -> io::Result<()> {
    file.set_permissions(data.permissions())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    #[test]
    fn mode_links_and_symlinks_survive() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link, hard) = (folder.path().join("f"), folder.path().join("l"), folder.path().join("h"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o751)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, b"old", b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o751);
        fs::hard_link(&file, &hard).unwrap();
        replace(&file, b"new", b"n").unwrap();
        assert_eq!(fs::read(&hard).unwrap(), b"n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "no temporary file is left");
    }

    #[test]
    fn a_file_that_changed_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f");
        fs::write(&file, "theirs").unwrap();
        assert!(replace(&file, b"old", b"new").unwrap_err().contains("changed"));
        assert_eq!(fs::read(&file).unwrap(), b"theirs");
    }
}
