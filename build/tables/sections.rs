//! Words in sections: a line `[name]` starts a section, all else are words.

use super::{Line, Wrong, lines};
use crate::code::Code;
use std::collections::BTreeMap;

/// A word, and the line in which it stands.
pub type Word<'t> = (&'t str, Line<'t>);

/// For each word, in which of some sections it stands: a bit each, that of the first is 1.
pub fn read(text: &str, names: &[&str]) -> Result<String, Wrong> {
    let mut code = Code::default();
    let map = map(&mut code, text, names)?;
    code.define("TABLE", "Map<u16>", &map);
    Ok(code.finish())
}

fn map(code: &mut Code, text: &str, names: &[&str]) -> Result<String, Wrong> {
    let mut marks: BTreeMap<&str, u16> = BTreeMap::new();
    for (index, words) in split(text, names)?.into_iter().enumerate() {
        words.iter().for_each(|(word, _)| *marks.entry(*word).or_default() |= 1 << index);
    }
    let entries = marks.into_iter().map(|(word, marks)| (word, marks.to_string())).collect();
    Ok(code.map("u16", &entries))
}

/// The words of each of some sections. Others must not be there; a word stands once in each.
pub fn split<'t>(text: &'t str, names: &[&str]) -> Result<Vec<Vec<Word<'t>>>, Wrong> {
    let mut sections: Vec<Vec<Word>> = vec![Vec::new(); names.len()];
    let mut here = None;
    for line in lines(text) {
        if let Some(name) = name(line.text) {
            let known = names.iter().position(|known| *known == name);
            here = Some(known.ok_or_else(|| line.wrong(format!("no section is called `{name}`")))?);
            continue;
        }
        let words = &mut sections[here.ok_or_else(|| line.wrong("these words stand in no section"))?];
        for word in line.text.split_whitespace() {
            if let Some((_, other)) = words.iter().find(|(known, _)| *known == word) {
                return Err(line.wrong(format!("`{word}` stands in line {} already", other.number)));
            }
            words.push((word, line));
        }
    }
    match sections.iter().position(Vec::is_empty) {
        Some(empty) => Err(Wrong { line: 1, what: format!("nothing stands in the section `{}`", names[empty]) }),
        None => Ok(sections),
    }
}

/// The name of a section, from the line that begins it.
pub fn name(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']').filter(|name| !name.contains(' '))
}
