//! Where a command stands among the others: whether it surely runs, and who looks at its status. Knows the grammar of lists and
//! `set -e`, not what commands do.

/// The place of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// All lists around it are single chains of `&&`, in groups or not, and it is alone in its pipeline: `x && command` and
    /// `command && x` in its place do what they say.
    pub chain: bool,
    /// The whole text fails if it fails.
    pub fatal: bool,
    /// It ran, and succeeded, if the whole text succeeded.
    pub sure: bool,
    /// Not inside a group, a loop, a function or a substitution.
    pub top: bool,
    /// It reads from a pipe.
    pub piped: bool,
    /// It runs in the shell itself, not in a subshell.
    pub here: bool,
    /// `||`, `!`, `if`, `while` or `until` asks whether it fails.
    pub tested: bool,
    /// Its output becomes a part of another command.
    pub captured: bool,
    /// Its pipeline is the last of those that `&&` and `||` join.
    pub tail: bool,
    /// It runs in the background.
    pub background: bool,
    /// It runs when a function is called or a trap is sprung, if ever.
    pub deferred: bool,
}

impl Flow {
    /// Whether it surely runs, and the whole text fails if it fails.
    pub fn must(&self) -> bool {
        self.fatal && self.sure
    }

    pub(super) const OUTSIDE: Flow = Flow {
        chain: true,
        fatal: true,
        sure: true,
        top: true,
        piped: false,
        here: true,
        tested: false,
        captured: false,
        tail: true,
        background: false,
        deferred: false,
    };

    /// Inside something whose parts run or not.
    pub(super) fn inside(self) -> Flow {
        Flow { chain: false, fatal: false, sure: false, top: false, ..self }
    }

    /// In a substitution.
    pub(super) fn substituted(self) -> Flow {
        Flow { here: false, captured: true, ..self.inside() }
    }
}

/// How the status of a pipeline counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The whole text fails if it fails.
    Fails,
    /// Nobody looks at it.
    Nowhere,
    /// It decides what runs next, or is turned round.
    Decides,
    /// Not known: in a loop, a condition, a function, a substitution, or a part of another pipeline.
    Inside,
}
