//! The open texts, and what is answered about them: marks, formatting, code actions, hover. Takes and gives parameters and
//! results; the order of messages is not known here.
//!
//! What dfopt found in a text is kept for as long as the text and the settings stay: the marks that a keystroke made serve
//! the hover and the list of code actions that follow it. An edit is made from what stands on the disk at that moment.

use crate::engine::{Analysis, Bug, Memory};
use crate::lsp::analysis::{Analyze, Analyzer, Nothing, Optimize, Task};
use crate::lsp::answer::{Answer, Failure, failure, not_open, nothing_left, read, value};
use crate::lsp::document::Document;
use crate::lsp::protocol::{
    Client, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Diagnostic, DidChangeTextDocumentParams,
    DidOpenTextDocumentParams, DocumentFormattingParams, ErrorCode, FIX_ALL, HoverParams, PublishDiagnosticsParams,
    TextEdit, Uri, WillSaveTextDocumentParams,
};
use crate::lsp::render::{Render, Ticket};
use crate::lsp::settings::{LEVEL, Settings};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// The open texts of one client.
pub struct Workspace {
    /// What the client can do.
    pub client: Client,
    /// Settings, roots, and dfopt.
    pub analyzer: Analyzer,
    open: HashMap<String, OpenText>,
}

/// An open text and what was last found in it.
struct OpenText {
    document: Document,
    /// Of the text as it is, under the settings that are in force; nothing where it was not asked yet.
    found: RefCell<Option<Rc<Found>>>,
    /// What was read of it, for what it becomes.
    memory: RefCell<Memory>,
}

/// What dfopt was asked of a text, and what it found.
struct Found {
    task: Task,
    analysis: Analysis,
}

/// The edits of formatting, and the faults that were met on the way.
pub type Formatted = (Option<Vec<TextEdit>>, Vec<Bug>);

impl Workspace {
    /// One without texts.
    pub fn new(optimize: Optimize, analyze: Analyze) -> Workspace {
        let analyzer = Analyzer { settings: Some(Settings::default()), roots: Vec::new(), optimize, analyze };
        Workspace { client: Client::default(), analyzer, open: HashMap::new() }
    }

    /// The names of the open texts.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.open.keys()
    }

    /// Whether a text of that name is open.
    pub fn is_open(&self, name: &str) -> bool {
        self.open.contains_key(name)
    }

    /// Settings, directories or what stands on the disk changed: nothing that was found counts any more.
    pub fn forget_all(&mut self) {
        self.open.values_mut().for_each(|text| text.found = RefCell::default());
    }

    /// Takes a text in; says why it is left alone where it is a template.
    pub fn open(&mut self, params: DidOpenTextDocumentParams) -> Option<String> {
        let item = params.text_document;
        let document = Document::new(item.uri, item.version, item.text);
        let template = match self.analyzer.task(&document) {
            Err(Nothing::Template(reason)) => Some(reason),
            _ => None,
        };
        let name = document.uri.as_str().to_owned();
        self.open.insert(name, OpenText { document, found: RefCell::default(), memory: RefCell::default() });
        template
    }

    /// Changes an open text.
    pub fn change(&mut self, params: DidChangeTextDocumentParams) -> Result<(), Failure> {
        let name = params.text_document.uri.as_str();
        let text = self.open.get_mut(name).ok_or_else(|| not_open(name))?;
        text.found.take();
        let (version, changes) = (params.text_document.version, params.content_changes);
        let changed = text.document.change(version, changes, self.client.encoding);
        changed.map_err(|message| Failure(ErrorCode::InvalidParams, message))
    }

    /// Lets a text go; whether it was open.
    pub fn close(&mut self, uri: &Uri) -> bool {
        self.open.remove(uri.as_str()).is_some()
    }

    fn text(&self, uri: &Uri) -> Result<&OpenText, Failure> {
        self.open.get(uri.as_str()).ok_or_else(|| not_open(uri.as_str()))
    }

    /// What dfopt finds in a text, from what it found before where that still counts.
    fn found(&self, text: &OpenText) -> Result<Rc<Found>, Nothing> {
        if let Some(found) = text.found.borrow().as_ref() {
            return Ok(Rc::clone(found));
        }
        self.found_anew(text)
    }

    /// The same of the text and the files on the disk as they are now: what an edit is made from.
    fn found_anew(&self, text: &OpenText) -> Result<Rc<Found>, Nothing> {
        let task = self.analyzer.task(&text.document)?;
        let analysis = self.analyzer.analyze(&task, &mut text.memory.borrow_mut())?;
        let found = Rc::new(Found { task, analysis });
        *text.found.borrow_mut() = Some(Rc::clone(&found));
        Ok(found)
    }

    /// The marks of a text, and whether dfopt failed on it; `None` where no such text is open.
    pub fn marks(&self, name: &str) -> Option<(PublishDiagnosticsParams, bool)> {
        let text = self.open.get(name)?;
        let (uri, version) = (text.document.uri.clone(), Some(text.document.version));
        let (diagnostics, panicked) = match self.diagnostics(text) {
            Ok(diagnostics) => (diagnostics, false),
            Err(nothing) => (Vec::new(), nothing == Nothing::Panicked),
        };
        Some((PublishDiagnosticsParams { uri, diagnostics, version }, panicked))
    }

    fn diagnostics(&self, text: &OpenText) -> Result<Vec<Diagnostic>, Nothing> {
        let found = self.found(text);
        let task = found.as_ref().ok().map(|found| &found.task);
        let render = self.render(&text.document, task).ok_or(Nothing::Off)?;
        match found {
            Ok(found) => Ok(render.diagnostics(&found.analysis)),
            Err(Nothing::NoText(error)) => Ok(vec![render.no_text(&error)]),
            Err(Nothing::Config(message)) => Ok(vec![render.trouble(&message)]),
            Err(nothing) => Err(nothing),
        }
    }

    fn render<'a>(&'a self, document: &'a Document, task: Option<&Task>) -> Option<Render<'a>> {
        let level = task.map_or(LEVEL, |task| task.options.level);
        Some(Render::new(&self.client, document, self.analyzer.settings.as_ref()?, level))
    }

    /// The edits of formatting, as a request asks for them.
    pub fn formatting(&self, params: Value) -> Result<Formatted, Failure> {
        let params: DocumentFormattingParams = read(params)?;
        self.format(&params.text_document.uri)
    }

    /// The edits before saving, where the settings want them.
    pub fn before_saving(&self, params: Value) -> Result<Formatted, Failure> {
        let params: WillSaveTextDocumentParams = read(params)?;
        let wanted = self.analyzer.settings.as_ref().is_some_and(|settings| settings.format_on_save);
        if wanted { self.format(&params.text_document.uri) } else { Ok((None, Vec::new())) }
    }

    /// No edits where the text is to be left alone.
    fn format(&self, uri: &Uri) -> Result<Formatted, Failure> {
        let document = &self.text(uri)?.document;
        let seen = self.analyzer.task(document).and_then(|task| Ok((self.analyzer.outcome(&task)?, task)));
        let (outcome, task) = match seen {
            Ok(seen) => seen,
            Err(nothing) => return failure(nothing).map(|()| (None, Vec::new())),
        };
        let edits = self.render(document, Some(&task)).map(|render| render.text_edits(&outcome.text));
        Ok((edits.filter(|_| outcome.errors.is_empty()), outcome.bugs))
    }

    /// The actions at a place.
    pub fn code_actions(&self, params: Value) -> Answer {
        let params: CodeActionParams = read(params)?;
        let text = self.text(&params.text_document.uri)?;
        // those who can ask for an edit later get it made then
        let found = if self.client.resolve { self.found(text) } else { self.found_anew(text) };
        let found = match found {
            Ok(found) if self.client.code_actions => found,
            Ok(_) => return Ok(Value::Null),
            Err(nothing) => return failure(nothing).map(|()| Value::Null),
        };
        let Some(render) = self.render(&text.document, Some(&found.task)) else { return Ok(Value::Null) };
        let wants = |kind: &CodeActionKind| match &params.context.only {
            Some(only) => only.iter().any(|wanted| is_kind(kind, wanted)),
            None => true,
        };
        let mut actions = Vec::new();
        if wants(&CodeActionKind::QUICKFIX) {
            let at = render.lines.span(params.range);
            actions = self.quick_fixes(&found, &render, (at.start, at.end));
        }
        if wants(&FIX_ALL) {
            actions.extend(self.fix_all(&found, &render)?);
        }
        value(actions.into_iter().map(CodeActionOrCommand::from).collect::<Vec<_>>())
    }

    /// The actions for the rewrites that touch a place.
    fn quick_fixes(&self, found: &Found, render: &Render, (start, end): (u32, u32)) -> Vec<CodeAction> {
        let mut out = Vec::new();
        for offer in render.offers(&found.analysis) {
            let at = offer.span();
            if at.start <= end && start <= at.end {
                let mut action = render.action(offer);
                if !self.client.resolve {
                    let Ok(new) = self.analyzer.alone(&found.task.source, offer) else { continue };
                    action.edit = Some(render.edit(&new, &offer.rewrite));
                }
                out.push(action);
            }
        }
        out
    }

    /// The action for all that formatting does, where it does something.
    fn fix_all(&self, found: &Found, render: &Render) -> Result<Option<CodeAction>, Failure> {
        let Found { task, analysis } = found;
        // the whole work is done for who asks for it; that there is some, the analysis shows
        if self.client.resolve {
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

    /// The edits of an action that was given without them.
    pub fn resolve(&self, params: Value) -> Answer {
        let action: CodeAction = read(params)?;
        let ticket: Ticket = read(action.data.clone().unwrap_or_default())?;
        let text = self.open.get(&ticket.uri).ok_or_else(|| not_open(&ticket.uri))?;
        let gone = || Failure(ErrorCode::ContentModified, "the text is another by now; ask again".to_owned());
        if text.document.version != ticket.version {
            return Err(gone());
        }
        let left = |nothing| nothing_left(nothing, gone);
        let found = self.found_anew(text).map_err(left)?;
        let Found { task, analysis } = found.as_ref();
        let render = self.render(&text.document, Some(task)).ok_or_else(gone)?;
        let edit = if ticket.id.is_none() {
            render.edit_all(&self.analyzer.outcome(task).map_err(left)?)
        } else {
            let offer = render.offers(analysis).find(|offer| ticket.means(&offer.rewrite)).ok_or_else(gone)?;
            let new = self.analyzer.alone(&task.source, offer).map_err(left)?;
            render.edit(&new, &offer.rewrite)
        };
        value(CodeAction { edit: Some(edit), ..action })
    }

    /// The page of the transform that marked a place.
    pub fn hover(&self, params: Value) -> Answer {
        let params: HoverParams = read(params)?;
        let params = params.text_document_position_params;
        let text = self.text(&params.text_document.uri)?;
        let Some(render) = self.render(&text.document, None) else { return Ok(Value::Null) };
        let marks = match self.diagnostics(text) {
            Ok(marks) => marks,
            Err(nothing) => return failure(nothing).map(|()| Value::Null),
        };
        value(render.hover(&marks, render.lines.offset(params.position)))
    }
}

/// Whether a kind is another one, or below it: `source.fixAll.dfopt` is a `source`.
fn is_kind(kind: &CodeActionKind, wanted: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(wanted.as_str());
    rest.is_some_and(|rest| rest.is_empty() || wanted.as_str().is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_below_each_other() {
        let kind = |name: &'static str| CodeActionKind::new(name);
        for (wanted, yes) in [("", true), ("source", true), ("source.fixAll", true), ("source.fixAll.dfopt", true)]
            .into_iter()
            .chain([("source.fix", false), ("quickfix", false), ("source.fixAll.dfopt.x", false)])
        {
            assert_eq!(is_kind(&FIX_ALL, &kind(wanted)), yes, "{wanted}");
        }
    }
}
