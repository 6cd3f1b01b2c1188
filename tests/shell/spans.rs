//! Whether the spans of a tree are in bounds, on characters, inside their parents and in order.

use dfopt::shell::{Command, CommandKind, List, Part, Pipeline, Redirect, Script, Word};
use dfopt::text::Span;

/// Fails, naming the text, if a span is not well formed.
pub fn check(text: &str, script: &Script) {
    let whole = Span::new(0, text.len());
    let checker = Checker { text };
    checker.list(&script.list, whole);
    script.comments.iter().for_each(|&comment| checker.inside(comment, whole));
    assert!(script.comments.is_sorted(), "comments in order in {text:?}");
}

struct Checker<'t> {
    text: &'t str,
}

impl Checker<'_> {
    fn inside(&self, span: Span, parent: Span) {
        assert!(self.text.get(span.range()).is_some(), "{span:?} is no slice of {:?}", self.text);
        assert!(parent.contains(span), "{span:?} is not inside {parent:?} in {:?}", self.text);
    }

    /// Inside the parent, and none before the one before it ends.
    fn ordered(&self, spans: impl IntoIterator<Item = Span>, parent: Span) {
        let mut end = parent.start;
        for span in spans {
            self.inside(span, parent);
            assert!(span.start >= end, "{span:?} overlaps what ends at {end} in {:?}", self.text);
            end = span.end;
        }
    }

    fn list(&self, list: &List, parent: Span) {
        let spans = list.entries.iter().flat_map(|e| std::iter::once(e.and_or.span).chain(e.end.map(|(_, span)| span)));
        self.ordered(spans, parent);
        for entry in &list.entries {
            let and_or = &entry.and_or;
            let rest = and_or.rest.iter().flat_map(|(_, operator, pipeline)| [*operator, pipeline.span]);
            self.ordered(std::iter::once(and_or.first.span).chain(rest), and_or.span);
            self.pipeline(&and_or.first);
            and_or.rest.iter().for_each(|(_, _, pipeline)| self.pipeline(pipeline));
        }
    }

    fn pipeline(&self, pipeline: &Pipeline) {
        assert_eq!(pipeline.commands.len(), pipeline.pipes.len() + 1);
        let pipes = pipeline.pipes.iter().map(Some).chain([None]);
        let spans = pipeline.commands.iter().zip(pipes).flat_map(|(c, p)| std::iter::once(c.span).chain(p.copied()));
        self.ordered(spans, pipeline.span);
        pipeline.commands.iter().for_each(|command| self.command(command));
    }

    fn command(&self, command: &Command) {
        let span = command.span;
        self.ordered(command.redirects.iter().map(|r| r.span), span);
        command.redirects.iter().for_each(|redirect| self.redirect(redirect));
        self.ordered(command.words().into_iter().map(|word| word.span), span);
        command.words().into_iter().for_each(|word| self.word(word));
        command.lists().into_iter().for_each(|list| self.list(list, span));
        match &command.kind {
            CommandKind::Simple(simple) => {
                let assignments = simple.assignments.iter().map(|a| a.span);
                self.ordered(assignments.chain(simple.words.iter().map(|w| w.span)), span);
                for assignment in &simple.assignments {
                    self.inside(assignment.name, assignment.span);
                    self.parts(&assignment.subscript, assignment.span);
                    self.ordered(assignment.array.iter().map(|w| w.span), assignment.span);
                }
            }
            CommandKind::Function { name, body } => {
                self.ordered([*name, body.span], span);
                self.command(body);
            }
            CommandKind::Coproc(body) => {
                self.inside(body.span, span);
                self.command(body);
            }
            CommandKind::Arithmetic(inner, parts) | CommandKind::ArithmeticFor { expression: inner, parts, .. } => {
                self.inside(*inner, span);
                self.parts(parts, *inner);
            }
            CommandKind::For { name, .. } => self.inside(*name, span),
            _ => {}
        }
    }

    fn redirect(&self, redirect: &Redirect) {
        self.ordered([redirect.operator, redirect.target.span], redirect.span);
        self.word(&redirect.target);
        if let Some(heredoc) = &redirect.heredoc {
            assert!(heredoc.span.start >= redirect.span.end);
            self.inside(heredoc.span, Span::new(0, self.text.len()));
            self.parts(&heredoc.parts, heredoc.span);
        }
    }

    fn word(&self, word: &Word) {
        self.inside(word.span, Span::new(0, self.text.len()));
        self.parts(&word.parts, word.span);
        let tiled = word.parts.iter().try_fold(word.span.start, |at, p| (p.span().start == at).then_some(p.span().end));
        assert_eq!(tiled, Some(word.span.end), "the parts tile {word:?} in {:?}", self.text);
    }

    fn parts(&self, parts: &[Part], parent: Span) {
        self.ordered(parts.iter().map(Part::span), parent);
        for part in parts {
            self.parts(part.parts(), part.span());
            match part {
                Part::Parameter { span, name, operation, .. } => self.ordered([*name, *operation], *span),
                Part::Array(span, words) => {
                    self.ordered(words.iter().map(|w| w.span), *span);
                    words.iter().for_each(|word| self.word(word));
                }
                _ => part.list().into_iter().for_each(|list| self.list(list, part.span())),
            }
        }
    }
}
