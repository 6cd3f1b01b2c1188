//! The sources of an ADD, looked up in the build context.

use super::{ARCHIVE, NO_CONTEXT, NOT_IN_CONTEXT, PATTERN, Reason, SYMBOLIC_LINK, VARIABLE, magic, mark};
use crate::facts::state::clean;
use crate::facts::{ContextView, Entry};

/// Ends of names that tell of a kind of file which is no archive of ADD's.
const PLAIN: &[&str] = &[
    "bash",
    "c",
    "cfg",
    "conf",
    "cpp",
    "crt",
    "css",
    "csv",
    "ear",
    "env",
    "go",
    "h",
    "html",
    "ini",
    "jar",
    "java",
    "js",
    "json",
    "jsx",
    "key",
    "list",
    "lock",
    "md",
    "mjs",
    "pem",
    "php",
    "pl",
    "properties",
    "py",
    "rb",
    "repo",
    "rs",
    "service",
    "sh",
    "sql",
    "toml",
    "ts",
    "tsx",
    "txt",
    "war",
    "whl",
    "xml",
    "yaml",
    "yml",
];

/// That ADD would only copy a source.
///
/// # Errors
/// Why that is not certain.
pub fn is_no_archive(context: &dyn ContextView, source: &str) -> Result<(), Reason> {
    if source.contains(['$', '"', '\'', '`']) {
        return Err((&VARIABLE, format!("a variable, or a quote, decides what `{source}` is")));
    }
    if source.contains('\\') {
        return Err((
            mark!(PATTERN, "backslash"),
            format!("`{source}` is read as a pattern, or a path of another system"),
        ));
    }
    let path = clean(source);
    let path = path.trim_start_matches('/');
    if path.is_empty() {
        return Ok(()); // the context itself: a folder
    }
    if !context.known() {
        return Err((
            mark!(NO_CONTEXT, "none"),
            format!("the build context is not known, and so not what `{source}` is"),
        ));
    }
    match path.contains(['*', '?', '[']) {
        true => pattern(context, path),
        false => file(context, path),
    }
}

fn file(context: &dyn ContextView, path: &str) -> Result<(), Reason> {
    match context.entry(path) {
        Entry::Folder => Ok(()),
        Entry::File { .. } => match context.read(path, magic::LENGTH) {
            Some(bytes) if magic::may_be_archive(&bytes) => {
                Err((&ARCHIVE, format!("`{path}` is an archive, or compressed, which ADD unpacks")))
            }
            Some(_) => Ok(()),
            None => Err((mark!(NO_CONTEXT, "unreadable-file"), format!("`{path}` cannot be read"))),
        },
        Entry::Absent => {
            Err((&NOT_IN_CONTEXT, format!("`{path}` is not in the build context: it may become an archive")))
        }
        Entry::Link(_) | Entry::Unknown | Entry::Other => {
            Err((&SYMBOLIC_LINK, format!("`{path}` is a symbolic link, or behind one, or no file")))
        }
    }
}

/// A pattern in the last part of a path, with a plain end: `conf/*.conf`.
fn pattern(context: &dyn ContextView, path: &str) -> Result<(), Reason> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let refuse = || Err((mark!(PATTERN, "archives"), format!("`{path}` may match an archive, now or later")));
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    if folder.contains(['*', '?', '[']) || !PLAIN.contains(&end.to_ascii_lowercase().as_str()) {
        return refuse();
    }
    let Some(names) = context.names(folder) else { return refuse() };
    let ending = format!(".{end}");
    let inside = |name: &String| match folder {
        "" => name.clone(),
        folder => format!("{folder}/{name}"),
    };
    // more than the pattern matches, which asks for more than is needed
    names.iter().filter(|name| name.ends_with(&ending)).try_for_each(|name| file(context, &inside(name)))
}
