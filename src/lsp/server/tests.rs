use super::*;
use crate::engine::{Analysis, Level, Memory, Options, Outcome};
use crate::facts::ContextView;
use crate::text::Source;

const TEXT: &str = "FROM debian:12\nRUN echo one\nRUN echo two\nUSER 1000\n";

fn say(server: &mut Server, message: Value) -> Vec<Value> {
    let mut message = message;
    message["jsonrpc"] = json!("2.0");
    server.say(&message.to_string()).iter().map(|text| serde_json::from_str(text).unwrap()).collect()
}

fn open(server: &mut Server, capabilities: Value) -> Vec<Value> {
    say(server, json!({ "id": 0, "method": "initialize", "params": { "capabilities": capabilities } }));
    let item = json!({ "uri": "untitled:Dockerfile", "languageId": "dockerfile", "version": 1, "text": TEXT });
    say(server, json!({ "method": "textDocument/didOpen", "params": { "textDocument": item } }))
}

fn request(method: &str) -> Value {
    let params =
        json!({ "textDocument": { "uri": "untitled:Dockerfile" }, "options": { "tabSize": 4, "insertSpaces": true } });
    json!({ "id": 1, "method": method, "params": params })
}

fn panics(_: &Source, _: &Options, _: &dyn ContextView) -> Outcome {
    panic!("on purpose")
}

fn look_panics(_: &Source, _: &Options, _: &dyn ContextView, _: &mut Memory) -> Analysis {
    panic!("on purpose")
}

#[test]
fn a_panic_is_told_and_the_conversation_goes_on() {
    let mut server = Server::new(panics, look_panics);
    let said = open(&mut server, json!({}));
    let told: Vec<&Value> = said.iter().filter(|m| m["method"] == "window/showMessage").collect();
    assert!(told.len() == 1 && told[0]["params"]["message"].as_str().unwrap().contains("panicked"), "{said:?}");
    let change = json!({ "textDocument": { "uri": "untitled:Dockerfile", "version": 2 }, "contentChanges": [{ "text": "FROM a\n" }] });
    let said = say(&mut server, json!({ "method": "textDocument/didChange", "params": change }));
    assert!(said.iter().all(|m| m["method"] == "textDocument/publishDiagnostics"), "told twice: {said:?}");
    let said = say(&mut server, request("textDocument/formatting"));
    assert_eq!(said[0]["error"]["code"], ErrorCode::InternalError as i32);
    assert_eq!(say(&mut server, json!({ "id": 2, "method": "shutdown" }))[0]["result"], Value::Null);
    say(&mut server, json!({ "method": "exit" }));
    assert_eq!(server.over(), Some(0));
}

/// A transform that does what it does not declare.
#[derive(Debug)]
struct Liar;

impl crate::engine::Transform for Liar {
    fn meta(&self) -> &'static crate::engine::Meta {
        static META: crate::engine::Meta =
            crate::engine::Meta { id: "liar", ceiling: Level::Safe, ..crate::engine::Meta::PLAIN };
        &META
    }

    fn find(&self, facts: &crate::facts::Facts, _: crate::engine::Chosen, out: &mut crate::engine::Findings) {
        let end = facts.source.text().len();
        let edit = crate::edit::Edit::insert(end, "USER root\n");
        out.rewrites.push(crate::engine::Rewrite {
            at: crate::text::Span::new(0, end),
            title: "lie".to_owned(),
            reason: String::new(),
            level: Level::Safe,
            edits: crate::edit::EditSet::new(vec![edit]).unwrap(),
            notes: Vec::new(),
            touches: Vec::new(),
        });
    }
}

fn look_liar(source: &Source, options: &Options, context: &dyn ContextView, _: &mut Memory) -> Analysis {
    crate::engine::analyze::analyze(&[&Liar], source, options, context)
}

#[test]
fn an_action_whose_edit_fails_the_check_is_not_given() {
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let mut ask = request("textDocument/codeAction");
    ask["params"]["range"] = range;
    ask["params"]["context"] = json!({ "diagnostics": [], "only": ["quickfix"] });
    let action = json!({ "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } });
    let mut eager = Server::new(crate::optimize, look_liar);
    open(&mut eager, json!({ "textDocument": { "codeAction": action } }));
    assert_eq!(say(&mut eager, ask.clone())[0]["result"], json!([]));

    let mut lazy = Server::new(crate::optimize, look_liar);
    let mut action = action;
    action["dataSupport"] = json!(true);
    action["resolveSupport"] = json!({ "properties": ["edit"] });
    open(&mut lazy, json!({ "textDocument": { "codeAction": action } }));
    let offered = say(&mut lazy, ask)[0]["result"][0].clone();
    assert_eq!(offered["title"], "lie (liar)");
    let said = say(&mut lazy, json!({ "id": 2, "method": "codeAction/resolve", "params": offered }));
    assert_eq!(said[0]["error"]["code"], ErrorCode::InternalError as i32);
    assert!(said[0]["error"]["message"].as_str().unwrap().contains("`USER root` came"), "{said:?}");
}

#[test]
fn what_waits_can_be_withdrawn() {
    let mut server = Server::default();
    open(&mut server, json!({}));
    for message in [request("textDocument/formatting"), json!({ "method": "$/cancelRequest", "params": { "id": 1 } })] {
        let mut message = message;
        message["jsonrpc"] = json!("2.0");
        server.push(wire::decode(message.to_string().as_bytes()));
    }
    let said: Vec<String> =
        std::iter::from_fn(|| (!server.idle()).then(|| server.step())).flatten().map(|m| m.text()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("-32800"), "{said:?}");
}

thread_local! {
    static ANALYSES: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

fn counted(source: &Source, options: &Options, context: &dyn ContextView, memory: &mut Memory) -> Analysis {
    ANALYSES.set(ANALYSES.get() + 1);
    crate::analyze_again(source, options, context, memory)
}

#[test]
fn hover_and_actions_use_what_the_keystroke_found() {
    let mut server = Server::new(crate::optimize, counted);
    let action = json!({
        "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } },
        "dataSupport": true,
        "resolveSupport": { "properties": ["edit"] },
    });
    open(&mut server, json!({ "textDocument": { "codeAction": action } }));
    assert_eq!(ANALYSES.get(), 1);
    let mut hover = request("textDocument/hover");
    hover["params"]["position"] = json!({ "line": 1, "character": 1 });
    assert!(say(&mut server, hover)[0]["result"]["contents"]["value"].as_str().unwrap().contains("merge-runs"));
    let mut ask = request("textDocument/codeAction");
    ask["params"]["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    ask["params"]["context"] = json!({ "diagnostics": [] });
    assert!(!say(&mut server, ask)[0]["result"].as_array().unwrap().is_empty());
    assert_eq!(ANALYSES.get(), 1, "nothing is analyzed again");
    // what is saved may be part of the build context
    say(&mut server, json!({ "method": "textDocument/didSave", "params": {} }));
    assert_eq!(ANALYSES.get(), 2);
    let change = json!({ "textDocument": { "uri": "untitled:Dockerfile", "version": 2 }, "contentChanges": [{ "text": "FROM a\n" }] });
    say(&mut server, json!({ "method": "textDocument/didChange", "params": change }));
    assert_eq!(ANALYSES.get(), 3);
}
