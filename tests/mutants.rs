//! Edits of transforms, damaged at random, always the same ones: the check must stop each that means something else. Over the cases, the
//! generated Dockerfiles, and the corpus where it is there. What is harmless is said here, from what Docker does, not from the check.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
#[path = "support/random.rs"]
mod random;

use dfopt::engine::{Meta, Options, check};
use dfopt::facts::{ContextView, Facts, NoContext};
use dfopt::syntax::{Instruction, Keyword, parse};
use dfopt::text::Source;
use dfopt::transforms::PIPELINE;
use random::Random;
use std::collections::BTreeMap;
use std::fs;

/// How many edits are damaged, as many of each transform.
const MUTANTS: usize = 10_000;

/// What was done to an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Damage {
    Operator,
    WordDropped,
    WordTwice,
    WordChanged,
    WordsSwapped,
    FlagLost,
    Quote,
    InstructionMoved,
    InstructionLost,
    InstructionTwice,
}

const DAMAGES: [Damage; 10] = [
    Damage::Operator,
    Damage::WordDropped,
    Damage::WordTwice,
    Damage::WordChanged,
    Damage::WordsSwapped,
    Damage::FlagLost,
    Damage::Quote,
    Damage::InstructionMoved,
    Damage::InstructionLost,
    Damage::InstructionTwice,
];

/// An edit: the transform, and the file before and after.
struct Edit {
    meta: &'static Meta,
    before: String,
    after: String,
}

fn edits(text: &str, context: &dyn ContextView) -> Vec<Edit> {
    let source = Source::new(text);
    let mut options = Options::default();
    options.transform.entry("merge-runs".into()).or_default().insert("stages".into(), "all".into());
    let found = dfopt::analyze(&source, &options, context);
    let edit = |offer: &dfopt::engine::Offer| {
        let edits = offer.checked(&source).ok()?;
        let meta = PIPELINE.iter().map(|one| one.meta()).find(|meta| meta.id == offer.rewrite.id)?;
        Some(Edit { meta, before: text.to_owned(), after: edits.apply(text) })
    };
    found.offers.iter().filter_map(edit).collect()
}

/// The bytes of the instructions that an edit touched, those next to them, too.
fn touched(edit: &Edit) -> (usize, usize) {
    let (a, b) = (edit.before.as_bytes(), edit.after.as_bytes());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - start;
    let end = b.len() - a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let source = Source::new(edit.after.as_str());
    let parsed = parse(&source);
    let spans: Vec<_> = parsed.file.instructions().map(|(item, _)| parsed.file.items[item].span.range()).collect();
    let first = spans.iter().rposition(|span| span.start <= start).unwrap_or(0);
    let last = spans.iter().position(|span| span.end >= end).unwrap_or(spans.len() - 1);
    (spans[first.saturating_sub(1)].start, spans[(last + 1).min(spans.len() - 1)].end)
}

/// The words of some lines, comments and keywords left out: where each stands.
fn words(text: &str, (start, end): (usize, usize)) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = start;
    for line in text[start..end].split_inclusive('\n') {
        if !line.trim_start().starts_with('#') {
            let mut from = 0;
            for word in line.split_ascii_whitespace() {
                let place = from + line[from..].find(word).unwrap();
                from = place + word.len();
                out.push((at + place, at + from));
            }
        }
        at += line.len();
    }
    out.retain(|(from, to)| !matches!(&text[*from..*to], "\\" | "`"));
    out
}

fn damaged(edit: &Edit, damage: Damage, random: &mut Random) -> Option<String> {
    let text = edit.after.as_str();
    let place = touched(edit);
    let replace = |(from, to): (usize, usize), new: &str| format!("{}{new}{}", &text[..from], &text[to..]);
    let words = words(text, place);
    let pick = |random: &mut Random, wanted: &dyn Fn(&str) -> bool| {
        let some: Vec<_> = words.iter().copied().filter(|(from, to)| wanted(&text[*from..*to])).collect();
        random.of(&some)
    };
    match damage {
        Damage::Operator => {
            let found = pick(random, &|word| matches!(word, "&&" | "||" | "|" | ";") || word.ends_with(';'))?;
            let (from, to) = if text[found.0..found.1].ends_with(';') { (found.1 - 1, found.1) } else { found };
            let others: Vec<&str> = [" &&", " ||", " |", ";", " &", " && !"]
                .into_iter()
                .filter(|one| one.trim() != &text[from..to])
                .collect();
            Some(replace((from, to), random.of(&others)?))
        }
        Damage::WordDropped => Some(replace(pick(random, &|_| true)?, "")),
        Damage::WordTwice => {
            let (from, to) = pick(random, &|_| true)?;
            Some(replace((from, to), &format!("{0} {0}", &text[from..to])))
        }
        Damage::WordChanged => {
            let (from, to) =
                pick(random, &|word| word.chars().all(|c| c.is_ascii_alphanumeric() || "-/._".contains(c)))?;
            Some(replace((from, to), &format!("{}x", &text[from..to])))
        }
        Damage::WordsSwapped => {
            let at = random.below(words.len().saturating_sub(1));
            let ((a, b), (c, d)) = (*words.get(at)?, *words.get(at + 1)?);
            Some(format!("{}{}{}{}{}", &text[..a], &text[c..d], &text[b..c], &text[a..b], &text[d..]))
        }
        Damage::FlagLost => Some(replace(pick(random, &|word| word.starts_with('-') && word.len() > 1)?, "")),
        Damage::Quote => {
            let (from, to) = pick(random, &|word| word.contains(['"', '\'', '$']))?;
            let word = &text[from..to];
            let new = match word.contains(['"', '\'']) {
                true => word.replace('"', "\u{1}").replace('\'', "\"").replace('\u{1}', "'"),
                false => word.replacen('$', "\\$", 1),
            };
            Some(replace((from, to), &new))
        }
        _ => moved(text, place, damage, random),
    }
}

/// An instruction lost, twice, or behind the one that follows.
fn moved(text: &str, place: (usize, usize), damage: Damage, random: &mut Random) -> Option<String> {
    let source = Source::new(text);
    let parsed = parse(&source);
    let spans: Vec<_> = parsed.file.instructions().map(|(item, _)| parsed.file.items[item].span.range()).collect();
    let inside: Vec<usize> =
        (0..spans.len()).filter(|at| spans[*at].start >= place.0 && spans[*at].end <= place.1).collect();
    let at = random.of(&inside)?;
    let one = &text[spans[at].clone()];
    let line = format!("{}\n", one.trim_end_matches('\n'));
    match damage {
        Damage::InstructionLost => Some(format!("{}{}", &text[..spans[at].start], &text[spans[at].end..])),
        Damage::InstructionTwice => Some(format!("{}{line}{}", &text[..spans[at].start], &text[spans[at].start..])),
        _ => {
            let next = spans.get(at + 1)?;
            let (middle, other) = (&text[spans[at].end..next.start], &text[next.clone()]);
            let other = format!("{}\n", other.trim_end_matches('\n'));
            Some(format!("{}{other}{middle}{line}{}", &text[..spans[at].start], &text[next.end..]))
        }
    }
}

/// A text without quotes around what is neither expanded nor escaped nor cut by them.
fn plain_quotes(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(['"', '\'']) {
        let quote = rest[at..].chars().next().unwrap();
        let (before, inside) = (&rest[..at], &rest[at + 1..]);
        let Some(end) = inside.find(quote) else { break };
        let plain = !inside[..end].contains(['$', '\\', '`', '"', '\'']);
        out.push_str(before);
        let mark = if plain { '\u{1}' } else { quote };
        out.extend([mark.to_string(), inside[..end].to_owned(), mark.to_string()]);
        rest = &inside[end + 1..];
    }
    out + rest
}

/// What a file says, without its spelling, as lines: for each stage what it sets, in order; what it does, each with how many of
/// those stand before it that a RUN or COPY can see; the last CMD, ENTRYPOINT and HEALTHCHECK.
fn said(text: &str) -> Option<Vec<String>> {
    let source = Source::new(text);
    let parsed = parse(&source);
    if !parsed.errors.is_empty() {
        return None;
    }
    let line = |one: &Instruction| {
        let body = |heredoc: &dfopt::syntax::Heredoc| source.slice(heredoc.body).to_owned();
        let bodies: String = one.heredocs.iter().map(body).collect();
        let flags: Vec<&str> = one.flags.iter().map(|flag| flag.text.as_str()).collect();
        let rest = &one.line.text()[one.rest.clone()];
        let rest = rest.trim_end_matches([' ', ';']).split_whitespace().collect::<Vec<_>>().join(" ");
        let pairs =
            matches!(one.keyword, Keyword::Env | Keyword::Arg | Keyword::Label | Keyword::Workdir | Keyword::Volume);
        let rest = if pairs { plain_quotes(&rest) } else { rest };
        // any quotes around the word that ends a heredoc mean the same
        let unquoted = |rest: String, heredoc: &dfopt::syntax::Heredoc| {
            rest.replace(&format!("\"{}\"", heredoc.name), &format!("'{}'", heredoc.name))
        };
        let rest = one.heredocs.iter().fold(rest, unquoted);
        format!("{:?} {flags:?} {rest}\n{bodies}", one.keyword)
    };
    let (mut sets, mut acts, mut starts) = (Vec::new(), Vec::new(), BTreeMap::new());
    let (mut stage, mut seen, mut shells) = (0, 0, 0);
    for (_, one) in parsed.file.instructions() {
        match one.keyword {
            Keyword::From => (stage, seen, shells) = (stage + 1, 0, 0),
            Keyword::Env | Keyword::Arg | Keyword::User | Keyword::Volume => seen += 1,
            Keyword::Shell => (seen, shells) = (seen + 1, shells + 1),
            _ => {}
        }
        match one.keyword {
            Keyword::Run | Keyword::Copy | Keyword::Add => acts.push(format!("{stage} {seen} {}", line(one))),
            Keyword::Workdir => {
                // a folder that is there is not made again
                let line = format!("{stage} {seen} {}", line(one));
                if !(acts.last() == Some(&line) && (line.contains(" /") || line.contains(" \u{1}/"))) {
                    acts.push(line);
                }
            }
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck => {
                starts.insert((stage, one.keyword.name()), format!("{shells} {}", line(one)));
            }
            _ => sets.push(format!("{stage} {}", line(one))),
        }
    }
    let starts = starts.into_iter().map(|start| format!("{start:?}"));
    Some(sets.into_iter().chain(acts).chain(starts).collect())
}

/// How often each word stands in a file, operators told from the words that they are glued to.
fn counted(text: &str) -> BTreeMap<&str, i32> {
    let mut out = BTreeMap::new();
    let words = text.split_ascii_whitespace().flat_map(|word| match word.strip_suffix(';') {
        Some(word) => [word, ";"],
        None => [word, ""],
    });
    words.filter(|word| !word.is_empty()).for_each(|word| *out.entry(word).or_insert(0) += 1);
    out
}

/// Whether a damage only takes back a part of what the edit did: words that it brought, or that it took away.
fn takes_back(edit: &Edit, text: &str) -> bool {
    let (old, new, now) = (counted(&edit.before), counted(&edit.after), counted(text));
    let count = |all: &BTreeMap<&str, i32>, word: &str| all.get(word).copied().unwrap_or(0);
    let all = old.keys().chain(new.keys()).chain(now.keys());
    all.copied().all(|word| {
        let (a, b, c) = (count(&old, word), count(&new, word), count(&now, word));
        (a.min(b)..=a.max(b)).contains(&c)
    })
}

/// What became of the mutants of one transform.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    made: usize,
    /// The file no longer parses, or the check says that something changed.
    stopped: usize,
    /// What it says is what the file said before, or after the edit.
    same: usize,
    /// The words are those that the edit may bring, fewer of them.
    less: usize,
    /// It is another edit that the transform may make: which one is right, its preconditions say.
    other: usize,
}

/// Whether a damage is another edit of the same kind, which the check can't tell from the right one: it knows neither what a file
/// holds nor who will own it.
fn is_another(id: &str, damage: Damage, edit: &Edit, text: &str) -> bool {
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let (new, now) = (lines(&edit.after), lines(text));
    let without = |all: &[String], others: &[String]| {
        let mut all = all.to_vec();
        others.iter().for_each(|line| {
            all.iter().position(|one| one == line).map(|at| all.remove(at));
        });
        all
    };
    let (gone, came) = (without(&new, &now), without(&now, &new));
    match (id, damage, gone.as_slice(), came.as_slice()) {
        // an update of its own that nothing needs
        ("apt-update-with-install", Damage::InstructionLost, [one], []) => {
            let one = one.to_lowercase().replace("debian_frontend=noninteractive ", "");
            one.starts_with("run apt-get") && one.contains("update") && !one.contains("&&")
        }
        // an update that says more: its list of packages is the same (apt-get(8), -q, -y)
        ("apt-update-with-install", Damage::FlagLost, [one], [other]) => {
            let quiet = |word: &&str| {
                word.strip_prefix('-').is_some_and(|letters| letters.bytes().all(|letter| b"qy".contains(&letter)))
            };
            let loud = |line: &str| line.split_whitespace().filter(|word| !quiet(word)).collect::<Vec<_>>().join(" ");
            let update = |line: &str| line.split("&&").next().is_some_and(|first| first.contains("apt-get update"));
            update(one) && loud(one) == loud(other) && one.split("&&").skip(1).eq(other.split("&&").skip(1))
        }
        // an index that nothing reads: each `apk add --no-cache` fetches its own (apk(8))
        ("apk-no-cache", Damage::InstructionLost, [one], []) => one.to_lowercase() == "run apk update",
        // whether a directory or the file has that name, only the image says
        ("add-url-to-run", Damage::FlagLost, [one], [other]) => {
            one.contains("rm -")
                && other.contains("rm ")
                && one.split_whitespace().count() == other.split_whitespace().count() + 1
        }
        // whether the directory that COPY makes needs it besides what is in it
        ("copy-chown", Damage::InstructionLost, [one], []) => {
            ["RUN chown ", "RUN chmod "].iter().any(|own| one.starts_with(own)) && !one.contains(" -")
        }
        // one more `sudo`
        ("drop-sudo", Damage::WordDropped, [one], [other]) => one
            .split_whitespace()
            .filter(|word| *word != "sudo")
            .eq(other.split_whitespace().filter(|word| *word != "sudo")),
        // the name of a file, the path of a folder, the permissions of a file
        ("copy-manifests-first", Damage::WordChanged, [one], _) => one.to_uppercase().starts_with("COPY "),
        ("non-root-user", Damage::WordChanged | Damage::WordTwice, [one], _) => one.contains("install -d "),
        _ => false,
    }
}

fn try_one(edit: &Edit, damage: Damage, random: &mut Random, tally: &mut Tally) -> Option<String> {
    let text = damaged(edit, damage, random).filter(|text| *text != edit.after)?;
    tally.made += 1;
    let (old, new) = (Source::new(edit.before.as_str()), Source::new(text.as_str()));
    let (old_parsed, new_parsed) = (parse(&old), parse(&new));
    if check(edit.meta, &Facts::new(&old, &old_parsed.file), (&new, &new_parsed)).is_err() {
        tally.stopped += 1;
        return None;
    }
    let now = said(&text);
    if now.is_some() && (now == said(&edit.before) || now == said(&edit.after)) {
        tally.same += 1;
        return None;
    }
    if takes_back(edit, &text) {
        tally.less += 1;
        return None;
    }
    if is_another(edit.meta.id, damage, edit, &text) {
        tally.other += 1;
        return None;
    }
    Some(format!("{} {damage:?}\n{}", edit.meta.id, differing(&edit.before, &text)))
}

/// The lines that differ.
fn differing(old: &str, new: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let most = a.len().min(b.len()) - start;
    let end = a.iter().rev().zip(b.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let some = |lines: &[&str]| lines[start..lines.len() - end].join("\n");
    format!("{}\n-- became\n{}\n", some(&a), some(&b))
}

/// A number from outside, to look for more than the test does: `DFOPT_SEED=5 DFOPT_MUTANTS=100000 cargo test --test mutants`.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn damaged_edits_are_stopped() {
    let mut all: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
    let mut take = |text: &str, context: &dyn ContextView| {
        edits(text, context).into_iter().for_each(|edit| all.entry(edit.meta.id).or_default().push(edit));
    };
    for case in common::cases(common::Kind::Rewrites) {
        take(&case.before, &*case.view());
    }
    for path in &common::corpus_files() {
        if let Ok(source) = Source::from_bytes(&fs::read(path).unwrap()) {
            take(source.text(), &NoContext);
        }
    }
    let mut random = Random::new(number("DFOPT_SEED").unwrap_or(11));
    let (mut tallies, mut passed) = (BTreeMap::<&str, Tally>::new(), Vec::new());
    let wanted = number("DFOPT_MUTANTS").map_or(MUTANTS, |count| count as usize).div_ceil(all.len());
    for (id, edits) in &all {
        let tally = tallies.entry(id).or_default();
        for _ in 0..wanted * 2 {
            if tally.made < wanted {
                let edit = &edits[random.below(edits.len())];
                let damage = DAMAGES[random.below(DAMAGES.len())];
                passed.extend(try_one(edit, damage, &mut random, tally));
            }
        }
    }
    let sum = |of: fn(&Tally) -> usize| tallies.values().map(of).sum::<usize>();
    let (made, stopped) = (sum(|tally| tally.made), sum(|tally| tally.stopped));
    let (same, less, other) = (sum(|one| one.same), sum(|one| one.less), sum(|one| one.other));
    println!("{made} mutants: {stopped} stopped, {same} the same, {less} less, {other} another");
    tallies.iter().for_each(|(id, tally)| println!("{id}: {tally:?}"));
    assert!(passed.is_empty(), "{} pass:\n{}", passed.len(), passed[..passed.len().min(200)].join("\n"));
    assert!(stopped * 10 >= made * 8, "most damage is no longer damage");
}
