//! The program that a simple command starts, what it is wrapped in (`sudo`, `env A=b`) taken away. Knows no program.

use crate::facts::effects::{WRAPPERS, base, unwrap};
use crate::shell::{List, Script, Simple, Word};

/// A program with its arguments.
#[derive(Debug)]
pub struct Called<'s> {
    /// Its name, without folders.
    pub name: String,
    /// The words behind it.
    pub words: &'s [Word],
}

/// The program of a command; `None` where an expansion decides it.
pub fn called<'s>(text: &str, simple: &'s Simple) -> Option<Called<'s>> {
    let mut words = simple.words.as_slice();
    let mut name = words.first()?.literal(text)?;
    while WRAPPERS.contains(&base(&name)) {
        words = unwrap(&name, words, text)?;
        name = words.first()?.literal(text)?;
    }
    Some(Called { name: base(&name).to_owned(), words: &words[1..] })
}

/// All lists of commands of a text, those in groups, loops, functions and substitutions too.
pub fn lists(script: &Script) -> Vec<&List> {
    let mut out = vec![&script.list];
    script.for_each_command(&mut |command| {
        out.extend(command.lists());
        command.for_each_own_part(&mut |part| out.extend(part.list()));
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{CommandKind, Shell, parse};

    fn names(text: &str) -> Vec<String> {
        let Shell::Script(script) = parse(text) else { panic!("{text}") };
        let mut out = Vec::new();
        for list in lists(&script) {
            for command in list.pipelines().flat_map(|pipeline| &pipeline.commands) {
                if let CommandKind::Simple(simple) = &command.kind {
                    out.extend(called(text, simple).map(|called| format!("{}/{}", called.name, called.words.len())));
                }
            }
        }
        out
    }

    #[test]
    fn wrappers_are_taken_away() {
        assert_eq!(names("sudo -E env A=b /bin/bash -s x"), ["bash/2"]);
        assert_eq!(names("A=b $x && \"$y\" z"), [""; 0]);
    }

    #[test]
    fn every_list_is_seen_once() {
        assert_eq!(names("a; (b $(c)) | if d; then e <(f); fi"), ["a/0", "b/1", "c/0", "d/0", "e/1", "f/0"]);
    }
}
