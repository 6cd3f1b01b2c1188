//! The grammar inside a logical line, a construct a file. Functions take the joined text and give ranges of it.

pub mod directive;
pub mod exec;
pub mod flags;
pub mod heredoc;
pub mod words;
