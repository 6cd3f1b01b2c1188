//! Arguments that several commands share: what is in force, and colours.

use crate::engine::{Level, Need};
use anstream::ColorChoice;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ValueEnum, ValueHint};
use std::path::PathBuf;

/// What is in force for the files, whatever is done with them.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SettingArgs {
    /// How far rewrites may go [default: recommended]
    #[arg(long, value_name = "LEVEL", value_parser = level_parser())]
    pub level: Option<Level>,
    /// Run only these transforms
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Do not run these transforms
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub skip: Vec<String>,
    /// Set an option of a transform, such as merge-runs.stages=all; its page tells them
    #[arg(long, value_name = "ID.NAME=VALUE")]
    pub set: Vec<String>,
    /// The build context of all files, as given to `docker build` [default: what the project builds each from, or its folder; none for -]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub context: Option<PathBuf>,
    /// Do not assume that BuildKit builds the file, that the build has network, or that the build context is the one here
    #[arg(long, value_name = "NEED,...", value_delimiter = ',', value_parser = need_parser())]
    pub deny: Vec<Need>,
    /// Read this file instead of the nearest dfopt.toml upwards from each Dockerfile
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Read no dfopt.toml
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

/// Reads a level.
pub fn level_parser() -> impl TypedValueParser<Value = Level> {
    PossibleValuesParser::new(Level::ALL.map(Level::name)).try_map(|name| name.parse::<Level>())
}

/// Reads an assumption.
pub fn need_parser() -> impl TypedValueParser<Value = Need> {
    PossibleValuesParser::new(Need::ALL.map(Need::name)).try_map(|name| name.parse::<Need>())
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Into files and pipes as well.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    /// The same for `anstream`.
    pub fn as_choice(self) -> ColorChoice {
        match self {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}
