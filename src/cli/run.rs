//! What the arguments ask for: files are read and worked on in parallel, told of in order.

use super::args::{Args, Ask, Color, find};
use super::report::{self, Totals};
use super::{diff, discover, template, write};
use crate::engine::{Options, Outcome};
use crate::text::{LineCol, MAX_BYTES, Source, SourceError};
use crate::transforms::PIPELINE;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const FINE: u8 = 0;
const WOULD_CHANGE: u8 = 1;
const ERROR: u8 = 2;

/// Runs the program; gives its exit code.
pub fn run(args: &Args) -> u8 {
    let choice = match args.color {
        Color::Auto => AutoStream::choice(&io::stdout()),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let mut out = AutoStream::new(io::stdout().lock(), choice);
    let code = match &args.command {
        Some(Ask::List) => list(&mut out),
        Some(Ask::Explain { id }) => explain(&mut out, id),
        None => optimize(args, &mut out),
    };
    match code.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => code,
        // the reader of the pipe has seen enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => FINE,
        Err(error) => {
            complain(&format!("standard output: {error}"));
            ERROR
        }
    }
}

fn complain(message: &str) {
    let _ = writeln!(io::stderr(), "dfopt: {message}");
}

fn list(out: &mut impl Write) -> io::Result<u8> {
    for transform in PIPELINE {
        let meta = transform.meta();
        writeln!(out, "{:<24} {:<12} {}", meta.id, meta.ceiling.name(), meta.summary)?;
    }
    Ok(FINE)
}

fn explain(out: &mut impl Write, id: &str) -> io::Result<u8> {
    match find(id) {
        Ok(index) => {
            write!(out, "{}", PIPELINE[index].meta().page)?;
            Ok(FINE)
        }
        Err(message) => {
            complain(&message);
            Ok(ERROR)
        }
    }
}

fn optimize(args: &Args, out: &mut AutoStream<io::StdoutLock<'static>>) -> io::Result<u8> {
    let options = match args.options() {
        Ok(options) => options,
        Err(message) => {
            complain(&message);
            return Ok(ERROR);
        }
    };
    if args.paths.iter().any(|path| path == Path::new("-")) {
        if args.paths.len() > 1 || args.write {
            complain("`-` is standard input: it goes alone, and without `--write`");
            return Ok(ERROR);
        }
        return filter(args, &options, out);
    }
    let mut totals = Totals::default();
    let mut files = Vec::new();
    for path in &args.paths {
        match discover::expand(path) {
            Ok(found) => files.extend(found),
            Err(message) => {
                totals.failed += 1;
                complain(&format!("{}: {message}", report::visible(&path.to_string_lossy())));
            }
        }
    }
    let mut seen = std::collections::HashSet::new();
    files.retain(|path| seen.insert(path.clone()));
    let work = |path: &PathBuf| Done::of(path, args, &options);
    in_order(&files, jobs(args), work, |done| tell(args, out, &mut totals, done))?;
    if !args.diff && !args.quiet {
        writeln!(out, "{}", totals.line(args.write, args.why))?;
    }
    Ok(match () {
        () if totals.failed > 0 => ERROR,
        () if args.check && totals.changed > 0 => WOULD_CHANGE,
        () => FINE,
    })
}

fn jobs(args: &Args) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    args.jobs.unwrap_or_else(cores).max(1)
}

/// Works on the items on some threads and hands the results on in the order of the items.
fn in_order<T: Sync, R: Send>(
    items: &[T],
    jobs: usize,
    work: impl Fn(&T) -> R + Sync,
    mut tell: impl FnMut(R) -> io::Result<()>,
) -> io::Result<()> {
    if items.len() < 8 || jobs == 1 {
        return items.iter().try_for_each(|item| tell(work(item)));
    }
    const BATCH: usize = 16;
    let next = AtomicUsize::new(0);
    let batches: Vec<Mutex<Option<Vec<R>>>> = items.chunks(BATCH).map(|_| Mutex::new(None)).collect();
    let (done, ready) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            let done = done.clone();
            let (next, batches, work) = (&next, &batches, &work);
            scope.spawn(move || {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(chunk) = items.chunks(BATCH).nth(index) else { return };
                    let results = chunk.iter().map(work).collect();
                    if let Ok(mut slot) = batches[index].lock() {
                        *slot = Some(results);
                    }
                    if done.send(()).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut told = 0;
        while told < batches.len() && ready.recv().is_ok() {
            while let Some(results) = batches.get(told).and_then(|slot| slot.lock().ok()?.take()) {
                results.into_iter().try_for_each(&mut tell)?;
                told += 1;
            }
        }
        Ok(())
    })
}

/// What came of one file.
struct Done {
    name: String,
    result: Result<(Source, Outcome), Vec<String>>,
    /// Why it was passed over.
    note: Option<&'static str>,
    written: Option<Result<(), String>>,
}

impl Done {
    fn of(path: &Path, args: &Args, options: &Options) -> Done {
        let name = path.to_string_lossy().into_owned();
        let told = |at, message: &str| vec![format!("{}: {message}", report::place(&name, at))];
        let read = read(path).map_err(|message| told(None, &message)).and_then(|bytes| source(&name, &bytes));
        let mut done = match read {
            Ok(source) => match template::reason(&name, source.text()) {
                Some(note) => {
                    let outcome = Outcome { text: source.text().to_owned(), ..Outcome::default() };
                    Done { result: Ok((source, outcome)), note: Some(note), written: None, name }
                }
                None => Done { result: work(&name, source, options), note: None, written: None, name },
            },
            Err(errors) => Done { result: Err(errors), note: None, written: None, name },
        };
        if let (true, Ok((source, outcome))) = (args.write, &done.result)
            && outcome.text != source.text()
        {
            let new = source.with_text(outcome.text.clone()).to_bytes();
            done.written = Some(write::replace(path, &source.to_bytes(), &new));
        }
        done
    }
}

fn work(name: &str, source: Source, options: &Options) -> Result<(Source, Outcome), Vec<String>> {
    let outcome = crate::optimize(&source, options);
    if outcome.errors.is_empty() {
        return Ok((source, outcome));
    }
    let tell = |error: &crate::syntax::SyntaxError| {
        let at = source.line_col(error.span.start as usize);
        format!("{}: error: {}", report::place(name, Some(at)), report::visible(&error.message))
    };
    Err(outcome.errors.iter().map(tell).collect())
}

fn source(name: &str, bytes: &[u8]) -> Result<Source, Vec<String>> {
    Source::from_bytes(bytes).map_err(|error| {
        let at = match &error {
            SourceError::Nul(at) => *at,
            _ => LineCol { line: 1, column: 1 },
        };
        vec![format!("{}: error: {error}", report::place(name, Some(at)))]
    })
}

/// Reads a regular file of reasonable size; anything else would block, or fill the memory.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let data = std::fs::metadata(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        _ => format!("it cannot be read: {error}"),
    })?;
    if !data.is_file() {
        return Err("it is not a regular file".to_owned());
    }
    if data.len() > MAX_BYTES as u64 {
        return Err(SourceError::TooLarge(data.len() as usize).to_string());
    }
    std::fs::read(path).map_err(|error| format!("it cannot be read: {error}"))
}

fn tell(args: &Args, out: &mut AutoStream<io::StdoutLock<'static>>, totals: &mut Totals, done: Done) -> io::Result<()> {
    let (source, outcome) = match done.result {
        Ok(both) => both,
        Err(errors) => {
            totals.failed += 1;
            errors.iter().for_each(|error| complain(error));
            return Ok(());
        }
    };
    if let Some(note) = done.note {
        if !args.quiet {
            complain(&format!("{}: passed over: {note}", report::visible(&done.name)));
        }
        return Ok(());
    }
    totals.files += 1;
    report_bugs(&done.name, &outcome, totals);
    totals.offered += outcome.offered.len();
    totals.refused += outcome.refused.len();
    let changed = outcome.text != source.text();
    if let Some(Err(message)) = &done.written {
        totals.failed += 1;
        complain(&format!("{}: {message}", report::visible(&done.name)));
        return Ok(());
    }
    if changed {
        totals.changed += 1;
        totals.layers.0 += outcome.layers.0;
        totals.layers.1 += outcome.layers.1;
    }
    show(args, out, &done.name, &source, &outcome)
}

fn report_bugs(name: &str, outcome: &Outcome, totals: &mut Totals) {
    for bug in &outcome.bugs {
        totals.failed += 1;
        let what = report::visible(&bug.what);
        complain(&format!(
            "{}: a bug in dfopt: the check after `{}` failed and its work was thrown away; please report it with the file: {what}",
            report::visible(name),
            bug.id
        ));
    }
}

fn show(
    args: &Args,
    out: &mut AutoStream<io::StdoutLock<'static>>,
    name: &str,
    source: &Source,
    outcome: &Outcome,
) -> io::Result<()> {
    let changed = outcome.text != source.text();
    match () {
        () if args.diff && changed => {
            let new = source.with_text(outcome.text.clone()).to_bytes();
            plain_diff(out, &relative(name), &source.to_bytes(), &new)
        }
        () if args.diff || args.quiet => Ok(()),
        () if args.write || args.check => match changed {
            true => writeln!(out, "{}", report::visible(name)),
            false => Ok(()),
        },
        () if report::says_something(source, outcome, args.why) => {
            write!(out, "{}", report::file(name, source, outcome, args.why))
        }
        () => Ok(()),
    }
}

/// Exact bytes into a file or a pipe; on a terminal with control characters made visible.
fn plain_diff(out: &mut AutoStream<io::StdoutLock<'static>>, name: &str, old: &[u8], new: &[u8]) -> io::Result<()> {
    let mut text = Vec::new();
    diff::write(&mut text, name, old, new)?;
    if !io::stdout().is_terminal() {
        // past the stream that takes colour codes away: they would be the file's own bytes
        out.flush()?;
        return io::stdout().lock().write_all(&text);
    }
    String::from_utf8_lossy(&text).lines().try_for_each(|line| writeln!(out, "{}", report::visible(line)))
}

/// A path as a diff wants it: with `/`, relative to the current folder where it is below.
fn relative(name: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = Path::new(name);
    let path = path.strip_prefix(&here).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path).to_string_lossy().into_owned();
    if std::path::MAIN_SEPARATOR == '/' { path } else { path.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Standard input to standard output. On any doubt the text goes through as it came.
fn filter(args: &Args, options: &Options, out: &mut AutoStream<io::StdoutLock<'static>>) -> io::Result<u8> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let name = args.stdin_filename.to_string_lossy().into_owned();
    let through = |out: &mut AutoStream<io::StdoutLock<'static>>, bytes: &[u8]| match args.diff || args.check {
        true => Ok(()),
        false => {
            out.flush()?;
            io::stdout().lock().write_all(bytes)
        }
    };
    let read = source(&name, &bytes);
    let template = read.as_ref().ok().and_then(|source| template::reason(&name, source.text()));
    if let Some(note) = template {
        complain(&format!("{}: passed over: {note}", report::visible(&name)));
        return through(out, &bytes).map(|()| FINE);
    }
    let (source, outcome) = match read.and_then(|source| work(&name, source, options)) {
        Ok(both) => both,
        Err(errors) => {
            errors.iter().for_each(|error| complain(error));
            return through(out, &bytes).map(|()| ERROR);
        }
    };
    let mut totals = Totals::default();
    report_bugs(&name, &outcome, &mut totals);
    let new = source.with_text(outcome.text.clone()).to_bytes();
    let changed = new != bytes;
    if args.diff && changed {
        plain_diff(out, &relative(&name), &bytes, &new)?;
    }
    through(out, &new)?;
    Ok(match () {
        () if totals.failed > 0 => ERROR,
        () if args.check && changed => WOULD_CHANGE,
        () => FINE,
    })
}
