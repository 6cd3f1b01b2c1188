//! What is known about a Dockerfile beyond its form: stages and their edges, the state at each point, effects of shell
//! commands. Read-only and three-valued: what is not known is `Unknown`, never probably fine.

use crate::syntax::File;
use crate::text::Source;

/// All facts of one text.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The text.
    pub source: &'a Source,
    /// Its items.
    pub file: &'a File,
}
