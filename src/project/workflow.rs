//! Workflows of GitHub, and pipelines of GitLab: what their steps build. Matrices and variables count as far as they are plain texts.

use crate::facts::Known;
use crate::project::bake;
use crate::project::builds::{Build, By, Place, further_context, is_remote, join, place};
use crate::project::commands::{self, Script, Values};
use crate::project::document::{Entry, Kind, Node};
use crate::project::files::Files;
use std::collections::BTreeMap;
use std::path::Path;

/// How many jobs a matrix may make.
const MOST: usize = 64;
/// Stands in scripts for an expression that is not known: a variable that nobody sets.
const UNKNOWN: &str = "${DFOPT_UNKNOWN}";

/// The builds that a workflow of GitHub says; `root` is the repository.
pub fn github(path: &Path, root: &Path, files: &mut Files) -> Vec<Build> {
    let interesting = |text: &str| text.contains("docker/") || commands::may_build(text);
    if !files.text(path).is_some_and(|text| interesting(&text)) {
        return Vec::new();
    }
    let Some(document) = files.yaml(path).and_then(|all| all.first().cloned()) else { return Vec::new() };
    let mut out = Vec::new();
    let global = Names::default().with("env", document.get("env"));
    for job in document.get("jobs").map_or(&[][..], Node::entries) {
        let names = global.with("env", job.value.get("env"));
        for names in names.matrix(job.value.get("strategy").and_then(|strategy| strategy.get("matrix"))) {
            for step in job.value.get("steps").map_or(&[][..], Node::items) {
                let names = names.with("env", step.get("env"));
                Step { path, root, names: &names }.read(step, files, &mut out);
            }
        }
    }
    let mut seen: Vec<Build> = Vec::new();
    out.into_iter().for_each(|build| {
        if !seen.contains(&build) {
            seen.push(build)
        }
    });
    seen
}

/// What expressions may name: `matrix.image`, `env.TAG`.
#[derive(Clone, Debug, Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    /// With the texts of a mapping; what is no plain text there is not known.
    fn with(&self, prefix: &str, node: Option<&Node>) -> Names {
        let mut out = self.clone();
        for entry in node.map_or(&[][..], Node::entries) {
            out.0.remove(&format!("{prefix}.{}", entry.key));
            out.add(&format!("{prefix}.{}", entry.key), &entry.value);
        }
        out
    }

    fn add(&mut self, name: &str, node: &Node) {
        match &node.kind {
            Kind::Text(text) => {
                if let Some(text) = self.value(text) {
                    self.0.insert(name.to_owned(), text);
                }
            }
            Kind::Map(entries) => entries.iter().for_each(|entry| {
                if let Kind::Text(text) = &entry.value.kind {
                    self.0.insert(format!("{name}.{}", entry.key), text.clone());
                }
            }),
            _ => {}
        }
    }

    /// One for each job that a matrix makes.
    fn matrix(&self, matrix: Option<&Node>) -> Vec<Names> {
        let mut out = vec![self.clone()];
        let Some(matrix) = matrix else { return out };
        let axes = matrix.entries().iter().filter(|entry| !matches!(entry.key.as_str(), "include" | "exclude"));
        let mut any = false;
        for Entry { key, value, .. } in axes {
            any = true;
            let one = |names: &Names, item: &Node| {
                let mut names = names.clone();
                names.add(&format!("matrix.{key}"), item);
                names
            };
            if !value.items().is_empty() {
                out = out.iter().flat_map(|names| value.items().iter().map(|item| one(names, item))).collect();
            }
            out.truncate(MOST);
        }
        let included: Vec<Names> = matrix
            .get("include")
            .map_or(&[][..], Node::items)
            .iter()
            .take(MOST)
            .map(|item| self.with("matrix", Some(item)))
            .collect();
        if !any && !included.is_empty() {
            return included;
        }
        out.extend(included);
        out
    }

    /// A text with its expressions put in; `None` where one is not known.
    fn value(&self, text: &str) -> Option<String> {
        let whole = self.replaced(text, None)?;
        Some(whole.trim().to_owned())
    }

    /// The same with something else where an expression is not known.
    fn replaced(&self, text: &str, unknown: Option<&str>) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (inner, after) = after.split_once("}}")?;
            out.push_str(before);
            let known = match inner.trim() {
                "github.workspace" => Some("."),
                name => self.0.get(name).map(String::as_str),
            };
            out.push_str(known.or(unknown)?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// A step of a job.
struct Step<'a> {
    path: &'a Path,
    root: &'a Path,
    names: &'a Names,
}

impl Step<'_> {
    fn read(&self, step: &Node, files: &mut Files, out: &mut Vec<Build>) {
        if let Some(uses) = step.entry("uses") {
            let action = uses.value.text().unwrap_or_default();
            let with = step.get("with");
            match action.split('@').next().unwrap_or_default() {
                "docker/build-push-action" => out.extend(self.build(uses.line, with)),
                "docker/bake-action" => out.extend(self.bake(with, files)),
                _ => {}
            }
        }
        if let Some(run) = step.entry("run") {
            out.extend(self.run(run, step.get("working-directory")));
        }
    }

    /// The text of an input; unknown where an expression is.
    fn input(&self, with: Option<&Node>, name: &str) -> Option<Known<String>> {
        let text = with?.get(name)?.text()?;
        Some(self.names.value(text).map_or(Known::Unknown, Known::Yes))
    }

    fn build(&self, line: u32, with: Option<&Node>) -> Option<Build> {
        let context = match self.input(with, "context") {
            // what was pushed is the context: the root of the repository
            None => Place::Directory(self.root.to_owned()),
            Some(Known::Yes(text)) if text.is_empty() => Place::Directory(self.root.to_owned()),
            Some(Known::Yes(text)) => match text.strip_prefix("{{defaultContext}}") {
                Some(inside) => Place::Directory(join(self.root, inside.trim_start_matches([':', '/']))),
                None => place(self.root, &Known::Yes(text)),
            },
            Some(Known::Unknown) => Place::Unknown,
        };
        let dockerfile = match (self.input(with, "file"), &context) {
            (None, Place::Directory(directory)) => directory.join("Dockerfile"),
            (Some(Known::Yes(file)), _) if !is_remote(&file) => join(self.root, file),
            _ => return None,
        };
        let target = match self.input(with, "target") {
            None => Known::Yes(None),
            Some(Known::Yes(name)) => Known::Yes(Some(name).filter(|name| !name.is_empty())),
            Some(Known::Unknown) => Known::Unknown,
        };
        let contexts = self.lines(with, "build-contexts").into_iter();
        let contexts = contexts.map(|(name, value)| (name, further_context(self.root, value))).collect();
        let by = By { file: self.path.to_owned(), line };
        Some(Build { target, args: self.lines(with, "build-args"), contexts, ..Build::new(dockerfile, context, by) })
    }

    /// An input that has a `NAME=VALUE` on each line.
    fn lines(&self, with: Option<&Node>, name: &str) -> BTreeMap<String, Known<String>> {
        let text = with.and_then(|with| with.get(name)).and_then(Node::text).unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.trim().split_once('='));
        pairs
            .map(|(name, value)| (name.to_owned(), self.names.value(value).map_or(Known::Unknown, Known::Yes)))
            .collect()
    }

    /// The bake files that are named; those that are not are found where they lie.
    fn bake(&self, with: Option<&Node>, files: &mut Files) -> Vec<Build> {
        let text = |name: &str| self.input(with, name).and_then(|known| known.get().cloned());
        let current = join(self.root, text("workdir").unwrap_or_default());
        let names = text("files").unwrap_or_default();
        let names = names.split([',', '\n']).map(str::trim).filter(|name| bake::is_name(name));
        names.flat_map(|name| bake::builds_of(&join(&current, name), std::slice::from_ref(&current), files)).collect()
    }

    fn run(&self, run: &Entry, directory: Option<&Node>) -> Vec<Build> {
        let Some(text) = run.value.text().filter(|text| commands::may_build(text)) else { return Vec::new() };
        let directory = match directory.and_then(Node::text).map(|text| self.names.value(text)) {
            None => self.root.to_owned(),
            Some(Some(text)) => join(self.root, text),
            Some(None) => return Vec::new(),
        };
        let Some(text) = self.names.replaced(text, Some(UNKNOWN)) else { return Vec::new() };
        let env = self
            .names
            .0
            .iter()
            .filter_map(|(name, value)| Some((name.strip_prefix("env.")?.to_owned(), value.clone())));
        let mut values = Values(env.collect());
        values.0.insert("GITHUB_WORKSPACE".to_owned(), self.root.to_string_lossy().into_owned());
        commands::builds(&script(&text, run.line), self.path, &directory, &values)
    }
}

/// A script that stands in a file: a block begins on the line after its key.
fn script(text: &str, line: u32) -> Script {
    let mut script = Script::default();
    script.push(text, if text.contains('\n') { line + 1 } else { line });
    script
}

/// The builds that a pipeline of GitLab says; `root` is the directory of its file.
pub fn gitlab(path: &Path, root: &Path, files: &mut Files) -> Vec<Build> {
    if !files.text(path).is_some_and(|text| commands::may_build(&text)) {
        return Vec::new();
    }
    let Some(document) = files.yaml(path).and_then(|all| all.first().cloned()) else { return Vec::new() };
    let global = Names::default().with("env", document.get("variables"));
    let mut out = Vec::new();
    for job in document.entries() {
        let names = global.with("env", job.value.get("variables"));
        let values =
            names.0.into_iter().filter_map(|(name, value)| Some((name.strip_prefix("env.")?.to_owned(), value)));
        let mut values = Values(values.filter(|(_, value)| !value.contains('$')).collect());
        values.0.insert("CI_PROJECT_DIR".to_owned(), root.to_string_lossy().into_owned());
        let mut script = Script::default();
        for part in ["before_script", "script", "after_script"].iter().filter_map(|name| job.value.entry(name)) {
            let own = part.value.text().map(|text| (text, part.line));
            let items = part.value.items().iter().filter_map(|item| Some((item.text()?, item.line)));
            own.into_iter().chain(items).for_each(|(text, line)| script.push(text, line));
        }
        out.extend(commands::builds(&script, path, root, &values));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Dockerfile and context below the root, stage, line.
    fn read(name: &str, text: &str) -> Vec<(String, String, Known<Option<String>>, u32)> {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let read = if name.contains("gitlab") { gitlab } else { github };
        let inside = |path: &Path| path.strip_prefix(room.path()).unwrap().to_str().unwrap().to_owned();
        let told = |build: &Build| {
            let context = match &build.context {
                Place::Directory(path) => inside(path),
                Place::Unknown => "?".to_owned(),
            };
            (inside(&build.dockerfile), context, build.target.clone(), build.by.line)
        };
        read(&path, room.path(), &mut Files::default()).iter().map(told).collect()
    }

    fn told(file: &str, context: &str, line: u32) -> (String, String, Known<Option<String>>, u32) {
        (file.to_owned(), context.to_owned(), Known::Yes(None), line)
    }

    #[test]
    fn steps_that_build_are_read() {
        let text = "env:\n  DIR: svc\njobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n      - uses: docker/build-push-action@v6\n        with:\n          \
                    context: ./app\n          file: docker/x\n      - uses: docker/build-push-action@v6\n        with: {context: '{{defaultContext}}:sub'}\n      - \
                    uses: docker/build-push-action@v6\n        with: {context: '${{ steps.x.outputs.y }}', file: ./docker/x}\n      - run: docker build -f y $DIR\n      - \
                    run: |\n          echo\n          docker build -f z ${{ env.DIR }}\n        working-directory: w\n";
        let wanted = [
            told("Dockerfile", "", 6),
            told("docker/x", "app", 7),
            told("sub/Dockerfile", "sub", 11),
            told("docker/x", "?", 13),
            told("y", "svc", 15),
            told("w/z", "w/svc", 18),
        ];
        assert_eq!(read(".github/workflows/ci.yml", text), wanted);
    }

    #[test]
    fn matrices_make_several_builds() {
        let step = "    steps:\n      - uses: docker/build-push-action@v6\n        with: {context: '${{ matrix.dir }}', file: '${{ matrix.image.file }}'}\n";
        let text = format!(
            "jobs:\n  a:\n    strategy:\n      matrix:\n        dir: [x, y]\n        image: [{{file: f}}]\n{step}"
        );
        assert_eq!(read("ci.yml", &text), [told("f", "x", 8), told("f", "y", 8)]);
        let text = format!(
            "jobs:\n  a:\n    strategy:\n      matrix:\n        include:\n          - {{dir: x, image: {{file: f}}}}\n          - {{dir: y}}\n{step}"
        );
        assert_eq!(read("ci.yml", &text), [told("f", "x", 9)]);
        let text = format!("jobs:\n  a:\n    strategy:\n      matrix: ${{{{ fromJSON(x) }}}}\n{step}");
        assert_eq!(read("ci.yml", &text), []);
    }

    #[test]
    fn pipelines_of_gitlab_are_read() {
        let text = "variables:\n  DIR: svc\nbuild:\n  before_script:\n    - cd app\n  script:\n    - docker build -t x -f Dockerfile.prod .\nkaniko:\n  script:\n    - \
                    /kaniko/executor --context \"${CI_PROJECT_DIR}/$DIR\" --dockerfile \"${CI_PROJECT_DIR}/k\"\n    - docker push x\n";
        assert_eq!(read(".gitlab-ci.yml", text), [told("app/Dockerfile.prod", "app", 7), told("k", "svc", 10)]);
    }
}
