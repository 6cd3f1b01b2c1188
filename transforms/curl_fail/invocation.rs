//! Where a `curl` stands in a text: whether its exit code decides, who tests it, what it feeds.

use super::*;
use crate::facts::control_flow::{self, Position};
use crate::facts::effects::{base, unwrapped};
use crate::facts::{State, Truth};
use crate::shell::{Command, Connector, List, Pipeline, Simple, Terminator, Word};
use crate::text::Span;

/// A `curl` in a text.
pub struct CurlInvocation<'f> {
    /// Itself.
    pub command: &'f Command,
    /// Its words, from its name on, without what it is wrapped in.
    pub words: &'f [Word],
    /// The rest of its pipeline behind it.
    pub feeds: Option<&'f [Command]>,
    tested: bool,
    captured: bool,
    /// The RUN fails where its pipeline does.
    must: bool,
}

/// All of a text, those in substitutions too.
pub fn read<'f>(work: &Work<'f>) -> Vec<CurlInvocation<'f>> {
    let text = work.text.text();
    let mut positions: Vec<(Span, Position)> = Vec::new();
    let errexit = work.shell.errexit == Truth::Yes;
    control_flow::for_each(text, work.script, errexit, &mut |command, _, position| {
        positions.push((command.span, position))
    });
    let mut walk = Walk { text, positions, out: Vec::new() };
    walk.list(&work.script.list, false, false);
    walk.out
}

struct Walk<'t, 'f> {
    text: &'t str,
    positions: Vec<(Span, Position)>,
    out: Vec<CurlInvocation<'f>>,
}

impl<'f> Walk<'_, 'f> {
    fn list(&mut self, list: &'f List, tested: bool, captured: bool) {
        for entry in &list.entries {
            let or = entry.and_or.rest.iter().any(|(connector, _, _)| *connector == Connector::Or);
            let background = matches!(entry.end, Some((Terminator::Ampersand, _)));
            let pipelines =
                std::iter::once(&entry.and_or.first).chain(entry.and_or.rest.iter().map(|(_, _, pipeline)| pipeline));
            for pipeline in pipelines {
                let tested = tested || (!background && (or || pipeline.negated));
                self.pipeline(pipeline, tested, captured);
            }
        }
    }

    fn pipeline(&mut self, pipeline: &'f Pipeline, tested: bool, captured: bool) {
        for (index, command) in pipeline.commands.iter().enumerate() {
            command.for_each_own_part(&mut |part| {
                if let Some(list) = part.list() {
                    self.list(list, tested, true);
                }
            });
            match &command.kind {
                CommandKind::Simple(simple) => self.simple(pipeline, index, simple, tested, captured),
                CommandKind::If(lists) => {
                    for (place, list) in lists.iter().enumerate() {
                        let condition = place % 2 == 0 && place + 1 < lists.len();
                        self.list(list, tested || condition, captured);
                    }
                }
                CommandKind::Loop(both) => {
                    self.list(&both.0, true, captured);
                    self.list(&both.1, tested, captured);
                }
                CommandKind::Function { body, .. } | CommandKind::Coproc(body) => {
                    body.lists().into_iter().for_each(|list| self.list(list, tested, captured));
                }
                _ => command.lists().into_iter().for_each(|list| self.list(list, tested, captured)),
            }
        }
    }

    fn simple(&mut self, pipeline: &'f Pipeline, index: usize, simple: &'f Simple, tested: bool, captured: bool) {
        let command = &pipeline.commands[index];
        let Some(words) = unwrapped(&simple.words, self.text).filter(|words| {
            words.first().and_then(|name| name.literal(self.text)).is_some_and(|name| base(&name) == "curl")
        }) else {
            return;
        };
        let rest = &pipeline.commands[index + 1..];
        let feeds = Some(rest).filter(|rest| !rest.is_empty());
        let last = pipeline.commands.last().map_or(command.span, |last| last.span);
        // a group at the end of the pipe has no place of its own
        let must = self.positions.iter().any(|(span, position)| *span == last && position.must);
        self.out.push(CurlInvocation { command, words, feeds, tested, captured, must });
    }
}

impl CurlInvocation<'_> {
    /// That the RUN fails where the command does.
    ///
    /// # Errors
    /// Why it does not, or what else hangs on it.
    pub fn status_counts(&self, work: &Work, state: &State) -> Result<(), Reason> {
        if self.captured {
            return refuse(&CAPTURED, "its output becomes a part of a command, which may be asked what it is");
        }
        if self.tested {
            return refuse(&STATUS_TESTED, "`||`, `!`, `if`, `while` or `until` asks whether it fails");
        }
        if !self.must {
            return refuse(
                &FAILURE_IGNORED,
                "the RUN goes on where it fails; join what needs it by `&&`, or begin with `set -e`",
            );
        }
        let Some(feeds) = self.feeds else { return Ok(()) };
        if pipefail(work, state, self.command.span) {
            return Ok(());
        }
        let first = work.text.text()[feeds[0].span.range()].split_whitespace().next().unwrap_or_default();
        let what =
            format!("its status is lost in the pipe, and `{first}` would get nothing where it gets an error page");
        refuse(&NO_PIPEFAIL, format!("{what}; with `set -o pipefail`, where the shell has it, the status would count"))
    }
}

/// Whether `pipefail` is surely on at a place.
fn pipefail(work: &Work, state: &State, at: Span) -> bool {
    let of_shell = state.shell.get().is_some_and(|words| words.iter().any(|word| word == "pipefail"));
    let text = work.text.text();
    let (mut on, mut off) = (of_shell, false);
    control_flow::for_each(text, work.script, false, &mut |command, simple, position| {
        let words: Vec<&str> = simple.words.iter().map(|word| word.raw(text)).collect();
        if words.first() != Some(&"set") || !words.contains(&"pipefail") {
            return;
        }
        let sign = words.iter().rev().skip_while(|word| **word != "pipefail").nth(1);
        match sign {
            Some(sign) if sign.starts_with('-') && sign.ends_with('o') && position.top && !position.piped => {
                on |= command.span.end <= at.start;
            }
            _ => off = true,
        }
    });
    on && !off && !text.contains("+o")
}
