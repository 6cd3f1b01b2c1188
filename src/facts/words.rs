//! Which words a shell makes of a text that is one command, where no expansion decides: the words that it would start the
//! program with. Knows quotes, not commands.

use crate::facts::ShellText;
use crate::shell::{CommandKind, Part, Shell, Simple, Word};
use crate::text::Span;

/// The words of a text that is one simple command of literal words and nothing else: no operator, redirection, assignment,
/// comment, pattern, variable or substitution.
pub fn literal(found: &ShellText) -> Option<Vec<String>> {
    let text = found.text.text();
    let simple = only_command(found)?;
    if simple.words.is_empty() || !simple.assignments.is_empty() {
        return None;
    }
    simple.words.iter().map(|word| literal_word(text, word)).collect()
}

/// The words of the program that becomes of them: a leading `exec` is left out, which makes the shell replace itself.
pub fn started(mut words: Vec<String>) -> Vec<String> {
    let replaces = words.first().is_some_and(|first| first == "exec");
    if replaces && words.get(1).is_some_and(|program| !program.starts_with('-')) {
        words.remove(0);
    }
    words
}

/// The command of a text that is one simple command without redirections.
pub fn only_command(found: &ShellText) -> Option<&Simple> {
    let Shell::Script(script) = &found.shell else { return None };
    let [entry] = script.list.entries.as_slice() else { return None };
    let pipeline = &entry.and_or.first;
    let [command] = pipeline.commands.as_slice() else { return None };
    let plain = script.comments.is_empty()
        && entry.end.is_none()
        && entry.and_or.rest.is_empty()
        && !pipeline.negated
        && !pipeline.timed
        && command.redirects.is_empty();
    match &command.kind {
        CommandKind::Simple(simple) if plain => Some(simple),
        _ => None,
    }
}

fn literal_word(text: &str, word: &Word) -> Option<String> {
    let mut out = String::new();
    for part in &word.parts {
        match part {
            Part::Literal(span) => out.push_str(plain(&text[span.range()])?),
            Part::Escaped(span) => out.push_str(escaped(text, *span)?),
            Part::SingleQuoted(span) => out.push_str(inside(text, *span)),
            Part::DoubleQuoted(span, parts) if text[span.range()].starts_with('"') => double(text, parts, &mut out)?,
            _ => return None,
        }
    }
    Some(out)
}

/// Unquoted text without what a shell may expand.
fn plain(text: &str) -> Option<&str> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c);
    text.chars().all(fine).then_some(text)
}

/// The character behind a backslash; a line end there is a continuation.
fn escaped(text: &str, span: Span) -> Option<&str> {
    Some(&text[span.range()][1..]).filter(|c| *c != "\n" && !c.is_empty())
}

/// The text between quotes.
fn inside(text: &str, span: Span) -> &str {
    &text[span.start as usize + 1..span.end as usize - 1]
}

fn double(text: &str, parts: &[Part], out: &mut String) -> Option<()> {
    for part in parts {
        match part {
            Part::Literal(span) => out.push_str(&text[span.range()]),
            Part::Escaped(span) => out.push_str(escaped(text, *span)?),
            _ => return None,
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::syntax::parse;
    use crate::text::Source;

    fn words(text: &str) -> Option<Vec<String>> {
        let source = Source::new(format!("FROM a\nCMD {text}\n"));
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        literal(facts.shell_text(1).unwrap())
    }

    #[test]
    fn quotes_of_all_kinds() {
        let found = words(r#"run "a b" 'c\d' e\ f "g\"h\i" --x=y:1"#).unwrap();
        assert_eq!(found, ["run", "a b", r"c\d", "e f", r#"g"h\i"#, "--x=y:1"]);
        assert_eq!(words("a ''").unwrap(), ["a", ""]);
    }

    #[test]
    fn what_is_more_than_words() {
        for text in [
            "a && b",
            "a; b",
            "a | b",
            "a &",
            "! a",
            "a > b",
            "A=1 a",
            "a $B",
            "a \"$B\"",
            "a *.c",
            "a ~/b",
            "a {b,c}",
            "a `b`",
            "a $(b)",
            "a # b",
            "( a )",
            "a $'b'",
            "a [bc]",
            "a;",
            "if a; then b; fi",
            "a $\"b\"",
        ] {
            assert_eq!(words(text), None, "{text}");
        }
    }
}
