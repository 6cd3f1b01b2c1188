//! `manifests.txt`.

use super::{Line, Wrong, lines, sections};
use crate::code::{Code, text};
use std::collections::BTreeMap;

const KEYS: &[&str] = &[
    "programs",
    "installs",
    "keeps-lock",
    "frozen",
    "must",
    "required",
    "lock",
    "optional",
    "outputs",
    "options",
    "elsewhere",
    "versions",
    "harmless",
    "named",
    "refused",
    "why",
];

/// The files by which a manifest is known.
const FILES: &[&str] = &["required", "lock", "optional", "versions"];

/// The package managers by their programs, plain lists, and all names of manifests.
pub fn read(table: &str) -> Result<String, Wrong> {
    let mut code = Code::default();
    let (mut programs, mut lists, mut files) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for section in split(table)? {
        let Section { name, line, keys } = &section;
        if let Some(words) = keys.get("words") {
            lists.insert(*name, code.words(words.iter().copied()));
            continue;
        }
        section.check()?;
        let rows: Vec<String> =
            keys.iter().map(|(key, words)| format!("({}, {})", text(key), code.words(words.iter().copied()))).collect();
        let rows = code.slice("(&str, &[&str])", rows);
        let ecosystem = code.shared("Ecosystem", &format!("Ecosystem {{ name: {}, keys: {rows} }}", text(name)));
        for program in &keys["programs"] {
            if programs.insert(*program, ecosystem.clone()).is_some() {
                return Err(line.wrong(format!("`{program}` is a program of another package manager already")));
            }
        }
        files.extend(FILES.iter().filter_map(|key| keys.get(key)).flatten().map(|file| (*file, "()".to_owned())));
    }
    let (programs, lists, files) =
        (code.map("&Ecosystem", &programs), code.map("&[&str]", &lists), code.map("()", &files));
    code.define("PROGRAMS", "Map<&Ecosystem>", &programs);
    code.define("LISTS", "Map<&[&str]>", &lists);
    code.define("FILES", "Map<()>", &files);
    Ok(code.finish())
}

struct Section<'t> {
    name: &'t str,
    line: Line<'t>,
    keys: BTreeMap<&'t str, Vec<&'t str>>,
}

fn split(table: &str) -> Result<Vec<Section<'_>>, Wrong> {
    let mut out: Vec<Section> = Vec::new();
    for line in lines(table) {
        if let Some(name) = sections::name(line.text) {
            if out.iter().any(|section| section.name == name) {
                return Err(line.wrong(format!("`{name}` is a section already")));
            }
            out.push(Section { name, line, keys: BTreeMap::new() });
            continue;
        }
        let (key, words) = line.text.split_once(": ").ok_or_else(|| line.wrong("it is no `key: words`"))?;
        if key != "words" && !KEYS.contains(&key) {
            return Err(line.wrong(format!("no key is called `{key}`")));
        }
        let section = out.last_mut().ok_or_else(|| line.wrong("it stands in no section"))?;
        section.keys.entry(key).or_default().extend(words.split_whitespace());
    }
    Ok(out)
}

impl Section<'_> {
    /// Those of a package manager either say what it installs, or why that is not known, or which verbs have nothing to do with a
    /// project.
    fn check(&self) -> Result<(), Wrong> {
        let has = |key| self.keys.contains_key(key);
        match (has("programs"), has("installs"), has("refused"), has("why")) {
            (true, true, false, false) | (true, false, true, true) => Ok(()),
            (true, false, false, false) if has("named") => Ok(()),
            (false, ..) => Err(self.line.wrong("it has neither `programs` nor `words`")),
            _ => Err(self.line.wrong("a package manager has `installs`, or `refused` and `why`, or `named`")),
        }
    }
}
