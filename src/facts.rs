//! What is known about a Dockerfile beyond its form: stages and their edges, the state at each point, what the author asked
//! to keep, effects of shell commands. Read-only and three-valued: what is not known is `Unknown`, never probably fine.

pub mod accounts;
pub mod bases;
pub mod changes;
mod commands;
pub mod context;
mod conversion;
pub mod cost;
pub mod effects;
pub mod frontend;
pub mod history;
pub mod keep;
pub mod layout;
pub mod missing;
pub mod package_lists;
pub mod packages;
pub mod ports;
pub mod project;
pub mod removal;
pub mod stages;
pub mod state;
pub mod tools;
pub mod uses;
pub mod value;
pub mod words;

pub use accounts::{Accounts, Group, User};
pub use changes::{AccountChange, Change, Changes, PackageChange};
pub use context::{ContextView, Entry, NoContext};
pub use cost::Counter;
pub use effects::Effects;
pub use frontend::Frontend;
pub use history::{History, Index, Marked};
pub use keep::Kept;
pub use missing::Missing;
pub use packages::Work;
pub use project::{Location, NO_PROJECT, ProjectFacts, ServiceFact, Setting, Targets};
pub use stages::{Base, Stage, Step};
pub use state::{Family, Interpreter, Known, State};

use crate::knowledge::programs::Kind;
use crate::knowledge::programs::Manager;
use crate::script::{Commands, Dialect, Variables};
use crate::shell::{self, Script, Shell};
use crate::syntax::{Command, File, Instruction, Item, Keyword, Logical};
use crate::text::Source;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

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
    /// What it cost to work them out.
    pub counter: Counter,
    /// Stages by their names in lower case; the last one of each.
    names: OnceLock<HashMap<String, usize>>,
    asked: Asked,
    scripts: Scripts,
    readings: Vec<OnceLock<Option<Arc<commands::Read>>>>,
    changes: Vec<OnceLock<Arc<Changes>>>,
}

/// What was asked of the facts as a whole, and is asked again and again.
#[derive(Debug, Default)]
struct Asked {
    tools: tools::Asked,
    /// By the paths.
    taken: RefCell<HashMap<String, uses::Taken>>,
    lists: RefCell<HashMap<Manager, Rc<package_lists::Lists>>>,
    fetched: OnceCell<History<package_lists::Fetched>>,
    marked: RefCell<HashMap<&'static str, Rc<Marked>>>,
    style: OnceCell<layout::Style>,
    ships: OnceCell<Vec<bool>>,
    frontend: OnceCell<Frontend>,
    nested: OnceCell<Vec<(usize, usize)>>,
    /// The accounts before the step of a stage that was asked for last.
    accounts: RefCell<Option<(usize, usize, Accounts)>>,
    /// By the keyword of the instructions.
    indents: RefCell<HashMap<Option<Keyword>, String>>,
}

/// What the shell is given to run, understood.
#[derive(Clone, Debug)]
pub struct ShellText {
    /// The text, with the way back to the file.
    pub text: Logical,
    script: Arc<ScriptFacts>,
}

/// What the text of a script alone decides, and what it decides for one interpreter: worked out once, however often the file
/// around it changes.
#[derive(Debug)]
pub struct ScriptFacts {
    /// Its commands.
    pub shell: Shell,
    readings: For<Dialect, commands::Read>,
    changes: For<Interpreter, Changes>,
    effects: OnceLock<Remembered>,
}

impl Deref for ShellText {
    type Target = ScriptFacts;

    fn deref(&self) -> &ScriptFacts {
        &self.script
    }
}

impl ShellText {
    /// Reads a text.
    pub fn new(text: Logical) -> ShellText {
        let shell = shell::parse(text.text());
        let script = ScriptFacts { shell, readings: For::default(), changes: For::default(), effects: OnceLock::new() };
        ShellText { text, script: Arc::new(script) }
    }

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

/// What was worked out for the first who asked; others, with another condition, work it out for themselves.
#[derive(Debug)]
struct For<K, V>(OnceLock<(K, Arc<V>)>);

impl<K, V> Default for For<K, V> {
    fn default() -> For<K, V> {
        For(OnceLock::new())
    }
}

impl<K: Copy + PartialEq, V> For<K, V> {
    fn get(&self, condition: K, work: impl Fn() -> V) -> Arc<V> {
        let (first, value) = self.0.get_or_init(|| (condition, Arc::new(work())));
        if *first == condition { Arc::clone(value) } else { Arc::new(work()) }
    }
}

/// Effects, and all that they were worked out from beside the text.
#[derive(Debug)]
struct Remembered {
    dialect: Dialect,
    family: Family,
    workdir: Known<String>,
    variables: Vec<(String, Option<String>)>,
    effects: Arc<Effects>,
}

impl Remembered {
    fn of(commands: Commands, family: Family, state: &State) -> Remembered {
        let seen = Seen { of: state, asked: RefCell::default() };
        let workdir = state.workdir.clone();
        let effects = Effects::of(commands, family, workdir.get().map(String::as_str), &seen);
        let dialect = commands::dialect(state);
        Remembered { dialect, family, workdir, variables: seen.asked.into_inner(), effects: Arc::new(effects) }
    }

    fn fits(&self, family: Family, state: &State) -> bool {
        let same = |(name, value): &(String, Option<String>)| state.variable(name) == value.as_deref();
        let shell = self.family == family && self.dialect == commands::dialect(state);
        shell && self.workdir == state.workdir && self.variables.iter().all(same)
    }
}

/// Variables that note which of them are asked for.
struct Seen<'a> {
    of: &'a State,
    asked: RefCell<Vec<(String, Option<String>)>>,
}

impl Variables for Seen<'_> {
    fn variable(&self, name: &str) -> Option<&str> {
        let value = self.of.variable(name);
        self.asked.borrow_mut().push((name.to_owned(), value.map(str::to_owned)));
        value
    }
}

/// The scripts of a text, by item: each is read when it is first asked for, whoever asks.
#[derive(Clone, Debug, Default)]
pub struct Scripts {
    read: Vec<OnceLock<Option<ShellText>>>,
    /// How many of them were known from the start.
    known: usize,
}

impl Scripts {
    /// Those of a text of which nothing was read.
    pub fn new(file: &File) -> Scripts {
        Scripts { read: file.items.iter().map(|_| OnceLock::new()).collect(), known: 0 }
    }

    /// The script of an instruction that stands at an item.
    pub fn at(&self, item: usize, instruction: &Instruction, source: &Source) -> Option<&ShellText> {
        let read = || instruction.script(source).map(ShellText::new);
        self.read.get(item)?.get_or_init(read).as_ref()
    }

    /// Those of a text that this one became: the items before and after, and for each of the latter which one it was, if it is the
    /// same.
    pub fn after(&self, (before, file): (&File, &File), old: &[Option<usize>]) -> Scripts {
        let known = |(index, item): (usize, &Item)| {
            let at = (*old.get(index)?)?;
            let script = self.read.get(at)?.get()?.as_ref()?;
            let text = script.text.moved(i64::from(item.span.start) - i64::from(before.items[at].span.start));
            Some(OnceLock::from(Some(ShellText { text, script: Arc::clone(&script.script) })))
        };
        let read: Vec<_> = file.items.iter().enumerate().map(|at| known(at).unwrap_or_default()).collect();
        let known = read.iter().filter(|script| script.get().is_some()).count();
        Scripts { read, known }
    }

    /// How many were read since there are these.
    pub fn count(&self) -> usize {
        self.read.iter().filter(|script| matches!(script.get(), Some(Some(_)))).count() - self.known
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
        Facts::with_scripts((source, file), (context, project), Scripts::new(file))
    }

    /// The same with the scripts of the text, of which some may be read already.
    pub fn with_scripts(
        (source, file): (&'a Source, &'a File),
        (context, project): (&'a dyn ContextView, &'a ProjectFacts),
        scripts: Scripts,
    ) -> Facts<'a> {
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
            counter: Counter::new(cost::budget(file.items.len())),
            names: OnceLock::new(),
            asked: Asked::default(),
            scripts,
            readings: file.items.iter().map(|_| OnceLock::new()).collect(),
            changes: file.items.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The scripts of a text that this one became: what was read of it stays read. `old` tells for each of the new items which one it
    /// was here, if it is the same.
    pub fn scripts_after(&self, file: &File, old: &[Option<usize>]) -> Scripts {
        self.scripts.after((self.file, file), old)
    }

    /// The scripts of the text, as far as they were read.
    pub fn scripts(&self) -> &Scripts {
        &self.scripts
    }

    /// The same for those who need nothing else of what is known any more.
    pub fn into_scripts(self) -> Scripts {
        self.scripts
    }

    /// The shell text of the instruction at an item; `None` for an exec form, or where there is no command at all.
    pub fn shell_text(&self, item: usize) -> Option<&ShellText> {
        let instruction = self.instruction(item)?;
        self.scripts.at(item, instruction, self.source)
    }

    /// The steps of which something holds, looked for when it is first asked for. `what` says what it is, in other words than anybody
    /// else's.
    pub fn marked(&self, what: &'static str, holds: impl Fn(&Stage<'a>, &Step<'a>) -> bool) -> Rc<Marked> {
        if let Some(known) = self.asked.marked.borrow().get(what) {
            return known.clone();
        }
        let marked = Rc::new(Marked::of(self, holds));
        self.asked.marked.borrow_mut().insert(what, marked.clone());
        marked
    }

    /// Whether a step comes before another one of its stage, or stands in a stage that the other's is made from.
    pub fn precedes(&self, (stage, step): history::Place, (other, at): history::Place) -> bool {
        if stage == other {
            return step < at;
        }
        // numbered so that what is made from a stage comes right after it
        let ends = self.asked.nested.get_or_init(|| nested(&self.stages));
        let (Some((first, last)), Some((inner, _))) = (ends.get(stage), ends.get(other)) else { return false };
        (*first..*last).contains(inner)
    }

    /// The step at a place.
    pub fn step(&self, (stage, step): history::Place) -> Option<&Step<'a>> {
        self.stages.get(stage)?.steps.get(step)
    }

    /// The stage that an instruction stands in.
    pub fn stage_at(&self, item: usize) -> Option<usize> {
        self.stages.partition_point(|stage| stage.item < item).checked_sub(1)
    }

    /// The last stage of a name, however that is spelled.
    pub fn stage_by_name(&self, name: &str) -> Option<usize> {
        let read = || {
            let named = self.stages.iter().enumerate();
            named.filter_map(|(index, stage)| Some((stage.name.clone()?, index))).collect()
        };
        self.names.get_or_init(read).get(&name.to_lowercase()).copied()
    }

    /// What the commands of a shell-form instruction do, run by a shell of `family` where it stands; `None` if they were not
    /// understood. Worked out again only if something that it depends on is another.
    pub fn effects(&self, step: &Step<'a>, family: Family) -> Option<Arc<Effects>> {
        let (found, commands) = (self.shell_text(step.item)?, self.commands(step.item)?);
        let known = found.effects.get_or_init(|| Remembered::of(commands, family, &step.before));
        match known.fits(family, &step.before) {
            true => Some(Arc::clone(&known.effects)),
            false => Some(Remembered::of(commands, family, &step.before).effects),
        }
    }

    /// The instruction at an item.
    pub fn instruction(&self, item: usize) -> Option<&'a Instruction> {
        match &self.file.items.get(item)?.kind {
            crate::syntax::ItemKind::Instruction(instruction) => Some(instruction),
            _ => None,
        }
    }

    /// Whether the layers of a stage are in an image that is built.
    pub fn ships(&self, stage: usize) -> bool {
        let read = || {
            let mut ships = vec![false; self.stages.len()];
            self.shipped().into_iter().for_each(|index| ships[index] = true);
            ships
        };
        self.asked.ships.get_or_init(read).get(stage).copied().unwrap_or(false)
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
        let commands = runs.filter_map(|step| self.commands(step.item));
        commands
            .flat_map(Commands::deep)
            .any(|one| one.is_kind(Kind::Unix) || one.wrappers().any(|wrapper| wrapper.program().is(Kind::Unix)))
    }
}

/// Of each stage a number, and the first number that is neither its own nor that of a stage made from it, directly or not.
fn nested(stages: &[Stage]) -> Vec<(usize, usize)> {
    let mut sizes = vec![1; stages.len()];
    for (index, stage) in stages.iter().enumerate().rev() {
        sizes[index] += stage.children.iter().map(|child| sizes[*child]).sum::<usize>();
    }
    let mut out: Vec<(usize, usize)> = vec![(0, 0); stages.len()];
    let mut next = 0;
    for (index, stage) in stages.iter().enumerate() {
        if stage.root == index {
            out[index] = (next, next + sizes[index]);
            next += sizes[index];
        }
        // an earlier stage gave this one its numbers
        let mut free = out[index].0 + 1;
        for child in &stage.children {
            out[*child] = (free, free + sizes[*child]);
            free += sizes[*child];
        }
    }
    out
}

/// Whether an instruction holds a command in the exec form.
pub fn is_exec(instruction: &Instruction) -> bool {
    matches!(&instruction.args, crate::syntax::Args::Command(Command::Exec(_)))
}
