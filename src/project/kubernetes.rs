//! Manifests of Kubernetes and charts of Helm: what workloads ask for when they run an image. A manifest names an image, and not
//! the Dockerfile that it is built from: it speaks of each Dockerfile of the project, unless the image is one that is known to be
//! another's. Templates are read with their actions taken away; what an action decides counts as said.

use crate::facts::Setting;
use crate::knowledge::images;
use crate::project::builds::By;
use crate::project::document::{self, Entry, Kind, Node};
use crate::project::files::Files;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Directories in which people keep manifests and charts.
const DIRECTORIES: [&str; 14] = [
    ".k8s",
    "chart",
    "charts",
    "deploy",
    "deployment",
    "deployments",
    "helm",
    "infra",
    "k8s",
    "kube",
    "kubernetes",
    "kustomize",
    "manifests",
    "ops",
];
/// How deep such a directory is looked into, and how many files of a project are read.
const DEEPEST: usize = 5;
const MOST_FILES: usize = 200;
/// Kinds that run containers.
const WORKLOADS: [&str; 8] =
    ["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"];

/// A container of a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// The last part of its image's name, without tag; `None` if a template decides it.
    pub image: Option<String>,
    /// What matters to the user that the program runs as.
    pub settings: Vec<(Setting, By)>,
}

/// Whether a directory of this name may hold manifests.
pub fn is_directory(name: &str) -> bool {
    DIRECTORIES.contains(&name)
}

/// Whether a file of this name may be a manifest.
pub fn is_name(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// The containers of all manifests in a directory, and in those below it.
pub fn below(directory: &Path, files: &mut Files) -> Vec<Container> {
    let mut paths = Vec::new();
    collect(directory, DEEPEST, &mut paths);
    paths.sort_unstable();
    paths.iter().flat_map(|path| containers(path, files)).collect()
}

fn collect(directory: &Path, depth: usize, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if directory && depth > 0 {
            collect(&path, depth - 1, out);
        } else if path.file_name().and_then(|name| name.to_str()).is_some_and(is_name) && out.len() < MOST_FILES {
            out.push(path);
        }
    }
}

/// The containers that a file speaks of: those of its workloads, or one for the values of a chart.
pub fn containers(path: &Path, files: &mut Files) -> Vec<Container> {
    let Some(text) = files.text(path) else { return Vec::new() };
    let values = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("values"));
    if !values && !WORKLOADS.iter().any(|kind| text.contains(kind)) {
        return Vec::new();
    }
    let by = |line| By { file: path.to_owned(), line };
    let template = text.contains("{{");
    let documents = if template { document::yaml(&without_actions(&text)) } else { document::yaml(&text) };
    match documents {
        Some(documents) if values => documents.iter().map(|one| of_values(one, &by)).collect(),
        Some(documents) => documents.iter().flat_map(|one| of_document(one, &by)).collect(),
        None => vec![by_lines(&text, &by)],
    }
}

impl Container {
    /// Whether it may run the image of a Dockerfile: not if its image is a public one, or is called as another directory beside
    /// that of the Dockerfile.
    pub fn may_run(&self, dockerfile: &Path) -> bool {
        let Some(image) = self.image.as_deref() else { return true };
        if images::find(image).is_some() {
            return false;
        }
        let own = dockerfile.parent();
        let beside = [own.and_then(Path::parent), own].into_iter().flatten().map(|directory| directory.join(image));
        let mut others = beside.filter(|other| Some(other.as_path()) != own);
        !others.any(|other| other.join("Dockerfile").is_file())
    }
}

/// A template without its actions: a line that is only one goes, within a line a word stands for it.
fn without_actions(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let only = line.trim().starts_with("{{") && line.trim_end().ends_with("}}") && line.matches("{{").count() == 1;
        let mut rest = if only { "" } else { line };
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            out.push_str("TEMPLATE");
            rest = after.split_once("}}").map_or("", |(_, rest)| rest);
        }
        out.push_str(rest);
        out.push('\n');
    }
    out
}

/// The containers of a workload, or of those in a list.
fn of_document(node: &Node, by: &dyn Fn(u32) -> By) -> Vec<Container> {
    let kind = node.get("kind").and_then(Node::text).unwrap_or_default();
    if kind == "List" {
        return node.get("items").map_or(&[][..], Node::items).iter().flat_map(|one| of_document(one, by)).collect();
    }
    let Some(spec) = node.get("spec").filter(|_| WORKLOADS.contains(&kind)) else { return Vec::new() };
    let job = if kind == "CronJob" { spec.get("jobTemplate").and_then(|job| job.get("spec")) } else { Some(spec) };
    let template = || job?.get("template")?.get("spec");
    let pod = if kind == "Pod" { Some(spec) } else { template() };
    pod.map_or_else(Vec::new, |pod| of_pod(pod, by))
}

fn of_pod(pod: &Node, by: &dyn Fn(u32) -> By) -> Vec<Container> {
    let lists = ["containers", "initContainers"].into_iter().filter_map(|key| pod.get(key));
    let all: Vec<&Rc<Node>> = lists.flat_map(Node::items).collect();
    let container = |node: &&Rc<Node>| {
        let mut settings = of_all(pod, by);
        settings.extend(of_container(node, pod, by));
        Container { image: node.get("image").and_then(Node::text).and_then(last_part), settings }
    };
    all.iter().map(container).collect()
}

/// `registry/team/shop:1.2` is `shop`.
pub fn last_part(image: &str) -> Option<String> {
    let name = image.split(['@']).next()?.rsplit('/').next()?.split(':').next()?;
    (!image.contains("TEMPLATE") && !image.contains('$') && !name.is_empty()).then(|| name.to_owned())
}

/// What a pod says of all its containers.
fn of_all(pod: &Node, by: &dyn Fn(u32) -> By) -> Vec<(Setting, By)> {
    let mut out = Vec::new();
    for entry in pod.entries() {
        let setting = match entry.key.as_str() {
            "hostPID" | "hostIPC" if may_hold(&entry.value) => Setting::HostNamespace(entry.key[4..].to_lowercase()),
            "hostNetwork" if may_hold(&entry.value) => Setting::HostNetwork,
            _ => continue,
        };
        out.push((setting, by(entry.line)));
    }
    out.extend(pod.get("securityContext").map_or_else(Vec::new, |context| of_security(context, by)));
    out
}

fn of_container(node: &Node, pod: &Node, by: &dyn Fn(u32) -> By) -> Vec<(Setting, By)> {
    let mut out = Vec::new();
    for entry in node.entries() {
        let items = || entry.value.items().iter();
        match entry.key.as_str() {
            "securityContext" => out.extend(of_security(&entry.value, by)),
            "command" if !matches!(entry.value.kind, Kind::Null) => {
                out.push((Setting::Command(entry.key.clone()), by(entry.line)));
            }
            "ports" => out.extend(items().filter_map(|item| {
                let port = item.entry("containerPort")?;
                Some((Setting::Port(port.value.text()?.parse().ok()?), by(port.line)))
            })),
            "volumeMounts" => out.extend(items().filter_map(|item| Some((mount(item, pod)?, by(item.line))))),
            _ => {}
        }
    }
    out
}

/// Rights, capabilities and a user.
fn of_security(context: &Node, by: &dyn Fn(u32) -> By) -> Vec<(Setting, By)> {
    let mut out = Vec::new();
    for entry in context.entries() {
        match entry.key.as_str() {
            "privileged" if may_hold(&entry.value) => out.push((Setting::Privileged, by(entry.line))),
            "runAsUser" => out.push((Setting::User(entry.value.text().unwrap_or_default().to_owned()), by(entry.line))),
            "capabilities" => {
                let add = entry.value.get("add").map_or(&[][..], Node::items);
                let name = |one: &Rc<Node>| one.text().unwrap_or("?").to_owned();
                out.extend(add.iter().map(|one| (Setting::Capability(name(one)), by(one.line))));
            }
            _ => {}
        }
    }
    out
}

/// Whether a truth value holds, or a template decides.
fn may_hold(node: &Node) -> bool {
    node.is_true() || node.text().is_none_or(|text| text.contains("TEMPLATE"))
}

/// What a mount brings: nothing that matters, if Kubernetes makes it open to all, or writes it itself.
fn mount(node: &Node, pod: &Node) -> Option<Setting> {
    let target = node.get("mountPath").and_then(Node::text).unwrap_or_default().to_owned();
    let read_only = node.get("readOnly").is_some_and(Node::is_true);
    let name = node.get("name").and_then(Node::text);
    let volumes = pod.get("volumes").map_or(&[][..], Node::items);
    let volume = volumes.iter().find(|volume| volume.get("name").and_then(Node::text) == name);
    let source = |key: &str| volume.and_then(|volume| volume.get(key));
    let open = ["configMap", "downwardAPI", "emptyDir", "projected", "secret"].iter().any(|key| source(key).is_some());
    if open {
        return None;
    }
    let path = source("hostPath").and_then(|host| host.get("path")).and_then(Node::text);
    Some(match path {
        Some(path) if path.ends_with(".sock") => Setting::EngineSocket(path.to_owned()),
        Some(path) if path.starts_with("/dev") => Setting::Device(path.to_owned()),
        // a claim's files are root's, unless the pod says a group for them
        None if pod.get("securityContext").is_some_and(|context| context.get("fsGroup").is_some()) => return None,
        _ => Setting::HostMount { target, read_only },
    })
}

/// What the values of a chart say of security, wherever they say it.
fn of_values(node: &Node, by: &dyn Fn(u32) -> By) -> Container {
    let mut settings = Vec::new();
    walk(node, &mut |entry| {
        if entry.key.to_lowercase().ends_with("securitycontext") {
            settings.extend(of_security(&entry.value, by));
        }
    });
    Container { image: None, settings }
}

fn walk(node: &Node, f: &mut impl FnMut(&Entry)) {
    for entry in node.entries() {
        f(entry);
        walk(&entry.value, f);
    }
    node.items().iter().for_each(|item| walk(item, f));
}

/// What the lines of a text say that is no YAML.
fn by_lines(text: &str, by: &dyn Fn(u32) -> By) -> Container {
    let says = |line: &str| {
        let line = line.trim().trim_start_matches("- ");
        let (key, value) = line.split_once(':')?;
        let value = value.trim();
        match key {
            "privileged" if value != "false" => Some(Setting::Privileged),
            "hostPID" | "hostIPC" if value != "false" => Some(Setting::HostNamespace(key[4..].to_lowercase())),
            "runAsUser" => Some(Setting::User(value.to_owned())),
            "hostPath" => Some(Setting::HostMount { target: value.to_owned(), read_only: false }),
            "path" if value.ends_with(".sock") => Some(Setting::EngineSocket(value.to_owned())),
            "add" => Some(Setting::Capability(value.to_owned())),
            _ => None,
        }
    };
    let found = text.lines().zip(1..).filter_map(|(line, number)| Some((says(line)?, by(number))));
    Container { image: None, settings: found.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    /// The image of a container, and what it asks for in which line.
    type Asked = (Option<String>, Vec<(Setting, u32)>);

    fn read(name: &str, text: &str) -> Vec<Asked> {
        let room = TempDir::new().unwrap();
        fs::write(room.path().join(name), text).unwrap();
        let plain =
            |one: Container| (one.image, one.settings.into_iter().map(|(setting, by)| (setting, by.line)).collect());
        below(room.path(), &mut Files::default()).into_iter().map(plain).collect()
    }

    const POD: &str = "apiVersion: v1\nkind: Pod\nspec:\n  hostPID: true\n  containers:\n  - name: a\n    image: example.org/team/shop:1\n    \
                       securityContext:\n      privileged: true\n      runAsUser: 0\n      capabilities: {add: [NET_ADMIN]}\n    \
                       ports: [{containerPort: 80}]\n    volumeMounts:\n    - {name: d, mountPath: /data}\n    - {name: e, mountPath: /e}\n  \
                       volumes:\n  - {name: d, hostPath: {path: /srv}}\n  - {name: e, emptyDir: {}}\n";

    #[test]
    fn pods_say_what_they_ask_for() {
        let found = read("pod.yaml", POD);
        assert_eq!(found.len(), 1);
        let (image, settings) = &found[0];
        assert_eq!(image.as_deref(), Some("shop"));
        let wanted = [
            (Setting::HostNamespace("pid".to_owned()), 4),
            (Setting::Privileged, 9),
            (Setting::User("0".to_owned()), 10),
            (Setting::Capability("NET_ADMIN".to_owned()), 11),
            (Setting::Port(80), 12),
            (Setting::HostMount { target: "/data".to_owned(), read_only: false }, 14),
        ];
        assert_eq!(settings, &wanted);
    }

    #[test]
    fn workloads_hold_pods() {
        let spec = "containers: [{image: a, command: [x]}]";
        for text in [
            format!("kind: Deployment\nspec: {{template: {{spec: {{{spec}}}}}}}\n"),
            format!("kind: CronJob\nspec: {{jobTemplate: {{spec: {{template: {{spec: {{{spec}}}}}}}}}}}\n"),
            format!("kind: List\nitems: [{{kind: Job, spec: {{template: {{spec: {{{spec}}}}}}}}}]\n"),
        ] {
            let found = read("x.yml", &text);
            assert!(matches!(found[0].1[0].0, Setting::Command(_)), "{text}");
        }
        assert_eq!(read("x.yml", "kind: Service\nspec: {ports: [{port: 80}]}\n"), []);
    }

    #[test]
    fn claims_are_roots_unless_a_group_is_said() {
        let pod = |more: &str| {
            format!(
                "kind: Pod\nspec:\n  {more}\n  containers: [{{image: a, volumeMounts: [{{name: d, mountPath: /d}}]}}]\n  volumes: [{{name: d, persistentVolumeClaim: {{claimName: c}}}}]\n"
            )
        };
        assert!(matches!(read("x.yaml", &pod("restartPolicy: Always"))[0].1[0].0, Setting::HostMount { .. }));
        assert_eq!(read("x.yaml", &pod("securityContext: {fsGroup: 10001}"))[0].1, []);
    }

    #[test]
    fn templates_are_read_without_their_actions() {
        let text = "{{- if .Values.x }}\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - image: \"{{ .Values.image }}\"\n        \
                    securityContext:\n          privileged: {{ .Values.p }}\n{{- end }}\n";
        assert_eq!(read("d.yaml", text), [(None, vec![(Setting::Privileged, 9)])]);
        let broken = "kind: Deployment\n  {{- x }}: [\nprivileged: true\n  add: [NET_RAW]\n";
        assert_eq!(read("d.yaml", broken)[0].1.len(), 2);
        let values = "web:\n  securityContext:\n    runAsUser: 0\n";
        assert_eq!(read("values.yaml", values), [(None, vec![(Setting::User("0".to_owned()), 3)])]);
    }

    #[test]
    fn images_of_others_are_told_apart() {
        let room = TempDir::new().unwrap();
        for name in ["shop", "cart"] {
            fs::create_dir(room.path().join(name)).unwrap();
            fs::write(room.path().join(name).join("Dockerfile"), "").unwrap();
        }
        let runs = |image: &str| {
            Container { image: Some(image.to_owned()), settings: Vec::new() }
                .may_run(&room.path().join("shop/Dockerfile"))
        };
        assert_eq!((runs("shop"), runs("cart"), runs("redis"), runs("other")), (true, false, false, true));
    }
}
