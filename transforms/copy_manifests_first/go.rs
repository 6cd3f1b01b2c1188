//! go: go.mod with its replacements, and whether go.sum is whole.

use super::tool::Tool;
use super::*;

/// What `go mod download` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    if install.words().next().is_some() {
        return refuse(mark!(LOCK_MAY_CHANGE, "go-modules-named"), "modules that are named may change go.sum");
    }
    install.check_options(project, needs)?;
    project.check_parents(&["go.work", "go.mod"])?;
    if project.brings("go.work") {
        return refuse(mark!(WORKSPACE, "go"), "`go.work` joins several modules");
    }
    if project.brings("vendor") {
        return refuse(mark!(ECOSYSTEM, "vendored"), "`vendor` holds the modules already");
    }
    let text = project.read("go.mod", needs)?;
    let sums = project.read_if_there("go.sum", needs)?;
    let module = Module::read(&text)?;
    module.check_sums(sums.as_deref().unwrap_or_default())?;
    if sums.is_none() {
        needs.later.push(project.path("go.sum"));
    }
    for folder in &module.folders {
        let name = format!("{folder}/go.mod");
        project.read(&name, needs)?;
        if project.has(&format!("{folder}/go.sum"))? {
            needs.add(project.path(&format!("{folder}/go.sum")));
        }
    }
    Ok(())
}

/// A module, the version where only that one is replaced, and by what; `None` is a folder.
type Replaced = (String, Option<String>, Option<(String, String)>);

/// What a go.mod says.
#[derive(Debug, Default)]
struct Module {
    version: (u32, u32),
    required: Vec<(String, String)>,
    replaced: Vec<Replaced>,
    folders: Vec<String>,
}

impl Module {
    fn read(text: &str) -> Result<Module, Reason> {
        let mut out = Module::default();
        let mut block = String::new();
        for line in text.lines() {
            let line = line.split("//").next().unwrap_or(line).trim();
            let words: Vec<&str> = line.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
            match words.as_slice() {
                [] => {}
                [")"] => block.clear(),
                [name, "("] => block = (*name).to_owned(),
                words if !block.is_empty() => out.line(&block.clone(), words)?,
                [name, rest @ ..] => out.line(name, rest)?,
            }
        }
        Ok(out)
    }

    fn line(&mut self, directive: &str, words: &[&str]) -> Result<(), Reason> {
        match (directive, words) {
            ("module" | "toolchain" | "exclude" | "retract" | "godebug" | "tool" | "ignore", _) => {}
            ("go", [version]) => {
                let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
                self.version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
            }
            ("require", [name, version]) => self.required.push(((*name).to_owned(), (*version).to_owned())),
            ("replace", words) => return self.replacement(words),
            _ => {
                return refuse(
                    mark!(MANIFEST_UNREAD, "go-mod"),
                    format!("`go.mod`: `{directive} {}` was not understood", words.join(" ")),
                );
            }
        }
        Ok(())
    }

    fn replacement(&mut self, words: &[&str]) -> Result<(), Reason> {
        let arrow = words.iter().position(|word| *word == "=>").unwrap_or(words.len());
        let (old, new) = (&words[..arrow], words.get(arrow + 1..).unwrap_or_default());
        let version = old.get(1).map(|version| (*version).to_owned());
        let by = match (old, new) {
            ([_] | [_, _], [folder]) if folder.starts_with('.') => {
                self.folders.push(folder.trim_end_matches('/').to_owned());
                None
            }
            ([_] | [_, _], [name, version]) => Some(((*name).to_owned(), (*version).to_owned())),
            _ => {
                return refuse(
                    mark!(PATH_DEPENDENCY, "go-replace"),
                    format!("`go.mod`: `replace {}`", words.join(" ")),
                );
            }
        };
        self.replaced.push((old[0].to_owned(), version, by));
        Ok(())
    }

    /// That go.sum has all that is required, so that no go command writes it.
    fn check_sums(&self, sums: &str) -> Result<(), Reason> {
        if self.required.is_empty() {
            return Ok(());
        }
        if self.version < (1, 17) {
            return refuse(
                mark!(LOCK_MAY_CHANGE, "go-before-1-17"),
                "before go 1.17 go.mod does not name all modules, and the download may write go.sum",
            );
        }
        let known: std::collections::HashSet<(&str, &str)> = sums
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.next()?))
            })
            .collect();
        for (name, version) in &self.required {
            let replaced =
                self.replaced.iter().find(|(old, at, _)| old == name && at.as_ref().is_none_or(|at| at == version));
            let (name, version) = match replaced {
                Some((_, _, Some((name, version)))) => (name, version),
                Some((_, _, None)) => continue,
                None => (name, version),
            };
            let canonical = version.starts_with('v')
                && version.split(['-', '+']).next().is_some_and(|it| it.matches('.').count() == 2);
            if !canonical || !known.contains(&(name.as_str(), format!("{version}/go.mod").as_str())) {
                return refuse(
                    mark!(LOCK_MAY_CHANGE, "go-sum"),
                    format!("go.sum has nothing of `{name} {version}`, and the download may write it"),
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "module a\n\ngo 1.21\n\nrequire (\n\texample.org/b v1.2.3 // indirect\n\texample.org/c v0.1.0\n)\n\n\
        replace example.org/c => ./c\n";

    #[test]
    fn modules_are_read() {
        let module = Module::read(TEXT).unwrap();
        assert_eq!(module.version, (1, 21));
        assert_eq!(module.required.len(), 2);
        assert_eq!(module.folders, ["./c"]);
        assert_eq!(module.check_sums("example.org/b v1.2.3 h1:x\nexample.org/b v1.2.3/go.mod h1:y\n"), Ok(()));
        assert_eq!(module.check_sums("").unwrap_err().0.code, "lock-may-change");
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(Module::read("plugin x y\n").is_err());
        assert_eq!(Module::read("replace a => /abs\n").unwrap_err().0.code, "path-dependency");
        let old = Module::read("module a\ngo 1.16\nrequire b v1.0.0\n").unwrap();
        assert_eq!(old.check_sums("b v1.0.0/go.mod h1:x\n").unwrap_err().0.code, "lock-may-change");
        assert_eq!(Module::read("module a\n").unwrap().check_sums(""), Ok(()));
    }
}
