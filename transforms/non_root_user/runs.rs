//! What the RUNs of the image leave behind for another user: nothing, files of root, what is not known.

use super::leftovers::{Leftovers, UNKNOWN_WORD};
use super::*;
use crate::facts::state::clean;
use crate::facts::{Change, PackageChange, Step};
use crate::knowledge::roles::{self, Trace};
use crate::shell::{CommandKind, Part, Shell, Simple};
use crate::syntax::{Args, Command};

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
}

const NOT_UNDERSTOOD: &str = "a RUN was not understood; which files of root it leaves is not known";

/// Looks at a RUN; fails where it may leave what keeps another user out.
pub fn look(image: &Image, step: &Step) -> Result<RunSummary, No> {
    let mut run = Run {
        workdir: step.before.workdir.get().cloned(),
        home: image.end.workdir.get().cloned(),
        seen: RunSummary { pass: Pass::Free, folders: Vec::new() },
    };
    packages(image, step)?;
    let workdir = || step.before.workdir.get().cloned();
    match (&step.instruction.args, image.facts.shell_text(step.item)) {
        (Args::Command(Command::Exec(words)), _) => {
            let words: Vec<Arg> = words.iter().map(|word| Some(word.text.clone())).collect();
            let mut left = Leftovers::new(workdir(), None);
            run.command(&words, &mut left)?;
            left.end(image)?;
        }
        (_, Some(text)) if !text.text.text().starts_with("#!") => match &text.shell {
            Shell::Script(script) => {
                let mut left = Leftovers::new(workdir(), Some(script));
                let mut found = Ok(());
                script.for_each_command(&mut |command| {
                    left.enter(command, text.text.text());
                    if let (CommandKind::Simple(simple), Ok(())) = (&command.kind, &found) {
                        found = run.command(&words(simple, text.text.text(), |_| None), &mut left);
                    }
                });
                found?;
                left.end(image)?;
            }
            Shell::Opaque(_) => return refuse(&UNKNOWN_COMMAND, NOT_UNDERSTOOD),
        },
        _ => return refuse(&UNKNOWN_COMMAND, NOT_UNDERSTOOD),
    }
    Ok(run.seen)
}

/// The words of a command, with the variables put in that `value` knows.
pub fn words(simple: &Simple, text: &str, value: impl Fn(&str) -> Arg) -> Vec<Arg> {
    let read = |word: &crate::shell::Word| match word.unquoted(text) {
        Some(plain) => Some(plain.into_owned()),
        None => word.parts.iter().map(|part| part_value(part, text, &value)).collect::<Option<String>>(),
    };
    simple.words.iter().map(read).collect()
}

fn part_value(part: &Part, text: &str, value: &impl Fn(&str) -> Arg) -> Arg {
    match part {
        Part::Literal(span) => Some(text[span.range()].to_owned()),
        Part::SingleQuoted(span) => Some(text[span.range()].trim_matches('\'').to_owned()),
        Part::DoubleQuoted(_, parts) => parts.iter().map(|part| part_value(part, text, value)).collect(),
        Part::Parameter { name, operation, .. } if operation.is_empty() => value(&text[name.range()]),
        _ => None,
    }
}

/// Packages that are of use to root only.
fn packages(image: &Image, step: &Step) -> Result<(), No> {
    let changes = image.facts.changes(step);
    for (change, _) in changes.into_iter().flat_map(|changes| &changes.all) {
        if let Change::Packages(PackageChange::Install { names, .. }) = change
            && let Some(name) = names.iter().find(|name| roles::is_root_package(name))
        {
            return refuse(&PRIVILEGES, format!("a RUN installs `{name}`, whose programs only root has a use for"));
        }
    }
    Ok(())
}

/// Whether a stage compiles a program.
pub fn compiles(facts: &Facts, stage: usize) -> bool {
    let steps = facts.chain(stage).into_iter().flat_map(|stage| &facts.stages[stage].steps);
    let mut runs = steps.filter(|step| step.instruction.keyword == Keyword::Run);
    runs.any(|step| {
        let Some(text) = facts.shell_text(step.item) else { return false };
        let Shell::Script(script) = &text.shell else { return false };
        let mut found = false;
        script.for_each_command(&mut |command| {
            if let CommandKind::Simple(simple) = &command.kind {
                let words = words(simple, text.text.text(), |_| None);
                let name = words.first().cloned().flatten().unwrap_or_default();
                let verb = words.get(1).cloned().flatten().unwrap_or_default();
                let base = name.rsplit('/').next().unwrap_or_default();
                let idle = ["mod", "get", "env", "version", "fetch", "vet", "test", "clean", "download"]
                    .contains(&verb.as_str());
                found |= roles::compiles(base) && !idle;
            }
        });
        found
    })
}

struct Run {
    workdir: Option<String>,
    /// The folder that the program will work in.
    home: Option<String>,
    seen: RunSummary,
}

impl Run {
    fn command(&mut self, words: &[Arg], left: &mut Leftovers) -> Result<(), No> {
        let Some(first) = words.first() else { return Ok(()) };
        let Some(name) = first else {
            return refuse(&UNKNOWN_COMMAND, "a RUN runs what is only known when it is built");
        };
        let base = name.rsplit('/').next().unwrap_or_default();
        let args: Vec<&str> = words[1..].iter().map(|word| word.as_deref().unwrap_or(UNKNOWN_WORD)).collect();
        match roles::unversioned(base) {
            "sudo" | "env" | "time" | "nice" | "exec" | "command" if !args.is_empty() => {
                let assigns =
                    |arg: &&&str| ["sudo", "env"].contains(&base) && arg.contains('=') && !arg.starts_with('-');
                let options = args.iter().take_while(assigns).count();
                self.command(&words[1 + options..], left)
            }
            "python" => self.python(base, &args, left),
            "pip" => {
                left.command(name, &args)?;
                self.pip(&args)
            }
            "chmod" => chmod(&args),
            "setcap" => refuse(&PRIVILEGES, "a RUN gives a program rights by `setcap`"),
            "useradd" | "adduser" | "groupadd" | "addgroup" | "usermod" => {
                advise(format!("a RUN calls `{base}`, and no USER follows; name the user that is meant"))
            }
            "umask" => refuse(&UNREADABLE, "a RUN changes `umask`, so that what it makes may be closed to others"),
            "mkdir" => self.mkdir(&args),
            "install" if args.iter().any(|arg| arg.starts_with("-m") || arg.starts_with("--mode")) => {
                advise("a RUN calls `install` with modes that were not looked at")
            }
            "git" if args.contains(&"--global") => refuse(&HOME, "`git config --global` writes to root's home"),
            "bundle" | "bundler" if args.first() == Some(&"config") && !args.contains(&"--local") => {
                refuse(&HOME, "`bundle config` without `--local` writes to root's home")
            }
            _ => {
                self.known(base, &args)?;
                left.command(name, &args)
            }
        }
    }

    fn known(&mut self, base: &str, args: &[&str]) -> Result<(), No> {
        let of_packages = ["npm", "npx", "yarn", "pnpm", "pnpx", "bun", "bunx"].contains(&base);
        if let Some(name) = args.iter().find(|arg| of_packages && sources::leaves_a_browser(arg)) {
            return refuse(&HOME, format!("`{name}` puts a browser into root's home"));
        }
        match roles::trace(base) {
            Some(Trace::Nothing) => Ok(()),
            Some(Trace::Files) if self.unpacks_here(base, args) => {
                refuse(&WRITES, "a RUN unpacks files into the program's working folder, where they stay root's")
            }
            Some(Trace::Files) => {
                self.worsen(if looks_at_sources(base, args) { Pass::Sources } else { Pass::Folder });
                if ["cd", "pushd", "popd"].contains(&base) {
                    self.workdir = self.moved(args);
                }
                Ok(())
            }
            Some(Trace::Home) => refuse(&HOME, format!("`{base}` puts what is needed later into root's home")),
            None => {
                refuse(&UNKNOWN_COMMAND, format!("a RUN calls `{base}`; which files of root it leaves is not known"))
            }
        }
    }

    /// Whether a command brings whole folders to the place where the program works.
    fn unpacks_here(&self, base: &str, args: &[&str]) -> bool {
        let brings = match base {
            "git" => args.contains(&"clone"),
            "tar" | "unzip" | "rsync" | "cp" | "mv" => true,
            _ => false,
        };
        let Some(home) = self.home.as_deref().filter(|home| plan::is_ownable(home)) else { return false };
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

    fn moved(&self, args: &[&str]) -> Option<String> {
        let to = args.first().filter(|to| !to.contains(['\u{1}', '-', '~']))?;
        if to.starts_with('/') { Some(clean(to)) } else { Some(clean(&format!("{}/{to}", self.workdir.as_deref()?))) }
    }

    fn python(&mut self, base: &str, args: &[&str], left: &mut Leftovers) -> Result<(), No> {
        match args {
            ["-m", "pip" | "pip3", rest @ ..] => {
                left.command("pip", rest)?;
                self.pip(rest)
            }
            ["-m", "venv" | "virtualenv" | "compileall", ..]
            | ["setup.py", "install" | "build" | "build_ext" | "develop" | "bdist_wheel" | "sdist", ..]
            | ["--version" | "-V"] => {
                self.worsen(Pass::Sources);
                Ok(())
            }
            _ => refuse(
                &UNKNOWN_COMMAND,
                format!("a RUN runs a program by `{base}`; which files of root it leaves is not known"),
            ),
        }
    }

    fn pip(&mut self, args: &[&str]) -> Result<(), No> {
        if args.contains(&"--user") {
            return refuse(&HOME, "`pip install --user` installs to root's home");
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
            return refuse(&UNREADABLE, "a RUN makes a folder with a mode that may keep others out");
        }
        for arg in args.iter().filter(|arg| !arg.starts_with('-')) {
            if arg.contains(['\u{1}', '{', '*', '$', '~']) {
                return refuse(&UNKNOWN_COMMAND, "a RUN makes folders whose names are only known when it is built");
            }
            match (arg.starts_with('/'), &self.workdir) {
                (true, _) => self.seen.folders.push(clean(arg)),
                (false, Some(workdir)) => self.seen.folders.push(clean(&format!("{workdir}/{arg}"))),
                (false, None) => return refuse(&UNKNOWN_COMMAND, "a RUN makes folders whose places are not known"),
            }
        }
        Ok(())
    }
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
        false => refuse(&UNREADABLE, "a RUN changes modes, so that others may be kept out"),
    }
}
