//! A comment for a pull request: what would change, why, and the diff. What comes from a Dockerfile is quoted, so that it
//! cannot pose as part of the comment.

use crate::cli::diff::Diff;
use crate::cli::format::finding::{self, Finding, Weight};
use crate::cli::format::{File, Seen};
use crate::cli::report::{self, Tally};
use crate::visible::visible_str;

/// By the comment in the first line an earlier one is found again.
pub const BEGIN: &str = "<!-- dfopt -->\n## dfopt\n\n";
/// All parts together stay below what a comment may hold (65,536 characters).
pub const LARGEST: usize = 60_000;

pub fn file(file: &File) -> String {
    let findings: String = finding::for_people(file).iter().map(line).collect();
    let diff = file.seen.map_or(String::new(), |seen| diff(&file.path, seen));
    match findings.is_empty() && diff.is_empty() {
        true => String::new(),
        false => format!("### {}\n\n{findings}{diff}\n", code(&file.path)),
    }
}

pub fn end(tally: &Tally, dropped: usize) -> String {
    let more = match dropped {
        0 => String::new(),
        1 => "There is one more file, which is too long for a comment.\n\n".to_owned(),
        n => format!("There are {n} more files, too long together for a comment.\n\n"),
    };
    format!("{more}{}", report::summary(tally, true))
}

fn line(finding: &Finding) -> String {
    let mark = match finding.weight {
        Weight::Error => "**error** ",
        Weight::Warning => "",
        Weight::Note => "advice: ",
        Weight::Hint => "",
    };
    let level = finding.level.map_or(String::new(), |level| format!(" ({level})"));
    let place = finding.region.map_or(String::new(), |region| format!(", line {}", region.start.line));
    format!("- {mark}{}{level}{place}: {}\n", code(finding.rule), prose(&finding.message))
}

fn diff(path: &str, seen: Seen) -> String {
    let looked = seen.looked;
    let diff = Diff::new(&looked.old, &looked.new).unified(path.as_bytes());
    if diff.is_empty() {
        return String::new();
    }
    let crlf = report::all_crlf(&looked.old) && report::all_crlf(&looked.new);
    let text = report::text_for_terminal(&diff, crlf);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    format!("\n{fence}diff\n{text}{fence}\n")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text in code: between more backquotes than it holds.
fn code(text: &str) -> String {
    let text = visible_str(text);
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A message: what stands in single backquotes is code, what would mean something elsewhere is escaped.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // an odd number of backquotes: one of them comes from the file
    if parts.len().is_multiple_of(2) {
        return code(text);
    }
    let part = |(index, part): (usize, &&str)| match index % 2 {
        0 => escaped(part),
        _ => code(part),
    };
    parts.iter().enumerate().map(part).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if "\\<>[]*_|#!&~@".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dockerfile_cannot_pose_as_the_comment() {
        assert_eq!(prose("`a` is <b> of @all"), "`a` is \\<b\\> of \\@all");
        assert_eq!(prose("odd ` <img>"), "``odd ` <img>``");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a\nb"), "`a␊b`");
        assert_eq!(longest_run("a ``` b ` c"), 3);
    }
}
