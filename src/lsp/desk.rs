//! From an open text to what dfopt says of it: settings, build context, templates, and a fault of dfopt that must not end
//! the conversation. Knows no message.

use crate::context::Folder;
use crate::engine::{Bug, Look, Offer, Options, Outcome};
use crate::facts::{ContextView, NoContext};
use crate::lsp::document::Document;
use crate::lsp::protocol::{name_of, path_of};
use crate::lsp::settings::Settings;
use crate::template;
use crate::text::{Source, SourceError};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

/// What `optimize` is to this module; tests bring their own.
pub type Optimize = fn(&Source, &Options, &dyn ContextView) -> Outcome;
/// What `look` is to this module.
pub type Looker = fn(&Source, &Options, &dyn ContextView) -> Look;

/// Why there is nothing to say of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Nothing {
    /// The settings switch dfopt off, or can't be understood.
    Off,
    /// It is a template: what it becomes is not known.
    Template(String),
    /// It is no text that dfopt takes.
    NoText(SourceError),
    /// Client and server do not speak of the same text.
    Lost,
    /// dfopt failed.
    Panicked,
    /// A rewrite did more than its transform declares.
    Unsound(Bug),
}

/// All that is needed to look at a text.
pub struct Desk {
    /// The settings; `None` where they can't be understood, and nothing must be done.
    pub settings: Option<Settings>,
    /// The folders that the editor has open.
    pub roots: Vec<PathBuf>,
    /// Makes a text as it should be.
    pub optimize: Optimize,
    /// Looks at a text as it is.
    pub look: Looker,
}

impl Desk {
    /// The text, and what formatting makes of it.
    pub fn outcome(&self, document: &Document) -> Result<(Source, Outcome), Nothing> {
        self.work(document, self.optimize)
    }

    /// The text, and what there is to say of it.
    pub fn look(&self, document: &Document) -> Result<(Source, Look), Nothing> {
        self.work(document, self.look)
    }

    /// What one rewrite alone makes of the text in which it was found, checked.
    pub fn alone(&self, source: &Source, offer: &Offer) -> Result<String, Nothing> {
        let edit = || offer.checked(source).map(|edits| edits.apply(source.text()));
        match panic::catch_unwind(AssertUnwindSafe(edit)) {
            Ok(made) => made.map_err(Nothing::Unsound),
            Err(_) => Err(Nothing::Panicked),
        }
    }

    fn work<T>(
        &self,
        document: &Document,
        work: fn(&Source, &Options, &dyn ContextView) -> T,
    ) -> Result<(Source, T), Nothing> {
        let settings = self.settings.as_ref().filter(|settings| settings.enable).ok_or(Nothing::Off)?;
        if document.lost() {
            return Err(Nothing::Lost);
        }
        let source = document.source().map_err(Nothing::NoText)?;
        if let Some(reason) = template::reason(&name_of(&document.uri), source.text()) {
            return Err(Nothing::Template(reason));
        }
        let folder = path_of(&document.uri).map(|path| self.folder(&path, settings));
        let context = folder.as_ref().map_or(&NoContext as &dyn ContextView, |folder| folder);
        match panic::catch_unwind(AssertUnwindSafe(|| work(&source, &settings.options, context))) {
            Ok(said) => Ok((source, said)),
            Err(_) => Err(Nothing::Panicked),
        }
    }

    /// The build context of a file, anew each time: what stands on the disk may have changed. A relative setting counts from
    /// the innermost open folder that holds the file.
    fn folder(&self, path: &Path, settings: &Settings) -> Folder {
        let own = path.parent().unwrap_or(path);
        let holding = self.roots.iter().filter(|root| path.starts_with(root));
        let base = holding.max_by_key(|root| root.components().count()).map_or(own, PathBuf::as_path);
        let root = settings.context.as_ref().map_or(own.to_owned(), |context| base.join(context));
        Folder::new(&root, Some(path))
    }
}
