//! Texts that are nearly shell: the examples, cut, doubled and crossed, always the same ones.

use crate::random::Random;

const PIECES: [&str; 62] = [
    " ", "\n", ";", ";;", "&", "&&", "|", "||", "(", ")", "((", "))", "{", "}", "{ ", "; }", "<", ">", ">>", "<<E\n",
    "\nE\n", "<<<", "<(", ">&", "&>", "2>", "'", "\"", "`", "$", "$(", "$((", "${", "${x:-", "$'", "\\", "\\\n", "#",
    " #", "!", "! ", "[[ ", " ]]", "[", "]", "=", "a=", "a=(", "if ", "then ", "fi", "case ", " in ", "esac", "do ",
    "done", "for i ", "while ", "f() ", "time ", "*", "é",
];

/// `count` mutants of the examples.
pub fn mutants(examples: &[String], count: usize, seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    (0..count).map(|_| mutant(examples, &mut random)).collect()
}

fn mutant(examples: &[String], random: &mut Random) -> String {
    let mut text: Vec<char> = examples[random.below(examples.len())].chars().collect();
    for _ in 0..=random.below(3) {
        let (a, b) = (random.below(text.len() + 1), random.below(text.len() + 1));
        let (from, to) = (a.min(b), a.max(b).min(a.min(b) + 6));
        match random.below(4) {
            0 => drop(text.drain(from..to)),
            1 => drop(text.splice(to..to, text[from..to].to_vec())),
            2 => drop(text.splice(from..from, PIECES[random.below(PIECES.len())].chars())),
            _ => drop(text.splice(from..to.min(from + 1), PIECES[random.below(PIECES.len())].chars())),
        }
    }
    text.into_iter().collect()
}
