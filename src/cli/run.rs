//! From paths to an exit code: each file goes through [`FileJob`] on one of several threads; what they have to say is printed
//! in the order of the paths, whatever the order in which they get ready. One bad file does not stop the others.

use crate::cli::args::RunArgs;
use crate::cli::config::{self, Configs, Loaded};
use crate::cli::file_job::{FileJob, Rendered, Shape, Target, exit_code};
use crate::cli::format::Document;
use crate::cli::output::Output;
use crate::cli::progress::Progress;
use crate::cli::report::{self, Kind, Tally};
use crate::cli::shared_args::Color;
use crate::cli::{discover, interrupt, read};
use crate::visible::{visible, visible_path};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::{env, io, thread};

/// What the user asked for, ready to run.
pub struct Job {
    each: FileJob,
    check: bool,
    threads: usize,
}

impl Job {
    /// Checks what the arguments alone can't.
    pub fn new(args: &RunArgs, output: &Output) -> Result<Job, String> {
        check_stdin(args)?;
        let shape = match args {
            RunArgs { write: true, .. } => Shape::Write,
            RunArgs { diff: true, .. } => Shape::Diff,
            RunArgs { format: Some(format), .. } => Shape::Format(*format),
            RunArgs { check: true, .. } => Shape::Names,
            _ => Shape::Report,
        };
        let each = FileJob {
            shape,
            why: args.why,
            quiet: args.quiet,
            stdin_name: args.stdin_filename.clone(),
            current: env::current_dir().unwrap_or_default(),
            paint: output.paint(),
            error_paint: output.error_paint(),
            terminal: output.terminal(),
            pretty_diff: output.terminal() || args.color == Color::Always,
            optimize: crate::optimize,
        };
        let threads = args.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
        Ok(Job { each, check: args.check, threads })
    }

    /// Does it, and gives the exit code.
    pub fn run(&self, paths: &[PathBuf], configs: &mut Configs, output: &mut Output) -> u8 {
        if self.each.shape == Shape::Write {
            interrupt::clean_up();
        }
        let mut document = match self.each.shape {
            Shape::Format(format) => Some(Document::new(format)),
            _ => None,
        };
        output.print(&document.as_ref().map_or(Vec::new(), Document::begin));
        let tally = match paths.iter().any(|path| is_stdin(path)) {
            true => {
                let path = self.each.stdin_name.clone().unwrap_or_else(|| PathBuf::from("Dockerfile"));
                let mut force = configs.in_force(&path);
                if let (Ok(force), None) = (&mut force, &self.each.stdin_name) {
                    force.forget_project();
                }
                let target = Target { force, path };
                let mut tally = self.broken(std::slice::from_ref(&target), document.as_mut(), output);
                let rendered = self.each.stdin(read::limited(io::stdin().lock()), &target);
                tally.add(&emit(rendered, document.as_mut(), output));
                tally
            }
            false => self.found(paths, configs, document.as_mut(), output),
        };
        output.print(&document.as_ref().map_or(Vec::new(), |document| document.end(&tally)));
        exit_code(&tally, self.check)
    }

    fn found(
        &self,
        paths: &[PathBuf],
        configs: &mut Configs,
        mut document: Option<&mut Document>,
        output: &mut Output,
    ) -> Tally {
        let found = match paths {
            [] => discover::discover(&[PathBuf::from(".")], configs),
            paths => discover::discover(paths, configs),
        };
        let mut tally = self.not_found(paths, &found, document.as_deref_mut(), output);
        let target = |path: PathBuf| Target { force: configs.in_force(&path), path };
        let targets: Vec<Target> = found.files.into_iter().map(target).collect();
        tally.add(&self.broken(&targets, document.as_deref_mut(), output));
        tally.add(&self.files(&targets, document, output));
        if self.each.shape == Shape::Report && !self.each.quiet && tally.files + tally.excluded > 0 {
            output.print(report::summary(&tally, self.each.why).as_bytes());
        }
        tally
    }

    /// Tells of configurations that could not be understood, each once.
    fn broken(&self, targets: &[Target], mut document: Option<&mut Document>, output: &mut Output) -> Tally {
        let mut told: Vec<&Arc<Loaded>> = Vec::new();
        let mut tally = Tally::default();
        for loaded in targets.iter().filter_map(|target| target.force.as_ref().err()) {
            if told.iter().any(|known| Arc::ptr_eq(known, loaded)) {
                continue;
            }
            told.push(loaded);
            let name = config::shown(&loaded.path, &self.each.current);
            let mut out = Rendered::default();
            for problem in loaded.problems() {
                let at = (problem.line > 0).then_some((problem.line, problem.column));
                self.each.fail(&name, at, &visible(problem.message.as_bytes()), &mut out);
            }
            self.each.troubled(&loaded.path, &mut out);
            tally.add(&emit(out, document.as_deref_mut(), output));
        }
        tally
    }

    /// Tells of the paths that stand for nothing. That the current folder holds no Dockerfile is an error only for who
    /// asked for that folder.
    fn not_found(
        &self,
        asked: &[PathBuf],
        found: &discover::Found,
        mut document: Option<&mut Document>,
        output: &mut Output,
    ) -> Tally {
        let mut tally = Tally::default();
        for error in &found.errors {
            let name = visible_path(&error.path);
            let mut out = Rendered::default();
            match asked.is_empty() && error.empty_folder {
                true if self.each.quiet => {}
                true => out.stderr = self.each.say(&name, Kind::Note, &error.message),
                false => {
                    self.each.fail(&name, None, &error.message, &mut out);
                    self.each.troubled(&error.path, &mut out);
                }
            }
            tally.add(&emit(out, document.as_deref_mut(), output));
        }
        tally
    }

    fn files(&self, targets: &[Target], mut document: Option<&mut Document>, output: &mut Output) -> Tally {
        let mut tally = Tally::default();
        let progress = Progress::new(targets.len(), self.each.quiet);
        let mut hand_on = |rendered: Rendered| {
            progress.step(|| tally.add(&emit(rendered, document.as_deref_mut(), output)));
            self.pointless(output)
        };
        let workers = self.threads.min(targets.len());
        if workers <= 1 {
            for target in targets {
                if hand_on(self.each.file(target)) {
                    break;
                }
            }
            return tally;
        }
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (send, receive) = mpsc::channel();
        thread::scope(|scope| {
            for _ in 0..workers {
                let (send, next, stop) = (send.clone(), &next, &stop);
                scope.spawn(move || self.work(targets, next, stop, &send));
            }
            drop(send);
            in_order(receive, |rendered| stop.store(hand_on(rendered), Ordering::Relaxed));
        });
        tally
    }

    /// Nobody reads any more, and reading is all there was to do.
    fn pointless(&self, output: &Output) -> bool {
        output.closed() && self.each.shape != Shape::Write
    }

    fn work(&self, targets: &[Target], next: &AtomicUsize, stop: &AtomicBool, send: &mpsc::Sender<(usize, Rendered)>) {
        while !stop.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(target) = targets.get(index) else { return };
            if send.send((index, self.each.file(target))).is_err() {
                return;
            }
        }
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn check_stdin(args: &RunArgs) -> Result<(), String> {
    let asked = args.paths.iter().any(|path| is_stdin(path));
    match args {
        _ if asked && args.paths.len() > 1 => Err("`-` stands alone: give either it or paths".to_owned()),
        _ if asked && args.write => {
            Err("`--write` with `-` has no file to write to: leave it out, the text goes to standard output".to_owned())
        }
        _ if !asked && args.stdin_filename.is_some() => {
            Err("`--stdin-filename` names standard input, which is not read: give `-` as the path".to_owned())
        }
        _ => Ok(()),
    }
}

fn emit(rendered: Rendered, document: Option<&mut Document>, output: &mut Output) -> Tally {
    match document {
        Some(document) => output.print(&document.part(&rendered.stdout)),
        None => output.print(&rendered.stdout),
    }
    output.complain(&rendered.stderr);
    rendered.tally
}

/// Hands on what comes in, in the order of the indices.
fn in_order<T>(receive: mpsc::Receiver<(usize, T)>, mut hand_on: impl FnMut(T)) {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (index, item) in receive {
        waiting.insert(index, item);
        while let Some(item) = waiting.remove(&next) {
            hand_on(item);
            next += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_late_is_waited_for() {
        let (send, receive) = mpsc::channel();
        [2, 0, 3, 1].into_iter().for_each(|index| send.send((index, index)).unwrap());
        drop(send);
        let mut seen = Vec::new();
        in_order(receive, |item| seen.push(item));
        assert_eq!(seen, [0, 1, 2, 3]);
    }
}
