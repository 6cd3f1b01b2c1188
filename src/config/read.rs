//! From the text of `dfopt.toml` to a configuration, or to everything that is wrong in it, each with its place.

use crate::config::names;
use crate::config::settings::GIT_ROOT;
use crate::config::{Config, ContextLocation, Globs, Key, Kind, List, OVERRIDE, Origin, Settings, TOP, Told};
use crate::engine::{Level, Need};
use crate::text::Source;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Something wrong in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// The character in it, from 1.
    pub column: u32,
    /// What, why, what to do.
    pub message: String,
}

/// Reads the file.
///
/// # Errors
/// All that is wrong, in the order of the text.
pub fn read(text: &str) -> Result<Config, Vec<Problem>> {
    let mut reader = Reader { source: Source::new(text), problems: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let message = error.message().split('\n').collect::<Vec<_>>().join(", ");
        reader.say(error.span().unwrap_or(0..0), format!("no TOML: {message}"));
    }
    // what follows from a broken text would only be noise
    let config = if reader.problems.is_empty() { reader.config(table.get_ref()) } else { Config::default() };
    match reader.problems.is_empty() {
        true => Ok(config),
        false => {
            reader.problems.sort_by_key(|problem| (problem.line, problem.column));
            Err(reader.problems)
        }
    }
}

type Value<'t> = Spanned<DeValue<'t>>;

struct Reader {
    source: Source,
    problems: Vec<Problem>,
}

impl Reader {
    fn say(&mut self, at: Range<usize>, message: String) {
        let place = self.source.line_col(at.start);
        self.problems.push(Problem { line: place.line, column: place.column, message });
    }

    fn line(&self, at: Range<usize>) -> Origin {
        Origin::Line(self.source.line(at.start))
    }

    fn config(&mut self, table: &DeTable) -> Config {
        let mut config = Config::default();
        for (key, name, value) in self.keys(table, TOP) {
            match key.kind {
                Kind::Globs => {
                    let by = self.line(name);
                    config.exclude = self.globs(key, value).map(|globs| Told::new(globs, by));
                }
                Kind::Context => config.context = self.context(key, value),
                Kind::Overrides => config.overrides = self.overrides(key, value),
                _ => self.setting(key, name, value, &mut config.base),
            }
        }
        config
    }

    /// The keys that are known, each with its place and value; about the others something is said.
    fn keys<'t>(
        &mut self,
        table: &'t DeTable<'t>,
        known: &'static [Key],
    ) -> Vec<(&'static Key, Range<usize>, &'t Value<'t>)> {
        let mut out = Vec::new();
        for (name, value) in table {
            match known.iter().find(|key| key.name == name.get_ref().as_ref()) {
                Some(key) => out.push((key, name.span(), value)),
                None => self.say(name.span(), unknown(name.get_ref(), known)),
            }
        }
        out
    }

    fn setting(&mut self, key: &Key, name: Range<usize>, value: &Value, settings: &mut Settings) {
        let by = self.line(name);
        match key.kind {
            Kind::Level => settings.level = self.level(key, value).map(|level| Told::new(level, by)),
            Kind::Ids(list) => {
                let ids = self.list(key, value, |id| names::transform(id).map(|meta| meta.id.to_owned()));
                match list {
                    List::Only => {
                        settings.only = Some(Told::new(ids.into_iter().map(|id| id.value).collect(), by));
                    }
                    List::Skip => settings.skip = ids,
                }
            }
            Kind::Needs => settings.deny = self.list(key, value, need),
            Kind::Transforms => self.transforms(key, value, settings),
            // these are no settings of single files
            Kind::Globs | Kind::Context | Kind::Overrides => {}
        }
    }

    fn level(&mut self, key: &Key, value: &Value) -> Option<Level> {
        let name = self.string(key.name, value)?;
        let level = name.parse::<Level>();
        level.map_err(|message| self.say(value.span(), hinted(&message, name, &Level::ALL.map(Level::name)))).ok()
    }

    fn transforms(&mut self, key: &Key, value: &Value, settings: &mut Settings) {
        let Some(table) = self.table(key.name, value) else { return };
        for (id, options) in table {
            let meta = match names::transform(id.get_ref()) {
                Ok(meta) => meta,
                Err(message) => {
                    self.say(id.span(), misplaced(id.get_ref()).unwrap_or(message));
                    continue;
                }
            };
            let Some(options) = self.table(meta.id, options) else { continue };
            for (name, value) in options {
                let Some(text) = self.string(name.get_ref(), value) else { continue };
                let by = self.line(name.span());
                match names::values(meta, name.get_ref()) {
                    Err(message) => self.say(name.span(), message),
                    Ok(_) => match names::check_value(meta, name.get_ref(), text) {
                        Err(message) => self.say(value.span(), message),
                        Ok(()) => {
                            let option = (meta.id.to_owned(), name.get_ref().to_string());
                            settings.transforms.insert(option, Told::new(text.to_owned(), by));
                        }
                    },
                }
            }
        }
    }

    fn context(&mut self, key: &Key, value: &Value) -> Vec<(Globs, Told<ContextLocation>)> {
        let Some(table) = self.table(key.name, value) else { return Vec::new() };
        let mut entries: Vec<_> = table.iter().collect();
        // the last one that fits decides
        entries.sort_by_key(|(pattern, _)| pattern.span().start);
        let mut out = Vec::new();
        for (pattern, folder) in entries {
            let globs = Globs::new(&[pattern.get_ref()]).map_err(|(_, message)| self.say(pattern.span(), message));
            let place = match self.string(pattern.get_ref(), folder) {
                Some("") => {
                    self.say(folder.span(), "no folder; the folder of this file is `.`".to_owned());
                    None
                }
                Some(GIT_ROOT) => Some(ContextLocation::GitRoot),
                Some(folder) => Some(ContextLocation::Folder(folder.to_owned())),
                None => None,
            };
            if let (Ok(globs), Some(place)) = (globs, place) {
                out.push((globs, Told::new(place, self.line(pattern.span()))));
            }
        }
        out
    }

    fn overrides(&mut self, key: &Key, value: &Value) -> Vec<(Globs, Settings)> {
        let mut out = Vec::new();
        let tables = self.expect(key.name, "a list of tables, each `[[overrides]]`", value, DeValue::as_array);
        for one in tables.into_iter().flat_map(|tables| tables.iter()) {
            let Some(table) = self.table("an override", one) else { continue };
            let (mut paths, mut settings) = (None, Settings::default());
            let mut named = false;
            for (key, name, value) in self.keys(table, OVERRIDE) {
                match key.kind {
                    Kind::Globs => {
                        named = true;
                        paths = self.globs(key, value);
                    }
                    _ => self.setting(key, name, value, &mut settings),
                }
            }
            match paths {
                Some(paths) => out.push((paths, settings)),
                None if named => {}
                None => self.say(one.span(), "an override for no files: give it `paths = [\"…\"]`".to_owned()),
            }
        }
        out
    }

    fn globs(&mut self, key: &Key, value: &Value) -> Option<Globs> {
        let patterns: Vec<(&str, Range<usize>)> = self
            .array(key.name, value)
            .into_iter()
            .filter_map(|one| Some((self.string(&format!("a pattern of `{}`", key.name), one)?, one.span())))
            .collect();
        let texts: Vec<&str> = patterns.iter().map(|(text, _)| *text).collect();
        match Globs::new(&texts) {
            Ok(globs) => Some(globs),
            Err((index, message)) => {
                self.say(patterns.get(index).map_or(value.span(), |(_, span)| span.clone()), message);
                None
            }
        }
    }

    fn list<T>(&mut self, key: &Key, value: &Value, read: impl Fn(&str) -> Result<T, String>) -> Vec<Told<T>> {
        let mut out = Vec::new();
        for one in self.array(key.name, value) {
            let Some(text) = self.string(&format!("a word of `{}`", key.name), one) else { continue };
            match read(text) {
                Ok(value) => out.push(Told::new(value, self.line(one.span()))),
                Err(message) => self.say(one.span(), message),
            }
        }
        out
    }

    fn string<'t>(&mut self, what: &str, value: &'t Value<'t>) -> Option<&'t str> {
        self.expect(what, "a string", value, DeValue::as_str)
    }

    fn table<'t>(&mut self, what: &str, value: &'t Value<'t>) -> Option<&'t DeTable<'t>> {
        self.expect(what, "a table", value, DeValue::as_table)
    }

    fn array<'t>(&mut self, what: &str, value: &'t Value<'t>) -> Vec<&'t Value<'t>> {
        let array = self.expect(what, "a list, in `[` and `]`", value, DeValue::as_array);
        array.map_or(Vec::new(), |array| array.iter().collect())
    }

    fn expect<'t, T: ?Sized>(
        &mut self,
        what: &str,
        wanted: &str,
        value: &'t Value<'t>,
        get: impl Fn(&'t DeValue<'t>) -> Option<&'t T>,
    ) -> Option<&'t T> {
        let got = get(value.get_ref());
        if got.is_none() {
            let what = if what.contains('`') || what.contains(' ') { what.to_owned() } else { format!("`{what}`") };
            self.say(
                value.span(),
                format!("{what} must be {wanted}, and this is of type {}", value.get_ref().type_str()),
            );
        }
        got
    }
}

fn need(name: &str) -> Result<Need, String> {
    name.parse::<Need>().map_err(|message| hinted(&message, name, &Need::ALL.map(Need::name)))
}

/// A message of a parser, with a suggestion.
fn hinted(message: &str, word: &str, known: &[&str]) -> String {
    match names::did_you_mean(word, known).trim_end() {
        "" => message.to_owned(),
        hint => format!("{message}; {hint}"),
    }
}

fn unknown(name: &str, known: &[Key]) -> String {
    let names: Vec<&str> = known.iter().map(|key| key.name).collect();
    let here = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names::transform(name) {
        Ok(_) => format!("`{name}` is a transform, not a key: its options stand in `[transforms.{name}]`"),
        Err(_) => format!("there is no key `{name}` here: {}the keys are {here}", names::did_you_mean(name, &names)),
    }
}

/// What stands among the transforms and belongs above them.
fn misplaced(name: &str) -> Option<String> {
    let known = OVERRIDE.iter().any(|key| key.name == name);
    known.then(|| format!("`{name}` is no transform: it stands beside `transforms`, above the first `[…]` of the file"))
}

#[cfg(test)]
mod tests;
