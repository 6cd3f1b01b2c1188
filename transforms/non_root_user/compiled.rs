//! Whether the code of a program that a stage compiles is known to write no files and to need nothing of root: each library that it
//! imports is known, and each name that it takes of those that reach the system.

use super::copied_file::CopiedFile;
use super::sources;
use super::*;
use crate::facts::Step;
use crate::knowledge::code::{self, Language};
use crate::knowledge::programs::Kind;
use crate::script::{Argument, Invocation};
use std::borrow::Cow;

/// Fails if it is not known of the program that a stage compiles.
pub fn check(image: &Image, stage: usize) -> Result<(), No> {
    match unknown(image, stage) {
        Some(what) => advise(format!("the program that is compiled may need root's files or rights: {what}")),
        None => Ok(()),
    }
}

/// What is not known of it.
fn unknown(image: &Image, stage: usize) -> Option<String> {
    if !image.code.read {
        return Some("its code was not read".to_owned());
    }
    let steps = image.facts.chain(stage).into_iter().flat_map(|stage| &image.facts.stages[stage].steps);
    if let Some(command) =
        steps.filter(|step| step.instruction.keyword == Keyword::Run).find_map(|step| fetches(image, step))
    {
        return Some(format!("`{command}` brings code that was not read"));
    }
    let copies = Copies::read(image.facts, stage);
    if copies.0.iter().any(|brought| brought.from.is_some()) {
        return Some("other stages or images bring code to the one that compiles it".to_owned());
    }
    let texts = texts(image, &copies.0);
    let module = texts.iter().find_map(|(path, text)| module(path, text)).unwrap_or_default();
    let mut compiled = texts.iter().filter_map(|(path, text)| Some((path, text, language(path)?))).peekable();
    if compiled.peek().is_none() {
        return Some("no code of a language that is known was found".to_owned());
    }
    compiled.find_map(|(path, text, language)| {
        let found = match language {
            Some(Language::Go) => go(text, &module),
            Some(Language::Rust) => rust(path, text),
            None => Some("its language".to_owned()),
        };
        found.map(|what| format!("{what} in `{path}` is not known to be harmless"))
    })
}

/// A command of the build that brings code from elsewhere.
fn fetches(image: &Image, step: &Step) -> Option<String> {
    let Some(commands) = image.facts.commands(step.item) else {
        return Some("a RUN that was not understood".to_owned());
    };
    let brings = |one: &Invocation| {
        let verb = one.operands().next().and_then(Argument::literal);
        let gets = one.is(&["go"]) && verb.is_some_and(|verb| ["get", "generate"].contains(&&*verb));
        one.is(&["git", "curl", "wget", "svn", "hg", "make", "sh", "bash"]) || gets || one.is_kind(Kind::Unpacks)
    };
    commands.deep().into_iter().find(brings).map(|one| one.called().map_or_else(|| "?".to_owned(), Cow::into_owned))
}

/// The files that COPYs bring, with their text.
fn texts(image: &Image, copies: &[CopiedFile]) -> Vec<(String, String)> {
    let context = image.facts.context;
    let paths = copies.iter().flat_map(|brought| sources::files(context, brought));
    let code = |path: &String| language(path).is_some() || path.ends_with("go.mod");
    let text =
        |path: String| Some((path.clone(), String::from_utf8_lossy(&context.read(&path, 1 << 18)?).into_owned()));
    paths.filter(code).filter_map(text).collect()
}

/// The name of the project's own module, of which all is read.
fn module(path: &str, text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("module ")).filter(|_| path.ends_with("go.mod"))?;
    Some(line.trim().trim_matches('"').to_owned())
}

/// The language of a file that is compiled; `Some(None)` for one whose libraries are not known. Tests are not part of the program.
fn language(path: &str) -> Option<Option<Language>> {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        _ if path.ends_with("_test.go") => None,
        "go" => Some(Some(Language::Go)),
        "rs" => Some(Some(Language::Rust)),
        _ if path.ends_with("Cargo.toml") => Some(Some(Language::Rust)),
        "c" | "cc" | "cpp" | "cxx" | "h" | "hpp" | "hs" | "swift" | "zig" | "nim" | "cr" | "d" | "s" | "asm" => {
            Some(None)
        }
        _ => None,
    }
}

/// What of a file of Go is not known.
fn go(text: &str, module: &str) -> Option<String> {
    let own = |path: &str| {
        !module.is_empty() && path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut imports = go_imports(text);
    if let Some(path) = imports.find(|path| !own(path) && !code::is_harmless(Language::Go, path)) {
        return Some(format!("`{path}`"));
    }
    let embedded = text.contains("//go:linkname") || text.contains("import \"C\"") || text.contains("//go:generate");
    let names = ["os.", "ioutil.", "syscall."].into_iter().flat_map(|start| names(text, start));
    let strange = names.into_iter().find(|name| !code::is_harmless_name(Language::Go, name));
    strange.or_else(|| embedded.then(|| "what it says to the compiler".to_owned())).map(|name| format!("`{name}`"))
}

/// The paths that a file of Go imports. One under another name (`x "os"`) hides what is taken of it and is told as it stands.
fn go_imports(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        let opens = line.starts_with("import (") || line.starts_with("import(");
        let one = line.strip_prefix("import ").filter(|_| !opens);
        let spec = one.or(Some(line).filter(|_| inside && !opens));
        inside = (inside || opens) && !line.starts_with(')');
        let spec = spec.filter(|spec| spec.contains('"'))?.split("//").next().unwrap_or_default().trim();
        let renamed = !spec.starts_with(['"', '_'])
            && ["\"os\"", "\"io/ioutil\"", "\"syscall\""].iter().any(|end| spec.ends_with(end));
        if renamed { Some(spec) } else { spec.split('"').nth(1) }
    })
}

/// The names that a text takes of a package or module: `os.Getenv` after `os.`.
fn names(text: &str, start: &str) -> Vec<String> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let found = text
        .match_indices(start)
        .filter(|(at, _)| !text[..*at].chars().next_back().is_some_and(|c| part(c) || c == '.'));
    found
        .map(|(at, _)| {
            let rest = &text[at + start.len()..];
            format!("{start}{}", &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())])
        })
        .collect()
}

/// What of a file of Rust, or of its Cargo.toml, is not known.
fn rust(path: &str, text: &str) -> Option<String> {
    if path.ends_with("Cargo.toml") {
        return dependencies(text)
            .find(|name| !code::is_harmless(Language::Rust, name))
            .map(|name| format!("`{name}`"));
    }
    let starts = ["fs::", "process::", "File::", "OpenOptions", "unsafe", "extern \"C\"", "asm!", "include!"];
    let taken = starts.into_iter().flat_map(|start| names(text, start));
    taken.into_iter().find(|name| !code::is_harmless_name(Language::Rust, name)).map(|name| format!("`{name}`"))
}

/// The names of a Cargo.toml's dependencies; what builds it counts, too.
fn dependencies(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with('[') {
            let section = line.trim_matches(['[', ']']);
            inside = section.ends_with("dependencies") && !section.ends_with("dev-dependencies");
            let (_, name) = section.split_once("dependencies.")?;
            return Some(name);
        }
        let name = line.split(['=', '.', ' ']).next().filter(|name| inside && !name.is_empty())?;
        (!name.starts_with('#')).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_of_go_are_found() {
        let text = "package main\nimport \"fmt\"\nimport (\n\t\"os\"\n\tm \"github.com/gorilla/mux\" // x\n\tsystem \"os\"\n)\nvar x = \"y\"\n";
        assert_eq!(go_imports(text).collect::<Vec<_>>(), ["fmt", "os", "github.com/gorilla/mux", "system \"os\""]);
    }

    #[test]
    fn code_is_known_by_what_it_takes_of_the_system() {
        assert_eq!(go("import \"os\"\nfunc main() { os.Getenv(\"PORT\") }", ""), None);
        assert_eq!(go("import \"os\"\nfunc main() { os.Create(\"x\") }", "").as_deref(), Some("`os.Create`"));
        assert_eq!(go("import \"example.org/a/b\"", "example.org/a"), None);
        assert_eq!(go("import \"example.org/ab\"", "example.org/a").as_deref(), Some("`example.org/ab`"));
        assert_eq!(rust("a.rs", "let x = fs::read_to_string(p);"), None);
        assert_eq!(rust("a.rs", "fs::write(p, x)").as_deref(), Some("`fs::write`"));
        let cargo = "[dependencies]\naxum = \"0.8\"\n[dependencies.sled]\nversion = \"1\"\n[dev-dependencies]\ntempfile = \"3\"\n";
        assert_eq!(rust("Cargo.toml", cargo).as_deref(), Some("`sled`"));
    }
}
