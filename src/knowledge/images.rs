//! Base images: what is in them and what their config says. The data is `images.tsv`, which tells its own format. What a row
//! does not state is not known: neither there nor absent.

use crate::knowledge::tags::Tags;
use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

/// What is known of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The words of SHELL; empty where that is not known.
    pub shell: Vec<&'static str>,
    /// WORKDIR.
    pub workdir: Option<&'static str>,
    /// USER; `root` where none is set.
    pub user: Option<&'static str>,
    /// The distribution.
    pub family: Option<Distribution>,
    /// The package managers that work in it.
    pub managers: Vec<Manager>,
    /// Whether there is none beside those.
    pub managers_whole: bool,
    /// The C library.
    pub libc: Option<Libc>,
    /// Accounts that exist. There may be others.
    pub accounts: Vec<Account>,
    /// Groups that exist, beside those of the same name as an account.
    pub groups: Vec<Group>,
    /// Whether no other account or group has an id from 1000 to 65533.
    pub accounts_whole: bool,
    /// What the image's own program is.
    pub service: Option<Service>,
    /// ENTRYPOINT as a JSON array; `Some(None)` is known to be none.
    pub entrypoint: Option<Option<&'static str>>,
    /// CMD, as `entrypoint`.
    pub cmd: Option<Option<&'static str>>,
    /// Whether it has ONBUILD triggers.
    pub onbuild: Option<bool>,
    tools: BTreeMap<&'static str, bool>,
}

/// A family of distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Distribution {
    Debian,
    Ubuntu,
    Alpine,
    /// Red Hat, CentOS, Fedora and their kin.
    RedHat,
    Amazon,
    Suse,
    Photon,
    /// Azure Linux, once CBL-Mariner.
    AzureLinux,
    Arch,
    Busybox,
    /// Debian's files without a shell and a package manager.
    Distroless,
    /// Wolfi and Chainguard.
    Wolfi,
    Nix,
    Mageia,
    /// No files at all, or none of a distribution.
    Scratch,
}

impl Manager {
    /// The manager that the data files name so.
    pub(super) fn named(name: &str) -> Option<Manager> {
        named(MANAGERS, name)
    }
}

/// A package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Manager {
    Apt,
    Apk,
    Dnf,
    Microdnf,
    Yum,
    Tdnf,
    Zypper,
    Pacman,
    Nix,
    Urpmi,
}

/// A C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Libc {
    Glibc,
    Musl,
    /// None.
    Static,
}

/// Whether the image's own ENTRYPOINT and CMD bear another USER.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// A base to build on: a shell, an interpreter, a tool.
    Base,
    /// A program that runs as any user, or is one that does so already.
    Program,
    /// The entry point starts as root, sets up what it needs and gives its rights up by itself.
    Drops,
    /// The program's first process must be root, its workers are not.
    Master,
    /// An init or a supervisor, which starts others.
    Init,
    /// The program works as root only.
    Root,
}

impl Service {
    /// Why another USER breaks it; `None` where it does not.
    pub fn needs_root(self) -> Option<&'static str> {
        match self {
            Service::Base | Service::Program => None,
            Service::Drops => Some("its entry point starts as root and gives its rights up by itself"),
            Service::Master => Some("its first process starts as root and its workers as another user"),
            Service::Init => Some("it starts an init, which runs as root"),
            Service::Root => Some("its program needs root"),
        }
    }
}

/// A user account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: &'static str,
    /// Its number, where that is known.
    pub uid: Option<u32>,
    /// The number of its own group, where that is known.
    pub gid: Option<u32>,
    /// Its home folder, where that is known.
    pub home: Option<&'static str>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: &'static str,
    /// Its number, where that is known.
    pub gid: Option<u32>,
}

impl Image {
    /// Whether a tool is there: a command by its name, or one of the capabilities that the data file names
    /// (`ca-certificates`, `busybox-adduser`, ...). `None` where that is not known.
    pub fn tool(&self, name: &str) -> Option<bool> {
        self.tools.get(name).copied()
    }

    /// How many tools are known to be there or not.
    pub fn tools_known(&self) -> usize {
        self.tools.len()
    }

    /// The account of a name.
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// Whether a package manager works in it; `None` where that is not known.
    pub fn has_manager(&self, manager: Manager) -> Option<bool> {
        if self.managers.contains(&manager) { Some(true) } else { self.managers_whole.then_some(false) }
    }
}

/// Looks an image up by its reference, `name:tag@digest`. `None` where nothing is known of it.
pub fn find(reference: &str) -> Option<&'static Image> {
    let (name, tag) = split(reference);
    let tag = tag.to_ascii_lowercase();
    if ["windows", "nanoserver", "servercore"].iter().any(|word| tag.contains(word)) {
        return None;
    }
    // a digest without a tag can be of any variant
    let pinned = reference.contains('@');
    let name = known_name(short(name))?;
    let rows = table().rows.get(name)?;
    if pinned && tag.is_empty() && rows.len() > 1 {
        return Some(table().common.get(name)?.get_or_init(|| in_common(rows)));
    }
    rows.iter().find(|row| row.tags.fits(&tag, pinned)).map(|row| &row.image)
}

/// Name and tag of a reference; the digest is dropped, a missing tag is empty.
pub fn split(reference: &str) -> (&str, &str) {
    let reference = reference.split('@').next().unwrap_or_default();
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (reference, ""),
    }
}

/// Registries, mirrors and folders that serve the same official images.
const SAME: &[&str] = &[
    "docker.io/",
    "index.docker.io/",
    "registry.hub.docker.com/",
    "registry-1.docker.io/",
    "public.ecr.aws/docker/",
    "mcr.microsoft.com/mirror/docker/",
    "mirror.gcr.io/",
    "library/",
    "amd64/",
    "arm64v8/",
    "arm32v5/",
    "arm32v6/",
    "arm32v7/",
    "i386/",
    "mips64le/",
    "ppc64le/",
    "riscv64/",
    "s390x/",
];

/// The name under which the rows of an image stand: its own, that of a group (`gcr.io/distroless/*`), or another's.
fn known_name(name: &str) -> Option<&'static str> {
    let table = table();
    let own = |name: &str| {
        let name = table.aliases.get(name).copied().unwrap_or(name);
        table.rows.get_key_value(name).map(|(name, _)| *name)
    };
    own(name).or_else(|| own(&format!("{}/*", name.rsplit_once('/')?.0)))
}

/// The name without what does not distinguish it on Docker's public registry.
pub fn short(name: &str) -> &str {
    SAME.iter().fold(name, |name, prefix| name.strip_prefix(prefix).unwrap_or(name))
}

struct Table {
    rows: HashMap<&'static str, Vec<Row>>,
    /// What all rows of a name have in common.
    common: HashMap<&'static str, OnceLock<Image>>,
    /// Names whose rows stand under another.
    aliases: HashMap<&'static str, &'static str>,
}

struct Row {
    tags: Tags,
    image: Image,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut kinds: HashMap<&str, Image> = HashMap::new();
        let mut rows: HashMap<&str, Vec<Row>> = HashMap::new();
        let mut aliases = HashMap::new();
        for (name, tags, fields) in lines() {
            let image = image_of(fields, &kinds);
            if let Some(other) = fields.strip_prefix("as=") {
                aliases.insert(name, other);
            } else if name.starts_with('@') {
                kinds.insert(name, image);
            } else {
                rows.entry(name).or_default().push(Row { tags: Tags::read(tags), image });
            }
        }
        let common = rows.keys().map(|name| (*name, OnceLock::new())).collect();
        Table { rows, common, aliases }
    })
}

/// The three columns of each row.
fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    include_str!("images.tsv").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.splitn(3, '\t');
        Some((columns.next()?, columns.next()?, columns.next()?))
    })
}

fn image_of(fields: &'static str, kinds: &HashMap<&str, Image>) -> Image {
    let mut image = Image::default();
    for field in fields.split('\t') {
        if let Some((key, value)) = field.split_once('=') {
            match key {
                "like" => image = kinds.get(value).cloned().unwrap_or_default(),
                _ => image.set(key, value),
            }
        }
    }
    image
}

impl Image {
    fn set(&mut self, key: &str, value: &'static str) {
        match key {
            "shell" => self.shell = words_of_json(value),
            "workdir" => self.workdir = known(value),
            "user" => self.user = known(value),
            "family" => self.family = named(FAMILIES, value),
            "pm" => {
                self.managers = value.split(',').filter_map(|name| named(MANAGERS, name)).collect();
                self.managers_whole = !value.contains('?');
            }
            "libc" => self.libc = named(LIBCS, value),
            "users" => self.set_users(value),
            "groups" => self.groups.extend(value.split(',').map(group_of)),
            "accounts" => self.accounts_whole = value == "whole",
            "service" => self.service = named(SERVICES, value),
            "entrypoint" => self.entrypoint = known(value).map(|text| Some(text).filter(|text| *text != "none")),
            "cmd" => self.cmd = known(value).map(|text| Some(text).filter(|text| *text != "none")),
            "onbuild" => self.onbuild = known(value).map(|text| text == "yes"),
            "has" => self.tools.extend(value.split(',').map(|tool| (tool, true))),
            "lacks" => self.tools.extend(value.split(',').map(|tool| (tool, false))),
            "maybe" => value.split(',').for_each(|tool| {
                self.tools.remove(tool);
            }),
            _ => {}
        }
    }

    /// Adds accounts; one that the kind has by the same name is replaced.
    fn set_users(&mut self, value: &'static str) {
        for account in value.split(',').map(account_of) {
            self.accounts.retain(|known| known.name != account.name);
            self.accounts.push(account);
        }
    }
}

fn known(value: &'static str) -> Option<&'static str> {
    Some(value).filter(|value| *value != "?")
}

fn named<T: Copy>(names: &[(&str, T)], value: &str) -> Option<T> {
    names.iter().find(|(name, _)| *name == value).map(|(_, what)| *what)
}

/// `["a","b"]`, without escapes.
fn words_of_json(value: &'static str) -> Vec<&'static str> {
    value.trim_matches(['[', ']']).split(',').map(|word| word.trim_matches('"')).filter(|w| !w.is_empty()).collect()
}

/// `name:uid:gid:home`, each but the name `?` where it is not known.
fn account_of(text: &'static str) -> Account {
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let uid = parts.next().and_then(|uid| uid.parse().ok());
    let gid = parts.next().and_then(|gid| gid.parse().ok());
    Account { name, uid, gid, home: parts.next().and_then(known) }
}

/// `name:gid`.
fn group_of(text: &'static str) -> Group {
    let (name, gid) = text.split_once(':').unwrap_or((text, "?"));
    Group { name, gid: gid.parse().ok() }
}

const FAMILIES: &[(&str, Distribution)] = &[
    ("debian", Distribution::Debian),
    ("ubuntu", Distribution::Ubuntu),
    ("alpine", Distribution::Alpine),
    ("redhat", Distribution::RedHat),
    ("amazon", Distribution::Amazon),
    ("suse", Distribution::Suse),
    ("photon", Distribution::Photon),
    ("azurelinux", Distribution::AzureLinux),
    ("arch", Distribution::Arch),
    ("busybox", Distribution::Busybox),
    ("distroless", Distribution::Distroless),
    ("wolfi", Distribution::Wolfi),
    ("nix", Distribution::Nix),
    ("mageia", Distribution::Mageia),
    ("scratch", Distribution::Scratch),
];

const MANAGERS: &[(&str, Manager)] = &[
    ("apt", Manager::Apt),
    ("apk", Manager::Apk),
    ("dnf", Manager::Dnf),
    ("microdnf", Manager::Microdnf),
    ("yum", Manager::Yum),
    ("tdnf", Manager::Tdnf),
    ("zypper", Manager::Zypper),
    ("pacman", Manager::Pacman),
    ("nix", Manager::Nix),
    ("urpmi", Manager::Urpmi),
];

const LIBCS: &[(&str, Libc)] = &[("glibc", Libc::Glibc), ("musl", Libc::Musl), ("none", Libc::Static)];

const SERVICES: &[(&str, Service)] = &[
    ("base", Service::Base),
    ("program", Service::Program),
    ("drops", Service::Drops),
    ("master", Service::Master),
    ("init", Service::Init),
    ("root", Service::Root),
];

/// What holds for every row of a name.
fn in_common(rows: &[Row]) -> Image {
    let mut images = rows.iter().map(|row| &row.image);
    let Some(first) = images.next() else { return Image::default() };
    images.fold(first.clone(), |all, one| Image {
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
        tools: all.tools.into_iter().filter(|(tool, there)| one.tools.get(tool) == Some(there)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split() {
        assert_eq!(split("a/b:1@sha256:0"), ("a/b", "1"));
        assert_eq!(split("host:5000/a"), ("host:5000/a", ""));
    }

    #[test]
    fn official_images_are_found_by_any_of_their_names() {
        for name in ["debian", "debian:12", "docker.io/library/debian:12", "arm64v8/debian@sha256:1", "library/debian"]
        {
            assert_eq!(find(name).unwrap().shell, ["/bin/sh", "-c"], "{name}");
        }
        assert_eq!(find("golang:1.22").unwrap().workdir, Some("/go"));
        assert_eq!(find("php:8-apache").unwrap().workdir, Some("/var/www/html"));
        assert_eq!(find("php:8-cli").unwrap().workdir, Some("/"));
    }

    #[test]
    fn windows_variants_and_strangers_are_not_known() {
        for name in ["golang:1-windowsservercore", "mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-1809", "acme/debian"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    fn tool(reference: &str, name: &str) -> Option<bool> {
        find(reference).unwrap_or_else(|| panic!("{reference} is not known")).tool(name)
    }

    const KEYS: &[&str] = &[
        "like",
        "as",
        "family",
        "pm",
        "libc",
        "shell",
        "workdir",
        "user",
        "users",
        "groups",
        "accounts",
        "service",
        "entrypoint",
        "cmd",
        "onbuild",
        "has",
        "lacks",
        "maybe",
    ];
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
        "xz",
    ];

    type Line = (&'static str, &'static str, Vec<(&'static str, &'static str)>);

    /// Name, tags and fields of each row, as in the file.
    fn rows() -> Vec<Line> {
        let field = |field: &'static str| field.split_once('=').unwrap_or_else(|| panic!("`{field}` is no field"));
        let each = |line: &'static str| {
            let columns: Vec<&str> = line.split('\t').collect();
            assert!(columns.len() >= 3, "{line}");
            (columns[0], columns[1], columns[2..].iter().map(|column| field(column)).collect())
        };
        include_str!("images.tsv").lines().filter(|line| !line.starts_with('#')).map(each).collect()
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        let rows = rows();
        let kinds = rows.iter().take_while(|row| row.0.starts_with('@')).count();
        assert!(rows[kinds..].iter().all(|row| !row.0.starts_with('@')), "kinds come first");
        assert!(rows[kinds..].is_sorted_by_key(|row| row.0), "sorted by name");
        let mut seen = std::collections::HashSet::new();
        assert!(rows.iter().all(|row| seen.insert((row.0, row.1))), "no tags twice");
        for (index, (name, tags, fields)) in rows.iter().enumerate() {
            let likes = fields.iter().filter(|(key, _)| *key == "like");
            for (_, kind) in likes {
                assert!(
                    rows[..index.min(kinds)].iter().any(|row| row.0 == *kind),
                    "{name}: {kind} is no kind before it"
                );
            }
            if let [("as", other)] = fields.as_slice() {
                assert!(
                    *tags == "*" && rows.iter().any(|row| row.0 == *other && row.2[0].0 != "as"),
                    "{name}: {other}"
                );
            }
            let hidden = rows[..index].iter().any(|row| row.0 == *name && row.1 == "*");
            assert!(!hidden, "{name} {tags}: a row before it takes all tags");
        }
    }

    #[test]
    fn each_value_of_the_table_is_known() {
        for (name, _, fields) in rows() {
            for (key, value) in fields {
                assert!(KEYS.contains(&key), "{name}: {key}");
                assert!(!value.is_empty(), "{name}: {key}");
                let each = |known: &dyn Fn(&str) -> bool| value.split(',').all(known);
                let fine = value == "?"
                    || match key {
                        "family" => named(FAMILIES, value).is_some(),
                        "pm" => each(&|one| one == "none" || one == "?" || named(MANAGERS, one).is_some()),
                        "libc" => named(LIBCS, value).is_some(),
                        "service" => named(SERVICES, value).is_some(),
                        "shell" => value.starts_with("[\"/"),
                        "entrypoint" | "cmd" => value == "none" || (value.starts_with("[\"") && value.ends_with("\"]")),
                        "accounts" => value == "whole",
                        "onbuild" => value == "yes" || value == "no",
                        "users" => each(&|one| one.split(':').count() == 4),
                        "groups" => each(&|one| one.split(':').count() == 2),
                        "has" | "lacks" | "maybe" => each(&|one| TOOLS.contains(&one)),
                        _ => true,
                    };
                assert!(fine, "{name}: {key}={value}");
            }
        }
    }

    #[test]
    fn mirrors_and_other_registries_are_found() {
        for (reference, family) in [
            ("public.ecr.aws/docker/library/python:3.12-alpine", Distribution::Alpine),
            ("mirror.gcr.io/library/debian:12", Distribution::Debian),
            ("mcr.microsoft.com/mirror/docker/library/ubuntu:22.04", Distribution::Ubuntu),
            ("mcr.microsoft.com/dotnet/aspnet:8.0", Distribution::Debian),
            ("mcr.microsoft.com/dotnet/sdk:10.0", Distribution::Ubuntu),
            ("mcr.microsoft.com/dotnet/runtime:8.0-noble-chiseled", Distribution::Distroless),
            ("mcr.microsoft.com/dotnet/aspnet:9.0-azurelinux3.0", Distribution::AzureLinux),
            ("gcr.io/distroless/static-debian12:nonroot", Distribution::Distroless),
            ("gcr.io/distroless/nodejs20-debian12", Distribution::Distroless),
            ("cgr.dev/chainguard/python:latest-dev", Distribution::Wolfi),
            ("registry.access.redhat.com/ubi9/python-311:1-50", Distribution::RedHat),
            ("registry.access.redhat.com/ubi9-minimal", Distribution::RedHat),
            ("public.ecr.aws/amazonlinux/amazonlinux:2023", Distribution::Amazon),
            ("rust:1.79-slim-bookworm", Distribution::Debian),
        ] {
            let image = find(reference).unwrap_or_else(|| panic!("{reference} is not known"));
            assert_eq!(image.family, Some(family), "{reference}");
        }
    }

    #[test]
    fn tools_of_variants_differ() {
        for (reference, name, there) in [
            ("python:3.12", "curl", Some(true)),
            ("python:3.12-slim", "curl", Some(false)),
            ("python:3.12-slim", "ca-certificates", Some(true)),
            ("debian:bookworm-slim", "ca-certificates", Some(false)),
            ("python:3.12-alpine", "curl", Some(false)),
            ("python:3.12-alpine", "wget", Some(true)),
            ("alpine:3.20", "busybox-adduser", Some(true)),
            ("alpine:3.20", "useradd", Some(false)),
            ("alpine:3.20", "tar-xz", Some(true)),
            ("node:20-bookworm-slim", "wget", Some(false)),
            ("node:8-slim", "wget", None),
            ("debian:trixie-slim", "adduser", Some(false)),
            ("debian:12", "debian-adduser", Some(true)),
            ("debian:latest", "adduser", None),
            ("golang:1.22", "git", Some(true)),
            ("golang:1.22", "xz", None),
            ("golang:1.22-alpine", "git", Some(false)),
            ("openjdk:8-jdk-slim", "wget", Some(false)),
            ("openjdk:8", "unzip", Some(true)),
            ("php:8-fpm-alpine", "xz", Some(true)),
            ("php:8.2-apache", "curl", Some(true)),
            ("nginx:1.25", "curl", Some(true)),
            ("nginx:1.15", "curl", None),
            ("amazonlinux:2023", "useradd", Some(false)),
            ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", "tar", Some(false)),
            ("registry.access.redhat.com/ubi9/ubi:9.4", "tar", Some(true)),
            ("gcr.io/distroless/base", "sh", Some(false)),
            ("gcr.io/distroless/base:debug", "sh", Some(true)),
            ("busybox", "adduser", Some(true)),
        ] {
            assert_eq!(tool(reference, name), there, "{name} in {reference}");
        }
    }

    #[test]
    fn users_of_variants_differ() {
        let ids = |reference: &str, name: &str| {
            let account = find(reference).unwrap().account(name)?;
            Some((account.uid, account.gid))
        };
        let known = |uid, gid| Some((Some(uid), Some(gid)));
        assert_eq!(ids("node:20-alpine", "node"), known(1000, 1000));
        assert_eq!(ids("node:4", "node"), None);
        assert_eq!(ids("ubuntu:24.04", "ubuntu"), known(1000, 1000));
        assert_eq!(ids("ubuntu", "ubuntu"), known(1000, 1000));
        assert_eq!(ids("ubuntu:22.04", "ubuntu"), None);
        assert_eq!(ids("php:8-apache", "www-data"), known(33, 33));
        assert_eq!(ids("php:8-fpm-alpine", "www-data"), known(82, 82));
        assert_eq!(ids("postgres:16", "postgres"), known(999, 999));
        assert_eq!(ids("postgres:16-alpine", "postgres"), known(70, 70));
        assert_eq!(ids("mcr.microsoft.com/dotnet/aspnet:8.0", "app"), known(1654, 1654));
        assert_eq!(ids("mcr.microsoft.com/dotnet/aspnet:7.0", "app"), None);
        assert_eq!(ids("oven/bun:1", "bun"), known(1000, 1000));
        assert_eq!(find("gcr.io/distroless/static:nonroot").unwrap().user, Some("65532"));
        assert_eq!(find("gcr.io/distroless/static").unwrap().user, Some("root"));
        assert_eq!(find("haproxy:2.9").unwrap().user, Some("haproxy"));
        assert_eq!(find("haproxy:1.8").unwrap().user, None);
    }

    #[test]
    fn a_digest_takes_away_what_floats() {
        assert_eq!(tool("debian@sha256:0", "curl"), Some(false));
        assert_eq!(tool("debian@sha256:0", "adduser"), None);
        assert_eq!(tool("node@sha256:0", "curl"), None, "it can be any variant");
        assert_eq!(find("node@sha256:0").unwrap().family, None);
        assert_eq!(tool("python:3@sha256:0", "unzip"), None, "it can be an old one");
        assert_eq!(tool("python:3.12@sha256:0", "unzip"), Some(true));
        assert_eq!(find("ubuntu:latest@sha256:0").unwrap().account("ubuntu"), None);
    }

    #[test]
    fn what_an_image_runs_is_told() {
        let needs = |reference: &str| find(reference).unwrap().service.unwrap().needs_root().is_some();
        for reference in
            ["nginx", "httpd:2.4", "php:8-apache", "php:8-fpm", "postgres", "mysql:8", "redis:7", "docker:dind"]
        {
            assert!(needs(reference), "{reference}");
        }
        for reference in ["debian", "python:3.12", "php:8-cli", "node:20", "memcached", "tomcat:10"] {
            assert!(!needs(reference), "{reference}");
        }
        assert_eq!(find("debian").unwrap().entrypoint, Some(None));
        assert_eq!(find("python:3.12").unwrap().cmd, Some(Some("[\"python3\"]")));
        assert_eq!(find("nginx").unwrap().cmd, Some(Some("[\"nginx\",\"-g\",\"daemon off;\"]")));
        assert_eq!(find("node:20-onbuild").unwrap().onbuild, Some(true));
        assert_eq!(find("node:20").unwrap().onbuild, Some(false));
    }

    #[test]
    fn package_managers_are_known_or_not() {
        let has = |reference: &str, manager| find(reference).unwrap().has_manager(manager);
        assert_eq!(has("centos:7", Manager::Yum), Some(true));
        assert_eq!(has("centos:7", Manager::Dnf), Some(false));
        assert_eq!(has("centos", Manager::Dnf), None);
        assert_eq!(has("gcr.io/distroless/static", Manager::Apt), Some(false));
        assert_eq!(has("debian", Manager::Apk), Some(false));
    }

    #[test]
    fn versions_at_the_start_of_a_tag_are_compared() {
        let holds = |condition: &'static str, tag: &str| Tags::read(condition).fits(tag, false);
        assert!(holds(">=1.21", "1.25-alpine") && holds(">=1.21", "1.21.0") && !holds(">=1.21", "1.9"));
        assert!(holds(">=3.6", "3") && !holds("<3.6", "3"), "a short tag is the newest of its line");
        assert!(!holds(">=3.6", "alpine") && !holds("<3.6", "alpine"));
        assert!(
            holds("floats", "alpine") && !holds("latest", "alpine") && holds("latest", "") && !holds("floats", "3")
        );
        assert!(holds("alpine fpm", "8.1-fpm-alpine3.18") && !holds("alpine fpm", "8.1-fpm"));
        assert!(!holds(">=18.04 <23.04|focal", "focal-20240101") && holds("<23.04|focal", "focal-20240101"));
        assert!(!holds("slim", "slimmer") && holds("!slim", "3.9"));
    }
}
