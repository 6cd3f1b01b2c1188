//! The normal form of a shell text: its tree with words, redirections and bodies of heredocs, byte for byte. What a shell
//! never makes a difference of is not in it, and nothing else is left out:
//!
//! - blanks, comments, a `;` or line end after the last command, a line end for a `;`;
//! - how chains are grouped where that decides nothing: `a && { b && c; }` is `a && b && c`, and so with `||` and `;`
//!   (a `||` in a chain of `&&` does decide, and stays);
//! - `{ …; }` without redirections;
//! - where among its words a simple command has its redirections: all words are expanded before the first of them is made.
//!
//! `( … )` always stays: a shell remembers there what the one around it does not.

use crate::shell::{
    self, Assignment, Command, CommandKind, Connector, Entry, List, Part, Pipeline, Redirect as ShellRedirect, Script,
    Terminator,
};
use crate::text::Span;
use std::borrow::Cow;

/// A command, or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node<'t> {
    /// `a && b`
    And(Vec<Node<'t>>),
    /// `a || b`
    Or(Vec<Node<'t>>),
    /// `a; b`; nothing at all if it is empty.
    Seq(Vec<Node<'t>>),
    /// `a | b`, and of each but the last whether its errors go into the pipe, too.
    Pipe(Vec<Node<'t>>, Vec<bool>),
    /// `! a`
    Not(Box<Node<'t>>),
    /// `time a`
    Timed(Box<Node<'t>>),
    /// `a &`
    Background(Box<Node<'t>>),
    /// `( a )`
    Isolated(Box<Node<'t>>),
    /// `{ a; } > b`, `( a ) > b` and other compound commands with redirections.
    Redirected(Box<Node<'t>>, Vec<Redirect<'t>>),
    /// `A=1 b c > d`
    Simple(Simple<'t>),
    /// `if`, `for`, `case`, …: words of the grammar, words and lists by turns.
    Block(Vec<Chunk<'t>>),
}

/// A part of a block, or of a word in which commands stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chunk<'t> {
    /// As it is written.
    Text(&'t str),
    /// A word.
    Word(Word<'t>),
    /// Commands.
    List(Node<'t>),
}

/// A word as it is written, quotes and all.
#[derive(Clone, Debug)]
pub struct Word<'t> {
    /// All of it.
    pub raw: &'t str,
    /// The same in parts, if there are commands in it.
    pub chunks: Vec<Chunk<'t>>,
    /// Whether its expansion may set a variable: `${A:=b}`, `$((a = b))`, `$((a++))`.
    pub sets: bool,
}

impl PartialEq for Word<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw || (!self.chunks.is_empty() && self.chunks == other.chunks)
    }
}

impl Eq for Word<'_> {}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simple<'t> {
    /// How many of the words are assignments: the first ones.
    pub assigned: usize,
    /// Assignments, the name of the command and its arguments.
    pub words: Vec<Word<'t>>,
    /// In order.
    pub redirects: Vec<Redirect<'t>>,
}

/// A redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect<'t> {
    /// The descriptor and the operator.
    pub operator: &'t str,
    /// Where from or to; the delimiter of a heredoc, with its quotes.
    pub target: Word<'t>,
    /// The body of a heredoc.
    pub body: Option<Word<'t>>,
}

impl<'t> Node<'t> {
    /// The normal form of a text that was understood.
    pub fn of(text: &'t str, script: &Script) -> Node<'t> {
        Reader { text }.list(&script.list)
    }

    /// The links of a chain of `&&`; any other command is a chain of one, and no command one of none.
    pub fn links(&self) -> &[Node<'t>] {
        match self {
            Node::And(links) => links,
            Node::Seq(all) if all.is_empty() => &[],
            other => std::slice::from_ref(other),
        }
    }

    /// The commands of a list; any other command is a list of one.
    pub fn entries(&self) -> &[Node<'t>] {
        match self {
            Node::Seq(entries) => entries,
            other => std::slice::from_ref(other),
        }
    }

    /// Calls `f` on each simple command, those in words too.
    pub fn each_simple<'n>(&'n self, f: &mut dyn FnMut(&'n Simple<'t>)) {
        match self {
            Node::And(all) | Node::Or(all) | Node::Seq(all) | Node::Pipe(all, _) => {
                all.iter().for_each(|one| one.each_simple(f));
            }
            Node::Not(one) | Node::Timed(one) | Node::Background(one) | Node::Isolated(one) => one.each_simple(f),
            Node::Redirected(one, redirects) => {
                one.each_simple(f);
                redirects.iter().for_each(|redirect| redirect.each_simple(f));
            }
            Node::Simple(simple) => {
                f(simple);
                simple.words.iter().for_each(|word| word.each_simple(f));
                simple.redirects.iter().for_each(|redirect| redirect.each_simple(f));
            }
            Node::Block(chunks) => chunks.iter().for_each(|chunk| chunk.each_simple(f)),
        }
    }
}

impl<'t> Chunk<'t> {
    fn each_simple<'n>(&'n self, f: &mut dyn FnMut(&'n Simple<'t>)) {
        match self {
            Chunk::Text(_) => {}
            Chunk::Word(word) => word.each_simple(f),
            Chunk::List(list) => list.each_simple(f),
        }
    }
}

impl<'t> Word<'t> {
    fn each_simple<'n>(&'n self, f: &mut dyn FnMut(&'n Simple<'t>)) {
        self.chunks.iter().for_each(|chunk| chunk.each_simple(f));
    }

    /// The word without its quotes, if neither an expansion nor a pattern is in it, and no character that a shell may take
    /// for more than itself.
    pub fn value(&self) -> Option<Cow<'t, str>> {
        if !self.raw.contains(['\'', '"', '\\']) {
            if self.raw == "[" {
                return Some(Cow::Borrowed(self.raw));
            }
            return Some(Cow::Borrowed(self.raw)).filter(|raw| raw.chars().all(is_plain));
        }
        let bare: String = self.raw.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
        // one pair of quotes around all of it, or a backslash before it, as in `"curl"` and `\curl`
        let inside = |quote: char| self.raw.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        let whole = inside('"').or_else(|| inside('\'')).or_else(|| self.raw.strip_prefix('\\'));
        whole.filter(|whole| *whole == bare && bare.chars().all(is_plain)).map(|_| Cow::Owned(bare))
    }
}

fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "-_./:,@%+=".contains(c)
}

impl<'t> Redirect<'t> {
    fn each_simple<'n>(&'n self, f: &mut dyn FnMut(&'n Simple<'t>)) {
        self.target.each_simple(f);
        self.body.iter().for_each(|body| body.each_simple(f));
    }
}

struct Reader<'t> {
    text: &'t str,
}

/// Several as one, those of the same kind put in among them.
fn joined<'t>(
    mut all: Vec<Node<'t>>,
    open: fn(Node<'t>) -> Result<Vec<Node<'t>>, Node<'t>>,
) -> Result<Node<'t>, Vec<Node<'t>>> {
    if all.len() == 1
        && let Some(only) = all.pop()
    {
        return Ok(only);
    }
    let mut out = Vec::with_capacity(all.len());
    for node in all {
        match open(node) {
            Ok(inner) => out.extend(inner),
            Err(node) => out.push(node),
        }
    }
    Err(out)
}

fn and(all: Vec<Node>) -> Node {
    let open = |node| match node {
        Node::And(inner) => Ok(inner),
        node => Err(node),
    };
    joined(all, open).unwrap_or_else(Node::And)
}

fn or(all: Vec<Node>) -> Node {
    let open = |node| match node {
        Node::Or(inner) => Ok(inner),
        node => Err(node),
    };
    joined(all, open).unwrap_or_else(Node::Or)
}

fn seq(all: Vec<Node>) -> Node {
    let open = |node| match node {
        Node::Seq(inner) => Ok(inner),
        node => Err(node),
    };
    joined(all, open).unwrap_or_else(Node::Seq)
}

impl<'t> Reader<'t> {
    fn slice(&self, span: Span) -> &'t str {
        &self.text[span.range()]
    }

    fn list(&self, list: &List) -> Node<'t> {
        seq(list.entries.iter().map(|entry| self.entry(entry)).collect())
    }

    fn entry(&self, entry: &Entry) -> Node<'t> {
        let mut node = self.pipeline(&entry.and_or.first);
        // `&&` and `||` bind alike, from the left
        for run in entry.and_or.rest.chunk_by(|one, next| one.0 == next.0) {
            let rest = run.iter().map(|(_, _, pipeline)| self.pipeline(pipeline));
            let all: Vec<Node> = std::iter::once(node).chain(rest).collect();
            node = match run.first() {
                Some((Connector::Or, ..)) => or(all),
                _ => and(all),
            };
        }
        match entry.end {
            Some((Terminator::Ampersand, _)) => Node::Background(Box::new(node)),
            _ => node,
        }
    }

    fn pipeline(&self, pipeline: &Pipeline) -> Node<'t> {
        let mut commands: Vec<Node> = pipeline.commands.iter().map(|command| self.command(command)).collect();
        let mut node = match commands.len() {
            1 => commands.remove(0),
            _ => Node::Pipe(commands, pipeline.pipes.iter().map(|pipe| self.slice(*pipe) == "|&").collect()),
        };
        if pipeline.negated {
            node = Node::Not(Box::new(node));
        }
        if pipeline.timed {
            // `time -p`, `! time` and the like: what stands before the first command
            let first = pipeline.commands.first().map_or(pipeline.span.end, |command| command.span.start);
            let words = self.slice(Span { start: pipeline.span.start, end: first }).trim_end();
            node = Node::Block(vec![Chunk::Text(words), Chunk::List(Node::Timed(Box::new(node)))]);
        }
        node
    }

    fn command(&self, command: &Command) -> Node<'t> {
        let redirects: Vec<Redirect> = command.redirects.iter().map(|redirect| self.redirect(redirect)).collect();
        let node = match &command.kind {
            CommandKind::Simple(simple) => {
                let assigned = simple.assignments.iter().map(|one| self.assignment(one));
                let words: Vec<Word> = assigned.chain(simple.words.iter().map(|word| self.word(word))).collect();
                return Node::Simple(Simple { assigned: simple.assignments.len(), words, redirects });
            }
            CommandKind::Subshell(list) => Node::Isolated(Box::new(self.list(list))),
            CommandKind::Brace(list) => self.list(list),
            _ => Node::Block(self.block(command)),
        };
        match redirects.is_empty() {
            true => node,
            false => Node::Redirected(Box::new(node), redirects),
        }
    }

    fn block(&self, command: &Command) -> Vec<Chunk<'t>> {
        let list = |list: &List| Chunk::List(self.list(list));
        // which of the words that begin a command of this kind
        let begins = |words: &[&'static str]| {
            let raw = self.slice(command.span);
            Chunk::Text(words.iter().copied().find(|word| raw.starts_with(word)).unwrap_or_default())
        };
        match &command.kind {
            CommandKind::If(lists) => std::iter::once(Chunk::Text("if")).chain(lists.iter().map(list)).collect(),
            CommandKind::Loop(both) => vec![begins(&["while", "until"]), list(&both.0), list(&both.1)],
            CommandKind::For { name, words, body } => {
                let mut out = vec![begins(&["for", "select"]), Chunk::Text(self.slice(*name))];
                if let Some(words) = words {
                    out.push(Chunk::Text("in"));
                    out.extend(words.iter().map(|word| Chunk::Word(self.word(word))));
                }
                out.push(list(body));
                out
            }
            CommandKind::ArithmeticFor { expression, parts, body } => {
                vec![Chunk::Text("for (("), Chunk::Word(self.parts(*expression, parts)), list(body)]
            }
            CommandKind::Case { word, arms, ends } => {
                let mut out = vec![Chunk::Text("case"), Chunk::Word(self.word(word))];
                for ((patterns, body), end) in arms.iter().zip(ends) {
                    out.extend(patterns.iter().map(|word| Chunk::Word(self.word(word))));
                    // nothing at the end of the last arm is `;;`
                    let end = Some(self.slice(*end)).filter(|end| !end.is_empty()).unwrap_or(";;");
                    out.extend([list(body), Chunk::Text(end)]);
                }
                out
            }
            CommandKind::Function { name, body } => {
                vec![Chunk::Text("function"), Chunk::Text(self.slice(*name).trim()), Chunk::List(self.command(body))]
            }
            CommandKind::Arithmetic(span, parts) => vec![Chunk::Text("(("), Chunk::Word(self.parts(*span, parts))],
            // operators are not in the tree: the bytes are
            _ => {
                let end = command.redirects.first().map_or(command.span.end, |redirect| redirect.span.start);
                vec![Chunk::Text(self.slice(Span { start: command.span.start, end }).trim_end())]
            }
        }
    }

    fn redirect(&self, redirect: &ShellRedirect) -> Redirect<'t> {
        let operator = Span { start: redirect.span.start, end: redirect.operator.end };
        Redirect {
            operator: self.slice(operator),
            target: self.word(&redirect.target),
            body: redirect.heredoc.as_ref().map(|body| self.parts(body.span, &body.parts)),
        }
    }

    fn assignment(&self, one: &Assignment) -> Word<'t> {
        let words = one.value.iter().chain(&one.array).flat_map(|word| &word.parts);
        self.chunked(one.span, one.subscript.iter().chain(words))
    }

    fn word(&self, word: &shell::Word) -> Word<'t> {
        self.parts(word.span, &word.parts)
    }

    fn parts(&self, span: Span, parts: &[Part]) -> Word<'t> {
        self.chunked(span, parts.iter())
    }

    fn chunked<'p>(&self, span: Span, parts: impl Iterator<Item = &'p Part>) -> Word<'t> {
        let (mut inner, mut sets) = (Vec::new(), false);
        for part in parts {
            each_list(part, &mut inner);
            sets |= self.sets(part);
        }
        let mut chunks = Vec::new();
        let mut at = span.start;
        for (place, list) in &inner {
            let open = if self.slice(*place).starts_with('`') { 1 } else { 2 };
            chunks.push(Chunk::Text(self.slice(Span { start: at, end: place.start + open })));
            chunks.push(Chunk::List(self.list(list)));
            at = place.end;
        }
        if !inner.is_empty() {
            chunks.push(Chunk::Text(self.slice(Span { start: at, end: span.end })));
        }
        Word { raw: self.slice(span), chunks, sets }
    }

    /// Whether the expansion of a part may set a variable of the shell itself.
    fn sets(&self, part: &Part) -> bool {
        let own = match part {
            Part::Parameter { operation, .. } => {
                self.slice(*operation).starts_with(['=', ':']) && {
                    self.slice(*operation).trim_start_matches(':').starts_with('=')
                }
            }
            Part::Arithmetic(span, _) => {
                let text = self.slice(*span);
                let compared =
                    ["==", "!=", "<=", ">="].iter().fold(text.to_owned(), |text, sign| text.replace(sign, ""));
                compared.contains('=')
                    || text.contains("<<=")
                    || text.contains(">>=")
                    || text.contains("++")
                    || text.contains("--")
            }
            Part::Array(_, words) => words.iter().flat_map(|word| &word.parts).any(|part| self.sets(part)),
            _ => false,
        };
        own || part.parts().iter().any(|part| self.sets(part))
    }
}

/// The outermost commands in a part, in order.
fn each_list<'p>(part: &'p Part, out: &mut Vec<(Span, &'p List)>) {
    match part.list() {
        Some(list) => out.push((part.span(), list)),
        None => part.parts().iter().for_each(|part| each_list(part, out)),
    }
    if let Part::Array(_, words) = part {
        words.iter().flat_map(|word| &word.parts).for_each(|part| each_list(part, out));
    }
}
