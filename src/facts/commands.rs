//! The commands of instructions, read once each.

use crate::facts::{Facts, Family, Interpreter, Known, State, Step, Truth};
use crate::script::{Commands, Dialect, Reading, Variables};
use crate::shell::Shell;
use crate::syntax::{Args, Command};
use std::sync::Arc;

/// The commands of an instruction.
#[derive(Debug)]
pub(super) struct Read {
    /// The words of an exec form; empty for a shell text, which stands elsewhere.
    words: String,
    reading: Reading,
}

impl Interpreter {
    /// What it does otherwise than others when it runs a text.
    pub fn dialect(&self) -> Dialect {
        Dialect { last_in_shell: self.family == Family::Ksh, errexit: self.errexit == Truth::Yes }
    }
}

impl Variables for State {
    fn variable(&self, name: &str) -> Option<&str> {
        self.env.get(name).flatten()
    }
}

impl Variables for Arc<State> {
    fn variable(&self, name: &str) -> Option<&str> {
        State::variable(self, name)
    }
}

impl<'a> Facts<'a> {
    /// The commands of the shell text of an instruction; `None` for an exec form, for a text that was not understood, and where
    /// there is no command at all. Which program runs the text is not looked at, but for what it says of `-e`.
    pub fn commands(&self, item: usize) -> Option<Commands<'_>> {
        let found = self.shell_text(item)?;
        let Shell::Script(script) = &found.shell else { return None };
        let text = found.text.text();
        let read = || {
            let dialect = self.step_of(item).map_or(Dialect::default(), |step| dialect(&step.before));
            let read = || Read { words: String::new(), reading: Reading::of(text, script, dialect) };
            Some(found.readings.get(dialect, read))
        };
        let read = self.readings.get(item)?.get_or_init(read).as_ref()?;
        Some(Commands::new(text, &read.reading))
    }

    /// The commands of an instruction, be it in shell or exec form. Those of an exec form stand in a text of their own: its words
    /// with a blank between each two.
    pub fn started(&self, item: usize) -> Option<Commands<'_>> {
        let (Args::Command(Command::Exec(words)) | Args::Healthcheck(Some(Command::Exec(words)))) =
            &self.instruction(item)?.args
        else {
            return self.commands(item);
        };
        let read = || {
            let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
            Some(Arc::new(Read { words: words.join(" "), reading: Reading::of_words(&words) }))
        };
        let read = self.readings.get(item)?.get_or_init(read).as_ref()?;
        Some(Commands::new(&read.words, &read.reading))
    }

    /// The step whose instruction stands at an item.
    pub fn step_of(&self, item: usize) -> Option<&Step<'a>> {
        let stage = &self.stages[self.stage_at(item)?];
        let at = stage.steps.binary_search_by_key(&item, |step| step.item).ok()?;
        stage.steps.get(at)
    }
}

/// How the shell that is in force reads a text.
pub(super) fn dialect(state: &State) -> Dialect {
    match &state.shell {
        Known::Yes(words) => Interpreter::of(words).dialect(),
        Known::Unknown => Dialect::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::text::Source;

    fn names(text: &str) -> Vec<String> {
        let source = Source::new(text);
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        let commands = facts.started(1).map(Commands::deep).unwrap_or_default();
        commands.iter().filter_map(|one| one.name()).map(std::borrow::Cow::into_owned).collect()
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(names("FROM a\nRUN sudo a && b | c\n"), ["a", "b", "c"]);
        assert_eq!(names("FROM a\nCMD [\"sh\", \"-c\", \"exec node $X 'a b'\"]\n"), ["sh", "node"]);
        assert_eq!(names("FROM a\nHEALTHCHECK CMD [\"curl\", \"-f\", \"a b\"]\n"), ["curl"]);
        assert_eq!(names("FROM a\nRUN if\n"), [""; 0]);
        assert_eq!(names("FROM a\nUSER x\n"), [""; 0]);
    }

    #[test]
    fn the_shell_and_the_environment_are_those_of_the_place() {
        let source = Source::new("FROM debian\nENV A=/x\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN a; cd $A; b\n");
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        let commands = facts.commands(3).unwrap();
        assert!(commands.iter().all(|one| one.flow().must()));
        let state = &facts.step_of(3).unwrap().before;
        let last = commands.iter().next_back().unwrap();
        assert_eq!(last.directory().resolve(None, state).unwrap().as_str(), "/x");
    }
}
