//! How to ask a server whether it is well: by a tool that is known to be in the image.

use super::{Server, is_bare};
use crate::facts::{Facts, Truth};
use crate::knowledge::images;
use crate::knowledge::servers::Asks;

/// What could stand in the file, or in words what to look for.
pub(super) fn suggestion(facts: &Facts, stage: usize, server: &Server) -> String {
    match server.asks {
        Asks::Command(command) => format!("the image brings a way to ask: `HEALTHCHECK CMD {command}`"),
        Asks::Other => "ask it by a client of its protocol that is in the image".to_owned(),
        Asks::Http => match http(facts, stage, server) {
            Some(check) => format!("if it speaks HTTP: `HEALTHCHECK CMD {check}`, with a path that it answers"),
            None if is_bare(facts, stage) => "the image has no tool that could ask: let the program itself do it by an option, in \
                                              the exec form (`HEALTHCHECK CMD [\"/app\", \"--health\"]`)"
                .to_owned(),
            None => "no tool is known to be in the image that could ask: install one, or let the program itself do it by an option"
                .to_owned(),
        },
    }
}

/// A command that asks by HTTP; `None` where no tool is known to be there.
fn http(facts: &Facts, stage: usize, server: &Server) -> Option<String> {
    let there = |tool| facts.tool(stage, facts.stages[stage].steps.len(), tool) == Truth::Yes;
    let (scheme, port) = if server.port == 443 { ("https", 443) } else { ("http", server.port) };
    let default = port == 443 || port == 80;
    let url = if default { format!("{scheme}://127.0.0.1/") } else { format!("{scheme}://127.0.0.1:{port}/") };
    if there("curl") {
        let any = if port == 443 { " --insecure" } else { "" };
        return Some(format!("curl -fsS{any} -o /dev/null {url} || exit 1"));
    }
    if there("wget") {
        let any = if port == 443 { " --no-check-certificate" } else { "" };
        return Some(format!("wget -q{any} -O /dev/null {url} || exit 1"));
    }
    interpreter(facts, stage, server).filter(|_| port != 443).map(|name| match name.starts_with("node") {
        true => format!(
            r#"["{name}", "-e", "require('http').get('{url}', r => process.exit(r.statusCode < 400 ? 0 : 1)).on('error', () => process.exit(1))"]"#
        ),
        false => format!(r#"["{name}", "-c", "import urllib.request as r; r.urlopen('{url}', timeout=3)"]"#),
    })
}

/// An interpreter that is surely in the image: the base is made for it, or the program is run by it.
fn interpreter(facts: &Facts, stage: usize, server: &Server) -> Option<String> {
    let base = facts.reference(stage).map(|reference| images::short(images::split(reference).0));
    let by_base = base.filter(|name| matches!(*name, "python" | "node")).map(str::to_owned);
    let known = ["python3", "node", "nodejs"];
    by_base.or_else(|| server.program.clone().filter(|program| known.contains(&program.as_str())))
}
