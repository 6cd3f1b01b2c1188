//! One RUN: whether and how it can stand on the left and on the right of `&&`.

use super::marks::Marks;
use super::*;
use crate::facts::{self, Effects, Family, Interpreter, ShellText, Step, Truth};
use crate::shell::{Connector, List, Script, Terminator};
use crate::syntax::{Instruction, Logical};
use crate::text::Span;
use std::sync::Arc;

/// A RUN whose text was understood.
pub struct Body<'f> {
    /// Its item.
    pub item: usize,
    /// Itself.
    pub instruction: &'f Instruction,
    /// Its shell text.
    pub text: &'f Logical,
    /// Its commands.
    pub script: &'f Script,
    /// What they do to what comes behind.
    pub effects: Arc<Effects>,
    /// What it is there for, what it writes and removes.
    pub marks: Marks,
    /// Where the text stands in the file, heredoc bodies not included.
    pub span: Span,
    shell: Interpreter,
    user: Option<String>,
    workdir: Option<String>,
}

/// How a text is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// Not at all.
    Bare,
    /// `{ …; }`
    Brace,
    /// `( … )`
    Subshell,
}

impl Body<'_> {
    /// Whether it is a single simple command, around which parentheses would be odd.
    pub fn is_single(&self) -> bool {
        self.marks.links == 1 && self.script.list.is_plain_chain()
    }
}

fn refuse<T>(refusal: &'static Refusal, reason: impl Into<String>) -> Result<T, Reason> {
    Err((refusal, reason.into()))
}

impl<'f> Body<'f> {
    /// Understands a RUN.
    ///
    /// # Errors
    /// Why it can't be joined to anything.
    pub fn read(facts: &'f Facts, stage: &Stage<'f>, step: &Step<'f>) -> Result<Body<'f>, Reason> {
        let instruction = step.instruction;
        if instruction.opaque.is_some() {
            return refuse(&VERSION_DEPENDENT, "frontend versions read one of them differently");
        }
        if facts::is_exec(instruction) {
            return refuse(&EXEC_FORM, "one of them is in the exec form, which runs without a shell");
        }
        let shell = interpreter(facts, stage, step)?;
        let found = facts.shell_text(step.item);
        let read = facts.commands(step.item).zip(facts.effects(step, shell.family));
        let Some(((text, script), (commands, effects))) = found.and_then(ShellText::script).zip(read) else {
            let why = ShellText::why(found);
            return refuse(mark!(SHELL_SYNTAX, "not-understood"), format!("the shell text was not understood: {why}"));
        };
        if script.list.entries.is_empty() {
            return refuse(mark!(SHELL_SYNTAX, "no-command"), "there is no command in it");
        }
        let workdir = step.before.workdir.get().cloned();
        let user = step.before.user.get().cloned();
        if script.bashisms && shell.family == Family::Posix {
            return refuse(&SHELL_DIALECT, "it is bash, and the shell may be one that reads it differently");
        }
        let span = instruction.line.span(instruction.rest.clone());
        let marks = Marks::of(commands, &script.list, workdir.as_deref(), &step.before);
        Ok(Body { item: step.item, instruction, text, script, effects, marks, span, shell, user, workdir })
    }

    /// How it can stand before `&&`.
    ///
    /// # Errors
    /// Why it can't.
    pub fn as_left(&self) -> Result<Wrap, Reason> {
        let effects = &self.effects;
        if !self.instruction.heredocs.is_empty() {
            return refuse(mark!(HEREDOC, "first"), "the first RUN has a heredoc, whose text would come in between");
        }
        if !self.script.comments.is_empty() {
            return refuse(
                mark!(SHELL_COMMENT, "first"),
                "a shell comment ends the first RUN and would swallow what is joined to it",
            );
        }
        for (found, refusal) in [
            (&effects.background, mark!(BACKGROUND, "process")),
            (&effects.unknown_end, mark!(BACKGROUND, "unknown")),
            (&effects.fresh, &FRESH_FILES),
            (&effects.sources, &UNSEEN_SCRIPT),
            (&effects.shell, &SHELL_REPLACED),
        ] {
            if let Some((_, what)) = found {
                return refuse(refusal, what);
            }
        }
        if let (Some((_, what)), Truth::Unknown) = (&effects.startup, self.shell.startup) {
            return refuse(mark!(STARTUP_FILES, "text"), what);
        }
        // only root can change them
        let user = self.user.as_deref().map_or("root", |user| user.split(':').next().unwrap_or(user));
        if let Some((_, what)) =
            effects.accounts.iter().find(|(name, _)| name.as_deref().is_none_or(|name| name == user))
        {
            return refuse(&USER_CHANGES, format!("`{what}` may change groups or home of the user that runs both"));
        }
        let text = self.text.text();
        if (text.len() - text.trim_end_matches('\\').len()) % 2 == 1 {
            return refuse(
                mark!(READ_DIFFERENTLY, "backslash"),
                "the first text ends in a backslash, which would take what is joined to it",
            );
        }
        if effects.removes(self.workdir.as_deref()).is_some() {
            return refuse(
                &WORKDIR_REMOVED,
                "the first RUN may remove the working folder, which is made anew for the second",
            );
        }
        self.grouped()
    }

    fn grouped(&self) -> Result<Wrap, Reason> {
        let list = &self.script.list;
        if !list.is_plain_chain() {
            if let Some((_, what)) = &self.effects.errexit {
                return refuse(mark!(ERREXIT, "text"), what);
            }
            match self.shell.errexit {
                Truth::Yes => {
                    return refuse(mark!(ERREXIT, "shell"), "SHELL has `-e`, which does nothing on the left of `&&`");
                }
                Truth::Unknown => {
                    return refuse(mark!(ERREXIT, "base"), "whether the base image's shell has `-e` is not known");
                }
                Truth::No => {}
            }
        }
        Ok(match () {
            () if self.effects.state.is_some() || self.effects.leaves.is_some() => Wrap::Subshell,
            () if list.is_chain() => Wrap::Bare,
            () => Wrap::Brace,
        })
    }

    /// Whether it can stand behind `&&`.
    ///
    /// # Errors
    /// Why it can't.
    pub fn as_right(&self) -> Result<(), Reason> {
        if let Some((_, what)) = &self.effects.history {
            return refuse(mark!(SHELL_HISTORY, "second"), what);
        }
        if self.is_script_heredoc() {
            return refuse(
                mark!(HEREDOC, "second"),
                "the second RUN is a heredoc, whose lines are a script of their own",
            );
        }
        self.as_last().map(|_| ())
    }

    /// How it stands behind `&&` when nothing comes behind it.
    pub fn as_last(&self) -> Result<Wrap, Reason> {
        if is_one_chain(&self.script.list) {
            return Ok(Wrap::Bare);
        }
        if !self.instruction.heredocs.is_empty() {
            return refuse(mark!(HEREDOC, "group"), "the second RUN has a heredoc and would have to be grouped");
        }
        if !self.script.comments.is_empty() {
            return refuse(
                mark!(SHELL_COMMENT, "second"),
                "a shell comment ends the second RUN, which would have to be grouped",
            );
        }
        Ok(Wrap::Brace)
    }

    /// `RUN <<EOF` and nothing else: the body is the script.
    fn is_script_heredoc(&self) -> bool {
        let [heredoc] = self.instruction.heredocs.as_slice() else { return false };
        heredoc.opener == self.instruction.rest
    }

    /// The `;` that ends the text, in the text.
    pub fn last_semicolon(&self) -> Option<Span> {
        match self.script.list.entries.last()?.end {
            Some((Terminator::Semicolon, span)) => Some(span),
            _ => None,
        }
    }

    /// Whether the text ends with `&`, behind which no `;` may stand.
    pub fn ends_in_background(&self) -> bool {
        matches!(self.script.list.entries.last().and_then(|entry| entry.end), Some((Terminator::Ampersand, _)))
    }
}

/// One chain of `&&` that nothing but a `;`, or the line end before a heredoc's body, ends.
fn is_one_chain(list: &List) -> bool {
    let [entry] = list.entries.as_slice() else { return false };
    !matches!(entry.end, Some((Terminator::Ampersand, _)))
        && entry.and_or.rest.iter().all(|(connector, _, _)| *connector == Connector::And)
}

fn interpreter(facts: &Facts, stage: &Stage, step: &Step) -> Result<Interpreter, Reason> {
    let shell = facts.interpreter(stage, step);
    match shell.family {
        Family::Other => return refuse(&OTHER_SHELL, "the shell is not a POSIX shell"),
        Family::Unknown => {
            return refuse(&UNKNOWN_SHELL, "the base image decides which shell runs them, and that is not known");
        }
        Family::Posix | Family::Bash | Family::Ksh => {}
    }
    if shell.startup == Truth::Yes {
        return refuse(mark!(STARTUP_FILES, "shell"), "SHELL asks for start-up files, which are read for each RUN");
    }
    if let Some(name) = &step.before.startup {
        return refuse(
            mark!(STARTUP_FILES, "variable"),
            format!("`{name}` decides what the shell reads when it starts, for each RUN"),
        );
    }
    Ok(shell)
}
