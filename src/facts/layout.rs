//! How a file is laid out: which comments belong to which instruction, and in what style long RUNs are written. Knows white
//! space and comments, not what they mean.

use crate::facts::Facts;
use crate::syntax::{Instruction, Item, ItemKind, Keyword};
use crate::text::Span;

/// Whether another instruction stands between two items.
pub fn parted(facts: &Facts, left: usize, right: usize) -> bool {
    facts.file.items[left + 1..right].iter().any(|item| matches!(item.kind, ItemKind::Instruction(_)))
}

/// Where the comments begin that stand directly above an item.
pub fn attached(facts: &Facts, item: usize) -> usize {
    let items = &facts.file.items;
    let is_comment = |item: &&Item| matches!(item.kind, ItemKind::Comment);
    let count = items[..item].iter().rev().take_while(is_comment).count();
    items[item - count].span.start as usize
}

/// How the file writes long RUNs.
#[derive(Clone, Debug)]
pub struct Style {
    /// White space before a continued line.
    indent: String,
    /// `&&` at the start of the line rather than at its end.
    leading: bool,
    escape: char,
    eol: &'static str,
}

impl Style {
    /// The style of the continued lines of the file's RUNs; where there are none: the indentation of the facts, `&&` at the start.
    pub fn of<'f>(facts: &'f Facts) -> &'f Style {
        facts.asked.style.get_or_init(|| Style::read(facts))
    }

    /// The style of the chains of these RUNs, by their items; that of the file, if they have none that goes over several lines.
    pub fn of_runs(facts: &Facts, items: impl IntoIterator<Item = usize>) -> Style {
        let lines: Vec<Continued> = items.into_iter().flat_map(|item| continued_lines(facts, item)).collect();
        let joined = lines.iter().any(|line| line.leads || line.trails);
        if joined { Style::from(facts, &lines) } else { Style::of(facts).clone() }
    }

    /// What puts a command after another one of a RUN, which ends at an offset of the file: on a line of its own if the RUN goes
    /// over several lines and that command has its own, else on the same line.
    pub fn after(facts: &Facts, item: usize, command: Span, text: &str) -> String {
        match has_own_lines(facts, item, command) {
            true => Style::of_runs(facts, [item]).join(&[], text),
            false => format!(" && {text}"),
        }
    }

    fn read(facts: &Facts) -> Style {
        let runs = facts.file.instructions().filter(|(_, one)| one.keyword == Keyword::Run && one.heredocs.is_empty());
        let lines: Vec<Continued> = runs.flat_map(|(item, _)| continued_lines(facts, item)).collect();
        Style::from(facts, &lines)
    }

    fn from(facts: &Facts, lines: &[Continued]) -> Style {
        let leading: Vec<&str> = lines.iter().filter(|line| line.leads).map(|line| line.indent).collect();
        let trailing: Vec<&str> = lines.iter().filter(|line| line.trails).map(|line| line.indent).collect();
        let all: Vec<&str> = lines.iter().map(|line| line.indent).collect();
        let leads = leading.len() >= trailing.len();
        let sample = match leads {
            true if leading.is_empty() => &all,
            true => &leading,
            false => &trailing,
        };
        let indent = usual(sample).unwrap_or(&facts.indent).to_owned();
        Style { indent, leading: leads, escape: facts.file.escape, eol: facts.source.eol() }
    }

    /// What joins a command to those before it: `&&`, a continuation, comment lines, and its text.
    pub fn join(&self, comments: &[String], body: &str) -> String {
        let Style { indent, escape, eol, .. } = self;
        let comments: String = comments.iter().map(|comment| format!("{indent}{comment}{eol}")).collect();
        match self.leading {
            true => format!(" {escape}{eol}{comments}{indent}&& {body}"),
            false => format!(" && {escape}{eol}{comments}{indent}{body}"),
        }
    }
}

/// Whether a command stands on lines of its own in an instruction that goes over several lines.
fn has_own_lines(facts: &Facts, item: usize, command: Span) -> bool {
    let Some(instruction) = facts.instruction(item) else { return false };
    let text = facts.source.text();
    let rest = instruction.line.span(instruction.rest.clone());
    let whole = &text[rest.start as usize..rest.end as usize];
    let before = text[..command.start as usize].rsplit('\n').next().unwrap_or_default().trim();
    let after = text[command.end as usize..].lines().next().unwrap_or_default().trim();
    let after = after.trim_end_matches(facts.file.escape).trim_end();
    let starts = command.start == rest.start || ["", "&&", ";", "||"].contains(&before);
    whole.trim_end().contains('\n') && starts && ["", "&&", ";"].contains(&after)
}

/// A continued line of a RUN.
struct Continued<'t> {
    /// The white space that it starts with.
    indent: &'t str,
    /// It starts with `&&`.
    leads: bool,
    /// The line before it ends with `&&`.
    trails: bool,
}

/// The lines of a RUN but the first; comments and blank lines are passed over.
fn continued_lines<'t>(facts: &'t Facts, item: usize) -> impl Iterator<Item = Continued<'t>> {
    let lines = facts.source.slice(facts.file.items[item].span).lines();
    let code = lines.filter(|line| !line.trim_start().starts_with('#') && !line.trim().is_empty());
    let mut before = "";
    let escape = facts.file.escape;
    let read = move |line: &'t str| {
        let text = line.trim_start_matches([' ', '\t']);
        let trails = before.trim_end().trim_end_matches(escape).trim_end().ends_with("&&");
        let indent = &line[..line.len() - text.len()];
        before = line;
        Continued { indent, leads: text.starts_with("&&"), trails }
    };
    code.map(read).skip(1)
}

/// The most frequent one that is not empty; the first one wins a tie.
fn usual<'t>(indents: &[&'t str]) -> Option<&'t str> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for indent in indents.iter().filter(|indent| !indent.is_empty()) {
        match counts.iter_mut().find(|(known, _)| known == indent) {
            Some((_, count)) => *count += 1,
            None => counts.push((indent, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(indent, _)| indent)
}

/// What goes when the instructions up to the item `last` are taken away from offset `start` on: where that would leave two
/// blank lines, one of these too.
pub fn taken_away(facts: &Facts, start: usize, last: usize) -> Span {
    let items = &facts.file.items;
    let blank = |index: usize| items.get(index).is_some_and(|item| matches!(item.kind, ItemKind::Blank));
    let above = items.partition_point(|item| (item.span.start as usize) < start);
    let both = blank(last + 1) && above.checked_sub(1).is_some_and(blank);
    Span::new(start, items[last + usize::from(both)].span.end as usize)
}

/// The white space before continued lines: what instructions like the one at an item mostly have, else all, else four spaces.
/// What is wider than eight columns is aligned to something in its line, what is narrower than two comes from `&&`: no examples.
pub fn indent(facts: &Facts, item: usize) -> String {
    let keyword = facts.instruction(item).map(|one| one.keyword);
    let mut known = facts.asked.indents.borrow_mut();
    known.entry(keyword).or_insert_with(|| indent_of(facts, keyword)).clone()
}

fn indent_of(facts: &Facts, keyword: Option<Keyword>) -> String {
    let all = facts.file.instructions().filter(|(_, one)| one.heredocs.is_empty());
    let lines = all.flat_map(|(item, one)| continued_lines(facts, item).map(|line| (Some(one.keyword), line.indent)));
    let width = |indent: &str| indent.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>();
    let lines: Vec<(Option<Keyword>, &str)> = lines.filter(|(_, indent)| (2..=8).contains(&width(indent))).collect();
    let own: Vec<&str> = lines.iter().filter(|(one, _)| *one == keyword).map(|(_, indent)| *indent).collect();
    let any: Vec<&str> = lines.iter().map(|(_, indent)| *indent).collect();
    usual(&own).or_else(|| usual(&any)).unwrap_or("    ").to_owned()
}

/// Behind which byte of the file another flag of an instruction goes: behind those that it has.
pub fn flag_place(instruction: &Instruction) -> usize {
    let last = instruction.flags.last().map(|last| instruction.line.span(last.range.clone()));
    last.unwrap_or(instruction.keyword_span).end as usize
}

/// Whether a comment stands between the lines of an instruction, or is swallowed at its end; bodies of heredocs don't count.
pub fn has_comment_inside(facts: &Facts, item: usize) -> bool {
    let Some(instruction) = facts.instruction(item) else { return false };
    let span = facts.file.items[item].span;
    let end = instruction.heredocs.first().map_or(span.end, |heredoc| heredoc.body.start);
    let lines = facts.source.text()[span.start as usize..end as usize].lines();
    lines.map(str::trim_start).any(|line| line.starts_with('#'))
}
