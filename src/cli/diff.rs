//! Differences between two texts, line by line, on bytes.
//!
//! A line ends at a line feed and nowhere else: that is how `git apply` and `patch` count, and a carriage return is part of
//! its line. Nothing is decoded, so CRLF, byte-order marks, a missing last line end and bytes that are not UTF-8 survive.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The lines of two texts, and where they differ.
pub struct Diff<'a> {
    old: Vec<&'a [u8]>,
    new: Vec<&'a [u8]>,
    /// The hunks, in order.
    pub hunks: Vec<Hunk>,
}

/// Changes that stand close together.
pub struct Hunk(Vec<DiffOp>);

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing.
    Same,
    /// It is only in the old text.
    Removed,
    /// It is only in the new text.
    Added,
}

/// A line of a hunk: what happened to it, its numbers (from 1) in the texts that hold it, and its bytes, line end included.
pub struct Line<'a> {
    /// What happened to it.
    pub sign: Sign,
    /// Its number in the old text.
    pub old: Option<usize>,
    /// Its number in the new text.
    pub new: Option<usize>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

impl<'a> Diff<'a> {
    /// Compares two texts.
    pub fn new(old: &'a [u8], new: &'a [u8]) -> Diff<'a> {
        let (old, new) = (lines(old), lines(new));
        let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
        let hunks = group_diff_ops(ops, CONTEXT).into_iter().filter(|ops| !ops.is_empty()).map(Hunk).collect();
        Diff { old, new, hunks }
    }

    /// The lines of a hunk, removed ones before added ones.
    pub fn lines(&self, hunk: &Hunk) -> Vec<Line<'a>> {
        let mut out = Vec::new();
        for op in &hunk.0 {
            let (tag, old, new) = op.as_tag_tuple();
            if tag == DiffTag::Equal {
                let same = |(i, j): (usize, usize)| self.line(Sign::Same, Some(i), Some(j));
                out.extend(old.zip(new).map(same));
            } else {
                out.extend(old.map(|i| self.line(Sign::Removed, Some(i), None)));
                out.extend(new.map(|j| self.line(Sign::Added, None, Some(j))));
            }
        }
        out
    }

    fn line(&self, sign: Sign, old: Option<usize>, new: Option<usize>) -> Line<'a> {
        let bytes = old.and_then(|i| self.old.get(i)).or_else(|| new.and_then(|j| self.new.get(j)));
        Line { sign, old: old.map(|i| i + 1), new: new.map(|j| j + 1), bytes: bytes.copied().unwrap_or_default() }
    }

    /// As a unified diff of the file `path` (relative, with `/`), as `git apply` and `patch -p1` take it.
    pub fn unified(&self, path: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.hunks.is_empty() {
            return out;
        }
        for (mark, side) in [("---", "a/"), ("+++", "b/")] {
            out.extend([mark.as_bytes(), b" ", &header_name(side, path), b"\n"].concat());
        }
        for hunk in &self.hunks {
            let (old, new) = hunk.ranges();
            out.extend(format!("@@ -{} +{} @@\n", header_range(old), header_range(new)).into_bytes());
            self.lines(hunk).iter().for_each(|line| line.print(&mut out));
        }
        out
    }
}

impl Hunk {
    fn ranges(&self) -> (Range<usize>, Range<usize>) {
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else { return (0..0, 0..0) };
        let old = first.old_range().start..last.old_range().end;
        (old, first.new_range().start..last.new_range().end)
    }
}

impl Line<'_> {
    fn print(&self, out: &mut Vec<u8>) {
        out.push(match self.sign {
            Sign::Same => b' ',
            Sign::Removed => b'-',
            Sign::Added => b'+',
        });
        out.extend_from_slice(self.bytes);
        if !self.bytes.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// `start,length` as the format counts: an empty range names the line before it, a length of one goes without saying.
fn header_range(range: Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        n => format!("{},{n}", range.start + 1),
    }
}

/// The name as git writes it: quoted where it holds what would end or garble the line, and with a tab behind it where it
/// holds a blank, since `patch` would take the rest for a date.
fn header_name(side: &str, path: &[u8]) -> Vec<u8> {
    let odd = |byte: &u8| byte.is_ascii_control() || matches!(byte, b'"' | b'\\');
    if path.iter().any(odd) || std::str::from_utf8(path).is_err() {
        return [b"\"", side.as_bytes(), &quoted(path), b"\""].concat();
    }
    let tab: &[u8] = if path.contains(&b' ') { b"\t" } else { b"" };
    [side.as_bytes(), path, tab].concat()
}

fn quoted(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for byte in path {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', *byte]),
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            b'\r' => out.extend(b"\\r"),
            b' '..=b'~' => out.push(*byte),
            _ => out.extend(format!("\\{byte:03o}").into_bytes()),
        }
    }
    out
}

/// A path as a diff names it: from the current folder on, without `.` and `..`. What lies outside keeps its whole path
/// from the root, so that `patch -d / -p1` finds it.
pub fn diff_path(path: &Path, current: &Path) -> Vec<u8> {
    let whole = whole_path(path, current);
    let inside = whole.strip_prefix(current).unwrap_or(&whole);
    let normal: PathBuf = inside.components().filter(|c| matches!(c, Component::Normal(_))).collect();
    crate::visible::os_bytes(normal.as_os_str())
}

/// A path from the root on, without `.` and `..`.
pub fn whole_path(path: &Path, current: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for component in current.join(path).components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(whole.pop()),
            other => whole.push(other),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unified(old: &str, new: &str) -> String {
        String::from_utf8(Diff::new(old.as_bytes(), new.as_bytes()).unified(b"Dockerfile")).unwrap()
    }

    #[test]
    fn no_difference_no_diff() {
        assert_eq!(unified("a\n", "a\n"), "");
        assert_eq!(unified("", ""), "");
    }

    #[test]
    fn headers_and_hunks_are_as_git_writes_them() {
        let wanted = "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-5\n+x\n";
        assert_eq!(unified("1\n2\n3\n4\n5\n", "1\n2\n3\n4\nx\n"), wanted);
        assert_eq!(unified("a\n", ""), "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1 +0,0 @@\n-a\n");
    }

    #[test]
    fn only_a_line_feed_ends_a_line() {
        assert_eq!(lines(b"a\rb\r\nc"), [&b"a\rb\r\n"[..], b"c"]);
        let wanted = "@@ -1 +1 @@\n-a\rb\r\n+a\rc\n\\ No newline at end of file\n";
        assert!(unified("a\rb\r\n", "a\rc").ends_with(wanted));
    }

    #[test]
    fn far_changes_make_two_hunks() {
        let old: String = (0..30).map(|n| format!("{n}\n")).collect();
        let new = old.replace("2\n3\n", "2\nx\n").replace("27\n", "y\n");
        assert_eq!(Diff::new(old.as_bytes(), new.as_bytes()).hunks.len(), 2);
    }

    #[test]
    fn odd_names_are_quoted() {
        let name = |path: &[u8]| String::from_utf8(header_name("a/", path)).unwrap();
        assert_eq!(name("grün/Dockerfile".as_bytes()), "a/grün/Dockerfile");
        assert_eq!(name(b"my app/Dockerfile"), "a/my app/Dockerfile\t");
        assert_eq!(name(b"a\"b\\c\nd\xff\x1b"), r#""a/a\"b\\c\nd\377\033""#);
    }

    #[cfg(unix)]
    #[test]
    fn paths_are_named_from_the_current_folder() {
        let name = |path: &str| String::from_utf8(diff_path(Path::new(path), Path::new("/work/app"))).unwrap();
        assert_eq!(name("./a/../b/Dockerfile"), "b/Dockerfile");
        assert_eq!(name("/work/app/Dockerfile"), "Dockerfile");
        assert_eq!(name("../other/Dockerfile"), "work/other/Dockerfile");
        assert_eq!(name("/elsewhere/Dockerfile"), "elsewhere/Dockerfile");
    }
}
