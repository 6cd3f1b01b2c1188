//! FROM.

use super::words::words;
use super::{arg, range};
use crate::syntax::Args;
use crate::syntax::error::{Refusal, quoted};

/// ```text
/// from  = image [ 1*sep "AS" 1*sep alias ]          ; AS in any case
/// alias = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." )
/// ```
pub(crate) fn from(line: &str, rest: &str) -> Result<Args, Refusal> {
    let found: Vec<&str> = words(rest).take(4).collect();
    match found[..] {
        [image] => Ok(Args::From { image: arg(line, image), alias: None }),
        [image, keyword, alias] if keyword.eq_ignore_ascii_case("as") => {
            stage_name(line, alias)?;
            Ok(Args::From { image: arg(line, image), alias: Some(arg(line, alias)) })
        }
        _ => Err(Refusal::instruction(
            range(line, rest),
            "`FROM` takes an image, or an image, `AS` and a name; there are no comments behind an instruction",
        )),
    }
}

fn stage_name(line: &str, alias: &str) -> Result<(), Refusal> {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if alias.starts_with(|c: char| c.is_ascii_alphabetic()) && alias.chars().all(inside) {
        return Ok(());
    }
    let message = format!(
        "{} can't name a stage; begin with a letter and use letters, digits, `-`, `_` and `.` only",
        quoted(alias)
    );
    Err(Refusal::instruction(range(line, alias), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_and_alias() {
        let Ok(Args::From { image, alias }) = from("x:1  aS  Build", "x:1  aS  Build") else { panic!() };
        assert_eq!(
            (image.text.as_str(), alias.map(|alias| (alias.text, alias.range))),
            ("x:1", Some(("Build".into(), 9..14)))
        );
    }

    #[test]
    fn wrong_counts_and_names() {
        for text in ["", "a b", "a b c", "a AS", "a AS b c", "a # b", "a AS 1b", "a AS b/c"] {
            assert!(from(text, text).is_err(), "{text}");
        }
    }
}
