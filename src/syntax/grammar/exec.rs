//! The exec form: a JSON array of strings.

use crate::syntax::Arg;
use serde_json::Value;
use std::ops::Range;

/// What a text that might be an exec form is.
#[derive(Debug, PartialEq, Eq)]
pub enum Exec {
    /// An array of strings.
    Words(Vec<Arg>),
    /// An array that holds something else, which BuildKit refuses.
    NotStrings,
    /// No JSON array: silently the shell form.
    No,
}

/// Tries `range` of `line` as an exec form.
pub fn exec(line: &str, range: Range<usize>) -> Exec {
    let text = &line[range.clone()];
    if !text.trim_start().starts_with('[') {
        return Exec::No;
    }
    let Ok(values) = serde_json::from_str::<Vec<Value>>(text) else { return Exec::No };
    let strings: Option<Vec<String>> = values
        .into_iter()
        .map(|value| match value {
            Value::String(string) => Some(string),
            _ => None,
        })
        .collect();
    match strings {
        None => Exec::NotStrings,
        Some(strings) => {
            let places = string_places(text).into_iter();
            let arg = |(text, place): (String, Range<usize>)| Arg {
                text,
                range: place.start + range.start..place.end + range.start,
            };
            Exec::Words(strings.into_iter().zip(places).map(arg).collect())
        }
    }
}

/// Where the strings of a valid JSON array stand, quotes included.
fn string_places(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut open = None;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (byte, open) {
            (b'"', None) => open = Some(at),
            (b'"', Some(start)) => {
                out.push(start..at + 1);
                open = None;
            }
            (b'\\', Some(_)) => {
                bytes.next();
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_array_of_strings_is_the_exec_form() {
        let line = r#"CMD ["a", "b\"c"]"#;
        let Exec::Words(words) = exec(line, 4..line.len()) else { panic!() };
        assert_eq!(words[1].text, "b\"c");
        assert_eq!(&line[words[1].range.clone()], r#""b\"c""#);
        for text in ["['a']", r#"["a",]"#, r#"["a"] # x"#, "[ -f x ]", "a", r#"["\d"]"#] {
            assert_eq!(exec(text, 0..text.len()), Exec::No, "{text}");
        }
        assert_eq!(exec("[1]", 0..3), Exec::NotStrings);
        assert_eq!(exec("[]", 0..2), Exec::Words(vec![]));
    }
}
