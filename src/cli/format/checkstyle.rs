//! Checkstyle's XML, which many reviewers of pull requests read.

use crate::cli::format::File;
use crate::cli::format::finding::{self, Finding, Weight};
use crate::visible::visible_str;

pub const BEGIN: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<checkstyle version=\"4.3\">\n";
pub const END: &str = "</checkstyle>\n";

pub fn file(file: &File) -> String {
    let errors: String = finding::all(file).iter().map(error).collect();
    match errors.is_empty() {
        true => errors,
        false => format!("<file name=\"{}\">\n{errors}</file>\n", escaped(&file.path)),
    }
}

fn error(finding: &Finding) -> String {
    let severity = match finding.weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Note | Weight::Hint => "info",
    };
    let (line, column) = finding.region.map_or((1, 1), |region| (region.start.line, region.start.column));
    let (message, rule) = (escaped(&finding.message), escaped(finding.rule));
    format!(
        "<error line=\"{line}\" column=\"{column}\" severity=\"{severity}\" message=\"{message}\" source=\"dfopt.{rule}\"/>\n"
    )
}

/// Fit for an attribute: control characters, which XML forbids even escaped, are made visible.
fn escaped(text: &str) -> String {
    let text = visible_str(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\t', "&#9;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_escaped() {
        assert_eq!(escaped("a <b> & \"c\"\x1b\n"), "a &lt;b&gt; &amp; &quot;c&quot;␛␊");
    }
}
