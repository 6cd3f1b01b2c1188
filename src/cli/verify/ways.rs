//! How a file is built: from which context, for which stage, with which arguments. Where the project says several ways, each is
//! proved; what the user says has the last word.

use crate::cli::config::{InForce, shown};
use crate::cli::verify::args::VerifyArgs;
use crate::facts::Known;
use crate::project::builds::{Build, Place};
use crate::verify::measure;
use crate::visible::visible_str;
use std::path::{Path, PathBuf};

/// More ways than these are not gone.
const MOST: usize = 4;

/// A way to build a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The build context.
    pub context: PathBuf,
    /// What the engine is told besides: flags with their values.
    pub flags: Vec<(&'static str, String)>,
    /// Who says so.
    pub by: Option<String>,
    /// What is said and cannot be done.
    pub notes: Vec<String>,
}

/// The ways to build a file, each once.
///
/// # Errors
/// What to do where none is known.
pub fn ways(path: &Path, force: &InForce, args: &VerifyArgs, current: &Path) -> Result<Vec<Way>, String> {
    if force.builds.is_empty() {
        let context = force.context.clone().unwrap_or_else(|| measure::folder_of(path));
        return Ok(vec![Way { context, flags: Vec::new(), by: None, notes: Vec::new() }]);
    }
    let mut out: Vec<Way> = Vec::new();
    let mut elsewhere = None;
    for build in &force.builds {
        let by = format!("{}:{}", shown(&build.by.file, current), build.by.line);
        let context = match (&force.context, &build.context) {
            (Some(named), _) => named.clone(),
            (None, Place::Directory(directory)) => directory.clone(),
            (None, Place::Unknown) => {
                elsewhere = Some(by);
                continue;
            }
        };
        let (flags, notes) = flags(build, args);
        if !out.iter().any(|way| way.context == context && way.flags == flags) {
            out.push(Way { context, flags, by: Some(by), notes });
        }
    }
    match (out.last_mut(), elsewhere) {
        (None, by) => {
            let by = by.unwrap_or_default();
            return Err(format!("{by} builds it from a context that is not known here: name it with `--context DIR`"));
        }
        (Some(way), Some(by)) => way.notes.push(format!("how {by} builds it is not known, and was left out")),
        _ => {}
    }
    if let Some(rest) = out.len().checked_sub(MOST).filter(|rest| *rest > 0) {
        out.truncate(MOST);
        out[0].notes.push(format!("{rest} more ways in which the project builds it were left out"));
    }
    Ok(out)
}

/// What the engine is told of a build, but for what the user tells it.
fn flags(build: &Build, args: &VerifyArgs) -> (Vec<(&'static str, String)>, Vec<String>) {
    let (mut flags, mut notes) = (Vec::new(), Vec::new());
    match &build.target {
        _ if args.target.is_some() => {}
        Known::Yes(Some(name)) => flags.push(("--target", name.clone())),
        Known::Yes(None) => {}
        Known::Unknown => notes.push("which stage is built is not known: the last one was".to_owned()),
    }
    let lists =
        [("--build-arg", &build.args, &args.build_arg), ("--build-context", &build.contexts, &args.build_context)];
    for (flag, values, given) in lists {
        let told = |name: &str| given.iter().any(|text| text.split('=').next() == Some(name));
        for (name, value) in values.iter().filter(|(name, _)| !told(name)) {
            match value {
                Known::Yes(value) => flags.push((flag, format!("{name}={value}"))),
                Known::Unknown => {
                    let name = visible_str(name);
                    notes.push(format!("the value of `{name}` is not known: pass `{flag} {name}=VALUE`"));
                }
            }
        }
    }
    (flags, notes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::builds::By;
    use clap::Parser;
    use std::collections::BTreeMap;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        verify: VerifyArgs,
    }

    fn of(builds: Vec<Build>, context: Option<&str>, args: &[&str]) -> Result<Vec<Way>, String> {
        let line = Line::parse_from(["verify"].iter().chain(args));
        let force = InForce { builds, context: context.map(PathBuf::from), ..InForce::default() };
        ways(Path::new("/p/d/Dockerfile"), &force, &line.verify, Path::new("/p"))
    }

    fn build(line: u32, context: Option<&str>) -> Build {
        let place = context.map_or(Place::Unknown, |path| Place::Directory(PathBuf::from(path)));
        Build::new(PathBuf::from("/p/d/Dockerfile"), place, By { file: PathBuf::from("/p/compose.yaml"), line })
    }

    #[test]
    fn a_file_of_which_nobody_speaks_is_built_in_its_directory() {
        let way = |context: &str| Way { context: context.into(), flags: Vec::new(), by: None, notes: Vec::new() };
        assert_eq!(of(Vec::new(), None, &[]), Ok(vec![way("/p/d")]));
        assert_eq!(of(Vec::new(), Some("/p"), &[]), Ok(vec![way("/p")]));
    }

    #[test]
    fn each_way_is_told_once_and_the_user_has_the_last_word() {
        let args = BTreeMap::from([("A".to_owned(), Known::Yes("1".to_owned())), ("B".to_owned(), Known::Unknown)]);
        let full = Build { target: Known::Yes(Some("dev".to_owned())), args, ..build(3, Some("/p")) };
        let found = of(vec![full.clone(), full.clone(), build(9, Some("/p"))], None, &[]).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].flags, [("--target", "dev".to_owned()), ("--build-arg", "A=1".to_owned())]);
        assert_eq!((found[0].by.as_deref(), found[0].notes.len()), (Some("compose.yaml:3"), 1));
        let said = of(vec![full], Some("/x"), &["--target", "prod", "--build-arg", "A=2", "--build-arg", "B"]).unwrap();
        assert_eq!((said[0].context.as_path(), said[0].flags.len(), said[0].notes.len()), (Path::new("/x"), 0, 0));
    }

    #[test]
    fn a_context_that_is_not_known_must_be_named() {
        let error = of(vec![build(3, None)], None, &[]).unwrap_err();
        assert!(error.contains("compose.yaml:3") && error.contains("--context DIR"), "{error}");
        assert_eq!(of(vec![build(3, None)], Some("/p"), &[]).unwrap().len(), 1);
        let mixed = of(vec![build(3, None), build(4, Some("/p"))], None, &[]).unwrap();
        assert!(mixed[0].notes[0].contains("compose.yaml:3"), "{mixed:?}");
    }
}
