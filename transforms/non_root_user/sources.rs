//! What the project's own files in the build context say that another user could not do: dependencies that keep what they need in
//! the home folder, or want the machine's rights; folders outside of the project; ports below 1024. Only a search for words:
//! what is found is refused, what is not found proves nothing.

use super::copied_file::{self, CopiedFile};
use super::*;
use crate::facts::{ContextView, Entry};
use crate::knowledge::code as words;
use crate::knowledge::roles;

/// Files of dependencies, each of which may name one that minds the user.
const MANIFESTS: &[&str] = &[
    "Cargo.toml",
    "Gemfile",
    "Pipfile",
    "build.gradle",
    "build.gradle.kts",
    "environment.yml",
    "go.mod",
    "package.json",
    "pom.xml",
    "pyproject.toml",
    "setup.py",
];

/// Code of programs.
const CODE: &[&str] = &[
    "c", "cc", "clj", "cpp", "cs", "cxx", "erl", "ex", "exs", "fs", "go", "groovy", "h", "hpp", "hs", "java", "js",
    "jsx", "kt", "lua", "mjs", "cjs", "php", "pl", "py", "rb", "rs", "scala", "swift", "ts", "tsx", "vb",
];

/// Folders whose code the program does not run.
const IDLE: &[&str] =
    &["node_modules", "test", "tests", "spec", "specs", "__tests__", "docs", "migrations", ".git", "venv", ".venv"];

/// At most so many files are read, and so much of each.
const FILES: usize = 300;
const LENGTH: usize = 1 << 18;

/// What reading the project's code showed.
#[derive(Debug, Default)]
pub struct Code {
    /// Whether all code was read that the build context brings, and there is some.
    pub read: bool,
    /// Where it writes files, or starts programs that may: a file of the context and its line.
    pub writes: Option<String>,
    /// Whether it has a port above 1023 that it may listen on.
    pub port: bool,
}

/// Reads the project's code; fails where a file of the project says what another user could not do.
pub fn look(image: &Image) -> Result<Code, No> {
    let context = image.facts.context;
    if ["action.yml", "action.yaml"].iter().any(|name| matches!(context.entry(name), Entry::File { .. })) {
        return advise("the project is an action of GitHub, which runs it on mounted folders of root");
    }
    services(context)?;
    let mut code = Code::default();
    let (mut seen, mut whole) = (Vec::new(), true);
    for copies in stages(image).into_iter().map(|stage| Copies::read(image.facts, stage)) {
        for brought in copies.0.iter().filter(|brought| brought.from.is_none()) {
            let found = files(context, brought);
            whole &= found.len() < FILES;
            for path in found {
                if !seen.contains(&path) {
                    whole &= file(image, &path, &mut code)?;
                    seen.push(path);
                }
            }
        }
    }
    code.read &= whole && context.known();
    Ok(code)
}

/// The stage that is built, and those from which it copies, however many stand between.
pub fn stages(image: &Image) -> Vec<usize> {
    let mut known = vec![image.stage];
    let mut at = 0;
    while let Some(stage) = known.get(at) {
        for brought in Copies::read(image.facts, *stage).0 {
            match brought.from {
                Some(copied_file::From::Stage(stage)) if !known.contains(&stage) => known.push(stage),
                _ => {}
            }
        }
        at += 1;
    }
    known
}

/// Looks at a file of the context; says whether it was read as far as it matters.
fn file(image: &Image, path: &str, code: &mut Code) -> Result<bool, No> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let requirements = name.starts_with("requirements") && ending == "txt";
    let manifest = MANIFESTS.contains(&name) || requirements;
    let settings = settings::is_name(path);
    if !manifest && !settings && !CODE.contains(&ending) {
        return Ok(true);
    }
    let Some(bytes) = image.facts.context.read(path, LENGTH) else { return Ok(false) };
    let text = String::from_utf8_lossy(&bytes);
    if manifest {
        dependencies(path, &text)?;
    }
    if settings {
        settings::look(image, path, &text, code)?;
    }
    if CODE.contains(&ending) {
        lines(image, path, &text, code)?;
        code.read = true;
    }
    Ok(bytes.len() < LENGTH)
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
pub fn files(context: &dyn ContextView, brought: &CopiedFile) -> Vec<String> {
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
        if roles::leaves_a_browser(&name) {
            let what = "keeps a browser in the home folder of the user that installs it";
            return refuse(mark!(HOME, "dependency"), format!("`{name}` in `{path}` {what}"));
        }
        if roles::is_root_library(&name) {
            let what = "opens what is root's: the engine's socket, a device, a raw socket";
            return refuse(mark!(PRIVILEGES, "dependency"), format!("`{name}` in `{path}` {what}"));
        }
    }
    Ok(())
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
    let part = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c) || (c == '/' && path.ends_with("go.mod"));
    let name = |piece: &str| {
        piece.trim_start_matches([' ', '"', '\'', '[', '-']).split(|c| !part(c)).next().map(str::to_owned)
    };
    let lines = text.lines().map(|line| line.trim().trim_start_matches("gem ").trim_start_matches("require "));
    lines.filter(|line| !line.starts_with('#')).flat_map(|line| line.split(',')).filter_map(name).collect()
}

/// What a line of code says that another user could not do: a folder outside of the project, a port below 1024, the words above.
fn lines(image: &Image, path: &str, text: &str, code: &mut Code) -> Result<(), No> {
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !is_comment(line)) {
        let place = || format!("`{path}`, line {}", number + 1);
        if let Some(word) = words::needs_root(line) {
            return refuse(mark!(PRIVILEGES, "code"), format!("{} says `{word}`, which only root can use", place()));
        }
        if let Some(name) = imported(line).find(|name| roles::is_root_library(name)) {
            let what = "opens what is root's: the engine's socket, a device, a raw socket";
            return refuse(mark!(PRIVILEGES, "import"), format!("`{name}` in {} {what}", place()));
        }
        outside(image, path, line)?;
        if code.writes.is_none() && words::writes(line).is_some() {
            code.writes = Some(place());
        }
        code.port |= has_high_port(line);
    }
    Ok(())
}

/// What a line imports, as far as its words tell: `import a.b`, `from a.b import c`, `require('a')`, `use a::b`, `"a/b"` of Go.
fn imported(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim();
    let says = ["import", "from", "require", "use ", "using", "#include", "extern crate", "\""]
        .iter()
        .any(|word| line.contains(word));
    let part = |c: char| c.is_alphanumeric() || "._-/@".contains(c);
    let words = line.split(move |c| !part(c)).filter(move |word| says && !word.is_empty());
    words.flat_map(|word| [Some(word), word.split_once('.').map(|(first, _)| first)]).flatten()
}

/// A folder outside of the project, or a port below 1024, in code.
fn outside(image: &Image, path: &str, line: &str) -> Result<(), No> {
    let address =
        ["route", ".get(", ".post(", ".put(", ".delete(", ".use(", "path(", "fetch(", "href", "url", "redirect"]
            .iter()
            .any(|mark| line.contains(mark));
    let elsewhere = |folder: &&str| is_elsewhere(image, folder) || (!address && is_data(image, folder));
    let found = literals(line);
    if let Some(device) = found.iter().find(|path| is_device(path)) {
        return refuse(mark!(PRIVILEGES, "device"), format!("`{path}` opens the device `{device}`"));
    }
    if let Some(folder) = found.into_iter().find(elsewhere) {
        return refuse(mark!(WRITES, "code"), format!("`{path}` names `{folder}`, which the program may write to"));
    }
    match listens_low(line) {
        Some(port) => {
            refuse(mark!(LOW_PORT, "code"), format!("`{port}` in `{path}` may be a port below 1024 that it listens on"))
        }
        None => Ok(()),
    }
}

/// Whether a path is a device of the machine, and not one that each program has.
fn is_device(path: &str) -> bool {
    const EVERYBODY: &[&str] = &[
        "/dev/fd",
        "/dev/full",
        "/dev/null",
        "/dev/random",
        "/dev/shm",
        "/dev/stderr",
        "/dev/stdin",
        "/dev/stdout",
        "/dev/urandom",
        "/dev/zero",
    ];
    let inside =
        |folder: &str| copied_file::below(path, folder).is_some_and(|rest| !rest.is_empty() || folder != "/dev");
    inside("/dev") && !EVERYBODY.iter().any(|device| inside(device))
}

/// Whether a line has a port above 1023 where a program says which one it listens on: `listen(3000`, `":8080"`, `port=5000`.
fn has_high_port(line: &str) -> bool {
    let lower = line.to_lowercase();
    let after = ["port", "listen", "bind", "addr", "\":", "':", "localhost:", "0.0.0.0:"];
    let number = |rest: &str| {
        let from = rest.find(|c: char| c.is_ascii_digit()).filter(|at| *at < 24)?;
        let digits = rest.get(from..)?;
        digits.get(..digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()))?.parse::<u32>().ok()
    };
    after.iter().any(|word| {
        lower
            .match_indices(word)
            .any(|(at, _)| number(&lower[at + word.len()..]).is_some_and(|port| (1024..65536).contains(&port)))
    })
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
pub fn is_elsewhere(image: &Image, path: &str) -> bool {
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
pub fn is_data(image: &Image, path: &str) -> bool {
    const DATA: &[&str] =
        &["/backup", "/backups", "/cache", "/data", "/db", "/logs", "/output", "/outputs", "/results", "/storage"];
    DATA.iter().any(|folder| copied_file::below(path, folder).is_some()) && !is_known(image, path)
}

/// Whether a path will be the user's, or is copied code.
fn is_known(image: &Image, path: &str) -> bool {
    let folder = image.end.workdir.get().filter(|_| image.works_in_its_folder()).map(String::as_str);
    let mut given = image.given().iter().map(String::as_str).chain(folder).chain(image.code());
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
