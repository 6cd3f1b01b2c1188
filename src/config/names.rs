//! The names that users write, in `dfopt.toml` and on the command line: which there are, and which one was meant.

use crate::engine::Meta;
use crate::transforms::PIPELINE;

/// How alike two names must be to be suggested for each other, from 0 to 1.
const ALIKE: f32 = 0.6;

/// What is said of each transform, in the order in which they run.
pub fn metas() -> impl Iterator<Item = &'static Meta> {
    PIPELINE.iter().map(|transform| transform.meta())
}

/// The transform of a name.
///
/// # Errors
/// There is none; the nearest one is suggested.
pub fn transform(id: &str) -> Result<&'static Meta, String> {
    metas().find(|meta| meta.id == id).ok_or_else(|| {
        let known: Vec<&str> = metas().map(|meta| meta.id).collect();
        unknown_transform(id, &known)
    })
}

fn unknown_transform(id: &str, known: &[&str]) -> String {
    format!("there is no transform `{id}`: {}`dfopt list` names them all", did_you_mean(id, known))
}

/// `did you mean …? `, or nothing.
pub fn did_you_mean(word: &str, known: &[&str]) -> String {
    let near = similar::get_close_matches(word, known, 1, ALIKE);
    near.first().map_or(String::new(), |near| format!("did you mean `{near}`? "))
}

/// The values that an option of a transform can have.
///
/// # Errors
/// The transform has no such option; those that it has are named.
pub fn values(meta: &Meta, name: &str) -> Result<Vec<&'static str>, String> {
    let Some(option) = meta.options.iter().find(|option| option.name() == name) else {
        let known: Vec<&str> = meta.options.iter().map(|option| option.name()).collect();
        let has = if known.is_empty() { "it has none".to_owned() } else { format!("it has: {}", known.join(", ")) };
        return Err(format!("`{}` has no option `{name}`; {}{has}", meta.id, did_you_mean(name, &known)));
    };
    Ok(option.words().into_iter().map(|(word, _)| word).collect())
}

/// Whether an option of a transform can have a value.
///
/// # Errors
/// The transform has no such option, or it has no such value; those that there are are named.
pub fn check_value(meta: &Meta, name: &str, value: &str) -> Result<(), String> {
    let values = values(meta, name)?;
    match values.contains(&value) {
        true => Ok(()),
        false => Err(format!(
            "`{value}` is no value of `{}.{name}`; {}it can be: {}",
            meta.id,
            did_you_mean(value, &values),
            values.join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = ["merge-runs", "sort-packages", "apt-cache"];
        assert!(unknown_transform("merge-run", &known).contains("did you mean `merge-runs`?"));
        assert!(unknown_transform("mergeruns", &known).contains("did you mean `merge-runs`?"));
        assert!(!unknown_transform("frobnicate", &known).contains("did you mean"));
    }

    #[test]
    fn options_are_checked() {
        let meta = transform("merge-runs").unwrap();
        assert_eq!(check_value(meta, "stages", "all"), Ok(()));
        assert!(check_value(meta, "stage", "all").unwrap_err().contains("did you mean `stages`?"));
        assert!(check_value(meta, "stages", "al").unwrap_err().contains("did you mean `all`?"));
    }
}
