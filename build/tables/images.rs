//! `images.tsv`.

use super::{Line, Wrong, lines, named, tags};
use crate::code::{Code, option, text};
use std::collections::{BTreeMap, HashMap};

/// Package managers, as tables and as Rust name them.
pub const MANAGERS: &[(&str, &str)] = &[
    ("apt", "Apt"),
    ("apk", "Apk"),
    ("dnf", "Dnf"),
    ("microdnf", "Microdnf"),
    ("yum", "Yum"),
    ("tdnf", "Tdnf"),
    ("zypper", "Zypper"),
    ("pacman", "Pacman"),
    ("nix", "Nix"),
    ("urpmi", "Urpmi"),
];

const FAMILIES: &[(&str, &str)] = &[
    ("debian", "Debian"),
    ("ubuntu", "Ubuntu"),
    ("alpine", "Alpine"),
    ("redhat", "RedHat"),
    ("amazon", "Amazon"),
    ("suse", "Suse"),
    ("photon", "Photon"),
    ("azurelinux", "AzureLinux"),
    ("arch", "Arch"),
    ("busybox", "Busybox"),
    ("distroless", "Distroless"),
    ("wolfi", "Wolfi"),
    ("nix", "Nix"),
    ("mageia", "Mageia"),
    ("scratch", "Scratch"),
];

const LIBCS: &[(&str, &str)] = &[("glibc", "Glibc"), ("musl", "Musl"), ("none", "Static")];

const SERVICES: &[(&str, &str)] = &[
    ("base", "Base"),
    ("program", "Program"),
    ("drops", "Drops"),
    ("master", "Master"),
    ("init", "Init"),
    ("root", "Root"),
];

/// Names of commands, and what else the head of the table explains. That a name is one of these keeps slips away.
const TOOLS: &[&str] = &[
    "adduser",
    "bash",
    "busybox-adduser",
    "bzip2",
    "ca-certificates",
    "curl",
    "debian-adduser",
    "gcc",
    "git",
    "gosu",
    "gpg",
    "groupadd",
    "gzip",
    "install",
    "make",
    "sh",
    "sha256sum",
    "su-exec",
    "sudo",
    "tar",
    "tar-xz",
    "unzip",
    "useradd",
    "wget",
    "wget-https",
    "xz",
];

/// The rows of each image and of each group of images, and what all of them have in common.
pub fn read(table: &str) -> Result<String, Wrong> {
    let rows = rows(table)?;
    let mut code = Code::default();
    let mut known: BTreeMap<&str, String> = BTreeMap::new();
    for (name, rows) in &rows.images {
        let common = option(in_common(rows).map(|common| common.code(&mut code)));
        let rows: Result<Vec<String>, Wrong> = rows.iter().map(|row| row.code(&mut code)).collect();
        let rows = code.slice("Row", rows?);
        known.insert(name, code.shared("Known", &format!("Known {{ rows: {rows}, common: {common} }}")));
    }
    for (name, (other, line)) in &rows.aliases {
        let rows = known.get(other).cloned().ok_or_else(|| line.wrong(format!("no image is called `{other}`")))?;
        known.insert(name, rows);
    }
    let (groups, images): (BTreeMap<_, _>, BTreeMap<_, _>) =
        known.into_iter().partition(|(name, _)| name.ends_with("/*"));
    let groups = groups.into_iter().map(|(name, rows)| (name.trim_end_matches("/*"), rows)).collect();
    for (name, entries) in [("IMAGES", images), ("GROUPS", groups)] {
        let map = code.map("&Known", &entries);
        code.define(name, "Map<&Known>", &map);
    }
    Ok(code.finish())
}

#[derive(Default)]
struct Rows<'t> {
    kinds: HashMap<&'t str, Image<'t>>,
    images: BTreeMap<&'t str, Vec<Row<'t>>>,
    /// Names whose rows are those of another.
    aliases: BTreeMap<&'t str, (&'t str, Line<'t>)>,
}

struct Row<'t> {
    tags: &'t str,
    line: Line<'t>,
    image: Image<'t>,
}

fn rows(table: &str) -> Result<Rows<'_>, Wrong> {
    let (mut out, mut before) = (Rows::default(), "");
    for line in lines(table) {
        let columns = line.columns()?;
        let [name, tags, fields @ ..] = columns.as_slice() else { return Err(line.wrong("a column is missing")) };
        let kind = name.starts_with('@');
        if kind && !before.is_empty() {
            return Err(line.wrong("kinds come first"));
        }
        if !kind && *name < before {
            return Err(line.wrong(format!("images are sorted by name: it belongs before `{before}`")));
        }
        before = if kind { "" } else { name };
        out.add((line, name, tags), fields)?;
    }
    Ok(out)
}

impl<'t> Rows<'t> {
    fn add(&mut self, (line, name, tags): (Line<'t>, &'t str, &'t str), fields: &[&'t str]) -> Result<(), Wrong> {
        if let [field] = fields
            && let Some(other) = field.strip_prefix("as=")
        {
            let new =
                tags == "*" && !self.images.contains_key(name) && self.aliases.insert(name, (other, line)).is_none();
            return if new {
                Ok(())
            } else {
                Err(line.wrong("`as` stands alone, in the only row of a name, for all tags"))
            };
        }
        let mut image = Image::default();
        for field in fields {
            let (key, value) = field.split_once('=').ok_or_else(|| line.wrong(format!("`{field}` is no field")))?;
            match key {
                "like" => {
                    let kind = self.kinds.get(value);
                    image =
                        kind.cloned().ok_or_else(|| line.wrong(format!("`{value}` is no kind that comes before")))?;
                }
                _ => image.set(key, value).map_err(|what| line.wrong(what))?,
            }
        }
        if name.starts_with('@') {
            let new = tags == "*" && self.kinds.insert(name, image).is_none();
            return if new { Ok(()) } else { Err(line.wrong("a kind has one row, for all tags")) };
        }
        let rows = self.images.entry(name).or_default();
        if rows.iter().any(|row| row.tags == "*" || row.tags == tags) {
            return Err(line.wrong("a row before it takes these tags"));
        }
        rows.push(Row { tags, line, image });
        Ok(())
    }
}

impl Row<'_> {
    fn code(&self, code: &mut Code) -> Result<String, Wrong> {
        let tags = tags::code(code, self.tags).map_err(|what| self.line.wrong(what))?;
        Ok(format!("Row {{ tags: {tags}, image: {} }}", self.image.code(code)))
    }
}

/// The fields of a row, words of Rust where there are such.
#[derive(Clone, Default)]
struct Image<'t> {
    shell: Vec<&'t str>,
    workdir: Option<&'t str>,
    user: Option<&'t str>,
    family: Option<&'static str>,
    managers: Vec<&'static str>,
    managers_whole: bool,
    libc: Option<&'static str>,
    accounts: Vec<Account<'t>>,
    groups: Vec<(&'t str, Option<u32>)>,
    accounts_whole: bool,
    service: Option<&'static str>,
    entrypoint: Option<Option<&'t str>>,
    cmd: Option<Option<&'t str>>,
    onbuild: Option<bool>,
    listens: Option<u16>,
    tools: BTreeMap<&'t str, bool>,
}

#[derive(Clone, PartialEq)]
struct Account<'t> {
    name: &'t str,
    uid: Option<u32>,
    gid: Option<u32>,
    home: Option<&'t str>,
}

impl<'t> Image<'t> {
    fn set(&mut self, key: &str, value: &'t str) -> Result<(), String> {
        match key {
            "shell" => self.shell = known(value).map(words_of_json).transpose()?.unwrap_or_default(),
            "workdir" => self.workdir = known(value),
            "user" => self.user = known(value),
            "family" => self.family = known_named("distribution", FAMILIES, value)?,
            "pm" => self.set_managers(value)?,
            "libc" => self.libc = known_named("C library", LIBCS, value)?,
            "users" => value.split(',').try_for_each(|account| self.set_account(account))?,
            "groups" => self.groups.extend(value.split(',').map(group).collect::<Result<Vec<_>, _>>()?),
            "accounts" if ["whole", "?"].contains(&value) => self.accounts_whole = value == "whole",
            "service" => self.service = known_named("service", SERVICES, value)?,
            "entrypoint" => self.entrypoint = known(value).map(command).transpose()?,
            "cmd" => self.cmd = known(value).map(command).transpose()?,
            "onbuild" => self.onbuild = known(value).map(yes_or_no).transpose()?,
            "listens" => self.listens = known(value).map(port).transpose()?,
            "has" => self.tools.extend(tools(value)?.into_iter().map(|tool| (tool, true))),
            "lacks" => self.tools.extend(tools(value)?.into_iter().map(|tool| (tool, false))),
            "maybe" => {
                let unsure = tools(value)?;
                self.tools.retain(|tool, _| !unsure.contains(tool));
            }
            _ => return Err(format!("`{key}={value}` is no field")),
        }
        Ok(())
    }

    fn set_managers(&mut self, value: &str) -> Result<(), String> {
        let names = value.split(',').filter(|name| !["none", "?"].contains(name));
        self.managers = names.map(|name| named("package manager", MANAGERS, name)).collect::<Result<_, _>>()?;
        self.managers_whole = !value.contains('?');
        Ok(())
    }

    /// Adds an account, `name:uid:gid:home`; one that the kind has by the same name is replaced.
    fn set_account(&mut self, value: &'t str) -> Result<(), String> {
        let &[name, uid, gid, home] = value.split(':').collect::<Vec<_>>().as_slice() else {
            return Err(format!("`{value}` is not name:uid:gid:home"));
        };
        self.accounts.retain(|known| known.name != name);
        self.accounts.push(Account { name, uid: id(uid)?, gid: id(gid)?, home: known(home) });
        Ok(())
    }

    /// A reference to an `Image`.
    fn code(&self, code: &mut Code) -> String {
        let rust = |of: &'static str| move |name: &&str| format!("{of}::{name}");
        let accounts = code.slice("Account", self.accounts.iter().map(Account::code).collect::<Vec<_>>());
        let group =
            |(name, gid): &(&str, Option<u32>)| format!("Group {{ name: {}, gid: {} }}", text(name), option(*gid));
        let fields = [
            ("shell", code.words(self.shell.iter().copied())),
            ("workdir", option(self.workdir.map(text))),
            ("user", option(self.user.map(text))),
            ("family", option(self.family.as_ref().map(rust("Distribution")))),
            ("managers", code.slice("Manager", self.managers.iter().map(rust("Manager")))),
            ("managers_whole", self.managers_whole.to_string()),
            ("libc", option(self.libc.as_ref().map(rust("Libc")))),
            ("accounts", accounts),
            ("groups", code.slice("Group", self.groups.iter().map(group))),
            ("accounts_whole", self.accounts_whole.to_string()),
            ("service", option(self.service.as_ref().map(rust("Service")))),
            ("entrypoint", option(self.entrypoint.map(|command| option(command.map(text))))),
            ("cmd", option(self.cmd.map(|command| option(command.map(text))))),
            ("onbuild", option(self.onbuild)),
            ("listens", option(self.listens)),
            (
                "tools",
                code.slice("(&str, bool)", self.tools.iter().map(|(tool, there)| format!("({tool:?}, {there})"))),
            ),
        ];
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        code.shared("Image", &format!("Image {{ {} }}", fields.join(", ")))
    }
}

impl Account<'_> {
    fn code(&self) -> String {
        let (name, uid, gid) = (text(self.name), option(self.uid), option(self.gid));
        format!("Account {{ name: {name}, uid: {uid}, gid: {gid}, home: {} }}", option(self.home.map(text)))
    }
}

/// What holds for every row of a name; nothing where there is one only.
fn in_common<'t>(rows: &[Row<'t>]) -> Option<Image<'t>> {
    let (first, rest) = rows.split_first()?;
    let both = |all: Image<'t>, one: &Image<'t>| Image {
        shell: if all.shell == one.shell { all.shell } else { Vec::new() },
        workdir: all.workdir.filter(|_| all.workdir == one.workdir),
        user: all.user.filter(|_| all.user == one.user),
        family: all.family.filter(|_| all.family == one.family),
        managers: all.managers.into_iter().filter(|manager| one.managers.contains(manager)).collect(),
        managers_whole: false,
        libc: all.libc.filter(|_| all.libc == one.libc),
        accounts: all.accounts.into_iter().filter(|account| one.accounts.contains(account)).collect(),
        groups: all.groups.into_iter().filter(|group| one.groups.contains(group)).collect(),
        accounts_whole: false,
        service: all.service.filter(|_| all.service == one.service),
        entrypoint: all.entrypoint.filter(|_| all.entrypoint == one.entrypoint),
        cmd: all.cmd.filter(|_| all.cmd == one.cmd),
        onbuild: all.onbuild.filter(|_| all.onbuild == one.onbuild),
        listens: all.listens.filter(|_| all.listens == one.listens),
        tools: all.tools.into_iter().filter(|(tool, there)| one.tools.get(tool) == Some(there)).collect(),
    };
    (!rest.is_empty()).then(|| rest.iter().fold(first.image.clone(), |all, row| both(all, &row.image)))
}

fn known(value: &str) -> Option<&str> {
    Some(value).filter(|value| *value != "?")
}

fn known_named(
    what: &str,
    names: &[(&'static str, &'static str)],
    value: &str,
) -> Result<Option<&'static str>, String> {
    known(value).map(|value| named(what, names, value)).transpose()
}

/// `["a","b"]`, without escapes.
fn words_of_json(value: &str) -> Result<Vec<&str>, String> {
    let inner = value.strip_prefix("[\"").and_then(|rest| rest.strip_suffix("\"]"));
    let inner =
        inner.filter(|inner| !inner.contains('\\')).ok_or_else(|| format!("`{value}` is no plain JSON array"))?;
    Ok(inner.split("\",\"").collect())
}

/// A JSON array, or none.
fn command(value: &str) -> Result<Option<&str>, String> {
    match value {
        "none" => Ok(None),
        _ if value.starts_with("[\"") && value.ends_with("\"]") => Ok(Some(value)),
        _ => Err(format!("`{value}` is no JSON array")),
    }
}

fn yes_or_no(value: &str) -> Result<bool, String> {
    match value {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(format!("`{value}` is neither `yes` nor `no`")),
    }
}

fn port(value: &str) -> Result<u16, String> {
    value.parse().map_err(|_| format!("`{value}` is no port"))
}

fn tools(value: &str) -> Result<Vec<&str>, String> {
    let tools: Vec<&str> = value.split(',').collect();
    match tools.iter().find(|tool| !TOOLS.contains(tool)) {
        Some(tool) => Err(format!("`{tool}` is none of the tools of this table")),
        None => Ok(tools),
    }
}

/// `name:gid`.
fn group(text: &str) -> Result<(&str, Option<u32>), String> {
    let (name, gid) = text.split_once(':').ok_or_else(|| format!("`{text}` is not name:gid"))?;
    Ok((name, id(gid)?))
}

fn id(text: &str) -> Result<Option<u32>, String> {
    known(text).map(|id| id.parse().map_err(|_| format!("`{id}` is no number"))).transpose()
}
