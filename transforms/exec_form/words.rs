//! The words that a shell would start, what is known of the first one, and how they are written as an array.

use super::*;
use crate::edit::Edit;
use crate::facts::{ShellText, words};
use crate::knowledge::programs::{self, Starts};
use crate::shell::builtins::is_builtin;

/// What is started.
pub struct Started {
    /// Its words.
    pub words: Vec<String>,
    /// A leading `exec` makes the shell replace itself.
    pub replaced: bool,
}

/// What is known of a program.
pub struct Known {
    /// Being the first process changes nothing for it.
    pub fares_well: bool,
}

/// The reason of all that is not plain words.
pub fn needs_shell() -> Reason {
    (&NEEDS_SHELL, "it is more than plain words: variables, operators, patterns or the like need a shell".to_owned())
}

/// Whether a text was meant as a JSON array: the first of several words in brackets ends with a comma, or the bracket stands
/// directly before a word. `[ "$A" = b ]` is a command of the shell.
pub fn is_broken_array(text: &str) -> bool {
    let Some(rest) = text.trim_start().strip_prefix('[').filter(|rest| !rest.starts_with('[')) else { return false };
    let inner = rest.trim_start();
    let glued = inner.len() == rest.len() && inner.starts_with(|c: char| !c.is_whitespace());
    let quote = inner.chars().next().filter(|c| ['"', '\'', '`', '“', '”', '‘', '’'].contains(c));
    let after = match quote {
        Some('“' | '”') => inner[quote.map_or(0, char::len_utf8)..].split_once(['“', '”']).map(|(_, after)| after),
        Some('‘' | '’') => inner[quote.map_or(0, char::len_utf8)..].split_once(['‘', '’']).map(|(_, after)| after),
        Some(quote) => inner[1..].split_once(quote).map(|(_, after)| after),
        None => inner.find(|c: char| c == ',' || c.is_whitespace()).map(|at| &inner[at..]),
    };
    glued || after.is_some_and(|after| after.trim_start().starts_with(',') || after.trim() == "]")
}

/// The words of a text.
///
/// # Errors
/// Why it needs a shell.
pub fn read(found: &ShellText) -> Result<Started, Reason> {
    let Some(all) = words::literal(found) else { return Err(needs_shell()) };
    let words = words::started(all.clone());
    let replaced = words.len() < all.len();
    // what JSON would write with escapes is for the author to write
    let plain = words.iter().all(|word| word.bytes().all(|b| (b' '..=b'~').contains(&b)));
    if plain {
        Ok(Started { words, replaced })
    } else {
        Err((&NOT_PLAIN, "it holds characters beyond ASCII".to_owned()))
    }
}

/// What is known of the program that is started.
///
/// # Errors
/// Why it can't be started without a shell.
pub fn program(started: &Started) -> Result<Known, Reason> {
    let path = started.words.first().map_or("", String::as_str);
    if is_builtin(path) {
        return Err((&BUILTIN, format!("`{path}` is a builtin of the shell")));
    }
    let (folder, name) = path.rsplit_once('/').map_or(("/bin", path), |(folder, name)| (folder, name));
    let place = folder.starts_with('/') && (folder.ends_with("/bin") || folder.ends_with("/sbin"));
    let Some(known) = programs::find(name).and_then(|program| program.starts).filter(|_| place) else {
        return Err((
            mark!(NO_SHEBANG, "unknown"),
            format!("`{path}` may be a script without `#!`, which only a shell runs"),
        ));
    };
    let shell = programs::is_shell(name) && started.words.len() == 1;
    Ok(Known { fares_well: known == Starts::First || shell })
}

/// Each word in JSON's quotes, with a comma behind; white space and line continuations between them stay.
pub fn edits(found: &ShellText, started: &Started) -> Option<EditSet> {
    let simple = words::only_command(found)?;
    let skipped = usize::from(started.replaced);
    let places: Vec<_> = simple.words.iter().map(|word| word.span).collect();
    let gaps = places.windows(2).map(|pair| &found.text.text()[pair[0].end as usize..pair[1].start as usize]);
    if gaps.into_iter().any(|gap| gap.contains(|c| c != ' ' && c != '\t')) {
        return None;
    }
    let mut out = Vec::new();
    let last = started.words.len().checked_sub(1)?;
    for (index, word) in started.words.iter().enumerate() {
        let mut at = found.text.span(places[index + skipped].range());
        let open = if index == 0 { "[" } else { "" };
        if index == 0 {
            at.start = found.text.offset(places[0].start as usize) as u32;
        }
        let close = if index == last { "]" } else { "," };
        let quoted = word.replace('\\', "\\\\").replace('"', "\\\"");
        out.push(Edit::replace(at, format!("{open}\"{quoted}\"{close}")));
    }
    EditSet::new(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_that_are_none_are_told_from_tests_of_the_shell() {
        for text in [
            "[\"daphne\", \"app\", $PORT]",
            "[ 'npm', 'start' ]",
            "[npm, start]",
            "[ npm, start ]",
            "[“npm”, “start”]",
            "[ \"npm\" , start]",
            "['start.sh']",
        ] {
            assert!(is_broken_array(text), "{text}");
        }
        for text in ["[ \"$A\" = b ] && c", "[[ $A ]] && b", "[ -f /x ] && y", "npm start", "[ 'a' = b ]"] {
            assert!(!is_broken_array(text), "{text}");
        }
    }
}
