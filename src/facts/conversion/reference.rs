//! References to images, as BuildKit takes them (`reference.ParseNormalizedNamed` of distribution/reference).
//!
//! ```text
//! reference = [domain "/"] path [":" tag] ["@" digest]
//! domain    = host [":" 1*DIGIT]                            ; with `.`, `:` or a capital letter in it, or `localhost`
//! path      = component *("/" component)
//! component = 1*alnum *( ("." / "_" / "__" / 1*"-") 1*alnum ) ; lower case
//! tag       = word *127( word / "." / "-" )
//! digest    = algorithm ":" 32*HEXDIG                       ; sha256 has 64
//! ```

/// The longest name of a repository, in bytes.
const LONGEST: usize = 255;

/// What is wrong with a reference, for people; `None` if it is fine.
pub fn wrong(reference: &str) -> Option<String> {
    let (rest, digest) = reference.split_once('@').map_or((reference, None), |(rest, digest)| (rest, Some(digest)));
    if digest.is_some_and(|digest| !is_digest(digest)) {
        return Some("what stands after `@` is not a digest such as `sha256:` and 64 hexadecimal digits".to_owned());
    }
    if reference.contains("://") {
        return Some("an image is named without `http://` or `https://`".to_owned());
    }
    let (domain, rest) = split_domain(rest);
    if domain.is_some_and(|domain| !is_domain(domain)) {
        return Some(format!("`{}` is not the address of a registry", domain.unwrap_or_default()));
    }
    let (path, tag) = rest.split_once(':').map_or((rest, None), |(path, tag)| (path, Some(tag)));
    if path.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some(format!("the name of an image is in lower case; write `{}`", path.to_lowercase()));
    }
    if !path.split('/').all(is_component) {
        return Some("the name of an image has letters, digits, and single `.`, `_` or `-` between them".to_owned());
    }
    if tag.is_some_and(|tag| !is_tag(tag)) {
        let what = "a tag has letters, digits, `_`, `.` and `-`, and begins with a letter, digit or `_`";
        return Some(format!("`{}` is not a tag: {what}", tag.unwrap_or_default()));
    }
    let hexadecimal = path.len() == 64 && path.bytes().all(|b| b.is_ascii_hexdigit());
    let long = domain.map_or(0, |domain| domain.len() + 1) + path.len() > LONGEST;
    match (domain.is_none() && hexadecimal, long) {
        (true, _) => Some("64 hexadecimal digits are the number of an image, not its name".to_owned()),
        (_, true) => Some(format!("the name of an image is at most {LONGEST} characters long")),
        _ => None,
    }
}

fn split_domain(text: &str) -> (Option<&str>, &str) {
    let is_domain = |first: &str| {
        first.contains(['.', ':']) || first == "localhost" || first.bytes().any(|b| b.is_ascii_uppercase())
    };
    match text.split_once('/').filter(|(first, _)| is_domain(first)) {
        Some((domain, rest)) => (Some(domain), rest),
        None => (None, text),
    }
}

fn is_domain(text: &str) -> bool {
    let is_part = |part: &str| {
        let ends = [part.as_bytes().first(), part.as_bytes().last()];
        ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let (host, port) = match text.rfind(']').map_or(text.rfind(':'), |end| text[end..].find(':').map(|at| end + at)) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let is_host = match address {
        Some(address) => !address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'),
        None => host.split('.').all(is_part),
    };
    is_host && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

fn is_component(text: &str) -> bool {
    let alnum = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(alnum)
        && text.ends_with(alnum)
        && text.split(alnum).all(|gap| matches!(gap, "" | "." | "_" | "__") || gap.bytes().all(|b| b == b'-'))
}

fn is_tag(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.len() <= 128 && text.starts_with(word) && text.chars().all(|c| word(c) || matches!(c, '.' | '-'))
}

/// Whether a text is a digest: `sha256:` and its digits, or those of another algorithm.
pub fn is_digest(text: &str) -> bool {
    let Some((algorithm, digits)) = text.split_once(':') else { return false };
    let hexadecimal = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let wanted = match algorithm {
        "sha256" => digits.len() == 64,
        "sha384" => digits.len() == 96,
        "sha512" => digits.len() == 128,
        _ => digits.len() >= 32,
    };
    let named = algorithm.starts_with(|c: char| c.is_ascii_alphabetic())
        && algorithm.chars().all(|c| c.is_ascii_alphanumeric() || "-_+.".contains(c));
    hexadecimal && wanted && named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_that_a_builder_takes() {
        let digest = format!("debian:12@sha256:{}", "0a".repeat(32));
        for reference in [
            "debian",
            "debian:12",
            "localhost/app",
            "localhost:5000/a/b:v1.2_3-x",
            "ghcr.io/acme/app:latest",
            "Registry/app",
            "REG.example.org/app",
            "a__b/c--d.e",
            "[::1]:5000/app",
            "registry:5000/app",
            "debian:_x",
            &digest,
        ] {
            assert_eq!(wrong(reference), None, "{reference}");
        }
    }

    #[test]
    fn references_that_it_refuses() {
        let number = "a".repeat(64);
        for reference in [
            "debian:",
            "debian:12:1",
            "debian:-1",
            "Debian:12",
            "debian@sha256:12",
            "https://debian:12",
            "../x",
            "a//b",
            "a/",
            "-a",
            "a___b",
            "a..b",
            ":1",
            "acme/App",
            "registry:x/app",
            "a b",
            "$image",
            &number,
        ] {
            assert!(wrong(reference).is_some(), "{reference}");
        }
    }
}
