//! What users may choose for a transform: an option has a name and a few values, each with a meaning in Rust. A transform is
//! given what was chosen for it ([`Chosen`]) beside the facts of the file.

use std::collections::BTreeMap;
use std::fmt::Debug;

/// An option of a transform, its values in the order in which they are named; the first one is the default.
#[derive(Debug)]
pub struct TransformOption<T: 'static> {
    /// `stages`.
    pub name: &'static str,
    /// What users write, what it does (in lower case, no full stop), and what it is in Rust.
    pub values: &'static [(&'static str, &'static str, T)],
}

/// An option, whatever the type of its values.
pub trait AnyOption: Debug + Sync {
    /// Its name.
    fn name(&self) -> &'static str;
    /// Each value as users write it, and what it does; the default first.
    fn words(&self) -> Vec<(&'static str, &'static str)>;

    /// The value where users choose none.
    fn default(&self) -> &'static str {
        self.words().first().map_or("", |(word, _)| word)
    }

    /// All values and what they do, on one line.
    fn about(&self) -> String {
        let values: Vec<String> = self.words().iter().map(|(word, about)| format!("`{word}`: {about}")).collect();
        values.join("; ")
    }
}

impl<T: Debug + Sync> AnyOption for TransformOption<T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn words(&self) -> Vec<(&'static str, &'static str)> {
        self.values.iter().map(|(word, about, _)| (*word, *about)).collect()
    }
}

/// What was chosen for one transform: names and values, as users wrote them. What is not an option or a value of one was
/// refused when it was read; here it counts as not chosen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chosen<'a>(Option<&'a BTreeMap<String, String>>);

impl<'a> Chosen<'a> {
    /// The choices for a transform among those for all of them: id, then name, then value.
    pub fn of(id: &str, all: &'a BTreeMap<String, BTreeMap<String, String>>) -> Chosen<'a> {
        Chosen(all.get(id))
    }

    /// The value of an option.
    pub fn get<T: Copy>(&self, option: &TransformOption<T>) -> T {
        let word = self.0.and_then(|chosen| chosen.get(option.name));
        let named = option.values.iter().find(|(name, _, _)| word.is_some_and(|word| word == name));
        named.unwrap_or(&option.values[0]).2
    }
}

/// Which stages a transform looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stages {
    /// Those whose layers are in the image.
    Shipped,
    /// All.
    All,
}

/// The option of transforms whose gain is the size of the image.
pub static STAGES: TransformOption<Stages> = TransformOption {
    name: "stages",
    values: &[
        ("shipped", "only stages whose layers reach the image", Stages::Shipped),
        ("all", "builder stages too", Stages::All),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_value_is_the_default() {
        let chosen =
            |value: &str| BTreeMap::from([("a".to_owned(), BTreeMap::from([("stages".to_owned(), value.to_owned())]))]);
        assert_eq!(Chosen::default().get(&STAGES), Stages::Shipped);
        assert_eq!(Chosen::of("a", &chosen("all")).get(&STAGES), Stages::All);
        assert_eq!(Chosen::of("b", &chosen("all")).get(&STAGES), Stages::Shipped);
        assert_eq!(Chosen::of("a", &chosen("none")).get(&STAGES), Stages::Shipped);
        assert_eq!(
            (STAGES.default(), STAGES.about().as_str()),
            ("shipped", "`shipped`: only stages whose layers reach the image; `all`: builder stages too")
        );
    }
}
