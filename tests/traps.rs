//! The shared traps: on each, what comes out is what went in, or the trap's good answer; never the naive one.

mod common;

use dfopt::engine::{Level, Options};
use dfopt::syntax::parse;
use dfopt::text::Source;
use std::fs;

/// A Dockerfile without its layout: instructions with their arguments, runs of white space as one space.
fn flat(text: &str) -> Vec<String> {
    let source = Source::new(text);
    let parsed = parse(&source);
    let one = |(_, one): (usize, &dfopt::syntax::Instruction)| {
        let words: Vec<&str> = one.line.text().split_whitespace().collect();
        let bodies: Vec<&str> = one.heredocs.iter().map(|heredoc| source.slice(heredoc.body)).collect();
        format!("{} {bodies:?}", words.join(" "))
    };
    parsed.file.instructions().map(one).collect()
}

#[test]
fn no_trap_is_sprung() {
    let Some(traps) = common::traps() else { return };
    let (mut same, mut good) = (0, 0);
    for folder in common::folders(&traps) {
        let read = |name: &str| fs::read(folder.join(name)).ok().and_then(|bytes| Source::from_bytes(&bytes).ok());
        let Some(before) = read("Dockerfile") else { continue };
        for level in Level::ALL {
            let outcome = dfopt::optimize(&before, &Options { level, ..Options::default() });
            assert!(outcome.bugs.is_empty(), "{}: {:?}", folder.display(), outcome.bugs);
            if outcome.text == before.text() {
                same += 1;
                continue;
            }
            let wanted = read("good.Dockerfile").map(|source| flat(source.text()));
            let naive = read("naive.Dockerfile").map(|source| flat(source.text()));
            let got = flat(&outcome.text);
            assert_ne!(Some(&got), naive.as_ref(), "{}: the naive answer", folder.display());
            if Some(&got) != wanted.as_ref() { println!("##### {} at {level}:\n{}\n-----want {wanted:?}", folder.display(), outcome.text); }
            good += 1;
        }
    }
    println!("{same} left alone, {good} answered well");
}
