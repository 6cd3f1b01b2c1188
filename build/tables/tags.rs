//! Conditions on the tag of an image; `images.tsv` tells the language.

use crate::code::{Code, text};

/// A `Tags`.
pub fn code(code: &mut Code, column: &str) -> Result<String, String> {
    let conditions = column.split(' ').filter(|condition| *condition != "*");
    let conditions: Result<Vec<String>, String> = conditions.map(|condition| alternatives(code, condition)).collect();
    Ok(format!("Tags({})", code.slice("&[Atom]", conditions?)))
}

fn alternatives(code: &mut Code, condition: &str) -> Result<String, String> {
    let atoms: Result<Vec<String>, String> = condition.split('|').map(|one| atom(code, one)).collect();
    Ok(code.slice("Atom", atoms?))
}

fn atom(code: &mut Code, condition: &str) -> Result<String, String> {
    if let Some(version) = condition.strip_prefix(">=") {
        Ok(format!("Atom::AtLeast({})", numbers(code, version)?))
    } else if let Some(version) = condition.strip_prefix('<') {
        Ok(format!("Atom::Below({})", numbers(code, version)?))
    } else if let Some(word) = condition.strip_prefix('!') {
        Ok(format!("Atom::Not({})", text(checked(word)?)))
    } else {
        match condition {
            "latest" => Ok("Atom::Latest".to_owned()),
            "floats" => Ok("Atom::Floats".to_owned()),
            word => Ok(format!("Atom::Word({})", text(checked(word)?))),
        }
    }
}

fn checked(word: &str) -> Result<&str, String> {
    let fine = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.');
    fine.then_some(word).ok_or_else(|| format!("`{word}` is no part of a tag"))
}

fn numbers(code: &mut Code, version: &str) -> Result<String, String> {
    let numbers: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    let numbers = numbers.ok_or_else(|| format!("`{version}` is no version"))?;
    Ok(code.slice("u32", numbers.iter().map(u32::to_string)))
}
