//! What is there before a step: the base image, its distribution, the tools. A tool is known to be there where the image has
//! it or an earlier step surely installed it; no script and no copied file is believed to bring one. One that is there is
//! taken to stay until a package manager removes packages, or a command names its file: that a script whose text is not seen
//! removes a common tool is not assumed.

use crate::facts::changes::{Change, PackageChange};
use crate::facts::{AccountChange, Accounts, Base, Changes, Facts, Group, Stage, Step, Truth, User};
use crate::knowledge::images::{self, Distribution, Image, Manager};
use crate::knowledge::packages;
use crate::syntax::{Args, Command, Keyword};

impl Truth {
    /// What a base image's row says.
    pub fn of(known: Option<bool>) -> Truth {
        match known {
            Some(true) => Truth::Yes,
            Some(false) => Truth::No,
            None => Truth::Unknown,
        }
    }
}

impl<'a> Facts<'a> {
    /// The stage at the root of a stage's FROM chain.
    fn root(&self, stage: usize) -> Option<&Stage<'a>> {
        self.chain(stage).first().and_then(|root| self.stages.get(*root))
    }

    /// The stages that a stage is made from, the first one first, itself last.
    fn chain(&self, stage: usize) -> Vec<usize> {
        let mut out = Vec::new();
        let mut at = Some(stage);
        while let Some(index) = at {
            out.push(index);
            at = match self.stages.get(index).map(|stage| &stage.base) {
                Some(Base::Stage(parent)) => Some(*parent),
                _ => None,
            };
        }
        out.reverse();
        out
    }

    /// What is known of the image at the root of a stage's FROM chain. As elsewhere, variables in its name have their defaults.
    pub fn image(&self, stage: usize) -> Option<&'static Image> {
        let root = self.root(stage)?;
        let Base::Image(Some(name)) = &root.base else { return None };
        let platform = self.instruction(root.item)?.flag("platform");
        let windows = platform.is_some_and(|flag| flag.text.to_lowercase().contains("windows"));
        if windows { None } else { images::find(name) }
    }

    /// Whether the root of a stage's FROM chain is `scratch`.
    pub fn is_from_scratch(&self, stage: usize) -> bool {
        self.root(stage).is_some_and(|root| root.base == Base::Scratch)
    }

    /// The distribution of a stage's image; `None` where it is not known.
    pub fn family(&self, stage: usize) -> Option<Distribution> {
        match self.is_from_scratch(stage) {
            true => Some(Distribution::Scratch),
            false => self.image(stage)?.family,
        }
    }

    /// Whether a package manager works in a stage's image.
    pub fn manager(&self, stage: usize, manager: Manager) -> Truth {
        match self.is_from_scratch(stage) {
            true => Truth::No,
            false => Truth::of(self.image(stage).and_then(|image| image.has_manager(manager))),
        }
    }

    /// Whether a tool is there before a step of a stage: a command by its name, or one of the capabilities that `images.tsv`
    /// names.
    pub fn tool(&self, stage: usize, step: usize, name: &str) -> Truth {
        let base = match self.is_from_scratch(stage) {
            true => Truth::No,
            false => Truth::of(self.image(stage).and_then(|image| image.tool(name))),
        };
        let mut tool = Tool { name, there: base, bundles: Vec::new() };
        self.each_step_before(stage, step, &mut |facts, step| tool.step(facts, step));
        tool.there
    }

    /// Calls `f` on each step of a stage and its parents that comes before one, in order.
    pub fn each_step_before(&self, stage: usize, step: usize, f: &mut dyn FnMut(&Facts<'a>, &Step<'a>)) {
        for index in self.chain(stage) {
            let Some(at) = self.stages.get(index) else { continue };
            let end = if index == stage { step.min(at.steps.len()) } else { at.steps.len() };
            at.steps[..end].iter().for_each(|step| f(self, step));
        }
    }

    /// What a RUN does to packages, tools and accounts.
    pub fn changes(&self, step: &Step<'a>) -> Option<&Changes> {
        let read = || match &step.instruction.args {
            Args::Command(Command::Exec(words)) => {
                Changes::of_words(&words.iter().map(|word| word.text.clone()).collect::<Vec<_>>())
            }
            _ => match self.shell_text(step.item) {
                Some(text) => Changes::of(text, self.interpreter_at(step)),
                None => Changes { all: vec![(Change::Other, false)] },
            },
        };
        Some(self.changes.get(step.item)?.get_or_init(read))
    }

    fn interpreter_at(&self, step: &Step<'a>) -> crate::facts::Interpreter {
        let stage = self.stages.iter().rev().find(|stage| stage.item < step.item);
        stage.map_or(crate::facts::Interpreter::UNKNOWN, |stage| self.interpreter(stage, step))
    }

    /// What a step does to the accounts.
    pub(super) fn change_accounts(&self, step: &Step<'a>, accounts: &mut Accounts) {
        match step.instruction.keyword {
            Keyword::Run => {
                for (change, sure) in self.changes(step).into_iter().flat_map(|changes| &changes.all) {
                    apply_account(change, *sure, accounts);
                }
            }
            Keyword::Copy | Keyword::Add if brings_accounts(&step.instruction.args) => accounts.forget(),
            Keyword::Onbuild => accounts.whole = false,
            _ => {}
        }
    }
}

/// Whether COPY or ADD may bring a password file: it goes to `/`, or to `/etc`, or nobody knows.
fn brings_accounts(args: &Args) -> bool {
    match args {
        Args::Transfer { dest, .. } => {
            let dest = dest.text.trim_end_matches('/');
            dest.is_empty() || dest.contains('$') || dest == "/etc" || dest == "/etc/passwd" || dest == "/etc/group"
        }
        _ => true,
    }
}

fn apply_account(change: &Change, sure: bool, accounts: &mut Accounts) {
    match change {
        Change::Account(AccountChange::User { name, .. } | AccountChange::Group { name, .. }) if !sure => {
            accounts.doubt(name);
        }
        Change::Account(AccountChange::User { name, uid, group, home, .. }) => {
            let named = |group: &String| accounts.group(group).and_then(|known| known.gid);
            let gid = group.as_ref().and_then(|group| group.parse().ok().or_else(|| named(group)));
            let user = User { name: name.clone(), uid: *uid, gid, home: home.clone() };
            accounts.add_user(user);
        }
        Change::Account(AccountChange::Group { name, gid }) => {
            accounts.add_group(Group { name: name.clone(), gid: *gid });
        }
        Change::Account(AccountChange::Doubt(name)) => accounts.doubt(name),
        Change::Account(AccountChange::Unknown) => accounts.forget(),
        Change::File(path) if path.starts_with("/etc/passwd") || path.starts_with("/etc/group") => accounts.forget(),
        // packages have system accounts, a script may make any
        Change::Other => accounts.whole = false,
        _ => {}
    }
}

/// What is known of one tool, step after step.
struct Tool<'n> {
    name: &'n str,
    there: Truth,
    /// apk's bundles that brought it.
    bundles: Vec<String>,
}

/// Tools that no package manager lets go.
const ESSENTIAL: &[&str] = &["sh", "bash", "sha256sum", "install"];

impl Tool<'_> {
    fn step(&mut self, facts: &Facts, step: &Step) {
        match step.instruction.keyword {
            Keyword::Run => {
                for (change, sure) in facts.changes(step).into_iter().flat_map(|changes| &changes.all) {
                    self.change(change, *sure);
                }
            }
            Keyword::Copy | Keyword::Add => {
                self.may_come();
                if let Args::Transfer { dest, .. } = &step.instruction.args {
                    self.file(&dest.text);
                }
            }
            Keyword::Onbuild => self.may_come(),
            _ => {}
        }
    }

    fn may_come(&mut self) {
        if self.there == Truth::No {
            self.there = Truth::Unknown;
        }
    }

    fn may_go(&mut self) {
        if self.there == Truth::Yes {
            self.there = Truth::Unknown;
        }
    }

    fn change(&mut self, change: &Change, sure: bool) {
        match change {
            Change::Packages(PackageChange::Install { manager, names, bundle }) => {
                let brings = |name: &String| {
                    packages::find(*manager, name).is_some_and(|package| package.tools.contains(&self.name))
                };
                if sure && names.iter().any(brings) {
                    self.there = Truth::Yes;
                    self.bundles.extend(bundle.iter().cloned());
                } else {
                    self.may_come();
                }
            }
            Change::Packages(PackageChange::Remove { manager, names }) => {
                if names.iter().any(|name| self.goes_with(*manager, name)) {
                    self.may_go();
                }
            }
            Change::Packages(PackageChange::RemoveUnknown) if !ESSENTIAL.contains(&self.name) => self.may_go(),
            Change::File(path) => self.file(path),
            Change::Other => self.may_come(),
            _ => {}
        }
    }

    /// Whether the tool may go when a package is removed.
    fn goes_with(&self, manager: Manager, package: &str) -> bool {
        if ESSENTIAL.contains(&self.name) {
            return false;
        }
        match packages::find(manager, package) {
            Some(known) => known.tools.contains(&self.name) || known.carries.contains(&self.name),
            // apk keeps what was asked for by name, others remove what needs the package, whatever it is
            None if manager == Manager::Apk => self.bundles.iter().any(|bundle| bundle == package),
            None => !(manager == Manager::Apt && package.ends_with("-dev")),
        }
    }

    /// A file is removed, or another takes its place.
    fn file(&mut self, path: &str) {
        let last = path.rsplit('/').next().unwrap_or_default();
        let folder = ["/bin", "/usr/bin", "/usr/sbin", "/sbin", "/usr", "/usr/local/bin"];
        let clean = path.trim_end_matches(['/', '*']);
        let certificates = self.name == "ca-certificates"
            && ["/etc/ssl", "/usr/share/ca-certificates"].iter().any(|start| path.starts_with(start));
        if last == self.name || (path.starts_with('/') && folder.contains(&clean)) || certificates {
            self.may_go();
        }
    }
}
