//! What is there before a step: the base image, its distribution, the tools. A tool is known to be there where the image has
//! it or an earlier step surely installed it; no script and no copied file is believed to bring one. One that is there is
//! taken to stay until a package manager removes packages, or a command names its file: that a script whose text is not seen
//! removes a common tool is not assumed.

use crate::facts::changes::{Change, PackageChange};
use crate::facts::history::Place;
use crate::facts::state::clean;
use crate::facts::{
    AccountChange, Accounts, Base, Changes, Facts, Family, Group, History, Interpreter, Known, Marked, Stage, Step,
    Truth, User, is_exec,
};
use crate::knowledge::images::{self, Distribution, Image, Manager};
use crate::knowledge::packages;
use crate::syntax::{Args, Keyword};
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

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
    pub(super) fn root(&self, stage: usize) -> Option<&Stage<'a>> {
        self.stages.get(self.stages.get(stage)?.root)
    }

    /// The stages that a stage is made from, the first one first, itself last.
    pub fn chain(&self, stage: usize) -> Vec<usize> {
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
    /// names. `tar-xz` is there also where `tar` and `xz` are.
    pub fn tool(&self, stage: usize, step: usize, name: &str) -> Truth {
        let both = || ["tar", "xz"].iter().all(|part| self.tool(stage, step, part) == Truth::Yes);
        if name == "tar-xz" && both() {
            return Truth::Yes;
        }
        let history = {
            let mut asked = self.asked.tools.histories.borrow_mut();
            asked.entry(name.to_owned()).or_insert_with(|| Rc::new(History::new(self))).clone()
        };
        let start = |root: usize| match self.is_from_scratch(root) {
            true => Tool { there: Truth::No, bundles: Rc::default() },
            false => {
                let there = Truth::of(self.image(root).and_then(|image| image.tool(name)));
                Tool { there, bundles: Rc::default() }
            }
        };
        let tool = history.before(self, (stage, step), start, |step, tool| Named { name, tool }.step(self, step));
        tool.map_or(Truth::Unknown, |tool| tool.there)
    }

    /// Calls `f` on each step of a stage and its parents that comes before one, in order.
    /// Each call looks at all of them: what is asked at many steps is better asked of a [`History`], or of what is [`Marked`].
    pub fn each_step_before(&self, stage: usize, step: usize, f: &mut dyn FnMut(&Facts<'a>, &Step<'a>)) {
        for index in self.chain(stage) {
            let Some(at) = self.stages.get(index) else { continue };
            let end = if index == stage { step.min(at.steps.len()) } else { at.steps.len() };
            if !self.counter.look(end + 1) {
                return;
            }
            at.steps[..end].iter().for_each(|step| f(self, step));
        }
    }

    /// Whether what runs at a step runs as root. Where the base image decides and is not known, a RUN under the same USER that
    /// surely installs packages of the distribution tells: nobody else can.
    pub fn is_root(&self, stage: usize, step: usize) -> Truth {
        let Some(at) = self.stages.get(stage) else { return Truth::Unknown };
        let user = at.steps.get(step).map_or(&at.end.user, |step| &step.before.user);
        match user {
            Known::Yes(user) => is_root_name(user),
            Known::Unknown if self.installs_as_the_same(stage, step) => Truth::Yes,
            Known::Unknown => Truth::Unknown,
        }
    }

    /// Whether a RUN surely installs packages between the same two USERs as a step; before the first one, what the stage is made from
    /// goes before it.
    fn installs_as_the_same(&self, stage: usize, step: usize) -> bool {
        let users = self
            .asked
            .tools
            .users
            .get_or_init(|| Marked::of(self, |_, step| step.instruction.keyword == Keyword::User));
        let mut known = self.asked.tools.installing.borrow_mut();
        let mut parts = Vec::new();
        let mut at = Some((stage, step));
        let mut found = false;
        while let Some((stage, step)) = at {
            let (start, end) = users.around((stage, step));
            if let Some(answer) = known.get(&(stage, start)) {
                found = *answer;
                break;
            }
            parts.push((stage, start));
            let Some(one) = self.stages.get(stage) else { break };
            let end = end.unwrap_or(one.steps.len());
            self.counter.look(end.saturating_sub(start));
            found = one.steps.get(start..end).is_some_and(|steps| steps.iter().any(|step| self.surely_installs(step)));
            at = match one.base {
                Base::Stage(parent) if !found && start == 0 => Some((parent, self.stages[parent].steps.len())),
                _ => None,
            };
        }
        known.extend(parts.into_iter().map(|part| (part, found)));
        found
    }

    /// Whether a RUN cannot succeed without installing packages of the distribution as the user that runs it.
    fn surely_installs(&self, step: &Step<'a>) -> bool {
        if step.instruction.keyword != Keyword::Run {
            return false;
        }
        let text = step.instruction.line.text();
        let becomes = |word: &str| ["sudo", "su", "gosu", "doas", "fakeroot", "su-exec", "proot"].contains(&word);
        let lifted = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(becomes);
        // pacman and the others run as root only; nix does not
        let installs = |change: &(Change, bool)| match change {
            (Change::Packages(PackageChange::Install { manager, .. }), true) => *manager != Manager::Nix,
            _ => false,
        };
        !lifted && self.changes(step).is_some_and(|changes| changes.all.iter().any(installs))
    }

    /// What a RUN does to packages, tools and accounts.
    pub fn changes(&self, step: &Step<'a>) -> Option<&Changes> {
        let read = || match self.shell_text(step.item) {
            Some(text) => {
                let interpreter = self.interpreter_at(step);
                text.changes.get(interpreter, || self.changes_of(step, interpreter))
            }
            None => Arc::new(self.changes_of(step, Interpreter::UNKNOWN)),
        };
        Some(self.changes.get(step.item)?.get_or_init(read))
    }

    fn changes_of(&self, step: &Step<'a>, interpreter: Interpreter) -> Changes {
        let posix = matches!(interpreter.family, Family::Posix | Family::Bash | Family::Ksh);
        match self.started(step.item).filter(|_| posix || is_exec(step.instruction)) {
            Some(commands) => Changes::of(commands),
            None => Changes::not_understood(self.shell_text(step.item).map_or("", |text| text.text.text())),
        }
    }

    fn interpreter_at(&self, step: &Step<'a>) -> Interpreter {
        let stage = self.stage_at(step.item).map(|index| &self.stages[index]);
        stage.map_or(Interpreter::UNKNOWN, |stage| self.interpreter(stage, step))
    }

    /// What a step does to the accounts.
    pub(super) fn change_accounts(&self, step: &Step<'a>, accounts: &mut Accounts) {
        match step.instruction.keyword {
            Keyword::Run => {
                for (change, sure) in self.changes(step).into_iter().flat_map(|changes| &changes.all) {
                    apply_account(change, *sure, accounts);
                }
            }
            Keyword::Copy | Keyword::Add => match brings_accounts(step) {
                Truth::Yes => accounts.forget(),
                Truth::Unknown => accounts.whole = false,
                Truth::No => {}
            },
            Keyword::Onbuild => accounts.whole = false,
            _ => {}
        }
    }
}

/// Whether the value of USER is root.
fn is_root_name(user: &str) -> Truth {
    match user.split(':').next().unwrap_or_default().trim() {
        "root" | "0" | "" => Truth::Yes,
        // another name of the number 0 is not unheard of
        "toor" => Truth::Unknown,
        number if number.bytes().all(|byte| byte == b'0') => Truth::Yes,
        _ => Truth::No,
    }
}

/// Whether COPY or ADD may bring a password file: `Yes` into `/etc`, or from another image into `/`; `Unknown` into `/`, or where
/// the place is not known.
fn brings_accounts(step: &Step) -> Truth {
    let Args::Transfer { dest, .. } = &step.instruction.args else { return Truth::Unknown };
    let Known::Yes(dest) = step.before.expand(&dest.text) else { return Truth::Unknown };
    let place = match (dest.starts_with('/'), &step.before.workdir) {
        (true, _) => clean(&dest),
        (false, Known::Yes(workdir)) => clean(&format!("{workdir}/{dest}")),
        (false, Known::Unknown) => return Truth::Unknown,
    };
    match place.as_str() {
        "/etc" | "/etc/passwd" | "/etc/group" => Truth::Yes,
        "/" if step.instruction.flag("from").is_some() => Truth::Yes,
        "/" => Truth::Unknown,
        _ => Truth::No,
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
        Change::Account(AccountChange::Another) => accounts.whole = false,
        Change::Account(AccountChange::Unknown) => accounts.forget(),
        Change::Removed(path) | Change::Replaced(path)
            if ["/etc", "/etc/passwd", "/etc/group"].contains(&path.as_str()) =>
        {
            accounts.forget();
        }
        // packages make system accounts, a script may make any
        Change::Other => accounts.whole = false,
        _ => {}
    }
}

/// What was worked out for all steps of a file.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Of each tool that was asked for.
    histories: RefCell<HashMap<String, Rc<History<Tool>>>>,
    /// Whether a RUN surely installs packages, from a step on up to the next USER.
    installing: RefCell<HashMap<Place, bool>>,
    users: OnceCell<Marked>,
}

/// What is known of one tool, step after step.
#[derive(Clone, Debug)]
struct Tool {
    there: Truth,
    /// apk's bundles that brought it.
    bundles: Rc<Vec<String>>,
}

/// How many bundles of apk are remembered; with more, each may have brought the tool.
const BUNDLES: usize = 64;

/// A tool that is followed through a step.
struct Named<'n> {
    name: &'n str,
    tool: &'n mut Tool,
}

/// Tools that no package manager lets go.
const ESSENTIAL: &[&str] = &["sh", "bash", "sha256sum", "install"];

impl Named<'_> {
    fn step(&mut self, facts: &Facts, step: &Step) {
        match step.instruction.keyword {
            Keyword::Run => {
                for (change, sure) in facts.changes(step).into_iter().flat_map(|changes| &changes.all) {
                    self.change(change, *sure);
                }
            }
            Keyword::Copy | Keyword::Add => {
                self.may_come();
                if let Args::Transfer { sources, dest, .. } = &step.instruction.args {
                    sources.iter().chain([dest]).for_each(|path| self.replaced(&path.text));
                }
            }
            Keyword::Onbuild => self.may_come(),
            _ => {}
        }
    }

    fn may_come(&mut self) {
        if self.tool.there == Truth::No {
            self.tool.there = Truth::Unknown;
        }
    }

    fn may_go(&mut self) {
        if self.tool.there == Truth::Yes {
            self.tool.there = Truth::Unknown;
        }
    }

    fn change(&mut self, change: &Change, sure: bool) {
        match change {
            Change::Packages(PackageChange::Install { manager, names, bundle }) => {
                let known = || names.iter().filter_map(|name| packages::find(*manager, name));
                if known().any(|package| package.hides.contains(&self.name)) {
                    self.may_go();
                }
                if sure && known().any(|package| package.tools.contains(&self.name)) {
                    self.tool.there = Truth::Yes;
                    self.brought_by(bundle.as_deref());
                } else {
                    self.may_come();
                }
            }
            Change::Packages(PackageChange::Remove { manager, names })
                if names.iter().any(|name| self.goes_with(*manager, name)) =>
            {
                self.may_go();
            }
            Change::Packages(PackageChange::RemoveUnknown) if !ESSENTIAL.contains(&self.name) => self.may_go(),
            Change::Removed(path) => self.removed(path),
            Change::Replaced(path) => self.replaced(path),
            Change::Files | Change::Other => self.may_come(),
            _ => {}
        }
    }

    fn brought_by(&mut self, bundle: Option<&str>) {
        let Some(name) = bundle else { return };
        let known = &self.tool.bundles;
        if known.len() < BUNDLES && !known.iter().any(|bundle| bundle == name) {
            Rc::make_mut(&mut self.tool.bundles).push(name.to_owned());
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
            None if manager == Manager::Apk => {
                let bundles = &self.tool.bundles;
                bundles.len() == BUNDLES || bundles.iter().any(|bundle| bundle == package)
            }
            None => !(manager == Manager::Apt && package.ends_with("-dev")),
        }
    }

    fn replaced(&mut self, path: &str) {
        if path.rsplit('/').next() == Some(self.name) {
            self.may_go();
        }
    }

    fn removed(&mut self, path: &str) {
        self.replaced(path);
        let whole = ["", "/bin", "/sbin", "/usr", "/usr/bin", "/usr/sbin"].contains(&path.trim_end_matches(['/', '*']));
        let certificates =
            ["/etc", "/etc/ssl", "/etc/pki", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"];
        let uncertified = self.name == "ca-certificates" && certificates.iter().any(|folder| path.starts_with(folder));
        if (whole && path.starts_with('/')) || (uncertified && !path.starts_with("/etc/apt")) {
            self.may_go();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Source;

    fn with<T>(text: &str, ask: impl Fn(&Facts) -> T) -> T {
        let source = Source::new(text);
        let parsed = crate::syntax::parse(&source);
        ask(&Facts::new(&source, &parsed.file))
    }

    /// What is known of a tool behind the last step of the last stage.
    fn at_end(text: &str, name: &str) -> Truth {
        with(text, |facts| {
            let last = facts.stages.len() - 1;
            facts.tool(last, facts.stages[last].steps.len(), name)
        })
    }

    /// What is known of curl where one RUN on debian has this text.
    fn curl_after(run: &str) -> Truth {
        at_end(&format!("FROM debian:12\nRUN {run}\n"), "curl")
    }

    #[test]
    fn what_a_step_surely_installs_is_there_behind_it() {
        for run in [
            "apt-get update && apt-get install -y curl",
            "apt-get install -qq -y --no-install-recommends wget curl=7.* && rm -rf /var/lib/apt/lists/*",
            "set -ex; apt-get install -y curl; rm -rf /var/lib/apt/lists/*",
            "set -e && apt-get update; apt-get install curl; echo done",
            "(test -f /a || touch /a) && apt-get install -y curl",
            "false || apt-get update && apt-get install -y curl",
            "yes | apt-get install curl",
            "DEBIAN_FRONTEND=noninteractive apt-get -y -o Dpkg::Options::=--force-confold install curl",
            "sudo apt install -y 'curl'",
            "{ apt-get update; apt-get install -y curl; }",
            "[\"apt-get\", \"install\", \"-y\", \"curl\"]",
            "bash -c 'apt-get update && apt-get install -y curl'",
            "apt-get install -y wget curl/stable && apt-get purge -y wget build-essential libfoo-dev && apt-get autoremove -y",
        ] {
            assert_eq!(curl_after(run), Truth::Yes, "{run}");
        }
        assert_eq!(
            at_end("FROM debian:12\nSHELL [\"/bin/bash\", \"-ec\"]\nRUN apt-get install -y curl; date\n", "curl"),
            Truth::Yes
        );
    }

    #[test]
    fn what_may_be_left_out_is_not_known() {
        for run in [
            "apt-get update; apt-get install -y curl; rm -rf /var/lib/apt/lists/*",
            "apt-get install -y curl || true",
            "set -e; apt-get update && apt-get install -y curl; date",
            "set -e; set +e; apt-get install -y curl; date",
            "if test -f /a; then apt-get install -y curl; fi",
            "test -f /a || apt-get install -y curl",
            "apt-get install -y $PACKAGES",
            "apt-get install -y curl*",
            "apt-get install -y --download-only curl",
            "apt-get install -sy curl",
            "apt-get install -y curl | tee log",
            "apt-get install -y curl &",
            "! apt-get install -y curl",
            "test -f /a && exit 0; apt-get install -y curl",
            "trap 'exit 0' EXIT; apt-get install -y curl",
            "f() { apt-get install -y curl; }",
            "if test -f /a; then set -e; fi; apt-get install -y curl; date",
            "test -f /a && set -e; apt-get install -y curl; date",
            "set -e; . ./settings; apt-get install -y curl; date",
            "set -e | cat; apt-get install -y curl; date",
            "chroot /mnt apt-get install -y curl",
            "pip install curl",
            "./install-curl.sh",
            "apt-get install -y libcurl4",
            "apt-get install -y wget curl-",
        ] {
            assert_eq!(curl_after(run), Truth::Unknown, "{run}");
        }
    }

    #[test]
    fn what_brings_nothing_leaves_it_absent() {
        for run in ["apt-get update", "mkdir -p /a && cd /a", "echo apt-get install curl", "apt-get purge -y curl"] {
            assert_eq!(curl_after(run), Truth::No, "{run}");
        }
        assert_eq!(at_end("FROM scratch\n", "sh"), Truth::No);
        assert_eq!(at_end("FROM acme/thing\n", "sh"), Truth::Unknown);
    }

    #[test]
    fn a_removal_takes_the_certainty() {
        let after = |run: &str| at_end(&format!("FROM python:3.12\nRUN {run}\n"), "curl");
        for run in [
            "apt-get purge -y curl",
            "apt-get remove -y $DEPS",
            "apt-get purge -y libcurl4",
            "apt-mark auto '.*' && apt-get purge -y --auto-remove",
            "apt-mark showauto | xargs apt-get purge -y",
            "dpkg -r --force-all curl",
            "rm -f /usr/bin/curl",
            "rm -rf /usr/bin/*",
            "cp my-curl /usr/local/bin/curl",
        ] {
            assert_eq!(after(run), Truth::Unknown, "{run}");
        }
        for run in
            ["apt-get purge -y --auto-remove gcc", "rm -rf /var/lib/apt/lists/*", "./harmless.sh", "apt-get autoremove"]
        {
            assert_eq!(after(run), Truth::Yes, "{run}");
        }
        assert_eq!(at_end("FROM python:3.12\nCOPY curl /usr/bin/\n", "curl"), Truth::Unknown);
        assert_eq!(at_end("FROM python:3.12\nCOPY start.sh /usr/bin/\n", "curl"), Truth::Yes);
        assert_eq!(at_end("FROM debian:12\nCOPY --from=x /bin/curl /bin/\n", "curl"), Truth::Unknown);
        assert_eq!(at_end("FROM debian:12\nRUN apt-get purge -y $X\n", "bash"), Truth::Yes, "it is essential");
    }

    #[test]
    fn bundles_of_apk_go_by_their_name() {
        let after = |run: &str| at_end(&format!("FROM alpine:3.20\nRUN {run}\n"), "curl");
        assert_eq!(after("apk add --no-cache curl"), Truth::Yes);
        assert_eq!(after("apk add --no-cache 'curl>8' && apk del wget"), Truth::Yes);
        assert_eq!(after("apk add --virtual .deps curl && apk add git"), Truth::Yes);
        assert_eq!(after("apk add --virtual .deps curl && apk del .deps"), Truth::Unknown);
        assert_eq!(after("apk add --virtual=.deps curl && apk del .deps"), Truth::Unknown);
        assert_eq!(after("apk add -t .deps curl && apk del .other"), Truth::Yes);
        assert_eq!(after("apk add --root /mnt curl"), Truth::Unknown);
        assert_eq!(at_end("FROM alpine:3.20\nRUN apk add tar\n", "tar-xz"), Truth::Unknown, "it needs xz");
        assert_eq!(at_end("FROM alpine:3.20\nRUN apk add tar xz\n", "tar-xz"), Truth::Yes);
        assert_eq!(at_end("FROM debian:12\nRUN apt-get install -y xz-utils\n", "tar-xz"), Truth::Yes);
    }

    #[test]
    fn other_managers_are_read() {
        for (image, run, tool) in [
            ("fedora:40", "dnf install -y wget && dnf clean all", "wget"),
            ("centos:7", "yum -y --enablerepo=epel install unzip", "unzip"),
            ("registry.access.redhat.com/ubi9/ubi-minimal", "microdnf install -y shadow-utils", "useradd"),
            ("opensuse/leap:15.5", "zypper -n in --no-recommends curl", "curl"),
            ("archlinux", "pacman -Syu --noconfirm wget", "wget"),
            ("amazonlinux:2023", "dnf swap -y curl-minimal curl", "curl"),
            ("bitnami/minideb", "install_packages curl", "curl"),
            ("photon:5.0", "tdnf install -y tar", "tar"),
        ] {
            assert_eq!(at_end(&format!("FROM {image}\nRUN {run}\n"), tool), Truth::Yes, "{run}");
        }
        assert_eq!(at_end("FROM fedora:40\nRUN dnf remove -y python3\n", "curl"), Truth::Unknown);
        assert_eq!(at_end("FROM fedora:40\nRUN dnf install -y --skip-broken wget\n", "wget"), Truth::Unknown);
        assert_eq!(at_end("FROM archlinux\nRUN pacman -Ss wget\n", "wget"), Truth::Unknown);
    }

    #[test]
    fn parents_count_and_only_what_comes_before() {
        let text =
            "FROM debian:12 AS base\nRUN apt-get install -y curl\nFROM base\nRUN date\nFROM debian:12\nRUN date\n";
        with(text, |facts| {
            assert_eq!(facts.tool(0, 0, "curl"), Truth::No);
            assert_eq!(facts.tool(0, 1, "curl"), Truth::Yes);
            assert_eq!(facts.tool(1, 0, "curl"), Truth::Yes);
            assert_eq!(facts.tool(2, 1, "curl"), Truth::No);
            assert_eq!(facts.family(1), Some(Distribution::Debian));
            assert_eq!(facts.manager(1, Manager::Apt), Truth::Yes);
            assert_eq!(facts.manager(1, Manager::Apk), Truth::No);
        });
        with("FROM --platform=windows/amd64 golang\nFROM scratch\n", |facts| {
            assert!(facts.image(0).is_none() && facts.is_from_scratch(1));
            assert_eq!(facts.family(1), Some(Distribution::Scratch));
        });
    }

    fn users_after(text: &str) -> Accounts {
        with(text, |facts| facts.users(facts.stages.len() - 1, usize::MAX))
    }

    #[test]
    fn accounts_are_followed() {
        let of = |image: &str, run: &str| users_after(&format!("FROM {image}\nRUN {run}\n"));
        let app = |accounts: &Accounts| accounts.user("app").cloned().unwrap();
        let made = of("debian:12", "groupadd -g 5000 app && useradd -r -u 5001 -g app -d /srv -s /bin/false app");
        let expected = User { name: "app".into(), uid: Some(5001), gid: Some(5000), home: Some("/srv".into()) };
        assert_eq!(app(&made), expected);
        assert_eq!((made.free(5001), made.free(5000), made.free(10001)), (Truth::No, Truth::No, Truth::Yes));
        let busybox = app(&of("alpine:3.20", "addgroup -S -g 7 app && adduser -S -D -H -u 8 -G app app"));
        assert_eq!((busybox.uid, busybox.gid), (Some(8), Some(7)));
        let debian =
            app(&of("debian:12", "adduser --system --uid=900 --home /a --ingroup users --disabled-password app"));
        assert_eq!((debian.uid, debian.gid, debian.home.as_deref()), (Some(900), None, Some("/a")));
        let gecos = app(&of("alpine:3.20", "addgroup -g 7 app && adduser -D -u 8 -g app app"));
        assert_eq!((gecos.uid, gecos.gid), (Some(8), None), "busybox's `-g` is no group");
        assert_eq!(app(&of("debian:12", "useradd --no-log-init -lr --uid 9 -c 'An app' app")).uid, Some(9));
        let vague = of("debian:12", "useradd -ms /bin/bash app");
        assert_eq!((app(&vague).uid, vague.free(1000), vague.free(10001)), (None, Truth::Unknown, Truth::Yes));
    }

    #[test]
    fn accounts_that_are_not_sure_are_not_known() {
        let of = |run: &str| users_after(&format!("FROM node:20\nRUN {run}\n"));
        for run in ["id app || useradd -u 1 app", "userdel app", "useradd -D", "usermod -u 5 app"] {
            assert!(of(run).user("app").is_none(), "{run}");
        }
        assert_eq!(of("id app || useradd app").holds("app"), Truth::Unknown);
        assert_eq!(of("npm ci").holds("app"), Truth::No);
        assert_eq!(of("npm ci").holds("node"), Truth::Yes);
        assert_eq!(of("./setup.sh").holds("app"), Truth::Unknown);
        assert!(of("deluser node").user("node").is_none() && of("userdel $X").users.is_empty());
        let another = of("useradd -u $ID $X");
        assert_eq!((another.holds("node"), another.holds("app")), (Truth::Yes, Truth::Unknown));
        assert!(of("usermod -aG sudo node").user("node").is_some() && of("adduser node sudo").user("node").is_some());
        assert!(of("usermod -u 2000 node").user("node").is_none());
        assert_eq!(users_after("FROM node:20\nCOPY passwd /etc/passwd\n").users, []);
        assert_eq!(users_after("FROM node:20\nCOPY --from=x / /\n").users, []);
        assert_eq!(users_after("FROM node:20\nCOPY . $X\n").holds("node"), Truth::Yes);
        assert_eq!(users_after("FROM node:20\nCOPY . $X\n").holds("app"), Truth::Unknown);
        assert_eq!(users_after("FROM node:20\nWORKDIR /app\nCOPY . .\n").holds("app"), Truth::No);
        assert_eq!(users_after("FROM acme/x\nRUN useradd -u 5 app\n").holds("app"), Truth::Yes);
        assert_eq!(users_after("FROM acme/x\n").free(10001), Truth::Unknown);
        assert_eq!(users_after("FROM ubuntu:24.04\n").free(1000), Truth::No);
        assert_eq!(users_after("FROM scratch\n").free(10001), Truth::Yes);
    }

    #[test]
    fn the_frontend_is_read_from_its_directive() {
        let frontend = |text: &str| with(text, |facts| facts.frontend());
        assert_eq!(frontend("FROM a\n"), crate::facts::Frontend::Bundled);
        assert_eq!(frontend("# syntax=docker/dockerfile:1.4\nFROM a\n"), crate::facts::Frontend::Version(1, 4));
        assert_eq!(frontend("FROM a\n# syntax=docker/dockerfile:1.4\n"), crate::facts::Frontend::Bundled);
    }

    /// Whether the end of the last stage is root's.
    fn root(text: &str) -> Truth {
        with(text, |facts| {
            let last = facts.stages.len() - 1;
            facts.is_root(last, facts.stages[last].steps.len())
        })
    }

    #[test]
    fn user_and_base_decide_who_is_root() {
        assert_eq!(root("FROM debian:12\n"), Truth::Yes);
        assert_eq!(root("FROM debian:12\nUSER app\n"), Truth::No);
        assert_eq!(root("FROM debian:12\nUSER 0:1000\n"), Truth::Yes);
        assert_eq!(root("FROM debian:12\nUSER $WHO\n"), Truth::Unknown);
        assert_eq!(root("FROM acme/base\n"), Truth::Unknown);
    }

    #[test]
    fn who_installs_packages_is_root() {
        assert_eq!(root("FROM acme/base\nRUN apt-get install -y curl\n"), Truth::Yes);
        assert_eq!(root("FROM acme/base AS a\nRUN apk add curl\nFROM a\nRUN x\n"), Truth::Yes);
        assert_eq!(root("FROM acme/base\nUSER $WHO\nRUN apt-get install -y curl\n"), Truth::Yes);
    }

    #[test]
    fn what_may_have_failed_or_ran_as_another_tells_nothing() {
        for run in ["apt-get install -y curl || true", "sudo apt-get install -y curl", "curl x", "pip install x"] {
            assert_eq!(root(&format!("FROM acme/base\nRUN {run}\n")), Truth::Unknown, "{run}");
        }
        assert_eq!(root("FROM acme/base\nRUN apt-get install -y curl\nUSER $WHO\n"), Truth::Unknown);
    }
}
