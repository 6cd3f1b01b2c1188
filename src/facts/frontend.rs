//! Which frontend builds the file, from `# syntax=`: what may be written into it depends on that.

use crate::facts::Facts;
use crate::syntax::ItemKind;

/// The Dockerfile frontend that a file asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frontend {
    /// No `# syntax=`: the one that is built into the builder, whose version nobody knows. What older builders of today have
    /// can be written.
    Bundled,
    /// `docker/dockerfile:1.N`: exactly this major and minor.
    Version(u32, u32),
    /// `docker/dockerfile:1`, or `latest`: the newest.
    Newest,
    /// Another frontend, an experimental one, or one that a digest or a variable decides.
    Unknown,
}

/// What the frontends built into the builders of today have at least.
const BUNDLED: (u32, u32) = (1, 7);

impl Frontend {
    /// Reads the value of `# syntax=`.
    pub fn of(value: &str) -> Frontend {
        let name = value.split_whitespace().next().unwrap_or_default();
        let name = ["docker.io/", "index.docker.io/", "registry-1.docker.io/"]
            .iter()
            .fold(name, |name, registry| name.strip_prefix(registry).unwrap_or(name));
        let Some(rest) = name.strip_prefix("docker/dockerfile") else { return Frontend::Unknown };
        let tag = match rest.strip_prefix(':') {
            // a digest beside a tag holds the image that the tag once was
            Some(tag) => tag.split('@').next().filter(|tag| !tag.is_empty()),
            None => Some("latest").filter(|_| rest.is_empty()),
        };
        let pinned = rest.contains('@');
        match tag {
            Some("1" | "latest") if !pinned => Frontend::Newest,
            Some(tag) => version(tag).unwrap_or(Frontend::Unknown),
            None => Frontend::Unknown,
        }
    }

    /// Whether what came with this version may be written.
    pub fn at_least(self, major: u32, minor: u32) -> bool {
        match self {
            Frontend::Bundled => BUNDLED >= (major, minor),
            Frontend::Version(own, version) => (own, version) >= (major, minor),
            Frontend::Newest => major <= 1,
            Frontend::Unknown => false,
        }
    }
}

/// `1.7` or `1.7.0`, without `-labs` or the like.
fn version(tag: &str) -> Option<Frontend> {
    let parts: Vec<u32> = tag.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    match parts.as_slice() {
        [major, minor] | [major, minor, _] => Some(Frontend::Version(*major, *minor)),
        _ => None,
    }
}

impl Facts<'_> {
    /// The frontend that the file asks for.
    pub fn frontend(&self) -> Frontend {
        *self.asked.frontend.get_or_init(|| self.read_frontend())
    }

    fn read_frontend(&self) -> Frontend {
        let asked = self.file.items.iter().find_map(|item| match &item.kind {
            ItemKind::Directive(directive) if directive.name == "syntax" => Some(directive.value.as_str()),
            _ => None,
        });
        asked.map_or(Frontend::Bundled, Frontend::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directive_decides_the_frontend() {
        for (value, expected) in [
            ("docker/dockerfile:1", Frontend::Newest),
            ("docker/dockerfile", Frontend::Newest),
            ("docker.io/docker/dockerfile:latest", Frontend::Newest),
            ("docker/dockerfile:1.4", Frontend::Version(1, 4)),
            ("docker/dockerfile:1.17.1", Frontend::Version(1, 17)),
            ("docker/dockerfile:1.4@sha256:00", Frontend::Version(1, 4)),
            ("docker/dockerfile:1@sha256:00", Frontend::Unknown),
            ("docker/dockerfile@sha256:00", Frontend::Unknown),
            ("docker/dockerfile:1-labs", Frontend::Unknown),
            ("docker/dockerfile:1.7-labs", Frontend::Unknown),
            ("docker/dockerfile:master", Frontend::Unknown),
            ("docker/dockerfile-upstream:1", Frontend::Unknown),
            ("acme/frontend:1.9", Frontend::Unknown),
            ("", Frontend::Unknown),
        ] {
            assert_eq!(Frontend::of(value), expected, "{value}");
        }
    }

    #[test]
    fn only_what_the_frontend_surely_has_may_be_written() {
        assert!(Frontend::Bundled.at_least(1, 7) && !Frontend::Bundled.at_least(1, 8));
        assert!(Frontend::Version(1, 17).at_least(1, 17) && !Frontend::Version(1, 4).at_least(1, 17));
        assert!(Frontend::Newest.at_least(1, 17) && !Frontend::Newest.at_least(2, 0));
        assert!(!Frontend::Unknown.at_least(1, 0));
    }
}
