//! The program `dfopt`: parse the arguments, run, exit code.

fn main() -> std::process::ExitCode {
    dfopt::cli::main(dfopt::lsp::main)
}
