//! Inputs made to break the parser: deep, long, random. No panic, no overflow of a small stack, no quadratic time.

use crate::spans;
use dfopt::shell::{Shell, parse};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// What opens something, in all forms.
const OPENERS: [&str; 66] = [
    "(",
    "( ",
    "((",
    "$(",
    "$( ",
    "$((",
    "$(( (",
    "${",
    "${a:-",
    "${a[",
    "\"${a:-\"",
    "\"$(",
    "`",
    "` ",
    "\"`",
    "{ ",
    "{a,",
    "if ",
    "if a; then ",
    "while ",
    "until a; do ",
    "for i in a; do ",
    "for ((;;)); do ",
    "for ((",
    "case a in b) ",
    "case ",
    "case $(",
    "select i in a; do ",
    "f() ",
    "f() { ",
    "function f { ",
    "[[ ",
    "[[ (",
    "[[ ! ",
    "[[ a && ",
    "[[ a =~ (",
    "[[ a == @(",
    "<(",
    "a <(",
    ">(",
    "a <<E\n",
    "a <<E $(",
    "a <<E\n$(",
    "<<E ",
    "$[",
    "$[ [",
    "a[",
    "a=(",
    "a=([",
    "'",
    "\"",
    "$'",
    "\\",
    "\\\n",
    "#",
    "#\n",
    "time ",
    "! ",
    "coproc ",
    "coproc a ",
    "a | ",
    "a && ",
    "a; ",
    "a\n",
    "!(",
    "$((a) $(",
];

fn shell_with_small_stack(text: String) -> Shell {
    let size = if cfg!(debug_assertions) { 2 << 20 } else { 256 << 10 };
    let run = move || parse(&text);
    std::thread::Builder::new().stack_size(size).spawn(run).unwrap().join().unwrap()
}

#[test]
fn deep_nesting_ends_in_time_and_in_a_small_stack() {
    for opener in OPENERS {
        let start = Instant::now();
        shell_with_small_stack(opener.repeat(100_000));
        let limit = if cfg!(debug_assertions) { Duration::from_secs(5) } else { Duration::from_millis(250) };
        assert!(start.elapsed() < limit, "100,000 times {opener:?} took {:?}", start.elapsed());
    }
}

#[test]
fn nesting_up_to_the_limit_is_read_in_a_small_stack() {
    for (open, close) in
        [("(", ")"), ("{ ", "; }"), ("\"$(", ")\""), ("${a:-", "}"), ("[[ (", ") ]]"), ("if a; then ", "; fi")]
    {
        for depth in [10, 31, 60, 63, 64, 65, 1000] {
            let text = format!("{}{}{}", open.repeat(depth), "a", close.repeat(depth));
            if let Shell::Script(script) = shell_with_small_stack(text.clone()) {
                spans::check(&text, &script);
            }
        }
    }
}

#[test]
fn doubling_a_text_does_not_more_than_double_the_time() {
    let measure = |text: &str| {
        let best = |_| {
            let start = Instant::now();
            std::hint::black_box(parse(text));
            start.elapsed()
        };
        (0..3).map(best).min().unwrap()
    };
    for piece in
        ["echo \"${a:-$(b 'c' `d`)}\" $((1 + 2)) <<E; ((a) | b)\nx $(y) `z`\nE\n", "a <<E\n", "$((a); b) ", "`a` "]
    {
        let (short, long) = (measure(&piece.repeat(2_000)), measure(&piece.repeat(16_000)));
        assert!(long < short * 32 + Duration::from_millis(50), "{piece:?}: {short:?}, eight times the text {long:?}");
    }
}

/// Characters and words that mean something, and some that mean nothing.
fn shellish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(OPENERS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(vec![
            ")", "))", "}", "; }", "]]", "]", "fi", "done", "esac", ";;", "\nE\n", "then", "do", " in "
        ])
        .prop_map(str::to_owned),
        "[ \n;&|<>(){}'\"`$\\\\#!=*a-c0-2é]{1,4}",
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn anything_is_read_without_panic_and_with_good_spans(text in shellish()) {
        match parse(&text) {
            Shell::Script(script) => spans::check(&text, &script),
            Shell::Opaque(opaque) => prop_assert!(opaque.at <= text.len()),
        }
    }
}
