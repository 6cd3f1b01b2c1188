//! What words of a program's code tell of the rights that it needs, and which libraries are known to need none. The data is
//! `code.txt`.

use crate::knowledge::sections;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A language whose programs are compiled, and whose libraries the data lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Language {
    Go,
    Rust,
}

/// The first word in a line of code that asks who runs the program, changes owners, or opens what belongs to root.
pub fn needs_root(line: &str) -> Option<&'static str> {
    first(line, "root")
}

/// The first word in a line of code that makes, changes or removes files, or starts a program. That there is none shows nothing.
pub fn writes(line: &str) -> Option<&'static str> {
    first(line, "writes")
}

/// Whether a library (of Go the path of a package, of Rust the name of a crate) opens no file for writing unless it is handed one,
/// starts no program, and needs nothing of root.
pub fn is_harmless(language: Language, library: &str) -> bool {
    let section = match language {
        Language::Go => "go",
        Language::Rust => "rust",
    };
    // what lies below these reaches the system
    let whole = ["io", "net", "os", "syscall"];
    listed(section).iter().any(|known| {
        library
            .strip_prefix(*known)
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !whole.contains(known)))
    })
}

/// Whether a name that a program takes of the parts of the library that reach the system is one that changes nothing: `os.Getenv`.
pub fn is_harmless_name(language: Language, name: &str) -> bool {
    let section = match language {
        Language::Go => "go-names",
        Language::Rust => "rust-names",
    };
    listed(section).contains(&name)
}

fn first(line: &str, section: &str) -> Option<&'static str> {
    listed(section).iter().find(|word| line.contains(**word)).copied()
}

/// The words of a section of the data file.
fn listed(section: &str) -> &'static [&'static str] {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| sections::read(include_str!("code.txt")));
    table.get(section).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_lines() {
        assert_eq!(needs_root("if os.geteuid() != 0:"), Some("geteuid"));
        assert_eq!((needs_root("print(1)"), writes("print(1)")), (None, None));
        assert!(writes("with open('state.json', 'w') as f:").is_some() && writes("os.makedirs(d)").is_some());
    }

    #[test]
    fn libraries_are_known_by_their_whole_path() {
        let go = |path| is_harmless(Language::Go, path);
        assert!(
            go("net/http") && go("encoding/json") && go("github.com/gorilla/mux") && go("github.com/go-chi/chi/v5")
        );
        assert!(
            !go("os/exec") && !go("os/user") && !go("net/http2x") && !go("plugin") && !go("github.com/gorilla/muxer")
        );
        assert!(is_harmless(Language::Rust, "axum") && !is_harmless(Language::Rust, "sled"));
        assert!(is_harmless_name(Language::Go, "os.Getenv") && !is_harmless_name(Language::Go, "os.Create"));
    }
}
