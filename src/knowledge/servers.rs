//! How servers are asked whether they are well: by image, and by port. The data is `servers.tsv`.

use crate::knowledge::images;
use std::sync::OnceLock;

/// What a server answers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Any client of HTTP.
    Http,
    /// This command, which the image brings.
    Command(&'static str),
    /// Something else.
    Other,
}

/// The port on which an image's own program listens, and how it is asked; `None` where that is not known.
pub fn of_image(reference: &str) -> Option<(u16, Asks)> {
    let (name, tag) = images::split(reference);
    let name = images::short(name);
    let fits = |known: &str| match known.split_once(':') {
        Some((known, word)) => known == name && tag.split('-').any(|part| part == word),
        None => known == name,
    };
    let [_, _, port, asks] = rows().find(|[kind, known, ..]| *kind == "image" && fits(known))?;
    Some((port.parse().ok()?, asked(asks)))
}

/// How what listens on a port is asked. HTTP where nothing else is known.
pub fn of_port(port: u16) -> Asks {
    let row = rows().find(|[kind, known, ..]| *kind == "port" && known.parse() == Ok(port));
    row.map_or(Asks::Http, |[.., asks]| asked(asks))
}

fn asked(asks: &'static str) -> Asks {
    match asks {
        "http" => Asks::Http,
        "other" => Asks::Other,
        command => Asks::Command(command),
    }
}

fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    static TABLE: OnceLock<Vec<[&str; 4]>> = OnceLock::new();
    let read = || {
        let lines = include_str!("servers.tsv").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split('\t').collect::<Vec<_>>().try_into().ok()).collect()
    };
    TABLE.get_or_init(read).iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_whole() {
        let lines = include_str!("servers.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().count(), lines);
        for [kind, name, port, _] in rows() {
            let fine = match kind {
                "image" => port.parse::<u16>().is_ok(),
                "port" => port == "-" && name.parse::<u16>().is_ok(),
                _ => false,
            };
            assert!(fine, "{name}");
        }
    }

    #[test]
    fn servers_are_known() {
        assert_eq!(of_image("library/nginx:1.29-alpine"), Some((80, Asks::Http)));
        assert_eq!(of_image("postgres:18"), Some((5432, Asks::Command("pg_isready -U postgres"))));
        assert_eq!(of_image("php:8.4-apache").map(|(port, _)| port), Some(80));
        assert_eq!(of_image("php:8.4-fpm"), None);
        assert_eq!((of_port(8080), of_port(5432)), (Asks::Http, Asks::Other));
    }
}
