//! Workflow commands, which GitHub shows as annotations at the lines.

use crate::cli::format::File;
use crate::cli::format::finding::{self, Finding, Weight};

pub fn file(file: &File) -> String {
    finding::for_people(file).iter().map(|finding| command(&file.path, finding)).collect()
}

fn command(path: &str, finding: &Finding) -> String {
    let name = match finding.weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Note | Weight::Hint => "notice",
    };
    let place = finding.region.map_or(String::new(), |region| {
        let last = region.last_line();
        // columns count only within one line
        let column = if last == region.start.line { format!(",col={}", region.start.utf16) } else { String::new() };
        format!(",line={},endLine={last}{column}", region.start.line)
    });
    let (path, rule) = (property(path), property(finding.rule));
    format!("::{name} file={path}{place},title=dfopt {rule}::{}\n", data(&finding.message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(property("a:b,c%\n"), "a%3Ab%2Cc%25%0A");
        assert_eq!(data("a:b, 5 %\r\n::error::x"), "a:b, 5 %25%0D%0A::error::x");
    }
}
