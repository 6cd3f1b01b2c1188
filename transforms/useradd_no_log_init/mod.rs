//! useradd-no-log-init: `useradd` of a high number leaves no records of logins in the image.
//!
//! # Motivation
//! `useradd` resets the record of the new user in `/var/log/lastlog`, which holds 292 bytes a number, and in `/var/log/faillog`.
//! The files are sparse on the disk, but a layer stores every byte: a user with the number 1885580785 makes one of 550 GB.
//!
//! # Soundness
//! `-l` leaves the two records as they are, and does nothing else. A record that is not there says what one of zeros says: the
//! user never logged in. It is added if
//!  1. the number is known (ARG and ENV may say it) and high: from 10,000 on, where the record costs 3 MB;
//!  2. the program is the `useradd` of shadow, which has the option in all releases of the distributions below; of an image
//!     that is not known, it may be another;
//!  3. all options are known, so that none is taken for the value of another.
//!
//! Sources: useradd(8), lastlog(8) and faillog(5) of shadow 4.17; `struct lastlog` of glibc (292 bytes); moby#5419.

use crate::edit::Edit;
use crate::engine::refusals::{UNKNOWN_COMMAND, UNKNOWN_OPTION};
use crate::engine::{At, Chosen, Findings, Intent, Level, May, Meta, Reason, Rewrite, Transform, Words, refuse};
use crate::facts::packages::Work;
use crate::facts::{Facts, State};
use crate::knowledge::images::Distribution::{
    Alpine, Amazon, AzureLinux, Debian, Mageia, Photon, RedHat, Suse, Ubuntu,
};
use crate::script::Invocation;

/// The transform.
pub struct UseraddNoLogInit;

static META: Meta = Meta {
    id: "useradd-no-log-init",
    summary: "`useradd` of a high number leaves no records of logins in the image",
    page: include_str!("README.md"),
    ceiling: Level::Recommended,
    may: &[May::AddWord { to: &["useradd"], at: At::Program, words: Words::One(&["-l"]) }],
    intends: &[Intent::Content(&["/var/log/lastlog", "/var/log/faillog"])],
    refusals: &[&UNKNOWN_COMMAND, &UNKNOWN_OPTION],
    hadolint: &["DL3046"],
    since: "0.1.0",
    ..Meta::PLAIN
};

/// Below it the record is small.
const HIGH: u64 = 10_000;
/// The size of a record of `/var/log/lastlog`, in bytes.
const RECORD: u64 = 292;

impl Transform for UseraddNoLogInit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        for (stage, step, work) in facts.works(true, &["useradd"]) {
            let state = &facts.stages[stage].steps[step].before;
            let commands = facts.commands(work.item).into_iter().flat_map(|commands| commands.iter());
            for one in commands.filter(|one| one.is(&["useradd"])) {
                let Some(number) = number(one, state).filter(|number| *number >= HIGH) else { continue };
                match examine(facts, stage, one) {
                    Ok(()) => out.rewrites.extend(rewrite(&work, one, number)),
                    Err((refusal, what)) => out.refuse(work.in_file(one.command_span()), refusal, what),
                }
            }
        }
    }
}

/// The number that a command gives a new user, unless it leaves no records already.
fn number(one: Invocation, state: &State) -> Option<u64> {
    let silent = one.has(&["-l", "--no-log-init", "-D", "--defaults"]);
    let number = one.option(&["-u", "--uid"])?.value(state)?;
    number.parse().ok().filter(|_| !silent)
}

fn examine(facts: &Facts, stage: usize, one: Invocation) -> Result<(), Reason> {
    let shadow = [Debian, Ubuntu, Alpine, RedHat, Amazon, Suse, Photon, AzureLinux, Mageia];
    if !facts.family(stage).is_some_and(|family| shadow.contains(&family)) {
        return refuse(&UNKNOWN_COMMAND, "the base image is not known, so that its `useradd` may not know `-l`");
    }
    match one.options().find(|option| !option.known) {
        Some(option) => refuse(&UNKNOWN_OPTION, format!("`{}` is not known", option.name)),
        None => Ok(()),
    }
}

fn rewrite(work: &Work, one: Invocation, number: u64) -> Option<Rewrite> {
    let at = work.in_file(one.command_span());
    let edit = Edit::insert(work.file_offset_behind(one.name_word()?.span().end), " -l");
    let size = shown(number.saturating_mul(RECORD));
    let reason = format!("the record of logins of a user with the number {number} makes a file of {size}");
    Rewrite::new(at, Level::Recommended, "add `-l` to `useradd`: no records of logins", &reason, vec![edit])
}

/// Bytes for people.
fn shown(bytes: u64) -> String {
    match bytes / 1_000_000 {
        megabytes @ 0..1_000 => format!("{megabytes} MB"),
        megabytes => format!("{} GB", megabytes / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_for_people() {
        assert_eq!(shown(10_001 * RECORD), "2 MB");
        assert_eq!(shown(1_885_580_785 * RECORD), "550 GB");
    }
}
