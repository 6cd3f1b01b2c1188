//! What dfopt can do: `dfopt list`, `dfopt explain`, and the check of the names in flags.

use crate::cli::report::{BOLD, DIM, Paint};
use crate::config::names;
use crate::engine::Meta;
use crate::visible::visible_str;

/// All transforms, one a line, in the order in which they run.
pub fn list(paint: Paint) -> Vec<u8> {
    let rows: Vec<&Meta> = names::metas().collect();
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
    names::transform(id).map(|meta| meta.page).map_err(shown)
}

/// Whether all of these are transforms.
pub fn check_ids<'a>(given: impl IntoIterator<Item = &'a String>) -> Result<(), String> {
    given.into_iter().try_for_each(|id| names::transform(id).map(drop)).map_err(shown)
}

/// Reads `id.name=value` against the options that transforms have.
///
/// # Errors
/// The transform, the option or the value does not exist; those that do are named.
pub fn option(set: &str) -> Result<(String, String, String), String> {
    let parts = set.split_once('=').and_then(|(path, value)| Some((path.split_once('.')?, value)));
    let Some(((id, name), value)) = parts else {
        return Err(shown(format!("`{set}` sets nothing: write `ID.NAME=VALUE`")));
    };
    let meta = names::transform(id).map_err(shown)?;
    names::check_value(meta, name, value).map_err(shown)?;
    Ok((id.to_owned(), name.to_owned(), value.to_owned()))
}

/// A message that holds what a user wrote, safe for a terminal.
fn shown(message: String) -> String {
    visible_str(&message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_checked() {
        assert!(option("merge-runs.stages=all").is_ok());
        for wrong in ["merge-runs", "merge-runs.stages", "merge-runs.stages=some", "merge-runs.x=all", "x.stages=all"] {
            assert!(option(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_checked() {
        for id in names::metas().map(|meta| meta.id) {
            assert!(check_ids(&[id.to_owned()]).is_ok());
            assert!(explain(id).is_ok());
        }
        assert!(check_ids(&["no-such".to_owned()]).is_err());
    }
}
