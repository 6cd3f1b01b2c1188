//! What goes on, on a terminal; nothing in a pipe or a file.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

/// The line that moves.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    file: String,
}

impl Progress {
    /// For a file, whose name is safe for a terminal.
    pub fn new(file: &str) -> Progress {
        // hidden by itself where standard error is no terminal
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        if !bar.is_hidden() {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Progress { bar, file: file.to_owned() }
    }

    /// Says what is being done; the text must be safe for a terminal.
    pub fn say(&self, what: &str) {
        self.bar.set_message(format!("{}: {what}", self.file));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
