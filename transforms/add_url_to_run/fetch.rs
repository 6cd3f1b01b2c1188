//! The ADD: what it fetches, and where it may put it.

use super::name::{Name, SOMEWHERE};
use super::*;
use crate::facts::{Step, Truth};
use crate::knowledge::images::Distribution;
use crate::syntax::{Args, Instruction};

/// An ADD of one file from the network.
pub struct Fetch {
    /// Where from.
    pub url: Name,
    /// Where to: the paths that it may have, the likeliest first. One where that is certain.
    pub files: Vec<Name>,
    /// The sha256 that it must have.
    pub sha256: Option<String>,
}

/// Words of an address that name what moves.
const MOVING: &[&str] = &[
    "current", "daily", "dev", "develop", "edge", "head", "latest", "main", "master", "nightly", "rolling", "snapshot",
    "stable", "tip", "trunk", "weekly",
];

/// What fetches it instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// curl
    Curl,
    /// wget, be it GNU's or busybox's
    Wget,
}

/// The sources and the destination of an ADD whose first source is an http(s) URL that is no repository.
pub fn sources(instruction: &Instruction) -> Option<(Vec<&str>, &str)> {
    let Args::Transfer { sources, dest, .. } = &instruction.args else { return None };
    let first = &sources.first()?.text;
    let lower = first.to_ascii_lowercase();
    let http = lower.starts_with("http://") || lower.starts_with("https://");
    let git = lower.split(['#', '?']).next().is_some_and(|url| url.ends_with(".git")) || first.contains('#');
    (http && !git).then(|| (sources.iter().map(|source| source.text.as_str()).collect(), dest.text.as_str()))
}

/// The last part of a URL's path, as BuildKit names the file: without query.
pub fn base(url: &str) -> &str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    path.split_once('/').map_or("", |(_, path)| path.rsplit('/').next().unwrap_or_default())
}

impl Fetch {
    /// Understands an ADD of these sources to this destination.
    ///
    /// # Errors
    /// Why it can't be written as a command.
    pub fn read(step: &Step, (sources, dest): (Vec<&str>, &str)) -> Result<Fetch, Reason> {
        let [url] = sources[..] else { return Err((&SEVERAL_SOURCES, "the ADD has several sources".to_owned())) };
        let plain = |raw: &str| {
            Name::of_builder(raw, &step.before).ok_or_else(|| {
                (mark!(VARIABLE, "in-the-add"), format!("`{raw}` is not the same for the builder and for the shell"))
            })
        };
        let (fetched, dest) = (plain(url)?, plain(dest)?);
        if fetched.fixed().any(|text| text.contains(['[', ']', '{', '}', '!', ' ', '\t'])) || base(url).contains('%') {
            return Err((&READ_DIFFERENTLY, format!("the shell, or curl, would read `{url}` differently")));
        }
        let name = Name::of_builder(base(url), &step.before);
        let sha256 = checksum(step.instruction)?;
        Ok(Fetch { files: files(&dest, name, step), url: fetched, sha256 })
    }

    /// Whether the address is one that is asked a question, and gives an answer rather than a file.
    pub fn is_answer(&self) -> bool {
        let url = self.url.shown().to_ascii_lowercase();
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        rest.starts_with("api.") || rest.contains("/api/") || base(&url).ends_with(".json")
    }

    /// The word of the address that names what moves: a branch, or the newest of something. None where a checksum is asked for.
    pub fn moves(&self) -> Option<String> {
        let url = self.url.shown().to_ascii_lowercase();
        let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let mut words = path.split(|c: char| !c.is_ascii_alphanumeric());
        let moving = words.find(|word| MOVING.contains(word)).filter(|_| self.sha256.is_none());
        moving.map(str::to_owned)
    }

    /// What can fetch it before a step.
    ///
    /// # Errors
    /// What is missing there.
    pub fn downloader(&self, facts: &Facts, stage: usize, step: usize) -> Result<Tool, Reason> {
        let has = |tool: &str| facts.tool(stage, step, tool) == Truth::Yes;
        let tool = match (has("curl"), has("wget")) {
            (true, _) => Tool::Curl,
            (_, true) if facts.family(stage) != Some(Distribution::Alpine) || has("wget-https") => Tool::Wget,
            (_, true) => {
                let what = "the `wget` of this image is not known to speak https; Alpine's own does since 3.8";
                return Err((mark!(MISSING_PROGRAM, "wget-without-https"), what.to_owned()));
            }
            _ => {
                let what = "neither `curl` nor `wget` is known to be there before this RUN; install one of them before";
                return Err((mark!(MISSING_PROGRAM, "downloader"), what.to_owned()));
            }
        };
        // http too: servers send to https
        if !has("ca-certificates") {
            let what =
                "certificates for https are not known to be there before this RUN; install `ca-certificates` before";
            return Err((&NO_CERTIFICATES, what.to_owned()));
        }
        if self.sha256.is_some() && !has("sha256sum") {
            return Err((
                mark!(MISSING_PROGRAM, "checksum"),
                "`sha256sum` is not known to be there, which would check the download".to_owned(),
            ));
        }
        Ok(tool)
    }
}

/// Where the file may be: below a destination that ends with `/`, else there or, if it is a folder, below it.
fn files(dest: &Name, name: Option<Name>, step: &Step) -> Vec<Name> {
    let cwd = step.before.workdir.get().map_or(SOMEWHERE, String::as_str);
    let raw = dest.raw();
    let folder = raw.ends_with('/') || matches!(raw.rsplit('/').next(), Some("." | ".."));
    let dest = dest.absolute(cwd);
    let below = name.filter(|name| !name.raw().is_empty()).map(|name| dest.join(&name).absolute("/"));
    match folder {
        true => below.into_iter().collect(),
        false => std::iter::once(dest).chain(below).collect(),
    }
}

/// The sha256 that `--checksum` asks for, in hex.
fn checksum(instruction: &Instruction) -> Result<Option<String>, Reason> {
    let mut found = None;
    for flag in &instruction.flags {
        match (flag.name.as_str(), &flag.value) {
            ("checksum", Some(value)) => {
                let hex = value.strip_prefix("sha256:").filter(|hex| hex.len() == 64);
                let hex = hex.filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
                let Some(hex) = hex else { return Err((&CHECKSUM, format!("`{value}` is no plain sha256 checksum"))) };
                found = Some(hex.to_ascii_lowercase());
            }
            // they speak of a file that does not stay
            ("chown" | "chmod", _) => {}
            (name, _) => return Err((mark!(FLAGS, "of-the-add"), format!("`--{name}` of ADD has no equal in a RUN"))),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_path() {
        assert_eq!(base("https://example.org/a/b.tgz?c=/d.zip"), "b.tgz");
        assert_eq!(base("https://example.org/a/"), "");
        assert_eq!(base("https://example.org"), "");
    }
}
