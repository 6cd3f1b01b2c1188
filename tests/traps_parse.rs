//! The files on which parsers that go by lines or regular expressions fail.

#![allow(clippy::unwrap_used)]

#[path = "support/corpus.rs"]
mod corpus;

use dfopt::syntax::{Args, ErrorStage, Instruction, ItemKind, Keyword, parse};
use dfopt::text::Source;

/// What each file reads as, in the words of [`outline`]: the original first, then the one that a naive tool makes of it.
const TRAPS: &[(&str, &str, &str)] = &[
    ("001-heredoc-body-looks-like-dockerfile", "FROM 1, RUN 2-10 <<EOF, CMD 11 exec", ""),
    ("002-heredoc-trailing-space-is-data", "FROM 1, COPY 2-8 <<EOF", "FROM 1, COPY 2-6 <<EOF"),
    ("003-heredoc-dash-tabs-only", "FROM 1, RUN 2-4 <<-EOF, CMD 5 exec", "FROM 1, RUN 2, lines refused at 2"),
    ("005-heredoc-redirect-glue", "FROM 1, RUN 2-4 <<EOF", "FROM 1, RUN 2, lines refused at 2"),
    ("006-heredoc-close-paren-glue", "FROM 1, RUN 2-4 <<EOF", "FROM 1, RUN 2, lines refused at 2"),
    ("007-heredoc-opener-in-quotes", "FROM 1, RUN 2, RUN 3", ""),
    (
        "009-unbalanced-quote-disables-heredoc",
        "FROM 1, RUN 2, RUN 3-5 <<EOF",
        "FROM 1, RUN 2, RUN 3, it's 4, EOF 5, instruction refused at 4, instruction refused at 5",
    ),
    (
        "010-bash-expansion-disables-heredoc",
        "FROM 1, SHELL 2 exec, RUN 3-5 <<EOF",
        "FROM 1, SHELL 2 exec, RUN 3, hi 4, EOF 5, instruction refused at 4, instruction refused at 5",
    ),
    ("011-comment-in-continuation", "FROM 1, RUN 2-7", "FROM 1, RUN 2-6"),
    ("013-blank-line-inside-env", "FROM 1, ENV 2-4", ""),
    (
        "014-escape-directive-backtick",
        "# escape, FROM 2, RUN 3-4, ENV 5, CMD 6 exec",
        "# escape, FROM 2, RUN 3, && 4, ENV 5, CMD 6 exec, instruction refused at 4",
    ),
    ("015-escape-directive-after-comment-is-dead", "FROM 3, RUN 4-5", ""),
    (
        "017-bom-first",
        "# escape, FROM 2, RUN 3-4",
        "\u{feff}# 2, FROM 3, RUN 4, && 5, instruction refused at 2, instruction refused at 5",
    ),
    ("018-shebang-kills-escape-not-syntax", "# syntax, FROM 4, RUN 5-6", ""),
    ("019-crlf-heredoc-keeps-cr", "FROM 1, RUN 2-3, COPY 4-6 <<EOF", "FROM 1, RUN 2-3, COPY 4-6 <<EOF"),
    ("021-trailing-space-after-backslash", "FROM 1, RUN 2-3, ENV 4-5", ""),
    ("022-invalid-json-single-quotes", "FROM 1, CMD 2", "FROM 1, CMD 2 exec"),
    ("023-invalid-json-trailing-comma", "FROM 1, ENTRYPOINT 2", "FROM 1, ENTRYPOINT 2 exec"),
    ("025-workdir-inline-hash", "FROM 1, WORKDIR 2, RUN 3", "FROM 1, WORKDIR 2, RUN 3"),
    ("026-run-test-bracket-not-json", "FROM 1, RUN 2, RUN 3", ""),
    ("027-quoted-string-with-hash-line", "FROM 1, RUN 2-4", "FROM 1, RUN 2"),
    ("029-collapse-spaces-in-quotes", "FROM 1, RUN 2-3, WORKDIR 4", "FROM 1, RUN 2-3, WORKDIR 4"),
    ("030-onbuild-not-executed", "FROM 1, ONBUILD 2, ONBUILD 3, RUN 4", "FROM 1, RUN 2"),
    ("031-stage-name-case", "FROM 1, RUN 2, FROM 3, COPY 4", ""),
    ("033-flag-after-source-is-path", "FROM 1, COPY 2", "FROM 1, COPY 2"),
    ("034-mount-flag-csv-quoting", "FROM 1, RUN 2", "FROM 1, RUN 2"),
    ("035-check-error-true", "# check, FROM 2, ARG 3, ENTRYPOINT 4 exec", "# check, FROM 2, ARG 3, ENTRYPOINT 4"),
    ("037-two-heredocs-order", "FROM 1, COPY 2-6 <<one.txt <<two.txt", ""),
    ("038-copy-json-spaces", "FROM 1, COPY 2 exec", "FROM 1, COPY 2"),
];

#[test]
fn each_trap_reads_as_stated() {
    let traps = corpus::traps();
    for (trap, original, naive) in TRAPS {
        for (file, expected) in [("Dockerfile", original), ("naive.Dockerfile", naive)] {
            let path = traps.join(trap).join(file);
            match expected.is_empty() {
                true => assert!(!path.exists(), "{trap}/{file} has no expectation"),
                false => assert_eq!(outline(&std::fs::read(path).unwrap()), **expected, "{trap}/{file}"),
            }
        }
    }
}

#[test]
fn every_trap_of_the_parser_is_in_the_list() {
    let traps = corpus::traps();
    let list = std::fs::read_to_string(traps.join("traps.tsv")).unwrap();
    let ids = list.lines().filter(|line| line.split('\t').nth(1) == Some("parse/lossless"));
    let ids: Vec<&str> = ids.filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(ids, TRAPS.iter().map(|trap| trap.0).collect::<Vec<_>>());
}

/// Instructions with their lines, form and heredocs, and what is refused.
fn outline(bytes: &[u8]) -> String {
    let source = Source::from_bytes(bytes).unwrap();
    let parsed = parse(&source);
    let items = parsed.file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Instruction(instruction) => Some(instruction_outline(instruction, &source)),
        ItemKind::Directive(directive) => Some(format!("# {}", directive.name)),
        _ => None,
    });
    let errors = parsed.errors.iter().map(|error| match error.stage {
        ErrorStage::Lines => format!("lines refused at {}", error.line),
        ErrorStage::Instructions => format!("instruction refused at {}", error.line),
        ErrorStage::Conversion => format!("conversion refused at {}", error.line),
    });
    items.chain(errors).collect::<Vec<_>>().join(", ")
}

fn instruction_outline(instruction: &Instruction, source: &Source) -> String {
    let (first, last) = instruction.lines;
    let lines = if first == last { first.to_string() } else { format!("{first}-{last}") };
    let mut out = format!("{} {lines}", source.slice(instruction.keyword_span));
    if instruction.is_json() {
        out.push_str(" exec");
    }
    for heredoc in &instruction.heredocs {
        out.push_str(if heredoc.chomp { " <<-" } else { " <<" });
        out.push_str(&heredoc.name);
    }
    out
}

/// The instruction at an index of a trap's original.
fn with(trap: &str, index: usize, check: impl Fn(&Instruction, &Source)) {
    let traps = corpus::traps();
    let source = Source::from_bytes(&std::fs::read(traps.join(trap).join("Dockerfile")).unwrap()).unwrap();
    let parsed = parse(&source);
    let (_, instruction) = parsed.file.instructions().nth(index).unwrap();
    check(instruction, &source);
}

#[test]
fn bodies_keep_their_bytes() {
    with("002-heredoc-trailing-space-is-data", 1, |copy, source| {
        let body = source.slice(copy.heredocs[0].body);
        assert!(body.contains("   \n\n\n") && body.ends_with("\t\n"));
    });
    with("003-heredoc-dash-tabs-only", 1, |run, source| {
        assert!(!run.script(source).unwrap().text().contains('\t'));
    });
    with("019-crlf-heredoc-keeps-cr", 2, |copy, source| {
        assert!(source.slice(copy.heredocs[0].body).ends_with("\r\n") && !copy.line.text().contains('\r'));
    });
    with("037-two-heredocs-order", 1, |copy, source| {
        let bodies: Vec<&str> = copy.heredocs.iter().map(|heredoc| source.slice(heredoc.body)).collect();
        assert_eq!(bodies, ["1\n", "2\n"]);
    });
}

#[test]
fn comments_inside_a_continuation_are_no_text() {
    with("011-comment-in-continuation", 1, |run, _| assert!(!run.line.text().contains('#')));
    with("027-quoted-string-with-hash-line", 1, |run, _| assert!(!run.line.text().contains("two")));
    with("013-blank-line-inside-env", 1, |env, _| {
        assert!(matches!(&env.args, Args::Pairs { pairs, legacy: false } if pairs.len() == 2));
    });
}

#[test]
fn white_space_and_hash_are_text_elsewhere() {
    with("025-workdir-inline-hash", 1, |workdir, _| {
        assert!(matches!(&workdir.args, Args::Text(text) if text.text.contains(" # ")));
    });
    with("029-collapse-spaces-in-quotes", 1, |run, _| assert!(run.line.text().contains("b  c")));
    with("029-collapse-spaces-in-quotes", 2, |workdir, _| {
        assert!(matches!(&workdir.args, Args::Text(text) if text.text.contains("  ")));
    });
    with("021-trailing-space-after-backslash", 2, |env, _| assert_eq!(env.buildkit_args()[1], "\"y  z\""));
}

#[test]
fn flags_onbuild_and_names() {
    with("030-onbuild-not-executed", 1, |onbuild, _| {
        assert!(matches!(&onbuild.args, Args::Onbuild(inner) if inner.keyword == Keyword::Run));
    });
    with("031-stage-name-case", 0, |from, _| {
        assert!(matches!(&from.args, Args::From { alias: Some(alias), .. } if alias.text.starts_with('B')));
    });
    with("033-flag-after-source-is-path", 1, |copy, _| {
        assert!(copy.flags.is_empty());
        assert!(matches!(&copy.args, Args::Transfer { sources, .. } if sources.len() == 2));
    });
    with("034-mount-flag-csv-quoting", 1, |run, _| {
        assert!(run.flag("mount").unwrap().value.as_ref().unwrap().contains("\"source=a,b.txt\""));
    });
    with("038-copy-json-spaces", 1, |copy, _| {
        assert!(matches!(&copy.args, Args::Transfer { sources, json: true, .. } if sources[0].text.contains(' ')));
    });
}
