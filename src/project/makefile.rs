//! Makefiles: the command lines of recipes, with the variables that the file sets to plain texts.

use crate::project::builds::Build;
use crate::project::commands::{self, Script, Values};
use crate::project::files::Files;
use std::collections::BTreeMap;
use std::path::Path;

/// Stands for what make works out: a variable that nobody sets.
const UNKNOWN: &str = "${DFOPT_UNKNOWN}";

/// Whether a file of this name is a makefile.
pub fn is_name(name: &str) -> bool {
    matches!(name, "Makefile" | "makefile" | "GNUmakefile") || name.ends_with(".mk")
}

/// The builds that a makefile says.
pub fn builds(path: &Path, files: &mut Files) -> Vec<Build> {
    let Some(text) = files.text(path).filter(|text| commands::may_build(text)) else { return Vec::new() };
    let Some(directory) = path.parent() else { return Vec::new() };
    let mut variables = BTreeMap::from([("CURDIR".to_owned(), directory.to_string_lossy().into_owned())]);
    let lines = logical(&text);
    lines.iter().filter_map(|(_, line)| assignment(line)).for_each(|(name, value)| drop(variables.insert(name, value)));
    let mut out = Vec::new();
    for (number, line) in lines {
        let Some(recipe) = line.strip_prefix('\t').filter(|line| commands::may_build(line)) else { continue };
        let mut script = Script::default();
        script.push(&expand(recipe.trim_start_matches(['@', '-', '+', ' ']), &variables), number);
        out.extend(commands::builds(&script, path, directory, &Values::default()));
    }
    out
}

/// The lines of a text with their numbers, those that go on in the next one joined.
fn logical(text: &str) -> Vec<(u32, String)> {
    let mut out: Vec<(u32, String)> = Vec::new();
    let mut open = false;
    for (number, line) in (1u32..).zip(text.lines()) {
        let goes_on = line.ends_with('\\');
        let part = line.strip_suffix('\\').unwrap_or(line);
        match out.last_mut().filter(|_| open) {
            Some((_, whole)) => {
                whole.push(' ');
                whole.push_str(part.trim_start());
            }
            None => out.push((number, part.to_owned())),
        }
        open = goes_on;
    }
    out
}

/// `NAME = value` and its kin, where the value is plain.
fn assignment(line: &str) -> Option<(String, String)> {
    if line.starts_with(['\t', '#']) {
        return None;
    }
    let (name, value) = line.split_once('=')?;
    let name = name.trim_end_matches([':', '?', ' ', '\t']).trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    let value = value.split(" #").next().unwrap_or_default().trim();
    let word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    (word && !value.contains('$')).then(|| (name.to_owned(), value.to_owned()))
}

/// A recipe as the shell gets it: `$(NAME)` and `${NAME}` put in, `$$` one dollar.
fn expand(recipe: &str, variables: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = recipe;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let close = match rest.as_bytes().first() {
            Some(b'(') => ')',
            Some(b'{') => '}',
            Some(b'$') => {
                out.push('$');
                rest = &rest[1..];
                continue;
            }
            // `$@` and its kin
            _ => {
                out.push_str(UNKNOWN);
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
        };
        let Some((inner, after)) = closed(&rest[1..], close) else {
            out.push_str(UNKNOWN);
            return out;
        };
        out.push_str(variables.get(inner).map_or(UNKNOWN, String::as_str));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// What stands before the parenthesis that closes, and what after it.
fn closed(text: &str, close: char) -> Option<(&str, &str)> {
    let open = if close == ')' { '(' } else { '{' };
    let mut depth = 1;
    for (at, c) in text.char_indices() {
        match c {
            c if c == open => depth += 1,
            c if c == close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&text[..at], &text[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::builds::Place;
    use std::fs;

    #[test]
    fn recipes_are_read_with_the_variables_of_the_file() {
        let text = "DIR := docker\nFILE ?= $(shell find)\nTAG = 1 # x\n\nimage: deps\n\t@docker build \\\n\t  -f $(DIR)/Dockerfile \\\n\t  -t x:${TAG} .\n\n\
                    other:\n\tdocker build -f $(FILE) .\n\tcd app && docker build -f $(CURDIR)/x --target $@ .\n\techo $$HOME\n";
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("Makefile"), text).unwrap();
        let found = builds(&room.path().join("Makefile"), &mut Files::default());
        let told: Vec<_> =
            found.iter().map(|build| (build.dockerfile.clone(), build.context.clone(), build.by.line)).collect();
        let place = |name: &str| Place::Directory(crate::project::builds::join(room.path(), name));
        let wanted = [(room.path().join("docker/Dockerfile"), place(""), 6), (room.path().join("x"), place("app"), 12)];
        assert_eq!(told, wanted);
        assert_eq!(found[1].target, crate::facts::Known::Unknown);
    }

    #[test]
    fn odd_texts_end() {
        for text in [
            "\t$(docker build",
            "\tdocker build $",
            "\tdocker build ${",
            &"\tdocker build $(".repeat(20_000),
            "docker build\\",
        ] {
            let room = tempfile::tempdir().unwrap();
            fs::write(room.path().join("Makefile"), text).unwrap();
            builds(&room.path().join("Makefile"), &mut Files::default());
        }
    }
}
