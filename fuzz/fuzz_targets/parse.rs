//! Any bytes: reading does not panic, the items tile the file, the bytes come back.
#![no_main]

use dfopt::text::Source;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::from_bytes(bytes) else { return };
    assert_eq!(source.to_bytes(), bytes);
    let parsed = dfopt::syntax::parse(&source);
    let mut at = 0;
    for item in &parsed.file.items {
        assert_eq!(item.span.start, at);
        at = item.span.end;
    }
    assert_eq!(at as usize, source.text().len());
    for (_, instruction) in parsed.file.instructions() {
        if let Some(script) = instruction.script(&source) {
            let _ = dfopt::shell::parse(script.text());
        }
    }
});
