//! The `--flags` between a keyword and its arguments. BuildKit reads them byte by byte, so that characters beyond ASCII come
//! out wrong there; here they stay as they are written.

use super::range;
use crate::syntax::Flag;

/// What [`flags`] found.
#[derive(Debug)]
pub(crate) struct Flags<'a> {
    /// The flags.
    pub flags: Vec<Flag>,
    /// The arguments, with white space around them.
    pub rest: &'a str,
    /// Whether a character's bytes look like white space to BuildKit, which reads the flags byte by byte.
    pub torn: bool,
}

/// ```text
/// flags   = *( *WS flag WS ) [ *WS "--" WS ]
/// flag    = "--" 1*( plain / ESC any / quoted )        ; ESC is always "\"
/// quoted  = "'" *( any / ESC any ) "'" / DQUOTE *( any / ESC any ) DQUOTE
/// ```
///
/// `after` is a slice of `line`, which ranges count in.
pub(crate) fn flags<'a>(line: &str, after: &'a str) -> Flags<'a> {
    let mut found = Flags { flags: Vec::new(), rest: after, torn: false };
    loop {
        let start = found.rest.trim_start();
        if !start.starts_with("--") {
            found.rest = start;
            return found;
        }
        let word = word(start);
        found.torn |= word.torn;
        found.rest = &start[word.len..];
        match word.text.as_str() {
            "--" => return found,
            _ => found.flags.push(flag(range(line, &start[..word.len]), word.text)),
        }
    }
}

fn flag(range: std::ops::Range<usize>, text: String) -> Flag {
    let bare = text.strip_prefix("--").unwrap_or(&text);
    let (name, value) = match bare.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (bare.to_owned(), None),
    };
    Flag { name, value, text, range }
}

/// A flag's word with quotes and escapes taken away.
struct Word {
    text: String,
    len: usize,
    torn: bool,
}

fn word(start: &str) -> Word {
    let mut word = Word { text: String::new(), len: start.len(), torn: false };
    let mut quote = None;
    let mut chars = start.char_indices();
    while let Some((at, c)) = chars.next() {
        match (c, quote) {
            (c, None) if c.is_whitespace() => {
                word.len = at;
                break;
            }
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', _) => word.text.extend(chars.next().map(|(_, c)| c)),
            (c, _) => word.add(c),
        }
    }
    word
}

impl Word {
    fn add(&mut self, c: char) {
        self.torn |= !c.is_ascii() && c.encode_utf8(&mut [0; 4]).bytes().any(|b| b == 0x85 || b == 0xa0);
        self.text.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, &str) {
        let found = flags(text, text);
        (found.flags.into_iter().map(|flag| flag.text).collect(), found.rest)
    }

    #[test]
    fn flags_end_at_the_first_other_word() {
        assert_eq!(read("--a=1 --b x --c"), (vec!["--a=1".into(), "--b".into()], "x --c"));
        assert_eq!(read("--a -- --c"), (vec!["--a".into()], " --c"));
        assert_eq!(read("-a --b"), (vec![], "-a --b"));
        assert_eq!(read("--a"), (vec!["--a".into()], ""));
    }

    #[test]
    fn quotes_and_escapes_go() {
        assert_eq!(read("--a='x y'\"z\" b").0, ["--a=x yz"]);
        assert_eq!(read(r#"--a=\"x\ y\" b"#).0, [r#"--a="x y""#]);
        assert_eq!(read("--a='open b").0, ["--a=open b"]);
    }

    #[test]
    fn name_value_and_place() {
        let text = "--mount=type=cache x";
        let flag = &flags(text, text).flags[0];
        assert_eq!((flag.name.as_str(), flag.value.as_deref()), ("mount", Some("type=cache")));
        assert_eq!(&text[flag.range.clone()], "--mount=type=cache");
    }

    #[test]
    fn characters_that_buildkit_tears_are_told() {
        assert!(flags("--a=à x", "--a=à x").torn);
        assert!(!flags("--a=é x", "--a=é x").torn);
    }
}
