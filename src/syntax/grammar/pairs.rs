//! ENV, LABEL and ARG: names and values.

use super::words::quoted_words;
use super::{arg, is_separator, range};
use crate::syntax::error::{Refusal, quoted};
use crate::syntax::{Args, Keyword, Pair};

/// ```text
/// pairs  = legacy / 1*( name "=" value )
/// legacy = name 1*sep value                ; where the first word bears no "="
/// ```
pub(crate) fn pairs(line: &str, rest: &str, keyword: Keyword, escape: char) -> Result<Args, Refusal> {
    let words = quoted_words(rest, escape);
    match words.first() {
        None => Err(empty(line, rest, keyword)),
        Some(first) if !first.contains('=') => legacy(line, rest, keyword),
        Some(_) => {
            let pairs: Vec<Pair> = words.iter().map(|word| pair(line, word)).collect();
            match pairs.iter().find(|pair| pair.value.is_none()) {
                Some(bare) => Err(no_equals_sign(bare)),
                None => named(Args::Pairs { pairs, legacy: false }, keyword),
            }
        }
    }
}

/// ```text
/// arg = 1*( name [ "=" value ] )
/// ```
pub(crate) fn build_args(line: &str, rest: &str, escape: char) -> Result<Args, Refusal> {
    let words = quoted_words(rest, escape);
    if words.is_empty() {
        return Err(empty(line, rest, Keyword::Arg));
    }
    let pairs = words.iter().map(|word| pair(line, word)).collect();
    named(Args::Pairs { pairs, legacy: false }, Keyword::Arg)
}

fn pair(line: &str, word: &str) -> Pair {
    match word.split_once('=') {
        Some((name, value)) => Pair { name: arg(line, name), value: Some(arg(line, value)) },
        None => Pair { name: arg(line, word), value: None },
    }
}

fn no_equals_sign(pair: &Pair) -> Refusal {
    let word = quoted(&pair.name.text);
    let message = format!("{word} has no `=`; write `name=value`, and put a value with spaces in quotes");
    Refusal::lines(pair.name.range.clone(), message)
}

fn legacy(line: &str, rest: &str, keyword: Keyword) -> Result<Args, Refusal> {
    let Some((name, value)) = rest.split_once(is_separator) else {
        let message = format!("`{}` needs a name and a value; write `name=value`", keyword.name());
        return Err(Refusal::lines(range(line, rest), message));
    };
    let value = value.trim_start_matches(is_separator);
    let pair = Pair { name: arg(line, name), value: Some(arg(line, value)) };
    named(Args::Pairs { pairs: vec![pair], legacy: true }, keyword)
}

/// Lets pairs pass whose names are not empty.
fn named(args: Args, keyword: Keyword) -> Result<Args, Refusal> {
    if let Args::Pairs { pairs, .. } = &args
        && let Some(blank) = pairs.iter().find(|pair| pair.name.text.is_empty())
    {
        let message = format!("a name is missing before `=`; `{}` takes `name=value`", keyword.name());
        return Err(Refusal::instruction(blank.name.range.clone(), message));
    }
    Ok(args)
}

fn empty(line: &str, rest: &str, keyword: Keyword) -> Refusal {
    let message = format!("`{}` names nothing; write at least one name, or remove it", keyword.name());
    Refusal::instruction(range(line, rest), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::ErrorStage;

    fn env(rest: &str) -> Result<(Vec<(String, String)>, bool), ErrorStage> {
        match pairs(rest, rest, Keyword::Env, '\\') {
            Ok(Args::Pairs { pairs, legacy }) => {
                let pair = |pair: Pair| (pair.name.text, pair.value.map(|it| it.text).unwrap_or_default());
                Ok((pairs.into_iter().map(pair).collect(), legacy))
            }
            Ok(_) => Ok((Vec::new(), false)),
            Err(refusal) => Err(refusal.stage),
        }
    }

    fn one(name: &str, value: &str, legacy: bool) -> Result<(Vec<(String, String)>, bool), ErrorStage> {
        Ok((vec![(name.into(), value.into())], legacy))
    }

    #[test]
    fn the_first_word_decides_the_form() {
        assert_eq!(env("k  v1 v2   \"q\""), one("k", "v1 v2   \"q\"", true));
        assert_eq!(env("a = b"), one("a", "= b", true));
        assert_eq!(env("A B= C=x"), one("A", "B= C=x", true));
        assert_eq!(env("a=\"b c\""), one("a", "\"b c\"", false));
        assert_eq!(env("a=b=c"), one("a", "b=c", false));
    }

    #[test]
    fn what_buildkit_refuses_and_where() {
        assert_eq!(env("lonely"), Err(ErrorStage::Lines));
        assert_eq!(env("a=b # c"), Err(ErrorStage::Lines));
        assert_eq!(env("=b"), Err(ErrorStage::Instructions));
        assert_eq!(env(""), Err(ErrorStage::Instructions));
    }

    #[test]
    fn an_arg_needs_no_value() {
        let Ok(Args::Pairs { pairs, .. }) = build_args("A B=1 C=", "A B=1 C=", '\\') else { panic!() };
        let values: Vec<_> = pairs.into_iter().map(|pair| pair.value.map(|value| value.text)).collect();
        assert_eq!(values, [None, Some("1".into()), Some(String::new())]);
    }
}
