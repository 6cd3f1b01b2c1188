//! A Code Quality report of GitLab. A finding keeps its fingerprint when lines move, so that a merge request shows what it
//! adds and nothing else.

use crate::cli::format::File;
use crate::cli::format::finding::{self, Finding, Weight};
use serde_json::{Value, json};
use std::collections::HashMap;

pub fn file(file: &File) -> String {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let entries = finding::all(file).into_iter().map(|finding| {
        let message = without_places(&finding.message);
        let count = seen.entry((finding.rule.to_owned(), message.clone())).or_insert(0);
        *count += 1;
        let fingerprint = fingerprint(&[&file.path, finding.rule, &message, &count.to_string()]);
        entry(&file.path, &finding, &fingerprint).to_string()
    });
    entries.collect::<Vec<_>>().join(",\n")
}

fn entry(path: &str, finding: &Finding, fingerprint: &str) -> Value {
    let severity = match finding.weight {
        Weight::Error => "critical",
        Weight::Warning => "minor",
        Weight::Note | Weight::Hint => "info",
    };
    let (begin, end) = finding.region.map_or((1, 1), |region| (region.start.line, region.last_line()));
    json!({
        "check_name": finding.rule,
        "description": finding.message,
        "severity": severity,
        "fingerprint": fingerprint,
        "location": { "path": path, "lines": { "begin": begin, "end": end } },
    })
}

/// A message without the numbers of lines that it names (`line 7`, `lines 3 and 9`, `compose.yaml:12`): they move.
fn without_places(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mut numbered = false;
    for word in message.split_inclusive([' ', ',', ';', ')']) {
        let bare = word.trim_end_matches([' ', ',', ';', ')']);
        let (number, end) = (is_number(bare.trim_end_matches([':', '.'])), &word[bare.len()..]);
        match bare.rsplit_once(':') {
            _ if numbered && number => out.push_str(end),
            Some((file, line)) if is_number(line) && file.contains('.') && !file.starts_with('`') => {
                out.extend([file, end])
            }
            _ => out.push_str(word),
        }
        numbered = matches!(bare, "line" | "lines") || numbered && (number || matches!(bare, "and" | ""));
    }
    out
}

/// FNV-1a with 128 bits: the same in every version, on every machine.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }
    format!("{hash:032x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_lines_are_left_out() {
        for (one, other) in [
            ("the COPY in line 3 brings it; made with line 10", "the COPY in line 4 brings it; made with line 12"),
            ("lines 3, 4 and 9 do so", "lines 5, 6 and 11 do so"),
            ("built from `.` (compose.yaml:3)", "built from `.` (compose.yaml:14)"),
        ] {
            assert_eq!(without_places(one), without_places(other));
        }
        for text in ["merge 3 RUNs into one", "as user 1000 in line", "`debian:12` and `python:3.13`", "port 22"] {
            assert_eq!(without_places(text), text);
        }
    }

    #[test]
    fn fingerprints_tell_parts_apart_and_stay() {
        // the published value of an `a`, with the zero that ends a part worked in
        assert_eq!(fingerprint(&[]), "6c62272e07bb014262b821756295c58d");
        assert_ne!(fingerprint(&["a", "b"]), fingerprint(&["ab", ""]));
        assert_eq!(fingerprint(&["a", "b"]), fingerprint(&["a", "b"]));
    }
}
