//! One pipe: what `pipefail` does to it.

use super::*;
use crate::knowledge::programs::{self, Input, Operands, Status as Says};
use crate::script::{Argument, Commands, Invocation, Pipe, Status};
use crate::shell::{Command, CommandKind, List, Pipeline};

/// What it does.
pub enum Verdict {
    /// Nothing: no command in it can fail, or nobody looks.
    Same,
    /// The text fails where it should; at this level.
    Gains(Level),
    /// Something else.
    Refused {
        /// Why, as a code.
        refusal: &'static Refusal,
        /// What exactly.
        reason: String,
        /// It would gain if it were not for that; one that would not is in the way of the others only.
        gains: bool,
    },
}

/// What the status of a command on the left says.
enum Left {
    Never,
    Fails,
    Answers(String),
    Unknown,
}

/// How a command on the right reads.
enum Right {
    All,
    Mostly,
    Early(String),
}

/// Judges a pipe of at least two commands.
pub fn pipeline(commands: Commands, pipeline: &Pipeline, pipe: Pipe) -> Verdict {
    if pipe.status == Status::Nowhere {
        return Verdict::Same;
    }
    let count = pipeline.commands.len() - 1;
    let lefts = pipeline.commands.iter().take(count).enumerate();
    let lefts: Vec<Left> = lefts.map(|(at, command)| left(commands, command, at == 0)).collect();
    let rights: Vec<Right> = pipeline.commands.iter().skip(1).map(|command| right(commands, command)).collect();
    let quiet = lefts.iter().all(|left| matches!(left, Left::Never));
    if quiet && rights.iter().all(|right| matches!(right, Right::All)) {
        return Verdict::Same;
    }
    let refused = |refusal: &'static Refusal, reason: String| {
        let gains = pipe.status == Status::Fails && !quiet;
        Verdict::Refused { refusal, reason, gains }
    };
    match pipe.status {
        Status::Inside => {
            return refused(&NESTED, "a pipe stands in a loop, a condition, a function or a substitution".to_owned());
        }
        Status::Decides => return refused(&STATUS_TESTED, "the status of a pipe decides what runs next".to_owned()),
        Status::Fails | Status::Nowhere => {}
    }
    if let Some(name) = rights.iter().find_map(Right::early) {
        return refused(&STOPS_READING, format!("{name} may stop reading before the end of the pipe"));
    }
    if let Some(name) = lefts.iter().find_map(Left::answers) {
        return refused(&STATUS_ANSWERS, format!("a status of {name} other than 0 need not be a failure"));
    }
    let sure = rights.iter().all(|right| matches!(right, Right::All))
        && lefts.iter().all(|left| !matches!(left, Left::Unknown));
    match (quiet, sure) {
        (true, _) => Verdict::Same,
        (false, true) => Verdict::Gains(Level::Recommended),
        (false, false) => Verdict::Gains(Level::Aggressive),
    }
}

impl Left {
    fn answers(&self) -> Option<&str> {
        if let Left::Answers(name) = self { Some(name) } else { None }
    }
}

impl Right {
    fn early(&self) -> Option<&str> {
        if let Right::Early(name) = self { Some(name) } else { None }
    }
}

/// A simple command whose program is known by name.
#[derive(Clone, Copy)]
struct Call<'s> {
    one: Invocation<'s>,
    /// `pip` of `pip3`; `timeout`, which answers by its own status, whatever it starts.
    name: &'s str,
}

impl<'s> Call<'s> {
    fn of(commands: Commands<'s>, command: &Command) -> Option<Call<'s>> {
        if !matches!(command.kind, CommandKind::Simple(_)) {
            return None;
        }
        let one = commands.at(command.span.start)?;
        one.name()?;
        let timed = one.wrappers().next().is_some_and(|wrapper| wrapper.name() == "timeout");
        Some(Call { one, name: if timed { "timeout" } else { one.program().map_or("", |program| program.name) } })
    }

    fn shown(self) -> String {
        match self.name {
            "timeout" => "`timeout`".to_owned(),
            _ => format!("`{}`", self.one.name().unwrap_or_default()),
        }
    }

    fn program(self) -> Option<&'static programs::Program> {
        programs::find(self.name)
    }

    fn status(self) -> Option<Says> {
        self.program().and_then(|program| program.status)
    }

    /// Whether one of some words is given, as an option or as another word.
    fn gives(self, words: &[&str]) -> bool {
        self.one.has(words)
            || self.one.arguments().any(|word| word.literal().is_some_and(|word| words.contains(&&*word)))
    }

    /// Whether an argument holds a text, or may.
    fn speaks(self, part: &str) -> bool {
        self.one.arguments().any(|word| word.unquoted().is_none_or(|word| word.contains(part)))
    }

    /// Whether one that writes a little surely does not fail.
    fn says(self) -> bool {
        let mut words = self.one.arguments().map(Argument::unquoted);
        self.status() == Some(Says::Says)
            && match self.name {
                "printf" => words.next().flatten().is_some_and(|format| {
                    format.split('%').skip(1).all(|part| part.is_empty() || part.starts_with(['s', 'b']))
                }),
                "date" => words.all(|word| word.is_some_and(|word| word.starts_with('+') || word == "-u")),
                "hostname" | "nproc" | "arch" => words.next().is_none(),
                _ => true,
            }
    }

    /// Whether a status other than 0, asked for what its arguments say, means that the output is not whole.
    fn means_failure(self) -> bool {
        let Some(program) = self.program() else { return true };
        let whole = program.whole_with.is_empty() || self.gives(program.whole_with);
        whole
            && !self.one.has(program.asks)
            && match self.name {
                "awk" | "gawk" | "mawk" => !self.speaks("exit"),
                "sed" => !self.quits(),
                // a pattern may match nothing
                "cat" => !self.one.arguments().any(Argument::is_pattern),
                // what is left out is told by the status
                "iconv" => !self.speaks("IGNORE"),
                _ => true,
            }
    }

    /// Whether a program of sed may end before its input: `q` or `Q` where a command may stand.
    fn quits(self) -> bool {
        // behind an address, which other signs than `/` may end, and letters follow
        let before = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic() || "IM".contains(c));
        let behind = |c: Option<char>| c.is_none_or(|c| c.is_ascii_digit() || " \t;}#\n".contains(c));
        let quits = |arg: &str| {
            let mut places = arg.match_indices(['q', 'Q']);
            places.any(|(at, _)| before(arg[..at].chars().next_back()) && behind(arg[at + 1..].chars().next()))
        };
        self.one.arguments().any(|word| word.unquoted().is_none_or(|word| quits(&word)))
    }

    /// Whether a program of awk reads to the end: no end of its own, and more than `BEGIN`.
    fn awk_reads_on(self) -> bool {
        let early = ["exit", "nextfile", "getline"].iter().any(|word| self.speaks(word));
        let program = self.one.verb().and_then(Argument::unquoted);
        let begins = program.as_deref().map(str::trim).and_then(|text| text.strip_prefix("BEGIN"));
        !early && !begins.is_some_and(only_one_block)
    }

    /// Whether its operands leave its standard input to it.
    fn leaves_input(self) -> bool {
        let is_input = |word: Argument| word.literal().is_some_and(|word| matches!(&*word, "-" | "/dev/stdin"));
        let is_path = |word: &str| (word.starts_with('/') && word != "/dev/stdin") || word.starts_with("./");
        let mut operands = self.one.operands();
        match self.program().and_then(|program| program.operands) {
            Some(Operands::Input) => operands.all(is_input),
            Some(Operands::NoPaths) => !operands.any(|word| word.unquoted().is_some_and(|word| is_path(&word))),
            Some(Operands::AfterFirst) => operands.skip(1).all(is_input),
            Some(Operands::OnlyFirst) => operands.count() < 2,
            Some(Operands::None) => operands.next().is_none(),
            Some(Operands::Program) => self.one.argument(0).is_none_or(|first| matches!(first.raw(), "-" | "--")),
            None => true,
        }
    }

    /// Whether what the arguments ask for needs all of the input.
    fn reads_all(self) -> bool {
        let Some(program) = self.program() else { return true };
        let mut files = self.one.options().filter(|option| option.is(program.input_from));
        let from_pipe = files.all(|file| matches!(file.literal().as_deref(), Some("-" | "/dev/stdin")));
        let asked = program.reads_with.is_empty() || self.gives(program.reads_with);
        from_pipe
            && asked
            && !self.one.has(program.stops)
            && self.leaves_input()
            && match self.name {
                "awk" | "gawk" | "mawk" => self.awk_reads_on(),
                "sed" => !self.quits(),
                "gpg" => !self.one.has(&["--import"]) || self.ends_in_import(),
                "jq" => !self.speaks("input") && !self.speaks("halt"),
                _ if programs::is_shell(self.name) => self.one.reads_script_from_input(),
                _ => true,
            }
    }

    /// Whether tar is told to decompress by itself.
    fn unpacks(self) -> bool {
        let compression = ["-z", "-j", "-J", "--gzip", "--gunzip", "--ungzip", "--bzip2", "--xz", "--lzma", "--zstd"];
        self.one.has(&compression)
    }

    /// `gpg --import` or `gpg --import -`.
    fn ends_in_import(self) -> bool {
        let words: Vec<&str> = self.one.arguments().map(Argument::raw).collect();
        let behind = words.iter().rposition(|word| *word == "--import");
        let rest = behind.and_then(|at| words.get(at + 1..)).unwrap_or_default();
        rest.iter().all(|word| *word == "-") && self.one.redirects().len() == 0
    }

    /// Commands that take a key, a table or a password from the pipe.
    fn takes_from_pipe(self) -> bool {
        match self.one.name().as_deref() {
            Some("apt-key") => self.gives(&["add"]) && self.gives(&["-"]),
            Some("crontab") => self.one.operands().all(|word| word.raw() == "-"),
            Some("passwd") => self.one.has(&["--stdin"]),
            _ => false,
        }
    }
}

/// Whether nothing stands behind the first block of a program.
fn only_one_block(text: &str) -> bool {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == '}' && depth <= 0 {
            return text[at + 1..].trim().is_empty();
        }
    }
    true
}

/// Whether its errors are thrown away: they are expected.
fn is_silenced(one: Invocation) -> bool {
    one.redirects().any(|redirect| {
        let target = redirect.target();
        let errors = redirect.descriptor() == Some(2) || redirect.operator().starts_with('&');
        errors && (target.raw().contains("/dev/null") || target.raw().ends_with('-'))
    })
}

/// `first`: it does not read from a pipe itself.
fn left(commands: Commands, command: &Command, first: bool) -> Left {
    let Some(call) = Call::of(commands, command) else {
        return match &command.kind {
            CommandKind::Subshell(list) | CommandKind::Brace(list) if only_says(commands, list) => Left::Never,
            CommandKind::Simple(simple) if !simple.words.is_empty() => Left::Unknown,
            _ => Left::Answers("a group or loop".to_owned()),
        };
    };
    if call.says() {
        return Left::Never;
    }
    let status = call.status();
    if is_silenced(call.one) || status == Some(Says::Answers) {
        return Left::Answers(call.shown());
    }
    let filters = status == Some(Says::Filters) || call.name == "cat" && call.one.operands().next().is_none();
    match call.means_failure() {
        true if filters && !first => Left::Never,
        true if filters || matches!(status, Some(Says::Says | Says::Fails)) => Left::Fails,
        false if call.name == "jq" => Left::Answers(call.shown()),
        _ => Left::Unknown,
    }
}

/// Whether a group holds nothing but commands that write a little and do not fail.
fn only_says(commands: Commands, list: &List) -> bool {
    list.pipelines().all(|pipeline| {
        let [command] = pipeline.commands.as_slice() else { return false };
        !pipeline.negated && Call::of(commands, command).is_some_and(Call::says)
    })
}

fn right(commands: Commands, command: &Command) -> Right {
    // input from elsewhere, and the pipe goes unread
    let text = commands.text();
    if command.redirects.iter().any(|redirect| text[redirect.operator.range()].starts_with('<')) {
        return Right::Early("a command that reads a file".to_owned());
    }
    let Some(call) = Call::of(commands, command) else {
        return match &command.kind {
            CommandKind::Subshell(list) | CommandKind::Brace(list) => group(commands, list),
            _ => Right::Early("a loop or another command that is only known when it runs".to_owned()),
        };
    };
    // GNU grep looks where its output goes; older ones are content with the first match if that is nowhere
    let nowhere = |redirect: crate::script::Redirection| {
        redirect.target().raw().contains("/dev/null") && redirect.descriptor() != Some(2)
    };
    let unheard = call.name.ends_with("grep") && call.one.redirects().any(nowhere);
    let input = call.program().and_then(|program| program.input);
    match call.reads_all() && !unheard {
        // uncompressed, GNU tar does not look at what an archive has behind its end
        true if call.name == "tar" && !call.unpacks() => Right::Mostly,
        true if input == Some(Input::All) || call.status() == Some(Says::Filters) || call.takes_from_pipe() => {
            Right::All
        }
        true if input == Some(Input::Mostly) => Right::Mostly,
        _ => Right::Early(call.shown()),
    }
}

/// `( cd /x && tar x )`: one command reads, the others only prepare.
fn group(commands: Commands, list: &List) -> Right {
    let unknown = || Right::Early("a group of commands".to_owned());
    if !list.is_chain() {
        return unknown();
    }
    let mut reader = None;
    for pipeline in list.pipelines() {
        let [command] = pipeline.commands.as_slice() else { return unknown() };
        match Call::of(commands, command) {
            Some(call) if call.one.is(&["cd", "mkdir", "set", "export"]) => {}
            Some(_) if reader.is_none() && !pipeline.negated => reader = Some(right(commands, command)),
            _ => return unknown(),
        }
    }
    reader.unwrap_or_else(unknown)
}
