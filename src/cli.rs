//! The command line: arguments, files, reports. The only part of dfopt beside the language server that does I/O.
//!
//! `args` says what can be asked for, `discover` finds the files, `read` and `write` touch the disk, `run` takes each file
//! through `optimize` on several threads, and `diff`, `report` and `visible` turn an outcome into bytes. `output` alone writes
//! to standard output and standard error. The language server, the other edge, is not known here: `main` hands it in.

mod args;
mod catalog;
mod diff;
mod discover;
mod output;
mod read;
mod report;
mod run;
mod visible;
mod write;

use args::{Args, Command};
use clap::Parser;
use output::Output;
use std::process::ExitCode;

/// Everything went well; with `--check`, nothing would change.
const FINE: u8 = 0;
/// `--check` found something that would change.
const WOULD_CHANGE: u8 = 1;
/// Bad arguments, a file that cannot be read or parsed, or a fault of dfopt.
const ERROR: u8 = 2;

/// Runs the command line with the process's arguments; `serve` is what talks to editors, which is not known here.
pub fn main(serve: fn() -> ExitCode) -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // a closed pipe behind `--help` is nobody's fault
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { ERROR } else { FINE });
        }
    };
    args.run.color.as_choice().write_global();
    if matches!(args.command, Some(Command::Lsp { .. })) {
        return serve();
    }
    let mut output = Output::new();
    let code = dispatch(&args, &mut output);
    ExitCode::from(output.finish(code))
}

fn dispatch(args: &Args, output: &mut Output) -> u8 {
    match &args.command {
        Some(Command::List) => output.print(&catalog::list(output.paint())),
        Some(Command::Explain { id }) => match catalog::explain(id) {
            Ok(page) => output.print(page.as_bytes()),
            Err(message) => return complain(output, &message),
        },
        // talks over standard output itself, and was started before
        Some(Command::Lsp { .. }) => {}
        None => match run::Job::new(&args.run, output) {
            Ok(job) => return job.run(&args.run.paths, output),
            Err(message) => return complain(output, &message),
        },
    }
    FINE
}

fn complain(output: &mut Output, message: &str) -> u8 {
    let line = report::say(output.error_paint(), "", report::Kind::Error, message);
    output.complain(&line);
    ERROR
}
