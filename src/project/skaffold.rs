//! `skaffold.yaml`: the images that Skaffold builds.

use crate::facts::Known;
use crate::project::builds::{Build, By, join, place};
use crate::project::document::Node;
use crate::project::files::Files;
use std::collections::BTreeMap;
use std::path::Path;

/// Whether a file of this name is one of Skaffold.
pub fn is_name(name: &str) -> bool {
    matches!(name, "skaffold.yaml" | "skaffold.yml")
}

/// The builds of the artifacts of Skaffold, those of profiles as well.
pub fn builds(path: &Path, files: &mut Files) -> Vec<Build> {
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
        let found = builds(&path, &mut Files::default());
        let files: Vec<_> = found.iter().map(|build| (build.dockerfile.clone(), build.by.line)).collect();
        let at = |name: &str| room.path().join(name);
        assert_eq!(files, [(at("d/x"), 3), (at("Dockerfile"), 6), (at("p/Dockerfile"), 12)]);
        assert_eq!(
            (&found[0].context, &found[0].target),
            (&Place::Directory(at("app")), &Known::Yes(Some("dev".to_owned())))
        );
        assert_eq!((found[0].args["A"].get().map(String::as_str), &found[0].args["B"]), (Some("1"), &Known::Unknown));
    }
}
