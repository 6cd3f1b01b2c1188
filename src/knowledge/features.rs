//! Which options the programs of old releases do not know. The data is `features.tsv`.

use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/features.rs"));

/// Whether the program in an image of that reference is known to be too old for `option` (`pip --no-cache-dir`).
pub fn too_old(option: &str, reference: &str) -> bool {
    let reference = reference.to_ascii_lowercase();
    TABLE.get(option).is_some_and(|marks| marks.iter().any(|mark| holds(&reference, mark)))
}

/// Whether a word stands in a text with no letter or digit around it.
fn holds(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric());
    text.match_indices(word)
        .any(|(at, _)| edge(text[..at].chars().last()) && edge(text[at + word.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_releases_are_known_by_their_names() {
        for old in ["ubuntu:14.04", "debian:jessie", "a/rpi:jessie-slim", "phusion/baseimage:0.9.16", "UBUNTU:trusty"] {
            assert!(too_old("pip --no-cache-dir", old), "{old}");
        }
        for new in ["ubuntu:16.04", "debian:12", "debian:bookworm", "python:3.14.04a", "x:114.04"] {
            assert!(!too_old("pip --no-cache-dir", new), "{new}");
        }
        assert!(too_old("apk --no-cache", "alpine:3.2") && !too_old("apk --no-cache", "alpine:3.20"));
    }
}
