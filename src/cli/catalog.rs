//! What dfopt can do: `dfopt list`, `dfopt explain`, and the check of the names that users give.

use crate::cli::report::{BOLD, DIM, Paint};
use crate::cli::visible::visible_str;
use crate::engine::{Level, Meta, Need, Options};
use crate::transforms::PIPELINE;

/// How alike two names must be to be suggested for each other, from 0 to 1.
const ALIKE: f32 = 0.6;

fn metas() -> impl Iterator<Item = &'static Meta> {
    PIPELINE.iter().map(|transform| transform.meta())
}

/// All transforms, one a line, in the order in which they run.
pub fn list(paint: Paint) -> Vec<u8> {
    let rows: Vec<&Meta> = metas().collect();
    let wide = |width: fn(&Meta) -> usize| rows.iter().map(|meta| width(meta)).max().unwrap_or(0);
    let (id, level) = (wide(|meta| meta.id.len()), wide(|meta| meta.ceiling.name().len()));
    let row = |meta: &&Meta| {
        let name = paint.apply(BOLD, format_args!("{:id$}", meta.id));
        let ceiling = paint.apply(DIM, format_args!("{:level$}", meta.ceiling.name()));
        format!("{name}  {ceiling}  {}\n", meta.summary)
    };
    rows.iter().map(row).collect::<String>().into_bytes()
}

/// The page of a transform.
pub fn explain(id: &str) -> Result<&'static str, String> {
    metas().find(|meta| meta.id == id).map(|meta| meta.page).ok_or_else(|| unknown(id, &ids()))
}

/// What the user chose among the transforms, with their options and what must not be assumed.
///
/// # Errors
/// A name or a value that there is not.
pub fn options(
    level: Level,
    only: &[String],
    skip: &[String],
    set: &[String],
    deny: &[Need],
) -> Result<Options, String> {
    check_ids(only.iter().chain(skip))?;
    let mut options =
        Options { level, only: only.to_vec(), skip: skip.to_vec(), denied: deny.to_vec(), ..Options::default() };
    for set in set {
        let (id, name, value) = option(set)?;
        options.transform.entry(id).or_default().insert(name, value);
    }
    Ok(options)
}

/// Whether all of these are transforms.
fn check_ids<'a>(given: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    let known = ids();
    match given.into_iter().find(|id| !known.contains(&id.as_str())) {
        Some(id) => Err(unknown(id, &known)),
        None => Ok(()),
    }
}

/// Reads `id.name=value` against the options that transforms have.
///
/// # Errors
/// The transform, the option or the value does not exist; those that do are named.
fn option(set: &str) -> Result<(String, String, String), String> {
    let shown = visible_str(set);
    let parts = set.split_once('=').and_then(|(path, value)| Some((path.split_once('.')?, value)));
    let Some(((id, name), value)) = parts else { return Err(format!("`{shown}` sets nothing: write `ID.NAME=VALUE`")) };
    let meta = metas().find(|meta| meta.id == id).ok_or_else(|| unknown(id, &ids()))?;
    let Some((_, about, _)) = meta.options.iter().find(|(known, _, _)| *known == name) else {
        let known: Vec<&str> = meta.options.iter().map(|(name, _, _)| *name).collect();
        return Err(format!("`{id}` has no option `{}`; it has: {}", visible_str(name), known.join(", ")));
    };
    // the values stand in backquotes in the option's description
    let values: Vec<&str> = about.split('`').skip(1).step_by(2).collect();
    match values.contains(&value) {
        true => Ok((id.to_owned(), name.to_owned(), value.to_owned())),
        false => {
            Err(format!("`{}` is no value of `{id}.{name}`; it can be: {}", visible_str(value), values.join(", ")))
        }
    }
}

fn ids() -> Vec<&'static str> {
    metas().map(|meta| meta.id).collect()
}

fn unknown(id: &str, known: &[&str]) -> String {
    let near = similar::get_close_matches(id, known, 1, ALIKE);
    let hint = near.first().map_or(String::new(), |near| format!("did you mean `{near}`? "));
    format!("there is no transform `{}`: {hint}`dfopt list` names them all", visible_str(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        let known = ["merge-runs", "sort-packages", "apt-cache"];
        assert!(unknown("merge-run", &known).contains("did you mean `merge-runs`?"));
        assert!(unknown("mergeruns", &known).contains("did you mean `merge-runs`?"));
        assert!(!unknown("frobnicate", &known).contains("did you mean"));
    }

    #[test]
    fn options_are_checked() {
        assert!(option("merge-runs.stages=all").is_ok());
        for wrong in ["merge-runs", "merge-runs.stages", "merge-runs.stages=some", "merge-runs.x=all", "x.stages=all"] {
            assert!(option(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_checked() {
        for id in ids() {
            assert!(check_ids(&[id.to_owned()]).is_ok());
            assert!(explain(id).is_ok());
        }
        assert!(check_ids(&["no-such".to_owned()]).is_err());
    }
}
