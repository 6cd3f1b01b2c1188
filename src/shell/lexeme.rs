//! The smallest things: names, numbers, operators, reserved words.

use super::cursor::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::combinator::{opt, recognize, verify};
use nom::{IResult, Parser as _};

/// `name = [A-Za-z_] [A-Za-z0-9_]*`
pub(super) fn name(input: &str) -> IResult<&str, &str> {
    verify(take_while1(is_name_char), |s: &str| !s.starts_with(|c: char| c.is_ascii_digit())).parse(input)
}

/// `number = [0-9]+`
pub(super) fn number(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_digit()).parse(input)
}

/// `variable = "{" name ("[" [^]]* "]")? "}"`, bash's file descriptor in a variable
pub(super) fn variable(input: &str) -> IResult<&str, &str> {
    let subscript = (tag("["), take_while(|c| !" \t\n]${}\"'`".contains(c)), tag("]"));
    recognize((tag("{"), name, opt(subscript), tag("}"))).parse(input)
}

/// `redirection = "&>>" | "&>" | "<<<" | "<<-" | "<<" | "<&" | "<>" | "<" | ">>" | ">&" | ">|" | ">"`
pub(super) fn redirection(input: &str) -> IResult<&str, &str> {
    let outputs = alt((tag(">>"), tag(">&"), tag(">|"), tag(">")));
    let inputs = alt((tag("<<<"), tag("<<-"), tag("<<"), tag("<&"), tag("<>"), tag("<")));
    alt((tag("&>>"), tag("&>"), inputs, outputs)).parse(input)
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a text is a `name`, whole.
pub(super) fn is_name(text: &str) -> bool {
    matches!(name(text), Ok(("", _)))
}

/// Whether a text is a `number`, whole.
pub(super) fn is_number(text: &str) -> bool {
    matches!(number(text), Ok(("", _)))
}

const WORD_END: u8 = 1;
const QUOTE: u8 = 2;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut i = 0;
    while i < 256 {
        class[i] = match i as u8 {
            b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' => WORD_END,
            b'\'' | b'"' | b'`' | b'$' | b'\\' => QUOTE,
            _ => 0,
        };
        i += 1;
    }
    class
};

/// Whether a byte ends a word where it stands unquoted.
pub(super) fn ends_word(byte: u8) -> bool {
    CLASS[byte as usize] == WORD_END
}

/// Whether a byte is neither an end of a word nor a quoting or expanding character.
pub(super) fn is_plain(byte: u8) -> bool {
    CLASS[byte as usize] == 0
}

/// Whether a text is a reserved word: one with a meaning at the start of a command.
pub(super) fn is_reserved(text: &str) -> bool {
    matches!(
        text,
        "!" | "[["
            | "case"
            | "coproc"
            | "do"
            | "done"
            | "elif"
            | "else"
            | "esac"
            | "fi"
            | "for"
            | "function"
            | "if"
            | "in"
            | "select"
            | "then"
            | "time"
            | "until"
            | "while"
            | "{"
            | "}"
            | "]]"
    )
}

/// Whether a reserved word may start with a byte: most words are told apart by that.
fn starts_reserved(byte: u8) -> bool {
    matches!(byte, b'!' | b'{' | b'}' | b'[' | b']' | b'c'..=b'f' | b'i' | b's'..=b'u' | b'w')
}

impl<'t> Parser<'t> {
    /// The unquoted word that comes next, if it is one of the reserved words. Takes nothing.
    pub fn reserved(&self) -> Option<&'t str> {
        if !starts_reserved(self.peek()?) {
            return None;
        }
        let rest = self.bytes.get(self.at..)?;
        let length = rest.iter().take(9).position(|&b| !is_plain(b)).unwrap_or(rest.len().min(9));
        let word = self.slice(self.at, self.at + length);
        (is_reserved(word) && self.is_word_end(self.at + length)).then_some(word)
    }

    /// Whether a word that goes up to `at` ends there; a line continuation does not end one by itself.
    pub fn is_word_end(&self, mut at: usize) -> bool {
        while self.bytes.get(at..).is_some_and(|rest| rest.starts_with(b"\\\n")) {
            at += 2;
        }
        let process = matches!(self.bytes.get(at..at + 2), Some(b"<(" | b">("));
        !process && self.bytes.get(at).is_none_or(|&b| ends_word(b))
    }

    /// Takes the reserved word `word` if it comes next.
    pub fn take_reserved(&mut self, word: &str) -> bool {
        let found = self.peek() == word.bytes().next() && self.reserved() == Some(word);
        if found {
            self.at += word.len();
        }
        found
    }

    /// Takes the reserved word `word`, behind blanks, or fails with `why`.
    pub fn expect_reserved(&mut self, word: &str, why: &'static str) -> super::cursor::Result<()> {
        self.blanks();
        if self.take_reserved(word) { Ok(()) } else { self.fail(why) }
    }
}
