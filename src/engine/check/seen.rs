//! Parts of instructions side by side: FROM, what is set, what is started, flags, and what an act can see.

use super::{Check, Part};
use crate::engine::delta::{self, May};
use crate::engine::trace::{Act, STARTS, Set, Start, Trace, executed, same_value, transferred, variables};
use crate::facts::{Base, Known, ShellText, value, words};
use crate::syntax::{Args, Heredoc, Instruction, Keyword};
use crate::text::Source;

impl<'t> Check<'t> {
    pub(super) fn part(&mut self, part: &Part<'_, 't>) -> Result<(), String> {
        same_from(part.old.from, part.new.from)?;
        self.sets(part)?;
        self.acts(&part.old.acts, &part.new.acts)?;
        self.starts(part)?;
        self.end(part)
    }

    fn sets(&mut self, part: &Part<'_, 't>) -> Result<(), String> {
        let (old, new) = (&part.old.sets, &part.new.sets);
        let (mut i, mut j) = (0, 0);
        let mut came: Vec<Keyword> = Vec::new();
        loop {
            match (old.get(i), new.get(j)) {
                (None, None) => return Ok(()),
                (Some(a), Some(b)) if self.same_set(part, a, b) => (i, j) = (i + 1, j + 1),
                (_, Some(b)) if !came.contains(&b.instruction.keyword) && self.may_come(b) => {
                    came.push(b.instruction.keyword);
                    j += 1;
                }
                (a, b) => return changed(a.map(|set| set.instruction), b.map(|set| set.instruction)),
            }
        }
    }

    fn same_set(&self, part: &Part<'_, 't>, a: &Set, b: &Set) -> bool {
        let (one, other) = (a.instruction, b.instruction);
        if one.keyword != other.keyword {
            return self.is_label(a, b);
        }
        let evaluated = matches!(one.args, Args::Pairs { .. } | Args::Words { .. });
        if !evaluated || one.opaque.is_some() || other.opaque.is_some() {
            return self.same_bytes(one, other) && same_flags(one, other);
        }
        let escape = self.old.file.escape;
        let values = match (a.value, b.value) {
            (Some(a), Some(b)) => same_value(a, b, escape),
            (a, b) => a == b,
        };
        values && same_value(a.name, b.name, escape) && same_flags(one, other) && sees_the_same(part, a, b, escape)
    }

    /// Whether a text became the label that stands for it.
    fn is_label(&self, a: &Set, b: &Set) -> bool {
        let bare = |text: &'_ str| {
            let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned);
            inside('"').or_else(|| inside('\'')).unwrap_or_else(|| text.to_owned())
        };
        self.may.iter().any(|may| match may {
            May::Label(keyword, name) => {
                let text = b.value.and_then(|value| value::literal(value, self.old.file.escape));
                a.instruction.keyword == *keyword
                    && (b.instruction.keyword, b.name) == (Keyword::Label, *name)
                    && text.is_some_and(|text| text == a.name || text == bare(a.name))
            }
            _ => false,
        })
    }

    /// Whether a value may be set that was not set.
    fn may_come(&mut self, set: &Set) -> bool {
        self.may.iter().any(|may| match may {
            May::Insert(keyword, value) => {
                set.instruction.keyword == *keyword
                    && set.instruction.flags.is_empty()
                    && delta::word_fits(value, set.name, &mut self.bound)
            }
            _ => false,
        })
    }

    fn starts(&self, part: &Part<'_, 't>) -> Result<(), String> {
        for (index, keyword) in STARTS.into_iter().enumerate() {
            let mut behind = part.behind.iter().filter_map(|item| self.old.instruction(*item));
            if behind.any(|one| one.keyword == keyword) {
                continue;
            }
            match (&part.old.starts[index], &part.new.starts[index]) {
                (None, None) => {}
                (Some(a), Some(b)) if self.same_start(a, b) => {}
                (a, b) => {
                    let of = |start: &Option<Start<'t>>| start.as_ref().map(|start| start.instruction);
                    return changed(of(a), of(b));
                }
            }
        }
        Ok(())
    }

    fn same_start(&self, a: &Start, b: &Start) -> bool {
        let (one, other) = (a.instruction, b.instruction);
        let words = match (executed(one), executed(other)) {
            (Some(a), Some(b)) => a.eq(b),
            (None, None) => self.same_bytes(one, other) && a.shells == b.shells,
            (None, Some(b)) => self.may.iter().any(|may| matches!(may, May::Exec)) && self.starts_itself(one, b),
            (Some(_), None) => false,
        };
        words && same_flags(one, other)
    }

    /// Whether a text for the shell is one command of these words.
    fn starts_itself<'a>(&self, one: &Instruction, started: impl Iterator<Item = &'a str>) -> bool {
        let Some(text) = one.script(self.old.source).filter(|_| one.opaque.is_none()) else { return false };
        words::literal(&ShellText::new(text))
            .is_some_and(|all| words::started(all).iter().map(String::as_str).eq(started))
    }

    /// What the next stage, or the image, begins with.
    fn end(&self, part: &Part<'_, 't>) -> Result<(), String> {
        let (old, new) = (&part.old.end, &part.new.end);
        if old.workdir != new.workdir {
            return Err(format!("the working folder at the end changed: {:?} became {:?}", old.workdir, new.workdir));
        }
        let child = |stage: usize| self.facts.stages.iter().any(|one| one.base == Base::Stage(stage));
        match old.user != new.user && part.stage.is_some_and(child) {
            true => Err("the user of a stage changed that another stage is made from".to_owned()),
            false => Ok(()),
        }
    }

    /// Whether two instructions say the same with the same bytes behind their flags.
    pub(super) fn same_bytes(&self, a: &Instruction, b: &Instruction) -> bool {
        a.keyword == b.keyword
            && a.line.text()[a.rest.clone()] == b.line.text()[b.rest.clone()]
            && same_heredocs((self.old.source, a), (self.new.source, b))
    }

    /// Whether what a RUN can see is the same: variables, SHELL, USER, volumes.
    pub(super) fn sees(&self, a: &Act, b: &Act) -> bool {
        let of = |act: &Act| (act.seen.variables, act.seen.shells, act.seen.users, act.seen.volumes);
        of(a) == of(b)
    }

    /// Whether both stand in the same folder.
    pub(super) fn same_folder(&self, a: &Act, b: &Act) -> bool {
        match (&a.state.workdir, &b.state.workdir) {
            (Known::Yes(a), Known::Yes(b)) => a == b,
            (Known::Unknown, Known::Unknown) => a.seen.folders == b.seen.folders,
            _ => false,
        }
    }

    /// Whether two COPYs mean the same where they stand: variables in their words, and the folder that they go to.
    pub(super) fn means_the_same(&self, a: &Act, b: &Act) -> bool {
        let text = &a.instruction.line.text();
        let fixed = transferred(a.instruction).is_some_and(|(_, dest)| dest.text.starts_with('/'));
        (!text.contains('$') || a.seen.variables == b.seen.variables)
            && a.seen.volumes == b.seen.volumes
            && (fixed || self.same_folder(a, b))
    }
}

/// Whether the variables of a value are the same for both: none of them is set between what the one sees and what the other does.
fn sees_the_same(part: &Part, a: &Set, b: &Set, escape: char) -> bool {
    if a.sees == b.sees {
        return true;
    }
    let range = a.sees.min(b.sees)..a.sees.max(b.sees);
    let free = |trace: &Trace, text: &str| {
        variables(text, escape).is_some_and(|all| !all.iter().any(|name| trace.sets_between(name, range.clone())))
    };
    [a.name, a.value.unwrap_or_default()].iter().all(|text| free(&part.old, text) && free(&part.new, text))
}

fn same_from(old: Option<&Instruction>, new: Option<&Instruction>) -> Result<(), String> {
    let said = |one: &Instruction| match &one.args {
        Args::From { image, alias } => Some((image.text.clone(), alias.as_ref().map(|alias| alias.text.clone()))),
        _ => None,
    };
    match (old, new) {
        (None, None) => Ok(()),
        (Some(a), Some(b)) if said(a).is_some() && said(a) == said(b) && same_flags(a, b) => Ok(()),
        (a, b) => changed(a, b),
    }
}

/// Whether two instructions have the same flags, in order.
pub(super) fn same_flags(a: &Instruction, b: &Instruction) -> bool {
    a.flags.len() == b.flags.len() && a.flags.iter().zip(&b.flags).all(|(a, b)| a.text == b.text)
}

pub(super) fn same_heredocs(a: (&Source, &Instruction), b: (&Source, &Instruction)) -> bool {
    let same = |(one, other): (&Heredoc, &Heredoc)| {
        (&one.name, one.expand, one.chomp, one.fd) == (&other.name, other.expand, other.chomp, other.fd)
            && a.0.slice(one.body) == b.0.slice(other.body)
    };
    a.1.heredocs.len() == b.1.heredocs.len() && a.1.heredocs.iter().zip(&b.1.heredocs).all(same)
}

/// Says what became of an instruction.
///
/// # Errors
/// Always.
pub(super) fn changed(old: Option<&Instruction>, new: Option<&Instruction>) -> Result<(), String> {
    Err(match (old, new) {
        (Some(old), Some(new)) => format!("line {}: `{}` became `{}`", old.lines.0, shown(old), shown(new)),
        (Some(old), None) => format!("line {}: `{}` is gone", old.lines.0, shown(old)),
        (None, Some(new)) => format!("`{}` came (line {} of the new text)", shown(new), new.lines.0),
        (None, None) => "something changed".to_owned(),
    })
}

/// An instruction on one line, not all of a long one.
pub(super) fn shown(one: &Instruction) -> String {
    short(one.line.text())
}

pub(super) fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(160) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
