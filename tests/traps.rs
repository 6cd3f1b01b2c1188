//! The traps: on each, what comes out is what went in, or the trap's good answer; never the naive one.
#![allow(clippy::unwrap_used)]

mod common;

use dfopt::engine::{Level, Options};
use dfopt::syntax::parse;
use dfopt::text::Source;
use std::fs;

/// Traps without a good answer of their own, on which ours is neither the input nor the naive one, and why it is right: the
/// trap is about something else, or asks for the grouping that is done here. The engine's tests build each of them.
const OWN: &[(&str, &str)] = &[
    // a quoted `<<EOF` is text
    ("007-heredoc-opener-in-quotes", "FROM debian:12\nRUN echo 'usage: cat <<EOF' > /u && echo second > /s\n"),
    // the quotes are balanced: the heredoc is still seen
    ("009-unbalanced-quote-disables-heredoc", "FROM debian:12\nRUN echo \"it's\" > /q && cat <<EOF > /f\nit's\nEOF\n"),
    // a subshell keeps the state in
    ("047-merge-plain-assign-leak", "FROM debian:12\nRUN ( V=1; echo $V > /v1 ) && echo \"[$V]\" > /v2\n"),
    ("058-merge-function-leak", "FROM debian:12\nRUN ( ls() { echo fake; }; ls > /1 ) && ls / > /2\n"),
    ("059-merge-set-f-glob", "FROM debian:12\nRUN ( set -f; echo '*' > /g1 ) && cd /etc && echo pass*d > /g2\n"),
    ("078-merge-positional-params", "FROM debian:12\nRUN ( set -- a b; echo $# > /1 ) && echo $# > /2\n"),
    // each list is a group of its own
    ("050-merge-heredoc-set-e-changes-semicolon", "FROM debian:12\nRUN { test -e /x; echo a > /a; } && echo b > /b\n"),
    // `!` keeps its command
    ("079-merge-exit-status-of-not", "FROM debian:12\nRUN ! grep -q nothing /etc/passwd && touch /b\n"),
    // the last stage: every sound join is made by default
    (
        "087-merge-cache-cost",
        "FROM node:20\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci && npm run lint && npm run build\n",
    ),
    // the module that replaces another has its go.mod copied first; the build comes behind the full COPY
    (
        "138-reorder-go-replace",
        "FROM golang:1.23\nWORKDIR /src\nCOPY go.mod go.sum ./\nCOPY lib/go.mod ./lib/\nRUN go mod download\nCOPY . .\n\
         RUN go build ./...\n",
    ),
    // nothing is removed, so that the second install still finds the lists
    (
        "093-merge-apt-lists-removed-then-used",
        "FROM debian:12\nRUN apt-get update && apt-get install -y curl && apt-get install -y git\n",
    ),
    // the text of MAINTAINER, each character that a label would read escaped
    (
        "219-maintainer-to-label",
        "FROM debian:12\nENV TEAM=x\nLABEL org.opencontainers.image.authors=\"Jane \\$TEAM \\\"JD\\\" <j@d.io>\"\n",
    ),
    // only the blank line goes
    (
        "011-comment-in-continuation",
        "FROM debian:12\nRUN echo a > /a && \\\n# explain b \\\n echo b > /b && \\\n# c\n echo c > /c\n",
    ),
    // at the boldest level only: Debian's shell stays in front of the program
    ("195-exec-form-pid1-signals", "FROM debian:12\nCMD [\"sleep\", \"30\"]\n"),
    // that image starts in `/`
    ("242-workdir-relative-base", "FROM node:20\nWORKDIR /app\nCOPY . .\n"),
    // npm runs the scripts as the owner of the working folder, which is root's until they ran
    (
        "119-reorder-postinstall-needs-source",
        "FROM node:20\nWORKDIR /app\nCOPY --chown=1000:1000 . .\nRUN npm ci\nRUN install -d -o 1000 -g 1000 /app\nUSER 1000:1000\n\
         CMD [\"node\",\"server.js\"]\n",
    ),
    // what COPY brings is the owner's, and the directory itself keeps its chown
    (
        "231-chown-existing-dest-dir",
        "FROM debian:12\nWORKDIR /app\nCOPY --chown=1000:1000 d ./\nRUN chown 1000:1000 /app\n",
    ),
    // the last stage gets the user, not the builder
    (
        "167-user-multistage-wrong-stage",
        "FROM golang:1.23 AS build\nRUN go build -o /a ./...\nFROM debian:12\n\
         RUN groupadd -g 10001 app && useradd -l -m -u 10001 -g app app\nCOPY --from=build /a /a\nUSER 10001:10001\nCMD [\"/a\"]\n",
    ),
    // the permissions are set where the file is copied: those of its owner's checkout, with the right to execute
    ("086-merge-text-file-busy", "FROM debian:12\nCOPY --chmod=755 run.sh /run.sh\nRUN /run.sh\n"),
    ("086-merge-text-file-busy", "FROM debian:12\nCOPY --chmod=775 run.sh /run.sh\nRUN /run.sh\n"),
    // traps of other transforms, in which two RUNs stand side by side
    ("154-user-later-run-needs-root", "FROM debian:12\nRUN touch /etc/a && touch /etc/b\nCMD [\"true\"]\n"),
];

/// Answers to the traps about package managers, where each level has its own.
const PACKAGES: &[(&str, Level, &str)] = &[
    (
        "173-apt-no-recommends",
        Level::Safe,
        "FROM debian:12\nRUN apt-get update && apt-get install -y git curl\nRUN git clone https://github.com/a/b\n",
    ),
    // certificates are named, so that the clone works
    (
        "173-apt-no-recommends",
        Level::Recommended,
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends git curl ca-certificates \
         openssh-client && rm -rf /var/lib/apt/lists/*\nRUN git clone https://github.com/a/b\n",
    ),
    // the mounts stay as they are, nothing is removed from them
    (
        "174-apt-lists-cache-mount",
        Level::Recommended,
        "FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt/lists --mount=type=cache,target=/var/cache/apt apt-get update \
         && apt-get install -y --no-install-recommends git ca-certificates openssh-client\n",
    ),
    (
        "175-apt-docker-clean",
        Level::Recommended,
        "FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y \
         --no-install-recommends git ca-certificates openssh-client\n",
    ),
    ("177-apt-update-install-split", Level::Safe, "FROM debian:12\nRUN apt-get update && apt-get install -y git\n"),
    (
        "177-apt-update-install-split",
        Level::Recommended,
        "FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates \
         openssh-client && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "178-apt-update-shared-by-many",
        Level::Safe,
        "FROM debian:12\nRUN apt-get update && apt-get install -y a\nCOPY x /x\nRUN apt-get install -y b\n",
    ),
    // an update in both, and both clean up
    (
        "178-apt-update-shared-by-many",
        Level::Recommended,
        "FROM debian:12\nRUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*\nCOPY x /x\nRUN apt-get update \
         && apt-get install -y b && rm -rf /var/lib/apt/lists/*\n",
    ),
    // the order stays; what nobody judged keeps what it recommends
    (
        "181-apt-sort-uid-allocation",
        Level::Recommended,
        "FROM debian:12\nRUN apt-get update && apt-get install -y redis-server postgresql && rm -rf /var/lib/apt/lists/*\n",
    ),
    // npm install stays what it is
    (
        "189-npm-install-to-ci",
        Level::Recommended,
        "FROM node:20\nCOPY package.json ./\nRUN npm install && npm cache clean --force\n",
    ),
];

/// The transforms of package managers. A trap about something else is tried without them, so that what is seen is its own.
const ABOUT_PACKAGES: &[&str] = &[
    "apk-no-cache",
    "apt-clean-lists",
    "apt-no-recommends",
    "apt-update-with-install",
    "assume-yes",
    "cache-mounts",
    "dnf-clean",
    "gem-no-document",
    "npm-clean",
    "pip-no-cache",
    "sort-packages",
];

/// A Dockerfile without its layout: instructions with their arguments, runs of white space as one space.
fn flat(text: &str) -> Vec<String> {
    let source = Source::new(text);
    let parsed = parse(&source);
    let one = |(_, one): (usize, &dfopt::syntax::Instruction)| {
        let words: Vec<&str> = one.line.text().split_whitespace().collect();
        let bodies: Vec<&str> = one.heredocs.iter().map(|heredoc| source.slice(heredoc.body)).collect();
        format!("{} {bodies:?}", words.join(" "))
    };
    parsed.file.instructions().map(one).collect()
}

#[test]
fn no_trap_is_sprung() {
    let traps = common::traps();
    let table = fs::read_to_string(traps.join("traps.tsv")).unwrap();
    let about_packages = |name: &str| {
        let mut columns = table.lines().map(|line| line.split('\t'));
        columns.any(|mut row| row.next() == Some(name) && row.next() == Some("package-clean"))
    };
    let (mut same, mut good) = (0, 0);
    for folder in common::folders(&traps) {
        let read = |name: &str| fs::read(folder.join(name)).ok().and_then(|bytes| Source::from_bytes(&bytes).ok());
        let Some(before) = read("Dockerfile") else { continue };
        let context = common::view(Some(folder.join("context")).as_deref().filter(|context| context.is_dir()));
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let packages = about_packages(&name);
        let levels = if packages { &Level::ALL[..2] } else { &Level::ALL };
        for level in levels.iter().copied() {
            let skip: &[&str] = if packages { &[] } else { ABOUT_PACKAGES };
            let skip = skip.iter().map(|id| (*id).to_owned()).collect();
            let outcome = dfopt::optimize(&before, &Options { level, skip, ..Options::default() }, &*context);
            assert!(outcome.bugs.is_empty(), "{}: {:?}", folder.display(), outcome.bugs);
            if outcome.text == before.text() {
                same += 1;
                continue;
            }
            let wanted = read("good.Dockerfile").map(|source| flat(source.text()));
            let naive = read("naive.Dockerfile").map(|source| flat(source.text()));
            let got = flat(&outcome.text);
            assert_ne!(Some(&got), naive.as_ref(), "{}: the naive answer", folder.display());
            let levelled = PACKAGES.iter().find(|(trap, at, _)| *trap == name && *at == level).map(|(_, _, a)| flat(a));
            let mut own = OWN.iter().filter(|(trap, _)| *trap == name).map(|(_, answer)| flat(answer));
            let own = own.find(|answer| *answer == got);
            assert_eq!(Some(&got), own.or(wanted).or(levelled).as_ref(), "{name} at {level}:\n{}", outcome.text);
            good += 1;
        }
    }
    println!("{same} left alone, {good} answered well");
}
