//! Which user, made how and where, and what becomes its own.

use super::copied_file::{CopiedFile, From, below};
use super::evidence::Evidence;
use super::runs::{self, Pass};
use super::*;
use crate::facts::{Entry, Family};
use crate::knowledge::images::{self, Distribution};
use crate::syntax::{Args, Command};

/// What is to be done to the last stage.
pub struct Plan {
    /// The user's number.
    pub uid: u32,
    /// Its group's number.
    pub gid: u32,
    /// The commands that make it, and the step before which they run.
    pub make: Option<(usize, Vec<String>)>,
    /// The command that makes or gives it its folders, and the step before which it runs.
    pub give: Option<(usize, String)>,
    /// The step before which USER stands; the number of steps for the end.
    pub user_at: usize,
    /// The steps whose COPY gets `--chown`.
    pub chown: Vec<usize>,
    /// The folders that it gives.
    pub folders: Vec<String>,
    /// What a user should know.
    pub notes: Vec<String>,
}

/// Accounts that base images have for the programs of those who build on them.
const MADE_FOR_IT: &[&str] = &["nonroot", "node", "bun", "app"];

/// Who the user is.
struct Who {
    uid: u32,
    gid: u32,
    /// The name, where the user has to be made.
    make: Option<&'static str>,
    home: Option<String>,
}

/// Works out the plan; fails where the user can't be made or what it needs can't be given to it.
pub fn make(image: &Image, seen: &Evidence) -> Result<Plan, No> {
    let user_at = user_at(image);
    let give_at = lowest(image, seen, user_at);
    let who = who(image, give_at)?;
    let chown = owned_copies(image, seen)?;
    let folders = folders(image, seen, &who)?;
    if let Some((first, path)) = seen.volumes.first()
        && *first < give_at
    {
        return refuse(
            mark!(VOLUME, "later-run"),
            format!(
                "what is done to the volume `{path}` behind VOLUME is lost, and a RUN that comes later \
            can't have its folders given away before"
            ),
        );
    }
    let mut plan =
        Plan { uid: who.uid, gid: who.gid, make: None, give: None, user_at, chown, folders, notes: Vec::new() };
    if let Some(name) = who.make {
        let steps = image.facts.stages[image.stage].steps.len();
        let first = (0..steps).rev().find(|step| image.is_transfer(*step) && brings_system_files(image, *step));
        let places = first.map_or(0, |step| step + 1)..=give_at;
        let at = places.rev().find(|at| is_free(image, *at, who.uid, name) && runs_as_root(image, *at));
        let Some(at) = at else {
            return refuse(
                mark!(UNKNOWN_ACCOUNTS, "at-its-place"),
                "no number or name for the user is known to be free",
            );
        };
        plan.make = Some((at, commands(image, at, name, who.uid)?));
    }
    if !plan.folders.is_empty() {
        if image.facts.tool(image.stage, give_at, "install") != Truth::Yes || !runs_as_root(image, give_at) {
            return refuse(
                mark!(MISSING_PROGRAM, "install"),
                "no `install` is known to be in the image that gives folders to a user",
            );
        }
        let ids = format!("-o {} -g {}", who.uid, who.gid);
        plan.give = Some((give_at, format!("install -d {ids} {}", plan.folders.join(" "))));
    }
    plan.notes = notes(image, seen, &plan);
    Ok(plan)
}

/// USER stands before the block of CMD and ENTRYPOINT, behind all that needs root.
fn user_at(image: &Image) -> usize {
    let steps = &image.facts.stages[image.stage].steps;
    let needs =
        |keyword| matches!(keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir | Keyword::Shell);
    let last = steps.iter().rposition(|step| needs(step.instruction.keyword)).map_or(0, |last| last + 1);
    let block =
        |keyword| matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck | Keyword::Stopsignal);
    let start = steps[last..].iter().position(|step| block(step.instruction.keyword));
    start.map_or(if last > 0 { last } else { steps.len() }, |start| last + start)
}

/// The first place from which on nothing minds whose the folders are: behind the last WORKDIR, and the last RUN that does. Where
/// nothing but that WORKDIR would stand between the COPYs and the new RUN, it is before these, so that an edit does not repeat it.
fn lowest(image: &Image, seen: &Evidence, user_at: usize) -> usize {
    let steps = &image.facts.stages[image.stage].steps;
    let near = climb(user_at, |at| match steps[at].instruction.keyword {
        Keyword::Workdir | Keyword::Shell | Keyword::Arg => true,
        Keyword::Run => seen.passes[at] != Some(Pass::Free),
        Keyword::Copy | Keyword::Add => brings_system_files(image, at),
        _ => false,
    });
    let adds = |at: &usize| matches!(steps[*at].instruction.keyword, Keyword::Copy | Keyword::Add | Keyword::Run);
    if (near..user_at).any(|at| adds(&at)) {
        return near;
    }
    let far = climb(near, |at| match steps[at].instruction.keyword {
        Keyword::Copy => !makes_plain_folders(image, at),
        Keyword::Workdir => false,
        keyword => !matches!(keyword, Keyword::Env | Keyword::Label | Keyword::Expose),
    });
    (far..near).find(adds).unwrap_or(near)
}

/// How far up one gets from a place before a step stops it.
fn climb(from: usize, stops: impl Fn(usize) -> bool) -> usize {
    (0..from).rev().find(|at| stops(*at)).map_or(0, |at| at + 1)
}

/// Whether a COPY makes the folder that it needs as WORKDIR and `install -d` do, with mode 0755, and leaves one that is there as
/// it is. So it is with files of the context; what comes from an image or an archive may bring a mode of its own.
fn makes_plain_folders(image: &Image, step: usize) -> bool {
    let instruction = &image.facts.stages[image.stage].steps[step].instruction;
    let plain = ["from", "chmod", "link", "parents"].iter().all(|flag| instruction.flag(flag).is_none());
    plain && !brings_system_files(image, step)
}

/// Whether a COPY goes to `/` or to /etc, or nobody knows where.
fn brings_system_files(image: &Image, step: usize) -> bool {
    let found = image.copies.0.iter().find(|brought| brought.stage == image.stage && brought.step == step);
    match found.and_then(|brought| brought.dest.as_deref()) {
        Some(dest) => dest == "/" || below(dest, "/etc").is_some(),
        None => true,
    }
}

fn runs_as_root(image: &Image, at: usize) -> bool {
    image.facts.is_root(image.stage, at) == Truth::Yes
}

fn who(image: &Image, at: usize) -> Result<Who, No> {
    if image.facts.is_from_scratch(image.stage) {
        return Ok(Who { uid: 65532, gid: 65532, make: None, home: None });
    }
    let accounts = image.facts.users(image.stage, 0);
    let own = MADE_FOR_IT.iter().find_map(|name| accounts.user(name));
    if let Some((uid, gid, user)) = own.and_then(|user| Some((user.uid?, user.gid?, user))) {
        return Ok(Who { uid, gid, make: None, home: user.home.clone() });
    }
    let name = ["app", "appuser"].into_iter().find(|name| (0..=at).any(|at| is_free(image, at, UID, name)));
    match name {
        Some(name) => Ok(Who { uid: UID, gid: UID, make: Some(name), home: None }),
        None => refuse(mark!(UNKNOWN_ACCOUNTS, "nowhere"), "no number or name for the user is known to be free"),
    }
}

/// The number of a user that is made: above those that hosts give to people and their services.
const UID: u32 = 10001;

fn is_free(image: &Image, at: usize, id: u32, name: &str) -> bool {
    let accounts = image.facts.users(image.stage, at);
    accounts.free(id) == Truth::Yes && accounts.holds(name) == Truth::No
}

/// The commands that make a user and its group, with a home.
fn commands(image: &Image, at: usize, name: &str, id: u32) -> Result<Vec<String>, No> {
    let stage = &image.facts.stages[image.stage];
    let has = |tool: &str| image.facts.tool(image.stage, at, tool) == Truth::Yes;
    let shell = match stage.steps.get(at) {
        Some(step) => image.facts.interpreter(stage, step).family,
        None => image.end.shell.get().map_or(Family::Unknown, |words| crate::facts::Interpreter::of(words).family),
    };
    if !matches!(shell, Family::Posix | Family::Bash) {
        return refuse(&OTHER_SHELL, "no POSIX shell is known to run the command that makes the user");
    }
    if has("useradd") && has("groupadd") {
        // without -l a large number makes a large, if sparse, /var/log/lastlog
        Ok(vec![format!("groupadd -g {id} {name}"), format!("useradd -l -m -u {id} -g {name} {name}")])
    } else if has("busybox-adduser") {
        Ok(vec![format!("addgroup -g {id} {name}"), format!("adduser -D -u {id} -G {name} {name}")])
    } else {
        refuse(mark!(MISSING_PROGRAM, "useradd"), "no tool is known to be in the image that makes a user")
    }
}

/// The folders that are given to the user.
fn folders(image: &Image, seen: &Evidence, who: &Who) -> Result<Vec<String>, No> {
    let bare = matches!(image.facts.family(image.stage), Some(Distribution::Scratch | Distribution::Distroless));
    if bare {
        return match seen.volumes.first() {
            Some((_, path)) => refuse(
                mark!(VOLUME, "no-tools"),
                format!("the image has no tool that gives the volume `{path}` to a user"),
            ),
            None => Ok(Vec::new()),
        };
    }
    let mut out: Vec<String> = Vec::new();
    let workdir = image.end.workdir.get().filter(|folder| is_ownable(folder));
    let made = seen.folders.iter().filter(|folder| is_ownable(folder));
    for folder in workdir.into_iter().chain(seen.volumes.iter().map(|(_, path)| path)).chain(made) {
        let plain = folder.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte));
        if !plain {
            return refuse(&NOT_PLAIN, format!("`{folder}` would have to be quoted"));
        }
        if !out.contains(folder) && who.home.as_ref() != Some(folder) {
            out.push(folder.clone());
        }
    }
    Ok(out)
}

/// The COPYs of the last stage that must belong to the user.
fn owned_copies(image: &Image, seen: &Evidence) -> Result<Vec<usize>, No> {
    let mut out = Vec::new();
    for brought in &image.copies.0 {
        let step = &image.facts.stages[brought.stage].steps[brought.step];
        if step.instruction.flag("chown").is_some() {
            continue;
        }
        let closed = evidence::closed(image.facts.context, brought);
        if closed.is_none() && !is_written(image, brought) {
            continue;
        }
        if brought.dest.as_deref().is_none_or(|dest| dest == "/") {
            return refuse(
                mark!(WRITES, "copied-to-the-root"),
                "a COPY brings the program's folder and maybe others, to `/` or nobody knows where",
            );
        }
        if brought.stage != image.stage || step.instruction.opaque.is_some() {
            return refuse(
                mark!(WRITES, "copied-before"),
                "what a stage before the last one copies would have to be the user's",
            );
        }
        let later = seen.passes[brought.step..].contains(&Some(Pass::Sources));
        if later && may_hold_git(image, brought) {
            return refuse(
                mark!(LATER_RUN, "git"),
                "a RUN behind the COPY may ask git, which refuses folders of another user",
            );
        }
        if makes_its_folder(image, brought) && npm_follows(image, brought.step) {
            return refuse(
                mark!(LATER_RUN, "npm"),
                "the COPY makes the folder in which npm runs later: it would run scripts as the folder's owner",
            );
        }
        out.push(brought.step);
    }
    Ok(out)
}

/// Whether the directory to which a COPY goes may not be there before, so that it is made with the owner that the COPY says.
fn makes_its_folder(image: &Image, brought: &CopiedFile) -> bool {
    let Some(dest) = brought.dest.as_deref() else { return true };
    let inside = |path: &str| below(path, dest).is_some();
    let steps = &image.facts.stages[brought.stage].steps;
    let worked = steps[..=brought.step].iter().any(|step| step.before.workdir.get().is_some_and(|path| inside(path)));
    let runs = steps[..brought.step].iter().filter(|step| step.instruction.keyword == Keyword::Run);
    let made =
        runs.filter_map(|step| runs::look(image, step).ok()).any(|run| run.folders.iter().any(|path| inside(path)));
    let earlier = image.copies.0.iter().filter(|one| (one.stage, one.step) < (brought.stage, brought.step));
    let copied = earlier.filter_map(|one| one.dest.as_deref()).any(inside);
    !worked && !made && !copied
}

/// Whether npm runs after a step of the last stage. Versions 7 and 8 run scripts as the owner of the directory; 9 does not
/// (npm's changelog of 9.0.0; 10 was tried), and Node 20 comes with 10.
fn npm_follows(image: &Image, step: usize) -> bool {
    if has_node_20(image) {
        return false;
    }
    let later = image.facts.stages[image.stage].steps.iter().skip(step);
    let commands = later.filter(|step| step.instruction.keyword == Keyword::Run);
    commands.filter_map(|step| image.facts.started(step.item)).any(|all| all.iter().any(|one| one.is(&["npm", "npx"])))
}

/// Whether the base image is one of Node from version 20 on.
fn has_node_20(image: &Image) -> bool {
    let Base::Image(Some(name)) = image.base() else { return false };
    let (name, tag) = images::split(name);
    let digits = tag.split(|c: char| !c.is_ascii_digit()).next().and_then(|major| major.parse::<u32>().ok());
    images::short(name) == "node" && digits.is_some_and(|major| major >= 20)
}

/// Whether a COPY brings what the program may write to: anything in its working folder but code.
fn is_written(image: &Image, brought: &CopiedFile) -> bool {
    let workdir = image.end.workdir.get().filter(|folder| is_ownable(folder));
    let inside = workdir.into_iter().chain(image.given()).any(|folder| brought.is_around(folder));
    inside && !is_all_code(image, brought)
}

/// Endings of files of code, which programs read. Those of data and settings (`json`, `yml`, `txt`, `xml`, `ini`) are none: a program
/// may write them.
const CODE_FILES: &[&str] = &[
    "py", "js", "mjs", "cjs", "ts", "tsx", "jsx", "rb", "pl", "php", "jar", "war", "class", "dll", "lock", "sh",
    "html", "css", "md", "mod", "sum", "gradle", "npmrc", "pem", "crt", "ru", "whl", "lockb",
];
/// Files of the tools that build the program, which it does not write.
const BUILD_FILES: &[&str] = &[
    "Gemfile",
    "LICENSE",
    "Pipfile",
    "Procfile",
    "Rakefile",
    "bun.lock",
    "composer.json",
    "deno.json",
    "go.work",
    "jsconfig.json",
    "lerna.json",
    "nest-cli.json",
    "npm-shrinkwrap.json",
    "nx.json",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "pom.xml",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "tsconfig.build.json",
    "tsconfig.json",
    "turbo.json",
    "yarn.lock",
];
/// Whether a source is a file of code. A directory is none: what is in it beside code, a program may write.
fn is_code(image: &Image, brought: &CopiedFile, source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or_default();
    if brought.from.is_none() && image.facts.context.entry(source) == Entry::Folder {
        return false;
    }
    let file = name.rsplit_once('.').is_some_and(|(_, ending)| CODE_FILES.contains(&ending.trim_end_matches('*')));
    let program = brought.from.is_some() && (!brought.folder && !name.is_empty() && is_started(image, brought));
    file || program || is_manifest(name)
}

/// Whether a file is one of the tools that build the program.
fn is_manifest(name: &str) -> bool {
    let requirements = name.starts_with("requirements") && name.ends_with(".txt");
    let patterns = ["package*.json", "Gemfile*", "yarn*", "*.csproj", "pom*.xml"].contains(&name);
    requirements || patterns || BUILD_FILES.contains(&name)
}

/// Whether a COPY brings more than what says which packages are installed.
pub fn brings_more_than_manifests(brought: &CopiedFile) -> bool {
    brought.sources.is_empty()
        || brought.sources.iter().any(|source| !is_manifest(source.rsplit('/').next().unwrap_or_default()))
}

/// Whether what a COPY brings is the program itself that the image starts, which makes it a file.
fn is_started(image: &Image, brought: &CopiedFile) -> bool {
    let Some(dest) = &brought.dest else { return false };
    let commands = image.steps().filter(|step| matches!(step.instruction.keyword, Keyword::Cmd | Keyword::Entrypoint));
    commands.into_iter().any(|step| match &step.instruction.args {
        Args::Command(Command::Exec(words)) => words.first().is_some_and(|program| {
            let path = copied_file::absolute(&Known::Yes(program.text.clone()), &image.end.workdir);
            program.text.contains('/') && path.as_ref() == Some(dest)
        }),
        _ => false,
    })
}

/// Whether all that a COPY brings is code.
pub fn is_all_code(image: &Image, brought: &CopiedFile) -> bool {
    !brought.sources.is_empty() && brought.sources.iter().all(|source| is_code(image, brought, source))
}

/// Whether a COPY may bring the folder of git.
fn may_hold_git(image: &Image, brought: &CopiedFile) -> bool {
    match brought.from {
        Some(From::Stage(_)) => false,
        Some(From::Image) => true,
        None => brought.sources.iter().any(|source| {
            let git = if source.is_empty() { ".git".to_owned() } else { format!("{source}/.git") };
            image.facts.context.entry(&git) != Entry::Absent
        }),
    }
}

fn notes(image: &Image, seen: &Evidence, plan: &Plan) -> Vec<String> {
    let id = plan.uid;
    let mut out = Vec::new();
    if let Some((_, path)) = seen.volumes.first() {
        out.push(format!("volumes that exist already keep their owner: `chown -R {id}` them once, as for `{path}`"));
    }
    if !image.facts.context.known() {
        out.push(
            "the build context was not read: files in it that only their owner may read stay closed to the user"
                .to_owned(),
        );
    }
    out.push(format!("folders of the host that are mounted into the container must be open to user {id}"));
    out
}

/// Whether a folder can be given to a user: nothing of the system is in it.
pub fn is_ownable(folder: &str) -> bool {
    const SYSTEM: &[&str] = &[
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/lib32",
        "/lib64",
        "/proc",
        "/root",
        "/sbin",
        "/sys",
        "/tmp",
        "/usr/bin",
        "/usr/lib",
        "/usr/lib64",
        "/usr/libexec",
        "/usr/local/bin",
        "/usr/local/lib",
        "/usr/local/sbin",
        "/usr/local/share",
        "/usr/sbin",
        "/usr/share",
        "/var/cache/apt",
        "/var/cache/apk",
        "/run/lock",
        "/var/lib/apt",
        "/var/lib/dpkg",
    ];
    !TOP.contains(&folder) && !SYSTEM.iter().any(|system| below(folder, system).is_some())
}

/// Whether a directory is one that holds those of many: it is there, and nothing is meant for it.
pub fn is_common(folder: &str) -> bool {
    TOP.contains(&folder)
}

/// Directories that hold those of many.
const TOP: &[&str] = &[
    "/",
    "/usr",
    "/usr/local",
    "/usr/src",
    "/opt",
    "/srv",
    "/var",
    "/var/lib",
    "/var/log",
    "/var/www",
    "/home",
    "/mnt",
    "/media",
    "/go",
    "/go/src",
    "/go/bin",
    "/go/pkg",
    "/nix",
    "/run",
    "/var/run",
    "/var/cache",
    "/var/spool",
    "/nonexistent",
];
