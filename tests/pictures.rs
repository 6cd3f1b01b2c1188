//! The pictures in the README are drawn from what the program prints, colours and all, so that they cannot show what it does not
//! do. `DFOPT_PICTURES=draw cargo test --test pictures` draws them again.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use anstyle::{RgbColor, Style};
use anstyle_svg::{Palette, Term};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Each picture and the command line whose output it shows, typed at the root of the project.
///
/// They are the same on each machine: nothing in them is measured, and a width is not asked for.
const PICTURES: &[(&str, &str)] = &[
    ("report", "dfopt examples/web.Dockerfile"),
    ("why", "dfopt --why examples/service.Dockerfile"),
    ("article", "dfopt --context tests/article/context tests/article/before.Dockerfile"),
];

/// The colours of a terminal, from black to bright white, that can be read on a dark ground.
const COLOURS: [u32; 16] = [
    0x484f58, 0xff7b72, 0x3fb950, 0xd29922, 0x58a6ff, 0xbc8cff, 0x39c5cf, 0xb1bac4, //
    0x6e7681, 0xffa198, 0x56d364, 0xe3b341, 0x79c0ff, 0xd2a8ff, 0x56d4dd, 0xffffff,
];

fn rgb(hex: u32) -> RgbColor {
    let [_, red, green, blue] = hex.to_be_bytes();
    RgbColor(red, green, blue)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What a terminal shows of a command line: itself, and what it prints.
fn screen(line: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dfopt"));
    let out = command.current_dir(root()).args(["--color", "always"]).args(line.split(' ').skip(1)).output().unwrap();
    assert_eq!((out.status.code(), String::from_utf8_lossy(&out.stderr)), (Some(0), "".into()), "{line}");
    let said = String::from_utf8(out.stdout).unwrap();
    assert!(said.contains('\u{1b}'), "no colours: {said}");
    let dim = Style::new().dimmed();
    format!("{dim}${dim:#} {line}\n{said}")
}

fn draw(screen: &str) -> String {
    let (paper, ink) = (rgb(0x0d1117), rgb(0xe6edf3));
    Term::new().palette(Palette(COLOURS.map(rgb))).bg_color(paper.into()).fg_color(ink.into()).render_svg(screen)
}

#[test]
fn the_pictures_show_what_the_program_prints() {
    let folder = root().join("docs/pictures");
    for (name, line) in PICTURES {
        let (path, now) = (folder.join(format!("{name}.svg")), draw(&screen(line)));
        if std::env::var_os("DFOPT_PICTURES").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &now).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == now,
            "{}: draw it again with `DFOPT_PICTURES=draw cargo test --test pictures`",
            path.display()
        );
    }
}

#[test]
fn the_readme_shows_each_picture() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut shown: Vec<&str> =
        readme.split("](docs/pictures/").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    let mut drawn: Vec<String> = PICTURES.iter().map(|(name, _)| format!("{name}.svg")).collect();
    let mut there: Vec<String> = fs::read_dir(root().join("docs/pictures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    shown.sort_unstable();
    drawn.sort();
    there.sort();
    assert_eq!(drawn, shown);
    assert_eq!(drawn, there);
}
