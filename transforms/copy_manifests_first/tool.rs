//! Commands of package managers: what they are asked for, and what their options make them read. How each option is written is
//! known to `script`, what it does to what is read of a project stands in `manifests.txt`.

use super::*;
use crate::knowledge::manifests::{self, Ecosystem};
use crate::knowledge::programs;
use std::borrow::Cow;

/// A command of a package manager.
#[derive(Clone, Debug)]
pub struct Tool<'s> {
    /// Itself.
    pub command: Invocation<'s>,
    /// Its package manager.
    pub ecosystem: Ecosystem,
    /// `ci`, `install`, ...; `-` for the command alone.
    pub verb: String,
    /// How many of its words the verb takes.
    verbs: usize,
}

/// Options that make a manager read files which they name, or look elsewhere.
const READS: [&str; 9] = ["-e", "--editable", "-f", "--find-links", "--src", "-o", "--option", "--root", "-C"];

/// A word as it is read without quotes, or as it is written where it is only known when it runs.
pub fn shown(word: Argument<'_>) -> Cow<'_, str> {
    word.unquoted().unwrap_or(Cow::Borrowed(word.raw()))
}

impl<'s> Tool<'s> {
    /// Reads a command. `None` for other programs, and for one of the project or behind a wrapper.
    pub fn of(command: Invocation<'s>) -> Option<Tool<'s>> {
        let called = command.called()?;
        let own = called.contains('/') && !called.starts_with('/') && !called.starts_with("./");
        if !command.is_bare() || own {
            return None;
        }
        let ecosystem = manifests::of_program(command.program()?.name)?;
        let verb = command.verb().map_or(Cow::Borrowed("-"), shown).into_owned();
        let verbs = match (ecosystem.name, verb.as_str()) {
            ("maven", _) | (_, "-") => 0,
            ("go", "mod") | ("uv", "pip") => 2,
            _ => 1,
        };
        Some(Tool { command, ecosystem, verb, verbs })
    }

    /// The same, as another manager's.
    pub fn read_as(&self, program: &str) -> Option<Tool<'s>> {
        Some(Tool { ecosystem: manifests::of_program(program)?, ..self.clone() })
    }

    /// `npm ci`.
    pub fn title(&self) -> String {
        let verbs = self.command.operands().take(self.verbs.max(1));
        let name = self.command.name().unwrap_or_default();
        let mut words = vec![programs::unversioned(&name).to_owned()];
        words.extend(verbs.map(|word| shown(word).into_owned()));
        words.join(" ")
    }

    /// The words behind the verb that are no options.
    pub fn words(&self) -> impl Iterator<Item = Argument<'s>> {
        self.command.operands().skip(self.verbs)
    }

    /// Whether it has one of these options; with `=value` where they are written so.
    pub fn has(&self, names: &[&str]) -> bool {
        self.command.options().any(|option| {
            let value = option.literal().unwrap_or_default();
            let takes = self.command.program().is_some_and(|program| program.takes_value(&option.name));
            (option.is(names) && (takes || !option.has_value() || value == "true"))
                || names.contains(&format!("{}={value}", option.name).as_str())
        })
    }

    /// Whether one of the options that a key of the data lists is there.
    pub fn has_any(&self, key: &str) -> bool {
        self.has(self.ecosystem.words(key))
    }

    /// Why a tool is not one whose inputs are known.
    pub fn not_read(&self) -> Reason {
        (mark!(ECOSYSTEM, "tool"), format!("`{}`: {}", self.title(), self.ecosystem.why()))
    }

    fn is_global(&self) -> bool {
        self.has(&["-g", "--global", "--location=global"])
    }

    /// Whether it installs what manifests name, or is of a tool whose inputs are not known.
    pub fn installs(&self) -> bool {
        let (ecosystem, verb) = (&self.ecosystem, self.verb.as_str());
        let second = |wanted: &str| self.command.operands().nth(1).is_some_and(|word| shown(word) == wanted);
        match ecosystem.name {
            _ if ecosystem.has("refused", verb) => true,
            _ if self.command.is_idle() => false,
            "pip" => verb == "install" && pip::installs_manifests(self),
            "uv" if verb == "pip" => second("install") && pip::installs_manifests(self),
            "go" => verb == "mod" && second("download"),
            "maven" => self.words().any(|goal| ecosystem.has("installs", &shown(goal))),
            "npm" | "pnpm" | "bun" => {
                ecosystem.has("installs", verb) && self.words().next().is_none() && !self.is_global()
            }
            _ => ecosystem.has("installs", verb),
        }
    }

    /// Whether it is asked for something that has nothing to do with the project.
    pub fn is_harmless(&self) -> bool {
        let (ecosystem, verb) = (&self.ecosystem, self.verb.as_str());
        match ecosystem.name {
            "npm" | "pnpm" | "bun" if self.is_global() => {
                matches!(verb, "install" | "i" | "add" | "update" | "uninstall") && self.words().all(is_package)
            }
            "yarn" if verb == "global" => {
                self.words().next().is_some_and(|word| shown(word) == "add") && self.words().skip(1).all(is_package)
            }
            _ if self.command.only_tells() => !ecosystem.words("installs").is_empty(),
            _ if ecosystem.has("named", verb) => {
                let folder = |option: &Opt| ecosystem.has("elsewhere", &option.name);
                !self.command.options().any(|option| folder(&option)) && names_packages(self.command, self.verbs)
            }
            _ => ecosystem.has("harmless", verb) && !self.has(&["--local", "--location=project"]),
        }
    }

    /// That every option is known. A folder that one names is written, and is none of the project.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn check_options(&self, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
        for option in self.command.options() {
            let name = &*option.name;
            let value = option.unquoted();
            let folder = value.as_deref().and_then(Absolute::new).filter(|_| self.ecosystem.has("elsewhere", name));
            if let Some(folder) = folder {
                if project.copies.touches(&folder) {
                    return refuse(
                        mark!(OUTPUT_IN_CONTEXT, "option"),
                        format!("`{name} {folder}` is among the copied files"),
                    );
                }
                needs.outputs.push(folder);
                continue;
            }
            let whole = format!("{name}={}", value.unwrap_or_default());
            let known = self.ecosystem.has("options", name)
                || [name, &whole].iter().any(|option| self.ecosystem.has("frozen", option))
                || self.ecosystem.has("options", &whole);
            if !known && !pip::takes_file(&self.ecosystem, name) {
                return refuse(
                    mark!(UNKNOWN_OPTION, "option"),
                    format!("what `{name}` makes `{}` read is not known", self.title()),
                );
            }
        }
        Ok(())
    }

    /// That there is nothing but the verb and known options.
    ///
    /// # Errors
    /// Where there is more.
    pub fn check_words(&self, project: &Project, needs: &mut Needs) -> Result<(), Reason> {
        match self.words().next() {
            Some(word) => refuse(
                mark!(UNKNOWN_OPTION, "word"),
                format!("what `{}` does with `{}` is not known", self.title(), shown(word)),
            ),
            None => self.check_options(project, needs),
        }
    }
}

/// Whether the words of a package manager behind the first `verbs` ones name packages, and no option makes it read a file.
pub fn names_packages(command: Invocation, verbs: usize) -> bool {
    let reads = |option: &Opt| option.is(&READS) || option.is(&pip::FILES);
    !command.options().any(|option| reads(&option)) && command.operands().skip(verbs).all(is_package)
}

/// Whether a word names a package rather than a file. Its version may be a variable.
pub fn is_package(word: Argument) -> bool {
    let word = shown(word);
    let word = word.trim_start_matches(['"', '\'']);
    let archive =
        [".whl", ".tar.gz", ".tgz", ".zip", ".deb", ".rpm", ".apk", ".gem"].iter().any(|end| word.ends_with(end));
    let path = word.contains('/') && !word.starts_with('@') && !word.contains("://");
    (!archive || word.contains("://")) && !path && !word.starts_with(['.', '~', '$', '`']) && !word.starts_with("file:")
}
