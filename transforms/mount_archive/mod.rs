//! mount-archive: an archive or a package that COPY brings, and a RUN unpacks or installs and removes, is mounted into that RUN.
//!
//! # Motivation
//! What COPY brings stays in its layer, whatever a later RUN deletes: the image carries the archive for ever.
//!
//! # Soundness
//! `COPY a.tar /x/a.tar` + `RUN tar -xf /x/a.tar && rm /x/a.tar` leaves the same files as `RUN --mount=type=bind,source=a.tar,target=/x/a.tar
//! tar -xf /x/a.tar` if
//!  1. the COPY brings one file, named like an archive or a package, to a path that is known, in a directory that is there without it:
//!     the place of a mount is gone after the RUN, and so would be a directory that was made for it alone;
//!  2. no step that makes or moves files stands between the two;
//!  3. the RUN is a chain of `&&` run by root, and removes just this file by an `rm` of its own, which goes: a mount can't be removed;
//!  4. all else in the RUN is known to read the file at most, and not after the `rm`: a mount can't be written, moved or removed, and
//!     stays until the RUN ends;
//!  5. BuildKit builds the file, with a frontend that knows mounts.
//!
//! If the source is a pattern, which a mount does not know, the directory of the source is mounted at `/mnt`, and the shell expands the
//! pattern there. COPY to the path of a file fails unless just one file matches.
//!
//! Sources: the Dockerfile reference on `RUN --mount=type=bind`; BuildKit's executor, which removes empty mount points; builds of both
//! forms.

use crate::edit::Edit;
use crate::engine::delta::Mounted;
use crate::engine::refusals::{
    BETWEEN, COMMENT, FLAGS, FRONTEND, HEREDOC, NOT_A_CHAIN, NOT_ROOT, PATTERN, UNKNOWN_COMMAND, UNKNOWN_PATH,
    USED_ELSEWHERE, mark,
};
use crate::engine::{Chosen, Findings, Level, May, Meta, Need, Reason, Rewrite, Transform, refuse};
use crate::facts::packages::Work;
use crate::facts::removal::{removed, rm};
use crate::facts::{Facts, State, Step, layout, uses};
use crate::knowledge::paths::{Absolute, Pattern};
use crate::knowledge::programs::{Kind, Meaning, Touch};
use crate::script::{Argument, Invocation, Link};
use crate::syntax::{Args, Instruction, Keyword};
use crate::text::Span;

/// The transform.
pub struct MountArchive;

static META: Meta = Meta {
    id: "mount-archive",
    summary: "an archive or package that only one RUN needs is mounted into that RUN, and no layer contains it",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[Need::Buildkit],
    may: &[May::Mount, May::DropCommand(&[rm!("<file>")])],
    refusals: &[
        &BETWEEN,
        &COMMENT,
        &FLAGS,
        &FRONTEND,
        &HEREDOC,
        &NOT_A_CHAIN,
        &NOT_ROOT,
        &PATTERN,
        &UNKNOWN_COMMAND,
        &UNKNOWN_PATH,
        &USED_ELSEWHERE,
    ],
    since: "0.1.0",
    ..Meta::PLAIN
};

/// How archives and packages are called.
const ENDS: &[&str] = &[
    ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tar.lz", ".tar.Z", ".zip",
    ".deb", ".rpm",
];

/// Directories that an image of a distribution has by itself.
const THERE: &[&str] = &[
    "/",
    "/bin",
    "/etc",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/local",
    "/usr/local/bin",
    "/var",
    "/var/tmp",
];

impl Transform for MountArchive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for stage in facts.shipped() {
            let steps = facts.stages[stage].steps.iter().enumerate();
            for (at, step) in steps.filter(|(_, step)| step.instruction.keyword == Keyword::Copy) {
                match examine(facts, stage, at) {
                    Ok(found) => out.rewrites.extend(found),
                    Err((refusal, what)) => out.refused.push((step.instruction.keyword_span, refusal, what)),
                }
            }
        }
    }
}

/// The rewrite of one COPY; `None` if it is not the pattern.
fn examine(facts: &Facts, stage: usize, at: usize) -> Result<Option<Rewrite>, Reason> {
    let step = &facts.stages[stage].steps[at];
    let Some(archive) = archive(step) else { return Ok(None) };
    let Some(file) = Absolute::new(&archive.file) else { return Ok(None) };
    let Some((use_at, rm)) = removed_at(facts, stage, at, &file) else { return Ok(None) };
    check_copy(facts, step, &file)?;
    check_between(facts, stage, (at, use_at))?;
    let user = &facts.stages[stage].steps[use_at];
    let work = check_run(facts, stage, user, &file)?;
    let gone = check_rm(facts, &work, rm)?;
    check_commands(&work, rm, &file, &user.before)?;
    let words = words(&work, rm, &archive, &user.before)?;
    let edits = edits(facts, (step.item, user.item), &work, &archive, &words, gone);
    let at = step.instruction.keyword_span.to(step.instruction.line.span(step.instruction.rest.clone()));
    let title = format!("mount `{}` into the RUN that uses it", archive.file);
    let reason = "what COPY brings stays in its layer, whatever a later RUN deletes";
    Ok(Rewrite::new(at, Level::Recommended, title, reason, edits).into_iter().next())
}

/// What would be mounted, if a COPY brings one file that is called like an archive or a package.
fn archive(step: &Step) -> Option<Mounted> {
    let one = step.instruction;
    let Args::Transfer { sources, dest, .. } = &one.args else { return None };
    let [source] = &sources[..] else { return None };
    let called = |path: &str| ENDS.iter().any(|end| path.ends_with(end));
    let from = one.flag("from").map(|flag| flag.value.as_deref().unwrap_or_default());
    let workdir = step.before.workdir.get().map(String::as_str);
    let archive = Mounted::of(from, &source.text, &dest.text, workdir)?;
    // a destination without an end of its own may be a directory
    (one.opaque.is_none() && one.heredocs.is_empty() && called(&source.text) && called(&archive.file))
        .then_some(archive)
}

/// The RUN after a COPY that removes its file, and the command that does.
fn removed_at<'f>(facts: &'f Facts, stage: usize, at: usize, file: &Absolute) -> Option<(usize, Invocation<'f>)> {
    let steps = &facts.stages[stage].steps;
    let text =
        |step: &Step| step.instruction.keyword == Keyword::Run && step.instruction.line.text().contains(file.name());
    (at + 1..steps.len()).filter(|index| text(&steps[*index])).find_map(|index| {
        let commands = facts.commands(steps[index].item)?;
        let names =
            |one: Invocation| one.operands().any(|word| path(one, word, &steps[index].before).as_ref() == Some(file));
        Some((index, commands.iter().find(|one| one.is(&["rm"]) && names(*one))?))
    })
}

/// The path of a word.
fn path(one: Invocation, word: Argument, state: &State) -> Option<Absolute> {
    let start = state.workdir.get().and_then(|path| Absolute::new(path));
    one.path(word, start.as_ref(), state).filter(|_| !word.is_pattern())
}

fn check_copy(facts: &Facts, step: &Step, file: &Absolute) -> Result<(), Reason> {
    let known = |name: &str| matches!(name, "from" | "chown" | "chmod" | "link");
    if let Some(flag) = step.instruction.flags.iter().find(|flag| !known(&flag.name)) {
        return Err((mark!(FLAGS, "of-the-copy"), format!("`--{}` of COPY has no equal in a mount", flag.name)));
    }
    if layout::has_comment_inside(facts, step.item) {
        return Err((mark!(COMMENT, "in-the-copy"), "a comment stands between the lines of the COPY".to_owned()));
    }
    let workdir = step.before.workdir.get().map(String::as_str);
    let parent = file.parent().unwrap_or_else(Absolute::root);
    match THERE.contains(&parent.as_str()) || workdir == Some(parent.as_str()) {
        true => Ok(()),
        false => refuse(&UNKNOWN_PATH, format!("the COPY may make `{parent}`, and a mount would not leave it there")),
    }
}

/// That nothing between the two makes files, or looks at them.
fn check_between(facts: &Facts, stage: usize, (at, use_at): (usize, usize)) -> Result<(), Reason> {
    let acts =
        |one: &Instruction| matches!(one.keyword, Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Onbuild);
    let between = facts.stages[stage].steps[at + 1..use_at].iter().map(|step| step.instruction);
    match between.into_iter().find(|one| acts(one)) {
        Some(one) => refuse(&BETWEEN, format!("the {:?} in line {} stands between the two", one.keyword, one.lines.0)),
        None => Ok(()),
    }
}

fn check_run<'f, 'a>(facts: &'f Facts<'a>, stage: usize, step: &Step<'a>, file: &Absolute) -> Result<Work<'f>, Reason> {
    let one = step.instruction;
    if !facts.frontend().at_least(1, 2) {
        return refuse(&FRONTEND, "the frontend that the file asks for is not known to have mounts");
    }
    if !one.heredocs.is_empty() {
        return refuse(&HEREDOC, "the RUN has a heredoc");
    }
    let beside = |flag: &crate::syntax::Flag| flag.text.starts_with("--mount=type=bind,");
    if !one.flags.iter().all(beside) || uses::mounted(one, &[file.as_str(), "/mnt"]).is_some() {
        return Err((mark!(FLAGS, "of-the-run"), "the RUN has another mount, or no network".to_owned()));
    }
    let work = facts.stages.get(stage).and_then(|stage| facts.work(stage, step));
    match work.filter(|work| work.commands.is_chain() && !work.commands.has_comments() && work.is_posix()) {
        Some(work) if work.is_root() => Ok(work),
        Some(_) => refuse(&NOT_ROOT, "the RUN is not known to run as root, who can read what is mounted"),
        None => refuse(&NOT_A_CHAIN, "the RUN is not one chain of `&&` of a POSIX shell"),
    }
}

/// The place of the `rm` with the `&&` before it.
fn check_rm(facts: &Facts, work: &Work, rm: Invocation) -> Result<Span, Reason> {
    let links = work.commands.links();
    let own = |link: &Link| link.command().is_some_and(|command| command.span() == rm.span());
    let index = links.iter().position(own).filter(|index| *index > 0 && removed(rm).is_some());
    let Some(index) = index else {
        let what = format!("`{}` does more than to remove it, and would fail on a mount", rm.written());
        return Err((mark!(USED_ELSEWHERE, "removed-with-others"), what));
    };
    let gone = work.gap((links[index - 1].pipe.span.end, links[index].pipe.span.end));
    match facts.source.slice(gone).contains('#') {
        true => Err((mark!(COMMENT, "before-the-removal"), "a comment stands before the `rm`".to_owned())),
        false => Ok(gone),
    }
}

/// That all other commands are known to read the file at most.
fn check_commands(work: &Work, rm: Invocation, file: &Absolute, state: &State) -> Result<(), Reason> {
    let start = state.workdir.get().and_then(|path| Absolute::new(path));
    for one in work.commands.deep().into_iter().filter(|one| one.span() != rm.span()) {
        let unpacks = one.is_kind(Kind::Unpacks) && extracts(one);
        let installs = one.is_kind(Kind::SystemPackages);
        let may_be = |pattern: &Pattern| pattern.may_overlap(file) && pattern.as_str() != "/";
        let shown = || one.called().unwrap_or_default().into_owned();
        let writes = one.redirects().any(|redirect| {
            let place = redirect.writes().then(|| one.path(redirect.target(), start.as_ref(), state));
            place.is_some_and(|place| place.is_none_or(|place| place == *file))
        });
        if writes {
            return Err((mark!(USED_ELSEWHERE, "written"), format!("`{}` may write into it", shown())));
        }
        if unpacks || installs {
            continue;
        }
        let Some(effects) = one.effects() else {
            return refuse(&UNKNOWN_COMMAND, format!("what `{}` does to files is not known", shown()));
        };
        // what comes after the `rm` must not look where the file still is
        let after = one.span().start > rm.span().start;
        if after && one.operands().next().is_none() {
            return Err((
                mark!(USED_ELSEWHERE, "looks-around"),
                format!("`{}` may still see it after the `rm`", shown()),
            ));
        }
        for effect in effects.iter().filter(|effect| after || effect.touch != Touch::Reads) {
            let places = one.extent(effect.on, start.as_ref(), state).map(|place| vec![place.to_string()]);
            let near = places
                .is_none_or(|places| places.iter().filter_map(|place| Pattern::new(place)).any(|place| may_be(&place)));
            // what makes a directory leaves one that is there as it is
            if near && effect.touch == Touch::Reads {
                return Err((mark!(USED_ELSEWHERE, "seen"), format!("`{}` may still see it after the `rm`", shown())));
            }
            if near && effect.touch != Touch::Makes {
                return Err((mark!(USED_ELSEWHERE, "changed"), format!("`{}` may remove, move or change it", shown())));
            }
        }
    }
    Ok(())
}

/// Whether a command that can unpack does so, as far as its options tell.
fn extracts(one: Invocation) -> bool {
    let Some(program) = one.program() else { return false };
    let means = |wanted: fn(&Meaning) -> bool| {
        one.options().any(|option| program.meaning(&option.name).as_ref().is_some_and(wanted))
    };
    program.name != "tar" || means(|meaning| matches!(meaning, Meaning::Extracts))
}

/// The words that name the file, if it will have another path.
fn words(work: &Work, rm: Invocation, archive: &Mounted, state: &State) -> Result<Vec<Span>, Reason> {
    if archive.word.is_none() {
        return Ok(Vec::new());
    }
    let name = archive.file.rsplit('/').next().unwrap_or_default();
    let all = work.commands.iter().filter(|one| one.span() != rm.span());
    let named =
        all.flat_map(|one| one.arguments().filter(|word| word.raw().contains(name)).map(move |word| (one, word)));
    let exact = |(one, word): &(Invocation, Argument)| {
        word.raw() == archive.file && path(*one, *word, state).is_some() && one.is_kind(Kind::Unpacks)
    };
    let words: Vec<(Invocation, Argument)> = named.collect();
    match words.iter().all(exact) && !words.is_empty() && !work.text.text().contains("/mnt") {
        true => Ok(words.iter().map(|(_, word)| word.span()).collect()),
        false => refuse(&PATTERN, "the source is a pattern, and the RUN does not only name the file by its path"),
    }
}

fn edits(
    facts: &Facts,
    (copy, run): (usize, usize),
    work: &Work,
    archive: &Mounted,
    words: &[Span],
    gone: Span,
) -> Vec<Edit> {
    let start = layout::attached(facts, copy);
    let end = facts.file.items[copy].span.end as usize;
    let lines = facts.source.text()[start..end].split_inclusive('\n');
    let comments: String = lines.filter(|line| line.trim_start().starts_with('#')).collect();
    let mut edits =
        vec![Edit::delete(layout::taken_away(facts, start, copy)), flag(facts, run, work, archive), Edit::delete(gone)];
    if !comments.is_empty() {
        edits.push(Edit::insert(layout::attached(facts, run), comments));
    }
    let word = archive.word.as_deref().unwrap_or_default();
    edits.extend(words.iter().map(|span| Edit::replace(work.text.span(span.range()), word)));
    edits
}

/// The flag, on a line of its own before the command.
fn flag(facts: &Facts, run: usize, work: &Work, archive: &Mounted) -> Edit {
    let place = layout::flag_place(work.instruction);
    let rest = work.instruction.line.span(work.instruction.rest.clone()).start as usize;
    let flag = &archive.flag;
    if facts.source.text()[place..rest].contains('\n') {
        return Edit::insert(place, format!(" {flag}"));
    }
    let (escape, eol, indent) = (facts.file.escape, facts.source.eol(), layout::indent(facts, run));
    Edit::replace(Span::new(place, rest), format!(" {flag} {escape}{eol}{indent}"))
}
