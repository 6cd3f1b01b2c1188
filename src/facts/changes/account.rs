//! The command lines that make and change users and groups.

use super::Arg;

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

/// The options of a command, by name, and its other words.
struct Line<'a> {
    options: Vec<(&'a str, Option<&'a str>)>,
    words: Vec<&'a str>,
}

/// Short options with a value, of each of the commands.
const USERADD: &str = "ugdsGckKpefbxRZP";
/// Of busybox, and Debian's long ones.
const ADDUSER: &str = "ugGhskK";
const GROUPADD: &str = "gKpRPU";

/// Reads a command line, its name taken away; `None` where it does nothing to accounts.
pub(super) fn read(name: &str, args: &[Arg]) -> Option<AccountChange> {
    let short = match name {
        "useradd" => USERADD,
        "adduser" => ADDUSER,
        "groupadd" | "addgroup" => GROUPADD,
        "usermod" | "userdel" | "deluser" | "groupmod" | "groupdel" | "delgroup" => USERADD,
        "newusers" | "vipw" => return Some(AccountChange::Unknown),
        _ => return None,
    };
    let makes = matches!(name, "useradd" | "adduser" | "groupadd" | "addgroup");
    let Some(line) = read_line(args, short) else {
        return Some(if makes { AccountChange::Another } else { AccountChange::Unknown });
    };
    match name {
        "useradd" if line.has(&["-D", "--defaults"]) => None,
        "useradd" => Some(user(&line)),
        "adduser" => adduser(&line),
        "groupadd" => Some(group(&line)),
        // `addgroup USER GROUP` changes no number
        "addgroup" => (line.words.len() < 2).then(|| group(&line)),
        "usermod" if line.changes_no_number() => None,
        _ => Some(line.words.last().map_or(AccountChange::Unknown, |name| AccountChange::Doubt((*name).to_owned()))),
    }
}

/// Long options that stand alone; each other one takes a value, be it behind `=` or in the next word.
const ALONE: &[&str] = &[
    "--system",
    "--group",
    "--disabled-password",
    "--disabled-login",
    "--no-create-home",
    "--create-home",
    "--no-user-group",
    "--user-group",
    "--non-unique",
    "--no-log-init",
    "--quiet",
    "--debug",
    "--force",
    "--force-badname",
    "--allow-badname",
    "--allow-bad-names",
    "--badname",
    "--allow-all-names",
    "--append",
    "--lock",
    "--unlock",
    "--remove",
    "--remove-home",
    "--move-home",
    "--defaults",
    "--verbose",
    "--conf",
    "--encrypt-home",
    "--btrfs-subvolume-home",
];

/// `None` where a word is only known when it runs and it is not clear that it is but the value of an option.
fn read_line<'a>(args: &'a [Arg], short: &str) -> Option<Line<'a>> {
    let mut line = Line { options: Vec::new(), words: Vec::new() };
    let mut args = args.iter().map(Option::as_deref);
    while let Some(arg) = args.next() {
        let arg = arg?;
        if let Some((name, value)) = arg.split_once('=').filter(|_| arg.starts_with("--")) {
            line.options.push((name, Some(value)));
        } else if arg.starts_with("--") {
            let value = if ALONE.contains(&arg) { None } else { args.next()? };
            line.options.push((arg, value));
        } else if arg.len() > 1 && arg.starts_with('-') {
            line.cluster(arg, short, &mut args)?;
        } else {
            line.words.push(arg);
        }
    }
    Some(line)
}

impl<'a> Line<'a> {
    /// `-rms /bin/false`: each letter is an option, the first with a value takes what is left, or the next word.
    fn cluster(&mut self, arg: &'a str, short: &str, rest: &mut dyn Iterator<Item = Option<&'a str>>) -> Option<()> {
        for (at, letter) in arg.char_indices().skip(1) {
            let end = at + letter.len_utf8();
            let option = SHORT.iter().find(|name| name.ends_with(letter)).copied().unwrap_or("-?");
            if short.contains(letter) {
                let value = if end < arg.len() { Some(&arg[end..]) } else { rest.next()? };
                self.options.push((option, value));
                return Some(());
            }
            self.options.push((option, None));
        }
        Some(())
    }

    fn has(&self, names: &[&str]) -> bool {
        self.options.iter().any(|(name, _)| names.contains(name))
    }

    /// The value of an option: `Some(None)` where it is given and not known.
    fn value(&self, names: &[&str]) -> Option<Option<&'a str>> {
        self.options.iter().rev().find(|(name, _)| names.contains(name)).map(|(_, value)| *value)
    }

    fn number(&self, names: &[&str]) -> Option<u32> {
        self.value(names).flatten()?.parse().ok()
    }

    fn text(&self, names: &[&str]) -> Option<String> {
        self.value(names).flatten().map(str::to_owned)
    }

    fn changes_no_number(&self) -> bool {
        let harmless = ["-a", "-G", "-s", "-L", "-U", "-c", "-p", "--append", "--groups", "--shell", "--lock"];
        !self.options.is_empty() && self.options.iter().all(|(name, _)| harmless.contains(name))
    }
}

/// The short options that mean something here, or to `usermod`.
const SHORT: &[&str] = &[
    "-l", "-k", "-K", "-e", "-u", "-g", "-d", "-h", "-r", "-S", "-s", "-G", "-c", "-D", "-H", "-a", "-L", "-U", "-p",
    "-f", "-o", "-N", "-m", "-M",
];

fn user(line: &Line) -> AccountChange {
    let [name] = line.words.as_slice() else { return AccountChange::Another };
    // `-f` of useradd tells when a password ends; a home of a base folder or another root is not read
    if line.has(&["-?", "--root", "--prefix", "--base-dir"]) {
        return AccountChange::Doubt((*name).to_owned());
    }
    let home = match line.value(&["-d", "--home-dir", "--home"]) {
        Some(given) => given.map(str::to_owned),
        None => Some(format!("/home/{name}")),
    };
    AccountChange::User {
        name: (*name).to_owned(),
        uid: line.number(&["-u", "--uid"]),
        group: line.text(&["-g", "--gid"]),
        home,
        system: line.has(&["-r", "--system"]),
    }
}

/// busybox's or Debian's: their options do not collide. That of Red Hat is `useradd`; what it alone has is not read. busybox's
/// `-g` is the comment, Red Hat's the group: it tells nothing.
fn adduser(line: &Line) -> Option<AccountChange> {
    let [name] = line.words.as_slice() else {
        // `adduser USER GROUP` changes no number
        return (line.words.len() != 2).then_some(AccountChange::Another);
    };
    let system = line.has(&["--system", "-S", "-r"]);
    if line.has(&["--group"]) && !line.has(&["--system"]) {
        return Some(group(line));
    }
    if line.has(&["-?", "-d", "-c", "-m", "-M", "-U", "-N", "--root"]) {
        return Some(AccountChange::Doubt((*name).to_owned()));
    }
    let home = match line.value(&["-h", "--home"]) {
        Some(given) => given.map(str::to_owned),
        // Debian's has `/nonexistent` for system accounts, once it had `/home`
        None => (!line.has(&["--system"])).then(|| format!("/home/{name}")),
    };
    Some(AccountChange::User {
        name: (*name).to_owned(),
        uid: line.number(&["-u", "--uid"]),
        group: line.text(&["-G", "--ingroup", "--gid"]),
        home,
        system,
    })
}

fn group(line: &Line) -> AccountChange {
    match line.words.as_slice() {
        [name] => AccountChange::Group { name: (*name).to_owned(), gid: line.number(&["-g", "--gid"]) },
        _ => AccountChange::Another,
    }
}
