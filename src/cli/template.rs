//! Templates: files from which a Dockerfile is made. They are not rewritten, since what they say is not what is built.
//!
//! `{{ … }}` alone decides nothing: it is right inside RUN (`docker inspect -f '{{.Id}}'`). A file counts as a template by its
//! name, or when a marker stands where Docker itself would refuse it: as the first word of a line outside a comment, or in
//! FROM. Files for the C preprocessor (`*.in` of podman) go by their name.

/// Endings of templates.
const ENDINGS: &[&str] =
    &[".j2", ".jinja", ".jinja2", ".in", ".tmpl", ".tpl", ".template", ".erb", ".mustache", ".m4", ".gotmpl"];

/// Why a file is taken for a template, if it is.
pub fn reason(name: &str, text: &str) -> Option<&'static str> {
    if ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        return Some("its name is that of a template");
    }
    let marked = |line: &str| {
        let line = line.trim_start();
        let first = ["{{", "{%", "<%"].iter().any(|marker| line.starts_with(marker));
        let word = line.get(..5).unwrap_or_default();
        let from = word.eq_ignore_ascii_case("from ") && ["{{", "{%", "<%", "@@"].iter().any(|m| line.contains(m));
        first || from
    };
    text.lines().any(marked).then_some("it holds the markers of a template")
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn markers_count_where_docker_refuses_them() {
        assert!(reason("Dockerfile", "FROM {{ base }}\n").is_some());
        assert!(reason("Dockerfile", "{% if x %}\nFROM a\n").is_some());
        assert!(reason("Dockerfile.j2", "FROM a\n").is_some());
        assert!(reason("Dockerfile", "FROM a\nRUN docker inspect -f '{{.Id}}' x\n# {{ x }}\n").is_none());
    }
}
