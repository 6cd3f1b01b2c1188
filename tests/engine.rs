//! Real builds: each rewrite of a case that can be built is built before and after, and the images have the same files (type,
//! mode, owner, links, content) and the same config. And the build context: what is told of one is what the builder copies.
//! Needs a container engine with the image `debian:12` (a stand-in will do).
#![allow(clippy::unwrap_used)]

mod common;

use common::{Kind, cases, optimize_with};
#[cfg(unix)]
use dfopt::context::Folder;
use dfopt::engine::Options;
#[cfg(unix)]
use dfopt::facts::{ContextView, Entry, Truth};
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

#[test]
fn rewritten_cases_make_the_same_image() {
    if !engine() {
        return;
    }
    let (mut built, mut left) = (0, Vec::new());
    for case in cases(Kind::Rewrites) {
        let name = case.path.file_name().unwrap().to_string_lossy().into_owned();
        if !buildable(&case.before) {
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
        let outcome = dfopt::optimize(&Source::new(before.as_str()), &Options::default(), &*view);
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

/// A context on which ignore files can go wrong.
#[cfg(unix)]
fn tricky_tree(root: &Path) {
    use std::os::unix::fs::{PermissionsExt, symlink};
    for name in [
        "a.md",
        "README.md",
        "x y.txt",
        " lead",
        "#hash",
        "!bang",
        "a[1]",
        "back\\slash",
        ".hidden/x",
        "foo/1",
        "foobar/2",
        "barfoo/3",
        "foo.txt",
        "dir/a.md",
        "dir/other",
        "dir/sub/keep.txt",
        "dir/sub/deep/x.md",
        "lib/node_modules/m",
        "node_modules/m/i.js",
        "node_modules/n",
        "run.sh",
    ] {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), name).unwrap();
    }
    fs::create_dir_all(root.join("empty/inner")).unwrap();
    fs::set_permissions(root.join("run.sh"), fs::Permissions::from_mode(0o750)).unwrap();
    symlink("dir/other", root.join("link")).unwrap();
    symlink("dir", root.join("linked")).unwrap();
    symlink("nowhere", root.join("dir/broken")).unwrap();
    fs::write(root.join("Dockerfile"), "FROM debian:12\nCOPY . /ctx\n").unwrap();
}

/// All that a context says is in it, a line each, as `find` would print it.
#[cfg(unix)]
fn told(context: &Folder, folder: &str, out: &mut Vec<String>) {
    for name in context.names(folder).unwrap_or_else(|| panic!("{folder:?} has no names")) {
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        assert_eq!(context.ignored(&path), Truth::No, "{path}");
        match context.entry(&path) {
            Entry::File { mode, size } => out.push(format!("{path} f {:o} {size}", mode.unwrap())),
            Entry::Link(target) => out.push(format!("{path} l {target}")),
            Entry::Folder => {
                out.push(format!("{path} d"));
                told(context, &path, out);
            }
            other => panic!("{path}: {other:?}"),
        }
    }
}

#[cfg(unix)]
#[test]
fn a_context_holds_what_the_builder_gets() {
    if !engine() {
        return;
    }
    // the ignore file, and that of the Dockerfile
    let contexts: &[(&str, Option<&str>)] = &[
        ("", None),
        ("*\n!dir/sub\n!run.sh\n", None),
        ("dir/*\n!dir/sub\n**/node_modules\n!node_modules/n\n", None),
        ("**/*.md\n!README.md\nDockerfile\n.dockerignore\nlink\n", None),
        ("foo**\n**foo\n.hidden/\n/lib/\n./empty\n", None),
        ("#hash\n #hash\n  x y.txt  \n\\!bang\n! \tfoo/ \na\\[1\\]\n", None),
        ("*\n!**/*.md\n!e*\n", None),
        ("!foo\n*\n!linked\n!dir/broken\ndir/sub/..//broken\n!../a.md\n!/a.md\n", None),
        ("dir/sub/[^a]eep\nba[!r]foo\n?oobar\nback\\\\*\n**/\n!a*/\n!**/m/**\n", None),
        ("*\n", Some("node_modules\nempty/*\r\nfoo.*\n")),
        ("dir/o*\n!dir/other\ndir/s**\n!dir/sub/deep/**\ndir/sub/deep/x.m?\n", None),
    ];
    let tag = "dfopt-test-context";
    let mut entries = 0;
    for (ignore, own) in contexts {
        let folder = tempfile::tempdir().unwrap();
        tricky_tree(folder.path());
        fs::write(folder.path().join(".dockerignore"), ignore).unwrap();
        if let Some(own) = own {
            fs::write(folder.path().join("Dockerfile.dockerignore"), own).unwrap();
        }
        let mut wanted = Vec::new();
        told(&Folder::new(folder.path(), Some(&folder.path().join("Dockerfile"))), "", &mut wanted);
        docker(&["build", "-q", "--network=host", "-t", tag, folder.path().to_str().unwrap()]).unwrap();
        let print = "find /ctx -mindepth 1 -type d -printf '%P %y\\n' -o -type l -printf '%P %y %l\\n' -o -printf '%P %y %m %s\\n'";
        let list = docker(&["run", "--rm", "--network=host", tag, "sh", "-c", print]).unwrap();
        let mut got: Vec<&str> = list.lines().collect();
        wanted.sort();
        got.sort();
        assert_eq!(wanted, got, "with {ignore:?} and {own:?}");
        entries += got.len();
    }
    docker(&["rmi", "-f", tag]);
    println!("{} contexts with {entries} entries were built", contexts.len());
    assert!(entries > 100);
}
