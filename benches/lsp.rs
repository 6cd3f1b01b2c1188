//! What an editor waits for, in a file of 1,000 lines: the marks after a keystroke, formatting, the actions at a place.

use dfopt::lsp::Server;
use serde_json::{Value, json};
use std::fmt::Write;

const LINES: usize = 1_000;
const URI: &str = "file:///nowhere/Dockerfile";

// as the program has it
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

/// Ten stages of what Dockerfiles hold.
fn text() -> String {
    let mut out = String::new();
    for stage in 0..10 {
        let _ = writeln!(
            out,
            "FROM debian:12 AS stage{stage}\nARG VERSION=1.{stage}\nENV PATH=/opt/bin:$PATH \\\n    LANG=C.UTF-8"
        );
        for step in 0..14 {
            let _ = write!(
                out,
                "# step {step}\nRUN apt-get update \\\n    && apt-get install -y --no-install-recommends curl=$VERSION \\\n    \
                 && rm -rf /var/lib/apt/lists/*\nRUN if [ -n \"$X\" ]; then echo {step} > /etc/{step}; fi\n\
                 COPY --chown=1:1 a{step} b{step} /srv/{step}/\nWORKDIR /srv/{step}\n"
            );
        }
    }
    let cut = out.match_indices('\n').nth(LINES - 2).map_or(out.len(), |(at, _)| at + 1);
    out.truncate(cut);
    out + "CMD [\"run\"]\n"
}

/// A server with the file open.
fn server() -> Server {
    let mut server = Server::default();
    let action =
        json!({ "codeActionLiteralSupport": {}, "dataSupport": true, "resolveSupport": { "properties": ["edit"] } });
    let capabilities = json!({ "textDocument": { "codeAction": action } });
    say(&mut server, json!({ "id": 0, "method": "initialize", "params": { "capabilities": capabilities } }));
    let text = text();
    assert_eq!(text.lines().count(), LINES);
    let item = json!({ "uri": URI, "languageId": "dockerfile", "version": 0, "text": text });
    say(&mut server, json!({ "method": "textDocument/didOpen", "params": { "textDocument": item } }));
    server
}

fn say(server: &mut Server, mut message: Value) -> usize {
    message["jsonrpc"] = json!("2.0");
    server.say(&message.to_string()).iter().map(String::len).sum()
}

/// A letter is typed at the end of a comment in the middle of the file, or taken away again, and the marks come. The file
/// stays one that can be built: of one that can't, only the errors are told, which is quick.
#[divan::bench]
fn keystroke(bencher: divan::Bencher) {
    let (mut server, mut version, text) = (server(), 0, text());
    let comments = text.lines().enumerate().filter(|(_, line)| line.starts_with('#'));
    let (line, length) =
        comments.map(|(at, line)| (at, line.len())).find(|(at, _)| *at > LINES / 2).unwrap_or_default();
    bencher.bench_local(|| {
        version += 1;
        let at = |column: usize| json!({ "line": line, "character": column });
        let change = match version % 2 {
            1 => json!({ "range": { "start": at(length), "end": at(length) }, "text": "x" }),
            _ => json!({ "range": { "start": at(length), "end": at(length + 1) }, "text": "" }),
        };
        let document = json!({ "uri": URI, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": [change] });
        say(&mut server, json!({ "method": "textDocument/didChange", "params": params }))
    });
}

#[divan::bench]
fn formatting(bencher: divan::Bencher) {
    let mut server = server();
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": { "uri": URI }, "options": options });
    bencher.bench_local(|| say(&mut server, json!({ "id": 1, "method": "textDocument/formatting", "params": params })));
}

#[divan::bench]
fn actions(bencher: divan::Bencher) {
    let mut server = server();
    let at = json!({ "line": LINES - 8, "character": 2 });
    let (range, context) = (json!({ "start": at, "end": at }), json!({ "diagnostics": [] }));
    let params = json!({ "textDocument": { "uri": URI }, "range": range, "context": context });
    bencher.bench_local(|| say(&mut server, json!({ "id": 1, "method": "textDocument/codeAction", "params": params })));
}
