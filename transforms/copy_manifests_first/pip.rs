//! pip: requirement files, what they include, and what in them names a file of the project.

use super::tool::{Tool, is_package, shown};
use super::*;
use crate::knowledge::manifests::{self, Ecosystem};

/// Options that name a requirement file.
pub const FILES: [&str; 6] = ["-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints"];
const INCLUDES: [&str; 4] = ["-r", "--requirement", "-c", "--constraint"];
const EDITABLE: [&str; 2] = ["-e", "--editable"];

/// Whether an option is followed by a requirement file.
pub fn takes_file(ecosystem: &Ecosystem, option: &str) -> bool {
    matches!(ecosystem.name, "pip" | "uv") && FILES.contains(&option)
}

/// Whether `pip install` is told files or folders rather than packages alone.
pub fn installs_manifests(install: &Tool) -> bool {
    install.has(&FILES) || install.has(&EDITABLE) || install.words().any(|word| is_path(&shown(word)))
}

/// Whether pip takes a word for a path.
fn is_path(word: &str) -> bool {
    let remote = word.contains("://") && !word.contains("file:");
    let archive = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"].iter().any(|end| word.ends_with(end));
    !word.starts_with('-')
        && !remote
        && (word.starts_with('.') || word.contains(['/', '\\']) || archive || word.contains("file:"))
}

/// What `pip install` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    let mut words = install.words();
    if install.has(&EDITABLE) || words.any(|word| !is_package(word) || is_path(&shown(word))) {
        return refuse(
            mark!(ROOT_PACKAGE, "pip"),
            format!("`{}` installs a folder of the project, whose sources it needs", install.title()),
        );
    }
    install.check_options(project, needs)?;
    if install.command.is_module() {
        check_modules(project)?;
    }
    let mut seen = Vec::new();
    for option in install.command.options().filter(|option| option.is(&FILES)) {
        match (option.unquoted(), option.argument()) {
            (Some(file), _) => include(project, &file, needs, &mut seen)?,
            (None, Some((word, _))) => {
                return refuse(
                    mark!(UNKNOWN_OPTION, "file-not-known"),
                    format!("which file `{}` is, is not known", word.raw()),
                );
            }
            (None, None) => {
                return refuse(mark!(UNKNOWN_OPTION, "no-file"), format!("`{}` names no file", option.name));
            }
        }
    }
    Ok(())
}

/// What `uv pip install` reads: as pip, and the settings of uv.
///
/// # Errors
/// Where that is not known.
pub fn uv_needs(install: &Tool, project: &Project, out: &mut Needs) -> Result<(), Reason> {
    let Some(as_pip) = install.read_as("pip") else { return Err(install.not_read()) };
    project.check_parents(&["uv.toml", "pyproject.toml", ".venv"])?;
    for name in ["uv.toml", "pyproject.toml", ".python-version"] {
        let text = project.read_if_there(name, out)?.unwrap_or_default();
        if text.contains("tool.uv") || name == "uv.toml" && !text.is_empty() {
            return refuse(mark!(MANIFEST_UNREAD, "uv-settings"), format!("`{name}` has settings for uv"));
        }
    }
    if !install.has(&["--system"]) {
        out.outputs.push(project.path(".venv"));
    }
    needs(&as_pip, project, out)
}

/// `python -m pip` looks for modules, and for packages that are installed, in the working folder.
fn check_modules(project: &Project) -> Result<(), Reason> {
    let shadows = |name: &&String| {
        let stem = name.strip_suffix(".py").unwrap_or(name);
        manifests::list("modules").contains(&stem) || name.ends_with(".egg-info") || name.ends_with(".dist-info")
    };
    match project.names("").iter().find(shadows) {
        Some(name) => refuse(
            mark!(READS_PROJECT, "python-module"),
            format!("`python -m pip` looks into the working folder, where `{name}` is"),
        ),
        None => Ok(()),
    }
}

/// Reads a requirement file and those that it includes.
fn include(project: &Project, file: &str, needs: &mut Needs, seen: &mut Vec<Absolute>) -> Result<(), Reason> {
    if file.contains("://") && !file.starts_with("file:") {
        return Ok(());
    }
    if file.contains(['$', '*', '?', '[', '~', '\\']) || file.starts_with("file:") {
        return refuse(mark!(UNKNOWN_OPTION, "included-file"), format!("which file `{file}` is, is not known"));
    }
    let image = project.path(file);
    if seen.contains(&image) {
        return Ok(());
    }
    seen.push(image.clone());
    let text = project.read(image.as_str(), needs)?;
    let beside = project.at(image.parent().unwrap_or_else(Absolute::root));
    for line in logical_lines(&text) {
        if line.contains("git+") {
            project.check_git(&line)?;
        }
        let there = |found: Reason| (found.0, format!("`{file}`: {}", found.1));
        if let Some(next) = line_includes(&line).map_err(there)? {
            include(&beside, &next, needs, seen)?;
        }
    }
    Ok(())
}

/// Lines joined at `\`, comments taken away.
fn logical_lines(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let comment = line.trim_start().starts_with('#');
        let line = match line.find(" #").or_else(|| line.find("\t#")) {
            _ if comment => "",
            Some(at) => &line[..at],
            None => line,
        };
        match line.trim_end().strip_suffix('\\') {
            Some(start) if !comment => open.push_str(start),
            _ => out.push(std::mem::take(&mut open) + line),
        }
    }
    out.push(open);
    out.into_iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// The file that a line includes; an error where it names another file or folder.
fn line_includes(line: &str) -> Result<Option<String>, Reason> {
    if !line.starts_with('-') {
        return requirement(line).map(|()| None);
    }
    let (name, value) = match line.find(['=', ' ', '\t']) {
        Some(at) => (&line[..at], line[at + 1..].trim()),
        None if line.len() > 2 && !line.starts_with("--") => (&line[..2], &line[2..]),
        None => (line, ""),
    };
    let value = value.trim_matches(['"', '\'']);
    let known = [
        "-i",
        "--index-url",
        "--extra-index-url",
        "--no-index",
        "--pre",
        "--trusted-host",
        "--no-binary",
        "--only-binary",
    ];
    match name {
        _ if INCLUDES.contains(&name) => Ok(Some(value.to_owned())),
        "-e" | "--editable" => refuse(
            mark!(PATH_DEPENDENCY, "pip-editable"),
            format!("`{line}` installs a folder, or fills one in the project"),
        ),
        "-f" | "--find-links" if value.starts_with("http") => Ok(None),
        "-f" | "--find-links" => refuse(mark!(PATH_DEPENDENCY, "pip-links"), format!("`{line}` names a folder")),
        "--prefer-binary" | "--require-hashes" | "--use-feature" => Ok(None),
        _ if known.contains(&name) && !value.contains("file:") => Ok(None),
        _ => refuse(mark!(MANIFEST_UNREAD, "pip-option"), format!("what `{line}` reads is not known")),
    }
}

/// A requirement: a name with its version, or a URL; no path.
fn requirement(line: &str) -> Result<(), Reason> {
    let line = line.split(" --").next().unwrap_or(line).split(';').next().unwrap_or(line).trim();
    let path = || refuse(mark!(PATH_DEPENDENCY, "pip-path"), format!("`{line}` is a path"));
    let (name, url) = match line.split_once('@') {
        Some((name, url)) if !name.contains(':') => (name.trim(), Some(url.trim())),
        _ if line.contains("://") => ("", Some(line)),
        _ => (line, None),
    };
    if let Some(url) = url {
        return match url.contains("://") && !url.contains("file:") && !url.starts_with('$') {
            true if !is_path(name) => Ok(()),
            _ => path(),
        };
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-[], <>=!~*+()\t\"'".contains(c);
    match is_path(name) {
        true => path(),
        false if name.chars().all(plain) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) => Ok(()),
        false => refuse(mark!(MANIFEST_UNREAD, "requirement"), format!("`{line}` was not understood")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(line: &str) -> Option<&'static str> {
        line_includes(line).err().map(|reason| reason.0.code)
    }

    #[test]
    fn plain_requirements_name_no_file() {
        for line in [
            "flask",
            "Flask==2.0.1",
            "uvicorn[standard]>=0.18,<1",
            "a ; python_version < '3.8'",
            "a==1 --hash=sha256:0",
            "git+https://example.org/a.git@main#egg=a",
            "a @ https://example.org/a.whl",
            "-i https://example.org/simple",
            "--extra-index-url=https://example.org/simple",
            "--no-binary :all:",
            "zope.interface==5.*",
            "a (>=1)",
        ] {
            assert_eq!(line_includes(line).unwrap(), None, "{line}");
        }
    }

    #[test]
    fn includes_are_followed() {
        for line in ["-r base.txt", "-rbase.txt", "--requirement=base.txt", "--requirement base.txt", "-c base.txt"] {
            assert_eq!(line_includes(line).unwrap().unwrap(), "base.txt", "{line}");
        }
    }

    #[test]
    fn paths_are_refused() {
        for line in [
            "./vendor/pkg",
            "vendor/pkg",
            "pkg.whl",
            "-e .",
            "-e git+https://example.org/a",
            "a @ file:///a",
            "-f wheels",
            "file:x",
        ] {
            assert_eq!(code(line), Some("path-dependency"), "{line}");
        }
        for line in ["--config-settings x", "a{b}", "$X"] {
            assert_eq!(code(line), Some("manifest-unread"), "{line}");
        }
    }

    #[test]
    fn lines_are_joined_and_comments_dropped() {
        assert_eq!(logical_lines("# c\na \\\n  --hash=x\n\nb # d\r\nc\\\n"), ["a   --hash=x", "b", "c"]);
    }
}
