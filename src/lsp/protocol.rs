//! The words of the Language Server Protocol: the only module that names the crates in which they are written down, so that
//! another crate can take their place. Knows what the client can do and what this server offers; not how it is done.

pub use ls_types::{
    AnnotatedTextEdit, ChangeAnnotation, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, Diagnostic,
    DiagnosticSeverity, DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DocumentChanges, DocumentFormattingParams, Hover,
    HoverContents, HoverParams, MarkupContent, MarkupKind, MessageType, NumberOrString, OneOf,
    OptionalVersionedTextDocumentIdentifier, Position, PublishDiagnosticsParams, Range, ShowMessageParams,
    TextDocumentContentChangeEvent, TextDocumentEdit, TextEdit, Uri, WillSaveTextDocumentParams, WorkspaceEdit,
    WorkspaceFolder,
};
pub use lsp_server::{ErrorCode, Message, Notification, ReqQueue, Request, RequestId, Response, ResponseError};

use ls_types::{
    CodeActionOptions, CodeActionProviderCapability, HoverProviderCapability, InitializeResult, PositionEncodingKind,
    SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};
use serde_json::{Value, json};
use std::path::PathBuf;

/// How columns are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// In bytes.
    Utf8,
    /// In units of UTF-16: what every client can.
    #[default]
    Utf16,
}

/// All rewrites that formatting makes, as one code action.
pub const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.dfopt");

/// What the client said that it can do. What it did not say in the expected form, it can't.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// How columns are counted: in bytes where the client can, as the protocol's default otherwise.
    pub encoding: Encoding,
    /// Edits may name the version that they are for.
    pub document_changes: bool,
    /// Edits may say what they are.
    pub annotations: bool,
    /// Code actions may be objects at all.
    pub code_actions: bool,
    /// Code actions may get their edit later.
    pub resolve: bool,
    /// Pages may be Markdown.
    pub markdown: bool,
    /// Settings can be asked for.
    pub configuration: bool,
    /// It wants to be asked to tell of changed settings.
    pub register_configuration: bool,
    /// It can watch files.
    pub register_watchers: bool,
}

impl Client {
    /// Reads the `capabilities` of the request `initialize`.
    pub fn read(capabilities: &Value) -> Client {
        let yes = |path: &str| capabilities.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        let holds = |path: &str, word: &str| {
            let list = capabilities.pointer(path).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|value| value == word))
        };
        let action = "/textDocument/codeAction";
        let resolves = holds(&format!("{action}/resolveSupport/properties"), "edit");
        Client {
            encoding: match holds("/general/positionEncodings", "utf-8") {
                true => Encoding::Utf8,
                false => Encoding::Utf16,
            },
            document_changes: yes("/workspace/workspaceEdit/documentChanges"),
            annotations: capabilities.pointer("/workspace/workspaceEdit/changeAnnotationSupport").is_some()
                && yes(&format!("{action}/honorsChangeAnnotations")),
            code_actions: capabilities.pointer(&format!("{action}/codeActionLiteralSupport")).is_some(),
            resolve: resolves && yes(&format!("{action}/dataSupport")),
            markdown: holds("/textDocument/hover/contentFormat", "markdown"),
            configuration: yes("/workspace/configuration"),
            register_configuration: yes("/workspace/didChangeConfiguration/dynamicRegistration"),
            register_watchers: yes("/workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }

    /// What the server answers to `initialize`.
    pub fn welcome(&self) -> InitializeResult {
        let kinds = vec![CodeActionKind::QUICKFIX, FIX_ALL];
        let actions = CodeActionOptions {
            code_action_kinds: Some(kinds),
            resolve_provider: Some(self.resolve),
            ..CodeActionOptions::default()
        };
        let folders =
            WorkspaceFoldersServerCapabilities { supported: Some(true), change_notifications: Some(OneOf::Left(true)) };
        let capabilities = ServerCapabilities {
            position_encoding: Some(match self.encoding {
                Encoding::Utf8 => PositionEncodingKind::UTF8,
                Encoding::Utf16 => PositionEncodingKind::UTF16,
            }),
            text_document_sync: Some(TextDocumentSyncCapability::Options(sync())),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            code_action_provider: Some(CodeActionProviderCapability::Options(actions)),
            document_formatting_provider: Some(OneOf::Left(true)),
            workspace: Some(WorkspaceServerCapabilities { workspace_folders: Some(folders), ..Default::default() }),
            ..ServerCapabilities::default()
        };
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        InitializeResult {
            capabilities,
            server_info: Some(ServerInfo { name: "dfopt".to_owned(), version }),
            ..InitializeResult::default()
        }
    }

    /// What the client is asked to tell of, where it wants to be asked.
    pub fn registrations(&self) -> Vec<Value> {
        let mut out = Vec::new();
        if self.register_configuration {
            let options = json!({ "section": "dfopt" });
            let method = "workspace/didChangeConfiguration";
            out.push(json!({ "id": "dfopt-settings", "method": method, "registerOptions": options }));
        }
        if self.register_watchers {
            let watchers: Vec<Value> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
            let method = "workspace/didChangeWatchedFiles";
            out.push(json!({ "id": "dfopt-files", "method": method, "registerOptions": { "watchers": watchers } }));
        }
        out
    }
}

/// The files besides texts on which something depends: ignore files, configurations, and those that say how images are built.
const WATCHED: &[&str] = &[
    "**/.dockerignore",
    "**/*.dockerignore",
    "**/.containerignore",
    "**/dfopt.toml",
    "**/.editorconfig",
    "**/*compose*.{yaml,yml}",
    "**/.env",
    "**/*bake*.{hcl,json}",
    "**/.github/workflows/*.{yaml,yml}",
    "**/.gitlab-ci.yml",
    "**/{Makefile,makefile,GNUmakefile,*.mk}",
    "**/skaffold.{yaml,yml}",
    "**/{devcontainer,.devcontainer}.json",
];

fn sync() -> TextDocumentSyncOptions {
    TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::INCREMENTAL),
        will_save: None,
        will_save_wait_until: Some(true),
        save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
    }
}

/// The place of a file on this disk; `None` for what an editor holds elsewhere (`untitled:`, a remote file).
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let local = uri.scheme().as_str().eq_ignore_ascii_case("file");
    local.then(|| uri.to_file_path()).flatten().map(|path| path.into_owned())
}

/// The name of a file, wherever it is held.
pub fn name_of(uri: &Uri) -> PathBuf {
    path_of(uri).unwrap_or_else(|| PathBuf::from(uri.path().as_str()))
}

/// The folders that the editor has open, as `initialize` tells them.
pub fn roots(params: &Value) -> Vec<PathBuf> {
    let place = |uri: &Value| uri.as_str()?.parse().ok().as_ref().and_then(path_of);
    match params.get("workspaceFolders").and_then(Value::as_array) {
        Some(folders) => folders.iter().filter_map(|folder| place(folder.get("uri")?)).collect(),
        None => params.get("rootUri").and_then(place).into_iter().collect(),
    }
}
