//! The command line: arguments, files, reports. The only part of dfopt beside the language server that does I/O.
//!
//! `args` says what can be asked for, `discover` finds the files, `template` tells which are not Dockerfiles yet, `read` and
//! `write` touch the disk, `run` takes each file through `optimize` on several threads, and `diff`, `report` and `visible`
//! turn an outcome into bytes. `verify` proves rewrites by real builds. `output` alone writes to standard output and standard
//! error, but for the line of `verify` that moves.

mod args;
mod catalog;
mod diff;
mod discover;
mod output;
mod read;
mod report;
mod run;
mod template;
mod verify;
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

/// Runs the command line with the process's arguments.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // a closed pipe behind `--help` is nobody's fault
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { ERROR } else { FINE });
        }
    };
    let color = match &args.command {
        Some(Command::Verify(verify)) => verify.color,
        _ => args.run.color,
    };
    color.as_choice().write_global();
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
        Some(Command::Verify(args)) => match verify::run(args, output) {
            Ok(code) => return code,
            Err(message) => return complain(output, &message),
        },
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
