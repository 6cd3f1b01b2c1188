//! The command line: arguments, files, reports. All I/O of the program is here.

mod args;
mod diff;
mod discover;
mod report;
mod run;
mod template;
mod write;

pub use args::Args;

use clap::Parser;
use std::process::ExitCode;

/// Runs the command line with the process's arguments.
pub fn main() -> ExitCode {
    match Args::try_parse() {
        Ok(args) => ExitCode::from(run::run(&args)),
        Err(error) => {
            // help and version go to standard output; a closed pipe is no reason to panic
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { 2 } else { 0 })
        }
    }
}
