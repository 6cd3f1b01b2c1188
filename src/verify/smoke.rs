//! The user's own test of an image: a command in a container of it, or a request to one that runs. Says what came of it for
//! both images; the same is needed.

use crate::verify::engine::Engine;
use crate::verify::process::{Failure, last_lines};
use crate::verify::session::{Image, Session};
use crate::visible::visible_str;
use serde::Serialize;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a command may run.
const COMMAND: Duration = Duration::from_secs(300);
/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_secs(60);

/// A test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Smoke {
    /// A program with its arguments.
    Command(Vec<String>),
    /// A request to a port.
    Http {
        /// The port in the container.
        port: u16,
        /// The path with its `/`.
        path: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The test, as the user wrote it.
    pub test: String,
    /// What it gave on the original: `exit code 0`, `status 200`.
    pub before: String,
    /// What it gave on the rewritten one.
    pub after: String,
    /// Whether that is the same.
    pub same: bool,
}

impl Smoke {
    /// Reads `http:PORT/PATH`, a JSON array of strings, or a command for the image's `/bin/sh`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Smoke, String> {
        let shown = visible_str(text);
        if let Some(rest) = text.strip_prefix("http:") {
            let rest = rest.trim_start_matches('/').trim_start_matches("localhost").trim_start_matches(':');
            let (port, path) = rest.split_once('/').unwrap_or((rest, ""));
            let port = port.parse().map_err(|_| format!("`--smoke {shown}` names no port: write `http:8080/path`"))?;
            return match path.contains(|c: char| c.is_whitespace() || c.is_control()) {
                true => Err(format!("`--smoke {shown}` has a blank in its path: write `%20`")),
                false => Ok(Smoke::Http { port, path: format!("/{path}") }),
            };
        }
        if text.trim_start().starts_with('[') {
            let words: Vec<String> = serde_json::from_str(text)
                .map_err(|error| format!("`--smoke {shown}` is no JSON array of strings: {error}"))?;
            return match words.is_empty() {
                true => Err("`--smoke []` names no program".to_owned()),
                false => Ok(Smoke::Command(words)),
            };
        }
        Ok(Smoke::Command(["/bin/sh", "-c", text].map(str::to_owned).to_vec()))
    }

    /// Tests an image, the original `first`.
    pub fn run(&self, session: &Session, image: &Image, network: Option<&str>, first: bool) -> Result<String, Failure> {
        match self {
            Smoke::Command(words) => command((session, image), network, words, first),
            Smoke::Http { port, path } => http(session, image, network, *port, path),
        }
    }
}

fn command(
    (session, image): (&Session, &Image),
    network: Option<&str>,
    words: &[String],
    first: bool,
) -> Result<String, Failure> {
    let container = session.container();
    let engine = &session.engine;
    let args = engine.run_args(&image.tag, &container.name, network, words);
    let (send, receive) = mpsc::channel::<()>();
    let said = thread::scope(|scope| {
        let (engine, name) = (engine, &container.name);
        scope.spawn(move || {
            if receive.recv_timeout(COMMAND) == Err(mpsc::RecvTimeoutError::Timeout) {
                engine.remove_container(name);
            }
        });
        let said = engine.ask(&args);
        drop(send);
        said
    })?;
    match said.code {
        // the engine itself, or a command that is not there: the same for both would show nothing
        Some(125..=127) | None if first => Err(Failure::Failed(format!(
            "the smoke test cannot be run in the original: {}",
            last_lines(&said.stderr, 5)
        ))),
        None => Ok("a signal".to_owned()),
        Some(code) => Ok(format!("exit code {code}")),
    }
}

fn http(session: &Session, image: &Image, network: Option<&str>, port: u16, path: &str) -> Result<String, Failure> {
    let engine = &session.engine;
    let host = network == Some("host");
    let here = SocketAddr::from(([127, 0, 0, 1], port));
    if host && TcpStream::connect_timeout(&here, Duration::from_secs(1)).is_ok() {
        return Err(Failure::Failed(format!(
            "something listens at port {port} already, and would answer the smoke test"
        )));
    }
    let container = session.container();
    engine.ask(&engine.start_args(&image.tag, &container.name, network, port))?.fine()?;
    let address = if host { here } else { published(engine, &container.name, port)? };
    let until = Instant::now() + ANSWER;
    let mut last = None;
    while Instant::now() < until {
        if engine.stop().asked() {
            return Err(Failure::Interrupted);
        }
        match status(address, path) {
            // a server that says it is not ready yet may still become so
            Some(status) if status < 500 => return Ok(format!("status {status}")),
            Some(status) => last = Some(status),
            None => {}
        }
        if let Some(ended) = ended(engine, &container.name)? {
            return Ok(ended);
        }
        thread::sleep(Duration::from_millis(250));
    }
    Ok(last.map_or("no answer".to_owned(), |status| format!("status {status}")))
}

fn published(engine: &Engine, name: &str, port: u16) -> Result<SocketAddr, Failure> {
    let said = engine.ask(&["port".to_owned(), name.to_owned(), port.to_string()])?.fine()?;
    let address = said.lines().find_map(|line| line.trim().parse().ok());
    address.ok_or_else(|| Failure::Failed(format!("port {port} of the container is not published: {}", said.trim())))
}

/// How the container ended, if it did.
fn ended(engine: &Engine, name: &str) -> Result<Option<String>, Failure> {
    let format = "{{.State.Running}} {{.State.ExitCode}}";
    let args = ["inspect", "--type=container", "--format", format, name].map(str::to_owned);
    let said = engine.ask(&args)?.fine()?;
    Ok(said.trim().strip_prefix("false ").map(|code| format!("the container ended with exit code {code}")))
}

/// The status of an answer, if there is one.
fn status(address: SocketAddr, path: &str) -> Option<u16> {
    let wait = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&address, wait).ok()?;
    stream.set_read_timeout(Some(wait)).ok()?;
    // at once: a server that answers the first piece and closes would reset the connection
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).ok()?;
    read_status(&start)
}

fn read_status(start: &[u8; 12]) -> Option<u16> {
    let text = std::str::from_utf8(start).ok()?;
    text.strip_prefix("HTTP/1.0 ").or_else(|| text.strip_prefix("HTTP/1.1 "))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_read() {
        let http = |port, path: &str| Ok(Smoke::Http { port, path: path.to_owned() });
        assert_eq!(Smoke::read("http:8080/a?b"), http(8080, "/a?b"));
        assert_eq!(Smoke::read("http://8080/a"), http(8080, "/a"));
        assert_eq!(Smoke::read("http://localhost:80"), http(80, "/"));
        let command = |words: &[&str]| Ok(Smoke::Command(words.iter().map(|word| (*word).to_owned()).collect()));
        assert_eq!(Smoke::read("node --version"), command(&["/bin/sh", "-c", "node --version"]));
        assert_eq!(Smoke::read("[\"/app\", \"-v\"]"), command(&["/app", "-v"]));
        for bad in ["http:/x", "http:99999/", "http:80/a b", "[]", "[1]"] {
            assert!(Smoke::read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_status_is_asked_for_and_read() {
        let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let thread = thread::spawn(move || {
            let (mut stream, _) = server.accept().unwrap();
            let mut request = [0; 512];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 404 Not Found\r\n\r\n").unwrap();
            String::from_utf8_lossy(&request[..length]).into_owned()
        });
        assert_eq!(status(address, "/health"), Some(404));
        assert!(thread.join().unwrap().starts_with("GET /health HTTP/1.1\r\nHost: localhost\r\n"));
        assert_eq!(read_status(b"SSH-2.0-Open"), None);
    }
}
