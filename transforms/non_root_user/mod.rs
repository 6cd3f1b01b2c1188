//! non-root-user: the image's program runs as an unprivileged user.
//!
//! # Motivation
//! Without USER a container runs as root: whoever breaks into the program is root in it, and one fault of the kernel or one
//! mounted folder away from the host.
//!
//! # Soundness
//! USER changes what the program may open, and where its home is. The stage that is built gets one if
//!  1. its base is known, ends as root because nobody said otherwise (a USER in the file is the author's word), has no ONBUILD
//!     triggers and no service that starts as root;
//!  2. what it starts is known to run as any user: an interpreter or server with its program, or a program that a stage of this
//!     file compiles from code that was read, all of whose libraries are known; through launchers and scripts of the build context
//!     that do nothing else. What drops its rights by itself, supervises others or changes the machine is refused;
//!  3. it is known to be a service on a port above 1023, by EXPOSE, ENV, the arguments, the server, the base image, or by its code;
//!     and nothing of these, and no settings file, names one below;
//!  4. nothing that it needs is in root's home, and each command of the build is one of which it is known which files it leaves: what
//!     a RUN makes stays root's, so it must be gone at the end of the RUN, or be where programs only read. What a build of the
//!     project makes counts as code only if the code was read and writes no files;
//!  5. it writes to its working folder, to volumes, to folders that the build makes, to /tmp and its home: those are given to
//!     the user. No variable, argument or setting names another place, and COPY brings data to no other. What COPY brings into the
//!     working folder stays writable (`--chown`), unless it is a single file of code;
//!  6. the file modes in the build context, where that is known, let the user read what is copied;
//!  7. as far as the build context is known, the project's code names no folder of the system outside of these, no device, and
//!     nothing that only root can do, and no dependency keeps a browser in root's home or opens what is root's;
//!  8. nothing points to a container that is run with more rights (`docker.sock`, `--privileged`, packages such as iptables), in a compose
//!     file neither; no service or workload of the project that runs the image asks for rights, devices, mounts or ports that another
//!     user may not have, or sets a user or a program of its own.
//!
//! USER is a number, since a kubelet that checks `runAsNonRoot` cannot read names. The user is made by the tool that the
//! distribution is known to have, with a number that is known to be free.
//!
//! Sources: the Dockerfile reference (USER, COPY, VOLUME, WORKDIR), shadow's useradd(8), busybox's adduser, the Kubernetes
//! documentation of security contexts, builds and runs before and after.

mod compiled;
mod copied_file;
mod evidence;
mod leftovers;
mod plan;
mod program;
mod proof;
mod runs;
mod scripts;
mod services;
mod settings;
mod sources;
mod splice;

use crate::engine::refusals::{
    AUTHOR_SAYS_ROOT, BASE_OF_OTHERS, DROPS_RIGHTS, HEALTHCHECK, HOME, LATER_RUN, LOW_PORT, MISSING_PROGRAM,
    NEEDS_ROOT, NOT_PLAIN, ONBUILD, OTHER_SHELL, PRIVILEGES, RUN_BY_SERVICE, SUPERVISOR, UNKNOWN_ACCOUNTS,
    UNKNOWN_BASE, UNKNOWN_COMMAND, UNKNOWN_USER, UNREADABLE, VOLUME, WINDOWS, WORKING_DIRECTORY, WRITES, mark,
};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Refusal, Rewrite, Transform};
use crate::facts::{Base, Facts, Known, State, Truth};
use crate::syntax::Keyword;
use copied_file::Copies;
use std::cell::{Cell, OnceCell};

/// The transform.
pub struct NonRootUser;

/// What `useradd -m` and `adduser` make besides their entries: the home, the mail box, the copies of what the accounts were.
const MADE_WITH_A_USER: &[&str] = &["/home/**", "/etc/*-", "/var/mail/**", "/var/spool/mail/**"];

static META: Meta = Meta {
    id: "non-root-user",
    summary: "the program of the stage that is built runs as an unprivileged user, where it is known to work so",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[
        May::InsertRun(&[
            "groupadd -g <gid> <name>",
            "useradd -l -m -u <uid> -g <name> <name>",
            "addgroup -g <gid> <name>",
            "adduser -D -u <uid> -G <name> <name>",
            "install -d -o <uid> -g <gid> <path>...",
        ]),
        May::AddFlag { of: &[Keyword::Copy, Keyword::Add], flag: "--chown=<uid>:<gid>", with: &[] },
        May::Insert(Keyword::User, "<uid>:<gid>"),
    ],
    intends: &[
        Intent::Config("User"),
        Intent::Content(&[
            "/etc/passwd*",
            "/etc/group*",
            "/etc/shadow*",
            "/etc/gshadow*",
            "/etc/subuid*",
            "/etc/subgid*",
        ]),
        Intent::Added(MADE_WITH_A_USER),
        // the tools that make the user keep what the accounts were in a copy, with the mode of the file itself
        Intent::Mode(&["/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-"]),
        Intent::Owner(&["/**"]),
    ],
    refusals: &[
        &AUTHOR_SAYS_ROOT,
        &BASE_OF_OTHERS,
        &DROPS_RIGHTS,
        &HEALTHCHECK,
        &HOME,
        &LATER_RUN,
        &LOW_PORT,
        &MISSING_PROGRAM,
        &NEEDS_ROOT,
        &NOT_PLAIN,
        &ONBUILD,
        &OTHER_SHELL,
        &PRIVILEGES,
        &RUN_BY_SERVICE,
        &SUPERVISOR,
        &UNKNOWN_ACCOUNTS,
        &UNKNOWN_BASE,
        &UNKNOWN_COMMAND,
        &UNKNOWN_USER,
        &UNREADABLE,
        &VOLUME,
        &WINDOWS,
        &WORKING_DIRECTORY,
        &WRITES,
    ],
    options: &[],
    hadolint: &["DL3002"],
    checks: &["CIS-DI-0001", "DS-0002"],
    since: "0.1.0",
};

const SET_USER: &str = "run as a user that is not root: set USER";

/// Why there is no USER.
enum No {
    /// It may break the program: the code, and what exactly.
    Refuse(&'static Refusal, String),
    /// Nothing shows that the program works as another user.
    Advise(String),
    /// No program is started: a base for others, or a toolbox.
    Nothing,
}

fn refuse<T>(refusal: &'static Refusal, what: impl Into<String>) -> Result<T, No> {
    Err(No::Refuse(refusal, what.into()))
}

fn advise<T>(what: impl Into<String>) -> Result<T, No> {
    Err(No::Advise(what.into()))
}

/// The image that the file builds, with what is asked of it again and again.
struct Image<'f, 'a> {
    facts: &'f Facts<'a>,
    /// The last stage.
    stage: usize,
    /// Behind its last step.
    end: &'f State,
    /// The stages that it is made of, the first one first.
    chain: Vec<usize>,
    copies: Copies,
    /// See [`Image::given`].
    given: OnceCell<Vec<String>>,
    /// That is being worked out, or known.
    asked: Cell<bool>,
    /// What reading the project's code showed.
    code: sources::Code,
}

impl Transform for NonRootUser {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let Some(stage) = facts.target() else { return };
        let at = facts.file.items[facts.stages[stage].item].span;
        match examine(facts, stage) {
            Ok(rewrites) => out.rewrites.extend(rewrites),
            Err(No::Nothing) => {}
            Err(No::Refuse(refusal, what)) => {
                if refusal == &LOW_PORT {
                    let why =
                        "a container that is not root may be kept from ports below 1024, depending on the runtime";
                    out.advice.push((at, "listen on a port above 1023, such as 8080".to_owned(), why.to_owned()));
                }
                if refusal == &UNKNOWN_COMMAND {
                    out.advice.push((at, SET_USER.to_owned(), what.clone()));
                }
                out.refused.push((at, refusal, what));
            }
            Err(No::Advise(why)) => out.advice.push((at, SET_USER.to_owned(), why)),
        }
    }
}

/// The rewrite; `None` where the image does not run as root.
fn examine(facts: &Facts, stage: usize) -> Result<Option<Rewrite>, No> {
    let end = &facts.stages[stage].end;
    if facts.is_root(stage, facts.stages[stage].steps.len()) == Truth::No {
        return Ok(None);
    }
    let copies = Copies::read(facts, stage);
    let (given, asked, code) = (OnceCell::new(), Cell::new(false), sources::Code::default());
    let mut image = Image { facts, stage, end, chain: facts.chain(stage), copies, given, asked, code };
    image.author_is_silent()?;
    image.is_the_end()?;
    image.base_is_fit()?;
    evidence::texts(&image)?;
    services::check(&image)?;
    let started = program::runs_as_anyone(&image)?;
    image.code = sources::look(&image)?;
    let seen = evidence::steps(&image)?;
    let plan = plan::make(&image, &seen)?;
    proof::enough(&image, &started, &seen)?;
    Ok(Some(splice::rewrite(&image, &plan)))
}

impl Image<'_, '_> {
    /// Volumes, and folders that RUNs make; none of them for those who help to work that out. It is asked what each command does, so
    /// this waits until somebody wants to know.
    fn given(&self) -> &[String] {
        match self.given.get() {
            Some(given) => given,
            None if self.asked.replace(true) => &[],
            None => self.given.get_or_init(|| evidence::given(self)),
        }
    }

    /// Whoever else is made from the stage would have its user, too.
    fn is_the_end(&self) -> Result<(), No> {
        match self.facts.stages.iter().any(|other| other.base == Base::Stage(self.stage)) {
            true => {
                refuse(&BASE_OF_OTHERS, "another stage is made from the one that is built, and would have its user")
            }
            false => Ok(()),
        }
    }

    /// A USER in the file is kept, whatever it says; so are triggers.
    fn author_is_silent(&self) -> Result<(), No> {
        let steps = || self.chain.iter().flat_map(|stage| &self.facts.stages[*stage].steps);
        if steps().any(|step| step.instruction.keyword == Keyword::User) {
            return match &self.end.user {
                Known::Yes(user) => refuse(
                    mark!(AUTHOR_SAYS_ROOT, "by-the-file"),
                    format!("the file says `USER {user}`; that is the author's word"),
                ),
                Known::Unknown => refuse(&UNKNOWN_USER, "which user is set is only known when it is built"),
            };
        }
        match steps().any(|step| step.instruction.keyword == Keyword::Onbuild) {
            true => refuse(
                mark!(ONBUILD, "of-the-file"),
                "ONBUILD runs its commands in images that are made from this one, as its user",
            ),
            false => Ok(()),
        }
    }

    fn base_is_fit(&self) -> Result<(), No> {
        if self.is_windows() {
            return refuse(&WINDOWS, "the users of Windows are others: `USER ContainerUser` is the one without rights");
        }
        if self.facts.is_from_scratch(self.stage) {
            return Ok(());
        }
        let Some(base) = self.facts.image(self.stage) else {
            return refuse(
                mark!(UNKNOWN_BASE, "nothing-known"),
                format!("nothing is known of the base image {}", self.base_name()),
            );
        };
        if base.onbuild == Some(true) {
            return refuse(
                mark!(ONBUILD, "of-the-base"),
                format!("the base image {} has ONBUILD triggers", self.base_name()),
            );
        }
        if let Some(why) = base.service.and_then(|service| service.needs_root()) {
            return refuse(
                mark!(NEEDS_ROOT, "service"),
                format!("the base image {} has a service: {why}", self.base_name()),
            );
        }
        match (base.user, base.onbuild, base.service) {
            (Some(_), Some(_), Some(_)) => Ok(()),
            _ => refuse(
                mark!(UNKNOWN_BASE, "too-little-known"),
                format!("too little is known of the base image {}", self.base_name()),
            ),
        }
    }

    /// Whether a step of the last stage is COPY or ADD.
    fn is_transfer(&self, step: usize) -> bool {
        let step = &self.facts.stages[self.stage].steps[step];
        matches!(step.instruction.keyword, Keyword::Copy | Keyword::Add)
    }

    /// Whether the working folder is one that can be given away.
    fn works_in_its_folder(&self) -> bool {
        self.end.workdir.get().is_some_and(|folder| plan::is_ownable(folder))
    }

    /// Whether it is known to serve something: it exposes a port, or CMD alone starts what is no tool with arguments, in a folder
    /// that is no place to mount.
    fn is_service(&self) -> bool {
        let says = |keyword| self.steps().any(|step| step.instruction.keyword == keyword);
        let folder = self.end.workdir.get().map_or("/", String::as_str);
        let fills =
            |brought: &copied_file::CopiedFile| brought.dest.as_deref() != Some("/") && brought.is_around(folder);
        let filled = folder == "/" || self.copies.0.iter().any(fills);
        says(Keyword::Expose) || (filled && !says(Keyword::Entrypoint))
    }

    /// Whether a path that the program is told is one that it reads, or one that will be the user's.
    fn may_be_there(&self, path: &str) -> bool {
        const READ: &[&str] = &["/usr", "/opt", "/etc", "/bin", "/sbin", "/lib", "/lib64", "/tmp", "/proc", "/dev"];
        let folder = self.end.workdir.get().filter(|_| self.works_in_its_folder()).map(String::as_str);
        let given = self.given().iter().map(String::as_str).chain(folder).chain(self.code());
        given.chain(READ.iter().copied()).any(|folder| copied_file::below(path, folder).is_some())
    }

    /// Where COPYs bring code, and nothing but code.
    fn code(&self) -> impl Iterator<Item = &str> {
        let code = self.copies.0.iter().filter(|brought| plan::is_all_code(self, brought));
        code.filter_map(|brought| brought.dest.as_deref()).filter(|dest| *dest != "/")
    }

    fn base(&self) -> &Base {
        &self.facts.stages[self.chain[0]].base
    }

    fn base_name(&self) -> String {
        match self.base() {
            Base::Image(Some(name)) => format!("`{name}`"),
            _ => "that a variable names".to_owned(),
        }
    }

    fn is_windows(&self) -> bool {
        let from = self.facts.instruction(self.facts.stages[self.chain[0]].item);
        let platform = from.and_then(|from| from.flag("platform"));
        let named = match self.base() {
            Base::Image(Some(name)) => ["windows", "nanoserver", "servercore"].iter().any(|part| name.contains(part)),
            _ => false,
        };
        named || platform.is_some_and(|flag| flag.text.to_lowercase().contains("windows"))
    }
}
