//! Paths of an image, as types: what is absolute and clean, and what may hold patterns. All that is asked of two paths is
//! asked here, so that nobody mixes up which of them is the directory.

use std::borrow::Cow;
use std::fmt;

/// Stands for a directory that is not known; no path of a file holds this character.
const SOMEWHERE: &str = "/\u{1}";

/// An absolute path without `.`, `..`, doubled or trailing slashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Absolute(String);

impl Absolute {
    /// `/`.
    pub fn root() -> Absolute {
        Absolute("/".to_owned())
    }

    /// Reads an absolute path; `None` for a relative one.
    pub fn new(path: &str) -> Option<Absolute> {
        path.starts_with('/').then(|| Absolute(clean(path)))
    }

    /// A directory of which only the name is not known: what is in it is told apart from what is not.
    pub fn somewhere() -> Absolute {
        Absolute(SOMEWHERE.to_owned())
    }

    /// Whether it is [`Absolute::somewhere`], or in there.
    pub fn is_somewhere(&self) -> bool {
        is_at_or_in(&self.0, SOMEWHERE)
    }

    /// As [`Absolute::join`]; `None` if a `..` leaves a directory that is not known.
    pub fn to(&self, path: &str) -> Option<Absolute> {
        let joined = self.join(path);
        (path.starts_with('/') || !self.is_somewhere() || joined.is_somewhere()).then_some(joined)
    }

    /// A path as it is seen from this directory: itself if it is absolute, else below.
    #[must_use]
    pub fn join(&self, path: &str) -> Absolute {
        match path.starts_with('/') {
            true => Absolute(clean(path)),
            false => Absolute(clean(&format!("{}/{path}", self.0))),
        }
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part; empty for `/`.
    pub fn name(&self) -> &str {
        name(&self.0)
    }

    /// The directory that it is in; `None` for `/`.
    pub fn parent(&self) -> Option<Absolute> {
        let (directory, name) = self.0.rsplit_once('/')?;
        let directory = if directory.is_empty() { "/" } else { directory };
        (!name.is_empty()).then(|| Absolute(directory.to_owned()))
    }

    /// What is left of it inside a directory: `b/c` of `/a/b/c` in `/a`; `None` for the directory itself and what is not in it.
    pub fn inside(&self, directory: &Absolute) -> Option<&str> {
        let rest = self.0.strip_prefix(directory.0.trim_end_matches('/'))?;
        rest.strip_prefix('/').filter(|rest| !rest.is_empty())
    }

    /// Whether it is a directory or inside it.
    pub fn is_at_or_in(&self, directory: &Absolute) -> bool {
        self == directory || self.inside(directory).is_some()
    }

    /// Whether it is one of these directories or inside one; they are written as clean absolute paths.
    pub fn is_in_any(&self, directories: &[&str]) -> bool {
        directories.iter().any(|directory| is_at_or_in(&self.0, directory))
    }

    /// Whether one of the two is the other, or in it.
    pub fn overlaps(&self, other: &Absolute) -> bool {
        self.is_at_or_in(other) || other.is_at_or_in(self)
    }
}

impl fmt::Display for Absolute {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An absolute path, parts of which may be patterns (`*`, `?`, `[…]`, `{…}`) or are not known (`$…`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

impl Pattern {
    /// Reads an absolute path; `None` for a relative one.
    pub fn new(path: &str) -> Option<Pattern> {
        path.starts_with('/').then(|| Pattern(clean(path)))
    }

    /// As it is seen from a directory; `None` if a `..` leaves one that is not known.
    pub fn seen_from(directory: &Absolute, path: &str) -> Option<Pattern> {
        Some(Pattern(directory.to(path)?.0))
    }

    /// Whether it is surely in a directory that is not known, or that directory itself.
    pub fn is_somewhere(&self) -> bool {
        is_at_or_in(&self.0, SOMEWHERE)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path, if nothing in it is a pattern.
    pub fn exact(&self) -> Option<Absolute> {
        (!is_pattern(&self.0)).then(|| Absolute(self.0.clone()))
    }

    /// Whether it may name a path, something inside it, or a directory above it.
    pub fn may_overlap(&self, path: &Absolute) -> bool {
        parts(&self.0).zip(parts(&path.0)).all(|(pattern, part)| may_be(pattern, part))
    }

    /// Whether it may name a directory, or one above it: what removes it takes the directory away.
    pub fn may_hold(&self, directory: &Absolute) -> bool {
        let mut theirs = parts(&directory.0);
        parts(&self.0).all(|pattern| theirs.next().is_some_and(|part| may_be(pattern, part)))
    }

    /// Whether it is one of these directories or inside one, as it is written.
    pub fn is_in_any(&self, directories: &[&str]) -> bool {
        directories.iter().any(|directory| is_at_or_in(&self.0, directory))
    }

    /// Whether it may name something in one of these directories, or one of them itself, or above.
    pub fn may_overlap_any(&self, directories: &[&str]) -> bool {
        directories.iter().any(|directory| Absolute::new(directory).is_some_and(|path| self.may_overlap(&path)))
    }
}

impl From<Absolute> for Pattern {
    fn from(path: Absolute) -> Pattern {
        Pattern(path.0)
    }
}

/// An absolute path without `.`, `..`, doubled and trailing slashes. A relative one is taken as one below `/`.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// What stands after the last slash.
pub fn name(path: &str) -> &str {
    path.bytes().rposition(|byte| byte == b'/').map_or(path, |at| &path[at + 1..])
}

/// Whether a clean absolute path is a directory or inside it.
pub fn is_at_or_in(path: &str, directory: &str) -> bool {
    let rest = path.strip_prefix(directory.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a text holds characters of patterns, or what is only known when it runs.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '[', '{', '$'])
}

/// A path below another, both relative, without a leading `./`.
pub fn relative(path: &str) -> Cow<'_, str> {
    Cow::Owned(clean(path)[1..].to_owned())
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn may_be(pattern: &str, part: &str) -> bool {
    pattern == part || is_pattern(pattern) || is_pattern(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Absolute {
        Absolute::new(text).unwrap()
    }

    #[test]
    fn paths_are_cleaned() {
        assert_eq!(path("/a//b/./../c/").as_str(), "/a/c");
        assert_eq!(path("/../..").as_str(), "/");
        assert!(Absolute::new("a").is_none());
        assert_eq!(path("/a").join("../b").as_str(), "/b");
        assert_eq!(path("/a").join("/b").as_str(), "/b");
        assert_eq!((path("/a/b").name(), path("/").name()), ("b", ""));
        assert_eq!((path("/a").parent(), path("/").parent()), (Some(Absolute::root()), None));
    }

    #[test]
    fn what_is_not_known_is_not_left() {
        let somewhere = Absolute::somewhere();
        assert!(somewhere.to("a/../b").unwrap().is_somewhere() && somewhere.to("a").unwrap() != somewhere);
        assert_eq!((somewhere.to("../a"), somewhere.to("/a")), (None, Some(path("/a"))));
        assert_eq!(path("/a").to("../b"), Some(path("/b")));
    }

    #[test]
    fn inside_is_by_whole_parts() {
        assert_eq!(path("/a/b/c").inside(&path("/a")), Some("b/c"));
        assert_eq!(path("/a").inside(&Absolute::root()), Some("a"));
        assert!(path("/ab").inside(&path("/a")).is_none() && path("/a").inside(&path("/a")).is_none());
        assert!(path("/a").is_at_or_in(&path("/a")) && !path("/a").is_at_or_in(&path("/a/b")));
        assert!(path("/a").overlaps(&path("/a/b")) && path("/a/b").overlaps(&path("/a")));
        assert!(!path("/a/b").overlaps(&path("/a/c")));
        assert!(path("/usr/bin/x").is_in_any(&["/etc", "/usr"]) && !path("/usrx").is_in_any(&["/usr"]));
    }

    #[test]
    fn patterns_may_be_anything_in_their_part() {
        let pattern = |text: &str| Pattern::new(text).unwrap();
        assert!(pattern("/a/*").may_overlap(&path("/a/b/c")) && pattern("/a").may_overlap(&path("/a/b")));
        assert!(!pattern("/b/*").may_overlap(&path("/a/b")));
        assert!(pattern("/a/*").may_hold(&path("/a/b/c")) && !pattern("/a/b/*").may_hold(&path("/a/b")));
        assert_eq!(pattern("/a/$B").exact(), None);
        assert_eq!(pattern("/a/b").exact(), Some(path("/a/b")));
    }
}
