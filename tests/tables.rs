//! What the build script says of tables that are not whole: the line, and what is wrong with it.
#![allow(clippy::unwrap_used)]

#[path = "../build/code.rs"]
mod code;
#[path = "../build/tables/mod.rs"]
mod tables;

use tables::{ALL, Wrong};

fn read(file: &str, text: &str) -> Result<String, Wrong> {
    let (_, read) = ALL.iter().find(|(name, _)| *name == file).unwrap_or_else(|| panic!("{file}"));
    read(text)
}

/// A table of one row that is fine, and the row that is wrong; what is said of it.
const WRONG: &[(&str, &str, &str, &str)] = &[
    ("features.tsv", "pip --x\told", "pip --x\tolder", "`pip --x` is listed already"),
    ("features.tsv", "pip --x\told", "pip --y", "two columns are needed"),
    ("features.tsv", "pip --x\told", "pip --y\t", "a column is empty, or has white space around it"),
    ("images.tsv", "b\t*\tlibc=musl", "b\t1\tlibc=musl", "a row before it takes these tags"),
    ("images.tsv", "b\t*\tlibc=musl", "a\t*\tlibc=musl", "images are sorted by name: it belongs before `b`"),
    ("images.tsv", "b\t*\tlibc=musl", "@k\t*\tlibc=musl", "kinds come first"),
    ("images.tsv", "@k\t*\tlibc=musl", "@k\t*\tlibc=glibc", "a kind has one row, for all tags"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tlibc=bionic", "`bionic` is no C library"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tcolour=red", "`colour=red` is no field"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tmusl", "`musl` is no field"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tlike=@k", "`@k` is no kind that comes before"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tas=d", "no image is called `d`"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t1\tas=b", "`as` stands alone, in the only row of a name, for all tags"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t>=x\tlibc=musl", "`x` is no version"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t1|\tlibc=musl", "`` is no part of a tag"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tusers=app:1", "`app:1` is not name:uid:gid:home"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tgroups=app:x", "`x` is no number"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\thas=wgte", "`wgte` is none of the tools of this table"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tcmd=sh", "`sh` is no JSON array"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tshell=/bin/sh", "`/bin/sh` is no plain JSON array"),
    ("images.tsv", "b\t*\tlibc=musl", "c\t*\tonbuild=maybe", "`maybe` is neither `yes` nor `no`"),
    ("lifecycle.tsv", "as_of\t2026-01-01", "a\t*\t2026\tA", "`2026` is neither a day nor a month"),
    (
        "lifecycle.tsv",
        "as_of\t2026-01-01",
        "a\t*",
        "it is neither image, tags, day and version, nor image, `=` and another",
    ),
    ("manifests.txt", "[pip]", "program: pip", "no key is called `program`"),
    ("manifests.txt", "[pip]", "[pip]", "`pip` is a section already"),
    (
        "packages.tsv",
        "apt\tcurl\tcurl",
        "apt\tcurl\t-",
        "rows are sorted by managers and name, and each package is there once",
    ),
    ("packages.tsv", "apt\tcurl\tcurl", "atp\tcurl\tcurl", "`atp` is no package manager"),
    ("packages.tsv", "apt\tcurl\tcurl", "apt\tgit", "a row has three to five columns"),
    ("recommends.tsv", "b\t-\t-", "a\t-\t-", "packages are sorted, and each is there once"),
    ("recommends.tsv", "b\t-\t-", "c\t-\t!gnupg", "no row `?gnupg` tells how a file speaks of it"),
    ("secrets.txt", "[word]", "[words]", "no section is called `words`"),
    ("secrets.txt", "[word]", "key key", "`key` stands in line 3 already"),
    (
        "servers.tsv",
        "port\t22\t-\tother",
        "port\t22\t-\thttp",
        "it is neither `image`, name, port and asks, nor `port`, a new number, `-` and asks",
    ),
    ("servers.tsv", "port\t22\t-\tother", "port\t99999\t-\tother", "`99999` is no port"),
    ("tokens.tsv", "ab_\talnum\t4\t-\ta token", "ab_\talnum\t4\t-\ta token", "`ab_` is there already"),
    ("tokens.tsv", "ab_\talnum\t4\t-\ta token", "cd_\tany\t4\t-\ta token", "`any` is no kind of characters"),
    (
        "variants.tsv",
        "compiled\tx",
        "node\t*\tslim\t-\t-\t-\ttools",
        "`slim` is neither `codename-slim` nor `slim-codename`",
    ),
    ("variants.tsv", "compiled\tx", "node\t*", "an image has seven columns"),
];

#[test]
fn a_line_that_is_wrong_is_told_with_its_number() {
    for (file, fine, wrong, what) in WRONG {
        let text = format!("# a comment\n{fine}\n{wrong}\n");
        let expected = Wrong { line: 3, what: (*what).to_owned() };
        assert_eq!(read(file, &text).map(drop), Err(expected), "{file}: {wrong}");
    }
}

#[test]
fn what_a_table_lacks_is_told() {
    for (file, text, what) in [
        ("lifecycle.tsv", "a\t*\t2026-01\tA\n", "no row `as_of` says of which day it is"),
        ("secrets.txt", "[word]\nkey\n", "nothing stands in the section `before-key`"),
        ("variants.tsv", "compiled\tx\n", "there is no row `codenames`"),
        ("manifests.txt", "[pip]\ninstalls: install\n", "it has neither `programs` nor `words`"),
        (
            "manifests.txt",
            "[pip]\nprograms: pip\nrefused: install\n",
            "a package manager has `installs`, or `refused` and `why`, or `named`",
        ),
    ] {
        assert_eq!(read(file, text).map(drop), Err(Wrong { line: 1, what: what.to_owned() }), "{file}: {text}");
    }
}

#[test]
fn what_is_the_same_stands_once() {
    let table = "[a]\n1\n";
    assert_eq!(tables::sections::split(table, &["a"]).unwrap()[0].len(), 1);
    let rows = "apt\ta\tx,y\napt\tb\tx,y\n";
    let code = read("packages.tsv", rows).unwrap();
    assert_eq!(code.matches(r#"["x", "y"]"#).count(), 1, "{code}");
}

/// A file of programs with a line that is wrong, and what is said of it.
const WRONG_PROGRAMS: &[(&str, &str)] = &[
    ("[a]", "`a` is described already"),
    ("[b]\nnames = \"c a\"", "`a` is described already"),
    ("is = \"cool\"", "`cool` is no kind of program"),
    ("flags = \"-a\"", "`flags` is there already"),
    ("colour = \"red\"", "`colour` is nothing that is said of a program"),
    ("flags: -a", "neither `[program]` nor `key = value`"),
    ("values = -a", "a value stands between quotes, and holds none"),
    ("values = \"\"\"-a", "the string is not closed"),
    ("style = \"long\"", "`long` is no style"),
    ("runs = \"rest after two\"", "`two` is no number"),
    ("runs = \"always\"", "`always` is no way to run a program"),
    ("effects = \"eats operands\"", "`eats` is no thing that is done to a file"),
    ("effects = \"writes somewhere\"", "`somewhere` is no target of an effect"),
    ("effects = \"writes\"", "`writes` does not say to what"),
];

#[test]
fn what_is_wrong_in_a_file_of_programs_is_told() {
    let read = |text: &str| tables::programs::read(&[("x.toml".to_owned(), text.to_owned())]).map(drop);
    for (wrong, what) in WRONG_PROGRAMS {
        let text = format!("source = \"a manual\"\n[a]\nflags = \"-x\"\n{wrong}\n");
        let expected = Wrong { line: 4, what: (*what).to_owned() };
        assert_eq!(read(&text), Err(("x.toml".to_owned(), expected)), "{wrong}");
    }
    let missing = Wrong { line: 1, what: "a `source` stands above the first table".to_owned() };
    assert_eq!(read("[a]\n"), Err(("x.toml".to_owned(), missing)));
}

#[test]
fn files_of_programs_are_toml() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/knowledge/programs");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        toml::de::DeTable::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

#[test]
fn the_page_tells_every_key_of_a_program_and_its_example_is_read() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let example = page.split("```toml\nsource").nth(1).unwrap().split("```").next().unwrap();
    let code = tables::programs::read(&[("page".to_owned(), format!("source{example}"))]).unwrap();
    assert!(code.contains("\"acme-cli\"") && code.contains("Target::Option"), "{code}");
    for entry in std::fs::read_dir(root.join("src/knowledge/programs")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let keys =
            text.lines().filter(|line| !line.starts_with(['#', '[', '-'])).filter_map(|line| line.split_once(" = "));
        for (key, _) in keys.filter(|(key, _)| !key.contains(' ')) {
            assert!(page.contains(&format!("`{key}`")), "CONTRIBUTING.md does not say what `{key}` is");
        }
    }
}
