//! Texts with variables as the builder reads them in ADD and as the shell reads them in RUN, brought to one form, so that the
//! two can be compared and the one be written as the other.

use crate::facts::State;
use crate::facts::state::{clean, plain_variable};
use crate::script::Variables;
use crate::script::value::is_of_shell;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Stands before and behind a variable's name.
const OPEN: char = '\u{1}';
const CLOSE: char = '\u{2}';
/// Stands for a working folder that is not known.
pub const SOMEWHERE: &str = "/\u{3}";

/// A text in which variables may stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Variables as they are, each between two marks.
    text: String,
    /// Those whose value is known put in: what is compared.
    key: String,
}

impl Name {
    /// A text of the builder: `$name` and `${name}` of variables that ENV or ARG declare; `None` for anything else that it
    /// would expand or unescape.
    pub fn of_builder(raw: &str, state: &State) -> Option<Name> {
        if raw.contains(['"', '\'', '\\', '`', OPEN, CLOSE]) {
            return None;
        }
        let mut text = String::new();
        let mut rest = raw;
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            let (name, len) = plain_variable(&rest[at + 1..])?;
            state.env.get(name).filter(|_| !is_of_shell(name))?;
            text.extend([OPEN]);
            text.push_str(name);
            text.extend([CLOSE]);
            rest = &rest[at + 1 + len..];
        }
        text.push_str(rest);
        Some(Name::new(text, state))
    }

    fn new(text: String, state: &State) -> Name {
        let mut key = String::new();
        for (index, piece) in text.split([OPEN, CLOSE]).enumerate() {
            match index % 2 {
                0 => key.push_str(piece),
                _ => match state.env.get(piece).flatten() {
                    Some(value) => key.push_str(value),
                    None => key.extend([&OPEN.to_string(), piece, &CLOSE.to_string()]),
                },
            }
        }
        Name { text, key }
    }

    /// What is compared.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The names of its variables.
    pub fn variables(&self) -> BTreeSet<&str> {
        self.text.split([OPEN, CLOSE]).skip(1).step_by(2).collect()
    }

    /// The path from `cwd`, clean.
    pub fn absolute(&self, cwd: &str) -> Name {
        let absolute = |path: &str| match path.starts_with('/') {
            true => clean(path),
            false => clean(&format!("{cwd}/{path}")),
        };
        Name { text: absolute(&self.text), key: absolute(&self.key) }
    }

    /// What stands behind the last `/`.
    pub fn base(&self) -> Name {
        let base = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        Name { text: base(&self.text), key: base(&self.key) }
    }

    /// What stands before the last `/`.
    pub fn folder(&self) -> Name {
        let folder = |path: &str| match path.rsplit_once('/') {
            Some(("", _)) | None => "/".to_owned(),
            Some((folder, _)) => folder.to_owned(),
        };
        Name { text: folder(&self.text), key: folder(&self.key) }
    }

    /// A file of that name in this folder.
    pub fn join(&self, name: &Name) -> Name {
        Name { text: format!("{}/{}", self.text, name.text), key: format!("{}/{}", self.key, name.key) }
    }

    /// For people: variables as `$name`.
    pub fn shown(&self) -> String {
        self.text.replace(OPEN, "${").replace(CLOSE, "}")
    }

    /// As a word of the shell. A path from the working folder where that is not known.
    pub fn word(&self) -> String {
        let text = self.text.strip_prefix("/\u{3}/").unwrap_or(&self.text);
        let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-".contains(c);
        let shown = text.replace(OPEN, "${").replace(CLOSE, "}");
        match text.chars().all(plain) && !text.is_empty() {
            true => shown,
            false => format!("\"{shown}\""),
        }
    }

    /// Whether it is certain where it is.
    pub fn is_somewhere(&self) -> bool {
        self.text.starts_with(SOMEWHERE)
    }

    /// Whether the values of all its variables are known.
    pub fn is_known(&self) -> bool {
        !self.key.contains(OPEN)
    }

    /// What stands between its variables.
    pub fn fixed(&self) -> impl Iterator<Item = &str> {
        self.text.split([OPEN, CLOSE]).step_by(2)
    }

    /// The text, variables between marks.
    pub fn raw(&self) -> &str {
        &self.text
    }
}

/// Variables as they stand in the key of a [`Name`]: those whose value is not known are their name between the marks.
pub struct Marked<'s> {
    state: &'s State,
    /// Those that are not known; made for the first of them that is asked for.
    unknown: OnceCell<BTreeMap<&'s str, String>>,
}

impl<'s> Marked<'s> {
    /// Those of a state.
    pub fn new(state: &'s State) -> Marked<'s> {
        Marked { state, unknown: OnceCell::new() }
    }

    fn unknown(&self) -> BTreeMap<&'s str, String> {
        let unknown = self.state.env.names().filter(|name| self.state.env.get(name).flatten().is_none());
        unknown.map(|name| (name, format!("{OPEN}{name}{CLOSE}"))).collect()
    }
}

impl Variables for Marked<'_> {
    fn variable(&self, name: &str) -> Option<&str> {
        let known = self.state.env.get(name)?;
        known.or_else(|| self.unknown.get_or_init(|| self.unknown()).get(name).map(String::as_str))
    }
}

/// A text of a Dockerfile with each `${name}` as `$name`, so that one spelling is looked for.
pub fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        match plain_variable(&rest[at + 1..]) {
            Some((name, len)) => {
                out.push('$');
                out.push_str(name);
                rest = &rest[at + 1 + len..];
            }
            None => {
                out.push_str("${");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let mut state = State::default();
        state.env.set("V", Some("1.2".into()));
        state.env.set("A", None);
        state
    }

    #[test]
    fn variables_are_compared_by_value_and_written_by_name() {
        let name = Name::of_builder("/opt/${V}/x-$A.tgz", &state()).unwrap();
        assert_eq!(name.key(), "/opt/1.2/x-\u{1}A\u{2}.tgz");
        assert_eq!(name.word(), "\"/opt/${V}/x-${A}.tgz\"");
        assert_eq!(name.base().shown(), "x-${A}.tgz");
        assert_eq!(name.folder().shown(), "/opt/${V}");
        assert_eq!(name.variables().into_iter().collect::<Vec<_>>(), ["A", "V"]);
    }

    #[test]
    fn what_the_builder_alone_understands_is_no_name() {
        for raw in ["$NOWHERE", "${V:-x}", "a\\ b", "\"a\"", "$1", "${V"] {
            assert_eq!(Name::of_builder(raw, &state()), None, "{raw}");
        }
    }

    #[test]
    fn words_are_quoted_where_the_shell_would_expand() {
        let word = |raw: &str| Name::of_builder(raw, &state()).unwrap().word();
        assert_eq!(word("https://example.org/a?b=c&d"), "\"https://example.org/a?b=c&d\"");
        assert_eq!(word("https://example.org/a-1.tgz"), "https://example.org/a-1.tgz");
    }

    #[test]
    fn braces_are_one_spelling() {
        assert_eq!(normal("a${V}b$V ${V:-x} ${"), "a$Vb$V ${V:-x} ${");
    }
}
