//! Reading a text again after edits: items that no edit touched are taken as they were, for once the parser directives are over
//! what an item is depends on its own lines alone. A file that BuildKit would refuse, before or after, is read whole.

use super::parse::{self, Parser};
use super::{Item, ItemKind, Keyword, Parsed, Reparsed};
use crate::text::{Source, Span};
use std::sync::Arc;

pub(super) fn reparse(old: &Parsed, changes: &[(Span, usize)], source: &Source) -> Reparsed {
    let partly = || {
        let mut again = Again::begin(old, changes, source)?;
        again.go_on()?;
        again.finish()
    };
    partly().unwrap_or_else(|| {
        let parsed = parse::parse(source);
        let read = parsed.file.items.len();
        Reparsed { old: vec![None; read], read, parsed }
    })
}

struct Again<'a, 's> {
    parser: Parser<'s>,
    /// For each item of the parser, which one it was.
    old: Vec<Option<usize>>,
    escape: char,
    rest: Rest<'a>,
}

/// The old items that may still come, and where they stand now.
struct Rest<'a> {
    items: &'a [Item],
    next: usize,
    /// The line, in the old text, in which the next one starts.
    line: u32,
    /// The changes that do not lie before the next one, and by how many bytes the others move it.
    changes: &'a [(Span, usize)],
    moved: i64,
}

impl<'a, 's> Again<'a, 's> {
    /// Takes the items before the first change; none where that comes before the end of the first instruction, for parser
    /// directives may stand there.
    fn begin(old: &'a Parsed, changes: &'a [(Span, usize)], source: &'s Source) -> Option<Again<'a, 's>> {
        let items = old.file.items.as_slice();
        let first = items.iter().position(|item| matches!(item.kind, ItemKind::Instruction(_)))?;
        let (change, _) = changes.first().filter(|_| old.errors.is_empty())?;
        let touched = items.partition_point(|item| item.span.end < change.start);
        let rest = Rest { items, next: 0, line: 1, changes, moved: 0 };
        let escape = old.file.escape;
        let mut again = Again { parser: Parser::new(source), old: Vec::with_capacity(items.len()), escape, rest };
        if touched > first {
            again.parser.begin_behind_directives(escape);
            (0..touched).try_for_each(|_| again.keep())?;
        } else {
            (0..=first).for_each(|_| again.rest.pass());
        }
        Some(again)
    }

    /// Keeps or reads one item after the other.
    fn go_on(&mut self) -> Option<()> {
        loop {
            let here = self.parser.reader.offset() as i64;
            while self.rest.place().is_some_and(|place| place < here || self.rest.is_touched()) {
                self.rest.pass();
            }
            if self.parser.any && self.rest.place() == Some(here) {
                self.keep()?;
            } else {
                let Some(line) = self.parser.reader.next() else { return Some(()) };
                self.parser.item(line);
                self.old.resize(self.parser.items.len(), None);
            }
        }
    }

    /// Takes the next old item as it is; `None` where it would be read otherwise.
    fn keep(&mut self) -> Option<()> {
        let Rest { items, next, line, moved, .. } = self.rest;
        let (item, parser) = (&items[next], &mut self.parser);
        let lines = i64::from(parser.reader.number()) + 1 - i64::from(line);
        let kind = match &item.kind {
            ItemKind::Junk => return None,
            ItemKind::Instruction(instruction) => {
                parser.staged |= instruction.keyword == Keyword::From;
                if self.escape != parser.escape || !(parser.staged || instruction.keyword == Keyword::Arg) {
                    return None;
                }
                match (moved, lines) {
                    (0, 0) => item.kind.clone(),
                    by => ItemKind::Instruction(Arc::new(instruction.moved(by))),
                }
            }
            kind => kind.clone(),
        };
        parser.items.push(Item { span: item.span.moved(moved), kind });
        parser.reader.skip(item.lines());
        self.old.push(Some(next));
        self.rest.pass();
        Some(())
    }

    fn finish(self) -> Option<Reparsed> {
        let parsed = self.parser.finish();
        // a part that can't be read is told at the end
        let mut old = self.old;
        old.resize(parsed.file.items.len(), None);
        let read = old.iter().filter(|old| old.is_none()).count();
        parsed.errors.is_empty().then_some(Reparsed { parsed, old, read })
    }
}

impl Rest<'_> {
    /// Where the next item stands, unless it is touched.
    fn place(&self) -> Option<i64> {
        self.items.get(self.next).map(|item| i64::from(item.span.start) + self.moved)
    }

    /// Whether a change touches the next item, be it at an edge.
    fn is_touched(&self) -> bool {
        let end = self.items.get(self.next).map(|item| item.span.end);
        self.changes.first().zip(end).is_some_and(|((change, _), end)| change.start <= end)
    }

    /// Goes on to the item behind the next one.
    fn pass(&mut self) {
        self.line += self.items[self.next].lines();
        self.next += 1;
        let Some(item) = self.items.get(self.next) else { return };
        while let Some(((change, length), rest)) = self.changes.split_first()
            && change.end < item.span.start
        {
            self.moved += *length as i64 - change.len() as i64;
            self.changes = rest;
        }
    }
}

impl Item {
    /// How many lines it has.
    fn lines(&self) -> u32 {
        match &self.kind {
            ItemKind::Instruction(instruction) => instruction.lines.1 + 1 - instruction.lines.0,
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, EditSet};
    use crate::syntax;
    use proptest::prelude::*;

    /// What texts are put together from; of the last ones some make a text that can't be built, or stand elsewhere for else.
    const PARTS: &[&str] = &[
        "# a comment\n",
        "\n",
        "FROM a AS b\n",
        "RUN a && \\\n  b\n",
        "RUN <<E\nFROM x\nE\n",
        "ENV a=b c=\"d e\"\r\n",
        "ONBUILD RUN <<E cat\na\nE\n",
        "COPY --chown=1:1 a b /c/\n",
        "RUN a \\\n# no\n\n b\n",
        "CMD [\"a\"]\n",
        "ARG x=1\n",
        "RUN a \\\n",
        "RUN a `\n  b\n",
        "# syntax=docker/dockerfile:1\n",
        "# escape=`\n",
        "RUN <<E\n",
        "E\n",
        "NONSENSE\n",
        "CMD [\"b\"]",
        "\u{feff}",
        "x",
        "",
    ];

    /// Most are among the first.
    fn part() -> impl Strategy<Value = &'static str> {
        prop_oneof![20 => 0usize..10, 1 => 10..PARTS.len()].prop_map(|index| PARTS[index])
    }

    /// Where, from a line's start on or in its middle, how many bytes, and what stands there then.
    type Change = (usize, bool, usize, &'static str);

    fn edited(text: &str, edits: &[Change]) -> Option<(EditSet, Source)> {
        let edits = edits.iter().map(|(at, whole, length, new)| {
            let at = text.floor_char_boundary(at % (text.len() + 1));
            let at = if *whole { text[..at].rfind('\n').map_or(0, |end| end + 1) } else { at };
            Edit::replace(Span::new(at, text.ceil_char_boundary((at + length).min(text.len()))), *new)
        });
        let set = EditSet::new(edits.collect()).ok().filter(|set| !set.is_empty())?;
        let source = Source::new(set.apply(text));
        Some((set, source))
    }

    fn changes(set: &EditSet) -> Vec<(Span, usize)> {
        set.edits().iter().map(|edit| (edit.span, edit.text.len())).collect()
    }

    #[test]
    fn what_is_not_touched_is_not_read() {
        let text = "# c\nFROM a\nRUN b \\\n c\n\n# d\nRUN <<E\nx\nE\nONBUILD RUN y\nCMD z\n";
        let old = syntax::parse(&Source::new(text));
        let at = text.find("c\n\n").unwrap();
        let set = EditSet::new(vec![Edit::replace(Span::new(at, at + 1), "c d \\\n e")]).unwrap();
        let source = Source::new(set.apply(text));
        let again = reparse(&old, &changes(&set), &source);
        assert_eq!(again.parsed.file, syntax::parse(&source).file);
        assert_eq!(again.read, 1);
        assert_eq!(again.old, [Some(0), Some(1), None, Some(3), Some(4), Some(5), Some(6), Some(7)]);
        let shares = |index: usize| match (&old.file.items[index].kind, &again.parsed.file.items[index].kind) {
            (ItemKind::Instruction(one), ItemKind::Instruction(other)) => Arc::ptr_eq(&one.content, &other.content),
            _ => false,
        };
        assert!(shares(1) && shares(5) && shares(7) && !shares(2));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn it_is_as_if_all_were_read(
            parts in prop::collection::vec(part(), 0..12),
            edits in prop::collection::vec((0usize..200, prop::bool::weighted(0.8), prop_oneof![Just(0), 0usize..30], part()), 1..4),
            begun in prop::bool::weighted(0.9),
        ) {
            let text = if begun { format!("FROM a\n{}", parts.concat()) } else { parts.concat() };
            let old = syntax::parse(&Source::new(text.as_str()));
            if let Some((set, source)) = edited(&text, &edits) {
                let (again, whole) = (reparse(&old, &changes(&set), &source), syntax::parse(&source));
                prop_assert_eq!(&again.parsed.file, &whole.file);
                prop_assert_eq!(&again.parsed.errors, &whole.errors);
                prop_assert_eq!(again.old.len(), whole.file.items.len());
            }
        }
    }
}
