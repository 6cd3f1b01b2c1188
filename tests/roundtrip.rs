//! Whatever the input: items tile the file, nothing panics, and every byte of a joined line is a byte of the file.

#![allow(clippy::unwrap_used)]

#[path = "support/corpus.rs"]
mod corpus;

use dfopt::syntax::{Arg, Args, Command, Instruction, Logical, Parsed, parse};
use dfopt::text::{Source, Span};
use proptest::prelude::*;
use std::ops::Range;
use std::path::Path;

/// All that must hold for any text.
fn check(source: &Source) -> Parsed {
    let parsed = parse(source);
    let mut at = 0;
    for item in &parsed.file.items {
        assert_eq!(item.span.start as usize, at, "items follow one another");
        assert!(!item.span.is_empty());
        at = item.span.end as usize;
        assert!(at == source.text().len() || source.text().as_bytes()[at - 1] == b'\n', "items end with a line");
    }
    assert_eq!(at, source.text().len(), "items reach the end");
    for (index, instruction) in parsed.file.instructions() {
        check_instruction(instruction, parsed.file.items[index].span, source);
    }
    for error in &parsed.errors {
        assert!(error.span.end as usize <= source.text().len());
        let _ = source.slice(error.span);
    }
    parsed
}

fn check_instruction(instruction: &Instruction, item: Span, source: &Source) {
    let line = &instruction.line;
    check_logical(line, item, source);
    assert!(item.contains(instruction.keyword_span));
    let _ = source.slice(instruction.keyword_span);
    check_range(line, &instruction.rest, source);
    instruction.flags.iter().for_each(|flag| check_range(line, &flag.range, source));
    for heredoc in &instruction.heredocs {
        check_range(line, &heredoc.opener, source);
        assert!(item.contains(heredoc.body) && item.contains(heredoc.terminator));
        assert_eq!(heredoc.body.end, heredoc.terminator.start);
        let _ = source.slice(heredoc.body);
    }
    check_args(instruction, item, source);
    if let Some(script) = instruction.script(source) {
        check_logical(&script, item, source);
    }
    let _ = instruction.buildkit_args();
}

fn check_args(instruction: &Instruction, item: Span, source: &Source) {
    let line = &instruction.line;
    let same = |arg: &Arg| {
        check_range(line, &arg.range, source);
        assert_eq!(line.text()[arg.range.clone()], arg.text);
    };
    let string = |arg: &Arg| {
        check_range(line, &arg.range, source);
        assert!(line.text()[arg.range.clone()].starts_with('"'));
    };
    match &instruction.args {
        Args::From { image, alias } => std::iter::once(image).chain(alias).for_each(same),
        Args::Command(Command::Exec(args)) | Args::Healthcheck(Some(Command::Exec(args))) => {
            args.iter().for_each(string)
        }
        Args::Command(Command::Shell(range)) | Args::Healthcheck(Some(Command::Shell(range))) => {
            check_range(line, range, source);
        }
        Args::Transfer { sources, dest, json: true } => sources.iter().chain([dest]).for_each(string),
        Args::Transfer { sources, dest, json: false } => sources.iter().chain([dest]).for_each(same),
        Args::Words { words, json } => match json {
            true => words.iter().for_each(string),
            false => words.iter().for_each(same),
        },
        Args::Pairs { pairs, .. } => pairs.iter().for_each(|pair| {
            same(&pair.name);
            pair.value.iter().for_each(same);
        }),
        Args::Text(text) => same(text),
        Args::Onbuild(inner) => check_instruction(inner, item, source),
        Args::Healthcheck(None) | Args::Invalid => {}
    }
}

fn check_logical(line: &Logical, item: Span, source: &Source) {
    let file = source.text().as_bytes();
    let mut before = None;
    for (i, byte) in line.text().bytes().enumerate() {
        let at = line.offset(i);
        assert_eq!(file[at], byte, "a byte of the joined line is a byte of the file");
        assert!(before < Some(at) && item.range().contains(&at));
        before = Some(at);
    }
}

fn check_range(line: &Logical, range: &Range<usize>, source: &Source) {
    let _ = &line.text()[range.clone()];
    let _ = source.slice(line.span(range.clone()));
}

#[test]
fn the_corpus_survives() {
    let mut count = 0;
    let mut survives = |bytes: &[u8]| {
        if let Ok(source) = Source::from_bytes(bytes) {
            check(&source);
            assert_eq!(source.to_bytes(), bytes);
            count += 1;
        }
    };
    visit(corpus::generated(), &mut survives);
    if let Some(corpus) = corpus::path() {
        visit(&corpus, &mut survives);
    }
    eprintln!("{count} files survive");
}

fn visit(folder: &Path, each: &mut impl FnMut(&[u8])) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.extension().and_then(|it| it.to_str()) {
            _ if path.is_dir() => visit(&path, each),
            Some("jsonl" | "xz" | "tsv") => {}
            _ => each(&std::fs::read(&path).unwrap()),
        }
    }
}

/// Pieces that Dockerfiles are made of, and that they break at.
fn dockerfile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "FROM ",
        "RUN ",
        "COPY ",
        "ADD ",
        "ENV ",
        "ARG ",
        "LABEL ",
        "CMD ",
        "SHELL ",
        "HEALTHCHECK ",
        "NONE",
        "ONBUILD ",
        "EXPOSE ",
        "VOLUME ",
        "USER ",
        "WORKDIR ",
        "AS ",
        "run ",
        "a",
        "b=c",
        "x y",
        "=",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\t",
        "\\\n",
        "\\ \n",
        "\\\\\n",
        "\\",
        "`\n",
        "`",
        "# escape=`\n",
        "# syntax=a\n",
        "#!x\n",
        "# c\n",
        "#",
        "<<EOF",
        "<<-EOF",
        "<< EOF",
        "<<'E F'",
        "EOF",
        "\nEOF\n",
        "\n\tEOF\n",
        "E F\n",
        "3<<x",
        "<",
        "\"",
        "'",
        "$",
        "${",
        "}",
        "${a:-",
        "$((1 << 2))",
        "[\"",
        "\", \"",
        "\"]",
        "[",
        "]",
        ",",
        "1",
        "\\\"",
        "\\u00e9",
        "\\ud83d",
        "--",
        "--a=b ",
        "--from=x ",
        "--mount=type=cache ",
        "é",
        "\u{a0}",
        "\u{85}",
        "à",
        "酒",
        "\u{feff}",
        "\x0b",
        "\x0c",
        "\u{10feff}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_tiled(text in "(?s).{0,200}") {
        check(&Source::new(text));
    }

    #[test]
    fn any_dockerfile_like_text_is_tiled(text in dockerfile()) {
        check(&Source::new(text));
    }

    #[test]
    fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(source) = Source::from_bytes(&bytes) {
            check(&source);
            prop_assert_eq!(source.to_bytes(), bytes);
        }
    }

    /// Line ends are no part of what an instruction means.
    #[test]
    fn crlf_changes_no_argument(text in "(FROM a|RUN (a|b \\\\\n|#c\n| )*|ENV a=b|COPY a b|\n){0,12}") {
        let args = |text: &str| -> Vec<Vec<String>> {
            let parsed = check(&Source::new(text));
            parsed.file.instructions().map(|(_, instruction)| instruction.buildkit_args()).collect()
        };
        prop_assert_eq!(args(&text), args(&text.replace('\n', "\r\n")));
    }
}

#[test]
fn hard_texts() {
    for text in [
        "",
        "\u{feff}",
        "\n",
        "\r",
        "\\",
        "\\\n",
        "\\\n\n# c\n",
        "#",
        "\u{feff}#!x\n",
        "RUN",
        "RUN <<E",
        "RUN <<E\n",
        "RUN <<E\nE",
        "ONBUILD",
        "ONBUILD RUN <<E\nx\nE\n",
        "COPY <<E <<F /\n\nE\nF",
        "\\\n\\\n\\\n",
        "HEALTHCHECK cmd",
        "\u{a0}RUN a",
    ] {
        check(&Source::new(text));
    }
}

#[test]
fn long_texts_take_linear_time() {
    for part in [
        "RUN a \\\n",
        "\\\n",
        "# c\n",
        "RUN <<E\n",
        "[",
        "\"",
        "'",
        "${a:-",
        "ONBUILD ",
        "<<E ",
        "--a ",
        "a=b ",
        "x=\"",
        "\\ud83d",
    ] {
        for start in ["", "RUN [\"", "ENV a=", "COPY ", "RUN "] {
            let text = format!("{start}{}", part.repeat((1 << 19) / part.len()));
            check(&Source::new(text));
        }
    }
}
