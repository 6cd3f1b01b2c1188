//! The RUN: which of its commands install, which are known to do no harm, and where it can be cut.

use super::copies::workdir;
use super::tool::{Tool, names_packages, shown};
use super::*;
use crate::facts::{Family, State, Step, is_exec, uses};
use crate::knowledge::manifests;
use crate::knowledge::programs::{Action, Kind, Program, Touch};
use crate::script::{Link, Redirection, Variables};
use crate::syntax::Instruction;
use crate::text::Span;

/// A RUN that installs.
pub struct Run<'f> {
    /// The installs, in order.
    pub installs: Vec<Install<'f>>,
    /// Where the text is cut: from behind the last command that stays to the start of the first one that moves, in the file.
    pub cut: Option<Span>,
    /// What it is called: `npm ci`.
    pub title: String,
    /// The commands behind the cut.
    rest: Vec<Link<'f>>,
    /// Whether it changes the shell: its folder, or its options.
    state: bool,
    /// Folders that it changes to.
    folders: Vec<Absolute>,
}

/// A command that installs.
pub struct Install<'f> {
    /// Itself.
    pub tool: Tool<'f>,
    /// Where it runs.
    pub folder: Absolute,
    /// Whether Bundler was told not to write the lock file.
    pub frozen: bool,
}

/// What a command is.
enum Role<'f> {
    /// It installs dependencies.
    Install(Tool<'f>),
    /// It does nothing to the project, nor reads it.
    Harmless,
    /// It changes the shell: its folder, or its options.
    State(Option<Absolute>),
    /// It tells Bundler not to write the lock file.
    Frozen,
    /// Anything else.
    Other,
}

/// Whether some command of a RUN installs dependencies, or is of a tool that would.
pub fn installs(facts: &Facts, item: usize) -> bool {
    let commands = facts.started(item);
    commands.is_some_and(|all| all.iter().any(|one| Tool::of(one).is_some_and(|tool| tool.installs())))
}

/// Whether all commands of a RUN are harmless, as far as that can be told without the copied files; those that name files as they
/// are seen from the working folder are not.
pub fn is_harmless(facts: &Facts, step: &Step) -> bool {
    let anywhere = Place { workdir: None, ..Place::of(step) };
    let flags = step.instruction.flags.is_empty();
    flags && !installs(facts, step.item) && anywhere.all_harmless(facts, step, &|_| false)
}

/// What is known where a RUN starts.
struct Place<'s> {
    workdir: Option<Absolute>,
    state: &'s State,
}

impl Variables for Place<'_> {
    fn variable(&self, name: &str) -> Option<&str> {
        // whoever has another home has it elsewhere
        self.state.variable(name).or_else(|| (name == "HOME").then_some("/root"))
    }
}

impl<'f> Run<'f> {
    /// Understands a RUN.
    ///
    /// # Errors
    /// What of it is not known.
    pub fn read(facts: &'f Facts, stage: &Stage<'f>, step: &Step<'f>, copies: &Copies) -> Result<Run<'f>, Reason> {
        let commands = commands(facts, stage, step)?;
        if workdir(step).is_none() {
            return Err(unknown_directory());
        }
        let first = copies.list.iter().map(|copy| copy.step).min().unwrap_or(0);
        for index in copies.runs.iter().filter(|index| **index > first) {
            check_between(facts, &stage.steps[*index], copies)?;
        }
        let mut run = Run {
            installs: Vec::new(),
            cut: None,
            title: String::new(),
            rest: Vec::new(),
            state: false,
            folders: Vec::new(),
        };
        run.walk(facts, commands, step, copies)?;
        let titles: Vec<String> = run.installs.iter().map(|install| install.tool.title()).collect();
        run.title = titles.join(" && ");
        Ok(run)
    }

    /// Goes through the commands, up to where the text has to be cut.
    fn walk(&mut self, facts: &Facts, commands: Commands<'f>, step: &Step, copies: &Copies) -> Result<(), Reason> {
        let place = Place::of(step);
        let mut frozen = freezes(step);
        let mut before = Span::at(0);
        let mut links = commands.links().into_iter();
        while let Some(link) = links.next() {
            let span = link.pipe.span;
            match place.role(&link, copies)? {
                Role::Install(tool) => {
                    let folder = tool.command.directory().likely(place.workdir.as_ref(), place.state);
                    let Some(folder) = folder else {
                        return Err(unknown_directory());
                    };
                    let frozen = frozen && tool.ecosystem.name == "bundler";
                    self.installs.push(Install { tool, folder, frozen });
                }
                Role::Harmless => {}
                Role::Frozen => frozen = true,
                Role::State(next) => {
                    self.state = true;
                    self.folders.extend(next);
                }
                Role::Other if !self.installs.is_empty() && commands.is_chain() => {
                    let text = facts.shell_text(step.item).map(|found| &found.text);
                    self.cut = text.map(|text| {
                        Span::new(text.span(before.range()).end as usize, text.offset(span.start as usize))
                    });
                    self.rest = std::iter::once(link).chain(links).collect();
                    break;
                }
                Role::Other if !commands.is_chain() || place.plain(&link).is_none() => {
                    return Err(not_simple());
                }
                Role::Other => {
                    let what = shorten(&commands.text()[span.range()]);
                    return refuse(
                        mark!(OTHER_COMMAND, "command"),
                        format!("`{what}` may read or change the copied files"),
                    );
                }
            }
            before = span;
        }
        Ok(())
    }

    /// That the folders that it changes to are there without the rest of the project.
    ///
    /// # Errors
    /// Where one may not be.
    pub fn check_folders(&self, step: &Step, copies: &Copies, needs: &Needs) -> Result<(), Reason> {
        let workdir = workdir(step);
        let there = |folder: &Absolute| {
            let filled = needs.files.iter().any(|file| file.is_at_or_in(folder));
            filled || !copies.touches(folder) || workdir.as_ref().is_some_and(|workdir| workdir.is_at_or_in(folder))
        };
        match self.folders.iter().find(|folder| !there(folder)) {
            Some(folder) => refuse(
                mark!(SHELL_STATE, "directory"),
                format!("`{folder}` would not be there yet when the RUN changes to it"),
            ),
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
            return refuse(
                mark!(SHELL_STATE, "split"),
                "`cd` or `set` before the install would not reach the commands behind it",
            );
        }
        let shipped = facts.ships(stage);
        for link in self.rest.iter().filter(|_| shipped) {
            if let Some(command) = link.commands.iter().find(|one| takes_away(**one)) {
                let what = shorten(command.raw());
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
        let flags = instruction.flags.iter().filter(|flag| flag.name == "mount");
        for (mount, flag) in uses::mounts(instruction).into_iter().zip(flags) {
            let target = mount.target.as_deref().map(Absolute::new);
            let fine = match (mount.kind.as_str(), target) {
                _ if flag.text.contains(['$', '"']) => false,
                ("ssh" | "secret", None) => true,
                ("cache" | "secret" | "tmpfs" | "ssh", Some(Some(target))) => !copies.touches(&target),
                _ => false,
            };
            if !fine {
                return refuse(&MOUNT, format!("`{}` may show or hide files of the project", flag.text));
            }
        }
        Ok(())
    }
}

/// The commands of a RUN that can be followed: run by a POSIX shell, nothing in the background, nothing that shells read
/// differently.
fn commands<'f>(facts: &'f Facts, stage: &Stage, step: &Step) -> Result<Commands<'f>, Reason> {
    if is_exec(step.instruction) {
        return refuse(&EXEC_FORM, "the RUN is in the exec form");
    }
    if step.instruction.opaque.is_some() {
        return refuse(mark!(VERSION_DEPENDENT, "run"), "frontend versions read the RUN differently");
    }
    if !step.instruction.heredocs.is_empty() {
        return refuse(&HEREDOC, "the RUN has a heredoc");
    }
    let family = facts.interpreter(stage, step).family;
    match family {
        Family::Posix | Family::Bash | Family::Ksh => {}
        Family::Other => return refuse(&OTHER_SHELL, "the shell of the RUN is not a POSIX shell"),
        Family::Unknown => {
            return refuse(&UNKNOWN_SHELL, "the base image decides which shell runs it, and that is not known");
        }
    }
    let Some(commands) = facts.commands(step.item) else { return Err(not_simple()) };
    if commands.is_bash() && family == Family::Posix {
        return refuse(&SHELL_DIALECT, "the RUN is bash, and the shell may be one that reads it differently");
    }
    match commands.iter().any(|one| one.flow().background) {
        true => refuse(&BACKGROUND, "a command of the RUN runs in the background"),
        false => Ok(commands),
    }
}

fn unknown_directory() -> Reason {
    (mark!(UNKNOWN_PATH, "run"), "the working folder of the RUN is not known".to_owned())
}

fn not_simple() -> Reason {
    (&NOT_A_CHAIN, "the RUN is more than simple commands, one behind the other".to_owned())
}

/// Whether variables tell Bundler not to write the lock file.
fn freezes(step: &Step) -> bool {
    ["BUNDLE_DEPLOYMENT", "BUNDLE_FROZEN"]
        .iter()
        .any(|name| step.before.env.get(name).flatten().is_some_and(|value| ["1", "true"].contains(&value)))
}

/// That a RUN between the COPYs and the install neither reads nor writes what they bring.
fn check_between(facts: &Facts, step: &Step, copies: &Copies) -> Result<(), Reason> {
    match Place::of(step).all_harmless(facts, step, &|path| copies.meets(path)) {
        true => Ok(()),
        false => {
            let line = step.instruction.lines.0;
            refuse(mark!(BETWEEN, "run"), format!("the RUN of line {line} may use the copied files"))
        }
    }
}

fn shorten(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(4).collect();
    words.join(" ")
}

/// Whether a command makes a layer smaller, or changes files of it where they are.
fn takes_away(command: Invocation) -> bool {
    let touches = |program: &Program, wanted: &[Touch]| {
        program.effects.unwrap_or_default().iter().any(|(touch, _)| wanted.contains(touch))
    };
    let alone = |program: &Program| {
        touches(program, &[Touch::Removes, Touch::Changes]) && !touches(program, &[Touch::Writes, Touch::Makes])
    };
    let inner = match command.inner() {
        Inner::Commands(inner) => inner.deep().into_iter().any(takes_away),
        _ => false,
    };
    matches!(command.action(), Action::Clean | Action::Remove)
        || command.program().is_some_and(alone)
        || command.is(&["find"])
        || inner
}

/// Whether a redirection opens no file.
fn is_quiet(redirect: Redirection) -> bool {
    let wanted: &[&str] = if redirect.operator().ends_with('&') { &["1", "2"] } else { &["/dev/null"] };
    redirect.heredoc().is_none() && redirect.target().literal().is_some_and(|to| wanted.contains(&&*to))
}

impl<'s> Place<'s> {
    fn of(step: &'s Step) -> Place<'s> {
        Place { workdir: workdir(step), state: &step.before }
    }

    fn all_harmless(&self, facts: &Facts, step: &Step, touches: &dyn Fn(&Absolute) -> bool) -> bool {
        let harmless = |link: &Link| self.plain(link).is_some_and(|one| self.is_harmless(one, touches));
        facts.commands(step.item).is_some_and(|commands| commands.links().iter().all(harmless))
    }

    /// The only command of a pipeline, where it is a simple one whose substitutions do no harm and that writes to no file.
    fn plain<'f>(&self, link: &Link<'f>) -> Option<Invocation<'f>> {
        let tells = |one: &Invocation| one.redirects().len() == 0 && self.is_harmless(*one, &|_| true);
        link.command().filter(|one| one.redirects().all(is_quiet) && link.substituted().iter().all(tells))
    }

    /// What a pipeline is.
    fn role<'f>(&self, link: &Link<'f>, copies: &Copies) -> Result<Role<'f>, Reason> {
        let Some(command) = self.plain(link) else { return Ok(Role::Other) };
        let tool = Tool::of(command);
        if let Some(tool) = tool.clone().filter(Tool::installs) {
            check_program(&tool, copies)?;
            return Ok(Role::Install(tool));
        }
        let option = |word: Argument| word.literal().is_some_and(|word| word.starts_with('-') || word == "pipefail");
        match command.name().as_deref() {
            Some("cd") => Ok(self.changes_to(command).map_or(Role::Other, |folder| Role::State(Some(folder)))),
            Some("set") if command.arguments().all(option) => Ok(Role::State(None)),
            _ => match tool.filter(|tool| tool.ecosystem.name == "bundler" && tool.verb == "config") {
                Some(tool) => Ok(configured(&tool)),
                None if self.is_harmless(command, &|path| copies.meets(path)) => Ok(Role::Harmless),
                None => Ok(Role::Other),
            },
        }
    }

    fn changes_to(&self, command: Invocation) -> Option<Absolute> {
        let mut words = command.arguments();
        let target = words.next().filter(|_| words.len() == 0)?;
        let path = target.value(self.state).filter(|path| !target.is_pattern() && !path.starts_with('-'))?;
        Absolute::new(&path)
            .or_else(|| Some(command.directory().likely(self.workdir.as_ref(), self.state)?.join(&path)))
    }

    /// Whether a command neither reads nor writes what the COPYs bring; `touches` says so of a path.
    fn is_harmless(&self, command: Invocation, touches: &dyn Fn(&Absolute) -> bool) -> bool {
        if command.name_word().is_none() {
            return command.assignments().len() == 0;
        }
        let Some(called) = command.called() else { return false };
        let of_project = called.contains('/') && Absolute::new(&called).is_none_or(|path| touches(&path));
        if of_project || !command.is_bare() || command.assignments().any(|one| manifests::steers(one.name())) {
            return false;
        }
        let path = |part: &str| part.starts_with('/') && Absolute::new(part).is_some_and(|path| touches(&path));
        if command.arguments().any(|word| shown(word).split(['=', ':', ',']).any(path)) {
            return false;
        }
        let global = command.is(&["git"])
            && command.verb().is_some_and(|verb| shown(verb) == "config")
            && command.arguments().any(|word| ["--global", "--system"].contains(&word.raw()))
            && !command.arguments().any(|word| ["--file", "-f"].contains(&word.raw()));
        let packages = command.is_kind(Kind::SystemPackages)
            && !command.is(&["dpkg", "rpm", "gdebi"])
            && names_packages(command, 1);
        let version = command.is_kind(Kind::Toolchain) && command.only_tells();
        let manages = Tool::of(command).is_some_and(|tool| tool.is_harmless());
        global || packages || version || manages || self.is_elsewhere(command, touches)
    }

    /// Whether all that a command is known to read and write is elsewhere.
    fn is_elsewhere(&self, command: Invocation, touches: &dyn Fn(&Absolute) -> bool) -> bool {
        let effects = command.effects().filter(|_| !command.is_kind(Kind::ShellState));
        effects.is_some_and(|effects| {
            effects.into_iter().all(|effect| {
                let place = command.extent(effect.on, self.workdir.as_ref(), self);
                effect.touch != Touch::Links && place.is_some_and(|place| !touches(&place))
            })
        })
    }
}

/// What `bundle config` does: settings that name no file, of which two keep the lock file.
fn configured(tool: &Tool) -> Role<'static> {
    if !tool.command.options().all(|option| option.is(&["--local", "--global"])) {
        return Role::Other;
    }
    let words: Vec<_> = tool.words().map(shown).collect();
    let words: Vec<&str> = words.iter().map(|word| &**word).filter(|word| *word != "set").collect();
    match words.as_slice() {
        ["deployment" | "frozen", "true" | "1"] => Role::Frozen,
        ["without" | "with", ..] | ["jobs" | "retry" | "no-cache" | "force_ruby_platform" | "clean", _] => {
            Role::Harmless
        }
        _ => Role::Other,
    }
}

/// That an install is none of a tool whose inputs are not known, that nothing in front of it names a file to it, and that the
/// program, wherever it is, is none of the project.
fn check_program(tool: &Tool, copies: &Copies) -> Result<(), Reason> {
    if tool.ecosystem.has("refused", &tool.verb) {
        return Err(tool.not_read());
    }
    for assignment in tool.command.assignments() {
        let value = assignment.value().and_then(Argument::literal);
        environment::check_one(assignment.name(), value.as_deref(), copies)?;
    }
    match tool.command.words().next().and_then(Argument::literal) {
        Some(program) if !program.contains('/') => Ok(()),
        Some(program) if Absolute::new(&program).is_some_and(|path| !copies.touches(&path)) => Ok(()),
        _ => refuse(mark!(OTHER_COMMAND, "program"), format!("`{}` may be a file of the project", tool.ecosystem.name)),
    }
}
