//! Real builds: each rewrite of a case that can be built is built before and after, and the images have the same files (type,
//! mode, owner, links, content) and the same config. And the build context: what is told of one is what the builder copies.
//! Needs a container engine with the image `debian:12` (a stand-in will do).
#![allow(clippy::unwrap_used)]

mod common;
#[path = "support/images.rs"]
mod images;

use common::{Kind, cases, optimize_with};
#[cfg(unix)]
use dfopt::context::Folder;
use dfopt::engine::{Level, Options};
#[cfg(unix)]
use dfopt::facts::{ContextView, Entry, Truth};
use dfopt::text::Source;
use images::{docker, engine, same};
use std::fs;
use std::path::Path;

/// Bases for which there is no stand-in in this test, and cases whose build needs what is not there.
fn buildable(text: &str) -> bool {
    !text.contains("example.org")
        && text
            .lines()
            .filter(|line| line.to_uppercase().starts_with("FROM "))
            .all(|line| line[5..].starts_with("debian:12") || line[5..].starts_with("base"))
}

#[test]
fn rewritten_cases_make_the_same_image() {
    if !engine("debian:12") {
        return;
    }
    let (mut built, mut left) = (0, Vec::new());
    for case in cases(Kind::Rewrites) {
        let name = format!("{}-{}", case.id, case.path.file_name().unwrap().to_string_lossy());
        if !buildable(&case.before) {
            left.push(name);
            continue;
        }
        let outcome = optimize_with(&case.before, &case);
        // above `safe` the config, which is one line of the listing, differs on purpose; the files do not
        let safe = outcome.applied.iter().all(|applied| applied.level == Level::Safe);
        let config = |line: &str| !safe && line.starts_with('{');
        same(&name, (&case.before, &outcome.text), case.context.as_deref(), config);
        built += 1;
    }
    println!("{built} cases were built before and after; no base here for {left:?}");
    assert!(built > 0);
}

#[test]
fn rewritten_traps_make_the_same_image() {
    let Some(traps) = common::traps() else { return };
    if !engine("debian:12") {
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
        let options = Options { level: Level::Safe, ..Options::default() };
        let outcome = dfopt::optimize(&Source::new(before.as_str()), &options, &*view);
        // these install from the network, or packages that do not exist; the cases do the same
        let network = ["apt-get", "npm", "pip"].iter().any(|word| before.contains(word));
        if outcome.text != before && buildable(&before) && !network {
            same(&name, (&before, &outcome.text), context.as_deref(), |_| false);
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
    if !engine("debian:12") {
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
