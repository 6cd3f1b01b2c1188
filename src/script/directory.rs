//! The directory in which a command works: the one in which the text starts, and what `cd` made of it.

use super::value::{Piece, Variables, resolve};
use crate::knowledge::paths::Absolute;

/// How many directories a command may work in before none is told.
const MOST: usize = 8;

/// One directory: how to get there from where the text starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Way {
    /// Where it starts; `None` for where the text does.
    from: Option<Absolute>,
    /// What `cd` was given, one after the other.
    steps: Vec<Vec<Piece>>,
}

impl Way {
    /// One `cd` further; `None` if nobody can tell where that is.
    fn to(&self, target: &[Piece]) -> Option<Way> {
        if let [Piece::Text(path)] = target
            && let Some(from) = Absolute::new(path)
        {
            return Some(Way { from: Some(from), steps: Vec::new() });
        }
        if let ([Piece::Text(path)], Some(from), []) = (target, &self.from, self.steps.as_slice()) {
            return Some(Way { from: Some(from.to(path)?), steps: Vec::new() })
                .filter(|way| way.from.as_ref().is_some_and(|from| from.as_str().len() <= 4096));
        }
        if let ([Piece::Text(path)], Some([Piece::Text(last)])) = (target, self.steps.last().map(Vec::as_slice)) {
            let mut steps = self.steps.clone();
            let joined = if last.is_empty() { path.to_string() } else { format!("{last}/{path}") };
            *steps.last_mut()? = vec![Piece::Text(joined.into())];
            return Some(Way { from: self.from.clone(), steps }).filter(Way::is_short);
        }
        let known = |piece: &Piece| matches!(piece, Piece::Text(_) | Piece::Variable(..) | Piece::Home);
        let fine = !target.is_empty() && target.iter().all(known);
        let longer = || {
            let mut steps = self.steps.clone();
            steps.push(target.to_vec());
            Way { from: self.from.clone(), steps }
        };
        fine.then(longer).filter(Way::is_short)
    }

    /// A text of many `cd` keeps the way to each place: none may be long.
    fn is_short(&self) -> bool {
        let pieces = self.steps.iter().flatten();
        let text = |piece: &Piece| if let Piece::Text(text) = piece { text.len() } else { 16 };
        self.steps.len() <= 8 && pieces.map(text).sum::<usize>() <= 1024
    }

    fn resolve(&self, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Absolute> {
        let mut at = self.from.as_ref().or(start).cloned();
        for step in &self.steps {
            let path = resolve(step, variables)?;
            at = match Absolute::new(&path) {
                Some(absolute) => Some(absolute),
                None => Some(at?.to(&path)?),
            };
        }
        at
    }
}

/// The directories in which a command may work, the one first that it is if nothing before has failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder(Option<Vec<Way>>);

impl Folder {
    /// The directory in which the text starts.
    pub fn start() -> Folder {
        Folder(Some(vec![Way::default()]))
    }

    /// One that is not known.
    pub const ANYWHERE: Folder = Folder(None);

    /// After `cd`.
    pub fn to(&self, target: &[Piece]) -> Folder {
        let ways = self.0.as_ref().and_then(|ways| ways.iter().map(|way| way.to(target)).collect::<Option<Vec<_>>>());
        let mut out = Folder(Some(Vec::new()));
        match ways {
            Some(ways) => out.add(&Folder(Some(ways))),
            None => out = Folder::ANYWHERE,
        }
        out
    }

    /// This one, or another.
    pub fn add(&mut self, other: &Folder) {
        let (Some(ways), Some(more)) = (&mut self.0, &other.0) else {
            self.0 = None;
            return;
        };
        for way in more {
            if !ways.contains(way) {
                ways.push(way.clone());
            }
        }
        if ways.len() > MOST {
            self.0 = None;
        }
    }
}

/// Where a command works.
#[derive(Clone, Copy, Debug)]
pub struct Directory<'s>(pub(super) &'s Folder);

impl Directory<'_> {
    /// The directory, if there is only one that it can be, and it is known. `start` is where the text starts.
    pub fn resolve(self, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Absolute> {
        match self.0.0.as_deref()? {
            [way] => way.resolve(start, variables),
            _ => None,
        }
    }

    /// The directory that it is if no command before has failed.
    pub fn likely(self, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Absolute> {
        self.0.0.as_deref()?.first()?.resolve(start, variables)
    }

    /// All that it can be; `None` if one of them is not known.
    pub fn all(self, start: Option<&Absolute>, variables: &dyn Variables) -> Option<Vec<Absolute>> {
        self.0.0.as_deref()?.iter().map(|way| way.resolve(start, variables)).collect()
    }

    /// Whether it is surely the one in which the text starts.
    pub fn is_start(self) -> bool {
        self.0.0.as_deref().is_some_and(|ways| *ways == [Way::default()])
    }
}
