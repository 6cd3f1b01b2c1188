//! The parser directives at the top of a file. BuildKit looks for them twice: once while it reads lines, for `escape`, and
//! once beforehand, for `syntax` and `check`. The two readings stop at different lines, so both are followed here.

use crate::syntax::Directive;
use crate::syntax::error::quoted;

/// What a comment line turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A comment, or a directive that comes too late.
    Comment,
    /// A directive in force.
    Directive(Directive),
    /// A directive that BuildKit refuses, and why.
    Refused(String),
}

/// The state of the two readings.
#[derive(Debug)]
pub(super) struct Directives {
    /// The reading for `escape` goes on.
    inner: bool,
    /// The reading for `syntax` and `check` goes on.
    outer: bool,
    /// The names that the inner reading has seen.
    seen: Vec<String>,
    /// The names that the outer reading has seen.
    seen_outer: Vec<String>,
}

impl Directives {
    pub fn new() -> Directives {
        Directives { inner: true, outer: true, seen: Vec::new(), seen_outer: Vec::new() }
    }

    /// Whether a directive could still be found.
    pub fn live(&self) -> bool {
        self.inner || self.outer
    }

    /// A line that is no comment ends both readings.
    pub fn close(&mut self) {
        self.inner = false;
        self.outer = false;
    }

    /// Looks at a comment line: as it is, without its line end. `first` tells the file's first line.
    pub fn see(&mut self, line: &str, first: bool) -> Seen {
        if first && line.starts_with("#!") {
            self.inner = false;
            return Seen::Comment;
        }
        let Some(directive) = line.trim_start().strip_prefix('#').and_then(read) else {
            self.close();
            return Seen::Comment;
        };
        let outer = self.see_outer(&directive.name, line);
        if self.inner && self.seen.contains(&directive.name) {
            return Seen::Refused(format!("`{}` is set a second time; keep one of them", directive.name));
        }
        match directive.name == "escape" {
            true => self.see_escape(directive),
            false => {
                self.seen.push(directive.name.clone());
                if outer { Seen::Directive(directive) } else { Seen::Comment }
            }
        }
    }

    fn see_escape(&mut self, directive: Directive) -> Seen {
        self.seen.push(directive.name.clone());
        match (self.inner, directive.value.as_str()) {
            (false, _) => Seen::Comment,
            (true, "\\" | "`") => Seen::Directive(directive),
            (true, other) => Seen::Refused(format!(
                "the escape character can be `\\` or a backtick, not {}; correct the directive",
                quoted(other)
            )),
        }
    }

    /// The outer reading wants the `#` at the very start of the line, and takes a name's first value.
    fn see_outer(&mut self, name: &str, line: &str) -> bool {
        self.outer &= line.starts_with('#') && !self.seen_outer.iter().any(|seen| seen == name);
        if self.outer {
            self.seen_outer.push(name.to_owned());
        }
        self.outer
    }
}

/// ```text
/// directive = *WS name *ws "=" *ws value *ws      ; ws is ASCII, the value is not empty
/// name      = "syntax" / "escape" / "check"       ; in any case
/// ```
fn read(after_hash: &str) -> Option<Directive> {
    let (name, value) = after_hash.trim_start().split_once('=')?;
    let name = name.trim_end_matches(SPACE).to_ascii_lowercase();
    let known = matches!(name.as_str(), "syntax" | "escape" | "check");
    let trimmed = value.trim_matches(SPACE);
    // a value of nothing but white space is its last character: BuildKit's expression wants one at least
    let last = value.char_indices().next_back().map_or("", |(at, _)| &value[at..]);
    let value = if trimmed.is_empty() { last } else { trimmed };
    (known && !value.is_empty()).then(|| Directive { name, value: value.to_owned() })
}

/// White space in the sense of BuildKit's regular expressions.
const SPACE: [char; 5] = [' ', '\t', '\n', '\x0c', '\r'];

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(lines: &[&str]) -> Vec<Option<String>> {
        let mut directives = Directives::new();
        let each = lines.iter().enumerate().map(|(i, line)| match directives.see(line, i == 0) {
            Seen::Directive(found) => Some(format!("{}={}", found.name, found.value)),
            Seen::Comment => None,
            Seen::Refused(_) => Some("refused".into()),
        });
        each.collect()
    }

    #[test]
    fn known_names_in_any_case_until_the_first_other_comment() {
        let found = seen(&["# Syntax = a/b:1 ", "#escape=`", "# check=skip=all", "# hi", "# escape=\\"]);
        let expected = [Some("syntax=a/b:1"), Some("escape=`"), Some("check=skip=all"), None, None];
        assert_eq!(found, expected.map(|it| it.map(str::to_owned)));
        assert_eq!(seen(&["# foo=bar", "# escape=`"]), [None, None]);
        assert_eq!(seen(&["# escape=", "# escape=`"]), [None, None]);
    }

    #[test]
    fn a_shebang_ends_escape_but_not_syntax() {
        assert_eq!(seen(&["#!/bin/x", "# escape=`", "# syntax=a"]), [None, None, Some("syntax=a".into())]);
    }

    #[test]
    fn indented_escape_counts_and_indented_syntax_does_not() {
        assert_eq!(seen(&["  # escape=`"]), [Some("escape=`".into())]);
        assert_eq!(seen(&["  # syntax=a"]), [None]);
    }

    #[test]
    fn wrong_and_repeated_directives_are_refused() {
        assert_eq!(seen(&["# escape=x"]), [Some("refused".into())]);
        assert_eq!(seen(&["# escape= "]), [Some("refused".into())]);
        assert_eq!(seen(&["# check=a", "# check=b"])[1], Some("refused".into()));
    }
}
