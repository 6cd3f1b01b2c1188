//! The words of a simple command without what it is wrapped in (`sudo`, `env A=b`).

use crate::shell::Word;

/// Commands that run the command in their arguments.
const WRAPPERS: &[&str] =
    &["builtin", "command", "env", "nice", "sudo", "time", "timeout", "ionice", "stdbuf", "exec", "gosu", "eatmydata"];

/// The name of a program without its folder.
pub fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The words of a command without what it is wrapped in (`sudo`, `env A=b`); `None` where that is not clear.
pub fn unwrapped<'w>(mut words: &'w [Word], text: &str) -> Option<&'w [Word]> {
    while let Some(name) = words.first()?.literal(text).filter(|name| WRAPPERS.contains(&base(name))) {
        words = unwrap(&name, words, text)?;
    }
    Some(words)
}

/// The words behind a wrapper's own options and assignments; `None` where there are none.
fn unwrap<'w>(wrapper: &str, words: &'w [Word], text: &str) -> Option<&'w [Word]> {
    let with_value: &[&str] = match base(wrapper) {
        "sudo" => &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-T"],
        "env" => &["-u", "-C", "-S"],
        "nice" | "ionice" => &["-n", "-c", "-p"],
        "timeout" => &["-s", "-k"],
        "exec" => &["-a"],
        "stdbuf" => &["-i", "-o", "-e"],
        _ => &[],
    };
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let raw = &text[word.span.range()];
        let assigns = matches!(base(wrapper), "env" | "sudo") && raw.contains('=') && !raw.starts_with('=');
        match raw {
            _ if with_value.contains(&raw) => index += 2,
            _ if raw.starts_with('-') || assigns => index += 1,
            _ => break,
        }
    }
    index += usize::from(matches!(base(wrapper), "timeout" | "gosu"));
    words.get(index..).filter(|rest| !rest.is_empty())
}
