//! The total loop: physical lines in, items that tile the file out.

use super::check;
use super::directives::{Directives, Seen};
use super::error::{Refusal, quoted};
use super::grammar::arguments::{instruction, takes_heredocs};
use super::grammar::heredoc::{Opener, openers};
use super::lines::{self, Body, Line, Reader};
use super::{Args, ErrorStage, File, Heredoc, Instruction, Item, ItemKind, Keyword, Opaque, Parsed, SyntaxError};
use crate::text::{Source, Span};
use std::ops::Range;
use std::sync::Arc;

/// Reads a whole file.
pub(super) fn parse(source: &Source) -> Parsed {
    let mut parser = Parser::new(source);
    while let Some(line) = parser.reader.next() {
        parser.item(line);
    }
    parser.finish()
}

pub(super) struct Parser<'s> {
    pub reader: Reader<'s>,
    /// Where the file ends.
    end: usize,
    pub items: Vec<Item>,
    /// The errors of the lines; BuildKit stops at the first of them, before it looks at instructions.
    errors: Vec<SyntaxError>,
    directives: Directives,
    pub escape: char,
    /// Whether an instruction was seen.
    pub any: bool,
    /// Whether a FROM was seen, or its absence told.
    pub staged: bool,
}

impl<'s> Parser<'s> {
    pub fn new(source: &'s Source) -> Parser<'s> {
        Parser {
            reader: Reader::new(source),
            end: source.text().len(),
            items: Vec::new(),
            errors: Vec::new(),
            directives: Directives::new(),
            escape: '\\',
            any: false,
            staged: false,
        }
    }

    /// Goes on as behind an instruction.
    pub fn begin_behind_directives(&mut self, escape: char) {
        self.directives.close();
        self.escape = escape;
        self.any = true;
    }

    /// Reads the item that begins with a line.
    pub fn item(&mut self, line: Line) {
        let (content, offset) = self.reader.content(line);
        let trimmed = content.trim_start();
        let kind = if trimmed.is_empty() {
            self.directives.close();
            ItemKind::Blank
        } else if trimmed.starts_with('#') {
            self.comment(line, content)
        } else {
            self.directives.close();
            return self.instruction(line, (content, offset));
        };
        self.items.push(Item { span: line.span, kind });
    }

    fn comment(&mut self, line: Line, content: &str) -> ItemKind {
        if !self.directives.live() {
            return ItemKind::Comment;
        }
        match self.directives.see(content, line.number == 1) {
            Seen::Comment => ItemKind::Comment,
            Seen::Directive(directive) => {
                if directive.name == "escape" {
                    self.escape = directive.value.chars().next().unwrap_or(self.escape);
                }
                ItemKind::Directive(directive)
            }
            Seen::Refused(message) => {
                self.error(line.span, line.number, ErrorStage::Lines, message);
                ItemKind::Junk
            }
        }
    }

    fn instruction(&mut self, line: Line, first: (&str, usize)) {
        let joined = lines::join(&mut self.reader, first, self.escape);
        let (mut found, refusal) = instruction(joined.line, self.escape);
        if found.line.text().is_empty() {
            found.keyword_span = Span::at(first.1);
        }
        if joined.doubtful {
            found.content_mut().opaque = Some(Opaque::FrontendsDisagree);
        }
        let unread = refusal.as_ref().is_some_and(|refusal| refusal.stage == ErrorStage::Lines);
        let (end, last) = (self.reader.offset(), self.reader.number());
        let terminated = unread || self.heredocs(&mut found, line);
        let (end, last) = if terminated { (self.reader.offset(), self.reader.number()) } else { (end, last) };
        set_lines(&mut found, (line.number, last));
        self.judge(&found, refusal);
        self.any = true;
        let span = Span::new(line.span.start as usize, end);
        self.items.push(Item { span, kind: ItemKind::Instruction(Arc::new(found)) });
        if !terminated {
            self.junk(end);
        }
    }

    /// Reads the bodies of an instruction's heredocs. Where one does not end, the rest of the file is read, and none is kept.
    fn heredocs(&mut self, found: &mut Instruction, line: Line) -> bool {
        if !found.line.text().contains("<<") || !takes_heredocs(found) {
            return true;
        }
        let Ok(opened) = openers(found.line.text()) else {
            let message = "the name behind `<<` has an open quote; close it".to_owned();
            self.error(found.line.span(0..found.line.text().len()), line.number, ErrorStage::Lines, message);
            return true;
        };
        if opened.doubtful {
            found.content_mut().opaque = Some(Opaque::FrontendsDisagree);
        }
        let mut heredocs = Vec::with_capacity(opened.openers.len());
        for opener in opened.openers {
            let at = found.line.span(opener.range.clone());
            match self.heredoc(opener) {
                Ok(heredoc) => heredocs.push(heredoc),
                Err(name) => {
                    self.error(at, line.number, ErrorStage::Lines, unterminated(&name, opened.doubtful));
                    return false;
                }
            }
        }
        attach(found, heredocs);
        true
    }

    fn heredoc(&mut self, opener: Opener) -> Result<Heredoc, String> {
        let Opener { range, fd, name, expand, chomp } = opener;
        match lines::body(&mut self.reader, &name, chomp) {
            Some(Body { body, terminator }) => Ok(Heredoc { name, opener: range, fd, body, terminator, expand, chomp }),
            None => Err(name),
        }
    }

    /// Notes what is wrong with an instruction.
    fn judge(&mut self, found: &Instruction, refusal: Option<Refusal>) {
        let line = found.lines.0;
        if let Some(refusal) = refusal.or_else(|| check::flags(found)) {
            let span = match refusal.at.is_empty() {
                true => found.keyword_span,
                false => found.line.span(refusal.at),
            };
            self.error(span, line, refusal.stage, refusal.message);
        } else if !self.staged && !matches!(found.keyword, Keyword::From | Keyword::Arg) {
            let message = "there is no `FROM` before this instruction; only `ARG` may stand in front of it".to_owned();
            self.error(found.keyword_span, 0, ErrorStage::Instructions, message);
            self.staged = true;
        }
        self.staged |= found.keyword == Keyword::From;
    }

    fn error(&mut self, span: Span, line: u32, stage: ErrorStage, message: String) {
        self.errors.push(SyntaxError { span, line, stage, message });
    }

    /// The rest of the file, from `start` on, can't be read.
    fn junk(&mut self, start: usize) {
        if start < self.end {
            self.items.push(Item { span: Span::new(start, self.end), kind: ItemKind::Junk });
        }
    }

    pub fn finish(mut self) -> Parsed {
        let read = self.items.last().map_or(0, |item| item.span.end as usize);
        if self.reader.stopped {
            let message = "a line has 65536 bytes or more, which BuildKit does not read; break it".to_owned();
            self.error(Span::at(read.min(self.reader.offset())), self.reader.number(), ErrorStage::Lines, message);
        }
        self.junk(read);
        if !self.any {
            let message = "there is no instruction in the file; begin with `FROM`".to_owned();
            self.error(Span::at(0), 0, ErrorStage::Lines, message);
        } else if !self.staged && self.errors.is_empty() {
            let message = "there is no `FROM` in the file; nothing is built without one".to_owned();
            self.error(Span::at(self.end), 0, ErrorStage::Instructions, message);
        }
        Parsed { file: File { items: self.items, escape: self.escape }, errors: self.errors }
    }
}

fn unterminated(name: &str, spaced: bool) -> String {
    let name = quoted(name);
    match spaced {
        true => {
            format!("the heredoc never ends: no line is exactly {name}; if none was meant, write `<<` without spaces")
        }
        false => format!("the heredoc never ends: no line is exactly {name}; add that line, or correct the name"),
    }
}

/// Sets the lines of an instruction and of the one inside it.
fn set_lines(found: &mut Instruction, lines: (u32, u32)) {
    found.lines = lines;
    if matches!(found.args, Args::Onbuild(_)) {
        let content = found.content_mut();
        if let Args::Onbuild(inner) = &mut content.args {
            inner.lines = lines;
            content.opaque = content.opaque.or(inner.opaque);
            inner.content_mut().opaque = content.opaque;
        }
    }
}

/// Gives an instruction its heredocs, and the one inside it the same with openers in its own line.
fn attach(found: &mut Instruction, heredocs: Vec<Heredoc>) {
    let start = found.rest.start;
    if matches!(found.args, Args::Onbuild(_))
        && let Args::Onbuild(inner) = &mut found.content_mut().args
    {
        let moved = heredocs.iter().cloned().map(|mut heredoc| {
            let Range { start: from, end: to } = heredoc.opener;
            heredoc.opener = from.saturating_sub(start)..to.saturating_sub(start);
            heredoc
        });
        inner.heredocs = moved.collect();
    }
    found.heredocs = heredocs;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    fn kinds(text: &str) -> Vec<&'static str> {
        let kind = |item: &Item| match item.kind {
            ItemKind::Blank => "blank",
            ItemKind::Comment => "comment",
            ItemKind::Directive(_) => "directive",
            ItemKind::Instruction(_) => "instruction",
            ItemKind::Junk => "junk",
        };
        parse(&Source::new(text)).file.items.iter().map(kind).collect()
    }

    fn errors(text: &str) -> Vec<(u32, ErrorStage)> {
        parse(&Source::new(text)).errors.iter().map(|error| (error.line, error.stage)).collect()
    }

    #[test]
    fn items_hold_whole_lines() {
        let text = "\u{feff}# escape=`\n#c\n\nFROM a\n  # d\nRUN a `\n# e\n\n b\nRUN <<X\n# f\nX\n";
        assert_eq!(
            kinds(text),
            ["directive", "comment", "blank", "instruction", "comment", "instruction", "instruction"]
        );
        let parsed = parse(&Source::new(text));
        let lines: Vec<_> = parsed.file.instructions().map(|(_, instruction)| instruction.lines).collect();
        assert_eq!((lines, parsed.file.escape), (vec![(4, 4), (6, 9), (10, 12)], '`'));
    }

    #[test]
    fn the_byte_order_mark_belongs_to_the_first_item() {
        assert_eq!(kinds("\u{feff}FROM a"), ["instruction"]);
        assert_eq!(kinds("\u{feff}\nFROM a"), ["blank", "instruction"]);
        let parsed = parse(&Source::new("\u{feff} FROM a"));
        let (_, from) = parsed.file.instructions().next().unwrap();
        assert_eq!(from.keyword_span, Span::new(4, 8));
    }

    #[test]
    fn an_unterminated_heredoc_leaves_junk() {
        assert_eq!(kinds("FROM a\nRUN <<X\nb\n"), ["instruction", "instruction", "junk"]);
        assert_eq!(errors("FROM a\nRUN <<X\nb\n"), [(2, ErrorStage::Lines)]);
        assert_eq!(kinds("FROM a\nRUN <<X"), ["instruction", "instruction"]);
    }

    #[test]
    fn only_run_copy_and_add_have_heredocs() {
        let count = |line: &str| {
            let parsed = parse(&Source::new(format!("{line}\nX\n")));
            parsed.file.instructions().next().unwrap().1.heredocs.len()
        };
        for line in ["RUN <<X", "COPY <<X /a", "ADD <<X /a", "ONBUILD RUN <<X", "run a && b <<-X"] {
            assert_eq!(count(line), 1, "{line}");
        }
        for line in
            ["CMD <<X", "ENTRYPOINT <<X", "ENV a=<<X", "HEALTHCHECK CMD <<X", "ONBUILD CMD <<X", "RUN [\"<<X\"]"]
        {
            assert_eq!(count(line), 0, "{line}");
        }
    }

    #[test]
    fn the_inner_instruction_has_its_heredocs_in_its_own_line() {
        let source = Source::new("ONBUILD RUN cat <<X\na\nX\n");
        let parsed = parse(&source);
        let (_, onbuild) = parsed.file.instructions().next().unwrap();
        let Args::Onbuild(inner) = &onbuild.args else { panic!() };
        assert_eq!(&inner.line.text()[inner.heredocs[0].opener.clone()], "<<X");
        assert_eq!(inner.lines, (1, 3));
    }

    #[test]
    fn what_readers_disagree_about_is_opaque() {
        let opaque = |text: &str| {
            let parsed = parse(&Source::new(text));
            parsed.file.instructions().next().unwrap().1.opaque.is_some()
        };
        assert!(opaque("RUN << X\na\nX\n") && opaque("RUN echo $((1 << 4))\n") && opaque("RUN a \\\\\nRUN b\n"));
        assert!(opaque("RUN [\"a\"] || true\n") && opaque("CMD [\"a\"] # x\n") && !opaque("RUN [ -f x ] || true\n"));
        assert!(!opaque("RUN <<X\na\nX\n") && !opaque("RUN echo $((1<<4)) \\\n b\n"));
    }

    #[test]
    fn where_buildkit_stops() {
        use ErrorStage::{Instructions, Lines};
        assert_eq!(errors("FROM a\nRUN b\n"), []);
        assert_eq!(errors(""), [(0, Lines)]);
        assert_eq!(errors("# c\n"), [(0, Lines)]);
        assert_eq!(errors("ARG a\nRUN b\nRUN c\nFROM d\n"), [(0, Instructions)]);
        assert_eq!(errors("ARG a\n"), [(0, Instructions)]);
        assert_eq!(errors("FROM a\n\nRUM b\n"), [(3, Instructions)]);
        assert_eq!(errors("FROM a\n\\\n"), [(2, Instructions)]);
        assert_eq!(errors("# escape=x\nFROM a\n"), [(1, Lines)]);
        assert_eq!(errors("FROM a\nCMD [1]\n"), [(2, Lines)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_junk_with_all_behind_it() {
        let text = format!("FROM a\nRUN {}\nRUN b\n", "x".repeat(70_000));
        assert_eq!(kinds(&text), ["instruction", "junk"]);
        assert_eq!(errors(&text), [(1, ErrorStage::Lines)]);
    }
}
