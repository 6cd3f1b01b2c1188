//! From an open text to what dfopt says of it: settings, build context, templates, and a fault of dfopt that must not end
//! the conversation. Knows no message.

use crate::context::Folder;
use crate::engine::{Analysis, Bug, Offer, Options, Outcome};
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
pub type Analyze = fn(&Source, &Options, &dyn ContextView) -> Analysis;

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
    context: Option<Folder>,
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
        let force = in_force(path.as_deref(), settings)?;
        let mut options = force.options;
        options.level = force.settings.level.map_or(LEVEL, |level| level.value);
        let context = path.map(|path| self.folder(&path, settings, force.context));
        Ok(Task { source, options, context })
    }

    /// What formatting makes of a text.
    pub fn outcome(&self, task: &Task) -> Result<Outcome, Nothing> {
        work(task, self.optimize)
    }

    /// What there is to say of a text.
    pub fn analyze(&self, task: &Task) -> Result<Analysis, Nothing> {
        work(task, self.analyze)
    }

    /// What one rewrite alone makes of the text in which it was found, checked.
    pub fn alone(&self, source: &Source, offer: &Offer) -> Result<String, Nothing> {
        let edit = || offer.checked(source).map(|edits| edits.apply(source.text()));
        match panic::catch_unwind(AssertUnwindSafe(edit)) {
            Ok(made) => made.map_err(Nothing::Unsound),
            Err(_) => Err(Nothing::Panicked),
        }
    }

    /// The build context of a file, anew each time: what stands on the disk may have changed. The editor's word weighs more
    /// than that of `dfopt.toml`; a relative one counts from the innermost open folder that holds the file.
    fn folder(&self, path: &Path, settings: &Settings, configured: Option<PathBuf>) -> Folder {
        let own = path.parent().unwrap_or(path);
        let holding = self.roots.iter().filter(|root| path.starts_with(root));
        let base = holding.max_by_key(|root| root.components().count()).map_or(own, PathBuf::as_path);
        let said = settings.context.as_ref().map(|context| base.join(context));
        Folder::new(&said.or(configured).unwrap_or_else(|| own.to_owned()), Some(path))
    }
}

/// What `dfopt.toml` and the editor say of a file; of one that is not on the disk, the editor alone. Read anew each time.
fn in_force(path: Option<&Path>, settings: &Settings) -> Result<InForce, Nothing> {
    let choice = if path.is_some() { Choice::Nearest } else { Choice::None };
    let mut configs = Configs::new(choice, settings.said.clone(), None, PathBuf::new());
    let force = configs.in_force(path.unwrap_or(Path::new(""))).map_err(|broken| {
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

fn work<T>(task: &Task, work: fn(&Source, &Options, &dyn ContextView) -> T) -> Result<T, Nothing> {
    let context = task.context.as_ref().map_or(&NoContext as &dyn ContextView, |folder| folder);
    panic::catch_unwind(AssertUnwindSafe(|| work(&task.source, &task.options, context))).map_err(|_| Nothing::Panicked)
}
