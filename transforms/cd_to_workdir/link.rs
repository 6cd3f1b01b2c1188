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

/// Says nothing where it makes no difference.
///
/// # Errors
/// Where it may.
pub fn none(place: &StageView, at: usize, path: &str, rest: &str) -> Result<(), Reason> {
    let within = |folder: &str| path == folder || path.starts_with(&format!("{folder}/"));
    if let Some(link) = LINKS.iter().find(|link| within(link)) {
        return Err((mark!(SYMBOLIC_LINK, "of-the-base"), format!("`{link}` is a symbolic link in many images")));
    }
    let mut made = FOLDERS.contains(&path);
    let mut linked = false;
    place.facts.each_step_before(place.index, at + 1, &mut |facts, step| match step.instruction.keyword {
        Keyword::Workdir => made |= absolute(step).as_deref() == Some(path),
        Keyword::Run => linked |= links(facts, step, &within),
        _ => {}
    });
    let asks = ["..", "pwd", "PWD"].iter().any(|word| rest.contains(word));
    match (linked, asks && !made) {
        (true, _) => Err((mark!(SYMBOLIC_LINK, "made"), "a RUN may make it a symbolic link".to_owned())),
        (_, true) => Err((
            mark!(SYMBOLIC_LINK, "asked"),
            "the folder may be a symbolic link, and the text asks by which path it came there".to_owned(),
        )),
        _ => Ok(()),
    }
}

/// Whether a RUN may make a link at a folder or above it.
fn links(facts: &Facts, step: &Step, within: &dyn Fn(&str) -> bool) -> bool {
    let Some(found) = facts.shell_text(step.item) else { return false };
    let text = found.text.text();
    let Shell::Script(script) = &found.shell else { return text.contains("ln ") };
    let mut linked = false;
    script.for_each_command(&mut |command| {
        let CommandKind::Simple(simple) = &command.kind else { return };
        if simple.name(text).as_deref() == Some("ln") {
            let mut values = simple.words.iter().skip(1).map(|word| word.literal(text));
            linked |=
                values.any(|value| value.is_some_and(|value| value.len() > 1 && within(value.trim_end_matches('/'))));
        }
    });
    linked
}
