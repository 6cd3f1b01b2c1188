//! What shells and `man` need to know of the command line, made from its definition.

use crate::cli::args::Args;
use crate::visible::{self, visible_path};
use clap::CommandFactory;
use clap_complete::Shell;
use std::fs;
use std::path::Path;

/// What a shell reads to complete arguments.
pub fn completions(shell: Shell) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "dfopt", &mut out);
    out
}

/// The manual page of dfopt itself.
pub fn page() -> Vec<u8> {
    let mut out = Vec::new();
    // a vector takes all that is written
    let _ = clap_mangen::Man::new(Args::command()).render(&mut out);
    out
}

/// Writes the pages of dfopt and of its subcommands into a folder, and names them.
pub fn write(folder: &Path) -> Result<String, String> {
    let fail =
        |error: std::io::Error| format!("`{}` cannot be written: {}", visible_path(folder), visible::reason(&error));
    fs::create_dir_all(folder).map_err(fail)?;
    let mut command = Args::command().disable_help_subcommand(true);
    command.build();
    let mut names = String::new();
    let subcommands = command.get_subcommands().filter(|one| !one.is_hide_set());
    for one in std::iter::once(&command).chain(subcommands) {
        let name = one.get_display_name().unwrap_or_else(|| one.get_name());
        let path = folder.join(format!("{name}.1"));
        let mut page = Vec::new();
        let _ = clap_mangen::Man::new(one.clone()).render(&mut page);
        fs::write(&path, page).map_err(fail)?;
        names += &format!("{}\n", visible_path(&path));
    }
    Ok(names)
}
