//! What the RUNs of the image leave behind for another user: nothing, files of root, what is not known.

use super::leftovers::Leftovers;
use super::*;
use crate::facts::state::clean;
use crate::facts::{Change, PackageChange, Step};
use crate::knowledge::paths::Absolute;
use crate::knowledge::programs::Kind;
use crate::knowledge::roles::{self, Trace};
use crate::script::{Argument, Commands, Dialect, Invocation, Reading, Wrapper};
use crate::shell::{self, Shell};
use scripts::Called;
use std::borrow::Cow;

/// Stands for a word whose value is only known when it runs.
const UNKNOWN_WORD: &str = "\u{1}";

/// A word's value; `None` where it is only known when it runs.
pub type Arg = Option<String>;

/// What a RUN means for what stands before it. Ordered: the worst of its commands counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pass {
    /// It doesn't mind whose the files are.
    Free,
    /// It looks at whose the working folder is, or makes folders.
    Folder,
    /// It may look at whose the sources are, as git does.
    Sources,
}

/// A RUN, seen through.
pub struct RunSummary {
    /// What may stand before it.
    pub pass: Pass,
    /// The folders that it makes, where they are known.
    pub folders: Vec<String>,
    /// A command that builds the project: what it makes is in the project's folders.
    pub built: Option<String>,
}

const NOT_UNDERSTOOD: &str = "a RUN was not understood; which files of root it leaves is not known";

/// Looks at a RUN; fails where it may leave what keeps another user out.
pub fn look(image: &Image, step: &Step) -> Result<RunSummary, No> {
    packages(image, step)?;
    let commands = image.facts.started(step.item).filter(|commands| !commands.text().starts_with("#!"));
    let Some(commands) = commands else {
        return refuse(mark!(UNKNOWN_COMMAND, "not-understood"), NOT_UNDERSTOOD);
    };
    let start = step.before.workdir.get();
    let mut run = Run {
        image,
        start: start.and_then(|path| Absolute::new(path)),
        workdir: start.cloned(),
        depth: 0,
        seen: RunSummary { pass: Pass::Free, folders: Vec::new(), built: None },
    };
    run.commands(commands)?;
    Ok(run.seen)
}

/// Packages that are of use to root only.
fn packages(image: &Image, step: &Step) -> Result<(), No> {
    let changes = image.facts.changes(step);
    for (change, _) in changes.into_iter().flat_map(|changes| &changes.all) {
        if let Change::Packages(PackageChange::Install { names, .. }) = change
            && let Some(name) = names.iter().find(|name| roles::is_root_package(name))
        {
            return refuse(
                mark!(PRIVILEGES, "package"),
                format!("a RUN installs `{name}`, whose programs only root has a use for"),
            );
        }
    }
    Ok(())
}

/// Whether a stage compiles a program.
pub fn compiles(facts: &Facts, stage: usize) -> bool {
    let steps = facts.chain(stage).into_iter().flat_map(|stage| &facts.stages[stage].steps);
    let mut runs = steps.filter(|step| step.instruction.keyword == Keyword::Run);
    let compiles = |one: Invocation| one.is_kind(Kind::Compiler) && !prepares(one);
    runs.any(|step| facts.commands(step.item).is_some_and(|commands| commands.iter().any(compiles)))
}

/// Whether a tool that builds only gets what is needed for it: `go mod download`, `dotnet restore`.
fn prepares(command: Invocation) -> bool {
    let verb = command.operands().next().and_then(Argument::literal);
    verb.is_some_and(|verb| command.program().is_some_and(|program| program.prepares.contains(&&*verb)))
}

struct Run<'i, 'f, 'a> {
    image: &'i Image<'f, 'a>,
    /// Where the text starts.
    start: Option<Absolute>,
    workdir: Option<String>,
    /// How many scripts call each other.
    depth: usize,
    seen: RunSummary,
}

impl Run<'_, '_, '_> {
    /// Looks at all commands of a text, and at what they leave.
    fn commands(&mut self, commands: Commands) -> Result<(), No> {
        let mut left = Leftovers::new(self.start.clone());
        for command in commands.iter() {
            self.workdir = command.directory().likely(self.start.as_ref(), &()).map(|path| path.as_str().to_owned());
            left.enter(command);
            self.command(command, &mut left)?;
        }
        let of_commands = commands.iter().map(|one| one.redirects().len()).sum();
        commands.redirects().skip(of_commands).for_each(|one| left.redirected(one));
        left.end(self.image)
    }

    /// Scripts of the project: they count as the commands that they are made of.
    fn scripts(&mut self, command: Invocation, called: &Called) -> Result<(), No> {
        let here = command.directory().resolve(self.start.as_ref(), &());
        let texts =
            here.as_ref().filter(|_| self.depth < 5).and_then(|here| scripts::texts(self.image, here.as_str(), called));
        let Some(texts) = texts else {
            return match called {
                // what an install's hooks make is as a rule code
                Called::Hooks => Ok(()),
                Called::Script(name) => refuse(
                    mark!(UNKNOWN_COMMAND, "script"),
                    format!(
                        "a RUN runs the script `{name}` of the project; which files of root it leaves is not known"
                    ),
                ),
            };
        };
        let outer = (std::mem::replace(&mut self.start, here), self.workdir.take());
        self.depth += 1;
        for text in texts {
            self.worsen(Pass::Sources);
            let Shell::Script(script) = shell::parse(&text) else {
                return refuse(mark!(UNKNOWN_COMMAND, "script-text"), NOT_UNDERSTOOD);
            };
            let reading = Reading::of(&text, &script, Dialect::default());
            self.commands(Commands::new(&text, &reading))?;
        }
        self.depth -= 1;
        (self.start, self.workdir) = outer;
        Ok(())
    }

    fn command<'s>(&mut self, command: Invocation<'s>, left: &mut Leftovers<'s>) -> Result<(), No> {
        if command.name_word().is_none() {
            return Ok(());
        }
        let Some(name) = command.called() else {
            return refuse(mark!(UNKNOWN_COMMAND, "variable"), "a RUN runs what is only known when it is built");
        };
        let plain = ["sudo", "env", "time", "nice", "exec", "command"];
        if let Some(wrapper) = command.wrappers().find(|one| !plain.contains(&one.name())).map(Wrapper::name) {
            return refuse(
                mark!(UNKNOWN_COMMAND, "wrapper"),
                format!("a RUN calls `{wrapper}`; which files of root it leaves is not known"),
            );
        }
        if let Some(called) = scripts::called(command) {
            self.scripts(command, &called)?;
            if called != Called::Hooks {
                return Ok(());
            }
        }
        if command.program().is_some_and(|program| command.has(program.checks)) {
            return Ok(());
        }
        if command.is_kind(Kind::Builds) && !prepares(command) {
            self.seen.built = Some(name.clone().into_owned());
        }
        let base = name.rsplit('/').next().unwrap_or_default();
        let words: Vec<String> = command
            .arguments()
            .map(|word| word.unquoted().map_or_else(|| UNKNOWN_WORD.to_owned(), Cow::into_owned))
            .collect();
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        if command.is_kind(Kind::LanguagePackages)
            && let Some(library) = args.iter().find(|arg| roles::is_root_library(without_version(arg)))
        {
            return refuse(
                mark!(PRIVILEGES, "library"),
                format!("a RUN installs `{library}`, which opens what is root's"),
            );
        }
        match roles::unversioned(base) {
            "venv" | "virtualenv" if command.is_module() => {
                self.worsen(Pass::Sources);
                Ok(())
            }
            plain if command.is_module() && plain != "pip" => self.python("python", &[]),
            "python" => self.python(base, &args),
            "pip" => {
                left.command(command)?;
                self.pip(&args)
            }
            "chmod" => chmod(&args),
            "setcap" => refuse(mark!(PRIVILEGES, "setcap"), "a RUN gives a program rights by `setcap`"),
            "useradd" | "adduser" | "groupadd" | "addgroup" | "usermod" => {
                advise(format!("a RUN calls `{base}`, and no USER follows; name the user that is meant"))
            }
            "umask" => refuse(
                mark!(UNREADABLE, "umask"),
                "a RUN changes `umask`, so that what it makes may be closed to others",
            ),
            "mkdir" => self.mkdir(&args),
            "install" if args.iter().any(|arg| arg.starts_with("-m") || arg.starts_with("--mode")) => {
                advise("a RUN calls `install` with modes that were not looked at")
            }
            "git" if args.contains(&"--global") => {
                refuse(mark!(HOME, "git-config"), "`git config --global` writes to root's home")
            }
            "bundle" | "bundler" if args.first() == Some(&"config") && !args.contains(&"--local") => {
                refuse(mark!(HOME, "bundle-config"), "`bundle config` without `--local` writes to root's home")
            }
            _ => {
                self.known(base, &args)?;
                left.command(command)
            }
        }
    }

    fn known(&mut self, base: &str, args: &[&str]) -> Result<(), No> {
        let of_packages = ["npm", "npx", "yarn", "pnpm", "pnpx", "bun", "bunx"].contains(&base);
        if let Some(name) = args.iter().find(|arg| of_packages && roles::leaves_a_browser(arg)) {
            return refuse(mark!(HOME, "browser"), format!("`{name}` puts a browser into root's home"));
        }
        match roles::trace(base) {
            Some(Trace::Nothing) => Ok(()),
            Some(Trace::Files) if self.unpacks_here(base, args) => refuse(
                mark!(WRITES, "unpacked"),
                "a RUN unpacks files into the program's working folder, where they stay root's",
            ),
            Some(Trace::Files) => {
                self.worsen(if looks_at_sources(base, args) { Pass::Sources } else { Pass::Folder });
                Ok(())
            }
            Some(Trace::Home) => {
                refuse(mark!(HOME, "program"), format!("`{base}` puts what is needed later into root's home"))
            }
            None => refuse(
                mark!(UNKNOWN_COMMAND, "program"),
                format!("a RUN calls `{base}`; which files of root it leaves is not known"),
            ),
        }
    }

    /// Whether a command brings whole folders to the place where the program works.
    fn unpacks_here(&self, base: &str, args: &[&str]) -> bool {
        let brings = match base {
            "git" => args.contains(&"clone"),
            "tar" | "unzip" | "rsync" | "cp" | "mv" => true,
            _ => false,
        };
        let Some(home) = self.image.end.workdir.get().map(String::as_str).filter(|home| plan::is_ownable(home)) else {
            return false;
        };
        let around = |folder: &str| {
            folder != "/" && (copied_file::below(folder, home).is_some() || copied_file::below(home, folder).is_some())
        };
        let elsewhere = args.iter().rev().take(3).any(|arg| arg.starts_with('/') && !around(arg));
        let here = self.workdir.as_deref().is_none_or(around) && !elsewhere;
        brings && (here || args.iter().any(|arg| arg.starts_with('/') && around(&clean(arg))))
    }

    fn worsen(&mut self, pass: Pass) {
        self.seen.pass = self.seen.pass.max(pass);
    }

    fn python(&mut self, base: &str, args: &[&str]) -> Result<(), No> {
        match args {
            ["-m", "compileall", ..]
            | ["setup.py", "install" | "build" | "build_ext" | "develop" | "bdist_wheel" | "sdist", ..]
            | ["--version" | "-V"] => {
                self.worsen(Pass::Sources);
                Ok(())
            }
            _ => refuse(
                mark!(UNKNOWN_COMMAND, "python"),
                format!("a RUN runs a program by `{base}`; which files of root it leaves is not known"),
            ),
        }
    }

    fn pip(&mut self, args: &[&str]) -> Result<(), No> {
        if args.contains(&"--user") {
            return refuse(mark!(HOME, "pip-user"), "`pip install --user` installs to root's home");
        }
        let project =
            |arg: &&str| ["-e", "--editable"].contains(arg) || arg.starts_with(['.', '\u{1}']) || arg.contains("git+");
        if args.iter().any(project) {
            self.worsen(Pass::Sources);
        }
        Ok(())
    }

    fn mkdir(&mut self, args: &[&str]) -> Result<(), No> {
        self.worsen(Pass::Folder);
        if args.iter().any(|arg| arg.starts_with("-m") || arg.starts_with("--mode")) {
            return refuse(mark!(UNREADABLE, "mkdir"), "a RUN makes a folder with a mode that may keep others out");
        }
        for arg in args.iter().filter(|arg| !arg.starts_with('-')) {
            if arg.contains(['\u{1}', '{', '*', '$', '~']) {
                return refuse(
                    mark!(UNKNOWN_COMMAND, "directory-name"),
                    "a RUN makes folders whose names are only known when it is built",
                );
            }
            match (arg.starts_with('/'), &self.workdir) {
                (true, _) => self.seen.folders.push(clean(arg)),
                (false, Some(workdir)) => self.seen.folders.push(clean(&format!("{workdir}/{arg}"))),
                (false, None) => {
                    return refuse(
                        mark!(UNKNOWN_COMMAND, "directory-place"),
                        "a RUN makes folders whose places are not known",
                    );
                }
            }
        }
        Ok(())
    }
}

/// `RPi.GPIO==0.7` and `onoff@6` without their versions.
fn without_version(package: &str) -> &str {
    let end = package.char_indices().find(|(at, c)| *at > 0 && "=<>~![@".contains(*c));
    end.map_or(package, |(at, _)| &package[..at])
}

/// Whether a command may ask git, or the sources' owner.
fn looks_at_sources(base: &str, args: &[&str]) -> bool {
    let installs =
        |verbs: &[&str]| args.iter().find(|arg| !arg.starts_with('-')).is_none_or(|verb| verbs.contains(verb));
    match roles::unversioned(base) {
        "npm" | "pnpm" => !installs(&["install", "ci", "i", "add", "config", "cache", "prune"]),
        "yarn" => !installs(&["install", "add", "cache", "config", "global"]),
        "composer" => !installs(&["install", "require", "global"]),
        "cd" | "pushd" | "popd" | "cp" | "ln" | "mv" | "tar" | "unzip" | "xz" | "gzip" | "gunzip" | "bunzip"
        | "unxz" | "zip" | "basename" | "dirname" | "mktemp" | "zcat" | "install" | "unlink" => false,
        _ => true,
    }
}

/// Modes that leave a file readable and a folder open to others.
fn chmod(args: &[&str]) -> Result<(), No> {
    let mode =
        args.iter().find(|arg| !arg.starts_with("-R") && !arg.starts_with("--") && !["-v", "-c", "-f"].contains(arg));
    let open = mode.is_some_and(|mode| match mode.bytes().all(|byte| byte.is_ascii_digit()) {
        true => mode.ends_with(['5', '7']) || (mode.ends_with(['4', '6']) && !args.iter().any(|arg| arg.contains('R'))),
        false => [
            "+x", "a+x", "+rx", "a+rx", "+r", "a+r", "ugo+x", "+rwx", "a+rwx", "og+rx", "go+rx", "ugo+rwx", "a+rX",
            "+rX",
        ]
        .contains(mode),
    });
    match open {
        true => Ok(()),
        false => refuse(mark!(UNREADABLE, "chmod"), "a RUN changes modes, so that others may be kept out"),
    }
}
