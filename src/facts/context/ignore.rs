//! What an ignore file (`.dockerignore`) keeps out of the build context, decided as BuildKit decides it. Pure: knows patterns
//! and paths, not which of them stand on a disk.
//!
//! A path's fate depends on those of the folders above it, rule by rule: a rule that matched a folder holds for all below it,
//! and a rule that had nothing to say about a folder (an exception where nothing was out yet, a rule where all was out
//! already) is not asked about that folder again. So decisions are made from the top down ([`Ignore::step`]).
//!
//! Newer builders ask twice, and not in the same words: once to list the files, once to open each. Where a file is listed
//! and then can't be opened, it arrives without its content; that is told as [`Fate::Torn`].

mod pattern;

use pattern::Pattern;

/// Longer lines make BuildKit give up.
const LONGEST_LINE: usize = 64 * 1024 - 2;

/// The rules of an ignore file, in order; none by default.
#[derive(Debug, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// `!`: what matches is in after all.
    exception: bool,
    pattern: Pattern,
}

/// What becomes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is sent to the builder.
    In,
    /// It is kept out; of a folder, what an exception lets in again still makes it there.
    Out,
    /// It is listed, but builders differ on whether a file's content is sent.
    Torn,
}

/// What the rules had to say about a path, for those below it.
#[derive(Clone, Debug)]
pub struct Seen {
    matched: Vec<bool>,
    out: bool,
}

impl Seen {
    /// Whether the path is kept out.
    pub fn out(&self) -> bool {
        self.out
    }
}

impl Ignore {
    /// Reads an ignore file. What BuildKit refuses is an error, and so are the few patterns that it takes for regular
    /// expressions of a kind that is not understood here (`a|b*`, `\b*`).
    pub fn parse(bytes: &[u8]) -> Result<Ignore, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut rules = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            if line.len() > LONGEST_LINE {
                return Err("a line is too long".to_owned());
            }
            if line.starts_with(b"#") {
                continue;
            }
            let line = str::from_utf8(line).map_err(|_| "a pattern is not UTF-8".to_owned())?;
            if let Some(normal) = normal(line.trim()) {
                rules.extend(Rule::parse(&normal)?);
            }
        }
        Ok(Ignore { rules })
    }

    /// The context itself, which is always there.
    pub fn start(&self) -> Seen {
        Seen { matched: vec![false; self.rules.len()], out: false }
    }

    /// What the rules say about a path, given what they said about the folder it is in.
    pub fn step(&self, above: &Seen, path: &str) -> Seen {
        let mut seen = self.start();
        for (index, rule) in self.rules.iter().enumerate() {
            seen.matched[index] = above.matched[index] || (rule.exception == seen.out && rule.pattern.matches(path));
            if seen.matched[index] {
                seen.out = !rule.exception;
            }
        }
        seen
    }

    /// What the rules say about a path of the context.
    pub fn seen(&self, path: &str) -> Seen {
        prefixes(path).fold(self.start(), |seen, prefix| self.step(&seen, prefix))
    }

    /// What becomes of a path of the context.
    pub fn fate(&self, path: &str) -> Fate {
        match self.seen(path).out {
            true => Fate::Out,
            false if self.closed(path) => Fate::Torn,
            false => Fate::In,
        }
    }

    /// Whether the builder refuses to open what it listed: here every rule is asked about every folder above.
    fn closed(&self, path: &str) -> bool {
        let mut out = false;
        for rule in &self.rules {
            if rule.exception == out && prefixes(path).any(|prefix| rule.pattern.matches(prefix)) {
                out = !rule.exception;
            }
        }
        out
    }

    /// Whether an exception could let something in again below a folder that is kept out.
    pub fn reopens(&self, folder: &str) -> bool {
        let below = format!("{folder}/");
        self.rules.iter().any(|rule| rule.exception && rule.pattern.may_match_below(&below))
    }
}

impl Rule {
    /// The second reading, on the side that sends the files: cleans what the first one has put together.
    fn parse(normal: &str) -> Result<Option<Rule>, String> {
        let text = normal.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let text = clean(text);
        let (exception, text) = match text.strip_prefix('!') {
            Some("") => return Err("a `!` stands alone".to_owned()),
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        Ok(Some(Rule { exception, pattern: Pattern::parse(text)? }))
    }
}

/// The first reading: a line, trimmed, as a path from the context's root.
fn normal(line: &str) -> Option<String> {
    let (mark, path) = match line.strip_prefix('!') {
        Some(rest) => ("!", rest.trim()),
        None => ("", line),
    };
    if path.is_empty() {
        return (!mark.is_empty()).then(|| mark.to_owned());
    }
    let path = clean(path);
    let path = match path.strip_prefix('/') {
        Some(rest) if !rest.is_empty() => rest,
        _ => &path,
    };
    Some(format!("{mark}{path}"))
}

/// The shortest spelling of a path, by its text alone.
fn clean(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.join("/")) {
        (true, path) => format!("/{path}"),
        (false, path) if path.is_empty() => ".".to_owned(),
        (false, path) => path,
    }
}

/// `a`, `a/b`, `a/b/c`.
fn prefixes(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.map(|end| &path[..end]).filter(|prefix| !prefix.is_empty())
}

#[cfg(test)]
mod tests;
