//! Building images and looking into them, for the tests that need a container engine.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the engine's command line prints; `None` where it fails.
pub fn docker(args: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether there is an engine that has an image; says so where there is none.
pub fn engine(base: &str) -> bool {
    let there = docker(&["image", "inspect", base]).is_some();
    if !there {
        eprintln!("skipped: no container engine with `{base}` (set DOCKER_HOST)");
    }
    there
}

/// Lists all files but those that the engine lays over the image, and what differs between any two builds (logs, caches).
const LIST: &str = r#"
skip='-path /proc -o -path /sys -o -path /dev -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg/info
 -o -path /etc/hosts -o -path /etc/hostname -o -path /etc/resolv.conf -o -path /etc/mtab -o -path /.dockerenv -o -path /etc/ld.so.cache'
find / -xdev \( $skip \) -prune -o \( -type d -printf '%p %y %m %U:%G\n' \) -o -printf '%p %y %m %U:%G %n %l\n' | sort
find / -xdev \( $skip \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
"#;

/// Builds an image from a Dockerfile that stands outside its context, as if it stood there.
pub fn build(tag: &str, text: &str, context: Option<&Path>) -> Option<()> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("Dockerfile");
    fs::File::create(&file).unwrap().write_all(text.as_bytes()).unwrap();
    if let Some(ignore) = context.and_then(|context| fs::read(context.join("Dockerfile.dockerignore")).ok()) {
        fs::write(folder.path().join("Dockerfile.dockerignore"), ignore).unwrap();
    }
    let context = context.unwrap_or(folder.path());
    let args = ["build", "-q", "--network=host", "-t", tag, "-f", file.to_str().unwrap(), context.to_str().unwrap()];
    docker(&args).map(|_| ())
}

/// Files and config of the image that a Dockerfile makes; `None` where it does not build.
pub fn image(name: &str, text: &str, context: Option<&Path>) -> Option<String> {
    let tag = format!("dfopt-test-{}", name.to_lowercase());
    build(&tag, text, context)?;
    let config = docker(&["image", "inspect", "-f", "{{json .Config}}", &tag]).unwrap();
    let list = ["run", "--rm", "--network=host", "--user=0", "--entrypoint=/bin/sh", &tag, "-c", LIST];
    let files = docker(&list).unwrap_or_else(|| panic!("{name}: the files of the image cannot be listed"));
    docker(&["rmi", "-f", &tag]);
    Some(config + &files)
}

/// That two Dockerfiles make the same image, but for the lines of the listing that `declared` knows.
pub fn same(name: &str, (before, after): (&str, &str), context: Option<&Path>, declared: impl Fn(&str) -> bool) {
    let lines = |which: &str, text: &str| -> Vec<String> {
        let made = image(&format!("{name}-{which}"), text, context);
        let all = made.as_deref().unwrap_or("it does not build").lines();
        all.filter(|line| !declared(line)).map(str::to_owned).collect()
    };
    let (old, new) = (lines("a", before), lines("b", after));
    let differ: Vec<&String> =
        old.iter().filter(|l| !new.contains(l)).chain(new.iter().filter(|l| !old.contains(l))).take(6).collect();
    assert!(old == new, "{name}: the images differ: {differ:?}\n{after}");
}
