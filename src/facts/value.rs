//! Values of ENV, LABEL, EXPOSE and others as BuildKit's own lexer reads them: quotes and escapes taken away, variables as
//! references. Two spellings of one value are equal here. Knows no value of a variable; what a shell reads is in `shell`.

/// How deep `${…}` may nest. BuildKit has no limit; real files nest two.
const DEEPEST: usize = 32;

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it will be.
    Text(String),
    /// `$name`, or `${name…}`.
    Variable {
        /// Its name.
        name: String,
        /// What is done with it: empty, or `:-`, `+`, `#`, `//`, …
        operation: String,
        /// The arguments of that.
        words: Vec<Vec<Piece>>,
    },
}

/// ```text
/// value   = *( any / ESC any / "'" *any "'" / DQUOTE *( any / ESC any / dollar ) DQUOTE / dollar )
/// dollar  = "$" [ name ] / "${" name "}" / "${" name [":"] any value "}" / "${" name "/" ["/"] value "/" value "}"
/// ```
///
/// `None` where BuildKit refuses the text.
pub fn read(raw: &str, escape: char) -> Option<Vec<Piece>> {
    if is_plain(raw, escape) {
        return Some(if raw.is_empty() { Vec::new() } else { vec![Piece::Text(raw.to_owned())] });
    }
    let mut lexer = Lexer { text: raw, at: 0, escape, raw: false, depth: 0 };
    lexer.until(None, false)
}

/// The text, where no variable is in it.
pub fn literal(raw: &str, escape: char) -> Option<String> {
    if is_plain(raw, escape) {
        return Some(raw.to_owned());
    }
    match read(raw, escape)?.as_slice() {
        [] => Some(String::new()),
        [Piece::Text(text)] => Some(text.clone()),
        _ => None,
    }
}

/// Whether nothing in a text means anything but itself.
fn is_plain(raw: &str, escape: char) -> bool {
    !raw.contains(['\'', '"', '$', escape])
}

/// Calls `f` with the name of each variable that a value refers to, those in arguments too.
pub fn each_name<'p>(pieces: &'p [Piece], f: &mut dyn FnMut(&'p str)) {
    for piece in pieces {
        if let Piece::Variable { name, words, .. } = piece {
            f(name);
            words.iter().for_each(|word| each_name(word, f));
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    escape: char,
    /// Escape characters stay, as they do in patterns.
    raw: bool,
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

    /// Reads up to `stop`, which is consumed; without a `stop`, to the end.
    fn until(&mut self, stop: Option<char>, raw: bool) -> Option<Vec<Piece>> {
        let before = std::mem::replace(&mut self.raw, raw);
        let mut out = Vec::new();
        while let Some(c) = self.peek() {
            match c {
                c if Some(c) == stop => {
                    self.next();
                    self.raw = before;
                    return Some(joined(out));
                }
                '\'' => self.single_quoted(&mut out)?,
                '"' => self.double_quoted(&mut out)?,
                '$' => out.push(self.dollar()?),
                c if c == self.escape => self.plain(&mut out),
                _ => self.run(&mut out, |c, escape| matches!(c, '\'' | '"' | '$') || c == escape || Some(c) == stop),
            }
        }
        self.raw = before;
        stop.is_none().then(|| joined(out))
    }

    /// Takes the characters up to one that means something.
    fn run(&mut self, out: &mut Vec<Piece>, means: impl Fn(char, char) -> bool) {
        let (rest, escape) = (&self.text[self.at..], self.escape);
        let end = rest.find(|c| means(c, escape)).unwrap_or(rest.len());
        push_text(out, &rest[..end]);
        self.at += end;
    }

    fn plain(&mut self, out: &mut Vec<Piece>) {
        let Some(c) = self.next() else { return };
        match (c == self.escape, self.raw) {
            (true, false) => {}
            _ => push(out, c),
        }
        if c == self.escape
            && let Some(escaped) = self.next()
        {
            push(out, escaped);
        }
    }

    fn single_quoted(&mut self, out: &mut Vec<Piece>) -> Option<()> {
        self.next();
        self.run(out, |c, _| c == '\'');
        self.next().map(|_| ())
    }

    fn double_quoted(&mut self, out: &mut Vec<Piece>) -> Option<()> {
        self.next();
        loop {
            match self.peek()? {
                '"' => {
                    self.next();
                    return Some(());
                }
                '$' => out.push(self.dollar()?),
                c if c == self.escape => self.escaped_in_quotes(out),
                _ => self.run(out, |c, escape| matches!(c, '"' | '$') || c == escape),
            }
        }
    }

    /// Inside double quotes, only `"`, `$` and the escape character can be escaped; before others it is text.
    fn escaped_in_quotes(&mut self, out: &mut Vec<Piece>) {
        self.next();
        if self.raw {
            push(out, self.escape);
        }
        match self.peek() {
            Some(c) if c == '"' || c == '$' || c == self.escape => {
                self.next();
                push(out, c);
            }
            Some(_) => push(out, self.escape),
            None => {}
        }
    }

    fn dollar(&mut self) -> Option<Piece> {
        self.next();
        if self.peek() != Some('{') {
            return Some(match self.name() {
                name if name.is_empty() => Piece::Text("$".to_owned()),
                name => variable(name, "", Vec::new()),
            });
        }
        self.next();
        if matches!(self.peek(), None | Some('{' | '}' | ':')) || self.depth == DEEPEST {
            return None;
        }
        self.depth += 1;
        let name = self.name();
        let found = self.operation(name);
        self.depth -= 1;
        found
    }

    fn operation(&mut self, name: String) -> Option<Piece> {
        match self.next()? {
            '}' => Some(variable(name, "", Vec::new())),
            '/' => self.replacement(name),
            ':' => match self.next()? {
                c @ ('+' | '-' | '?') => {
                    let word = self.until(Some('}'), false)?;
                    Some(variable(name, &format!(":{c}"), vec![word]))
                }
                _ => None,
            },
            c @ ('+' | '-' | '?' | '#' | '%') => {
                // `##` and `%%` have their second sign in the pattern
                let word = self.until(Some('}'), matches!(c, '#' | '%'))?;
                Some(variable(name, &c.to_string(), vec![word]))
            }
            _ => None,
        }
    }

    fn replacement(&mut self, name: String) -> Option<Piece> {
        let all = self.peek() == Some('/');
        if all {
            self.next();
        }
        let words = vec![self.until(Some('/'), true)?, self.until(Some('}'), true)?];
        Some(variable(name, if all { "//" } else { "/" }, words))
    }

    /// ```text
    /// name = 1*DIGIT / one of "@*#?-$!" / *( letter / DIGIT / "_" )
    /// ```
    fn name(&mut self) -> String {
        let start = self.at;
        match self.peek() {
            Some(c) if c.is_numeric() => self.pass(char::is_numeric),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => self.pass(|c| c.is_alphanumeric() || c == '_'),
        }
        self.text[start..self.at].to_owned()
    }

    fn pass(&mut self, wanted: fn(char) -> bool) {
        while self.peek().is_some_and(wanted) {
            self.next();
        }
    }
}

fn variable(name: String, operation: &str, words: Vec<Vec<Piece>>) -> Piece {
    Piece::Variable { name, operation: operation.to_owned(), words }
}

fn push(out: &mut Vec<Piece>, c: char) {
    push_text(out, c.encode_utf8(&mut [0; 4]));
}

fn push_text(out: &mut Vec<Piece>, text: &str) {
    match out.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ => out.push(Piece::Text(text.to_owned())),
    }
}

/// Texts side by side as one, empty ones left out.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.is_empty() => {}
            Piece::Text(text) => push_text(&mut out, &text),
            piece => out.push(piece),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(raw: &str) -> Option<String> {
        literal(raw, '\\')
    }

    #[test]
    fn quotes_and_escapes_are_taken_away() {
        for (raw, wanted) in [
            ("a b", "a b"),
            (r"a\ b", "a b"),
            (r#""a b"'c d'"#, "a bc d"),
            (r#""a\nb\"\\""#, "a\\nb\"\\"),
            (r"'a\nb'", r"a\nb"),
            (r"\$A", "$A"),
            (r#""\$A""#, "$A"),
            ("a$", "a$"),
            ("''", ""),
            (r"a\", "a"),
        ] {
            assert_eq!(text(raw).as_deref(), Some(wanted), "{raw}");
        }
        assert_eq!(literal(r#""C:\dir\\""#, '`').as_deref(), Some(r"C:\dir\\"));
        assert_eq!(literal("a` b", '`').as_deref(), Some("a b"));
    }

    #[test]
    fn spellings_of_one_value_are_equal() {
        for (a, b) in [
            ("$A x", r#""$A x""#),
            ("${A} x", r"$A\ x"),
            ("${A:-b c}", r"${A:-b\ c}"),
            ("${A:-b c}", r#"${A:-"b c"}"#),
            ("${A:-${B}c}", "${A:-$B'c'}"),
        ] {
            assert!(read(a, '\\').is_some() && read(a, '\\') == read(b, '\\'), "{a} {b}");
        }
    }

    #[test]
    fn other_values_are_not() {
        for (a, b) in [
            ("$A", "'$A'"),
            ("$A", r"\$A"),
            ("$A", "${A:-}"),
            ("${A:-b}", "${A-b}"),
            ("${A#b c}", r"${A#b\ c}"),
            ("${A/b/c}", "${A//b/c}"),
            ("$Ab", "${A}b"),
        ] {
            assert!(read(a, '\\') != read(b, '\\'), "{a} {b}");
        }
    }

    #[test]
    fn what_buildkit_refuses() {
        for raw in ["it's", "\"a", "${a^^}", "${a:0:3}", "${a", "${}", "${a:-b", "${a/b}", "${a:#b}"] {
            assert_eq!(read(raw, '\\'), None, "{raw}");
        }
        assert_eq!(read(&"${a:-".repeat(100_000), '\\'), None);
    }

    #[test]
    fn names_are_found_wherever_they_are() {
        let pieces = read("$A ${B:-${C}} '$D'", '\\').unwrap();
        let mut names = Vec::new();
        each_name(&pieces, &mut |name| names.push(name));
        assert_eq!(names, ["A", "B", "C"]);
    }
}
