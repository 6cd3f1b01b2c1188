//! secrets-in-env: advice where a variable of the build or of the image holds what looks like a secret, or where a secret stands in
//! the file.
//!
//! # Motivation
//! ENV is in the image's config, and the value of ARG in the history or the cache of what is built, and in the record
//! of the build: whoever has one of these has the secret.
//!
//! # What is said, and when not
//!  1. of ENV and ARG whose name says so (`src/knowledge/secrets.txt`): a word such as `password` or `token`, or `key`
//!     behind `api`, `private` and the like; not where the last word says that it is about one (`_FILE`, `_URL`,
//!     `_EXPIRY`), nor of public keys;
//!  2. of ENV, where the value is written there and is more than a switch, a place, an address or a mark that it is to
//!     be replaced (`XXXX`, its own name), or where it takes the value of an
//!     ARG of the file;
//!  3. of ARG always, since a value is to be given, but for a default that is none of these either;
//!  4. of what is a secret by its form (`src/knowledge/tokens.tsv`: tokens of GitHub, AWS and others, private keys), wherever it
//!     stands, in heredocs too, but for one that says that it is an example;
//!  5. once a name: where ENV keeps it, that is what is told. The value is never shown.
//!
//! Sources: the Dockerfile reference (ARG, ENV, RUN --mount=type=secret), BuildKit's check, the image specification
//! (history).

use crate::engine::{Chosen, Findings, Level, Meta, Transform};
use crate::facts::{Facts, value};
use crate::knowledge::{secrets, tokens};
use crate::syntax::{Args, Instruction, Keyword, Pair};
use crate::text::Span;
use std::collections::HashSet;

/// The transform.
pub struct SecretsInEnv;

static META: Meta = Meta {
    id: "secrets-in-env",
    summary: "a variable in ENV or ARG, or another instruction, holds what looks like a secret",
    page: include_str!("README.md"),
    ceiling: Level::Advice,
    checks: &["SecretsUsedInArgOrEnv", "CIS-DI-0010", "DS-0031"],
    since: "0.1.0",
    ..Meta::PLAIN
};

impl Transform for SecretsInEnv {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn find(&self, facts: &Facts, _: Chosen, out: &mut Findings) {
        let mut found: Vec<Found> = Vec::new();
        let mut args = HashSet::new();
        for (_, one) in facts.file.instructions() {
            match &one.args {
                Args::Pairs { pairs, .. } if matches!(one.keyword, Keyword::Arg | Keyword::Env) => {
                    found.extend(pairs.iter().filter_map(|pair| variable(one, pair, facts.file.escape, &args)));
                    if one.keyword == Keyword::Arg {
                        args.extend(pairs.iter().map(|pair| pair.name.text.as_str()));
                    }
                }
                _ => tokens_of(facts, one, out),
            }
        }
        let kept: HashSet<&str> =
            found.iter().filter(|found| found.keyword == Keyword::Env).map(|found| found.name).collect();
        let mut told = HashSet::new();
        found.retain(|found| (found.keyword == Keyword::Env || !kept.contains(found.name)) && told.insert(found.name));
        found.into_iter().for_each(|found| advise(out, &found));
    }
}

/// A variable that holds a secret, or asks for one.
struct Found<'f> {
    keyword: Keyword,
    name: &'f str,
    at: Span,
    /// What its value is by its form.
    token: Option<&'static str>,
}

/// What is to be said of a variable, if anything.
fn variable<'f>(one: &Instruction, pair: &'f Pair, escape: char, args: &HashSet<&str>) -> Option<Found<'f>> {
    let token = pair.value.as_ref().and_then(|value| Some(tokens::find(&value.text).first()?.1));
    let named = secrets::is_secret(&pair.name.text);
    let said = match one.keyword {
        Keyword::Arg => asks(pair, escape),
        _ => holds(pair, escape, args),
    };
    let name = pair.name.text.as_str();
    (token.is_some() || named && said).then(|| Found { keyword: one.keyword, name, at: place(one, pair), token })
}

/// What is to be said of secrets that stand in the text of any other instruction, and in its heredocs.
fn tokens_of(facts: &Facts, one: &Instruction, out: &mut Findings) {
    let name = one.keyword.name();
    for (range, what) in tokens::find(one.line.text()) {
        out.advise(one.line.span(range), format!("{what} stands in the {name}"), REVOKE);
    }
    for body in one.heredocs.iter().map(|heredoc| heredoc.body) {
        for (range, what) in tokens::find(facts.source.slice(body)) {
            let start = body.start as usize;
            let at = Span::new(start + range.start, start + range.end);
            out.advise(at, format!("{what} stands in the {name}"), REVOKE);
        }
    }
}

/// What to do about a secret that stands in the file.
const REVOKE: &str = "whoever has the file, the image or its history has it: revoke it, and read a new one where it is needed by \
                      `RUN --mount=type=secret`, or give it when the container starts";

fn place(one: &Instruction, pair: &Pair) -> Span {
    one.line.span(pair.name.range.clone())
}

/// Whether a value for the ARG is to be given that may be a secret.
fn asks(pair: &Pair, escape: char) -> bool {
    let default = pair.value.as_ref().and_then(|value| value::literal(&value.text, escape));
    default.is_none_or(|default| default.is_empty() || may_be_secret(&pair.name.text, &default))
}

/// Whether ENV keeps a secret: one that is written there, or that of an ARG.
fn holds(pair: &Pair, escape: char, args: &HashSet<&str>) -> bool {
    let Some(pieces) = pair.value.as_ref().and_then(|value| value::read(&value.text, escape)) else { return false };
    match pieces.as_slice() {
        [value::Piece::Text(text)] => may_be_secret(&pair.name.text, text),
        pieces => {
            let mut given = false;
            value::each_name(pieces, &mut |name| given |= args.contains(name));
            given
        }
    }
}

/// Whether a value is more than a switch, a place, an address, or a mark that it is to be replaced.
fn may_be_secret(name: &str, value: &str) -> bool {
    const SWITCHES: &[&str] =
        &["true", "false", "yes", "no", "on", "off", "none", "null", "nil", "optional", "undefined", "redacted"];
    let value = value.trim();
    let bare = value.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let number = value.len() < 4 && value.bytes().all(|b| b.is_ascii_digit());
    let switch = SWITCHES.iter().any(|switch| bare.eq_ignore_ascii_case(switch));
    let place =
        value.starts_with(['/', '~', '.']) || [".json", ".pem", ".key", ".txt"].iter().any(|end| value.ends_with(end));
    // an address may hold one, before the host
    let address = value.contains("://") && !value.contains('@');
    // one sign again and again, or the name itself
    let named = name.contains('_') && value.to_ascii_lowercase().contains(&name.to_ascii_lowercase());
    let mark = named || is_monotonous(bare);
    !(bare.is_empty() || number || switch || place || address || mark)
}

/// `XXXXXXXX`, `0000-0000`, `0x0000`.
fn is_monotonous(value: &str) -> bool {
    let signs = value.strip_prefix("0x").unwrap_or(value).bytes().filter(u8::is_ascii_alphanumeric);
    let signs: HashSet<u8> = signs.collect();
    signs.len() == 1 && value.len() > 2
}

fn advise(out: &mut Findings, found: &Found) {
    let Found { keyword, name, at, token } = *found;
    let id = name.to_ascii_lowercase();
    let mount = format!("`RUN --mount=type=secret,id={id},env={name}`");
    let build = format!("`docker build --secret id={id},env={name}`");
    if let Some(what) = token {
        out.advise(at, format!("{} `{name}` holds {what}", keyword.name()), REVOKE);
    } else if keyword == Keyword::Arg {
        let reason = format!(
            "its value stays in the history or the cache of what is built, and in the record of the build; read it where it is \
             needed by {mount}, and give it by {build}"
        );
        out.advise(at, format!("ARG `{name}` looks like a secret"), reason);
    } else {
        let reason = format!(
            "whoever has the image reads it in its config; give it when the container starts (`docker run --env`, a secret of \
             the orchestrator), or, if a RUN needs it, by {mount} and {build}"
        );
        out.advise(at, format!("ENV `{name}` looks like a secret"), reason);
    }
}
