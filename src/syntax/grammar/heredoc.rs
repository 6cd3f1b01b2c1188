//! Which words of a line open a heredoc.

use super::shell_words::{DEEPEST, Failed, Raw, Word, shell_words};
use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{char, digit0};
use nom::combinator::{all_consuming, opt, rest, verify};
use nom::{IResult, Parser};
use std::ops::Range;

/// An opener: `[fd]<<[-]name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opener {
    /// In the line.
    pub range: Range<usize>,
    pub fd: Option<u32>,
    pub name: String,
    pub expand: bool,
    pub chomp: bool,
}

/// What a line holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Openers {
    /// In their order.
    pub openers: Vec<Opener>,
    /// Whether other frontends may see others: white space stands behind a `<<`, which those from before 1.16 don't read
    /// over, or `${…}` nests deeper than is followed here.
    pub doubtful: bool,
}

/// All openers of a whole joined line, keyword and flags included.
///
/// # Errors
/// A word that looks like an opener and whose name can't be read: BuildKit refuses the file.
pub(crate) fn openers(line: &str) -> Result<Openers, Failed> {
    let mut found = Openers { openers: Vec::new(), doubtful: false };
    if !line.contains("<<") {
        return Ok(found);
    }
    let Ok(words) = shell_words(line, Raw { quotes: true, escapes: true }) else {
        found.doubtful = line.matches("${").count() > DEEPEST;
        return Ok(found);
    };
    for word in words.into_iter().filter(|word| word.text.contains("<<")) {
        if let Some(opener) = opener(&word)? {
            found.doubtful |= word.spaced;
            found.openers.push(opener);
        }
    }
    Ok(found)
}

/// The opener that a text is as a whole.
pub(crate) fn of_word(text: &str) -> Result<Option<Opener>, Failed> {
    match text.contains("<<") {
        true => opener(&Word { text: text.to_owned(), range: 0..text.len(), spaced: false }),
        false => Ok(None),
    }
}

fn opener(word: &Word) -> Result<Option<Opener>, Failed> {
    let Ok((_, (fd, _, dash, _, name))) = parts(&word.text) else { return Ok(None) };
    let plain = shell_words(name, Raw { quotes: false, escapes: false })?;
    let [plain] = &plain[..] else { return Ok(None) };
    let quoted = shell_words(name, Raw { quotes: true, escapes: false })?;
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    Ok(Some(Opener {
        range: word.range.clone(),
        fd: (!fd.is_empty()).then(|| fd.parse().unwrap_or(u32::MAX)),
        expand: quoted.first().is_some_and(|raw| quotes(&raw.text) == quotes(&plain.text)),
        name: plain.text.clone(),
        chomp: dash.is_some(),
    }))
}

/// ```text
/// opener = *DIGIT "<<" ["-"] *ws 1*( any but "<" )
/// ```
fn parts(word: &str) -> IResult<&str, (&str, &str, Option<char>, &str, &str)> {
    let space = take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\x0c' | '\r'));
    let name = verify(rest, |name: &str| !name.is_empty() && !name.contains('<'));
    all_consuming((digit0, tag("<<"), opt(char('-')), space, name)).parse(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        openers(line).unwrap().openers.into_iter().map(|opener| opener.name).collect()
    }

    #[test]
    fn openers_in_their_order() {
        assert_eq!(names("RUN cat <<A 3<<B > x"), ["A", "B"]);
        assert_eq!(names("COPY <<a.txt <<'b c' /"), ["a.txt", "b c"]);
        assert_eq!(names("RUN x # y <<A"), ["A"]);
        assert_eq!(names("RUN <<$X"), ["$X"]);
    }

    #[test]
    fn what_is_none() {
        for line in
            ["RUN cat<<A", "RUN <<<A", "RUN <<\"\"", "RUN '<<A'", "RUN echo \"<<A\"", "RUN $((1<<4))", "RUN <<- A"]
        {
            assert_eq!(names(line), [""; 0], "{line}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_split_has_none() {
        for line in ["RUN <<A # it's", "RUN <<A ${a^^}", "RUN <<A ${#a}"] {
            assert_eq!(names(line), [""; 0], "{line}");
        }
        assert_eq!(names("RUN <<A ${a:0:3}"), ["A"]);
    }

    #[test]
    fn a_name_goes_up_to_white_space() {
        assert_eq!(names("RUN cat <<EOF>f"), ["EOF>f"]);
        assert_eq!(names("RUN (cat <<EOF)"), ["EOF)"]);
        assert_eq!(names("RUN cat <<EOF;"), ["EOF;"]);
    }

    #[test]
    fn white_space_behind_the_sign_is_read_by_new_frontends_only() {
        let spaced = openers("RUN << EOF").unwrap();
        assert_eq!((spaced.openers[0].name.as_str(), spaced.doubtful), ("EOF", true));
        assert_eq!(names("RUN echo $((1 << 4))"), ["4))"]);
        assert!(!openers("RUN <<EOF").unwrap().doubtful);
    }

    #[test]
    fn quotes_chomp_and_descriptor() {
        let one = |line: &str| openers(line).unwrap().openers.remove(0);
        for (line, expand) in
            [("<<A", true), ("<<'A'", false), ("<<\"A\"", false), ("<<E\"O\"F", false), ("<<\\A", true)]
        {
            assert_eq!(one(line).expand, expand, "{line}");
        }
        assert!(one("<<-A").chomp && !one("<<A").chomp);
        assert_eq!((one("3<<A").fd, one("<<A").fd), (Some(3), None));
        assert_eq!(one("RUN x <<-'E' y").range, 6..12);
    }
}
