//! A client of the Language Server Protocol, as small as the tests need. Shares no code with the server.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// A generous time to wait for an answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    waiting: VecDeque<Value>,
    last: i64,
    welcome: Value,
}

impl Client {
    /// A server that was told nothing yet.
    pub fn bare() -> Client {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dfopt"))
            .args(["lsp", "--stdio"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let (send, output) = mpsc::channel();
        thread::spawn(move || {
            while let Some(message) = message(&mut out).filter(|m| send.send(m.clone()).is_ok()) {
                drop(message);
            }
        });
        let input = child.stdin.take();
        Client { child, input, output, waiting: VecDeque::new(), last: 0, welcome: Value::Null }
    }

    pub fn start(capabilities: Value, options: Value) -> Client {
        Client::start_in(capabilities, options, Value::Null)
    }

    pub fn start_in(capabilities: Value, options: Value, folders: Value) -> Client {
        let mut client = Client::bare();
        let params = json!({
            "processId": null, "rootUri": null, "capabilities": capabilities, "initializationOptions": options,
            "workspaceFolders": folders
        });
        client.welcome = client.ask("initialize", params).unwrap();
        client.tell("initialized", json!({}));
        client
    }

    pub fn encoding(&self) -> &str {
        json_at(&self.welcome, "/capabilities/positionEncoding").as_str().unwrap()
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn put(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn send(&mut self, method: &str, params: Value) -> i64 {
        self.last += 1;
        let id = self.last;
        self.put(json!({ "id": id, "method": method, "params": params }));
        id
    }

    pub fn answer(&mut self, id: i64) -> Result<Value, i64> {
        let answer = self.wait(|message| message["id"] == id && message.get("method").is_none());
        match answer.get("error") {
            Some(error) => Err(error["code"].as_i64().unwrap()),
            None => Ok(answer["result"].clone()),
        }
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Result<Value, i64> {
        let id = self.send(method, params);
        self.answer(id)
    }

    pub fn tell(&mut self, method: &str, params: Value) {
        self.put(json!({ "method": method, "params": params }));
    }

    pub fn reply(&mut self, request: &Value, result: Value) {
        self.put(json!({ "id": request["id"], "result": result }));
    }

    /// Waits for a request of the server.
    pub fn asked(&mut self, method: &str) -> Value {
        self.wait(|message| message["method"] == method && message.get("id").is_some())
    }

    /// Waits for a notification of the server.
    pub fn told(&mut self, method: &str) -> Value {
        self.wait(|message| message["method"] == method && message.get("id").is_none())
    }

    /// The code of the next answer to what was no request.
    pub fn next_fault(&mut self) -> i64 {
        let fault = self.wait(|message| message.get("error").is_some());
        fault["error"]["code"].as_i64().unwrap()
    }

    pub fn open(&mut self, uri: &str, version: i64, text: &str) {
        let item = json!({ "uri": uri, "languageId": "dockerfile", "version": version, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": item }));
    }

    pub fn change(&mut self, uri: &str, version: i64, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// The next marks of a text, and for which version they are (-1 for none).
    pub fn marks(&mut self, uri: &str) -> (i64, Vec<Value>) {
        let wanted =
            |message: &Value| message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri;
        let params = self.wait(wanted)["params"].clone();
        (params["version"].as_i64().unwrap_or(-1), params["diagnostics"].as_array().unwrap().clone())
    }

    fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.waiting.iter().position(&wanted) {
            return self.waiting.remove(at).unwrap();
        }
        loop {
            let message = self.output.recv_timeout(PATIENCE).expect("the server says no more");
            if wanted(&message) {
                return message;
            }
            self.waiting.push_back(message);
        }
    }

    pub fn hang_up(&mut self) {
        self.input = None;
    }

    pub fn code(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }

    /// The polite end.
    pub fn end(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Ok(Value::Null));
        self.tell("exit", Value::Null);
        assert_eq!(self.code(), 0);
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn message(out: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if out.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    out.read_exact(&mut body).unwrap();
    let message: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(message["jsonrpc"], "2.0");
    Some(message)
}

pub fn json_at<'a>(value: &'a Value, path: &str) -> &'a Value {
    value.pointer(path).unwrap_or(&Value::Null)
}

/// The offset of every place of a text.
pub fn positions(text: &str, bytes: bool) -> BTreeMap<(u64, u64), usize> {
    let mut out = BTreeMap::new();
    let (mut line, mut column) = (0, 0);
    for (at, c) in text.char_indices() {
        out.entry((line, column)).or_insert(at);
        match c {
            '\n' => (line, column) = (line + 1, 0),
            '\r' if text[at + 1..].starts_with('\n') => {}
            c => column += if bytes { c.len_utf8() } else { c.len_utf16() } as u64,
        }
    }
    out.entry((line, column)).or_insert(text.len());
    out
}

/// Makes edits as a client would: all places are in the old text, and no two edits overlap.
pub fn apply(text: &str, edits: &Value, bytes: bool) -> String {
    let places = positions(text, bytes);
    let place = |at: &Value| places[&(at["line"].as_u64().unwrap(), at["character"].as_u64().unwrap())];
    let mut all: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| (place(&edit["range"]["start"]), place(&edit["range"]["end"]), edit["newText"].as_str().unwrap()))
        .collect();
    all.sort_by_key(|(start, end, _)| (*start, *end));
    assert!(all.windows(2).all(|pair| pair[0].1 <= pair[1].0), "edits overlap: {edits}");
    let mut out = text.to_owned();
    for (start, end, new) in all.into_iter().rev() {
        out.replace_range(start..end, new);
    }
    out
}
