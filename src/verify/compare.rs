//! The differences of two images: file by file and aspect by aspect, and field by field of the config. Knows what differs,
//! not whether that matters.

use crate::verify::config::Config;
use crate::verify::tree::{Kind, Node, Tree};
use crate::visible::{visible, visible_str};
use serde::Serialize;

/// Where something differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A field of the config: `User`, `Env.PATH`.
    Config(String),
    /// A path.
    File(Vec<u8>),
}

impl Location {
    /// What people read.
    pub fn shown(&self) -> String {
        match self {
            Location::Config(field) => visible_str(field),
            Location::File(path) => visible(path),
        }
    }
}

/// What differs there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// A field of the config.
    Config,
    /// Only the original has it.
    Removed,
    /// Only the rewritten one has it.
    Added,
    /// A file here, a folder there.
    Type,
    /// The permissions.
    Mode,
    /// User or group.
    Owner,
    /// The bytes.
    Content,
    /// Where a symbolic link points to.
    Target,
    /// Which files are hard links of one another.
    Links,
    /// Extended attributes.
    Attributes,
    /// The numbers of a device.
    Device,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub place: Location,
    /// What.
    pub aspect: Aspect,
    /// As it is in the original, for people; empty where it is not there.
    pub before: String,
    /// As it is in the rewritten one.
    pub after: String,
    /// Of the bytes, only those differ that may.
    pub header_only: bool,
}

/// A difference's identity: the values may be others in another build.
pub type Key = (Location, Aspect);

impl Difference {
    /// Who it is.
    pub fn key(&self) -> Key {
        (self.place.clone(), self.aspect)
    }

    #[cfg(test)]
    /// One of a file, for tests.
    pub fn file(path: &str, aspect: Aspect) -> Difference {
        let place = Location::File(path.as_bytes().to_vec());
        Difference { place, aspect, before: String::new(), after: String::new(), header_only: false }
    }
}

/// The differences of two file trees, in the order of the paths.
pub fn trees(before: &Tree, after: &Tree) -> Vec<Difference> {
    let mut out = Vec::new();
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some((a, _)), Some((b, _))) => a.cmp(b),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return out,
        };
        let a = if order.is_le() { old.next() } else { None };
        let b = if order.is_ge() { new.next() } else { None };
        match (a, b) {
            (Some((path, a)), Some((_, b))) if a != b => nodes(path, a, b, &mut out),
            (Some((path, a)), None) => push(&mut out, path, Aspect::Removed, whole(a), String::new()),
            (None, Some((path, b))) => push(&mut out, path, Aspect::Added, String::new(), whole(b)),
            _ => {}
        }
    }
}

fn push(out: &mut Vec<Difference>, path: &[u8], aspect: Aspect, before: String, after: String) {
    out.push(Difference { place: Location::File(path.to_vec()), aspect, before, after, header_only: false });
}

fn nodes(path: &[u8], a: &Node, b: &Node, out: &mut Vec<Difference>) {
    if a.kind != b.kind {
        return push(out, path, Aspect::Type, whole(a), whole(b));
    }
    // the permissions of a symbolic link mean nothing, and builders write them as they like
    if a.mode != b.mode && a.kind != Kind::Link {
        push(out, path, Aspect::Mode, mode(a), mode(b));
    }
    if a.owner != b.owner {
        push(out, path, Aspect::Owner, owner(a), owner(b));
    }
    if (a.size, a.hash) != (b.size, b.hash) {
        push(out, path, Aspect::Content, content(a), content(b));
        let header_only = a.body.is_some() && a.body == b.body && a.size == b.size;
        out.iter_mut().last().into_iter().for_each(|last| last.header_only = header_only);
    }
    if a.target != b.target {
        push(out, path, Aspect::Target, visible(&a.target), visible(&b.target));
    }
    if a.linked != b.linked {
        push(out, path, Aspect::Links, links(a), links(b));
    }
    if a.attributes != b.attributes {
        push(out, path, Aspect::Attributes, attributes(a), attributes(b));
    }
    if a.device != b.device {
        push(out, path, Aspect::Device, format!("{:?}", a.device), format!("{:?}", b.device));
    }
}

fn whole(node: &Node) -> String {
    let size = if node.kind == Kind::File { format!(", {} bytes", node.size) } else { String::new() };
    format!("{}, mode {}, owner {}{size}", node.kind.name(), mode(node), owner(node))
}

fn mode(node: &Node) -> String {
    format!("{:04o}", node.mode)
}

fn owner(node: &Node) -> String {
    format!("{}:{}", node.owner.0, node.owner.1)
}

fn content(node: &Node) -> String {
    let start: String = node.hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{} bytes, sha256 {start}…", node.size)
}

fn links(node: &Node) -> String {
    node.linked.as_ref().map_or("alone".to_owned(), |first| format!("linked with `{}`", visible(first)))
}

fn attributes(node: &Node) -> String {
    let hex = |value: &[u8]| value.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let each = node.attributes.iter().map(|(name, value)| format!("{}={}", visible_str(name), hex(value)));
    let all = each.collect::<Vec<_>>().join(" ");
    if all.is_empty() { "none".to_owned() } else { all }
}

/// The differences of two configs, in the order of the fields.
pub fn configs(before: &Config, after: &Config) -> Vec<Difference> {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differ = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let shown = |value: Option<&String>| value.map_or(String::new(), |value| visible_str(value));
    let difference = |name: &String| Difference {
        place: Location::Config(name.clone()),
        aspect: Aspect::Config,
        before: shown(before.get(name)),
        after: shown(after.get(name)),
        header_only: false,
    };
    differ.map(difference).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::tree::{self, tests::archive};

    fn tree(files: &[(&str, u32, &[u8])]) -> Tree {
        tree::read(&archive(files)[..], |path| path.ends_with(b".pyc").then_some(4)).unwrap()
    }

    fn found(before: &[(&str, u32, &[u8])], after: &[(&str, u32, &[u8])]) -> Vec<(String, Aspect)> {
        trees(&tree(before), &tree(after)).into_iter().map(|d| (d.place.shown(), d.aspect)).collect()
    }

    #[test]
    fn the_same_is_the_same() {
        let files: &[(&str, u32, &[u8])] = &[("a", 0o644, b"x"), ("d/", 0o755, b"")];
        assert_eq!(found(files, files), []);
    }

    #[test]
    fn each_aspect_is_seen() {
        let before: &[(&str, u32, &[u8])] =
            &[("both", 0o644, b"x"), ("gone", 0o644, b""), ("mode", 0o644, b""), ("type", 0o644, b"")];
        let after: &[(&str, u32, &[u8])] =
            &[("both", 0o600, b"y"), ("mode", 0o4644, b""), ("new", 0o644, b""), ("type/", 0o644, b"")];
        let wanted = [
            ("/both", Aspect::Mode),
            ("/both", Aspect::Content),
            ("/gone", Aspect::Removed),
            ("/mode", Aspect::Mode),
            ("/new", Aspect::Added),
            ("/type", Aspect::Type),
        ];
        assert_eq!(found(before, after), wanted.map(|(path, aspect)| (path.to_owned(), aspect)));
    }

    #[test]
    fn owners_links_attributes_and_targets_are_seen() {
        let before = tree(&[("a", 0o644, b"x")]);
        let change = |change: fn(&mut Node)| {
            let mut after = before.clone();
            after.values_mut().for_each(change);
            trees(&before, &after).iter().map(|d| (d.aspect, d.before.clone(), d.after.clone())).collect::<Vec<_>>()
        };
        let said = |aspect, a: &str, b: &str| vec![(aspect, a.to_owned(), b.to_owned())];
        assert_eq!(change(|node| node.owner = (0, 5)), said(Aspect::Owner, "0:0", "0:5"));
        assert_eq!(change(|node| node.target = b"\x1b".to_vec()), said(Aspect::Target, "", "␛"));
        assert_eq!(change(|node| node.linked = Some(b"/z".to_vec())), said(Aspect::Links, "alone", "linked with `/z`"));
        let attribute = change(|node| drop(node.attributes.insert("user.x".to_owned(), vec![1, 255])));
        assert_eq!(attribute, said(Aspect::Attributes, "none", "user.x=01ff"));
        assert_eq!(change(|node| node.device = (1, 3)), said(Aspect::Device, "(0, 0)", "(1, 3)"));
    }

    #[test]
    fn only_the_header_is_told() {
        let header_only = |a: &[u8], b: &[u8]| {
            let found = trees(&tree(&[("x.pyc", 0o644, a)]), &tree(&[("x.pyc", 0o644, b)]));
            found.iter().map(|difference| difference.header_only).collect::<Vec<_>>()
        };
        assert_eq!(header_only(b"1111code", b"2222code"), [true]);
        assert_eq!(header_only(b"1111code", b"2222edoc"), [false]);
        assert_eq!(header_only(b"1111", b"22"), [false], "both are shorter than the header");
    }

    #[test]
    fn fields_are_compared_by_name() {
        let config = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect::<Config>()
        };
        let found = configs(&config(&[("Cmd", "a"), ("User", "")]), &config(&[("Cmd", "b"), ("User", "")]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].place.shown().as_str(), found[0].before.as_str()), ("Cmd", "a"));
    }
}
