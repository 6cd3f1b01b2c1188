//! `devcontainer.json`: the image that an editor builds to develop in.

use crate::facts::{Known, Setting};
use crate::project::builds::{Build, By, join, place};
use crate::project::document::{self, Kind, Node};
use crate::project::files::Files;
use std::path::Path;

/// Whether a file of this name says how to develop in a container.
pub fn is_name(name: &str) -> bool {
    matches!(name, "devcontainer.json" | ".devcontainer.json")
}

/// The build of a container to develop in. The working tree is mounted into it.
pub fn builds(path: &Path, files: &mut Files) -> Vec<Build> {
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
    let args = get("args").map_or(&[][..], |entry| entry.value.entries());
    let args = args.iter().map(|entry| (entry.key.clone(), value(&entry.value))).collect();
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

/// A text without variables of the editor.
fn value(node: &Node) -> Known<String> {
    let text = node.text().filter(|text| !text.contains("${"));
    text.map_or(Known::Unknown, |text| Known::Yes(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::builds::Place;
    use std::fs;

    #[test]
    fn containers_to_develop_in_are_read() {
        let text = "// a comment\n{\n  \"build\": {\n    \"dockerfile\": \"Dockerfile\",\n    \"context\": \"..\",\n    \"args\": {\"V\": \"1\", \"W\": \"${localEnv:W}\"},\n  },\n  \
                    \"runArgs\": [\"--cap-add=SYS_PTRACE\", \"--init\"],\n  \"remoteUser\": \"vscode\",\n}\n";
        let room = tempfile::tempdir().unwrap();
        let path = room.path().join(".devcontainer/devcontainer.json");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let found = builds(&path, &mut Files::default());
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
