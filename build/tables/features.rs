//! `features.tsv`.

use super::{Wrong, lines, names};
use crate::code::Code;
use std::collections::BTreeMap;

/// Options, and the words of references whose program is too old for them.
pub fn read(text: &str) -> Result<String, Wrong> {
    let (mut code, mut entries) = (Code::default(), BTreeMap::new());
    for line in lines(text) {
        let &[option, old] = line.columns()?.as_slice() else { return Err(line.wrong("two columns are needed")) };
        if entries.insert(option, code.words(names(old))).is_some() {
            return Err(line.wrong(format!("`{option}` is listed already")));
        }
    }
    let map = code.map("&[&str]", &entries);
    code.define("TABLE", "Map<&[&str]>", &map);
    Ok(code.finish())
}
