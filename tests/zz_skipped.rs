//! Counts what the tests before it skipped. It has no harness, so that its words are shown, and a name that cargo runs last.

#[path = "support/skips.rs"]
mod skips;

fn main() {
    let all = skips::counted();
    if all.is_empty() {
        return println!("\nno test was skipped");
    }
    let mut reasons: Vec<&String> = all.iter().collect();
    reasons.sort();
    reasons.dedup();
    println!("\n{} tests or parts of tests were skipped:", all.len());
    for reason in reasons {
        println!("  {} x {reason}", all.iter().filter(|one| *one == reason).count());
    }
}
