//! Programs that images start: which names are surely executable files, and which of them fare well as the first process of a
//! container. The data is `programs.txt`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// How a program fares as the first process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// It handles signals, and waits for the processes that it starts.
    First,
    /// It does not, or that is not known.
    Other,
}

/// Looks a program up by its name without folders. `None` where nothing is known of it: it may be a script without `#!`.
pub fn find(name: &str) -> Option<Program> {
    table().get(name).copied()
}

/// Whether it is a shell.
pub fn is_shell(name: &str) -> bool {
    ["sh", "bash", "ash", "dash", "zsh"].contains(&name)
}

fn table() -> &'static HashMap<&'static str, Program> {
    static TABLE: OnceLock<HashMap<&'static str, Program>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = HashMap::new();
        let mut section = None;
        for line in include_str!("programs.txt").lines().filter(|line| !line.starts_with('#')) {
            match line {
                "[first]" => section = Some(Program::First),
                "[other]" => section = Some(Program::Other),
                names => table.extend(names.split_whitespace().filter_map(|name| Some((name, section?)))),
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_in_their_section() {
        assert_eq!(find("nginx"), Some(Program::First));
        assert_eq!(find("node"), Some(Program::Other));
        assert_eq!(find("start.sh"), None);
    }

    #[test]
    fn each_name_stands_once() {
        let lines = include_str!("programs.txt").lines().filter(|line| !line.starts_with(['#', '[']));
        let count = lines.flat_map(str::split_whitespace).count();
        assert_eq!(count, table().len());
    }
}
