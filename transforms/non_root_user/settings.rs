//! What settings files that frameworks read say of ports, users and files: `application.properties`, `.env`, `uwsgi.ini`, `config.yml`,
//! `appsettings.json`, `Procfile`, and `config` in package.json. Keys are looked at by what their names say; a value that is a variable
//! is read up to its default.

use super::sources::{self, Code};
use super::*;

/// Endings of files of settings.
const ENDINGS: &[&str] = &["cfg", "conf", "env", "ini", "json", "properties", "toml", "yaml", "yml"];
/// Files of other tools, which the program does not read.
const OTHERS: &[&str] = &[
    "Cargo.toml",
    "composer.json",
    "docker-compose",
    "compose.y",
    "lerna.json",
    "mkdocs.yml",
    "netlify.toml",
    "nx.json",
    "openapi",
    "package-lock.json",
    "pnpm-",
    "poetry.toml",
    "pyproject.toml",
    "renovate.json",
    "serverless.yml",
    "setup.cfg",
    "swagger",
    "tox.ini",
    "tsconfig",
    "turbo.json",
    "vercel.json",
    "yarn.lock",
    ".eslintrc",
    ".babelrc",
    ".prettierrc",
    ".travis.yml",
    ".gitlab-ci.yml",
];
/// Words of keys that speak of another program's port, which this one connects to.
const REMOTE: &[&str] = &["mail", "smtp", "imap", "pop3", "ldap", "ftp", "remote", "upstream", "proxy", "target"];

/// Whether a file of this path may be settings of the program.
pub fn is_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit('.').next().unwrap_or_default();
    let hidden = path.split('/').any(|part| part.starts_with('.') && !part.starts_with(".env"));
    let known = ENDINGS.contains(&ending) || name == "Procfile" || name.starts_with(".env");
    known && !hidden && !OTHERS.iter().any(|other| name.starts_with(other))
}

/// Fails if settings ask for what another user has not.
pub fn look(image: &Image, path: &str, text: &str, code: &mut Code) -> Result<(), No> {
    if path.ends_with("package.json") {
        return package(path, text);
    }
    for (number, line) in text.lines().enumerate() {
        let Some((key, value)) = pair(line) else { continue };
        let place = format!("`{path}`, line {}", number + 1);
        setting(image, &place, &key, value, code)?;
    }
    Ok(())
}

/// Ports in the `config` of a package.json, which npm puts into the environment of scripts.
fn package(path: &str, text: &str) -> Result<(), No> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let config = json["config"].as_object().into_iter().flatten();
    for (key, value) in config.filter(|(key, _)| key.to_lowercase().contains("port")) {
        let port = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        if port.is_some_and(|port| (1..1024).contains(&port)) {
            return low_port(&format!("`{path}`"), key);
        }
    }
    Ok(())
}

/// A key in lower case, and its value without quotes: `server.port=80`, `port: 80`, `"port": 80,`, `listen 80;`.
fn pair(line: &str) -> Option<(String, &str)> {
    let line = line.trim().trim_start_matches("- ").trim_start_matches("export ");
    if line.is_empty() || line.starts_with(['#', ';', '[', '{', '}']) || line.starts_with("//") {
        return None;
    }
    let at = line.find(['=', ':']).or_else(|| line.find(' '))?;
    let key = line[..at].trim().trim_matches(['"', '\'']).to_lowercase();
    let value = line[at + 1..].trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']);
    // the default of a variable: `${PORT:80}`, `${PORT:-80}`
    let value = match value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(inner) => inner.split_once(':').map_or("", |(_, default)| default.trim_start_matches('-')),
        None => value,
    };
    Some((key, value))
}

fn setting(image: &Image, place: &str, key: &str, value: &str, code: &mut Code) -> Result<(), No> {
    let remote = REMOTE.iter().any(|word| key.contains(word));
    let listens = ["port", "listen", "bind", "addr", "url", "socket", "web", "host", "http"]
        .iter()
        .any(|word| key.contains(word));
    let number = value.split([' ', '/']).next().and_then(|port| port.parse::<u32>().ok());
    let low = number.is_some_and(|port| (1..1024).contains(&port)) && (key.contains("port") || key == "listen");
    if !remote && (low || (listens && evidence::low_port_in(value).is_some())) {
        return low_port(place, key);
    }
    code.port |= listens && number.is_some_and(|port| (1024..65536).contains(&port));
    if ["uid", "gid", "setuid", "setgid", "chown-socket", "chroot", "drop_privileges", "run_as"].contains(&key) {
        return refuse(
            mark!(DROPS_RIGHTS, "settings"),
            format!("{place}, says `{key}`: the program changes its user, which only root can"),
        );
    }
    files(image, place, key, value, code)
}

fn low_port(place: &str, key: &str) -> Result<(), No> {
    refuse(mark!(LOW_PORT, "settings"), format!("{place}, says that `{key}` is a port below 1024"))
}

/// Files that settings name: one outside of what the user gets is refused, one beside the program is written.
fn files(image: &Image, place: &str, key: &str, value: &str, code: &mut Code) -> Result<(), No> {
    let outside = |path: &String| sources::is_elsewhere(image, path) || sources::is_data(image, path);
    if let Some(path) = evidence::paths_in(value).into_iter().find(outside) {
        return refuse(mark!(WRITES, "settings"), format!("{place}, names `{path}`, which the program may write to"));
    }
    let speaks =
        ["file", "path", "dir", "log", "pid", "database", "datasource", "db", "storage", "upload", "cache", "data"];
    let ends = [".log", ".db", ".sqlite", ".sqlite3", ".pid", ".h2", ".json", ".csv"];
    let named = speaks.iter().any(|word| key.contains(word)) && value.contains('/') && !value.contains("://");
    let embedded = ["h2:", "sqlite", "hsqldb:", "derby:"].iter().any(|word| value.contains(word));
    if code.writes.is_none() && (named || embedded || ends.iter().any(|end| value.ends_with(end))) {
        code.writes = Some(place.to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_known_by_their_names() {
        for name in [
            "src/main/resources/application.properties",
            ".env",
            "uwsgi.ini",
            "Procfile",
            "config/app.yml",
            "package.json",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in ["tsconfig.json", "docker-compose.yml", ".github/workflows/ci.yml", "app.py", "package-lock.json"] {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn keys_and_values_are_read() {
        let of = |line| pair(line).map(|(key, value)| format!("{key} is {value}"));
        for (line, wanted) in [
            ("server.port=443", "server.port is 443"),
            ("  Port: '80'", "port is 80"),
            ("\"port\": 80,", "port is 80"),
            ("export PORT=80", "port is 80"),
            ("listen 80;", "listen is 80"),
            ("port: ${PORT:-80}", "port is 80"),
        ] {
            assert_eq!(of(line).as_deref(), Some(wanted));
        }
        assert_eq!((of("# port=80"), of("[port]")), (None, None));
    }
}
