//! Words: quotes, escapes, expansions, substitutions; redirections and heredocs.

use super::cursor::{Cursor, Outcome, Pending};
use crate::shell::{HeredocBody, List, Part, Redirect, Word};
use crate::text::Span;
use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::{IResult, Parser};

/// What surrounds a run of parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Nothing: blanks and operators end the word.
    Word,
    /// A pattern of `[[ … ]]`: parentheses and `|` are part of it.
    Pattern,
    /// `"…"`
    Quotes,
    /// `${…}`: up to the `}`.
    Braces { quoted: bool, literal_quotes: bool },
    /// A heredoc's body: to the end.
    Heredoc,
}

/// The operators of redirections, longest first.
fn redirect_operator(rest: &str) -> IResult<&str, &str> {
    alt((
        tag("&>>"),
        tag("&>"),
        tag("<<<"),
        tag("<<-"),
        tag("<<"),
        tag("<>"),
        tag("<&"),
        tag("<"),
        tag(">>"),
        tag(">|"),
        tag(">&"),
        tag(">"),
    ))
    .parse(rest)
}

impl Cursor<'_> {
    /// Whether no word can start here.
    pub fn word_ends(&self) -> bool {
        match self.byte() {
            None | Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')') => true,
            Some(b'<' | b'>') => self.ahead(1) != Some(b'('),
            _ => false,
        }
    }

    /// A word of at least one character.
    pub fn word(&mut self) -> Outcome<Word> {
        if self.word_ends() {
            return self.fail("a word is missing");
        }
        self.value()
    }

    /// A word that may be empty.
    pub fn value(&mut self) -> Outcome<Word> {
        let start = self.at;
        let parts = self.parts(Inside::Word)?;
        Ok(Word { span: self.since(start), parts })
    }

    pub fn pattern_word(&mut self) -> Outcome<Word> {
        let start = self.at;
        let parts = self.parts(Inside::Pattern)?;
        if self.at == start { self.fail("a word is missing") } else { Ok(Word { span: self.since(start), parts }) }
    }

    fn parts(&mut self, inside: Inside) -> Outcome<Vec<Part>> {
        self.nested(|this| {
            let mut parts = Vec::new();
            let mut open = 0usize;
            while let Some(byte) = this.byte() {
                if this.stops(inside, byte, &mut open) {
                    break;
                }
                let part = this.part(inside, byte)?;
                push(&mut parts, part);
            }
            Ok(parts)
        })
    }

    fn stops(&self, inside: Inside, byte: u8, open: &mut usize) -> bool {
        match inside {
            Inside::Word => self.word_ends(),
            Inside::Pattern => match byte {
                b' ' | b'\t' | b'\n' => *open == 0,
                b'(' => {
                    *open += 1;
                    false
                }
                b')' if *open > 0 => {
                    *open -= 1;
                    false
                }
                b')' | b';' => true,
                b'&' => *open == 0 && self.starts("&&"),
                b'|' => *open == 0 && self.starts("||"),
                _ => false,
            },
            Inside::Quotes => byte == b'"',
            Inside::Braces { .. } => byte == b'}',
            Inside::Heredoc => false,
        }
    }

    fn part(&mut self, inside: Inside, byte: u8) -> Outcome<Part> {
        let start = self.at;
        let quoted = matches!(inside, Inside::Quotes | Inside::Heredoc | Inside::Braces { quoted: true, .. });
        match byte {
            b'\\' => Ok(self.escaped(quoted)),
            b'$' => self.dollar(quoted),
            b'`' => self.backquoted(),
            b'\''
                if matches!(inside, Inside::Word | Inside::Pattern | Inside::Braces { literal_quotes: false, .. }) =>
            {
                self.at += 1;
                self.up_to('\'')?;
                Ok(Part::SingleQuoted(self.since(start)))
            }
            b'"' if !matches!(inside, Inside::Quotes | Inside::Heredoc) => self.double_quoted(start),
            b'<' | b'>' if matches!(inside, Inside::Word) => {
                self.at += 2;
                let list = self.nested(|this| this.list())?;
                self.close()?;
                Ok(Part::Process(self.since(start), list))
            }
            _ => {
                self.bump();
                Ok(Part::Literal(self.since(start)))
            }
        }
    }

    fn up_to(&mut self, stop: char) -> Outcome<()> {
        match self.rest().find(stop) {
            Some(length) => {
                self.at += length + 1;
                Ok(())
            }
            None => self.fail("a quote is not closed"),
        }
    }

    /// Inside quotes a backslash escapes only `$`, `` ` ``, `"`, `\` and the line end.
    fn escaped(&mut self, quoted: bool) -> Part {
        let start = self.at;
        self.at += 1;
        let escapes = !quoted || matches!(self.byte(), Some(b'$' | b'`' | b'"' | b'\\' | b'\n' | b'}'));
        if escapes {
            self.bump();
            Part::Escaped(self.since(start))
        } else {
            Part::Literal(self.since(start))
        }
    }

    fn double_quoted(&mut self, start: usize) -> Outcome<Part> {
        self.at += 1;
        let parts = self.parts(Inside::Quotes)?;
        if !self.take("\"") {
            return self.fail("a double quote is not closed");
        }
        Ok(Part::DoubleQuoted(self.since(start), parts))
    }

    fn dollar(&mut self, quoted: bool) -> Outcome<Part> {
        let start = self.at;
        match self.ahead(1) {
            Some(b'(') => self.substitution(start),
            Some(b'{') => self.braces(start, quoted),
            Some(b'[') => {
                self.at += 2;
                let length = self.rest().find(']').unwrap_or(self.rest().len());
                self.arithmetic(start, length, 1)
            }
            Some(b'\'') if !quoted => self.ansi_quoted(start),
            Some(b'"') if !quoted => {
                self.at += 1;
                self.double_quoted(start)
            }
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.at += 1;
                let name = self.name();
                Ok(self.plain_parameter(start, name))
            }
            Some(byte) if byte.is_ascii_digit() || b"@*#?-$!".contains(&byte) => {
                self.at += 2;
                let name = Span::new(start + 1, start + 2);
                Ok(self.plain_parameter(start, name))
            }
            _ => {
                self.at += 1;
                Ok(Part::Literal(self.since(start)))
            }
        }
    }

    fn plain_parameter(&self, start: usize, name: Span) -> Part {
        Part::Parameter { span: self.since(start), name, operation: Span::at(self.at), parts: Vec::new() }
    }

    fn ansi_quoted(&mut self, start: usize) -> Outcome<Part> {
        self.at += 2;
        loop {
            match self.byte() {
                None => return self.fail("a quote is not closed"),
                Some(b'\\') => {
                    self.at += 1;
                    self.bump();
                }
                Some(b'\'') => {
                    self.at += 1;
                    return Ok(Part::AnsiQuoted(self.since(start)));
                }
                Some(_) => self.bump(),
            }
        }
    }

    /// `"$((" expression "))" | "$(" list ")"`
    fn substitution(&mut self, start: usize) -> Outcome<Part> {
        if self.starts("$((")
            && let Some(span) = self.double_parenthesis(3)
        {
            let end = self.at;
            self.at = span.start as usize;
            return self.arithmetic(start, span.len(), end - span.end as usize);
        }
        self.at += 2;
        let owed = std::mem::take(&mut self.pending);
        let list: List = self.nested(|this| this.list())?;
        self.close()?;
        if !self.pending.is_empty() {
            return self.fail("a heredoc is not ended inside its substitution");
        }
        self.pending = owed;
        Ok(Part::Command(self.since(start), Some(list)))
    }

    /// The expansions in the next `length` bytes, and over the `closing` ones behind.
    fn arithmetic(&mut self, start: usize, length: usize, closing: usize) -> Outcome<Part> {
        let stop = self.at + length;
        let outer = std::mem::replace(&mut self.end, stop);
        let parts = self.parts(Inside::Heredoc);
        self.end = outer;
        self.at = (stop + closing).min(self.end);
        Ok(Part::Arithmetic(self.since(start), parts?))
    }

    /// `"${" ("!" | "#")? name operation "}"`; whether the operation is one that the shell knows shows only when it runs.
    fn braces(&mut self, start: usize, quoted: bool) -> Outcome<Part> {
        self.at += 2;
        if matches!(self.byte(), Some(b'!' | b'#')) && !matches!(self.ahead(1), Some(b'}' | b':' | b'-' | b'%' | b'/'))
        {
            self.at += 1;
        }
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let name = match self.byte() {
            _ if digits > 0 => {
                self.at += digits;
                Span::new(self.at - digits, self.at)
            }
            Some(byte) if b"@*#?-$!".contains(&byte) => {
                self.at += 1;
                Span::new(self.at - 1, self.at)
            }
            _ => self.name(),
        };
        let operation = self.at;
        let operator = self.rest().trim_start_matches(':').bytes().next();
        let literal_quotes = quoted && matches!(operator, Some(b'-' | b'+' | b'=' | b'?'));
        let parts = self.parts(Inside::Braces { quoted, literal_quotes })?;
        let operation = self.since(operation);
        if !self.take("}") {
            return self.fail("a `}` is missing");
        }
        Ok(Part::Parameter { span: self.since(start), name, operation, parts })
    }

    /// What stands in backquotes is read when it runs; where it bears escapes, or is broken, it is not understood here.
    fn backquoted(&mut self) -> Outcome<Part> {
        let start = self.at;
        self.at += 1;
        let mut escapes = false;
        let mut at = self.at;
        let close = loop {
            match self.text.as_bytes()[..self.end].get(at) {
                None => return self.fail("a backquote is not closed"),
                Some(b'\\') => {
                    escapes = true;
                    at += 2;
                }
                Some(b'`') => break at,
                Some(_) => at += 1,
            }
        };
        let list = if escapes { None } else { self.inner_list(close) };
        self.at = close + 1;
        Ok(Part::Command(self.since(start), list))
    }

    fn inner_list(&mut self, close: usize) -> Option<List> {
        let outer = std::mem::replace(&mut self.end, close);
        let owed = std::mem::take(&mut self.pending);
        let (comments, bodies) = (self.comments.len(), self.bodies.len());
        let list = self.nested(|this| this.list()).ok().filter(|_| self.at == close && self.pending.is_empty());
        self.end = outer;
        self.pending = owed;
        if list.is_none() {
            self.comments.truncate(comments);
            self.bodies.truncate(bodies);
        }
        list
    }

    /// `(digits | "{" name "}")? operator word`
    pub fn redirect(&mut self) -> Outcome<Option<Redirect>> {
        let start = self.at;
        let rest = self.rest();
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let braces = rest.strip_prefix('{').and_then(|inner| inner.find('}')).map_or(0, |length| length + 2);
        let named = braces > 2 && rest[1..braces - 1].chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let prefix = if digits > 0 {
            digits
        } else if named {
            braces
        } else {
            0
        };
        let Ok((_, operator)) = redirect_operator(&rest[prefix..]) else { return Ok(None) };
        let process = rest[prefix + 1..].starts_with('(') && operator.len() == 1;
        if process || (prefix > 0 && operator.starts_with('&')) {
            return Ok(None);
        }
        self.at += prefix;
        let operator_span = Span::new(self.at, self.at + operator.len());
        self.at += operator.len();
        self.blanks();
        let target = self.word()?;
        let heredoc = operator.starts_with("<<") && operator != "<<<";
        let heredoc = heredoc.then(|| self.open_heredoc(&target, operator == "<<-"));
        Ok(Some(Redirect { span: self.since(start), operator: operator_span, target, heredoc }))
    }

    /// Notes that a body is owed; its place stands in `bodies` under the index that the span bears for now.
    fn open_heredoc(&mut self, target: &Word, chomp: bool) -> HeredocBody {
        let raw = &self.text[target.span.range()];
        let quoted = raw.contains(['\'', '"', '\\']);
        let name: String = raw.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
        let index = self.bodies.len();
        self.bodies.push(HeredocBody { span: Span::at(self.end), parts: Vec::new() });
        self.pending.push(Pending { index, name, chomp, quoted });
        HeredocBody { span: Span::at(index), parts: Vec::new() }
    }

    /// Reads the body that is owed, from the start of a line.
    pub fn heredoc(&mut self, pending: &Pending) -> Outcome<()> {
        let start = self.at;
        let mut end = self.end;
        while self.at < self.end {
            let line = self.at;
            let length = self.rest().find('\n').map_or(self.rest().len(), |length| length + 1);
            let text = self.rest()[..length].trim_end_matches('\n');
            let text = if pending.chomp { text.trim_start_matches('\t') } else { text };
            self.at += length;
            if text == pending.name {
                end = line;
                break;
            }
        }
        let behind = self.at;
        let span = Span::new(start, end);
        let parts = if pending.quoted { Vec::new() } else { self.expansions(span) };
        self.at = behind;
        if let Some(body) = self.bodies.get_mut(pending.index) {
            *body = HeredocBody { span, parts };
        }
        Ok(())
    }

    /// The expansions of a heredoc's body; a body that can't be read is one that is not understood.
    fn expansions(&mut self, span: Span) -> Vec<Part> {
        let outer = std::mem::replace(&mut self.end, span.end as usize);
        self.at = span.start as usize;
        let owed = std::mem::take(&mut self.pending);
        let parts = self.parts(Inside::Heredoc).unwrap_or_else(|_| vec![Part::Command(span, None)]);
        self.pending = owed;
        self.end = outer;
        parts.into_iter().filter(|part| !matches!(part, Part::Literal(_))).collect()
    }
}

/// Adds a part; literal text grows together.
fn push(parts: &mut Vec<Part>, part: Part) {
    if let (Some(Part::Literal(last)), Part::Literal(next)) = (parts.last_mut(), &part)
        && last.end == next.start
    {
        last.end = next.end;
        return;
    }
    parts.push(part);
}
