//! The real shells as oracles: which texts they take, asked without running any of them.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

/// Reads bodies with a NUL behind each, and answers each with its status and what was said, and a NUL. `set -n` comes before the
/// body is read, so that no command of it is ever run; the subshell takes the state with it.
const BASH: &str = r#"while IFS= read -r -d '' body; do
  said=$(eval "set -n
$body" 2>&1 </dev/null); printf '%s %s\0' $? "$said"
done"#;

/// What bash says of a text.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub accepts: bool,
    pub said: String,
}

/// Whether a program can be started here.
pub fn is_here(program: &str) -> bool {
    Command::new(program).args(["-c", ":"]).status().is_ok_and(|status| status.success())
}

/// What bash says of each text; two processes work at it.
pub fn bash(texts: &[&str]) -> Vec<Verdict> {
    let (left, right) = texts.split_at(texts.len() / 2);
    std::thread::scope(|scope| {
        let left = scope.spawn(|| bash_alone(left));
        let right = bash_alone(right);
        let mut verdicts = left.join().unwrap();
        verdicts.extend(right);
        verdicts
    })
}

fn bash_alone(texts: &[&str]) -> Vec<Verdict> {
    let mut child = Command::new("bash")
        .args(["--norc", "--noprofile", "-c", BASH])
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || texts.iter().for_each(|text| stdin.write_all(&[text.as_bytes(), b"\0"].concat()).unwrap()));
        child.wait_with_output().unwrap()
    });
    let answers = String::from_utf8_lossy(&output.stdout).into_owned();
    let verdicts: Vec<Verdict> = answers.split_terminator('\0').map(verdict).collect();
    assert_eq!(verdicts.len(), texts.len(), "the driver answered each body");
    verdicts
}

fn verdict(answer: &str) -> Verdict {
    let (status, said) = answer.split_once(' ').unwrap_or((answer, ""));
    let complaint =
        |line: &&str| !line.contains("warning: here-document") && !line.contains("unterminated here-document");
    let said: Vec<&str> = said.lines().filter(complaint).collect();
    Verdict { accepts: status == "0" && said.is_empty(), said: said.join(" / ") }
}

/// Which of the texts dash takes, two at a time.
pub fn dash(texts: &[&str]) -> Vec<bool> {
    let ask = |text: &&str| {
        // a blank, since the text may look like an option
        Command::new("dash")
            .args(["-n", "-c", &format!(" {text}")])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    };
    let (left, right) = texts.split_at(texts.len() / 2);
    std::thread::scope(|scope| {
        let left = scope.spawn(|| left.iter().map(ask).collect::<Vec<bool>>());
        let right: Vec<bool> = right.iter().map(ask).collect();
        [left.join().unwrap(), right].concat()
    })
}

/// How often each reason was given.
#[derive(Default)]
pub struct Tally(BTreeMap<String, (usize, String)>);

impl Tally {
    pub fn add(&mut self, reason: impl Into<String>, example: &str) {
        let entry = self.0.entry(reason.into()).or_insert_with(|| (0, example.chars().take(300).collect()));
        entry.0 += 1;
    }

    pub fn total(&self) -> usize {
        self.0.values().map(|(count, _)| count).sum()
    }

    pub fn print(&self, title: &str) {
        for (reason, (count, example)) in &self.0 {
            eprintln!("{title}: {count:5} {reason}: {example:?}");
        }
    }
}
