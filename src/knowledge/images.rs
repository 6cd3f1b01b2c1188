//! Base images: what is in them and what their config says. The data is `images.tsv`, which tells its own format. What a row
//! does not state is not known: neither there nor absent.

use crate::knowledge::map::Map;
use crate::knowledge::tags::{Atom, Tags};

include!(concat!(env!("OUT_DIR"), "/images.rs"));

/// What is known of an image.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    /// The words of SHELL; empty where that is not known.
    pub shell: &'static [&'static str],
    /// WORKDIR.
    pub workdir: Option<&'static str>,
    /// USER; `root` where none is set.
    pub user: Option<&'static str>,
    /// The distribution.
    pub family: Option<Distribution>,
    /// The package managers that work in it.
    pub managers: &'static [Manager],
    /// Whether there is none beside those.
    pub managers_whole: bool,
    /// The C library.
    pub libc: Option<Libc>,
    /// Accounts that exist. There may be others.
    pub accounts: &'static [Account],
    /// Groups that exist, beside those of the same name as an account.
    pub groups: &'static [Group],
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
    /// The port on which its ENV makes a program listen that is told no other.
    pub listens: Option<u16>,
    /// Sorted by name.
    tools: &'static [(&'static str, bool)],
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
        self.tools.binary_search_by_key(&name, |(tool, _)| tool).ok().map(|index| self.tools[index].1)
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
    let known = known(short(name))?;
    let tag = tag.to_ascii_lowercase();
    if ["windows", "nanoserver", "servercore"].iter().any(|word| tag.contains(word)) {
        return None;
    }
    // a digest without a tag can be of any variant
    let pinned = reference.contains('@');
    match known.common {
        Some(common) if pinned && tag.is_empty() => Some(common),
        _ => known.rows.iter().find(|row| row.tags.fits(&tag, pinned)).map(|row| row.image),
    }
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

/// What is known under a name: its own, or that of a group (`gcr.io/distroless/*`).
fn known(name: &str) -> Option<&'static Known> {
    IMAGES.get(name).or_else(|| GROUPS.get(name.rsplit_once('/')?.0)).copied()
}

/// The name without what does not distinguish it on Docker's public registry.
pub fn short(name: &str) -> &str {
    if !name.contains('/') {
        return name;
    }
    SAME.iter().fold(name, |name, prefix| name.strip_prefix(prefix).unwrap_or(name))
}

struct Known {
    /// The first that fits counts.
    rows: &'static [Row],
    /// What all rows have in common, where there are several.
    common: Option<&'static Image>,
}

struct Row {
    tags: Tags,
    image: &'static Image,
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
}
