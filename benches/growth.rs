//! How the time for a file grows with it, for each shape of tests/support/shapes.rs: ten times the instructions should take ten times
//! as long. `cargo bench --bench growth -- run-apt` times one shape.

use dfopt::engine::Options;
use dfopt::facts::NoContext;
use dfopt::text::Source;

#[path = "../tests/support/shapes.rs"]
mod shapes;

// as the program has it
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How many instructions, commands or levels.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    println!("{:<28}{:>14}{:>14}{:>14}", "seconds", SIZES[0], SIZES[1], SIZES[2]);
    for (name, shape) in shapes::INSTRUCTIONS.iter().chain(shapes::LONG) {
        if wanted.as_ref().is_some_and(|wanted| !name.contains(wanted.as_str())) {
            continue;
        }
        let times = SIZES.map(|size| seconds(&shape(size)));
        println!("{name:<28}{:>14}{:>14}{:>14}", times[0], times[1], times[2]);
    }
}

/// How long a file takes; `-` after it if it is left as it is.
fn seconds(text: &str) -> String {
    let source = Source::new(text);
    let start = std::time::Instant::now();
    let outcome = dfopt::optimize(&source, &Options::default(), &NoContext);
    let mark = if outcome.left_alone.is_some() { " -" } else { "" };
    format!("{:.3}{mark}", start.elapsed().as_secs_f64())
}
