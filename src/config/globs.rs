//! Patterns of paths, as `.gitignore` has them. Looks at names, never at the disk.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Some patterns, of which the last one that fits decides.
#[derive(Clone, Debug)]
pub struct Globs(Gitignore);

impl Globs {
    /// Reads patterns.
    ///
    /// # Errors
    /// Which one is none, and why.
    pub fn new(patterns: &[&str]) -> Result<Globs, (usize, String)> {
        let mut builder = GitignoreBuilder::new("");
        for (index, pattern) in patterns.iter().enumerate() {
            check(pattern).map_err(|why| (index, why))?;
            builder.add_line(None, pattern).map_err(|error| (index, format!("`{pattern}` is no pattern: {error}")))?;
        }
        builder.build().map(Globs).map_err(|error| (0, error.to_string()))
    }

    /// Whether they fit a file: itself, or a folder that it is in. The path is relative, with `/`.
    pub fn fit(&self, path: &str) -> bool {
        !path.is_empty() && self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}

/// What a `.gitignore` would pass over in silence.
fn check(pattern: &str) -> Result<(), String> {
    match pattern.trim() {
        "" | "/" | "!" => Err("an empty pattern fits nothing; take it out".to_owned()),
        text if text.starts_with('#') => Err(format!("`{text}` fits nothing; write `\\{text}` for a name with a `#`")),
        text if text.starts_with("./") || text.starts_with("../") || text.contains("/../") => {
            Err(format!("`{text}` fits nothing: patterns start at the folder of this file and hold no `./` or `../`"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_as_in_gitignore() {
        let fit = |patterns: &[&str], path| Globs::new(patterns).unwrap().fit(path);
        assert!(fit(&["vendor/"], "a/vendor/b/Dockerfile"));
        assert!(!fit(&["/vendor/"], "a/vendor/b/Dockerfile"));
        assert!(fit(&["docker/*.Dockerfile"], "docker/web.Dockerfile"));
        assert!(!fit(&["docker/*.Dockerfile"], "x/docker/web.Dockerfile"));
        assert!(fit(&["*.Dockerfile"], "a/b/c.Dockerfile"));
        assert!(fit(&["services/**/Dockerfile"], "services/a/b/Dockerfile"));
        assert!(!fit(&["vendor/", "!vendor/mine/Dockerfile"], "x/Dockerfile"));
        assert!(!fit(&["*.old", "!keep.old"], "keep.old"));
        assert!(!fit(&["*"], ""));
    }

    #[test]
    fn what_fits_nothing_is_an_error() {
        for (pattern, why) in [("", "empty"), ("#x", "fits nothing"), ("./a", "fits nothing"), ("a/../b", "no `./`")] {
            let (index, message) = Globs::new(&["fine", pattern]).unwrap_err();
            assert!(index == 1 && message.contains(why), "{message}");
        }
        assert!(Globs::new(&["a{b"]).unwrap_err().1.contains("is no pattern"));
    }
}
