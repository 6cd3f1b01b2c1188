//! The build context on a real engine: what is told of one is what the builder copies. Needs a container engine with the image
//! `debian:12` (a stand-in will do).
#![allow(clippy::unwrap_used)]

#[path = "support/images.rs"]
mod images;

#[cfg(unix)]
use dfopt::context::Folder;
#[cfg(unix)]
use dfopt::facts::{ContextView, Entry, Truth};
use images::{docker, engine};
use std::fs;
use std::path::Path;

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
