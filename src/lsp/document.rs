//! A text that the editor has open, saved or not: what the client sent, change by change. Knows versions, not Dockerfiles.

use crate::lsp::position::Lines;
use crate::lsp::protocol::{Encoding, TextDocumentContentChangeEvent, Uri};
use crate::text::{MAX_BYTES, Source, SourceError};

/// An open text.
#[derive(Debug)]
pub struct Document {
    /// Its name.
    pub uri: Uri,
    /// The client's number of its state.
    pub version: i32,
    text: String,
    lost: bool,
}

impl Document {
    /// A text as the client opened it.
    pub fn new(uri: Uri, version: i32, text: String) -> Document {
        Document { uri, version, text, lost: false }
    }

    /// Whether this may not be the client's text any more; then nothing can be said of it until it is sent whole.
    pub fn lost(&self) -> bool {
        self.lost
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, if it is one that dfopt can take.
    ///
    /// # Errors
    /// It is too large, or holds NUL characters.
    pub fn source(&self) -> Result<Source, SourceError> {
        if self.text.len() > MAX_BYTES {
            return Err(SourceError::TooLarge(self.text.len()));
        }
        // not from bytes: what is carried there for other encodings is an ordinary character here
        let source = Source::new(self.text.as_str());
        match self.text.find('\0') {
            Some(at) => Err(SourceError::Nul(source.line_col(at))),
            None => Ok(source),
        }
    }

    /// Makes the client's changes, each on what the one before left.
    ///
    /// # Errors
    /// The version went backwards: client and server no longer speak of the same text.
    pub fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Result<(), String> {
        let whole = changes.iter().any(|change| change.range.is_none());
        if version < self.version && !whole {
            self.lost = true;
            return Err(format!(
                "a change to version {version} came after version {}; open the file again",
                self.version
            ));
        }
        self.version = version;
        for change in changes {
            match change.range {
                None => {
                    self.text = change.text;
                    self.lost = false;
                }
                Some(range) => {
                    let span = Lines::new(&self.text, encoding).span(range);
                    self.text.replace_range(span.range(), &change.text);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lsp::protocol::{Position, Range};

    fn change(range: Option<[u32; 4]>, text: &str) -> TextDocumentContentChangeEvent {
        let at = |line, character| Position { line, character };
        let range = range.map(|[a, b, c, d]| Range { start: at(a, b), end: at(c, d) });
        TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }
    }

    fn document(text: &str) -> Document {
        Document::new("file:///Dockerfile".parse().unwrap(), 1, text.to_owned())
    }

    #[test]
    fn changes_are_made_one_after_the_other() {
        let mut document = document("FROM a\nRUN b\n");
        let changes =
            vec![change(Some([1, 4, 1, 5]), "😀"), change(Some([1, 6, 1, 6]), "c"), change(Some([9, 9, 9, 9]), "X")];
        document.change(2, changes, Encoding::Utf16).unwrap();
        assert_eq!((document.text(), document.version), ("FROM a\nRUN 😀c\nX", 2));
        document.change(3, vec![change(None, "y"), change(Some([0, 0, 0, 0]), "x")], Encoding::Utf16).unwrap();
        assert_eq!(document.text(), "xy");
    }

    #[test]
    fn a_version_that_goes_backwards_loses_the_text_until_it_is_sent_whole() {
        let mut document = document("a");
        document.change(5, vec![change(Some([0, 0, 0, 0]), "b")], Encoding::Utf8).unwrap();
        assert!(document.change(4, vec![change(Some([0, 0, 0, 0]), "c")], Encoding::Utf8).is_err());
        assert!(document.lost() && document.text() == "ba");
        document.change(6, vec![change(Some([0, 0, 0, 0]), "d")], Encoding::Utf8).unwrap();
        assert!(document.lost());
        document.change(7, vec![change(None, "e")], Encoding::Utf8).unwrap();
        assert!(!document.lost() && document.text() == "e");
    }

    #[test]
    fn what_is_no_text_is_told() {
        assert!(matches!(document("a\0").source(), Err(SourceError::Nul(_))));
        assert!(matches!(document(&"a".repeat(MAX_BYTES + 1)).source(), Err(SourceError::TooLarge(_))));
        assert_eq!(document("\u{10FE41}").source().unwrap().text(), "\u{10FE41}");
    }
}
