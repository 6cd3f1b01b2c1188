//! Where BuildKit sees a heredoc: the whole line is split into words by its own shell lexer (a backslash escapes, quotes and
//! `${…}` protect), and each word that is `[n]<<[-]NAME` opens one. Where the lexer fails, none is seen.

use nom::bytes::complete::{tag, take_while};
use nom::character::complete::digit0;
use nom::combinator::opt;
use nom::{IResult, Parser};
use std::ops::Range;

/// An opener in the line.
#[derive(Debug, PartialEq, Eq)]
pub struct Opener {
    /// The delimiter, quotes and escapes taken away.
    pub name: String,
    /// Where it stands.
    pub range: Range<usize>,
    /// The descriptor, where one is written.
    pub fd: Option<u32>,
    /// Whether no quotes are in the delimiter.
    pub expand: bool,
    /// `<<-`
    pub chomp: bool,
    /// `<< NAME`: only newer frontends see it.
    pub spaced: bool,
}

/// The openers of a line, in order.
pub fn openers(line: &str) -> Vec<Opener> {
    if !line.contains("<<") {
        return Vec::new();
    }
    let Some(words) = words(line) else { return Vec::new() };
    let mut out = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(range) = words.next() {
        let Ok((_, (fd, chomp, rest))) = opener(&line[range.clone()]) else { continue };
        let (rest, range, spaced) = match words.peek() {
            Some(next) if rest.is_empty() && !chomp => (&line[next.clone()], range.start..next.end, true),
            _ => (rest, range, false),
        };
        if rest.is_empty() || rest.contains('<') {
            continue;
        }
        if spaced {
            words.next();
        }
        let name = unquote(rest);
        if !name.is_empty() {
            out.push(Opener { name, range, fd: fd.parse().ok(), expand: !rest.contains(['\'', '"']), chomp, spaced });
        }
    }
    out
}

/// `digit* "<<" "-"? [^<]*`
fn opener(word: &str) -> IResult<&str, (&str, bool, &str)> {
    let (rest, (fd, _, dash, name)) = (digit0, tag("<<"), opt(tag("-")), take_while(|c| c != '<')).parse(word)?;
    match rest.is_empty() {
        true => Ok((rest, (fd, dash.is_some(), name))),
        false => Err(nom::Err::Error(nom::error::Error::new(rest, nom::error::ErrorKind::Eof))),
    }
}

fn unquote(word: &str) -> String {
    let mut out = String::new();
    let mut quote = None;
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            ('\\', quote) if quote != Some('\'') => out.extend(chars.next()),
            (c, _) => out.push(c),
        }
    }
    out
}

/// The words of a line, as ranges; `None` where BuildKit's lexer gives up.
fn words(line: &str) -> Option<Vec<Range<usize>>> {
    let mut lexer = Lexer { line, at: 0, words: Vec::new(), start: None };
    lexer.until(None, 0)?;
    lexer.end_word();
    Some(lexer.words)
}

struct Lexer<'t> {
    line: &'t str,
    at: usize,
    words: Vec<Range<usize>>,
    start: Option<usize>,
}

/// How deep `${a:-${b:-…}}` may nest.
const MAX_DEPTH: usize = 64;

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.line[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn end_word(&mut self) {
        let at = self.at;
        self.words.extend(self.start.take().map(|start| start..at));
    }

    /// Up to `stop`, which is taken too; up to the end of the line where there is none.
    fn until(&mut self, stop: Option<char>, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        loop {
            let Some(c) = self.peek() else { return stop.is_none().then_some(()) };
            if Some(c) == stop {
                self.next();
                return Some(());
            }
            if c.is_whitespace() {
                self.end_word();
                self.next();
                continue;
            }
            self.start = self.start.or(Some(self.at));
            match c {
                '\'' => self.single()?,
                '"' => self.double(depth)?,
                '$' => self.dollar(depth)?,
                '\\' => {
                    self.next();
                    self.next();
                }
                _ => {
                    self.next();
                }
            }
        }
    }

    fn single(&mut self) -> Option<()> {
        self.next();
        while self.next()? != '\'' {}
        Some(())
    }

    fn double(&mut self, depth: usize) -> Option<()> {
        self.next();
        loop {
            match self.peek()? {
                '"' => {
                    self.next();
                    return Some(());
                }
                '$' => self.dollar(depth)?,
                '\\' => {
                    self.next();
                    self.next()?;
                }
                _ => {
                    self.next();
                }
            }
        }
    }

    /// `$name`, or `${name}` with one of the operators that BuildKit knows; anything else in braces makes it give up.
    fn dollar(&mut self, depth: usize) -> Option<()> {
        self.next();
        if self.peek() != Some('{') {
            self.name();
            return Some(());
        }
        self.next();
        self.name();
        match self.next()? {
            '}' => Some(()),
            ':' => {
                self.next()?;
                self.until(Some('}'), depth + 1)
            }
            '+' | '-' | '?' | '#' | '%' => self.until(Some('}'), depth + 1),
            '/' => {
                if self.peek() == Some('/') {
                    self.next();
                }
                self.until(Some('/'), depth + 1)?;
                self.until(Some('}'), depth + 1)
            }
            _ => None,
        }
    }

    /// A name, one digit, or one special character.
    fn name(&mut self) {
        match self.peek() {
            Some(c) if c.is_ascii_digit() || matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                self.next();
            }
            _ => {
                while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    self.next();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        openers(line).into_iter().map(|opener| opener.name).collect()
    }

    #[test]
    fn whole_words_open_a_heredoc() {
        assert_eq!(names("RUN cat <<EOF > /f"), ["EOF"]);
        assert_eq!(names("COPY <<A <<-\"B\" /d/"), ["A", "B"]);
        assert_eq!(names("RUN 3<<EOF x"), ["EOF"]);
        assert_eq!(names("RUN a # see <<EOF"), ["EOF"]);
        assert_eq!(names("RUN cat <<EOF>f"), ["EOF>f"]);
        assert_eq!(names("RUN cat << EOF"), ["EOF"]);
    }

    #[test]
    fn others_do_not() {
        for line in [
            "RUN cat<<EOF",
            "RUN cat <<<x",
            "RUN cat <<\"\"",
            "RUN echo \"<<EOF\"",
            "RUN cat <<EOF # it's",
            "RUN cat <<EOF ${a^^}",
            "RUN cat <<EOF ${#a}",
            "RUN cat <<EOF ${!a}",
            "RUN echo $((1<<4))",
            "RUN cat <<- EOF",
        ] {
            assert!(names(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn quotes_decide_about_expansion() {
        assert!(openers("RUN <<EOF")[0].expand);
        assert!(!openers("RUN <<'EOF'")[0].expand);
        assert!(openers("RUN <<\\EOF")[0].expand && openers("RUN <<\\EOF")[0].name == "EOF");
    }
}
