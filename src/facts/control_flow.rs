//! Where a command stands in a shell text: whether the text fails if the command fails, and whether others may be put beside
//! it with `&&`. Knows the grammar of lists and `set -e`, not what commands do.

use crate::shell::{Command, CommandKind, Connector, List, Pipeline, Script, Simple, Terminator};

/// The place of a simple command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// All lists around it are single chains of `&&`, in groups or not, and it is alone in its pipeline: `x && command` and
    /// `command && x` in its place do what they say.
    pub chain: bool,
    /// The whole text fails if it fails, and it runs if the text succeeds.
    pub must: bool,
    /// It reads from a pipe.
    pub piped: bool,
    /// Not inside a group, a loop, a function or a substitution.
    pub top: bool,
    /// On the left of `&&`, where `set -e` does nothing.
    left: bool,
}

impl Position {
    const OUTSIDE: Position = Position { chain: true, must: true, piped: false, top: true, left: false };
    const INSIDE: Position = Position { chain: false, must: false, piped: false, top: false, left: true };
}

/// How the status of a pipeline counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The whole text fails if it fails.
    Fails,
    /// Nobody looks at it.
    Nowhere,
    /// It decides what runs next, or is turned round.
    Decides,
    /// Not known: in a loop, a condition, a function, a substitution, or a part of another pipeline.
    Inside,
}

/// Calls `f` on every pipeline of a text, in order, with how its status counts. `errexit` as in [`for_each`].
pub fn for_each_pipeline<'a>(text: &str, script: &'a Script, errexit: bool, f: &mut dyn FnMut(&'a Pipeline, Counts)) {
    Pipelines { text, errexit, f }.list(&script.list, Some(false));
}

struct Pipelines<'t, 'a, 'f> {
    text: &'t str,
    errexit: bool,
    f: &'f mut dyn FnMut(&'a Pipeline, Counts),
}

impl<'a> Pipelines<'_, 'a, '_> {
    /// `left`: whether the list stands where `set -e` does nothing; `None` where it is not known what its status is for.
    fn list(&mut self, list: &'a List, left: Option<bool>) {
        for (index, entry) in list.entries.iter().enumerate() {
            let (last, rest) = (index + 1 == list.entries.len(), &entry.and_or.rest);
            let background = matches!(entry.end, Some((Terminator::Ampersand, _)));
            let stops = left == Some(false) && self.errexit;
            let mut pipeline = &entry.and_or.first;
            for at in 0..=rest.len() {
                let next = rest.get(at);
                let counts = match next {
                    _ if left.is_none() => Counts::Inside,
                    _ if background || pipeline.negated => Counts::Decides,
                    None if last || stops => Counts::Fails,
                    None if rest.is_empty() => Counts::Nowhere,
                    Some((Connector::Or, _, other)) => self.behind_or(other),
                    Some(_) if last && rest[at..].iter().all(|(one, _, _)| *one == Connector::And) => Counts::Fails,
                    _ => Counts::Decides,
                };
                self.pipeline(pipeline, counts, left.map(|left| left || next.is_some()));
                pipeline = next.map_or(pipeline, |(_, _, pipeline)| pipeline);
            }
        }
    }

    /// What it is for that another pipeline runs where one fails: `|| true` takes no notice, `|| exit 1` fails.
    fn behind_or(&self, other: &Pipeline) -> Counts {
        let [Command { kind: CommandKind::Simple(simple), .. }] = other.commands.as_slice() else {
            return Counts::Decides;
        };
        let words: Vec<&str> = simple.words.iter().map(|word| word.raw(self.text)).collect();
        match words.as_slice() {
            ["true" | ":"] if !other.negated => Counts::Nowhere,
            ["exit", code] if code.parse::<u8>().is_ok_and(|code| code > 0) => Counts::Fails,
            _ => Counts::Decides,
        }
    }

    fn pipeline(&mut self, pipeline: &'a Pipeline, counts: Counts, left: Option<bool>) {
        (self.f)(pipeline, counts);
        let [command] = pipeline.commands.as_slice() else {
            let errexit = self.errexit;
            pipeline.commands.iter().for_each(|command| self.command(command, None));
            self.errexit = errexit;
            return;
        };
        self.command(command, left.filter(|_| counts == Counts::Fails));
    }

    fn command(&mut self, command: &'a Command, left: Option<bool>) {
        command.for_each_own_part(&mut |part| {
            if let Some(list) = part.list() {
                self.list(list, None);
            }
        });
        let errexit = self.errexit;
        match &command.kind {
            CommandKind::Simple(simple) => {
                self.errexit = errexit_after(self.text, simple).unwrap_or(self.errexit);
                return;
            }
            CommandKind::Brace(list) => return self.list(list, left),
            CommandKind::Subshell(list) => self.list(list, left),
            CommandKind::Function { body, .. } | CommandKind::Coproc(body) => self.command(body, None),
            _ => command.lists().into_iter().for_each(|list| self.list(list, None)),
        }
        self.errexit = errexit;
    }
}

/// Calls `f` on every simple command of a text, in order, with its place. `errexit`: the shell has `-e` from the start.
pub fn for_each<'a>(
    text: &str,
    script: &'a Script,
    errexit: bool,
    f: &mut dyn FnMut(&'a Command, &'a Simple, Position),
) {
    Walk { text, errexit, f }.list(&script.list, Position::OUTSIDE);
}

struct Walk<'t, 'a, 'f> {
    text: &'t str,
    errexit: bool,
    f: &'f mut dyn FnMut(&'a Command, &'a Simple, Position),
}

impl<'a> Walk<'_, 'a, '_> {
    fn list(&mut self, list: &'a List, position: Position) {
        for (index, entry) in list.entries.iter().enumerate() {
            let last = index + 1 == list.entries.len();
            let and_or = &entry.and_or;
            let plain = and_or.rest.iter().all(|(connector, _, _)| *connector == Connector::And)
                && !matches!(entry.end, Some((Terminator::Ampersand, _)));
            let chain = position.chain && plain && list.entries.len() == 1;
            let counts = position.must && plain && (last || (self.errexit && !position.left));
            let pipelines = std::iter::once(&and_or.first).chain(and_or.rest.iter().map(|(_, _, pipeline)| pipeline));
            for (at, pipeline) in pipelines.enumerate() {
                let tail = at == and_or.rest.len();
                let must = counts && (last || tail);
                self.pipeline(pipeline, Position { chain, must, left: position.left || !tail, ..position });
            }
        }
    }

    fn pipeline(&mut self, pipeline: &'a Pipeline, position: Position) {
        let alone = pipeline.commands.len() == 1 && !pipeline.negated && !pipeline.timed;
        for (index, command) in pipeline.commands.iter().enumerate() {
            let last = index + 1 == pipeline.commands.len();
            let (chain, must) = (position.chain && alone, position.must && last && !pipeline.negated);
            self.command(command, Position { chain, must, piped: position.piped || index > 0, ..position });
        }
    }

    fn command(&mut self, command: &'a Command, position: Position) {
        command.for_each_own_part(&mut |part| {
            if let Some(list) = part.list() {
                self.list(list, Position::INSIDE);
            }
        });
        match &command.kind {
            CommandKind::Simple(simple) => {
                (self.f)(command, simple, position);
                self.errexit = errexit_after(self.text, simple).unwrap_or(self.errexit);
            }
            CommandKind::Brace(list) => self.list(list, Position { top: false, ..position }),
            CommandKind::Subshell(list) => {
                let errexit = self.errexit;
                self.list(list, Position { top: false, ..position });
                self.errexit = errexit;
            }
            CommandKind::Function { body, .. } | CommandKind::Coproc(body) => self.command(body, Position::INSIDE),
            _ => {
                let errexit = self.errexit;
                command.lists().into_iter().for_each(|list| self.list(list, Position::INSIDE));
                self.errexit = errexit;
            }
        }
    }
}

/// What `set -e`, `set -eux`, `set -o errexit` and `set +e` say of `-e`.
fn errexit_after(text: &str, simple: &Simple) -> Option<bool> {
    let mut words = simple.words.iter().map(|word| word.raw(text));
    if words.next() != Some("set") {
        return None;
    }
    let words: Vec<&str> = words.collect();
    let letter = |sign: char| {
        let long = |pair: &[&str]| pair[1] == "errexit" && pair[0].starts_with(sign);
        let short = |word: &&str| word.starts_with(sign) && !word.starts_with("--") && word.contains('e');
        words.iter().any(short) || words.windows(2).any(long)
    };
    if letter('+') { Some(false) } else { letter('-').then_some(true) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::{self, Shell};

    /// The places of the commands named `x`, as letters: c(hain), m(ust), p(iped), t(op).
    fn control_flow(text: &str) -> Vec<String> {
        let Shell::Script(script) = shell::parse(text) else { panic!("{text}") };
        let mut out = Vec::new();
        for_each(text, &script, false, &mut |_, simple, position| {
            if simple.words.first().is_some_and(|word| word.raw(text) == "x") {
                let letters = [(position.chain, 'c'), (position.must, 'm'), (position.piped, 'p'), (position.top, 't')];
                out.push(letters.iter().filter(|(set, _)| *set).map(|(_, letter)| *letter).collect());
            }
        });
        out
    }

    #[test]
    fn chains_and_groups() {
        assert_eq!(control_flow("x && x"), ["cmt", "cmt"]);
        assert_eq!(control_flow("( cd a && x ) && { x; }"), ["cm", "cm"]);
        assert_eq!(control_flow("x; x"), ["t", "mt"]);
        assert_eq!(control_flow("x || true"), ["t"]);
        assert_eq!(control_flow("x &"), ["t"]);
        assert_eq!(control_flow("! x"), ["t"]);
        assert_eq!(control_flow("a | x && y"), ["mpt"]);
        assert_eq!(control_flow("x | a"), ["t"]);
    }

    #[test]
    fn errexit_counts_where_it_works() {
        assert_eq!(control_flow("set -e; x; b"), ["mt"]);
        assert_eq!(control_flow("set -eux; x && b; c"), ["t"], "the left of && is not watched");
        assert_eq!(control_flow("set -o errexit; a && x; c"), ["mt"]);
        assert_eq!(control_flow("set -e; ( x; y ) && b"), [""], "nor is what stands in a group there");
        assert_eq!(control_flow("( set -e; x ); x; b"), ["", "t"], "it ends with its subshell");
        assert_eq!(control_flow("set -e; set +e; x; b"), ["t"]);
    }

    #[test]
    fn other_places_are_not_known_to_run() {
        for text in ["if x; then a; fi", "for i in a; do x; done", "f() { x; }", "echo $(x)", "case a in a) x ;; esac"]
        {
            assert_eq!(control_flow(text), [""], "{text}");
        }
    }

    /// How the status of the pipelines that start with `x` counts, as letters: f(ails), n(owhere), d(ecides), i(nside).
    fn statuses(text: &str) -> String {
        let Shell::Script(script) = shell::parse(text) else { panic!("{text}") };
        let mut out = String::new();
        for_each_pipeline(text, &script, false, &mut |pipeline, counts| {
            if text[pipeline.span.range()].trim_start_matches("! ").starts_with("x |") {
                out.push(match counts {
                    Counts::Fails => 'f',
                    Counts::Nowhere => 'n',
                    Counts::Decides => 'd',
                    Counts::Inside => 'i',
                });
            }
        });
        out
    }

    #[test]
    fn statuses_fail_the_text_or_decide() {
        for (text, wanted) in [
            ("x | a && x | b", "ff"),
            ("x | a; x | b", "nf"),
            ("x | a && b; c", "d"),
            ("x | a || true; b", "n"),
            ("x | a || b", "d"),
            ("b || x | a", "f"),
            ("b || x | a; c", "d"),
            ("x | a || exit 1; c", "f"),
            ("x | a || exit 0", "d"),
            ("! x | a", "d"),
            ("x | a &", "d"),
            ("( cd a && x | b ) && { x | c; }", "ff"),
            ("( x | a; c ) && d", "n"),
            ("( x | a ) | b", "i"),
            ("a && x | b || true", "n"),
            ("a || x | b || c && d", "d"),
        ] {
            assert_eq!(statuses(text), wanted, "{text}");
        }
    }

    #[test]
    fn statuses_under_errexit_and_inside_others() {
        for (text, wanted) in [
            ("set -e; x | a; b", "f"),
            ("set -e; x | a && b; c", "d"),
            ("set -e; ( x | a; b ) && c", "n"),
            ("set -e; b || x | a; c", "f"),
            ("set -e; set +e; x | a; b", "n"),
            ("if x | a; then x | b; fi", "ii"),
            ("for i in a; do x | b; done", "i"),
            ("f() { x | a; }", "i"),
            ("A=$(x | a) && echo `x | b`", "ii"),
        ] {
            assert_eq!(statuses(text), wanted, "{text}");
        }
    }
}
