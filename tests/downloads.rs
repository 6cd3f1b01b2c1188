//! Real builds of what downloads: each rewrite of add-url-to-run is built before and after, with a server on this machine in
//! place of the one that the cases name. The images have the same files, but for the archives, and the same config. Needs a
//! container engine with the image `debian:12` (a stand-in will do), to which the tools of the cases' base are added, and `tar`.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "support/images.rs"]
mod images;

use common::{Case, Kind, cases, optimize_with};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;

/// The base of the cases, and a smaller one that has what they need of it.
const BASE: &str = "buildpack-deps:bookworm";
const SMALL: &str = "dfopt-test-downloads";
const TOOLS: &str = "FROM debian:12
RUN apt-get update && apt-get install -y --no-install-recommends bzip2 ca-certificates curl make xz-utils \\
    && rm -rf /var/lib/apt/lists/*
";

/// What the server has, by the last part of the path.
type Files = BTreeMap<String, Vec<u8>>;

/// Serves files over HTTP/1.0 until the process ends. The port.
fn serve(files: Files) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let files = Arc::new(files);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let files = Arc::clone(&files);
            std::thread::spawn(move || answer(stream, &files));
        }
    });
    port
}

fn answer(mut stream: TcpStream, files: &Files) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let request = lines.next().and_then(Result::ok).unwrap_or_default();
    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split(' ').nth(1).unwrap_or_default();
    let name = path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let (status, body) = match files.get(name) {
        Some(body) => ("200 OK", body.as_slice()),
        None => ("404 Not Found", &b"there is no such file"[..]),
    };
    let head = format!("HTTP/1.0 {status}\r\nContent-Length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes());
    if !request.starts_with("HEAD") {
        let _ = stream.write_all(body);
    }
}

/// The archives that the cases name, each with what its case does with it.
fn archives() -> Files {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("big/Makefile", "all:\n\techo made > made\n");
    write("tool-1.2/setup", "#!/bin/sh\necho set up > /opt/tool/done\n");
    write("x/Makefile", "install:\n\techo installed > /installed\n");
    let run = |command: &str| {
        let done = Command::new("sh").args(["-ec", command]).current_dir(folder.path()).status().unwrap();
        assert!(done.success(), "{command}");
    };
    run("chmod 755 tool-1.2/setup; tar -cJf big.tar.xz -C big Makefile; tar -czf tool-1.2.tgz tool-1.2");
    run("tar -czf x.tar.gz x; tar -czf b.tar.gz x; tar -czf a.tar.gz x; tar -cjf x.tar.bz2 x");
    run("mkdir msgpack-2.0.0; echo a > msgpack-2.0.0/a; tar -czf msgpack-2.0.0.tar.gz msgpack-2.0.0");
    run("for name in x-1.0 a-1.0 a-1; do cp x.tar.gz $name.tar.gz; done");
    let of_x = ["x-1.0.tar.gz", "a-1.0.tar.gz", "a-1.tar.gz"];
    let names = ["big.tar.xz", "tool-1.2.tgz", "msgpack-2.0.0.tar.gz", "x.tar.gz", "a.tar.gz", "b.tar.gz", "x.tar.bz2"];
    names.iter().chain(&of_x).map(|name| (name.to_string(), fs::read(folder.path().join(name)).unwrap())).collect()
}

fn sha256(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x"), bytes).unwrap();
    let output = Command::new("sha256sum").arg(folder.path().join("x")).output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

/// A case's text with this server's address, and this file's checksum.
fn localized(text: &str, port: u16, files: &Files) -> String {
    let text = text.replace("https://example.org", "http://example.org");
    let text = text.replace("http://example.org", &format!("http://127.0.0.1:{port}"));
    let Some(at) = text.find("sha256:") else { return text };
    let old = &text[at + 7..at + 71];
    text.replace(old, &sha256(&files["x.tar.gz"]))
}

fn downloading() -> Vec<Case> {
    let on_base = |case: &Case| case.id == "add-url-to-run" && case.before.starts_with(&format!("FROM {BASE}"));
    cases(Kind::Rewrites).into_iter().filter(on_base).collect()
}

/// Whether there is an engine; if so, with the small base.
fn engine() -> bool {
    images::engine("debian:12") && {
        assert!(images::build(SMALL, TOOLS, None).is_some(), "the base with the tools does not build");
        true
    }
}

fn on_small(text: &str) -> String {
    text.replace(BASE, SMALL)
}

#[test]
fn the_images_are_the_same_but_for_the_archives() {
    if !engine() {
        return;
    }
    let files = archives();
    let port = serve(files.clone());
    let (mut built, mut left) = (0, Vec::new());
    for case in downloading() {
        let name = case.path.file_name().unwrap().to_string_lossy().into_owned();
        let before = localized(&case.before, port, &files);
        // no zip and no package here
        if [".zip", ".deb", "apt-get"].iter().any(|word| before.contains(word)) {
            left.push(name);
            continue;
        }
        let after = optimize_with(&before, &case).text;
        assert!(!after.contains("ADD http"), "{name}: {after}");
        let room = tempfile::tempdir().unwrap();
        let rules: String = files.keys().map(|file| format!("archive any /**/{file}\n")).collect();
        for (file, text) in [("Dockerfile", on_small(&before)), ("after", on_small(&after)), ("rules", rules)] {
            fs::write(room.path().join(file), text).unwrap();
        }
        let args = ["Dockerfile", "--against=after", "--noise=rules"].map(str::to_owned);
        let (code, said) = images::said(&images::verify(room.path(), &args));
        assert_eq!(code, 0, "{name}: {said}\n{after}");
        built += 1;
    }
    println!("{built} cases were built before and after; left: {left:?}");
    assert!(built > 3);
}

#[test]
fn a_failing_download_fails_the_build() {
    if !engine() {
        return;
    }
    let mut files = archives();
    let half = files["x.tar.gz"].len() / 2;
    files.insert("cut.tar.gz".to_owned(), files["x.tar.gz"][..half].to_vec());
    let port = serve(files);
    for missing in ["missing.tar.gz", "cut.tar.gz"] {
        let before =
            format!("FROM {BASE}\nADD http://127.0.0.1:{port}/{missing} /tmp/\nRUN tar -xzf /tmp/{missing} -C /opt\n");
        let options = dfopt::engine::Options::default();
        let after = dfopt::optimize(&dfopt::text::Source::new(before), &options, &dfopt::facts::NoContext).text;
        assert!(after.contains("| tar"), "{after}");
        assert!(images::build("dfopt-test-missing", &on_small(&after), None).is_none(), "{after}");
    }
}
