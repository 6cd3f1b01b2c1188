//! What dfopt says, in the protocol's words: diagnostics, code actions, edits, pages. Decides nothing about Dockerfiles.

use crate::engine::{Advice, Analysis, Applied, Level, Offer, Outcome, Refused};
use crate::lsp::document::Document;
use crate::lsp::minimal;
use crate::lsp::position::Lines;
use crate::lsp::protocol::{
    AnnotatedTextEdit, ChangeAnnotation, Client, CodeAction, CodeActionKind, Diagnostic, DiagnosticSeverity,
    DocumentChanges, FIX_ALL, Hover, HoverContents, MarkupContent, MarkupKind, NumberOrString, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, WorkspaceEdit,
};
use crate::lsp::settings::Settings;
use crate::syntax::SyntaxError;
use crate::text::{SourceError, Span};
use crate::transforms::PIPELINE;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;

/// What a client sends back to get the edit of an action, or to say which one it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Of which text.
    pub uri: String,
    /// In which state.
    pub version: i32,
    /// Which transform; all of formatting where there is none.
    pub id: Option<String>,
    /// Where.
    pub start: u32,
    /// Up to where.
    pub end: u32,
    /// The rewrite's title.
    pub title: String,
}

impl Ticket {
    /// The ticket of everything that formatting does.
    pub fn all(document: &Document) -> Ticket {
        let (uri, version) = (document.uri.as_str().to_owned(), document.version);
        Ticket { uri, version, id: None, start: 0, end: 0, title: String::new() }
    }

    /// The ticket of one rewrite.
    pub fn one(document: &Document, rewrite: &Applied) -> Ticket {
        let Span { start, end } = rewrite.at;
        let (id, title) = (Some(rewrite.id.to_owned()), rewrite.title.clone());
        Ticket { id, start, end, title, ..Ticket::all(document) }
    }

    /// Whether this is the ticket of a rewrite.
    pub fn means(&self, rewrite: &Applied) -> bool {
        let at = Span { start: self.start, end: self.end };
        self.id.as_deref() == Some(rewrite.id) && self.title == rewrite.title && at == rewrite.at
    }
}

/// Renders for one client and one text.
pub struct Render<'a> {
    /// What the client can do.
    pub client: &'a Client,
    /// The text.
    pub document: &'a Document,
    /// What the editor wants to see.
    pub settings: &'a Settings,
    /// What formatting makes.
    pub level: Level,
    /// The lines of the text.
    pub lines: Lines<'a>,
}

impl<'a> Render<'a> {
    /// Prepares to render.
    pub fn new(client: &'a Client, document: &'a Document, settings: &'a Settings, level: Level) -> Render<'a> {
        Render { client, document, settings, level, lines: Lines::new(document.text(), client.encoding) }
    }

    /// All that is marked in the text.
    pub fn diagnostics(&self, analysis: &Analysis) -> Vec<Diagnostic> {
        let mut out: Vec<Diagnostic> = analysis.errors.iter().map(|error| self.error(error)).collect();
        if self.settings.rewrites {
            out.extend(self.offers(analysis).map(|offer| self.rewrite(&offer.rewrite)));
        }
        if self.settings.advice {
            out.extend(analysis.advice.iter().map(|advice| self.advice(advice)));
        }
        if self.settings.refusals {
            out.extend(analysis.refused.iter().map(|refused| self.refused(refused)));
        }
        let left = analysis.left_alone.iter();
        out.extend(left.map(|left| self.mark(left.at, DiagnosticSeverity::INFORMATION, None, left.why.clone())));
        out.sort_by_key(|diagnostic| (diagnostic.range.start, diagnostic.severity));
        out
    }

    /// What is offered at most, as the settings want it.
    pub fn offers<'b>(&self, analysis: &'b Analysis) -> impl Iterator<Item = &'b Offer> {
        let most = self.settings.offer.max(self.level);
        analysis.offers.iter().filter(move |offer| offer.rewrite.level <= most)
    }

    /// The mark of a text that dfopt does not take.
    pub fn no_text(&self, error: &SourceError) -> Diagnostic {
        let at = match error {
            SourceError::Nul(_) => self.document.text().find('\0').unwrap_or_default(),
            _ => 0,
        };
        self.mark(Span::at(at), DiagnosticSeverity::ERROR, None, error.to_string())
    }

    /// The mark of a text about which nothing can be said for now.
    pub fn trouble(&self, message: &str) -> Diagnostic {
        self.mark(Span::at(0), DiagnosticSeverity::WARNING, None, message.to_owned())
    }

    fn error(&self, error: &SyntaxError) -> Diagnostic {
        self.mark(error.span, DiagnosticSeverity::ERROR, None, error.message.clone())
    }

    /// The mark of a rewrite: weaker where formatting would not make it.
    pub fn rewrite(&self, rewrite: &Applied) -> Diagnostic {
        let made = rewrite.level <= self.level;
        let severity = if made { DiagnosticSeverity::INFORMATION } else { DiagnosticSeverity::HINT };
        let mut message = lines(&[&rewrite.title, &rewrite.reason]);
        rewrite.notes.iter().for_each(|note| message += &format!("\nnote: {note}"));
        let mut mark = self.mark(rewrite.at, severity, Some(rewrite.id), message);
        mark.data = Some(json!({ "kind": "rewrite", "level": rewrite.level }));
        mark
    }

    fn advice(&self, advice: &Advice) -> Diagnostic {
        let message = lines(&[&advice.title, &advice.reason]);
        let mut mark = self.mark(advice.at, DiagnosticSeverity::INFORMATION, Some(advice.id), message);
        mark.data = Some(json!({ "kind": "advice" }));
        mark
    }

    fn refused(&self, refused: &Refused) -> Diagnostic {
        let message = format!("left alone: {}: {}", refused.code, refused.reason);
        let mut mark = self.mark(refused.at, DiagnosticSeverity::HINT, Some(refused.id), message);
        mark.data = Some(json!({ "kind": "refusal", "refusal": refused.code }));
        mark
    }

    /// A mark on the first line of what it speaks of: the whole of a long RUN underlined would hide the rest.
    fn mark(&self, at: Span, severity: DiagnosticSeverity, id: Option<&str>, message: String) -> Diagnostic {
        Diagnostic {
            range: self.lines.first_line(at),
            severity: Some(severity),
            code: id.map(|id| NumberOrString::String(id.to_owned())),
            source: Some("dfopt".to_owned()),
            message,
            ..Diagnostic::default()
        }
    }

    /// The action for one rewrite, without its edit.
    pub fn action(&self, offer: &Offer) -> CodeAction {
        let rewrite = &offer.rewrite;
        let within = rewrite.level <= self.level;
        let level = if within { String::new() } else { format!(", {}", rewrite.level) };
        CodeAction {
            title: format!("{} ({}{level})", rewrite.title, rewrite.id),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![self.rewrite(rewrite)]),
            is_preferred: Some(within),
            data: serde_json::to_value(Ticket::one(self.document, rewrite)).ok(),
            ..CodeAction::default()
        }
    }

    /// The action for everything that formatting does, without its edit.
    pub fn fix_all(&self) -> CodeAction {
        CodeAction {
            title: format!("make all {} rewrites (dfopt)", self.level),
            kind: Some(FIX_ALL),
            data: serde_json::to_value(Ticket::all(self.document)).ok(),
            ..CodeAction::default()
        }
    }

    /// The edits that make another text of this one.
    pub fn text_edits(&self, new: &str) -> Vec<TextEdit> {
        let edits = minimal::edits(self.document.text(), new);
        edits.into_iter().map(|edit| TextEdit { range: self.lines.range(edit.span), new_text: edit.text }).collect()
    }

    /// The edit of one rewrite, with its reason where the client shows it.
    pub fn edit(&self, new: &str, rewrite: &Applied) -> WorkspaceEdit {
        let note = ChangeAnnotation {
            label: rewrite.title.clone(),
            description: Some(rewrite.reason.clone()).filter(|reason| !reason.is_empty()),
            needs_confirmation: Some(rewrite.level == Level::Aggressive),
        };
        self.workspace_edit(new, Some(note).filter(|_| self.client.annotations))
    }

    /// The edit of everything that formatting does.
    pub fn edit_all(&self, outcome: &Outcome) -> WorkspaceEdit {
        self.workspace_edit(&outcome.text, None)
    }

    /// An edit for this version where the client knows versions.
    fn workspace_edit(&self, new: &str, note: Option<ChangeAnnotation>) -> WorkspaceEdit {
        let (uri, edits) = (self.document.uri.clone(), self.text_edits(new));
        if !self.client.document_changes {
            return WorkspaceEdit { changes: Some(HashMap::from([(uri, edits)])), ..WorkspaceEdit::default() };
        }
        let name = "dfopt".to_owned();
        let edits = edits.into_iter().map(|text_edit| match note {
            Some(_) => OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: name.clone() }),
            None => OneOf::Left(text_edit),
        });
        let version = Some(self.document.version);
        let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
        let change = TextDocumentEdit { text_document, edits: edits.collect() };
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![change])),
            change_annotations: note.map(|note| HashMap::from([(name, note)])),
            ..WorkspaceEdit::default()
        }
    }

    /// What is said of a place: what is marked there, each with the page of its transform.
    pub fn hover(&self, marks: &[Diagnostic], at: usize) -> Option<Hover> {
        let here = |mark: &&Diagnostic| {
            let span = self.lines.span(mark.range);
            span.start as usize <= at && at <= span.end as usize
        };
        let marks: Vec<&Diagnostic> = marks.iter().filter(here).filter(|mark| mark.code.is_some()).collect();
        let mut text: Vec<String> = marks.iter().map(|mark| mark.message.replace('\n', "\n\n")).collect();
        let mut pages: Vec<&str> = marks.iter().filter_map(|mark| page(mark)).collect();
        pages.dedup();
        text.extend(pages.into_iter().map(without_comments));
        let range: Range = marks.first()?.range;
        let kind = if self.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        let contents = HoverContents::Markup(MarkupContent { kind, value: text.join("\n\n---\n\n") });
        Some(Hover { contents, range: Some(range) })
    }
}

fn lines(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

fn page(mark: &Diagnostic) -> Option<&'static str> {
    let Some(NumberOrString::String(id)) = &mark.code else { return None };
    PIPELINE.iter().map(|transform| transform.meta()).find(|meta| meta.id == *id).map(|meta| meta.page)
}

/// A page without the marks that only its tests read.
fn without_comments(page: &str) -> String {
    page.lines().filter(|line| !line.starts_with("<!--")).map(|line| format!("{line}\n")).collect()
}
