//! What one RUN does to the packages, tools and accounts of its image, and whether surely: a command counts only where the
//! step cannot succeed without it. Knows what package managers and account tools are asked for, not what a package holds (that
//! is `knowledge`).

mod account;
mod package;

pub use account::AccountChange;
pub use package::PackageChange;

use crate::knowledge::paths::Absolute;
use crate::knowledge::programs::{Kind, Program, Touch};
use crate::script::{Commands, Inner, Invocation, Variables};

/// Only the home of root is known.
struct RootsHome;

impl Variables for RootsHome {
    fn variable(&self, name: &str) -> Option<&str> {
        (name == "HOME").then_some("/root")
    }
}

/// What a step does, in order.
#[derive(Debug, Default)]
pub struct Changes {
    /// The changes, each with whether it surely happened once the step succeeded.
    pub all: Vec<(Change, bool)>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// By a package manager.
    Packages(PackageChange),
    /// To a user or a group.
    Account(AccountChange),
    /// A file or folder is removed or moved away; a path, which may hold glob characters.
    Removed(String),
    /// Another file may stand in the place of this one.
    Replaced(String),
    /// A command that may bring files, but makes no accounts.
    Files,
    /// A command of which it is not known what it does.
    Other,
}

impl Changes {
    /// Reads commands. Where they work is not looked at, nor what variables hold: the same text does the same.
    pub fn of(commands: Commands) -> Changes {
        let mut out = Changes::default();
        let all = commands.deep();
        all.iter().for_each(|one| out.command(*one));
        all.iter().for_each(|one| out.removed(*one));
        out.all.shrink_to_fit();
        out
    }

    /// A text that was not understood: it may bring anything, and where it speaks of removal, take anything.
    pub fn not_understood(text: &str) -> Changes {
        let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
        let mut all = vec![(Change::Other, false)];
        if words
            .iter()
            .any(|word| ["remove", "purge", "autoremove", "del", "erase", "uninstall", "auto"].contains(word))
        {
            all.push((Change::Packages(PackageChange::RemoveUnknown), false));
        }
        if words.iter().any(|word| word.contains("useradd") || word.contains("adduser") || word.contains("usermod")) {
            all.push((Change::Account(AccountChange::Unknown), false));
        }
        Changes { all }
    }

    fn command(&mut self, one: Invocation) {
        match one.inner() {
            Inner::Opaque(text, _) => self.all.extend(Changes::not_understood(text).all),
            Inner::File(_) | Inner::Input | Inner::Unknown => self.all.push((Change::Other, false)),
            Inner::Commands(_) | Inner::Nothing => self.program(one),
        }
    }

    fn program(&mut self, one: Invocation) {
        let Some(name) = one.name() else {
            let unknown = one.words().len() > 0;
            return self.all.extend(unknown.then_some((Change::Other, false)));
        };
        let sure = one.flow().sure && !one.is_open();
        match &*name {
            "rm" | "rmdir" | "unlink" => {}
            "cp" | "mv" | "ln" | "install" | "dpkg-divert" | "update-alternatives" => self.replaced(one),
            "xargs" | "chroot" => self.all.push((Change::Other, false)),
            _ => match package::read(one) {
                Some(changes) => {
                    let changes = changes.into_iter().map(|(change, done)| (Change::Packages(change), sure && done));
                    self.all.extend(changes);
                }
                None => self.other(one, sure),
            },
        }
    }

    fn other(&mut self, one: Invocation, sure: bool) {
        if let Some(change) = account::read(one) {
            self.all.push((Change::Account(change), sure));
            return;
        }
        let tame = |program: &Program| {
            let kinds = [Kind::LanguagePackages, Kind::Toolchain, Kind::Core];
            // a Makefile does anything
            program.name != "make" && kinds.iter().any(|kind| program.is(*kind))
        };
        match one.program() {
            Some(program) if program.is(Kind::Inert) || program.account.is_some() => {}
            Some(program) if tame(program) => self.all.push((Change::Files, false)),
            _ => self.all.push((Change::Other, false)),
        }
    }

    /// What is put in the place of what was there before; a folder as the last argument gets a file of the first one's name.
    fn replaced(&mut self, one: Invocation) {
        let plain = one.arguments().filter_map(|word| word.unquoted()).filter(|word| !word.starts_with('-'));
        let paths = plain.filter(|word| word.contains('/'));
        self.all.extend(paths.map(|path| (Change::Replaced(path.into_owned()), false)));
        self.all.push((Change::Files, false));
    }

    fn removed(&mut self, one: Invocation) {
        // a path in a folder that is not known still has its own name
        let start = Absolute::somewhere();
        for effect in one.effects().unwrap_or_default().into_iter().filter(|one| one.touch == Touch::Removes) {
            let paths = effect.paths(Some(&start), &RootsHome).unwrap_or_default();
            self.all.extend(paths.into_iter().map(|path| (Change::Removed(path.as_str().to_owned()), false)));
        }
    }
}
