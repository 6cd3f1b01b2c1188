//! Parser directives.

use nom::bytes::complete::take_while;
use nom::character::complete::{char, multispace0, satisfy};
use nom::combinator::{recognize, verify};
use nom::sequence::{delimited, pair, terminated};
use nom::{IResult, Parser};

/// `"#" ws* name ws* "=" ws* value ws*`, where `name` is a letter and then letters or digits, and `value` is not empty.
pub fn directive(line: &str) -> IResult<&str, (&str, &str)> {
    let name = recognize(pair(satisfy(|c| c.is_ascii_alphabetic()), take_while(|c: char| c.is_ascii_alphanumeric())));
    let key = delimited(pair(char('#'), multispace0), name, multispace0);
    let value = verify(nom::combinator::rest, |value: &str| !value.trim().is_empty());
    let (rest, (name, value)) = pair(terminated(key, pair(char('='), multispace0)), value).parse(line)?;
    Ok((rest, (name, value.trim_end())))
}

#[cfg(test)]
mod tests {
    use super::directive;

    #[test]
    fn well_formed_ones_are_read() {
        assert_eq!(directive("# escape=`").unwrap().1, ("escape", "`"));
        assert_eq!(directive("#Syntax = a b  ").unwrap().1, ("Syntax", "a b"));
    }

    #[test]
    fn others_are_comments() {
        for line in ["# escape=", "# a-b=c", "# words here", "#", "# 1a=b", "escape=`"] {
            assert!(directive(line).is_err(), "{line}");
        }
    }
}
