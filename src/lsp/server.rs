//! The conversation with one client: what it may say when, and what is answered. Takes messages and gives messages; bytes and
//! streams are not known here.
//!
//! Messages are taken in order, each request against the text that the client had when it asked. A request that is withdrawn
//! while it waits is not answered with work. Marks are published when nothing else waits, so that a fast typist gets those
//! of the last state.

use crate::engine::Bug;
use crate::lsp::analysis::{Analyze, Optimize};
use crate::lsp::answer::{Answer, Failure, fail, panicked_message, read, value};
use crate::lsp::protocol::{
    Client, DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, ErrorCode, Message, MessageType, Notification,
    PublishDiagnosticsParams, ReqQueue, Request, RequestId, Response, ResponseError, ShowMessageParams, path_of, roots,
};
use crate::lsp::settings::Settings;
use crate::lsp::wire::{self, Incoming, Outgoing};
use crate::lsp::workspace::{Formatted, Workspace};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet, VecDeque};

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    New,
    Running,
    ShutDown,
}

/// What the server asked the client.
enum Asked {
    Settings,
    Other,
}

/// One conversation.
pub struct Server {
    phase: Phase,
    exit: Option<u8>,
    workspace: Workspace,
    /// Settings in layers: those of `initialize`, and those that came later.
    layers: [Value; 2],
    queue: VecDeque<Incoming>,
    dirty: BTreeSet<String>,
    /// Texts on which dfopt failed, which was told.
    failed: HashSet<String>,
    asked: ReqQueue<(), Asked>,
    out: Vec<Outgoing>,
}

impl Default for Server {
    fn default() -> Server {
        Server::new(crate::optimize, crate::analyze_again)
    }
}

impl Server {
    pub(crate) fn new(optimize: Optimize, analyze: Analyze) -> Server {
        Server {
            phase: Phase::New,
            exit: None,
            workspace: Workspace::new(optimize, analyze),
            layers: [Value::Null, Value::Null],
            queue: VecDeque::new(),
            dirty: BTreeSet::new(),
            failed: HashSet::new(),
            asked: ReqQueue::default(),
            out: Vec::new(),
        }
    }

    /// Takes the JSON of one message and gives that of all that is said until the client is to speak: the whole server
    /// without streams.
    pub fn say(&mut self, message: &str) -> Vec<String> {
        self.push(wire::decode(message.as_bytes()));
        let mut out = Vec::new();
        while !self.idle() {
            out.extend(self.step().iter().map(Outgoing::text));
        }
        out
    }

    /// The exit code, once the conversation is over.
    pub fn over(&self) -> Option<u8> {
        self.exit
    }

    /// Whether there is nothing to do until the client speaks.
    pub(crate) fn idle(&self) -> bool {
        self.exit.is_some() || (self.queue.is_empty() && self.dirty.is_empty() && self.out.is_empty())
    }

    /// Puts a message behind those that wait, and takes back what it withdraws.
    pub(crate) fn push(&mut self, incoming: Incoming) {
        match withdrawn(&incoming) {
            Some(id) => {
                let asks = |waiting: &Incoming| matches!(waiting, Incoming::Message(Message::Request(r)) if r.id == id);
                if let Some(at) = self.queue.iter().position(asks) {
                    self.queue.remove(at);
                    let why = "withdrawn by the client".to_owned();
                    self.answer(id, Err(Failure(ErrorCode::RequestCanceled, why)));
                }
            }
            None => self.queue.push_back(incoming),
        }
    }

    /// Does the next thing: takes one message, or marks one text.
    pub(crate) fn step(&mut self) -> Vec<Outgoing> {
        if self.exit.is_none() {
            match self.queue.pop_front() {
                Some(incoming) => self.take(incoming),
                None => self.publish_next(),
            }
        }
        std::mem::take(&mut self.out)
    }

    fn take(&mut self, incoming: Incoming) {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Notification(note)) => self.notification(note),
            Incoming::Message(Message::Response(response)) => self.response(response),
            Incoming::Bad(fault) => self.out.push(Outgoing::Fault(fault)),
            Incoming::Noise => {}
            Incoming::End => self.end(),
        }
    }

    fn end(&mut self) {
        self.exit = Some(if self.phase == Phase::ShutDown { 0 } else { 1 });
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::New, "initialize") => self.initialize(params),
            (Phase::New, _) => fail(ErrorCode::ServerNotInitialized, "send `initialize` first"),
            (Phase::Running, "initialize") => fail(ErrorCode::InvalidRequest, "`initialize` was sent before"),
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                Ok(Value::Null)
            }
            (Phase::Running, "textDocument/formatting") => self.formatted(self.workspace.formatting(params)),
            (Phase::Running, "textDocument/willSaveWaitUntil") => self.formatted(self.workspace.before_saving(params)),
            (Phase::Running, "textDocument/codeAction") => self.workspace.code_actions(params),
            (Phase::Running, "codeAction/resolve") => self.workspace.resolve(params),
            (Phase::Running, "textDocument/hover") => self.workspace.hover(params),
            (Phase::Running, _) => fail(ErrorCode::MethodNotFound, format!("there is no method `{method}` here")),
            (Phase::ShutDown, _) => fail(ErrorCode::InvalidRequest, "nothing but `exit` may follow `shutdown`"),
        };
        self.answer(id, answer);
    }

    fn answer(&mut self, id: RequestId, answer: Answer) {
        let error = |Failure(code, message)| ResponseError { code: code as i32, message, data: None };
        self.out.push(Message::from(Response { id, response_result: answer.map_err(error) }).into());
    }

    fn notification(&mut self, note: Notification) {
        let Notification { method, params } = note;
        let done = match (self.phase, method.as_str()) {
            (_, "exit") => {
                self.end();
                Ok(())
            }
            (Phase::New | Phase::ShutDown, _) => Ok(()),
            (_, "initialized") => {
                self.register();
                self.ask_settings();
                Ok(())
            }
            (_, "textDocument/didOpen") => read(params).map(|params| self.open(params)),
            (_, "textDocument/didChange") => read(params).and_then(|params| self.change(params)),
            (_, "textDocument/didClose") => read(params).map(|params| self.close(params)),
            (_, "workspace/didChangeConfiguration") => read(params).map(|params| self.settings_changed(params)),
            (_, "workspace/didChangeWorkspaceFolders") => read(params).map(|params| self.folders_changed(params)),
            // what stands on the disk is part of the build context
            (_, "textDocument/didSave" | "workspace/didChangeWatchedFiles") => {
                self.mark_all_dirty();
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(Failure(_, message)) = done {
            self.tell("window/logMessage", MessageType::ERROR, format!("`{method}`: {message}"));
        }
    }

    fn response(&mut self, response: Response) {
        if let Some(Asked::Settings) = self.asked.outgoing.complete(response.id)
            && let Ok(Value::Array(mut values)) = response.response_result
        {
            self.layers[1] = values.drain(..).next().unwrap_or_default();
            self.settle_settings();
        }
    }

    // ---- beginning

    fn initialize(&mut self, params: Value) -> Answer {
        let Some(capabilities) = params.get("capabilities").filter(|value| value.is_object()) else {
            return fail(ErrorCode::InvalidParams, "`initialize` needs `capabilities`");
        };
        self.workspace.client = Client::read(capabilities);
        self.workspace.analyzer.roots = roots(&params);
        let given = params.get("initializationOptions").cloned().unwrap_or_default();
        self.layers[0] = given.get("dfopt").cloned().unwrap_or(given);
        self.phase = Phase::Running;
        self.settle_settings();
        value(self.workspace.client.welcome())
    }

    fn register(&mut self) {
        let registrations = self.workspace.client.registrations();
        if !registrations.is_empty() {
            self.ask("client/registerCapability", json!({ "registrations": registrations }), Asked::Other);
        }
    }

    fn ask(&mut self, method: &str, params: Value, what: Asked) {
        let request = self.asked.outgoing.register(method.to_owned(), params, what);
        self.out.push(Message::from(request).into());
    }

    fn tell(&mut self, method: &str, typ: MessageType, message: String) {
        self.notify(method, ShowMessageParams { typ, message });
    }

    fn notify(&mut self, method: &str, params: impl Serialize) {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.out.push(Message::from(Notification { method: method.to_owned(), params }).into());
    }

    // ---- settings

    fn ask_settings(&mut self) {
        if self.workspace.client.configuration {
            self.ask("workspace/configuration", json!({ "items": [{ "section": "dfopt" }] }), Asked::Settings);
        }
    }

    fn settings_changed(&mut self, params: DidChangeConfigurationParams) {
        if self.workspace.client.configuration {
            self.ask_settings();
        } else if let Some(given) = params.settings.get("dfopt") {
            self.layers[1] = given.clone();
            self.settle_settings();
        }
    }

    fn settle_settings(&mut self) {
        let [first, then] = &self.layers;
        let read = Settings::read(&[first, then]);
        if let Err(message) = &read {
            let message = format!("{message}; dfopt leaves everything alone until this is mended");
            self.tell("window/showMessage", MessageType::ERROR, message);
        }
        self.workspace.analyzer.settings = read.ok();
        self.mark_all_dirty();
    }

    fn folders_changed(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let place = |folder: &crate::lsp::protocol::WorkspaceFolder| path_of(&folder.uri);
        let removed: Vec<_> = params.event.removed.iter().filter_map(place).collect();
        self.workspace.analyzer.roots.retain(|root| !removed.contains(root));
        self.workspace.analyzer.roots.extend(params.event.added.iter().filter_map(place));
        self.mark_all_dirty();
    }

    // ---- texts

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let name = params.text_document.uri.as_str().to_owned();
        if let Some(reason) = self.workspace.open(params) {
            let message = format!("{name}: a template ({reason}), left alone");
            self.tell("window/logMessage", MessageType::INFO, message);
        }
        self.dirty.insert(name);
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Failure> {
        let name = params.text_document.uri.as_str().to_owned();
        let changed = self.workspace.change(params);
        if self.workspace.is_open(&name) {
            self.dirty.insert(name);
        }
        changed
    }

    fn close(&mut self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.dirty.remove(uri.as_str());
        self.failed.remove(uri.as_str());
        if self.workspace.close(&uri) {
            self.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
        }
    }

    fn mark_all_dirty(&mut self) {
        self.workspace.forget_all();
        self.dirty.extend(self.workspace.names().cloned());
    }

    /// The edits of formatting as an answer; faults are told besides.
    fn formatted(&mut self, formatted: Result<Formatted, Failure>) -> Answer {
        let (edits, bugs) = formatted?;
        for Bug { id, what } in bugs {
            let message = match id {
                Bug::PIPELINE => format!("{what}, so it was left as it is; please report it"),
                id => format!("`{id}`: {what}; its work was thrown away, please report it"),
            };
            self.tell("window/logMessage", MessageType::ERROR, message);
        }
        value(edits)
    }

    // ---- marks

    fn publish_next(&mut self) {
        let Some((params, panicked)) = self.dirty.pop_first().and_then(|name| self.workspace.marks(&name)) else {
            return;
        };
        let name = params.uri.as_str().to_owned();
        if !panicked {
            self.failed.remove(&name);
        } else if self.failed.insert(name.clone()) {
            let message = format!("{name}: {}", panicked_message());
            self.tell("window/showMessage", MessageType::ERROR, message);
        }
        self.publish(params);
    }

    fn publish(&mut self, params: PublishDiagnosticsParams) {
        self.notify("textDocument/publishDiagnostics", params);
    }
}

/// The request that a message withdraws.
fn withdrawn(incoming: &Incoming) -> Option<RequestId> {
    match incoming {
        Incoming::Message(Message::Notification(note)) if note.method == "$/cancelRequest" => {
            serde_json::from_value(note.params.get("id")?.clone()).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
