//! Proof by a real build that a rewritten Dockerfile makes the same image, but for what its transforms declare.
//!
//! `engine` and `process` speak with the container engine, `session` cleans up after them, `build` builds, `tree` and `config`
//! read images, `compare` finds what differs, `noise` and `judge` say what that means, `smoke` and `measure` do what else was
//! asked for, and `proof` puts a file through all of it. Knows no arguments and prints nothing but its progress.

pub mod build;
pub mod compare;
pub mod config;
pub mod engine;
pub mod glob;
pub mod judge;
pub mod measure;
pub mod noise;
pub mod process;
pub mod progress;
pub mod proof;
pub mod session;
pub mod smoke;
pub mod tree;
