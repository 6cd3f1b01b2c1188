//! Programs by name: how their command line is read, whether they run another program, what they do to files, what their
//! status says, how they fare as the program of an image. The data is `programs/*.toml`; a program that is not described, and
//! what is not said of one, is not known.

use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/programs.rs"));

/// What is known of a program.
#[derive(Debug)]
pub struct Program {
    /// Its name, without directory and version.
    pub name: &'static str,
    /// What it is known to be: bits of [`Kind`].
    kinds: u32,
    /// Options whose value is the next word, unless it is glued on (`-tX`, `--target=X`).
    pub values: &'static [&'static str],
    /// Options whose value, if any, is glued on (`-iSUFFIX`, `--color=WHEN`).
    pub attached: &'static [&'static str],
    /// Options without a value.
    pub flags: &'static [&'static str],
    /// All of these, sorted, each with bits that tell in which of the lists it is: 1 flag, 2 value, 4 attached.
    options: &'static [(&'static str, u8)],
    /// How its options are written.
    pub style: Option<Style>,
    /// Its subcommands and what they do.
    pub verbs: &'static [(&'static str, Action)],
    /// Options, and subcommands, with which it does not do what it is there for: `--version`, `--dry-run`, `-l`.
    pub idle: &'static [&'static str],
    /// Options with which it only reads what it is given, and says what is wrong: `node --check`.
    pub checks: &'static [&'static str],
    /// Subcommands with which it makes nothing of the sources: `go mod`, `dotnet restore`.
    pub prepares: &'static [&'static str],
    /// What some of its options mean.
    pub means: &'static [(&'static str, Meaning)],
    /// Options with which it may leave out what it was asked for, and succeed.
    pub lenient: &'static [&'static str],
    /// Whose packages it handles.
    pub manager: Option<Manager>,
    /// How it runs another program.
    pub runs: &'static [Runs],
    /// Whether words like `NAME=value` before the program that it runs are variables of that.
    pub assignments: bool,
    /// Options that name the directory in which it works.
    pub directory: &'static [&'static str],
    /// Options that name the user as whom it runs another program, or itself.
    pub user: &'static [&'static str],
    /// Options that name a file of settings.
    pub settings: &'static [&'static str],
    /// Which shell's language it reads.
    pub shell: Option<Shell>,
    /// What a status other than 0 says.
    pub status: Option<Status>,
    /// How much of its standard input it reads.
    pub input: Option<Input>,
    /// Options with which it may end before its input does, or reads something else.
    pub stops: &'static [&'static str],
    /// Options with which its status is an answer.
    pub asks: &'static [&'static str],
    /// Words of which one must be given, else its status says nothing of its output.
    pub whole_with: &'static [&'static str],
    /// Words of which one must be given, else it does not read its input to the end.
    pub reads_with: &'static [&'static str],
    /// Options that name its input.
    pub input_from: &'static [&'static str],
    /// What its operands must be for it to read its standard input.
    pub operands: Option<Operands>,
    /// What it does to accounts.
    pub account: Option<Account>,
    /// What it needs of its user, as the program of an image.
    pub role: Option<Role>,
    /// How it fares as the first process of a container.
    pub starts: Option<Starts>,
    /// What it leaves behind in a build.
    pub leaves: Option<Leaves>,
    /// Which files it makes that stay its user's; `None` if that is not known.
    pub makes: Option<Makes>,
    /// What it does to files; `None` if that is not known.
    pub effects: Option<&'static [(Touch, Target)]>,
}

impl Program {
    const UNKNOWN: Program = Program {
        name: "",
        kinds: 0,
        values: &[],
        attached: &[],
        flags: &[],
        options: &[],
        style: None,
        verbs: &[],
        idle: &[],
        checks: &[],
        prepares: &[],
        means: &[],
        lenient: &[],
        manager: None,
        runs: &[],
        assignments: false,
        directory: &[],
        user: &[],
        settings: &[],
        shell: None,
        status: None,
        input: None,
        stops: &[],
        asks: &[],
        whole_with: &[],
        reads_with: &[],
        input_from: &[],
        operands: None,
        account: None,
        role: None,
        starts: None,
        leaves: None,
        makes: None,
        effects: None,
    };

    /// Whether it is known to be of a kind.
    pub fn is(&self, kind: Kind) -> bool {
        self.kinds & kind as u32 != 0
    }

    /// What a subcommand does.
    pub fn action(&self, verb: &str) -> Action {
        self.verbs.iter().find(|(name, _)| *name == verb).map_or(Action::Other, |(_, action)| *action)
    }

    /// Whether an option takes the next word as its value.
    pub fn takes_value(&self, option: &str) -> bool {
        self.option(option).takes_value
    }

    /// What is known of an option.
    pub fn option(&self, option: &str) -> OptionFacts {
        let found = self.options.binary_search_by_key(&option, |(name, _)| name);
        let (listed, bits) = found.map_or((None, 0), |index| (Some(self.options[index].0), self.options[index].1));
        let runs = |runs: &Runs| match runs {
            Runs::After(options) | Runs::Text(options) | Runs::Rest { with: options, .. } => options.contains(&option),
            _ => false,
        };
        let known = bits != 0 || self.runs.iter().any(runs);
        OptionFacts { known, listed, takes_value: bits & 2 != 0, attached: bits & 4 != 0 }
    }

    /// What an option means, if that is said.
    pub fn meaning(&self, option: &str) -> Option<Meaning> {
        self.means.iter().find(|(name, _)| *name == option).map(|(_, meaning)| *meaning)
    }

    /// Whether an option is described at all.
    pub fn knows(&self, option: &str) -> bool {
        self.option(option).known
    }
}

/// What is known of an option of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OptionFacts {
    /// It is described.
    pub known: bool,
    /// Its name, if it is among those that are listed.
    pub listed: Option<&'static str>,
    /// The next word is its value, unless that is glued on.
    pub takes_value: bool,
    /// Its value, if any, is glued on.
    pub attached: bool,
}

/// What a program is known to be; a word of `is`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// Exists on Unix systems only.
    Unix = 1,
    /// A basic tool whose place in PATH does not change.
    Core = 2,
    /// Does not add, move or remove an executable.
    Inert = 4,
    /// Installs packages of the distribution.
    SystemPackages = 8,
    /// Installs packages of a language.
    LanguagePackages = 16,
    /// Starts something that stays behind.
    Daemon = 32,
    /// Makes hard links.
    HardLinks = 64,
    /// Looks at running processes.
    Process = 128,
    /// A tool of a language's toolchain.
    Toolchain = 256,
    /// Does the same whatever variables are set, but for those of the loader, the locale and a few that its manual names.
    EnvironmentBlind = 512,
    /// Makes programs of machine code.
    Compiler = 1024,
    /// Installs packages of the distribution from lists that are there already.
    UsesLists = 2048,
    /// Changes the shell in which it runs: its directory, variables, options, or what it runs next.
    ShellState = 4096,
    /// Runs what it is told: it may put, move or remove any executable.
    Unbounded = 8192,
    /// A tool of a distribution beside its package managers, which reads what they read of the environment.
    SystemTool = 16384,
    /// Ends the shell in which it runs, or makes it run what does not stand in its text.
    ShellFlow = 32768,
    /// Unpacks archives, or what was compressed.
    Unpacks = 65536,
    /// Takes files elsewhere, as they are.
    Copies = 131072,
    /// Makes of a project's sources what is run, in the project's own directories.
    Builds = 262144,
}

/// How options are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Before the first word that is no option only: `sudo`, `env`, `xargs`.
    First,
    /// A word after a single `-` is one option, letters do not stand together: `find`, `java`, `openssl`.
    Words,
    /// `-` alone is an option, too: `su`.
    Login,
    /// The first word may be letters without a `-`: `tar`, `ar`.
    Letters,
    /// There are none: `[`, `echo`.
    None,
}

/// What an option means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// The program fails if the server answers an error.
    Fails,
    /// The status of the answer, or its headers, are shown.
    ShowsStatus,
    /// Something is sent, to which an error may be the answer.
    Sends,
    /// A download goes on where it stopped.
    Resumes,
    /// Options are read from a file.
    Configures,
    /// It works only as the first option.
    Leads,
    /// What is fetched is stored in a file.
    Stores,
    /// Its value is an address.
    Address,
    /// An archive is unpacked.
    Extracts,
    /// How the archive is compressed.
    Decompresses,
    /// Its value is the archive.
    Archive,
    /// The archive may be read in part only, or something else is done with it.
    Partly,
    /// More is said, nothing else is done.
    Tells,
    /// Files are read or written that no word names, or others than the effects say.
    Unseen,
}

/// How a program runs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// The program in the words after its own options and `skip` words, if one of the options `with` is given (or there are
    /// none of these).
    Rest {
        /// How many words stand before it.
        skip: usize,
        /// Options of which one must be given.
        with: &'static [&'static str],
    },
    /// The program in the words after its own options and `skip` words, which gets more words than these, or another root:
    /// `xargs`, `chroot`.
    More {
        /// How many words stand before it.
        skip: usize,
    },
    /// The shell text in the value of one of these options.
    Text(&'static [&'static str]),
    /// The shell text that its words make, joined by blanks: `eval`.
    Joined,
    /// The shell text in its first word, later: `trap`.
    First,
    /// The program in the words after one of these options, up to `;` or `+`: `find -exec`.
    After(&'static [&'static str]),
    /// The file that its first word names.
    File,
    /// The module after `-m`, as a program: `python -m pip`.
    Module,
}

/// A shell's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    /// sh, dash, ash.
    Posix,
    /// bash.
    Bash,
    /// ksh, zsh: as bash, but the last command of a pipe runs in the shell itself.
    Ksh,
    /// Another one.
    Other,
}

/// What a status other than 0 says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// What it writes is not whole.
    Fails,
    /// It writes a little and does not fail.
    Says,
    /// It is an answer, or usual.
    Answers,
    /// That it was not understood; it reads whatever it gets.
    Filters,
}

/// How much of its input a program reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// All of it, or it fails.
    All,
    /// All of it as a rule: a script may end before its text does, an archive before its file.
    Mostly,
}

/// What the operands of a program must be for it to read its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands {
    /// None, or `-`.
    Input,
    /// None that is written like a path.
    NoPaths,
    /// All behind the first one (a pattern) are `-`.
    AfterFirst,
    /// No more than one, a program.
    OnlyFirst,
    /// None at all.
    None,
    /// None, or the first word is `-`: it reads a program.
    Program,
}

/// What a program does to accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Makes a user: `useradd`.
    MakesUser,
    /// Makes a user, or puts one into a group: `adduser` of Debian and busybox.
    AddsUser,
    /// Makes a group: `groupadd`.
    MakesGroup,
    /// Makes a group, or puts a user into one: `addgroup`.
    AddsGroup,
    /// Changes or removes the account that it names.
    Changes,
    /// Changes any.
    Any,
}

/// What a program needs of its user, as the program of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Starts the command in its arguments as the same user.
    Launcher,
    /// Changes the user, which root can do only.
    DropsRights,
    /// An init, or a supervisor of services that have users of their own.
    Supervisor,
    /// Starts as root: to open what only root can, to change the user of its workers, or to change the machine.
    NeedsRoot,
    /// Runs a program that its arguments name, as any user.
    Interpreter,
    /// Serves a program that its arguments name, or files, as any user, on a port above 1023 unless told otherwise.
    Server,
    /// A shell.
    Shell,
}

/// How a program fares as the first process of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// It handles signals, and waits for the processes that it starts.
    First,
    /// It does not, or that is not known; but it is surely an executable file.
    Other,
}

/// What a program leaves behind in a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Nothing that matters to another user.
    Nothing,
    /// Files of root where it is told, or it looks at whose the directory is.
    Files,
    /// What programs need, in the home of root.
    Home,
}

/// Which files a program makes that another user may want to write to. Words are subcommands or operands, unless they are called
/// options; `-` among words of [`Makes::First`] stands for none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Makes {
    /// None, whatever it is told, or only some in directories of its own that programs read.
    Nothing,
    /// None, if its first operand is one of these.
    First(&'static [&'static str]),
    /// None, if each operand is one of these.
    Every(&'static [&'static str]),
    /// Each operand.
    Each,
    /// The last operand; with one of these options others.
    Last(&'static [&'static str]),
    /// What its options say.
    Options {
        /// Options whose value is a file, or a directory, that it makes.
        files: &'static [&'static str],
        /// Without one of those it puts files into the working directory.
        here: bool,
        /// Options with which it saves each operand, an address, under its last name in the working directory.
        remote: &'static [&'static str],
        /// Without one of `files` it does so anyway.
        urls: bool,
        /// Options with which the files are others.
        unlike: &'static [&'static str],
    },
    /// None, if the program in its arguments writes no file and starts nothing: a program of sed.
    Sed,
    /// The same of awk.
    Awk,
}

/// What is done to a file, or to a directory with all that is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// Its content is read.
    Reads,
    /// It is made, or its content is changed.
    Writes,
    /// It is made if it is not there: a directory, or an empty file.
    Makes,
    /// It is removed, or moved away.
    Removes,
    /// Its owner, mode or time is changed.
    Changes,
    /// A link is made to it.
    Links,
}

/// To what something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Each word that is no option.
    Operands,
    /// Each word that is no option, or the working directory, if there is none.
    OperandsOrHere,
    /// Where `find` starts.
    Roots,
    /// The first of them.
    First,
    /// The last of them.
    Last,
    /// All but the first of them.
    Rest,
    /// All but the last of them.
    AllButLast,
    /// The value of an option.
    Option(&'static str),
    /// What `find` removes if it is told `-delete`: what is in the directories in which it starts.
    Found,
    /// The working directory.
    Here,
    /// The home directory of the user.
    Home,
    /// What packages of the distribution bring.
    Packages,
    /// The files of users and groups.
    Accounts,
    /// The file in the working directory that is called as the last part of an address among the words.
    Url,
    /// This path.
    Path(&'static str),
}

/// Whose packages a program handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Manager {
    Apt,
    Apk,
    /// dnf, yum, microdnf and tdnf.
    Dnf,
    Zypper,
    Pip,
    Npm,
    Yarn,
    Pnpm,
    Gem,
}

impl Manager {
    /// Where it keeps, for root, what it fetched: lists and packages that nothing needs afterwards. Sources: the manuals of the
    /// managers, as of 2026-11.
    pub fn caches(self) -> &'static [&'static str] {
        match self {
            Manager::Apt => &["/var/lib/apt/lists", "/var/cache/apt"],
            Manager::Apk => &["/var/cache/apk"],
            Manager::Dnf => &["/var/cache/yum", "/var/cache/dnf"],
            Manager::Zypper => &["/var/cache/zypp"],
            Manager::Pip => &["/root/.cache/pip"],
            Manager::Npm => &["/root/.npm"],
            Manager::Yarn => &["/usr/local/share/.cache/yarn", "/root/.cache/yarn"],
            Manager::Pnpm => &["/root/.local/share/pnpm/store"],
            Manager::Gem => &["/root/.gem", "/usr/local/bundle/cache"],
        }
    }
}

/// What a subcommand does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Fetches the index and keeps it.
    Refresh,
    /// Installs packages.
    Install,
    /// Upgrades what is installed.
    Upgrade,
    /// Removes packages.
    Remove,
    /// Removes what it keeps for later.
    Clean,
    /// Reads the index.
    Query,
    /// Something else, or not known.
    Other,
}

/// The program of a name (without directory), be it with a version at its end: `pip3.9`, `dnf5`.
pub fn find(name: &str) -> Option<&'static Program> {
    let plain = || Some(unversioned(name)).filter(|plain| plain.len() > 1 && *plain != name);
    exact(name).or_else(|| exact(plain()?))
}

/// Whether the program of a name is known to be of a kind.
pub fn is(name: &str, kind: Kind) -> bool {
    find(name).is_some_and(|program| program.is(kind))
}

/// Whether it is a shell of the kind of `sh`.
pub fn is_shell(name: &str) -> bool {
    find(name).is_some_and(|program| program.shell.is_some_and(|shell| shell != Shell::Other))
}

/// `python` of `python3.11`.
pub fn unversioned(name: &str) -> &str {
    let start = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    if start.is_empty() { name } else { start }
}

fn exact(name: &str) -> Option<&'static Program> {
    TABLE.get(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_passed_over() {
        let name = |called: &str| find(called).map(|program| program.name);
        assert_eq!((name("dnf5"), name("g++-12"), name("php-fpm8.2")), (Some("dnf"), Some("g++"), Some("php-fpm")));
        assert_eq!((name("bzip2"), name("acme"), name("v8"), name("")), (Some("bzip2"), None, None, None));
        assert!(find("pipenv").is_some_and(|program| program.manager.is_none()));
    }

    #[test]
    fn options_and_subcommands_are_known() {
        let apt = find("apt-get").unwrap();
        assert_eq!((apt.action("install"), apt.action("update")), (Action::Install, Action::Refresh));
        assert_eq!(find("yum").unwrap().action("update"), Action::Upgrade);
        assert!(apt.takes_value("-t") && !apt.takes_value("-y"));
        let curl = find("curl").unwrap();
        assert!(
            curl.knows("--silent") && !curl.takes_value("--silent") && curl.takes_value("-o") && !curl.knows("--x")
        );
    }

    #[test]
    fn kinds_and_shells_are_known() {
        assert!(is("apt-get", Kind::Unix) && is("apt-get", Kind::Core) && !is("apt-get", Kind::Daemon));
        assert!(is("[", Kind::Core) && !is("acme-tool", Kind::Inert));
        assert!(is_shell("bash") && is_shell("ash") && !is_shell("fish") && !is_shell("python"));
        assert_eq!(find("nginx").unwrap().starts, Some(Starts::First));
        assert_eq!(find("curl").unwrap().status, Some(Status::Fails));
    }
}
