//! Which fixes of an outcome may be made one without another. The source map tells which rewrites make up each; their transforms
//! are asked whether they come to the same where they may edit nothing else, and all others only if they do not. What a transform
//! finds in the source itself it is asked once for all fixes.

use super::{Asked, Findings, Fix, Need, Options, Outcome, Run, Text, Transform, Turn, choose, source_map};
use crate::edit::EditSet;
use crate::engine::Chosen;
use crate::facts::{ContextView, Counter, Facts, NoContext, Scripts, cost};
use crate::syntax;
use crate::text::{Source, Span};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The fixes of an outcome of [`super::run`] that may be made one without another. All together they give its text; each alone gives
/// a text to which transforms come where they may edit nothing else. Those for which that can't be shown are one.
pub fn separate(
    pipeline: &[&dyn Transform],
    source: &Source,
    options: &Options,
    context: &dyn ContextView,
    outcome: &Outcome,
) -> Vec<Fix> {
    if outcome.fixes.len() < 2 {
        return outcome.fixes.clone();
    }
    let context = if options.denied.contains(&Need::Context) { &NoContext } else { context };
    let parsed = syntax::parse(source);
    let text = Text { source: source.clone(), parsed, scripts: Scripts::default() };
    let facts = text.facts(outcome.given.clone(), options, context);
    let found = RefCell::default();
    Given { pipeline, options, context, outcome, text: &text, facts: &facts, found }.separate()
}

/// A text that was given, and what became of it.
struct Given<'a> {
    pipeline: &'a [&'a dyn Transform],
    options: &'a Options,
    context: &'a dyn ContextView,
    outcome: &'a Outcome,
    text: &'a Text,
    facts: &'a Facts<'a>,
    /// What transforms found in it.
    found: RefCell<HashMap<&'static str, Rc<Findings>>>,
}

/// Some parts of a text that was given: nothing else may be edited.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    given: &'a Given<'a>,
    spans: &'a [Span],
}

impl Given<'_> {
    fn separate(&self) -> Vec<Fix> {
        let fixes = &self.outcome.fixes;
        // in a file of thousands of fixes, those for which nothing is left stay together
        let counter = Counter::new(cost::budget(self.text.parsed.file.items.len()));
        let alone = |fix: &Fix| self.stands_alone(fix, &counter);
        let (mut apart, rest): (Vec<Fix>, Vec<Fix>) = fixes.iter().cloned().partition(alone);
        if rest.is_empty() {
            return apart;
        }
        let rest = source_map::together(rest);
        if !apart.is_empty() && !self.stands_alone(&rest, &Counter::new(usize::MAX)) {
            return vec![source_map::together(fixes.clone())];
        }
        apart.push(rest);
        apart.sort_by_key(|fix| fix.rewrites.first().copied());
        apart
    }

    fn stands_alone(&self, fix: &Fix, counter: &Counter) -> bool {
        let makes = |id: &str| fix.rewrites.iter().any(|rewrite| self.outcome.applied[*rewrite].id == id);
        let its: Vec<&dyn Transform> = self.pipeline.iter().copied().filter(|one| makes(one.meta().id)).collect();
        // where others were there before it, another transform may be the one that makes it
        self.comes_to(fix, &its, counter) || self.comes_to(fix, self.pipeline, counter)
    }

    /// Whether some transforms come to the text that a fix makes where they may edit nothing else.
    fn comes_to(&self, fix: &Fix, transforms: &[&dyn Transform], counter: &Counter) -> bool {
        // each step looks at the whole text again
        let cost = 2 * transforms.len() * self.text.parsed.file.items.len();
        if !counter.look(cost) {
            return false;
        }
        let spans: Vec<Span> = fix.edits.edits().iter().map(|edit| edit.span).collect();
        let within = Within { given: self, spans: &spans };
        let mut run = Run { within: Some(within), ..Run::new(self.options, self.context) };
        let (mut transforms, mut turn) = (run.in_order(transforms), Turn::default());
        let wanted = fix.edits.apply(self.text.source.text());
        match self.at_once(within, &transforms) {
            // nobody begins
            None => return false,
            Some(edits) if edits.apply(self.text.source.text()) == wanted => return true,
            Some(_) => {}
        }
        let mut new = run.until_changed(self.text, self.facts, &mut transforms, &mut turn);
        while let Some(mut text) = new {
            if text.source.text() == wanted {
                return true;
            }
            if !counter.look(cost) {
                return false;
            }
            let scripts = std::mem::take(&mut text.scripts);
            let facts = text.facts(scripts, self.options, self.context);
            new = run.until_changed(&text, &facts, &mut transforms, &mut turn);
        }
        false
    }

    /// The edits of the first transform that has some to make there. They are part of those that it made in the whole file, which
    /// were checked.
    fn at_once(&self, within: Within, transforms: &[Asked]) -> Option<EditSet> {
        let edits = |asked: &Asked| {
            let mut findings = within.rewrites(asked.transform);
            choose(self.facts, asked.transform.meta(), self.options.level, &mut findings).1
        };
        transforms.iter().map(edits).find(|edits| !edits.is_empty())
    }

    fn found(&self, transform: &dyn Transform) -> Rc<Findings> {
        let find = || {
            let mut findings = Findings::default();
            let id = transform.meta().id;
            transform.find(self.facts, Chosen::of(id, &self.options.transform), &mut findings);
            Rc::new(findings)
        };
        Rc::clone(self.found.borrow_mut().entry(transform.meta().id).or_insert_with(find))
    }
}

impl Within<'_> {
    /// Whether a part of the source may be edited.
    pub fn holds(self, part: Span) -> bool {
        // they are in order, and do not overlap
        let until = self.spans.partition_point(|span| span.start <= part.start);
        self.spans[..until].iter().rev().take(2).any(|span| span.contains(part))
    }

    /// What a transform would rewrite there in the text as it was given.
    pub fn rewrites(self, transform: &dyn Transform) -> Findings {
        let found = self.given.found(transform);
        let here = found.rewrites.iter().filter(|one| one.edits.edits().iter().all(|edit| self.holds(edit.span)));
        Findings { rewrites: here.cloned().collect(), ..Findings::default() }
    }
}
