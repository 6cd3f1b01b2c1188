//! What the instructions of the image say that another user could not do, and what they say of ports, paths and volumes.

use super::copied_file::{self, CopiedFile};
use super::runs::{self, Pass};
use super::*;
use crate::facts::state::clean;
use crate::facts::{ContextView, Entry, Step};
use crate::knowledge::programs::Kind;
use crate::knowledge::roles;
use crate::script::{Argument, Invocation};
use crate::syntax::{Arg, Args, Instruction};

/// What the steps of the image say.
pub struct Evidence {
    /// Of each step of the last stage that is a RUN, what may stand before it.
    pub passes: Vec<Option<Pass>>,
    /// Folders that RUNs make.
    pub folders: Vec<String>,
    /// Volumes of the last stage: the step, and the path.
    pub volumes: Vec<(usize, String)>,
    /// A command that builds the project in the image.
    pub built: Option<String>,
}

/// Marks of a container that is run with more rights, in comments too.
const RIGHTS: &[&str] = &["docker.sock", "--privileged", "--cap-add", "cap_add", "--device", "NET_ADMIN", "SYS_ADMIN"];

/// Fails where the file speaks of more rights, or uses root's home.
pub fn texts(image: &Image) -> Result<(), No> {
    let text = image.facts.source.text();
    if let Some(mark) = RIGHTS.iter().find(|mark| text.contains(*mark)) {
        return refuse(
            mark!(PRIVILEGES, "in-the-file"),
            format!("the file speaks of `{mark}`: the container is meant to have more rights"),
        );
    }
    for step in image.steps().filter(|step| !matches!(step.instruction.keyword, Keyword::Label | Keyword::Run)) {
        let words = step.instruction.line.text()[step.instruction.rest.clone()].to_lowercase();
        if let Some(word) = words.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| roles::is_hardware(word)) {
            return refuse(
                mark!(PRIVILEGES, "hardware"),
                format!("the file speaks of `{word}`: the program may open devices, which are root's"),
            );
        }
    }
    for step in image.steps() {
        let found = match step.instruction.keyword {
            Keyword::Run => home_in_run(image, step),
            Keyword::Label | Keyword::Expose | Keyword::Maintainer => None,
            Keyword::Copy | Keyword::Add => match &step.instruction.args {
                Args::Transfer { dest, .. } => home_in(&dest.text),
                _ => None,
            },
            _ => home_in(&step.instruction.line.text()[step.instruction.rest.clone()]),
        };
        if let Some(found) = found {
            return refuse(
                mark!(HOME, "in-the-file"),
                format!("`{found}` is in, or is, root's home, which others can't enter"),
            );
        }
    }
    Ok(())
}

/// A RUN's use of root's home; what it removes there is not used.
fn home_in_run(image: &Image, step: &Step) -> Option<String> {
    let Some(commands) = image.facts.commands(step.item) else {
        return home_in(&step.instruction.line.text()[step.instruction.rest.clone()]);
    };
    let mut used = commands.iter().filter(|one| !one.is(&["rm"])).map(Invocation::raw);
    used.find_map(home_in).or_else(|| commands.loose().map(Argument::raw).find_map(home_in))
}

/// `/root`, `~` or `$HOME` in a text.
fn home_in(text: &str) -> Option<String> {
    let bounded = |mark: &'static str| {
        text.match_indices(mark).any(|(at, _)| {
            let part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            let before = text[..at].chars().next_back();
            let after = text[at + mark.len()..].chars().next();
            !before.is_some_and(part) && !after.is_some_and(part)
        })
    };
    let tilde = text.contains('~')
        && (text.starts_with("~/")
            || [" ~/", "=~/", "\"~/", " ~ ", ":~/"].iter().any(|mark| text.contains(mark))
            || text.ends_with(" ~"));
    match () {
        () if text.contains("/root") && bounded("/root") => Some("/root".to_owned()),
        () if text.contains('$') && (bounded("$HOME") || text.contains("${HOME")) => Some("$HOME".to_owned()),
        () if tilde => Some("~".to_owned()),
        () => None,
    }
}

/// Volumes and the folders that RUNs make, as far as they are known.
pub fn given(image: &Image) -> Vec<String> {
    let of = |step: &Step| match step.instruction.keyword {
        Keyword::Volume => volumes(step).unwrap_or_default(),
        Keyword::Run => runs::look(image, step).map(|seen| seen.folders).unwrap_or_default(),
        _ => Vec::new(),
    };
    image.steps().flat_map(of).filter(|path| plan::is_ownable(path)).collect()
}

/// Looks at each step.
pub fn steps(image: &Image) -> Result<Evidence, No> {
    let mut seen = Evidence { passes: Vec::new(), folders: Vec::new(), volumes: Vec::new(), built: None };
    for stage in &image.chain {
        let last = *stage == image.stage;
        for (index, step) in image.facts.stages[*stage].steps.iter().enumerate() {
            let mut pass = None;
            match step.instruction.keyword {
                Keyword::Run => {
                    let run = runs::look(image, step)?;
                    pass = Some(run.pass);
                    run.folders.iter().try_for_each(|folder| made(folder))?;
                    seen.folders.extend(run.folders);
                    seen.built = seen.built.or(run.built);
                }
                Keyword::Volume => {
                    let paths = volumes(step)
                        .ok_or_else(|| No::Refuse(mark!(VOLUME, "path"), "a volume's path is not known".into()))?;
                    if !last {
                        return refuse(mark!(VOLUME, "earlier-stage"), "a stage before the last one has a volume");
                    }
                    seen.volumes.extend(paths.into_iter().filter(|path| path != "/tmp").map(|path| (index, path)));
                }
                Keyword::Expose => exposed(step)?,
                Keyword::Env => environment(image, step)?,
                Keyword::Healthcheck => healthcheck(image, step)?,
                Keyword::Copy | Keyword::Add => {
                    flags(step.instruction)?;
                    engine_client(step.instruction)?;
                }
                _ => {}
            }
            if last {
                seen.passes.push(pass);
            }
        }
    }
    seen.volumes.iter().try_for_each(|(_, path)| volume(image, path))?;
    Ok(seen)
}

/// Fails for a directory that a RUN makes among those of the system, as programs have it that write there: /etc/cas/saml.
fn made(folder: &str) -> Result<(), No> {
    let known = plan::is_ownable(folder) || plan::is_common(folder) || roles::is_read_only(folder);
    match known || copied_file::below(folder, "/tmp").is_some() {
        true => Ok(()),
        false => refuse(
            mark!(WRITES, "made-directory"),
            format!("a RUN makes the directory `{folder}`, which can't be given away, and the program may write to it"),
        ),
    }
}

/// Names of directories in which programs keep what is theirs.
const OWN_DATA: &[&str] =
    &["cache", "data", "database", "db", "log", "logs", "sessions", "state", "storage", "store", "tmp", "uploads"];

/// Fails for a volume that can't be given away, or is as likely meant for files of the host.
fn volume(image: &Image, path: &str) -> Result<(), No> {
    if !plan::is_ownable(path) {
        return refuse(mark!(VOLUME, "place"), format!("the volume `{path}` is not a folder that can be given away"));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    if name.trim_start_matches('.').contains('.') {
        return refuse(
            mark!(VOLUME, "file"),
            format!("the volume `{path}` looks like a file, and no file can be a volume"),
        );
    }
    let inside = image.end.workdir.get().is_some_and(|folder| copied_file::below(path, folder).is_some());
    match inside || copied_file::below(path, "/var").is_some() || OWN_DATA.contains(&name) {
        true => Ok(()),
        false => advise(format!("the volume `{path}` may be meant for files of the host, which belong to others")),
    }
}

/// The paths of a VOLUME, which count from `/`, whatever WORKDIR says; `None` where one is not known.
fn volumes(step: &Step) -> Option<Vec<String>> {
    let Args::Words { words, .. } = &step.instruction.args else { return None };
    let path = |word: &Arg| step.before.expand(&word.text).get().map(|path| clean(path));
    words.iter().map(path).collect()
}

fn exposed(step: &Step) -> Result<(), No> {
    let Args::Words { words, .. } = &step.instruction.args else { return Ok(()) };
    for word in words {
        let known = step.before.expand(&word.text);
        let port = known.get().and_then(|port| port.split(['/', '-']).next()?.rsplit(':').next()?.parse::<u32>().ok());
        match port {
            Some(1024..) => {}
            Some(_) => {
                return refuse(mark!(LOW_PORT, "exposed"), format!("`EXPOSE {}` is a port below 1024", word.text));
            }
            None => {
                return refuse(
                    mark!(LOW_PORT, "exposed-not-known"),
                    format!("which port `EXPOSE {}` is, is not known", word.text),
                );
            }
        }
    }
    Ok(())
}

fn environment(image: &Image, step: &Step) -> Result<(), No> {
    let Args::Pairs { pairs, .. } = &step.instruction.args else { return Ok(()) };
    for pair in pairs {
        let name = pair.name.text.to_uppercase();
        let raw = pair.value.as_ref().map_or("", |value| &value.text);
        let known = step.before.expand(raw);
        let value = known.get().map_or(raw, String::as_str);
        let listens = ["PORT", "URLS", "ADDR", "BIND", "LISTEN"].iter().any(|part| name.contains(part));
        let number = value.parse::<u32>().is_ok_and(|port| name.contains("PORT") && (1..1024).contains(&port));
        if number || (listens && low_port_in(value).is_some()) {
            return refuse(mark!(LOW_PORT, "environment"), format!("`{}={raw}` is a port below 1024", pair.name.text));
        }
        if name.ends_with("PATH") {
            continue;
        }
        if let Some(path) = paths_in(value).into_iter().find(|path| !image.may_be_there(path)) {
            return refuse(
                mark!(WRITES, "environment"),
                format!("`{}` names `{path}`, which the program may write to", pair.name.text),
            );
        }
    }
    Ok(())
}

/// Programs of health checks that ask, and change nothing.
fn healthcheck(image: &Image, step: &Step) -> Result<(), No> {
    const ASK: &[&str] = &["curl", "wget", "nc", "test", "[", "exit", "echo", "true", "false", "grep", "cat", "ls"];
    if matches!(step.instruction.args, Args::Healthcheck(None)) {
        return Ok(());
    }
    let copied = |name: &str| image.copies.origin(image.facts, name).is_some_and(|(from, _)| from.from.is_some());
    let fine = |one: &Invocation| {
        let name = one.called();
        let known = name.is_some_and(|name| ASK.contains(&&*name) || copied(&name));
        one.name_word().is_none() || known || one.is_kind(Kind::Toolchain)
    };
    let commands = image.facts.started(step.item);
    let unknown = match commands {
        None => Some("?".to_owned()),
        Some(commands) => {
            commands.iter().find(|one| !fine(one)).map(|one| one.called().unwrap_or("?".into()).into_owned())
        }
    };
    match unknown {
        Some(name) => {
            refuse(&HEALTHCHECK, format!("whether the health check `{name}` works as another user is not known"))
        }
        None => Ok(()),
    }
}

/// A client of the engine that is copied: it asks the host's engine by a socket that is root's.
fn engine_client(instruction: &Instruction) -> Result<(), No> {
    const CLIENTS: &[&str] = &["docker", "docker-compose", "dockerd", "podman", "nerdctl", "ctr", "crictl", "buildctl"];
    let Args::Transfer { sources, dest, .. } = &instruction.args else { return Ok(()) };
    let name = |word: &Arg| word.text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let binaries = dest.text.contains("/bin") || dest.text.contains("/sbin");
    match sources.iter().chain([dest]).map(name).find(|name| binaries && CLIENTS.contains(&name.as_str())) {
        Some(name) => refuse(
            mark!(PRIVILEGES, "engine-client"),
            format!("`{name}` is copied into the image: it asks the host's engine by a socket that is root's"),
        ),
        None => Ok(()),
    }
}

/// Modes that COPY and ADD set, or leave.
fn flags(instruction: &Instruction) -> Result<(), No> {
    let Args::Transfer { sources, .. } = &instruction.args else { return Ok(()) };
    let mode = instruction.flag("chmod").and_then(|flag| flag.value.as_deref());
    if mode.is_some_and(|mode| !mode.ends_with(['5', '7']) || mode.contains(['$', '='])) {
        return refuse(mark!(UNREADABLE, "chmod-flag"), "`--chmod` may keep other users out");
    }
    let url =
        |source: &Arg| source.text.contains("://") || source.text.starts_with("git@") || source.text.contains('$');
    if instruction.keyword == Keyword::Add && mode.is_none() && sources.iter().any(url) {
        return refuse(mark!(UNREADABLE, "fetched"), "what ADD fetches is closed to other users (mode 0600)");
    }
    Ok(())
}

/// A file of the build context that a COPY brings and that other users can't read, as far as the context is known.
pub fn closed(context: &dyn ContextView, brought: &CopiedFile) -> Option<String> {
    let shut = |_: &str, entry: &Entry| matches!(entry, Entry::File { mode: Some(mode), .. } if mode & 0o004 == 0);
    let of = |source: &String| match source.rsplit_once('/').unwrap_or(("", source)) {
        (folder, pattern) if pattern.contains('*') => {
            let names = context.names(folder).unwrap_or_default();
            let fits = names.into_iter().filter(|name| copied_file::matches(pattern, name));
            let inside = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
            fits.map(inside).find_map(|path| copied_file::find_in(context, &path, &shut))
        }
        _ => copied_file::find_in(context, source, &shut),
    };
    brought.from.is_none().then(|| brought.sources.iter().find_map(of))?
}

/// A port below 1024 in an argument: `0.0.0.0:80`, `--port=80`, `80`.
pub fn low_port_in(arg: &str) -> Option<String> {
    let low = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let cut = text[end..].is_empty() || text[end..].starts_with(['/', ';', '"', '\'']);
        let port = text[..end].parse::<u32>().ok().filter(|port| cut && (1..1024).contains(port))?;
        Some(port.to_string())
    };
    let behind_colon = || arg.match_indices(':').find_map(|(at, _)| low(&arg[at + 1..]));
    let named = || {
        let (name, value) = arg.split_once('=')?;
        if name.to_lowercase().contains("port") { low(value) } else { None }
    };
    let alone = || {
        low(arg).filter(|port| {
            *port == arg && [21, 22, 25, 53, 80, 81, 88, 110, 143, 389, 443].contains(&port.parse().unwrap_or(0))
        })
    };
    behind_colon().or_else(named).or_else(alone)
}

/// The absolute paths in an argument: `/a`, `--x=/a`, `file:/a`.
pub fn paths_in(arg: &str) -> Vec<String> {
    let starts = arg.match_indices('/').filter(|(at, _)| {
        let before = arg[..*at].chars().next_back();
        before.is_none_or(|c| "=:,@'\" ".contains(c)) && !arg[at + 1..].starts_with('/')
    });
    let end = |at: usize| arg[at..].find([',', ':', ';', '"', '\'', ' ']).map_or(arg.len(), |len| at + len);
    starts.map(|(at, _)| clean(&arg[at..end(at)])).filter(|path| path.len() > 1).collect()
}

impl<'f, 'a> Image<'f, 'a> {
    /// The steps of all stages that it is made of, in order.
    pub fn steps(&self) -> impl Iterator<Item = &'f Step<'a>> {
        let facts = self.facts;
        self.chain.iter().flat_map(move |stage| &facts.stages[*stage].steps)
    }
}
