//! How much was looked at to work out the facts of a text: a number that is the same on each machine, for tests and for the budget.

use std::cell::Cell;

/// What a file may cost: so many looks, and so many more for each of its items. Files that people write need a tenth; what needs more is
/// made by a machine, and not for a reader.
const LOOKS: usize = 1_000_000;
const LOOKS_EACH: usize = 500;

/// The longest text that is looked at, in bytes, and the most items. No builder takes what comes near: of 15,000 generated lines (900 kB)
/// BuildKit makes a message of 44 MB, and lets 16 through (reported to Moby in July 2024).
pub const MOST_TEXT: usize = 8 << 20;
/// See [`MOST_TEXT`].
pub const MOST_ITEMS: usize = 120_000;

/// How many looks a file of so many items may cost.
pub fn budget(items: usize) -> usize {
    LOOKS + LOOKS_EACH * items
}

/// Counts while facts are worked out.
#[derive(Debug)]
pub struct Counter {
    looks: Cell<usize>,
    most: usize,
}

impl Counter {
    /// For a text for which so many looks are left.
    pub fn new(most: usize) -> Counter {
        Counter { looks: Cell::new(0), most }
    }

    /// Looks at some instructions because of others, to know what comes before or after them. `false` if there is no budget left for that:
    /// whatever comes of the facts then counts for nothing.
    pub fn look(&self, instructions: usize) -> bool {
        self.looks.set(self.looks.get().saturating_add(instructions));
        !self.is_exhausted()
    }

    /// How many there were.
    pub fn looks(&self) -> usize {
        self.looks.get()
    }

    /// Whether there were more than there may be.
    pub fn is_exhausted(&self) -> bool {
        self.looks.get() > self.most
    }
}
