//! Accounts: which users and groups exist before a step, from the base image and from the commands that ran since.

use crate::facts::{Facts, Truth};

/// A user account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub name: String,
    /// Its number, where that is known.
    pub uid: Option<u32>,
    /// The number of its first group, where that is known.
    pub gid: Option<u32>,
    /// Its home folder as the password file has it, where that is known. It need not exist.
    pub home: Option<String>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its number, where that is known.
    pub gid: Option<u32>,
}

/// What is known of the accounts at a point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Users that exist.
    pub users: Vec<User>,
    /// Groups that exist, beside those that bear the name of a user.
    pub groups: Vec<Group>,
    /// Names, of users or groups, that may exist or not, or whose numbers may have changed.
    pub maybe: Vec<String>,
    /// Whether those above are all, but for system accounts (numbers below 1000, and 65534).
    pub whole: bool,
}

impl Accounts {
    /// The user of a name, where it surely exists.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// The group of a name, where it surely exists and is told apart from a user's own.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// Whether a user or group of a name is there. `No` speaks of accounts that the distribution does not have by itself.
    pub fn holds(&self, name: &str) -> Truth {
        match (self.user(name).is_some() || self.group(name).is_some(), self.whole) {
            (true, _) => Truth::Yes,
            (false, true) if !self.maybe.iter().any(|maybe| maybe == name) => Truth::No,
            _ => Truth::Unknown,
        }
    }

    /// Whether no user and no group has a number, so that one can be made with it. Only known from 1000 on.
    pub fn free(&self, id: u32) -> Truth {
        let ids = || {
            let users = self.users.iter().flat_map(|user| [user.uid, user.gid]);
            users.chain(self.groups.iter().map(|group| group.gid))
        };
        if ids().flatten().any(|known| known == id) {
            return Truth::No;
        }
        // an account without a number gets the one behind the highest of those there are
        let vague = ids().filter(Option::is_none).count() as u32;
        let highest = ids().flatten().filter(|id| (1000..60000).contains(id)).max().unwrap_or(999);
        let in_reach = vague > 0 && id > 999 && id <= highest.saturating_add(vague);
        match self.whole && self.maybe.is_empty() && (1000..65534).contains(&id) && !in_reach {
            true => Truth::Yes,
            false => Truth::Unknown,
        }
    }

    fn of_image(image: &crate::knowledge::images::Image) -> Accounts {
        let users = image.accounts.iter().map(|known| User {
            name: known.name.to_owned(),
            uid: known.uid,
            gid: known.gid,
            home: known.home.map(str::to_owned),
        });
        let groups = image.groups.iter().map(|known| Group { name: known.name.to_owned(), gid: known.gid });
        Accounts { users: users.collect(), groups: groups.collect(), maybe: Vec::new(), whole: image.accounts_whole }
    }

    /// Forgets what is known of a name.
    pub(super) fn doubt(&mut self, name: &str) {
        self.users.retain(|user| user.name != name);
        self.groups.retain(|group| group.name != name);
        self.maybe.push(name.to_owned());
    }

    /// Forgets everything.
    pub(super) fn forget(&mut self) {
        *self = Accounts::default();
    }

    /// Adds a user that was made; one of the same name is replaced.
    pub(super) fn add_user(&mut self, user: User) {
        self.users.retain(|known| known.name != user.name);
        self.maybe.retain(|maybe| *maybe != user.name);
        self.users.push(user);
    }

    /// Adds a group that was made.
    pub(super) fn add_group(&mut self, group: Group) {
        self.groups.retain(|known| known.name != group.name);
        self.maybe.retain(|maybe| *maybe != group.name);
        self.groups.push(group);
    }
}

impl Facts<'_> {
    /// The home directory of the user as whom a step runs: what HOME says, else what is known of the user.
    pub fn home(&self, stage: usize, step: usize) -> Option<String> {
        let state = &self.stages.get(stage)?.steps.get(step)?.before;
        if let Some(home) = state.env.get("HOME") {
            return home.map(str::to_owned);
        }
        match state.user.get()?.split(':').next()? {
            "root" | "0" | "" => Some("/root".to_owned()),
            name => self.users(stage, step).user(name)?.home.clone(),
        }
    }

    /// What is known of the accounts before a step of a stage: those of the base image, and those made since, in its parent
    /// stages too.
    pub fn users(&self, stage: usize, step: usize) -> Accounts {
        let steps = self.stages.get(stage).map_or(&[][..], |one| &one.steps);
        let end = step.min(steps.len());
        // whoever asks at many steps mostly asks in their order
        let last = self.asked.accounts.take().filter(|(of, before, _)| *of == stage && *before <= end);
        let (start, mut accounts) = match last {
            Some((_, before, accounts)) => (before, accounts),
            None => (0, self.first_users(stage)),
        };
        self.counter.look(end - start + accounts.users.len() + accounts.groups.len());
        steps[start..end].iter().for_each(|step| self.change_accounts(step, &mut accounts));
        self.asked.accounts.replace(Some((stage, end, accounts.clone())));
        accounts
    }

    /// Those right after the FROM of a stage.
    fn first_users(&self, stage: usize) -> Accounts {
        let mut accounts = match (self.image(stage), self.is_from_scratch(stage)) {
            (Some(image), _) => Accounts::of_image(image),
            (None, true) => Accounts { whole: true, ..Accounts::default() },
            (None, false) => Accounts::default(),
        };
        self.each_step_before(stage, 0, &mut |facts, step| facts.change_accounts(step, &mut accounts));
        accounts
    }
}
