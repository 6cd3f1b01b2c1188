//! `dfopt verify`: proof by a real build that a rewritten Dockerfile makes the same image, but for what its transforms declare.
//!
//! Takes the files one by one through [`crate::verify`]; `args` says what can be asked for, and `report` what came of it.

pub mod args;
mod report;
mod ways;

use crate::cli::config::{self as settings, Configs, InForce, Loaded};
use crate::cli::output::Output;
use crate::cli::report::{Kind, say};
use crate::cli::{ERROR, FINE, discover, read};
use crate::config::FILE_NAME;
use crate::context::Folder;
use crate::engine::{Applied, Intent, Meta, Options, Outcome, Touch};
use crate::facts::ContextView;
use crate::template;
use crate::text::Source;
use crate::transforms::PIPELINE;
use crate::verify::compare;
use crate::verify::engine::{self, Engine, Passed};
use crate::verify::noise::Noise;
use crate::verify::process::{Failure, Stop};
use crate::verify::progress::Progress;
use crate::verify::proof::{Claim, NoProof, Plan};
use crate::verify::session::Session;
use crate::verify::smoke::Smoke;
use crate::visible::{visible_path, visible_str};
use args::{Format, VerifyArgs};
use report::{FileReport, Rewrite, Verdict};
use std::collections::HashSet;
use std::env;
use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Something is not the same.
const DIFFERS: u8 = 1;
/// The user stopped it: as shells say it.
const INTERRUPTED: u8 = 130;

/// Verifies files, and gives the exit code.
///
/// # Errors
/// Why nothing was verified at all.
pub fn run(args: &VerifyArgs, output: &mut Output) -> Result<u8, String> {
    let current = env::current_dir().unwrap_or_default();
    let mut configs = settings::configs(&args.settings, current.clone())?;
    let job = Job::new(args, current)?;
    let stop = Stop::install()?;
    let engine = Engine::find(args.engine, args.builder.clone(), Passed { flags: args.passed() }, &stop);
    let engine = match engine {
        Ok(engine) => engine,
        Err(Failure::Interrupted) => return Ok(INTERRUPTED),
        Err(Failure::Failed(why)) => return Err(why),
    };
    if engine.kind == engine::Kind::Buildah && job.smoke.is_some() {
        return Err("`--smoke` needs an engine that runs containers: `docker`, `podman` or `nerdctl`".to_owned());
    }
    let session = Session::open(engine)?;
    Ok(job.run(&session, &mut configs, output))
}

/// What the user asked for, checked.
struct Job<'a> {
    args: &'a VerifyArgs,
    current: PathBuf,
    noise: Noise,
    smoke: Option<(Smoke, String)>,
    against: Option<Vec<u8>>,
}

impl<'a> Job<'a> {
    fn new(args: &'a VerifyArgs, current: PathBuf) -> Result<Job<'a>, String> {
        if args.paths.iter().any(|path| path.as_os_str() == "-") {
            return Err("a text on standard input has no build context: give the Dockerfile by its name".to_owned());
        }
        if args.builder.is_some() && args.engine.is_some_and(|engine| engine != engine::Kind::Docker) {
            return Err("`--builder` names a builder of `docker buildx`: leave `--engine` out".to_owned());
        }
        let read = |path: &PathBuf| {
            let unreadable = |error| format!("{}: {}", visible_path(path), read::missing(path, &error));
            fs::read(path).map_err(unreadable)
        };
        let noise = args.noise.as_ref().map_or(Ok(Vec::new()), read)?;
        let noise = Noise::with(&String::from_utf8_lossy(&noise)).map_err(|why| format!("`--noise`: {why}"))?;
        let smoke = args.smoke.as_ref().map(|text| Ok::<_, String>((Smoke::read(text)?, text.clone()))).transpose()?;
        let against = args.against.as_ref().map(read).transpose()?;
        Ok(Job { args, current, noise, smoke, against })
    }

    fn run(&self, session: &Session, configs: &mut Configs, output: &mut Output) -> u8 {
        let found = match self.args.paths.as_slice() {
            [] => discover::discover(&[PathBuf::from(".")], configs),
            paths => discover::discover(paths, configs),
        };
        for error in &found.errors {
            let line = say(output.error_paint(), &visible_path(&error.path), Kind::Error, &error.message);
            output.complain(&line);
        }
        let mut reports = Vec::new();
        for path in &found.files {
            let Ok(report) = self.file(session, path, configs.in_force(path)) else {
                let what = "stopped, and what was made is removed";
                output.complain(&say(output.error_paint(), &visible_path(path), Kind::Note, what));
                return INTERRUPTED;
            };
            if self.args.format == Format::Text {
                output.print(report::text(&report, output.paint()).as_bytes());
            }
            reports.push(report);
        }
        let paint = output.paint();
        match self.args.format {
            Format::Json => {
                let engine = (session.engine.kind.program(), session.engine.version.as_str());
                output.print(report::json(engine, &reports).as_bytes());
            }
            Format::Text if reports.len() > 1 => output.print(report::table(&reports, paint).as_bytes()),
            Format::Text => {}
        }
        code(&reports, !found.errors.is_empty())
    }

    /// Verifies a file. An error is the user's wish to stop.
    fn file(&self, session: &Session, path: &Path, force: Result<InForce, Arc<Loaded>>) -> Result<FileReport, Failure> {
        let mut report = FileReport::new(visible_path(path), Verdict::Error);
        let force = match force {
            Ok(force) => force,
            Err(broken) => {
                report.message = Some(settings::broken(&broken, &self.current));
                return Ok(report);
            }
        };
        if let Some(line) = force.excluded {
            let file = force.file.as_deref().unwrap_or(Path::new(FILE_NAME));
            report.verdict = Verdict::Excluded;
            report.message = Some(format!("{}:{line} excludes it", settings::shown(file, &self.current)));
            return Ok(report);
        }
        let (before, source) = match read::file(path) {
            Ok(read) => read,
            Err(error) => {
                report.message = Some(error.message);
                return Ok(report);
            }
        };
        if let Some(reason) = template::reason(path, source.text()) {
            report.verdict = Verdict::Template;
            report.message = Some(visible_str(&reason));
            return Ok(report);
        }
        let ways = match ways::ways(path, &force, self.args, &self.current) {
            Ok(ways) => ways,
            Err(message) => {
                report.message = Some(message);
                return Ok(report);
            }
        };
        let view = force.view(path);
        let rewriter = Rewriter { job: self, force: &force, source: &source, view: &*view };
        let Some((after, outcome)) = rewriter.whole(&mut report) else { return Ok(report) };
        let mut worst: Option<FileReport> = None;
        for way in &ways {
            let view = Folder::new(&way.context, Some(path));
            let (context, flags) = (&way.context, &way.flags);
            let claim = Claim { path, before: &before, after: &after, context, flags, view: &view, source: &source };
            let mut one = self.verify(session, claim, &rewriter, &outcome, report.clone())?;
            one.notes.extend(way.notes.iter().cloned());
            if let Some(by) = way.by.as_ref().filter(|_| ways.len() > 1) {
                one.notes.push(format!("built as {by} says, one of {} ways that were tried", ways.len()));
            }
            if worst.as_ref().is_none_or(|known| known.verdict.severity() < one.verdict.severity()) {
                worst = Some(one);
            }
        }
        Ok(worst.unwrap_or(report))
    }

    /// The lines for `dfopt.toml` by which a transform leaves a file alone.
    fn without(&self, id: &str, path: &Path, force: &InForce) -> String {
        let folder = force.file.as_deref().and_then(Path::parent).unwrap_or(&self.current);
        let whole = fs::canonicalize(path).ok();
        let inside = whole.as_deref().and_then(|path| path.strip_prefix(fs::canonicalize(folder).ok()?).ok());
        // a name that would have to be written otherwise in a pattern, or in TOML, is not named
        let plain = |path: &&str| path.chars().all(|c| !c.is_control() && !r#"*?[\""#.contains(c));
        match inside.and_then(Path::to_str).filter(plain) {
            Some(inside) => format!("[[overrides]]\npaths = [\"/{inside}\"]\nskip = [\"{id}\"]"),
            None => format!("skip = [\"{id}\"]"),
        }
    }

    fn verify(
        &self,
        session: &Session,
        claim: Claim,
        rewriter: &Rewriter,
        outcome: &Outcome,
        mut report: FileReport,
    ) -> Result<FileReport, Failure> {
        let progress = Progress::new(&report.file);
        let (smoke, network) = (self.smoke.clone(), self.args.network.clone());
        let plan = Plan { session, noise: &self.noise, smoke, network, rebuild: !self.args.no_rebuild };
        let mut known = HashSet::new();
        match plan.prove(&progress, claim, &intents(outcome)) {
            Ok(proof) => {
                known = proof.judged.unexpected();
                report.proved(proof);
            }
            Err(NoProof::Original(broken)) => report.broken(broken, Verdict::Error),
            Err(NoProof::Rewritten(broken)) => report.broken(broken, Verdict::Broken),
            Err(NoProof::Failure(Failure::Failed(why))) => report.message = Some(why),
            Err(NoProof::Failure(Failure::Interrupted)) => return Err(Failure::Interrupted),
        }
        let found = !known.is_empty() || report.verdict == Verdict::Broken;
        if self.args.bisect && found {
            match rewriter.guilty(&plan, &progress, claim, &known) {
                Ok(guilty) => {
                    report.without = guilty.map(|id| self.without(id, claim.path, rewriter.force));
                    report.guilty = guilty.map(str::to_owned);
                }
                Err(NoProof::Failure(Failure::Interrupted)) => return Err(Failure::Interrupted),
                Err(_) => report.notes.push("the search for the transform failed, since a build did".to_owned()),
            }
        }
        Ok(report)
    }
}

/// What the transforms that were applied declare; of a kind of difference of which all their rewrites say what exactly they
/// touch, only that.
fn intents(outcome: &Outcome) -> Vec<(&'static str, Vec<Touch>)> {
    let metas = PIPELINE.iter().map(|transform| transform.meta());
    let of = |meta: &'static Meta| {
        let rewrites: Vec<&Applied> = outcome.applied.iter().filter(|applied| applied.id == meta.id).collect();
        let touches = meta.intends.iter().flat_map(|intent| narrowed(*intent, &rewrites)).collect();
        (!rewrites.is_empty()).then_some((meta.id, touches))
    };
    metas.filter_map(of).collect()
}

fn narrowed(intent: Intent, rewrites: &[&Applied]) -> Vec<Touch> {
    let said: Vec<&Touch> =
        rewrites.iter().flat_map(|rewrite| rewrite.touches.iter().find(|touch| intent.is_kind_of(touch))).collect();
    match said.len() == rewrites.len() {
        true => said.into_iter().cloned().collect(),
        false => vec![intent.touch()],
    }
}

/// Says what a file becomes.
struct Rewriter<'a> {
    job: &'a Job<'a>,
    force: &'a InForce,
    source: &'a Source,
    view: &'a dyn ContextView,
}

impl Rewriter<'_> {
    /// By the whole pipeline, or as the user gave it. `None` where there is nothing to verify, which the report then says.
    fn whole(&self, report: &mut FileReport) -> Option<(Vec<u8>, Outcome)> {
        if let Some(against) = &self.job.against {
            return Some((against.clone(), Outcome::default()));
        }
        let rewritten = AssertUnwindSafe(|| crate::optimize(self.source, &self.force.options, self.view));
        let Ok(outcome) = panic::catch_unwind(rewritten) else {
            report.message = Some("a bug in dfopt: it panicked on this file".to_owned());
            return None;
        };
        if let Some(error) = outcome.errors.first() {
            let at = self.source.line_col(error.span.start as usize);
            report.message = Some(visible_str(&format!("{}:{}: {}", at.line, at.column, error.message)));
            return None;
        }
        if let Some(bug) = outcome.bugs.first() {
            report.notes.push(format!("bug in dfopt: `{}`: {}; its work was thrown away", bug.id, bug.what));
        }
        let rewrite = |applied: &crate::engine::Applied| Rewrite {
            transform: applied.id.to_owned(),
            line: self.source.line(applied.at.start as usize),
            title: visible_str(&applied.title),
        };
        report.rewrites = outcome.applied.iter().map(rewrite).collect();
        if outcome.text == self.source.text() {
            report.verdict = Verdict::Unchanged;
            return None;
        }
        Some((self.bytes(&outcome), outcome))
    }

    fn bytes(&self, outcome: &Outcome) -> Vec<u8> {
        self.source.bytes_of(&outcome.text)
    }

    /// The transform with which the image stops to be the same, found by halves among the beginnings of the pipeline.
    fn guilty(
        &self,
        plan: &Plan,
        progress: &Progress,
        claim: Claim,
        known: &HashSet<compare::Key>,
    ) -> Result<Option<&'static str>, NoProof> {
        let metas = PIPELINE.iter().map(|transform| transform.meta());
        let ids: Vec<&'static str> = metas.filter(|meta| self.force.options.wants(meta)).map(|meta| meta.id).collect();
        let (mut good, mut bad) = (0, ids.len());
        while bad - good > 1 {
            let middle = good + (bad - good) / 2;
            let only = ids[..middle].iter().map(|id| (*id).to_owned()).collect();
            let options = Options { only, ..self.force.options.clone() };
            let outcome = crate::optimize(self.source, &options, self.view);
            let after = self.bytes(&outcome);
            let holds = after == claim.before
                || plan.holds(progress, Claim { after: &after, ..claim }, &intents(&outcome), known)?;
            if holds { good = middle } else { bad = middle }
        }
        Ok(ids.get(bad.saturating_sub(1)).copied())
    }
}

/// A difference outweighs an error: of two hundred files some never build, and that must not hide it.
fn code(reports: &[FileReport], not_found: bool) -> u8 {
    let any = |verdicts: &[Verdict]| reports.iter().any(|report| verdicts.contains(&report.verdict));
    match () {
        () if any(&[Verdict::Unexpected, Verdict::Broken]) => DIFFERS,
        () if any(&[Verdict::Error]) || not_found => ERROR,
        () => FINE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rewrites_say_they_touch_stands_for_what_their_transform_declares() {
        let rewrite = |touches: Vec<Touch>| Applied {
            id: "non-root-user",
            at: crate::text::Span { start: 0, end: 0 },
            title: String::new(),
            reason: String::new(),
            level: crate::engine::Level::Recommended,
            notes: Vec::new(),
            touches,
        };
        let owner = |path: &str| Intent::Owner(vec![path.to_owned()]);
        let whole = || Intent::Owner(&["/**"] as &'static [&'static str]);
        let (one, other, silent) = (rewrite(vec![owner("/a")]), rewrite(vec![owner("/b")]), rewrite(Vec::new()));
        assert_eq!(narrowed(whole(), &[&one, &other]), [owner("/a"), owner("/b")]);
        assert_eq!(narrowed(whole(), &[&one, &silent]), [owner("/**")], "one of them does not say");
        assert_eq!(narrowed(Intent::Config("User"), &[&one]), [Touch::Config("User")]);
        let source = Source::new(
            "FROM python:3.12-slim\nWORKDIR /app\nCOPY app.py .\nEXPOSE 8000\nCMD [\"python\", \"app.py\"]\n",
        );
        let said = intents(&crate::optimize(
            &source,
            &Options { level: crate::engine::Level::Recommended, ..Options::default() },
            &crate::facts::NoContext,
        ));
        let (_, touches) = said.iter().find(|(id, _)| *id == "non-root-user").unwrap();
        assert!(touches.contains(&owner("/app")) && !touches.contains(&owner("/**")), "{touches:?}");
    }

    #[test]
    fn a_difference_outweighs_an_error() {
        let code = |verdicts: &[Verdict], not_found| {
            let reports: Vec<FileReport> =
                verdicts.iter().map(|verdict| FileReport::new("f".to_owned(), *verdict)).collect();
            code(&reports, not_found)
        };
        assert_eq!(code(&[Verdict::Same, Verdict::Intended, Verdict::Unchanged, Verdict::Template], false), FINE);
        assert_eq!(code(&[Verdict::Same, Verdict::Error], false), ERROR);
        assert_eq!(code(&[Verdict::Same], true), ERROR);
        assert_eq!(code(&[Verdict::Error, Verdict::Broken], true), DIFFERS);
        assert_eq!(code(&[Verdict::Unexpected], false), DIFFERS);
    }
}
