//! The three bad examples of the classic articles in one file: an archive that ADD fetches, an application that is copied before
//! its dependencies are installed, a program that runs as root. One run repairs all of them, the next has nothing to do.
#![allow(clippy::unwrap_used)]

mod common;

use dfopt::engine::Options;
use dfopt::text::Source;
use std::fs;

#[test]
fn one_run_repairs_all_three_and_settles() {
    let folder = common::root().join("tests/article");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let context = common::view(Some(&folder.join("context")));
    let run = |text: String| dfopt::optimize(&Source::new(text), &Options::default(), &*context);
    let outcome = run(read("before.Dockerfile"));
    assert!(outcome.bugs.is_empty(), "{:?}", outcome.bugs);
    assert_eq!(outcome.text, read("after.Dockerfile"));
    let again = run(outcome.text.clone());
    assert_eq!(again.text, outcome.text);
    assert!(again.applied.is_empty(), "{:?}", again.applied);
}
