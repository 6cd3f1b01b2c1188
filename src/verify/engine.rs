//! The container engines: how each is asked to build, to show an image, to hand out its files, to run it, and to forget it.
//! Knows command lines, not what they are for.

use crate::verify::config::{self, Config};
use crate::verify::process::{Failure, Stop, tidy};
use clap::ValueEnum;
use serde_json::Value;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Docker, with BuildKit.
    Docker,
    /// Podman.
    Podman,
    /// Buildah.
    Buildah,
    /// nerdctl, for containerd.
    Nerdctl,
}

impl Kind {
    /// In the order in which they are tried.
    const ALL: [Kind; 4] = [Kind::Docker, Kind::Podman, Kind::Nerdctl, Kind::Buildah];

    /// Its program.
    pub fn program(self) -> &'static str {
        match self {
            Kind::Docker => "docker",
            Kind::Podman => "podman",
            Kind::Buildah => "buildah",
            Kind::Nerdctl => "nerdctl",
        }
    }

    /// Buildah and Podman build by the same code.
    fn is_buildah(self) -> bool {
        matches!(self, Kind::Podman | Kind::Buildah)
    }

    fn command(self) -> Command {
        let mut command = Command::new(self.program());
        if self == Kind::Docker {
            // no attestations beside the image, no advertisements in the log
            let variables =
                [("DOCKER_BUILDKIT", "1"), ("BUILDX_NO_DEFAULT_ATTESTATIONS", "1"), ("DOCKER_CLI_HINTS", "false")];
            command.envs(variables);
        }
        command
    }
}

/// What is passed on to each build.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// Flags with their values, as all engines know them: `--build-arg`, `--secret`, ...
    pub flags: Vec<(&'static str, String)>,
}

/// A build.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The Dockerfile.
    pub file: &'a Path,
    /// The context.
    pub context: &'a Path,
    /// What the image is called.
    pub tag: &'a str,
    /// Whether nothing may come from the cache.
    pub fresh: bool,
    /// Flags of this build with their values, besides those of all builds.
    pub flags: &'a [(&'static str, String)],
}

/// What the engine says of an image.
#[derive(Clone, Debug)]
pub struct About {
    /// Its config.
    pub config: Config,
    /// Its size, where the engine tells it.
    pub size: Option<u64>,
    /// How many layers it has.
    pub layers: usize,
}

/// An engine that answers.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Which one.
    pub kind: Kind,
    /// What it calls itself.
    pub version: String,
    builder: Option<String>,
    passed: Passed,
    stop: Stop,
}

impl Engine {
    /// Finds an engine: the given one, or the first that answers.
    pub fn find(wanted: Option<Kind>, builder: Option<String>, passed: Passed, stop: &Stop) -> Result<Engine, Failure> {
        // only docker has builders by name
        let wanted = wanted.or(builder.as_ref().map(|_| Kind::Docker));
        let kinds = wanted.as_ref().map_or(&Kind::ALL[..], std::slice::from_ref);
        let mut complaints = Vec::new();
        for kind in kinds {
            match answer(*kind, stop) {
                Ok(version) => {
                    return Ok(Engine { kind: *kind, version, builder, passed, stop: stop.clone() });
                }
                Err(Failure::Interrupted) => return Err(Failure::Interrupted),
                Err(Failure::Failed(why)) => complaints.push(why),
            }
        }
        Err(Failure::Failed(nothing_answers(wanted, &complaints)))
    }

    /// Whether the user wants to stop.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// Builds, and hands on each line that is said. Gives the exit code.
    pub fn build(&self, build: Build, on_line: &mut dyn FnMut(&str)) -> Result<Option<i32>, Failure> {
        self.stop.lines(self.kind.command().args(self.build_args(build)), on_line)
    }

    fn build_args(&self, build: Build) -> Vec<OsString> {
        let mut args: Vec<OsString> = Vec::new();
        let mut push = |words: &[&str]| args.extend(words.iter().map(OsString::from));
        match (&self.builder, self.kind) {
            (Some(builder), _) => push(&["buildx", "build", "--builder", builder, "--load", "--progress=plain"]),
            // the OCI format has no HEALTHCHECK, SHELL and ONBUILD
            (None, kind) if kind.is_buildah() => push(&["build", "--format=docker", "--layers"]),
            (None, _) => push(&["build", "--progress=plain"]),
        }
        self.passed.flags.iter().chain(build.flags).for_each(|(flag, value)| push(&[flag, value]));
        if build.fresh {
            push(&["--no-cache"]);
        }
        push(&["-t", build.tag, "-f"]);
        args.extend([build.file.into(), build.context.into()]);
        args
    }

    /// What the engine says of an image.
    pub fn about(&self, tag: &str) -> Result<About, Failure> {
        let args: &[&str] = match self.kind {
            Kind::Buildah => &["inspect", "--type", "image", tag],
            _ => &["image", "inspect", tag],
        };
        let text = self.stop.capture(self.kind.command().args(args))?.fine()?;
        let value: Value = serde_json::from_str(&text)
            .map_err(|error| Failure::Failed(format!("what the engine says of the image is no JSON: {error}")))?;
        about(value.get(0).unwrap_or(&value))
            .ok_or_else(|| Failure::Failed("the engine says of the image nothing that dfopt understands".to_owned()))
    }

    /// Makes a container of an image, to look at its files. It is not started.
    pub fn create(&self, tag: &str, name: &str) -> Result<(), Failure> {
        let args: &[&str] = match self.kind {
            Kind::Buildah => &["from", "--pull-never", "--name", name, tag],
            // an image without a command can't be a container without one; it never runs
            _ => &["create", "--network=none", "--name", name, tag, "dfopt"],
        };
        self.stop.capture(self.kind.command().args(args))?.fine().map(drop)
    }

    /// The files of a container as a tar stream.
    pub fn export<T>(
        &self,
        name: &str,
        read: impl FnOnce(&mut dyn std::io::Read) -> std::io::Result<T>,
    ) -> Result<T, Failure> {
        self.stop.stream(&mut self.export_command(name), read)
    }

    fn export_command(&self, name: &str) -> Command {
        let script = r#"tar --numeric-owner --xattrs --xattrs-include='*' -C "$(buildah mount "$1")" -cf - ."#;
        match self.kind {
            Kind::Buildah if is_root() => {
                let mut command = Command::new("sh");
                command.args(["-c", script, "sh", name]);
                command
            }
            Kind::Buildah => {
                let mut command = self.kind.command();
                command.args(["unshare", "sh", "-c", script, "sh", name]);
                command
            }
            _ => {
                let mut command = self.kind.command();
                command.args(["export", name]);
                command
            }
        }
    }

    /// Runs a command in a container of an image and waits for its end.
    pub fn run_args(&self, tag: &str, name: &str, network: Option<&str>, command: &[String]) -> Vec<String> {
        let mut args: Vec<String> = ["run", "--rm", "--pull=never", "--name", name].map(str::to_owned).to_vec();
        args.extend(network.map(|network| format!("--network={network}")));
        if let [program, rest @ ..] = command {
            args.push(format!("--entrypoint={program}"));
            args.push(tag.to_owned());
            args.extend(rest.iter().cloned());
        }
        args
    }

    /// Starts a container of an image with its own command, and goes on. A port is published where the network is not the
    /// host's.
    pub fn start_args(&self, tag: &str, name: &str, network: Option<&str>, port: u16) -> Vec<String> {
        let mut args: Vec<String> = ["run", "-d", "--pull=never", "--name", name].map(str::to_owned).to_vec();
        args.extend(network.map(|network| format!("--network={network}")));
        if network != Some("host") {
            args.push(format!("--publish=127.0.0.1::{port}"));
        }
        args.push(tag.to_owned());
        args
    }

    /// Asks the engine anything.
    pub fn ask(&self, args: &[String]) -> Result<crate::verify::process::Said, Failure> {
        self.stop.capture(self.kind.command().args(args))
    }

    /// Removes a container and its volumes.
    pub fn remove_container(&self, name: &str) {
        let args: &[&str] = match self.kind {
            Kind::Buildah => &["rm", name],
            _ => &["rm", "-f", "-v", name],
        };
        tidy(self.kind.command().args(args));
    }

    /// Removes an image's name, and the image if it has no other.
    pub fn remove_image(&self, tag: &str) {
        tidy(self.kind.command().args(["rmi", "-f", tag]));
    }

    /// The names of all containers.
    pub fn containers(&self) -> Vec<String> {
        match self.kind {
            Kind::Buildah => self.names(&["containers", "--format", "{{.ContainerName}}"]),
            _ => self.names(&["ps", "-a", "--format", "{{.Names}}"]),
        }
    }

    /// The names of all images, with their tags.
    pub fn images(&self) -> Vec<String> {
        match self.kind {
            Kind::Buildah => self.names(&["images", "--format", "{{.Name}}:{{.Tag}}"]),
            _ => self.names(&["images", "--format", "{{.Repository}}:{{.Tag}}"]),
        }
    }

    fn names(&self, args: &[&str]) -> Vec<String> {
        let said = tidy(self.kind.command().args(args));
        said.map_or(Vec::new(), |said| said.stdout.lines().map(|line| line.trim().to_owned()).collect())
    }
}

fn answer(kind: Kind, stop: &Stop) -> Result<String, Failure> {
    let args: &[&str] = match kind {
        Kind::Docker => &["version", "--format", "{{.Server.Version}}"],
        Kind::Podman | Kind::Nerdctl => &["info", "--format", "json"],
        Kind::Buildah => &["info"],
    };
    let text = stop.capture(kind.command().args(args))?.fine()?;
    let version = match kind {
        Kind::Docker => text.trim().to_owned(),
        _ => stop.capture(kind.command().arg("--version"))?.fine()?.split_whitespace().nth(2).unwrap_or("").to_owned(),
    };
    Ok(version)
}

fn nothing_answers(wanted: Option<Kind>, complaints: &[String]) -> String {
    let said: Vec<String> = complaints.iter().map(|why| format!("\n  {}", why.replace('\n', "\n  "))).collect();
    let advice = "start Docker (`systemctl start docker`, or Docker Desktop), say where it is by `DOCKER_HOST`, or install \
                  `podman`; `--engine` chooses among `docker`, `podman`, `nerdctl` and `buildah`";
    match wanted {
        Some(kind) => format!("`{}` does not answer: {advice}{}", kind.program(), said.concat()),
        None => format!("no container engine answers, and without one nothing can be built: {advice}{}", said.concat()),
    }
}

fn about(value: &Value) -> Option<About> {
    let buildah = value.get("Docker");
    let config = match buildah {
        Some(docker) => docker.get("config"),
        None => value.get("Config"),
    };
    let mut config = config?.as_object()?.clone();
    podmans(value, &mut config);
    let part = |upper: &str, lower: &str| {
        let value = value.get(upper).or_else(|| buildah?.get(lower));
        value.and_then(Value::as_str).unwrap_or("unknown").to_owned()
    };
    // beside the config, where MAINTAINER puts it
    let author = value.get("Author").or_else(|| buildah?.get("author")).and_then(Value::as_str);
    if let Some(author) = author.filter(|author| !author.is_empty()) {
        config.insert("Author".to_owned(), author.into());
    }
    let platform = format!("{}/{}", part("Os", "os"), part("Architecture", "architecture"));
    let layers = match buildah {
        Some(docker) => docker.get("rootfs").and_then(|root| root.get("diff_ids")),
        None => value.get("RootFS").and_then(|root| root.get("Layers")),
    };
    Some(About {
        config: config::read(&config, &platform),
        size: value.get("Size").and_then(Value::as_u64),
        layers: layers.and_then(Value::as_array).map_or(0, Vec::len),
    })
}

/// Podman tells the health check beside the config, and SHELL and ONBUILD only in the history.
fn podmans(value: &Value, config: &mut serde_json::Map<String, Value>) {
    let check = ["HealthCheck", "Healthcheck"].iter().find_map(|name| value.get(*name));
    if let Some(check) = check.filter(|check| !check.is_null()) {
        config.insert("Healthcheck".to_owned(), check.clone());
    }
    let steps = value.get("History").and_then(Value::as_array).into_iter().flatten();
    let steps = steps.filter_map(|step| step.get("created_by")?.as_str()?.split_once("#(nop) "));
    let steps: Vec<&str> = steps.map(|(_, step)| step.trim()).collect();
    let those = |keyword: &'static str| steps.iter().filter_map(move |step| step.strip_prefix(keyword));
    if let Some(shell) = those("SHELL ").next_back() {
        config.entry("Shell").or_insert_with(|| shell.into());
    }
    let triggers: Vec<&str> = those("ONBUILD ").collect();
    if !triggers.is_empty() {
        config.entry("OnBuild").or_insert_with(|| triggers.into());
    }
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn is_root() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn engine(kind: Kind, builder: Option<&str>) -> Engine {
        let passed = Passed { flags: vec![("--network", "host".to_owned())] };
        Engine { kind, version: String::new(), builder: builder.map(str::to_owned), passed, stop: Stop::default() }
    }

    fn line(kind: Kind, builder: Option<&str>, fresh: bool) -> String {
        let build = Build {
            file: Path::new("/t/Dockerfile"),
            context: Path::new("."),
            tag: "t",
            fresh,
            flags: &[("--target", "x".to_owned())][..usize::from(fresh)],
        };
        let args = engine(kind, builder).build_args(build);
        args.iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn builds_are_asked_for_as_each_engine_wants() {
        let rest = "-t t -f /t/Dockerfile .";
        assert_eq!(line(Kind::Docker, None, false), format!("build --progress=plain --network host {rest}"));
        assert_eq!(
            line(Kind::Docker, Some("far"), true),
            format!("buildx build --builder far --load --progress=plain --network host --target x --no-cache {rest}")
        );
        let podman = format!("build --format=docker --layers --network host {rest}");
        assert_eq!(line(Kind::Podman, None, false), podman);
        assert_eq!(line(Kind::Buildah, None, false), podman);
    }

    #[test]
    fn smoke_runs_have_a_network_and_a_port_where_needed() {
        let engine = engine(Kind::Docker, None);
        let command = ["sh", "-c", "true"].map(str::to_owned);
        let run = engine.run_args("t", "n", Some("host"), &command).join(" ");
        assert_eq!(run, "run --rm --pull=never --name n --network=host --entrypoint=sh t -c true");
        assert!(engine.start_args("t", "n", None, 80).contains(&"--publish=127.0.0.1::80".to_owned()));
        assert!(!engine.start_args("t", "n", Some("host"), 80).iter().any(|arg| arg.contains("publish")));
    }

    #[test]
    fn images_are_understood_in_each_dialect() {
        let docker = json!({"Os": "linux", "Architecture": "arm64", "Size": 5, "Author": "me", "Config": {"User": "app"},
                            "RootFS": {"Layers": ["a", "b"]}});
        let read = about(&docker).unwrap();
        assert_eq!((read.size, read.layers, read.config["User"].as_str()), (Some(5), 2, "app"));
        assert_eq!((read.config["Platform"].as_str(), read.config["Author"].as_str()), ("linux/arm64", "me"));
        let buildah = json!({"Docker": {"os": "linux", "architecture": "arm64", "config": {"User": "app"},
                             "rootfs": {"diff_ids": ["a"]}}});
        let read = about(&buildah).unwrap();
        assert_eq!((read.size, read.layers, read.config["Platform"].as_str()), (None, 1, "linux/arm64"));
        let history = json!([{"created_by": "/bin/sh -c #(nop) SHELL [\"/bin/bash\",\"-c\"]"}, {"comment": "x"},
                             {"created_by": "/bin/bash -c #(nop) ONBUILD RUN x"}, {"created_by": "/bin/sh -c SHELL x"}]);
        let podman = json!({"Config": {}, "Healthcheck": {"Test": ["CMD", "x"]}, "History": history});
        let read = about(&podman).unwrap().config;
        assert_eq!((read["Shell"].as_str(), read["OnBuild"].as_str()), (r#"["/bin/bash","-c"]"#, r#"["RUN x"]"#));
        assert!(read.contains_key("Healthcheck"));
        assert!(about(&json!({})).is_none());
    }

    #[test]
    fn who_has_no_engine_is_told_how_to_get_one() {
        let said = nothing_answers(None, &["`docker` cannot be run: no such file".to_owned()]);
        assert!(said.contains("install `podman`") && said.contains("\n  `docker` cannot be run"));
        assert!(nothing_answers(Some(Kind::Podman), &[]).starts_with("`podman` does not answer"));
    }
}
