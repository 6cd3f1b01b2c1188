//! Globs over the paths of an image, on bytes: `*` and `?` stay within a name, `**` crosses folders, all else is itself.

/// Whether a pattern matches a whole path. `**/` also stands for nothing, so that `/**/.npm` matches `/.npm`.
pub fn matches(pattern: &[u8], path: &[u8]) -> bool {
    match pattern {
        [] => path.is_empty(),
        [b'*', b'*', b'/', rest @ ..] => matches(rest, path) || behind_slashes(rest, path),
        [b'*', b'*', rest @ ..] => (0..=path.len()).any(|at| matches(rest, &path[at..])),
        [b'*', rest @ ..] => {
            let name = path.iter().position(|byte| *byte == b'/').unwrap_or(path.len());
            (0..=name).any(|at| matches(rest, &path[at..]))
        }
        [b'?', rest @ ..] => path.first().is_some_and(|byte| *byte != b'/') && matches(rest, &path[1..]),
        [byte, rest @ ..] => path.first() == Some(byte) && matches(rest, &path[1..]),
    }
}

fn behind_slashes(rest: &[u8], path: &[u8]) -> bool {
    path.iter().enumerate().any(|(at, byte)| *byte == b'/' && matches(rest, &path[at + 1..]))
}

/// Whether any of the patterns matches.
pub fn any(patterns: &[impl AsRef<str>], path: &[u8]) -> bool {
    patterns.iter().any(|pattern| matches(pattern.as_ref().as_bytes(), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_know_folders() {
        let cases = [
            ("/var/log/*", "/var/log/a", true),
            ("/var/log/*", "/var/log/a/b", false),
            ("/var/log/**", "/var/log/a/b", true),
            ("/var/log/**", "/var/log", false),
            ("/**/*.pyc", "/usr/lib/a.pyc", true),
            ("/**/*.pyc", "/a.pyc", true),
            ("/**/*.pyc", "/a.py", false),
            ("/**/.npm/_logs/**", "/root/.npm/_logs/x.log", true),
            ("/etc/host?", "/etc/hosts", true),
            ("/etc/host?", "/etc/host/", false),
            ("/etc", "/etc/hosts", false),
        ];
        for (pattern, path, wanted) in cases {
            assert_eq!(matches(pattern.as_bytes(), path.as_bytes()), wanted, "{pattern} {path}");
        }
        assert!(matches(b"/\xff*", b"/\xff\xfe"));
    }
}
