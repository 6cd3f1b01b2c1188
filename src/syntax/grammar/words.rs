//! Words: split on white space, and the name-value pairs of ENV, LABEL and ARG.

use crate::syntax::{Arg, Pair};
use std::ops::Range;

/// BuildKit's separators between words: `[\t\v\f\r ]+`.
pub fn is_separator(c: char) -> bool {
    matches!(c, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ')
}

/// A part of the line as an argument.
pub fn arg(line: &str, range: Range<usize>) -> Arg {
    Arg { text: line[range.clone()].to_owned(), range }
}

/// `range` of `line`, split at separators.
pub fn split(line: &str, range: Range<usize>) -> Vec<Arg> {
    let text = &line[range.clone()];
    let mut out = Vec::new();
    let mut at = range.start;
    for part in text.split(is_separator) {
        if !part.is_empty() {
            out.push(arg(line, at..at + part.len()));
        }
        at += part.len() + 1;
    }
    out
}

/// `range` of `line`, split at white space that neither quotes nor the escape character protect; all of these are kept.
pub fn quoted(line: &str, range: Range<usize>, escape: char) -> Vec<Arg> {
    let mut out = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut chars = line[range.clone()].char_indices().peekable();
    while let Some((index, c)) = chars.next() {
        let at = range.start + index;
        if quote.is_none() && c.is_whitespace() {
            out.extend(start.take().map(|start| arg(line, start..at)));
            continue;
        }
        start = start.or(Some(at));
        match (c, quote) {
            (c, quote) if c == escape && quote != Some('\'') => {
                chars.next();
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    out.extend(start.map(|start| arg(line, start..range.end)));
    out
}

/// The pairs of ENV or LABEL and whether they are in the old form; an error in BuildKit's terms otherwise.
pub fn pairs(line: &str, range: Range<usize>, escape: char) -> Result<(Vec<Pair>, bool), String> {
    let words = quoted(line, range.clone(), escape);
    let Some(first) = words.first() else { return Ok((Vec::new(), false)) };
    if !first.text.contains('=') {
        return legacy(line, range).map(|pair| (vec![pair], true));
    }
    let pair = |word: &Arg| match word.text.find('=') {
        Some(at) => Ok(split_pair(line, word, at)),
        None => Err(format!("`{}` has no `=`: write `name=value`, and quote values with spaces", word.text)),
    };
    Ok((words.iter().map(pair).collect::<Result<_, _>>()?, false))
}

/// `name value with spaces`.
fn legacy(line: &str, range: Range<usize>) -> Result<Pair, String> {
    let text = &line[range.clone()];
    let end = text.find(is_separator).ok_or_else(|| format!("`{text}` has no value: write `{text}=value`"))?;
    let gap = text[end..].len() - text[end..].trim_start_matches(is_separator).len();
    let name = arg(line, range.start..range.start + end);
    Ok(Pair { name, value: Some(arg(line, range.start + end + gap..range.end)) })
}

fn split_pair(line: &str, word: &Arg, at: usize) -> Pair {
    let middle = word.range.start + at;
    Pair { name: arg(line, word.range.start..middle), value: Some(arg(line, middle + 1..word.range.end)) }
}

/// The names of ARG, with or without a value.
pub fn names(line: &str, range: Range<usize>, escape: char) -> Vec<Pair> {
    let pair = |word: Arg| match word.text.find('=') {
        Some(at) => split_pair(line, &word, at),
        None => Pair { name: word, value: None },
    };
    quoted(line, range, escape).into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, String> {
        let text_of = |pair: Pair| (pair.name.text, pair.value.unwrap().text);
        pairs(text, 0..text.len(), '\\').map(|(pairs, _)| pairs.into_iter().map(text_of).collect())
    }

    fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(
            read(r#"a=1 b="x y" c=x\ y d='\'"#).unwrap(),
            owned(&[("a", "1"), ("b", "\"x y\""), ("c", "x\\ y"), ("d", "'\\'")])
        );
        assert_eq!(read("k v1 v2   \"q\"").unwrap(), owned(&[("k", "v1 v2   \"q\"")]));
        assert_eq!(read("ONE TWO= THREE=x").unwrap(), owned(&[("ONE", "TWO= THREE=x")]));
        assert_eq!(read("a = b").unwrap(), owned(&[("a", "= b")]));
    }

    #[test]
    fn broken_ones_are_told() {
        assert!(read("a=1 b").is_err());
        assert!(read("a").is_err());
        assert!(read("a=${x:-b c}").is_err());
    }
}
