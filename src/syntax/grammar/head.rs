//! The start of every instruction: its keyword, its flags, and where its arguments are.

use super::{flags, is_separator, range};
use crate::syntax::{Flag, Keyword};
use nom::bytes::complete::take_while;
use nom::{IResult, Parser};
use std::ops::Range;

/// An instruction taken apart as far as all of them are alike.
#[derive(Debug)]
pub(crate) struct Head {
    /// Which one.
    pub keyword: Keyword,
    /// The word as written.
    pub word: Range<usize>,
    /// Its flags.
    pub flags: Vec<Flag>,
    /// What stands behind them, trimmed.
    pub rest: Range<usize>,
    /// Whether BuildKit tears a character apart while it reads the flags.
    pub torn: bool,
}

/// ```text
/// instruction = keyword [ 1*sep *flag arguments ] *WS
/// keyword     = *( any but sep )
/// ```
pub(crate) fn head(line: &str) -> Head {
    let trimmed = line.trim();
    let (word, after) = keyword(trimmed).unwrap_or((trimmed, ""));
    let found = flags::flags(line, after);
    let rest = found.rest.trim();
    Head {
        keyword: Keyword::from_word(word),
        word: range(line, word),
        rest: range(line, rest),
        flags: found.flags,
        torn: found.torn,
    }
}

/// The keyword and what stands behind the white space after it.
fn keyword(text: &str) -> Option<(&str, &str)> {
    let parsed: IResult<&str, (&str, &str)> = (take_while(|c| !is_separator(c)), take_while(is_separator)).parse(text);
    parsed.ok().map(|(after, (word, _))| (word, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> (Keyword, &str, usize, &str) {
        let head = head(line);
        (head.keyword, &line[head.word], head.flags.len(), &line[head.rest])
    }

    #[test]
    fn keyword_flags_and_rest() {
        assert_eq!(parts("run  --mount=type=cache,target=/x  ls -l "), (Keyword::Run, "run", 1, "ls -l"));
        assert_eq!(parts("FROM\x0b\tx"), (Keyword::From, "FROM", 0, "x"));
        assert_eq!(parts("CMD"), (Keyword::Cmd, "CMD", 0, ""));
        assert_eq!(parts(""), (Keyword::Unknown, "", 0, ""));
    }

    #[test]
    fn a_no_break_space_belongs_to_the_keyword() {
        assert_eq!(parts("RUN\u{a0}ls -l"), (Keyword::Unknown, "RUN\u{a0}ls", 0, "-l"));
    }
}
