//! The author's word: comments that ask a tool to leave something as it is.
//!
//! `# dfopt: keep <id> [reason]` speaks of the next instruction, `# dfopt: off` of the whole file. hadolint's `ignore=` and
//! BuildKit's `check=skip=` are obeyed where they name the smell that a transform would remove.

use crate::syntax::{File, Item, ItemKind};
use crate::text::Source;
use std::collections::BTreeMap;
use std::ops::Range;

/// Which names are kept where.
#[derive(Debug, Default)]
pub struct Kept {
    /// `# dfopt: off` was found.
    pub off: bool,
    file: Vec<String>,
    items: BTreeMap<usize, Vec<String>>,
}

impl Kept {
    /// Reads the comments of a file.
    pub(super) fn read(source: &Source, file: &File) -> Kept {
        let mut kept = Kept::default();
        let mut pending = Vec::new();
        for (index, item) in file.items.iter().enumerate() {
            match &item.kind {
                ItemKind::Comment => kept.comment(body(source, item), &mut pending),
                ItemKind::Directive(directive) if directive.name == "check" => {
                    kept.file.extend(check_skips(&directive.value));
                }
                ItemKind::Instruction(_) if !pending.is_empty() => {
                    kept.items.insert(index, std::mem::take(&mut pending));
                }
                _ => {}
            }
        }
        kept
    }

    fn comment(&mut self, comment: &str, pending: &mut Vec<String>) {
        if let Some(rest) = comment.strip_prefix("dfopt:") {
            let mut words = rest.split_whitespace();
            match (words.next(), words.next()) {
                (Some("off"), _) => self.off = true,
                (Some("keep"), Some(ids)) => pending.extend(ids.split(',').map(str::to_owned)),
                _ => {}
            }
        } else if let Some(rest) = comment.strip_prefix("hadolint") {
            let rest = rest.trim_start();
            let (names, global) = match rest.strip_prefix("global") {
                Some(rest) => (rest.trim_start(), true),
                None => (rest, false),
            };
            let ignored = names.strip_prefix("ignore=").map(comma_list).unwrap_or_default();
            if global { self.file.extend(ignored) } else { pending.extend(ignored) }
        } else if let Some(value) = comment.strip_prefix("check=") {
            pending.extend(check_skips(value));
        }
    }

    /// Whether one of `names` (a transform's id and the rules that name its smell) is kept at an item.
    pub fn keeps(&self, item: usize, names: &[&str]) -> bool {
        let here = self.items.get(&item).into_iter().flatten();
        self.off || self.file.iter().chain(here).any(|kept| kept == "all" || names.iter().any(|n| n == kept))
    }

    /// What is kept of `names`: a transform's id and the rules that name its smell.
    pub fn of(&self, names: &[&str]) -> KeptItems {
        let named = |kept: &String| kept == "all" || names.iter().any(|name| name == kept);
        if self.off || self.file.iter().any(named) {
            return KeptItems { all: true, items: Vec::new() };
        }
        let items = self.items.iter().filter(|(_, kept)| kept.iter().any(named)).map(|(item, _)| *item);
        KeptItems { all: false, items: items.collect() }
    }
}

/// The instructions that the author keeps from a transform.
#[derive(Debug)]
pub struct KeptItems {
    all: bool,
    /// Their items, in order.
    items: Vec<usize>,
}

impl KeptItems {
    /// Whether one of them is among some items of a file.
    pub fn any_within(&self, file: &File, items: Range<usize>) -> bool {
        if self.all {
            let mut inside = file.items.get(items).unwrap_or_default().iter();
            return inside.any(|item| matches!(item.kind, ItemKind::Instruction(_)));
        }
        let first = self.items.partition_point(|item| *item < items.start);
        self.items.get(first).is_some_and(|item| *item < items.end)
    }
}

fn body<'a>(source: &'a Source, item: &Item) -> &'a str {
    source.slice(item.span).trim().trim_start_matches('#').trim()
}

fn comma_list(names: &str) -> Vec<String> {
    let names = names.split(|c: char| c.is_whitespace() || c == ';').next().unwrap_or_default();
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// `skip=A,B;error=true` → A, B.
fn check_skips(value: &str) -> Vec<String> {
    value.split(';').filter_map(|part| part.trim().strip_prefix("skip=")).flat_map(comma_list).collect()
}

/// Whether a comment is an instruction to a tool that must stand directly above a Dockerfile instruction to work.
pub fn is_pragma(source: &Source, item: &Item) -> bool {
    const PREFIXES: &[&str] = &[
        "hadolint ",
        "check=",
        "shellcheck ",
        "checkov:",
        "trivy:",
        "tfsec:",
        "kics-scan",
        "nosemgrep",
        "dockerfilelint",
        "dfopt:",
        "tally ",
        "droast ",
        "syntax=",
        "escape=",
        "renovate:",
    ];
    let text = body(source, item).to_ascii_lowercase();
    PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}
