//! What can be asked for on the command line. Knows names and help texts, not what is done with them.

use crate::cli::shared_args::{Color, SettingArgs};
use crate::cli::verify::args::{AFTER_HELP, VerifyArgs};
use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use std::num::NonZeroUsize;
use std::path::PathBuf;

const EXIT_CODES: &str = "Exit codes:
  0  fine (with --check: nothing would change)
  1  with --check: something would change
  2  bad arguments, a file that cannot be read or parsed, or a fault of dfopt";

/// Rewrites Dockerfiles so that images get smaller and rebuild faster, where that is provably harmless.
#[derive(Debug, Parser)]
#[command(name = "dfopt", version, about, after_help = EXIT_CODES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Args {
    /// What to do with which files.
    #[command(flatten)]
    pub run: RunArgs,
    /// Something else.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What is done besides rewriting.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prove by a real build that rewritten files make the same image (for a file of that name, write ./verify)
    #[command(after_help = AFTER_HELP)]
    Verify(Box<VerifyArgs>),
    /// List all transforms (for a file of that name, write ./list)
    List,
    /// Show what a transform does, when, and when not (for a file of that name, write ./explain)
    Explain {
        /// The transform, as `dfopt list` names it
        id: String,
    },
    /// Talk to an editor: the Language Server Protocol over standard input and output (for a file of that name, ./lsp)
    Lsp {
        /// What many editors add; there is no other way to talk
        #[arg(long, hide = true)]
        stdio: bool,
    },
    /// Show what is in force for a file, and where it comes from (for a file of that name, write ./config)
    Config(ConfigArgs),
    /// Print what a shell needs to complete dfopt's arguments (for a file of that name, write ./completions)
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write all of them into a folder
    #[command(hide = true)]
    Man {
        /// The folder
        folder: Option<PathBuf>,
    },
}

/// For which file, and what is said about it besides.
#[derive(Debug, clap::Args)]
pub struct ConfigArgs {
    /// A Dockerfile, there or not; a folder stands for the Dockerfile in it
    #[arg(value_name = "PATH", default_value = "Dockerfile", value_hint = ValueHint::FilePath)]
    pub path: PathBuf,
    /// What is in force.
    #[command(flatten)]
    pub settings: SettingArgs,
    /// Print the JSON schema of dfopt.toml instead
    #[arg(long)]
    pub schema: bool,
}

/// What to do with which files.
#[derive(Debug, clap::Args)]
pub struct RunArgs {
    /// Dockerfiles, folders to search, compose or bake files for what they build, or - for standard input to standard output [default: the
    /// current folder]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// Print a plain unified diff, for `git apply` or `patch -p1`
    #[arg(long)]
    pub diff: bool,
    /// Change the files in place, and name those that changed
    #[arg(long, conflicts_with_all = ["diff", "check"])]
    pub write: bool,
    /// Exit with 1 if anything would change, and name those files
    #[arg(long)]
    pub check: bool,
    /// In which form to report, for other programs; with --check, the exit code tells as well
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["diff", "write"])]
    pub format: Option<Format>,

    /// What is in force.
    #[command(flatten)]
    pub settings: SettingArgs,

    /// Say also what was left alone and why, what a higher level would do, and all advice with its reasons
    #[arg(long)]
    pub why: bool,
    /// Print no report, name, note or summary: only errors, and what --diff or - produce
    #[arg(long, short)]
    pub quiet: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// How many files to work on at the same time [default: one for each processor]
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
    /// The name that standard input goes by in messages and diffs
    #[arg(long, value_name = "NAME")]
    pub stdin_filename: Option<PathBuf>,
}

/// In which form to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// All there is to say, for programs (docs/formats.md)
    Json,
    /// SARIF 2.1.0, with fixes
    Sarif,
    /// Annotations of a workflow of GitHub
    Github,
    /// A Code Quality report of GitLab
    Gitlab,
    /// Checkstyle's XML
    Checkstyle,
    /// A comment for a pull request, with the diff
    Markdown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Need;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn paths_and_subcommands_do_not_mix() {
        let paths =
            |args: &[&str]| Args::try_parse_from(args).map(|args| (args.run.paths.len(), args.command.is_some()));
        assert_eq!(paths(&["dfopt"]).unwrap(), (0, false));
        assert_eq!(paths(&["dfopt", "Dockerfile", "list"]).unwrap(), (2, false));
        assert_eq!(paths(&["dfopt", "./list"]).unwrap(), (1, false));
        assert_eq!(paths(&["dfopt", "help"]).unwrap(), (1, false));
        assert_eq!(paths(&["dfopt", "list"]).unwrap(), (0, true));
        assert!(paths(&["dfopt", "list", "--diff"]).is_err());
    }

    #[test]
    fn writing_excludes_looking() {
        for other in ["--diff", "--check"] {
            assert!(Args::try_parse_from(["dfopt", "--write", other]).is_err());
        }
        assert!(Args::try_parse_from(["dfopt", "--diff", "--check"]).is_ok());
        assert!(Args::try_parse_from(["dfopt", "--jobs", "0"]).is_err());
        assert!(Args::try_parse_from(["dfopt", "--level", "brave"]).is_err());
    }

    #[test]
    fn needs_are_named() {
        let denied = |args: &[&str]| Args::try_parse_from(args).map(|args| args.run.settings.deny);
        assert_eq!(denied(&["dfopt"]).unwrap(), []);
        assert_eq!(denied(&["dfopt", "--deny", "buildkit,network,context"]).unwrap(), Need::ALL);
        assert_eq!(denied(&["dfopt", "--deny", "network", "--deny=context"]).unwrap(), [Need::Network, Need::Context]);
        for bad in ["", "podman", "Network", "network;context"] {
            assert!(denied(&["dfopt", "--deny", bad]).is_err(), "{bad}");
        }
    }
}
