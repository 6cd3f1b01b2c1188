//! drop-sudo: what runs as root runs without `sudo`.
//!
//! # Motivation
//! A RUN is root's unless USER says otherwise. There `sudo` gives no right that is not there already; it hides the environment
//! from its command, and makes the build need a package that nothing else does.
//!
//! # Soundness
//! `sudo` starts a program with an environment of its own. The program does the same without it if
//!  1. root runs the RUN: the base image, USER or an install says so, and with root's own group;
//!  2. `sudo` is told nothing but to run a program as root: other users, login shells and the like stay (`line.rs` reads that);
//!  3. what the shell finds by that name is the same program: no builtin, function or alias;
//!  4. what `sudo` hides does not matter: variables of ENV, ARG, `export` and the base image, PATH and HOME. That depends on
//!     the program: file tools see none, package managers some, others any (`seen.rs`);
//!  5. what else `sudo` sets was not changed before: umask, open descriptors;
//!  6. the command ran until now: `sudo` is there, or the build would have stopped;
//!  7. nothing in the file configures `sudo` to do more. What is configured in a base image can only hide less of 4.
//!
//! Not kept: USER, LOGNAME, MAIL, SHELL and the SUDO_ variables, of which those programs are known to take no notice; for
//! others the rewrite is for a build to confirm, at `aggressive`.
//!
//! Sources: the manual pages sudo(8) and sudoers(5), the environment that `env.c` of sudo lets through, builds of both forms.

mod environment;
mod line;

use crate::edit::Edit;
use crate::engine::refusals::{
    BUILTIN, CONFIGURED, ENVIRONMENT, FAILURE_IGNORED, NOT_ROOT, OPTION, READ_DIFFERENTLY, REDEFINED, SHELL_STATE,
    UNKNOWN_COMMAND, mark,
};
use crate::engine::{Chosen, Findings, Level, May, Meta, Reason, Rewrite, Transform, refuse};
use crate::facts::packages::Work;
use crate::facts::{Base, Facts, Known, Step, Truth};
use crate::knowledge::images::Distribution;
use crate::script::{Invocation, Redirection};
use crate::syntax::Keyword;
use crate::text::Span;
use line::Line;

/// The transform.
pub struct DropSudo;

static META: Meta = Meta {
    id: "drop-sudo",
    summary: "what runs as root already runs without `sudo`",
    page: include_str!("README.md"),
    ceiling: Level::Aggressive,
    needs: &[],
    may: &[May::Unwrap {
        programs: &["sudo", "/usr/bin/sudo", "/bin/sudo"],
        options: &[
            "-n",
            "-E",
            "-H",
            "--",
            "--non-interactive",
            "--preserve-env",
            "--set-home",
            "--user=root",
            "-u root",
            "--user root",
        ],
    }],
    intends: &[],
    refusals: &[
        &BUILTIN,
        &CONFIGURED,
        &ENVIRONMENT,
        &FAILURE_IGNORED,
        &NOT_ROOT,
        &OPTION,
        &READ_DIFFERENTLY,
        &REDEFINED,
        &SHELL_STATE,
        &UNKNOWN_COMMAND,
    ],
    options: &[],
    hadolint: &["DL3004"],
    checks: &["DKL-DI-0001", "DS-0010"],
    since: "0.1.0",
};

impl Transform for DropSudo {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        // whether `sudo` surely ran by the end of a stage
        let mut ran: Vec<bool> = Vec::new();
        for (index, stage) in facts.stages.iter().enumerate() {
            let mut known = matches!(stage.base, Base::Stage(parent) if ran.get(parent).is_some_and(|ran| *ran));
            for (at, step) in stage.steps.iter().enumerate() {
                if step.instruction.keyword == Keyword::Run
                    && facts.source.slice(facts.file.items[step.item].span).contains("sudo")
                    && let Some(work) = facts.work(stage, step)
                {
                    RunStep { facts, stage: index, at, step, work: &work }.look(&mut known, out);
                }
            }
            ran.push(known);
        }
    }
}

/// A RUN in its stage.
struct RunStep<'f> {
    facts: &'f Facts<'f>,
    stage: usize,
    at: usize,
    step: &'f Step<'f>,
    work: &'f Work<'f>,
}

/// A command that does without.
struct Dropped {
    span: Span,
    name: String,
    level: Level,
    edits: Vec<Edit>,
}

impl RunStep<'_> {
    /// `ran`: whether `sudo` surely ran before; and whether it surely did behind this RUN.
    fn look(&self, ran: &mut bool, out: &mut Findings) {
        let root = self.root();
        let mut dropped: Vec<Dropped> = Vec::new();
        for one in self.work.commands.iter().filter(|one| line::is_sudo(*one)) {
            *ran |= one.flow().must();
            // who needs it, keeps it
            if root == Truth::No {
                continue;
            }
            match self.drop(one, *ran) {
                Ok(one) => dropped.extend(one),
                Err((refusal, reason)) => out.refuse(self.work.in_file(one.command_span()), refusal, reason),
            }
        }
        for level in [Level::Recommended, Level::Aggressive] {
            out.rewrites.extend(rewrite(&dropped, level));
        }
    }

    /// Whether root runs it; `Unknown` also with another group than root's.
    fn root(&self) -> Truth {
        let group = match &self.step.before.user {
            Known::Yes(user) => user.split_once(':').is_none_or(|(_, group)| matches!(group.trim(), "root" | "0" | "")),
            Known::Unknown => true,
        };
        match self.facts.is_root(self.stage, self.at) {
            Truth::Yes if !group => Truth::Unknown,
            root => root,
        }
    }

    /// `None` where there is nothing that `sudo` runs.
    fn drop(&self, one: Invocation, ran: bool) -> Result<Option<Dropped>, Reason> {
        let Some(line) = Line::read(one)? else { return Ok(None) };
        if self.root() != Truth::Yes {
            return refuse(&NOT_ROOT, "it is not known that root runs it, and with root's group");
        }
        if !one.flow().must() && !ran && !self.has_sudo() {
            return refuse(
                &FAILURE_IGNORED,
                "the build goes on where `sudo` is missing, so that the command may never have run",
            );
        }
        line.program()?;
        self.no_function(&line)?;
        self.is_found(&line)?;
        self.nothing_reset(one)?;
        self.not_configured()?;
        let level = environment::level(self.facts, self.stage, &self.step.before, self.work, &line)?;
        let name = line.name.clone().unwrap_or_default();
        let edits = line.gone.iter().map(|span| Edit::delete(self.with_blanks(*span))).collect();
        Ok(Some(Dropped { span: self.work.in_file(one.command_span()), name, level, edits }))
    }

    /// On Red Hat's kin, `sudo` that is there long refused to work without a terminal.
    fn has_sudo(&self) -> bool {
        let strict = matches!(self.facts.family(self.stage), Some(Distribution::RedHat | Distribution::Amazon) | None);
        !strict && self.facts.tool(self.stage, self.at, "sudo") == Truth::Yes
    }

    fn no_function(&self, line: &Line) -> Result<(), Reason> {
        let commands = self.work.commands;
        let mut functions = commands.functions().map(str::trim);
        let defined = functions.find(|defined| Some(*defined) == line.name.as_deref() || *defined == "sudo");
        let defined = defined.map(|defined| format!("`{defined}` is a function in this text"));
        let alias = commands.iter().any(|one| one.is(&["alias"]));
        let alias = || alias.then(|| "an alias may stand for the command".to_owned());
        let found = defined.or_else(alias);
        found.map_or(Ok(()), |reason| refuse(&REDEFINED, reason))
    }

    /// `sudo` looks in folders of its own: one that PATH no longer names, such as `/usr/sbin`, hides the program.
    fn is_found(&self, line: &Line) -> Result<(), Reason> {
        if line.name.as_deref().is_some_and(|name| name.contains('/')) {
            return Ok(());
        }
        let facts = self.facts;
        let losing = facts.marked("sets a PATH that lacks folders", |_, step| {
            let sets = matches!(step.instruction.keyword, Keyword::Env | Keyword::Arg);
            sets && loses_folders(facts.source.slice(facts.file.items[step.item].span))
        });
        match loses_folders(self.work.text.text()) || losing.before((self.stage, self.at)).is_some() {
            true => refuse(
                mark!(ENVIRONMENT, "path"),
                "`sudo` has a PATH of its own, and the one that is set lacks folders of it",
            ),
            false => Ok(()),
        }
    }

    fn nothing_reset(&self, sudo: Invocation) -> Result<(), Reason> {
        let first =
            |name| self.work.commands.iter().any(|one| one.words().next().is_some_and(|word| word.raw() == name));
        let (umask, exec) = (first("umask"), first("exec"));
        if umask {
            return refuse(mark!(SHELL_STATE, "umask"), "`umask` is set in this text, and `sudo` sets it anew");
        }
        let high = |redirect: Redirection| {
            let whole = &self.work.text.text()[redirect.span().range()];
            redirect.descriptor().is_some_and(|number| number > 2) || whole.starts_with('{')
        };
        match sudo.redirects().any(high) || exec {
            true => refuse(mark!(SHELL_STATE, "descriptors"), "`sudo` closes descriptors that the command would get"),
            false => Ok(()),
        }
    }

    /// Whether a step before this one, or this one itself, changes what `sudo` does.
    fn not_configured(&self) -> Result<(), Reason> {
        let facts = self.facts;
        let text = |step: &Step| facts.source.slice(facts.file.items[step.item].span);
        let brings = |step: &Step| {
            let copies = matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add);
            let copied = (copies && text(step).contains("sudoers")).then_some("sudoers");
            copied.or_else(|| configures(text(step)))
        };
        let marked = facts.marked("configures sudo", |_, step| brings(step).is_some());
        let before = || facts.step(marked.before((self.stage, self.at))?).and_then(brings);
        let found = configures(text(self.step)).or_else(before);
        found.map_or(Ok(()), |what| refuse(&CONFIGURED, format!("`{what}` is changed in this stage")))
    }

    /// A span of the text in the file, with the blanks behind it.
    fn with_blanks(&self, span: Span) -> Span {
        let (start, end) = (self.work.text.offset(span.start as usize), self.work.file_offset_behind(span.end));
        let rest = &self.facts.source.text()[end..];
        Span::new(start, end + rest.len() - rest.trim_start_matches([' ', '\t']).len())
    }
}

/// Whether a text sets PATH anew, without the one before and without the folders where a distribution has its programs.
fn loses_folders(text: &str) -> bool {
    text.match_indices("PATH").any(|(at, name)| {
        let part = text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "_${".contains(c));
        let Some(value) = text[at + name.len()..].strip_prefix(['=', ' ']).filter(|_| !part) else { return false };
        let value = value.split_whitespace().next().unwrap_or_default().trim_matches(['"', '\'']);
        let has = |folder: &str| value.split(':').any(|one| one == folder);
        let all = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].into_iter().all(has);
        !all && !value.contains("$PATH") && !value.contains("${PATH")
    })
}

/// What of the configuration of `sudo` an instruction may change.
fn configures(text: &str) -> Option<&'static str> {
    let policy = text.contains("sudo") && text.contains("Defaults");
    let files = ["/etc/environment", "/etc/pam.d/sudo", "/etc/pam.d/common", "/etc/security", "/etc/default/locale"];
    if policy { Some("Defaults") } else { files.into_iter().find(|file| text.contains(file)) }
}

/// All of a RUN's commands that go as far as this.
fn rewrite(dropped: &[Dropped], level: Level) -> Option<Rewrite> {
    let all: Vec<&Dropped> = dropped.iter().filter(|one| one.level == level).collect();
    let (first, last) = (all.first()?, all.last()?);
    let edits = all.iter().flat_map(|one| one.edits.clone()).collect();
    let title = match all.len() {
        1 => format!("run `{}` without `sudo`", first.name),
        count => format!("run {count} commands without `sudo`"),
    };
    let reason = "root runs this already; `sudo` only hides the environment from the command";
    let mut rewrite = Rewrite::new(first.span.to(last.span), level, title, reason, edits)?;
    if level == Level::Aggressive {
        rewrite.notes.push("the program sees the environment of the RUN, and no `SUDO_USER` any more".to_owned());
    }
    Some(rewrite)
}
