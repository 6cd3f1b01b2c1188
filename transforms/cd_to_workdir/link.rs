//! Whether a folder may be a symbolic link. By `cd`, the shell knows the path by which it came; by WORKDIR, only where the folder
//! really is.

use super::*;
use crate::shell::{CommandKind, Shell};

/// Links in common base images.
const LINKS: &[&str] = &["/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/usr/tmp", "/var/lock", "/var/run"];

/// Folders that are none in any image.
const FOLDERS: &[&str] = &[
    "/",
    "/etc",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/share",
    "/usr/local/src",
    "/usr/share",
    "/usr/src",
    "/var",
    "/var/cache",
    "/var/lib",
    "/var/log",
    "/var/tmp",
    "/var/www",
];

/// Where links and folders are made in the file; looked for when it is asked.
#[derive(Default)]
pub struct Made {
    /// By the words of `ln`.
    links: OnceCell<Index>,
    /// By the paths of WORKDIRs.
    folders: OnceCell<Index>,
}

/// Stands for a link of which it is not known where it is.
const ANYWHERE: &str = "";

impl Made {
    fn links(&self, facts: &Facts) -> &Index {
        let names = |_: &Stage, step: &Step| match step.instruction.keyword {
            Keyword::Run => links(facts, step),
            _ => Vec::new(),
        };
        self.links.get_or_init(|| Index::of(facts, names))
    }

    fn folders(&self, facts: &Facts) -> &Index {
        let names = |_: &Stage, step: &Step| match step.instruction.keyword {
            Keyword::Workdir => absolute(step).into_iter().collect(),
            _ => Vec::new(),
        };
        self.folders.get_or_init(|| Index::of(facts, names))
    }

    /// Whether a RUN at a step or before it may make a link at a path or above it.
    fn links_above(&self, place: &StageView, at: usize, path: &str) -> bool {
        let before = |name: &str| self.links(place.facts).before(place.facts, name, (place.index, at + 1)).is_some();
        let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
        before(ANYWHERE) || ends.skip(1).any(|end| before(&path[..end]))
    }
}

/// Says nothing where it makes no difference.
///
/// # Errors
/// Where it may.
pub fn none(place: &StageView, at: usize, path: &str, rest: &str) -> Result<(), Reason> {
    let within = |folder: &str| path == folder || path.starts_with(&format!("{folder}/"));
    if let Some(link) = LINKS.iter().find(|link| within(link)) {
        return Err((mark!(SYMBOLIC_LINK, "of-the-base"), format!("`{link}` is a symbolic link in many images")));
    }
    let made = || {
        FOLDERS.contains(&path)
            || place.made.folders(place.facts).before(place.facts, path, (place.index, at + 1)).is_some()
    };
    let asks = ["..", "pwd", "PWD"].iter().any(|word| rest.contains(word));
    match place.made.links_above(place, at, path) {
        true => Err((mark!(SYMBOLIC_LINK, "made"), "a RUN may make it a symbolic link".to_owned())),
        false if asks && !made() => Err((
            mark!(SYMBOLIC_LINK, "asked"),
            "the folder may be a symbolic link, and the text asks by which path it came there".to_owned(),
        )),
        false => Ok(()),
    }
}

/// The paths at which a RUN may make a link.
fn links(facts: &Facts, step: &Step) -> Vec<String> {
    let Some(found) = facts.shell_text(step.item) else { return Vec::new() };
    let text = found.text.text();
    let Shell::Script(script) = &found.shell else {
        return text.contains("ln ").then(|| ANYWHERE.to_owned()).into_iter().collect();
    };
    let mut out = Vec::new();
    script.for_each_command(&mut |command| {
        let CommandKind::Simple(simple) = &command.kind else { return };
        if simple.name(text).as_deref() == Some("ln") {
            let values = simple.words.iter().skip(1).filter_map(|word| word.literal(text));
            out.extend(values.filter(|value| value.len() > 1).map(|value| value.trim_end_matches('/').to_owned()));
        }
    });
    out
}
