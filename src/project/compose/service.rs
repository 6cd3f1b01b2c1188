//! One service of a compose file: what it builds, and what it asks for when it runs.

use super::*;

/// A service.
#[derive(Clone, Debug, Default)]
pub struct Service {
    /// The image's name.
    pub image: Option<Known<String>>,
    /// What it builds.
    pub build: Option<BuildPart>,
    /// What matters to the user that the program runs as.
    pub settings: Vec<(Setting, By)>,
}

/// What `build` says; what is not said here may be said by another file.
#[derive(Clone, Debug)]
pub struct BuildPart {
    context: Option<Place>,
    dockerfile: Option<Known<String>>,
    inline: bool,
    target: Option<Known<String>>,
    args: BTreeMap<String, Known<String>>,
    contexts: BTreeMap<String, Known<String>>,
    directory: PathBuf,
    by: By,
}

impl Service {
    /// This one with another one over it, which has the last word; what either asks for counts.
    pub fn under(mut self, over: Service) -> Service {
        self.image = over.image.or(self.image);
        self.build = match (self.build, over.build) {
            (Some(below), Some(over)) => Some(below.under(over)),
            (below, over) => over.or(below),
        };
        let new = over.settings.into_iter().filter(|setting| !self.settings.contains(setting)).collect::<Vec<_>>();
        self.settings.extend(new);
        self
    }

    /// The build, where there is one of a file.
    pub fn finish(&self) -> Option<Build> {
        let part = self.build.as_ref().filter(|part| !part.inline)?;
        let context = part.context.clone().unwrap_or_else(|| Place::Directory(part.directory.clone()));
        let dockerfile = match (&part.dockerfile, &context) {
            (None, Place::Directory(directory)) => directory.join("Dockerfile"),
            (Some(Known::Yes(name)), Place::Directory(directory)) => join(directory, name),
            (Some(Known::Yes(name)), Place::Unknown) if Path::new(name).is_absolute() => join(Path::new(name), ""),
            // which file it is cannot be told
            _ => return None,
        };
        let target = match &part.target {
            None => Known::Yes(None),
            Some(Known::Yes(name)) => Known::Yes(Some(name.clone()).filter(|name| !name.is_empty())),
            Some(Known::Unknown) => Known::Unknown,
        };
        let build = Build::new(dockerfile, context, part.by.clone());
        let (args, contexts, services) = (part.args.clone(), part.contexts.clone(), self.settings.clone());
        Some(Build { target, args, contexts, services, ..build })
    }
}

impl BuildPart {
    fn under(mut self, over: BuildPart) -> BuildPart {
        self.inline = over.inline || (self.inline && over.dockerfile.is_none());
        if over.context.is_some() {
            self.context = over.context;
        }
        self.dockerfile = over.dockerfile.or(self.dockerfile);
        self.target = over.target.or(self.target);
        self.args.extend(over.args);
        self.contexts.extend(over.contexts);
        self.by = over.by;
        self
    }
}

/// Reads `build`.
pub fn build(entry: &Entry, directory: &Path, path: &Path, value: &dyn Fn(&str) -> Known<String>) -> Option<BuildPart> {
    let (node, by) = (&entry.value, By { file: path.to_owned(), line: entry.line });
    let context = node.text().or_else(|| node.get("context")?.text());
    if context.is_none() && node.entries().is_empty() {
        return None;
    }
    let text = |key: &str| node.get(key).map(|node| node.text().map_or(Known::Unknown, value));
    let contexts = pairs(node.get("additional_contexts"), value);
    let contexts = contexts.into_iter().map(|(name, one)| (name, further_context(directory, one))).collect();
    Some(BuildPart {
        context: context.map(|context| place(directory, &value(context))),
        dockerfile: text("dockerfile"),
        inline: node.get("dockerfile_inline").is_some(),
        target: text("target"),
        args: pairs(node.get("args"), value),
        contexts,
        directory: directory.to_owned(),
        by,
    })
}

/// A mapping, or a list of `NAME=VALUE`. What has no value gets it from the environment.
fn pairs(node: Option<&Node>, value: &dyn Fn(&str) -> Known<String>) -> BTreeMap<String, Known<String>> {
    let Some(node) = node else { return BTreeMap::new() };
    let mapped = node.entries().iter().map(|entry| {
        let from_environment = || value(&format!("${{{}}}", entry.key));
        let known = match &entry.value.kind {
            Kind::Text(text) => value(text),
            Kind::Null => from_environment(),
            _ => Known::Unknown,
        };
        (entry.key.clone(), known)
    });
    let listed = node.items().iter().filter_map(|item| item.text()).map(|text| match text.split_once('=') {
        Some((name, text)) => (name.to_owned(), value(text)),
        None => (text.to_owned(), value(&format!("${{{text}}}"))),
    });
    mapped.chain(listed).collect()
}

/// What a service asks for.
pub fn settings(node: &Node, path: &Path, value: &dyn Fn(&str) -> Known<String>) -> Vec<(Setting, By)> {
    let mut out = Vec::new();
    for entry in node.entries() {
        let mut add = |line: u32, setting: Setting| out.push((setting, By { file: path.to_owned(), line }));
        let known = |node: &Node| node.text().and_then(|text| value(text).get().cloned());
        let texts = || entry.value.items().iter().map(|item| (item.line, known(item).unwrap_or_default()));
        match entry.key.as_str() {
            "privileged" if entry.value.is_true() => add(entry.line, Setting::Privileged),
            "devices" => texts().for_each(|(line, device)| add(line, Setting::Device(device))),
            "cap_add" => texts().for_each(|(line, name)| add(line, Setting::Capability(name))),
            "pid" | "ipc" | "userns_mode" if entry.value.text() == Some("host") => {
                add(entry.line, Setting::HostNamespace(entry.key.clone()));
            }
            "network_mode" if entry.value.text() == Some("host") => add(entry.line, Setting::HostNetwork),
            "user" => add(entry.line, Setting::User(known(&entry.value).unwrap_or_default())),
            "command" | "entrypoint" if !matches!(entry.value.kind, Kind::Null) => {
                add(entry.line, Setting::Command(entry.key.clone()));
            }
            "volumes" => {
                let mounts = entry.value.items().iter();
                mounts.filter_map(|item| Some((item.line, mount(item, value)?))).for_each(|(line, one)| add(line, one));
            }
            "ports" | "expose" => {
                let ports = entry.value.items().iter().filter_map(|item| Some((item.line, port(item, &known)?)));
                ports.for_each(|(line, port)| add(line, Setting::Port(port)));
            }
            _ => {}
        }
    }
    out
}

/// The port in the container: of `80`, `8080:80`, `127.0.0.1:8080:80/tcp`, of a range the first one.
fn port(node: &Node, known: &dyn Fn(&Node) -> Option<String>) -> Option<u16> {
    let text = match node.get("target") {
        Some(target) => known(target)?,
        None => match known(node) {
            Some(text) => text,
            // the port outside is often a variable: the one inside stands behind the last colon
            None => node.text()?.rsplit(':').next()?.to_owned(),
        },
    };
    let inside = text.rsplit(':').next()?.split('/').next()?;
    inside.split('-').next()?.trim().parse().ok()
}

/// A mount: `SOURCE:TARGET:MODE`, `TARGET`, or a mapping.
fn mount(node: &Node, value: &dyn Fn(&str) -> Known<String>) -> Option<Setting> {
    if let Some(target) = node.get("target") {
        let part = |key: &str| node.get(key).and_then(Node::text);
        let target = target.text().and_then(|text| value(text).get().cloned()).unwrap_or_default();
        let source = part("source").map(|text| value(text).get().cloned().unwrap_or_default());
        let read_only = node.get("read_only").is_some_and(Node::is_true);
        let host = part("type") == Some("bind");
        return (part("type") != Some("tmpfs")).then(|| mounted(host, source.as_deref(), target, read_only));
    }
    let parts: Vec<String> = split(node.text()?)
        .into_iter()
        // a source that is not known is one of the host as likely as not
        .map(|part| value(part).get().cloned().unwrap_or_else(|| "/$".to_owned()))
        .collect();
    let (source, target, mode) = match parts.as_slice() {
        [target] => (None, target, ""),
        [source, target] => (Some(source.as_str()), target, ""),
        [source, target, mode] => (Some(source.as_str()), target, mode.as_str()),
        _ => return None,
    };
    let host = source.is_some_and(|source| source.starts_with(['/', '.', '~']));
    let read_only = mode.split(',').any(|word| word == "ro");
    Some(mounted(host, source, target.clone(), read_only))
}

fn mounted(host: bool, source: Option<&str>, target: String, read_only: bool) -> Setting {
    let socket = |path: &str| {
        ["docker.sock", "podman.sock", "containerd.sock", "crio.sock"].iter().any(|name| path.ends_with(name))
    };
    match () {
        () if socket(&target) || source.is_some_and(socket) => Setting::EngineSocket(target),
        () if host => Setting::HostMount { target, read_only },
        () => Setting::Volume { target, read_only },
    }
}

/// Splits at colons outside of `${…}`.
fn split(text: &str) -> Vec<&str> {
    let (mut out, mut start, mut open) = (Vec::new(), 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '{' => open += 1,
            '}' => open -= 1,
            ':' if open <= 0 => {
                out.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out
}
