//! A Code Quality report of GitLab. A finding keeps its fingerprint when lines move, so that a merge request shows what it
//! adds and nothing else.

use crate::cli::format::File;
use crate::cli::format::finding::{self, Finding, Weight};
use serde_json::{Value, json};
use std::collections::HashMap;

pub fn file(file: &File) -> String {
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let entries = finding::all(file).into_iter().map(|finding| {
        let count = seen.entry((finding.rule.to_owned(), finding.message.clone())).or_insert(0);
        *count += 1;
        entry(&file.path, &finding, *count).to_string()
    });
    entries.collect::<Vec<_>>().join(",\n")
}

fn entry(path: &str, finding: &Finding, count: usize) -> Value {
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
        "fingerprint": fingerprint(&[path, finding.rule, &finding.message, &count.to_string()]),
        "location": { "path": path, "lines": { "begin": begin, "end": end } },
    })
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
    fn fingerprints_tell_parts_apart_and_stay() {
        // the published value of an `a`, with the zero that ends a part worked in
        assert_eq!(fingerprint(&[]), "6c62272e07bb014262b821756295c58d");
        assert_ne!(fingerprint(&["a", "b"]), fingerprint(&["ab", ""]));
        assert_eq!(fingerprint(&["a", "b"]), fingerprint(&["a", "b"]));
    }
}
