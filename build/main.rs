//! Turns the tables of `src/knowledge/` into static Rust data, so that nothing is read when the program starts. Whether a table
//! is whole is asked here: a line that can't be understood ends the build, with its file and number.

mod code;
mod tables;

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    println!("cargo::rerun-if-changed=build");
    link_at_a_fixed_address();
    for (file, read) in tables::ALL {
        if let Err(failure) = generate(&Path::new("src/knowledge").join(file), *read, &out) {
            println!("cargo::error={failure}");
        }
    }
    if let Err(failure) = generate_programs(Path::new("src/knowledge/programs"), &out) {
        println!("cargo::error={failure}");
    }
}

/// The tables hold some 30,000 addresses. A program that may stand anywhere in memory has all of them corrected, and the pages that
/// they are on copied, each time it starts, which takes longer than a small file; one that stands at a fixed place does not. Other
/// libraries of C than glibc start such programs by files of their own, which are not asked for here.
fn link_at_a_fixed_address() {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|said| said == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

/// Writes `programs.rs` for the files in `programs/`.
fn generate_programs(folder: &Path, out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let told = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| told(folder, error))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let toml = paths.iter().filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let read = |path: &PathBuf| match fs::read_to_string(path) {
        Ok(text) => Ok((path.display().to_string(), text)),
        Err(error) => Err(told(path, error)),
    };
    let files: Vec<(String, String)> = toml.map(read).collect::<Result<_, _>>()?;
    let code = tables::programs::read(&files);
    let code = code.map_err(|(file, wrong)| format!("{file}:{}: {}", wrong.line, wrong.what))?;
    fs::write(out.join("programs.rs"), code).map_err(|error| error.to_string())
}

/// Writes `images.rs` for `images.tsv`.
fn generate(table: &Path, read: tables::Read, out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", table.display());
    let text = fs::read_to_string(table).map_err(|error| format!("{}: {error}", table.display()))?;
    let code = read(&text).map_err(|wrong| format!("{}:{}: {}", table.display(), wrong.line, wrong.what))?;
    let name = table.with_extension("rs");
    fs::write(out.join(name.file_name().unwrap_or_default()), code).map_err(|error| error.to_string())
}
