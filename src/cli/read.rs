//! Reading a file without being led astray: by a pipe that never ends, a file that fills the memory, a folder.

use crate::text::{MAX_BYTES, Source, SourceError};
use crate::visible;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// Why there is no text: the place in the file where there is one, and what is wrong.
#[derive(Debug)]
pub struct ReadError {
    /// Line and column, or nothing.
    pub place: Option<(u32, u32)>,
    /// What, why, what to do.
    pub message: String,
}

impl ReadError {
    fn new(message: impl Into<String>) -> ReadError {
        ReadError { place: None, message: message.into() }
    }

    /// The system said no.
    pub fn unreadable(error: &io::Error) -> ReadError {
        ReadError::new(unreadable(error))
    }
}

/// Reads a file: its bytes and its text.
pub fn file(path: &Path) -> Result<(Vec<u8>, Source), ReadError> {
    let meta = fs::metadata(path).map_err(|error| ReadError::new(missing(path, &error)))?;
    if !meta.is_file() {
        return Err(ReadError::new("not a regular file; to read a pipe, give `-` and redirect standard input"));
    }
    if meta.len() > MAX_BYTES as u64 {
        return Err(source_error(&SourceError::TooLarge(usize::try_from(meta.len()).unwrap_or(usize::MAX))));
    }
    let size = usize::try_from(meta.len()).unwrap_or_default();
    let read = File::open(path).and_then(|file| limited_with(file, Vec::with_capacity(size + 1)));
    let bytes = read.map_err(|error| ReadError::unreadable(&error))?;
    let source = text(&bytes)?;
    Ok((bytes, source))
}

/// Reads what is left of a stream, or a little more than can be used of it.
pub fn limited(stream: impl Read) -> io::Result<Vec<u8>> {
    limited_with(stream, Vec::new())
}

fn limited_with(stream: impl Read, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    stream.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Takes bytes as a text.
pub fn text(bytes: &[u8]) -> Result<Source, ReadError> {
    Source::from_bytes(bytes).map_err(|error| source_error(&error))
}

fn source_error(error: &SourceError) -> ReadError {
    let place = match error {
        SourceError::Nul(at) => Some((at.line, at.column)),
        _ => None,
    };
    ReadError { place, message: error.to_string() }
}

/// What to say of a path that is not there.
pub fn missing(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound if path.is_symlink() => {
            "a symbolic link to a file that does not exist; mend or remove the link".to_owned()
        }
        io::ErrorKind::NotFound => "no such file or folder; check the spelling".to_owned(),
        _ => unreadable(error),
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("cannot be read: {}", visible::reason(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_file_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("Dockerfile");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(file(&path).unwrap_err().message.contains("1099511627776 bytes"));
    }

    #[test]
    fn a_stream_is_read_no_further_than_needed() {
        assert_eq!(limited(io::repeat(b'a')).unwrap().len(), MAX_BYTES + 1);
    }
}
