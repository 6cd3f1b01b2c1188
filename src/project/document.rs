//! A YAML or JSON document as a tree that knows the line of each node. Aliases share their node and merge keys (`<<`) are resolved, within
//! bounds: a file that goes beyond them, or that is no YAML, is not understood at all.

use jsonc_parser::ast::Value as Json;
use jsonc_parser::common::Ranged;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use std::collections::HashMap;
use std::rc::Rc;

/// Nothing that people write is nested deeper.
const DEEPEST: usize = 64;
/// Nodes and merged entries of a file beyond that are not believed.
const MOST_NODES: usize = 200_000;

/// A node.
#[derive(Debug)]
pub struct Node {
    /// The line where it begins, from 1.
    pub line: u32,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Debug)]
pub enum Kind {
    /// A string, number or truth value, as it is written without quotes.
    Text(String),
    /// A sequence.
    List(Vec<Rc<Node>>),
    /// A mapping.
    Map(Vec<Entry>),
    /// No value.
    Null,
    /// Something whose meaning is not known: a tag of its own, an alias of nothing.
    Unknown,
}

/// An entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line of the key, from 1.
    pub line: u32,
    /// The value.
    pub value: Rc<Node>,
}

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &*entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// A string, number or truth value.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a sequence; none of anything else.
    pub fn items(&self) -> &[Rc<Node>] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// Whether it is a truth value that holds.
    pub fn is_true(&self) -> bool {
        self.text().is_some_and(|text| ["true", "yes", "on"].contains(&text.to_ascii_lowercase().as_str()))
    }
}

/// Reads all documents of a text; `None` where it is not understood.
pub fn yaml(text: &str) -> Option<Vec<Rc<Node>>> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.ok()?;
        builder.take(event, span)?;
    }
    Some(builder.documents)
}

/// Reads a text of JSON, comments and trailing commas allowed; `None` where it is not understood.
pub fn json(text: &str) -> Option<Node> {
    // it bounds the depth itself
    let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default()).ok()?;
    let ends: Vec<usize> = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
    let line = |at: usize| 1 + u32::try_from(ends.partition_point(|end| *end < at)).unwrap_or(0);
    Some(json_node(&parsed.value?, &line))
}

fn json_node(value: &Json, line: &dyn Fn(usize) -> u32) -> Node {
    let kind = match value {
        Json::StringLit(text) => Kind::Text(text.value.to_string()),
        Json::NumberLit(number) => Kind::Text(number.value.to_string()),
        Json::BooleanLit(truth) => Kind::Text(truth.value.to_string()),
        Json::NullKeyword(_) => Kind::Null,
        Json::Array(array) => Kind::List(array.elements.iter().map(|one| Rc::new(json_node(one, line))).collect()),
        Json::Object(object) => {
            let entry = |property: &jsonc_parser::ast::ObjectProp| Entry {
                key: property.name.as_str().to_owned(),
                line: line(property.range.start),
                value: Rc::new(json_node(&property.value, line)),
            };
            Kind::Map(object.properties.iter().map(entry).collect())
        }
    };
    Node { line: line(value.start()), kind }
}

/// What is open while a document is read.
enum Open {
    List { items: Vec<Rc<Node>> },
    Map { entries: Vec<Entry>, key: Option<(Option<String>, u32)>, merged: Vec<Rc<Node>> },
}

struct Frame {
    line: u32,
    anchor: usize,
    tagged: bool,
    open: Open,
}

#[derive(Default)]
struct Builder {
    documents: Vec<Rc<Node>>,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Rc<Node>>,
    nodes: usize,
}

impl Builder {
    /// Takes an event; `None` ends the reading.
    fn take(&mut self, event: Event, span: Span) -> Option<()> {
        self.nodes += 1;
        if self.nodes > MOST_NODES || self.frames.len() > DEEPEST {
            return None;
        }
        let line = u32::try_from(span.start.line()).ok()?;
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let own = tag.is_some_and(|tag| !tag.is_yaml_core_schema());
                let kind = match () {
                    () if own => Kind::Unknown,
                    () if plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") => Kind::Null,
                    () => Kind::Text(text.into_owned()),
                };
                self.put(Rc::new(Node { line, kind }), anchor)
            }
            Event::Alias(anchor) => {
                let unknown = || Rc::new(Node { line, kind: Kind::Unknown });
                let node = self.anchors.get(&anchor).cloned().unwrap_or_else(unknown);
                self.put(node, 0)
            }
            Event::SequenceStart(anchor, tag) => self.open(
                line,
                anchor,
                tag.is_some_and(|tag| !tag.is_yaml_core_schema()),
                Open::List { items: Vec::new() },
            ),
            Event::MappingStart(anchor, tag) => {
                let open = Open::Map { entries: Vec::new(), key: None, merged: Vec::new() };
                self.open(line, anchor, tag.is_some_and(|tag| !tag.is_yaml_core_schema()), open)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            _ => Some(()),
        }
    }

    fn open(&mut self, line: u32, anchor: usize, tagged: bool, open: Open) -> Option<()> {
        self.frames.push(Frame { line, anchor, tagged, open });
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        let Frame { line, anchor, tagged, open } = self.frames.pop()?;
        let kind = match open {
            _ if tagged => Kind::Unknown,
            Open::List { items } => Kind::List(items),
            Open::Map { mut entries, merged, .. } => {
                merged.iter().try_for_each(|other| self.merge(&mut entries, other))?;
                Kind::Map(entries)
            }
        };
        self.put(Rc::new(Node { line, kind }), anchor)
    }

    /// Adds what another mapping has and this one has not.
    fn merge(&mut self, entries: &mut Vec<Entry>, other: &Node) -> Option<()> {
        for entry in other.entries() {
            // comparing them is the work
            self.nodes += 1 + entries.len() / 16;
            if self.nodes > MOST_NODES {
                return None;
            }
            if entries.iter().all(|own| own.key != entry.key) {
                entries.push(entry.clone());
            }
        }
        Some(())
    }

    /// Puts a node into what is open.
    fn put(&mut self, node: Rc<Node>, anchor: usize) -> Option<()> {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.frames.last_mut().map(|frame| &mut frame.open) {
            None => self.documents.push(node),
            Some(Open::List { items }) => items.push(node),
            Some(Open::Map { entries, key, merged }) => match key.take() {
                None => *key = Some((node.text().map(str::to_owned), node.line)),
                Some((Some(name), _)) if name == "<<" => match &node.kind {
                    Kind::List(all) => merged.extend(all.iter().cloned()),
                    _ => merged.push(node),
                },
                Some((Some(name), line)) => entries.push(Entry { key: name, line, value: node }),
                // a key that is no text is none that anybody asks for
                Some((None, _)) => {}
            },
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn one(text: &str) -> Rc<Node> {
        yaml(text).unwrap().remove(0)
    }

    #[test]
    fn nodes_know_their_lines() {
        let node = one("a:\n  b: 1\n  c: [x, 'y']\n\"d\": ~\n");
        let c = node.get("a").and_then(|a| a.get("c")).unwrap();
        assert_eq!((c.line, c.items().len(), c.items()[1].text()), (3, 2, Some("y")));
        assert_eq!(node.get("a").and_then(|a| a.get("b")).and_then(Node::text), Some("1"));
        assert!(matches!(node.get("d").unwrap().kind, Kind::Null));
        assert_eq!(node.entries()[1].line, 4);
        assert_eq!(yaml("a: 1\n---\nb: 2\n").unwrap().len(), 2);
    }

    #[test]
    fn aliases_and_merge_keys_are_resolved() {
        let node = one("x: &x\n  a: 1\n  b: 2\ny:\n  <<: *x\n  b: 3\nz:\n  <<: [*x, {c: 4}]\n");
        let of = |name: &str, key: &str| node.get(name).and_then(|map| map.get(key)).and_then(Node::text);
        assert_eq!((of("y", "a"), of("y", "b")), (Some("1"), Some("3")));
        assert_eq!((of("z", "a"), of("z", "c")), (Some("1"), Some("4")));
    }

    #[test]
    fn what_has_a_tag_of_its_own_is_unknown() {
        let node = one("a: !reset null\nb: !override [1]\nc: !!str 1\nd: !x {y: 1}\n");
        let unknown = |key: &str| matches!(node.get(key).unwrap().kind, Kind::Unknown);
        assert!(unknown("a") && unknown("b") && unknown("d") && !unknown("c"));
    }

    #[test]
    fn broken_and_hostile_texts_end_soon() {
        let laughs: String =
            (1..40).map(|n| format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))).collect();
        let merges: String =
            (1..20_000).map(|n| format!("m{n}: &m{n} {{<<: [*m{0}, *m{0}], k{n}: 1}}\n", n - 1)).collect();
        let texts = [
            format!("a0: &a0 [x]\n{laughs}"),
            format!("m0: &m0 {{}}\n{merges}"),
            "[".repeat(500_000),
            "{a: ".repeat(200_000),
            "- ".repeat(200_000),
            "? ".repeat(200_000),
            "a:\n ".repeat(1000),
            "&a ".repeat(100_000),
            format!("a: {}", "'".repeat(500_001)),
            "a: [\n".repeat(100_000),
            "x: y\n".repeat(150_000),
            "%TAG ! a\n".repeat(1000),
            "\u{feff}a: \u{1}".to_owned(),
            "*a".to_owned(),
            "--- ".repeat(100_000),
        ];
        for text in texts {
            let started = Instant::now();
            let _ = yaml(&text);
            let shown: String = text.chars().take(30).collect();
            assert!(started.elapsed() < Duration::from_secs(20), "{shown}: {:?}", started.elapsed());
        }
        assert!(yaml(&"[".repeat(100)).is_none() && yaml("a: [").is_none());
    }
}
