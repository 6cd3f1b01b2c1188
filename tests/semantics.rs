//! merge-runs against real shells: RUNs put together at random from small texts are run one by one, as a build would, and
//! joined; files and success must be the same. dash, bash, with and without `-e`.
#![allow(clippy::unwrap_used)]

use dfopt::engine::Options;
use dfopt::facts::NoContext;
use dfopt::syntax::{Keyword, parse};
use dfopt::text::Source;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Texts that leave traces in their shell, end oddly, fail, or look at what others left.
const TEXTS: &[&str] = &[
    "echo a >> log",
    "echo b >> log;",
    "mkdir -p d && cd d && echo in-d >> log",
    "cd d",
    "V=1; echo \"$V\" >> log",
    "V=2 && echo \"v$V\" >> log",
    "echo \"[${V-none}${W-none}]\" >> log",
    "export W=3 && sh -c 'echo $W >> log'",
    "false",
    "false; echo after-false >> log",
    "false || echo or >> log",
    "true && false || echo mixed >> log",
    "test -e d && echo has-d >> log",
    "test -e nowhere; echo went-on >> log",
    "set -e; test -e nowhere; echo not-reached >> log",
    "set -e; echo strict >> log",
    "set -ex && echo traced >> log",
    "set -f; echo '*' >> log",
    "echo * >> log",
    "umask 077; touch private",
    "touch public",
    "exit 0; echo never >> log",
    "exit 3",
    "test -e log && exit 0; echo no-log >> log",
    "exec echo replaced >> log",
    "echo() { command printf 'fake\\n'; }; echo x >> log",
    "trap 'command printf trapped >> log' EXIT; echo t >> log",
    "set -- a b; echo \"$#\" >> log",
    "echo \"$#\" >> log",
    "! test -e nowhere",
    "! true",
    "if test -e log; then echo yes >> log; else echo no >> log; fi",
    "for i in 1 2; do echo \"$i\" >> log; done",
    "echo \"i=${i-}\" >> log",
    "{ echo braces >> log; }",
    "( cd d 2>/dev/null || mkdir d; echo sub >> log )",
    "echo piped | cat >> log",
    "false | true && echo pipe-ok >> log",
    "true | false",
    "V=4 eval 'echo $V >> log'",
    "V=5 : ; echo \"${V-}\" >> log",
    "echo comment >> log # the rest",
    "case x in x) echo case >> log ;; esac",
    "read r < log; echo \"r=$r\" >> log",
    "echo \"${V:=7}\" >> log",
    "while read l; do echo \"l=$l\" >> log2; done < log",
    "alias ls=false; ls >> log",
    "unset V; echo unset >> log",
    "echo $((n = 2)) >> log",
    "echo \"n=${n-}\" >> log",
    "[ -e log ] && rm log",
];

fn shells() -> Vec<(&'static str, Vec<&'static str>)> {
    let all = vec![
        ("", vec!["/bin/sh", "-c"]),
        ("SHELL [\"/bin/bash\", \"-c\"]\n", vec!["/bin/bash", "-c"]),
        ("SHELL [\"/bin/bash\", \"-ec\"]\n", vec!["/bin/bash", "-ec"]),
        ("SHELL [\"/bin/dash\", \"-e\", \"-c\"]\n", vec!["/bin/dash", "-e", "-c"]),
        ("SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\n", vec!["/bin/bash", "-o", "pipefail", "-c"]),
    ];
    all.into_iter().filter(|(_, words)| Path::new(words[0]).exists()).collect()
}

/// The same cases in each run; other ones with `DFOPT_SEED=3 DFOPT_CASES=5000 cargo test --test semantics`.
fn config() -> ProptestConfig {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    ProptestConfig {
        cases: number("DFOPT_CASES", 400) as u32,
        rng_seed: RngSeed::Fixed(number("DFOPT_SEED", 1)),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Runs the RUNs of a Dockerfile one by one in a fresh folder, each in a shell of its own, until one fails.
fn built(text: &str, shell: &[&str]) -> (bool, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let source = Source::new(text);
    let parsed = parse(&source);
    let runs = parsed.file.instructions().filter(|(_, one)| one.keyword == Keyword::Run);
    let mut fine = true;
    for (_, run) in runs {
        let script = run.script(&source).unwrap();
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(script.text()).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        fine = command.status().unwrap().success();
        if !fine {
            break;
        }
    }
    (fine, tree(folder.path()))
}

fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
            let name = entry.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            let mode = mode(&entry);
            if entry.is_dir() {
                out.insert(name, mode);
                open.push(entry);
            } else {
                out.insert(name, mode + &fs::read_to_string(&entry).unwrap());
            }
        }
    }
    out
}

#[cfg(unix)]
fn mode(path: &Path) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{:o} ", fs::metadata(path).unwrap().mode())
}

#[cfg(not(unix))]
fn mode(_: &Path) -> String {
    String::new()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn joined_runs_do_what_the_separate_ones_did(texts in prop::collection::vec(prop::sample::select(TEXTS), 2..5)) {
        for (directive, shell) in shells() {
            let runs: String = texts.iter().map(|text| format!("RUN {text}\n")).collect();
            let before = format!("FROM debian:12\n{directive}{runs}");
            let outcome = dfopt::optimize(&Source::new(before.as_str()), &Options::default(), &NoContext);
            prop_assert!(outcome.bugs.is_empty(), "{:?}", outcome.bugs);
            if outcome.text == before {
                continue;
            }
            let (old, new) = (built(&before, &shell), built(&outcome.text, &shell));
            prop_assert_eq!(old.0, new.0, "success differs\n{}\n{}", before, outcome.text);
            // files of a failed build reach nobody
            if old.0 {
                prop_assert_eq!(old.1, new.1, "files differ\n{}\n{}", before, outcome.text);
            }
        }
    }
}
