//! The pass loop: parse, find, edit, re-parse, check, next; until nothing changes. Knows what a transform is, not
//! which ones there are (the pipeline is an argument), and does no I/O.

pub mod analyze;
mod check;
pub mod delta;
pub mod level;
pub mod option;
pub mod outcome;
pub mod refusals;
mod separate;
pub mod source_map;
mod trace;
pub mod transform;

pub use analyze::{Analysis, Memory, Offer};
pub use check::check;
pub use delta::{At, May, Near, Words};
pub use level::Level;
pub use option::{AnyOption, Chosen, STAGES, Stages, TransformOption};
pub use outcome::{Advice, Applied, Bug, LeftAlone, Outcome, Refused, Work};
pub use refusals::{Reason, Refusal, refuse};
pub use separate::separate;
pub use source_map::Fix;
pub use transform::{Findings, Intent, Meta, Need, Rewrite, Touch, Transform};

use crate::edit::{Apart, Edit, EditSet, Origins};
use crate::facts::cost;
use crate::facts::keep::KeptItems;
use crate::facts::{ContextView, Counter, Facts, NoContext, ProjectFacts, Scripts};
use crate::syntax::{self, Parsed, Reparsed};
use crate::text::{Source, Span};
use separate::Within;
use source_map::SourceMap;
use std::collections::BTreeMap;

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How far rewrites may go.
    pub level: Level,
    /// Only these transforms; all where empty.
    pub only: Vec<String>,
    /// Not these transforms.
    pub skip: Vec<String>,
    /// Options of single transforms: id, then name, then value.
    pub transform: BTreeMap<String, BTreeMap<String, String>>,
    /// What must not be assumed; transforms that need it do not run, and without [`Need::Context`] no context is read.
    pub denied: Vec<Need>,
    /// The white space before a continued line where the file shows no style of its own; four spaces where it is not
    /// given, or is no white space.
    pub indent: Option<String>,
    /// What the project says of how the file is built and its image is run.
    pub project: ProjectFacts,
}

impl Options {
    /// Whether a transform is to run.
    pub fn wants(&self, meta: &Meta) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == meta.id);
        let granted = |need: &Need| *need == Need::Context || !self.denied.contains(need);
        (self.only.is_empty() || named(&self.only)) && !named(&self.skip) && meta.needs.iter().all(granted)
    }
}

/// How often the pipeline may run over a file before it counts as never settling.
pub const MAX_ROUNDS: usize = 8;

/// Runs the pipeline over a text until nothing changes. The result is the source's text where BuildKit could not build
/// it, where the author asked for it (`# dfopt: off`), and where nothing applies.
pub fn run(pipeline: &[&dyn Transform], source: &Source, options: &Options, context: &dyn ContextView) -> Outcome {
    let as_it_is = |outcome| Outcome { text: source.text().to_owned(), ..outcome };
    if let Some(left) = LeftAlone::of_text(source) {
        return as_it_is(Outcome { left_alone: Some(left), ..Outcome::default() });
    }
    let parsed = syntax::parse(source);
    if !parsed.errors.is_empty() {
        return as_it_is(Outcome { errors: parsed.errors, ..Outcome::default() });
    }
    if let Some(left) = LeftAlone::of_file(&parsed.file) {
        return as_it_is(Outcome { left_alone: Some(left), ..Outcome::default() });
    }
    let context = if options.denied.contains(&Need::Context) { &NoContext } else { context };
    let mut outcome = Outcome::default();
    outcome.work.items = parsed.file.items.len();
    let left = cost::budget(parsed.file.items.len());
    let scripts = Scripts::new(&parsed.file);
    let text = Text { source: source.clone(), parsed, scripts };
    Run { outcome, left, ..Run::new(options, context) }.settle(pipeline, text)
}

/// A text, read.
struct Text {
    source: Source,
    parsed: Parsed,
    /// Its scripts, as far as they were read before it became what it is, or when it was checked.
    scripts: Scripts,
}

impl Text {
    /// What is known of it, given its scripts.
    fn facts<'t>(&'t self, scripts: Scripts, options: &'t Options, context: &'t dyn ContextView) -> Facts<'t> {
        let around = (context, &options.project);
        let mut facts = Facts::with_scripts((&self.source, &self.parsed.file), around, scripts);
        if let Some(indent) = options.indent.as_ref().filter(|indent| is_blank(indent)) {
            facts.indent.clone_from(indent);
        }
        facts
    }
}

fn layers(facts: &Facts) -> usize {
    facts.shipped().iter().map(|stage| facts.stages[*stage].layers()).sum()
}

struct Run<'a> {
    options: &'a Options,
    context: &'a dyn ContextView,
    /// Where only some parts of the source may be edited: these.
    within: Option<Within<'a>>,
    /// The way back over the edits that were made. How many there are tells one text from another.
    history: Vec<Origins>,
    source_map: SourceMap,
    /// How many looks at instructions are left.
    left: usize,
    outcome: Outcome,
}

/// A transform, and what it said when it was asked last.
struct Asked<'t> {
    transform: &'t dyn Transform,
    /// The text that it was asked about.
    text: Option<usize>,
    findings: Findings,
    /// Those of its rewrites that were made.
    chosen: Vec<usize>,
}

/// Whose turn it is.
#[derive(Default)]
struct Turn {
    round: usize,
    next: usize,
    /// Something changed in this round.
    changed: bool,
}

impl Turn {
    /// The next one of so many; `None` once all of them changed nothing, or there were [`MAX_ROUNDS`].
    fn pass_on(&mut self, count: usize) -> Option<usize> {
        if self.next == count && self.changed {
            *self = Turn { round: self.round + 1, ..Turn::default() };
        }
        let next = (self.next < count && !self.is_over()).then_some(self.next)?;
        self.next += 1;
        Some(next)
    }

    fn is_over(&self) -> bool {
        self.round == MAX_ROUNDS
    }
}

impl<'a> Run<'a> {
    fn new(options: &'a Options, context: &'a dyn ContextView) -> Run<'a> {
        let (history, source_map) = (Vec::new(), SourceMap::default());
        Run { options, context, within: None, history, source_map, left: usize::MAX, outcome: Outcome::default() }
    }

    /// Runs the pipeline until nothing changes. A transform is not asked again about a text that it has seen. A text on which that
    /// never happens is given back as it was, with a bug and nothing else to say about it: what would be written depends on when one
    /// stops.
    fn settle(mut self, pipeline: &[&dyn Transform], text: Text) -> Outcome {
        let given = text.source.clone();
        let (mut transforms, mut turn, mut text) = (self.in_order(pipeline), Turn::default(), text);
        loop {
            let scripts = std::mem::take(&mut text.scripts);
            let mut facts = text.facts(scripts, self.options, self.context);
            facts.counter = Counter::new(self.left);
            let first = self.history.is_empty();
            if first {
                let errors = facts.conversion_errors();
                if !errors.is_empty() {
                    return Outcome { text: given.text().to_owned(), errors, ..Outcome::default() };
                }
                self.outcome.layers.0 = layers(&facts);
                self.outcome.missing.clone_from(&facts.missing);
            }
            let new = self.until_changed(&text, &facts, &mut transforms, &mut turn);
            self.outcome.work.facts += 1;
            self.outcome.work.scripts += facts.scripts().count();
            self.outcome.work.looks += facts.counter.looks();
            if facts.counter.is_exhausted() {
                return self.too_costly(&given, &facts);
            }
            self.left -= facts.counter.looks();
            if new.is_none() {
                self.outcome.layers.1 = layers(&facts);
            }
            // those of a large file take much memory; they are read again if anybody asks for them
            if first && text.parsed.file.items.len() <= 10_000 {
                self.outcome.given = facts.into_scripts();
            }
            match new {
                Some(new) => text = new,
                None if turn.is_over() => return unsettled(&given, self.outcome),
                None => return self.finish((&given, &text.source), &transforms),
            }
        }
    }

    /// What is said of a text that would cost too much: as it is given, since what was found so far is not all.
    fn too_costly(self, given: &Source, facts: &Facts) -> Outcome {
        let mut left = LeftAlone::of(facts, self.outcome.work.looks);
        left.at = self.origin(left.at);
        let Outcome { work, layers, .. } = self.outcome;
        let (text, layers) = (given.text().to_owned(), (layers.0, layers.0));
        Outcome { text, left_alone: Some(left), layers, work, ..Outcome::default() }
    }

    /// Those that are to run: those that may edit in the order of the pipeline, then those that only say something.
    fn in_order<'t>(&self, pipeline: &[&'t dyn Transform]) -> Vec<Asked<'t>> {
        let wanted = pipeline.iter().copied().filter(|transform| self.options.wants(transform.meta()));
        let (advisers, mut all): (Vec<_>, Vec<_>) = wanted.partition(|transform| transform.meta().only_advises());
        // whether a fix may stand alone has nothing to do with what is said
        if self.within.is_none() {
            all.extend(advisers);
        }
        let asked = |transform| Asked { transform, text: None, findings: Findings::default(), chosen: Vec::new() };
        all.into_iter().map(asked).collect()
    }

    /// One transform after the other, up to one that changes the text: what it became. They share their facts, which
    /// are worked out when first asked for.
    fn until_changed(&mut self, text: &Text, facts: &Facts, all: &mut [Asked], turn: &mut Turn) -> Option<Text> {
        let count = if facts.kept.off { 0 } else { all.len() };
        while let Some(index) = turn.pass_on(count) {
            let asked = &mut all[index];
            // in a round that changed something the text is not yet the one that stays
            let early = turn.changed && asked.transform.meta().only_advises();
            if early || asked.text == Some(self.history.len()) {
                continue;
            }
            let new = self.pass(asked, text, facts);
            if new.is_some() || facts.counter.is_exhausted() {
                turn.changed = true;
                return new;
            }
        }
        None
    }

    /// One transform, once. The new text where it changes.
    fn pass(&mut self, asked: &mut Asked, text: &Text, facts: &Facts) -> Option<Text> {
        let meta = asked.transform.meta();
        let mut findings = self.find(asked.transform, facts);
        if facts.counter.is_exhausted() {
            return None;
        }
        keep_silent(facts, meta, &mut findings);
        name_missing(facts, &mut findings);
        let (chosen, edits) = choose(facts, meta, self.options.level, &mut findings);
        *asked = Asked { text: Some(self.history.len()), findings, chosen, ..*asked };
        if edits.is_empty() {
            return None;
        }
        let new = self.edited(text, facts, &edits);
        self.outcome.work.checks += 1;
        if let Err(what) = check::check_read(meta, facts, (&new.source, &new.parsed), &new.scripts) {
            let bug = Bug { id: meta.id, what };
            if !self.outcome.bugs.contains(&bug) {
                self.outcome.bugs.push(bug);
            }
            return None;
        }
        let done = asked.chosen.iter().map(|index| self.applied(meta, &asked.findings.rewrites[*index]));
        let done: Vec<Applied> = done.collect();
        self.follow(&asked.findings, &asked.chosen);
        self.outcome.applied.extend(done);
        self.history.push(edits.origins());
        Some(new)
    }

    /// A text after edits, of which only what they touch is read again.
    fn edited(&mut self, text: &Text, facts: &Facts, edits: &EditSet) -> Text {
        let source = text.source.with_text(edits.apply(text.source.text()));
        let changes: Vec<(Span, usize)> = edits.edits().iter().map(|edit| (edit.span, edit.text.len())).collect();
        let Reparsed { parsed, old, read } = syntax::reparse(&text.parsed, &changes, &source);
        self.outcome.work.items += read;
        let scripts = facts.scripts_after(&parsed.file, &old);
        Text { source, parsed, scripts }
    }

    /// What is refused, offered or advised counts for the text that stays. What an earlier transform brought is not the author's: nothing
    /// is said of why that is left alone.
    fn finish(mut self, (given, source): (&Source, &Source), all: &[Asked]) -> Outcome {
        let last = Some(self.history.len());
        all.iter().filter(|asked| asked.text == last).for_each(|asked| self.report(asked, given, source));
        let fixes = self.source_map.fixes(source.text());
        Outcome { text: source.text().to_owned(), fixes, ..self.outcome }
    }

    /// What a transform finds, of which some parts of the source may be edited.
    fn find(&mut self, transform: &dyn Transform, facts: &Facts) -> Findings {
        if let Some(within) = self.within.filter(|_| self.history.is_empty()) {
            return within.rewrites(transform);
        }
        let mut findings = Findings::default();
        transform.find(facts, Chosen::of(transform.meta().id, &self.options.transform), &mut findings);
        self.outcome.work.asked += 1;
        if let Some(within) = self.within {
            let origin = |edit: &Edit| self.source_map.origin(edit.span);
            let lies = |rewrite: &Rewrite| rewrite.edits.edits().iter().all(|edit| within.holds(origin(edit)));
            findings.rewrites.retain(lies);
        }
        findings
    }

    fn follow(&mut self, findings: &Findings, chosen: &[usize]) {
        let first = self.outcome.applied.len();
        let rewrites = chosen.iter().enumerate().map(|(n, index)| (first + n, &findings.rewrites[*index]));
        let edits = rewrites.flat_map(|(n, rewrite)| rewrite.edits.edits().iter().map(move |edit| (edit.clone(), n)));
        let mut edits: Vec<(Edit, usize)> = edits.collect();
        // the order in which an edit set makes them
        edits.sort_by_key(|(edit, _)| (edit.span.start, edit.span.end));
        self.source_map.edit(&edits);
    }

    fn report(&mut self, asked: &Asked, given: &Source, source: &Source) {
        let (meta, findings) = (asked.transform.meta(), &asked.findings);
        // none of those was chosen
        for rewrite in findings.rewrites.iter().filter(|rewrite| rewrite.level > self.options.level) {
            let offered = self.applied(meta, rewrite);
            self.outcome.offered.push(offered);
        }
        let own = |at: &Span| self.source_map.is_new(*at, given.text(), source.text());
        for (at, refusal, reason) in findings.refused.iter().filter(|(at, ..)| !own(at)) {
            let refused = Refused {
                id: meta.id,
                at: self.origin(*at),
                code: refusal.code,
                mark: refusal.mark,
                reason: reason.clone(),
            };
            self.outcome.refused.push(refused);
        }
        for (at, title, reason) in &findings.advice {
            let (at, title, reason) = (self.origin(*at), title.clone(), reason.clone());
            self.outcome.advice.push(Advice { id: meta.id, at, title, reason });
        }
    }

    fn applied(&self, meta: &'static Meta, rewrite: &Rewrite) -> Applied {
        Applied {
            id: meta.id,
            at: self.origin(rewrite.at),
            title: rewrite.title.clone(),
            reason: rewrite.reason.clone(),
            level: rewrite.level,
            notes: rewrite.notes.clone(),
            touches: rewrite.touches.clone(),
        }
    }

    /// A place of the text in hand, in the text that was given.
    fn origin(&self, span: Span) -> Span {
        let back = |at| self.history.iter().rev().fold(at, |at, origins| origins.of(at));
        let start = back(span.start);
        Span { start, end: back(span.end).max(start) }
    }
}

/// What is said of a text on which the pipeline does not settle.
fn unsettled(given: &Source, outcome: Outcome) -> Outcome {
    let what = format!("the file still changes after {MAX_ROUNDS} rounds");
    let bugs = vec![Bug { id: Bug::PIPELINE, what }];
    let layers = (outcome.layers.0, outcome.layers.0);
    Outcome { text: given.text().to_owned(), bugs, layers, work: outcome.work, ..Outcome::default() }
}

/// Indentation, and nothing else: it goes into files.
fn is_blank(indent: &str) -> bool {
    !indent.is_empty() && indent.chars().all(|c| matches!(c, ' ' | '\t'))
}

/// The rewrites that are made now: within the level, not kept by the author, not in each other's way; and their edits.
/// What the author keeps becomes a refusal.
fn choose(facts: &Facts, meta: &'static Meta, level: Level, findings: &mut Findings) -> (Vec<usize>, EditSet) {
    if findings.rewrites.is_empty() {
        return (Vec::new(), EditSet::default());
    }
    let mut chosen = Vec::new();
    let mut all = Apart::default();
    let kept = facts.kept.of(&meta.names());
    for (index, rewrite) in findings.rewrites.iter().enumerate() {
        debug_assert!(rewrite.level <= meta.ceiling, "{}: a rewrite above the ceiling", meta.id);
        let declared = |touch: &Touch| meta.intends.iter().any(|intent| intent.is_kind_of(touch));
        debug_assert!(rewrite.touches.iter().all(declared), "{}: a rewrite touches what is not declared", meta.id);
        let Some(span) = rewrite.edits.span().filter(|_| rewrite.level <= level) else { continue };
        if touches(facts, &kept, span) {
            findings.refused.push((rewrite.at, &refusals::KEPT, "the author's comment asks to keep it".to_owned()));
        } else if all.add(&rewrite.edits) {
            chosen.push(index);
        }
    }
    (chosen, all.into_set())
}

/// What is refused since nothing is known of the build context says why nothing is, if a file showed that it is another one.
fn name_missing(facts: &Facts, findings: &mut Findings) {
    let Some(missing) = &facts.missing else { return };
    for (_, refusal, what) in findings.refused.iter_mut().filter(|(_, refusal, _)| *refusal == &refusals::NO_CONTEXT) {
        *refusal = &refusals::CONTEXT_DIFFERS;
        *what = format!("`{}` is not in the directory of the file, so that is not the build context", missing.path);
    }
}

/// Advice on what the author keeps becomes a refusal.
fn keep_silent(facts: &Facts, meta: &Meta, findings: &mut Findings) {
    let advice = std::mem::take(&mut findings.advice);
    if advice.is_empty() {
        return;
    }
    let kept = facts.kept.of(&meta.names());
    for (at, title, reason) in advice {
        let place = Span { end: at.end.max(at.start + 1), ..at };
        match touches(facts, &kept, place) {
            true => {
                findings.refused.push((at, &refusals::KEPT, format!("the author's comment asks not to say: {title}")))
            }
            false => findings.advice.push((at, title, reason)),
        }
    }
}

/// Whether a part of the text touches an instruction that the author keeps.
fn touches(facts: &Facts, kept: &KeptItems, touched: Span) -> bool {
    let items = &facts.file.items;
    let first = items.partition_point(|item| item.span.end <= touched.start);
    let end = items.partition_point(|item| item.span.start < touched.end);
    kept.any_within(facts.file, first..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Drops one blank line after the other.
    struct Drops;

    impl Transform for Drops {
        fn meta(&self) -> &'static Meta {
            static META: Meta = Meta { id: "drops", ceiling: Level::Safe, ..Meta::PLAIN };
            &META
        }

        fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
            if let Some(at) = facts.source.text().find("\n\n") {
                let edits = vec![Edit::delete(Span::new(at + 1, at + 2))];
                out.rewrites.extend(Rewrite::new(Span::at(at), Level::Safe, "drop", "", edits));
            }
        }
    }

    /// Says what each USER is, and counts how often it is asked.
    struct Says(AtomicUsize);

    impl Transform for Says {
        fn meta(&self) -> &'static Meta {
            static META: Meta =
                Meta { id: "says", ceiling: Level::Advice, hadolint: &["DL1"], checks: &["Two"], ..Meta::PLAIN };
            &META
        }

        fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
            self.0.fetch_add(1, Ordering::Relaxed);
            for (_, one) in facts.file.instructions().filter(|(_, one)| one.keyword == crate::syntax::Keyword::User) {
                out.advise(one.keyword_span, format!("a user at {}", one.keyword_span.start), "");
            }
        }
    }

    /// Adds a blank line at the end, each time.
    struct Grows;

    impl Transform for Grows {
        fn meta(&self) -> &'static Meta {
            static META: Meta = Meta { id: "grows", ceiling: Level::Safe, ..Meta::PLAIN };
            &META
        }

        fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
            let end = facts.source.text().len();
            let edits = vec![Edit::insert(end, "\n")];
            out.rewrites.extend(Rewrite::new(Span::at(end), Level::Safe, "grow", "", edits));
        }
    }

    #[test]
    fn a_text_that_never_settles_is_left_exactly_as_it_was() {
        let text = "FROM a\n\nUSER b\n";
        let source = Source::new(text);
        let says = Says(AtomicUsize::new(0));
        let pipeline: &[&dyn Transform] = &[&Drops, &Grows, &says];
        let outcome = run(pipeline, &source, &Options::default(), &NoContext);
        assert_eq!(outcome.text, text);
        assert!(outcome.applied.is_empty() && outcome.fixes.is_empty() && outcome.offered.is_empty());
        assert!(outcome.refused.is_empty() && outcome.advice.is_empty());
        assert_eq!(outcome.layers.0, outcome.layers.1);
        assert_eq!(outcome.bugs.iter().map(|bug| bug.id).collect::<Vec<_>>(), [Bug::PIPELINE]);
        assert!(separate(pipeline, &source, &Options::default(), &NoContext, &outcome).is_empty());
    }

    /// Looks at each instruction from each other one, many times.
    struct Stares;

    impl Transform for Stares {
        fn meta(&self) -> &'static Meta {
            static META: Meta = Meta { id: "stares", ceiling: Level::Safe, ..Meta::PLAIN };
            &META
        }

        fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
            out.advise(Span::at(0), "stare", "");
            while facts.counter.look(1000) {}
        }
    }

    #[test]
    fn a_text_that_costs_too_much_is_left_exactly_as_it_was() {
        let text = "FROM a\n\nUSER b\n";
        let says = Says(AtomicUsize::new(0));
        let outcome = run(&[&Drops, &Stares, &says], &Source::new(text), &Options::default(), &NoContext);
        assert_eq!(outcome.text, text);
        assert!(outcome.applied.is_empty() && outcome.fixes.is_empty() && outcome.advice.is_empty());
        assert!(outcome.bugs.is_empty() && outcome.left_alone.is_some_and(|left| left.why.contains("exclude")));
        let most = cost::budget(4);
        assert!((most..most + 2000).contains(&outcome.work.looks), "{} of {most}", outcome.work.looks);
        assert_eq!(says.0.into_inner(), 0);
    }

    #[test]
    fn a_text_that_is_too_long_is_left_exactly_as_it_was() {
        let long = format!("FROM a\nRUN {}\n", "a".repeat(cost::MOST_TEXT));
        let many = format!("FROM a\n{}USER b\n", "\n".repeat(cost::MOST_ITEMS));
        for (text, line) in [(long, 1), (many, cost::MOST_ITEMS as u32 + 1)] {
            let source = Source::new(text);
            let outcome = run(&[&Drops], &source, &Options::default(), &NoContext);
            assert_eq!(outcome.text, source.text());
            let left = outcome.left_alone.unwrap();
            assert_eq!(source.line_col(left.at.start as usize).line, line, "{}", left.why);
            assert!(outcome.applied.is_empty() && outcome.work == Work::default());
            assert_eq!(analyze::analyze(&[&Drops], &source, &Options::default(), &NoContext).left_alone, Some(left));
        }
    }

    fn told(text: &str, options: &Options) -> (usize, Vec<(u32, String)>, Outcome) {
        let says = Says(AtomicUsize::new(0));
        // it stands before the other, and comes behind it
        let outcome = run(&[&says, &Drops], &Source::new(text), options, &NoContext);
        let advice = outcome.advice.iter().map(|one| (one.at.start, one.title.clone())).collect();
        (says.0.into_inner(), advice, outcome)
    }

    #[test]
    fn advice_is_given_once_and_on_the_text_that_stays() {
        let text = "FROM a\n\n\nUSER b\n";
        let (asked, advice, outcome) = told(text, &Options::default());
        assert_eq!((outcome.text.as_str(), asked), ("FROM a\nUSER b\n", 1));
        assert_eq!(advice, [(9, "a user at 7".to_owned())], "its place is in the text that was given");
        let (asked, advice, _) = told(text, &Options { skip: vec!["says".to_owned()], ..Options::default() });
        assert_eq!((asked, advice.len()), (0, 0));
    }

    #[test]
    fn whether_fixes_stand_alone_is_tried_without_advice() {
        let source = Source::new("FROM a\n\nUSER b\n\nUSER c\n");
        let says = Says(AtomicUsize::new(0));
        let pipeline: &[&dyn Transform] = &[&says, &Drops];
        let outcome = run(pipeline, &source, &Options::default(), &NoContext);
        separate(pipeline, &source, &Options::default(), &NoContext, &outcome);
        assert_eq!(says.0.into_inner(), 1);
    }

    #[test]
    fn comments_that_keep_silence_advice() {
        for (comment, silent) in [
            ("# dfopt: keep says", true),
            ("# hadolint ignore=DL1", true),
            ("# check=skip=Two", true),
            ("# dfopt: keep drops", false),
            ("# hadolint ignore=DL2", false),
        ] {
            let text = format!("FROM a\n{comment}\nUSER b\nUSER c\n");
            let (_, advice, outcome) = told(&text, &Options::default());
            assert_eq!((advice.len(), outcome.refused.len()), if silent { (1, 1) } else { (2, 0) }, "{comment}");
            let analysis =
                analyze::analyze(&[&Says(AtomicUsize::new(0))], &Source::new(text), &Options::default(), &NoContext);
            assert_eq!(
                (analysis.advice.len(), analysis.refused.len()),
                (advice.len(), outcome.refused.len()),
                "{comment}"
            );
        }
        let (_, advice, _) = told("# check=skip=Two\nFROM a\nUSER b\n", &Options::default());
        assert_eq!(advice, []);
    }
}
