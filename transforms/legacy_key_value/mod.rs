//! legacy-key-value: `ENV key value` and `LABEL key value` become `key=value`.
//!
//! # Motivation
//! The old form takes one pair, and everything behind the name is the value: `ENV A B= C=x` sets one variable. BuildKit warns
//! about it, and instructions in this form cannot be put together.
//!
//! # Soundness
//! The value is the rest of the line, read as one word; in the new form white space ends a word. The pair is the same if
//!  1. frontends agree on the text;
//!  2. the new text is read as one pair: white space of the value is inside quotes, or behind the escape character in force;
//!  3. name and value evaluate to the same, whatever the variables in them hold, which is compared after each rewrite;
//!  4. no comment inside is lost or comes to stand inside quotes.
//!
//! A value is quoted where it holds neither quotes nor escape characters. Otherwise its bytes stay and each white space that
//! is not quoted gets the escape character.
//!
//! Sources: BuildKit's parser (`parseNameVal`, `parseWords`) and its shell lexer, and builds of both forms.

use crate::edit::{Edit, EditSet};
use crate::engine::refusals::{COMMENT, INVALID, VERSION_DEPENDENT};
use crate::engine::{Chosen, Findings, Level, Meta, Reason, Rewrite, Transform, refuse};
use crate::facts::{Facts, layout, value};
use crate::syntax::{self, Args, Instruction, Pair};
use crate::text::{Source, Span};

/// The transform.
pub struct LegacyKeyValue;

static META: Meta = Meta {
    id: "legacy-key-value",
    summary: "`ENV key value` and `LABEL key value` become `key=value`",
    page: include_str!("README.md"),
    ceiling: Level::Safe,
    needs: &[],
    intends: &[],
    refusals: &[&COMMENT, &INVALID, &VERSION_DEPENDENT],
    options: &[],
    hadolint: &[],
    checks: &["LegacyKeyValueFormat"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for LegacyKeyValue {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (item, instruction) in facts.file.instructions() {
            if let Args::Pairs { pairs, legacy: true } = &instruction.args
                && let [pair] = pairs.as_slice()
            {
                match rewrite(facts, item, instruction, pair) {
                    Ok(rewrite) => out.rewrites.push(rewrite),
                    Err((refusal, what)) => out.refuse(instruction.keyword_span, refusal, what),
                }
            }
        }
    }
}

fn rewrite(facts: &Facts, item: usize, one: &Instruction, pair: &Pair) -> Result<Rewrite, Reason> {
    if one.opaque.is_some() {
        return refuse(&VERSION_DEPENDENT, "frontend versions read it differently");
    }
    if layout::has_comment_inside(facts, item) {
        return refuse(&COMMENT, "a comment between its lines would come to stand inside the value");
    }
    let Some(edits) = edits(facts, one, pair) else {
        return refuse(&INVALID, "BuildKit can't read its name or value, and the build stops here");
    };
    let name = one.keyword.name();
    Ok(Rewrite {
        at: one.line.span(one.rest.clone()),
        title: format!("write `{name} {}` with `=`", pair.name.text),
        reason: "the form without `=` takes all behind the name as the value; BuildKit warns about it".to_owned(),
        level: Level::Safe,
        edits,
        notes: surprise(pair).into_iter().collect(),
        touches: Vec::new(),
    })
}

/// What the old form made of a text that was surely meant otherwise; the value stays what it is.
fn surprise(pair: &Pair) -> Option<String> {
    let value = pair.value.as_ref().map_or("", |value| &value.text);
    let another = value.split_whitespace().any(|word| {
        let name = word.split_once('=').map_or("", |(name, _)| name);
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    let name = &pair.name.text;
    match value.starts_with('=') {
        true => Some(format!("the value of `{name}` begins with `=`, as it did before; probably not meant")),
        false => another.then(|| format!("all of it is the value of `{name}`, as it was before; probably not meant")),
    }
}

/// The first way of writing the pair that is read as the same pair.
fn edits(facts: &Facts, one: &Instruction, pair: &Pair) -> Option<EditSet> {
    let value = pair.value.as_ref()?;
    let between = Span::new(one.line.span(pair.name.range.clone()).end as usize, one.line.offset(value.range.start));
    let end = one.line.span(value.range.clone()).end as usize;
    let equals = |quote: &str| Edit::replace(between, format!("={quote}"));
    let escape = facts.file.escape;
    let escapes = bare_spaces(&value.text, escape).into_iter().map(|at| {
        let at = one.line.offset(value.range.start + at);
        Edit::insert(at, escape)
    });
    let ways = [
        vec![equals("")],
        vec![equals("\""), Edit::insert(end, "\"")],
        std::iter::once(equals("")).chain(escapes).collect(),
    ];
    let plain = !value.text.contains(['"', '\'', escape]);
    let fits = |(index, edits): (usize, Vec<Edit>)| {
        let edits = EditSet::new(edits).ok().filter(|_| index != 1 || plain)?;
        same_pair(facts, one, pair, &edits).then_some(edits)
    };
    ways.into_iter().enumerate().find_map(fits)
}

/// Where white space stands that neither a quote nor an escape character protects.
fn bare_spaces(text: &str, escape: char) -> Vec<usize> {
    let (mut quote, mut escaped) = (None, false);
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        match (c, quote) {
            _ if escaped => escaped = false,
            (c, None | Some('"')) if c == escape => escaped = true,
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (c, None) if c.is_whitespace() => out.push(at),
            _ => {}
        }
    }
    out
}

/// Whether the edited instruction is one pair of the new form, with the same name and value.
fn same_pair(facts: &Facts, one: &Instruction, pair: &Pair, edits: &EditSet) -> bool {
    let escape = facts.file.escape;
    let source = Source::new(format!("# escape={escape}\nFROM scratch\n{}\n", edited(facts, one, edits)));
    let parsed = syntax::parse(&source);
    let found = parsed.file.instructions().nth(1).map(|(_, one)| &one.args);
    let Some(Args::Pairs { pairs, legacy: false }) = found.filter(|_| parsed.errors.is_empty()) else { return false };
    let [new] = pairs.as_slice() else { return false };
    let (Some(old_value), Some(new_value)) = (&pair.value, &new.value) else { return false };
    let same = |old: &str, new: &str| {
        let old = value::read(old, escape);
        old.is_some() && old == value::read(new, escape)
    };
    same(&pair.name.text, &new.name.text) && same(&old_value.text, &new_value.text)
}

/// The text of an instruction with the edits made.
fn edited(facts: &Facts, one: &Instruction, edits: &EditSet) -> String {
    let span = one.keyword_span.to(one.line.span(one.rest.clone()));
    let moved = edits.edits().iter().map(|edit| {
        let (start, end) = (edit.span.start - span.start, edit.span.end - span.start);
        Edit { span: Span { start, end }, text: edit.text.clone() }
    });
    EditSet::new(moved.collect()).unwrap_or_default().apply(facts.source.slice(span))
}
