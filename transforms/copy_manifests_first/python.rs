//! poetry, pdm, uv and pipenv: projects with a lock file.

use super::tool::Tool;
use super::*;

/// What `poetry install --no-root`, `pdm sync --no-self` or `uv sync --no-install-project` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    if !install.has_any("must") {
        let option = install.ecosystem.words("must").first().unwrap_or(&"");
        return refuse(
            mark!(ROOT_PACKAGE, "python"),
            format!("without `{option}` `{}` installs the project itself too", install.title()),
        );
    }
    install.check_words(project, needs)?;
    project.check_parents(&["pyproject.toml", "uv.toml", ".venv", ".python-version"])?;
    let text = project.read("pyproject.toml", needs)?;
    check_toml(&text, "pyproject.toml")?;
    if text.contains("git+") || words_of(&text).any(|(word, assigned)| word == "git" && assigned) {
        project.check_git("a dependency")?;
    }
    let hook = |word: &str| word.starts_with("pre_") || word.starts_with("post_") || word == "plugins";
    if let Some((word, _)) = words_of(&text).find(|(word, assigned)| *assigned && hook(word)) {
        return refuse(
            mark!(LIFECYCLE_HOOK, "python"),
            format!("`{word}` of pyproject.toml may be run by the install"),
        );
    }
    let dynamic = words_of(&text).any(|(word, _)| word == "dynamic");
    if dynamic
        && install.ecosystem.name != "poetry"
        && !install.has(&["--frozen", "--frozen-lockfile"])
        && install.verb != "sync"
    {
        return refuse(
            mark!(READS_PROJECT, "dynamic"),
            "`dynamic` of pyproject.toml makes the install look at the sources",
        );
    }
    if dynamic && install.ecosystem.name == "uv" && !install.has(&["--frozen"]) {
        return refuse(
            mark!(READS_PROJECT, "dynamic-uv"),
            "`dynamic` of pyproject.toml makes the install look at the sources",
        );
    }
    for name in ["uv.toml", "poetry.toml", "pdm.toml"] {
        if let Some(text) = project.read_if_there(name, &mut Needs::default())? {
            check_toml(&text, name)?;
        }
    }
    project.take_files(install, needs)
}

/// What `pipenv sync` or `pipenv install --deploy` reads.
///
/// # Errors
/// Where that is not known.
pub fn pipenv(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    install.check_words(project, needs)?;
    project.check_parents(&["Pipfile", ".venv", ".env"])?;
    check_toml(&project.read("Pipfile", needs)?, "Pipfile")?;
    let outputs = needs.outputs.len();
    project.take_files(install, needs)?;
    if install.has(&["--system"]) {
        needs.outputs.truncate(outputs);
    }
    if let Some(text) = project.read_if_there("Pipfile.lock", needs)?
        && ["\"path\":", "\"file\": \"file:", "\"editable\": true"].iter().any(|word| text.contains(word))
    {
        return refuse(mark!(PATH_DEPENDENCY, "pipfile-lock"), "`Pipfile.lock` has a dependency that is a folder");
    }
    Ok(())
}

/// That nothing in a TOML file names a file or a workspace, as far as its keys tell.
fn check_toml(text: &str, name: &str) -> Result<(), Reason> {
    for (word, assigned) in words_of(text) {
        let found = match word {
            "path" | "file" | "editable" | "develop" | "find-links" | "paths" | "cache-dir" if assigned => true,
            "workspace" | "dynamic-versioning" | "poetry-dynamic-versioning" | "requires-plugins" => true,
            _ => false,
        };
        if found {
            let refusal =
                if word == "workspace" { mark!(WORKSPACE, "python") } else { mark!(PATH_DEPENDENCY, "toml-word") };
            return refuse(refusal, format!("`{name}`: `{word}` may name files of the project"));
        }
    }
    let relative = ["\"./", "\"../", "'./", "'../"].iter().any(|start| text.contains(start));
    match text.contains("file:") || relative {
        true => refuse(mark!(PATH_DEPENDENCY, "toml-text"), format!("`{name}` names a file of the project")),
        false => Ok(()),
    }
}

/// The bare words of a TOML file, and whether a `=` stands behind; comments are left out.
fn words_of(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let lines =
        text.lines().map(|line| line.split(" #").next().unwrap_or(line)).filter(|line| !line.trim().starts_with('#'));
    lines.flat_map(|line| {
        let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let mut at = 0;
        std::iter::from_fn(move || {
            let start = at + line[at..].find(part)?;
            let end = start + line[start..].find(|c| !part(c)).unwrap_or(line.len() - start);
            at = end;
            let behind = line[end..].trim_start_matches(['"', '\'', ' ', '\t']);
            Some((&line[start..end], behind.starts_with('=') && !behind.starts_with("==")))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_projects_name_no_files() {
        let text = "[project]\nname = \"x\"\nreadme = \"README.md\"\n\
             dependencies = [\"flask==2\"]\n# path = x\n[tool.mypy]\nmypy_path = \"src\"\n";
        assert_eq!(check_toml(text, "p"), Ok(()));
    }

    #[test]
    fn paths_and_workspaces_are_seen() {
        for text in [
            "a = { path = \"../a\" }",
            "a = {path=\"a\"}",
            "\"path\" = 1",
            "a = { git = \"x\", develop = true }",
            "x = \"a @ file:///a\"",
        ] {
            assert_eq!(check_toml(text, "p").unwrap_err().0.code, "path-dependency", "{text}");
        }
        assert_eq!(check_toml("[tool.uv.workspace]", "p").unwrap_err().0.code, "workspace");
        assert_eq!(check_toml("a = { workspace = true }", "p").unwrap_err().0.code, "workspace");
    }
}
