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
use crate::facts::called::{Called, called};
use crate::shell::{CommandKind, Script};
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
            let text = work.text.text();
            work.script.for_each_command(&mut |command| {
                let CommandKind::Simple(simple) = &command.kind else { return };
                let Some(program) = called(text, simple) else { return };
                if sets(mode(text, &program).as_deref()) && !is_about_folders(text, work.script, &program) {
                    advise(out, work.in_file(command.span), &program.name);
                }
            });
        }
    }
}

fn advise(out: &mut Findings, at: Span, who: &str) {
    let reason = "whoever starts the program has the rights of its owner, mostly root, whatever USER says; give it the one \
                  capability that it needs (`setcap`), or run the container with `--security-opt no-new-privileges`";
    out.advise(at, format!("`{who}` sets the setuid bit"), reason);
}

/// The mode that a command gives to files.
fn mode(text: &str, program: &Called) -> Option<String> {
    let words: Vec<_> = program.words.iter().map(|word| word.literal(text)).collect();
    let plain = |word: &str| !word.starts_with('-') || word[1..].starts_with(['r', 'w', 'x', 's', 't']);
    match program.name.as_str() {
        "chmod" => words.into_iter().flatten().find(|word| plain(word)).map(Into::into),
        "install" => {
            let joined =
                words.iter().flatten().find_map(|word| word.strip_prefix("--mode=").or(word.strip_prefix("-m")));
            let own = joined.filter(|mode| !mode.is_empty()).map(str::to_owned);
            let next = || {
                words.iter().position(|word| word.as_deref() == Some("-m")).and_then(|at| words.get(at + 1)?.clone())
            };
            own.or_else(|| next().map(Into::into))
        }
        _ => None,
    }
}

/// Whether the text shows that all that a `chmod` names are folders, on which the bit does nothing: it makes them, or
/// treats them with what is in them.
fn is_about_folders(text: &str, script: &Script, chmod: &Called) -> bool {
    let mut folders =
        vec!["/opt".to_owned(), "/home".to_owned(), "/srv".to_owned(), "/tmp".to_owned(), "/var".to_owned()];
    script.for_each_command(&mut |command| {
        let CommandKind::Simple(simple) = &command.kind else { return };
        let Some(program) = called(text, simple) else { return };
        let deep = program.words.iter().any(|word| matches!(word.raw(text), "-R" | "--recursive"));
        if program.name == "mkdir" || (deep && matches!(program.name.as_str(), "chmod" | "chown")) {
            folders.extend(program.words.iter().map(|word| word.raw(text).trim_end_matches('/').to_owned()));
        }
    });
    let mut paths =
        chmod.words.iter().map(|word| word.raw(text).trim_end_matches('/')).filter(|word| word.starts_with('/'));
    chmod.name == "chmod" && chmod.words.len() == 2 && paths.all(|path| folders.iter().any(|folder| folder == path))
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
