//! Where the files that ADDs fetch are spoken of. All names are looked for in each text of a file at once: an ADD that searched all that
//! comes after it for its own would look at each pair of instructions.

use super::body::only_removes;
use super::fetch::{self, Fetch};
use super::name::{Name, normal};
use super::*;
use crate::facts::Step;
use crate::knowledge::programs::Kind;
use crate::script::Commands;
use aho_corasick::AhoCorasick;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

/// In which text a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    /// That of a RUN, continued lines joined.
    Run,
    /// That of an instruction as it stands in the file.
    Item,
    /// What a RUN gives to its shell.
    Shell,
}

/// How the name is spelled there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Spelling {
    /// Its variables by name.
    Normal,
    /// As it is, the values of variables put in.
    Known,
}

/// What is looked for.
type Wanted<'n> = [(Spelling, &'n str)];

/// The items in which each name stands.
pub struct Mentions {
    found: HashMap<(Place, Spelling), HashMap<String, Vec<usize>>>,
    /// RUNs that unpack, that only remove files, or of which that is not known.
    unpack: OnceCell<Vec<usize>>,
    /// The instructions that copy from a stage or image, by the name that they give it, in lower case.
    copies: HashMap<String, Vec<usize>>,
}

impl Mentions {
    /// Looks for all that the ADDs at these places fetch.
    pub fn of(facts: &Facts, adds: &[(usize, usize)]) -> Mentions {
        let mut names: Vec<String> = Vec::new();
        for (stage, at) in adds {
            let step = &facts.stages[*stage].steps[*at];
            names.extend(bases(step));
            let fetched = fetch::sources(step.instruction).and_then(|parts| Fetch::read(step, parts).ok());
            let files = fetched.into_iter().flat_map(|fetch| fetch.files);
            names.extend(files.flat_map(|file| spellings(&file)).map(|(_, name)| name));
        }
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        let mut found = Mentions { found: HashMap::new(), unpack: OnceCell::new(), copies: copies(facts) };
        if let Ok(search) = AhoCorasick::new(&names) {
            found.look(facts, &names, &search);
        }
        found
    }

    fn look(&mut self, facts: &Facts, names: &[String], search: &AhoCorasick) {
        for (item, instruction) in facts.file.instructions() {
            let mut texts = vec![(Place::Item, facts.source.slice(facts.file.items[item].span))];
            if instruction.keyword == Keyword::Run {
                texts.push((Place::Run, instruction.line.text()));
                texts.extend(facts.shell_text(item).map(|found| (Place::Shell, found.text.text())));
            }
            for (place, text) in texts {
                for (spelling, text) in [(Spelling::Known, text), (Spelling::Normal, &normal(text))] {
                    let hits = search.find_overlapping_iter(text).map(|hit| hit.pattern().as_usize());
                    self.note(names, (place, spelling), item, hits.take_while(|_| facts.counter.look(1)));
                }
            }
        }
    }

    fn note(&mut self, names: &[String], key: (Place, Spelling), item: usize, hits: impl Iterator<Item = usize>) {
        let by_name = self.found.entry(key).or_default();
        for hit in hits {
            let Some(name) = names.get(hit) else { continue };
            match by_name.get_mut(name) {
                Some(items) if items.last() == Some(&item) => {}
                Some(items) => items.push(item),
                None => drop(by_name.insert(name.clone(), vec![item])),
            }
        }
    }

    /// The first of some items in which one of the names stands.
    fn next(&self, place: Place, wanted: &Wanted, items: Range<usize>) -> Option<usize> {
        let first = |(spelling, name): &(Spelling, &str)| {
            let all = self.found.get(&(place, *spelling))?.get(*name)?;
            all.get(all.partition_point(|item| *item < items.start)).copied().filter(|item| *item < items.end)
        };
        wanted.iter().filter_map(first).min()
    }

    /// All of them, in order.
    fn all(&self, place: Place, file: &Name, items: Range<usize>) -> impl Iterator<Item = usize> {
        let spelled = spellings(file);
        // whatever has no name stands everywhere
        let everywhere = spelled.iter().any(|(_, name)| name.is_empty());
        let next = move |start: usize| {
            let wanted: Vec<(Spelling, &str)> = spelled.iter().map(|(spelling, name)| (*spelling, &**name)).collect();
            match everywhere {
                true => Some(start).filter(|start| *start < items.end),
                false => self.next(place, &wanted, start..items.end),
            }
        };
        let first = next(items.start);
        std::iter::successors(first, move |last| next(last + 1))
    }

    /// The instructions that speak of a file.
    pub fn spoken(&self, facts: &Facts, file: &Name) -> impl Iterator<Item = usize> {
        self.all(Place::Item, file, 0..facts.file.items.len())
    }

    /// The RUNs among some items whose commands may speak of a file.
    pub fn commanded(&self, file: &Name, items: Range<usize>) -> impl Iterator<Item = usize> {
        self.all(Place::Shell, file, items)
    }

    /// The instructions that copy from a stage.
    pub fn copies<'m>(&'m self, facts: &Facts, stage: usize) -> impl Iterator<Item = usize> + use<'m> {
        let names = std::iter::once(stage.to_string()).chain(facts.stages[stage].name.clone());
        let all: Vec<&Vec<usize>> = names.filter_map(|name| self.copies.get(&name)).collect();
        all.into_iter().flatten().copied()
    }

    /// The step of the RUN that unpacks, or removes, what the ADD at a step fetches. By names alone: whether it is sound is looked at
    /// later.
    pub fn unpacked_at(&self, facts: &Facts, stage: usize, at: usize) -> Option<usize> {
        let steps = &facts.stages[stage].steps;
        let names = bases(&steps[at]);
        let wanted: Vec<(Spelling, &str)> = names.iter().map(|name| (Spelling::Normal, name.as_str())).collect();
        let end = steps.last().map_or(0, |last| last.item + 1);
        let found = self.next(Place::Run, &wanted, steps[at].item + 1..end)?;
        let unpack = self.unpack.get_or_init(|| unpack(facts));
        let mut next = found;
        loop {
            let speaks = self.next(Place::Run, &wanted, next..end)?;
            match unpack.get(unpack.partition_point(|item| *item < speaks)) {
                Some(item) if *item == speaks => return steps.binary_search_by_key(&found, |step| step.item).ok(),
                // none of those between unpacks anything
                Some(item) => next = *item,
                None => return None,
            }
            facts.counter.look(1);
        }
    }
}

/// The names that the file of an ADD may have.
fn bases(step: &Step) -> Vec<String> {
    let Some((sources, dest)) = fetch::sources(step.instruction) else { return Vec::new() };
    let folder = dest.ends_with('/') || dest == ".";
    let last = dest.rsplit('/').next().unwrap_or(dest);
    let bases = sources.iter().map(|source| fetch::base(source)).chain((!folder).then_some(last));
    let written = |base: &str| {
        let known = Name::of_builder(base, &step.before).filter(Name::is_known).map(|name| name.key().to_owned());
        std::iter::once(normal(base)).chain(known)
    };
    bases.filter(|base| !base.is_empty()).flat_map(written).collect()
}

/// The spellings by which a text speaks of a file: see [`super::body::names`].
fn spellings(file: &Name) -> Vec<(Spelling, String)> {
    let base = file.base();
    let known = base.is_known().then(|| (Spelling::Known, base.key().to_owned()));
    std::iter::once((Spelling::Normal, normal(&base.shown()))).chain(known).collect()
}

/// The RUNs of a file that unpack something, or only remove files. By a text that was not understood anything may be done.
fn unpack(facts: &Facts) -> Vec<usize> {
    let unpacks =
        |commands: Commands| commands.deep().iter().any(|one| one.is_kind(Kind::Unpacks) || only_removes(*one));
    let runs = facts.file.instructions().filter(|(_, one)| one.keyword == Keyword::Run);
    runs.map(|(item, _)| item).filter(|item| facts.started(*item).is_none_or(unpacks)).collect()
}

fn copies(facts: &Facts) -> HashMap<String, Vec<usize>> {
    let mut copies: HashMap<String, Vec<usize>> = HashMap::new();
    for (item, instruction) in facts.file.instructions() {
        if let Some(from) = instruction.flag("from").and_then(|flag| flag.value.as_deref()) {
            copies.entry(from.to_lowercase()).or_default().push(item);
        }
    }
    copies
}
