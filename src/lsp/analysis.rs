//! From an open text to what dfopt says of it: settings, build context, templates, and a fault of dfopt that must not end
//! the conversation. Knows no message.

use crate::engine::{Analysis, Bug, Memory, Offer, Options, Outcome};
use crate::facts::{ContextView, NoContext};
use crate::lsp::document::Document;
use crate::lsp::protocol::{name_of, path_of};
use crate::lsp::settings::{LEVEL, Settings};
use crate::project::{Choice, Configs, InForce};
use crate::template;
use crate::text::{Source, SourceError};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

/// What `optimize` is to this module; tests bring their own.
pub type Optimize = fn(&Source, &Options, &dyn ContextView) -> Outcome;
/// What `analyze` is to this module.
pub type Analyze = fn(&Source, &Options, &dyn ContextView, &mut Memory) -> Analysis;

/// Why there is nothing to say of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Nothing {
    /// The settings switch dfopt off, or can't be understood.
    Off,
    /// It is a template: what it becomes is not known.
    Template(String),
    /// `dfopt.toml` keeps it out.
    Excluded,
    /// `dfopt.toml` can't be understood.
    Config(String),
    /// It is no text that dfopt takes.
    NoText(SourceError),
    /// Client and server do not speak of the same text.
    Lost,
    /// dfopt failed.
    Panicked,
    /// A rewrite did more than its transform declares.
    Unsound(Bug),
}

/// A text that is to be looked at, and how.
pub struct Task {
    /// The text.
    pub source: Source,
    /// What is in force for it.
    pub options: Options,
    context: Option<Box<dyn ContextView>>,
}

/// All that is needed to look at a text.
pub struct Analyzer {
    /// The settings; `None` where they can't be understood, and nothing must be done.
    pub settings: Option<Settings>,
    /// The folders that the editor has open.
    pub roots: Vec<PathBuf>,
    /// Makes a text as it should be.
    pub optimize: Optimize,
    /// Looks at a text as it is.
    pub analyze: Analyze,
}

impl Analyzer {
    /// What is to be looked at, and how; nothing where the text is to be left alone.
    pub fn task(&self, document: &Document) -> Result<Task, Nothing> {
        let settings = self.settings.as_ref().filter(|settings| settings.enable).ok_or(Nothing::Off)?;
        if document.lost() {
            return Err(Nothing::Lost);
        }
        let source = document.source().map_err(Nothing::NoText)?;
        if let Some(reason) = template::reason(&name_of(&document.uri), source.text()) {
            return Err(Nothing::Template(reason));
        }
        let path = path_of(&document.uri);
        let mut force = in_force(path.as_deref().map(|path| (path, self.base(path))), settings)?;
        force.options.level = force.settings.level.as_ref().map_or(LEVEL, |level| level.value);
        // anew each time: what stands on the disk may have changed
        let context = path.map(|path| {
            if let Some(said) = &settings.context {
                // the editor's word weighs more than that of `dfopt.toml`
                force.context = Some(self.base(&path).join(said));
            }
            force.view(&path)
        });
        Ok(Task { source, options: force.options, context })
    }

    /// What formatting makes of a text.
    pub fn outcome(&self, task: &Task) -> Result<Outcome, Nothing> {
        work(task, self.optimize)
    }

    /// What there is to say of a text, given what was read of the one before.
    pub fn analyze(&self, task: &Task, memory: &mut Memory) -> Result<Analysis, Nothing> {
        work(task, |source, options, context| (self.analyze)(source, options, context, memory))
    }

    /// What one rewrite alone makes of the text in which it was found, checked.
    pub fn alone(&self, source: &Source, offer: &Offer) -> Result<String, Nothing> {
        let edit = || offer.checked(source).map(|edits| edits.apply(source.text()));
        match panic::catch_unwind(AssertUnwindSafe(edit)) {
            Ok(made) => made.map_err(Nothing::Unsound),
            Err(_) => Err(Nothing::Panicked),
        }
    }

    /// The innermost open folder that holds a file, or its own directory: what relative paths count from.
    fn base<'p>(&'p self, path: &'p Path) -> &'p Path {
        let own = path.parent().unwrap_or(path);
        let holding = self.roots.iter().filter(|root| path.starts_with(root));
        holding.max_by_key(|root| root.components().count()).map_or(own, PathBuf::as_path)
    }
}

/// What `dfopt.toml`, the project and the editor say of a file, given with what paths are shown from; of one that is not on the disk,
/// the editor alone. Read anew each time.
fn in_force(file: Option<(&Path, &Path)>, settings: &Settings) -> Result<InForce, Nothing> {
    let choice = if file.is_some() { Choice::Nearest } else { Choice::None };
    let (path, base) = file.unwrap_or((Path::new(""), Path::new("")));
    let mut configs = Configs::new(choice, settings.said.clone(), None, base.to_owned());
    let force = configs.in_force(path).map_err(|broken| {
        let problem = broken.problems().first().map_or(String::new(), |problem| {
            let (line, column, message) = (problem.line, problem.column, &problem.message);
            format!(":{line}:{column}: {message}")
        });
        Nothing::Config(format!("{}{problem}; nothing is rewritten until it is mended", broken.path.display()))
    })?;
    match force.excluded {
        Some(_) => Err(Nothing::Excluded),
        None => Ok(force),
    }
}

fn work<T>(task: &Task, work: impl FnOnce(&Source, &Options, &dyn ContextView) -> T) -> Result<T, Nothing> {
    let context = task.context.as_deref().unwrap_or(&NoContext);
    panic::catch_unwind(AssertUnwindSafe(|| work(&task.source, &task.options, context))).map_err(|_| Nothing::Panicked)
}
