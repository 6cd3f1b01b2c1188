//! The file tree of an image, read from a tar stream in constant memory: of each file only a small record is kept, its bytes
//! pass by and leave a hash. Knows nothing of engines and of what a difference means.
//!
//! Time stamps are not kept. Which of several hard links a stream names first is chance, so each of them gets the first
//! path of the group, in the order of bytes, as its mark.

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read};
use tar::{Archive, Entry, EntryType};

/// All files of an image by their path, which starts with `/`.
pub type Tree = BTreeMap<Vec<u8>, Node>;

type Hash = [u8; 32];

/// What is kept of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its permissions with the special bits.
    pub mode: u32,
    /// User and group, by number.
    pub owner: (u64, u64),
    /// Its length.
    pub size: u64,
    /// The hash of its bytes.
    pub hash: Hash,
    /// The hash of its bytes behind a header that may differ.
    pub body: Option<Hash>,
    /// Where a symbolic link points to.
    pub target: Vec<u8>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    /// Extended attributes, as far as the engine tells them (`security.capability`).
    pub attributes: BTreeMap<String, Vec<u8>>,
    /// The first path of the files that are hard links of one another; `None` where it is alone.
    pub linked: Option<Vec<u8>>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device with characters.
    Characters,
    /// A device with blocks.
    Blocks,
    /// A named pipe.
    Pipe,
    /// Something that this list does not have.
    Other,
}

impl Kind {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::File => "a file",
            Kind::Folder => "a folder",
            Kind::Link => "a symbolic link",
            Kind::Characters => "a character device",
            Kind::Blocks => "a block device",
            Kind::Pipe => "a named pipe",
            Kind::Other => "something else",
        }
    }
}

/// Reads a tar stream to its end. `header` says how many bytes at the start of a file may differ.
///
/// # Errors
/// The stream broke off, or is none.
pub fn read(stream: impl Read, header: impl Fn(&[u8]) -> Option<usize>) -> io::Result<Tree> {
    let mut archive = Archive::new(stream);
    let mut tree = Tree::new();
    let mut links: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = clean(&entry.path_bytes());
        if path == b"/" {
            continue;
        }
        if entry.header().entry_type() == EntryType::Link {
            let first = entry.link_name_bytes().map(|name| clean(&name)).unwrap_or_default();
            links.push((path, first));
            continue;
        }
        let node = node(&mut entry, header(&path))?;
        tree.insert(path, node);
    }
    // what is behind the end mark, too: an engine whose pipe is closed early complains
    io::copy(&mut archive.into_inner(), &mut io::sink())?;
    join(&mut tree, &links)?;
    Ok(tree)
}

/// `./a/b/` and `a/b` are `/a/b`.
fn clean(name: &[u8]) -> Vec<u8> {
    let name = name.strip_prefix(b".").filter(|rest| rest.first().is_none_or(|byte| *byte == b'/')).unwrap_or(name);
    let start = name.iter().position(|byte| *byte != b'/').unwrap_or(name.len());
    let end = name.iter().rposition(|byte| *byte != b'/').map_or(start, |at| at + 1);
    [b"/", &name[start..end]].concat()
}

fn node<R: Read>(entry: &mut Entry<R>, header: Option<usize>) -> io::Result<Node> {
    let attributes = attributes(entry)?;
    let target = entry.link_name_bytes().map(|name| name.into_owned()).unwrap_or_default();
    let head = entry.header();
    let kind = match head.entry_type() {
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => Kind::File,
        EntryType::Directory => Kind::Folder,
        EntryType::Symlink => Kind::Link,
        EntryType::Char => Kind::Characters,
        EntryType::Block => Kind::Blocks,
        EntryType::Fifo => Kind::Pipe,
        _ => Kind::Other,
    };
    let device = match kind {
        Kind::Characters | Kind::Blocks => (head.device_major()?.unwrap_or(0), head.device_minor()?.unwrap_or(0)),
        _ => (0, 0),
    };
    let (mode, owner) = (head.mode()? & 0o7777, (head.uid()?, head.gid()?));
    let (size, hash, body) = digest(entry, header)?;
    Ok(Node { kind, mode, owner, size, hash, body, target, device, attributes, linked: None })
}

fn attributes<R: Read>(entry: &mut Entry<R>) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut out = BTreeMap::new();
    if let Some(extensions) = entry.pax_extensions()? {
        for extension in extensions {
            let extension = extension?;
            if let Some(name) = extension.key().ok().and_then(|key| key.strip_prefix("SCHILY.xattr.")) {
                out.insert(name.to_owned(), extension.value_bytes().to_vec());
            }
        }
    }
    Ok(out)
}

/// Length, hash, and hash behind the header.
fn digest(stream: &mut impl Read, header: Option<usize>) -> io::Result<(u64, Hash, Option<Hash>)> {
    let mut whole = Sha256::new();
    let mut body = header.map(|_| Sha256::new());
    let mut skip = header.unwrap_or(0);
    let mut size = 0;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        whole.update(&buffer[..length]);
        if let Some(body) = &mut body {
            let from = skip.min(length);
            skip -= from;
            body.update(&buffer[from..length]);
        }
        size += length as u64;
    }
    Ok((size, whole.finalize().into(), body.map(|body| body.finalize().into())))
}

/// Gives hard links their record, and all of a group the same mark.
fn join(tree: &mut Tree, links: &[(Vec<u8>, Vec<u8>)]) -> io::Result<()> {
    let mut groups: BTreeMap<&[u8], Vec<&[u8]>> = BTreeMap::new();
    for (path, first) in links {
        groups.entry(first).or_insert_with(|| vec![first]).push(path);
    }
    for (first, mut paths) in groups {
        paths.sort_unstable();
        let Some(mut node) = tree.get(first).cloned() else {
            let message = format!("a hard link to `{}`, which is not there", String::from_utf8_lossy(first));
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        };
        node.linked = paths.first().map(|path| path.to_vec());
        for path in paths {
            tree.insert(path.to_vec(), node.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use tar::{Builder, Header};

    /// A tar stream of files: path, mode, content.
    pub fn archive(files: &[(&str, u32, &[u8])]) -> Vec<u8> {
        let mut builder = Builder::new(Vec::new());
        for (path, mode, content) in files {
            append(&mut builder, path, *mode, content);
        }
        builder.into_inner().unwrap()
    }

    fn header(size: usize) -> Header {
        let mut header = Header::new_gnu();
        header.set_size(size as u64);
        header.set_mode(0o777);
        header.set_uid(0);
        header.set_gid(0);
        header
    }

    fn append(builder: &mut Builder<Vec<u8>>, path: &str, mode: u32, content: &[u8]) {
        let mut header = header(content.len());
        header.set_mode(mode);
        header.set_entry_type(if path.ends_with('/') { EntryType::Directory } else { EntryType::Regular });
        builder.append_data(&mut header, path, content).unwrap();
    }

    fn link(builder: &mut Builder<Vec<u8>>, kind: EntryType, path: &str, target: &str) {
        let mut header = header(0);
        header.set_entry_type(kind);
        builder.append_link(&mut header, path, target).unwrap();
    }

    fn tree(bytes: &[u8]) -> Tree {
        read(bytes, |path| path.ends_with(b".pyc").then_some(16)).unwrap()
    }

    #[test]
    fn names_are_the_same_however_they_are_written() {
        for name in ["a/b", "./a/b", "/a/b", "a/b/", "./a/b/"] {
            assert_eq!(clean(name.as_bytes()), b"/a/b", "{name}");
        }
        assert_eq!(clean(b".hidden"), b"/.hidden");
        assert_eq!((clean(b"./"), clean(b".")), (b"/".to_vec(), b"/".to_vec()));
    }

    #[test]
    fn records_tell_files_apart() {
        let tree = tree(&archive(&[("d/", 0o755, b""), ("d/a", 0o4755, b"one"), ("d/b", 0o644, b"two")]));
        let (folder, a, b) = (&tree[&b"/d"[..]], &tree[&b"/d/a"[..]], &tree[&b"/d/b"[..]]);
        assert_eq!((folder.kind, a.kind, a.mode, a.size), (Kind::Folder, Kind::File, 0o4755, 3));
        assert_ne!(a.hash, b.hash);
        let sha: String = a.hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sha, "7692c3ad", "it is SHA-256");
    }

    #[test]
    fn a_header_may_be_left_out() {
        let (one, other) = (b"0123456789abcdefCODE", b"################CODE");
        let tree = tree(&archive(&[("a.pyc", 0o644, one), ("b.pyc", 0o644, other), ("short.pyc", 0o644, b"x")]));
        let (a, b) = (&tree[&b"/a.pyc"[..]], &tree[&b"/b.pyc"[..]]);
        assert_ne!(a.hash, b.hash);
        assert_eq!(a.body, b.body);
        assert_ne!(tree[&b"/short.pyc"[..]].body, a.body);
    }

    #[test]
    fn hard_links_are_a_group_whichever_comes_first() {
        let mut one = Builder::new(Vec::new());
        append(&mut one, "b", 0o644, b"x");
        link(&mut one, EntryType::Link, "a", "b");
        let mut other = Builder::new(Vec::new());
        append(&mut other, "a", 0o644, b"x");
        link(&mut other, EntryType::Link, "b", "a");
        let (one, other) = (tree(&one.into_inner().unwrap()), tree(&other.into_inner().unwrap()));
        assert_eq!(one, other);
        assert_eq!(one[&b"/b"[..]].linked.as_deref(), Some(&b"/a"[..]));
    }

    #[test]
    fn symbolic_links_keep_their_target() {
        let mut builder = Builder::new(Vec::new());
        link(&mut builder, EntryType::Symlink, "bin", "usr/bin");
        let tree = tree(&builder.into_inner().unwrap());
        assert_eq!((tree[&b"/bin"[..]].kind, &tree[&b"/bin"[..]].target[..]), (Kind::Link, &b"usr/bin"[..]));
    }

    #[test]
    fn attributes_are_read() {
        let mut builder = Builder::new(Vec::new());
        builder.append_pax_extensions([("SCHILY.xattr.security.capability", &b"\x01\x00"[..])]).unwrap();
        append(&mut builder, "ping", 0o755, b"x");
        let tree = tree(&builder.into_inner().unwrap());
        assert_eq!(tree[&b"/ping"[..]].attributes["security.capability"], b"\x01\x00");
    }

    #[test]
    fn half_a_stream_is_an_error() {
        let bytes = archive(&[("a", 0o644, &[b'x'; 4096])]);
        assert!(read(&bytes[..2000], |_| None).is_err());
    }
}
