//! What `--no-install-recommends` takes away, and what of that must be named instead. The data is `recommends.tsv`; a package
//! that is not listed was not judged.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What must be named beside a package.
#[derive(Debug, PartialEq, Eq)]
pub struct Needs {
    /// Always.
    pub keep: Vec<&'static str>,
    /// Where the file speaks of it.
    pub named: Vec<&'static str>,
    /// Where the file speaks of it, nothing is judged.
    pub unjudged: Vec<&'static str>,
}

/// What must be named beside a package that is installed without recommended ones; `None` where that was not judged.
pub fn of(package: &str) -> Option<&'static Needs> {
    table().needs.get(package)
}

/// Whether a text speaks of a package that comes along as a recommended one.
pub fn speaks_of(text: &str, package: &str) -> bool {
    let marks = table().words.get(package).map(Vec::as_slice).unwrap_or_default();
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.split(|c: char| !part(c)).any(|word| marks.contains(&word))
}

struct Table {
    needs: HashMap<&'static str, Needs>,
    words: HashMap<&'static str, Vec<&'static str>>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table { needs: HashMap::new(), words: HashMap::new() };
        for line in include_str!("recommends.tsv").lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            match columns.as_slice() {
                [name, words] => {
                    table.words.insert(name.trim_start_matches('?'), words.split(',').collect());
                }
                [name, keep, named] => {
                    let list = |column: &'static str| column.split(',').filter(|one| *one != "-");
                    let (unjudged, named): (Vec<_>, Vec<_>) = list(named).partition(|one| one.starts_with('!'));
                    let unjudged = unjudged.iter().map(|one| &one[1..]).collect();
                    table.needs.insert(name, Needs { keep: list(keep).collect(), named, unjudged });
                }
                _ => {}
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_and_ssh_are_kept() {
        assert_eq!(of("curl").unwrap().keep, ["ca-certificates"]);
        assert!(of("git").unwrap().keep.contains(&"openssh-client"));
        assert!(of("acme").is_none());
    }

    #[test]
    fn words_of_the_file_count() {
        assert!(speaks_of("RUN apt-key adv", "gnupg") && !speaks_of("RUN my-gpgx", "gnupg"));
    }

    #[test]
    fn rows_are_whole_sorted_and_every_package_of_the_third_column_has_words() {
        let rows: Vec<&str> =
            include_str!("recommends.tsv").lines().filter(|line| !line.starts_with(['#', '?'])).collect();
        assert!(rows.iter().all(|row| row.split('\t').count() == 3));
        assert!(rows.is_sorted_by_key(|row| row.split('\t').next()));
        for needs in table().needs.values() {
            assert!(needs.named.iter().chain(&needs.unjudged).all(|name| table().words.contains_key(name)));
        }
    }
}
