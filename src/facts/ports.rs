//! The ports that a word of EXPOSE names, as the builder reads them: `[address:][host:]container[/protocol]`, each of the two a
//! number or a range. Source: `nat.ParsePortSpec` of docker/go-connections, and builds.

/// The ports that a container listens on, by one word of EXPOSE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ports {
    /// The first one.
    pub first: u16,
    /// The last one; the first one again if it is no range.
    pub last: u16,
    /// `tcp`, `udp` or `sctp`, in lower case.
    pub protocol: String,
}

impl Ports {
    /// Reads a word whose variables are put in.
    ///
    /// # Errors
    /// What the builder refuses in it, for people.
    pub fn read(word: &str) -> Result<Ports, String> {
        let (rest, own) = word.rsplit_once(':').map_or(("", word), |(rest, own)| (rest, own));
        let mut parts = own.split('/');
        let (port, protocol) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default().to_lowercase());
        let protocol = if protocol.is_empty() { "tcp".to_owned() } else { protocol };
        if !["tcp", "udp", "sctp"].contains(&protocol.as_str()) {
            return Err(format!("the protocol of a port is `tcp`, `udp` or `sctp`, not `{protocol}`"));
        }
        let wrong =
            |port: &str| format!("`{port}` is not a port; write a number up to 65535, or a range such as `8000-8010`");
        let (first, last) = range(port).ok_or_else(|| wrong(port))?;
        let host = rest.rsplit(':').next().unwrap_or_default();
        if !host.is_empty() && range(host).is_none() {
            return Err(wrong(host));
        }
        Ok(Ports { first, last, protocol })
    }

    /// Whether a port is one of them.
    pub fn hold(&self, port: u16) -> bool {
        (self.first..=self.last).contains(&port)
    }
}

fn range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    match text.split_once('-') {
        None => number(text).map(|port| (port, port)),
        Some((first, last)) => number(first).zip(number(last)).filter(|(first, last)| first <= last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges_are_read() {
        for (word, first, last, protocol) in [
            ("80", 80, 80, "tcp"),
            ("20-25", 20, 25, "tcp"),
            ("53/UDP", 53, 53, "udp"),
            ("80/", 80, 80, "tcp"),
            ("8080:80", 80, 80, "tcp"),
            ("127.0.0.1:8080-8081:80-81/tcp", 80, 81, "tcp"),
            ("0", 0, 0, "tcp"),
        ] {
            assert_eq!(Ports::read(word), Ok(Ports { first, last, protocol: protocol.to_owned() }), "{word}");
        }
        assert!(Ports::read("20-25").is_ok_and(|ports| ports.hold(22) && !ports.hold(26)));
    }

    #[test]
    fn what_the_builder_refuses() {
        for word in ["", "foo", "70000", "20-10", "80,443", "80/foo", "#", "x:80", "+80", "-80"] {
            assert!(Ports::read(word).is_err(), "{word}");
        }
    }
}
