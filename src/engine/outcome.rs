//! What came of a file: rendered by the command line, the language server and others. All places are in the text that
//! was given, never in one in between.

use crate::engine::{Fix, Level, Touch};
use crate::facts::{Facts, Missing, Scripts, cost};
use crate::syntax::{File, SyntaxError};
use crate::text::{Source, Span};

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
    pub left_alone: Option<LeftAlone>,
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

/// What a user can do about a file that is left as it is.
const WHAT_TO_DO: &str = "split the file, or exclude it (`exclude` in dfopt.toml)";

/// A file that is left as it is, since it would cost too much to look at all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// The keyword of the FROM of the longest stage.
    pub at: Span,
    /// What is wrong with it, and what to do about it.
    pub why: String,
}

impl LeftAlone {
    /// What there is to say of a text that is too long.
    pub(super) fn of_text(source: &Source) -> Option<LeftAlone> {
        let (size, most) = (source.text().len(), cost::MOST_TEXT);
        let why =
            || format!("left as it is: it has {size} bytes, and dfopt looks at no file above {most}; {WHAT_TO_DO}");
        (size > most).then(|| LeftAlone { at: Span::at(0), why: why() })
    }

    /// What there is to say of a file of too many instructions.
    pub(super) fn of_file(file: &File) -> Option<LeftAlone> {
        let (count, most) = (file.items.len(), cost::MOST_ITEMS);
        let first = file.items.get(most)?;
        let why = format!(
            "left as it is: it has {count} instructions, comments and blank lines, and dfopt looks at {most} at most; {WHAT_TO_DO}"
        );
        Some(LeftAlone { at: Span::at(first.span.start as usize), why })
    }

    /// What there is to say of a file after so many looks.
    pub(super) fn of(facts: &Facts, looks: usize) -> LeftAlone {
        let longest = facts.stages.iter().max_by_key(|stage| stage.steps.len());
        let from = longest.and_then(|stage| facts.instruction(stage.item));
        let most = longest.map_or(0, |stage| stage.steps.len());
        let why = format!(
            "left as it is: its instructions depend on each other in too many ways (the longest stage has {most}), and dfopt stopped \
             after {looks} looks from one at another; {WHAT_TO_DO}"
        );
        LeftAlone { at: from.map_or(Span::at(0), |from| from.keyword_span), why }
    }
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
