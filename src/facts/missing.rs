//! The sign of a wrong build context: a file that a COPY names is not there. Counts only for a directory that nobody named, but
//! that was taken for the context because the Dockerfile stands in it; where somebody named it, a file that is not there will be
//! made before the build.

use crate::facts::{ContextView, Entry};
use crate::syntax::{Args, File, Instruction, Keyword};
use crate::text::Span;

/// A source of COPY or ADD that is not in the directory that was taken for the build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Where it stands in the file.
    pub at: Span,
    /// The path, as it is written.
    pub path: String,
}

/// The first source that is not there.
pub fn find(file: &File, context: &dyn ContextView) -> Option<Missing> {
    if !context.assumed() {
        return None;
    }
    file.instructions().find_map(|(_, instruction)| look(instruction, context))
}

fn look(instruction: &Instruction, context: &dyn ContextView) -> Option<Missing> {
    let Args::Transfer { sources, .. } = &instruction.args else { return None };
    if !matches!(instruction.keyword, Keyword::Copy | Keyword::Add) || instruction.flag("from").is_some() {
        return None;
    }
    let lacks = |path: &str| inside(path).is_some_and(|path| context.entry(&path) == Entry::Absent);
    let source = sources.iter().find(|source| lacks(source.text.trim_matches(['"', '\''])))?;
    Some(Missing { at: instruction.line.span(source.range.clone()), path: source.text.clone() })
}

/// A plain path as one inside the context; `None` for patterns, variables, URLs, heredocs.
fn inside(path: &str) -> Option<String> {
    if path.contains(['$', '*', '?', '[', '\\', '<']) || path.contains("://") || path.starts_with("git@") {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
