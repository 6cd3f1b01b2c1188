//! Command lines that build images: `docker build`, `docker buildx build`, `podman build`, `buildah bud`, `nerdctl build`, kaniko's
//! `executor`, in whatever text holds them. What a variable decides and the text does not tell is unknown.

use crate::facts::Known;
use crate::knowledge::paths::Absolute;
use crate::project::builds::{Build, By, Place, further_context, is_remote, join, place};
use crate::script::{Argument, Commands, Dialect, Invocation, Reading, Variables};
use crate::shell::{self, Shell};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A shell text of a file, and where its lines are.
#[derive(Clone, Debug, Default)]
pub struct Script {
    text: String,
    /// The line in the file of each line of the text.
    lines: Vec<u32>,
}

impl Script {
    /// Adds a text that begins at a line of the file.
    pub fn push(&mut self, text: &str, line: u32) {
        let lines = text.lines().count();
        self.lines.extend((0..lines).map(|index| line + u32::try_from(index).unwrap_or(0)));
        text.lines().for_each(|line| {
            self.text.push_str(line);
            self.text.push('\n');
        });
    }
}

/// Stands for the directory in which a command works, which the shell itself sets.
const CURRENT: &str = "$DFOPT_CURRENT";

/// The values of variables.
#[derive(Clone, Debug, Default)]
pub struct Values(pub BTreeMap<String, String>);

impl Values {
    fn set_current(&mut self, directory: &Path) {
        self.0.insert(CURRENT[1..].to_owned(), directory.to_string_lossy().into_owned());
    }
}

impl Variables for Values {
    fn variable(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// Whether a text may hold such a command line at all.
pub fn may_build(text: &str) -> bool {
    let engine = ["docker", "podman", "nerdctl", "buildah", "executor"].iter().any(|name| text.contains(name));
    engine && (text.contains("build") || text.contains("bud") || text.contains("--dockerfile"))
}

/// The builds that a text makes if it starts in a directory.
pub fn builds(script: &Script, file: &Path, directory: &Path, values: &Values) -> Vec<Build> {
    if !may_build(&script.text) {
        return Vec::new();
    }
    let text = ["${PWD}", "$PWD", "$(pwd)", "`pwd`"]
        .iter()
        .fold(script.text.clone(), |text, here| text.replace(here, CURRENT));
    let Shell::Script(tree) = shell::parse(&text) else { return Vec::new() };
    let reading = Reading::of(&text, &tree, Dialect::default());
    let mut values = values.clone();
    let start = directory.to_str().and_then(Absolute::new);
    let mut out = Vec::new();
    for command in Commands::new(&text, &reading).iter() {
        values.set_current(directory);
        let Some(current) = command.directory().likely(start.as_ref(), &values) else { continue };
        let current = PathBuf::from(current.as_str());
        values.set_current(&current);
        let Some(words) = words(command, &values) else { continue };
        let line = text.get(..command.command_span().start as usize).map_or(0, |before| before.matches('\n').count());
        let line = script.lines.get(line).or(script.lines.last()).copied().unwrap_or(1);
        out.extend(Line::read(&words).build(&current, By { file: file.to_owned(), line }));
    }
    out
}

/// A word: its value where it is known, and what is known of its start.
struct Word {
    value: Option<String>,
    start: String,
}

/// The words of a command that builds, after `build`.
fn words(command: Invocation, values: &Values) -> Option<Vec<Word>> {
    let read = |word: Argument| Word {
        value: word.value(values).map(Cow::into_owned),
        start: word.start(values).into_owned(),
    };
    let words: Vec<Word> = command.arguments().map(read).collect();
    let operands = |count: usize| words.iter().take(count).map(|word| word.value.as_deref()).collect::<Vec<_>>();
    let skip = match &*command.name()? {
        "docker" | "podman" | "nerdctl" => match operands(2).as_slice() {
            [Some("build"), ..] => 1,
            [Some("image" | "builder" | "buildx"), Some("build" | "b")] => 2,
            _ => return None,
        },
        "buildah" if matches!(operands(1).as_slice(), [Some("build" | "bud" | "build-using-dockerfile")]) => 1,
        "executor" => 0,
        _ => return None,
    };
    Some(words.into_iter().skip(skip).collect())
}

/// Options that have no value.
const FLAGS: &[&str] = &[
    "--check",
    "--compress",
    "--debug",
    "-D",
    "--disable-content-trust",
    "--force-rm",
    "--layers",
    "--load",
    "--no-cache",
    "--no-hosts",
    "--no-push",
    "--pull",
    "--push",
    "--quiet",
    "-q",
    "--rm",
    "--squash",
    "--squash-all",
    "--skip-unused-stages",
    "--cleanup",
    "--cache",
    "--reproducible",
    "--single-snapshot",
    "--use-new-run",
];
/// Options with a value that does not matter.
const WITH_VALUE: &[&str] = &[
    "--add-host",
    "--allow",
    "--annotation",
    "--arch",
    "--attest",
    "--authfile",
    "--builder",
    "--cache-from",
    "--cache-repo",
    "--cache-to",
    "--cache-ttl",
    "--call",
    "--cap-add",
    "--cap-drop",
    "--cgroup-parent",
    "--cpu-period",
    "--cpu-quota",
    "--cpu-shares",
    "--cpuset-cpus",
    "--cpuset-mems",
    "--creds",
    "--destination",
    "-d",
    "--digest-file",
    "--dns",
    "--env",
    "--format",
    "--iidfile",
    "--ignorefile",
    "--isolation",
    "--jobs",
    "--label",
    "--logfile",
    "--manifest",
    "--memory",
    "-m",
    "--memory-swap",
    "--metadata-file",
    "--network",
    "--no-cache-filter",
    "--os",
    "--output",
    "-o",
    "--platform",
    "--progress",
    "--registry-mirror",
    "--runtime",
    "--secret",
    "--security-opt",
    "--shm-size",
    "--snapshot-mode",
    "--ssh",
    "--tag",
    "-t",
    "--timestamp",
    "--ulimit",
    "--userns",
    "--verbosity",
    "--volume",
    "-v",
];

/// What a command line asks for; a value that is not known is `None`.
#[derive(Default)]
struct Line {
    file: Option<Option<String>>,
    target: Option<Option<String>>,
    context: Option<Option<String>>,
    args: BTreeMap<String, Known<String>>,
    contexts: BTreeMap<String, Known<String>>,
    /// A word that is not known, which may be any option.
    open: bool,
    /// Which word is the context cannot be told.
    lost: bool,
}

impl Line {
    fn read(words: &[Word]) -> Line {
        let mut line = Line::default();
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            let (name, glued) = parts(word);
            let mut value =
                || glued.clone().or_else(|| rest.next().map(|word| (word.value.clone(), word.start.clone())));
            let mut known = || value().and_then(|(value, _)| value);
            match name.as_str() {
                "-f" | "--file" | "--dockerfile" => line.file = Some(known()),
                "--target" => line.target = Some(known()),
                "--context" | "-c" => line.context = Some(known()),
                "--build-arg" => line.open |= !pair(value(), &mut line.args),
                "--build-context" => line.open |= !pair(value(), &mut line.contexts),
                name if WITH_VALUE.contains(&name) => drop(value()),
                name if FLAGS.contains(&name) => {}
                name if name.starts_with("--") && glued.is_some() => {}
                name if name.starts_with('-') && name.len() > 1 => line.lost = true,
                _ => {
                    // the last word is the context; one that is not known may be any option before it
                    line.open |= word.value.is_none();
                    line.context = Some(word.value.clone());
                }
            }
        }
        line
    }

    /// The build, where the Dockerfile is a file here.
    fn build(self, current: &Path, by: By) -> Option<Build> {
        let context = match self.context.clone().flatten() {
            Some(path) if !self.lost => place(current, &Known::Yes(path.trim_start_matches("dir://").to_owned())),
            _ => Place::Unknown,
        };
        let dockerfile = match (&self.file, &context) {
            (Some(Some(file)), _) if !is_remote(file) => join(current, file),
            (None, Place::Directory(directory)) if !self.open => by_default(directory),
            _ => return None,
        };
        let target = match self.target {
            None if self.open => Known::Unknown,
            None => Known::Yes(None),
            Some(Some(name)) => Known::Yes(Some(name)),
            Some(None) => Known::Unknown,
        };
        let contexts = self.contexts.into_iter().map(|(name, one)| (name, further_context(current, one))).collect();
        Some(Build { target, args: self.args, contexts, ..Build::new(dockerfile, context, by) })
    }
}

/// What a word with a value holds: its value where it is known, and the start of it.
type Part = (Option<String>, String);

/// An option and the value that stands in the same word.
fn parts(word: &Word) -> (String, Option<Part>) {
    let value =
        |from: usize| (word.value.as_deref().map(|value| value[from..].to_owned()), word.start[from..].to_owned());
    let text = word.start.as_str();
    match text.split_once('=').filter(|_| text.starts_with("--")) {
        Some((name, _)) => (name.to_owned(), Some(value(name.len() + 1))),
        None => match text.get(..2) {
            Some(short @ ("-f" | "-c" | "-t")) if text.len() > 2 => (short.to_owned(), Some(value(2))),
            _ => (text.to_owned(), None),
        },
    }
}

/// Takes `NAME=VALUE` in; whether the name is known.
fn pair(part: Option<Part>, into: &mut BTreeMap<String, Known<String>>) -> bool {
    let Some((value, start)) = part else { return false };
    let (name, known) = match (start.split_once('='), value) {
        (Some((name, _)), Some(value)) => (name.to_owned(), Known::Yes(value[name.len() + 1..].to_owned())),
        (Some((name, _)), None) => (name.to_owned(), Known::Unknown),
        (None, Some(name)) => (name, Known::Unknown),
        (None, None) => return false,
    };
    into.insert(name, known);
    true
}

/// The Dockerfile of a context where none is named.
fn by_default(directory: &Path) -> PathBuf {
    let dockerfile = directory.join("Dockerfile");
    let other = directory.join("Containerfile");
    if !dockerfile.is_file() && other.is_file() { other } else { dockerfile }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Dockerfile, context, stage and line of the builds of a text that starts in `/p`.
    fn read(text: &str) -> Vec<(String, String, Known<Option<String>>, u32)> {
        let mut script = Script::default();
        script.push(text, 10);
        let values = Values(BTreeMap::from([("DIR".to_owned(), "svc".to_owned())]));
        let found = builds(&script, Path::new("/p/x"), Path::new("/p"), &values);
        let told = |build: &Build| {
            let context = match &build.context {
                Place::Directory(path) => path.to_string_lossy().into_owned(),
                Place::Unknown => "?".to_owned(),
            };
            (build.dockerfile.to_string_lossy().into_owned(), context, build.target.clone(), build.by.line)
        };
        found.iter().map(told).collect()
    }

    fn one(text: &str) -> (String, String) {
        let found = read(text);
        let [(file, context, ..)] = found.as_slice() else { panic!("{text}: {found:?}") };
        (file.clone(), context.clone())
    }

    fn is(text: &str, file: &str, context: &str) {
        assert_eq!(one(text), (file.to_owned(), context.to_owned()), "{text}");
    }

    #[test]
    fn command_lines_are_read() {
        is("docker build .", "/p/Dockerfile", "/p");
        is("docker build -f docker/x -t a:b .", "/p/docker/x", "/p");
        is("sudo docker image build --file=docker/x app", "/p/docker/x", "/p/app");
        is("docker buildx build --platform linux/amd64 --push -t x -fdocker/x ./$DIR", "/p/docker/x", "/p/svc");
        is("podman build --layers -f x \"$PWD\"/app", "/p/x", "/p/app");
        is("buildah bud -f x .", "/p/x", "/p");
        is("DOCKER_BUILDKIT=1 nerdctl build --no-cache app", "/p/app/Dockerfile", "/p/app");
        is("cd app && docker build -f ../docker/x .. && cd ..", "/p/docker/x", "/p");
        is("(cd a && true); docker build b", "/p/b/Dockerfile", "/p/b");
        is("/kaniko/executor --context \"$PWD\" --dockerfile \"$PWD/x\" --destination y", "/p/x", "/p");
        is("docker build -f docker/x -t $TAG https://example.org/a.git", "/p/docker/x", "?");
        is("docker build -f docker/x $CONTEXT", "/p/docker/x", "?");
        is("docker build -f docker/x --some-option y .", "/p/docker/x", "?");
    }

    #[test]
    fn what_names_no_file_here_says_nothing() {
        for text in [
            "docker build - < Dockerfile",
            "docker build $X",
            "docker build -f $F .",
            "docker push x",
            "docker buildx bake",
            "echo docker build .",
            "cd $X && docker build .",
            "docker build --other y .",
            "docker build https://example.org/a.git",
            "if",
            "docker build $OPTIONS .",
        ] {
            assert_eq!(read(text), [], "{text}");
        }
    }

    #[test]
    fn stages_arguments_and_lines_are_told() {
        let found = read(
            "echo\ndocker build --target dev \\\n  -f x .\ndocker build -f y --target=$T .\ndocker build -f z $OPTIONS .\n",
        );
        let of =
            |name: &str, target: Known<Option<String>>, line| (format!("/p/{name}"), "/p".to_owned(), target, line);
        let dev = Known::Yes(Some("dev".to_owned()));
        assert_eq!(found, [of("x", dev, 11), of("y", Known::Unknown, 13), of("z", Known::Unknown, 14)]);
        let mut script = Script::default();
        script.push("docker build --build-arg A=1 --build-arg B --build-arg C=$C --build-context s=./s .", 1);
        let found = builds(&script, Path::new("/p/x"), Path::new("/p"), &Values::default());
        let args: Vec<_> =
            found[0].args.iter().map(|(name, value)| (name.as_str(), value.get().map(String::as_str))).collect();
        assert_eq!(args, [("A", Some("1")), ("B", None), ("C", None)]);
        assert_eq!(found[0].contexts.get("s"), Some(&Known::Yes("/p/s".to_owned())));
    }
}
