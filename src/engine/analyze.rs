//! A text as it stands: what each transform would do to it, refuses or advises, with nothing made. For editors, where
//! a person picks single rewrites. Unlike a run, which tells of the text that stays, all of this is about the text
//! that was given.

use crate::edit::EditSet;
use crate::engine::refusals::KEPT;
use crate::engine::{
    Advice, Applied, Bug, Chosen, Findings, LeftAlone, Meta, Need, Options, Refused, Transform, check, is_blank,
    keep_silent, name_missing, touches,
};
use crate::facts::{ContextView, Facts, NoContext, Scripts};
use crate::syntax::{self, Parsed, Reparsed, SyntaxError};
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
    /// Why it was not looked at to the end, and nothing is said of it.
    pub left_alone: Option<LeftAlone>,
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
    analyze_again(pipeline, source, options, context, &mut Memory::default())
}

/// The same of a text that is much like the one before, as it is after a keystroke: what stays is not read again.
pub fn analyze_again(
    pipeline: &[&dyn Transform],
    source: &Source,
    options: &Options,
    context: &dyn ContextView,
    memory: &mut Memory,
) -> Analysis {
    let mut out = Analysis::default();
    if let Some(left) = LeftAlone::of_text(source) {
        return Analysis { left_alone: Some(left), ..out };
    }
    let (parsed, scripts) = memory.read(source);
    if !parsed.errors.is_empty() {
        return Analysis { errors: parsed.errors, ..out };
    }
    if let Some(left) = LeftAlone::of_file(&parsed.file) {
        return Analysis { left_alone: Some(left), ..out };
    }
    let context = if options.denied.contains(&Need::Context) { &NoContext } else { context };
    let mut facts = Facts::with_scripts((source, &parsed.file), (context, &options.project), scripts);
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
        if facts.counter.is_exhausted() {
            let left_alone = Some(LeftAlone::of(&facts, facts.counter.looks()));
            return Analysis { left_alone, ..Analysis::default() };
        }
        out.take(&facts, meta, findings);
    }
    let scripts = facts.into_scripts();
    memory.0 = Some(Read { source: source.clone(), parsed, scripts });
    out
}

/// What was read of the last text that could be built.
#[derive(Debug, Default)]
pub struct Memory(Option<Read>);

#[derive(Debug)]
struct Read {
    source: Source,
    parsed: Parsed,
    scripts: Scripts,
}

impl Memory {
    fn read(&self, source: &Source) -> (Parsed, Scripts) {
        let again = self.0.as_ref().and_then(|before| {
            let change = difference(before.source.text(), source.text())?;
            let Reparsed { parsed, old, .. } = syntax::reparse(&before.parsed, &[change], source);
            let scripts = before.scripts.after((&before.parsed.file, &parsed.file), &old);
            Some((parsed, scripts))
        });
        again.unwrap_or_else(|| {
            let parsed = syntax::parse(source);
            let scripts = Scripts::new(&parsed.file);
            (parsed, scripts)
        })
    }
}

#[derive(Clone, Copy)]
enum Side {
    Start,
    End,
}

/// How many bytes two texts share at one of their ends.
fn common(a: &[u8], b: &[u8], side: Side) -> usize {
    const PIECE: usize = 64;
    let pieces = match side {
        Side::Start => a.chunks_exact(PIECE).zip(b.chunks_exact(PIECE)).take_while(|(a, b)| a == b).count(),
        Side::End => a.rchunks_exact(PIECE).zip(b.rchunks_exact(PIECE)).take_while(|(a, b)| a == b).count(),
    };
    let whole = pieces * PIECE;
    let rest = match side {
        Side::Start => a[whole..].iter().zip(&b[whole..]).take_while(|(a, b)| a == b).count(),
        Side::End => {
            let (a, b) = (&a[..a.len() - whole], &b[..b.len() - whole]);
            a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
        }
    };
    whole + rest
}

/// What of a text was replaced, and the length of what stands there in the other one; `None` if they are the same.
fn difference(old: &str, new: &str) -> Option<(Span, usize)> {
    let mut start = common(old.as_bytes(), new.as_bytes(), Side::Start);
    if start == old.len() && start == new.len() {
        return None;
    }
    while !old.is_char_boundary(start) || !new.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = common(&old.as_bytes()[start..], &new.as_bytes()[start..], Side::End);
    while !old.is_char_boundary(old.len() - end) || !new.is_char_boundary(new.len() - end) {
        end -= 1;
    }
    Some((Span::new(start, old.len() - end), new.len() - end - start))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_difference_of_texts_is_cut_between_characters() {
        assert_eq!(difference("RUN a\n", "RUN a\n"), None);
        assert_eq!(difference("RUN a\n", "RUN ab\n"), Some((Span::new(5, 5), 1)));
        assert_eq!(difference("RUN ab\n", "RUN a\n"), Some((Span::new(5, 6), 0)));
        assert_eq!(difference("aa", "aaa"), Some((Span::new(2, 2), 1)));
        let long = "RUN make\n".repeat(50);
        assert_eq!(difference(&long, &format!("{long}x{long}")), Some((Span::new(450, 450), 451)));
        assert_eq!(difference(&format!("{long}x{long}"), &format!("{long}y{long}")), Some((Span::new(450, 451), 1)));
        // they share bytes
        assert_eq!(difference("\u{e9}", "\u{e8}"), Some((Span::new(0, 2), 2)));
        assert_eq!(difference("\u{e9}", "\u{129}"), Some((Span::new(0, 2), 2)));
    }
}
