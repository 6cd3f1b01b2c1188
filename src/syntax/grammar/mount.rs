//! The value of `RUN --mount`, as far as BuildKit reads it before variables are known.

use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_till};
use nom::character::complete::char;
use nom::combinator::{all_consuming, map, value};
use nom::multi::{fold_many0, separated_list1};
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// The fields of a comma-separated list.
///
/// ```text
/// fields = field *( "," field )
/// field  = DQUOTE *( any but DQUOTE / 2DQUOTE ) DQUOTE / *( any but "," / DQUOTE )
/// ```
pub(crate) fn fields(text: &str) -> Option<Vec<String>> {
    let bare = map(take_till(|c| c == ',' || c == '"'), str::to_owned);
    let parsed: IResult<&str, Vec<String>> = all_consuming(separated_list1(char(','), alt((quoted, bare)))).parse(text);
    parsed.ok().map(|(_, fields)| fields).filter(|_| !text.is_empty())
}

fn quoted(text: &str) -> IResult<&str, String> {
    let piece = alt((is_not("\""), value("\"", tag("\"\""))));
    let pieces = fold_many0(piece, String::new, |text, piece: &str| text + piece);
    delimited(char('"'), pieces, char('"')).parse(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_protect_commas() {
        assert_eq!(fields(r#"type=bind,"source=a,b",ro"#).unwrap(), ["type=bind", "source=a,b", "ro"]);
        assert_eq!(fields(r#""a""b""#).unwrap(), ["a\"b"]);
        assert_eq!(fields("a,").unwrap(), ["a", ""]);
    }

    #[test]
    fn what_is_no_list() {
        for text in ["", "a\"b", "\"a\"b", "\"a"] {
            assert_eq!(fields(text), None, "{text}");
        }
    }
}
