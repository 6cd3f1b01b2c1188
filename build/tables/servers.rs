//! `servers.tsv`.

use super::{Line, Wrong, lines};
use crate::code::{Code, option, text};
use std::collections::BTreeMap;

/// The servers of each image, and what is asked on a port.
pub fn read(table: &str) -> Result<String, Wrong> {
    let (mut code, mut ports) = (Code::default(), BTreeMap::new());
    let mut images: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in lines(table) {
        match *line.columns()?.as_slice() {
            ["image", image, port, asks] => {
                let (name, word) = image.split_once(':').map_or((image, None), |(name, word)| (name, Some(text(word))));
                let (word, port) = (option(word), number(&line, port)?);
                let row = format!("Server {{ word: {word}, port: {port}, asks: {} }}", asked(asks));
                images.entry(name).or_default().push(row);
            }
            ["port", port, "-", asks] if ports.insert(number(&line, port)?, asked(asks)).is_none() => {}
            _ => {
                return Err(
                    line.wrong("it is neither `image`, name, port and asks, nor `port`, a new number, `-` and asks")
                );
            }
        }
    }
    let images = images.into_iter().map(|(name, rows)| (name, code.slice("Server", rows))).collect();
    let images = code.map("&[Server]", &images);
    let ports = code.slice("(u16, Asks)", ports.iter().map(|(port, asks)| format!("({port}, {asks})")));
    code.define("IMAGES", "Map<&[Server]>", &images);
    code.define("PORTS", "&[(u16, Asks)]", &ports);
    Ok(code.finish())
}

fn number(line: &Line, port: &str) -> Result<u16, Wrong> {
    port.parse().map_err(|_| line.wrong(format!("`{port}` is no port")))
}

fn asked(asks: &str) -> String {
    match asks {
        "http" => "Asks::Http".to_owned(),
        "other" => "Asks::Other".to_owned(),
        command => format!("Asks::Command({})", text(command)),
    }
}
