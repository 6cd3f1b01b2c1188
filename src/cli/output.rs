//! The two streams of the process. The only place that writes to them.
//!
//! A reader that goes away (`| head`) is no error: nothing more is printed, and nothing is said about it. Any other trouble
//! with standard output is one, since the user would take half a diff for a whole one.

use crate::cli::report::{self, Kind, Paint};
use crate::visible;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, BufWriter, IsTerminal, Write};

/// Standard output and standard error, and how they may be written to.
pub struct Output {
    stdout: BufWriter<Box<dyn Write>>,
    terminal: bool,
    paint: Paint,
    error_paint: Paint,
    failure: Option<io::Error>,
}

impl Output {
    /// Looks at what the streams are, once the choice of colours is known to `anstream`.
    pub fn new() -> Output {
        let stdout = io::stdout();
        let paint = Paint(AutoStream::choice(&stdout) != ColorChoice::Never);
        let error_paint = Paint(AutoStream::choice(&io::stderr()) != ColorChoice::Never);
        let terminal = stdout.is_terminal();
        // only coloured output goes through anstream (for old Windows consoles): it would strip bytes of an exact diff
        let stream: Box<dyn Write> = if paint.0 { Box::new(AutoStream::always(stdout)) } else { Box::new(stdout) };
        Output { stdout: BufWriter::with_capacity(1 << 16, stream), terminal, paint, error_paint, failure: None }
    }

    /// Whether standard output is a terminal, so that what one would obey must be made visible.
    pub fn terminal(&self) -> bool {
        self.terminal
    }

    /// How standard output is coloured.
    pub fn paint(&self) -> Paint {
        self.paint
    }

    /// How standard error is coloured.
    pub fn error_paint(&self) -> Paint {
        self.error_paint
    }

    /// Whether printing makes sense any more.
    pub fn closed(&self) -> bool {
        self.failure.is_some()
    }

    /// Writes to standard output.
    pub fn print(&mut self, bytes: &[u8]) {
        if self.failure.is_none() && !bytes.is_empty() {
            let done = self.stdout.write_all(bytes);
            let done = done.and_then(|()| if self.terminal { self.stdout.flush() } else { Ok(()) });
            self.failure = done.err();
        }
    }

    /// Writes to standard error, after what was printed before.
    pub fn complain(&mut self, text: &str) {
        if !text.is_empty() {
            self.flush();
            // nowhere is left to tell that standard error is closed
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.stdout.flush().err();
        }
    }

    /// The exit code, when all was written: `code`, or that of an error where standard output could not take it.
    pub fn finish(mut self, code: u8) -> u8 {
        self.flush();
        match self.failure.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let message = format!("cannot be written: {}", visible::reason(&error));
                self.complain(&report::say(self.error_paint, "standard output", Kind::Error, &message));
                super::ERROR
            }
            _ => code,
        }
    }
}
