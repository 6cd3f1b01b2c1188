//! As much of JSON Schema as our schemas use; a word that it does not know fails the test.
#![allow(dead_code, clippy::unwrap_used)]

use serde_json::Value;

/// What is wrong with a value, each with its place.
pub fn check(schema: &Value, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    at(schema, schema, value, "$", &mut out);
    out
}

fn at(root: &Value, schema: &Value, value: &Value, place: &str, out: &mut Vec<String>) {
    for (word, rule) in schema.as_object().unwrap() {
        let fine = match word.as_str() {
            "$schema" | "title" | "description" | "default" | "definitions" => true,
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/definitions/").unwrap();
                at(root, &root["definitions"][name], value, place, out);
                true
            }
            "type" => match rule {
                Value::Array(kinds) => kinds.iter().any(|kind| is(kind, value)),
                kind => is(kind, value),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "minimum" => value.as_u64().is_none_or(|n| n >= rule.as_u64().unwrap()),
            "minLength" => value.as_str().is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "required" => {
                let missing = |name: &&Value| value.is_object() && value.get(name.as_str().unwrap()).is_none();
                rule.as_array().unwrap().iter().find(missing).is_none()
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    at(root, rule, item, &format!("{place}[{index}]"), out);
                }
                true
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        at(root, rule, value, &format!("{place}.{name}"), out);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema.get("properties");
                let others = value.as_object().into_iter().flatten();
                let mut others =
                    others.filter(|(name, _)| known.is_none_or(|known| known.get(name.as_str()).is_none()));
                match rule {
                    Value::Bool(allowed) => *allowed || others.next().is_none(),
                    rule => {
                        others.for_each(|(name, value)| at(root, rule, value, &format!("{place}.{name}"), out));
                        true
                    }
                }
            }
            other => panic!("the schema says `{other}`, which this check does not know"),
        };
        if !fine {
            out.push(format!("{place}: {value} breaks `{word}`: {rule}"));
        }
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("no such type: {other}"),
    }
}
