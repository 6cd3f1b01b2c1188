//! Which files are templates of Dockerfiles rather than Dockerfiles.
//!
//! What a template becomes is not known, so nothing about it can be proved, and dfopt leaves it alone with a note.
//!
//! The name decides first: `Dockerfile.j2` is one, whatever it holds. Then the text, and there the trap is that the markers
//! of Go and Jinja are ordinary text inside RUN: `docker inspect -f '{{.Id}}'`, `ansible -a '{{ var }}'`. So a marker counts
//! only where docker could not accept it: at the start of a line, where an instruction has to stand, and anywhere in a line
//! that starts with FROM, since no image name holds one. A heredoc may legally hold a line that starts with a marker; such a
//! file is taken for a template as well, which costs a rewrite and never breaks one.
//!
//! The directives of the C preprocessor are comments to docker, and C programs in heredocs hold them too: only the name
//! (`Dockerfile.in`) tells those files.

use std::path::Path;

const EXTENSIONS: [&str; 14] = [
    "j2", "jinja", "jinja2", "in", "tmpl", "tpl", "template", "gotmpl", "erb", "ejs", "hbs", "mustache", "m4", "liquid",
];
const LINE_STARTS: [&str; 3] = ["{%", "{{", "<%"];
const IMAGE_MARKS: [&str; 5] = ["{{", "{%", "<%", "@@", "%%"];

/// Why a file is a template, or `None` where it is a Dockerfile.
pub fn reason(path: &Path, text: &str) -> Option<String> {
    by_name(path).or_else(|| by_text(text))
}

fn by_name(path: &Path) -> Option<String> {
    let extension = path.extension()?.to_str()?;
    let known = EXTENSIONS.iter().find(|known| known.eq_ignore_ascii_case(extension))?;
    Some(format!("the name ends in `.{known}`"))
}

fn by_text(text: &str) -> Option<String> {
    // most files hold none of it at all
    if !["{{", "{%", "<%", "@", "%%"].iter().any(|mark| text.contains(mark)) {
        return None;
    }
    text.lines().enumerate().find_map(|(index, line)| Some(format!("line {} holds `{}`", index + 1, marker(line)?)))
}

fn marker(line: &str) -> Option<&'static str> {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    if !line.starts_with(['{', '<', 'f', 'F']) {
        return None;
    }
    if let Some(mark) = LINE_STARTS.iter().find(|mark| line.starts_with(**mark)) {
        return Some(mark);
    }
    let (keyword, image) = line.split_once([' ', '\t'])?;
    if !keyword.eq_ignore_ascii_case("from") {
        return None;
    }
    let autoconf = image.split_whitespace().any(|word| word.starts_with('@')).then_some("@");
    IMAGE_MARKS.iter().find(|mark| image.contains(**mark)).copied().or(autoconf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell() {
        for name in ["Dockerfile.j2", "a/Dockerfile.in", "Dockerfile.TMPL", "Dockerfile.template"] {
            assert!(by_name(Path::new(name)).is_some(), "{name}");
        }
        for name in ["Dockerfile", "Dockerfile.main", "Containerfile.inner", "in"] {
            assert!(by_name(Path::new(name)).is_none(), "{name}");
        }
    }

    #[test]
    fn text_tells_where_docker_could_not_accept_it() {
        for text in [
            "{% if x %}\nFROM a\n{% endif %}\n",
            "FROM a\n  {{ install }}\n",
            "\u{feff}{{ from }}\n",
            "<% if x %>\nFROM a\n",
            "FROM {{ base }}\n",
            "from @@BASE@@ AS x\n",
            "FROM %%BASE%%\n",
            "FROM @BASE@:1\n",
        ] {
            assert!(by_text(text).is_some(), "{text}");
        }
    }

    #[test]
    fn markers_inside_commands_are_ordinary_text() {
        for text in [
            "FROM a\nRUN docker inspect -f '{{.Id}}' x\n",
            "FROM a\nRUN x \\\n  --format='{{ range .X }}{{.}}{{end}}'\n",
            "FROM a@sha256:0123\nRUN dpkg-query -W -f='${Package}'\n",
            "# {{ not }} this\n#include <stdio.h>\nFROM a\n",
            "FROM a\nRUN <<EOF cat > a.c\n#include <stdio.h>\n#if X\n#endif\nEOF\n",
            "FROM --platform=$BUILDPLATFORM a\nENV A=%%b\n",
        ] {
            assert_eq!(by_text(text), None, "{text}");
        }
    }

    #[test]
    fn the_line_is_named() {
        assert_eq!(by_text("# x\nFROM {{ base }}\n").unwrap(), "line 2 holds `{{`");
    }
}
