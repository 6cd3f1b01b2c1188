//! What is answered to a request: a value, or an error with a code and a message for people.

use crate::lsp::analysis::Nothing;
use crate::lsp::protocol::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// An error to be answered.
#[derive(Debug)]
pub struct Failure(pub ErrorCode, pub String);

/// The answer to a request.
pub type Answer = Result<Value, Failure>;

/// The parameters of a message.
pub fn read<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|error| Failure(ErrorCode::InvalidParams, error.to_string()))
}

/// A value as an answer.
pub fn value(answer: impl Serialize) -> Answer {
    serde_json::to_value(answer).map_err(|error| Failure(ErrorCode::InternalError, error.to_string()))
}

/// An error as an answer.
pub fn fail(code: ErrorCode, message: impl Into<String>) -> Answer {
    Err(Failure(code, message.into()))
}

/// A text is asked about that is not open.
pub fn not_open(name: &str) -> Failure {
    Failure(ErrorCode::InvalidParams, format!("`{name}` is not open; send `textDocument/didOpen` first"))
}

/// What is told of a fault of dfopt.
pub fn panicked_message() -> String {
    "dfopt panicked, and left the file alone; please report it with the file".to_owned()
}

/// Whether that there is nothing to say is an error: it is none where a text is left alone on purpose.
pub fn failure(nothing: Nothing) -> Result<(), Failure> {
    let gone = || Failure(ErrorCode::ContentModified, "the text is not known any more; open the file again".to_owned());
    match nothing {
        Nothing::Off | Nothing::Template(_) | Nothing::Excluded | Nothing::Config(_) | Nothing::NoText(_) => Ok(()),
        nothing => Err(nothing_left(nothing, gone)),
    }
}

/// The error where something was promised and now there is nothing.
pub fn nothing_left(nothing: Nothing, gone: impl Fn() -> Failure) -> Failure {
    match nothing {
        Nothing::Panicked => Failure(ErrorCode::InternalError, panicked_message()),
        Nothing::Unsound(bug) => {
            let message = format!("`{}`: {}; the rewrite was thrown away, please report it", bug.id, bug.what);
            Failure(ErrorCode::InternalError, message)
        }
        _ => gone(),
    }
}
