//! One pattern of an ignore file. BuildKit makes a regular expression of most of them, character by character and with no
//! regard for brackets, so that some mean what nobody would guess (`[^a]` matches `/`, `[*]` is no star in a class, `\d` is a
//! digit). This module makes the same expression, reads it, and runs it without ever going back: the time is that of the
//! pattern times that of the path.

use std::iter::Peekable;
use std::str::Chars;

/// A pattern, ready to be asked.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// The path itself.
    Exact,
    /// `foo**`: whatever begins so.
    Prefix,
    /// `**foo`: whatever ends so.
    Suffix,
    /// All others.
    Machine(Vec<Node>),
}

/// A machine that is still to be built.
const MACHINE: Kind = Kind::Machine(Vec::new());

/// A step of the machine that reads a path.
#[derive(Debug)]
enum Node {
    /// A character.
    One(Set),
    /// Any number of characters.
    Many(Set),
    /// The next nodes, that many, or none of them.
    Maybe(usize),
    /// Nothing, at the start of the path only.
    Start,
}

/// A set of characters.
#[derive(Debug, Default)]
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Set {
    fn one(c: char) -> Set {
        Set { negated: false, ranges: vec![(c, c)] }
    }

    fn all_but(c: char) -> Set {
        Set { negated: true, ranges: vec![(c, c)] }
    }

    fn has(&self, c: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != self.negated
    }
}

impl Pattern {
    /// Reads a pattern that is clean. What BuildKit refuses is refused, and what is not understood.
    pub fn parse(text: &str) -> Result<Pattern, String> {
        let bad = |why: &str| format!("the pattern `{text}` {why}");
        if text.contains('\u{feff}') {
            return Err(bad("holds a byte order mark"));
        }
        if !well_formed(text) {
            return Err(bad("has an unfinished `[` or `\\`"));
        }
        let (kind, expression) = translate(text);
        let kind = match kind {
            Kind::Machine(_) => {
                let nodes = Reader { rest: expression.chars().peekable(), nodes: Vec::new() }.read();
                Kind::Machine(nodes.ok_or_else(|| bad("is none that is understood"))?)
            }
            kind => kind,
        };
        Ok(Pattern { text: text.to_owned(), kind })
    }

    /// Whether the pattern matches a path, the whole of it.
    pub fn matches(&self, path: &str) -> bool {
        match &self.kind {
            Kind::Exact => path == self.text,
            Kind::Prefix => path.starts_with(&self.text[..self.text.len() - 2]),
            Kind::Suffix => {
                let suffix = &self.text[2..];
                path.ends_with(suffix) || suffix.strip_prefix('/') == Some(path)
            }
            Kind::Machine(nodes) => run(nodes, path)[nodes.len()],
        }
    }

    /// Whether the pattern could match a path that begins with a folder (`a/b/`).
    pub fn may_match_below(&self, folder: &str) -> bool {
        match &self.kind {
            Kind::Exact => self.text.starts_with(folder),
            Kind::Prefix => {
                let prefix = &self.text[..self.text.len() - 2];
                prefix.starts_with(folder) || folder.starts_with(prefix)
            }
            Kind::Suffix => true,
            Kind::Machine(nodes) => run(nodes, folder)[..nodes.len()].contains(&true),
        }
    }
}

/// The places among the nodes at which a reader of the path may be; the last is past all of them.
fn run(nodes: &[Node], path: &str) -> Vec<bool> {
    let mut here = vec![false; nodes.len() + 1];
    here[0] = true;
    spread(nodes, &mut here, true);
    for c in path.chars() {
        let mut next = vec![false; nodes.len() + 1];
        for (at, node) in nodes.iter().enumerate().filter(|(at, _)| here[*at]) {
            match node {
                Node::One(set) if set.has(c) => next[at + 1] = true,
                Node::Many(set) if set.has(c) => next[at] = true,
                _ => {}
            }
        }
        here = next;
        spread(nodes, &mut here, false);
    }
    here
}

/// Goes on where no character is needed; always forward, so that once is enough.
fn spread(nodes: &[Node], here: &mut [bool], start: bool) {
    for (at, node) in nodes.iter().enumerate() {
        if !here[at] {
            continue;
        }
        match node {
            Node::Many(_) => here[at + 1] = true,
            Node::Maybe(count) => {
                here[at + 1] = true;
                here[at + 1 + count] = true;
            }
            Node::Start if start => here[at + 1] = true,
            Node::Start | Node::One(_) => {}
        }
    }
}

/// Whether Go's `filepath.Match` finds no fault: each `[` is closed and holds something, each `\` has a character.
fn well_formed(text: &str) -> bool {
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let fine = match c {
            '\\' => rest.next().is_some(),
            '[' => class_well_formed(&mut rest),
            _ => true,
        };
        if !fine {
            return false;
        }
    }
    true
}

fn class_well_formed(rest: &mut Peekable<Chars>) -> bool {
    let member = |rest: &mut Peekable<Chars>| match rest.next() {
        None | Some('-' | ']') => false,
        Some('\\') => rest.next().is_some() && rest.peek().is_some(),
        Some(_) => rest.peek().is_some(),
    };
    rest.next_if_eq(&'^');
    let mut count = 0;
    while count == 0 || rest.next_if_eq(&']').is_none() {
        if !member(rest) || (rest.next_if_eq(&'-').is_some() && !member(rest)) {
            return false;
        }
        count += 1;
    }
    true
}

/// The kind of a pattern, and the regular expression that BuildKit makes of it (without its `^` and `$`).
fn translate(text: &str) -> (Kind, String) {
    let mut kind = Kind::Exact;
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.next_if_eq(&'*').is_some() => {
                rest.next_if_eq(&'/');
                kind = two_stars(rest.peek().is_none(), kind, &mut out);
                if first {
                    kind = Kind::Suffix;
                }
            }
            '*' | '?' => {
                out.push_str(if c == '*' { "[^/]*" } else { "[^/]" });
                kind = MACHINE;
            }
            // `{`, `|` and `}` are meant to be among these, but are not
            '.' | '+' | '(' | ')' | '$' => out.extend(['\\', c]),
            '\\' => {
                out.push('\\');
                out.extend(rest.next());
                kind = MACHINE;
            }
            '[' | ']' => {
                out.push(c);
                kind = MACHINE;
            }
            _ => out.push(c),
        }
        first = false;
    }
    (kind, out)
}

/// What `**` makes of a pattern that was of a kind so far.
fn two_stars(last: bool, kind: Kind, out: &mut String) -> Kind {
    if last && matches!(kind, Kind::Exact) {
        return Kind::Prefix;
    }
    out.push_str(if last { ".*" } else { "(.*/)?" });
    MACHINE
}

/// Reads an expression that [`translate`] has made. Gives none where that is no regular expression, or one that is more
/// than patterns are meant to be.
struct Reader<'t> {
    rest: Peekable<Chars<'t>>,
    nodes: Vec<Node>,
}

impl Reader<'_> {
    fn read(mut self) -> Option<Vec<Node>> {
        while let Some(c) = self.rest.next() {
            match c {
                '^' => self.nodes.push(Node::Start),
                '(' => self.folders()?,
                '.' => self.quantified(Set::all_but('\n'))?,
                '[' => {
                    let set = self.class()?;
                    self.quantified(set)?;
                }
                '\\' => {
                    let set = self.escape()?;
                    self.quantified(set)?;
                }
                '|' | '*' | '?' => return None,
                '{' if self.rest.peek().is_some_and(char::is_ascii_digit) => return None,
                c => self.quantified(Set::one(c))?,
            }
        }
        Some(self.nodes)
    }

    /// `(.*/)?`, after its bracket.
    fn folders(&mut self) -> Option<()> {
        for wanted in ".*/)?".chars() {
            self.rest.next_if_eq(&wanted)?;
        }
        self.nodes.extend([Node::Maybe(2), Node::Many(Set::all_but('\n')), Node::One(Set::one('/'))]);
        Some(())
    }

    fn quantified(&mut self, set: Set) -> Option<()> {
        let many = self.rest.next_if_eq(&'*').is_some();
        self.nodes.push(if many { Node::Many(set) } else { Node::One(set) });
        Some(())
    }

    /// What a `\` and its character stand for.
    fn escape(&mut self) -> Option<Set> {
        let c = self.rest.next()?;
        let control = match c {
            'a' => '\x07',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\x0b',
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            c => {
                let ranges: &[(char, char)] = match c.to_ascii_lowercase() {
                    'd' => &[('0', '9')],
                    's' => &[('\t', '\n'), ('\x0c', '\r'), (' ', ' ')],
                    'w' => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
                    _ => return None,
                };
                return Some(Set { negated: c.is_ascii_uppercase(), ranges: ranges.to_vec() });
            }
        };
        Some(Set::one(control))
    }

    /// A class, after its `[`.
    fn class(&mut self) -> Option<Set> {
        let mut out = Set { negated: self.rest.next_if_eq(&'^').is_some(), ranges: Vec::new() };
        let mut first = true;
        while first || self.rest.next_if_eq(&']').is_none() {
            first = false;
            let member = self.member()?;
            match member.ranges[..] {
                [(low, high)] if low == high && self.dash() => {
                    let end = self.member()?;
                    match end.ranges[..] {
                        [(end, other)] if end == other && low <= end => out.ranges.push((low, end)),
                        _ => return None,
                    }
                }
                _ => out.ranges.extend(member.ranges),
            }
        }
        Some(out)
    }

    /// A character of a class, or an escape in it.
    fn member(&mut self) -> Option<Set> {
        match self.rest.next()? {
            '\\' => self.escape().filter(|set| !set.negated),
            // `[:alpha:]`
            '[' if self.rest.peek() == Some(&':') => None,
            c => Some(Set::one(c)),
        }
    }

    /// A `-` that is not the last of its class.
    fn dash(&mut self) -> bool {
        let mut ahead = self.rest.clone();
        let range = ahead.next() == Some('-') && ahead.next().is_some_and(|next| next != ']');
        if range {
            self.rest.next();
        }
        range
    }
}
