//! Package managers: their programs.

use crate::knowledge::programs;
pub use crate::knowledge::programs::{Action, Manager as Family, Program};

/// The program of that name, be it with a version behind: `pip3.9`, `dnf5`.
pub fn find(name: &str) -> Option<&'static Program> {
    programs::find(name).filter(|program| program.manager.is_some())
}
