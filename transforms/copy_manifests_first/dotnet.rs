//! dotnet: project files that say what they need, and no more than that.

use super::tool::{Tool, shown};
use super::*;

/// What `dotnet restore` reads.
///
/// # Errors
/// Where that is not known.
pub fn needs(install: &Tool, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
    install.check_options(project, needs)?;
    let words: Vec<_> = install.words().map(shown).collect();
    let start = match words.as_slice() {
        [] => only_project(project)?,
        [file] if is_project(file) || is_solution(file) => project.path(file),
        _ => return refuse(mark!(UNKNOWN_OPTION, "dotnet-project"), "which project it restores is not known"),
    };
    let mut open = vec![start.clone()];
    if is_solution(start.as_str()) {
        open = solution(&project.read(start.as_str(), needs)?, &start)?;
        shared(&beside(project, &start), install, needs)?;
    }
    shared(project, install, needs)?;
    let mut seen: Vec<Absolute> = Vec::new();
    while let Some(file) = open.pop() {
        if seen.contains(&file) {
            continue;
        }
        seen.push(file.clone());
        let text = project.read(file.as_str(), needs)?;
        check(&text, file.as_str())?;
        open.extend(references(&text, &file)?);
        if project.brings(&format!("{file}.user")) {
            return refuse(mark!(MANIFEST_UNREAD, "dotnet-user"), format!("`{file}.user` changes the project"));
        }
        let beside = beside(project, &file);
        shared(&beside, install, needs)?;
        needs.outputs.extend(["obj", "bin"].map(|name| beside.path(name)));
    }
    Ok(())
}

/// The project as it is seen from the folder of a file.
fn beside<'p>(project: &'p Project, file: &Absolute) -> Project<'p> {
    project.at(file.parent().unwrap_or_else(Absolute::root))
}

fn is_project(file: &str) -> bool {
    [".csproj", ".fsproj", ".vbproj"].iter().any(|end| file.ends_with(end))
}

fn is_solution(file: &str) -> bool {
    file.ends_with(".sln") || file.ends_with(".slnx")
}

fn only_project(project: &Project) -> Result<Absolute, Reason> {
    let names = project.names("");
    let found: Vec<&String> = names.iter().filter(|name| is_project(name) || is_solution(name)).collect();
    match found.as_slice() {
        [one] => Ok(project.path(one)),
        _ => refuse(
            mark!(MANIFEST_MISSING, "dotnet-projects"),
            format!("`{}` holds {} projects", project.folder, found.len()),
        ),
    }
}

/// The files that are looked for in the folder of a project and in those above.
fn shared(project: &Project, install: &Tool, needs: &mut Needs) -> Result<(), Reason> {
    for here in project.upwards() {
        for name in install.ecosystem.words("optional") {
            let Some(text) = here.read_if_there(name, needs)? else { continue };
            if *name == "packages.lock.json" && !install.has(&["--locked-mode"]) {
                return refuse(
                    mark!(LOCK_MAY_CHANGE, "dotnet"),
                    "`packages.lock.json` may be written without `--locked-mode`",
                );
            }
            if name.ends_with(".rsp") {
                return refuse(mark!(MANIFEST_UNREAD, "dotnet-response-file"), format!("`{name}` was not understood"));
            }
            check(&text, name)?;
        }
    }
    Ok(())
}

/// That a project file imports nothing and looks at no file; that a nuget.config names servers only.
fn check(text: &str, file: &str) -> Result<(), Reason> {
    let lower = text.to_lowercase();
    let marks = [
        "<import",
        "exists(",
        "system.io",
        "<sdk ",
        "restoresources",
        "restoreadditionalprojectsources",
        "<packagereference include=\"$",
    ];
    if let Some(mark) = marks.iter().find(|mark| lower.contains(**mark)) {
        return refuse(mark!(MANIFEST_UNREAD, "dotnet-import"), format!("`{file}`: what `{mark}` reads is not known"));
    }
    if lower.contains("<packagesources") {
        let sources = lower.split("<packagesources").nth(1).and_then(|rest| rest.split("</packagesources").next());
        let values = sources.unwrap_or_default().split("value=\"").skip(1);
        if let Some(value) = values.filter_map(|rest| rest.split('"').next()).find(|value| !value.starts_with("http")) {
            return refuse(
                mark!(PATH_DEPENDENCY, "dotnet-source"),
                format!("`{file}`: the source `{value}` is a folder"),
            );
        }
    }
    Ok(())
}

/// The projects that a project refers to.
fn references(text: &str, file: &Absolute) -> Result<Vec<Absolute>, Reason> {
    let mut out = Vec::new();
    for rest in text.split("<ProjectReference").skip(1) {
        let value =
            rest.split('>').next().and_then(|tag| tag.split("Include=\"").nth(1)).and_then(|it| it.split('"').next());
        match value.filter(|value| !value.contains(['$', '*', ';', '%']) && is_project(value)) {
            Some(value) => out.push(named(value, file)),
            None => {
                return refuse(
                    mark!(MANIFEST_UNREAD, "dotnet-reference"),
                    format!("`{file}`: which project it refers to is not known"),
                );
            }
        }
    }
    Ok(out)
}

/// The path that a file means by one from its own folder, be it written with `\`.
fn named(value: &str, file: &Absolute) -> Absolute {
    file.parent().unwrap_or_else(Absolute::root).join(&value.replace('\\', "/"))
}

/// The projects of a solution, in either format.
fn solution(text: &str, file: &Absolute) -> Result<Vec<Absolute>, Reason> {
    let quoted = text.split('"').skip(1).step_by(2);
    let projects: Vec<Absolute> =
        quoted.filter(|value| value.ends_with("proj")).map(|value| named(value, file)).collect();
    match projects.is_empty() || !projects.iter().all(|project| is_project(project.as_str())) {
        true => refuse(mark!(MANIFEST_UNREAD, "dotnet-solution"), format!("the projects of `{file}` are not known")),
        false => Ok(projects),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(found: Result<Vec<Absolute>, Reason>) -> Vec<String> {
        found.unwrap().iter().map(Absolute::to_string).collect()
    }

    fn path(text: &str) -> Absolute {
        Absolute::new(text).unwrap()
    }

    #[test]
    fn references_are_found() {
        let text =
            "<Project Sdk=\"x\"><ItemGroup><ProjectReference Include=\"..\\lib\\Lib.csproj\" /></ItemGroup></Project>";
        assert_eq!(texts(references(text, &path("/src/app/App.csproj"))), ["/src/lib/Lib.csproj"]);
        assert!(references("<ProjectReference Include=\"$(X)\\a.csproj\"/>", &path("/a")).is_err());
    }

    #[test]
    fn solutions_of_both_formats() {
        let old = "Project(\"{F}\") = \"App\", \"app\\App.csproj\", \"{A}\"\nEndProject\n";
        assert_eq!(texts(solution(old, &path("/src/x.sln"))), ["/src/app/App.csproj"]);
        let new = "<Solution><Project Path=\"app/App.csproj\" /></Solution>";
        assert_eq!(texts(solution(new, &path("/x.slnx"))), ["/app/App.csproj"]);
    }

    #[test]
    fn imports_and_folders_are_refused() {
        assert!(check("<Project><Import Project=\"x\"/></Project>", "a").is_err());
        assert!(check("<packageSources><add key=\"a\" value=\"./p\"/></packageSources>", "a").is_err());
        assert!(check("<packageSources><add key=\"a\" value=\"https://example.org\"/></packageSources>", "a").is_ok());
    }
}
