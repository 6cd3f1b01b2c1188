//! The arguments, and the options that they make.

use crate::engine::{Level, Options};
use crate::transforms::PIPELINE;
use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// A Dockerfile optimizer that rewrites only what it can prove harmless.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit codes: 0 fine, 1 something would change (--check), 2 error."
)]
pub struct Args {
    /// Dockerfiles, or folders to search for them; `-` is standard input. A file called `list` is given as `./list`.
    #[arg(default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Print a plain unified diff, ready for `git apply` or `patch -p1`.
    #[arg(long, conflicts_with_all = ["write", "check"])]
    pub diff: bool,
    /// Rewrite the files in place.
    #[arg(long, short, conflicts_with = "check")]
    pub write: bool,
    /// Change nothing; exit 1 if something would change.
    #[arg(long)]
    pub check: bool,
    /// How far rewrites may go.
    #[arg(long, default_value = "recommended", value_parser = ["safe", "recommended", "aggressive"])]
    pub level: String,
    /// Only these transforms.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Not these transforms.
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// An option of a transform, such as `merge-runs.stages=all`.
    #[arg(long = "set", value_name = "ID.NAME=VALUE")]
    pub set: Vec<String>,
    /// Show what was left alone, and why.
    #[arg(long)]
    pub why: bool,
    /// Print nothing but errors, and what was asked for by `--diff`.
    #[arg(long, short)]
    pub quiet: bool,
    /// When to use colours.
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// The name that standard input goes by in messages and diffs.
    #[arg(long, value_name = "NAME", default_value = "Dockerfile")]
    pub stdin_filename: PathBuf,
    /// How many files are handled at a time; as many as there are cores by default.
    #[arg(long, short, value_name = "N")]
    pub jobs: Option<usize>,
    /// What to do instead of rewriting.
    #[command(subcommand)]
    pub command: Option<Ask>,
}

/// Questions about transforms.
#[derive(Debug, Subcommand)]
pub enum Ask {
    /// List the transforms.
    List,
    /// Print the page of a transform.
    Explain {
        /// Its id.
        id: String,
    },
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Args {
    /// The engine's options.
    ///
    /// # Errors
    /// An id, option or value that does not exist, with what was probably meant.
    pub fn options(&self) -> Result<Options, String> {
        let level: Level = self.level.parse()?;
        self.only.iter().chain(&self.skip).try_for_each(|id| find(id).map(|_| ()))?;
        let mut options = Options { level, only: self.only.clone(), skip: self.skip.clone(), ..Options::default() };
        for set in &self.set {
            let (path, value) =
                set.split_once('=').ok_or_else(|| format!("`{set}` has no value: write `ID.NAME=VALUE`"))?;
            let (id, name) =
                path.split_once('.').ok_or_else(|| format!("`{set}` names no option: write `ID.NAME=VALUE`"))?;
            check_option(id, name, value)?;
            options.transform.entry(id.to_owned()).or_default().insert(name.to_owned(), value.to_owned());
        }
        Ok(options)
    }
}

fn check_option(id: &str, name: &str, value: &str) -> Result<(), String> {
    let known = PIPELINE[find(id)?].meta().options;
    let Some((_, about, _)) = known.iter().find(|(known, _, _)| *known == name) else {
        let names: Vec<&str> = known.iter().map(|(name, _, _)| *name).collect();
        return Err(format!("`{id}` has no option `{name}`; it has: {}", names.join(", ")));
    };
    // the values stand in backquotes in the option's description
    let values: Vec<&str> = about.split('`').skip(1).step_by(2).collect();
    match values.contains(&value) {
        true => Ok(()),
        false => Err(format!("`{value}` is no value of `{id}.{name}`; it can be: {}", values.join(", "))),
    }
}

/// The place of a transform in the pipeline.
///
/// # Errors
/// No transform has that id; the nearest ones are named.
pub fn find(id: &str) -> Result<usize, String> {
    let ids: Vec<&str> = PIPELINE.iter().map(|transform| transform.meta().id).collect();
    ids.iter().position(|known| *known == id).ok_or_else(|| {
        let near = ids.iter().max_by_key(|known| known.chars().filter(|c| id.contains(*c)).count());
        let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        format!("there is no transform `{id}`{hint} `dfopt list` shows them all")
    })
}
