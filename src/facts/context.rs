//! The build context as the builder gets it: what stands at which path once the ignore file was applied. Whoever calls the
//! library brings one (a folder on disk, files of an editor, none at all); this module says what can be asked of it.
//!
//! Paths are those inside the context: clean, separated by `/`, without a leading `/`; `""` is the context itself.

pub mod ignore;
pub mod text;

use crate::facts::Truth;
use std::fmt::Debug;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File {
        /// Permission bits, where the file system has them.
        mode: Option<u32>,
        /// Length in bytes.
        size: u64,
    },
    /// A folder.
    Folder,
    /// A symbolic link, with its target as written.
    Link(String),
    /// Something else: a socket, a device, a pipe.
    Other,
    /// Nothing, or the ignore file keeps it out: the builder does not see it, whatever is on the disk.
    Absent,
    /// Not known: no context, or it cannot be read.
    Unknown,
}

/// A build context, read lazily. Never looks outside the context: links are told, not followed.
pub trait ContextView: Debug {
    /// Whether there is a context to ask.
    fn known(&self) -> bool;
    /// Whether nobody named this context, and it was taken because the Dockerfile stands in it.
    fn assumed(&self) -> bool {
        false
    }
    /// What stands at a path. What is ignored is absent.
    fn entry(&self, path: &str) -> Entry;
    /// The names in a folder, sorted, without what is ignored; `None` where that is no folder or not known.
    fn names(&self, folder: &str) -> Option<Vec<String>>;
    /// The bytes of a regular file that is not ignored, from its start, at most `limit` of them; `None` where it is no file,
    /// or not known.
    fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>>;
    /// Whether the ignore file keeps a path out, be anything there or not (`node_modules` of another machine). Yes says that
    /// the builder sees neither it nor anything below it; of a folder of which an exception lets something in, it says No,
    /// and of one that is not there and of which an exception could, Unknown.
    fn ignored(&self, path: &str) -> Truth;
    /// Whether an ignore file counts for this context at all, whatever is in it.
    fn ignored_by_file(&self) -> Truth {
        Truth::Unknown
    }
    /// Where the file that is read stands in the context, if it does (`docker/Dockerfile`). That it is ignored or not is for
    /// [`ContextView::entry`] to say: builders read an ignored Dockerfile, but do not copy it.
    fn dockerfile(&self) -> Option<&str>;
}

/// No context: nothing is known of any path.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoContext;

impl ContextView for NoContext {
    fn known(&self) -> bool {
        false
    }

    fn entry(&self, _: &str) -> Entry {
        Entry::Unknown
    }

    fn names(&self, _: &str) -> Option<Vec<String>> {
        None
    }

    fn read(&self, _: &str, _: usize) -> Option<Vec<u8>> {
        None
    }

    fn ignored(&self, _: &str) -> Truth {
        Truth::Unknown
    }

    fn dockerfile(&self) -> Option<&str> {
        None
    }
}
