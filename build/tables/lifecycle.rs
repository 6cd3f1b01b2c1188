//! `lifecycle.tsv`.

use super::{Line, Wrong, lines, tags};
use crate::code::{Code, text};
use std::collections::BTreeMap;

/// The rows of each image, of each group of images and of all, in their order; and what to take instead.
pub fn read(table: &str) -> Result<String, Wrong> {
    let mut code = Code::default();
    let mut rows: [BTreeMap<&str, Vec<String>>; 3] = Default::default();
    let mut instead = BTreeMap::new();
    let day = day(table)?;
    for (index, line) in lines(table).enumerate() {
        match *line.columns()?.as_slice() {
            ["as_of", _] => {}
            [name, "=", other] if instead.insert(name, text(other)).is_none() => {}
            [names, conditions, until, what] => {
                let row = row(&mut code, (&line, index), conditions, (until, day), (what, names == "*"))?;
                for name in names.split(',') {
                    let (kind, name) = kind(name);
                    rows[kind].entry(name).or_default().push(row.clone());
                }
            }
            _ => return Err(line.wrong("it is neither image, tags, day and version, nor image, `=` and another")),
        }
    }
    for (name, rows) in ["IMAGES", "GROUPS", "ANY"].iter().zip(rows) {
        let rows = rows.into_iter().map(|(name, rows)| (name, code.slice("Row", rows))).collect();
        let map = code.map("&[Row]", &rows);
        code.define(name, "Map<&[Row]>", &map);
    }
    let instead = code.map("&str", &instead);
    code.define("INSTEAD", "Map<&str>", &instead);
    code.define("AS_OF", "&str", &text(day));
    Ok(code.finish())
}

fn day(table: &str) -> Result<&str, Wrong> {
    let found = lines(table).find_map(|line| line.text.strip_prefix("as_of\t").map(|day| (line, day)));
    let (line, day) =
        found.ok_or_else(|| Wrong { line: 1, what: "no row `as_of` says of which day it is".to_owned() })?;
    match is_date(day) && day.len() == 10 {
        true => Ok(day),
        false => Err(line.wrong(format!("`{day}` is no day"))),
    }
}

fn row(
    code: &mut Code,
    (line, index): (&Line, usize),
    conditions: &str,
    (until, day): (&str, &str),
    (what, below): (&str, bool),
) -> Result<String, Wrong> {
    if !is_date(until) {
        return Err(line.wrong(format!("`{until}` is neither a day nor a month")));
    }
    let tags = tags::code(code, conditions).map_err(|what| line.wrong(what))?;
    let over = until < &day[..until.len()];
    let (until, what) = (text(until), text(what));
    let ended = format!("Ended {{ what: {what}, until: {until}, below: {below} }}");
    Ok(format!("Row {{ index: {index}, tags: {tags}, over: {over}, ended: {ended} }}"))
}

/// To which table a name belongs, and its key there: an image, the images below a name, or all.
fn kind(name: &str) -> (usize, &str) {
    match name.strip_suffix("/*") {
        _ if name == "*" => (2, "*"),
        Some(group) => (1, group),
        None => (0, name),
    }
}

/// `2026-11-26`, or `2026-11`.
fn is_date(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00" || shape == "0000-00"
}
