//! The shell grammar against the shells themselves, an independent parser, and inputs made to break it.
//!
//! `DFOPT_CORPUS` names the folder with the corpus (`../shared/corpus` if it is not set). What is not at hand (bash, dash, the
//! corpus) is skipped, and said so.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "shell/constructs.rs"]
mod constructs;
#[path = "shell/corpus.rs"]
mod corpus;
#[path = "shell/independent.rs"]
mod independent;
#[path = "shell/mutants.rs"]
mod mutants;
#[path = "shell/oracle.rs"]
mod oracle;
#[path = "support/random.rs"]
mod random;
#[path = "shell/robust.rs"]
mod robust;
#[path = "shell/spans.rs"]
mod spans;

use dfopt::shell::{Opaque, Shell, parse};
use oracle::Tally;

/// Small texts, valid and not, a line each, with `␤` for a line end.
fn probes() -> Vec<String> {
    lines(include_str!("shell/probes.txt"))
}

/// Texts such as stand in Dockerfiles.
fn examples() -> Vec<String> {
    lines(include_str!("shell/examples.txt"))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.replace('␤', "\n")).collect()
}

/// Texts that bash takes and that are not understood on purpose; why.
fn refused_on_purpose(text: &str, opaque: &Opaque) -> Option<&'static str> {
    match opaque.why {
        why if why.starts_with("a line continuation") => Some("a token that only exists once the lines are joined"),
        why if why.ends_with("that shells read differently") => {
            Some("bash pairs single quotes inside `${…}` in double ones, and reads `<(` there; dash takes both as text")
        }
        "an expansion in a heredoc that is not understood" => {
            Some("bash reads the expansions of a heredoc when it runs it")
        }
        "a parenthesis that is not closed" if text.contains("<<") => {
            Some("`EOF)` ends a heredoc in bash, and in dash it does not")
        }
        "text behind an array" => Some("`a=(b)c` is no array at all"),
        "a heredoc whose body is outside its substitution" => Some("shells do not agree on where the body is"),
        "a delimiter of a heredoc that is not plain text" => Some("an expansion that is none"),
        "a delimiter of a heredoc that holds a line end" => Some("a heredoc that nothing can end"),
        "too many nested parentheses" | "nested too deeply" => Some("limits"),
        _ if text.contains("((") => {
            Some("bash takes `$((` up to its `))`, or whatever closes it, and reads it when it runs it")
        }
        _ if text.contains("\\\n") => Some("a token that only exists once the lines are joined"),
        _ if text.contains("time)") => Some("`$(time)` alone"),
        _ => None,
    }
}

/// Compares with bash and dash; the differences that are not on purpose.
fn compare(texts: &[String]) -> Option<Tally> {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let verdicts = oracle::is_here("bash").then(|| oracle::bash(&texts))?;
    let (mut wrong, mut on_purpose, mut portable, mut accepted) = (Tally::default(), Tally::default(), Vec::new(), 0);
    for (text, bash) in texts.iter().zip(&verdicts) {
        match parse(text) {
            Shell::Script(script) => {
                spans::check(text, &script);
                accepted += 1;
                if !bash.accepts && !oracle::bash_takes_file(text) {
                    wrong.add(format!("false accept: {}", bash.said), text);
                } else if !script.bashisms {
                    portable.push(*text);
                }
            }
            Shell::Opaque(opaque) if bash.accepts => match refused_on_purpose(text, &opaque) {
                Some(why) => on_purpose.add(why, text),
                None => wrong.add(format!("false reject: {} at {}", opaque.why, opaque.at), text),
            },
            Shell::Opaque(_) => {}
        }
    }
    eprintln!(
        "{} texts: {accepted} understood, bash takes {}",
        texts.len(),
        verdicts.iter().filter(|v| v.accepts).count()
    );
    on_purpose.print("not understood on purpose");
    compare_dash(&portable, &mut wrong);
    wrong.print("wrong");
    Some(wrong)
}

/// What uses no bashism must be good for dash.
fn compare_dash(portable: &[&str], wrong: &mut Tally) {
    if !oracle::is_here("dash") {
        return corpus::skipped("no dash here");
    }
    let refused = portable.iter().zip(oracle::dash(portable)).filter(|(_, accepts)| !accepts);
    // with escapes, what is between backquotes is not read
    refused
        .filter(|(text, _)| !(text.contains('`') && text.contains('\\')))
        .for_each(|(text, _)| wrong.add("dash", text));
    eprintln!("{} without bashisms, asked of dash", portable.len());
}

#[test]
fn probes_are_read_as_by_bash_and_dash() {
    let Some(wrong) = compare(&probes()) else { return corpus::skipped("no bash here") };
    assert_eq!(wrong.total(), 0);
}

#[test]
fn examples_are_read_as_by_bash_and_dash() {
    assert!(examples().iter().all(|text| matches!(parse(text), Shell::Script(_))));
    let Some(wrong) = compare(&examples()) else { return corpus::skipped("no bash here") };
    assert_eq!(wrong.total(), 0);
}

#[test]
fn corpus_is_read_as_by_bash_and_dash() {
    let Some(wrong) = compare(&corpus::bodies()) else { return corpus::skipped("no bash here") };
    assert_eq!(wrong.total(), 0);
}

/// No difference is tolerated among these 5,000 mutants.
#[test]
fn mutants_are_read_as_by_bash_and_dash() {
    let mut mutants = mutants::mutants(&probes(), 2000, 7);
    mutants.extend(mutants::mutants(&examples(), 3000, 8));
    let Some(wrong) = compare(&mutants) else { return corpus::skipped("no bash here") };
    assert_eq!(wrong.total(), 0);
}

/// The same words as shuck's. Its target of `2>&1` is empty in some places; those targets are left out.
#[test]
fn corpus_has_the_words_that_shuck_sees() {
    let (mut wrong, mut bodies, mut words) = (Tally::default(), 0, 0);
    for body in corpus::bodies() {
        let Shell::Script(script) = parse(&body) else { continue };
        let mut ours = independent::ours(&body, &script.list);
        bodies += 1;
        words += ours.len();
        let Some(mut theirs) = independent::shuck(&body) else {
            wrong.add("shuck takes it not", &body);
            continue;
        };
        if theirs.iter().any(|(start, end)| start == end) {
            theirs.retain(|(start, end)| start < end);
            ours.retain(|span| theirs.contains(span) || !matches!(&body[span.0..span.1], "1" | "2"));
        }
        if ours != theirs {
            wrong.add("other words", &body);
        }
    }
    eprintln!("{bodies} bodies, {words} words");
    wrong.print("shuck");
    assert_eq!(wrong.total(), 0);
}
