//! dfopt reads a Dockerfile losslessly, proves which best-practice rewrites are harmless, and makes those.
//!
//! The library does no I/O and never prints: [`optimize`] takes a text and a build context ([`context::Folder`], for one),
//! and gives back an [`engine::Outcome`], which the command line and the editors' server render.

pub mod cli;
pub mod config;
pub mod context;
pub mod edit;
pub mod engine;
pub mod facts;
pub mod knowledge;
pub mod lsp;
pub mod project;
pub mod script;
pub mod shell;
pub mod syntax;
pub mod template;
pub mod text;
#[path = "../transforms/mod.rs"]
pub mod transforms;
pub mod verify;
pub mod visible;

use engine::{Analysis, Fix, Memory, Options, Outcome};
use facts::ContextView;
use text::Source;

/// Runs the whole pipeline over a text until nothing changes. What needs the build context is refused where there is none
/// ([`facts::NoContext`]).
pub fn optimize(source: &Source, options: &Options, context: &dyn ContextView) -> Outcome {
    engine::run(transforms::PIPELINE, source, options, context)
}

/// What can be said of a text as it stands, for those who choose from it: each rewrite by itself, at whatever level.
pub fn analyze(source: &Source, options: &Options, context: &dyn ContextView) -> Analysis {
    engine::analyze::analyze(transforms::PIPELINE, source, options, context)
}

/// The same of a text that is much like the one before: `memory` keeps what was read of that one, and is empty at first.
pub fn analyze_again(source: &Source, options: &Options, context: &dyn ContextView, memory: &mut Memory) -> Analysis {
    engine::analyze::analyze_again(transforms::PIPELINE, source, options, context, memory)
}

/// The fixes of an outcome of [`optimize`] that may be made one without another, and all together.
pub fn separate(source: &Source, options: &Options, context: &dyn ContextView, outcome: &Outcome) -> Vec<Fix> {
    engine::separate(transforms::PIPELINE, source, options, context, outcome)
}
