//! What the image starts, and whether that is known to run as any user: from ENTRYPOINT and CMD down to the program, through
//! launchers, shells and scripts of the build context.

use super::copied_file::{CopiedFile, From};
use super::runs::{self, Arg};
use super::*;
use crate::facts::state::clean;
use crate::facts::{Entry, Family, Interpreter};
use crate::knowledge::images::Service;
use crate::knowledge::programs;
use crate::knowledge::roles::{self, Kind};
use crate::script::{Argument, Commands, Dialect, Invocation, Reading, Redirection};
use crate::shell::{self, Shell};
use crate::syntax::{Args, Command};
use std::borrow::Cow;
use std::cell::RefCell;

/// ENTRYPOINT or CMD.
#[derive(Clone)]
enum Part {
    /// The exec form's words.
    Words(Vec<Arg>),
    /// The item of a shell form.
    Shell(usize),
}

/// What is known of the programs that the image starts.
#[derive(Debug, Default)]
pub struct Started {
    /// The stages that compile them.
    pub compiled: Vec<usize>,
    /// Whether one of them is known to listen on a port above 1023.
    pub port: bool,
    /// Whether its arguments say on which.
    pub told: bool,
    /// An option that names a file of settings.
    pub settings: Option<String>,
}

/// Fails where what the image starts is not known to run as any user.
pub fn runs_as_anyone(image: &Image) -> Result<Started, No> {
    let started = RefCell::default();
    look(image, &started)?;
    Ok(started.into_inner())
}

fn look(image: &Image, started: &RefCell<Started>) -> Result<(), No> {
    let (entrypoint, cmd) = effective(image);
    if let Some(Part::Shell(_)) = entrypoint.as_ref().or(cmd.as_ref())
        && let Some(shell) = image.end.shell.get()
        && !matches!(facts_family(shell), Family::Posix | Family::Bash)
    {
        return advise("the shell that starts the program is not a POSIX shell");
    }
    let judge = Judge { image, depth: 0, started };
    match (entrypoint, cmd) {
        (None, None) => Err(No::Nothing),
        (Some(Part::Shell(item)), _) | (None, Some(Part::Shell(item))) => judge.shell_form(item),
        (Some(Part::Words(_)), Some(Part::Shell(_))) => {
            advise("ENTRYPOINT gets the shell form of CMD as its arguments")
        }
        (entrypoint, cmd) => {
            let words = |part| if let Some(Part::Words(words)) = part { words } else { Vec::new() };
            let (mut all, cmd) = (words(entrypoint), words(cmd));
            let own = all.len();
            all.extend(cmd);
            judge.program(&all, own)
        }
    }
}

fn facts_family(shell: &[String]) -> Family {
    Interpreter::of(shell).family
}

/// ENTRYPOINT and CMD in force. That of a base image that is made to build on passes on what CMD says, but where it is an
/// interpreter, whose arguments CMD has.
fn effective(image: &Image) -> (Option<Part>, Option<Part>) {
    let known = image.facts.image(image.stage);
    let script = |json: &str| json.trim_end_matches("\"]").ends_with("entrypoint.sh");
    let passes_on = known.is_some_and(|base| base.service == Some(Service::Base));
    let base = known.and_then(|base| base.entrypoint.flatten()).filter(|json| !(passes_on && script(json)));
    let words =
        |json: &str| serde_json::from_str(json).ok().map(|words: Vec<String>| words.into_iter().map(Some).collect());
    let mut entrypoint = base.and_then(words).map(Part::Words);
    let (mut cmd, mut said) = (None, false);
    for stage in &image.chain {
        let (mut cmd_here, mut entrypoint_here) = (false, false);
        for step in &image.facts.stages[*stage].steps {
            let part = || part(step.item, &step.instruction.args);
            match step.instruction.keyword {
                Keyword::Cmd => (cmd, cmd_here, said) = (part(), true, true),
                Keyword::Entrypoint => (entrypoint, entrypoint_here, said) = (part(), true, true),
                _ => {}
            }
        }
        if entrypoint_here && !cmd_here {
            cmd = None;
        }
    }
    if said { (entrypoint, cmd) } else { (None, None) }
}

fn part(item: usize, args: &Args) -> Option<Part> {
    match args {
        Args::Command(Command::Exec(words)) if words.is_empty() => None,
        Args::Command(Command::Exec(words)) => {
            Some(Part::Words(words.iter().map(|word| Some(word.text.clone())).collect()))
        }
        _ => Some(Part::Shell(item)),
    }
}

/// Looks at commands, and at what they start.
struct Judge<'i, 'f, 'a> {
    image: &'i Image<'f, 'a>,
    depth: usize,
    started: &'i RefCell<Started>,
}

impl Judge<'_, '_, '_> {
    fn shell_form(&self, item: usize) -> Result<(), No> {
        match self.image.facts.commands(item) {
            Some(commands) => self.commands(commands, &[]),
            None => advise("the command that the image starts was not understood"),
        }
    }

    /// A shell text that one of the programs runs.
    fn text(&self, text: &str, rest: &[Arg], what: &str) -> Result<(), No> {
        match shell::parse(text) {
            Shell::Script(script) => {
                let reading = Reading::of(text, &script, Dialect::default());
                self.inner().commands(Commands::new(text, &reading), rest)
            }
            Shell::Opaque(_) => advise(format!("{what} was not understood")),
        }
    }

    /// `own`: how many of the words are ENTRYPOINT's, behind which a script finds the others as its arguments.
    fn program(&self, words: &[Arg], own: usize) -> Result<(), No> {
        if self.depth > 6 {
            return advise("the program is started through too many others");
        }
        let Some(Some(name)) = words.first() else {
            return advise("which program the image starts is only known when it runs");
        };
        let base = name.rsplit('/').next().unwrap_or_default();
        if words[1..].iter().flatten().any(|arg| ["-h", "help", "--help", "-help", "--version"].contains(&arg.as_str()))
        {
            return advise("the image is a tool, which may be meant to work on mounted folders");
        }
        let own_copy = name.contains('/')
            && self.absolute(name).is_some_and(|path| {
                path.starts_with("/go/")
                    || self.image.copies.origin(self.image.facts, &path).is_some_and(|(from, _)| from.from.is_some())
            });
        match roles::kind(base).filter(|kind| !own_copy || !matches!(kind, Kind::Interpreter | Kind::Server)) {
            Some(Kind::Launcher) => self.launched(base, words, own),
            Some(Kind::DropsRights) => refuse(&DROPS_RIGHTS, format!("`{base}` changes the user, which only root can")),
            Some(Kind::Supervisor) => refuse(&SUPERVISOR, format!("`{base}` starts services as their users")),
            Some(Kind::NeedsRoot) => refuse(mark!(NEEDS_ROOT, "program"), format!("`{base}` starts as root by design")),
            Some(Kind::Interpreter) => {
                // a command line that is fixed, and gets arguments: as actions and tools have it
                if own > 1 && !["dotnet", "java"].contains(&base) && !self.image.is_service() {
                    return advise("the image may be a tool that works on mounted folders: no port is exposed");
                }
                self.interpreter(base, words)
            }
            Some(Kind::Server) if words.len() > 1 => {
                self.server(base, words)?;
                self.serves_its_folder()?;
                self.arguments(words)
            }
            Some(Kind::Server) => advise(format!("`{base}` is given nothing to serve")),
            Some(Kind::Shell) => self.shell(words),
            None => self.other(name, base, words, own),
        }
    }

    /// A server listens on a port above 1023 unless it is told otherwise. Its options, and files that they name, may tell it so.
    fn server(&self, base: &str, words: &[Arg]) -> Result<(), No> {
        self.started.borrow_mut().port = true;
        let program = programs::find(base);
        let given = |options: &[&str]| {
            let option = |word: &&str| {
                let name = word.split_once('=').map_or(*word, |(name, _)| name);
                options.contains(&name)
            };
            words[1..].iter().flatten().map(String::as_str).find(option).map(str::to_owned)
        };
        if let Some(option) = given(program.map_or(&[], |program| program.user)) {
            return refuse(
                mark!(DROPS_RIGHTS, "option"),
                format!("`{base} {option}` changes the user, which only root can"),
            );
        }
        if let Some(option) = given(program.map_or(&[], |program| program.settings)) {
            self.started.borrow_mut().settings = Some(format!("{base} {option}"));
        }
        Ok(())
    }

    fn inner(&self) -> Judge<'_, '_, '_> {
        Judge { image: self.image, depth: self.depth + 1, started: self.started }
    }

    fn launched(&self, base: &str, words: &[Arg], own: usize) -> Result<(), No> {
        let passed = |arg: &&Arg| {
            let arg = arg.as_deref().unwrap_or_default();
            arg.starts_with('-') || (base == "env" && arg.contains('='))
        };
        let options = words[1..].iter().take_while(passed).count();
        // the options with a value
        if words[1..=options]
            .iter()
            .flatten()
            .any(|arg| ["-e", "-p", "-r", "-n", "-c", "-u", "-S", "-o", "-i"].contains(&arg.as_str()))
        {
            return advise(format!("`{base}` has options that are not known"));
        }
        self.inner().program(&words[options + 1..], own.saturating_sub(options + 1))
    }

    /// An interpreter with a program.
    fn interpreter(&self, base: &str, words: &[Arg]) -> Result<(), No> {
        let plain = words[1..].iter().flatten().find(|arg| !arg.starts_with('-'));
        let has = |option: &str| words.iter().flatten().any(|arg| arg == option);
        let shown = match roles::unversioned(base) {
            "dotnet" => plain.is_some_and(|arg| arg.ends_with(".dll")),
            "bun" => words[1..].iter().flatten().any(|arg| [".js", ".ts", ".mjs"].iter().any(|end| arg.ends_with(end))),
            "java" => has("-jar") || plain.is_some(),
            _ => plain.is_some() || has("-m"),
        };
        if !shown || words.contains(&None) && plain.is_none() {
            return advise(format!("`{base}` is given no program: what will run in the image is not known"));
        }
        self.serves_its_folder()?;
        self.arguments(words)
    }

    /// The working folder can be given away, and has in it what the build copied there.
    fn serves_its_folder(&self) -> Result<(), No> {
        let folder = self.image.end.workdir.get().map_or("not known", String::as_str);
        let brings = |brought: &CopiedFile| brought.is_around(folder) && plan::brings_more_than_manifests(brought);
        match self.image.works_in_its_folder() {
            true if self.image.copies.0.iter().any(brings) => Ok(()),
            true => {
                advise(format!("no program is copied into the working folder `{folder}`; it may be a place to mount"))
            }
            false => refuse(
                &WORKING_DIRECTORY,
                format!("the working folder is `{folder}`, which can't be given to a user; set WORKDIR"),
            ),
        }
    }

    /// Ports and paths in the arguments.
    fn arguments(&self, words: &[Arg]) -> Result<(), No> {
        if let Some(port) = words[1..].iter().flatten().find_map(|arg| evidence::low_port_in(arg)) {
            return refuse(mark!(LOW_PORT, "arguments"), format!("`{port}` in the command is a port below 1024"));
        }
        if names_a_port(words) {
            let mut started = self.started.borrow_mut();
            (started.port, started.told) = (true, true);
        }
        let paths = words[1..].iter().flatten().flat_map(|arg| evidence::paths_in(arg));
        match paths.into_iter().find(|path| !self.image.may_be_there(path)) {
            Some(path) => refuse(
                mark!(WRITES, "arguments"),
                format!("the command names `{path}`, which the program may write to"),
            ),
            None => Ok(()),
        }
    }

    fn shell(&self, words: &[Arg]) -> Result<(), No> {
        let text = words[1..].iter().flatten().position(|arg| arg.starts_with('-') && arg.ends_with('c'));
        match (text, words.get(1)) {
            (Some(at), _) => match words.get(at + 2) {
                Some(Some(text)) => self.text(text, &words[at + 3..], "the command that the image starts"),
                _ => Err(No::Nothing),
            },
            (None, Some(Some(file))) if !file.starts_with('-') => self.inner().file(file, &words[2..]),
            _ => Err(No::Nothing),
        }
    }

    /// A shell text: each of its commands, of which one at least is a program.
    fn commands(&self, commands: Commands, rest: &[Arg]) -> Result<(), No> {
        if commands.functions().next().is_some() {
            return advise("what the image starts has functions");
        }
        let harmless = |redirect: &Redirection| {
            !redirect.writes() || redirect.target().unquoted().is_some_and(|to| to.starts_with("/dev/"))
        };
        if !commands.redirects().all(|redirect| harmless(&redirect)) {
            return advise("what the image starts writes to a file");
        }
        let mut programs = false;
        for command in commands.iter() {
            programs |= self.command(command, rest)?;
        }
        if programs { Ok(()) } else { advise("what the image starts is no program of its own") }
    }

    /// Looks at a command of a shell text; says whether it is a program rather than one of the shell's helpers.
    fn command(&self, command: Invocation, rest: &[Arg]) -> Result<bool, No> {
        let value = |word: Argument| word.value(self.image.end).map(Cow::into_owned);
        let words: Vec<Arg> = command.words().map(value).collect();
        let Some(first) = words.first() else { return Ok(false) };
        let after_exec = usize::from(first.as_deref() == Some("exec"));
        if command.words().nth(after_exec).is_some_and(|word| ["\"$@\"", "$@"].contains(&word.raw())) {
            if rest.is_empty() {
                return advise("the script starts its arguments");
            }
            return self.inner().program(rest, 0).map(|()| true);
        }
        match first.as_deref() {
            Some(name) if HARMLESS.contains(&name) => Ok(false),
            _ => self.inner().program(&words, words.len()).map(|()| true),
        }
    }

    /// A program by its name or path that no list knows.
    fn other(&self, name: &str, base: &str, words: &[Arg], own: usize) -> Result<(), No> {
        match (base, words.get(1).and_then(Option::as_deref)) {
            ("npm" | "yarn" | "pnpm", Some(verb)) => {
                let script = if verb == "run" { words.get(2).and_then(Option::as_deref) } else { Some(verb) };
                self.package_script(base, script.unwrap_or_default())
            }
            ("bundle", Some("exec")) => self.inner().program(&words[2..], own.saturating_sub(2)),
            _ => {
                self.own_program(name, base, &words[own.clamp(1, words.len())..])?;
                self.arguments(words)
            }
        }
    }

    /// `npm start`: the script of that name in the package.json of the build context.
    fn package_script(&self, tool: &str, name: &str) -> Result<(), No> {
        let manifest = self.text_of("package.json", 1 << 20);
        let Some(manifest) = manifest else {
            return advise(format!(
                "what `{tool} {name}` runs is in package.json, which the build context does not show"
            ));
        };
        let json: serde_json::Value = serde_json::from_str(&manifest).unwrap_or_default();
        let script = |name: &str| json["scripts"][name].as_str().map(str::to_owned);
        if [format!("pre{name}"), format!("post{name}")].iter().any(|hook| script(hook).is_some()) {
            return advise(format!("`{tool} {name}` has hooks"));
        }
        match script(name) {
            Some(text) => self.text(&text, &[], &format!("the script `{name}` of package.json")),
            None => advise(format!("package.json has no script `{name}`")),
        }
    }

    /// A program that the image was given: compiled by a stage of the file, or a script of the build context.
    fn own_program(&self, name: &str, base: &str, rest: &[Arg]) -> Result<(), No> {
        let unknown = || advise(format!("nothing shows that `{name}` works as another user"));
        let paths: Vec<String> = match name.contains('/') {
            true => self.absolute(name).into_iter().collect(),
            false => BINARIES.iter().map(|folder| format!("{folder}/{base}")).collect(),
        };
        let facts = self.image.facts;
        let Some((brought, source)) = paths.iter().find_map(|path| self.image.copies.origin(facts, path)) else {
            return unknown();
        };
        match brought.from {
            Some(From::Stage(stage)) if base.contains('.') || !runs::compiles(facts, stage) => unknown(),
            Some(From::Stage(_)) if !self.image.is_service() => {
                advise(format!("`{name}` may be a tool that works on mounted folders: no port is exposed"))
            }
            Some(From::Stage(stage)) => {
                self.started.borrow_mut().compiled.push(stage);
                Ok(())
            }
            Some(From::Image) => unknown(),
            None => self.context_file(&source, rest).unwrap_or_else(unknown),
        }
    }

    fn absolute(&self, path: &str) -> Option<String> {
        match path.starts_with('/') {
            true => Some(clean(path)),
            false => Some(clean(&format!("{}/{path}", self.image.end.workdir.get()?))),
        }
    }

    /// A shell script of the build context, given to a shell by its path.
    fn file(&self, file: &str, rest: &[Arg]) -> Result<(), No> {
        let facts = self.image.facts;
        let path = self.absolute(file);
        let origin =
            path.and_then(|path| self.image.copies.origin(facts, &path).map(|(from, source)| (from.from, source)));
        let unknown = || advise(format!("what the script `{file}` does is not known"));
        match origin {
            Some((None, source)) => self.context_file(&source, rest).unwrap_or_else(unknown),
            _ => unknown(),
        }
    }

    /// `None` where the build context does not show the file.
    fn context_file(&self, path: &str, rest: &[Arg]) -> Option<Result<(), No>> {
        let bytes = self.image.facts.context.read(path, 1 << 16)?;
        if bytes.starts_with(b"\x7fELF") {
            let open = matches!(self.image.facts.context.entry(path), Entry::File { mode: Some(mode), .. } if mode & 0o005 == 5);
            return Some(match open {
                true => Ok(()),
                false => refuse(mark!(UNREADABLE, "program"), format!("other users may not run `{path}`")),
            });
        }
        let text = String::from_utf8(bytes).ok()?.replace("\r\n", "\n");
        let first = text.lines().next()?;
        let by_shell =
            first.starts_with("#!") && ["sh", "bash", "ash", "dash"].iter().any(|shell| first.ends_with(shell));
        if !by_shell && first.starts_with("#!") {
            return None;
        }
        Some(self.text(&text, rest, &format!("the script `{path}`")))
    }

    /// A file of the working folder, as the build context has it.
    fn text_of(&self, name: &str, limit: usize) -> Option<String> {
        let path = self.absolute(name)?;
        let (brought, source) = self.image.copies.origin(self.image.facts, &path)?;
        let bytes = brought.from.is_none().then(|| self.image.facts.context.read(&source, limit))??;
        String::from_utf8(bytes).ok()
    }
}

/// Whether arguments name a port above 1023: `0.0.0.0:8000`, `--port 8000`, `--port=8000`, `-p 8000`, `http.server 8000`.
fn names_a_port(words: &[Arg]) -> bool {
    let high = |text: &str| text.parse::<u32>().is_ok_and(|port| (1024..65536).contains(&port));
    let words: Vec<&str> = words.iter().map(|word| word.as_deref().unwrap_or_default()).collect();
    let names =
        |word: &str| word.to_lowercase().contains("port") || ["-p", "-b", "runserver", "http.server"].contains(&word);
    let after = words.windows(2).any(|pair| names(pair[0]) && high(pair[1]));
    let within = |word: &&str| {
        let address = word.trim_end_matches([';', '/']).rsplit_once(':').is_some_and(|(_, port)| high(port));
        address || word.split_once('=').is_some_and(|(name, value)| names(name) && high(value))
    };
    after || words.iter().any(within)
}

/// Folders in which programs are found by name.
const BINARIES: &[&str] = &["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

/// Commands of a start script that any user can run, and that change nothing.
const HARMLESS: &[&str] = &[
    ":", "[", "test", "true", "false", "echo", "printf", "set", "export", "unset", "cd", "exit", "return", "shift",
    "sleep", "wait", "trap", "date", "pwd", "id", "whoami", "hostname", "env", "printenv", "cat", "grep", "local",
    "break", "continue", "nproc", "expr", "basename", "dirname", "cut", "tr",
];
