//! What commands do in a pipe: whether they read all of it, and what their status says.

use crate::knowledge::programs::{self, Input, Status};

/// What is asked of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A status other than 0 means that what it writes is not whole.
    Fails,
    /// Writes a little and does not fail.
    Says,
    /// A status other than 0 is an answer.
    Answers,
    /// Reads all its input and does not fail.
    Filters,
    /// Reads all its input, or fails.
    Reads,
    /// Reads all its input as a rule.
    Mostly,
}

/// Whether that is known of a command (its name without folders).
pub fn is(name: &str, part: Part) -> bool {
    let Some(program) = programs::find(name) else { return false };
    match part {
        Part::Fails => program.status == Some(Status::Fails),
        Part::Says => program.status == Some(Status::Says),
        Part::Answers => program.status == Some(Status::Answers),
        Part::Filters => program.status == Some(Status::Filters),
        Part::Reads => program.input == Some(Input::All),
        Part::Mostly => program.input == Some(Input::Mostly),
    }
}
