//! One pipe: what `pipefail` does to it.

use super::*;
use crate::facts::called;
use crate::facts::control_flow::Counts;
use crate::knowledge::pipes::{self, Part};
use crate::shell::{Command, List, Pipeline, Word};

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
pub fn pipeline(pipeline: &Pipeline, counts: Counts, text: &str) -> Verdict {
    if counts == Counts::Nowhere {
        return Verdict::Same;
    }
    let count = pipeline.commands.len() - 1;
    let lefts = pipeline.commands.iter().take(count).enumerate();
    let lefts: Vec<Left> = lefts.map(|(at, command)| left(command, text, at == 0)).collect();
    let rights: Vec<Right> = pipeline.commands.iter().skip(1).map(|command| right(command, text)).collect();
    let quiet = lefts.iter().all(|left| matches!(left, Left::Never));
    if quiet && rights.iter().all(|right| matches!(right, Right::All)) {
        return Verdict::Same;
    }
    let refused = |refusal: &'static Refusal, reason: String| {
        let gains = counts == Counts::Fails && !quiet;
        Verdict::Refused { refusal, reason, gains }
    };
    match counts {
        Counts::Inside => {
            return refused(&NESTED, "a pipe stands in a loop, a condition, a function or a substitution".to_owned());
        }
        Counts::Decides => return refused(&STATUS_TESTED, "the status of a pipe decides what runs next".to_owned()),
        Counts::Fails | Counts::Nowhere => {}
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

/// A command by its name and its arguments, without what it is wrapped in.
struct Call<'t> {
    name: String,
    args: Vec<Option<String>>,
    command: &'t Command,
}

impl Call<'_> {
    fn has(&self, wanted: &[&str]) -> bool {
        self.args.iter().flatten().any(|arg| wanted.contains(&arg.as_str()))
    }

    /// Whether a letter is among the short options.
    fn short(&self, letters: &[char]) -> bool {
        let options = self.args.iter().flatten().filter(|arg| arg.starts_with('-') && !arg.starts_with("--"));
        options.into_iter().any(|arg| arg.contains(letters))
    }

    /// Whether a long option is given, with or without a value in the same word.
    fn long(&self, option: &str) -> bool {
        let named =
            |arg: &String| arg.strip_prefix(option).is_some_and(|rest| rest.is_empty() || rest.starts_with('='));
        self.args.iter().flatten().any(named)
    }

    /// The arguments that are no options.
    fn plain(&self) -> Vec<Option<&str>> {
        let args = self.args.iter().map(Option::as_deref);
        args.filter(|arg| !arg.is_some_and(|arg| arg.starts_with('-') && arg != "-")).collect()
    }

    /// Whether it reads from the pipe as far as its arguments tell: it is given no file, or `-`.
    fn reads_pipe(&self) -> bool {
        self.plain().iter().all(|arg| arg.is_some_and(|arg| matches!(arg, "-" | "/dev/stdin")))
    }

    /// Whether a program of sed may end before its input: `q` or `Q` where a command may stand.
    fn quits(&self) -> bool {
        // behind an address, which other signs than `/` may end, and letters follow
        let before = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphabetic() || "IM".contains(c));
        let behind = |c: Option<char>| c.is_none_or(|c| c.is_ascii_digit() || " \t;}#\n".contains(c));
        let quits = |arg: &str| {
            let mut places = arg.match_indices(['q', 'Q']);
            places.any(|(at, _)| before(arg[..at].chars().next_back()) && behind(arg[at + 1..].chars().next()))
        };
        self.args.iter().any(|arg| arg.as_deref().is_none_or(quits))
    }

    /// Whether an argument that is no option looks like a path, so that the pipe may go unread.
    fn names_a_file(&self) -> bool {
        self.plain().iter().flatten().any(|arg| arg.starts_with('/') && *arg != "/dev/stdin" || arg.starts_with("./"))
    }

    /// Whether a program of awk reads to the end: no end of its own, no program of a file, and more than `BEGIN`.
    fn awk_reads_on(&self) -> bool {
        let early = ["exit", "nextfile", "getline"].iter().any(|word| self.speaks(word));
        let plain = self.plain();
        let begins = plain.first().copied().flatten().map(str::trim).and_then(|text| text.strip_prefix("BEGIN"));
        let only_begin = begins.is_some_and(only_one_block);
        !early && !only_begin && !self.short(&['f', 'E', 'i']) && !self.long("--file") && plain.len() < 2
    }

    fn speaks(&self, part: &str) -> bool {
        self.args.iter().any(|arg| arg.as_ref().is_none_or(|arg| arg.contains(part)))
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

fn call<'t>(command: &'t Command, text: &str) -> Option<Call<'t>> {
    let CommandKind::Simple(simple) = &command.kind else { return None };
    let value = |word: &Word| word.unquoted(text).map(std::borrow::Cow::into_owned);
    let words = called::unwrapped(&simple.words, text).unwrap_or(&simple.words);
    let (first, args) = words.split_first()?;
    let name = value(first)?;
    // `timeout` answers by its own status
    let name = if simple.name(text).as_deref() == Some("timeout") { "timeout".to_owned() } else { name };
    let name = name.rsplit('/').next().unwrap_or_default().to_owned();
    Some(Call { name, args: args.iter().map(value).collect(), command })
}

/// Whether its errors are thrown away: they are expected.
fn is_silenced(command: &Command, text: &str) -> bool {
    command.redirects.iter().any(|redirect| {
        let raw = &text[redirect.span.range()];
        (raw.starts_with("2>") || raw.starts_with("&>")) && (raw.contains("/dev/null") || raw.ends_with("&-"))
    })
}

/// `first`: it does not read from a pipe itself.
fn left(command: &Command, text: &str, first: bool) -> Left {
    let Some(call) = call(command, text) else {
        return match &command.kind {
            CommandKind::Subshell(list) | CommandKind::Brace(list) if only_says(list, text) => Left::Never,
            CommandKind::Simple(simple) if !simple.words.is_empty() => Left::Unknown,
            _ => Left::Answers("a group or loop".to_owned()),
        };
    };
    let name = call.name.as_str();
    if pipes::is(name, Part::Says) && says(&call) {
        return Left::Never;
    }
    if is_silenced(command, text) || pipes::is(name, Part::Answers) {
        return Left::Answers(format!("`{}`", call.name));
    }
    let fails = means_failure(&call);
    let filters = pipes::is(name, Part::Filters) || name == "cat" && call.plain().is_empty();
    match fails {
        true if filters && !first => Left::Never,
        true if filters || pipes::is(name, Part::Says) || pipes::is(name, Part::Fails) => Left::Fails,
        false if name == "jq" => Left::Answers(format!("`{}`", call.name)),
        _ => Left::Unknown,
    }
}

/// Whether a status other than 0, asked for what its arguments say, means that the output is not whole.
fn means_failure(call: &Call) -> bool {
    match call.name.as_str() {
        "awk" | "gawk" | "mawk" => !call.speaks("exit"),
        "sed" => !call.quits(),
        "wget" => {
            let other = ["--recursive", "--mirror", "--input-file", "--spider"];
            !call.short(&['r', 'm', 'p', 'i']) && !other.iter().any(|option| call.long(option))
        }
        "jq" => !call.short(&['e']) && !call.has(&["--exit-status"]),
        // a pattern may match nothing
        "cat" => !call.args.iter().any(|arg| arg.as_ref().is_some_and(|arg| arg.contains(['*', '?', '[']))),
        // the text is whole where the padding is missing
        "base64" => !call.short(&['d', 'D', 'i']) && !call.long("--decode"),
        // what is left out is told by the status
        "iconv" => !call.short(&['c']) && !call.speaks("IGNORE"),
        // 1 is a warning
        "unzip" => false,
        // others ask a server, a signature, a keyring
        "openssl" => {
            let writes = ["base64", "dgst", "enc", "md5", "passwd", "pkcs12", "pkey", "rand", "rsa", "sha1", "sha256"];
            call.args.first().is_some_and(|arg| arg.as_deref().is_some_and(|arg| writes.contains(&arg)))
        }
        "gpg" | "gpg2" => call.has(&["--dearmor", "--enarmor", "--export"]),
        "aws" | "gsutil" => call.has(&["cat", "cp"]),
        "bunzip2" | "bzip2" | "gunzip" | "gzip" | "xz" | "unxz" | "zcat" | "zstd" => {
            let asks = ["--list", "--test"];
            !call.short(&['l', 't']) && !call.has(&asks)
        }
        name if name.ends_with("sum") => !call.short(&['c']) && !call.has(&["--check"]),
        _ => true,
    }
}

/// Whether one that writes a little surely does not fail.
fn says(call: &Call) -> bool {
    match call.name.as_str() {
        "printf" => call.args.first().is_some_and(|format| {
            let parts: Option<Vec<&str>> = format.as_deref().map(|format| format.split('%').skip(1).collect());
            parts.is_some_and(|parts| parts.iter().all(|part| part.is_empty() || part.starts_with(['s', 'b'])))
        }),
        "date" => call.args.iter().all(|arg| arg.as_deref().is_some_and(|arg| arg.starts_with('+') || arg == "-u")),
        "hostname" | "nproc" | "arch" => call.args.is_empty(),
        _ => true,
    }
}

/// Whether a group holds nothing but commands that write a little and do not fail.
fn only_says(list: &List, text: &str) -> bool {
    list.pipelines().all(|pipeline| {
        let [command] = pipeline.commands.as_slice() else { return false };
        !pipeline.negated && call(command, text).is_some_and(|call| pipes::is(&call.name, Part::Says) && says(&call))
    })
}

fn right(command: &Command, text: &str) -> Right {
    // input from elsewhere, and the pipe goes unread
    if command.redirects.iter().any(|redirect| text[redirect.operator.range()].starts_with('<')) {
        return Right::Early("a command that reads a file".to_owned());
    }
    let Some(call) = call(command, text) else {
        return match &command.kind {
            CommandKind::Subshell(list) | CommandKind::Brace(list) => group(list, text),
            _ => Right::Early("a loop or another command that is only known when it runs".to_owned()),
        };
    };
    let name = call.name.as_str();
    // GNU grep looks where its output goes; older ones are content with the first match if that is nowhere
    let unheard = name.ends_with("grep")
        && command.redirects.iter().any(|one| {
            let raw = &text[one.span.range()];
            raw.contains("/dev/null") && !raw.starts_with('2')
        });
    match reads_all(&call) && !unheard {
        // uncompressed, GNU tar does not look at what an archive has behind its end
        true if name == "tar" && !call.unpacks() => Right::Mostly,
        true if pipes::is(name, Part::Filters) || pipes::is(name, Part::Reads) || is_key_tool(&call) => Right::All,
        true if pipes::is(name, Part::Mostly) => Right::Mostly,
        _ => Right::Early(format!("`{}`", call.name)),
    }
}

fn is_key_tool(call: &Call) -> bool {
    match call.name.as_str() {
        "apt-key" => call.has(&["add"]) && call.has(&["-"]),
        "crontab" => call.reads_pipe(),
        "passwd" => call.has(&["--stdin"]),
        _ => false,
    }
}

/// Whether what the arguments ask for needs all of the input.
fn reads_all(call: &Call) -> bool {
    match call.name.as_str() {
        "awk" | "gawk" | "mawk" => call.awk_reads_on(),
        "sed" => !call.quits() && !call.short(&['i', 'f']) && !call.long("--file") && call.plain().len() < 2,
        "grep" | "egrep" | "fgrep" => {
            let stops = ["--quiet", "--silent", "--files-with-matches", "--files-without-match", "--recursive"];
            let place = call.plain().len() < 2 || call.reads_behind_pattern();
            let all =
                !call.short(&['q', 'm', 'l', 'L', 'r', 'R', 'f']) && !call.has(&stops) && !call.long("--max-count");
            all && place
        }
        "sort" => call.reads_pipe() && !call.long("--files0-from"),
        "cat" | "uniq" | "wc" | "tac" | "nl" | "rev" | "column" | "fold" | "expand" => call.reads_pipe(),
        "tail" => !call.short(&['f', 'F']) && !call.has(&["--follow"]) && !call.names_a_file(),
        "cut" | "paste" => !call.names_a_file(),
        "tar" => call.reads_archive() && !call.long("--occurrence") && !call.has(&["--fast-read"]),
        "bsdtar" => !call.has(&["--fast-read"]) && !call.short(&['q']),
        "python" | "python2" | "python3" | "php" | "node" | "perl" | "ruby" => {
            call.args.is_empty() || call.args.first().is_some_and(|arg| matches!(arg.as_deref(), Some("-" | "--")))
        }
        "sh" | "bash" | "dash" | "ash" | "zsh" => reads_script(call),
        "gpg" | "gpg2" => call.has(&["--dearmor"]) || call.has(&["--import"]) && call.ends_in_import(),
        "jq" => {
            !call.short(&['n'])
                && !call.has(&["--null-input"])
                && !call.speaks("input")
                && !call.speaks("halt")
                && !call.names_a_file()
        }
        "xargs" => !call.short(&['a', 'E', 'e']) && !call.long("--arg-file"),
        "patch" => !call.short(&['i']) && !call.long("--input") && call.plain().is_empty(),
        "openssl" => {
            let whole = ["base64", "dgst", "enc", "md5", "sha1", "sha256", "sha512"];
            call.args.first().is_some_and(|arg| arg.as_deref().is_some_and(|arg| whole.contains(&arg)))
                && !call.has(&["-in"])
        }
        "psql" => !call.short(&['c', 'f']) && !call.long("--command") && !call.long("--file"),
        "mysql" => !call.short(&['e']) && !call.long("--execute"),
        "sqlite3" => call.plain().len() < 2,
        "debconf-set-selections" => call.plain().is_empty(),
        "md5sum" | "sha1sum" | "sha224sum" | "sha256sum" | "sha384sum" | "sha512sum" | "shasum" => {
            !call.short(&['a']) && call.reads_pipe() || call.name == "shasum" && call.short(&['a'])
        }
        "gunzip" | "gzip" | "zcat" | "bunzip2" | "bzip2" | "bzcat" | "xz" | "unxz" | "xzcat" | "zstd" | "unzstd" => {
            call.reads_pipe()
        }
        _ => true,
    }
}

impl Call<'_> {
    /// A pattern, and then `-`.
    fn reads_behind_pattern(&self) -> bool {
        self.plain().get(1..).is_some_and(|rest| rest.iter().all(|arg| *arg == Some("-")))
    }

    /// Whether tar reads its archive from the pipe: it is given none, or `-`.
    fn reads_archive(&self) -> bool {
        let first = self.args.first().cloned().flatten().filter(|first| !first.starts_with('-'));
        let given = self.short(&['f']) || self.long("--file") || first.is_some_and(|letters| letters.contains('f'));
        let piped = |arg: &String| matches!(arg.as_str(), "-" | "/dev/stdin" | "--file=-") || arg.ends_with("f-");
        !given || self.args.iter().flatten().any(piped)
    }

    /// Whether tar is told to decompress by itself.
    fn unpacks(&self) -> bool {
        let long = ["--gzip", "--gunzip", "--ungzip", "--bzip2", "--xz", "--lzma", "--zstd"];
        let letters = |(at, arg): (usize, &Option<String>)| {
            let arg = arg.as_deref().unwrap_or_default();
            let bundle = arg.strip_prefix('-').filter(|rest| !rest.starts_with('-')).or((at == 0).then_some(arg));
            let letters = bundle.unwrap_or_default();
            letters.chars().take_while(|c| !['C', 'f', 'T', 'X', 'b'].contains(c)).any(|c| "zjJ".contains(c))
        };
        self.has(&long) || self.args.iter().enumerate().any(letters)
    }

    /// `gpg --import` or `gpg --import -`.
    fn ends_in_import(&self) -> bool {
        let behind = self.args.iter().rposition(|arg| arg.as_deref() == Some("--import"));
        let rest = behind.and_then(|at| self.args.get(at + 1..)).unwrap_or_default();
        rest.iter().all(|arg| arg.as_deref() == Some("-")) && self.command.redirects.is_empty()
    }
}

/// A shell reads its text from the pipe where it is given none, or `-s`, or `-`.
fn reads_script(call: &Call) -> bool {
    let given: Vec<&str> = call.args.iter().map(|arg| arg.as_deref().unwrap_or("?")).collect();
    let named = given.iter().position(|arg| *arg == "-s" || *arg == "-" || *arg == "--");
    let options = &given[..named.unwrap_or(given.len())];
    let plain = |arg: &&str| arg.starts_with('-') && !arg.starts_with("--") && !arg.contains(['c', 'o', 'O']);
    options.iter().all(plain)
}

/// `( cd /x && tar x )`: one command reads, the others only prepare.
fn group(list: &List, text: &str) -> Right {
    let unknown = || Right::Early("a group of commands".to_owned());
    if !list.is_chain() {
        return unknown();
    }
    let mut reader = None;
    for pipeline in list.pipelines() {
        let [command] = pipeline.commands.as_slice() else { return unknown() };
        match call(command, text) {
            Some(call) if ["cd", "mkdir", "set", "export"].contains(&call.name.as_str()) => {}
            Some(_) if reader.is_none() && !pipeline.negated => reader = Some(right(command, text)),
            _ => return unknown(),
        }
    }
    reader.unwrap_or_else(unknown)
}
