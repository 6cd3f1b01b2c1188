//! The RUN: which of its commands install, which are known to do no harm, and where it can be cut.

use super::copies::{base, below};
use super::needs::Install;
use super::*;
use crate::facts::effects::is_chain;
use crate::facts::state::clean;
use crate::facts::{Family, Step, is_exec};
use crate::knowledge::commands::{self, Trait};
use crate::knowledge::manifests::{self, Ecosystem};
use crate::shell::{Command, CommandKind, Entry, Part, Pipeline, Script, Shell, Simple, Terminator, Word};
use crate::syntax::{Instruction, Logical};
use crate::text::Span;

/// A RUN that installs.
pub struct Run<'f> {
    /// The installs, in order.
    pub installs: Vec<Install>,
    /// Where the text is cut: from behind the last command that stays to the start of the first one that moves, in the file.
    pub cut: Option<Span>,
    /// What it is called: `npm ci`.
    pub title: String,
    text: &'f Logical,
    script: &'f Script,
    state: bool,
    folders: Vec<String>,
    rest: usize,
    /// Whether Bundler was told not to write the lock file.
    frozen: bool,
}

/// What a command is.
enum Role {
    /// It installs dependencies.
    Install(Box<Install>),
    /// It does nothing to the project, nor reads it.
    Harmless,
    /// It changes the shell: its folder, or its options.
    State(Option<String>),
    /// It tells Bundler not to write the lock file.
    Frozen,
    /// Anything else.
    Other,
}

/// Whether some command of a RUN installs dependencies, or is of a tool that would.
pub fn installs(facts: &Facts, item: usize) -> bool {
    let Some((text, script)) = script(facts, item) else { return exec_installs(facts, item) };
    let mut found = false;
    script.for_each_command(&mut |command| {
        if let CommandKind::Simple(simple) = &command.kind {
            found |= Words::of(simple, text.text()).is_some_and(|words| words.installs());
        }
    });
    found
}

fn exec_installs(facts: &Facts, item: usize) -> bool {
    let Some(Args::Command(crate::syntax::Command::Exec(args))) = facts.instruction(item).map(|one| &one.args) else {
        return false;
    };
    let args: Vec<String> = args.iter().map(|arg| arg.text.clone()).collect();
    Words::from(args).is_some_and(|words| words.installs())
}

/// Whether all commands of a RUN are harmless, as far as that can be told without the copied files.
pub fn is_harmless(facts: &Facts, item: usize) -> bool {
    let Some((text, script)) = script(facts, item) else { return false };
    let pipelines: Vec<&Pipeline> = script.list.pipelines().collect();
    let simple = |pipeline: &&Pipeline| {
        simple_of(pipeline, text.text()).is_some_and(|one| harmless(one, text.text(), &|_| false))
    };
    let flags = facts.instruction(item).is_some_and(|one| one.flags.is_empty());
    flags && !installs(facts, item) && pipelines.iter().all(simple)
}

fn script<'f>(facts: &'f Facts, item: usize) -> Option<(&'f Logical, &'f Script)> {
    let text = facts.shell_text(item)?;
    match &text.shell {
        Shell::Script(script) => Some((&text.text, script)),
        Shell::Opaque(_) => None,
    }
}

/// The words of a command, wrappers such as `python -m` taken away.
#[derive(Debug)]
struct Words {
    /// The program, its version taken away (`pip3.11` is `pip`).
    program: String,
    /// Its arguments; one that is only known when it runs holds a `$`.
    args: Vec<String>,
    /// Whether Python runs it as a module.
    module: bool,
}

impl Words {
    fn of(simple: &Simple, text: &str) -> Option<Words> {
        let value =
            |word: &Word| word.unquoted(text).map_or_else(|| word.raw(text).to_owned(), |word| word.into_owned());
        Words::from(simple.words.iter().map(value).collect())
    }

    fn from(mut words: Vec<String>) -> Option<Words> {
        let first = words.first()?.clone();
        let module =
            base(&first).trim_end_matches(VERSION) == "python" && words.get(1).is_some_and(|word| word == "-m");
        if module {
            words.drain(..2);
        }
        let first = words.first()?;
        if !module && first.contains('/') && !first.starts_with('/') && !first.starts_with("./") {
            return None;
        }
        let name = base(first);
        let program = match name.trim_end_matches(VERSION) {
            "pip" => "pip".to_owned(),
            _ => name.to_owned(),
        };
        Some(Words { program, args: words.split_off(1), module })
    }

    fn ecosystem(&self) -> Option<Ecosystem> {
        manifests::of_program(&self.program)
    }

    /// The words that are no options, and those that look like one with its value.
    fn plain(&self) -> impl Iterator<Item = &str> {
        self.args.iter().map(String::as_str).filter(|arg| !arg.starts_with('-'))
    }

    fn verb(&self) -> &str {
        let first = match self.ecosystem() {
            Some(ecosystem) => self.rest(&ecosystem).first().copied(),
            None => self.plain().next(),
        };
        first.unwrap_or("-")
    }

    fn has(&self, names: &[&str]) -> bool {
        self.args.iter().any(|arg| names.contains(&arg.as_str()))
    }

    /// Whether it installs what manifests name, or is of a tool whose inputs are not known.
    fn installs(&self) -> bool {
        let Some(ecosystem) = self.ecosystem() else { return false };
        let verb = self.verb();
        if ecosystem.has("refused", verb) {
            return true;
        }
        match ecosystem.name {
            "pip" => verb == "install" && pip::installs_manifests(&self.args),
            "uv" if verb == "pip" => self.plain().nth(1) == Some("install") && pip::installs_manifests(&self.args),
            "go" => verb == "mod" && self.plain().nth(1) == Some("download"),
            "maven" => self.plain().any(|goal| ecosystem.has("installs", goal)),
            "npm" | "pnpm" | "bun" => {
                let named = self.rest(&ecosystem).len() > 1 || self.has(&["-g", "--global", "--location=global"]);
                ecosystem.has("installs", verb) && !named
            }
            "yarn" | "bundler" if self.has(&["--version", "-v", "--help"]) => false,
            _ => ecosystem.has("installs", verb),
        }
    }

    /// The plain words without the values of options.
    fn rest(&self, ecosystem: &Ecosystem) -> Vec<&str> {
        let mut out = Vec::new();
        let mut args = self.args.iter();
        while let Some(arg) = args.next() {
            if ecosystem.has("values", arg) {
                args.next();
            } else if !arg.starts_with('-') {
                out.push(arg.as_str());
            }
        }
        out
    }
}

/// What ends the name of a versioned program.
const VERSION: fn(char) -> bool = |c| c.is_ascii_digit() || c == '.';

impl<'f> Run<'f> {
    /// Understands a RUN.
    ///
    /// # Errors
    /// What of it is not known.
    pub fn read(facts: &'f Facts, stage: &Stage<'f>, step: &Step<'f>, copies: &Copies) -> Result<Run<'f>, Reason> {
        check_shell(facts, stage, step)?;
        let Some((text, script)) = script(facts, step.item) else {
            return refuse(&NOT_A_CHAIN, "the RUN is not run by a POSIX shell, as far as known, or was not understood");
        };
        let Some(workdir) = step.before.workdir.get() else {
            return refuse(&UNKNOWN_PATH, "the working folder of the RUN is not known");
        };
        check_list(facts, stage, step, script)?;
        let first = copies.list.iter().map(|copy| copy.step).min().unwrap_or(0);
        for index in copies.runs.iter().filter(|index| **index > first) {
            check_between(facts, &stage.steps[*index], copies)?;
        }
        let (installs, folders) = (Vec::new(), Vec::new());
        let frozen = freezes(step);
        let mut run =
            Run { installs, cut: None, title: String::new(), text, script, state: false, folders, rest: 0, frozen };
        run.walk(copies, workdir)?;
        let titles: Vec<&str> = run.installs.iter().map(|install| install.title.as_str()).collect();
        run.title = titles.join(" && ");
        Ok(run)
    }

    /// Goes through the commands, up to where the text has to be cut.
    fn walk(&mut self, copies: &Copies, workdir: &str) -> Result<(), Reason> {
        let (text, script) = (self.text, self.script);
        let chain = is_chain(&script.list);
        let mut folder = workdir.to_owned();
        let mut before: Option<&Pipeline> = None;
        for (index, pipeline) in script.list.pipelines().enumerate() {
            match role(pipeline, text.text(), copies, &folder)? {
                Role::Install(install) => self.push(*install),
                Role::Harmless => {}
                Role::Frozen => self.frozen = true,
                Role::State(next) => {
                    self.state = true;
                    self.folders.extend(next.clone());
                    folder = next.unwrap_or(folder);
                }
                Role::Other if !self.installs.is_empty() && chain => {
                    self.cut = before.map(|last| between(text, last, pipeline));
                    self.rest = index;
                    break;
                }
                Role::Other if !chain || simple_of(pipeline, text.text()).is_none() => {
                    return refuse(&NOT_A_CHAIN, "the RUN is more than simple commands, one behind the other");
                }
                Role::Other => {
                    let what = &text.text()[pipeline.span.range()];
                    return refuse(&OTHER_COMMAND, format!("`{}` may read or change the copied files", shorten(what)));
                }
            }
            before = Some(pipeline);
        }
        Ok(())
    }

    fn push(&mut self, mut install: Install) {
        if self.frozen && install.ecosystem.name == "bundler" {
            install.options.push(("--frozen".to_owned(), None));
        }
        self.installs.push(install);
    }

    /// That the folders that it changes to are there without the rest of the project.
    ///
    /// # Errors
    /// Where one may not be.
    pub fn check_folders(&self, step: &Step, copies: &Copies, needs: &Needs) -> Result<(), Reason> {
        let workdir = step.before.workdir.get();
        let there = |folder: &String| {
            let filled = needs.files.iter().any(|file| below(folder, file).is_some());
            filled || !copies.touches(folder) || workdir.is_some_and(|workdir| below(folder, workdir).is_some())
        };
        match self.folders.iter().find(|folder| !there(folder)) {
            Some(folder) => {
                refuse(&SHELL_STATE, format!("`{folder}` would not be there yet when the RUN changes to it"))
            }
            None => Ok(()),
        }
    }

    /// That the text can be cut.
    ///
    /// # Errors
    /// Where the state of the shell would not reach the rest, or what the rest removes would stay in a layer.
    pub fn check_split(&self, facts: &Facts, stage: usize) -> Result<(), Reason> {
        if self.cut.is_none() {
            return Ok(());
        }
        if self.state {
            return refuse(&SHELL_STATE, "`cd` or `set` before the install would not reach the commands behind it");
        }
        let rest = self.script.list.pipelines().skip(self.rest);
        let words = [
            "rm",
            "clean",
            "prune",
            "purge",
            "autoremove",
            "uninstall",
            "del",
            "remove",
            "erase",
            "unlink",
            "find",
            "chown",
            "chmod",
            "chgrp",
            "strip",
        ];
        for pipeline in rest.filter(|_| facts.shipped().contains(&stage)) {
            let text = &self.text.text()[pipeline.span.range()];
            let mut parts = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
            if parts.any(|word| words.contains(&word)) {
                let what = shorten(text);
                return refuse(
                    &SPLIT_LEAVES_FILES,
                    format!("what `{what}` removes or changes would stay in the layer of the install"),
                );
            }
        }
        Ok(())
    }

    /// That no mount shows or hides files of the project.
    ///
    /// # Errors
    /// Where one may.
    pub fn check_mounts(&self, instruction: &Instruction, copies: &Copies) -> Result<(), Reason> {
        for flag in instruction.flags.iter().filter(|flag| flag.name == "mount") {
            let value = flag.value.as_deref().unwrap_or_default();
            let field = |names: &[&str]| {
                value
                    .split(',')
                    .filter_map(|part| part.split_once('='))
                    .find(|(key, _)| names.contains(key))
                    .map(|it| it.1)
            };
            let kind = field(&["type"]).unwrap_or("bind");
            let target = field(&["target", "dst", "destination"]);
            let fine = match (kind, target) {
                _ if value.contains(['$', '"']) => false,
                ("ssh", None) | ("secret", None) => true,
                ("cache" | "secret" | "tmpfs" | "ssh", Some(target)) => {
                    target.starts_with('/') && !copies.touches(&clean(target))
                }
                _ => false,
            };
            if !fine {
                return refuse(&MOUNT, format!("`--mount={value}` may show or hide files of the project"));
            }
        }
        Ok(())
    }
}

fn check_shell(facts: &Facts, stage: &Stage, step: &Step) -> Result<(), Reason> {
    if is_exec(step.instruction) {
        return refuse(&EXEC_FORM, "the RUN is in the exec form");
    }
    if step.instruction.opaque.is_some() {
        return refuse(&VERSION_DEPENDENT, "frontend versions read the RUN differently");
    }
    if !step.instruction.heredocs.is_empty() {
        return refuse(&HEREDOC, "the RUN has a heredoc");
    }
    match facts.interpreter(stage, step).family {
        Family::Posix | Family::Bash | Family::Ksh => Ok(()),
        Family::Other => refuse(&OTHER_SHELL, "the shell of the RUN is not a POSIX shell"),
        Family::Unknown => refuse(&UNKNOWN_SHELL, "the base image decides which shell runs it, and that is not known"),
    }
}

/// That the text is one that can be followed: nothing in the background, nothing that shells read differently.
fn check_list(facts: &Facts, stage: &Stage, step: &Step, script: &Script) -> Result<(), Reason> {
    let ampersand = |entry: &Entry| matches!(entry.end, Some((Terminator::Ampersand, _)));
    let dialect = script.bashisms && facts.interpreter(stage, step).family == Family::Posix;
    match () {
        () if dialect => refuse(&SHELL_DIALECT, "the RUN is bash, and the shell may be one that reads it differently"),
        () if script.list.entries.iter().any(ampersand) => {
            refuse(&BACKGROUND, "a command of the RUN runs in the background")
        }
        () => Ok(()),
    }
}

/// Whether variables tell Bundler not to write the lock file.
fn freezes(step: &Step) -> bool {
    ["BUNDLE_DEPLOYMENT", "BUNDLE_FROZEN"]
        .iter()
        .any(|name| step.before.env.get(name).flatten().is_some_and(|value| ["1", "true"].contains(&value)))
}

/// That a RUN between the COPYs and the install neither reads nor writes what they bring.
fn check_between(facts: &Facts, step: &Step, copies: &Copies) -> Result<(), Reason> {
    let Some((text, script)) = script(facts, step.item) else {
        return refuse(&BETWEEN, "a RUN between the COPY and the install may use the copied files");
    };
    let touches = |path: &str| copies.meets(path);
    let fine =
        |pipeline: &Pipeline| simple_of(pipeline, text.text()).is_some_and(|one| harmless(one, text.text(), &touches));
    match script.list.pipelines().all(fine) {
        true => Ok(()),
        false => {
            let line = step.instruction.lines.0;
            refuse(&BETWEEN, format!("the RUN of line {line} may use the copied files"))
        }
    }
}

/// From behind a pipeline to the start of the next one, in the file.
fn between(text: &Logical, last: &Pipeline, next: &Pipeline) -> Span {
    let start = text.span(last.span.range()).end as usize;
    Span::new(start, text.offset(next.span.start as usize))
}

fn shorten(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(4).collect();
    words.join(" ")
}

/// The only command of a pipeline, where it is a simple one whose substitutions do no harm and that writes to no file.
fn simple_of<'p>(pipeline: &'p Pipeline, text: &str) -> Option<&'p Simple> {
    let [command] = pipeline.commands.as_slice() else { return None };
    let CommandKind::Simple(simple) = &command.kind else { return None };
    let quiet = command.redirects.iter().all(|redirect| {
        let copies = text[redirect.operator.range()].ends_with('&');
        let target = redirect.target.literal(text);
        let wanted: &[&str] = if copies { &["1", "2"] } else { &["/dev/null"] };
        redirect.heredoc.is_none() && target.is_some_and(|to| wanted.contains(&&*to))
    });
    let mut inner = true;
    command.for_each_own_part(&mut |part| inner &= is_quiet(part, text));
    (quiet && inner && !pipeline.negated && !pipeline.timed).then_some(simple)
}

/// Whether a part runs nothing, or commands that only tell something.
fn is_quiet(part: &Part, text: &str) -> bool {
    let tells = |command: &Command| match &command.kind {
        CommandKind::Simple(simple) => {
            let name = simple.name(text);
            name.is_some_and(|name| manifests::list("harmless").contains(&&*name)) && command.redirects.is_empty()
        }
        _ => false,
    };
    match part {
        Part::Command(_, Some(list)) => list.pipelines().flat_map(|pipeline| &pipeline.commands).all(tells),
        Part::Command(_, None) | Part::Process(..) | Part::Array(..) => false,
        _ => true,
    }
}

/// What a pipeline is, where it runs in `folder`.
fn role(pipeline: &Pipeline, text: &str, copies: &Copies, folder: &str) -> Result<Role, Reason> {
    let Some(simple) = simple_of(pipeline, text) else { return Ok(Role::Other) };
    let Some(words) = Words::of(simple, text) else { return Ok(Role::Other) };
    if words.installs() {
        return install(simple, words, text, copies, folder).map(|install| Role::Install(Box::new(install)));
    }
    let args: Vec<&str> = words.args.iter().map(String::as_str).collect();
    match (words.program.as_str(), args.as_slice()) {
        ("cd", [target]) if !target.contains(['$', '*', '?', '[', '~']) && !target.starts_with('-') => {
            let next = if target.starts_with('/') { clean(target) } else { clean(&format!("{folder}/{target}")) };
            Ok(Role::State(Some(next)))
        }
        ("set", options) if options.iter().all(|word| word.starts_with('-') || *word == "pipefail") => {
            Ok(Role::State(None))
        }
        ("bundle" | "bundler", ["config", rest @ ..]) => Ok(configured(rest)),
        _ if harmless(simple, text, &|path| copies.meets(path)) => Ok(Role::Harmless),
        _ => Ok(Role::Other),
    }
}

/// What `bundle config` does: settings that name no file, of which two keep the lock file.
fn configured(args: &[&str]) -> Role {
    let plain: Vec<&str> = args.iter().copied().filter(|arg| !arg.starts_with("--") && *arg != "set").collect();
    let options = args.iter().filter(|arg| arg.starts_with("--")).all(|arg| ["--local", "--global"].contains(arg));
    match plain.as_slice() {
        ["deployment" | "frozen", "true" | "1"] if options => Role::Frozen,
        ["without" | "with", ..] | ["jobs" | "retry" | "no-cache" | "force_ruby_platform" | "clean", _] if options => {
            Role::Harmless
        }
        _ => Role::Other,
    }
}

fn install(simple: &Simple, words: Words, text: &str, copies: &Copies, folder: &str) -> Result<Install, Reason> {
    let Some(ecosystem) = words.ecosystem() else { return refuse(&OTHER_COMMAND, OTHER_COMMAND.summary) };
    let verb = words.verb().to_owned();
    if ecosystem.has("refused", &verb) {
        return refuse(&ECOSYSTEM, format!("`{} {verb}`: {}", words.program, ecosystem.why()));
    }
    for assignment in &simple.assignments {
        let name = &text[assignment.name.range()];
        let value = assignment.value.as_ref().and_then(|value| value.literal(text));
        environment::check_one(name, value.as_deref(), copies)?;
    }
    // wherever the program is, it must not be one of the project
    let program = simple.words.first().and_then(|word| word.literal(text));
    match program {
        Some(program) if !program.contains('/') => {}
        Some(program) if program.starts_with('/') && !copies.touches(&clean(&program)) => {}
        _ => return refuse(&OTHER_COMMAND, format!("`{}` may be a file of the project", words.program)),
    }
    let title = match verb.as_str() {
        "-" => words.program.clone(),
        "mod" | "pip" => format!("{} {}", words.program, words.plain().take(2).collect::<Vec<_>>().join(" ")),
        verb => format!("{} {verb}", words.program),
    };
    Install::new(ecosystem, verb, title, &words.args, words.module, folder)
}

/// Whether a command neither reads nor writes what the COPYs bring; `touches` says so of a path.
fn harmless(simple: &Simple, text: &str, touches: &dyn Fn(&str) -> bool) -> bool {
    let Some(words) = Words::of(simple, text) else { return simple.words.is_empty() && simple.assignments.is_empty() };
    let steered = |name: &str| manifests::steers(name);
    if simple.assignments.iter().any(|one| steered(&text[one.name.range()])) || words.program.contains('$') {
        return false;
    }
    let first = simple.words.first().map(|word| word.raw(text)).unwrap_or_default();
    if first.contains('/') && (!first.starts_with('/') || touches(&clean(first))) {
        return false;
    }
    let named = |arg: &String| arg.split(['=', ':', ',']).any(|part| part.starts_with('/') && touches(&clean(part)));
    if words.args.iter().any(named) {
        return false;
    }
    let paths = || words.plain().all(|path| is_elsewhere(path, touches));
    match (words.program.as_str(), words.verb()) {
        (name, _) if manifests::list("harmless").contains(&name) => true,
        ("mkdir" | "rm" | "rmdir" | "chmod" | "chown" | "touch", _) => {
            let skip = usize::from(matches!(words.program.as_str(), "chmod" | "chown"));
            words.plain().skip(skip).all(|path| is_elsewhere(path, touches))
        }
        ("venv" | "virtualenv", _) => paths() && words.args.iter().all(|arg| !arg.contains('$')),
        ("corepack", "enable" | "disable" | "prepare") => true,
        ("node" | "nodejs" | "ruby" | "java" | "php" | "perl" | "python" | "python3", "-") => {
            words.args.iter().all(|arg| ["-v", "-V", "--version", "-version"].contains(&arg.as_str()))
                && !words.args.is_empty()
        }
        ("git", "config") => words.has(&["--global", "--system"]) && !words.has(&["--file", "-f"]),
        ("gem", "install" | "update") => names_only(&words),
        (name, _) if commands::is(name, Trait::SystemPackages) => {
            !matches!(name, "dpkg" | "rpm" | "gdebi") && names_only(&words)
        }
        _ => words.ecosystem().is_some_and(|ecosystem| harmless_manager(&ecosystem, &words)),
    }
}

/// Whether a package manager is asked for something that has nothing to do with the project.
fn harmless_manager(ecosystem: &Ecosystem, words: &Words) -> bool {
    let local = words.has(&["--local", "--location=project"]) || words.has(&["--location"]);
    let verb = words.verb();
    let global = words.has(&["-g", "--global", "--location=global"]);
    match ecosystem.name {
        "pip" if verb == "install" => {
            names_only(words) && !words.has(&["--target", "-t", "--prefix", "--root", "--src"])
        }
        "npm" | "pnpm" | "bun" if global => {
            matches!(verb, "install" | "i" | "add" | "update" | "uninstall") && words.plain().skip(1).all(is_package)
        }
        "yarn" if verb == "global" => words.plain().nth(1) == Some("add") && words.plain().skip(2).all(is_package),
        _ if verb == "-" => words.args.iter().any(|arg| ecosystem.has("harmless", arg)),
        _ => ecosystem.has("harmless", verb) && !local,
    }
}

fn names_only(words: &Words) -> bool {
    let reads = [
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-e",
        "--editable",
        "-f",
        "--find-links",
        "-o",
        "--option",
        "--root",
        "-C",
    ];
    let reading = |arg: &String| {
        reads.iter().any(|name| arg == name || arg.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    };
    !words.args.iter().any(reading) && words.plain().skip(1).all(is_package)
}

/// Whether a word names a package rather than a file.
fn is_package(word: &str) -> bool {
    let archive =
        [".whl", ".tar.gz", ".tgz", ".zip", ".deb", ".rpm", ".apk", ".gem"].iter().any(|end| word.ends_with(end));
    let path = word.contains('/') && !word.starts_with('@') && !word.contains("://");
    (!archive || word.contains("://")) && !path && !word.starts_with(['.', '~', '$']) && !word.starts_with("file:")
}

/// Whether a path, patterns cut off, is absolute and not among what is copied.
fn is_elsewhere(path: &str, touches: &dyn Fn(&str) -> bool) -> bool {
    let fixed = match path.find(['*', '?', '[', '{', '$', '~']) {
        Some(at) => path[..at].rsplit_once('/').map_or("", |(folder, _)| folder),
        None => path,
    };
    let home = path.starts_with("~/.") && !path.contains(['*', '$']);
    let clear = |path: &str| path.starts_with('/') && below(path, "/").is_none() && !touches(&clean(path));
    clear(fixed) || (home && clear(&format!("/root{}", &path[1..])))
}
