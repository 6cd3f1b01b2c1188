//! Words: those between white space, and those of ENV, LABEL and ARG, in which quotes and escapes protect it.

use super::is_separator;
use nom::branch::alt;
use nom::bytes::complete::{take_till, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{opt, recognize};
use nom::multi::fold_many1;
use nom::{IResult, Parser};

/// ```text
/// words = [ word *( 1*sep word ) ]         ; the text is trimmed
/// ```
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_separator).filter(|word| !word.is_empty())
}

/// ```text
/// quoted-words = *WS [ quoted-word *( 1*WS quoted-word ) *WS ]
/// ```
pub(crate) fn quoted_words(text: &str, escape: char) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Ok((after, word)) = quoted_word(rest, escape) {
        // an escape character at the very end escapes nothing, and BuildKit drops it
        let word = match after.is_empty() {
            true => without_last_escape(word, escape),
            false => word,
        };
        if !word.is_empty() {
            found.push(word);
        }
        rest = after.trim_start();
    }
    found
}

/// ```text
/// quoted-word = 1*( plain / ESC any / "'" *any [ "'" ] / DQUOTE *( any / ESC any ) [ DQUOTE ] )
/// ```
fn quoted_word(text: &str, escape: char) -> IResult<&str, &str> {
    let plain = |c: char| !c.is_whitespace() && c != '\'' && c != '"' && c != escape;
    recognize(fold_many1(
        alt((
            take_while1(plain),
            recognize((char(escape), opt(anychar))),
            recognize((char('\''), take_till(|c| c == '\''), opt(char('\'')))),
            |input| double_quoted(input, escape),
        )),
        || (),
        |(), _| (),
    ))
    .parse(text)
}

fn double_quoted(text: &str, escape: char) -> IResult<&str, &str> {
    let (inner, _) = char('"').parse(text)?;
    let mut escaped = false;
    let end = inner.char_indices().find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == escape && !escaped;
        closes
    });
    let len = 1 + end.map_or(inner.len(), |(at, _)| at + 1);
    Ok((&text[len..], &text[..len]))
}

/// Whether the last character is an escape character that escapes nothing is known by reading the word again.
fn without_last_escape(word: &str, escape: char) -> &str {
    let Some(shorter) = word.strip_suffix(escape) else { return word };
    let (mut quote, mut escaped) = (None, false);
    for c in shorter.chars() {
        match (c, quote) {
            _ if escaped => escaped = false,
            (c, None | Some('"')) if c == escape => escaped = true,
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            _ => {}
        }
    }
    if escaped || quote == Some('\'') { word } else { shorter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_at_ascii_white_space() {
        assert_eq!(words("a  b\tc\u{a0}d").collect::<Vec<_>>(), ["a", "b", "c\u{a0}d"]);
        assert_eq!(words("").count(), 0);
    }

    #[test]
    fn quotes_and_escapes_protect_white_space() {
        assert_eq!(quoted_words(r#"a="b c" d='e f' g=h\ i  "#, '\\'), [r#"a="b c""#, "d='e f'", r"g=h\ i"]);
        assert_eq!(quoted_words(r#"a="b\" c" d"#, '\\'), [r#"a="b\" c""#, "d"]);
        assert_eq!(quoted_words(r"a='b\' c", '\\'), [r"a='b\'", "c"]);
        assert_eq!(quoted_words(r"a=b\ c", '`'), [r"a=b\", "c"]);
        assert_eq!(quoted_words("a\u{a0}b ${x:-c d}", '\\'), ["a", "b", "${x:-c", "d}"]);
    }

    #[test]
    fn open_quotes_and_a_last_escape() {
        assert_eq!(quoted_words("a='b c", '\\'), ["a='b c"]);
        assert_eq!(quoted_words(r"a=b\", '\\'), ["a=b"]);
        assert_eq!(quoted_words(r"a=b\\", '\\'), [r"a=b\\"]);
        assert_eq!(quoted_words(r"a='b\", '\\'), [r"a='b\"]);
        assert_eq!(quoted_words(r#"a="b\"#, '\\'), [r#"a="b"#]);
    }
}
