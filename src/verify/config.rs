//! The config of an image as names and values: what `docker image inspect` says of it, brought into a form in which the same
//! is equal. Each variable and each label is a field of its own.
//!
//! Fields that a builder fills in and no runtime reads are left out; a field that this module has never heard of is compared.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Fields and their values.
pub type Config = BTreeMap<String, String>;

/// What docker's config holds of the container that once made the image, and a mark for Windows.
const LEFT_OUT: [&str; 10] = [
    "Hostname",
    "Domainname",
    "AttachStdin",
    "AttachStdout",
    "AttachStderr",
    "Tty",
    "OpenStdin",
    "StdinOnce",
    "Image",
    "ArgsEscaped",
];

/// Reads a config, and the platform that the image is for.
pub fn read(config: &Map<String, Value>, platform: &str) -> Config {
    let mut out = Config::new();
    for (name, value) in config.iter().filter(|(name, _)| !LEFT_OUT.contains(&name.as_str())) {
        match (name.as_str(), value) {
            ("Env", Value::Array(variables)) => variables.iter().filter_map(Value::as_str).for_each(|variable| {
                let (key, value) = variable.split_once('=').unwrap_or((variable, ""));
                out.insert(format!("Env.{key}"), value.to_owned());
            }),
            ("Labels", Value::Object(labels)) => {
                out.extend(labels.iter().map(|(key, value)| (format!("Labels.{key}"), text(value))));
            }
            // both are where a process starts when nothing is said
            ("WorkingDir", Value::String(folder)) if folder == "/" => {}
            (_, value) if is_empty(value) => {}
            (name, value) => drop(out.insert(name.to_owned(), text(value))),
        }
    }
    out.insert("Platform".to_owned(), platform.to_owned());
    out
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // serde_json keeps the keys of objects sorted
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn config(value: Value) -> Config {
        read(value.as_object().unwrap(), "linux/amd64")
    }

    #[test]
    fn nothing_is_nothing_however_it_is_written() {
        let full =
            json!({"User": "", "Cmd": null, "Entrypoint": [], "Volumes": {}, "WorkingDir": "/", "Hostname": "x"});
        assert_eq!(config(full), config(json!({})));
    }

    #[test]
    fn variables_and_labels_are_fields() {
        let read = config(json!({"Env": ["A=1=2", "B="], "Labels": {"a.b": "c"}, "Cmd": ["x", "y z"]}));
        assert_eq!((read["Env.A"].as_str(), read["Env.B"].as_str()), ("1=2", ""));
        assert_eq!((read["Labels.a.b"].as_str(), read["Cmd"].as_str()), ("c", r#"["x","y z"]"#));
    }

    #[test]
    fn the_order_of_ports_is_none() {
        let one = json!({"ExposedPorts": {"1/tcp": {}, "2/tcp": {}}, "Healthcheck": {"Test": ["CMD", "x"]}});
        let other = json!({"Healthcheck": {"Test": ["CMD", "x"]}, "ExposedPorts": {"2/tcp": {}, "1/tcp": {}}});
        assert_eq!(config(one), config(other));
    }

    #[test]
    fn what_is_not_known_counts() {
        assert_ne!(config(json!({"Novelty": 1})), config(json!({})));
    }
}
