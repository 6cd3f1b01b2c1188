//! Bytes of a file as a terminal may safely show them.
//!
//! A Dockerfile comes from strangers, and a terminal obeys what it is sent: an escape sequence can hide a line or retitle
//! the window, a bidirectional override makes a line read differently from what is built. Whatever a terminal would obey
//! instead of showing is replaced by a visible form; all else stays, so that ordinary files look as they are.

use std::ffi::OsStr;
use std::fmt::Write;
use std::io;
use std::path::Path;

/// The bytes with everything made visible that a terminal would obey: control characters except the tab, bidirectional
/// overrides, and bytes that are not UTF-8. Line ends too: give it single lines.
pub fn visible(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        if chunk.valid().bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            out.push_str(chunk.valid());
        } else {
            chunk.valid().chars().for_each(|c| push_visible(&mut out, c));
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// The same for text.
pub fn visible_str(text: &str) -> String {
    visible(text.as_bytes())
}

/// The same for a path, without a leading `./`.
pub fn visible_path(path: &Path) -> String {
    visible(&path_bytes(path))
}

/// The bytes of a path without a leading `./`, as they go to other programs.
pub fn path_bytes(path: &Path) -> Vec<u8> {
    let path = path.strip_prefix(".").unwrap_or(path);
    os_bytes(path.as_os_str())
}

/// The bytes of a name; on Windows, where names are UTF-16, its UTF-8 with `/` between folders.
pub fn os_bytes(name: &OsStr) -> Vec<u8> {
    match cfg!(windows) {
        true => name.to_string_lossy().replace('\\', "/").into_bytes(),
        false => name.as_encoded_bytes().to_vec(),
    }
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\t' => out.push('\t'),
        // the control pictures stand in the order of what they picture
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + c as u32)),
        '\x7f' => out.push('\u{2421}'),
        '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' => {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        }
        _ => out.push(c),
    }
}

/// Why the system refused, in lower case and without its number.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_lowercase().chain(chars).collect())
}

/// A path as people know it: from the current folder on where it lies below.
pub fn shown(path: &Path, current: &Path) -> String {
    let inside = path.strip_prefix(current).unwrap_or(path);
    if inside.as_os_str().is_empty() { ".".to_owned() } else { visible_path(inside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        let cases: [(&[u8], &str); 7] = [
            (b"RUN\techo \"a b\"", "RUN\techo \"a b\""),
            ("FROM grün:1 # 漢字".as_bytes(), "FROM grün:1 # 漢字"),
            (b"\x1b[31mred\x07\r\n", "␛[31mred␇␍␊"),
            (b"\x7f\0", "␡␀"),
            ("\u{9b}31m".as_bytes(), "\\u{9b}31m"),
            ("a\u{202e}b\u{2066}c".as_bytes(), "a\\u{202e}b\\u{2066}c"),
            (b"# \x82\xb1 \xe3\x81", "# \\x82\\xb1 \\xe3\\x81"),
        ];
        for (bytes, shown) in cases {
            assert_eq!(visible(bytes), shown);
        }
    }

    #[test]
    fn paths_lose_the_dot() {
        assert_eq!(visible_path(Path::new("./a/b")), "a/b");
        assert_eq!(visible_path(Path::new("../a\n")), "../a␊");
        assert_eq!(visible_path(Path::new(".hidden")), ".hidden");
    }
}
