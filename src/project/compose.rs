//! Compose files: the images that services build, and what the services ask for when they run them.
//!
//! Read as the Compose specification has it: `build` as a string or a mapping, `extends`, `include`, variables with defaults and
//! `.env`. All profiles count. A file beside the first one (`compose.prod.yaml`) is read on its own and laid over that one, since it
//! may be meant either way for what it says itself.

mod service;

use crate::facts::{Known, Setting};
use crate::project::builds::{Build, By, Place, further_context, is_remote, join, place};
use crate::project::document::{Entry, Kind, Node};
use crate::project::files::Files;
use crate::project::interpolate;
use crate::project::kubernetes::{self, Container};
use service::Service;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The files that compose reads without being told, the first one of them that is there.
const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// How deep services may extend each other.
const DEEPEST: usize = 8;
/// How many files may be included.
const MOST_FILES: usize = 64;

/// Whether a file of this name is a compose file: `compose.yaml`, `docker-compose.prod.yml`, `dev.compose.yml`.
pub fn is_name(name: &str) -> bool {
    let stem = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml"));
    stem.is_some_and(|stem| stem.split(['.', '-', '_']).any(|part| part == "compose"))
}

/// The builds that the compose files of a directory say.
pub fn builds(directory: &Path, names: &[String], files: &mut Files) -> Vec<Build> {
    let any = names.iter().any(|name| files.text(&directory.join(name)).is_some_and(|text| text.contains("build")));
    if !any {
        return Vec::new();
    }
    let base = DEFAULT_NAMES.iter().find(|name| names.iter().any(|other| other == *name));
    let base_path = base.map(|name| directory.join(name));
    let base = base_path.as_deref().map(|path| Reader::new(files).services(path)).unwrap_or_default();
    let mut out = finished(&base);
    for name in names.iter().map(|name| directory.join(name)).filter(|path| Some(path) != base_path.as_ref()) {
        let own = Reader::new(files).services(&name);
        let laid = own.into_iter().map(|(key, service)| match base.get(&key) {
            Some(below) => (key, below.clone().under(service)),
            None => (key, service),
        });
        out.extend(finished(&laid.collect()));
    }
    out
}

/// The builds that one compose file says, whatever its name.
pub fn builds_of(path: &Path, files: &mut Files) -> Vec<Build> {
    finished(&Reader::new(files).services(path))
}

/// The containers of services that build nothing, in the compose files of a directory: each may run an image that is built elsewhere
/// from one of the project's Dockerfiles.
pub fn unbuilt(directory: &Path, names: &[String], files: &mut Files) -> Vec<Container> {
    let mut out = Vec::new();
    for name in names {
        let services = Reader::new(files).services(&directory.join(name));
        let built = |image: &Known<String>| {
            services.values().any(|other| other.build.is_some() && other.image.as_ref() == Some(image))
        };
        for service in services.values().filter(|service| service.build.is_none()) {
            let Some(image) = service.image.as_ref().filter(|image| !built(image)) else { continue };
            let image = image.get().and_then(|image| kubernetes::last_part(image));
            out.push(Container { image, settings: service.settings.clone() });
        }
    }
    out
}

/// The builds of services. A service that only names an image runs the one that another service builds by that name.
fn finished(services: &Services) -> Vec<Build> {
    let mut out: Vec<(Option<&str>, Build)> = Vec::new();
    for service in services.values() {
        let image = service.image.as_ref().and_then(Known::get).map(String::as_str);
        out.extend(service.finish().map(|build| (image, build)));
    }
    for service in services.values().filter(|service| service.build.is_none()) {
        let Some(Known::Yes(image)) = &service.image else { continue };
        let settings = service.settings.iter().cloned();
        if let Some((_, build)) = out.iter_mut().find(|(name, _)| *name == Some(image.as_str())) {
            build.services.extend(settings);
        }
    }
    out.into_iter().map(|(_, build)| build).collect()
}

/// Services by their names. An included file has names of its own, which begin with its path.
type Services = BTreeMap<String, Service>;

struct Reader<'f> {
    files: &'f mut Files,
    /// The files that were read for their services.
    read: BTreeSet<PathBuf>,
}

impl<'f> Reader<'f> {
    fn new(files: &'f mut Files) -> Reader<'f> {
        Reader { files, read: BTreeSet::new() }
    }

    /// The services of a file and of those that it includes; none of one that was read before.
    fn services(&mut self, path: &Path) -> Services {
        let mut out = Services::new();
        if self.read.len() >= MOST_FILES || !self.read.insert(path.to_owned()) {
            return out;
        }
        let Some(document) = self.files.yaml(path).and_then(|all| all.first().cloned()) else { return out };
        let Some(directory) = path.parent() else { return out };
        for included in self.included(&document, directory) {
            let services = self.services(&included);
            out.extend(services.into_iter().map(|(name, service)| (format!("{}:{name}", included.display()), service)));
        }
        for entry in document.get("services").map_or(&[][..], Node::entries) {
            if let Some(service) = self.service(path, &document, &entry.key, DEEPEST) {
                out.insert(entry.key.clone(), service);
            }
        }
        out
    }

    /// The files that a file includes.
    fn included(&mut self, document: &Node, directory: &Path) -> Vec<PathBuf> {
        let mut out = Vec::new();
        for one in document.get("include").map_or(&[][..], Node::items) {
            let paths: Vec<&str> = match one.get("path") {
                Some(path) => {
                    path.text().into_iter().chain(path.items().iter().filter_map(|item| item.text())).collect()
                }
                None => one.text().into_iter().collect(),
            };
            for path in paths {
                if let Known::Yes(path) = self.value(path, directory)
                    && !is_remote(&path)
                {
                    out.push(join(directory, &path));
                }
            }
        }
        out
    }

    /// A service of a document, with what it extends below it.
    fn service(&mut self, path: &Path, document: &Node, name: &str, depth: usize) -> Option<Service> {
        let depth = depth.checked_sub(1)?;
        let node = document.get("services")?.get(name)?;
        let own = self.read(path, node);
        let below = node.get("extends").and_then(|extends| self.extended(path, document, extends, depth));
        Some(match below {
            Some(below) => below.under(own),
            None => own,
        })
    }

    fn extended(&mut self, path: &Path, document: &Node, extends: &Node, depth: usize) -> Option<Service> {
        let name = extends.text().or_else(|| extends.get("service")?.text())?;
        let directory = path.parent()?;
        match extends.get("file").and_then(Node::text) {
            None => self.service(path, document, name, depth),
            Some(file) => {
                let Known::Yes(file) = self.value(file, directory) else { return None };
                let other = join(directory, &file);
                let document = self.files.yaml(&other)?.first().cloned()?;
                self.service(&other, &document, name, depth)
            }
        }
    }

    /// A service as it is written.
    fn read(&mut self, path: &Path, node: &Node) -> Service {
        let directory = path.parent().unwrap_or(path);
        let variables = self.files.env(directory);
        let value = |text: &str| interpolate::interpolate(text, &*variables);
        Service {
            image: node.get("image").and_then(Node::text).map(value),
            build: node.entry("build").and_then(|entry| service::build(entry, directory, path, &value)),
            settings: service::settings(node, path, &value),
        }
    }

    fn value(&mut self, text: &str, directory: &Path) -> Known<String> {
        interpolate::interpolate(text, &*self.files.env(directory))
    }
}

#[cfg(test)]
mod tests;
