//! What a difference means: left out, intended by a transform that was applied, or unexpected; and, once the files were built
//! again without a cache, unstable where the original differs from itself.

use crate::engine::{Intent, Touch};
use crate::verify::compare::{Aspect, Difference, Key, Location};
use crate::verify::glob;
use crate::verify::noise::Noise;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// What a difference means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "verdict", content = "transform")]
pub enum Meaning {
    /// A transform declared it.
    Intended(&'static str),
    /// Two builds of one file differ in it.
    Unstable,
    /// Nothing explains it.
    Unexpected,
}

/// By what a difference is judged.
#[derive(Debug)]
pub struct Judge<'a> {
    /// What is left out.
    pub noise: &'a Noise,
    /// What the transforms that were applied declare.
    pub intents: Vec<(&'static str, Vec<Touch>)>,
}

/// Differences with their meaning, and how many were left out by each rule.
#[derive(Debug, Default)]
pub struct Judged {
    /// The differences that count.
    pub differences: Vec<(Difference, Meaning)>,
    /// How many were left out.
    pub left_out: BTreeMap<String, usize>,
}

impl Judge<'_> {
    /// Judges the differences of two images.
    pub fn judge(&self, differences: Vec<Difference>) -> Judged {
        let mut out = Judged::default();
        for difference in differences {
            let rule = match &difference.place {
                Location::File(path) => self.noise.covers(path, &difference),
                Location::Config(_) => None,
            };
            match rule {
                Some(rule) => *out.left_out.entry(rule.to_owned()).or_default() += 1,
                None => {
                    let meaning = self.intended(&difference).map_or(Meaning::Unexpected, Meaning::Intended);
                    out.differences.push((difference, meaning));
                }
            }
        }
        out
    }

    fn intended(&self, difference: &Difference) -> Option<&'static str> {
        let declares = |touches: &[Touch]| touches.iter().any(|touch| allows(touch, difference));
        self.intents.iter().find(|(_, intents)| declares(intents)).map(|(id, _)| *id)
    }
}

fn allows(touch: &Touch, difference: &Difference) -> bool {
    let (wanted, globs) = match (touch, &difference.place) {
        (Intent::Config(field), Location::Config(name)) => return field == name,
        (Intent::Removed(globs), _) => (Aspect::Removed, globs),
        (Intent::Added(globs), _) => (Aspect::Added, globs),
        (Intent::Content(globs), _) => (Aspect::Content, globs),
        (Intent::Owner(globs), _) => (Aspect::Owner, globs),
        (Intent::Mode(globs), _) => (Aspect::Mode, globs),
        (Intent::Target(globs), _) => (Aspect::Target, globs),
        (Intent::Config(_), Location::File(_)) => return false,
    };
    match &difference.place {
        Location::File(path) => difference.aspect == wanted && glob::any(globs, path),
        Location::Config(_) => false,
    }
}

impl Judged {
    /// What nothing explains.
    pub fn unexpected(&self) -> HashSet<Key> {
        let unexpected = self.differences.iter().filter(|(_, meaning)| *meaning == Meaning::Unexpected);
        unexpected.map(|(difference, _)| difference.key()).collect()
    }

    /// Takes in what a second, fresh build of both showed. What the original differs from itself in is unstable, and so is what
    /// is no longer different; what is different now counts as if it had been seen at first.
    pub fn settle(&mut self, fresh: Judged, own: &HashSet<Key>) {
        let seen = fresh.unexpected();
        for (difference, meaning) in &mut self.differences {
            let key = difference.key();
            if *meaning == Meaning::Unexpected && (own.contains(&key) || !seen.contains(&key)) {
                *meaning = Meaning::Unstable;
            }
        }
        let known: HashSet<Key> = self.differences.iter().map(|(difference, _)| difference.key()).collect();
        for (difference, meaning) in fresh.differences {
            let key = difference.key();
            if !known.contains(&key) {
                let unstable = meaning == Meaning::Unexpected && own.contains(&key);
                self.differences.push((difference, if unstable { Meaning::Unstable } else { meaning }));
            }
        }
        self.differences.sort_by_key(|(difference, _)| difference.key());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge<'a>(noise: &'a Noise, intents: &'static [Intent]) -> Judge<'a> {
        Judge { noise, intents: vec![("some-id", intents.iter().map(|intent| intent.touch()).collect())] }
    }

    fn meanings(judged: &Judged) -> Vec<Meaning> {
        judged.differences.iter().map(|(_, meaning)| meaning.clone()).collect()
    }

    fn config(field: &str) -> Difference {
        Difference { place: Location::Config(field.to_owned()), ..Difference::file("", Aspect::Config) }
    }

    #[test]
    fn what_is_declared_is_intended_and_nothing_else() {
        static INTENTS: &[Intent] = &[
            Intent::Config("User"),
            Intent::Owner(&["/app/**"]),
            Intent::Removed(&["/x/*"]),
            Intent::Target(&["/l/*"]),
        ];
        let noise = Noise::with("").unwrap();
        let cases = [
            (config("User"), true),
            (config("Cmd"), false),
            (Difference::file("/app/a", Aspect::Owner), true),
            (Difference::file("/app/a", Aspect::Mode), false),
            (Difference::file("/usr/a", Aspect::Owner), false),
            (Difference::file("/l/a", Aspect::Target), true),
            (Difference::file("/l/a", Aspect::Content), false),
            (Difference::file("/x/a", Aspect::Removed), true),
            (Difference::file("/x/a", Aspect::Added), false),
            (Difference::file("/x/a", Aspect::Content), false),
        ];
        for (difference, intended) in cases {
            let judged = judge(&noise, INTENTS).judge(vec![difference.clone()]);
            let wanted = if intended { Meaning::Intended("some-id") } else { Meaning::Unexpected };
            assert_eq!(meanings(&judged), [wanted], "{difference:?}");
        }
    }

    #[test]
    fn noise_is_counted_by_rule() {
        let noise = Noise::with("").unwrap();
        let log = |name: &str| Difference::file(name, Aspect::Content);
        let judged = judge(&noise, &[]).judge(vec![log("/var/log/a"), log("/var/log/b"), log("/b")]);
        assert_eq!((judged.left_out["log"], meanings(&judged)), (2, vec![Meaning::Unexpected]));
    }

    #[test]
    fn what_differs_by_itself_is_unstable() {
        let noise = Noise::with("").unwrap();
        let judged = |paths: &[&str]| {
            let differences = paths.iter().map(|path| Difference::file(path, Aspect::Content)).collect();
            judge(&noise, &[]).judge(differences)
        };
        let mut first = judged(&["/real", "/random", "/old-cache"]);
        let own = HashSet::from([Difference::file("/random", Aspect::Content).key()]);
        first.settle(judged(&["/new", "/random", "/real"]), &own);
        let shown: Vec<_> = first.differences.iter().map(|(d, meaning)| (d.place.shown(), meaning.clone())).collect();
        let wanted = [
            ("/new", Meaning::Unexpected),
            ("/old-cache", Meaning::Unstable),
            ("/random", Meaning::Unstable),
            ("/real", Meaning::Unexpected),
        ];
        assert_eq!(shown, wanted.map(|(path, meaning)| (path.to_owned(), meaning)));
    }
}
