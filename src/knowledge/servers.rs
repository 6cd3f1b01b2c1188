//! How servers are asked whether they are well: by image, and by port. The data is `servers.tsv`.

use crate::knowledge::images;
use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/servers.rs"));

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

/// A server.
struct Server {
    /// A word that its tag must have.
    word: Option<&'static str>,
    port: u16,
    asks: Asks,
}

/// The port on which an image's own program listens, and how it is asked; `None` where that is not known.
pub fn of_image(reference: &str) -> Option<(u16, Asks)> {
    let (name, tag) = images::split(reference);
    let fits = |server: &&Server| server.word.is_none_or(|word| tag.split('-').any(|part| part == word));
    let server = IMAGES.get(images::short(name))?.iter().find(fits)?;
    Some((server.port, server.asks))
}

/// How what listens on a port is asked. HTTP where nothing else is known.
pub fn of_port(port: u16) -> Asks {
    PORTS.binary_search_by_key(&port, |(known, _)| *known).map_or(Asks::Http, |index| PORTS[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_known() {
        assert_eq!(of_image("library/nginx:1.29-alpine"), Some((80, Asks::Http)));
        assert_eq!(of_image("postgres:18"), Some((5432, Asks::Command("pg_isready -U postgres"))));
        assert_eq!(of_image("php:8.4-apache").map(|(port, _)| port), Some(80));
        assert_eq!(of_image("php:8.4-fpm"), None);
        assert_eq!((of_port(8080), of_port(5432)), (Asks::Http, Asks::Other));
    }
}
