//! The program `dfopt`: parse the arguments, run, exit code.

// a fifth of the time over a tree of files, and more where the system's allocator is musl's
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    dfopt::cli::main(dfopt::lsp::main)
}
