//! `recommends.tsv`.

use super::{Line, Wrong, lines, names, tags};
use crate::code::Code;
use std::collections::BTreeMap;

/// What must be named beside packages, the words by which a file speaks of one, and the images for which that holds.
pub fn read(text: &str) -> Result<String, Wrong> {
    let (mut code, mut needs, mut words) = (Code::default(), BTreeMap::new(), BTreeMap::new());
    let mut asked: Vec<(&str, Line)> = Vec::new();
    let mut judged: [BTreeMap<&str, Vec<String>>; 2] = Default::default();
    for line in lines(text) {
        match *line.columns()?.as_slice() {
            [name, said] if name.starts_with('?') => {
                words.insert(&name[1..], code.words(names(said)));
            }
            [name, conditions] if name.starts_with(['=', '!']) => {
                let tags = tags::code(&mut code, conditions).map_err(|what| line.wrong(what))?;
                judged[usize::from(name.starts_with('!'))].entry(&name[1..]).or_default().push(tags);
            }
            [name, keep, named] => {
                if needs.last_key_value().is_some_and(|(last, _)| *last >= name) {
                    return Err(line.wrong("packages are sorted, and each is there once"));
                }
                asked.extend(names(named).iter().map(|one| (one.trim_start_matches('!'), line)));
                needs.insert(name, row(&mut code, keep, named));
            }
            _ => return Err(line.wrong("a row has three columns, or two if it begins with `?`, `=` or `!`")),
        }
    }
    if let Some((name, line)) = asked.iter().find(|(name, _)| !words.contains_key(name)) {
        return Err(line.wrong(format!("no row `?{name}` tells how a file speaks of it")));
    }
    let (needs, words) = (code.map("Needs", &needs), code.map("&[&str]", &words));
    code.define("NEEDS", "Map<Needs>", &needs);
    code.define("WORDS", "Map<&[&str]>", &words);
    for (name, rows) in ["JUDGED", "NOT_JUDGED"].iter().zip(judged) {
        let rows = rows.into_iter().map(|(name, rows)| (name, code.slice("Tags", rows))).collect();
        let map = code.map("&[Tags]", &rows);
        code.define(name, "Map<&[Tags]>", &map);
    }
    Ok(code.finish())
}

fn row(code: &mut Code, keep: &str, named: &str) -> String {
    let (unjudged, named): (Vec<&str>, Vec<&str>) = names(named).into_iter().partition(|one| one.starts_with('!'));
    let (keep, named) = (code.words(names(keep)), code.words(named));
    let unjudged = code.words(unjudged.iter().map(|one| &one[1..]));
    format!("Needs {{ keep: {keep}, named: {named}, unjudged: {unjudged} }}")
}
