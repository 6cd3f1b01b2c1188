//! The `--flags` of an instruction, as BuildKit's `extractBuilderFlags` takes them: the leading words that start with `--`.

use crate::syntax::Flag;

/// The flags at the start of `line[from..]`, and where the arguments behind them start.
pub fn flags(line: &str, from: usize) -> (Vec<Flag>, usize) {
    let mut out = Vec::new();
    let mut at = from;
    loop {
        at += line[at..].len() - line[at..].trim_start().len();
        if !line[at..].starts_with("--") {
            return (out, at);
        }
        let (text, end) = flag_word(line, at);
        if text == "--" {
            return (out, end);
        }
        let (name, value) = match text[2..].split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (text[2..].to_owned(), None),
        };
        out.push(Flag { name, value, text, range: at..end });
        at = end;
    }
}

/// One word: a backslash takes the next character as it is; an opening quote is dropped and protects white space up to its
/// partner, which BuildKit keeps as a character of the word.
fn flag_word(line: &str, at: usize) -> (String, usize) {
    let mut word = String::new();
    let mut quote = None;
    let mut chars = line[at..].char_indices();
    while let Some((index, c)) = chars.next() {
        match (c, quote) {
            (c, None) if c.is_whitespace() => return (word, at + index),
            ('\'' | '"', None) => quote = Some(c),
            ('\\', _) => word.extend(chars.next().map(|(_, next)| next)),
            (c, open) => {
                if open == Some(c) {
                    quote = None;
                }
                word.push(c);
            }
        }
    }
    (word, line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> (Vec<String>, &str) {
        let (flags, at) = flags(line, 0);
        (flags.into_iter().map(|flag| flag.text).collect(), &line[at..])
    }

    #[test]
    fn only_leading_words_are_flags() {
        assert_eq!(read("--a=1 --b c --d"), (vec!["--a=1".into(), "--b".into()], "c --d"));
        assert_eq!(read("-- --a"), (vec![], " --a"));
        assert_eq!(read("-a --b"), (vec![], "-a --b"));
    }

    #[test]
    fn a_backslash_protects() {
        assert_eq!(read(r#"--mount=\"a\ b\" x"#).0, [r#"--mount="a b""#]);
    }
}
