//! Unified diffs that `git apply` and `patch -p1` take: lines end at LF alone, bytes stay bytes.
//!
//! The library finds the changed lines; the hunks are written here, since the library's own printing takes a lone CR for a
//! line end and replaces bytes that are not UTF-8.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};
use std::io::{self, Write};

/// A line of a hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Stays.
    Same,
    /// Goes.
    Old,
    /// Comes.
    New,
}

/// Changed lines with three lines around them.
#[derive(Debug)]
pub struct Hunk<'t> {
    /// `@@ -1,4 +1,3 @@`
    pub header: String,
    /// Each with its line end.
    pub lines: Vec<(Tag, &'t [u8])>,
}

/// The hunks between two texts.
pub fn hunks<'t>(old: &'t [u8], new: &'t [u8]) -> Vec<Hunk<'t>> {
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) = (lines(old), lines(new));
    let ops = capture_diff_slices(Algorithm::Patience, &old, &new);
    group_diff_ops(ops, 3).iter().map(|group| hunk(group, &old, &new)).collect()
}

fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

fn hunk<'t>(group: &[DiffOp], old: &[&'t [u8]], new: &[&'t [u8]]) -> Hunk<'t> {
    let mut out = Vec::new();
    for op in group {
        if let DiffOp::Equal { .. } = op {
            out.extend(old[op.old_range()].iter().map(|line| (Tag::Same, *line)));
        } else {
            out.extend(old[op.old_range()].iter().map(|line| (Tag::Old, *line)));
            out.extend(new[op.new_range()].iter().map(|line| (Tag::New, *line)));
        }
    }
    let range = |all: Vec<std::ops::Range<usize>>| {
        let start = all.first().map_or(0, |range| range.start);
        let length = all.last().map_or(0, |range| range.end) - start;
        let first = if length == 0 { start } else { start + 1 };
        if length == 1 { first.to_string() } else { format!("{first},{length}") }
    };
    let before = range(group.iter().map(DiffOp::old_range).collect());
    let after = range(group.iter().map(DiffOp::new_range).collect());
    Hunk { header: format!("@@ -{before} +{after} @@"), lines: out }
}

/// Writes a plain unified diff. `path` is given with `/`, relative to where the diff is to be applied.
pub fn write(out: &mut impl Write, path: &str, old: &[u8], new: &[u8]) -> io::Result<()> {
    writeln!(out, "--- {}\n+++ {}", name("a", path), name("b", path))?;
    for hunk in hunks(old, new) {
        writeln!(out, "{}", hunk.header)?;
        for (tag, line) in hunk.lines {
            out.write_all(match tag {
                Tag::Same => b" ",
                Tag::Old => b"-",
                Tag::New => b"+",
            })?;
            out.write_all(line)?;
            if !line.ends_with(b"\n") {
                out.write_all(b"\n\\ No newline at end of file\n")?;
            }
        }
    }
    Ok(())
}

/// A path with its prefix; in C quotes, as git writes it, where it bears what would end or break the line.
fn name(side: &str, path: &str) -> String {
    let path = format!("{side}/{}", path.trim_start_matches('/'));
    if !path.contains(|c: char| c.is_control() || c == '"' || c == '\\') {
        // patch(1) ends a name at a blank unless a tab follows
        return if path.contains(' ') { format!("{path}\t") } else { path };
    }
    let mut out = String::from("\"");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte as char]),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            byte if byte < 0x20 || byte >= 0x7f => out.push_str(&format!("\\{byte:03o}")),
            byte => out.push(byte as char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: &[u8], new: &[u8]) -> String {
        let mut out = Vec::new();
        write(&mut out, "x", old, new).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn line_ends_are_kept_and_a_missing_one_is_told() {
        assert_eq!(
            diff(b"a\r\nb\rc", b"a\r\nb"),
            "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\r\n-b\rc\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n"
        );
    }

    #[test]
    fn odd_names_are_quoted() {
        assert_eq!(name("a", "b\"\n"), "\"a/b\\\"\\n\"");
        assert_eq!(name("a", "b c"), "a/b c\t");
    }
}
