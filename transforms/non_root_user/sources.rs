//! What the project's own files in the build context say that another user could not do: dependencies that keep what they need in
//! the home folder, or want the machine's rights; folders outside of the project; ports below 1024. Only a search for words:
//! what is found is refused, what is not found proves nothing.

use super::copied_file::{self, CopiedFile};
use super::*;
use crate::facts::{ContextView, Entry};

/// Files of dependencies, each of which may name one that minds the user.
const MANIFESTS: &[&str] = &["package.json", "pyproject.toml", "Pipfile", "Gemfile", "setup.py", "environment.yml"];

/// Code of programs.
const CODE: &[&str] =
    &["js", "mjs", "cjs", "ts", "tsx", "py", "rb", "pl", "php", "go", "rs", "java", "kt", "scala", "cs"];

/// Folders whose code the program does not run.
const IDLE: &[&str] =
    &["node_modules", "test", "tests", "spec", "specs", "__tests__", "docs", "migrations", ".git", "venv", ".venv"];

/// Dependencies that open what belongs to root: the socket of the host's container engine, devices, raw sockets.
const RIGHTS: &[&str] = &[
    "docker",
    "dockerode",
    "docker-py",
    "docker-api",
    "aiodocker",
    "RPi.GPIO",
    "gpiozero",
    "pigpio",
    "onoff",
    "spidev",
    "smbus",
    "smbus2",
    "pyserial",
    "serialport",
    "pyusb",
    "evdev",
    "bluepy",
    "scapy",
    "raw-socket",
    "net-ping",
    "pcapy",
    "pyshark",
];

/// Packages that leave a browser in the home folder of the user that installs them.
const BROWSERS: &[&str] = &["puppeteer", "playwright", "cypress", "whatsapp-web.js", "@mermaid-js/mermaid-cli"];

/// At most so many files are read, and so much of each.
const FILES: usize = 300;
const LENGTH: usize = 1 << 18;

/// Fails where a file of the project says what another user could not do.
pub fn look(image: &Image) -> Result<(), No> {
    let context = image.facts.context;
    if ["action.yml", "action.yaml"].iter().any(|name| matches!(context.entry(name), Entry::File { .. })) {
        return advise("the project is an action of GitHub, which runs it on mounted folders of root");
    }
    services(context)?;
    let stages = image.copies.0.iter().filter_map(|brought| match brought.from {
        Some(copied_file::From::Stage(stage)) => Some(Copies::read(image.facts, stage)),
        _ => None,
    });
    let built: Vec<Copies> = stages.collect();
    let all = built.iter().flat_map(|copies| &copies.0).chain(&image.copies.0);
    for brought in all.filter(|brought| brought.from.is_none()) {
        for path in files(image.facts.context, brought) {
            let name = path.rsplit('/').next().unwrap_or_default();
            let read = || {
                let bytes = image.facts.context.read(&path, LENGTH)?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            };
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let requirements = name.starts_with("requirements") && ending == "txt";
            match () {
                () if MANIFESTS.contains(&name) || requirements => dependencies(&path, &read().unwrap_or_default())?,
                () if CODE.contains(&ending) => code(image, &path, &read().unwrap_or_default())?,
                () => {}
            }
        }
    }
    Ok(())
}

/// Compose files that stand at the top of the context.
const COMPOSE: &[&str] = &["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];

/// What a compose file says of a service that needs root in its container. Which service the image is of is not asked.
const OF_ROOT: &[&str] =
    &["privileged:", "devices:", "docker.sock", "cap_add:", ":/root", "- /dev/", "pid:", "user: root", "user: \"0"];

/// Fails where a compose file runs a service with more rights.
fn services(context: &dyn ContextView) -> Result<(), No> {
    for name in COMPOSE {
        let Some(bytes) = context.read(name, LENGTH) else { continue };
        let text = String::from_utf8_lossy(&bytes);
        let marks = |line: &str| OF_ROOT.iter().any(|mark| line.contains(mark)) && !is_comment(line);
        if let Some((number, line)) = text.lines().enumerate().find(|(_, line)| marks(line)) {
            return refuse(
                mark!(PRIVILEGES, "compose"),
                format!("`{name}`, line {}, says `{}`", number + 1, line.trim()),
            );
        }
    }
    Ok(())
}

/// The files that a COPY brings and that are worth a look.
fn files(context: &dyn ContextView, brought: &CopiedFile) -> Vec<String> {
    let found = std::cell::RefCell::new(Vec::new());
    let roots = brought.sources.iter().flat_map(|source| match source.rsplit_once('/').unwrap_or(("", source)) {
        (folder, pattern) if pattern.contains('*') => {
            let names = context.names(folder).unwrap_or_default().into_iter();
            let inside = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
            names.filter(|name| copied_file::matches(pattern, name)).map(inside).collect()
        }
        _ => vec![source.clone()],
    });
    for root in roots {
        copied_file::find_in(context, &root, &|path, entry| {
            let idle = path.split('/').any(|part| IDLE.contains(&part));
            if matches!(entry, Entry::File { .. }) && !idle {
                found.borrow_mut().push(path.to_owned());
            }
            found.borrow().len() >= FILES
        });
    }
    found.into_inner()
}

/// A dependency that keeps what it needs in the home folder, or wants the host's engine.
fn dependencies(path: &str, text: &str) -> Result<(), No> {
    for name in names(path, text) {
        if leaves_a_browser(&name) {
            let what = "keeps a browser in the home folder of the user that installs it";
            return refuse(mark!(HOME, "dependency"), format!("`{name}` in `{path}` {what}"));
        }
        if RIGHTS.contains(&name.as_str()) {
            let what = "opens what is root's: the engine's socket, a device, a raw socket";
            return refuse(mark!(PRIVILEGES, "dependency"), format!("`{name}` in `{path}` {what}"));
        }
    }
    Ok(())
}

/// Whether a package, or a command of it, leaves a browser in the home folder: `puppeteer`, `playwright@1.40`.
pub fn leaves_a_browser(name: &str) -> bool {
    let name = name.char_indices().find(|(at, c)| *at > 0 && *c == '@').map_or(name, |(at, _)| &name[..at]);
    BROWSERS.contains(&name)
}

/// The names of a manifest's dependencies, and the words of its install scripts; of those that are no JSON, what its lines start
/// with.
fn names(path: &str, text: &str) -> Vec<String> {
    if path.ends_with(".json") {
        let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        let of = |section: &str| json[section].as_object().into_iter().flat_map(|all| all.keys().cloned());
        let hooks = ["preinstall", "install", "postinstall", "prepare"];
        let words = hooks.iter().filter_map(|hook| json["scripts"][*hook].as_str()).flat_map(str::split_whitespace);
        return of("dependencies").chain(of("optionalDependencies")).chain(words.map(str::to_owned)).collect();
    }
    let part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let name = |piece: &str| {
        piece.trim_start_matches([' ', '"', '\'', '[', '-']).split(|c| !part(c)).next().map(str::to_owned)
    };
    let lines = text.lines().map(|line| line.trim().trim_start_matches("gem "));
    lines.filter(|line| !line.starts_with('#')).flat_map(|line| line.split(',')).filter_map(name).collect()
}

/// A folder outside of the project, or a port below 1024, in code.
fn code(image: &Image, path: &str, text: &str) -> Result<(), No> {
    for line in text.lines().filter(|line| !is_comment(line)) {
        let address =
            ["route", ".get(", ".post(", ".put(", ".delete(", ".use(", "path(", "fetch(", "href", "url", "redirect"]
                .iter()
                .any(|mark| line.contains(mark));
        let elsewhere = |folder: &&str| is_elsewhere(image, folder) || (!address && is_data(image, folder));
        if let Some(folder) = literals(line).into_iter().find(elsewhere) {
            return refuse(mark!(WRITES, "code"), format!("`{path}` names `{folder}`, which the program may write to"));
        }
        if let Some(port) = listens_low(line) {
            return refuse(
                mark!(LOW_PORT, "code"),
                format!("`{port}` in `{path}` may be a port below 1024 that it listens on"),
            );
        }
    }
    Ok(())
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with('#') || line.starts_with('*')
}

/// The absolute paths that stand in quotes, also as the path of a SQLite URL.
fn literals(line: &str) -> Vec<&str> {
    let end = |at: usize| line[at..].find(['"', '\'', '`', ' ', '$', '{', '?']).map_or(line.len(), |len| at + len);
    let quoted = line.match_indices(['"', '\'', '`']).map(|(at, _)| at + 1).filter(|at| line[*at..].starts_with('/'));
    let urls = line.match_indices("sqlite:////").map(|(at, mark)| at + mark.len() - 1);
    quoted.chain(urls).map(|at| &line[at..end(at)]).collect()
}

/// Whether a path is in a folder of the system that is neither read by every program, nor known to be the user's or copied.
fn is_elsewhere(image: &Image, path: &str) -> bool {
    const ROOTS: &[&str] = &["/etc", "/mnt", "/opt", "/root", "/run", "/srv", "/usr", "/var"];
    const READ: &[&str] = &[
        "/etc/ca-certificates",
        "/etc/group",
        "/etc/hostname",
        "/etc/hosts",
        "/etc/letsencrypt",
        "/etc/localtime",
        "/etc/machine-id",
        "/etc/mime.types",
        "/etc/os-release",
        "/etc/passwd",
        "/etc/pki",
        "/etc/resolv.conf",
        "/etc/ssl",
        "/etc/timezone",
        "/usr/bin",
        "/usr/include",
        "/usr/lib",
        "/usr/local/bin",
        "/usr/local/lib",
        "/usr/sbin",
        "/usr/share",
        "/run/secrets",
        "/var/run/secrets",
    ];
    let inside = |folders: &[&str]| {
        folders.iter().any(|folder| copied_file::below(path, folder).is_some_and(|rest| !rest.is_empty()))
    };
    inside(ROOTS) && !inside(READ) && !is_known(image, path)
}

/// Whether a path is in a folder at the root that holds data by its name; the path of an address may look the same.
fn is_data(image: &Image, path: &str) -> bool {
    const DATA: &[&str] =
        &["/backup", "/backups", "/cache", "/data", "/db", "/logs", "/output", "/outputs", "/results", "/storage"];
    DATA.iter().any(|folder| copied_file::below(path, folder).is_some()) && !is_known(image, path)
}

/// Whether a path will be the user's, or is copied code.
fn is_known(image: &Image, path: &str) -> bool {
    let folder = image.end.workdir.get().filter(|_| image.works_in_its_folder()).map(String::as_str);
    let mut given = image.given.iter().map(String::as_str).chain(folder).chain(image.code());
    given.any(|folder| copied_file::below(path, folder).is_some())
}

/// A port below 1024 where a program says which one it listens on: `listen(80`, `port=80`, `PORT || 80`, `":80"`.
fn listens_low(line: &str) -> Option<&str> {
    const LOW: &[u16] = &[21, 22, 25, 53, 69, 80, 81, 88, 389, 443, 514, 888];
    const MARKS: &[&str] =
        &["listen(", "port=", "port =", "port:", "PORT ||", "PORT=", "PORT =", "PORT ??", "PORT', ", "PORT\", "];
    let address = line.match_indices("\":").find_map(|(at, mark)| {
        let (port, _) = line[at + mark.len()..].split_once('"')?;
        LOW.contains(&port.parse().unwrap_or(0)).then_some(port)
    });
    let named = MARKS.iter().find_map(|mark| {
        line.match_indices(mark).find_map(|(at, _)| {
            let rest = line[at + mark.len()..].trim_start_matches([' ', '"', '\'']);
            let port = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
            LOW.contains(&port.parse().unwrap_or(0)).then_some(port)
        })
    });
    named.or(address)
}
