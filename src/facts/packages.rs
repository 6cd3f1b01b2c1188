//! RUNs in shell form that were understood, with what runs them and as whom; and where something can be put behind their text.

use crate::facts::{Base, Facts, Family, Interpreter, Known, Stage, Step, Truth};
use crate::script::{Commands, Invocation};
use crate::shell::{Command, Script, Shell, Terminator};
use crate::syntax::{Instruction, Keyword, Logical};
use crate::text::Span;

pub use crate::knowledge::programs::Manager;

/// A RUN in shell form whose text was understood.
#[derive(Debug)]
pub struct Work<'f> {
    /// Its item.
    pub item: usize,
    /// Itself.
    pub instruction: &'f Instruction,
    /// Its text.
    pub text: &'f Logical,
    /// Its tree.
    pub script: &'f Script,
    /// The commands in it.
    pub commands: Commands<'f>,
    /// What runs it.
    pub shell: Interpreter,
    /// USER, where it is known.
    pub user: Option<String>,
}

/// Why nothing can be put behind a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTail {
    /// The text is in a heredoc, or has one.
    Heredoc,
    /// Its last command runs in the background.
    Background,
    /// `set -e` decides where its last group stops, and does nothing on the left of `&&`.
    Errexit,
}

impl<'f> Work<'f> {
    /// Where ` && command` goes so that it runs last, and only if all else succeeded.
    ///
    /// # Errors
    /// Why there is no such place.
    pub fn tail(&self) -> Result<usize, NoTail> {
        if !self.instruction.heredocs.is_empty() {
            return Err(NoTail::Heredoc);
        }
        let Some(last) = self.script.list.entries.last() else { return Err(NoTail::Background) };
        if matches!(last.end, Some((Terminator::Ampersand, _))) {
            return Err(NoTail::Background);
        }
        let watched = self.shell.errexit != Truth::No || self.text.text().contains("set ");
        // what stands on the left of `&&` or `||` does so already
        let end = last.and_or.rest.last().map_or(&last.and_or.first, |(_, _, pipeline)| pipeline);
        // a function is a group too
        let defines = self.commands.functions().next().is_some();
        if watched && (defines || !end.commands.iter().all(Command::is_plain)) {
            return Err(NoTail::Errexit);
        }
        Ok(self.file_offset_behind(last.and_or.span.end))
    }

    /// The offset in the file behind the byte before `at`, so that a line continuation there comes after it.
    pub fn file_offset_behind(&self, at: u32) -> usize {
        at.checked_sub(1).map_or_else(|| self.text.offset(0), |before| self.text.offset(before as usize) + 1)
    }

    /// The place in the file from directly behind one byte of the text to directly behind another: what goes when the commands
    /// between them do. A continuation directly behind the first goes, too.
    pub fn gap(&self, (from, to): (u32, u32)) -> Span {
        Span::new(self.file_offset_behind(from), self.file_offset_behind(to))
    }

    /// The commands of package managers, in order.
    pub fn calls(&self) -> impl DoubleEndedIterator<Item = Invocation<'f>> + use<'f> {
        self.commands.iter().filter(|one| one.manager().is_some())
    }

    /// A span of the text, in the file.
    pub fn in_file(&self, span: Span) -> Span {
        self.text.span(span.range())
    }

    /// Whether the whole text is one chain of `&&`.
    pub fn is_chain(&self) -> bool {
        self.script.list.is_chain()
    }

    /// Whether it is run by a shell that reads as this one does.
    pub fn is_posix(&self) -> bool {
        matches!(self.shell.family, Family::Posix | Family::Bash | Family::Ksh)
    }

    /// Whether commands of the text surely run as root: USER says so, or the base image does.
    pub fn is_root(&self) -> bool {
        self.user.as_deref().is_some_and(|user| matches!(user.split(':').next(), Some("root" | "0")))
    }
}

impl<'a> Facts<'a> {
    /// The RUNs that hold one of `marks` and were understood, each with its stage and its place in there: those whose layers
    /// reach the image, or all. The shell texts of others are not read.
    pub fn works(&self, all: bool, marks: &[&str]) -> Vec<(usize, usize, Work<'_>)> {
        let stages = self.stages.iter().enumerate().filter(|(index, _)| all || self.ships(*index));
        let steps =
            stages.flat_map(|(index, stage)| stage.steps.iter().enumerate().map(move |step| (index, stage, step)));
        let marked = |item: usize| {
            let text = self.source.slice(self.file.items[item].span);
            marks.iter().any(|mark| text.contains(mark))
        };
        let runs = steps.filter(|(_, _, (_, step))| step.instruction.keyword == Keyword::Run && marked(step.item));
        runs.filter_map(|(index, stage, (at, step))| Some((index, at, self.work(stage, step)?))).collect()
    }

    /// The reference of the image at the root of a stage.
    pub fn reference(&self, stage: usize) -> Option<&str> {
        match &self.root(stage)?.base {
            Base::Image(name) => name.as_deref(),
            Base::Stage(_) | Base::Scratch => None,
        }
    }

    /// The RUN at a step, where a shell that is not a stranger runs it and its text was understood.
    pub fn work<'f>(&'f self, stage: &Stage<'a>, step: &Step<'a>) -> Option<Work<'f>> {
        let instruction = step.instruction;
        if instruction.keyword != Keyword::Run || instruction.opaque.is_some() {
            return None;
        }
        let shell = self.interpreter(stage, step);
        if shell.family == Family::Other || has_interpreter_of_its_own(self, instruction) {
            return None;
        }
        let found = self.shell_text(step.item)?;
        let Shell::Script(script) = &found.shell else { return None };
        let commands = self.commands(step.item)?;
        let user = match &step.before.user {
            Known::Yes(user) => Some(user.clone()),
            Known::Unknown => None,
        };
        Some(Work { item: step.item, instruction, text: &found.text, script, commands, shell, user })
    }
}

/// A heredoc that starts with `#!` is run by the program named there.
fn has_interpreter_of_its_own(facts: &Facts, instruction: &Instruction) -> bool {
    instruction.sole_heredoc().is_some_and(|heredoc| facts.source.slice(heredoc.body).starts_with("#!"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::programs::Action;
    use crate::syntax::parse;
    use crate::text::Source;

    fn with<T>(text: &str, ask: impl FnOnce(&Work) -> T) -> T {
        let source = Source::new(format!("FROM debian\nRUN {text}\n"));
        let parsed = parse(&source);
        let facts = Facts::new(&source, &parsed.file);
        ask(&facts.work(&facts.stages[0], &facts.stages[0].steps[0]).unwrap())
    }

    #[test]
    fn calls_are_those_of_package_managers() {
        let text =
            "python3 -m pip install x && /usr/bin/pip3.9 install y && command env A=b yum install z; echo pip install";
        with(text, |work| {
            let names: Vec<&str> = work.calls().map(Invocation::program_name).collect();
            assert_eq!(names, ["pip", "pip", "yum"]);
            assert!(work.calls().all(|call| call.action() == Action::Install));
        });
    }

    #[test]
    fn options_go_behind_those_that_follow_the_subcommand() {
        let place = |text: &str| with(text, |work| work.calls().next().unwrap().option_place());
        assert_eq!(place("apt-get -y install -q -t sid curl -f"), Some(28));
        assert_eq!(place("apt-get install curl"), Some(15));
        assert_eq!(place("apt-get"), None);
    }

    #[test]
    fn something_can_be_put_behind() {
        let tail = |text: &str| with(text, |work| work.tail());
        assert_eq!(tail("a && b"), Ok(22));
        assert_eq!(tail("a &"), Err(NoTail::Background));
        assert_eq!(tail("set -e; { a; b; }"), Err(NoTail::Errexit));
        assert_eq!(tail("set -e; { a; b; } && c"), Ok(38));
        assert_eq!(tail("set -e; f() { a; b; } && c"), Err(NoTail::Errexit));
        assert_eq!(tail("set -e; a || b"), Ok(30));
        assert_eq!(tail("cat <<E\na\nE"), Err(NoTail::Heredoc));
    }
}
