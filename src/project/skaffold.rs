//! `skaffold.yaml` and `devcontainer.json`.

use crate::facts::{Known, Setting};
use crate::project::builds::{Build, By, join, place};
use crate::project::document::{self, Kind, Node};
use crate::project::files::Files;
use std::collections::BTreeMap;
use std::path::Path;

/// Whether a file of this name is one of Skaffold.
pub fn is_skaffold(name: &str) -> bool {
    matches!(name, "skaffold.yaml" | "skaffold.yml")
}

/// Whether a file of this name says how to develop in a container.
pub fn is_devcontainer(name: &str) -> bool {
    matches!(name, "devcontainer.json" | ".devcontainer.json")
}

/// The builds of the artifacts of Skaffold, those of profiles as well.
pub fn skaffold(path: &Path, files: &mut Files) -> Vec<Build> {
    if !files.text(path).is_some_and(|text| text.contains("artifacts")) {
        return Vec::new();
    }
    let (Some(documents), Some(directory)) = (files.yaml(path), path.parent()) else { return Vec::new() };
    let profiles = |document: &Node| document.get("profiles").map_or(Vec::new(), |all| all.items().to_vec());
    let mut out = Vec::new();
    for document in documents.iter().flat_map(|document| [vec![document.clone()], profiles(document)].concat()) {
        let artifacts = document.get("build").and_then(|build| build.get("artifacts"));
        out.extend(artifacts.map_or(&[][..], Node::items).iter().filter_map(|one| artifact(one, path, directory)));
    }
    out
}

fn artifact(node: &Node, path: &Path, directory: &Path) -> Option<Build> {
    let builder = |name: &str| node.get(name);
    // other builders read no Dockerfile
    let other = ["jib", "ko", "buildpacks", "bazel", "custom"].iter().any(|name| builder(name).is_some());
    if other {
        return None;
    }
    let docker = builder("docker").or_else(|| builder("kaniko"));
    let text = |name: &str| docker.and_then(|docker| docker.get(name)).map(value);
    let context = join(directory, node.get("context").map_or(Some("."), Node::text)?);
    let dockerfile = match text("dockerfile") {
        None => context.join("Dockerfile"),
        Some(Known::Yes(name)) => join(&context, name),
        Some(Known::Unknown) => return None,
    };
    let target = text("target").map_or(Known::Yes(None), |target| match target {
        Known::Yes(name) => Known::Yes(Some(name)),
        Known::Unknown => Known::Unknown,
    });
    let args = pairs(docker.and_then(|docker| docker.get("buildArgs")));
    let by = By { file: path.to_owned(), line: node.line };
    let context = place(&context, &Known::Yes(".".to_owned()));
    Some(Build { target, args, ..Build::new(dockerfile, context, by) })
}

/// A text without templates.
fn value(node: &Node) -> Known<String> {
    let text = node.text().filter(|text| !text.contains("{{") && !text.contains("${"));
    text.map_or(Known::Unknown, |text| Known::Yes(text.to_owned()))
}

fn pairs(node: Option<&Node>) -> BTreeMap<String, Known<String>> {
    let entries = node.map_or(&[][..], Node::entries);
    entries.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect()
}

/// The build of a container to develop in. The working tree is mounted into it.
pub fn devcontainer(path: &Path, files: &mut Files) -> Vec<Build> {
    let Some(text) = files.text(path).filter(|text| text.to_lowercase().contains("dockerfile")) else {
        return Vec::new();
    };
    let (Some(document), Some(directory)) = (document::json(&text), path.parent()) else { return Vec::new() };
    let part = document.get("build");
    let get = |name: &str| part.and_then(|part| part.entry(name));
    let Some(file) = get("dockerfile").or_else(|| document.entry("dockerFile")) else { return Vec::new() };
    let Known::Yes(name) = value(&file.value) else { return Vec::new() };
    let context = get("context").or_else(|| document.entry("context"));
    let context = place(directory, &context.map_or(Known::Yes(".".to_owned()), |entry| value(&entry.value)));
    let target = match get("target").map(|entry| value(&entry.value)) {
        None => Known::Yes(None),
        Some(Known::Yes(name)) => Known::Yes(Some(name)),
        Some(Known::Unknown) => Known::Unknown,
    };
    let by = |line| By { file: path.to_owned(), line };
    let mount = Setting::HostMount { target: "/workspaces".to_owned(), read_only: false };
    let services = [(mount, by(file.line))].into_iter().chain(asked(&document, &by)).collect();
    let args = pairs(get("args").map(|entry| &*entry.value));
    let build = Build::new(join(directory, name), context, by(file.line));
    vec![Build { target, args, services, develops: true, ..build }]
}

/// What it asks of the engine.
fn asked(document: &Node, by: &dyn Fn(u32) -> By) -> Vec<(Setting, By)> {
    let mut out = Vec::new();
    for entry in document.entries() {
        let texts = || entry.value.items().iter().filter_map(|item| Some((item.text()?, item.line)));
        match entry.key.as_str() {
            "privileged" if entry.value.is_true() => out.push((Setting::Privileged, by(entry.line))),
            "capAdd" => out.extend(texts().map(|(name, line)| (Setting::Capability(name.to_owned()), by(line)))),
            "runArgs" => out.extend(texts().filter_map(|(text, line)| Some((option(text)?, by(line))))),
            "remoteUser" | "containerUser" => {
                if let Kind::Text(user) = &entry.value.kind {
                    out.push((Setting::User(user.clone()), by(entry.line)));
                }
            }
            _ => {}
        }
    }
    out
}

fn option(text: &str) -> Option<Setting> {
    match text.split_once('=').unwrap_or((text, "")) {
        ("--privileged", _) => Some(Setting::Privileged),
        ("--cap-add", name) => Some(Setting::Capability(name.to_owned())),
        ("--device", name) => Some(Setting::Device(name.to_owned())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::builds::Place;
    use std::fs;

    #[test]
    fn artifacts_are_read() {
        let text = "build:\n  artifacts:\n    - image: a\n      context: app\n      docker: {dockerfile: ../d/x, target: dev, buildArgs: {A: 1, B: '{{.X}}'}}\n    - image: b\n    - \
                    image: c\n      ko: {}\nprofiles:\n  - name: p\n    build:\n      artifacts: [{image: d, context: p}]\n";
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join("skaffold.yaml");
        fs::write(&path, text).unwrap();
        let found = skaffold(&path, &mut Files::default());
        let files: Vec<_> = found.iter().map(|build| (build.dockerfile.clone(), build.by.line)).collect();
        let at = |name: &str| room.path().join(name);
        assert_eq!(files, [(at("d/x"), 3), (at("Dockerfile"), 6), (at("p/Dockerfile"), 12)]);
        assert_eq!(
            (&found[0].context, &found[0].target),
            (&Place::Directory(at("app")), &Known::Yes(Some("dev".to_owned())))
        );
        assert_eq!((found[0].args["A"].get().map(String::as_str), &found[0].args["B"]), (Some("1"), &Known::Unknown));
    }

    #[test]
    fn containers_to_develop_in_are_read() {
        let text = "// a comment\n{\n  \"build\": {\n    \"dockerfile\": \"Dockerfile\",\n    \"context\": \"..\",\n    \"args\": {\"V\": \"1\", \"W\": \"${localEnv:W}\"},\n  },\n  \
                    \"runArgs\": [\"--cap-add=SYS_PTRACE\", \"--init\"],\n  \"remoteUser\": \"vscode\",\n}\n";
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join(".devcontainer/devcontainer.json");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let found = devcontainer(&path, &mut Files::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].dockerfile, &found[0].context),
            (&path.with_file_name("Dockerfile"), &Place::Directory(room.path().to_owned()))
        );
        assert_eq!((found[0].by.line, found[0].develops, &found[0].args["W"]), (4, true, &Known::Unknown));
        let asked: Vec<_> = found[0].services.iter().map(|(setting, by)| (setting.clone(), by.line)).collect();
        assert!(
            asked.contains(&(Setting::Capability("SYS_PTRACE".to_owned()), 8))
                && asked.contains(&(Setting::User("vscode".to_owned()), 9))
        );
    }
}
