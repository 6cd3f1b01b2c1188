//! The check after each transform: what can be seen of the file without building it is the same as before, but for
//! what the transform declared to change.

mod config;

use crate::engine::{Facet, Meta};
use crate::facts::state::clean;
use crate::facts::{Facts, Known, NoContext, ShellText, Step};
use crate::shell::{Command, CommandKind, Connector, List, Pipeline, Terminator};
use crate::syntax::{self, Args, Flag, Heredoc, Instruction, Keyword, Parsed};
use crate::text::Source;
use config::Config;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

/// Compares a file before and after a transform's edits.
///
/// # Errors
/// What changed although the transform did not declare it.
pub fn check(meta: &Meta, before: (&Facts, &Parsed), after: (&Source, &Parsed)) -> Result<(), String> {
    if let Some(error) = after.1.errors.first() {
        return Err(format!("the file no longer parses: line {}: {}", error.line, error.message));
    }
    // what was read of the text before is not read again
    let facts = Facts::told(after.0, &after.1.file, &NoContext, before.0.project);
    let (old, new) = (Summary::of(meta, before), Summary::of(meta, (&facts, after.1)));
    same("stages", Facet::Stages, meta, &old.stages, &new.stages)?;
    same("image config", Facet::Config, meta, &old.config, &new.config)?;
    same("copied files", Facet::Files, meta, &old.files, &new.files)?;
    commands(meta, &old, &new)?;
    same("layers", Facet::Layers, meta, &old.layers, &new.layers)?;
    same_set("comments", &old.comments, &new.comments)?;
    if new.opaque > old.opaque {
        return Err("a shell text can no longer be read".to_owned());
    }
    Ok(())
}

fn same<T: PartialEq + Debug>(what: &str, facet: Facet, meta: &Meta, old: &[T], new: &[T]) -> Result<(), String> {
    if meta.changes.contains(&facet) || old == new {
        return Ok(());
    }
    let at = old.iter().zip(new).position(|(a, b)| a != b).unwrap_or(old.len().min(new.len()));
    Err(format!("{what} changed: {:?} became {:?}", old.get(at), new.get(at)))
}

/// The commands are the same; or more, or fewer, where that was declared, in the order that they had.
fn commands(meta: &Meta, old: &Summary, new: &Summary) -> Result<(), String> {
    if old.drops().is_some() {
        return fewer(old, new);
    }
    let (old, new) = (&old.commands, &new.commands);
    let gains = meta.changes.iter().find(|facet| matches!(facet, Facet::Gains { .. }));
    if let Some(facet) = gains.filter(|_| old.len() == new.len()) {
        let fine = |((a, old), (b, new)): &(&(Place, String), &(Place, String))| a == b && gained(facet, old, new);
        return match old.iter().zip(new).find(|pair| pair.0 != pair.1 && !fine(pair)) {
            Some((old, new)) => Err(format!("commands changed: {old:?} became {new:?}")),
            None => Ok(()),
        };
    }
    let more = [Facet::Words, Facet::Added].iter().any(|facet| meta.changes.contains(facet));
    if !more || meta.changes.contains(&Facet::Commands) {
        return same("commands", Facet::Commands, meta, old, new);
    }
    let mut rest = new.iter();
    match old.iter().find(|word| !rest.any(|one| one == *word)) {
        Some(lost) => Err(format!("a word of the commands is gone, or in another order: {lost:?}")),
        None => Ok(()),
    }
}

/// Whether a command became another by the option that it may gain, and by nothing else.
fn gained(facet: &Facet, old: &str, new: &str) -> bool {
    let Facet::Gains { program, short, long } = facet else { return false };
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_whitespace().collect(), new.split_whitespace().collect());
    let option = format!("-{short}");
    // the first word that differs is the option, or letters of which it is the first
    let Some(at) = (0..new.len()).find(|at| old.get(*at) != new.get(*at)) else { return false };
    // `\curl`, which no alias stands for, and `"curl"` are the program, too
    let bare = |word: &str| word.trim_matches(['\\', '"', '\'']).rsplit('/').next() == Some(program);
    let named = new[..at].iter().any(|word| bare(word));
    let alone = (new[at] == option || new[at] == *long) && old[at..] == new[at + 1..];
    let among = || {
        let rest = new[at].strip_prefix(&option).filter(|rest| !rest.is_empty());
        rest.is_some_and(|rest| old.get(at).is_some_and(|old| *old == format!("-{rest}")))
            && old.get(at + 1..) == new.get(at + 1..)
    };
    named && (alone || among())
}

/// The new commands are the old ones, but for some of those that may go.
fn fewer(old: &Summary, new: &Summary) -> Result<(), String> {
    let mut rest = new.commands.iter().peekable();
    for (index, command) in old.commands.iter().enumerate() {
        if rest.next_if_eq(&command).is_none() && !old.spare.contains(&index) {
            return Err(format!("a command is gone, or in another order: {command:?}"));
        }
    }
    match rest.next() {
        Some(command) => Err(format!("a command came: {command:?}")),
        None => Ok(()),
    }
}

fn same_set(what: &str, old: &BTreeMap<String, usize>, new: &BTreeMap<String, usize>) -> Result<(), String> {
    match old.iter().chain(new).find(|(text, _)| old.get(*text) != new.get(*text)) {
        Some((text, _)) => Err(format!("{what} changed: `{text}`")),
        None => Ok(()),
    }
}

/// What can be seen.
#[derive(Debug, Default)]
struct Summary {
    changes: &'static [Facet],
    stages: Vec<String>,
    config: Vec<(usize, String)>,
    files: Vec<(Place, String)>,
    commands: Vec<(Place, String)>,
    /// Those of them that may go, by index.
    spare: BTreeSet<usize>,
    layers: Vec<usize>,
    comments: BTreeMap<String, usize>,
    opaque: usize,
}

/// Where something happens: in which stage, and behind how many instructions that decide what a command sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    stage: usize,
    behind: usize,
}

impl Summary {
    fn of(meta: &Meta, (facts, parsed): (&Facts, &Parsed)) -> Summary {
        let comments = comments(facts.source, parsed);
        let mut out = Summary { changes: meta.changes, comments, ..Summary::default() };
        let global = parsed.file.instructions().take_while(|(_, one)| one.keyword != Keyword::From);
        out.config.extend(global.map(|(_, one)| (0, spoken(one))));
        for (index, stage) in facts.stages.iter().enumerate() {
            out.stages.extend(facts.instruction(stage.item).map(from));
            out.layers.push(stage.layers());
            let mut config = Config::new(meta.changes, index, parsed.file.escape);
            for step in &stage.steps {
                let place = Place { stage: index, behind: config.behind };
                out.step(facts, step, place, &mut config);
            }
            out.config.extend(config.end());
            if meta.changes.contains(&Facet::Folder) {
                out.config.push((0, format!("{index}: ends in {:?}", stage.end.workdir)));
            }
        }
        out
    }

    fn step(&mut self, facts: &Facts, step: &Step, place: Place, config: &mut Config) {
        match step.instruction.keyword {
            Keyword::Run => {
                let (first, spare) = (self.commands.len(), self.spare.len());
                self.run(facts, step, place);
                // a RUN that may go as a whole parts nothing
                if self.commands.len() - first > self.spare.len() - spare {
                    config.acted();
                }
            }
            Keyword::Copy | Keyword::Add => {
                config.acted();
                let moves = usize::from(!self.changes.contains(&Facet::Files));
                config.behind += moves;
                let place = Place { behind: place.behind + moves, ..place };
                let folder = self.changes.contains(&Facet::Folder).then(|| folder_of(step)).flatten();
                self.files.push((place, folder.unwrap_or_default() + &self.copied(facts, step.instruction)));
            }
            keyword => {
                if keyword == Keyword::Workdir && self.changes.contains(&Facet::User) {
                    self.config.push((0, format!("{}: a folder of {:?}", place.stage, step.before.user)));
                }
                config.step(facts, step);
            }
        }
    }

    /// The names of commands that may go.
    fn drops(&self) -> Option<&'static [&'static str]> {
        self.changes.iter().find_map(|facet| match facet {
            Facet::Dropped(names) => Some(*names),
            _ => None,
        })
    }

    /// Marks the command that comes next as one that may go, if its first word says so.
    fn may_go(&mut self, first: Option<&str>) {
        if self.drops().zip(first).is_some_and(|(names, first)| names.contains(&first)) {
            self.spare.insert(self.commands.len());
        }
    }

    /// What a COPY or ADD brings; owner and permissions are left out where the transform may change them.
    fn copied(&self, facts: &Facts, instruction: &Instruction) -> String {
        let mut instruction = instruction.clone();
        let free = |flag: &Flag| match flag.name.as_str() {
            "chown" => self.changes.contains(&Facet::Owners),
            "chmod" => self.changes.contains(&Facet::Modes),
            _ => false,
        };
        instruction.content_mut().flags.retain(|flag| !free(flag));
        spoken_with_bodies(facts, &instruction)
    }

    fn run(&mut self, facts: &Facts, step: &Step, place: Place) {
        let Step { item, instruction, .. } = *step;
        // where USER may change, its place does not tell who runs a command
        let user = self.changes.contains(&Facet::User).then(|| format!("{:?}", step.before.user));
        let flags = instruction.flags.iter().map(|flag| flag.text.as_str());
        let flags: Vec<&str> = user.as_deref().into_iter().chain(flags).collect();
        let folder = self.changes.contains(&Facet::Folder).then(|| format!("in {:?}", step.before.workdir.get()));
        match facts.shell_text(item).and_then(ShellText::script) {
            Some((text, script)) => {
                let mut tokens = Tokens { text: text.text(), out: Vec::new() };
                tokens.list(&script.list);
                let folder = folder.map(|folder| entered(&mut tokens.out).unwrap_or(folder));
                let flags: Vec<&str> = folder.as_deref().into_iter().chain(flags).collect();
                self.ran(&flags, tokens.out, place);
            }
            _ => {
                self.opaque += 1;
                if let Args::Command(syntax::Command::Exec(words)) = &instruction.args {
                    self.may_go(words.first().map(|word| word.text.as_str()));
                }
                let folder = folder.unwrap_or_default();
                self.commands.push((place, format!("{folder} {flags:?} {}", spoken_with_bodies(facts, instruction))));
            }
        }
    }
}

impl Summary {
    /// Notes the commands of a RUN as closely as the transform promises to keep them.
    fn ran(&mut self, flags: &[&str], tokens: Vec<String>, place: Place) {
        if self.changes.contains(&Facet::Words) {
            self.commands.extend(flags.iter().map(|flag| (place, (*flag).to_owned())));
            // a word may come between a command and a redirection that touches it
            let words = tokens.iter().flat_map(|token| pieces(token)).flat_map(redirected);
            self.commands.extend(words.map(|word| (place, word.to_owned())));
            return;
        }
        for (index, mut token) in tokens.into_iter().enumerate() {
            if index == 0 && self.changes.contains(&Facet::Pipefail) {
                match without_pipefail(&token) {
                    Some(rest) => token = rest,
                    None => continue,
                }
            }
            if self.changes.contains(&Facet::Sudo) {
                token = without_sudo(&token);
            }
            self.may_go(token.split_whitespace().next());
            let mut words = pieces(&token);
            words.sort_unstable();
            let said = if self.changes.contains(&Facet::Order) { words.join(" ") } else { token };
            self.commands.push((place, format!("{flags:?} {said}")));
        }
    }
}

/// Words, and what separates commands, each on its own.
fn pieces(token: &str) -> Vec<&str> {
    let separates = |c: char| matches!(c, ';' | '(' | ')' | '&' | '|');
    let parts = token.split_inclusive(separates).flat_map(|part| {
        let end = part.len() - part.chars().next_back().filter(|c| separates(*c)).map_or(0, char::len_utf8);
        [&part[..end], &part[end..]]
    });
    parts.flat_map(str::split_whitespace).collect()
}

/// The first command of a text but for `pipefail`; `None` where it does nothing else than to set it.
fn without_pipefail(token: &str) -> Option<String> {
    match token.strip_suffix(" -o pipefail") {
        Some("set") => None,
        Some(rest) if rest.starts_with("set -") => Some(rest.to_owned()),
        _ => Some(token.to_owned()),
    }
}

/// The words of a token but `sudo` and those of its options that only say that root runs a command.
fn without_sudo(token: &str) -> String {
    let (mut out, mut glued) = (Vec::new(), String::new());
    let mut words = pieces(token).into_iter().peekable();
    while let Some(word) = words.next() {
        let name = word.trim_start_matches(['`', '$', '"']);
        if !["sudo", "/usr/bin/sudo", "/bin/sudo"].contains(&name) {
            out.push(std::mem::take(&mut glued) + word);
            continue;
        }
        glued.push_str(&word[..word.len() - name.len()]);
        while let Some(option) = words.next_if(|word| is_plain_sudo_option(word)) {
            if ["-u", "--user"].contains(&option) && words.next_if_eq(&"root").is_none() {
                out.push(option.to_owned());
            }
        }
    }
    out.extend(Some(glued).filter(|glued| !glued.is_empty()));
    out.join(" ")
}

fn is_plain_sudo_option(word: &str) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty()).unwrap_or("?");
    letters.bytes().all(|letter| b"nEH".contains(&letter))
        || ["--", "--non-interactive", "--user=root", "--preserve-env", "--set-home", "-u", "--user"].contains(&word)
}

/// Takes the `cd`s away that a text begins with: where they go, as told of a WORKDIR.
fn entered(tokens: &mut Vec<String>) -> Option<String> {
    let is_plain = |path: &&str| {
        path.starts_with('/') && !path.contains([' ', '\t', '\n', '$', '`', '"', '\'', '\\', '*', '?', '>', '<'])
    };
    let mut folder = None;
    while let Some(path) = tokens.first().and_then(|token| token.strip_prefix("cd ")).map(str::trim).filter(is_plain) {
        folder = Some(format!("in {:?}", Some(clean(path))));
        tokens.remove(0);
    }
    folder
}

/// The folder in which a relative target of COPY or ADD lies.
fn folder_of(step: &Step) -> Option<String> {
    let Args::Transfer { dest, .. } = &step.instruction.args else { return None };
    let absolute = matches!(step.before.expand(&dest.text), Known::Yes(dest) if dest.starts_with('/'));
    (!absolute).then(|| format!("in {:?}: ", step.before.workdir))
}

/// A piece with what begins a redirection on its own.
fn redirected(piece: &str) -> impl Iterator<Item = &str> {
    let at = piece.find(['<', '>']).unwrap_or(piece.len());
    [&piece[..at], &piece[at..]].into_iter().filter(|part| !part.is_empty())
}

/// An instruction without its spelling: keyword, flags, and the joined arguments.
fn spoken(instruction: &Instruction) -> String {
    let flags: Vec<&str> = instruction.flags.iter().map(|flag| flag.text.as_str()).collect();
    format!("{:?} {flags:?} {}", instruction.keyword, &instruction.line.text()[instruction.rest.clone()])
}

/// A FROM without its spelling.
fn from(instruction: &Instruction) -> String {
    let Args::From { image, alias } = &instruction.args else { return spoken(instruction) };
    let flags: Vec<&str> = instruction.flags.iter().map(|flag| flag.text.as_str()).collect();
    let alias = alias.as_ref().map(|alias| &alias.text);
    format!("From {flags:?} {} {alias:?}", image.text)
}

fn spoken_with_bodies(facts: &Facts, instruction: &Instruction) -> String {
    let body = |heredoc: &Heredoc| format!("\n{}:{}", heredoc.name, facts.source.slice(heredoc.body));
    instruction.heredocs.iter().fold(spoken(instruction), |all, heredoc| all + &body(heredoc))
}

/// How often each comment line stands in the file, outside heredocs.
fn comments(source: &Source, parsed: &Parsed) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for item in &parsed.file.items {
        let mut end = item.span.end as usize;
        if let crate::syntax::ItemKind::Instruction(instruction) = &item.kind {
            end = instruction.heredocs.first().map_or(end, |heredoc| heredoc.body.start as usize);
        }
        let lines = source.text()[item.span.start as usize..end].lines().map(str::trim);
        for line in lines.filter(|line| line.starts_with('#')) {
            *out.entry(line.to_owned()).or_insert(0) += 1;
        }
    }
    out
}

/// Commands and what steers them, in order; what only groups them (`( )`, `{ }`, `&&`, `;`) is left out.
struct Tokens<'t> {
    text: &'t str,
    out: Vec<String>,
}

impl Tokens<'_> {
    fn say(&mut self, token: &str) {
        self.out.push(token.to_owned());
    }

    fn list(&mut self, list: &List) {
        for entry in &list.entries {
            self.pipeline(&entry.and_or.first);
            for (connector, _, pipeline) in &entry.and_or.rest {
                if *connector == Connector::Or {
                    self.say("||");
                }
                self.pipeline(pipeline);
            }
            if matches!(entry.end, Some((Terminator::Ampersand, _))) {
                self.say("&");
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        if pipeline.negated {
            self.say("!");
        }
        for (index, command) in pipeline.commands.iter().enumerate() {
            if index > 0 {
                self.say("|");
            }
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        match &command.kind {
            CommandKind::Subshell(list) | CommandKind::Brace(list) => {
                self.list(list);
                for redirect in &command.redirects {
                    self.say(&self.text[redirect.span.range()]);
                }
            }
            _ => self.say(&self.text[command.span.range()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    static WORDS: Meta = Meta { changes: &[Facet::Words], ..Meta::PLAIN };
    static ORDER: Meta = Meta { changes: &[Facet::Order], ..Meta::PLAIN };
    static FEWER: Meta = Meta { changes: &[Facet::Dropped(&["chmod"]), Facet::Layers], ..Meta::PLAIN };
    static FOLDER: Meta = Meta { changes: &[Facet::Folder, Facet::Layers], ..Meta::PLAIN };
    static PIPEFAIL: Meta = Meta { changes: &[Facet::Pipefail], ..Meta::PLAIN };
    static SUDO: Meta = Meta { changes: &[Facet::Sudo], ..Meta::PLAIN };

    fn fine(meta: &Meta, old: &str, new: &str) -> bool {
        let (old, new) = (Source::new(format!("FROM a\nRUN {old}\n")), Source::new(format!("FROM a\nRUN {new}\n")));
        let (before, after) = (parse(&old), parse(&new));
        check(meta, (&Facts::new(&old, &before.file), &before), (&new, &after)).is_ok()
    }

    #[test]
    fn words_may_come_and_none_may_go() {
        assert!(fine(&WORDS, "a b && c", "a -x b && c && d"));
        assert!(fine(&WORDS, "a b", "--mount=type=cache,target=/x a b"));
        assert!(!fine(&WORDS, "a b && c", "a && c"), "a word is gone");
        assert!(fine(&WORDS, "a<b", "a -x<b"));
        assert!(!fine(&WORDS, "a <b", "a b"), "a redirection is gone");
        assert!(!fine(&WORDS, "a b", "b a"), "another order");
        assert!(!fine(&WORDS, "--network=none a", "a"), "a flag is gone");
        assert!(!fine(&WORDS, "a || c", "a && c"), "an operator is gone");
        assert!(fine(&WORDS, "if a; then b c; fi", "if a; then b c d; fi"));
    }

    #[test]
    fn only_commands_of_some_names_may_go() {
        assert!(fine(&FEWER, "a && chmod b c && d", "a && d"));
        assert!(fine(&FEWER, "chmod b c && d && chmod x y", "d && chmod x y"));
        assert!(!fine(&FEWER, "a && chmod b c && d", "a"), "another one is gone");
        assert!(!fine(&FEWER, "a && b", "b && a"), "another order");
        assert!(!fine(&FEWER, "a", "a && chmod b c"), "one came");
        assert!(!fine(&FEWER, "chmod b c", "chmod b d"), "it became another");
        assert!(fine(&FEWER, "chmod b c\nRUN a", "a"), "a whole RUN may go");
        assert!(fine(&FEWER, "[\"chmod\", \"b\"]\nRUN a", "a"), "in the exec form, too");
        assert!(!fine(&FEWER, "[\"b\"]\nRUN a", "a"));
        let apart = "a\nWORKDIR /b\nRUN chmod c d\nWORKDIR /b/c";
        assert!(fine(&FEWER, apart, "a\nWORKDIR /b\nWORKDIR /b/c"));
    }

    #[test]
    fn a_program_may_gain_one_option() {
        static FAIL: Meta =
            Meta { changes: &[Facet::Gains { program: "c", short: 'f', long: "--fail" }], ..Meta::PLAIN };
        for (old, new) in [
            ("c -sL x", "c -fsL x"),
            ("c x -o y && d", "c -f x -o y && d"),
            ("a | /bin/c --silent x | d", "a | /bin/c --fail --silent x | d"),
            ("sudo c -O x", "sudo c -fO x"),
            ("\\c -O x", "\\c -fO x"),
            ("\"c\" -O x", "\"c\" -fO x"),
        ] {
            assert!(fine(&FAIL, old, new), "{new}");
            assert!(!fine(&FAIL, new, old), "{new}: it is taken away");
        }
        for (old, new) in [
            ("c x", "c -f y"),
            ("d x", "d -f x"),
            ("c x", "c -g x"),
            ("c -sL x", "c -sLf x"),
            ("c x", "c -f x && d"),
            ("c x && d", "c -f x"),
            ("c x", "c -f -f x"),
        ] {
            assert!(!fine(&FAIL, old, new), "{new}");
        }
    }

    #[test]
    fn owner_and_permissions_of_what_is_copied_are_told_apart() {
        static OWNERS: Meta = Meta { changes: &[Facet::Owners], ..Meta::PLAIN };
        static MODES: Meta = Meta { changes: &[Facet::Modes], ..Meta::PLAIN };
        let copy = |flags: &str| format!("a\nCOPY {flags} x /y");
        assert!(fine(&OWNERS, &copy(""), &copy("--chown=1:2")) && !fine(&OWNERS, &copy(""), &copy("--chmod=755")));
        assert!(fine(&MODES, &copy(""), &copy("--chmod=755")) && !fine(&MODES, &copy(""), &copy("--chown=1:2")));
        assert!(!fine(&MODES, &copy(""), &copy("--link")));
    }

    #[test]
    fn the_order_of_words_may_change_and_nothing_else() {
        assert!(fine(&ORDER, "a b c && d", "a c b && d"));
        assert!(!fine(&ORDER, "a b c", "a b"));
        assert!(fine(&ORDER, "if a; then b d c; fi", "if a; then b c d; fi"));
        assert!(!fine(&ORDER, "a b && c", "c && a b"));
    }

    #[test]
    fn sudo_may_go_and_nothing_else() {
        assert!(fine(&SUDO, "sudo a b && /usr/bin/sudo -nE -- c", "a b && c"));
        assert!(fine(&SUDO, "echo `sudo a` $(sudo -u root b)", "echo `a` $(b)"));
        assert!(fine(&SUDO, "sudo A=1 b | sudo tee c", "A=1 b | tee c"));
        assert!(!fine(&SUDO, "sudo -u app a", "a"));
        assert!(!fine(&SUDO, "sudo -i a", "a"));
        assert!(!fine(&SUDO, "sudo a b", "a"));
        assert!(!fine(&SUDO, "sudo a; b", "a; sudo c"));
        assert!(!fine(&Meta::PLAIN, "sudo a", "a"));
    }

    #[test]
    fn pipefail_may_come_first_and_nothing_else() {
        assert!(fine(&PIPEFAIL, "a | b && c", "set -o pipefail && a | b && c"));
        assert!(fine(&PIPEFAIL, "set -ex; a | b", "set -ex -o pipefail; a | b"));
        assert!(!fine(&PIPEFAIL, "a | b && c", "a | b && set -o pipefail && c"));
        assert!(!fine(&PIPEFAIL, "a | b", "set -e -o pipefail && a | b"));
        assert!(!fine(&PIPEFAIL, "a | b", "set -o pipefail && a && b"));
    }

    #[test]
    fn where_commands_run_stays() {
        let file = |old: &str, new: &str| {
            let (old, new) = (Source::new(format!("FROM a\n{old}\n")), Source::new(format!("FROM a\n{new}\n")));
            let (before, after) = (parse(&old), parse(&new));
            check(&FOLDER, (&Facts::new(&old, &before.file), &before), (&new, &after)).is_ok()
        };
        assert!(file("RUN cd /a && b\nWORKDIR /c", "WORKDIR /a\nRUN b\nWORKDIR /c"));
        assert!(file("RUN cd /a && b\nCOPY d /e\nWORKDIR /c", "WORKDIR /a/\nRUN b\nCOPY d /e\nWORKDIR /c"));
        assert!(file("WORKDIR /b\nRUN cd /b && cd /a && c", "WORKDIR /b\nRUN cd /a && c"));
        assert!(!file("RUN cd /a && b", "WORKDIR /a\nRUN b"), "another folder at the end");
        assert!(!file("RUN cd /a && b\nRUN d\nWORKDIR /c", "WORKDIR /a\nRUN b\nRUN d\nWORKDIR /c"));
        assert!(!file("RUN cd /a && b\nCOPY d e\nWORKDIR /c", "WORKDIR /a\nRUN b\nCOPY d e\nWORKDIR /c"));
        assert!(!file("RUN cd /a && b\nRUN [\"d\"]\nWORKDIR /c", "WORKDIR /a\nRUN b\nRUN [\"d\"]\nWORKDIR /c"));
        assert!(!file("WORKDIR /c\nRUN cd /a && b", "WORKDIR /c\nRUN b"));
        assert!(!file("RUN b && cd /a && c\nWORKDIR /a", "WORKDIR /a\nRUN b && c"));
    }
}
