//! Messages as bytes: `Content-Length`, an empty line, JSON. Knows the framing and JSON-RPC, no method of it.
//!
//! A client that errs gets an error and is read on: bytes that are no message cost that message alone, wherever the stream
//! shows its next header. Nothing is allocated because a header says so.

use crate::lsp::protocol::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};

/// The longest message that is read, in bytes: the largest Dockerfile that dfopt takes, with every byte escaped.
const LONGEST: u64 = 128 << 20;
/// The longest line of a header.
const LONGEST_HEADER: u64 = 8 << 10;
const HEADER: &str = "content-length:";

/// What came in.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// A message in good form.
    Message(Message),
    /// Something else; what is to be answered.
    Bad(Fault),
    /// An answer to nothing, which must not be answered.
    Noise,
    /// The client is gone.
    End,
}

/// An answer to what is no message, or to one whose sender can't be told.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The request's id, where it could be read.
    pub id: Option<RequestId>,
    /// What kind of mistake.
    pub code: ErrorCode,
    /// What, why, what to do.
    pub message: String,
}

/// What goes out.
#[derive(Clone, Debug)]
pub enum Outgoing {
    /// A message.
    Message(Message),
    /// An answer to what is no message.
    Fault(Fault),
}

impl From<Message> for Outgoing {
    fn from(message: Message) -> Outgoing {
        Outgoing::Message(message)
    }
}

impl Outgoing {
    /// The JSON of it.
    pub fn text(&self) -> String {
        match self {
            Outgoing::Message(message) => match serde_json::to_value(message) {
                Ok(mut value) => {
                    value["jsonrpc"] = json!("2.0");
                    value.to_string()
                }
                Err(_) => String::new(),
            },
            Outgoing::Fault(Fault { id, code, message }) => {
                let error = json!({ "code": *code as i32, "message": message });
                json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
            }
        }
    }

    /// Sends it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let text = self.text();
        write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
        out.flush()
    }
}

/// Reads what comes next. An error of the stream is its end.
pub fn read(input: &mut impl BufRead) -> Incoming {
    let length = match header(input) {
        Ok(Some(Ok(length))) => length,
        Ok(Some(Err(message))) => return bad(None, ErrorCode::ParseError, message),
        Ok(None) | Err(_) => return Incoming::End,
    };
    if length > LONGEST {
        return match io::copy(&mut input.take(length), &mut io::sink()) {
            Ok(skipped) if skipped == length => {
                let message = format!("a message of {length} bytes; one of more than {LONGEST} is not read");
                bad(None, ErrorCode::InvalidRequest, message)
            }
            _ => Incoming::End,
        };
    }
    let mut body = Vec::new();
    match input.take(length).read_to_end(&mut body) {
        Ok(got) if got as u64 == length => decode(&body),
        _ => Incoming::End,
    }
}

/// The length of the next message; an error where the lines are no header, after each such line; `None` at the end.
fn header(input: &mut impl BufRead) -> io::Result<Option<Result<u64, String>>> {
    let mut length = None;
    let mut seen = false;
    loop {
        let mut line = Vec::new();
        if input.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end_matches(['\r', '\n']);
        match (field(line), length) {
            (Field::Empty, Some(length)) => return Ok(Some(Ok(length))),
            (Field::Empty, None) if !seen => continue,
            (Field::Empty, None) => return Ok(Some(Err("a header without `Content-Length`".to_owned()))),
            (Field::Length(given), _) => length = Some(given),
            (Field::Other, _) => {}
            (Field::Wrong(message), _) => return Ok(Some(Err(message))),
        }
        seen = true;
    }
}

enum Field {
    Empty,
    Length(u64),
    Other,
    Wrong(String),
}

/// A line of a header. What stands before the name of the length is what is left of a message whose length was wrong.
fn field(line: &str) -> Field {
    if line.is_empty() {
        return Field::Empty;
    }
    if let Some(at) = line.to_ascii_lowercase().rfind(HEADER) {
        let value = line[at + HEADER.len()..].trim();
        return match value.parse() {
            Ok(length) => Field::Length(length),
            Err(_) => Field::Wrong("`Content-Length` is no number of bytes".to_owned()),
        };
    }
    let name = line.split(':').next().unwrap_or_default();
    let plain = name.len() < line.len() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match plain {
        true => Field::Other,
        false => Field::Wrong("not a header; write `Content-Length: N`, an empty line, and N bytes of JSON".to_owned()),
    }
}

fn bad(id: Option<RequestId>, code: ErrorCode, message: impl Into<String>) -> Incoming {
    Incoming::Bad(Fault { id, code, message: message.into() })
}

/// Takes the bytes of a message apart.
pub fn decode(body: &[u8]) -> Incoming {
    let mut value = match serde_json::from_slice(body) {
        Ok(Value::Object(value)) => value,
        Ok(_) => return bad(None, ErrorCode::InvalidRequest, "a message is one JSON object"),
        Err(error) => return bad(None, ErrorCode::ParseError, format!("not JSON: {error}")),
    };
    let given = value.remove("id");
    let id: Option<RequestId> = given.clone().and_then(|id| serde_json::from_value(id).ok());
    let params = value.remove("params").unwrap_or_default();
    let Some(method) = value.remove("method") else {
        return response(id, value);
    };
    if value.get("jsonrpc").is_none_or(|version| version != "2.0") {
        return bad(id, ErrorCode::InvalidRequest, "`jsonrpc` must be \"2.0\"");
    }
    match (method, given, id) {
        (Value::String(method), Some(_), Some(id)) => Incoming::Message(Request { id, method, params }.into()),
        (Value::String(method), None, _) => Incoming::Message(Notification { method, params }.into()),
        (Value::String(_), Some(_), None) => {
            bad(None, ErrorCode::InvalidRequest, "`id` must be a whole number of 32 bits or a string")
        }
        (_, _, id) => bad(id, ErrorCode::InvalidRequest, "`method` must be a string"),
    }
}

/// What has no method: an answer, or nothing that has a meaning.
fn response(id: Option<RequestId>, mut value: serde_json::Map<String, Value>) -> Incoming {
    let (result, error) = (value.remove("result"), value.remove("error"));
    let answer = match (result, error.map(serde_json::from_value)) {
        (None, None) => return bad(id, ErrorCode::InvalidRequest, "neither `method`, `result` nor `error`"),
        (_, Some(Ok(error))) => Err(error),
        (Some(result), None) => Ok(result),
        (_, Some(Err(_))) => return Incoming::Noise,
    };
    match id {
        Some(id) => Incoming::Message(Response { id, response_result: answer }.into()),
        None => Incoming::Noise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        loop {
            out.push(match read(&mut bytes) {
                Incoming::Message(Message::Request(request)) => format!("request {} {}", request.id, request.method),
                Incoming::Message(Message::Notification(note)) => format!("notification {}", note.method),
                Incoming::Message(Message::Response(answer)) => format!("response {}", answer.id),
                Incoming::Bad(fault) => format!("{}", fault.code as i32),
                Incoming::Noise => "noise".to_owned(),
                Incoming::End => return out,
            });
        }
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    const NOTE: &str = r#"{"jsonrpc":"2.0","method":"n"}"#;

    #[test]
    fn messages_are_told_apart() {
        for (body, wanted) in [
            (NOTE, "notification n"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"m"}"#, "request 1 m"),
            (r#"{"jsonrpc":"2.0","id":"a","method":"m","params":[]}"#, "request \"a\" m"),
            (r#"{"jsonrpc":"2.0","id":1,"result":null}"#, "response 1"),
            (r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#, "response 1"),
            (r#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}"#, "noise"),
            (r#"{"jsonrpc":"2.0","id":1,"error":"x"}"#, "noise"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, "-32600"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, "-32600"),
            (r#"{"jsonrpc":"1.0","id":1,"method":"m"}"#, "-32600"),
            (r#"{"id":1,"method":"m"}"#, "-32600"),
            (r#"{"jsonrpc":"2.0","id":1,"method":2}"#, "-32600"),
            (r#"{"jsonrpc":"2.0","id":1}"#, "-32600"),
            ("[]", "-32600"),
            ("{", "-32700"),
            ("", "-32700"),
        ] {
            assert_eq!(all(framed(body).as_bytes()), [wanted], "{body}");
        }
        assert_eq!(all(&[framed("12").as_bytes(), b"\xff"].concat()).len(), 2);
        assert_eq!(all(b"Content-Length: 2\r\n\r\n\xff\xfe"), ["-32700"]);
        assert_eq!(all(framed(&"[".repeat(100_000)).as_bytes()), ["-32700"]);
    }

    #[test]
    fn what_follows_rubbish_is_read() {
        let note = framed(NOTE);
        for (rubbish, errors) in [
            ("hello\r\n", 1),
            ("\r\n\n", 0),
            ("Content-Type: x\r\n\r\n", 1),
            ("Content-Length: many\r\n", 1),
            ("Content-Length: -1\r\n", 1),
            ("{\"jsonrpc\":\"2.0\"}", 0), // the rest of a line that ends in a header
            ("Content-Length: 2\r\n\r\n{}trailing", 1),
        ] {
            let got = all(format!("{rubbish}{note}").as_bytes());
            assert_eq!(got.last().map(String::as_str), Some("notification n"), "{rubbish}: {got:?}");
            assert_eq!(got.len(), errors + 1, "{rubbish}: {got:?}");
        }
    }

    #[test]
    fn other_spellings_of_headers_are_read() {
        let length = NOTE.len();
        for header in
            [format!("content-length:{length}\n\n"), format!("Content-Type: a/b\r\nCONTENT-LENGTH:  {length}\r\n\r\n")]
        {
            assert_eq!(all(format!("{header}{NOTE}").as_bytes()), ["notification n"], "{header}");
        }
    }

    #[test]
    fn a_length_is_not_believed() {
        for length in [u64::MAX, LONGEST, LONGEST + 1, 50] {
            assert!(all(format!("Content-Length: {length}\r\n\r\n{{}}").as_bytes()).is_empty());
        }
        assert_eq!(all(b"Content-Length: 99999999999999999999999\r\n\r\n"), ["-32700"]);
    }
}
