use super::*;
use tempfile::TempDir;

/// A context with files in it; a name that ends in `/` is a folder.
fn context(files: &[(&str, &str)]) -> (TempDir, Folder) {
    let room = TempDir::new().unwrap();
    for (name, text) in files {
        let path = room.path().join(name);
        match name.ends_with('/') {
            true => fs::create_dir_all(&path).unwrap(),
            false => {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(&path, text).unwrap();
            }
        }
    }
    let folder = Folder::new(room.path(), Some(&room.path().join("Dockerfile")));
    (room, folder)
}

fn is_file(entry: Entry) -> bool {
    matches!(entry, Entry::File { .. })
}

#[test]
fn what_is_there_is_told() {
    let (_room, folder) = context(&[("a/b.txt", "hello"), ("a/c", ""), ("empty/", "")]);
    assert!(folder.known());
    assert!(matches!(folder.entry("a/b.txt"), Entry::File { size: 5, .. }));
    assert_eq!(folder.entry("a"), Entry::Folder);
    assert_eq!(folder.entry(""), Entry::Folder);
    assert_eq!(folder.entry("a/none"), Entry::Absent);
    assert_eq!(folder.entry("a/c/deeper"), Entry::Absent);
    assert_eq!(folder.names("a"), Some(vec!["b.txt".to_owned(), "c".to_owned()]));
    assert_eq!(folder.names("empty"), Some(Vec::new()));
    assert_eq!(folder.names("a/c"), None);
    assert_eq!(folder.names(""), Some(vec!["a".to_owned(), "empty".to_owned()]));
    assert_eq!(folder.read("a/b.txt", 3), Some(b"hel".to_vec()));
    assert_eq!(folder.read("a", 3), None);
    assert_eq!((folder.ignored("a/c"), folder.ignored("none"), folder.ignored("")), (Truth::No, Truth::No, Truth::No));
    assert_eq!(folder.dockerfile(), Some("Dockerfile"));
}

#[test]
fn strange_paths_are_unknown() {
    let (_room, folder) = context(&[("a/b", "")]);
    for path in ["/a", "a/", "./a", "a//b", "a/../a", "..", "../x", ".", "/", "a\0"] {
        assert_eq!(folder.entry(path), Entry::Unknown, "{path:?}");
        assert_eq!(folder.ignored(path), Truth::Unknown, "{path:?}");
        assert_eq!((folder.names(path), folder.read(path, 9)), (None, None), "{path:?}");
    }
}

#[test]
fn what_is_ignored_is_absent() {
    let files =
        [(".dockerignore", "*\n!src/keep\n"), ("src/keep/a", ""), ("src/other", ""), ("lib/x", ""), ("Dockerfile", "")];
    let (_room, folder) = context(&files);
    assert!(is_file(folder.entry("src/keep/a")));
    assert_eq!((folder.entry("src"), folder.entry("src/keep")), (Entry::Folder, Entry::Folder));
    assert_eq!(folder.names(""), Some(vec!["src".to_owned()]));
    assert_eq!(folder.names("src"), Some(vec!["keep".to_owned()]));
    for path in ["src/other", "lib", "lib/x", "Dockerfile", ".dockerignore", "node_modules"] {
        assert_eq!((folder.entry(path), folder.ignored(path)), (Entry::Absent, Truth::Yes), "{path}");
        assert_eq!(folder.read(path, 9), None, "{path}");
    }
    assert_eq!(folder.names("lib"), None);
    assert_eq!(folder.ignored("src/keep/none"), Truth::No);
}

#[test]
fn a_folder_that_could_come_in_again_is_not_said_to_be_out() {
    let (_room, folder) = context(&[(".dockerignore", "*\n!**/*.md\n"), ("a/b/c.md", ""), ("z/x", ""), ("e/", "")]);
    assert_eq!((folder.entry("a/b"), folder.ignored("a")), (Entry::Folder, Truth::No));
    assert_eq!((folder.entry("z"), folder.ignored("z")), (Entry::Absent, Truth::Yes));
    assert_eq!((folder.entry("e"), folder.ignored("e")), (Entry::Absent, Truth::Yes));
    assert_eq!((folder.entry("none"), folder.ignored("none")), (Entry::Absent, Truth::Unknown));
    assert_eq!(folder.names(""), Some(vec!["a".to_owned()]));
}

#[test]
fn the_ignore_file_of_the_dockerfile_replaces_the_other() {
    let files = [("Dockerfile.dockerignore", "a\n"), (".dockerignore", "b\n"), ("a", ""), ("b", "")];
    let (room, folder) = context(&files);
    assert_eq!(folder.entry("a"), Entry::Absent);
    assert!(is_file(folder.entry("b")));
    for dockerfile in [None, Some(room.path().join("docker/other"))] {
        let folder = Folder::new(room.path(), dockerfile.as_deref());
        assert!(is_file(folder.entry("a")));
        assert_eq!(folder.entry("b"), Entry::Absent);
    }
}

#[test]
fn an_empty_ignore_file_alone_keeps_nothing_out() {
    for name in [".dockerignore", "Dockerfile.dockerignore"] {
        let (_room, folder) = context(&[(name, ""), ("a", "")]);
        assert!(is_file(folder.entry("a")), "{name}");
    }
}

#[test]
fn a_file_that_may_come_without_its_content_is_unknown() {
    let (_room, folder) = context(&[(".dockerignore", "d\n!d/x\n**/d\n"), ("d/x", ""), ("d/y", "")]);
    assert_eq!((folder.entry("d/x"), folder.ignored("d/x")), (Entry::Unknown, Truth::Unknown));
    assert_eq!((folder.entry("d/y"), folder.ignored("d/y")), (Entry::Absent, Truth::Yes));
    assert_eq!((folder.entry("d"), folder.names("d")), (Entry::Folder, None));
}

#[test]
fn the_dockerfile_may_stand_elsewhere() {
    let (room, _) = context(&[("app/x", ""), ("docker/Dockerfile", ""), ("docker/Dockerfile.dockerignore", "x\n")]);
    let folder = Folder::new(&room.path().join("app"), Some(&room.path().join("docker/Dockerfile")));
    assert_eq!((folder.dockerfile(), folder.entry("x")), (None, Entry::Absent));
    let folder = Folder::new(room.path(), Some(&room.path().join("app/../docker/Dockerfile")));
    assert_eq!(folder.dockerfile(), Some("docker/Dockerfile"));
}

#[test]
fn nothing_is_known_where_the_ignore_file_is_not() {
    let big = "#\n".repeat(1 << 20);
    let cases: &[&[(&str, &str)]] = &[
        &[(".dockerignore", "a\n!\n")],
        &[(".dockerignore", "[a\n")],
        &[(".dockerignore/", "")],
        &[(".dockerignore", &big)],
        &[(".containerignore", "")],
        &[("Dockerfile.dockerignore", "a\\"), (".dockerignore", "")],
        &[("Dockerfile.dockerignore", ""), (".dockerignore", "a\n")],
    ];
    for files in cases {
        let (_room, folder) = context(&[files, &[("a", "")][..]].concat());
        assert!(!folder.known(), "{:?}", files[0].0);
        assert_eq!((folder.entry("a"), folder.ignored("a")), (Entry::Unknown, Truth::Unknown));
        assert_eq!((folder.names(""), folder.read("a", 1)), (None, None));
    }
    let gone = Folder::new(Path::new("no/such/folder"), None);
    assert_eq!((gone.known(), gone.entry("a")), (false, Entry::Unknown));
}

#[test]
fn a_lower_case_dockerfile_has_one_ignore_file_or_nothing_is_known() {
    let (room, _) = context(&[("Dockerfile.dockerignore", "a\n"), ("a", "")]);
    let folder = || Folder::new(room.path(), Some(&room.path().join("dockerfile")));
    assert!(!folder().known());
    fs::remove_file(room.path().join("Dockerfile.dockerignore")).unwrap();
    assert!(folder().known());
}

#[cfg(unix)]
#[test]
fn links_are_told_and_not_followed() {
    use std::os::unix::fs::symlink;
    let (room, folder) = context(&[("real/x", "1"), (".dockerignore", "gone\n"), ("secret/", "")]);
    symlink("real", room.path().join("link")).unwrap();
    symlink("/etc/passwd", room.path().join("out")).unwrap();
    symlink("real", room.path().join("gone")).unwrap();
    assert_eq!(folder.entry("link"), Entry::Link("real".to_owned()));
    assert_eq!((folder.entry("link/x"), folder.ignored("link/x")), (Entry::Unknown, Truth::Unknown));
    assert_eq!((folder.names("link"), folder.read("link/x", 9)), (None, None));
    assert_eq!((folder.entry("out"), folder.read("out", 9)), (Entry::Link("/etc/passwd".to_owned()), None));
    assert_eq!(folder.entry("gone"), Entry::Absent);
    let names = ["", "real", "link", "out"].map(|folder_name| folder.names(folder_name).is_some());
    assert_eq!(names, [true, true, false, false]);
    // the context itself is what it points to, and an ignore file that is a link says nothing
    let other = Folder::new(&room.path().join("link"), None);
    assert!(is_file(other.entry("x")));
    symlink("../secret", room.path().join("real/.dockerignore")).unwrap();
    assert!(!Folder::new(&room.path().join("real"), None).known());
}

#[cfg(unix)]
#[test]
fn modes_and_other_things_are_told() {
    use std::os::unix::fs::PermissionsExt;
    let (room, folder) = context(&[("run.sh", "")]);
    fs::set_permissions(room.path().join("run.sh"), fs::Permissions::from_mode(0o4750)).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(room.path().join("socket")).unwrap();
    assert_eq!(folder.entry("run.sh"), Entry::File { mode: Some(0o4750), size: 0 });
    assert_eq!((folder.entry("socket"), folder.read("socket", 1)), (Entry::Other, None));
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_cannot_be_told_makes_a_list_unknown() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (room, folder) = context(&[("a/x", ""), ("b/y", "")]);
    fs::write(room.path().join("a").join(OsStr::from_bytes(b"\xff")), "").unwrap();
    assert_eq!(folder.names("a"), None);
    assert!(is_file(folder.entry("a/x")));
    assert_eq!(folder.names("b"), Some(vec!["y".to_owned()]));
}

#[test]
fn it_is_read_when_asked_and_once() {
    let (room, folder) = context(&[("a", "")]);
    fs::write(room.path().join("late"), "").unwrap();
    assert!(is_file(folder.entry("late")), "nothing was read before");
    fs::remove_file(room.path().join("a")).unwrap();
    fs::remove_file(room.path().join("late")).unwrap();
    assert!(is_file(folder.entry("late")), "the answer stays");
    assert_eq!(folder.entry("a"), Entry::Absent);
}
