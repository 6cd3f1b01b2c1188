//! Secrets that can be told by their form: tokens by how they begin (the data is `tokens.tsv`), private keys, and signed tokens.

use std::ops::Range;

include!(concat!(env!("OUT_DIR"), "/tokens.rs"));

/// What a kind of token looks like.
struct Form {
    start: &'static str,
    rest: Rest,
    least: usize,
    most: Option<usize>,
    what: &'static str,
}

/// Of which characters the rest of a token is.
#[derive(Clone, Copy)]
enum Rest {
    Alnum,
    Word,
    Url,
    Dots,
    Base64,
    Upper,
    Hex,
}

impl Rest {
    fn holds(self, b: u8) -> bool {
        match self {
            Rest::Alnum => b.is_ascii_alphanumeric(),
            Rest::Word => b.is_ascii_alphanumeric() || b == b'_',
            Rest::Url => b.is_ascii_alphanumeric() || b"_-".contains(&b),
            Rest::Dots => b.is_ascii_alphanumeric() || b"_-.".contains(&b),
            Rest::Base64 => b.is_ascii_alphanumeric() || b"+/=_-".contains(&b),
            Rest::Upper => b.is_ascii_uppercase() || b.is_ascii_digit(),
            Rest::Hex => matches!(b, b'0'..=b'9' | b'a'..=b'f'),
        }
    }
}

/// The shortest part of a signed token, and the shortest body of a key.
const SHORTEST: usize = 16;

/// The secrets in a text: where each stands, and what it is, for people. What says of itself that it is none is left out
/// (`AKIAIOSFODNN7EXAMPLE`, `ghp_xxxx…`).
pub fn find(text: &str) -> Vec<(Range<usize>, &'static str)> {
    let mut out = Vec::new();
    for at in starts(text) {
        let here = FORMS.iter().filter(|form| form.starts(&text.as_bytes()[at..]));
        out.extend(here.filter_map(|form| Some((form.at(text, at)?, form.what))));
    }
    if text.contains("eyJ") {
        out.extend(signed(text).map(|range| (range, "a signed token (JWT)")));
    }
    if text.contains(BEGIN) {
        out.extend(keys(text).map(|range| (range, "a private key")));
    }
    out.sort_by_key(|(range, _)| range.start);
    out
}

/// The least bytes that a token of [`FORMS`] has.
const LEAST: usize = 18;

/// How the armour of a key begins.
const BEGIN: &str = "-----BEGIN ";

/// Where a token may begin: most words are too short for one.
fn starts(text: &str) -> Vec<usize> {
    let (bytes, mut at, mut out) = (text.as_bytes(), 0, Vec::new());
    while at < bytes.len() {
        let length = bytes[at..].iter().take_while(|b| is_part(**b)).count();
        out.extend((at..(at + length + 1).saturating_sub(LEAST)).filter(|at| begins(text, *at)));
        at += length.max(1);
    }
    out
}

/// Whether a byte may be one of a token of [`FORMS`].
fn is_part(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"_-.+/=:".contains(&b)
}

impl Form {
    fn starts(&self, text: &[u8]) -> bool {
        let start = self.start.as_bytes();
        start.first() == text.first() && text.starts_with(start)
    }

    fn at(&self, text: &str, at: usize) -> Option<Range<usize>> {
        let rest = &text.as_bytes()[at + self.start.len()..];
        let length = rest.iter().take_while(|b| self.rest.holds(**b)).count();
        let fits = length >= self.least && self.most.is_none_or(|most| length <= most);
        let rest = &text[at + self.start.len()..at + self.start.len() + length];
        (fits && !is_placeholder(rest)).then(|| at..at + self.start.len() + length)
    }
}

/// Whether a word may begin there.
fn begins(text: &str, at: usize) -> bool {
    at == 0 || !matches!(text.as_bytes()[at - 1], b if b.is_ascii_alphanumeric() || b == b'_')
}

/// Few different characters, or a word that says so.
fn is_placeholder(rest: &str) -> bool {
    let lower = rest.to_ascii_lowercase();
    let mut signs: Vec<u8> = lower.bytes().filter(u8::is_ascii_alphanumeric).collect();
    signs.sort_unstable();
    signs.dedup();
    let words = ["example", "xxxx", "your", "placeholder", "changeme", "dummy", "redacted", "123456789012345678"];
    signs.len() < 6 || words.iter().any(|word| lower.contains(word))
}

/// `eyJ….eyJ….…`: a header and claims that begin with `{"`, and a signature (RFC 7519).
fn signed(text: &str) -> impl Iterator<Item = Range<usize>> {
    let starts = text.match_indices("eyJ").filter(|(at, _)| begins(text, *at) && !text[..*at].ends_with('.'));
    starts.filter_map(|(at, _)| {
        let rest = text[at..].bytes().take_while(|b| Rest::Dots.holds(*b)).count();
        let mut parts = text[at..at + rest].split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        let long = [header, claims, signature].iter().all(|part| part.len() >= SHORTEST);
        let end = at + header.len() + claims.len() + signature.len() + 2;
        (claims.starts_with("eyJ") && long).then_some(at..end)
    })
}

/// `-----BEGIN … PRIVATE KEY-----` with something of a key after it (RFC 7468): not a text that only looks for one.
fn keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(BEGIN).filter_map(|(at, begin)| {
        let label = text[at + begin.len()..].split("-----").next()?;
        let end = at + begin.len() + label.len() + "-----".len();
        let rest = text.get(end..)?;
        let body = rest.replace("\\n", "").replace("\\r", "");
        let body = body.trim_start_matches(|c: char| c.is_whitespace() || "\\'\"n;".contains(c));
        let length = body.bytes().take_while(|b| Rest::Base64.holds(*b)).count();
        (label.ends_with("PRIVATE KEY") && length >= SHORTEST).then_some(at..end)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters and digits of some length: no token that anyone has.
    fn rest(length: usize) -> String {
        "a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ".chars().cycle().take(length).collect()
    }

    fn found(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|(_, what)| what).collect()
    }

    #[test]
    fn no_form_is_shorter_than_the_least_or_has_other_bytes() {
        for form in FORMS {
            assert!(form.start.len() + form.least >= LEAST && form.start.bytes().all(is_part), "{}", form.start);
            assert!((0..=255).all(|b| !form.rest.holds(b) || is_part(b)), "{}", form.start);
        }
    }

    #[test]
    fn tokens_are_told_by_their_start_and_length() {
        for (text, what) in [
            (format!("ghp_{}", rest(36)), "a personal access token of GitHub"),
            (format!("https://x:github_pat_{}@github.com", rest(82)), "a personal access token of GitHub"),
            (format!("'glpat-{}'", rest(20)), "a personal access token of GitLab"),
            (format!("xoxb-{}", rest(30)), "a bot token of Slack"),
            ("AKIA1B2C3D4E5F6G7H8I".to_owned(), "an access key of AWS"),
            (format!("sk_live_{}", rest(24)), "a secret key of Stripe"),
            (format!("npm_{}", rest(36)), "an access token of npm"),
            (format!("pypi-AgEIcHlwaS5vcmc{}", rest(60)), "an API token of PyPI"),
            (format!("AIza{}", rest(35)), "an API key of Google"),
            (format!("eyJ{}.eyJ{}.{}", rest(20), rest(20), rest(30)), "a signed token (JWT)"),
            (format!("-----BEGIN RSA PRIVATE KEY-----\\n{}", rest(40)), "a private key"),
            (format!("-----BEGIN PRIVATE KEY-----\n{}", rest(40)), "a private key"),
        ] {
            assert_eq!(found(&text), [what], "{text}");
        }
    }

    #[test]
    fn what_is_no_token() {
        for text in [
            "ghp_".to_owned(),
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned(),
            format!("ghp_{}", rest(35)),
            format!("ghp_{}", rest(37)),
            format!("logghp_{}", rest(36)),
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            "npm_config_registry".to_owned(),
            "grep -q '-----BEGIN RSA PRIVATE KEY-----' /key".to_owned(),
            format!("-----BEGIN PUBLIC KEY-----\n{}", rest(40)),
            format!("eyJ{}", rest(40)),
            "sk_live_$KEY".to_owned(),
        ] {
            assert_eq!(found(&text), [""; 0], "{text}");
        }
    }
}
