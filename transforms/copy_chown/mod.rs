//! copy-chown: owner and permissions of what COPY brings are set by COPY itself, not by a RUN behind it.
//!
//! # Motivation
//! `RUN chown` and `RUN chmod` store what they touch a second time, in a layer of their own. `COPY --chown` and `--chmod` write
//! it right at once.
//!
//! # Soundness
//! `COPY x /y` + `RUN chown u:g /y` is `COPY --chown=u:g x /y` (and so with `chmod` and `--chmod`) if
//!  1. the command names exactly what one COPY brings: a single regular file, as the build context, a heredoc or a URL tells,
//!     or, for `chown -R`, a folder that is not there before;
//!  2. the command surely ran: it is a link of a chain of `&&`, of plain commands, in a POSIX shell or the exec form, run by
//!     root or by the owner. Only root changes what root owns, so where USER is not known a build that succeeds shows it;
//!  3. owner and group are both given, as numbers, or as names that mean the same when the COPY runs;
//!  4. for an owner, the folder above is surely there before: one that COPY makes would get the owner, too;
//!  5. permissions are octal, or added to those of the file, which are known, and hold no special bits, which `chown` clears;
//!  6. what is a folder holds no links, which some `chown` follow, and no files with special bits;
//!  7. nothing between the two may change the file, look at it, or make the account;
//!  8. of a whole directory (`-R`): all that is in it is from COPYs of this stage, which all get the flag, or is a directory that
//!     WORKDIR or `mkdir` made, which the command goes on to change; files of another stage are those of an application, and nothing
//!     there gives special permissions;
//!  9. the frontend knows the flag, and the COPY has none that stands against it (`--link`).
//!
//! A `chown` to root of what COPY gives to root anyway goes without a flag. `ADD` of a URL is treated like COPY: its file
//! has the mode 600.
//!
//! Sources: the Dockerfile reference (COPY, ADD), chown(1) and chmod(1) of coreutils and busybox, chown(2), BuildKit's copy
//! of files, builds of both forms.

mod between;
mod copied_file;
mod directories;
mod mode;
mod ownership_command;
mod splice;
mod tree;

use crate::engine::refusals::{
    ARCHIVE, BETWEEN, COMMENT, DESTINATION_EXISTS, DIRECTORY, FLAGS, FROM_STAGE, FRONTEND, MODE, MORE_THAN_COPY,
    NO_CONTEXT, NOT_A_CHAIN, NOT_IN_CONTEXT, NOT_ROOT, OPTION, OWNER, PARENT_OWNER, PART_OF_COPY, PATTERN, PRAGMA,
    READ_DIFFERENTLY, SPECIAL_BITS, SYMBOLIC_LINK, UNKNOWN_ACCOUNTS, UNKNOWN_SOURCE, VARIABLE, VERSION_DEPENDENT, mark,
};
use crate::engine::{At, Chosen, Findings, Level, May, Meta, Need, Reason, Transform, Words, refuse};
use crate::facts::{Facts, Frontend, Truth};
use crate::syntax::Keyword;
use copied_file::{CopiedFile, Is};
use ownership_command::{OwnershipCommand, Wish};
use splice::Move;

/// The transform.
pub struct CopyChown;

static META: Meta = Meta {
    id: "copy-chown",
    summary: "owner and permissions of what COPY and ADD bring are set by their flags, not by a RUN behind them",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[Need::Buildkit, Need::Context],
    may: &[
        May::AddFlag { of: &[Keyword::Copy, Keyword::Add], flag: "--chown=<owner>", with: &[] },
        May::AddFlag { of: &[Keyword::Copy, Keyword::Add], flag: "--chmod=<mode>", with: &[] },
        May::AddFlag { of: &[Keyword::Copy, Keyword::Add], flag: "--chmod=<clauses>", with: &[] },
        May::DropCommand(&[
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] <any> <given>...",
            "chmod [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] <any> <given>...",
            // what COPY brings is root's already
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] root:root ...",
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] root ...",
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] 0:0 ...",
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] 0 ...",
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] root:0 ...",
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] 0:root ...",
            "chown [-R|--recursive|-h|--no-dereference|-v|--verbose|-c|--changes|-f|--silent|--quiet|-Rf|-fR|-Rv|-vR|-Rh|-hR|-cR|-Rc|--preserve-root|--no-preserve-root|--] root: ...",
        ]),
        May::DropWord {
            of: &["chown", "chmod"],
            words: &["-R", "--recursive"],
            or_with: &["root:root", "root", "0:0", "0", "root:0", "0:root", "root:"],
        },
        May::AddWord { to: &["chown", "chmod"], at: At::Tail, words: Words::Beside(is_inside) },
    ],
    intends: &[],
    refusals: &[
        &ARCHIVE,
        &BETWEEN,
        &COMMENT,
        &DESTINATION_EXISTS,
        &DIRECTORY,
        &FLAGS,
        &FROM_STAGE,
        &FRONTEND,
        &MODE,
        &MORE_THAN_COPY,
        &NO_CONTEXT,
        &NOT_A_CHAIN,
        &NOT_IN_CONTEXT,
        &NOT_ROOT,
        &OPTION,
        &OWNER,
        &PARENT_OWNER,
        &PART_OF_COPY,
        &PATTERN,
        &PRAGMA,
        &READ_DIFFERENTLY,
        &SPECIAL_BITS,
        &SYMBOLIC_LINK,
        &UNKNOWN_ACCOUNTS,
        &UNKNOWN_SOURCE,
        &VARIABLE,
        &VERSION_DEPENDENT,
    ],
    options: &[],
    hadolint: &[],
    checks: &[],
    since: "0.1.0",
};

/// Whether a path that comes to a command is one of a directory that the command names.
fn is_inside(new: &str, there: &str) -> bool {
    new.strip_prefix(there.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/') && rest.len() > 1)
        && new.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+@".contains(c))
        && !new.split('/').any(|part| part == "..")
}

impl Transform for CopyChown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, at) in facts.stages.iter().enumerate() {
            for (step, one) in at.steps.iter().enumerate() {
                let text = one.instruction.line.text();
                if one.instruction.keyword == Keyword::Run && (text.contains("chown") || text.contains("chmod")) {
                    run(facts, stage, step, out);
                }
            }
        }
    }
}

/// Moves what can be moved out of one RUN.
fn run(facts: &Facts, stage: usize, step: usize, out: &mut Findings) {
    let asks = ownership_command::read(facts, stage, step);
    let mut moves = Vec::new();
    let mut stay: Vec<&OwnershipCommand> = Vec::new();
    for ask in &asks {
        let found = examine(facts, stage, step, ask);
        let by_one = matches!(found, Ok(Some(_)));
        let whole = || tree::examine(facts, (stage, step), ask, facts.frontend());
        let found = match (by_one, found) {
            (false, Err(reason)) if ask.recursive => whole().map_or(Err(reason), |found| Ok(Some(found))),
            (_, found) => found,
        };
        if found.is_err() {
            advise(facts, (stage, step), ask, out);
        }
        match found {
            Ok(Some(found)) => moves.push(found),
            Ok(None) => {}
            Err((refusal, what)) => {
                stay.push(ask);
                out.refuse(ask.at, refusal, what);
            }
        }
    }
    // where another one stores the file anew all the same, nothing is gained
    while facts.counter.look(moves.len() * stay.len())
        && let Some(index) = moves.iter().position(|one: &Move| stay.iter().any(|other| other.meets(one.ask)))
    {
        stay.push(moves.remove(index).ask);
    }
    if moves.is_empty() {
        return;
    }
    match splice::rewrite(facts, stage, step, &moves) {
        Ok(found) => out.rewrites.extend(found),
        Err((refusal, what)) => out.refuse(moves[0].ask.at, refusal, what),
    }
}

/// Says what would do of a mode in letters, if the frontend that builds the file were known to have it.
fn advise(facts: &Facts, (stage, step): (usize, usize), ask: &OwnershipCommand, out: &mut Findings) {
    let Wish::Mode(wanted) = &ask.wish else { return };
    let letters = ask.recursive && !mode::is_octal(wanted) && facts.frontend() != Frontend::Unknown;
    if letters && tree::examine(facts, (stage, step), ask, Frontend::Newest).is_some() {
        let reason = format!(
            "the RUN stores all of it a second time; `COPY --chmod={wanted}` does not, and needs a first line `# syntax=docker/dockerfile:1` \
             (letters are understood from 1.14 on): with it, dfopt writes it so"
        );
        out.advise(ask.at, format!("give the permissions by `COPY --chmod={wanted}`"), reason);
    }
}

/// What becomes of one command; `None` where no COPY brings what it changes.
fn examine<'a>(
    facts: &Facts,
    stage: usize,
    step: usize,
    ask: &'a OwnershipCommand,
) -> Result<Option<Move<'a>>, Reason> {
    if tree::is_rest(facts, (stage, step), ask) {
        return Ok(None);
    }
    let mut all = Vec::new();
    let mut first = None;
    for path in &ask.paths {
        match copied_file::by(facts, stage, step, path) {
            Ok(Some(found)) => all.push(found),
            Ok(None) => {}
            Err(reason) => first = first.or(Some(reason)),
        }
    }
    if let Some(reason) = first {
        return Err(reason);
    }
    if all.is_empty() {
        return Ok(None);
    }
    if all.len() < ask.paths.len() {
        return refuse(mark!(MORE_THAN_COPY, "others"), "it also changes what no COPY before it brings");
    }
    if let Some(what) = &ask.unfit {
        return Err(what.clone());
    }
    let mut found = Move { ask, level: Level::Safe, flags: Vec::new(), of_context: false, left: None };
    for one in &all {
        let (level, flag) = judge(facts, stage, step, ask, one)?;
        found.level = found.level.max(level);
        found.of_context |= matches!((&ask.wish, &one.is), (Wish::Mode(mode), Is::File(_)) if !mode::is_octal(mode));
        found.flags.extend(flag.map(|flag| (one.step, flag)));
    }
    if found.flags.iter().enumerate().any(|(n, flag)| found.flags[..n].iter().any(|other| other.0 == flag.0)) {
        return refuse(mark!(MORE_THAN_COPY, "twice"), "it names the same file twice");
    }
    Ok(Some(found))
}

/// How far one COPY's flag goes, and the flag; none where COPY does so without one.
fn judge(
    facts: &Facts,
    stage: usize,
    step: usize,
    ask: &OwnershipCommand,
    one: &CopiedFile,
) -> Result<(Level, Option<String>), Reason> {
    let copy = &facts.stages[stage].steps[one.step];
    flags_fit(facts, copy.instruction, &ask.wish)?;
    is_allowed(facts, stage, step, one)?;
    if one.is == Is::Folder && (!ask.recursive || matches!(ask.wish, Wish::Mode(_))) {
        return refuse(&DIRECTORY, format!("`{}` is a folder: the flag would change all that is in it", one.path));
    }
    between::clear(facts, stage, (one.step, step), ask, one)?;
    let mut level = if one.sure { Level::Safe } else { one.likely(facts, stage)? };
    let flag = match &ask.wish {
        Wish::Owner(owner) => {
            if let Is::File(Some(mode)) = one.is
                && mode & 0o7000 != 0
            {
                return refuse(
                    mark!(SPECIAL_BITS, "chown"),
                    format!("`{}` has special permissions, which `chown` clears", one.path),
                );
            }
            let ids = owner.resolve(facts, stage, (one.step, step), one)?;
            if ids == "0:0" {
                // what COPY brings is root's without a flag
                None
            } else {
                one.parent_is_there(facts, stage)?;
                Some(format!("--chown={ids}"))
            }
        }
        Wish::Mode(wanted) => {
            let (octal, of_context) = mode::octal(wanted, one)?;
            if of_context {
                level = Level::Recommended;
            }
            Some(format!("--chmod={octal}"))
        }
    };
    if one.is == Is::Folder {
        one.is_new(facts, stage)?;
        one.is_plain(facts)?;
        level = Level::Recommended;
    }
    Ok((level, flag))
}

/// Whether the COPY can take the flag.
fn flags_fit(facts: &Facts, copy: &crate::syntax::Instruction, wish: &Wish) -> Result<(), Reason> {
    let own = match wish {
        Wish::Owner(_) => "chown",
        Wish::Mode(_) => "chmod",
    };
    if copy.opaque.is_some() {
        return refuse(&VERSION_DEPENDENT, "frontend versions read the COPY differently");
    }
    let fits = |name: &str| ["chown", "chmod", "checksum"].contains(&name) && name != own;
    if let Some(flag) = copy.flags.iter().find(|flag| !fits(&flag.name)) {
        return refuse(mark!(FLAGS, "of-the-copy"), format!("the {} has `{}`", copy.keyword.name(), flag.text));
    }
    match facts.frontend().at_least(1, 2) {
        true => Ok(()),
        false => refuse(&FRONTEND, "the frontend that builds the file is not known to have the flag"),
    }
}

/// Whether the command surely succeeded: root may change anything, others what is theirs.
fn is_allowed(facts: &Facts, stage: usize, step: usize, one: &CopiedFile) -> Result<(), Reason> {
    if facts.is_root(stage, step) != Truth::No {
        return Ok(());
    }
    let at = &facts.stages[stage].steps;
    let owner = at[one.step].instruction.flag("chown").and_then(|flag| flag.value.as_deref());
    let user = at[step].before.user.get().map(String::as_str);
    let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
    match owner.map(name).zip(user.map(name)) {
        Some((owner, user)) if owner == user => Ok(()),
        _ => refuse(&NOT_ROOT, format!("USER is `{}`, which may not change it", user.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, Outcome};
    use crate::facts::{ContextView, Entry, NoContext};
    use crate::text::Source;

    /// A context in which each path is a file with these permissions, whatever the machine says of those in a folder.
    #[derive(Debug)]
    struct Files(Option<u32>);

    impl ContextView for Files {
        fn known(&self) -> bool {
            true
        }

        fn entry(&self, _: &str) -> Entry {
            Entry::File { mode: self.0, size: 1 }
        }

        fn names(&self, _: &str) -> Option<Vec<String>> {
            None
        }

        fn read(&self, _: &str, _: usize) -> Option<Vec<u8>> {
            None
        }

        fn ignored(&self, path: &str) -> Truth {
            NoContext.ignored(path)
        }

        fn dockerfile(&self) -> Option<&str> {
            None
        }
    }

    fn outcome(commands: &str, mode: Option<u32>, level: Level) -> Outcome {
        let source = Source::new(format!("FROM debian:12\nCOPY a /b/\nRUN {commands}\nCMD [\"/b/a\"]\n"));
        let options = Options { level, only: vec![META.id.to_owned()], ..Options::default() };
        crate::engine::run(&[&CopyChown], &source, &options, &Files(mode))
    }

    #[test]
    fn what_is_added_depends_on_the_permissions_of_the_file() {
        let flag = |mode| {
            let text = outcome("chmod +x /b/a", Some(mode), Level::Recommended).text;
            text.lines().nth(1).and_then(|line| line.split(' ').nth(1)).map(str::to_owned)
        };
        assert_eq!(flag(0o644).as_deref(), Some("--chmod=755"));
        assert_eq!(flag(0o664).as_deref(), Some("--chmod=775"));
        assert_eq!(flag(0o600).as_deref(), Some("a"), "no checkout gives that");
        assert_eq!(flag(0o755).as_deref(), Some("--chmod=755"));
        assert!(outcome("chmod +x /b/a", Some(0o644), Level::Safe).applied.is_empty());
    }

    #[test]
    fn permissions_that_are_special_or_not_known_are_refused() {
        let code = |commands: &str, mode| outcome(commands, mode, Level::Recommended).refused[0].code;
        assert_eq!(code("chmod +x /b/a", None), "mode");
        assert_eq!(code("chmod +x /b/a", Some(0o4644)), "special-bits");
        assert_eq!(code("chown 1:1 /b/a", Some(0o2755)), "special-bits");
        assert_eq!(code("chown 1:1 /b/a", Some(0o644)), "parent-owner");
        let digits = outcome("chmod 755 /b/a", Some(0o4644), Level::Safe);
        assert!(digits.text.contains("--chmod=755"), "digits clear what was special");
    }
}
