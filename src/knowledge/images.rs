//! Base images: what their config says. The data is `images.tsv`.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What is known of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The words of SHELL.
    pub shell: Vec<&'static str>,
    /// WORKDIR.
    pub workdir: Option<&'static str>,
    /// USER; `root` where none is set.
    pub user: Option<&'static str>,
    tag: &'static str,
}

/// Looks an image up by its reference, `name:tag@digest`. `None` where nothing is known of it.
pub fn find(reference: &str) -> Option<&'static Image> {
    let (name, tag) = split(reference);
    let lower = tag.to_ascii_lowercase();
    if ["windows", "nanoserver", "servercore"].iter().any(|word| lower.contains(word)) {
        return None;
    }
    table().get(short(name))?.iter().find(|image| image.tag == "*" || lower.contains(image.tag))
}

/// Name and tag of a reference; the digest is dropped, a missing tag is empty.
pub fn split(reference: &str) -> (&str, &str) {
    let reference = reference.split('@').next().unwrap_or_default();
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (reference, ""),
    }
}

/// The name without what does not distinguish it on Docker's public registry.
fn short(name: &str) -> &str {
    let mut name = name;
    for prefix in ["docker.io/", "index.docker.io/", "registry.hub.docker.com/", "public.ecr.aws/docker/"] {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    for prefix in ["library/", "amd64/", "arm64v8/", "arm32v5/", "arm32v6/", "arm32v7/", "i386/", "ppc64le/", "s390x/"]
    {
        name = name.strip_prefix(prefix).unwrap_or(name);
    }
    name
}

fn table() -> &'static HashMap<&'static str, Vec<Image>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<Image>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&str, Vec<Image>> = HashMap::new();
        for line in include_str!("images.tsv").lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            if let (Some(name), Some(tag), Some(shell), Some(workdir), Some(user)) =
                (columns.next(), columns.next(), columns.next(), columns.next(), columns.next())
            {
                let shell = shell.split(' ').collect();
                let workdir = Some(workdir).filter(|dir| *dir != "?");
                let user = Some(user).filter(|user| *user != "?");
                table.entry(name).or_default().push(Image { shell, workdir, user, tag });
            }
        }
        table
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_split() {
        assert_eq!(split("a/b:1@sha256:0"), ("a/b", "1"));
        assert_eq!(split("host:5000/a"), ("host:5000/a", ""));
    }

    #[test]
    fn official_images_are_found_by_any_of_their_names() {
        for name in ["debian", "debian:12", "docker.io/library/debian:12", "arm64v8/debian@sha256:1", "library/debian"]
        {
            assert_eq!(find(name).unwrap().shell, ["/bin/sh", "-c"], "{name}");
        }
        assert_eq!(find("golang:1.22").unwrap().workdir, Some("/go"));
        assert_eq!(find("php:8-apache").unwrap().workdir, Some("/var/www/html"));
        assert_eq!(find("php:8-cli").unwrap().workdir, Some("/"));
    }

    #[test]
    fn windows_variants_and_strangers_are_not_known() {
        for name in ["golang:1-windowsservercore", "mcr.microsoft.com/dotnet/sdk:8.0-nanoserver-1809", "acme/debian"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn the_table_is_sorted_and_whole() {
        let rows: Vec<&str> = include_str!("images.tsv").lines().filter(|l| !l.starts_with('#')).collect();
        assert!(rows.iter().all(|row| row.split('\t').count() == 5), "five columns in each row");
        assert!(rows.is_sorted_by_key(|row| row.split('\t').next()), "sorted by name");
    }
}
