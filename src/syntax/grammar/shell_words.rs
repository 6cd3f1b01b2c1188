//! How BuildKit splits a line into words where it looks for heredocs: quotes, escapes and `${…}` as in a shell that knows no
//! variable. Where this splitting fails, there is no heredoc. It is not the shell's own splitting; that is in `crate::shell`.

/// How deep `${…}` may nest. BuildKit has no limit; real files nest two.
pub(crate) const DEEPEST: usize = 32;

/// What to keep of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raw {
    /// Quotes stay.
    pub quotes: bool,
    /// Escape characters stay.
    pub escapes: bool,
}

/// A word and where it comes from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// After what [`Raw`] takes away.
    pub text: String,
    /// From its first to behind its last character.
    pub range: std::ops::Range<usize>,
    /// Whether white space stands behind a `<<` in it, which only new frontends take into the word.
    pub spaced: bool,
}

/// The splitting failed: BuildKit would say "unexpected end of statement" or "unsupported modifier".
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Failed;

/// ```text
/// line    = *( plain / WS / "\" any / quoted / dollar / "<<" *WS )
/// quoted  = "'" *any "'" / DQUOTE *( any / "\" any / dollar ) DQUOTE
/// dollar  = "$" [ name ] / "${" name "}" / "${" name ( [":"] any ) part "}" / "${" name "/" ["/"] part "/" part "}"
/// part    = as line, up to the character that ends it
/// ```
pub(crate) fn shell_words(text: &str, raw: Raw) -> Result<Vec<Word>, Failed> {
    let mut lexer = Lexer { text, at: 0, raw, out: Vec::with_capacity(text.len()), depth: 0 };
    lexer.until(None, raw.escapes)?;
    Ok(split(&lexer.out))
}

/// A character of the result.
struct Out {
    c: char,
    /// Where it comes from.
    at: usize,
    /// Whether it ends a word if it is white space.
    soft: bool,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    raw: Raw,
    out: Vec<Out>,
    depth: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes the next character into the result.
    fn keep(&mut self, soft: bool) -> Option<char> {
        let at = self.at;
        let c = self.next()?;
        self.out.push(Out { c, at, soft });
        Some(c)
    }

    /// Reads up to `stop`, which is consumed and not kept; without a `stop`, to the end.
    fn until(&mut self, stop: Option<char>, escapes: bool) -> Result<(), Failed> {
        let before = std::mem::replace(&mut self.raw.escapes, escapes);
        while let Some(c) = self.peek() {
            match c {
                c if Some(c) == stop => {
                    self.next();
                    self.raw.escapes = before;
                    return Ok(());
                }
                '\'' => self.single_quoted()?,
                '"' => self.double_quoted()?,
                '$' => self.dollar(true)?,
                '<' => self.less_than(),
                '\\' => self.escaped(),
                _ => {
                    self.keep(true);
                }
            }
        }
        if stop.is_none() { Ok(()) } else { Err(Failed) }
    }

    fn escaped(&mut self) {
        match self.raw.escapes {
            true => self.keep(false),
            false => self.next(),
        };
        self.keep(false);
    }

    fn quote(&mut self) {
        match self.raw.quotes {
            true => self.keep(false),
            false => self.next(),
        };
    }

    fn single_quoted(&mut self) -> Result<(), Failed> {
        self.quote();
        while let Some(c) = self.peek() {
            if c == '\'' {
                self.quote();
                return Ok(());
            }
            self.keep(false);
        }
        Err(Failed)
    }

    fn double_quoted(&mut self) -> Result<(), Failed> {
        self.quote();
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.quote();
                    return Ok(());
                }
                '$' => self.dollar(false)?,
                '\\' => self.escaped_in_quotes(),
                _ => {
                    self.keep(false);
                }
            }
        }
        Err(Failed)
    }

    /// Inside double quotes, only `"`, `$` and `\` can be escaped; before others the escape character is text.
    fn escaped_in_quotes(&mut self) {
        let at = self.at;
        self.next();
        if self.raw.escapes {
            self.out.push(Out { c: '\\', at, soft: false });
        }
        match self.peek() {
            Some('"' | '$' | '\\') => {
                self.keep(false);
            }
            Some(_) => self.out.push(Out { c: '\\', at, soft: false }),
            None => {}
        }
    }

    /// `<`, or `<<` with the white space behind it.
    fn less_than(&mut self) {
        self.keep(false);
        if self.peek() == Some('<') {
            self.keep(false);
            while self.peek().is_some_and(char::is_whitespace) {
                self.keep(false);
            }
        }
    }

    fn dollar(&mut self, soft: bool) -> Result<(), Failed> {
        let start = self.out.len();
        self.keep(soft);
        match self.peek() {
            Some('{') => self.braces()?,
            _ => self.name(),
        }
        self.out[start..].iter_mut().for_each(|out| out.soft = soft);
        Ok(())
    }

    fn braces(&mut self) -> Result<(), Failed> {
        self.keep(true);
        if matches!(self.peek(), None | Some('{' | '}' | ':')) || self.depth == DEEPEST {
            return Err(Failed);
        }
        self.depth += 1;
        self.name();
        match self.keep(true) {
            Some('}') => {}
            Some('/') => self.replacement()?,
            Some(':') => match self.keep(true) {
                Some(modifier) => self.part('}', matches!(modifier, '#' | '%'))?,
                None => return Err(Failed),
            },
            Some(modifier @ ('+' | '-' | '?' | '#' | '%')) => self.part('}', matches!(modifier, '#' | '%'))?,
            _ => return Err(Failed),
        }
        self.depth -= 1;
        Ok(())
    }

    fn replacement(&mut self) -> Result<(), Failed> {
        if self.peek() == Some('/') {
            self.next();
        }
        self.part('/', true)?;
        self.part('}', true)
    }

    /// A part inside braces, with the character that ends it.
    fn part(&mut self, stop: char, escapes: bool) -> Result<(), Failed> {
        self.until(Some(stop), escapes)?;
        self.out.push(Out { c: stop, at: self.at - 1, soft: true });
        Ok(())
    }

    /// ```text
    /// name = 1*DIGIT / one of "@*#?-$!" / *( letter / DIGIT / "_" )
    /// ```
    fn name(&mut self) {
        match self.peek() {
            Some(c) if c.is_numeric() => {
                while self.peek().is_some_and(char::is_numeric) {
                    self.keep(true);
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.keep(true);
            }
            _ => {
                while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    self.keep(true);
                }
            }
        }
    }
}

/// Splits at soft white space.
fn split(out: &[Out]) -> Vec<Word> {
    out.split(|out| out.soft && out.c.is_whitespace()).filter_map(word).collect()
}

fn word(part: &[Out]) -> Option<Word> {
    let (first, last) = (part.first()?, part.last()?);
    let text: String = part.iter().map(|out| out.c).collect();
    let spaced = part.windows(3).any(|w| w[0].c == '<' && w[1].c == '<' && w[2].c.is_whitespace() && !w[2].soft);
    Some(Word { text, range: first.at..last.at + last.c.len_utf8(), spaced })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEEP: Raw = Raw { quotes: true, escapes: true };
    const DROP: Raw = Raw { quotes: false, escapes: false };

    fn words(text: &str, raw: Raw) -> Vec<String> {
        shell_words(text, raw).unwrap().into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn quotes_and_escapes_protect() {
        assert_eq!(words(r#"a "b c" 'd e' f\ g"#, KEEP), ["a", r#""b c""#, "'d e'", r"f\ g"]);
        assert_eq!(words(r#"a "b c" 'd e' f\ g"#, DROP), ["a", "b c", "d e", "f g"]);
        assert_eq!(words(r#""a\nb\"c""#, DROP), [r#"a\nb"c"#]);
        assert_eq!(words("''", DROP), [""; 0]);
    }

    #[test]
    fn variables_stay_and_split() {
        assert_eq!(
            words("$a ${b} ${c:-d e} $((1 + 2)) ${f:0:3}", KEEP),
            ["$a", "${b}", "${c:-d", "e}", "$((1", "+", "2))", "${f:0:3}"]
        );
        assert_eq!(words("\"${a:-b c}\"", KEEP), ["\"${a:-b c}\""]);
        assert_eq!(words("${a//b/c}", KEEP), ["${a/b/c}"]);
    }

    #[test]
    fn white_space_behind_a_heredoc_sign_belongs_to_the_word() {
        assert_eq!(words("cat <<  EOF x", KEEP), ["cat", "<<  EOF", "x"]);
        assert!(shell_words("<< EOF", KEEP).unwrap()[0].spaced);
        assert!(!shell_words("<<EOF", KEEP).unwrap()[0].spaced);
        assert_eq!(words("a <<<b < c", KEEP), ["a", "<<<b", "<", "c"]);
    }

    #[test]
    fn ranges_point_at_the_source() {
        let text = "é  'x y' <<EOF";
        let found = shell_words(text, KEEP).unwrap();
        let parts: Vec<&str> = found.iter().map(|word| &text[word.range.clone()]).collect();
        assert_eq!(parts, ["é", "'x y'", "<<EOF"]);
    }

    #[test]
    fn what_makes_it_fail() {
        for text in ["it's", "\"a", "${a^^}", "${#a}", "${!a}", "${a@Q}", "${a[0]}", "${", "${}", "${a:-b", "${a/b}"] {
            assert_eq!(shell_words(text, KEEP), Err(Failed), "{text}");
        }
        assert_eq!(shell_words(&"${a:-".repeat(100_000), KEEP), Err(Failed));
    }
}
