//! Bake files (`docker buildx bake`), in HCL and JSON: the targets that they build.
//!
//! Variables count with their defaults, `inherits` and `matrix` as far as they are plain. Functions, conditions and whatever else must
//! be computed are unknown. Targets that others only inherit from are none that is built.

mod hcl;
mod value;

use crate::facts::Known;
use crate::project::builds::{Build, By, Place, further_context, is_remote, join, place};
use crate::project::document::{self, Node};
use crate::project::files::Files;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use value::{Item, Value, Variables};

/// The files that bake reads without being told, in their order; later ones weigh more.
const DEFAULT_NAMES: [&str; 4] =
    ["docker-bake.json", "docker-bake.hcl", "docker-bake.override.json", "docker-bake.override.hcl"];
/// How deep targets may inherit from each other.
const DEEPEST: usize = 8;
/// How many targets a matrix may make.
const MOST: usize = 64;

/// Whether a file of this name is a bake file.
pub fn is_name(name: &str) -> bool {
    let stem = name.strip_suffix(".hcl").or_else(|| name.strip_suffix(".json"));
    stem.is_some_and(|stem| stem.split(['.', '-', '_']).any(|part| part == "bake"))
}

/// The builds that the bake files of a directory say, if they are run in one of `currents`.
pub fn builds(directory: &Path, names: &[String], currents: &[PathBuf], files: &mut Files) -> Vec<Build> {
    let is_default = |name: &&String| DEFAULT_NAMES.contains(&name.as_str());
    let mut together = File::default();
    for name in DEFAULT_NAMES.iter().filter(|name| names.iter().any(|other| other == *name)) {
        together.extend(File::read(&directory.join(name), files));
    }
    let others = names.iter().filter(|name| !is_default(name)).map(|name| File::read(&directory.join(name), files));
    let all: Vec<File> = others.chain([together]).collect();
    all.iter().flat_map(|file| file.builds(currents)).collect()
}

/// The builds that one bake file says, if it is run in one of `currents`.
pub fn builds_of(path: &Path, currents: &[PathBuf], files: &mut Files) -> Vec<Build> {
    File::read(path, files).builds(currents)
}

/// What bake files say.
#[derive(Default)]
struct File {
    variables: BTreeMap<String, Value>,
    targets: BTreeMap<String, Target>,
    /// The targets of all groups.
    grouped: BTreeSet<String>,
}

/// A target as it is written.
#[derive(Clone, Debug)]
struct Target {
    by: By,
    fields: BTreeMap<String, Value>,
}

impl File {
    fn read(path: &Path, files: &mut Files) -> File {
        let Some(text) = files.text(path).filter(|text| text.contains("target")) else { return File::default() };
        let read = match path.extension().is_some_and(|ending| ending == "hcl") {
            true => hcl::read(&text, path),
            false => document::json(&text).map(|document| from_json(&document, path)),
        };
        read.unwrap_or_default()
    }

    fn extend(&mut self, other: File) {
        self.variables.extend(other.variables);
        self.grouped.extend(other.grouped);
        for (name, target) in other.targets {
            match self.targets.get_mut(&name) {
                Some(known) => {
                    known.fields.extend(target.fields);
                    known.by = target.by;
                }
                None => drop(self.targets.insert(name, target)),
            }
        }
    }

    fn builds(&self, currents: &[PathBuf]) -> Vec<Build> {
        let inherited: BTreeSet<String> =
            self.targets.values().flat_map(|target| self.names(target.fields.get("inherits"))).collect();
        let mut out = Vec::new();
        for (name, target) in &self.targets {
            if name.starts_with('_') || (inherited.contains(name) && !self.grouped.contains(name)) {
                continue;
            }
            let fields = self.fields(target, DEEPEST);
            for variables in self.matrix(fields.get("matrix")) {
                // run elsewhere, its paths mean other files
                let found = currents.iter().filter_map(|current| build(target, &fields, &variables, current));
                let found: Vec<Build> = found.collect();
                let there = |build: &&Build| build.dockerfile.is_file();
                match found.iter().any(|build| there(&build)) {
                    true => out.extend(found.iter().filter(there).cloned()),
                    false => out.extend(found.into_iter().next()),
                }
            }
        }
        out
    }

    fn names(&self, value: Option<&Value>) -> Vec<String> {
        let Some(Value::List(items)) = value else { return Vec::new() };
        items.iter().filter_map(|item| item.text(&self.variables).get().cloned()).collect()
    }

    /// The fields of a target, with those that it inherits.
    fn fields(&self, target: &Target, depth: usize) -> BTreeMap<String, Value> {
        let mut out = BTreeMap::new();
        let Some(depth) = depth.checked_sub(1) else { return out };
        for parent in self.names(target.fields.get("inherits")).iter().filter_map(|name| self.targets.get(name)) {
            lay(&mut out, self.fields(parent, depth));
        }
        lay(&mut out, target.fields.clone());
        out
    }

    /// The variables of each target that a matrix makes; those of the file alone without one.
    fn matrix(&self, matrix: Option<&Value>) -> Vec<Variables> {
        let mut out = vec![self.variables.clone()];
        let Some(Value::Map(axes)) = matrix else { return out };
        for (name, items) in axes {
            let items = match items {
                Value::List(items) => items.clone(),
                _ => vec![Value::Unknown],
            };
            out = out.iter().flat_map(|variables| items.iter().map(|item| with(variables, name, item))).collect();
            out.truncate(MOST);
        }
        out
    }
}

fn with(variables: &Variables, name: &str, item: &Value) -> Variables {
    let mut out = variables.clone();
    out.insert(name.to_owned(), item.clone());
    out
}

/// Lays fields over others: mappings are joined, everything else is replaced.
fn lay(below: &mut BTreeMap<String, Value>, over: BTreeMap<String, Value>) {
    for (name, value) in over {
        match (below.get_mut(&name), value) {
            (Some(Value::Map(known)), Value::Map(more)) => known.extend(more),
            (_, value) => drop(below.insert(name, value)),
        }
    }
}

fn build(target: &Target, fields: &BTreeMap<String, Value>, variables: &Variables, current: &Path) -> Option<Build> {
    if fields.contains_key("dockerfile-inline") {
        return None;
    }
    let text = |name: &str| fields.get(name).map(|value| value.text(variables));
    let context = place(current, &text("context").unwrap_or_else(|| Known::Yes(".".to_owned())));
    let dockerfile = match (text("dockerfile"), &context) {
        (None, Place::Directory(directory)) => directory.join("Dockerfile"),
        (Some(Known::Yes(name)), Place::Directory(directory)) => join(directory, name),
        // a file of its own with a context from elsewhere
        (Some(Known::Yes(name)), Place::Unknown) if !is_remote(&name) => join(current, name),
        _ => return None,
    };
    let pairs = |name: &str| match fields.get(name) {
        Some(Value::Map(entries)) => {
            entries.iter().map(|(name, value)| (name.clone(), value.text(variables))).collect()
        }
        _ => BTreeMap::new(),
    };
    let stage = match text("target") {
        None => Known::Yes(None),
        Some(Known::Yes(name)) => Known::Yes(Some(name).filter(|name| !name.is_empty())),
        Some(Known::Unknown) => Known::Unknown,
    };
    let contexts = pairs("contexts").into_iter().map(|(name, value)| (name, further_context(current, value))).collect();
    let build = Build::new(dockerfile, context, target.by.clone());
    Some(Build { target: stage, args: pairs("args"), contexts, ..build })
}

fn from_json(document: &Node, path: &Path) -> File {
    let mut file = File::default();
    let part = |name: &str| document.get(name).map_or(&[][..], Node::entries);
    for entry in part("variable") {
        let default = entry.value.get("default").map_or(Value::Unknown, json_value);
        file.variables.insert(entry.key.clone(), default);
    }
    for entry in part("group") {
        let names = entry.value.get("targets").map_or(&[][..], Node::items);
        file.grouped.extend(names.iter().filter_map(|name| name.text()).map(str::to_owned));
    }
    for entry in part("target") {
        let fields = entry.value.entries().iter().map(|field| (field.key.clone(), json_value(&field.value))).collect();
        let by = By { file: path.to_owned(), line: entry.line };
        file.targets.insert(entry.key.clone(), Target { by, fields });
    }
    file
}

/// A value of JSON; its strings are templates.
fn json_value(node: &Node) -> Value {
    match &node.kind {
        document::Kind::Text(text) => Value::Text(template(text)),
        document::Kind::List(items) => Value::List(items.iter().map(|item| json_value(item)).collect()),
        document::Kind::Map(entries) => {
            Value::Map(entries.iter().map(|entry| (entry.key.clone(), json_value(&entry.value))).collect())
        }
        document::Kind::Null | document::Kind::Unknown => Value::Unknown,
    }
}

/// `a${NAME}b`; what stands in braces and is more than a name is unknown.
fn template(text: &str) -> Vec<Item> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push(Item::Literal(before.to_owned()));
        let Some((inner, after)) = after.split_once('}') else { return vec![Item::Unknown] };
        out.push(Item::named(inner.trim()));
        rest = after;
    }
    out.push(Item::Literal(rest.to_owned()));
    out
}

#[cfg(test)]
mod tests;
