//! What is known about a Dockerfile beyond its form: stages and their edges, the state at each point, what the author asked
//! to keep, effects of shell commands. Read-only and three-valued: what is not known is `Unknown`, never probably fine.

pub mod accounts;
pub mod bases;
pub mod called;
pub mod changes;
mod commands;
pub mod context;
pub mod control_flow;
pub mod effects;
pub mod frontend;
pub mod keep;
pub mod layout;
pub mod missing;
pub mod packages;
pub mod project;
pub mod stages;
pub mod state;
pub mod tools;
pub mod uses;
pub mod value;
pub mod words;

pub use accounts::{Accounts, Group, User};
pub use changes::{AccountChange, Change, Changes, PackageChange};
pub use context::{ContextView, Entry, NoContext};
pub use effects::Effects;
pub use frontend::Frontend;
pub use keep::Kept;
pub use missing::Missing;
pub use packages::{Call, Work};
pub use project::{Location, NO_PROJECT, ProjectFacts, ServiceFact, Setting, Targets};
pub use stages::{Base, Stage, Step};
pub use state::{Family, Interpreter, Known, State};

use crate::shell::{self, Script, Shell};
use crate::syntax::{Command, File, Instruction, Keyword, Logical};
use crate::text::Source;
use std::sync::OnceLock;

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Truth {
    /// Proven.
    Yes,
    /// Disproven.
    No,
    /// Neither; licenses nothing.
    Unknown,
}

/// All facts of one text.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The text.
    pub source: &'a Source,
    /// Its items.
    pub file: &'a File,
    /// Its stages, in order.
    pub stages: Vec<Stage<'a>>,
    /// What the author asked to keep.
    pub kept: Kept,
    /// The white space before a continued line, for a file that shows no style of its own.
    pub indent: String,
    /// The build context.
    pub context: &'a dyn ContextView,
    /// What shows that the directory that was taken for the build context is another one: nothing is known of the context then.
    pub missing: Option<Missing>,
    /// What the project says of how the file is built and run.
    pub project: &'a ProjectFacts,
    scripts: Vec<OnceLock<Option<ShellText>>>,
    readings: Vec<OnceLock<Option<commands::Read>>>,
    calls: Vec<OnceLock<Vec<Call>>>,
    changes: Vec<OnceLock<Changes>>,
}

/// What the shell is given to run, understood.
#[derive(Debug)]
pub struct ShellText {
    /// The text, with the way back to the file.
    pub text: Logical,
    /// Its commands.
    pub shell: Shell,
}

impl ShellText {
    /// The text and its commands, if it was understood.
    pub fn script(&self) -> Option<(&Logical, &Script)> {
        match &self.shell {
            Shell::Script(script) => Some((&self.text, script)),
            Shell::Opaque(_) => None,
        }
    }

    /// Why a text that is no [`ShellText::script`] was not understood.
    pub fn why(found: Option<&ShellText>) -> &'static str {
        match found.map(|found| &found.shell) {
            Some(Shell::Opaque(opaque)) => opaque.why,
            _ => "there is none",
        }
    }
}

impl<'a> Facts<'a> {
    /// Works out the facts of a file without a build context. The shell texts are only read when asked for.
    pub fn new(source: &'a Source, file: &'a File) -> Facts<'a> {
        Facts::with(source, file, &NoContext)
    }

    /// Works out the facts of a file and its build context. The shell texts and the context are only read when asked for.
    pub fn with(source: &'a Source, file: &'a File, context: &'a dyn ContextView) -> Facts<'a> {
        Facts::told(source, file, context, &NO_PROJECT)
    }

    /// The same with what the project says of builds and services.
    pub fn told(
        source: &'a Source,
        file: &'a File,
        context: &'a dyn ContextView,
        project: &'a ProjectFacts,
    ) -> Facts<'a> {
        let scripts = file.items.iter().map(|_| OnceLock::new()).collect();
        let missing = missing::find(file, context);
        Facts {
            source,
            file,
            stages: stages::read(file, project),
            kept: Kept::read(source, file),
            indent: "    ".to_owned(),
            context: if missing.is_some() { &NoContext } else { context },
            missing,
            project,
            scripts,
            readings: file.items.iter().map(|_| OnceLock::new()).collect(),
            calls: file.items.iter().map(|_| OnceLock::new()).collect(),
            changes: file.items.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The shell text of the instruction at an item; `None` for an exec form, or where there is no command at all.
    pub fn shell_text(&self, item: usize) -> Option<&ShellText> {
        let instruction = self.instruction(item)?;
        let read = || {
            let text = instruction.script(self.source)?;
            let shell = shell::parse(text.text());
            Some(ShellText { text, shell })
        };
        self.scripts.get(item)?.get_or_init(read).as_ref()
    }

    /// The instruction at an item.
    pub fn instruction(&self, item: usize) -> Option<&'a Instruction> {
        match &self.file.items.get(item)?.kind {
            crate::syntax::ItemKind::Instruction(instruction) => Some(instruction),
            _ => None,
        }
    }

    /// What runs the shell-form RUN at a step, with what the stage's own commands show where the base image is not known:
    /// an image in which `apt-get` or `chmod` runs has a Unix shell, though maybe one with options.
    pub fn interpreter(&self, stage: &Stage<'a>, step: &Step<'a>) -> Interpreter {
        match &step.before.shell {
            Known::Yes(words) => Interpreter::of(words),
            Known::Unknown if *stage.unix.get_or_init(|| self.speaks_unix(stage)) => Interpreter::UNKNOWN_UNIX,
            Known::Unknown => Interpreter::UNKNOWN,
        }
    }

    fn speaks_unix(&self, stage: &Stage<'a>) -> bool {
        let runs = stage
            .steps
            .iter()
            .filter(|step| step.instruction.keyword == Keyword::Run && matches!(step.before.shell, Known::Unknown));
        runs.filter_map(|step| self.shell_text(step.item)).any(effects::speaks_unix)
    }
}

/// Whether an instruction holds a command in the exec form.
pub fn is_exec(instruction: &Instruction) -> bool {
    matches!(&instruction.args, crate::syntax::Args::Command(Command::Exec(_)))
}
