//! What came of a file: rendered by the command line, the language server and others. All places are in the text that
//! was given, never in one in between.

use crate::engine::{Fix, Level, Touch};
use crate::facts::{Missing, Scripts};
use crate::syntax::SyntaxError;
use crate::text::Span;

/// All that `optimize` has to say about a file.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The text as it should be; equal to the source's where nothing applies.
    pub text: String,
    /// What was done to get there, in the order of the pipeline.
    pub applied: Vec<Applied>,
    /// The same as edits of the source, which give the text when all are made. Whether one may be made without the
    /// others is not said here: `separate` tells.
    pub fixes: Vec<Fix>,
    /// What could be done at a higher level.
    pub offered: Vec<Applied>,
    /// What was left alone, and why.
    pub refused: Vec<Refused>,
    /// What is worth a thought.
    pub advice: Vec<Advice>,
    /// What BuildKit refuses in the file. Nothing is rewritten where there is one.
    pub errors: Vec<SyntaxError>,
    /// Work of a transform that was thrown away because the check after it failed.
    pub bugs: Vec<Bug>,
    /// Instructions that make a layer in the stages that reach the image, before and after.
    pub layers: (usize, usize),
    /// What shows that the directory that was taken for the build context is another one.
    pub missing: Option<Missing>,
    /// Why the file was not looked at to the end, and was left as it was: it would have cost too much.
    pub left_alone: Option<String>,
    /// How much was done to get there.
    pub work: Work,
    /// The scripts of the source, as far as they were read.
    pub(crate) given: Scripts,
}

/// What takes time, counted: the same on any machine. What stays is read once, however often the text around it is edited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Items of the file that were read.
    pub items: usize,
    /// Shell texts that were read.
    pub scripts: usize,
    /// How often the facts of a whole text were worked out.
    pub facts: usize,
    /// How often a transform was asked.
    pub asked: usize,
    /// How often a text was compared with the one before.
    pub checks: usize,
    /// Instructions that were looked at because of others, to know what comes before or after those.
    pub looks: usize,
}

/// A rewrite that was made, or is offered.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Which transform.
    pub id: &'static str,
    /// Where, in the source.
    pub at: Span,
    /// `merge 3 RUNs into one`.
    pub title: String,
    /// Why one wants it.
    pub reason: String,
    /// How far it goes.
    pub level: Level,
    /// What a user should know besides.
    pub notes: Vec<String>,
    /// What it changes in the image, where it knows that closer than its transform.
    pub touches: Vec<Touch>,
}

/// A rewrite that was not made because it could break something, or because the author said so.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Which transform.
    pub id: &'static str,
    /// Where, in the source.
    pub at: Span,
    /// `shell-state`; `kept` if the author's comment asks for it.
    pub code: &'static str,
    /// Which of the transform's branches refused, if several do so with this code; empty if only one does.
    pub mark: &'static str,
    /// What exactly.
    pub reason: String,
}

/// Something to think about that dfopt never edits.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Which transform.
    pub id: &'static str,
    /// Where, in the source.
    pub at: Span,
    /// One line.
    pub title: String,
    /// Why.
    pub reason: String,
}

/// A fault of dfopt itself: a transform did more than it declared, and its work was thrown away; or the pipeline does not settle
/// ([`Bug::PIPELINE`]), and the whole file is left as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bug {
    /// Which transform.
    pub id: &'static str,
    /// What the check saw.
    pub what: String,
}

impl Bug {
    /// The id of a bug of the pipeline as a whole, not of one transform.
    pub const PIPELINE: &'static str = "pipeline";
}
