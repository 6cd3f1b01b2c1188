//! What can be asked of `dfopt verify`. Knows names and help texts, not what is done with them.

use crate::cli::shared_args::{Color, SettingArgs};
use crate::verify::engine::Kind;
use clap::ValueEnum;
use std::path::PathBuf;

/// The end of the help.
pub const AFTER_HELP: &str = "\
What is compared: the config and every file (type, mode, owner, target, content, hard links, capabilities). Time stamps, the \
layers and documented noise are left out, and it is said what. A difference that a transform declares is intended; any other \
is unexpected, unless the original, built twice without a cache, differs from itself there.

The rewritten file is never written to the context. What dfopt makes in the engine is named dfopt-verify-... and removed, also \
on Ctrl-C; what is left after a SIGKILL is removed by the next run.

Exit codes:
  0  the same image, or intended differences only
  1  an unexpected difference, a failed smoke test, or a rewritten file that does not build
  2  an error: bad arguments, no engine, an original that does not build; 130 when interrupted";

/// How and what to verify.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// Dockerfiles, folders to search, or compose or bake files for what they build [default: the current folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The engine that builds [default: the first of docker, podman, nerdctl, buildah that answers]
    #[arg(long, value_name = "NAME")]
    pub engine: Option<Kind>,
    /// The buildx builder that builds, a remote or Kubernetes one for instance; the image is loaded into the engine
    #[arg(long, value_name = "NAME")]
    pub builder: Option<String>,
    /// Compare with this Dockerfile instead of the rewritten one; every difference is unexpected
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "skip", "set", "bisect"])]
    pub against: Option<PathBuf>,

    /// Give ARG a value; may be repeated, as those below
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Passed on to each build")]
    pub build_arg: Vec<String>,
    /// Build this stage
    #[arg(long, value_name = "STAGE", help_heading = "Passed on to each build")]
    pub target: Option<String>,
    /// The network of the build, and of the smoke test
    #[arg(long, value_name = "MODE", help_heading = "Passed on to each build")]
    pub network: Option<String>,
    /// Build for this platform
    #[arg(long, value_name = "OS/ARCH", help_heading = "Passed on to each build")]
    pub platform: Option<String>,
    /// A secret of the build
    #[arg(long, value_name = "id=NAME,src=FILE", help_heading = "Passed on to each build")]
    pub secret: Vec<String>,
    /// An SSH agent or key of the build
    #[arg(long, value_name = "default|ID=SOCKET", help_heading = "Passed on to each build")]
    pub ssh: Vec<String>,
    /// A further build context
    #[arg(long, value_name = "NAME=PATH", help_heading = "Passed on to each build")]
    pub build_context: Vec<String>,

    /// Also run this in both images: a command, a JSON array without a shell, or http:PORT/PATH; the same result is needed
    #[arg(long, value_name = "COMMAND")]
    pub smoke: Option<String>,
    /// When something unexpected shows, build parts of the pipeline to find the transform that did it
    #[arg(long)]
    pub bisect: bool,
    /// Do not measure a rebuild after the edit of a source file, which takes two more builds
    #[arg(long)]
    pub no_rebuild: bool,
    /// Leave out further differences, by lines `RULE KIND PATTERN`; docs/verify.md tells them
    #[arg(long, value_name = "FILE")]
    pub noise: Option<PathBuf>,
    /// A report for people, or one document for programs
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,

    /// What is in force.
    #[command(flatten, next_help_heading = "What is rewritten")]
    pub settings: SettingArgs,

    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Options")]
    pub color: Color,
}

/// The form of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: docs/verify.md tells the fields.
    Json,
}

impl VerifyArgs {
    /// The flags that each build gets.
    pub fn passed(&self) -> Vec<(&'static str, String)> {
        let lists = [
            ("--build-arg", &self.build_arg),
            ("--secret", &self.secret),
            ("--ssh", &self.ssh),
            ("--build-context", &self.build_context),
        ];
        let single = [("--target", &self.target), ("--network", &self.network), ("--platform", &self.platform)];
        let lists = lists.into_iter().flat_map(|(flag, values)| values.iter().map(move |value| (flag, value.clone())));
        lists.chain(single.into_iter().filter_map(|(flag, value)| Some((flag, value.clone()?)))).collect()
    }
}
