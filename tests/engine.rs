//! Real builds: each rewrite of a case that can be built is built before and after, and the images have the same files (type,
//! mode, owner, links, content) and the same config. Needs a container engine with the image `debian:12` (a stand-in will do).
#![allow(clippy::unwrap_used)]

mod common;

use common::{Kind, cases, optimize_with};
use dfopt::engine::{Facet, Options};
use dfopt::text::Source;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn docker(args: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether there is an engine; says so where there is none.
fn engine() -> bool {
    let there = docker(&["image", "inspect", "debian:12"]).is_some();
    if !there {
        eprintln!("skipped: no container engine with `debian:12` (set DOCKER_HOST)");
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
fn build(tag: &str, text: &str, context: Option<&Path>) -> Option<()> {
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
fn image(name: &str, text: &str, context: Option<&Path>) -> Option<String> {
    let tag = format!("dfopt-test-{}", name.to_lowercase());
    build(&tag, text, context)?;
    let config = docker(&["image", "inspect", "-f", "{{json .Config}}", &tag]).unwrap();
    let list = ["run", "--rm", "--network=host", "--user=0", "--entrypoint=/bin/sh", &tag, "-c", LIST];
    let files = docker(&list).unwrap_or_else(|| panic!("{name}: the files of the image cannot be listed"));
    docker(&["rmi", "-f", &tag]);
    Some(config + &files)
}

fn same(name: &str, before: &str, after: &str, context: Option<&Path>) {
    let (old, new) = (image(&format!("{name}-a"), before, context), image(&format!("{name}-b"), after, context));
    let lines =
        |text: &Option<String>| text.as_deref().unwrap_or("it does not build").lines().map(str::to_owned).collect();
    let (old, new): (Vec<String>, Vec<String>) = (lines(&old), lines(&new));
    let differ: Vec<(&String, &String)> = old.iter().zip(&new).filter(|(a, b)| a != b).take(3).collect();
    assert!(old == new, "{name}: the images differ: {differ:?}\n{after}");
}

/// Bases for which there is no stand-in in this test, and cases whose build needs what is not there.
fn buildable(text: &str) -> bool {
    text.lines()
        .filter(|line| line.to_uppercase().starts_with("FROM "))
        .all(|line| line[5..].starts_with("debian:12") || line[5..].starts_with("base"))
}

/// The transforms that change the user on purpose, so that the images differ.
fn changes_users() -> Vec<String> {
    let metas = dfopt::transforms::PIPELINE.iter().map(|transform| transform.meta());
    metas.filter(|meta| meta.changes.contains(&Facet::User)).map(|meta| meta.id.to_owned()).collect()
}

#[test]
fn rewritten_cases_make_the_same_image() {
    if !engine() {
        return;
    }
    let (mut built, mut left) = (0, Vec::new());
    for case in cases(Kind::Rewrites) {
        let name = case.path.file_name().unwrap().to_string_lossy().into_owned();
        if !buildable(&case.before) || changes_users().contains(&case.id) {
            left.push(name);
            continue;
        }
        let after = optimize_with(&case.before, &case).text;
        same(&name, &case.before, &after, case.context.as_deref());
        built += 1;
    }
    println!("{built} cases were built before and after; no base here for {left:?}");
    assert!(built > 0);
}

#[test]
fn rewritten_traps_make_the_same_image() {
    let Some(traps) = common::traps() else { return };
    if !engine() {
        return;
    }
    let mut built = 0;
    for folder in common::folders(&traps) {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Some(before) = fs::read(folder.join("Dockerfile")).ok().and_then(|bytes| String::from_utf8(bytes).ok())
        else {
            continue;
        };
        let context = Some(folder.join("context")).filter(|context| context.is_dir());
        let view = common::view(context.as_deref());
        let outcome = dfopt::optimize(
            &Source::new(before.as_str()),
            &Options { skip: changes_users(), ..Options::default() },
            &*view,
        );
        // these install from the network, or packages that do not exist; the cases do the same
        let network = ["apt-get", "npm", "pip"].iter().any(|word| before.contains(word));
        if outcome.text != before && buildable(&before) && !network {
            same(&name, &before, &outcome.text, context.as_deref());
            built += 1;
        }
    }
    println!("{built} rewritten traps were built before and after");
    assert!(built > 0);
}
