//! Builds: a Dockerfile from a temporary place, the context from where it is, the log kept where the build fails. Reads from
//! the log which steps ran, which came from the cache, and what to advise.

use crate::verify::engine::Build;
use crate::verify::process::{Failure, last_lines};
use crate::verify::progress::Progress;
use crate::verify::session::{Image, Session};
use crate::visible::{self, visible_str};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How many lines of a failed build are shown.
const SHOWN: usize = 20;

/// A Dockerfile in a temporary folder, with the ignore file that goes with its name.
#[derive(Clone, Debug)]
pub struct Recipe {
    /// Where it is.
    pub file: PathBuf,
    /// `original`, for people and for the image's name.
    pub what: &'static str,
    /// What the engine is told besides: flags with their values.
    pub flags: Vec<(&'static str, String)>,
}

impl Recipe {
    /// Writes a text to where the context does not see it. BuildKit takes `<name>.dockerignore` instead of the context's
    /// `.dockerignore`, so that one comes along if `path` has it.
    pub fn write(
        session: &Session,
        what: &'static str,
        (path, flags): (&Path, &[(&'static str, String)]),
        text: &[u8],
    ) -> Result<Recipe, Failure> {
        let fault = |error: io::Error| Failure::Failed(format!("no temporary file: {}", visible::reason(&error)));
        let folder = session.path(what);
        fs::create_dir(&folder).map_err(fault)?;
        let name = path.file_name().unwrap_or("Dockerfile".as_ref());
        let file = folder.join(name);
        fs::write(&file, text).map_err(fault)?;
        let ignore = |name: &std::ffi::OsStr| OsString::from_iter([name, ".dockerignore".as_ref()]);
        let own = path.with_file_name(ignore(name));
        if own.is_file() {
            fs::copy(own, folder.join(ignore(name))).map_err(fault)?;
        }
        Ok(Recipe { file, what, flags: flags.to_vec() })
    }
}

/// An image that was built.
#[derive(Debug)]
pub struct Built<'s> {
    /// The image.
    pub image: Image<'s>,
    /// What it took.
    pub cost: Cost,
}

/// What a build took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Seconds.
    pub seconds: f64,
    /// Steps that ran.
    pub ran: usize,
    /// Steps that came from the cache.
    pub cached: usize,
}

/// A build that failed.
#[derive(Clone, Debug)]
pub struct Broken {
    /// Which one.
    pub what: &'static str,
    /// The end of what the engine said.
    pub tail: String,
    /// Where all of it is.
    pub log: Option<PathBuf>,
    /// What to do about it.
    pub advice: Option<&'static str>,
}

/// Builds.
///
/// # Errors
/// The inner one where the build failed, the outer one where there was none.
pub fn build<'s>(
    session: &'s Session,
    progress: &Progress,
    recipe: &Recipe,
    context: &Path,
    fresh: bool,
) -> Result<Result<Built<'s>, Broken>, Failure> {
    let image = session.image(recipe.what);
    let log = session.path("log");
    let fault = |error: io::Error| Failure::Failed(format!("no temporary file: {}", visible::reason(&error)));
    let mut file = BufWriter::new(File::create(&log).map_err(fault)?);
    let mut steps = Steps::default();
    progress.say(&format!("building the {} file", recipe.what));
    let started = Instant::now();
    let request = Build { file: &recipe.file, context, tag: &image.tag, fresh, flags: &recipe.flags };
    let code = session.engine.build(request, &mut |line| {
        // a full disk shows in the build itself
        let _ = writeln!(file, "{line}");
        if let Some(step) = steps.line(line) {
            progress.say(&format!("building the {} file: {}", recipe.what, visible_str(step)));
        }
    })?;
    file.flush().map_err(fault)?;
    if code == Some(0) {
        let cost = Cost { seconds: started.elapsed().as_secs_f64(), ..steps.cost() };
        // nobody needs it any more, and there may be many
        let _ = fs::remove_file(&log);
        return Ok(Ok(Built { image, cost }));
    }
    let text = String::from_utf8_lossy(&fs::read(&log).unwrap_or_default()).into_owned();
    let tail: Vec<String> = last_lines(&text, SHOWN).lines().map(visible_str).collect();
    Ok(Err(Broken { what: recipe.what, tail: tail.join("\n"), log: keep(&log), advice: advice(&text) }))
}

/// Puts a log where it outlives this run.
fn keep(log: &Path) -> Option<PathBuf> {
    let (mut file, path) =
        tempfile::Builder::new().prefix("dfopt-build-").suffix(".log").tempfile().ok()?.keep().ok()?;
    io::copy(&mut File::open(log).ok()?, &mut file).ok()?;
    Some(path)
}

/// What to pass, by what the engines say where it is missing.
const ADVICE: &[(&[&str], &str)] = &[
    (&["buildx component is missing"], "docker builds by its plugin `buildx`: install it (`docker-buildx`)"),
    (&["network bridge not found"], "this engine has no network of its own: pass `--network host`"),
    (
        &["secret not found", "no such secret", ": secret", "secret "],
        "the build needs a secret: pass `--secret id=NAME,src=FILE`",
    ),
    (
        &["ssh forward", "no SSH key", "unset SSH_AUTH_SOCK", "ssh agent", "unknown ssh"],
        "the build needs your SSH agent: pass `--ssh default`",
    ),
    (
        &["pull access denied", "unauthorized", "authentication required", "insufficient_scope", "denied: "],
        "an image is private or misspelt: log in (`docker login REGISTRY`), or build it first",
    ),
    (
        &["failed to resolve source metadata", "no such host", "initializing source docker:", "i/o timeout"],
        "a base image, or the `# syntax=` image, cannot be fetched: look at the network, or pull or build it first",
    ),
    (
        &["should not be blank", "invalid reference format", "failed to parse stage name"],
        "a base image's name depends on an ARG without a value: pass `--build-arg NAME=VALUE`",
    ),
    (
        &["failed to calculate checksum of ref", "failed to compute cache key", "copier: stat", "\": not found"],
        "a file that is copied is not in the context: pass the folder that the build starts from by `--context DIR`",
    ),
    (
        &["Could not resolve", "Temporary failure", "Could not connect", "EAI_AGAIN", "network is unreachable"],
        "the build has no network: pass `--network host`, or look at the engine's settings",
    ),
    (&["target stage", "could not be found"], "there is no such stage: look at `--target`"),
];

/// What to do about a build that failed with this log. The error itself stands at its end.
fn advice(log: &str) -> Option<&'static str> {
    let end = last_lines(log, SHOWN);
    let says = |marks: &&[&str]| end.lines().any(|line| marks.iter().any(|mark| says(line, mark)));
    ADVICE.iter().find(|(marks, _)| says(marks)).map(|(_, advice)| *advice)
}

/// The word "secret" alone means something only where the engine itself complains.
fn says(line: &str, mark: &str) -> bool {
    line.contains(mark) && (!mark.contains("secret") || (line.starts_with("ERROR") && line.contains("not found")))
}

/// The steps of a build, read from what the engine says of it.
#[derive(Debug, Default)]
struct Steps {
    /// By BuildKit's number, or in order: whether it ran, and what it is.
    seen: BTreeMap<usize, Step>,
    current: usize,
}

#[derive(Debug)]
struct Step {
    cached: bool,
}

impl Steps {
    /// Takes a line, and gives the step that begins with it.
    fn line<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        match line.strip_prefix('#') {
            Some(rest) => self.buildkit(rest),
            None => self.buildah(line),
        }
    }

    /// `#8 [build 3/5] RUN make`, later `#8 CACHED`.
    fn buildkit<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        let (number, said) = line.split_once(' ')?;
        let number = number.parse().ok()?;
        if said == "CACHED" {
            self.seen.entry(number).and_modify(|step| step.cached = true);
        }
        let inner = said.strip_prefix('[')?;
        let (place, instruction) = inner.split_once("] ")?;
        let (_, fraction) = place.rsplit_once(' ').unwrap_or(("", place));
        let (step, of) = fraction.split_once('/')?;
        let numbers = [step, of].iter().all(|part| part.parse::<usize>().is_ok());
        if !numbers || is_from(instruction) || self.seen.contains_key(&number) {
            return None;
        }
        self.seen.insert(number, Step { cached: false });
        Some(said)
    }

    /// `STEP 3/5: RUN make` or `[1/2] STEP 3/5: RUN make`, then perhaps `--> Using cache 0123`.
    fn buildah<'l>(&mut self, line: &'l str) -> Option<&'l str> {
        if line.starts_with("--> Using cache") {
            self.seen.entry(self.current).and_modify(|step| step.cached = true);
        }
        let at = line.find("STEP ").filter(|at| *at == 0 || line.starts_with('['))?;
        let (_, instruction) = line[at..].split_once(": ")?;
        self.current += 1;
        if is_from(instruction) || instruction.starts_with("COMMIT") {
            return None;
        }
        self.seen.insert(self.current, Step { cached: false });
        Some(line)
    }

    fn cost(&self) -> Cost {
        let cached = self.seen.values().filter(|step| step.cached).count();
        Cost { seconds: 0.0, ran: self.seen.len() - cached, cached }
    }
}

fn is_from(instruction: &str) -> bool {
    instruction.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case("from"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(log: &str) -> (usize, usize) {
        let mut steps = Steps::default();
        for line in log.lines() {
            steps.line(line);
        }
        let cost = steps.cost();
        (cost.ran, cost.cached)
    }

    #[test]
    fn steps_of_buildkit_are_counted() {
        let log = "#0 building with \"default\" instance\n\
                   #1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n\
                   #5 [1/4] FROM docker.io/library/debian:12\n#5 CACHED\n\
                   #7 [build 2/4] COPY a /a\n#7 CACHED\n\
                   #8 [3/4] RUN echo\n#8 0.1 [5/5] RUN not a step\n#8 DONE 0.2s\n\
                   #9 [linux/amd64 4/4] WORKDIR /x\n#9 DONE 0.2s\n#8 [3/4] RUN echo\n";
        assert_eq!(steps(log), (2, 1));
    }

    #[test]
    fn steps_of_buildah_are_counted() {
        let log = "[1/2] STEP 1/2: FROM debian:12 AS x\n[1/2] STEP 2/2: RUN a\n--> Using cache 01\n\
                   [2/2] STEP 1/3: FROM x\n[2/2] STEP 2/3: COPY a b\n[2/2] STEP 3/3: RUN c\n[2/2] COMMIT t\n";
        assert_eq!(steps(log), (2, 1));
    }

    #[test]
    fn advice_fits_the_complaint() {
        let cases = [
            ("ERROR: failed to solve: secret token: not found", Some("--secret")),
            ("ERROR: failed to solve: ssh forward option is required", Some("--ssh")),
            ("ERROR: failed to solve: x: pull access denied, repository does not exist", Some("log in")),
            ("ERROR: failed to resolve source metadata for docker.io/library/x", Some("cannot be fetched")),
            ("ERROR: failed to calculate checksum of ref abc: \"/a\": not found", Some("--context")),
            ("ERROR: process \"/bin/sh -c x\" did not complete successfully: network bridge not found", Some("host")),
            ("ERROR: base name (${X}) should not be blank", Some("--build-arg")),
            ("#8 0.1 your secret is safe\nERROR: process \"x\" did not complete successfully: exit code: 1", None),
        ];
        for (log, wanted) in cases {
            let got = advice(log);
            assert_eq!(got.is_some(), wanted.is_some(), "{log}: {got:?}");
            assert!(got.unwrap_or_default().contains(wanted.unwrap_or_default()), "{log}: {got:?}");
        }
    }
}
