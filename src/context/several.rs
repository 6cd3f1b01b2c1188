//! Several build contexts of one Dockerfile: what is told holds in all of them, and where they differ nothing is known.

use crate::facts::{ContextView, Entry, Truth};

/// Larger files are not compared, and count as different.
const LARGEST: u64 = 1 << 20;

/// Contexts of which each may be the one that is built.
#[derive(Debug)]
pub struct Several {
    all: Vec<Box<dyn ContextView>>,
    known: bool,
}

impl Several {
    /// All of these. Without any, nothing is known.
    pub fn new(all: Vec<Box<dyn ContextView>>) -> Several {
        let known = !all.is_empty() && all.iter().all(|view| view.known());
        Several { all, known }
    }

    /// The answer that all of them give; nothing where they differ, or where one of them is not known.
    fn same<T: PartialEq>(&self, ask: impl Fn(&dyn ContextView) -> T) -> Option<T> {
        let mut answers = self.all.iter().filter(|_| self.known).map(|view| ask(view.as_ref()));
        let first = answers.next()?;
        answers.all(|answer| answer == first).then_some(first)
    }
}

impl ContextView for Several {
    fn known(&self) -> bool {
        self.known
    }

    fn assumed(&self) -> bool {
        self.all.iter().any(|view| view.assumed())
    }

    fn entry(&self, path: &str) -> Entry {
        let entry = self.same(|view| view.entry(path)).unwrap_or(Entry::Unknown);
        match entry {
            // two files of one size and mode may still be two
            Entry::File { size, .. }
                if size > LARGEST || self.same(|view| view.read(path, LARGEST as usize)).is_none() =>
            {
                Entry::Unknown
            }
            entry => entry,
        }
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        self.same(|view| view.names(folder)).flatten()
    }

    fn read(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        self.same(|view| view.read(path, limit)).flatten()
    }

    fn ignored(&self, path: &str) -> Truth {
        self.same(|view| view.ignored(path)).unwrap_or(Truth::Unknown)
    }

    fn ignored_by_file(&self) -> Truth {
        self.same(|view| view.ignored_by_file()).unwrap_or(Truth::Unknown)
    }

    fn dockerfile(&self) -> Option<&str> {
        let mut places = self.all.iter().map(|view| view.dockerfile());
        let first = places.next()?;
        first.filter(|_| places.all(|place| place == first))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Folder;
    use crate::facts::NoContext;
    use std::fs;
    use tempfile::TempDir;

    fn several(rooms: &[&[(&str, &str)]]) -> (Vec<TempDir>, Several) {
        let (mut out, mut views) = (Vec::new(), Vec::<Box<dyn ContextView>>::new());
        for files in rooms {
            let room = TempDir::new().unwrap();
            files.iter().for_each(|(name, text)| fs::write(room.path().join(name), text).unwrap());
            views.push(Box::new(Folder::new(room.path(), None)));
            out.push(room);
        }
        (out, Several::new(views))
    }

    #[test]
    fn what_is_the_same_in_all_is_known() {
        let one: &[(&str, &str)] = &[("a", "1"), ("same", "2"), ("only", "3")];
        let other: &[(&str, &str)] = &[("a", "4"), ("same", "2"), (".dockerignore", "x\n")];
        let (_rooms, view) = several(&[one, other]);
        assert!(view.known());
        assert!(matches!(view.entry("same"), Entry::File { size: 1, .. }));
        assert_eq!(
            (view.entry("a"), view.entry("only"), view.entry("none")),
            (Entry::Unknown, Entry::Unknown, Entry::Absent)
        );
        assert_eq!((view.read("same", 9), view.read("a", 9), view.names("")), (Some(b"2".to_vec()), None, None));
        assert_eq!((view.ignored("same"), view.ignored("x")), (Truth::No, Truth::Unknown));
        assert_eq!((view.entry(""), view.dockerfile()), (Entry::Folder, None));
    }

    #[test]
    fn one_that_is_not_known_makes_all_unknown() {
        let room = TempDir::new().unwrap();
        fs::write(room.path().join("a"), "").unwrap();
        let view = Several::new(vec![Box::new(Folder::new(room.path(), None)), Box::new(NoContext)]);
        assert!(!view.known());
        assert_eq!((view.entry("a"), view.entry("none")), (Entry::Unknown, Entry::Unknown));
        assert_eq!((view.names(""), view.read("a", 1), view.ignored("a")), (None, None, Truth::Unknown));
        let none = Several::new(Vec::new());
        assert_eq!((none.known(), none.entry("a")), (false, Entry::Unknown));
    }
}
