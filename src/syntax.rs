//! The Dockerfile as BuildKit reads it, losslessly: items that tile the file, each a blank line, a comment, a directive,
//! an instruction or junk. Knows the language's form (lines, continuations, heredocs, flags, exec form, words), not its
//! meaning: stages and state are `facts`, the shell inside RUN is `shell`.
//!
//! Reading never fails. What BuildKit would refuse is told as a [`SyntaxError`] beside the items.

mod buildkit;
mod check;
mod directives;
mod error;
mod grammar;
mod keyword;
mod lines;
mod parse;
mod reparse;
mod script;

pub(crate) use grammar::mount::fields as mount_fields;

use crate::text::{Source, Span};
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

/// What [`parse()`] found: the items, and what BuildKit would refuse.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The items.
    pub file: File,
    /// Where BuildKit would stop. Empty for a file that it can build.
    pub errors: Vec<SyntaxError>,
}

/// A whole file. `items` tile it: the first starts at 0, each starts where the one before ends, the last ends at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// In the order of the file; each holds whole physical lines with their line ends.
    pub items: Vec<Item>,
    /// The escape character in force: `\` or `` ` ``.
    pub escape: char,
}

/// One tile of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its lines, line end included.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
}

/// What a tile is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A line of white space, or the byte-order mark alone.
    Blank,
    /// A line whose first character is `#`; a `#!` line too.
    Comment,
    /// A parser directive that is in force.
    Directive(Directive),
    /// An instruction with its continuation lines and heredocs.
    Instruction(Arc<Instruction>),
    /// What could not be read; left alone.
    Junk,
}

/// `# syntax=`, `# escape=` or `# check=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// In lower case.
    pub name: String,
    /// What stands behind the `=`, trimmed.
    pub value: String,
}

/// The first word of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// Anything else: BuildKit refuses the file.
    Unknown,
}

/// An instruction, with spans into the file. What does not depend on where it stands is its [`Content`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    content: Arc<Content>,
    /// The word as written, in the file.
    pub keyword_span: Span,
    /// First and last line, from 1, as BuildKit counts them (swallowed comments and heredocs included).
    pub lines: (u32, u32),
    /// The physical lines joined as BuildKit joins them, from the keyword on; heredoc bodies are not in it.
    pub line: Logical,
    /// Its heredocs, in the order of their openers.
    pub heredocs: Vec<Heredoc>,
}

/// What an instruction says, wherever it stands. The texts of a file that is edited share that of what stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Which one.
    pub keyword: Keyword,
    /// The `--flags` before the first other word.
    pub flags: Vec<Flag>,
    /// The arguments behind the flags, as a range of `line.text()`, trimmed.
    pub rest: Range<usize>,
    /// The arguments, understood.
    pub args: Args,
    /// Why the instruction must not be touched although it was read, where that is so.
    pub opaque: Option<Opaque>,
}

impl Deref for Instruction {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.content
    }
}

/// Why an instruction is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opaque {
    /// Frontend versions, or builders, read it differently.
    FrontendsDisagree,
}

/// A `--name` or `--name=value` before the arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes.
    pub name: String,
    /// Behind the `=`, quotes and escapes taken away as BuildKit does; `None` without a `=`.
    pub value: Option<String>,
    /// The word as BuildKit keeps it: `--name=value`.
    pub text: String,
    /// Where it stands in `line.text()`.
    pub range: Range<usize>,
}

/// A word or a text of an instruction, raw: quotes, escapes and variables as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// As in the joined line; of an exec form, the string with JSON's escapes taken away.
    pub text: String,
    /// Where it stands in `line.text()`; of an exec form, with its quotes.
    pub range: Range<usize>,
}

/// A command in one of its two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A JSON array of strings.
    Exec(Vec<Arg>),
    /// A text for the shell, as a range of `line.text()`. See [`Instruction::script`] for what the shell sees with heredocs.
    Shell(Range<usize>),
}

/// One `name=value` of ENV, LABEL or ARG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name, raw.
    pub name: Arg,
    /// The value, raw; `None` for an ARG without one.
    pub value: Option<Arg>,
}

/// The arguments of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Args {
    /// FROM.
    From {
        /// Image or stage.
        image: Arg,
        /// The name behind AS, as written.
        alias: Option<Arg>,
    },
    /// RUN, CMD, ENTRYPOINT, and SHELL (always the exec form).
    Command(Command),
    /// COPY and ADD. Heredoc openers are among the sources.
    Transfer {
        /// All but the last word.
        sources: Vec<Arg>,
        /// The last word.
        dest: Arg,
        /// Whether it is a JSON array.
        json: bool,
    },
    /// ENV, LABEL and ARG.
    Pairs {
        /// The pairs, in order.
        pairs: Vec<Pair>,
        /// Whether it is the old form without `=` (`ENV key value`).
        legacy: bool,
    },
    /// EXPOSE and VOLUME.
    Words {
        /// The words.
        words: Vec<Arg>,
        /// Whether it is a JSON array.
        json: bool,
    },
    /// USER, WORKDIR, STOPSIGNAL, MAINTAINER: the whole rest of the line.
    Text(Arg),
    /// HEALTHCHECK; `None` is `HEALTHCHECK NONE`.
    Healthcheck(Option<Command>),
    /// ONBUILD with its inner instruction, whose spans lie in this file as well.
    Onbuild(Box<Instruction>),
    /// Not understood; an error says why.
    Invalid,
}

/// A here-document of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The delimiter, quotes taken away.
    pub name: String,
    /// The opener in `line.text()`.
    pub opener: Range<usize>,
    /// The file descriptor before `<<`; `None` where none is written.
    pub fd: Option<u32>,
    /// The body's bytes in the file, up to the terminator's line.
    pub body: Span,
    /// The terminator's line, line end included.
    pub terminator: Span,
    /// Whether BuildKit expands variables in it (the delimiter bears no quotes).
    pub expand: bool,
    /// `<<-`: leading tabs are taken away.
    pub chomp: bool,
}

/// What BuildKit refuses, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// The line that BuildKit names, from 1; 0 where it names none.
    pub line: u32,
    /// Whether it is found while reading the lines (nothing is built at all) or the instructions.
    pub stage: ErrorStage,
    /// What is wrong and what to do, in lower case without a full stop.
    pub message: String,
}

/// Which of BuildKit's readings refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorStage {
    /// The reading of lines and words (`error` in BuildKit's terms of a parse error).
    Lines,
    /// The reading of instructions (unknown keyword, bad flag, wrong number of arguments).
    Instructions,
    /// What is made of the instructions: stages, images and values ([`conversion_errors`](crate::facts::Facts::conversion_errors)).
    Conversion,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Joined text with the way back to the file: pieces that each are a run of the file's bytes.
#[derive(Clone, Debug, Default)]
pub struct Logical {
    joined: Arc<Joined>,
    /// How far the pieces stand from where they were read.
    moved: i64,
}

#[derive(Clone, Debug, Default)]
struct Joined {
    text: String,
    /// `(offset in text, offset in file)` of each piece, in order. A piece is equal to the file's bytes from there on.
    pieces: Vec<(u32, u32)>,
}

impl PartialEq for Logical {
    fn eq(&self, other: &Logical) -> bool {
        self.text() == other.text() && self.pieces().eq(other.pieces())
    }
}

impl Eq for Logical {}

impl Logical {
    /// Adds a run of the file: `part` must be what stands in the file at `offset`.
    pub fn push(&mut self, part: &str, offset: usize) {
        if !part.is_empty() {
            let read = offset as i64 - self.moved;
            let joined = Arc::make_mut(&mut self.joined);
            joined.pieces.push((joined.text.len() as u32, read as u32));
            joined.text.push_str(part);
        }
    }

    /// The joined text.
    pub fn text(&self) -> &str {
        &self.joined.text
    }

    /// `(offset in text, offset in file)` of each piece.
    fn pieces(&self) -> impl Iterator<Item = (u32, i64)> {
        self.joined.pieces.iter().map(|(text, file)| (*text, i64::from(*file) + self.moved))
    }

    /// The offset in the file of the byte at `at` of the joined text. At the end of the text: behind its last byte.
    pub fn offset(&self, at: usize) -> usize {
        let (length, pieces) = (self.joined.text.len(), &self.joined.pieces);
        if at >= length {
            return match length {
                0 => self.pieces().next().map_or(0, |(_, file)| file as usize),
                n => self.offset(n - 1) + 1,
            };
        }
        let index = pieces.partition_point(|piece| piece.0 as usize <= at);
        let (text, file) = pieces[index - 1];
        (i64::from(file) + self.moved) as usize + (at - text as usize)
    }

    /// Where a range of the joined text stands in the file: from its first byte to behind its last one, so that the line
    /// continuation behind it is not part of it. Continuations inside are.
    pub fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        match range.is_empty() {
            true => Span::at(start),
            false => Span::new(start, self.offset(range.end - 1) + 1),
        }
    }

    /// Whether a range of the joined text is one unbroken run of the file.
    pub fn contiguous(&self, range: Range<usize>) -> bool {
        self.span(range.clone()).len() == range.len()
    }

    /// A part of it as a text of its own.
    pub fn part(&self, range: Range<usize>) -> Logical {
        let (mut out, mut at, pieces) = (Logical::default(), range.start, &self.joined.pieces);
        while at < range.end {
            let index = pieces.partition_point(|piece| piece.0 as usize <= at);
            let end = pieces.get(index).map_or(range.end, |next| (next.0 as usize).min(range.end));
            out.push(&self.text()[at..end], self.offset(at));
            at = end;
        }
        out
    }

    /// The same text where it stands once `by` bytes came before it.
    pub fn moved(&self, by: i64) -> Logical {
        Logical { joined: Arc::clone(&self.joined), moved: self.moved + by }
    }
}

impl File {
    /// The instructions with the index of their item.
    pub fn instructions(&self) -> impl Iterator<Item = (usize, &Instruction)> {
        self.items.iter().enumerate().filter_map(|(index, item)| match &item.kind {
            ItemKind::Instruction(instruction) => Some((index, &**instruction)),
            _ => None,
        })
    }
}

impl Instruction {
    /// What it says, to be changed; others that share it keep theirs.
    pub fn content_mut(&mut self) -> &mut Content {
        Arc::make_mut(&mut self.content)
    }

    /// The same instruction where it stands once so many bytes and lines came before it.
    fn moved(&self, (bytes, lines): (i64, i64)) -> Instruction {
        let content = match &self.args {
            Args::Onbuild(inner) => {
                let args = Args::Onbuild(Box::new(inner.moved((bytes, lines))));
                Arc::new(Content { args, ..Content::clone(self) })
            }
            _ => Arc::clone(&self.content),
        };
        let heredocs = self.heredocs.iter().map(|heredoc| Heredoc {
            body: heredoc.body.moved(bytes),
            terminator: heredoc.terminator.moved(bytes),
            ..heredoc.clone()
        });
        let line = |line: u32| (i64::from(line) + lines) as u32;
        Instruction {
            content,
            keyword_span: self.keyword_span.moved(bytes),
            lines: (line(self.lines.0), line(self.lines.1)),
            line: self.line.moved(bytes),
            heredocs: heredocs.collect(),
        }
    }

    /// The value of the last flag of that name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().rev().find(|flag| flag.name == name)
    }
}

/// Reads a Dockerfile. Never fails, never panics, linear in the length of the input.
pub fn parse(source: &Source) -> Parsed {
    parse::parse(source)
}

/// A text that was edited, read: what the edits did not touch is that of before.
#[derive(Clone, Debug)]
pub struct Reparsed {
    /// The same as [`parse()`] gives for the new text.
    pub parsed: Parsed,
    /// For each item the index of the old item that it is, where the edits left one as it was.
    pub old: Vec<Option<usize>>,
    /// How many items were read.
    pub read: usize,
}

/// Reads a text that was made from another one: only what was touched is read again. `changes` are the parts of the old text
/// that were replaced, in order, each with the length of what stands there now.
pub fn reparse(old: &Parsed, changes: &[(Span, usize)], source: &Source) -> Reparsed {
    reparse::reparse(old, changes, source)
}
