//! Files of a project, each read once and only if it is a regular file of a sane size.

use crate::project::document::{self, Node};
use crate::project::interpolate::{self, Variables};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// More of a file is not read.
const LARGEST: u64 = 1 << 20;

/// All files that were asked for.
#[derive(Debug, Default)]
pub struct Files {
    texts: HashMap<PathBuf, Option<Rc<str>>>,
    documents: HashMap<PathBuf, Option<Documents>>,
    environments: HashMap<PathBuf, Rc<Env>>,
}

type Documents = Rc<Vec<Rc<Node>>>;

/// The variables of a `.env` file.
#[derive(Debug, Default)]
pub struct Env(HashMap<String, String>);

impl Variables for Env {
    fn value(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

impl Files {
    /// The text of a file.
    pub fn text(&mut self, path: &Path) -> Option<Rc<str>> {
        if let Some(text) = self.texts.get(path) {
            return text.clone();
        }
        let text = read(path).map(Rc::from);
        self.texts.insert(path.to_owned(), text.clone());
        text
    }

    /// The documents of a YAML file.
    pub fn yaml(&mut self, path: &Path) -> Option<Rc<Vec<Rc<Node>>>> {
        if let Some(documents) = self.documents.get(path) {
            return documents.clone();
        }
        let documents = self.text(path).and_then(|text| document::yaml(&text)).map(Rc::new);
        self.documents.insert(path.to_owned(), documents.clone());
        documents
    }

    /// The variables that `.env` of a directory sets.
    pub fn env(&mut self, directory: &Path) -> Rc<Env> {
        if let Some(env) = self.environments.get(directory) {
            return env.clone();
        }
        let text = self.text(&directory.join(".env"));
        let env = Rc::new(Env(text.map(|text| interpolate::env_file(&text).into_iter().collect()).unwrap_or_default()));
        self.environments.insert(directory.to_owned(), env.clone());
        env
    }
}

fn read(path: &Path) -> Option<String> {
    // first of all: a pipe must not be opened
    let meta = fs::metadata(path).ok().filter(|meta| meta.is_file() && meta.len() <= LARGEST)?;
    let mut text = String::with_capacity(usize::try_from(meta.len()).unwrap_or(0));
    File::open(path).ok()?.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}
