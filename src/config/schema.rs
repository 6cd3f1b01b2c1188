//! The JSON schema of `dfopt.toml`, made from the table of its keys and from the transforms.

use crate::config::{Key, Kind, OVERRIDE, TOP, names};
use crate::engine::{Level, Meta, Need};
use serde_json::{Map, Value, json};

/// The schema, for editors that know TOML.
pub fn schema() -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "dfopt.toml",
        "description": "What a project wants of dfopt. The nearest one upwards from a Dockerfile counts.",
        "type": "object",
        "additionalProperties": false,
        "properties": properties(TOP),
    })
}

fn properties(keys: &[Key]) -> Value {
    Value::Object(keys.iter().map(|key| (key.name.to_owned(), property(key))).collect())
}

fn property(key: &Key) -> Value {
    let mut value = match key.kind {
        Kind::Level => json!({ "enum": Level::ALL.map(Level::name) }),
        Kind::Ids(_) => list(json!({ "enum": names::metas().map(|meta| meta.id).collect::<Vec<_>>() })),
        Kind::Needs => list(json!({ "enum": Need::ALL.map(Need::name) })),
        Kind::Globs => list(json!({ "type": "string", "minLength": 1 })),
        Kind::Transforms => json!({
            "type": "object",
            "additionalProperties": false,
            "properties": Value::Object(names::metas().map(|meta| (meta.id.to_owned(), options(meta))).collect()),
        }),
        Kind::Context => json!({ "type": "object", "additionalProperties": { "type": "string", "minLength": 1 } }),
        Kind::Overrides => list(json!({
            "type": "object",
            "additionalProperties": false,
            "required": ["paths"],
            "properties": properties(OVERRIDE),
        })),
    };
    value["description"] = key.about.into();
    value
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn options(meta: &Meta) -> Value {
    let mut all = Map::new();
    for option in meta.options {
        let values: Vec<&str> = option.words().into_iter().map(|(word, _)| word).collect();
        let described = json!({ "description": option.about(), "enum": values, "default": option.default() });
        all.insert(option.name().to_owned(), described);
    }
    json!({ "type": "object", "description": meta.summary, "additionalProperties": false, "properties": all })
}
