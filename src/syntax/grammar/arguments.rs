//! What stands behind the flags, by keyword; and with it the whole of an instruction, ONBUILD's inner one included.

use super::head::head;
use super::{arg, command, from, healthcheck, pairs, range, transfer};
use crate::syntax::error::{Refusal, unknown_instruction};
use crate::syntax::{Args, Command, Content, ErrorStage, Instruction, Keyword, Logical, Opaque};
use crate::text::Span;
use std::ops::Range;
use std::sync::Arc;

/// Reads a joined line. `lines` and heredocs are the caller's to fill in.
pub(crate) fn instruction(line: Logical, escape: char) -> (Instruction, Option<Refusal>) {
    read(line, escape, false)
}

fn read(line: Logical, escape: char, inner: bool) -> (Instruction, Option<Refusal>) {
    let head = head(line.text());
    let parsed = arguments(&line, &head.rest, head.keyword, escape, inner);
    let unknown = head.keyword == Keyword::Unknown;
    let (args, refusal) = match parsed {
        _ if unknown => (Args::Invalid, Some(unknown_word(&line, head.word.clone()))),
        Ok((args, refusal)) => (args, refusal),
        Err(refusal) => (Args::Invalid, Some(refusal)),
    };
    let doubtful = head.torn || super::exec::trails(&line.text()[head.rest.clone()]);
    let opaque = doubtful.then_some(Opaque::FrontendsDisagree);
    let content = Content { keyword: head.keyword, flags: head.flags, rest: head.rest, args, opaque };
    let keyword_span = keyword_span(&line, head.word);
    let content = Arc::new(content);
    let instruction = Instruction { content, keyword_span, lines: (0, 0), line, heredocs: Vec::new() };
    (instruction, refusal)
}

fn keyword_span(line: &Logical, word: Range<usize>) -> Span {
    match line.text().is_empty() {
        true => Span::default(),
        false => line.span(word),
    }
}

fn unknown_word(line: &Logical, word: Range<usize>) -> Refusal {
    let message = unknown_instruction(&line.text()[word.clone()]);
    Refusal::instruction(word, message)
}

type Read = Result<(Args, Option<Refusal>), Refusal>;

fn arguments(line: &Logical, rest: &Range<usize>, keyword: Keyword, escape: char, inner: bool) -> Read {
    let text = line.text();
    let words = &text[rest.clone()];
    let args = match keyword {
        Keyword::Add | Keyword::Copy => transfer::transfer(text, words, keyword),
        Keyword::Arg => pairs::build_args(text, words, escape),
        Keyword::Env | Keyword::Label => pairs::pairs(text, words, keyword, escape),
        Keyword::Cmd | Keyword::Entrypoint | Keyword::Run => command::command(text, words).map(Args::Command),
        Keyword::Expose | Keyword::Volume => transfer::list_of(text, words, keyword),
        Keyword::From => from::from(text, words),
        Keyword::Healthcheck => healthcheck::healthcheck(text, words),
        Keyword::Shell => command::shell(text, words),
        Keyword::Maintainer | Keyword::Stopsignal | Keyword::User | Keyword::Workdir => whole(text, words, keyword),
        Keyword::Onbuild => return onbuild(line, rest, escape, inner),
        Keyword::Unknown => Ok(Args::Invalid),
    };
    args.map(|args| (args, None))
}

/// ```text
/// whole = 1*any
/// ```
fn whole(line: &str, rest: &str, keyword: Keyword) -> Result<Args, Refusal> {
    match rest.is_empty() {
        true => {
            let message = format!("`{}` needs an argument; add it, or remove the line", keyword.name());
            Err(Refusal::instruction(range(line, rest), message))
        }
        false => Ok(Args::Text(arg(line, rest))),
    }
}

/// ```text
/// onbuild = instruction              ; none of ONBUILD, FROM, MAINTAINER
/// ```
///
/// What is wrong with the inner instruction shows when a child is built, unless its line can't be read at all.
fn onbuild(line: &Logical, rest: &Range<usize>, escape: char, inner: bool) -> Read {
    let refuse = |message: &str| Refusal::instruction(rest.clone(), message);
    if inner || rest.is_empty() {
        return Err(refuse("`ONBUILD` needs an instruction behind it; add one"));
    }
    let (mut instruction, refusal) = read(line.part(rest.start..line.text().len()), escape, true);
    // the child reads the text anew, with the default escape character
    if escape != '\\' && instruction.line.text().contains([escape, '\\']) {
        instruction.content_mut().opaque = Some(Opaque::FrontendsDisagree);
    }
    if let Some(refusal) = refusal.filter(|refusal| refusal.stage == ErrorStage::Lines) {
        let at = refusal.at.start + rest.start..refusal.at.end + rest.start;
        return Err(Refusal { at, ..refusal });
    }
    let refusal = match instruction.keyword {
        Keyword::Onbuild => Some(refuse("an `ONBUILD` can't hold another one; remove one of them")),
        Keyword::From | Keyword::Maintainer => {
            let message = format!("`{}` can't be deferred with `ONBUILD`", instruction.keyword.name());
            Some(refuse(&message))
        }
        _ => None,
    };
    Ok((Args::Onbuild(Box::new(instruction)), refusal))
}

/// Whether heredocs are looked for.
pub(crate) fn takes_heredocs(instruction: &Instruction) -> bool {
    let instruction = match &instruction.args {
        Args::Onbuild(inner) => inner,
        _ => instruction,
    };
    let json = matches!(instruction.args, Args::Command(Command::Exec(_)) | Args::Transfer { json: true, .. });
    matches!(instruction.keyword, Keyword::Run | Keyword::Copy | Keyword::Add) && !json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;

    fn parse(text: &str) -> (Instruction, Option<Refusal>) {
        let mut line = Logical::default();
        line.push(text, 0);
        instruction(line, '\\')
    }

    #[test]
    fn whole_texts_keep_their_spaces() {
        let (workdir, _) = parse("WORKDIR /a  b # c ");
        assert!(matches!(&workdir.args, Args::Text(arg) if arg.text == "/a  b # c"));
        assert!(parse("USER").1.is_some());
    }

    #[test]
    fn onbuild_holds_an_instruction_with_places_in_the_same_file() {
        let (onbuild, refusal) = parse("ONBUILD  copy --link a b");
        let Args::Onbuild(inner) = &onbuild.args else { panic!() };
        assert_eq!((inner.keyword, inner.keyword_span, refusal), (Keyword::Copy, Span::new(9, 13), None));
        assert_eq!((inner.flags.len(), inner.line.text()), (1, "copy --link a b"));
    }

    #[test]
    fn onbuild_refuses_some_and_forgives_much() {
        for text in ["ONBUILD", "ONBUILD ONBUILD RUN a", "ONBUILD FROM x", "onbuild maintainer x"] {
            assert_eq!(parse(text).1.unwrap().stage, ErrorStage::Instructions, "{text}");
        }
        assert_eq!(parse("ONBUILD ENV a=b c").1.unwrap().stage, ErrorStage::Lines);
        assert_eq!(parse("ONBUILD COPY a").1, None);
        assert_eq!(parse("ONBUILD FOO a").1, None);
    }

    #[test]
    fn a_child_reads_with_the_default_escape_character() {
        let source = Source::new("# escape=`\nFROM a\nONBUILD ENV a=b`\"\nONBUILD RUN a\n");
        let parsed = crate::syntax::parse(&source);
        let opaque: Vec<bool> = parsed.file.instructions().map(|(_, it)| it.opaque.is_some()).collect();
        assert_eq!(opaque, [false, true, false]);
    }

    #[test]
    fn long_chains_of_onbuild_do_no_harm() {
        assert!(parse(&"ONBUILD ".repeat(100_000)).1.is_some());
    }
}
