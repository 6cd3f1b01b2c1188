//! How far the work has come, on a terminal, when it takes long enough to wonder; nothing in a pipe or a file.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Work that takes no longer shows no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// The line that moves.
pub struct Progress {
    bar: ProgressBar,
    since: Instant,
    shown: Cell<bool>,
}

impl Progress {
    /// For so many files.
    pub fn new(files: usize, quiet: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} files, {eta} left") {
            bar.set_style(style.progress_chars("━╸─"));
        }
        // who wants no output is never shown one
        Progress { bar, since: Instant::now(), shown: Cell::new(quiet || files < 2) }
    }

    /// A file is done, and what it has to say is printed by `print`, out of the way of the bar.
    pub fn step(&self, print: impl FnOnce()) {
        if !self.shown.get() && self.since.elapsed() >= PATIENCE {
            self.shown.set(true);
            // hidden by itself where standard error is no terminal
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        self.bar.suspend(print);
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
