//! What services of the project ask for when they run the image: more rights, mounts that belong to others, a user or a program of
//! their own.

use super::*;
use crate::engine::refusals::mark;
use crate::facts::{ServiceFact, Setting};

/// Fails where a service that runs the image needs what another user has not.
pub fn check(image: &Image) -> Result<(), No> {
    image.facts.services(image.stage).try_for_each(|fact| allow(image, fact))
}

fn allow(image: &Image, fact: &ServiceFact) -> Result<(), No> {
    let by = &fact.by;
    match &fact.setting {
        Setting::Privileged => refuse(mark!(PRIVILEGES, "service-privileged"), format!("{by} runs it privileged")),
        Setting::Device(device) => {
            refuse(mark!(PRIVILEGES, "service-device"), format!("{by} gives it the device `{device}`"))
        }
        Setting::Capability(name) => {
            refuse(mark!(PRIVILEGES, "service-capability"), format!("{by} gives it the capability `{name}`"))
        }
        Setting::HostNamespace(what) => {
            refuse(mark!(PRIVILEGES, "service-namespace"), format!("{by} runs it in the host's {what} namespace"))
        }
        Setting::EngineSocket(path) => refuse(
            mark!(PRIVILEGES, "service-socket"),
            format!("{by} gives it the engine's socket, `{path}`, which is root's"),
        ),
        Setting::HostMount { target, .. } | Setting::Volume { target, .. } if is_root_home(target) => {
            refuse(mark!(HOME, "service-mount"), format!("{by} mounts `{target}`, which is in root's home"))
        }
        Setting::HostMount { target, read_only: false } => refuse(
            mark!(VOLUME, "service-host-mount"),
            format!("{by} mounts a file or directory of the host on `{target}`, where another user may not write"),
        ),
        Setting::Volume { target, read_only: false } if !is_given(image, target) => refuse(
            mark!(VOLUME, "service-volume"),
            format!("{by} mounts a volume on `{target}`, which would stay root's"),
        ),
        Setting::User(user) if is_root(user) => {
            refuse(mark!(AUTHOR_SAYS_ROOT, "service-user"), format!("{by} runs it as `{user}`"))
        }
        Setting::User(user) => {
            refuse(mark!(RUN_BY_SERVICE, "user"), format!("{by} chooses the user that runs it, `{user}`"))
        }
        Setting::Command(_) => {
            refuse(mark!(RUN_BY_SERVICE, "command"), format!("{by} starts another program than the image's own"))
        }
        Setting::Port(port @ 1..1024) => refuse(
            mark!(LOW_PORT, "service-port"),
            format!("{by} publishes port {port} of the container, which is below 1024"),
        ),
        Setting::HostMount { .. } | Setting::Volume { .. } | Setting::Port(_) | Setting::HostNetwork => Ok(()),
    }
}

fn is_root_home(path: &str) -> bool {
    copied_file::below(path, "/root").is_some() || path.starts_with('~')
}

fn is_root(user: &str) -> bool {
    matches!(user.split(':').next(), Some("root" | "0"))
}

/// Whether a directory is one that will be the user's: a volume that is new gets its owner from the image.
fn is_given(image: &Image, path: &str) -> bool {
    let path = path.trim_end_matches('/');
    let folder = image.end.workdir.get().filter(|_| image.works_in_its_folder());
    image.given().iter().chain(folder).any(|given| given == path)
}
