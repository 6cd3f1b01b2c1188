//! The program `dfopt`: parse the arguments, run, exit code.

// a quarter less time over a tree of files
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    dfopt::cli::main(dfopt::lsp::main)
}
