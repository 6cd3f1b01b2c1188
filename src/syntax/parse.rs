//! The total loop: lines into items, and each instruction understood.

use crate::syntax::grammar::exec::{self, Exec};
use crate::syntax::grammar::{directive, flags, heredoc, words};
use crate::syntax::lines::{self, Line, Lines};
use crate::syntax::*;
use std::collections::HashSet;

/// Reads a whole file.
pub(super) fn file(source: &Source) -> Parsed {
    let mut reader = Reader::new(source);
    while let Some(line) = reader.lines.next() {
        reader.line(line);
    }
    reader.finish()
}

struct Reader<'s> {
    source: &'s Source,
    text: &'s str,
    lines: Lines<'s>,
    items: Vec<Item>,
    errors: Vec<SyntaxError>,
    escape: char,
    /// Directives are still looked for; `false` for `escape` behind a `#!` line.
    directives: bool,
    escapes: bool,
    seen: HashSet<String>,
    in_stage: bool,
}

impl<'s> Reader<'s> {
    fn new(source: &'s Source) -> Reader<'s> {
        let text = source.text();
        Reader {
            source,
            text,
            lines: Lines::new(text),
            items: Vec::new(),
            errors: Vec::new(),
            escape: '\\',
            directives: true,
            escapes: true,
            seen: HashSet::new(),
            in_stage: false,
        }
    }

    fn line(&mut self, line: Line) {
        let number = self.lines.count;
        let bom = if line.span.start == 0 && self.text.starts_with('\u{feff}') { 3 } else { 0 };
        let start = line.span.start as usize + bom;
        let raw = &self.text[start..line.end];
        let body = raw.trim_start();
        self.too_long(line);
        let found = self.directive(body, line, number);
        let kind = match found {
            Some(directive) => ItemKind::Directive(directive),
            None if body.is_empty() => ItemKind::Blank,
            None if body.starts_with('#') => ItemKind::Comment,
            None => return self.instruction(line, line.end - body.len(), number),
        };
        self.items.push(Item { span: line.span, kind });
    }

    fn too_long(&mut self, line: Line) {
        if line.span.len() > lines::LONGEST {
            let message = format!("the line has {} bytes; BuildKit reads at most {}", line.span.len(), lines::LONGEST);
            self.error(line.span, 0, ErrorStage::Lines, message);
        }
    }

    fn error(&mut self, span: Span, line: u32, stage: ErrorStage, message: String) {
        self.errors.push(SyntaxError { span, line, stage, message });
    }

    /// `escape` counts from the very first line on; `syntax` and `check` also behind a `#!` line. The first line that is no
    /// directive ends the search.
    fn directive(&mut self, body: &str, line: Line, number: u32) -> Option<Directive> {
        if !self.directives {
            return None;
        }
        if number == 1 && body.starts_with("#!") {
            self.escapes = false;
            return None;
        }
        let found =
            directive::directive(body).ok().map(|(_, (name, value))| (name.to_ascii_lowercase(), value.to_owned()));
        let known =
            found.filter(|(name, _)| matches!(name.as_str(), "syntax" | "check") || (name == "escape" && self.escapes));
        let Some((name, value)) = known else {
            self.directives = false;
            return None;
        };
        if !self.seen.insert(name.clone()) {
            let message = format!("the directive `{name}` stands here a second time: remove one of them");
            self.error(line.span, number, ErrorStage::Lines, message);
        }
        if name == "escape" {
            match value.as_str() {
                "\\" => self.escape = '\\',
                "`" => self.escape = '`',
                _ => {
                    let message = "the escape character can only be a backslash or a backquote".to_owned();
                    self.error(line.span, number, ErrorStage::Lines, message);
                }
            }
        }
        Some(Directive { name, value })
    }

    fn instruction(&mut self, first: Line, from: usize, number: u32) {
        let (line, odd) = lines::join(self.text, first, from, &mut self.lines, self.escape);
        let mut context = Context { escape: self.escape, lines: (number, number), errors: Vec::new(), depth: 0 };
        let mut instruction = context.instruction(line);
        if odd {
            instruction.opaque = Some(Opaque::FrontendsDisagree);
        }
        let problems = std::mem::take(&mut context.errors);
        self.heredocs(&mut instruction, number);
        let end = self.lines.offset();
        instruction.lines = (number, self.lines.count);
        if let Args::Onbuild(inner) = &mut instruction.args {
            inner.lines = instruction.lines;
        }
        let span = Span { start: first.span.start, end: end as u32 };
        for (stage, message) in problems {
            self.error(instruction.keyword_span, number, stage, message);
        }
        self.place(&instruction, number);
        self.items.push(Item { span, kind: ItemKind::Instruction(Box::new(instruction)) });
    }

    /// Anything but ARG needs a stage before it.
    fn place(&mut self, instruction: &Instruction, number: u32) {
        match instruction.keyword {
            Keyword::From => self.in_stage = true,
            Keyword::Arg | Keyword::Unknown => {}
            _ if !self.in_stage => {
                let word = self.source.slice(instruction.keyword_span).to_owned();
                let message =
                    format!("`{word}` stands before the first FROM: there is no stage that it could belong to");
                self.error(instruction.keyword_span, number, ErrorStage::Instructions, message);
            }
            _ => {}
        }
    }

    fn heredocs(&mut self, instruction: &mut Instruction, number: u32) {
        if !can_hold_heredocs(instruction) {
            return;
        }
        for opener in heredoc::openers(instruction.line.text()) {
            if opener.spaced {
                instruction.opaque = Some(Opaque::FrontendsDisagree);
            }
            let start = self.lines.offset();
            let Some(terminator) = self.terminator(&opener) else {
                let message =
                    format!("the heredoc `{}` is never ended: put `{}` alone on a line", opener.name, opener.name);
                let span = instruction.line.span(opener.range);
                return self.error(span, number, ErrorStage::Lines, message);
            };
            let body = Span::new(start, terminator.start as usize);
            let heredoc::Opener { name, range, fd, expand, chomp, .. } = opener;
            instruction.heredocs.push(Heredoc { name, opener: range, fd, body, terminator, expand, chomp });
        }
        if let Args::Onbuild(inner) = &mut instruction.args {
            inner.heredocs = instruction.heredocs.clone();
            let shift = instruction.line.text().len() - inner.line.text().len();
            for heredoc in &mut inner.heredocs {
                heredoc.opener = heredoc.opener.start.saturating_sub(shift)..heredoc.opener.end.saturating_sub(shift);
            }
        }
    }

    fn terminator(&mut self, opener: &heredoc::Opener) -> Option<Span> {
        while let Some(line) = self.lines.next() {
            self.too_long(line);
            let text = &self.text[line.span.start as usize..line.end];
            let text = if opener.chomp { text.trim_start_matches('\t') } else { text };
            if text == opener.name {
                return Some(line.span);
            }
        }
        None
    }

    fn finish(mut self) -> Parsed {
        if !self.items.iter().any(|item| matches!(item.kind, ItemKind::Instruction(_))) {
            let message = "there is no instruction in the file".to_owned();
            self.error(Span::at(0), 0, ErrorStage::Lines, message);
        }
        // what stops the reading of lines stops it before any instruction is looked at
        self.errors.sort_by_key(|error| error.stage == ErrorStage::Instructions);
        Parsed { file: File { items: self.items, escape: self.escape }, errors: self.errors }
    }
}

fn can_hold_heredocs(instruction: &Instruction) -> bool {
    match (&instruction.keyword, &instruction.args) {
        (Keyword::Run, args) => !matches!(args, Args::Command(Command::Exec(_))),
        (Keyword::Copy | Keyword::Add, args) => !matches!(args, Args::Transfer { json: true, .. }),
        (Keyword::Onbuild, Args::Onbuild(inner)) => can_hold_heredocs(inner),
        _ => false,
    }
}

/// What is needed to understand one instruction.
struct Context {
    escape: char,
    lines: (u32, u32),
    errors: Vec<(ErrorStage, String)>,
    depth: usize,
}

impl Context {
    fn wrong(&mut self, message: impl Into<String>) -> Args {
        self.errors.push((ErrorStage::Instructions, message.into()));
        Args::Invalid
    }

    /// `keyword (ws flag)* ws rest`
    fn instruction(&mut self, line: Logical) -> Instruction {
        let text = line.text();
        let start = text.len() - text.trim_start().len();
        let end = start + text[start..].trim_end().len();
        let word = text[start..end].find(words::is_separator).map_or(end, |at| start + at);
        let keyword = Keyword::of(&text[start..word]);
        let behind = word + (text[word..end].len() - text[word..end].trim_start_matches(words::is_separator).len());
        let (flags, rest) = flags::flags(&text[..end], behind);
        let from = rest.min(end);
        let from = from + (text[from..end].len() - text[from..end].trim_start().len());
        let range = from..end;
        let keyword_span = line.span(start..word);
        let args = self.args(keyword, &line, &flags, range.clone(), &text[start..word]);
        let odd = flags.iter().any(|flag| !flag.text.is_ascii());
        let opaque = odd.then_some(Opaque::FrontendsDisagree);
        Instruction {
            keyword,
            keyword_span,
            lines: self.lines,
            flags,
            rest: range,
            args,
            heredocs: Vec::new(),
            opaque,
            line,
        }
    }

    fn args(&mut self, keyword: Keyword, line: &Logical, flags: &[Flag], rest: Range<usize>, word: &str) -> Args {
        let text = line.text();
        if keyword != Keyword::Onbuild && keyword != Keyword::Unknown {
            self.check_flags(keyword, flags);
        }
        match keyword {
            Keyword::From => self.from(text, rest),
            Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => Args::Command(self.command(text, rest)),
            Keyword::Shell => match self.command(text, rest) {
                Command::Exec(words) if !words.is_empty() => Args::Command(Command::Exec(words)),
                _ => self.wrong("SHELL wants a JSON array of strings: `SHELL [\"/bin/bash\", \"-c\"]`"),
            },
            Keyword::Copy | Keyword::Add => self.transfer(text, rest),
            Keyword::Env | Keyword::Label => self.pairs(text, rest),
            Keyword::Arg => match words::names(text, rest, self.escape) {
                pairs if pairs.is_empty() => self.wrong("ARG has no name"),
                pairs => Args::Pairs { pairs, legacy: false },
            },
            Keyword::Expose => self.listed(words::split(text, rest), false, "EXPOSE has no port"),
            Keyword::Volume => match self.words_or_json(text, rest) {
                (words, json) => self.listed(words, json, "VOLUME has no path"),
            },
            Keyword::User | Keyword::Workdir | Keyword::Stopsignal | Keyword::Maintainer => match rest.is_empty() {
                true => self.wrong(format!("{} has no argument", word.to_uppercase())),
                false => Args::Text(words::arg(text, rest)),
            },
            Keyword::Healthcheck => self.healthcheck(text, rest),
            Keyword::Onbuild => self.onbuild(line, rest),
            Keyword::Unknown => self.wrong(unknown(word)),
        }
    }

    fn command(&mut self, text: &str, rest: Range<usize>) -> Command {
        match exec::exec(text, rest.clone()) {
            Exec::Words(words) => Command::Exec(words),
            Exec::NotStrings => {
                self.errors.push((ErrorStage::Lines, "the exec form holds something that is not a string".to_owned()));
                Command::Shell(rest)
            }
            Exec::No => Command::Shell(rest),
        }
    }

    fn words_or_json(&mut self, text: &str, rest: Range<usize>) -> (Vec<Arg>, bool) {
        match self.command(text, rest.clone()) {
            Command::Exec(words) => (words, true),
            Command::Shell(_) => (words::split(text, rest), false),
        }
    }

    fn transfer(&mut self, text: &str, rest: Range<usize>) -> Args {
        let (mut words, json) = self.words_or_json(text, rest);
        match words.pop() {
            Some(dest) if !words.is_empty() => Args::Transfer { sources: words, dest, json },
            _ => self.wrong("a source and a destination are needed"),
        }
    }

    fn pairs(&mut self, text: &str, rest: Range<usize>) -> Args {
        match words::pairs(text, rest, self.escape) {
            Ok((pairs, _)) if pairs.is_empty() => self.wrong("there is no `name=value`"),
            Ok((pairs, _)) if pairs.iter().any(|pair| pair.name.text.is_empty()) => {
                self.wrong("a name is empty: write `name=value` without spaces around the `=`")
            }
            Ok((pairs, legacy)) => Args::Pairs { pairs, legacy },
            Err(message) => {
                self.errors.push((ErrorStage::Lines, message));
                Args::Invalid
            }
        }
    }

    fn listed(&mut self, words: Vec<Arg>, json: bool, none: &str) -> Args {
        match words.is_empty() {
            true => self.wrong(none),
            false => Args::Words { words, json },
        }
    }

    /// `image ("AS" name)?`
    fn from(&mut self, text: &str, rest: Range<usize>) -> Args {
        match words::split(text, rest).as_slice() {
            [image] => Args::From { image: image.clone(), alias: None },
            [image, r#as, name] if r#as.text.eq_ignore_ascii_case("as") => {
                if !is_stage_name(&name.text.to_lowercase()) {
                    return self.wrong(format!(
                        "`{}` is no name for a stage: use letters, digits, `-`, `_` and `.`",
                        name.text
                    ));
                }
                Args::From { image: image.clone(), alias: Some(name.clone()) }
            }
            _ => self.wrong("FROM takes an image and, where wanted, `AS name`; a comment needs a line of its own"),
        }
    }

    /// `"NONE" | "CMD" command`
    fn healthcheck(&mut self, text: &str, rest: Range<usize>) -> Args {
        let body = &text[rest.clone()];
        let end = body.find(char::is_whitespace).unwrap_or(body.len());
        let start = rest.start + end + (body[end..].len() - body[end..].trim_start().len());
        match body[..end].to_ascii_uppercase().as_str() {
            "NONE" if start == rest.end => Args::Healthcheck(None),
            "NONE" => self.wrong("HEALTHCHECK NONE takes no arguments"),
            "CMD" if start == rest.end => self.wrong("HEALTHCHECK CMD has no command"),
            "CMD" => Args::Healthcheck(Some(self.command(text, start..rest.end))),
            _ => self.wrong("HEALTHCHECK wants `NONE`, or `CMD` and a command"),
        }
    }

    fn onbuild(&mut self, line: &Logical, rest: Range<usize>) -> Args {
        if rest.is_empty() || self.depth > 0 {
            return self.wrong("ONBUILD wants one instruction, and not ONBUILD, FROM or MAINTAINER");
        }
        self.depth += 1;
        let inner = self.instruction(line.part(rest));
        self.depth -= 1;
        match inner.keyword {
            Keyword::From | Keyword::Maintainer | Keyword::Onbuild => {
                self.wrong("ONBUILD wants one instruction, and not ONBUILD, FROM or MAINTAINER")
            }
            _ => Args::Onbuild(Box::new(inner)),
        }
    }

    fn check_flags(&mut self, keyword: Keyword, flags: &[Flag]) {
        let (once, many): (&[&str], &[&str]) = match keyword {
            Keyword::From => (&["platform"], &[]),
            Keyword::Run => (&["network", "security"], &["mount", "device"]),
            Keyword::Copy => (&["from", "chown", "chmod", "link", "parents"], &["exclude"]),
            Keyword::Add => (&["chown", "chmod", "link", "keep-git-dir", "checksum", "unpack"], &["exclude"]),
            Keyword::Healthcheck => (&["interval", "timeout", "start-period", "start-interval", "retries"], &[]),
            Keyword::Arg | Keyword::Stopsignal => return,
            _ => (&[], &[]),
        };
        let boolean = ["link", "parents", "keep-git-dir", "unpack"];
        for (index, flag) in flags.iter().enumerate() {
            let name = flag.name.as_str();
            if !once.contains(&name) && !many.contains(&name) {
                self.errors.push((ErrorStage::Instructions, format!("`--{name}` is no flag of this instruction")));
            } else if flag.value.is_none() && !boolean.contains(&name) {
                self.errors.push((ErrorStage::Instructions, format!("`--{name}` needs a value: `--{name}=…`")));
            } else if once.contains(&name) && flags[..index].iter().any(|other| other.name == name) {
                self.errors.push((ErrorStage::Instructions, format!("`--{name}` stands here twice")));
            }
        }
    }
}

/// `[a-z][a-z0-9-_.]*`, and not a reserved word.
fn is_stage_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
        && !matches!(name, "scratch" | "context")
}

fn unknown(word: &str) -> String {
    let shown: String = word.chars().take(40).collect();
    let near = Keyword::ALL.iter().map(|(name, _)| (distance(name, &word.to_ascii_uppercase()), name)).min();
    match near {
        Some((steps, name)) if steps <= 2 => format!("`{shown}` is no instruction; did you mean `{name}`?"),
        _ => format!("`{shown}` is no instruction; does the line before end without a `\\`?"),
    }
}

/// Levenshtein's distance, for short words.
fn distance(a: &str, b: &str) -> usize {
    if b.len() > 20 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
