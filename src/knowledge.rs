//! What is known of the world outside the file: base images and commands. Data files with typed access, so that somebody who
//! writes no Rust can add to them. What is not listed is not known.

pub mod commands;
pub mod images;
pub mod packages;
