//! COPY and ADD; EXPOSE and VOLUME, which are lists of words too.

use super::command::not_strings;
use super::exec::{Exec, exec};
use super::words::words;
use super::{arg, heredoc, range};
use crate::syntax::error::Refusal;
use crate::syntax::{Arg, Args, Keyword};

/// ```text
/// transfer = array / 1*( source 1*sep ) dest
/// ```
pub(crate) fn transfer(line: &str, rest: &str, keyword: Keyword) -> Result<Args, Refusal> {
    let (mut sources, json) = list(line, rest)?;
    let refuse = |message: String| Err(Refusal::instruction(range(line, rest), message));
    match sources.pop() {
        Some(dest) if !sources.is_empty() => match heredoc::of_word(&dest.text) {
            Ok(Some(_)) => refuse(format!("`{}` can't write to a heredoc; name a path last", keyword.name())),
            _ => Ok(Args::Transfer { sources, dest, json }),
        },
        _ => refuse(format!("`{}` needs a source and a destination; name both", keyword.name())),
    }
}

/// ```text
/// expose = 1*word
/// volume = array / 1*word
/// ```
pub(crate) fn list_of(line: &str, rest: &str, keyword: Keyword) -> Result<Args, Refusal> {
    let (words, json) = match keyword {
        Keyword::Expose => (plain(line, rest), false),
        _ => list(line, rest)?,
    };
    let refuse = |message: String| Err(Refusal::instruction(range(line, rest), message));
    if words.is_empty() {
        return refuse(format!("`{}` names nothing; add an argument, or remove it", keyword.name()));
    }
    match keyword == Keyword::Volume && words.iter().any(|word| word.text.trim().is_empty()) {
        true => refuse("a volume's path is empty; name it, or remove it".to_owned()),
        false => Ok(Args::Words { words, json }),
    }
}

fn list(line: &str, rest: &str) -> Result<(Vec<Arg>, bool), Refusal> {
    match exec(line, rest) {
        Exec::Strings(args) => Ok((args, true)),
        Exec::NotStrings => Err(not_strings(line, rest)),
        Exec::Other => Ok((plain(line, rest), false)),
    }
}

fn plain(line: &str, rest: &str) -> Vec<Arg> {
    words(rest).map(|word| arg(line, word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(text: &str) -> Option<(Vec<String>, String, bool)> {
        match transfer(text, text, Keyword::Copy) {
            Ok(Args::Transfer { sources, dest, json }) => {
                Some((sources.into_iter().map(|source| source.text).collect(), dest.text, json))
            }
            _ => None,
        }
    }

    #[test]
    fn the_last_word_is_the_destination() {
        assert_eq!(copy("a  b c/"), Some((vec!["a".into(), "b".into()], "c/".into(), false)));
        assert_eq!(copy(r#"["a b", "c"]"#), Some((vec!["a b".into()], "c".into(), true)));
        assert_eq!(copy("[a] b"), Some((vec!["[a]".into()], "b".into(), false)));
        assert_eq!(copy(r"a\ b c").map(|it| it.0.len()), Some(2));
    }

    #[test]
    fn what_is_refused() {
        for text in ["", "a", r#"["a"]"#, "a <<EOF", "[1, 2]"] {
            assert_eq!(copy(text), None, "{text}");
        }
        assert!(list_of("", "", Keyword::Expose).is_err());
        assert!(list_of("[\" \"]", "[\" \"]", Keyword::Volume).is_err());
    }

    #[test]
    fn expose_knows_no_json() {
        assert!(matches!(list_of("[\"80\"]", "[\"80\"]", Keyword::Expose), Ok(Args::Words { json: false, .. })));
        assert!(matches!(list_of("[\"/a\"]", "[\"/a\"]", Keyword::Volume), Ok(Args::Words { json: true, .. })));
    }
}
