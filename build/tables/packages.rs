//! `packages.tsv`.

use super::images::MANAGERS;
use super::{Line, Wrong, lines, named, names};
use crate::code::{Code, text};
use std::collections::BTreeMap;

/// The packages of each name.
pub fn read(table: &str) -> Result<String, Wrong> {
    let (mut code, mut packages) = (Code::default(), BTreeMap::<&str, Vec<String>>::new());
    let mut before = (String::new(), String::new());
    for line in lines(table) {
        let columns = line.columns()?;
        let &[managers, name, ..] = columns.as_slice() else { return Err(line.wrong("a column is missing")) };
        let key = (managers.to_owned(), name.to_owned());
        if key <= before {
            return Err(line.wrong("rows are sorted by managers and name, and each package is there once"));
        }
        before = key;
        packages.entry(name).or_default().push(package(&mut code, &line, &columns)?);
    }
    let entries = packages.into_iter().map(|(name, all)| (name, code.slice("Package", all))).collect();
    let map = code.map("&[Package]", &entries);
    code.define("TABLE", "Map<&[Package]>", &map);
    Ok(code.finish())
}

fn package(code: &mut Code, line: &Line, columns: &[&str]) -> Result<String, Wrong> {
    let (managers, name, lists) = match columns {
        [managers, name, lists @ ..] if (1..=3).contains(&lists.len()) => (managers, name, lists),
        _ => return Err(line.wrong("a row has three to five columns")),
    };
    if columns.iter().any(|column| column.contains(' ')) {
        return Err(line.wrong("names have no spaces"));
    }
    let managers =
        managers.split(',').map(|name| named("package manager", MANAGERS, name)).collect::<Result<Vec<_>, _>>();
    let managers = managers.map_err(|what| line.wrong(what))?;
    let managers = code.slice("Manager", managers.iter().map(|manager| format!("Manager::{manager}")));
    let mut list = |index: usize| code.words(lists.get(index).map(|column| names(column)).unwrap_or_default());
    let (tools, carries, hides) = (list(0), list(1), list(2));
    let name = text(name);
    Ok(format!("Package {{ managers: {managers}, name: {name}, tools: {tools}, carries: {carries}, hides: {hides} }}"))
}
