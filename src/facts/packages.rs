//! The commands of package managers in a RUN: which program, what it is asked for, with what options, for what; and where each
//! stands. Knows command lines, not what packages hold.

use crate::facts::control_flow::{self, Position};
use crate::facts::effects::{self, WRAPPERS, base, unwrap};
use crate::facts::{Base, Facts, Family, Interpreter, Known, Stage, Step, Truth};
use crate::knowledge::managers::{self, Action, Program};
use crate::shell::{Command, List, Script, Shell, Simple, Terminator, Word};
use crate::syntax::{Instruction, Keyword, Logical};
use crate::text::Span;
use std::borrow::Cow;

pub use crate::knowledge::managers::Family as Manager;

/// A command of a package manager. Spans count in the shell text.
#[derive(Clone, Debug)]
pub struct Call {
    /// The program.
    pub program: &'static Program,
    /// As it is called: `pip3`, `/usr/bin/apt-get`.
    pub name: String,
    /// Where it stands.
    pub position: Position,
    /// The command with its assignments and what it is wrapped in.
    pub span: Span,
    /// The word that names the program, or the last one of `python -m pip`.
    pub name_span: Span,
    /// What it is wrapped in (`sudo`, `env`), outermost first; options of these count as one more.
    pub wrappers: Vec<String>,
    /// The subcommand and where it stands.
    pub verb: Option<(String, Span)>,
    /// What the subcommand does.
    pub action: Action,
    /// The options, wherever they stand.
    pub options: Vec<Opt>,
    /// The other words behind the subcommand.
    pub words: Vec<Given>,
    /// Variables that are set for it alone.
    pub assigned: Vec<String>,
    /// It reads from a pipe or a file.
    pub fed: bool,
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opt {
    /// `-y`, `--no-install-recommends`; letters that stand together (`-yq`) as they stand.
    pub name: String,
    /// Its value.
    pub value: Option<String>,
    /// With its value.
    pub span: Span,
}

/// A word that is no option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its value; `None` where an expansion decides it.
    pub text: Option<String>,
    /// Where it stands.
    pub span: Span,
}

impl Call {
    /// Whether it is one of `family`'s that does `action`.
    pub fn does(&self, family: Manager, action: Action) -> bool {
        self.program.manager == Some(family) && self.action == action
    }

    /// Whether it has one of these options: long ones by their name, short ones (`-y`) in letters that stand together too.
    pub fn has(&self, names: &[&str]) -> bool {
        self.option(names).is_some()
    }

    /// Whether it has one of these options, spelled so.
    pub fn has_long(&self, names: &[&str]) -> bool {
        self.options.iter().any(|opt| names.contains(&opt.name.as_str()))
    }

    /// The first of these options that it has.
    pub fn option(&self, names: &[&str]) -> Option<&Opt> {
        let letter = |opt: &Opt, name: &str| {
            name.len() == 2 && name != "--" && !opt.name.starts_with("--") && opt.name[1..].contains(&name[1..])
        };
        self.options.iter().find(|opt| names.iter().any(|name| opt.name == *name || letter(opt, name)))
    }

    /// Behind which byte of the text a new option goes: behind the options that directly follow the subcommand.
    pub fn option_place(&self) -> Option<u32> {
        let (_, verb) = self.verb.as_ref()?;
        let first = self.words.iter().map(|word| word.span.start).min().unwrap_or(u32::MAX);
        let behind = self.options.iter().filter(|opt| opt.span.start > verb.end && opt.span.end < first);
        Some(behind.map(|opt| opt.span.end).max().unwrap_or(verb.end))
    }

    /// Whether it is wrapped in nothing at all.
    pub fn is_bare(&self) -> bool {
        self.wrappers.is_empty()
    }

    /// The packages as they are written; `None` where an expansion decides one.
    pub fn literal_words(&self) -> Option<Vec<&str>> {
        self.words.iter().map(|word| word.text.as_deref()).collect()
    }
}

/// A RUN in shell form whose text was understood.
#[derive(Debug)]
pub struct Work<'f> {
    /// Its item.
    pub item: usize,
    /// Itself.
    pub instruction: &'f Instruction,
    /// Its text.
    pub text: &'f Logical,
    /// The commands in it.
    pub script: &'f Script,
    /// What runs it.
    pub shell: Interpreter,
    /// The commands of package managers, in order.
    pub calls: &'f [Call],
    /// USER, where it is known.
    pub user: Option<String>,
}

/// Why nothing can be put behind a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTail {
    /// The text is in a heredoc, or has one.
    Heredoc,
    /// Its last command runs in the background.
    Background,
    /// `set -e` decides where its last group stops, and does nothing on the left of `&&`.
    Errexit,
}

impl<'f> Work<'f> {
    /// Where ` && command` goes so that it runs last, and only if all else succeeded.
    ///
    /// # Errors
    /// Why there is no such place.
    pub fn tail(&self) -> Result<usize, NoTail> {
        if !self.instruction.heredocs.is_empty() {
            return Err(NoTail::Heredoc);
        }
        let Some(last) = self.script.list.entries.last() else { return Err(NoTail::Background) };
        if matches!(last.end, Some((Terminator::Ampersand, _))) {
            return Err(NoTail::Background);
        }
        let alone = List { entries: vec![crate::shell::Entry { and_or: last.and_or.clone(), end: None }] };
        let watched = self.shell.errexit != Truth::No || self.text.text().contains("set ");
        let text = self.text.text();
        // a function or a substitution is a group too
        let calm = simple_only(&alone) && !text[last.and_or.span.range()].contains(['`', '(']) && !defines(self.script);
        if watched && !calm && (defines(self.script) || !effects::is_plain_chain(&alone)) {
            return Err(NoTail::Errexit);
        }
        Ok(self.file_offset_behind(last.and_or.span.end))
    }

    /// The offset in the file behind the byte before `at`, so that a line continuation there comes after it.
    pub fn file_offset_behind(&self, at: u32) -> usize {
        at.checked_sub(1).map_or_else(|| self.text.offset(0), |before| self.text.offset(before as usize) + 1)
    }

    /// A span of the text, in the file.
    pub fn in_file(&self, span: Span) -> Span {
        self.text.span(span.range())
    }

    /// Whether the whole text is one chain of `&&`.
    pub fn is_chain(&self) -> bool {
        effects::is_chain(&self.script.list)
    }

    /// Whether it is run by a shell that reads as this one does.
    pub fn is_posix(&self) -> bool {
        matches!(self.shell.family, Family::Posix | Family::Bash | Family::Ksh)
    }

    /// Whether commands of the text surely run as root: USER says so, or the base image does.
    pub fn is_root(&self) -> bool {
        self.user.as_deref().is_some_and(|user| matches!(user.split(':').next(), Some("root" | "0")))
    }
}

/// Whether a text defines a function.
fn defines(script: &Script) -> bool {
    let mut found = false;
    script.for_each_command(&mut |command| {
        found |= matches!(command.kind, crate::shell::CommandKind::Function { .. });
    });
    found
}

/// Whether a list holds nothing but simple commands, in any order of `&&`, `||` and pipes.
fn simple_only(list: &List) -> bool {
    list.pipelines()
        .flat_map(|pipeline| &pipeline.commands)
        .all(|command| matches!(command.kind, crate::shell::CommandKind::Simple(_)))
}

impl<'a> Facts<'a> {
    /// The RUNs that hold one of `marks` and were understood, each with its stage and its place in there: those whose layers
    /// reach the image, or all. The shell texts of others are not read.
    pub fn works(&self, all: bool, marks: &[&str]) -> Vec<(usize, usize, Work<'_>)> {
        let shipped = self.shipped();
        let stages = self.stages.iter().enumerate().filter(|(index, _)| all || shipped.contains(index));
        let steps =
            stages.flat_map(|(index, stage)| stage.steps.iter().enumerate().map(move |step| (index, stage, step)));
        let marked = |item: usize| {
            let text = self.source.slice(self.file.items[item].span);
            marks.iter().any(|mark| text.contains(mark))
        };
        let runs = steps.filter(|(_, _, (_, step))| step.instruction.keyword == Keyword::Run && marked(step.item));
        runs.filter_map(|(index, stage, (at, step))| Some((index, at, self.work(stage, step)?))).collect()
    }

    /// The reference of the image at the root of a stage.
    pub fn reference(&self, stage: usize) -> Option<&str> {
        match &self.stages.get(stage)?.base {
            Base::Stage(parent) => self.reference(*parent),
            Base::Image(name) => name.as_deref(),
            Base::Scratch => None,
        }
    }

    /// The RUN at a step, where a shell that is not a stranger runs it and its text was understood.
    pub fn work<'f>(&'f self, stage: &Stage<'a>, step: &Step<'a>) -> Option<Work<'f>> {
        let instruction = step.instruction;
        if instruction.keyword != Keyword::Run || instruction.opaque.is_some() {
            return None;
        }
        let shell = self.interpreter(stage, step);
        if shell.family == Family::Other || has_interpreter_of_its_own(self, instruction) {
            return None;
        }
        let found = self.shell_text(step.item)?;
        let Shell::Script(script) = &found.shell else { return None };
        let errexit = shell.errexit == Truth::Yes;
        let read = || found.calls.get(errexit, || calls(found.text.text(), script, errexit));
        let calls = self.calls.get(step.item)?.get_or_init(read);
        let user = match &step.before.user {
            Known::Yes(user) => Some(user.clone()),
            Known::Unknown => None,
        };
        Some(Work { item: step.item, instruction, text: &found.text, script, shell, calls, user })
    }
}

/// A heredoc that starts with `#!` is run by the program named there.
fn has_interpreter_of_its_own(facts: &Facts, instruction: &Instruction) -> bool {
    instruction.sole_heredoc().is_some_and(|heredoc| facts.source.slice(heredoc.body).starts_with("#!"))
}

/// The commands of package managers in a text.
pub fn calls(text: &str, script: &Script, errexit: bool) -> Vec<Call> {
    let mut out = Vec::new();
    control_flow::for_each(text, script, errexit, &mut |command, simple, position| {
        out.extend(call(text, command, simple, position))
    });
    out
}

/// A word's value, if it is known.
fn value<'t>(word: &Word, text: &'t str) -> Option<Cow<'t, str>> {
    word.literal(text)
}

fn call(text: &str, command: &Command, simple: &Simple, position: Position) -> Option<Call> {
    let mut words = simple.words.as_slice();
    let mut wrappers = Vec::new();
    let mut name = value(words.first()?, text)?;
    while WRAPPERS.contains(&base(&name)) {
        let rest = unwrap(&name, words, text)?;
        wrappers.push(base(&name).to_owned());
        let options = words.len() - rest.len();
        wrappers.extend(words.get(1..options)?.iter().map(|word| word.raw(text).to_owned()));
        words = rest;
        name = value(words.first()?, text)?;
    }
    let mut behind = 1;
    if base(&name).starts_with("python") && words.get(1)?.raw(text) == "-m" {
        name = value(words.get(2)?, text)?;
        behind = 3;
    }
    let program = managers::find(base(&name))?;
    let fed =
        position.piped || command.redirects.iter().any(|redirect| text[redirect.operator.range()].starts_with('<'));
    let mut call = Call {
        program,
        name: name.clone().into_owned(),
        position,
        span: span_of(simple, command),
        name_span: words.get(behind - 1)?.span,
        wrappers,
        verb: None,
        action: Action::Other,
        options: Vec::new(),
        words: Vec::new(),
        assigned: simple.assignments.iter().map(|one| text[one.name.range()].to_owned()).collect(),
        fed,
    };
    read_line(&mut call, words.get(behind..)?, text);
    call.action = call.verb.as_ref().map_or(Action::Other, |(verb, _)| program.action(verb));
    Some(call)
}

/// From the first assignment or word to the last word; redirections behind it are not part of it.
fn span_of(simple: &Simple, command: &Command) -> Span {
    let spans = simple.assignments.iter().map(|one| one.span).chain(simple.words.iter().map(|word| word.span));
    spans.reduce(|all, span| all.to(span)).unwrap_or(command.span)
}

fn read_line(call: &mut Call, words: &[Word], text: &str) {
    let mut options_end = false;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        index += 1;
        let known = value(word, text).map(Cow::into_owned);
        match known.as_deref() {
            Some("--") if !options_end => options_end = true,
            Some(option) if option.starts_with('-') && option.len() > 1 && !options_end => {
                index += usize::from(read_option(call, option, word, words.get(index), text));
            }
            Some(verb) if call.verb.is_none() => call.verb = Some((verb.to_owned(), word.span)),
            _ if call.verb.is_none() => call.verb = Some((String::new(), word.span)),
            _ => call.words.push(Given { text: known, span: word.span }),
        }
    }
}

/// Reads an option; says whether the word behind it is its value.
fn read_option(call: &mut Call, option: &str, word: &Word, next: Option<&Word>, text: &str) -> bool {
    if let Some((name, value)) = option.split_once('=') {
        call.options.push(Opt { name: name.to_owned(), value: Some(value.to_owned()), span: word.span });
        return false;
    }
    let long = option.starts_with("--");
    let letter = |(at, c): (usize, char)| call.program.takes_value(&format!("-{c}")).then_some(at + 1 + c.len_utf8());
    let glued = if long { None } else { option[1..].char_indices().find_map(letter) };
    match glued {
        Some(end) if end < option.len() => {
            let (name, value) = (option[..end].to_owned(), Some(option[end..].to_owned()));
            call.options.push(Opt { name, value, span: word.span });
            false
        }
        _ if glued.is_some() || call.program.takes_value(option) => {
            let value = next.and_then(|next| value(next, text)).map(Cow::into_owned);
            let span = next.map_or(word.span, |next| word.span.to(next.span));
            call.options.push(Opt { name: option.to_owned(), value, span });
            next.is_some()
        }
        _ => {
            call.options.push(Opt { name: option.to_owned(), value: None, span: word.span });
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    fn read(text: &str) -> Vec<Call> {
        let Shell::Script(script) = shell::parse(text) else { panic!("{text}") };
        calls(text, &script, false)
    }

    fn words(call: &Call) -> Vec<&str> {
        call.words.iter().map(|word| word.text.as_deref().unwrap_or("?")).collect()
    }

    #[test]
    fn a_line_is_taken_apart() {
        let text = "DEBIAN_FRONTEND=x sudo -E apt-get -yqt stretch-backports install -o A::B=c curl \"git\" $MORE";
        let calls = read(text);
        let call = &calls[0];
        assert_eq!((call.action, call.program.manager), (Action::Install, Some(Manager::Apt)));
        assert_eq!(words(call), ["curl", "git", "?"]);
        assert_eq!(
            (&call.wrappers[..], &call.assigned[..]),
            (&["sudo".into(), "-E".into()][..], &["DEBIAN_FRONTEND".into()][..])
        );
        assert!(call.has(&["-y"]) && call.has(&["-t"]) && call.has(&["-o"]) && !call.has(&["-n"]));
        assert_eq!(call.option(&["-t"]).unwrap().value.as_deref(), Some("stretch-backports"));
        assert_eq!(call.option_place().map(|at| &text[..at as usize]).unwrap().rsplit(' ').next(), Some("A::B=c"));
    }

    #[test]
    fn names_of_other_things_are_no_packages() {
        assert_eq!(words(&read("apk add --virtual .build gcc -t x make")[0]), ["gcc", "make"]);
        assert_eq!(words(&read("apt-get install -tstable -y vim")[0]), ["vim"]);
        assert_eq!(words(&read("pip install -r requirements.txt --index-url https://a flask")[0]), ["flask"]);
        assert_eq!(words(&read("dnf --enablerepo epel install -y htop")[0]), ["htop"]);
    }

    #[test]
    fn programs_in_any_dress_are_seen() {
        let all = read(
            "python3 -m pip install x && /usr/bin/pip3.9 install y && command env A=b yum install z; echo pip install",
        );
        let names: Vec<&str> = all.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["pip", "/usr/bin/pip3.9", "yum"]);
        assert!(all.iter().all(|call| call.action == Action::Install));
    }

    #[test]
    fn what_it_reads_is_seen() {
        assert!(read("yes | apt-get install x")[0].fed);
        assert!(read("apt-get install x < y")[0].fed);
        assert!(!read("apt-get install x > y")[0].fed);
    }
}
