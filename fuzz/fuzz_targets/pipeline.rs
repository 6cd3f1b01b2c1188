//! Any text: the pipeline does not panic, finds no bug in itself, and a second run changes nothing.
#![no_main]

use dfopt::engine::{Level, Options};
use dfopt::facts::NoContext;
use dfopt::text::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::from_bytes(bytes) else { return };
    for level in Level::ALL {
        let options = Options { level, ..Options::default() };
        let outcome = dfopt::optimize(&source, &options, &NoContext);
        assert!(outcome.bugs.is_empty(), "{:?}", outcome.bugs);
        let after = source.with_text(outcome.text.clone());
        assert_eq!(dfopt::optimize(&after, &options, &NoContext).text, outcome.text);
    }
});
