//! The command line of `curl`: what it asks for, where it stores it, what else it does.

use super::*;
use crate::facts::State;
use crate::knowledge::programs::Meaning;
use crate::script::{Argument, Invocation, Item, Opt};
use crate::text::Span;

/// A command line, read.
#[derive(Default)]
pub struct Line {
    /// Letters that stand together, the first of which takes no value.
    pub letters: Option<Span>,
    /// It writes its options in full.
    pub is_long: bool,
    /// It has `-f` or one of its kin.
    pub fails: bool,
    shows_status: Option<String>,
    sends: Option<String>,
    resumes: bool,
    configures: bool,
    /// An option that only works where it comes first.
    leads: Option<String>,
    /// Where it stores what it gets.
    outputs: Vec<String>,
    remote_name: bool,
    urls: Vec<String>,
}

/// Outputs that store nothing.
const PRINTS: &[&str] = &["-", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/fd/1", "/dev/fd/2"];

impl Line {
    /// Reads a command line; `None` where it asks for nothing (`--version`).
    ///
    /// # Errors
    /// Why it was not understood.
    pub fn read(curl: Invocation, state: &State) -> Result<Option<Line>, Reason> {
        let mut line = Line { outputs: redirected(curl), ..Line::default() };
        let mut word = None;
        for item in curl.line() {
            match item {
                Item::Operand(operand) => line.operand(operand, state)?,
                Item::Option(option) => {
                    let begins = word.replace(option.span.start) != Some(option.span.start);
                    line.option(curl, &option, state)?;
                    if begins {
                        line.spell(curl, &option);
                    }
                }
            }
            if line.fails {
                return Ok(Some(line));
            }
        }
        Ok(Some(line).filter(|line| !line.urls.is_empty() && !curl.is_idle()))
    }

    fn operand(&mut self, operand: Argument, state: &State) -> Result<(), Reason> {
        let written = shown(operand, state);
        if operand.raw().starts_with('$') && (names_options(&written) || written.starts_with('-')) {
            return refuse(mark!(UNKNOWN_OPTION, "variable"), format!("`{written}` may hold options"));
        }
        self.urls.push(written);
        Ok(())
    }

    fn option(&mut self, curl: Invocation, option: &Opt, state: &State) -> Result<(), Reason> {
        let name = option.name.to_string();
        let value = || option.argument().map(|_| option.value(state).map_or(name.clone(), |value| value.into_owned()));
        match curl.program().and_then(|program| program.meaning(&name)) {
            Some(Meaning::Fails) => self.fails = true,
            Some(Meaning::ShowsStatus) => self.shows_status = Some(name),
            Some(Meaning::Sends) if option.is(&["-X", "--request"]) && value().as_deref() == Some("GET") => {}
            Some(Meaning::Sends) => self.sends = Some(name),
            Some(Meaning::Resumes) => self.resumes = true,
            Some(Meaning::Configures) => self.configures = true,
            Some(Meaning::Leads) => self.leads = Some(name),
            Some(Meaning::Stores) if option.has_value() => self.outputs.extend(value()),
            Some(Meaning::Stores) => self.remote_name = true,
            Some(Meaning::Address) => self.urls.extend(value()),
            Some(_) => {}
            None if option.known => {}
            None => return refuse(mark!(UNKNOWN_OPTION, "unlisted"), format!("`{name}` is not known")),
        }
        Ok(())
    }

    /// How the command writes its options, as its first ones show. A number may be a value, `-#` a bar: letters are what
    /// people put together.
    fn spell(&mut self, curl: Invocation, option: &Opt) {
        let written = &curl.text()[option.span.range()];
        let letter = option.name.len() == 2 && written.starts_with('-') && !option.has_value();
        let plain =
            option.name.ends_with(|c: char| c.is_ascii_alphabetic()) && self.leads.as_deref() != Some(&*option.name);
        self.is_long |= option.name.starts_with("--");
        if letter && plain && self.letters.is_none() {
            self.letters = Some(option.span);
        }
    }

    /// Whether nothing is asked for by HTTP.
    pub fn is_other_protocol(&self) -> bool {
        let other = |url: &String| match url.split_once("://") {
            Some((scheme, _)) => {
                !scheme.contains('$') && !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str())
            }
            None => url.to_ascii_lowercase().starts_with("ftp."),
        };
        self.urls.iter().all(other)
    }

    /// That it only downloads.
    ///
    /// # Errors
    /// What else it does.
    pub fn is_plain_download(&self) -> Result<(), Reason> {
        if self.configures {
            return refuse(mark!(CONFIGURED, "option"), "`-K` reads options from a file");
        }
        if let Some(option) = self.leads.as_ref().filter(|_| self.letters.is_none()) {
            return refuse(&OPTION, format!("`{option}` has to stay the first option"));
        }
        if let Some(option) = &self.shows_status {
            return refuse(mark!(LOOKS_AT_STATUS, "shown"), format!("`{option}` shows the status, or the headers"));
        }
        if self.outputs.iter().any(|output| output == "/dev/null") {
            return refuse(
                mark!(LOOKS_AT_STATUS, "thrown-away"),
                "what it gets goes to `/dev/null`: it is asked for something else",
            );
        }
        if let Some(option) = &self.sends {
            return refuse(&SENDS, format!("with `{option}` it sends something, to which an error may be the answer"));
        }
        if self.resumes {
            return refuse(
                &RESUME,
                "it goes on with a download, which is answered by an error where all is there already",
            );
        }
        match self.urls.iter().find(|url| is_local(url)) {
            Some(url) => refuse(&LOCAL_SERVER, format!("`{url}` is a server of the build itself")),
            None => Ok(()),
        }
    }

    /// That what it gets is stored.
    ///
    /// # Errors
    /// It is printed.
    pub fn stores(&self, piped: bool) -> Result<(), Reason> {
        match piped || self.remote_name || self.outputs.iter().any(|output| !PRINTS.contains(&output.as_str())) {
            true => Ok(()),
            false => refuse(&PRINTED, "what it gets is only printed: it may be there to see whether a server answers"),
        }
    }
}

/// A word without its quotes, variables as they are written or with the value that ENV gave them.
fn shown(word: Argument, state: &State) -> String {
    let known = word.unquoted().or_else(|| word.value(state));
    known.map_or_else(|| word.raw().trim_matches('"').to_owned(), std::borrow::Cow::into_owned)
}

/// Whether a variable is called what holds options.
fn names_options(written: &str) -> bool {
    let name = written.trim_start_matches(['$', '{']).to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let named = ["opt", "option", "arg", "flag", "param", "curl", "curlopt", "curlarg", "curlflag"];
    parts.any(|part| named.contains(&part.trim_end_matches('s')))
}

/// Where the output of a command is directed to.
fn redirected(curl: Invocation) -> Vec<String> {
    let outputs = curl.redirects().filter(|one| one.writes() && matches!(one.descriptor(), None | Some(1)));
    outputs.map(|one| one.target().raw().trim_matches(['"', '\'']).to_owned()).collect()
}

fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let host = host.rsplit('@').next().unwrap_or_default();
    host == "localhost" || host.starts_with("127.") || ["0.0.0.0", "[", "$hostname", "${hostname}"].contains(&host)
}
