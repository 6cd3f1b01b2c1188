//! The command lines that make and change users and groups.

use crate::knowledge::programs::Account;
use crate::script::{Argument, Invocation};
use std::borrow::Cow;

/// What is done to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountChange {
    /// A user is made.
    User {
        /// Its name.
        name: String,
        /// Its number, where one is given.
        uid: Option<u32>,
        /// Its first group: a number or a name, where one is given.
        group: Option<String>,
        /// Its home folder, where one is given.
        home: Option<String>,
        /// Whether it is a system account, whose number is chosen below 1000.
        system: bool,
    },
    /// A group is made.
    Group {
        /// Its name.
        name: String,
        /// Its number, where one is given.
        gid: Option<u32>,
    },
    /// A user or group of this name is removed or becomes another.
    Doubt(String),
    /// A user or group is made of which not even the name is known.
    Another,
    /// Nobody knows.
    Unknown,
}

/// Reads a command; `None` where it does nothing to accounts.
pub(super) fn read(one: Invocation) -> Option<AccountChange> {
    let account = one.program()?.account?;
    let names: Option<Vec<Cow<str>>> = one.operands().map(Argument::unquoted).collect();
    let Some(names) = names.filter(|_| !one.is_open()) else {
        return Some(if account == Account::Changes { AccountChange::Unknown } else { AccountChange::Another });
    };
    let line = Line { one, odd: one.options().any(|option| !option.known), names };
    match account {
        Account::Any => Some(AccountChange::Unknown),
        Account::MakesUser if one.has(&["-D", "--defaults"]) => None,
        Account::MakesUser => Some(line.user()),
        Account::AddsUser => line.adds_user(),
        Account::MakesGroup => Some(line.group()),
        // `addgroup USER GROUP` changes no number
        Account::AddsGroup => (line.names.len() < 2).then(|| line.group()),
        Account::Changes if one.is(&["usermod"]) && line.changes_no_number() => None,
        Account::Changes => Some(line.doubt()),
    }
}

struct Line<'s> {
    one: Invocation<'s>,
    /// It has an option that is not known.
    odd: bool,
    names: Vec<Cow<'s, str>>,
}

impl Line<'_> {
    /// The value of an option: `Some(None)` where it is given and not known. The last one counts.
    fn value(&self, names: &[&str]) -> Option<Option<String>> {
        let last = self.one.options().filter(|option| option.is(names)).last()?;
        Some(last.unquoted().map(Cow::into_owned))
    }

    fn number(&self, names: &[&str]) -> Option<u32> {
        self.value(names).flatten()?.parse().ok()
    }

    fn name(&self) -> Option<String> {
        match self.names.as_slice() {
            [name] => Some(name.to_string()),
            _ => None,
        }
    }

    fn doubt(&self) -> AccountChange {
        self.names.last().map_or(AccountChange::Unknown, |name| AccountChange::Doubt(name.to_string()))
    }

    fn changes_no_number(&self) -> bool {
        let harmless = ["-a", "-G", "-s", "-L", "-U", "-c", "-p", "--append", "--groups", "--shell", "--lock"];
        self.one.options().next().is_some() && self.one.options().all(|option| option.is(&harmless))
    }

    fn user(&self) -> AccountChange {
        let Some(name) = self.name() else { return AccountChange::Another };
        // a home of a base folder or another root is not read
        if self.odd || self.one.has(&["-R", "--root", "-P", "--prefix", "-b", "--base-dir"]) {
            return AccountChange::Doubt(name);
        }
        let home = self.value(&["-d", "--home-dir", "--home"]).unwrap_or_else(|| Some(format!("/home/{name}")));
        AccountChange::User {
            name,
            uid: self.number(&["-u", "--uid"]),
            group: self.value(&["-g", "--gid"]).flatten(),
            home,
            system: self.one.has(&["-r", "--system"]),
        }
    }

    /// busybox's or Debian's: their options do not collide. That of Red Hat is `useradd`; what it alone has is not read.
    /// busybox's `-g` is the comment, Red Hat's the group: it tells nothing.
    fn adds_user(&self) -> Option<AccountChange> {
        let Some(name) = self.name() else {
            // `adduser USER GROUP` changes no number
            return (self.names.len() != 2).then_some(AccountChange::Another);
        };
        let one = self.one;
        if one.has(&["--group"]) && !one.has(&["--system"]) {
            return Some(self.group());
        }
        if self.odd || one.has(&["-m", "-M", "-U", "-N", "--root"]) {
            return Some(AccountChange::Doubt(name));
        }
        // Debian's has `/nonexistent` for system accounts, once it had `/home`
        let usual = || (!one.has(&["--system"])).then(|| format!("/home/{name}"));
        let home = self.value(&["-h", "--home"]).unwrap_or_else(usual);
        Some(AccountChange::User {
            name,
            uid: self.number(&["-u", "--uid"]),
            group: self.value(&["-G", "--ingroup", "--gid"]).flatten(),
            home,
            system: one.has(&["--system", "-S", "-r"]),
        })
    }

    fn group(&self) -> AccountChange {
        match self.name() {
            Some(name) => AccountChange::Group { name, gid: self.number(&["-g", "--gid"]) },
            None => AccountChange::Another,
        }
    }
}
