//! Variables in compose files: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`, `${NAME:?error}`, `$$`, as the Compose
//! specification has them. A variable that has no value here is not known: the shell that runs compose may have one.

use crate::facts::Known;

/// Defaults in defaults are looked into so deep.
const DEEPEST: usize = 8;

/// The values of variables.
pub trait Variables {
    /// The value of a variable; `None` where it has none here.
    fn value(&self, name: &str) -> Option<String>;
}

impl<F: Fn(&str) -> Option<String>> Variables for F {
    fn value(&self, name: &str) -> Option<String> {
        self(name)
    }
}

/// A text with all variables put in; unknown where one has neither value nor default.
pub fn interpolate(text: &str, variables: &dyn Variables) -> Known<String> {
    put_in(text, variables, DEEPEST).map_or(Known::Unknown, Known::Yes)
}

fn put_in(text: &str, variables: &dyn Variables, deep: usize) -> Option<String> {
    let deep = deep.checked_sub(1)?;
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let end = closing(inner)?;
            out.push_str(&braced(&inner[..end], variables, deep)?);
            rest = &inner[end + 1..];
        } else {
            let len = name_length(rest);
            if len == 0 {
                return None;
            }
            out.push_str(&variables.value(&rest[..len])?);
            rest = &rest[len..];
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Where the brace that is open is closed.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

fn braced(inner: &str, variables: &dyn Variables, deep: usize) -> Option<String> {
    let (name, rest) = inner.split_at(name_length(inner));
    if name.is_empty() {
        return None;
    }
    let value = variables.value(name);
    let (operator, word) = match rest.strip_prefix(':') {
        Some(rest) => (rest.get(..1)?, rest.get(1..)?),
        None if rest.is_empty() => return value,
        None => (rest.get(..1)?, rest.get(1..)?),
    };
    // an empty value counts as none after a colon
    let value = value.filter(|value| !rest.starts_with(':') || !value.is_empty());
    match (operator, value) {
        ("-", None) => put_in(word, variables, deep),
        ("-" | "?", value) => value,
        ("+", Some(_)) => put_in(word, variables, deep),
        // it may have one where compose runs
        _ => None,
    }
}

fn name_length(text: &str) -> usize {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !word(c)).unwrap_or(text.len())
}

/// The variables of a `.env` file. Of a line that is none, nothing is taken.
pub fn env_file(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(env_line).collect()
}

fn env_line(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    if name.is_empty() || name_length(name) != name.len() {
        return None;
    }
    let value = value.trim();
    let quoted =
        |quote: char| value.strip_prefix(quote).and_then(|rest| rest.split_once(quote)).map(|(inner, _)| inner);
    let value = match (quoted('\''), quoted('"')) {
        (Some(inner), _) => inner,
        // what is to be put in or escaped is left out
        (_, Some(inner)) if inner.contains(['$', '\\']) => return None,
        (_, Some(inner)) => inner,
        _ if value.contains('$') => return None,
        _ => value.split(" #").next().unwrap_or(value).trim_end(),
    };
    Some((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Known<String> {
        let variables = |name: &str| match name {
            "A" => Some("x".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        interpolate(text, &variables)
    }

    fn is(text: &str, wanted: &str) {
        assert_eq!(with(text), Known::Yes(wanted.to_owned()), "{text}");
    }

    #[test]
    fn variables_are_put_in() {
        is("a/$A/${A}b", "a/x/xb");
        is("$$A", "$A");
        is("${A:-y}${EMPTY:-y}${EMPTY-y}${NONE:-y}${NONE-z}", "xyyz");
        is("${NONE:-${A}/${NONE:-deep}}", "x/deep");
        is("${A:?must}${A:+set}", "xset");
        is("", "");
    }

    #[test]
    fn what_has_no_value_is_unknown() {
        for text in ["$NONE", "${NONE}", "${NONE:?must}", "${NONE:+set}", "${A", "${}", "$1", "${A%x}", "$", "${A:"] {
            assert_eq!(with(text), Known::Unknown, "{text}");
        }
        let deep = format!("{}x{}", "${NONE:-".repeat(50), "}".repeat(50));
        assert_eq!(with(&deep), Known::Unknown);
        assert_eq!(with(&"${A:-".repeat(100_000)), Known::Unknown);
    }

    #[test]
    fn env_files_are_read() {
        let read =
            env_file("# x\nA=1\nexport B = 'a b' # c\nC=\"q\"\nD=a # b\nE=$A\nF=\"a\\n\"\nnone\n=1\nx-y=1\nG=\n");
        let read: Vec<(&str, &str)> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, [("A", "1"), ("B", "a b"), ("C", "q"), ("D", "a"), ("G", "")]);
    }
}
