//! The command line: arguments, files, reports. The only part of dfopt beside the language server that does I/O.
//!
//! `args` says what can be asked for, `discover` finds the files, `config` tells what is in force, `read` and `write` touch the
//! disk, `file_job` takes a file through `optimize`, `run` all of them on several threads, and `diff`, `report` and `format`
//! turn an outcome into bytes. `verify` proves rewrites by real builds. `output` alone writes to standard output and standard
//! error, but for the lines of `progress` and `verify` that move. The language server, the other edge, is not known here:
//! `main` hands it in.

mod args;
mod built;
mod catalog;
mod config;
mod diff;
mod discover;
mod file_job;
mod format;
mod interrupt;
mod manual;
mod output;
mod progress;
mod read;
mod report;
mod run;
mod shared_args;
mod verify;
mod write;

use args::{Args, Command, ConfigArgs, RunArgs};
use clap::Parser;
use output::Output;
use std::env;
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
    let color = match &args.command {
        Some(Command::Verify(verify)) => verify.color,
        _ => args.run.color,
    };
    color.as_choice().write_global();
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
        Some(Command::Verify(args)) => match verify::run(args, output) {
            Ok(code) => return code,
            Err(message) => return complain(output, &message),
        },
        Some(Command::Config(args)) => match in_force(args) {
            Ok(page) => output.print(page.as_bytes()),
            Err(message) => return complain(output, &message),
        },
        Some(Command::Completions { shell }) => output.print(&manual::completions(*shell)),
        Some(Command::Man { folder: None }) => output.print(&manual::page()),
        Some(Command::Man { folder: Some(folder) }) => match manual::write(folder) {
            Ok(names) => output.print(names.as_bytes()),
            Err(message) => return complain(output, &message),
        },
        None => match rewrite(&args.run, output) {
            Ok(code) => return code,
            Err(message) => return complain(output, &message),
        },
    }
    FINE
}

fn rewrite(args: &RunArgs, output: &mut Output) -> Result<u8, String> {
    let current = env::current_dir().unwrap_or_default();
    let mut configs = config::configs(&args.settings, current)?;
    let job = run::Job::new(args, output)?;
    Ok(job.run(&args.paths, &mut configs, output))
}

fn in_force(args: &ConfigArgs) -> Result<String, String> {
    if args.schema {
        let schema = serde_json::to_string_pretty(&crate::config::schema::schema());
        return schema.map(|text| text + "\n").map_err(|error| error.to_string());
    }
    let current = env::current_dir().unwrap_or_default();
    let path = if args.path.is_dir() { args.path.join("Dockerfile") } else { args.path.clone() };
    let force = config::configs(&args.settings, current.clone())?.in_force(&path);
    let force = force.map_err(|broken| config::broken(&broken, &current))?;
    Ok(config::page(&path, &force, &current))
}

fn complain(output: &mut Output, message: &str) -> u8 {
    let line = report::say(output.error_paint(), "", report::Kind::Error, message);
    output.complain(&line);
    ERROR
}
