//! What BuildKit refuses in the mounts of a RUN.

use super::Fault;
use crate::facts::Step;
use crate::knowledge::paths::Absolute;
use crate::syntax::{Flag, mount_fields};

/// The keys of all kinds of mounts.
const KEYS: &[&str] = &[
    "type",
    "from",
    "source",
    "src",
    "target",
    "dst",
    "destination",
    "ro",
    "readonly",
    "rw",
    "readwrite",
    "required",
    "size",
    "id",
    "sharing",
    "mode",
    "uid",
    "gid",
    "env",
];

/// The stage or image that a mount is from; `None` for kinds that heed none.
pub fn from(flag: &Flag) -> Option<String> {
    let fields = mount_fields(flag.value.as_deref()?)?;
    let of = |name: &str| {
        fields.iter().filter_map(|field| field.split_once('=')).find(|(key, _)| key.eq_ignore_ascii_case(name))
    };
    let kind = of("type").map_or("bind", |(_, kind)| kind);
    ["bind", "cache"].contains(&kind).then(|| of("from").map(|(_, from)| from.to_owned()))?
}

/// What is wrong with one of the mounts of a RUN.
pub fn fault(step: &Step) -> Option<Fault> {
    let mut flags = step.instruction.flags.iter().filter(|flag| flag.name == "mount");
    flags.find_map(|flag| Some((flag.range.clone(), wrong(flag.value.as_deref()?, step)?)))
}

fn wrong(value: &str, step: &Step) -> Option<String> {
    let fields = mount_fields(value)?;
    let pairs: Vec<(String, Option<&str>)> = fields
        .iter()
        .map(|field| field.split_once('=').map_or((field.as_str(), None), |(key, value)| (key, Some(value))))
        .map(|(key, value)| (key.to_lowercase(), value))
        .collect();
    let of = |names: &[&str]| {
        pairs.iter().rev().find(|(key, _)| names.contains(&key.as_str())).and_then(|(_, value)| *value)
    };
    let kind = of(&["type"]).unwrap_or("bind");
    if !kind.contains('$') && !["bind", "cache", "tmpfs", "secret", "ssh"].contains(&kind) {
        return Some(format!("`{kind}` is no kind of mount; it is `bind`, `cache`, `tmpfs`, `secret` or `ssh`"));
    }
    if let Some((key, _)) = pairs.iter().find(|(key, _)| !KEYS.contains(&key.as_str())) {
        return Some(format!("a mount has no `{key}`; correct or remove it"));
    }
    if of(&["size"]).is_some() && !kind.contains('$') && kind != "tmpfs" {
        return Some(format!("a mount of the kind `{kind}` has no `size`; remove it"));
    }
    pairs.iter().find_map(|(key, value)| wrong_value(key, (*value)?)).or_else(|| {
        let target = of(&["target", "dst", "destination"]).unwrap_or_default();
        let folder = ["bind", "cache", "tmpfs"].contains(&kind) && !target.contains('$');
        let workdir = step.before.workdir.get().and_then(|workdir| Absolute::new(workdir));
        let root = match target.starts_with('/') {
            true => Absolute::new(target).is_some_and(|target| target == Absolute::root()),
            false => workdir.is_some_and(|workdir| workdir.join(target) == Absolute::root()),
        };
        (folder && root).then(|| "a mount needs a `target`, and that can't be `/`; name a directory".to_owned())
    })
}

fn wrong_value(key: &str, value: &str) -> Option<String> {
    let fine = value.contains('$')
        || match key {
            "sharing" => matches!(value, "shared" | "private" | "locked"),
            "uid" | "gid" => value.parse::<u64>().is_ok(),
            "mode" => u64::from_str_radix(value, 8).is_ok(),
            "required" | "ro" | "readonly" | "rw" | "readwrite" => is_switch(value),
            "size" => value.starts_with(|c: char| c.is_ascii_digit()),
            _ => true,
        };
    let wanted = match key {
        "sharing" => "it is `shared`, `private` or `locked`",
        "uid" | "gid" => "it is a number",
        "mode" => "it is octal, such as `0755`",
        "size" => "it is a number of bytes, such as `64m`",
        _ => "it is `true` or `false`",
    };
    (!fine).then(|| format!("`{value}` is no `{key}` of a mount; {wanted}"))
}

/// What Go's `strconv.ParseBool` takes.
fn is_switch(value: &str) -> bool {
    matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True" | "0" | "f" | "F" | "false" | "FALSE" | "False")
}
