//! The conversation with one client: what it may say when, and what is answered. Takes messages and gives messages; bytes and
//! streams are not known here.
//!
//! Messages are taken in order, each request against the text that the client had when it asked. A request that is withdrawn
//! while it waits is not answered with work. Marks are published when nothing else waits, so that a fast typist gets those
//! of the last state.

use crate::lsp::analysis::{Analyze, Analyzer, Nothing, Optimize, Task};
use crate::lsp::document::Document;
use crate::lsp::protocol::{
    Client, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Diagnostic,
    DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentFormattingParams, ErrorCode, FIX_ALL, HoverParams,
    Message, MessageType, Notification, PublishDiagnosticsParams, ReqQueue, Request, RequestId, Response,
    ResponseError, ShowMessageParams, TextEdit, Uri, WillSaveTextDocumentParams, path_of, roots,
};
use crate::lsp::render::{Render, Ticket};
use crate::lsp::settings::{LEVEL, Settings};
use crate::lsp::wire::{self, Incoming, Outgoing};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

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

/// An error to be answered.
struct Failure(ErrorCode, String);

type Answer = Result<Value, Failure>;

/// One conversation.
pub struct Server {
    phase: Phase,
    exit: Option<u8>,
    client: Client,
    analyzer: Analyzer,
    /// Settings in layers: those of `initialize`, and those that came later.
    layers: [Value; 2],
    documents: HashMap<String, Document>,
    queue: VecDeque<Incoming>,
    dirty: BTreeSet<String>,
    /// Texts on which dfopt failed, which was told.
    failed: HashSet<String>,
    asked: ReqQueue<(), Asked>,
    out: Vec<Outgoing>,
}

impl Default for Server {
    fn default() -> Server {
        Server::new(crate::optimize, crate::analyze)
    }
}

impl Server {
    pub(crate) fn new(optimize: Optimize, analyze: Analyze) -> Server {
        Server {
            phase: Phase::New,
            exit: None,
            client: Client::default(),
            analyzer: Analyzer { settings: Some(Settings::default()), roots: Vec::new(), optimize, analyze },
            layers: [Value::Null, Value::Null],
            documents: HashMap::new(),
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
            (Phase::Running, "textDocument/formatting") => self.formatting(params),
            (Phase::Running, "textDocument/willSaveWaitUntil") => self.will_save(params),
            (Phase::Running, "textDocument/codeAction") => self.code_actions(params),
            (Phase::Running, "codeAction/resolve") => self.resolve(params),
            (Phase::Running, "textDocument/hover") => self.hover(params),
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
        self.client = Client::read(capabilities);
        self.analyzer.roots = roots(&params);
        let given = params.get("initializationOptions").cloned().unwrap_or_default();
        self.layers[0] = given.get("dfopt").cloned().unwrap_or(given);
        self.phase = Phase::Running;
        self.settle_settings();
        value(self.client.welcome())
    }

    fn register(&mut self) {
        let registrations = self.client.registrations();
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
        if self.client.configuration {
            self.ask("workspace/configuration", json!({ "items": [{ "section": "dfopt" }] }), Asked::Settings);
        }
    }

    fn settings_changed(&mut self, params: DidChangeConfigurationParams) {
        if self.client.configuration {
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
        self.analyzer.settings = read.ok();
        self.mark_all_dirty();
    }

    fn folders_changed(&mut self, params: DidChangeWorkspaceFoldersParams) {
        let place = |folder: &crate::lsp::protocol::WorkspaceFolder| path_of(&folder.uri);
        let removed: Vec<_> = params.event.removed.iter().filter_map(place).collect();
        self.analyzer.roots.retain(|root| !removed.contains(root));
        self.analyzer.roots.extend(params.event.added.iter().filter_map(place));
        self.mark_all_dirty();
    }

    // ---- texts

    fn open(&mut self, params: DidOpenTextDocumentParams) {
        let item = params.text_document;
        let name = item.uri.as_str().to_owned();
        let document = Document::new(item.uri, item.version, item.text);
        if let Err(Nothing::Template(reason)) = self.analyzer.task(&document) {
            let message = format!("{name}: a template ({reason}), left alone");
            self.tell("window/logMessage", MessageType::INFO, message);
        }
        self.dirty.insert(name.clone());
        self.documents.insert(name, document);
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Failure> {
        let name = params.text_document.uri.as_str();
        let document = self.documents.get_mut(name).ok_or_else(|| not_open(name))?;
        self.dirty.insert(name.to_owned());
        let (version, changes) = (params.text_document.version, params.content_changes);
        let changed = document.change(version, changes, self.client.encoding);
        changed.map_err(|message| Failure(ErrorCode::InvalidParams, message))
    }

    fn close(&mut self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.dirty.remove(uri.as_str());
        self.failed.remove(uri.as_str());
        if self.documents.remove(uri.as_str()).is_some() {
            self.publish(PublishDiagnosticsParams { uri, diagnostics: Vec::new(), version: None });
        }
    }

    fn document(&self, uri: &Uri) -> Result<&Document, Failure> {
        self.documents.get(uri.as_str()).ok_or_else(|| not_open(uri.as_str()))
    }

    fn mark_all_dirty(&mut self) {
        self.dirty.extend(self.documents.keys().cloned());
    }

    // ---- marks

    fn publish_next(&mut self) {
        let Some(document) = self.dirty.pop_first().and_then(|name| self.documents.get(&name)) else { return };
        let (uri, version) = (document.uri.clone(), Some(document.version));
        let (diagnostics, panicked) = match self.diagnostics(document) {
            Ok(diagnostics) => (diagnostics, false),
            Err(nothing) => (Vec::new(), nothing == Nothing::Panicked),
        };
        if !panicked {
            self.failed.remove(uri.as_str());
        } else if self.failed.insert(uri.as_str().to_owned()) {
            let message = format!("{}: {}", uri.as_str(), panicked_message());
            self.tell("window/showMessage", MessageType::ERROR, message);
        }
        self.publish(PublishDiagnosticsParams { uri, diagnostics, version });
    }

    fn publish(&mut self, params: PublishDiagnosticsParams) {
        self.notify("textDocument/publishDiagnostics", params);
    }

    fn diagnostics(&self, document: &Document) -> Result<Vec<Diagnostic>, Nothing> {
        let task = self.analyzer.task(document);
        let render = self.render(document, task.as_ref().ok()).ok_or(Nothing::Off)?;
        match task.and_then(|task| self.analyzer.analyze(&task)) {
            Ok(analysis) => Ok(render.diagnostics(&analysis)),
            Err(Nothing::NoText(error)) => Ok(vec![render.no_text(&error)]),
            Err(Nothing::Config(message)) => Ok(vec![render.trouble(&message)]),
            Err(nothing) => Err(nothing),
        }
    }

    fn render<'a>(&'a self, document: &'a Document, task: Option<&Task>) -> Option<Render<'a>> {
        let level = task.map_or(LEVEL, |task| task.options.level);
        Some(Render::new(&self.client, document, self.analyzer.settings.as_ref()?, level))
    }

    // ---- requests

    fn formatting(&mut self, params: Value) -> Answer {
        let params: DocumentFormattingParams = read(params)?;
        value(self.format(&params.text_document.uri)?)
    }

    fn will_save(&mut self, params: Value) -> Answer {
        let params: WillSaveTextDocumentParams = read(params)?;
        let wanted = self.analyzer.settings.as_ref().is_some_and(|settings| settings.format_on_save);
        value(if wanted { self.format(&params.text_document.uri)? } else { None })
    }

    /// The edits of formatting; nothing where the text is to be left alone.
    fn format(&mut self, uri: &Uri) -> Result<Option<Vec<TextEdit>>, Failure> {
        let document = self.document(uri)?;
        let seen = self.analyzer.task(document).and_then(|task| Ok((self.analyzer.outcome(&task)?, task)));
        let (outcome, task) = match seen {
            Ok(seen) => seen,
            Err(nothing) => return failure(nothing).map(|()| None),
        };
        let edits = self.render(document, Some(&task)).map(|render| render.text_edits(&outcome.text));
        for bug in &outcome.bugs {
            let message = format!("`{}`: {}; its work was thrown away, please report it", bug.id, bug.what);
            self.tell("window/logMessage", MessageType::ERROR, message);
        }
        Ok(edits.filter(|_| outcome.errors.is_empty()))
    }

    fn code_actions(&mut self, params: Value) -> Answer {
        let params: CodeActionParams = read(params)?;
        let document = self.document(&params.text_document.uri)?;
        let task = match self.analyzer.task(document) {
            Ok(task) if self.client.code_actions => task,
            Ok(_) => return Ok(Value::Null),
            Err(nothing) => return failure(nothing).map(|()| Value::Null),
        };
        let Some(render) = self.render(document, Some(&task)) else { return Ok(Value::Null) };
        let wants = |kind: &CodeActionKind| match &params.context.only {
            Some(only) => only.iter().any(|wanted| is_kind(kind, wanted)),
            None => true,
        };
        let mut actions = Vec::new();
        if wants(&CodeActionKind::QUICKFIX) {
            let at = render.lines.span(params.range);
            self.quick_fixes(&task, &render, (at.start, at.end), &mut actions)?;
        }
        if wants(&FIX_ALL) {
            actions.extend(self.fix_all(&task, &render)?);
        }
        value(actions.into_iter().map(CodeActionOrCommand::from).collect::<Vec<_>>())
    }

    /// The actions for the rewrites that touch a place.
    fn quick_fixes(
        &self,
        task: &Task,
        render: &Render,
        (start, end): (u32, u32),
        out: &mut Vec<CodeAction>,
    ) -> Result<(), Failure> {
        let analysis = match self.analyzer.analyze(task) {
            Ok(analysis) => analysis,
            Err(nothing) => return failure(nothing),
        };
        for offer in render.offers(&analysis) {
            let at = offer.span();
            if at.start <= end && start <= at.end {
                let mut action = render.action(offer);
                if !self.client.resolve {
                    let Ok(new) = self.analyzer.alone(&task.source, offer) else { continue };
                    action.edit = Some(render.edit(&new, &offer.rewrite));
                }
                out.push(action);
            }
        }
        Ok(())
    }

    /// The action for all that formatting does, where it does something.
    fn fix_all(&self, task: &Task, render: &Render) -> Result<Option<CodeAction>, Failure> {
        // the whole work is done for who asks for it; that there is some, one look shows
        if self.client.resolve {
            let analysis = match self.analyzer.analyze(task) {
                Ok(analysis) => analysis,
                Err(nothing) => return failure(nothing).map(|()| None),
            };
            let some = analysis.offers.iter().any(|offer| offer.rewrite.level <= task.options.level);
            return Ok(some.then(|| render.fix_all()));
        }
        let outcome = match self.analyzer.outcome(task) {
            Ok(outcome) if task.source.text() != outcome.text => outcome,
            Ok(_) => return Ok(None),
            Err(nothing) => return failure(nothing).map(|()| None),
        };
        Ok(Some(CodeAction { edit: Some(render.edit_all(&outcome)), ..render.fix_all() }))
    }

    fn resolve(&mut self, params: Value) -> Answer {
        let action: CodeAction = read(params)?;
        let ticket: Ticket = read(action.data.clone().unwrap_or_default())?;
        let document = self.documents.get(&ticket.uri).ok_or_else(|| not_open(&ticket.uri))?;
        let gone = || Failure(ErrorCode::ContentModified, "the text is another by now; ask again".to_owned());
        if document.version != ticket.version {
            return Err(gone());
        }
        let left = |nothing| nothing_left(nothing, gone);
        let task = self.analyzer.task(document).map_err(left)?;
        let render = self.render(document, Some(&task)).ok_or_else(gone)?;
        let edit = if ticket.id.is_none() {
            render.edit_all(&self.analyzer.outcome(&task).map_err(left)?)
        } else {
            let analysis = self.analyzer.analyze(&task).map_err(left)?;
            let offer = render.offers(&analysis).find(|offer| ticket.means(&offer.rewrite)).ok_or_else(gone)?;
            let new = self.analyzer.alone(&task.source, offer).map_err(left)?;
            render.edit(&new, &offer.rewrite)
        };
        value(CodeAction { edit: Some(edit), ..action })
    }

    fn hover(&mut self, params: Value) -> Answer {
        let params: HoverParams = read(params)?;
        let params = params.text_document_position_params;
        let document = self.document(&params.text_document.uri)?;
        let Some(render) = self.render(document, None) else { return Ok(Value::Null) };
        let marks = match self.diagnostics(document) {
            Ok(marks) => marks,
            Err(nothing) => return failure(nothing).map(|()| Value::Null),
        };
        value(render.hover(&marks, render.lines.offset(params.position)))
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

/// Whether a kind is another one, or below it: `source.fixAll.dfopt` is a `source`.
fn is_kind(kind: &CodeActionKind, wanted: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(wanted.as_str());
    rest.is_some_and(|rest| rest.is_empty() || wanted.as_str().is_empty() || rest.starts_with('.'))
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| Failure(ErrorCode::InvalidParams, error.to_string()))
}

fn value(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer).map_err(|error| Failure(ErrorCode::InternalError, error.to_string()))
}

fn fail(code: ErrorCode, message: impl Into<String>) -> Answer {
    Err(Failure(code, message.into()))
}

fn not_open(name: &str) -> Failure {
    Failure(ErrorCode::InvalidParams, format!("`{name}` is not open; send `textDocument/didOpen` first"))
}

fn panicked_message() -> String {
    "dfopt panicked, and left the file alone; please report it with the file".to_owned()
}

/// Whether that there is nothing to say is an error: it is none where a text is left alone on purpose.
fn failure(nothing: Nothing) -> Result<(), Failure> {
    let gone = || Failure(ErrorCode::ContentModified, "the text is not known any more; open the file again".to_owned());
    match nothing {
        Nothing::Off | Nothing::Template(_) | Nothing::Excluded | Nothing::Config(_) | Nothing::NoText(_) => Ok(()),
        nothing => Err(nothing_left(nothing, gone)),
    }
}

/// The error where something was promised and now there is nothing.
fn nothing_left(nothing: Nothing, gone: impl Fn() -> Failure) -> Failure {
    match nothing {
        Nothing::Panicked => Failure(ErrorCode::InternalError, panicked_message()),
        Nothing::Unsound(bug) => {
            let message = format!("`{}`: {}; the rewrite was thrown away, please report it", bug.id, bug.what);
            Failure(ErrorCode::InternalError, message)
        }
        _ => gone(),
    }
}

#[cfg(test)]
mod tests;
