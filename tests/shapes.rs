//! Of no shape does the work for a file grow faster than the file, as far as it is counted: doubling a file at most doubles it. What
//! would grow faster runs out of its budget, and the file is left exactly as it was. Counted, never timed.
#![allow(clippy::unwrap_used)]

use dfopt::engine::{Level, Options, Outcome, Work};
use dfopt::facts::NoContext;
use dfopt::text::Source;

#[path = "support/shapes.rs"]
mod shapes;

use shapes::{INSTRUCTIONS, LONG, Shape};

/// Pairs of instructions depend on each other: the RUNs between each ADD and the one that unpacks it are looked at, the variables that
/// each `sudo` hides.
const OF_PAIRS: &[&str] = &["add-url-apart", "env-then-sudo"];

fn optimize(text: &str, level: Level) -> Outcome {
    let outcome = dfopt::optimize(&Source::new(text), &Options { level, ..Options::default() }, &NoContext);
    assert!(outcome.bugs.is_empty(), "{:?}", outcome.bugs);
    outcome
}

fn counts(work: &Work) -> [(&'static str, usize); 6] {
    let Work { items, scripts, facts, asked, checks, looks } = *work;
    [("items", items), ("scripts", scripts), ("facts", facts), ("asked", asked), ("checks", checks), ("looks", looks)]
}

/// What grows faster than the file when that doubles.
fn faster(small: &Work, large: &Work) -> Vec<String> {
    let pairs = counts(small).into_iter().zip(counts(large));
    // rounds, and what is done once for a file, make no difference
    let fast = pairs.filter(|((_, small), (_, large))| *large > small * 21 / 10 + 100);
    fast.map(|((name, small), (_, large))| format!("{name}: {small}, then {large}")).collect()
}

fn grow_with_the_file(shapes: &[Shape]) {
    let mut wrong = Vec::new();
    for (name, shape) in shapes {
        for level in [Level::Safe, Level::Aggressive] {
            let [small, large] = [200, 400].map(|size| optimize(&shape(size), level));
            let known = OF_PAIRS.contains(name);
            let fast = faster(&small.work, &large.work);
            if fast.is_empty() == known && level == Level::Aggressive || !fast.is_empty() && !known {
                wrong.push(format!("{name} at {level}: {}", fast.join("; ")));
            }
            let left = [&small, &large].into_iter().find_map(|outcome| outcome.left_alone.as_ref());
            wrong.extend(left.map(|left| format!("{name}: {}", left.why)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_work_for_many_instructions_grows_with_them() {
    grow_with_the_file(INSTRUCTIONS);
}

#[test]
fn the_work_for_a_long_instruction_grows_with_it() {
    grow_with_the_file(LONG);
}

#[test]
fn what_costs_more_than_its_budget_is_left_exactly_as_it_was() {
    let (_, shape) = INSTRUCTIONS.iter().find(|(name, _)| *name == OF_PAIRS[0]).unwrap();
    let text = format!("# a comment\n{}", shape(3000));
    let outcome = optimize(&text, Level::Aggressive);
    let left = outcome.left_alone.unwrap();
    assert_eq!(&text[left.at.range()], "FROM");
    assert!(left.why.contains("split the file, or exclude it"), "{}", left.why);
    assert_eq!(outcome.text, text);
    assert!(outcome.applied.is_empty() && outcome.refused.is_empty() && outcome.advice.is_empty());
}
