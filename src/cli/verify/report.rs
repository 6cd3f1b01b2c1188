//! What `dfopt verify` says: of each file for people, of all files for people, and of all for programs. Knows results and
//! colours, not engines or files.

use crate::cli::report::{BOLD, DIM, Paint};
use crate::verify::build::{Broken, Cost};
use crate::verify::compare::{Aspect, Difference, Location};
use crate::verify::judge::{Judged, Meaning};
use crate::verify::measure::{Gain, Pair, Rebuild};
use crate::verify::proof::Proof;
use crate::verify::smoke::Outcome as SmokeOutcome;
use crate::visible::{visible_path, visible_str};
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many differences of a kind people are shown.
const SHOWN: usize = 20;

/// The version of the JSON document. A new field does not change it; a field that goes or means something else does.
const SCHEMA: u32 = 1;

/// What came of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// dfopt would not change it.
    Unchanged,
    /// A template, which no engine builds.
    Template,
    /// `dfopt.toml` says to leave it alone.
    Excluded,
    /// The images are the same.
    Same,
    /// They differ in what transforms declare.
    Intended,
    /// They differ in something else, or the smoke test does.
    Unexpected,
    /// The rewritten file does not build.
    Broken,
    /// There is no verdict.
    Error,
}

impl Verdict {
    /// Which of two verdicts on one file counts: the higher one.
    pub fn severity(self) -> u8 {
        match self {
            Verdict::Unchanged | Verdict::Template | Verdict::Excluded => 0,
            Verdict::Same => 1,
            Verdict::Intended => 2,
            Verdict::Error => 3,
            Verdict::Unexpected => 4,
            Verdict::Broken => 5,
        }
    }

    fn style(self) -> Style {
        let color = match self {
            Verdict::Unchanged | Verdict::Template | Verdict::Excluded => return DIM,
            Verdict::Same | Verdict::Intended => AnsiColor::Green,
            Verdict::Unexpected | Verdict::Broken => AnsiColor::Red,
            Verdict::Error => AnsiColor::Yellow,
        };
        color.on_default().bold()
    }

    fn name(self) -> &'static str {
        match self {
            Verdict::Unchanged => "unchanged",
            Verdict::Template => "template",
            Verdict::Excluded => "excluded",
            Verdict::Same => "same",
            Verdict::Intended => "intended",
            Verdict::Unexpected => "unexpected",
            Verdict::Broken => "broken",
            Verdict::Error => "error",
        }
    }
}

/// All that is said of a file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// Its name, safe for a terminal.
    pub file: String,
    /// What came of it.
    pub verdict: Verdict,
    /// Why there is no proof; where a build failed, the end of what the engine said.
    pub message: Option<String>,
    /// What to do about that.
    pub advice: Option<String>,
    /// Where the whole log of the failed build is.
    pub log: Option<String>,
    /// The rewrites that were made.
    pub rewrites: Vec<Rewrite>,
    /// What differs, but for what was left out.
    pub differences: Vec<Shown>,
    /// How many differences were left out, by rule.
    pub left_out: BTreeMap<String, usize>,
    /// How often both were built again without a cache to learn what differs by itself.
    pub built_again: usize,
    /// What came of the user's own test.
    pub smoke: Option<SmokeOutcome>,
    /// What is gained.
    pub gain: Option<Gain>,
    /// The transform that made what is unexpected, where it was searched for.
    pub guilty: Option<String>,
    /// The lines for `dfopt.toml` that go without it.
    pub without: Option<String>,
    /// What else should be known.
    pub notes: Vec<String>,
}

/// A rewrite that was made.
#[derive(Clone, Debug, Serialize)]
pub struct Rewrite {
    /// The transform.
    pub transform: String,
    /// The line in the original.
    pub line: u32,
    /// What was done.
    pub title: String,
}

/// A difference.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// A path, or a field of the config.
    pub place: String,
    /// What differs there.
    pub aspect: Aspect,
    /// As it is in the original.
    pub before: String,
    /// As it is in the rewritten one.
    pub after: String,
    /// What that means.
    #[serde(flatten)]
    pub meaning: Meaning,
}

impl FileReport {
    /// Says nothing yet.
    pub fn new(file: String, verdict: Verdict) -> FileReport {
        FileReport {
            file,
            verdict,
            message: None,
            advice: None,
            log: None,
            rewrites: Vec::new(),
            differences: Vec::new(),
            left_out: BTreeMap::new(),
            built_again: 0,
            smoke: None,
            gain: None,
            guilty: None,
            without: None,
            notes: Vec::new(),
        }
    }

    /// Takes a proof.
    pub fn proved(&mut self, proof: Proof) {
        let unexpected = |meaning: &Meaning| *meaning == Meaning::Unexpected;
        let intended = |meaning: &Meaning| matches!(meaning, Meaning::Intended(_));
        let has = |which: fn(&Meaning) -> bool, judged: &Judged| judged.differences.iter().any(|(_, m)| which(m));
        let smoke_differs = proof.smoke.as_ref().is_some_and(|smoke| !smoke.same);
        self.verdict = match &proof.judged {
            judged if has(unexpected, judged) || smoke_differs => Verdict::Unexpected,
            judged if has(intended, judged) => Verdict::Intended,
            _ => Verdict::Same,
        };
        self.differences = proof.judged.differences.into_iter().map(shown).collect();
        self.left_out = proof.judged.left_out;
        self.built_again = proof.again;
        self.smoke = proof.smoke;
        self.gain = proof.gain;
        self.notes = proof.notes;
    }

    /// Takes a failed build.
    pub fn broken(&mut self, broken: Broken, verdict: Verdict) {
        self.verdict = verdict;
        self.message = Some(format!("the {} file does not build:\n{}", broken.what, broken.tail));
        // that of a rewrite is not the user's to mend
        self.advice = broken.advice.filter(|_| verdict == Verdict::Error).map(str::to_owned);
        self.log = broken.log.map(|log| visible_path(&log));
    }
}

fn shown((difference, meaning): (Difference, Meaning)) -> Shown {
    let place = match &difference.place {
        Location::Config(field) => format!("config {field}"),
        Location::File(_) => difference.place.shown(),
    };
    Shown { place, aspect: difference.aspect, before: difference.before, after: difference.after, meaning }
}

/// A document for programs.
pub fn json(engine: (&str, &str), files: &[FileReport]) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        schema: u32,
        dfopt: &'a str,
        engine: EngineName<'a>,
        files: &'a [FileReport],
    }
    #[derive(Serialize)]
    struct EngineName<'a> {
        name: &'a str,
        version: &'a str,
    }
    let engine = EngineName { name: engine.0, version: engine.1 };
    let document = Document { schema: SCHEMA, dfopt: env!("CARGO_PKG_VERSION"), engine, files };
    // nothing in it can fail to become JSON
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// What people read of a file.
pub fn text(report: &FileReport, paint: Paint) -> String {
    let mut out = format!(
        "{}: {}{}\n",
        paint.apply(BOLD, &report.file),
        paint.apply(report.verdict.style(), headline(report)),
        made(report)
    );
    let mut line = |text: &str| out += &format!("  {}\n", text.replace('\n', "\n    "));
    report.message.iter().for_each(|message| line(message));
    report.advice.iter().for_each(|advice| line(&format!("what to do: {advice}")));
    report.log.iter().for_each(|log| line(&format!("the whole log: {log}")));
    differences(report).iter().for_each(|difference| line(difference));
    report.smoke.iter().for_each(|smoke| line(&smoke_line(smoke)));
    report.notes.iter().for_each(|note| line(&format!("note: {}", visible_str(note))));
    if report.built_again > 0 {
        line(&format!("both were built again without a cache, {}", times(report.built_again)));
    }
    if matches!(report.verdict, Verdict::Same | Verdict::Intended | Verdict::Unexpected) {
        line(&paint.apply(DIM, left_out(&report.left_out)));
    }
    report.gain.iter().for_each(|gain| gains(gain).iter().for_each(|gain| line(gain)));
    if let (Some(id), Some(lines)) = (&report.guilty, &report.without) {
        line(&format!("`{id}` did it; to go without it, write into dfopt.toml:\n{}", lines));
    }
    out
}

fn headline(report: &FileReport) -> String {
    let count = |which: fn(&Meaning) -> bool| report.differences.iter().filter(|shown| which(&shown.meaning)).count();
    match report.verdict {
        Verdict::Unchanged => "nothing would change, and nothing was built".to_owned(),
        Verdict::Template => "a template, and not built".to_owned(),
        Verdict::Excluded => "left alone, and not built".to_owned(),
        Verdict::Same => match count(|meaning| *meaning == Meaning::Unstable) {
            0 => "the same image".to_owned(),
            count => {
                format!("the same image, but for {} that builds of one file show, too", plural(count, "difference"))
            }
        },
        Verdict::Intended => {
            format!("{} only", plural(count(|meaning| matches!(meaning, Meaning::Intended(_))), "intended difference"))
        }
        Verdict::Unexpected => match count(|meaning| *meaning == Meaning::Unexpected) {
            0 => "the smoke test tells the images apart".to_owned(),
            count => plural(count, "unexpected difference"),
        },
        Verdict::Broken => "the rewritten file does not build, the original does".to_owned(),
        Verdict::Error => "not verified".to_owned(),
    }
}

fn made(report: &FileReport) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    report.rewrites.iter().for_each(|rewrite| *counts.entry(&rewrite.transform).or_default() += 1);
    let parts: Vec<String> = counts.iter().map(|(id, count)| format!("{id} {}", times(*count))).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn differences(report: &FileReport) -> Vec<String> {
    let mut groups: Vec<(String, Vec<&Shown>)> = Vec::new();
    for shown in &report.differences {
        let name = match &shown.meaning {
            Meaning::Unexpected => "unexpected".to_owned(),
            Meaning::Unstable => "unstable".to_owned(),
            Meaning::Intended(id) => format!("intended by {id}"),
        };
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, group)) => group.push(shown),
            None => groups.push((name, vec![shown])),
        }
    }
    groups.sort_by_key(|(name, _)| !name.starts_with("unexpected"));
    groups.iter().flat_map(|(name, group)| lines(name, group)).collect()
}

/// The first of a group, without what lies in a folder that is named.
fn lines(name: &str, group: &[&Shown]) -> Vec<String> {
    let mut tops: Vec<(&Shown, usize)> = Vec::new();
    for shown in group {
        let whole = matches!(shown.aspect, Aspect::Removed | Aspect::Added);
        let last = tops.iter_mut().rev().find(|(top, _)| whole && top.aspect == shown.aspect);
        match last {
            Some((top, below)) if is_below(&top.place, &shown.place) => *below += 1,
            _ => tops.push((shown, 0)),
        }
    }
    let mut out: Vec<String> =
        tops.iter().take(SHOWN).map(|(shown, below)| format!("{name}: {}", sentence(shown, *below))).collect();
    if tops.len() > SHOWN {
        out.push(format!("{name}: {} more (`--format json` has all)", tops.len() - SHOWN));
    }
    out
}

fn is_below(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn sentence(shown: &Shown, below: usize) -> String {
    let Shown { place, before, after, .. } = shown;
    let more = if below > 0 { format!(", and {below} below it") } else { String::new() };
    let or_none = |text: &str| if text.is_empty() { "nothing".to_owned() } else { format!("`{text}`") };
    let became = |what: &str| format!("{place}: {what}{} became {}", or_none(before), or_none(after));
    match shown.aspect {
        Aspect::Removed => format!("{place} is gone ({before}){more}"),
        Aspect::Added => format!("{place} is new ({after}){more}"),
        Aspect::Config | Aspect::Type => became(""),
        Aspect::Mode => became("mode "),
        Aspect::Owner => became("owner "),
        Aspect::Content => became("content "),
        Aspect::Target => became("target "),
        Aspect::Links => became("hard links: "),
        Aspect::Attributes => became("extended attributes: "),
        Aspect::Device => became("device "),
    }
}

fn smoke_line(smoke: &SmokeOutcome) -> String {
    let test = visible_str(&smoke.test);
    match smoke.same {
        true => format!("smoke test `{test}`: {} with both", smoke.before),
        false => {
            format!("smoke test `{test}`: {} with the original, {} with the rewritten one", smoke.before, smoke.after)
        }
    }
}

fn left_out(rules: &BTreeMap<String, usize>) -> String {
    let counts: Vec<String> = rules.iter().map(|(rule, count)| format!("{} {count}", visible_str(rule))).collect();
    match counts.is_empty() {
        true => "left out: time stamps and layers".to_owned(),
        false => format!("left out: time stamps and layers; by rule: {}", counts.join(", ")),
    }
}

fn gains(gain: &Gain) -> Vec<String> {
    let size = gain.size.as_ref().map(|size| format!("{}, then {}; ", megabytes(size.before), megabytes(size.after)));
    let Pair { before, after } = gain.layers;
    let mut out = vec![format!("image: {}{}, then {after}", size.unwrap_or_default(), plural(before, "layer"))];
    out.push(match &gain.rebuild {
        Rebuild::Measured { file, cost } => {
            let part = |cost: &Cost| format!("{} in {:.1} s", plural(cost.ran, "step"), cost.seconds);
            let Pair { before, after } = cost;
            format!("rebuild after an edit of {}: {}, then {}", visible_str(file), part(before), part(after))
        }
        Rebuild::NotMeasured(why) => format!("rebuild: not measured, {why}"),
    });
    out
}

/// One line a file, and how many of each verdict.
pub fn table(reports: &[FileReport], paint: Paint) -> String {
    let wide = reports.iter().map(|report| report.file.chars().count()).max().unwrap_or(0);
    let mut out = String::from("\n");
    for report in reports {
        let verdict = paint.apply(report.verdict.style(), format_args!("{:10}", report.verdict.name()));
        out += format!("{:wide$}  {verdict}  {}", report.file, short_gain(report)).trim_end();
        out += "\n";
    }
    let mut counts: Vec<(Verdict, usize)> = Vec::new();
    for report in reports {
        match counts.iter_mut().find(|(verdict, _)| *verdict == report.verdict) {
            Some((_, count)) => *count += 1,
            None => counts.push((report.verdict, 1)),
        }
    }
    let counts: Vec<String> = counts.iter().map(|(verdict, count)| format!("{count} {}", verdict.name())).collect();
    out + &format!("{}: {}\n", plural(reports.len(), "file"), counts.join(", "))
}

fn short_gain(report: &FileReport) -> String {
    let Some(gain) = &report.gain else {
        let message = report.message.as_deref().unwrap_or_default();
        return message.lines().last().unwrap_or_default().chars().take(80).collect();
    };
    let mut parts = Vec::new();
    if let Some(size) = &gain.size {
        parts.push(format!("{} > {}", megabytes(size.before), megabytes(size.after)));
    }
    parts.push(format!("{} > {} layers", gain.layers.before, gain.layers.after));
    if let Rebuild::Measured { cost: Pair { before, after }, .. } = &gain.rebuild {
        parts.push(format!("{} > {} steps", before.ran, after.ran));
        parts.push(format!("{:.1} > {:.1} s", before.seconds, after.seconds));
    }
    parts.join("  ")
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn difference(path: &str, aspect: Aspect, before: &str, after: &str) -> Difference {
        Difference { before: before.to_owned(), after: after.to_owned(), ..Difference::file(path, aspect) }
    }

    fn report(differences: Vec<(Difference, Meaning)>) -> FileReport {
        let left_out = BTreeMap::from([("log".to_owned(), 3)]);
        let cost = |ran, seconds| Cost { ran, seconds, cached: 1 };
        let rebuild =
            Rebuild::Measured { file: "a.py".to_owned(), cost: Pair { before: cost(3, 4.06), after: cost(1, 0.5) } };
        let size = Some(Pair { before: 126_000_000, after: 125_900_000 });
        let gain = Some(Gain { size, layers: Pair { before: 5, after: 3 }, rebuild });
        let mut report = FileReport::new("Dockerfile".to_owned(), Verdict::Error);
        let rewrite = Rewrite { transform: "merge-runs".to_owned(), line: 2, title: "merge".to_owned() };
        report.rewrites = vec![rewrite];
        report.proved(Proof { judged: Judged { differences, left_out }, gain, ..Proof::default() });
        report
    }

    #[test]
    fn the_same_is_said_with_what_was_left_out_and_gained() {
        let wanted = "Dockerfile: the same image (merge-runs once)\n  \
                      left out: time stamps and layers; by rule: log 3\n  \
                      image: 126.0 MB, then 125.9 MB; 5 layers, then 3\n  \
                      rebuild after an edit of a.py: 3 steps in 4.1 s, then 1 step in 0.5 s\n";
        assert_eq!(text(&report(Vec::new()), Paint(false)), wanted);
    }

    #[test]
    fn differences_are_named_the_bad_ones_first() {
        let mut report = report(vec![
            (difference("/a", Aspect::Removed, "a folder", ""), Meaning::Intended("tidy")),
            (difference("/a/b", Aspect::Removed, "a file", ""), Meaning::Intended("tidy")),
            (difference("/ab", Aspect::Removed, "a file", ""), Meaning::Intended("tidy")),
            (difference("/e", Aspect::Mode, "0644", "0600"), Meaning::Unexpected),
            (difference("/r", Aspect::Content, "1", "2"), Meaning::Unstable),
        ]);
        report.guilty = Some("tidy".to_owned());
        report.without = Some("skip = [\"tidy\"]".to_owned());
        assert_eq!(report.verdict, Verdict::Unexpected);
        let text = text(&report, Paint(false));
        let wanted = "Dockerfile: 1 unexpected difference (merge-runs once)\n  \
                      unexpected: /e: mode `0644` became `0600`\n  \
                      intended by tidy: /a is gone (a folder), and 1 below it\n  \
                      intended by tidy: /ab is gone (a file)\n  \
                      unstable: /r: content `1` became `2`\n";
        assert!(text.starts_with(wanted), "{text}");
        assert!(text.ends_with("dfopt.toml:\n    skip = [\"tidy\"]\n"), "{text}");
    }

    #[test]
    fn verdicts_follow_the_worst() {
        let one = |meaning| (difference("/a", Aspect::Mode, "", ""), meaning);
        assert_eq!(report(vec![one(Meaning::Intended("x"))]).verdict, Verdict::Intended);
        assert_eq!(report(vec![one(Meaning::Unstable)]).verdict, Verdict::Same);
        let smoke = Some(SmokeOutcome {
            test: "t".to_owned(),
            before: "exit code 0".to_owned(),
            after: "exit code 1".to_owned(),
            same: false,
        });
        let mut report = FileReport::new("f".to_owned(), Verdict::Error);
        report.proved(Proof { smoke, ..Proof::default() });
        assert_eq!(report.verdict, Verdict::Unexpected);
        assert!(
            text(&report, Paint(false)).contains("exit code 0 with the original, exit code 1 with the rewritten one")
        );
    }

    #[test]
    fn long_lists_are_cut_for_people_only() {
        let many = (0..30).map(|n| (difference(&format!("/f{n:02}"), Aspect::Mode, "1", "2"), Meaning::Unexpected));
        let report = report(many.collect());
        let text = text(&report, Paint(false));
        assert!(text.contains("unexpected: 10 more (`--format json` has all)"), "{text}");
        assert_eq!(json(("docker", "1"), &[report]).matches("\"place\"").count(), 30);
    }

    #[test]
    fn the_document_for_programs_is_as_documented() {
        let report = report(vec![(difference("/a", Aspect::Mode, "1", "2"), Meaning::Intended("tidy"))]);
        let value: serde_json::Value = serde_json::from_str(&json(("docker", "1"), &[report])).unwrap();
        let file = &value["files"][0];
        assert_eq!((&value["schema"], &value["engine"]["name"]), (&1.into(), &"docker".into()));
        assert_eq!((&file["verdict"], &file["left_out"]["log"]), (&"intended".into(), &3.into()));
        let difference = &file["differences"][0];
        assert_eq!(difference["place"], "/a");
        assert_eq!((&difference["verdict"], &difference["transform"]), (&"intended".into(), &"tidy".into()));
        assert_eq!(file["gain"]["rebuild"]["measured"]["cost"]["before"]["ran"], 3);
        let page = include_str!("../../../docs/verify.md");
        for field in file.as_object().unwrap().keys() {
            assert!(page.contains(&format!("`{field}`")), "docs/verify.md does not tell `{field}`");
        }
    }

    #[test]
    fn failed_builds_show_the_end_and_the_log() {
        let broken = Broken {
            what: "original",
            tail: "a\nERROR: b".to_owned(),
            log: Some("/tmp/x.log".into()),
            advice: Some("pass `--network host`"),
        };
        let mut report = FileReport::new("f".to_owned(), Verdict::Error);
        report.broken(broken, Verdict::Error);
        let wanted = "f: not verified\n  the original file does not build:\n    a\n    ERROR: b\n  \
                      what to do: pass `--network host`\n  the whole log: /tmp/x.log\n";
        assert_eq!(text(&report, Paint(false)), wanted);
        assert!(table(&[report], Paint(false)).contains("f  error       ERROR: b\n1 file: 1 error\n"));
    }
}
