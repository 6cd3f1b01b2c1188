//! A text as it stands: what each transform would do to it, refuses or advises, with nothing made. For editors, where
//! a person picks single rewrites. Unlike a run, which tells of the text that stays, all of this is about the text
//! that was given.

use crate::edit::EditSet;
use crate::engine::refusals::KEPT;
use crate::engine::{
    Advice, Applied, Bug, Chosen, Findings, Meta, Need, Options, Refused, Transform, check, is_blank, keep_silent,
    name_missing, touches,
};
use crate::facts::{ContextView, Facts, NoContext};
use crate::syntax::{self, SyntaxError};
use crate::text::{Source, Span};

/// What was seen.
#[derive(Debug, Default)]
pub struct Analysis {
    /// What could be rewritten, at any level, each by itself. Two of them may want the same bytes.
    pub offers: Vec<Offer>,
    /// What would be left alone, and why.
    pub refused: Vec<Refused>,
    /// What is worth a thought.
    pub advice: Vec<Advice>,
    /// What BuildKit refuses in the file. Nothing is offered where there is one.
    pub errors: Vec<SyntaxError>,
}

/// A rewrite that could be made now and alone. Its edits are given out only by the check.
#[derive(Debug)]
pub struct Offer {
    /// What it is.
    pub rewrite: Applied,
    meta: &'static Meta,
    edits: EditSet,
}

impl Offer {
    /// What it speaks of and all that it edits.
    pub fn span(&self) -> Span {
        self.edits.span().map_or(self.rewrite.at, |edited| self.rewrite.at.to(edited))
    }

    /// The edits of this rewrite alone, after the same check that a run makes of each transform's work.
    ///
    /// # Errors
    /// The rewrite does more than its transform declares: a fault of dfopt, and nothing must be edited.
    pub fn checked(&self, source: &Source) -> Result<&EditSet, Bug> {
        let after = source.with_text(self.edits.apply(source.text()));
        let parsed = (syntax::parse(source), syntax::parse(&after));
        match check::check(self.meta, &Facts::new(source, &parsed.0.file), (&after, &parsed.1)) {
            Ok(()) => Ok(&self.edits),
            Err(what) => Err(Bug { id: self.meta.id, what }),
        }
    }
}

/// Asks each transform about a text. The level does not matter: whoever asks chooses.
pub fn analyze(pipeline: &[&dyn Transform], source: &Source, options: &Options, context: &dyn ContextView) -> Analysis {
    let parsed = syntax::parse(source);
    let mut out = Analysis::default();
    if !parsed.errors.is_empty() {
        return Analysis { errors: parsed.errors, ..out };
    }
    let context = if options.denied.contains(&Need::Context) { &NoContext } else { context };
    let mut facts = Facts::told(source, &parsed.file, context, &options.project);
    let errors = facts.conversion_errors();
    if !errors.is_empty() {
        return Analysis { errors, ..out };
    }
    if facts.kept.off {
        return out;
    }
    if let Some(indent) = options.indent.as_ref().filter(|indent| is_blank(indent)) {
        facts.indent.clone_from(indent);
    }
    for transform in pipeline.iter().filter(|transform| options.wants(transform.meta())) {
        let meta = transform.meta();
        let mut findings = Findings::default();
        transform.find(&facts, Chosen::of(meta.id, &options.transform), &mut findings);
        out.take(&facts, meta, findings);
    }
    out
}

impl Analysis {
    fn take(&mut self, facts: &Facts, meta: &'static Meta, mut findings: Findings) {
        keep_silent(facts, meta, &mut findings);
        name_missing(facts, &mut findings);
        let kept = facts.kept.of(&meta.names());
        for rewrite in findings.rewrites {
            let Some(span) = rewrite.edits.span() else { continue };
            if touches(facts, &kept, span) {
                findings.refused.push((rewrite.at, &KEPT, "the author's comment asks to keep it".to_owned()));
                continue;
            }
            let (at, level) = (rewrite.at, rewrite.level);
            let (title, reason, notes, touches) = (rewrite.title, rewrite.reason, rewrite.notes, rewrite.touches);
            let applied = Applied { id: meta.id, at, title, reason, level, notes, touches };
            self.offers.push(Offer { rewrite: applied, meta, edits: rewrite.edits });
        }
        let refused = findings.refused.into_iter();
        self.refused.extend(refused.map(|(at, refusal, reason)| Refused {
            id: meta.id,
            at,
            code: refusal.code,
            mark: refusal.mark,
            reason,
        }));
        let advice = findings.advice.into_iter();
        self.advice.extend(advice.map(|(at, title, reason)| Advice { id: meta.id, at, title, reason }));
    }
}
