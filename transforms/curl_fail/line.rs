//! The command line of `curl`: what it asks for, where it stores it, what else it does.

use super::*;
use crate::facts::{Known, State};
use crate::shell::{Part, Word};
use crate::text::Span;

/// A command line, read.
pub struct Line {
    /// The word `curl`.
    pub name: Span,
    /// Letters that stand together, the first of which takes no value.
    pub letters: Option<Span>,
    /// It writes its options in full.
    pub is_long: bool,
    /// It has `-f` or one of its kin.
    pub fails: bool,
    looks: Option<String>,
    sends: Option<String>,
    resumes: bool,
    config: bool,
    /// An option that only works where it comes first.
    first: Option<String>,
    /// Where it stores what it gets.
    outputs: Vec<String>,
    remote_name: bool,
    urls: Vec<String>,
}

/// Letters without a value. `f` is looked at before.
const BARE: &str = "0123468aBgGiIjJklLMnNOpqRsSvZ#";
/// Letters with a value.
const VALUED: &str = "AbcCdDeEFHKmoPQrtTuUwxXyYz";
/// Options without a value that change nothing of what an error is.
const LONG_BARE: &[&str] = &[
    "--anyauth",
    "--append",
    "--basic",
    "--compressed",
    "--create-dirs",
    "--digest",
    "--disable",
    "--globoff",
    "--http1.0",
    "--http1.1",
    "--http2",
    "--insecure",
    "--ipv4",
    "--ipv6",
    "--junk-session-cookies",
    "--location",
    "--location-trusted",
    "--negotiate",
    "--netrc",
    "--netrc-optional",
    "--no-buffer",
    "--no-keepalive",
    "--no-progress-meter",
    "--no-sessionid",
    "--ntlm",
    "--parallel",
    "--path-as-is",
    "--progress-bar",
    "--raw",
    "--remote-header-name",
    "--remote-name",
    "--remote-name-all",
    "--remote-time",
    "--retry-all-errors",
    "--retry-connrefused",
    "--show-error",
    "--silent",
    "--ssl",
    "--ssl-no-revoke",
    "--ssl-reqd",
    "--sslv2",
    "--sslv3",
    "--styled-output",
    "--tcp-nodelay",
    "--tlsv1",
    "--tlsv1.0",
    "--tlsv1.1",
    "--tlsv1.2",
    "--tlsv1.3",
    "--verbose",
    "--get",
];
/// Options with a value that change nothing of what an error is.
const LONG_VALUED: &[&str] = &[
    "--cacert",
    "--capath",
    "--cert",
    "--cert-type",
    "--ciphers",
    "--connect-timeout",
    "--connect-to",
    "--cookie",
    "--cookie-jar",
    "--header",
    "--interface",
    "--keepalive-time",
    "--key",
    "--key-type",
    "--limit-rate",
    "--max-filesize",
    "--max-redirs",
    "--max-time",
    "--netrc-file",
    "--noproxy",
    "--oauth2-bearer",
    "--output",
    "--output-dir",
    "--pass",
    "--pinnedpubkey",
    "--proto",
    "--proto-default",
    "--proto-redir",
    "--proxy",
    "--proxy-header",
    "--proxy-user",
    "--range",
    "--referer",
    "--resolve",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--speed-limit",
    "--speed-time",
    "--stderr",
    "--tls-max",
    "--trace",
    "--trace-ascii",
    "--url",
    "--user",
    "--user-agent",
];

/// Outputs that store nothing.
const PRINTS: &[&str] = &["-", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/fd/1", "/dev/fd/2"];

impl Line {
    /// Reads a command line; `None` where it asks for nothing (`--version`).
    ///
    /// # Errors
    /// Why it was not understood.
    pub fn read(text: &str, place: &CurlInvocation, state: &State) -> Result<Option<Line>, Reason> {
        let (name, words) = match place.words.split_first() {
            Some((name, words)) => (name.span, words),
            None => return Ok(None),
        };
        let mut line = Line {
            name,
            letters: None,
            is_long: false,
            fails: false,
            looks: None,
            sends: None,
            resumes: false,
            config: false,
            first: None,
            outputs: redirected(text, place),
            remote_name: false,
            urls: Vec::new(),
        };
        let mut index = 0;
        while let Some(word) = words.get(index) {
            let value = words.get(index + 1).map(|word| shown(word, text, state));
            let taken = line.word(word, text, state, value.as_deref())?;
            if line.fails || taken == Taken::Asks {
                return Ok(Some(line).filter(|line| line.fails));
            }
            index += if taken == Taken::Value { 2 } else { 1 };
        }
        Ok(Some(line).filter(|line| !line.urls.is_empty()))
    }

    fn word(&mut self, word: &Word, text: &str, state: &State, value: Option<&str>) -> Result<Taken, Reason> {
        let written = shown(word, text, state);
        if let Some(long) = written.strip_prefix("--").filter(|long| !long.is_empty()) {
            return self.long(long, value);
        }
        match written.strip_prefix('-') {
            Some(letters) if !letters.is_empty() && written != "--" => {
                let taken = self.short(letters, value)?;
                let bare = letters.starts_with(|c| BARE.contains(c));
                // a number may be a value, `-#` a bar: letters are what people put together
                let plain = word.raw(text).starts_with('-') && letters.starts_with(|c: char| c.is_ascii_alphabetic());
                if letters.starts_with('q') {
                    self.first = Some(written.clone());
                } else if bare && plain && self.letters.is_none() {
                    self.letters = Some(word.span);
                }
                Ok(taken)
            }
            _ => {
                if word.raw(text).starts_with('$') && names_options(&written) {
                    return refuse(mark!(UNKNOWN_OPTION, "variable"), format!("`{written}` may hold options"));
                }
                self.urls.push(written);
                Ok(Taken::Nothing)
            }
        }
    }

    fn long(&mut self, long: &str, value: Option<&str>) -> Result<Taken, Reason> {
        self.is_long = true;
        let name = format!("--{long}");
        let set = |slot: &mut Option<String>| *slot = Some(name.clone());
        match long {
            "fail" | "fail-with-body" | "fail-early" => self.fails = true,
            "version" | "help" | "manual" => return Ok(Taken::Asks),
            "head" | "include" | "show-headers" => set(&mut self.looks),
            "write-out" | "dump-header" => set(&mut self.looks),
            "request" if value.is_some_and(|method| method == "GET") => {}
            "request" | "upload-file" | "form" | "form-string" | "json" | "quote" => set(&mut self.sends),
            long if long.starts_with("data") => set(&mut self.sends),
            "continue-at" => self.resumes = true,
            "config" => self.config = true,
            "disable" => self.first = Some(name.clone()),
            "output" => self.outputs.extend(value.map(str::to_owned)),
            "remote-name" | "remote-name-all" => self.remote_name = true,
            "url" => self.urls.extend(value.map(str::to_owned)),
            _ if LONG_BARE.contains(&name.as_str()) || LONG_VALUED.contains(&name.as_str()) => {}
            _ => return refuse(mark!(UNKNOWN_OPTION, "long"), format!("`{name}` is not known")),
        }
        let bare =
            LONG_BARE.contains(&name.as_str()) || matches!(long, "head" | "include" | "show-headers") || self.fails;
        Ok(if bare { Taken::Nothing } else { Taken::Value })
    }

    fn short(&mut self, letters: &str, next: Option<&str>) -> Result<Taken, Reason> {
        for (at, letter) in letters.char_indices() {
            let rest = &letters[at + letter.len_utf8()..];
            let value = if rest.is_empty() { next } else { Some(rest) };
            let name = format!("-{letter}");
            match letter {
                'f' => self.fails = true,
                'V' | 'h' => return Ok(Taken::Asks),
                'I' | 'i' | 'w' | 'D' => self.looks = Some(name),
                'X' if value == Some("GET") => {}
                'd' | 'F' | 'T' | 'X' | 'Q' => self.sends = Some(name),
                'C' => self.resumes = true,
                'K' => self.config = true,
                'O' => self.remote_name = true,
                'o' => self.outputs.extend(value.map(str::to_owned)),
                c if BARE.contains(c) || VALUED.contains(c) => {}
                _ => return refuse(mark!(UNKNOWN_OPTION, "letter"), format!("`{name}` is not known")),
            }
            if VALUED.contains(letter) {
                return Ok(if rest.is_empty() { Taken::Value } else { Taken::Nothing });
            }
        }
        Ok(Taken::Nothing)
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
        if self.config {
            return refuse(mark!(CONFIGURED, "option"), "`-K` reads options from a file");
        }
        if let Some(option) = self.first.as_ref().filter(|_| self.letters.is_none()) {
            return refuse(&OPTION, format!("`{option}` has to stay the first option"));
        }
        if let Some(option) = &self.looks {
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

/// What a word took with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    Nothing,
    /// The word behind it.
    Value,
    /// It asks for no download at all.
    Asks,
}

/// A word without its quotes, variables as they are written or with the value that ENV gave them.
fn shown(word: &Word, text: &str, state: &State) -> String {
    if let Some(value) = word.unquoted(text) {
        return value.into_owned();
    }
    let raw = word.raw(text);
    let quoted = matches!(word.parts.as_slice(), [Part::DoubleQuoted(..)]);
    match state.expand(raw) {
        // a variable that stands alone may hold several words
        Known::Yes(value) if quoted || !value.contains(' ') => value,
        _ => raw.trim_matches('"').to_owned(),
    }
}

/// Whether a variable is called what holds options.
fn names_options(written: &str) -> bool {
    let name = written.trim_start_matches(['$', '{']).to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let named = ["opt", "option", "arg", "flag", "param", "curl", "curlopt", "curlarg", "curlflag"];
    parts.any(|part| named.contains(&part.trim_end_matches('s')))
}

/// Where the output of a command is directed to.
fn redirected(text: &str, place: &CurlInvocation) -> Vec<String> {
    let mut out = Vec::new();
    for redirect in &place.command.redirects {
        let whole = &text[redirect.span.range()];
        let operator = &text[redirect.operator.range()];
        let writes = [">", ">>", ">|", "&>", "&>>"].contains(&operator);
        let errors = whole.starts_with(|c: char| c.is_ascii_digit()) && !whole.starts_with('1');
        if writes && !errors {
            out.push(redirect.target.raw(text).trim_matches(['"', '\'']).to_owned());
        }
    }
    out
}

fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let host = host.rsplit('@').next().unwrap_or_default();
    host == "localhost" || host.starts_with("127.") || ["0.0.0.0", "[", "$hostname", "${hostname}"].contains(&host)
}
