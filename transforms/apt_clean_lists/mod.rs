//! apt-clean-lists: the RUN that fetched apt's lists removes them.
//!
//! # Motivation
//! `apt-get update` leaves some 20 to 50 MB in `/var/lib/apt/lists`. Only the RUN that fetched them can keep them out of the image.
//!
//! # Soundness
//! `rm -rf /var/lib/apt/lists/*` is put behind all else that the RUN does if
//!  1. the RUN fetches the lists, installs from them, and does not remove them behind its last update;
//!  2. no later step of the stage, of a stage made from it, or a trigger wants the lists before it surely fetches them
//!     again, and no script that is not seen may; neither does what the image runs by default;
//!  3. nothing copies the lists out of the stage;
//!  4. no mount is over them or apt's cache;
//!  5. the RUN is root's, as its update is;
//!  6. `&&` can stand behind the text: not in a heredoc, nothing in the background, no group that `set -e` watches.
//!
//! It stands at the very end, so that no install of the same RUN comes behind it; RUNs that are joined later had their own
//! update before, or were refused by 2.
//!
//! Sources: apt-get(8), the best practices of Docker's manual; builds of both forms.

use crate::edit::Edit;
use crate::engine::refusals::{
    BACKGROUND, CACHE_MOUNT, ERREXIT, HEREDOC, NOT_ROOT, UNSEEN_SCRIPT, USED_ELSEWHERE, mark,
};
use crate::engine::{Chosen, Findings, Intent, Level, May, Meta, Near, Refusal, Rewrite, Transform};
use crate::facts::Facts;
use crate::facts::layout::Style;
use crate::facts::package_lists::{self, Wants};
use crate::facts::packages::{NoTail, Work};
use crate::facts::uses;
use crate::knowledge::programs::{Action, Manager};
use crate::script::Invocation;
use crate::text::Span;

/// The transform.
pub struct AptCleanLists;

static META: Meta = Meta {
    id: "apt-clean-lists",
    summary: "the RUN that fetches apt's lists removes them where nothing needs them any more",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    needs: &[],
    may: &[
        May::AddCommand {
            commands: &["rm -rf /var/lib/apt/lists/*"],
            near: Near::Last(&["apt-get", "apt", "aptitude"]),
        },
        May::AddCommand {
            commands: &["rm -rf /var/lib/apt/lists/*"],
            near: Near::After(&["apt-get", "apt", "aptitude"]),
        },
    ],
    intends: &[Intent::Removed(&["/var/lib/apt/lists/**"])],
    refusals: &[&BACKGROUND, &CACHE_MOUNT, &ERREXIT, &HEREDOC, &NOT_ROOT, &UNSEEN_SCRIPT, &USED_ELSEWHERE],
    options: &[],
    hadolint: &["DL3009"],
    checks: &["DKL-DI-0005"],
    since: "0.1.0",
};

/// What is removed.
const LISTS: &str = "/var/lib/apt/lists";

impl Transform for AptCleanLists {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(false, &["apt"]) {
            let Some(fetched) = leaves_lists(&work) else { continue };
            let at = work.instruction.keyword_span.to(work.in_file(Span::at(fetched)));
            match place(facts, stage, step, &work) {
                Err((refusal, what)) => out.refuse(at, refusal, what),
                Ok(tail) => {
                    let item = facts.stages[stage].steps[step].item;
                    let removal = format!("rm -rf {LISTS}/*");
                    let last = last_of_apt(&work, fetched)
                        .map(|last| work.in_file(last))
                        .filter(|last| (last.end as usize) < tail);
                    let edit = match last {
                        Some(last) => Edit::insert(last.end as usize, Style::after(facts, item, last, &removal)),
                        None => Edit::insert(tail, Style::of_runs(facts, [item]).join(&[], &removal)),
                    };
                    let reason = "the lists are some 20 to 50 MB that nothing reads any more";
                    let title = "remove apt's lists in the RUN that fetched them";
                    out.rewrites.extend(Rewrite::new(at, Level::Recommended, title, reason, vec![edit]));
                }
            }
        }
    }
}

/// Where a RUN last fetches lists that it leaves behind, having installed from them.
fn leaves_lists(work: &Work) -> Option<usize> {
    let text = work.text.text();
    let apt = || work.calls().filter(|call| call.manager() == Some(Manager::Apt));
    apt().find(|call| matches!(call.action(), Action::Install | Action::Upgrade))?;
    let update = apt().filter(|call| call.action() == Action::Refresh).map(|call| call.span().start as usize).max();
    let fetched = update.max(package_lists::fetches_by_script(text))?;
    let distclean =
        |call: Invocation| call.verb().is_some_and(|verb| ["distclean", "dist-clean"].contains(&verb.raw()));
    let gone = ["/var/lib/apt", "/var/lib/{"].iter().any(|mark| text[fetched..].contains(mark))
        || apt().any(|call| distclean(call) && call.span().start as usize > fetched);
    (!gone).then_some(fetched)
}

/// Where the removal goes, if it can't stand directly after the last command of apt: behind the text.
fn place(facts: &Facts, stage: usize, step: usize, work: &Work) -> Result<usize, (&'static Refusal, String)> {
    let refuse = |refusal: &'static Refusal, what: String| Err((refusal, what));
    if let Some(mount) = uses::mounted(work.instruction, &[LISTS, "/var/cache/apt"]) {
        return refuse(&CACHE_MOUNT, format!("`{mount}` keeps them out of the image"));
    }
    let mut updates = work.calls().filter(|call| call.does(Manager::Apt, Action::Refresh));
    let proved = updates.any(|call| call.is_bare() && call.flow().must());
    if !work.is_root() && !proved {
        return refuse(&NOT_ROOT, NOT_ROOT.summary.to_owned());
    }
    if work.text.text().contains("apt-file") {
        return refuse(mark!(USED_ELSEWHERE, "apt-file"), "`apt-file` keeps its lists among them".to_owned());
    }
    match facts.lists_are_done(Manager::Apt, stage, step) {
        Err(Wants::Lists(who)) => {
            return refuse(mark!(USED_ELSEWHERE, "later"), format!("`{}` uses them", short(&who)));
        }
        Err(Wants::Unseen(who)) => return refuse(&UNSEEN_SCRIPT, format!("`{}` may use them", short(&who))),
        Ok(()) => {}
    }
    if let Some(who) = facts.taken_out(stage, &[LISTS]) {
        return refuse(mark!(USED_ELSEWHERE, "copied"), format!("`{}` copies them", short(&who)));
    }
    work.tail().map_err(|why| {
        let (refusal, what): (&'static Refusal, &str) = match why {
            NoTail::Heredoc => (&HEREDOC, "its text is in a heredoc"),
            NoTail::Background => (&BACKGROUND, "its last command runs in the background"),
            NoTail::Errexit => {
                (&ERREXIT, "`set -e` decides where its last group stops, and does nothing on the left of `&&`")
            }
        };
        (refusal, what.to_owned())
    })
}

/// The last command of apt, if the removal can stand directly after it: nothing after it in the text can want the lists, or fetch them
/// again, as a script may that is downloaded.
fn last_of_apt(work: &Work, fetched: usize) -> Option<Span> {
    let last = work.calls().rfind(|call| call.manager() == Some(Manager::Apt))?;
    let last = Some(last).filter(|last| last.span().end as usize > fetched)?;
    let flow = last.flow();
    let plain = flow.chain && flow.must() && flow.top && last.is_alone() && last.is_bare();
    let span = last.command_span();
    (plain && package_lists::are_done_after(Manager::Apt, work.commands, span.end)).then_some(span)
}

fn short(text: &str) -> String {
    text.trim().chars().take(80).collect()
}
