//! setuid-files: advice where a build gives a program the right to run as its owner.
//!
//! # Motivation
//! A setuid program of root is root for whoever starts it: one fault in it, and USER protects nothing.
//!
//! # What is said, and when not
//!  1. only where the bit is set: `chmod u+s` or `+s`, a mode of four digits with the 4 in its first one, `install -m`
//!     and `COPY --chmod` likewise; taking it away is no finding;
//!  2. the bit for the group (`g+s`, `2755`) alone is not told: on folders, where it is mostly used, it only says
//!     whose new files are; nor is it told of what the RUN shows to be folders;
//!  3. only in stages that the image is made of, in RUNs whose text was understood.
//!
//! Sources: the CIS Docker Benchmark (4.8), chmod(1), the kernel's `no_new_privs`.

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::Facts;
use crate::script::{Argument, Commands, Invocation};
use crate::text::Span;

/// The transform.
pub struct SetuidFiles;

static META: Meta = Meta {
    id: "setuid-files",
    summary: "a build gives a program the right to run as its owner (setuid)",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    checks: &["CIS-DI-0008"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for SetuidFiles {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for stage in facts.shipped().into_iter().rev() {
            for step in &facts.stages[stage].steps {
                if let Some(flag) = step.instruction.flag("chmod").filter(|flag| sets(flag.value.as_deref())) {
                    let name = step.instruction.keyword.name();
                    advise(out, step.instruction.line.span(flag.range.clone()), &format!("{name} --chmod"));
                }
            }
        }
        for (_, _, work) in facts.works(false, &["chmod", "install"]) {
            let Some(commands) = facts.commands(work.item) else { continue };
            for one in commands.iter().filter(|one| sets(mode(*one).as_deref())) {
                if !is_about_folders(commands, one) {
                    advise(out, work.in_file(one.command_span()), &one.name().unwrap_or_default());
                }
            }
        }
    }
}

fn advise(out: &mut Findings, at: Span, who: &str) {
    let reason = "whoever starts the program has the rights of its owner, mostly root, whatever USER says; give it the one \
                  capability that it needs (`setcap`), or run the container with `--security-opt no-new-privileges`";
    out.advise(at, format!("`{who}` sets the setuid bit"), reason);
}

/// The mode that a command gives to files.
fn mode(one: Invocation) -> Option<String> {
    let mode = match one.name()?.as_ref() {
        "chmod" => one.verb().and_then(Argument::literal),
        "install" => one.option(&["-m", "--mode"]).and_then(|option| option.literal()),
        _ => None,
    };
    mode.map(std::borrow::Cow::into_owned)
}

/// Directories that are there in every image.
const DIRECTORIES: &[&str] = &["/opt", "/home", "/srv", "/tmp", "/var"];

/// Whether the text shows that all that a `chmod` names are folders, on which the bit does nothing: it makes them, or
/// treats them with what is in them.
fn is_about_folders(commands: Commands, chmod: Invocation) -> bool {
    let deep = |one: &Invocation| one.is(&["chmod", "chown"]) && one.has(&["-R", "--recursive"]);
    let treats = commands.iter().filter(|one| one.is(&["mkdir"]) || deep(one));
    let named: Vec<&str> = treats.flat_map(paths).chain(DIRECTORIES.iter().copied()).collect();
    let words = chmod.arguments().len();
    let mut own = paths(chmod).filter(|path| path.starts_with('/'));
    chmod.is(&["chmod"]) && words == 2 && own.all(|path| named.contains(&path))
}

fn paths(one: Invocation<'_>) -> impl Iterator<Item = &str> {
    one.operands().map(|word| word.raw().trim_end_matches('/'))
}

/// Whether a mode sets the bit: `4755`, `06755`, `u+s`, `+s`, `u=rws`.
fn sets(mode: Option<&str>) -> bool {
    let Some(mode) = mode.filter(|mode| !mode.is_empty()) else { return false };
    if mode.bytes().all(|digit| digit.is_ascii_digit()) {
        let digits = mode.trim_start_matches('0');
        return digits.len() == 4 && matches!(digits.as_bytes()[0], b'4'..=b'7');
    }
    mode.split(',').any(|clause| {
        let Some(at) = clause.find(['+', '=']) else { return false };
        let (who, what) = (&clause[..at], &clause[at + 1..]);
        // without `who`, and with `a`, it is set for the owner, too
        (who.is_empty() || who.contains(['u', 'a'])) && what.split('-').next().is_some_and(|set| set.contains('s'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_set_the_bit() {
        for mode in ["4755", "04755", "6755", "u+s", "+s", "ug+s", "a+s", "u=rwxs", "g+w,u+xs"] {
            assert!(sets(Some(mode)), "{mode}");
        }
        for mode in
            ["755", "0755", "2755", "1777", "g+s", "u-s", "a-s", "+x", "o+t", "+t", "u=rwx", "go-s", "$MODE", ""]
        {
            assert!(!sets(Some(mode)), "{mode}");
        }
    }
}
