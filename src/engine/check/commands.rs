//! Two shell texts in their normal form: whether one became the other by what a transform may do to commands and words.

use super::line::Line;
use crate::engine::delta::{self, At, Bound, List, May, Near, Words};
use crate::engine::trace::script::{Chunk, Node, Redirect, Simple, Word};

/// The comparison of the texts of one RUN.
pub struct Commands<'m, 't> {
    /// What the transform may do.
    pub may: &'static [May],
    /// What stands for names so far.
    pub bound: &'m mut Bound,
    /// The whole text as it was.
    pub whole: &'m Node<'t>,
}

/// Where in the whole text a command stands.
#[derive(Clone, Copy)]
pub struct Edge {
    /// Nothing is before it.
    pub first: bool,
    /// Nothing is after it, and all before it surely succeeded or did not matter.
    pub last: bool,
    /// It is a link of chains of `&&` and an entry of lists, in groups and subshells, too; no operator asks for its status.
    pub plain: bool,
}

impl Edge {
    /// All of the text.
    pub const WHOLE: Edge = Edge { first: true, last: true, plain: true };
    /// Somewhere inside of a command.
    pub const INSIDE: Edge = Edge { first: false, last: false, plain: false };

    /// Of one of several that stand there.
    fn of(self, index: usize, count: usize) -> Edge {
        Edge { first: self.first && index == 0, last: self.last && index + 1 == count, ..self }
    }
}

impl<'t> Commands<'_, 't> {
    /// Whether a command became another.
    pub fn node(&mut self, old: &Node<'t>, new: &Node<'t>, edge: Edge) -> bool {
        if old == new {
            return true;
        }
        match (old, new) {
            (Node::Seq(_), _) | (_, Node::Seq(_)) => self.entries(old.entries(), new.entries(), edge),
            (Node::Simple(a), Node::Pipe(all, _)) if self.fed(a, all) => true,
            (Node::And(_), _) | (_, Node::And(_)) => self.links(old.links(), new.links(), edge),
            (Node::Or(a), Node::Or(b)) => self.each(a, b, Edge { last: false, plain: false, ..edge }),
            (Node::Pipe(a, pipes), Node::Pipe(b, others)) => pipes == others && self.each(a, b, Edge::INSIDE),
            (Node::Isolated(a), Node::Isolated(b)) => self.node(a, b, Edge { plain: edge.plain, ..Edge::INSIDE }),
            (Node::Not(a), Node::Not(b))
            | (Node::Timed(a), Node::Timed(b))
            | (Node::Background(a), Node::Background(b)) => self.node(a, b, Edge::INSIDE),
            (Node::Redirected(a, from), Node::Redirected(b, to)) => {
                self.redirects(from, to) && self.node(a, b, Edge::INSIDE)
            }
            (Node::Simple(a), Node::Simple(b)) => self.simple(a, b),
            (Node::Block(a), Node::Block(b)) => self.chunks(a, b),
            _ => false,
        }
    }

    fn each(&mut self, old: &[Node<'t>], new: &[Node<'t>], edge: Edge) -> bool {
        old.len() == new.len()
            && old.iter().zip(new).enumerate().all(|(at, (a, b))| self.node(a, b, edge.of(at, old.len())))
    }

    /// `a; b`: nothing comes to a list or goes from it, but a command that must be first where the next is in the background.
    fn entries(&mut self, old: &[Node<'t>], new: &[Node<'t>], edge: Edge) -> bool {
        if let ([Node::Background(_), ..], [first, rest @ ..]) = (old, new)
            && old.len() == rest.len()
        {
            return self.comes(first, &[], rest, edge) && self.each(old, rest, Edge { first: false, ..edge });
        }
        self.each(old, new, edge)
    }

    /// `a && b`: links may come and go.
    fn links(&mut self, old: &[Node<'t>], new: &[Node<'t>], edge: Edge) -> bool {
        let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        let most = old.len().min(new.len()) - start;
        let end = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let mut at = (start, start);
        let ends = (old.len() - end, new.len() - end);
        // what comes before the first link that was there, and behind the last one
        let between = |at: usize| Edge { first: edge.first && at == 0, last: edge.last && at == old.len(), ..edge };
        while at != ends {
            let (a, b) = (old[..ends.0].get(at.0), new[..ends.1].get(at.1));
            let place = edge.of(at.0, old.len());
            match (a, b) {
                (Some(a), Some(b)) if self.node(a, b, Edge { last: edge.last && at.1 + 1 == new.len(), ..place }) => {
                    at = (at.0 + 1, at.1 + 1);
                }
                (_, Some(b)) if self.comes(b, &new[..at.1], &new[at.1 + 1..], between(at.0)) => at.1 += 1,
                (Some(a), _) if edge.plain && old.len() > 1 && self.goes(a) => at.0 += 1,
                _ => return false,
            }
        }
        true
    }

    /// Whether a command may come behind some others and before the rest.
    fn comes(&mut self, node: &Node<'t>, before: &[Node<'t>], after: &[Node<'t>], edge: Edge) -> bool {
        self.may.iter().any(|may| {
            let May::AddCommand { commands, near } = may else { return false };
            let fits = match near {
                Near::First => edge.first,
                Near::Last(programs) => edge.last && self.whole_runs(programs),
                Near::Before(programs) => edge.plain && after.first().is_some_and(|next| runs(next, programs)),
                Near::After(programs) => edge.plain && before.last().is_some_and(|last| runs(last, programs)),
            };
            fits && commands.iter().any(|line| self.is_command(line, node) || self.is_written_so(line, node))
        })
    }

    /// Whether it is a command of a line but for the folder of its program, which the text names there already.
    fn is_written_so(&mut self, line: &'static str, node: &Node<'t>) -> bool {
        let Node::Simple(simple) = node else { return false };
        let Some((program, name)) =
            simple.words.first().and_then(|word| Some((word.raw, word.raw.rsplit_once('/')?.1)))
        else {
            return false;
        };
        let mut there = false;
        self.whole.each_simple(&mut |one| there |= one.words.iter().any(|word| word.raw == program));
        let words: Vec<&str> = std::iter::once(name).chain(simple.words[1..].iter().map(|word| word.raw)).collect();
        there && simple.assigned == 0 && simple.redirects.is_empty() && delta::fits(line, &words, self.bound)
    }

    fn whole_runs(&self, programs: List) -> bool {
        programs.is_empty() || runs_anywhere(self.whole, programs)
    }

    /// Whether a command may go.
    pub fn goes(&mut self, node: &Node<'t>) -> bool {
        let drops = self.may.iter().filter_map(|may| match may {
            May::DropCommand(commands) => Some(commands.iter()),
            _ => None,
        });
        drops.flatten().any(|line| self.is_command(line, node))
    }

    /// Whether a command is one of a line: simple ones in a pipe, without redirections, and with
    /// the assignments that the line has.
    pub fn is_command(&mut self, line: &'static str, node: &Node<'t>) -> bool {
        match node {
            Node::Simple(simple) => is_simple(line, simple, self.bound),
            Node::Pipe(all, pipes) if !pipes.contains(&true) && line.contains(" | ") => {
                let mut lines = line.split(" | ");
                let fine = all.iter().all(|node| match (lines.next(), node) {
                    (Some(line), Node::Simple(simple)) => is_simple(line, simple, self.bound),
                    _ => false,
                });
                fine && lines.next().is_none()
            }
            _ => false,
        }
    }

    /// `tar x file` that became `curl url | tar x -`.
    fn fed(&mut self, old: &Simple<'t>, new: &[Node<'t>]) -> bool {
        let [feeds, Node::Simple(fed)] = new else { return false };
        let lines = self.may.iter().filter_map(|may| match may {
            May::Feed(lines) => Some(lines.iter()),
            _ => None,
        });
        if old.words.len() != fed.words.len() || old.assigned != fed.assigned || old.redirects != fed.redirects {
            return false;
        }
        let mut changed = old.words.iter().zip(&fed.words).filter(|(a, b)| a != b);
        let (Some((file, input)), None) = (changed.next(), changed.next()) else { return false };
        input.raw == "-"
            && delta::word_fits("<file>", file.raw, self.bound)
            && lines.flatten().any(|line| self.is_command(line, feeds))
    }

    fn chunks(&mut self, old: &[Chunk<'t>], new: &[Chunk<'t>]) -> bool {
        let same = |this: &mut Self, pair: (&Chunk<'t>, &Chunk<'t>)| match pair {
            (Chunk::Text(a), Chunk::Text(b)) => a == b,
            (Chunk::Word(a), Chunk::Word(b)) => this.word(a, b),
            (Chunk::List(a), Chunk::List(b)) => this.node(a, b, Edge::INSIDE),
            _ => false,
        };
        old.len() == new.len() && old.iter().zip(new).all(|pair| same(self, pair))
    }

    /// Whether words are the same but for the commands in them.
    fn word(&mut self, old: &Word<'t>, new: &Word<'t>) -> bool {
        old.raw == new.raw || (!old.chunks.is_empty() && self.chunks(&old.chunks, &new.chunks))
    }

    fn redirects(&mut self, old: &[Redirect<'t>], new: &[Redirect<'t>]) -> bool {
        let body = |this: &mut Self, old: &Option<Word<'t>>, new: &Option<Word<'t>>| match (old, new) {
            (Some(a), Some(b)) => this.word(a, b),
            (a, b) => a == b,
        };
        old.len() == new.len()
            && old.iter().zip(new).all(|(a, b)| {
                a.operator == b.operator && self.word(&a.target, &b.target) && body(self, &a.body, &b.body)
            })
    }

    fn simple(&mut self, old: &Simple<'t>, new: &Simple<'t>) -> bool {
        self.redirects(&old.redirects, &new.redirects) && (self.words(old, new) || self.sorted(old, new))
    }

    /// Word for word; those that come and go are taken where they may.
    fn words(&mut self, old: &Simple<'t>, new: &Simple<'t>) -> bool {
        let (mut i, mut j) = (0, 0);
        let mut assigned = old.assigned;
        loop {
            match (old.words.get(i), new.words.get(j)) {
                (None, None) => return assigned == new.assigned,
                (Some(a), Some(b)) if self.word(a, b) => (i, j) = (i + 1, j + 1),
                (Some(_), Some(_)) if self.replaced(old, new, (i, j)) => (i, j) = (i + 1, j + 1),
                (a, b) => {
                    let come = b.map_or(0, |_| self.added(old, new, j));
                    if come > 0 {
                        j += come;
                    } else if a.is_some() && self.dropped(old, i) {
                        i += 1;
                    } else if let Some(gone) = a.and_then(|_| self.unwrapped(old, i)) {
                        i += gone;
                        assigned += old.words[i..].iter().take_while(|word| word.raw.contains('=')).count();
                    } else {
                        return false;
                    }
                }
            }
        }
    }

    /// How many words come at a place.
    fn added(&self, old: &Simple<'t>, new: &Simple<'t>, at: usize) -> usize {
        let raw = new.words[at].raw;
        let beside = |says: fn(&str, &str) -> bool, raw: &str| {
            old.words.iter().filter_map(Word::value).any(|there| says(raw, &there))
        };
        let count = |place: At, words: &Words| match words {
            Words::All(all) => {
                let found = new.words.iter().skip(at).map(|word| word.raw).take(all.len());
                if found.eq(all.iter().copied()) { all.len() } else { 0 }
            }
            Words::One(some) => usize::from(some.contains(&raw)),
            Words::If(some, mark) => {
                usize::from(some.contains(&raw) && old.words.iter().any(|word| word.raw.contains(mark)))
            }
            // at the end, several at once
            Words::Beside(says) if matches!(place, At::Tail) => {
                new.words[at..].iter().take_while(|word| beside(*says, word.raw)).count()
            }
            Words::Beside(says) => usize::from(beside(*says, raw)),
        };
        let once =
            |word: &Word<'t>| !old.words.contains(word) && new.words.iter().filter(|other| *other == word).count() == 1;
        let mut counts = self.may.iter().filter_map(|may| {
            let May::AddWord { to, at: place, words } = may else { return None };
            let count = Some(count(*place, words)).filter(|count| *count > 0)?;
            let line = Line::of(new).filter(|line| line.runs(to))?;
            let fits = place.holds(new, &line, at, count) && new.words[at..at + count].iter().all(once);
            fits.then_some(count)
        });
        counts.next().unwrap_or(0)
    }

    /// Whether an option may go.
    fn dropped(&self, old: &Simple<'t>, at: usize) -> bool {
        let line = Line::of(old).filter(|line| line.is_option(at));
        line.is_some_and(|line| {
            let mut drops = self.may.iter().filter_map(|may| match may {
                May::DropWord { of, words, or_with } => Some((of, words, *or_with)),
                _ => None,
            });
            let given = |or_with: List| {
                old.words
                    .iter()
                    .any(|word| or_with.contains(&word.raw) || self.bound.given.iter().any(|given| given == word.raw))
            };
            drops.any(|(of, words, or_with)| words.contains(&old.words[at].raw) && line.runs(of) && given(or_with))
        })
    }

    /// How many words go with a program that only runs another, if one stands there.
    fn unwrapped(&self, old: &Simple<'t>, at: usize) -> Option<usize> {
        let mut mays = self.may.iter().filter_map(|may| match may {
            May::Unwrap { programs, options } => {
                let mut before = old.words.get(old.assigned..at)?.iter().map(|word| word.raw);
                before.all(|word| programs.contains(&word)).then_some((programs, options))
            }
            _ => None,
        });
        let (_, options) = mays.find(|(programs, _)| programs.contains(&old.words[at].raw))?;
        let mut next = at + 1;
        while let Some(word) = old.words.get(next).map(|word| word.raw).filter(|word| word.starts_with('-')) {
            let value = old.words.get(next + 1).map(|value| value.raw).unwrap_or_default();
            let pair = |option: &&str| option.split_once(' ') == Some((word, value));
            next += match () {
                () if options.contains(&word) || is_cluster(word, options) => 1,
                () if options.iter().any(pair) => 2,
                () => return None,
            };
            if word == "--" {
                break;
            }
        }
        (next < old.words.len()).then_some(next - at)
    }

    /// Whether one option became another.
    fn replaced(&self, old: &Simple<'t>, new: &Simple<'t>, (i, j): (usize, usize)) -> bool {
        let (a, b) = (old.words[i].raw, new.words[j].raw);
        let option_of = |programs: List| Line::of(old).is_some_and(|line| line.runs(programs) && line.is_option(i));
        let letters = |word: &'t str| word.strip_prefix('-').filter(|rest| !rest.starts_with('-')).unwrap_or_default();
        let mut mounts = self.bound.mounts.iter();
        if mounts.any(|mounted| mounted.used && mounted.file == a && mounted.word.as_deref() == Some(b)) {
            return true;
        }
        self.may.iter().any(|may| match may {
            May::ReplaceWord { of, words, by } => b == *by && words.contains(&a) && option_of(of),
            May::AddLetter { to, letter } => {
                let first = new.words[..j].iter().all(|word| old.words.contains(word));
                let (a, b) = (letters(a), letters(b));
                first && !a.is_empty() && !a.contains(*letter) && b.strip_prefix(*letter) == Some(a) && option_of(to)
            }
            _ => false,
        })
    }

    /// Whether the words at the end are the same in the order of the alphabet.
    fn sorted(&self, old: &Simple<'t>, new: &Simple<'t>) -> bool {
        let mays = self.may.iter().filter_map(|may| match may {
            May::Sort { of, after } => Some((of, after)),
            _ => None,
        });
        let raw = |simple: &Simple<'t>| simple.words.iter().map(|word| word.raw).collect::<Vec<_>>();
        let (a, b) = (raw(old), raw(new));
        let start = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
        let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        if a.len() != b.len() || start + end >= a.len() {
            return false;
        }
        let (mut some, range) = (a[start..a.len() - end].to_vec(), start..a.len() - end);
        let plain = |word: &&str| !word.starts_with('-') && !word.contains(['$', '`', '*', '?', '=', '/', '<', '>']);
        some.sort_unstable();
        mays.into_iter().any(|(of, after)| {
            let verb = a[..start].iter().any(|word| after.contains(word));
            verb && runs_program(old, of)
        }) && some.iter().all(plain)
            && old.assigned == new.assigned
            && some == b[range]
    }
}

impl At {
    /// Whether words at a place of a command stand where they may, and are read as what they are.
    fn holds(self, new: &Simple, line: &Line, at: usize, count: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| new.words[before].raw);
        match self {
            At::Program => at == line.program + 1 && line.is_option(at),
            At::Verb(verbs) => at > line.program + 1 && verbs.contains(&before) && line.is_option(at),
            At::Options(verbs) => line.is_behind(verbs, at) && line.is_option(at),
            At::Operand(verbs) => line.is_behind(verbs, at) && line.is_operand(at),
            At::Tail => at + count == new.words.len(),
        }
    }
}

/// Whether letters of short options stand together, each of which is one of them.
fn is_cluster(word: &str, options: List) -> bool {
    let letters = word.strip_prefix('-').filter(|letters| !letters.is_empty() && !letters.starts_with('-'));
    let one = |letter: char| {
        options.iter().any(|option| option.strip_prefix('-').is_some_and(|name| name.chars().eq([letter])))
    };
    letters.is_some_and(|letters| letters.chars().all(one))
}

/// Whether a simple command is that of a line.
pub fn is_simple(line: &'static str, simple: &Simple, bound: &mut Bound) -> bool {
    let words: Vec<&str> = simple.words.iter().map(|word| word.raw).collect();
    let assigned = line.split(' ').take_while(|word| delta::is_assignment(word)).count();
    simple.assigned == assigned && simple.redirects.is_empty() && delta::fits(line, &words, bound)
}

/// Whether one of these programs runs in a text.
pub fn runs_anywhere(node: &Node, programs: List) -> bool {
    let mut found = false;
    node.each_simple(&mut |simple| found |= runs_program(simple, programs));
    found
}

fn runs(node: &Node, programs: List) -> bool {
    matches!(node, Node::Simple(simple) if runs_program(simple, programs))
}

fn runs_program(simple: &Simple, programs: List) -> bool {
    // most commands need not be read
    let maybe = simple.words.iter().any(|word| programs.iter().any(|program| word.raw.contains(program)));
    maybe && Line::of(simple).is_some_and(|line| line.runs(programs))
}
