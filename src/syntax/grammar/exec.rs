//! The exec form: a JSON array of strings.

use super::range;
use crate::syntax::Arg;
use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while_m_n, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{all_consuming, consumed, map, value};
use nom::multi::{fold_many0, separated_list0};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};
use serde::de::IgnoredAny;

/// What stands where an exec form could.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Exec {
    /// An array of strings. Each argument's range holds the quotes.
    Strings(Vec<Arg>),
    /// A JSON array with something else than strings in it, which BuildKit refuses.
    NotStrings,
    /// No JSON array: BuildKit falls back to the shell form without a word.
    Other,
}

/// Reads `rest`, a slice of `line`.
pub(crate) fn exec(line: &str, rest: &str) -> Exec {
    let rest = rest.trim_start();
    if !rest.starts_with('[') {
        return Exec::Other;
    }
    match all_consuming(array).parse(rest) {
        Ok((_, strings)) => {
            let arg = |(part, text)| Arg { text, range: range(line, part) };
            Exec::Strings(strings.into_iter().map(arg).collect())
        }
        Err(_) if serde_json::from_str::<Vec<IgnoredAny>>(rest).is_ok() => Exec::NotStrings,
        Err(_) => Exec::Other,
    }
}

/// Whether a whole JSON array is followed by something else: `["a"] || true`. The newest frontends take it for the shell form;
/// those of Docker 26 stop reading behind the array and take it for the exec form.
pub(crate) fn trails(rest: &str) -> bool {
    let rest = rest.trim();
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Vec<IgnoredAny>>();
    rest.starts_with('[') && matches!(values.next(), Some(Ok(_))) && values.byte_offset() < rest.len()
}

/// ```text
/// array = "[" ws [ string ws *( "," ws string ws ) ] "]" ws
/// ```
fn array(text: &str) -> IResult<&str, Vec<(&str, String)>> {
    let element = terminated(consumed(string), ws);
    let elements = separated_list0((char(','), ws), element);
    terminated(delimited((char('['), ws), elements, char(']')), ws).parse(text)
}

/// ```text
/// ws = *( SP / TAB / LF / CR )
/// ```
fn ws(text: &str) -> IResult<&str, &str> {
    take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).parse(text)
}

/// ```text
/// string = DQUOTE *( plain / "\" escape ) DQUOTE       ; plain: not below U+0020
/// ```
fn string(text: &str) -> IResult<&str, String> {
    let plain = map(take_while1(|c| c != '"' && c != '\\' && c >= ' '), Piece::Text);
    let escaped = map(preceded(char('\\'), escape), Piece::Char);
    let pieces = fold_many0(alt((plain, escaped)), String::new, |mut text, piece| {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Char(c) => text.push(c),
        }
        text
    });
    delimited(char('"'), pieces, char('"')).parse(text)
}

enum Piece<'a> {
    Text(&'a str),
    Char(char),
}

/// ```text
/// escape = one of "\/bfnrt / "u" 4HEXDIG [ "\u" 4HEXDIG ]     ; the second half of a surrogate pair
/// ```
fn escape(text: &str) -> IResult<&str, char> {
    alt((
        one_of("\"\\/"),
        value('\x08', char('b')),
        value('\x0c', char('f')),
        value('\n', char('n')),
        value('\r', char('r')),
        value('\t', char('t')),
        unicode,
    ))
    .parse(text)
}

/// A surrogate without its other half is U+FFFD, as it is for BuildKit.
fn unicode(text: &str) -> IResult<&str, char> {
    let (rest, high) = unit(text)?;
    let pair: IResult<&str, u32> = preceded(char('\\'), unit).parse(rest);
    if let ((0xd800..0xdc00), Ok((after, low @ 0xdc00..0xe000))) = (high, pair) {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return Ok((after, char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)));
    }
    Ok((rest, char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)))
}

fn unit(text: &str) -> IResult<&str, u32> {
    let digits = take_while_m_n(4, 4, |c: char| c.is_ascii_hexdigit());
    map(preceded(char('u'), digits), |digits| u32::from_str_radix(digits, 16).unwrap_or(0xfffd)).parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        match exec(text, text) {
            Exec::Strings(args) => Some(args.into_iter().map(|arg| arg.text).collect()),
            _ => None,
        }
    }

    #[test]
    fn arrays_of_strings() {
        assert_eq!(strings(r#"["a", "b c"]"#).unwrap(), ["a", "b c"]);
        assert_eq!(strings("[ ]").unwrap(), [""; 0]);
        assert_eq!(strings(r#"[ "a" , "" ]"#).unwrap(), ["a", ""]);
    }

    #[test]
    fn escapes() {
        assert_eq!(strings(r#"["\"\\\/\b\f\n\r\t\u00e9"]"#).unwrap(), ["\"\\/\x08\x0c\n\r\té"]);
        assert_eq!(strings(r#"["\ud83d\ude00\ud83dx"]"#).unwrap(), ["😀\u{fffd}x"]);
    }

    #[test]
    fn ranges_hold_the_quotes() {
        let line = r#"CMD ["a", "b"]"#;
        let Exec::Strings(args) = exec(line, &line[4..]) else { panic!() };
        assert_eq!(&line[args[1].range.clone()], "\"b\"");
    }

    #[test]
    fn what_is_no_json_falls_back() {
        for text in ["['a']", r#"["a",]"#, r#"["a"] # c"#, r#"["\d"]"#, r#"["a"#, "[ -f x ]", "[a]", "", "\"a\""] {
            assert_eq!(exec(text, text), Exec::Other, "{text}");
        }
    }

    #[test]
    fn arrays_of_something_else_are_an_error() {
        for text in ["[1]", r#"["a", null]"#, r#"[["a"]]"#, r#"[{"a": "b"}]"#] {
            assert_eq!(exec(text, text), Exec::NotStrings, "{text}");
        }
    }
}
