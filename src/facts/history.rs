//! What holds before and after steps, for all steps of a file at once: each step is looked at once, however often it is asked. A
//! transform that asks at each step what came before it would otherwise look at each pair of steps.

use crate::facts::{Base, Facts, Stage, Step};
use std::cell::RefCell;
use std::collections::HashMap;

/// A step: its stage, and its place in there.
pub type Place = (usize, usize);

/// The steps of which something holds.
#[derive(Debug)]
pub struct Marked {
    /// Of each stage, in order.
    own: Vec<Vec<usize>>,
    /// The first one in what a stage is made from.
    above: Vec<Option<Place>>,
    /// The first one in the stages that are made from a stage, directly or not.
    below: Vec<Option<Place>>,
}

impl Marked {
    /// Looks at each step of a file once.
    pub fn of<'a>(facts: &Facts<'a>, holds: impl Fn(&Stage<'a>, &Step<'a>) -> bool) -> Marked {
        let marks = |stage: &Stage<'a>| {
            let steps = stage.steps.iter().enumerate().filter(|(_, step)| holds(stage, step));
            steps.map(|(at, _)| at).collect::<Vec<usize>>()
        };
        facts.counter.look(facts.stages.iter().map(|stage| stage.steps.len()).sum());
        let own: Vec<Vec<usize>> = facts.stages.iter().map(marks).collect();
        let first = |stage: usize| own[stage].first().map(|at| (stage, *at));
        let mut above: Vec<Option<Place>> = Vec::with_capacity(own.len());
        // a stage is made from an earlier one
        for stage in &facts.stages {
            above.push(match stage.base {
                Base::Stage(parent) => above[parent].or(first(parent)),
                _ => None,
            });
        }
        let mut below: Vec<Option<Place>> = vec![None; own.len()];
        for (stage, one) in facts.stages.iter().enumerate().rev() {
            let of_children =
                one.children.iter().filter_map(|child| first(*child).into_iter().chain(below[*child]).min());
            below[stage] = of_children.min();
        }
        Marked { own, above, below }
    }

    /// The first one before a step, in the parents of its stage or in itself.
    pub fn before(&self, (stage, step): Place) -> Option<Place> {
        let own = || self.own.get(stage)?.first().filter(|at| **at < step).map(|at| (stage, *at));
        self.above.get(stage).copied().flatten().or_else(own)
    }

    /// From after the last one before a step up to the first one from the step on, both of its own stage.
    pub fn around(&self, (stage, step): Place) -> (usize, Option<usize>) {
        let own = self.own.get(stage).map_or(&[][..], Vec::as_slice);
        let next = own.partition_point(|at| *at < step);
        (next.checked_sub(1).map_or(0, |last| own[last] + 1), own.get(next).copied())
    }

    /// The first one after a step, in its stage or else in those made from it.
    pub fn after(&self, (stage, step): Place) -> Option<Place> {
        let own = self.own.get(stage)?;
        let next = own.get(own.partition_point(|at| *at <= step)).map(|at| (stage, *at));
        next.or(self.below[stage])
    }

    /// The first one in a stage or in those made from it.
    pub fn in_family(&self, stage: usize) -> Option<Place> {
        let own = self.own.get(stage)?.first().map(|at| (stage, *at));
        own.or(self.below[stage])
    }
}

/// Steps by what they name.
#[derive(Debug)]
pub struct Index(HashMap<String, Vec<Place>>);

impl Index {
    /// Looks at each step of a file once.
    pub fn of<'a>(facts: &Facts<'a>, names: impl Fn(&Stage<'a>, &Step<'a>) -> Vec<String>) -> Index {
        let mut index: HashMap<String, Vec<Place>> = HashMap::new();
        for (number, stage) in facts.stages.iter().enumerate() {
            facts.counter.look(stage.steps.len());
            for (at, step) in stage.steps.iter().enumerate() {
                for name in names(stage, step) {
                    index.entry(name).or_default().push((number, at));
                }
            }
        }
        Index(index)
    }

    /// One that names this before a step, in its stage or in what that is made from.
    pub fn before(&self, facts: &Facts, name: &str, place: Place) -> Option<Place> {
        let all = self.0.get(name).filter(|_| !facts.counter.is_exhausted())?;
        let found = all.iter().position(|one| facts.precedes(*one, place));
        facts.counter.look(found.unwrap_or(all.len()));
        found.map(|index| all[index])
    }
}

/// What a fold over the steps of a stage and its parents comes to before each of them; worked out as far as it was asked for.
#[derive(Debug)]
pub struct History<T> {
    stages: RefCell<Vec<Vec<T>>>,
}

impl<T: Clone> History<T> {
    /// Nothing is worked out yet.
    pub fn new(facts: &Facts) -> History<T> {
        History { stages: RefCell::new(facts.stages.iter().map(|_| Vec::new()).collect()) }
    }

    /// What it comes to before a step; after the last one, for a step beyond it. `start` gives what holds right after the FROM of a stage
    /// that is made from no other, `fold` what a step does to it.
    pub fn before<'a>(
        &self,
        facts: &Facts<'a>,
        (stage, step): Place,
        start: impl Fn(usize) -> T,
        fold: impl Fn(&Step<'a>, &mut T),
    ) -> Option<T> {
        let mut stages = self.stages.borrow_mut();
        // the stages that are not begun yet, from this one up
        let mut open = vec![stage];
        while let Some(Base::Stage(parent)) = facts.stages.get(*open.last()?).map(|one| &one.base) {
            if !stages[*open.last()?].is_empty() {
                break;
            }
            open.push(*parent);
        }
        while let Some(one) = open.pop() {
            let steps = &facts.stages.get(one)?.steps;
            if stages[one].is_empty() {
                let first = match facts.stages[one].base {
                    Base::Stage(parent) => stages[parent].last()?.clone(),
                    _ => start(one),
                };
                stages[one].push(first);
            }
            let wanted = if one == stage { step.min(steps.len()) } else { steps.len() };
            let known = &mut stages[one];
            while known.len() <= wanted {
                let mut next = known.last()?.clone();
                facts.counter.look(1);
                fold(&steps[known.len() - 1], &mut next);
                known.push(next);
            }
            if one == stage {
                return known.get(wanted).cloned();
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{self, Keyword};
    use crate::text::Source;

    const TEXT: &str =
        "FROM a AS x\nRUN 1\nUSER u\nRUN 2\nFROM x AS y\nRUN 3\nUSER v\nFROM y\nRUN 4\nFROM b\nRUN 5\nFROM x\nRUN 6\n";

    fn with<R>(f: impl Fn(&Facts) -> R) -> R {
        let source = Source::new(TEXT);
        let parsed = syntax::parse(&source);
        f(&Facts::new(&source, &parsed.file))
    }

    fn is_user(_: &Stage, step: &Step) -> bool {
        step.instruction.keyword == Keyword::User
    }

    #[test]
    fn marked_steps_are_found_before_and_after_others() {
        with(|facts| {
            let marked = Marked::of(facts, is_user);
            assert_eq!(marked.before((0, 1)), None);
            assert_eq!(marked.before((0, 2)), Some((0, 1)));
            assert_eq!(marked.before((1, 0)), Some((0, 1)), "in its parent");
            assert_eq!(marked.before((3, 1)), None, "another base");
            assert_eq!(marked.after((0, 0)), Some((0, 1)));
            assert_eq!(marked.after((0, 1)), Some((1, 1)), "in what is made from it");
            assert_eq!(marked.after((1, 1)), None);
            assert_eq!(
                (marked.in_family(0), marked.in_family(1), marked.in_family(4)),
                (Some((0, 1)), Some((1, 1)), None)
            );
        });
    }

    #[test]
    fn steps_are_found_by_name_where_they_come_before() {
        with(|facts| {
            let index = Index::of(facts, |_, step| vec![step.instruction.keyword.name().to_owned()]);
            let user = |place| index.before(facts, "USER", place);
            assert_eq!(
                [user((0, 1)), user((0, 2)), user((1, 0)), user((2, 0))],
                [None, Some((0, 1)), Some((0, 1)), Some((0, 1))]
            );
            assert_eq!([user((3, 1)), user((4, 0))], [None, Some((0, 1))]);
            assert_eq!(index.before(facts, "COPY", (2, 1)), None);
        });
    }

    #[test]
    fn a_fold_goes_through_the_parents_and_looks_at_each_step_once() {
        with(|facts| {
            let history = History::new(facts);
            let asked = std::cell::Cell::new(0);
            let count = |place| {
                history.before(
                    facts,
                    place,
                    |root| root * 100,
                    |_, count| {
                        asked.set(asked.get() + 1);
                        *count += 1;
                    },
                )
            };
            assert_eq!(count((2, 1)), Some(6));
            assert_eq!(
                [count((0, 0)), count((0, 2)), count((1, 9)), count((4, 1)), count((3, 1))],
                [0, 2, 5, 4, 301].map(Some)
            );
            assert_eq!(asked.get(), 3 + 2 + 1 + 1 + 1);
            assert_eq!(count((7, 0)), None);
        });
    }
}
