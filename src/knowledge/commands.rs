//! Commands by name: what kind each is.

pub use crate::knowledge::programs::{Kind as Trait, is};
