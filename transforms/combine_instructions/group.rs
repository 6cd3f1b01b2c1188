//! A run of neighbours: which are put together, and how the whole is written.

use super::*;
use crate::edit::{Edit, EditSet};
use crate::engine::refusals::KEPT;
use crate::engine::{Reason, Refusal, Rewrite};
use crate::facts::{keep, layout, value};
use crate::syntax::{self, Args, Instruction, ItemKind, Pair};
use crate::text::{Source, Span};
use std::collections::HashSet;

/// Longest instruction that is made, in bytes.
const LONGEST: usize = 16 << 10;
/// How wide a line of ports or folders may grow.
const WIDEST: usize = 80;

/// Proposes one rewrite for each part of a run that can be put together; says why the parts can't.
pub fn combine(facts: &Facts, run: &[usize], out: &mut Findings) {
    let mut group = Group::default();
    for item in run {
        let Some(one) = facts.instruction(*item) else { continue };
        match group.takes(facts, *item, one) {
            Ok(()) => {}
            Err((refusal, what)) => {
                let torn = *refusal == REFERENCE && group.ends_at(*item);
                out.refused.push((one.keyword_span, refusal, what));
                group.torn |= torn;
                std::mem::take(&mut group).close(facts, out);
                group.torn = torn;
            }
        }
        group.add(facts.file.escape, *item, one);
    }
    group.close(facts, out);
}

/// Instructions that become one.
#[derive(Default)]
struct Group<'f> {
    members: Vec<(usize, &'f Instruction)>,
    names: HashSet<String>,
    /// A name in it that is not plain text.
    odd: Option<String>,
    length: usize,
    /// It is a part of a paragraph that can't become one as a whole: the parts would look arbitrary.
    torn: bool,
}

impl<'f> Group<'f> {
    /// Whether its last member stands directly above an item.
    fn ends_at(&self, item: usize) -> bool {
        self.members.last().is_some_and(|(last, _)| last + 1 == item)
    }

    /// Whether another one can be put to those in the group.
    fn takes(&self, facts: &Facts, item: usize, one: &Instruction) -> Result<(), Reason> {
        let Some((last_item, last)) = self.members.last() else { return Ok(()) };
        let say = |refusal: &'static Refusal, what: &str| Err((refusal, what.to_owned()));
        if [*last_item, item].iter().any(|item| facts.kept.keeps(*item, &META.names())) {
            return say(&KEPT, KEPT.summary);
        }
        if last.opaque.is_some() || one.opaque.is_some() {
            return say(&VERSION_DEPENDENT, "frontend versions read one of them differently");
        }
        if form(last) != form(one) || form(one).is_none() {
            return say(&FORMS_DIFFER, FORMS_DIFFER.summary);
        }
        if comment_between(facts, last, one) {
            return say(&COMMENT, "a comment at the end or the start of one of them would be lost");
        }
        if self.members.len() == 1 && has_pragma(facts, *last_item) {
            return say(&PRAGMA, "the comment above the first is one that a tool reads, and speaks of that alone");
        }
        if self.length + one.rest.len() > LONGEST {
            return say(&TOO_LONG, "together they would be longer than one instruction should be");
        }
        match &one.args {
            Args::Pairs { pairs, .. } => self.takes_pairs(facts.file.escape, one, pairs),
            _ => Ok(()),
        }
    }

    fn takes_pairs(&self, escape: char, one: &Instruction, pairs: &[Pair]) -> Result<(), Reason> {
        if let Some(odd) = self.odd.as_deref().or_else(|| odd_name(pairs, escape)) {
            return Err((&NOT_PLAIN, format!("the name `{odd}` is not plain text")));
        }
        let names = pairs.iter().filter_map(|pair| name(pair, escape));
        if let Some(name) = names.into_iter().find(|name| self.names.contains(name)) {
            return Err((&DUPLICATE, format!("both set `{name}`")));
        }
        let values = pairs.iter().filter_map(|pair| pair.value.as_ref()).filter(|_| one.keyword == Keyword::Env);
        if let Some(name) = values.into_iter().find_map(|value| self.reference(escape, &value.text)) {
            return Err((&REFERENCE, format!("its value refers to `{name}`, which the one before sets")));
        }
        match self.members.last().is_some_and(|(_, last)| reads_as_both(escape, last, one)) {
            true => Ok(()),
            false => Err((&INVALID, "BuildKit can't read a value of one of them, and the build stops here".to_owned())),
        }
    }

    /// A variable that the group sets and a value refers to.
    fn reference(&self, escape: char, text: &str) -> Option<String> {
        let pieces = value::read(text, escape)?;
        let mut found = None;
        value::each_name(&pieces, &mut |name| {
            if self.names.contains(name) {
                found = Some(name.to_owned());
            }
        });
        found
    }

    fn add(&mut self, escape: char, item: usize, one: &'f Instruction) {
        self.length += one.rest.len();
        self.odd = self.odd.take().or_else(|| odd_name(pairs_of(one), escape).map(str::to_owned));
        self.names.extend(pairs_of(one).iter().filter_map(|pair| name(pair, escape)));
        self.members.push((item, one));
    }

    fn close(self, facts: &Facts, out: &mut Findings) {
        let ([(head_item, head), rest @ ..], Some((_, tail))) = (self.members.as_slice(), self.members.last()) else {
            return;
        };
        if rest.is_empty() || self.torn {
            return;
        }
        let joint = joint(facts, *head_item, &self.members);
        let mut edits = Vec::new();
        for (left, right) in self.members.iter().zip(rest) {
            edits.push(Edit::replace(gap(left.1, right.1), joint.clone()));
        }
        let name = head.keyword.name();
        if let Ok(edits) = EditSet::new(edits) {
            out.rewrites.push(Rewrite {
                at: head.keyword_span.to(tail.line.span(tail.rest.clone())),
                title: format!("put {} {name} into one", self.members.len()),
                reason: "one instruction says the same with one entry in the image's history".to_owned(),
                level: Level::Safe,
                edits,
                notes: Vec::new(),
                touches: Vec::new(),
            });
        }
    }
}

/// What must be the same for two to be put together; `None` where none can.
fn form(one: &Instruction) -> Option<bool> {
    match &one.args {
        Args::Pairs { legacy: false, .. } => Some(false),
        Args::Words { json, words } if !words.is_empty() => Some(*json),
        _ => None,
    }
}

/// Whether all values can be read, and both instructions in one line are read as their pairs: a quote that is not closed
/// would go on in the second.
fn reads_as_both(escape: char, left: &Instruction, right: &Instruction) -> bool {
    let texts = |pairs: &[Pair]| -> Vec<(String, Option<String>)> {
        pairs.iter().map(|pair| (pair.name.text.clone(), pair.value.as_ref().map(|value| value.text.clone()))).collect()
    };
    let rest = |one: &Instruction| one.line.text()[one.rest.clone()].to_owned();
    let both = [texts(pairs_of(left)), texts(pairs_of(right))].concat();
    let text = format!("# escape={escape}\nFROM scratch\nENV {} {}\n", rest(left), rest(right));
    let source = Source::new(text);
    let parsed = syntax::parse(&source);
    let found = parsed.file.instructions().nth(1).map(|(_, one)| texts(pairs_of(one)));
    let readable = |(_, value): &(String, Option<String>)| {
        value.as_ref().is_some_and(|value| value::read(value, escape).is_some())
    };
    parsed.errors.is_empty() && found.as_ref() == Some(&both) && both.iter().all(readable)
}

fn pairs_of(one: &Instruction) -> &[Pair] {
    match &one.args {
        Args::Pairs { pairs, .. } => pairs,
        _ => &[],
    }
}

/// The first name that is not plain text.
fn odd_name(pairs: &[Pair], escape: char) -> Option<&str> {
    pairs.iter().find(|pair| name(pair, escape).is_none()).map(|pair| pair.name.text.as_str())
}

/// The name, where no variable is in it.
fn name(pair: &Pair, escape: char) -> Option<String> {
    value::literal(&pair.name.text, escape)
}

/// What stands between the arguments of two neighbours: the line end, the keyword, the brackets of arrays.
fn gap(left: &Instruction, right: &Instruction) -> Span {
    let (mut from, mut to) = (left.rest.end, right.rest.start);
    if let (Args::Words { json: true, words: first }, Args::Words { json: true, words: second }) =
        (&left.args, &right.args)
    {
        from = first.last().map_or(from, |word| word.range.end);
        to = second.first().map_or(to, |word| word.range.start);
    }
    let end = left.line.span(0..from).end;
    Span { start: end, end: right.line.offset(to) as u32 }
}

fn comment_between(facts: &Facts, left: &Instruction, right: &Instruction) -> bool {
    let between = facts.source.slice(gap(left, right));
    between.lines().skip(1).map(str::trim_start).any(|line| line.starts_with('#'))
}

/// Whether a comment that a tool reads for the first one alone stands above it.
fn has_pragma(facts: &Facts, item: usize) -> bool {
    let above = facts.file.items[..item].iter().rev();
    let mut above = above.take_while(|one| !matches!(one.kind, ItemKind::Instruction(_)));
    above.any(|one| matches!(one.kind, ItemKind::Comment) && keep::is_pragma(facts.source, one))
}

/// What comes between two arguments: a new line, in the style of the file; for ports and folders a space where they fit.
fn joint(facts: &Facts, item: usize, members: &[(usize, &Instruction)]) -> String {
    let json = matches!(&members[0].1.args, Args::Words { json: true, .. });
    let comma = if json { "," } else { "" };
    let width: usize = members.iter().map(|(_, one)| one.rest.len() + 2).sum();
    let wide = members[0].1.keyword.name().len() + width > WIDEST;
    let continued = members.iter().any(|(_, one)| !one.line.contiguous(one.rest.clone()));
    let pairs = matches!(&members[0].1.args, Args::Pairs { .. });
    match pairs || wide || continued {
        false => format!("{comma} "),
        true => {
            let (indent, escape, eol) = (layout::indent(facts, item), facts.file.escape, facts.source.eol());
            format!("{comma} {escape}{eol}{indent}")
        }
    }
}
