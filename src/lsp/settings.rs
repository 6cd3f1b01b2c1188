//! What the editor's settings say, below the name `dfopt`. Knows their names, values and defaults, not where they come from.
//!
//! A setting that can't be understood is an error and not passed over: a misspelt `skip` must not end in a rewrite that its
//! author did not want.

use crate::config::{self, Origin, Told, names};
use crate::engine::{Level, Need};
use serde_json::{Map, Value};
use std::path::PathBuf;

/// What is in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether dfopt does anything at all.
    pub enable: bool,
    /// What formatting may do, and with which transforms, as far as the editor says; it weighs more than `dfopt.toml`.
    pub said: config::Settings,
    /// Rewrites above that are not even offered.
    pub offer: Level,
    /// The build context of all files; that of a file is its own folder where there is none.
    pub context: Option<PathBuf>,
    /// Whether the client's question what to edit before saving is answered.
    pub format_on_save: bool,
    /// Whether rewrites are marked in the text.
    pub rewrites: bool,
    /// Whether what was left alone is.
    pub refusals: bool,
    /// Whether advice is.
    pub advice: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            enable: true,
            said: config::Settings::default(),
            offer: Level::Aggressive,
            context: None,
            format_on_save: false,
            rewrites: true,
            refusals: false,
            advice: true,
        }
    }
}

/// The settings, for messages and for the check of names.
const KEYS: [&str; 10] =
    ["enable", "level", "offer", "only", "skip", "deny", "set", "context", "formatOnSave", "diagnostics"];
const MARKS: [&str; 3] = ["rewrites", "refusals", "advice"];
/// What belongs to the editor's side and is sent along with the rest.
const CLIENT: [&str; 3] = ["path", "args", "trace"];

impl Settings {
    /// Reads layers of settings; a later one hides the same setting of those before. What is `null` is not set.
    ///
    /// # Errors
    /// The first setting that can't be understood: what, and what can be written instead.
    pub fn read(layers: &[&Value]) -> Result<Settings, String> {
        let mut all = Map::new();
        for layer in layers {
            match layer {
                Value::Null => {}
                Value::Object(given) => {
                    let given = given.iter().filter(|(_, value)| !value.is_null());
                    all.extend(given.map(|(name, value)| (name.clone(), value.clone())));
                }
                _ => return Err("the settings are no object".to_owned()),
            }
        }
        let mut settings = Settings::default();
        for (name, value) in &all {
            settings.set(name, value).map_err(|why| format!("setting `dfopt.{name}`: {why}"))?;
        }
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        match name {
            "enable" => self.enable = switch(value)?,
            "level" => self.said.level = Some(told(text(value)?.parse()?)),
            "offer" => self.offer = text(value)?.parse()?,
            "only" => self.said.only = Some(ids(value)?).filter(|only| !only.is_empty()).map(told),
            "skip" => self.said.skip = ids(value)?.into_iter().map(told).collect(),
            "deny" => {
                let needs: Result<Vec<Need>, _> = texts(value)?.iter().map(|name| name.parse()).collect();
                self.said.deny = needs?.into_iter().map(told).collect();
            }
            "set" => self.options(value)?,
            "context" => self.context = Some(text(value)?).filter(|path| !path.is_empty()).map(PathBuf::from),
            "formatOnSave" => self.format_on_save = switch(value)?,
            "diagnostics" => self.marks(value)?,
            name if CLIENT.contains(&name) => {}
            name => return Err(unknown(name, &KEYS)),
        }
        Ok(())
    }

    /// `{"merge-runs": {"stages": "all"}}`.
    fn options(&mut self, value: &Value) -> Result<(), String> {
        for (id, given) in object(value)? {
            let meta = names::transform(id)?;
            for (name, value) in object(given)? {
                let value = text(value)?;
                names::check_value(meta, name, value)?;
                self.said.transforms.insert((id.clone(), name.clone()), told(value.to_owned()));
            }
        }
        Ok(())
    }

    fn marks(&mut self, value: &Value) -> Result<(), String> {
        for (name, value) in object(value)? {
            let mark = match name.as_str() {
                "rewrites" => &mut self.rewrites,
                "refusals" => &mut self.refusals,
                "advice" => &mut self.advice,
                name => return Err(unknown(name, &MARKS)),
            };
            *mark = if value.is_null() { *mark } else { switch(value)? };
        }
        Ok(())
    }
}

/// What counts where neither the editor nor `dfopt.toml` says how far to go: nobody is asked before a save.
pub const LEVEL: Level = Level::Safe;

fn switch(value: &Value) -> Result<bool, String> {
    value.as_bool().ok_or_else(|| format!("`{value}` is neither `true` nor `false`"))
}

fn text(value: &Value) -> Result<&str, String> {
    value.as_str().ok_or_else(|| format!("`{value}` is no text"))
}

fn texts(value: &Value) -> Result<Vec<&str>, String> {
    let list = value.as_array().ok_or_else(|| format!("`{value}` is no list of texts"))?;
    list.iter().map(text).collect()
}

fn object(value: &Value) -> Result<&Map<String, Value>, String> {
    value.as_object().ok_or_else(|| format!("`{value}` is no object"))
}

fn ids(value: &Value) -> Result<Vec<String>, String> {
    let ids = texts(value)?;
    ids.iter().try_for_each(|id| names::transform(id).map(drop))?;
    Ok(ids.iter().map(|id| (*id).to_owned()).collect())
}

fn told<T>(value: T) -> Told<T> {
    Told::new(value, Origin::Flag("the editor's settings"))
}

fn unknown(name: &str, known: &[&str]) -> String {
    format!("there is no `{name}`: {}there is `{}`", names::did_you_mean(name, known), known.join("`, `"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_set_is_safe_and_offers_all() {
        let settings = Settings::read(&[&Value::Null, &json!({}), &json!({ "level": null })]).unwrap();
        assert!(settings.said.level.is_none() && settings.said.only.is_none() && settings.offer == Level::Aggressive);
        assert!(settings.enable && settings.rewrites && settings.advice);
        assert!(!settings.refusals && !settings.format_on_save);
    }

    #[test]
    fn each_setting_is_read() {
        let settings = Settings::read(&[&json!({
            "enable": false, "level": "recommended", "offer": "safe", "only": ["merge-runs"], "skip": ["add-to-copy"],
            "deny": ["network", "context"], "set": { "merge-runs": { "stages": "all" } }, "context": "..",
            "formatOnSave": true, "diagnostics": { "rewrites": false, "refusals": true, "advice": false },
            "path": "/bin/dfopt", "trace": { "server": "off" }
        })])
        .unwrap();
        let options = settings.said.options();
        assert_eq!((options.level, settings.offer), (Level::Recommended, Level::Safe));
        assert_eq!(
            (&options.only[..], &options.skip[..]),
            (&["merge-runs".to_owned()][..], &["add-to-copy".to_owned()][..])
        );
        assert_eq!(options.denied, [Need::Network, Need::Context]);
        assert_eq!(options.transform["merge-runs"]["stages"], "all");
        assert_eq!(settings.context, Some(PathBuf::from("..")));
        assert!(!settings.enable && settings.format_on_save && settings.refusals);
        assert!(!settings.rewrites && !settings.advice);
    }

    #[test]
    fn later_layers_hide_earlier_ones() {
        let layers =
            [&json!({ "level": "aggressive", "enable": false }), &json!({ "level": "recommended", "enable": null })];
        let settings = Settings::read(&layers).unwrap();
        assert!(settings.said.options().level == Level::Recommended && !settings.enable);
    }

    #[test]
    fn what_is_not_understood_is_told() {
        for (wrong, part) in [
            (json!([]), "no object"),
            (json!({ "skp": ["merge-runs"] }), "did you mean `skip`?"),
            (json!({ "skip": ["merge-run"] }), "did you mean `merge-runs`?"),
            (json!({ "skip": "merge-runs" }), "no list"),
            (json!({ "only": [1] }), "no text"),
            (json!({ "level": "brave" }), "`dfopt.level`: `brave`"),
            (json!({ "level": 1 }), "no text"),
            (json!({ "deny": ["podman"] }), "`podman`"),
            (json!({ "enable": "yes" }), "neither `true` nor `false`"),
            (json!({ "diagnostics": { "refusal": true } }), "did you mean `refusals`?"),
            (json!({ "diagnostics": true }), "no object"),
            (json!({ "set": { "merge-runs": { "stage": "all" } } }), "did you mean `stages`?"),
            (json!({ "set": { "merge-runs": { "stages": "some" } } }), "it can be: shipped"),
            (json!({ "set": { "merge": {} } }), "there is no transform `merge`"),
        ] {
            let message = Settings::read(&[&wrong]).unwrap_err();
            assert!(message.contains(part), "{wrong}: {message}");
        }
    }
}
