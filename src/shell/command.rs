//! Commands: simple ones, compound ones, functions.

use super::cursor::{Cursor, Outcome};
use crate::shell::{Assignment, Command, CommandKind, List, Part, Simple, Word};
use crate::text::Span;

/// Reserved words that begin a compound command.
const OPENING: &[&str] = &["if", "for", "while", "until", "case", "select", "function", "{", "[[", "coproc"];
/// Builtins whose arguments may be array assignments.
const DECLARING: &[&str] = &["declare", "typeset", "local", "export", "readonly", "eval"];

impl Cursor<'_> {
    /// `compound redirect* | function | simple`
    pub fn command(&mut self) -> Outcome<Command> {
        self.nested(|this| {
            let start = this.at;
            let keyword = this.keyword();
            let kind = match this.byte() {
                Some(b'(') => this.parenthesis()?,
                _ if OPENING.contains(&keyword) => this.compound(keyword)?,
                _ => return this.simple_or_function(start),
            };
            let mut redirects = Vec::new();
            let mut end = this.at;
            loop {
                this.blanks();
                match this.redirect()? {
                    Some(redirect) => redirects.push(redirect),
                    None => break,
                }
                end = this.at;
            }
            if matches!(kind, CommandKind::Function { .. } | CommandKind::Coproc(_)) {
                end = end.min(this.at);
            }
            Ok(Command { span: Span::new(start, end), kind, redirects })
        })
    }

    /// `"((" expression "))" | "(" list ")"`
    fn parenthesis(&mut self) -> Outcome<CommandKind> {
        if self.starts("((")
            && let Some(span) = self.double_parenthesis(2)
        {
            return Ok(CommandKind::Arithmetic(span));
        }
        self.at += 1;
        let list = self.some_list()?;
        self.close()?;
        Ok(CommandKind::Subshell(list))
    }

    pub fn close(&mut self) -> Outcome<()> {
        self.lines()?;
        if self.take(")") { Ok(()) } else { self.fail("a `)` is missing") }
    }

    /// What stands between `((` and the `))` that closes it, where the text reads that way; the cursor is behind it then.
    pub fn double_parenthesis(&mut self, skip: usize) -> Option<Span> {
        let start = self.at + skip;
        let bytes = &self.text.as_bytes()[..self.end];
        let (mut at, mut open) = (start, 0usize);
        while at < bytes.len() {
            match bytes[at] {
                b'\\' => at += 1,
                b'\'' => at += 1 + bytes[at + 1..].iter().position(|b| *b == b'\'')?,
                b'(' => open += 1,
                b')' if open > 0 => open -= 1,
                b')' if bytes.get(at + 1) == Some(&b')') => {
                    self.at = at + 2;
                    return Some(Span::new(start, at));
                }
                b')' => return None,
                _ => {}
            }
            at += 1;
        }
        None
    }

    fn compound(&mut self, keyword: &str) -> Outcome<CommandKind> {
        self.at += keyword.len();
        match keyword {
            "{" => {
                let list = self.some_list()?;
                self.expect("}")?;
                Ok(CommandKind::Brace(list))
            }
            "if" => self.conditional(),
            "while" | "until" => {
                let condition = self.some_list()?;
                let body = self.do_body()?;
                Ok(CommandKind::Loop(Box::new((condition, body))))
            }
            "for" | "select" => self.for_loop(),
            "case" => self.case(),
            "function" => self.function_keyword(),
            "[[" => self.double_bracket(),
            _ => {
                self.blanks();
                let body = self.command()?;
                Ok(CommandKind::Coproc(Box::new(body)))
            }
        }
    }

    /// `list "then" list ("elif" list "then" list)* ("else" list)? "fi"`
    fn conditional(&mut self) -> Outcome<CommandKind> {
        let mut lists = vec![self.some_list()?];
        self.expect("then")?;
        lists.push(self.some_list()?);
        loop {
            let word = self.keyword();
            match word {
                "elif" => {
                    self.at += 4;
                    lists.push(self.some_list()?);
                    self.expect("then")?;
                    lists.push(self.some_list()?);
                }
                "else" => {
                    self.at += 4;
                    lists.push(self.some_list()?);
                    self.expect("fi")?;
                    return Ok(CommandKind::If(lists));
                }
                _ => {
                    self.expect("fi")?;
                    return Ok(CommandKind::If(lists));
                }
            }
        }
    }

    /// `"do" list "done"`
    fn do_body(&mut self) -> Outcome<List> {
        self.expect("do")?;
        let body = self.some_list()?;
        self.expect("done")?;
        Ok(body)
    }

    /// `do_body | "{" list "}"`
    fn for_body(&mut self) -> Outcome<List> {
        self.lines()?;
        if self.keyword() != "{" {
            return self.do_body();
        }
        self.at += 1;
        let body = self.some_list()?;
        self.expect("}")?;
        Ok(body)
    }

    /// `"((" … "))" ";"? body | name newline* ("in" word* (";" | newline) | ";")? body`
    fn for_loop(&mut self) -> Outcome<CommandKind> {
        self.blanks();
        if self.starts("((") {
            let Some(expression) = self.double_parenthesis(2) else { return self.fail("`))` is missing") };
            self.blanks();
            self.take(";");
            let body = self.for_body()?;
            return Ok(CommandKind::ArithmeticFor { expression, body });
        }
        let name = self.name();
        if name.is_empty() {
            return self.fail("the name of the loop's variable is missing");
        }
        self.lines()?;
        let mut words = None;
        if self.keyword() == "in" {
            self.at += 2;
            words = Some(self.words_in_line()?);
        } else {
            self.take(";");
        }
        let body = self.for_body()?;
        Ok(CommandKind::For { name, words, body })
    }

    fn words_in_line(&mut self) -> Outcome<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.blanks();
            match self.byte() {
                Some(b';') => {
                    self.at += 1;
                    return Ok(words);
                }
                Some(b'\n') => {
                    self.newline()?;
                    return Ok(words);
                }
                _ => words.push(self.word()?),
            }
        }
    }

    pub fn name(&mut self) -> Span {
        let start = self.at;
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let length = self.rest().find(|c| !letters(c)).unwrap_or(self.rest().len());
        if !self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            self.at += length;
        }
        self.since(start)
    }

    /// `word newline* "in" newline* ("("? word ("|" word)* ")" list (";;" | ";&" | ";;&")?)* "esac"`
    fn case(&mut self) -> Outcome<CommandKind> {
        self.blanks();
        let word = self.word()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.lines()?;
            if self.keyword() == "esac" {
                self.at += 4;
                return Ok(CommandKind::Case { word, arms });
            }
            self.take("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?);
                self.blanks();
                if !self.take("|") {
                    break;
                }
            }
            if !self.take(")") {
                return self.fail("the `)` of a case pattern is missing");
            }
            let body = self.list()?;
            let ended = self.take(";;&") || self.take(";;") || self.take(";&");
            arms.push((patterns, body));
            if !ended {
                self.expect("esac")?;
                return Ok(CommandKind::Case { word, arms });
            }
        }
    }

    /// `name ("(" ")")? newline* command`
    fn function_keyword(&mut self) -> Outcome<CommandKind> {
        self.blanks();
        let name = self.word()?.span;
        self.blanks();
        if self.take("(") {
            self.blanks();
            if !self.take(")") {
                return self.fail("a `)` is missing");
            }
        }
        self.function_body(name)
    }

    fn function_body(&mut self, name: Span) -> Outcome<CommandKind> {
        self.lines()?;
        if self.byte() != Some(b'(') && !OPENING.contains(&self.keyword()) {
            return self.fail("the body of a function must be a compound command");
        }
        let body = self.command()?;
        Ok(CommandKind::Function { name, body: Box::new(body) })
    }

    /// `… "]]"`: words and operators; the operators are passed over.
    fn double_bracket(&mut self) -> Outcome<CommandKind> {
        let mut words = Vec::new();
        let mut pattern = false;
        loop {
            self.lines()?;
            if self.starts("]]") {
                self.at += 2;
                return if words.is_empty() { self.fail("`[[` is empty") } else { Ok(CommandKind::Conditional(words)) };
            }
            if !pattern && ["&&", "||", "(", ")", "<", ">"].iter().any(|operator| self.take(operator)) {
                continue;
            }
            let word = self.pattern_word()?;
            pattern = matches!(&self.text[word.span.range()], "=~" | "==" | "!=" | "=");
            words.push(word);
        }
    }

    fn simple_or_function(&mut self, start: usize) -> Outcome<Command> {
        let mut simple = Simple::default();
        let mut redirects = Vec::new();
        let mut end = start;
        loop {
            self.blanks();
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
            } else if self.word_ends() {
                break;
            } else if simple.words.is_empty() && self.assignment_length().is_some() {
                let assignment = self.assignment()?;
                simple.assignments.push(assignment);
            } else {
                let word = self.argument(&simple)?;
                simple.words.push(word);
            }
            end = self.at;
        }
        if self.byte() == Some(b'(') {
            return self.function(start, &simple, redirects.is_empty());
        }
        if end == start {
            return self.fail("a command is missing");
        }
        Ok(Command { span: Span::new(start, end), kind: CommandKind::Simple(simple), redirects })
    }

    /// `name "(" ")" newline* compound`
    fn function(&mut self, start: usize, simple: &Simple, bare: bool) -> Outcome<Command> {
        let [name] = simple.words.as_slice() else { return self.fail("an unexpected `(`") };
        let plain = matches!(name.parts.as_slice(), [Part::Literal(_)]);
        self.at += 1;
        self.blanks();
        if !bare || !plain || !simple.assignments.is_empty() || !self.take(")") {
            return self.fail("an unexpected `(`");
        }
        let kind = self.function_body(name.span)?;
        Ok(Command { span: self.since(start), kind, redirects: Vec::new() })
    }

    /// A word, or an array assignment where a declaring builtin takes one.
    fn argument(&mut self, simple: &Simple) -> Outcome<Word> {
        let declares = simple.words.first().is_some_and(|name| DECLARING.contains(&&self.text[name.span.range()]));
        if declares && self.assignment_length().is_some() {
            let Assignment { span, value, array, .. } = self.assignment()?;
            let parts = value.into_iter().chain(array).flat_map(|word| word.parts);
            let name = Part::Literal(Span::new(span.start as usize, span.start as usize));
            return Ok(Word { span, parts: std::iter::once(name).chain(parts).collect() });
        }
        self.word()
    }

    /// The length of `name=`, `name+=` or `name[…]=` at the cursor.
    fn assignment_length(&self) -> Option<(usize, usize)> {
        let rest = self.rest();
        let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        if name == 0 || rest.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut at = name;
        if rest[at..].starts_with('[') {
            let stop = rest[at..].find([' ', '\t', '\n', ';', '&', '|']).unwrap_or(rest.len() - at);
            at += rest[at..at + stop].find("]=").or_else(|| rest[at..at + stop].find("]+="))? + 1;
        }
        if rest[at..].starts_with("+=") {
            return Some((name, at + 2));
        }
        rest[at..].starts_with('=').then_some((name, at + 1))
    }

    fn assignment(&mut self) -> Outcome<Assignment> {
        let start = self.at;
        let Some((name, length)) = self.assignment_length() else { return self.fail("an assignment was expected") };
        self.at += length;
        let mut array = Vec::new();
        let mut value = None;
        if self.byte() == Some(b'(') {
            self.at += 1;
            loop {
                self.lines()?;
                if self.take(")") {
                    break;
                }
                array.push(self.word()?);
            }
        } else {
            value = Some(self.value()?);
        }
        Ok(Assignment { span: self.since(start), name: Span::new(start, start + name), value, array })
    }
}
