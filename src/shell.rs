//! The POSIX/bash shell language: what commands a text holds, with spans. Knows grammar, not effects (those are `facts`),
//! and nothing of Dockerfiles. Spans count in the text that was given; a `Logical` maps them to the file.
//!
//! The text is analysed and spliced, never printed from this tree. Whatever is not understood whole is [`Opaque`].

mod arithmetic;
mod assignment;
pub mod builtins;
mod case;
mod command;
mod compound;
mod conditional;
mod cursor;
mod function;
mod heredoc;
mod lexeme;
mod list;
mod loops;
mod parameter;
mod quote;
mod redirect;
mod substitution;
mod walk;
mod word;

use crate::text::Span;

/// A text for the shell, understood or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shell {
    /// Understood whole.
    Script(Script),
    /// Not understood; nothing may be concluded from it.
    Opaque(Opaque),
}

/// Why a text was not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Offset in the text.
    pub at: usize,
    /// What is wrong there.
    pub why: &'static str,
}

/// A whole text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// Its commands.
    pub list: List,
    /// Its comments, from `#` to before the line end. Those of command substitutions too.
    pub comments: Vec<Span>,
    /// Whether it uses what POSIX `sh` (dash) rejects or reads otherwise: `[[ ]]`, arrays, `(( ))`, `&>`, `<( )`, `time`, …
    pub bashisms: bool,
}

/// Commands one after the other: `a; b & c`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct List {
    /// In order.
    pub entries: Vec<Entry>,
}

/// An and-or list with what ends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The commands.
    pub and_or: AndOr,
    /// What ends it; `None` at the end of the list.
    pub end: Option<(Terminator, Span)>,
}

/// What ends an entry of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminator {
    /// `;`
    Semicolon,
    /// `&`: the entry runs in the background.
    Ampersand,
    /// A line end.
    Newline,
}

/// `a && b || c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AndOr {
    /// From the first byte of the first command to behind the last one (terminator not included).
    pub span: Span,
    /// The first pipeline.
    pub first: Pipeline,
    /// The others, each with the operator before it.
    pub rest: Vec<(Connector, Span, Pipeline)>,
}

/// The operator between two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// `! a | b`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipeline {
    /// All of it.
    pub span: Span,
    /// Whether it starts with `!` (an odd number of them).
    pub negated: bool,
    /// Whether it starts with bash's `time`.
    pub timed: bool,
    /// Its commands.
    pub commands: Vec<Command>,
    /// The `|` or `|&` between them.
    pub pipes: Vec<Span>,
}

/// One command with its redirections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// All of it, redirections included; heredoc bodies not.
    pub span: Span,
    /// What it is.
    pub kind: CommandKind,
    /// In order, wherever they stand.
    pub redirects: Vec<Redirect>,
}

/// What a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandKind {
    /// Assignments and words.
    Simple(Simple),
    /// `( list )`
    Subshell(List),
    /// `{ list; }`
    Brace(List),
    /// `if`: conditions and bodies by turns, then the `else` body.
    If(Vec<List>),
    /// `while` or `until`: condition, body.
    Loop(Box<(List, List)>),
    /// `for NAME in WORDS; do BODY; done`, `select` too. `words` is `None` without an `in`.
    For {
        /// The variable.
        name: Span,
        /// What it runs over.
        words: Option<Vec<Word>>,
        /// The body.
        body: List,
    },
    /// bash's `for ((…))`.
    ArithmeticFor {
        /// Between the double parentheses.
        expression: Span,
        /// The expansions inside.
        parts: Vec<Part>,
        /// The body.
        body: List,
    },
    /// `case WORD in … esac`.
    Case {
        /// The subject.
        word: Word,
        /// Patterns and bodies.
        arms: Vec<(Vec<Word>, List)>,
        /// What ends each arm: `;;`, `;&` or `;;&`; empty after the last one where nothing does.
        ends: Vec<Span>,
    },
    /// A function definition; redirections belong to the function.
    Function {
        /// The name.
        name: Span,
        /// The body, a compound command.
        body: Box<Command>,
    },
    /// bash's `(( … ))`: what stands between the double parentheses, and its parts.
    Arithmetic(Span, Vec<Part>),
    /// bash's `[[ … ]]`, its words in order, operators left out.
    Conditional(Vec<Word>),
    /// bash's `coproc`.
    Coproc(Box<Command>),
}

/// A simple command: `A=1 name word …`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Simple {
    /// The assignments before the first word.
    pub assignments: Vec<Assignment>,
    /// The name of the command and its arguments; may be empty.
    pub words: Vec<Word>,
}

/// `NAME=value`, `NAME+=value`, `NAME[i]=value`, `NAME=(…)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// All of it.
    pub span: Span,
    /// The name alone.
    pub name: Span,
    /// The parts of `[i]`, brackets included; empty without a subscript.
    pub subscript: Vec<Part>,
    /// The value; `None` for an array.
    pub value: Option<Word>,
    /// The elements of an array.
    pub array: Vec<Word>,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// All of it, quotes included.
    pub span: Span,
    /// Its parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Unquoted text; may hold glob characters, `~` and braces.
    Literal(Span),
    /// A backslash and the character behind it (outside double quotes, or one it escapes inside them).
    Escaped(Span),
    /// `'…'`, quotes included.
    SingleQuoted(Span),
    /// `"…"` or `$"…"`, quotes included, and its parts.
    DoubleQuoted(Span, Vec<Part>),
    /// `$'…'`.
    AnsiQuoted(Span),
    /// `$name`, `${…}`, `$1`, `$?`; the name, and for `${…}` the words inside the operator's argument.
    Parameter {
        /// All of it.
        span: Span,
        /// The name or special character alone.
        name: Span,
        /// What stands behind the name up to the `}`: operator and argument; empty for `$name`.
        operation: Span,
        /// The parts of the argument (nested expansions are found here).
        parts: Vec<Part>,
    },
    /// `$( … )` and `` `…` `` with the commands inside, where they were understood (`None`: backquotes with escapes inside).
    Command(Span, Option<List>),
    /// `$(( … ))` or `$[ … ]` and the expansions inside.
    Arithmetic(Span, Vec<Part>),
    /// bash's `<( … )` and `>( … )`.
    Process(Span, List),
    /// `( … )` with the elements of an array behind `NAME=` in an argument: `declare a=(1 2)`.
    Array(Span, Vec<Word>),
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// All of it, from the descriptor on.
    pub span: Span,
    /// The operator: `<`, `>`, `>>`, `>|`, `<>`, `<&`, `>&`, `&>`, `&>>`, `<<`, `<<-`, `<<<`.
    pub operator: Span,
    /// The target, or the delimiter of a heredoc.
    pub target: Word,
    /// The body of a heredoc: from the line after the opener's up to the terminator.
    pub heredoc: Option<HeredocBody>,
}

/// The body of a heredoc in the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeredocBody {
    /// Without the terminator's line.
    pub span: Span,
    /// The text and the expansions inside, where the delimiter is not quoted.
    pub parts: Vec<Part>,
    /// Whether its terminator is there; without one the body goes to the end of the text, and shells only warn.
    pub terminated: bool,
}

/// How deep constructs may nest before the text counts as not understood.
pub const MAX_DEPTH: usize = 64;

/// Reads a text as the POSIX shell and bash would. Never panics; time is linear in its length.
pub fn parse(text: &str) -> Shell {
    match cursor::Parser::new(text).and_then(|parser| parser.script()) {
        Ok(script) => Shell::Script(script),
        Err(opaque) => Shell::Opaque(opaque),
    }
}
