//! Times over the shared corpus (`DFOPT_CORPUS`, or `../shared/corpus`): reading alone, and the whole pipeline, on one core.

use dfopt::engine::{Level, Options};
use dfopt::facts::NoContext;
use dfopt::text::Source;
use std::path::{Path, PathBuf};

// as the program has it
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

fn files() -> Vec<Source> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let corpus = std::env::var_os("DFOPT_CORPUS").map_or(beside, PathBuf::from);
    let mut open = vec![corpus.join("files")];
    let mut out = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => open.push(path),
                path => out.extend(std::fs::read(path).ok().and_then(|bytes| Source::from_bytes(&bytes).ok())),
            }
        }
    }
    if out.is_empty() {
        eprintln!("there is no corpus: set DFOPT_CORPUS");
    }
    out
}

fn bytes(files: &[Source]) -> divan::counter::BytesCount {
    divan::counter::BytesCount::new(files.iter().map(|file| file.text().len()).sum::<usize>())
}

#[divan::bench(sample_count = 20)]
fn parse(bencher: divan::Bencher) {
    let files = files();
    bencher
        .counter(bytes(&files))
        .bench(|| files.iter().map(|file| dfopt::syntax::parse(file).file.items.len()).sum::<usize>());
}

#[divan::bench(sample_count = 10, args = Level::ALL)]
fn pipeline(bencher: divan::Bencher, level: Level) {
    let files = files();
    let options = Options { level, ..Options::default() };
    bencher
        .counter(bytes(&files))
        .bench(|| files.iter().map(|file| dfopt::optimize(file, &options, &NoContext).text.len()).sum::<usize>());
}
