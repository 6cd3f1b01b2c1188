//! What is known of the world outside the file: base images, commands and programs. Data files with typed access, so that somebody who
//! writes no Rust can add to them. What is not listed is not known.

pub mod code;
pub mod commands;
pub mod environment;
pub mod features;
mod hash;
pub mod images;
pub mod lifecycle;
pub mod lists;
pub mod manifests;
pub mod map;
pub mod packages;
pub mod paths;
pub mod programs;
pub mod recommends;
pub mod roles;
pub mod secrets;
mod sections;
pub mod servers;
mod tags;
pub mod tokens;
pub mod variants;
