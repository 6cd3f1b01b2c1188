//! `variants.tsv`.

use super::{Line, Wrong, lines, names, tags};
use crate::code::{Code, option, text};
use std::collections::BTreeMap;

/// The images that have slim variants, the codenames of their tags, and the packages that are compiled.
pub fn read(table: &str) -> Result<String, Wrong> {
    let mut code = Code::default();
    let (mut rows, mut lists) = (BTreeMap::new(), BTreeMap::new());
    for line in lines(table) {
        match *line.columns()?.as_slice() {
            [name @ ("codenames" | "compiled"), list] => {
                lists.insert(name, names(list));
            }
            [name, ref columns @ ..] => {
                if rows.last_key_value().is_some_and(|(last, _)| *last >= name) {
                    return Err(line.wrong("images are sorted, and each is there once"));
                }
                rows.insert(name, row(&mut code, &line, columns)?);
            }
            [] => {}
        }
    }
    let rows = code.map("Row", &rows);
    code.define("ROWS", "Map<Row>", &rows);
    for (name, list) in [("CODENAMES", "codenames"), ("COMPILED", "compiled")] {
        let list = lists.remove(list).ok_or_else(|| Wrong { line: 1, what: format!("there is no row `{list}`") })?;
        let list = code.words(list);
        code.define(name, "&[&str]", &list);
    }
    Ok(code.finish())
}

fn row(code: &mut Code, line: &Line, columns: &[&str]) -> Result<String, Wrong> {
    let &[conditions, order, words, full, slim, lacks] = columns else {
        return Err(line.wrong("an image has seven columns"));
    };
    let order = one_of(line, order, ["codename-slim", "slim-codename"])?;
    let lacks = one_of(line, lacks, ["tools", "manuals"])?;
    if (full == "-") != (slim == "-") {
        return Err(line.wrong("both sizes are known, or none"));
    }
    let tags = tags::code(code, conditions).map_err(|what| line.wrong(what))?;
    let words = code.words(names(words));
    let sizes = option(Some(format!("({}, {})", text(full), text(slim))).filter(|_| full != "-"));
    let (codename_first, tools) = (order == "codename-slim", lacks == "tools");
    Ok(format!(
        "Row {{ tags: {tags}, codename_first: {codename_first}, words: {words}, sizes: {sizes}, tools: {tools} }}"
    ))
}

fn one_of<'w>(line: &Line, word: &'w str, known: [&str; 2]) -> Result<&'w str, Wrong> {
    let fine = known.contains(&word);
    fine.then_some(word).ok_or_else(|| line.wrong(format!("`{word}` is neither `{}` nor `{}`", known[0], known[1])))
}
