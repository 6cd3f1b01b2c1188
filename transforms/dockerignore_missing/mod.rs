//! dockerignore-missing: advice where the whole build context is copied, nothing is kept out, and something should be.
//!
//! # Motivation
//! `COPY . .` without a `.dockerignore` brings the repository's history, dependencies of this machine and files with
//! secrets into the build: it is slow to send, never cached for long, and some of it ends in the image.
//!
//! # What is said, and when not
//!  1. only where the context is known, and surely has no ignore file (neither `.dockerignore` nor that of the
//!     Dockerfile);
//!  2. only where COPY or ADD takes its root;
//!  3. only of what is there and is a known burden: `.git` unless the build itself asks git or the version comes from
//!     it, `node_modules`, `venv` and `target` only where the build makes its own, `.env` files, keys, folders of
//!     editors and caches. If there is nothing of these, or only small things, nothing is said;
//!  4. once a file.
//!
//! Sources: the Docker documentation of the build context and `.dockerignore`.

use crate::engine::{Chosen, Findings, Level, Meta, Need, Transform};
use crate::facts::{Facts, Truth};
use crate::syntax::{Args, Instruction, Keyword};

/// The transform.
pub struct DockerignoreMissing;

static META: Meta = Meta {
    id: "dockerignore-missing",
    summary: "the whole folder is copied and no `.dockerignore` keeps out what does not belong into an image",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    needs: &[Need::Context],
    checks: &["DKL-LI-0003"],
    since: "0.1.0",
    ..Meta::PLAIN
};

/// Names that are kept out wherever they are found.
const ALWAYS: &[&str] = &[
    ".env",
    ".env.local",
    ".env.production",
    ".env.development",
    ".DS_Store",
    ".aws",
    ".ssh",
    ".idea",
    ".vscode",
    ".svn",
    ".hg",
    ".terraform",
    ".gradle",
    ".tox",
    ".nox",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".nyc_output",
    ".vagrant",
    "id_rsa",
    "id_ed25519",
];

/// Names that are kept out where the build runs one of the commands, which make them anew.
const MADE: &[(&str, &[&str])] = &[
    ("node_modules", &["npm", "yarn", "pnpm", "bun"]),
    ("bower_components", &["bower"]),
    ("venv", &["pip", "pip3", "python", "python3", "poetry", "uv"]),
    (".venv", &["pip", "pip3", "python", "python3", "poetry", "uv"]),
    ("target", &["cargo", "mvn", "mvnw", "sbt"]),
];

/// Endings of names, and the pattern that keeps them out.
const ENDINGS: &[(&str, &str)] = &[(".pyc", "**/*.pyc"), (".log", "*.log"), (".pem", "*.pem"), (".swp", "*.swp")];

/// What is not worth a word by itself.
const LIGHT: &[&str] = &[".DS_Store", "*.swp", "*.log", "**/*.pyc"];

/// What mostly holds secrets.
const SECRET: &[&str] =
    &[".env", ".env.local", ".env.production", ".env.development", ".aws", ".ssh", "id_rsa", "id_ed25519", "*.pem"];

impl Transform for DockerignoreMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let mut instructions = facts.file.instructions().map(|(_, one)| one);
        let Some(copy) = instructions.find(|one| copies_root(one)) else { return };
        if facts.context.ignored_by_file() != Truth::No {
            return;
        }
        let lines = lines(facts);
        if lines.iter().all(|line| LIGHT.contains(&line.as_str())) {
            return;
        }
        let secret = lines.iter().any(|line| SECRET.contains(&line.as_str()));
        let image = if secret { "the image, secrets among it" } else { "the image" };
        let shown: Vec<String> = lines.iter().map(|line| format!("`{line}`")).collect();
        let title = format!("`{} .` takes the whole folder, and there is no `.dockerignore`", copy.keyword.name());
        let reason = format!(
            "what no build needs is sent, breaks the cache and may end in {image}; write a `.dockerignore`, with \
             these lines to begin with: {}",
            shown.join(", ")
        );
        out.advise(copy.keyword_span.to(copy.line.span(copy.rest.clone())), title, reason);
    }
}

fn copies_root(one: &Instruction) -> bool {
    let Args::Transfer { sources, .. } = &one.args else { return false };
    let root = |text: &str| matches!(text, "." | "./" | "/" | "*" | "./*");
    matches!(one.keyword, Keyword::Copy | Keyword::Add)
        && one.flag("from").is_none()
        && sources.iter().any(|source| root(source.text.trim_matches('"')))
}

/// What should be kept out of this context.
fn lines(facts: &Facts) -> Vec<String> {
    let Some(names) = facts.context.names("") else { return Vec::new() };
    let runs: Vec<&str> = facts
        .file
        .instructions()
        .filter(|(_, one)| !matches!(one.keyword, Keyword::Label | Keyword::From | Keyword::Arg))
        .map(|(item, _)| facts.source.slice(facts.file.items[item].span))
        .collect();
    let says = |word: &str| runs.iter().any(|run| has_word(run, word));
    let versions = ["pyproject.toml", "setup.py", "setup.cfg"].iter().any(|file| takes_version_from_git(facts, file));
    let mut out = Vec::new();
    for name in &names {
        let made = MADE.iter().find(|(known, _)| known == name);
        let fits = match (name.as_str(), made) {
            (".git", _) => !says("git") && !says(".git") && !versions,
            (_, Some((_, makers))) => makers.iter().any(|maker| says(maker)),
            (name, None) => ALWAYS.contains(&name),
        };
        if fits {
            out.push(name.clone());
        } else if name == "__pycache__" {
            out.push("**/__pycache__".to_owned());
        } else if let Some((_, pattern)) = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)) {
            out.push((*pattern).to_owned());
        }
    }
    out.sort();
    out.dedup();
    // what the file names by itself is wanted
    out.retain(|line| {
        !runs.iter().any(|run| run.starts_with(|c: char| c.is_ascii_alphabetic()) && names_it(run, line))
    });
    out
}

/// Whether COPY or ADD names a path.
fn names_it(instruction: &str, path: &str) -> bool {
    let keyword = instruction.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    matches!(keyword.as_str(), "COPY" | "ADD") && has_word(instruction, path)
}

fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_whitespace() || "=\"'[],;&|()/".contains(c);
    text.split(part).any(|part| part == word) || (word.contains('/') && text.contains(word))
}

/// Whether a Python project asks git for its version.
fn takes_version_from_git(facts: &Facts, file: &str) -> bool {
    let Some(bytes) = facts.context.read(file, 1 << 16) else { return false };
    let text = String::from_utf8_lossy(&bytes);
    ["setuptools_scm", "setuptools-scm", "hatch-vcs", "versioneer", "versioningit", "dunamai", "pbr"]
        .iter()
        .any(|tool| text.contains(tool))
}
