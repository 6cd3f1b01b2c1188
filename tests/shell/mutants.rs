//! Texts that are nearly shell: the examples, cut, doubled and crossed, always the same ones.

const PIECES: [&str; 62] = [
    " ", "\n", ";", ";;", "&", "&&", "|", "||", "(", ")", "((", "))", "{", "}", "{ ", "; }", "<", ">", ">>", "<<E\n",
    "\nE\n", "<<<", "<(", ">&", "&>", "2>", "'", "\"", "`", "$", "$(", "$((", "${", "${x:-", "$'", "\\", "\\\n", "#",
    " #", "!", "! ", "[[ ", " ]]", "[", "]", "=", "a=", "a=(", "if ", "then ", "fi", "case ", " in ", "esac", "do ",
    "done", "for i ", "while ", "f() ", "time ", "*", "é",
];

/// A small generator of numbers; the same ones on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

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
