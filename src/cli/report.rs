//! What people read: the diff in colour, each change with its reason, what was left alone, a summary. Nothing of a file
//! reaches the screen as a control sequence.

use super::diff::{self, Tag};
use crate::engine::Outcome;
use crate::text::{LineCol, Source, Span};
use anstyle::{AnsiColor, Style};
use std::fmt::Write as _;

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// Text with control characters, and those that reorder text, made visible.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(c),
            '\u{7f}' => out.push('\u{2421}'),
            c if (c as u32) < 0x20 => out.extend(char::from_u32(0x2400 + c as u32)),
            c if c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}') =>
            {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
            c => out.push(c),
        }
    }
    out
}

fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The coloured diff of a file.
pub fn hunks(old: &[u8], new: &[u8]) -> String {
    let mut out = String::new();
    for hunk in diff::hunks(old, new) {
        let _ = writeln!(out, "{}", painted(CYAN, &hunk.header));
        for (tag, line) in hunk.lines {
            let text = String::from_utf8_lossy(line);
            let text = visible(text.trim_end_matches('\n').trim_end_matches('\r'));
            let _ = match tag {
                Tag::Same => writeln!(out, " {text}"),
                Tag::Old => writeln!(out, "{}", painted(RED, &format!("-{text}"))),
                Tag::New => writeln!(out, "{}", painted(GREEN, &format!("+{text}"))),
            };
        }
    }
    out
}

/// All that is to be said of one file.
pub fn file(name: &str, source: &Source, outcome: &Outcome, why: bool) -> String {
    let mut out = format!("{}\n", painted(BOLD, &visible(name)));
    let after = source.with_text(outcome.text.clone());
    out.push_str(&hunks(&source.to_bytes(), &after.to_bytes()));
    let line = |at: Span| source.line(at.start as usize);
    for one in &outcome.applied {
        let (title, reason) = (visible(&one.title), visible(&one.reason));
        let _ = writeln!(out, "  {} ({}) line {}: {title}", painted(GREEN, one.id), one.level, line(one.at));
        let _ = writeln!(out, "      {}", painted(DIM, &reason));
        for note in &one.notes {
            let _ = writeln!(out, "      {}", painted(DIM, &visible(note)));
        }
    }
    for one in &outcome.advice {
        let _ = writeln!(out, "  {} line {}: {}", painted(CYAN, one.id), line(one.at), visible(&one.title));
        let _ = writeln!(out, "      {}", painted(DIM, &visible(&one.reason)));
    }
    if why {
        for one in &outcome.refused {
            let head = painted(YELLOW, &format!("{} left alone", one.id));
            let _ = writeln!(out, "  {head} line {}: {}: {}", line(one.at), one.code, visible(&one.reason));
        }
    }
    out
}

/// Whether a file is worth mentioning.
pub fn says_something(source: &Source, outcome: &Outcome, why: bool) -> bool {
    outcome.text != source.text() || !outcome.advice.is_empty() || (why && !outcome.refused.is_empty())
}

/// `path:line:column: `
pub fn place(name: &str, at: Option<LineCol>) -> String {
    match at {
        Some(LineCol { line, column }) => format!("{}:{line}:{column}", visible(name)),
        None => visible(name),
    }
}

/// How it all went.
#[derive(Debug, Default)]
pub struct Totals {
    /// Files that were looked at.
    pub files: usize,
    /// Files that change.
    pub changed: usize,
    /// Layers in those files before and after.
    pub layers: (usize, usize),
    /// Rewrites at a higher level than asked for.
    pub offered: usize,
    /// Places that were left alone.
    pub refused: usize,
    /// Files with an error.
    pub failed: usize,
}

impl Totals {
    /// One line.
    pub fn line(&self, written: bool, why: bool) -> String {
        let files = |n: usize| if n == 1 { "1 file".to_owned() } else { format!("{n} files") };
        let verb = if written { "rewritten" } else { "would change" };
        let mut out = format!("{} {verb} of {}", files(self.changed), files(self.files));
        if self.changed > 0 {
            let _ = write!(out, "; layers {} -> {}", self.layers.0, self.layers.1);
        }
        if self.offered > 0 {
            let _ = write!(out, "; {} more at a higher level (`--level`)", self.offered);
        }
        if self.refused > 0 && !why {
            let _ = write!(out, "; {} left alone (`--why`)", self.refused);
        }
        if self.failed > 0 {
            let _ = write!(out, "; {} with errors", files(self.failed));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_screen_as_a_control_sequence() {
        assert_eq!(visible("a\x1b[31m\r\u{202e}b\u{9b}\tc"), "a\u{241b}[31m\u{240d}\\u{202e}b\\u{9b}\tc");
    }
}
