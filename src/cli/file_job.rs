//! One file, from its bytes to what is to be printed of it: read, optimized, and rendered in the shape that was asked for.

use crate::cli::args::Format;
use crate::cli::built::Built;
use crate::cli::config::{self, InForce, Loaded};
use crate::cli::diff::{self, Diff};
use crate::cli::format::{self, Fate};
use crate::cli::read::{self, ReadError};
use crate::cli::report::{self, Kind, Looked, Paint, Tally, Trouble, say};
use crate::cli::write::{self, WriteError};
use crate::cli::{ERROR, FINE, WOULD_CHANGE};
use crate::context::Folder;
use crate::engine::{Bug, Options, Outcome};
use crate::facts::{ContextView, NoContext};
use crate::template;
use crate::text::Source;
use crate::visible::{self, path_bytes, visible, visible_path};
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What `optimize` is to this module; tests bring their own.
pub type Optimize = fn(&Source, &Options, &dyn ContextView) -> Outcome;

/// What becomes of the outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A report for people.
    Report,
    /// The names of the files that would change.
    Names,
    /// A unified diff.
    Diff,
    /// The files themselves.
    Write,
    /// A report for other programs.
    Format(Format),
}

/// What is done with each file, and how it is told.
pub struct FileJob {
    /// What becomes of the outcomes.
    pub shape: Shape,
    /// What was left alone is told, too.
    pub why: bool,
    /// Only errors are told, and what was asked for by name.
    pub quiet: bool,
    /// What standard input goes by.
    pub stdin_name: Option<PathBuf>,
    /// The working directory: names are told as seen from there.
    pub current: PathBuf,
    /// Colours of standard output.
    pub paint: Paint,
    /// Colours of standard error.
    pub error_paint: Paint,
    /// A person looks at standard output.
    pub terminal: bool,
    /// A diff is for a person, not for a program.
    pub pretty_diff: bool,
    /// The pipeline.
    pub optimize: Optimize,
}

/// What is to be printed about a file.
#[derive(Default)]
pub struct Rendered {
    /// To standard output.
    pub stdout: Vec<u8>,
    /// To standard error.
    pub stderr: String,
    /// What it adds to the summary.
    pub tally: Tally,
    /// Errors and faults, for documents.
    pub troubles: Vec<Trouble>,
    /// Why nothing was made of it.
    pub skipped: Option<Fate>,
}

/// A file and what is in force for it, or the configuration that is broken.
pub struct Target {
    /// Where it is.
    pub path: PathBuf,
    /// What is in force for it.
    pub force: Result<InForce, Arc<Loaded>>,
}

/// What is asked about one text.
struct Asked<'a> {
    path: &'a Path,
    /// The path, safe for a terminal.
    name: String,
    options: &'a Options,
    context: &'a dyn ContextView,
    /// How the project builds it, where it says so.
    built: Option<Built>,
}

impl FileJob {
    /// Reads and optimizes a file, and writes it where that was asked for.
    pub fn file(&self, target: &Target) -> Rendered {
        let mut out = Rendered::default();
        let path = &target.path;
        let Some(force) = self.force(target, &mut out) else { return out };
        let context = force.view(path);
        let built = Built::of(force, path, &self.current);
        let asked = Asked { path, name: visible_path(path), options: &force.options, context: &*context, built };
        match self.look(&asked, read::file(path), &mut out) {
            Some(looked) => self.render(&asked, &looked, &mut out),
            None => self.troubled(path, &mut out),
        }
        out
    }

    /// What is in force for a file that is to be looked at.
    fn force<'t>(&self, target: &'t Target, out: &mut Rendered) -> Option<&'t InForce> {
        let Ok(force) = &target.force else {
            // its configuration was told of
            out.tally.files = 1;
            out.tally.failed = 1;
            return None;
        };
        let Some(line) = force.excluded else { return Some(force) };
        out.tally.excluded = 1;
        out.skipped = Some(Fate::Excluded);
        self.troubled(&target.path, out);
        let file = force.file.as_deref().unwrap_or(Path::new(crate::config::FILE_NAME));
        if !self.quiet && self.why {
            let by = config::shown(file, &self.current);
            out.stderr =
                self.say(&visible_path(&target.path), Kind::Note, &format!("left alone: {by}:{line} excludes it"));
        }
        None
    }

    /// What can't be rewritten passes through: a filter that loses a text is worse than one that does nothing.
    pub fn stdin(&self, bytes: io::Result<Vec<u8>>, target: &Target) -> Rendered {
        let mut out = Rendered::default();
        let looked = self.force(target, &mut out).and_then(|force| {
            let read = match &bytes {
                Ok(bytes) => read::text(bytes).map(|source| (bytes.clone(), source)),
                Err(error) => Err(ReadError::unreadable(error)),
            };
            let context = self.stdin_context(force);
            let name = self.stdin_name.as_ref().map_or("<stdin>".to_owned(), |name| visible_path(name));
            let (path, options, context) = (&target.path, &force.options, &*context);
            let asked = Asked { path, name, options, context, built: None };
            let looked = self.look(&asked, read, &mut out);
            match &looked {
                Some(looked) if self.shape != Shape::Report => self.render(&asked, looked, &mut out),
                None => self.troubled(&target.path, &mut out),
                _ => {}
            }
            looked
        });
        if self.shape == Shape::Report {
            out.stdout = self.text(&looked.map_or(bytes.unwrap_or_default(), |looked| looked.new));
        }
        out
    }

    /// Standard input has a build context where one is named, by the user or for the file whose name it goes by.
    fn stdin_context(&self, force: &InForce) -> Box<dyn ContextView> {
        match (&self.stdin_name, &force.context) {
            (Some(name), _) if !force.is_assumed() => force.view(name),
            (None, Some(root)) => Box::new(Folder::new(root, None)),
            _ => Box::new(NoContext),
        }
    }

    /// Reads no more than the outcome; `None` where there is none to render, which `out` then says.
    fn look(&self, asked: &Asked, read: Read, out: &mut Rendered) -> Option<Looked> {
        out.tally.files = 1;
        let Asked { path, name, .. } = asked;
        let (old, source) = match read {
            Ok(read) => read,
            Err(error) => {
                self.fail(name, error.place, &error.message, out);
                return None;
            }
        };
        if let Some(reason) = template::reason(path, source.text()) {
            out.tally.templates = 1;
            out.skipped = Some(Fate::Template);
            if !self.quiet {
                let message =
                    format!("a template ({}), left alone; run dfopt on what it becomes", visible(reason.as_bytes()));
                out.stderr += &self.say(name, Kind::Note, &message);
            }
            return None;
        }
        let outcome = self.outcome(&source, asked, out)?;
        let new = source.bytes_of(&outcome.text);
        Some(Looked { name: name.clone(), old, source, outcome, new, built: asked.built.clone() })
    }

    fn outcome(&self, source: &Source, asked: &Asked, out: &mut Rendered) -> Option<Outcome> {
        let Asked { name, options, context, .. } = asked;
        let optimize = || (self.optimize)(source, options, *context);
        let Ok(outcome) = panic::catch_unwind(AssertUnwindSafe(optimize)) else {
            out.tally.bugs += 1;
            let message = format!("it panicked, and the file was left alone; {}", please());
            out.stderr += &self.say(name, Kind::Bug, &message);
            out.troubles.push(Trouble { kind: Kind::Bug, at: None, message });
            return None;
        };
        for Bug { id, what } in &outcome.bugs {
            let what = report::shown(source, what);
            let message = match *id {
                Bug::PIPELINE => format!("{what}, so it was left as it is; {}", please()),
                id => format!("`{id}`: {what}; its work was thrown away, the rest is sound; {}", please()),
            };
            out.tally.bugs += 1;
            out.stderr += &self.say(name, Kind::Bug, &message);
            out.troubles.push(Trouble { kind: Kind::Bug, at: None, message });
        }
        if let Some(left) = outcome.left_alone.as_ref().filter(|_| !self.quiet) {
            let at = source.line_col(left.at.start as usize);
            out.stderr += &self.say(&format!("{name}:{}:{}", at.line, at.column), Kind::Note, &left.why);
        }
        for error in &outcome.errors {
            let at = source.line_col(error.span.start as usize);
            self.fail(name, Some((at.line, at.column)), &report::shown(source, &error.message), out);
        }
        outcome.errors.is_empty().then_some(outcome)
    }

    fn render(&self, asked: &Asked, looked: &Looked, out: &mut Rendered) {
        let path = asked.path;
        out.tally.count(&looked.outcome, looked.changed(), self.why);
        match self.shape {
            Shape::Format(format) => {
                let fixes = crate::separate(&looked.source, asked.options, asked.context, &looked.outcome);
                let path = format::path(path, &self.current);
                let looked = format::Seen { looked, fixes: &fixes };
                let file =
                    format::File { path, fate: Fate::Read, troubles: &out.troubles, seen: Some(looked), why: self.why };
                out.stdout = format.file(&file);
            }
            Shape::Diff => out.stdout = self.diff(path, looked),
            Shape::Write if looked.changed() => self.write(path, looked, out),
            Shape::Report if !self.quiet => out.stdout = report::file(looked, self.why, self.paint).into_bytes(),
            Shape::Names if !self.quiet && looked.changed() => out.stdout = self.name(path),
            _ => {}
        }
    }

    fn diff(&self, path: &Path, looked: &Looked) -> Vec<u8> {
        let plain = Diff::new(&looked.old, &looked.new).unified(&diff::diff_path(path, &self.current));
        match self.pretty_diff {
            true => {
                let crlf = report::all_crlf(&looked.old) && report::all_crlf(&looked.new);
                report::diff_for_terminal(&plain, crlf, self.paint).into_bytes()
            }
            false => plain,
        }
    }

    fn write(&self, path: &Path, looked: &Looked, out: &mut Rendered) {
        match write::replace(path, &looked.old, &looked.new) {
            Ok(()) if self.quiet => {}
            Ok(()) => out.stdout = report::written(looked).into_bytes(),
            Err(error) => {
                let message = match error {
                    WriteError::Changed => {
                        "changed while dfopt was at work, and was left alone; run dfopt again".to_owned()
                    }
                    WriteError::Io(error) => format!("cannot be written: {}", visible::reason(&error)),
                };
                self.fail(&looked.name, None, &message, out);
            }
        }
    }

    /// The part of a document for a file that there is nothing else to say of.
    pub fn troubled(&self, path: &Path, out: &mut Rendered) {
        if let Shape::Format(format) = self.shape {
            let path = format::path(path, &self.current);
            let fate = out.skipped.unwrap_or(Fate::Failed);
            out.stdout = format.file(&format::File { path, fate, troubles: &out.troubles, seen: None, why: self.why });
        }
    }

    /// Tells of an error.
    pub fn fail(&self, name: &str, at: Option<(u32, u32)>, message: &str, out: &mut Rendered) {
        let place = at.map_or(name.to_owned(), |(line, column)| format!("{name}:{line}:{column}"));
        out.tally.failed = 1;
        out.stderr += &self.say(&place, Kind::Error, message);
        out.troubles.push(Trouble { kind: Kind::Error, at, message: message.to_owned() });
    }

    fn text(&self, bytes: &[u8]) -> Vec<u8> {
        match self.terminal {
            true => report::text_for_terminal(bytes, report::all_crlf(bytes)).into_bytes(),
            false => bytes.to_vec(),
        }
    }

    fn name(&self, path: &Path) -> Vec<u8> {
        let name = if self.terminal { visible_path(path).into_bytes() } else { path_bytes(path) };
        [&name, &b"\n"[..]].concat()
    }

    /// A line for standard error.
    pub fn say(&self, place: &str, kind: Kind, message: &str) -> String {
        say(self.error_paint, place, kind, message)
    }
}

/// What the process ends with; `check`: a file that would change counts.
pub fn exit_code(tally: &Tally, check: bool) -> u8 {
    match tally {
        _ if tally.failed + tally.bugs > 0 => ERROR,
        _ if check && tally.changed > 0 => WOULD_CHANGE,
        _ => FINE,
    }
}

type Read = Result<(Vec<u8>, Source), ReadError>;

fn please() -> String {
    let place = match env!("CARGO_PKG_REPOSITORY") {
        "" => String::new(),
        url => format!(" at {url}/issues"),
    };
    format!("please report this{place} together with the file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Advice, Applied, Level, Refused};
    use crate::syntax::{ErrorStage, SyntaxError};
    use crate::text::Span;
    use std::fs;

    fn job(shape: Shape, optimize: Optimize) -> FileJob {
        FileJob {
            shape,
            why: true,
            quiet: false,
            stdin_name: Some(PathBuf::from("Dockerfile")),
            current: PathBuf::from("/"),
            paint: Paint(false),
            error_paint: Paint(false),
            terminal: false,
            pretty_diff: false,
            optimize,
        }
    }

    fn target(path: &Path, context: Option<&Path>) -> Target {
        let force = InForce { context: context.map(Path::to_owned), ..InForce::default() };
        Target { path: path.to_owned(), force: Ok(force) }
    }

    fn filter(job: &FileJob, input: &[u8]) -> (u8, String, String) {
        filter_in(job, input, None)
    }

    fn filter_in(job: &FileJob, input: &[u8], context: Option<&Path>) -> (u8, String, String) {
        let path = job.stdin_name.clone().unwrap_or(PathBuf::from("Dockerfile"));
        let out = job.stdin(Ok(input.to_vec()), &target(&path, context));
        (
            exit_code(&out.tally, job.shape == Shape::Names),
            String::from_utf8_lossy(&out.stdout).into_owned(),
            out.stderr,
        )
    }

    fn shouting(source: &Source, _: &Options, _: &dyn ContextView) -> Outcome {
        Outcome { text: source.text().to_uppercase(), ..Outcome::default() }
    }

    fn faulty(source: &Source, options: &Options, _: &dyn ContextView) -> Outcome {
        let bug = Bug { id: "merge-runs", what: "it changed `USER \u{1b}`".to_owned() };
        Outcome { bugs: vec![bug], ..shouting(source, options, &NoContext) }
    }

    fn panicking(_: &Source, _: &Options, _: &dyn ContextView) -> Outcome {
        panic!("as the test wants")
    }

    fn refusing(source: &Source, _: &Options, _: &dyn ContextView) -> Outcome {
        let message = format!("`{}` is no instruction", source.slice(Span::new(3, 7)));
        let error = SyntaxError { span: Span::new(3, 7), line: 2, stage: ErrorStage::Instructions, message };
        Outcome { text: source.text().to_owned(), errors: vec![error], ..Outcome::default() }
    }

    /// Everything that an outcome can hold.
    fn talkative(source: &Source, _: &Options, _: &dyn ContextView) -> Outcome {
        let change = |level, at, title: &str| Applied {
            id: "some-id",
            at: Span::at(at),
            title: title.to_owned(),
            reason: "because".to_owned(),
            level,
            notes: vec!["mind this".to_owned()],
            touches: Vec::new(),
        };
        Outcome {
            text: source.text().replace("two\n", "2\n"),
            applied: vec![change(Level::Safe, 4, "shorten `two`")],
            offered: vec![change(Level::Aggressive, 0, "shorten `one`")],
            refused: vec![Refused {
                id: "some-id",
                at: Span::at(8),
                code: "odd",
                mark: "",
                reason: "it is odd".to_owned(),
            }],
            advice: vec![Advice {
                id: "other",
                at: Span::at(0),
                title: "think".to_owned(),
                reason: "why not".to_owned(),
            }],
            layers: (3, 1),
            ..Outcome::default()
        }
    }

    #[test]
    fn a_fault_of_dfopt_is_told_and_the_rest_stands() {
        let (code, text, errors) = filter(&job(Shape::Report, faulty), b"from a\n");
        assert_eq!((code, text.as_str()), (ERROR, "FROM A\n"));
        assert!(errors.starts_with("Dockerfile: bug in dfopt: `merge-runs`: it changed `USER ␛`;"), "{errors}");
        assert!(errors.contains("please report this"));
    }

    #[test]
    fn a_panic_leaves_the_text_alone() {
        let (code, text, errors) = filter(&job(Shape::Report, panicking), b"FROM a\n");
        assert_eq!((code, text.as_str()), (ERROR, "FROM a\n"));
        assert!(errors.starts_with("Dockerfile: bug in dfopt: it panicked"), "{errors}");
    }

    #[test]
    fn an_error_has_a_place_and_shows_foreign_bytes() {
        let (code, text, errors) = filter(&job(Shape::Report, refusing), b"#x\n\xff\nFROM a\n");
        assert_eq!((code, errors.as_str()), (ERROR, "Dockerfile:2:1: error: `\\xff` is no instruction\n"));
        assert_eq!(text, String::from_utf8_lossy(b"#x\n\xff\nFROM a\n"));
    }

    #[test]
    fn a_change_counts_for_check_alone() {
        assert_eq!(filter(&job(Shape::Names, shouting), b"from a\n").0, WOULD_CHANGE);
        assert_eq!(filter(&job(Shape::Names, shouting), b"FROM A\n").0, FINE);
        assert_eq!(filter(&job(Shape::Diff, shouting), b"from a\n").0, FINE);
    }

    #[test]
    fn a_report_says_everything() {
        let mut out = Rendered::default();
        let job = job(Shape::Report, talkative);
        let bytes = b"one\ntwo\nsix\n".to_vec();
        let read = read::text(&bytes).map(|source| (bytes, source));
        let options = Options::default();
        let (path, name) = (Path::new("Dockerfile"), "Dockerfile".to_owned());
        let asked = Asked { path, name, options: &options, context: &NoContext, built: None };
        let looked = job.look(&asked, read, &mut out).unwrap();
        job.render(&asked, &looked, &mut out);
        let wanted = "Dockerfile
  some-id (safe) line 2: shorten `two`
    because
    note: mind this
  1 1 │ one
  2   │-two
    2 │+2
  3 3 │ six
  advice: other line 1: think
    why not
  with `--level aggressive`: some-id (aggressive) line 1: shorten `one`
    because
  left alone: line 3: some-id: odd: it is odd

";
        assert_eq!(String::from_utf8(out.stdout).unwrap(), wanted);
        let summary = "1 file would change: 3 layers become 1 (`--write` does it); \
                       1 more with `--level aggressive`; 1 left alone (`--why` says why)\n";
        assert_eq!(report::summary(&out.tally, false), summary);
    }

    /// Says what the context holds.
    fn telling(_: &Source, _: &Options, context: &dyn ContextView) -> Outcome {
        let names = context.names("").map(|names| names.join(","));
        Outcome { text: format!("{:?} {names:?}\n", context.dockerfile()), ..Outcome::default() }
    }

    #[test]
    fn the_context_is_the_folder_of_the_file_or_the_one_given() {
        let room = tempfile::tempdir().unwrap();
        fs::create_dir(room.path().join("app")).unwrap();
        let path = room.path().join("app/Dockerfile");
        fs::write(&path, "FROM a\n").unwrap();
        fs::write(room.path().join(".dockerignore"), "x\n").unwrap();
        let told = |context: Option<&Path>| {
            let job = job(Shape::Diff, telling);
            String::from_utf8(job.file(&target(&path, context)).stdout).unwrap()
        };
        assert!(told(None).ends_with("+Some(\"Dockerfile\") Some(\"Dockerfile\")\n"), "{}", told(None));
        let given = told(Some(room.path()));
        assert!(given.ends_with("+Some(\"app/Dockerfile\") Some(\".dockerignore,app\")\n"), "{given}");
    }

    #[test]
    fn standard_input_has_a_context_only_where_one_is_given() {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("x"), "").unwrap();
        let told = |context: Option<PathBuf>, stdin_name: Option<PathBuf>| {
            let job = FileJob { stdin_name, ..job(Shape::Report, telling) };
            filter_in(&job, b"FROM a\n", context.as_deref()).1
        };
        let root = || Some(room.path().to_owned());
        let name = || Some(room.path().join("Dockerfile"));
        assert_eq!(told(None, name()), "None None\n");
        assert_eq!(told(root(), None), "None Some(\"x\")\n");
        assert_eq!(told(root(), name()), "Some(\"Dockerfile\") Some(\"x\")\n");
        fs::write(room.path().join("Dockerfile.dockerignore"), "*").unwrap();
        assert_eq!(told(root(), None), "None Some(\"Dockerfile.dockerignore,x\")\n");
        assert_eq!(told(root(), name()), "Some(\"Dockerfile\") Some(\"\")\n");
    }
}
