//! `tokens.tsv`.

use super::{Wrong, lines, named};
use crate::code::{Code, option, text};
use std::collections::BTreeSet;

const RESTS: &[(&str, &str)] = &[
    ("alnum", "Alnum"),
    ("word", "Word"),
    ("url", "Url"),
    ("dots", "Dots"),
    ("base64", "Base64"),
    ("upper", "Upper"),
    ("hex", "Hex"),
];

/// The forms of secrets, in the order of the table.
pub fn read(table: &str) -> Result<String, Wrong> {
    let (mut code, mut rows, mut starts) = (Code::default(), Vec::new(), BTreeSet::new());
    for line in lines(table) {
        let [start, rest, least, most, what] = *line.columns()?.as_slice() else {
            return Err(line.wrong("there are not five columns"));
        };
        if !starts.insert(start) {
            return Err(line.wrong(format!("`{start}` is there already")));
        }
        let rest = named("kind of characters", RESTS, rest).map_err(|what| line.wrong(what))?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| line.wrong(format!("`{text}` is no number")));
        let least = number(least)?;
        let most = option(if most == "-" { None } else { Some(number(most)?.to_string()) });
        let row = format!(
            "Form {{ start: {}, rest: Rest::{rest}, least: {least}, most: {most}, what: {} }}",
            text(start),
            text(what)
        );
        rows.push(row);
    }
    let rows = code.slice("Form", rows);
    code.define("FORMS", "&[Form]", &rows);
    Ok(code.finish())
}
