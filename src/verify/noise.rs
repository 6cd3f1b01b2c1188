//! What two builds of one Dockerfile differ in although nothing is different: a data file, and lines of the user's own. Knows
//! paths and what may differ at them, not how files are compared.

use crate::verify::compare::{Aspect, Difference};
use crate::verify::glob;
use crate::visible::visible_str;

const OWN: &str = include_str!("noise.txt");

/// The rules.
#[derive(Clone, Debug, Default)]
pub struct Noise(Vec<Rule>);

#[derive(Clone, Debug)]
struct Rule {
    name: String,
    kind: Kind,
    pattern: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Content,
    Any,
    Header(usize),
}

impl Noise {
    /// The rules that dfopt knows, and those of a text.
    ///
    /// # Errors
    /// Which line of the text is no rule.
    pub fn with(text: &str) -> Result<Noise, String> {
        let mut rules = Vec::new();
        for line in OWN.lines() {
            rules.extend(rule(line).ok().flatten());
        }
        for (index, line) in text.lines().enumerate() {
            let fault = |why: String| format!("line {}: {why}; write `RULE KIND PATTERN`", index + 1);
            rules.extend(rule(line).map_err(fault)?);
        }
        Ok(Noise(rules))
    }

    /// How many bytes at the start of a file may differ.
    pub fn header(&self, path: &[u8]) -> Option<usize> {
        self.0.iter().find_map(|rule| match rule.kind {
            Kind::Header(bytes) if glob::matches(&rule.pattern, path) => Some(bytes),
            _ => None,
        })
    }

    /// The rule that covers a difference.
    pub fn covers(&self, path: &[u8], difference: &Difference) -> Option<&str> {
        let covers = |rule: &&Rule| {
            let kind = match rule.kind {
                Kind::Any => true,
                Kind::Content => difference.aspect == Aspect::Content,
                Kind::Header(_) => difference.aspect == Aspect::Content && difference.header_only,
            };
            kind && glob::matches(&rule.pattern, path)
        };
        self.0.iter().find(covers).map(|rule| rule.name.as_str())
    }
}

fn rule(line: &str) -> Result<Option<Rule>, String> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let mut words = line.splitn(3, char::is_whitespace).map(str::trim).filter(|word| !word.is_empty());
    let (Some(name), Some(kind), Some(pattern)) = (words.next(), words.next(), words.next()) else {
        return Err("something is missing".to_owned());
    };
    let kind = match kind {
        "content" => Kind::Content,
        "any" => Kind::Any,
        other => match other.strip_prefix("header:").and_then(|bytes| bytes.parse().ok()) {
            Some(bytes) => Kind::Header(bytes),
            None => return Err(format!("`{}` is not `content`, `any` or `header:N`", visible_str(other))),
        },
    };
    match pattern.starts_with('/') {
        true => Ok(Some(Rule { name: name.to_owned(), kind, pattern: pattern.as_bytes().to_vec() })),
        false => Err(format!("`{}` does not start with `/`", visible_str(pattern))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_ours_is_a_rule() {
        for line in OWN.lines() {
            assert!(rule(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn what_is_left_out_is_as_little_as_possible() {
        let noise = Noise::with("mine content /app/stamp").unwrap();
        let covers = |path: &str, aspect, header_only| {
            let difference = Difference { header_only, ..Difference::file(path, aspect) };
            noise.covers(path.as_bytes(), &difference).map(str::to_owned)
        };
        assert_eq!(covers("/var/log/dpkg.log", Aspect::Content, false).as_deref(), Some("log"));
        assert_eq!(covers("/var/log/dpkg.log", Aspect::Owner, false), None);
        assert_eq!(covers("/var/log/dpkg.log", Aspect::Removed, false), None);
        assert_eq!(covers("/a/b.pyc", Aspect::Content, true).as_deref(), Some("pyc-header"));
        assert_eq!(covers("/a/b.pyc", Aspect::Content, false), None);
        assert_eq!(covers("/dev/null", Aspect::Removed, false).as_deref(), Some("engine"));
        assert_eq!(covers("/app/stamp", Aspect::Content, false).as_deref(), Some("mine"));
        assert_eq!((noise.header(b"/a/b.pyc"), noise.header(b"/a/b.py")), (Some(16), None));
    }

    #[test]
    fn a_wrong_line_is_named() {
        for (text, part) in [
            ("a b", "line 1: something is missing"),
            ("\na b /c", "line 2: `b` is not"),
            ("a any c", "`c` does not start"),
            ("a header:x /c", "`header:x` is not"),
        ] {
            assert!(Noise::with(text).unwrap_err().contains(part), "{text}");
        }
    }
}
