//! Several RUNs as one: `RUN a` and `RUN b` are `RUN a && b` if nothing of `a` stays in the shell, or `( … )` keeps it in; if
//! `&&` gets the status of all of `a`; and if no process of `a` goes on.

use super::Check;
use super::seen::same_flags;
use crate::engine::trace::Act;
use crate::engine::trace::script::{Chunk, Node, Simple, Word};
use crate::facts::Truth;
use crate::shell::builtins;

/// How many of the RUNs at the start of a list became this one; `None` where it is not what they are together.
pub fn joined<'t>(check: &Check<'t>, old: &[Act<'t>], new: &Act<'t>) -> Option<usize> {
    let all = check.new.node(new)?;
    let mut links = all.links();
    for (index, act) in old.iter().enumerate() {
        let same = act.is_run()
            && check.sees(act, new)
            && check.same_folder(act, new)
            && same_flags(act.instruction, new.instruction);
        let text = check.old.node(act).filter(|_| same)?;
        let isolated = matches!(links.first(), Some(Node::Isolated(inner)) if **inner == text);
        let own = if isolated { 1 } else { text.links().len() };
        if !isolated && !links.starts_with(text.links()) || own == 0 {
            return None;
        }
        links = &links[own..];
        if links.is_empty() {
            return (index > 0).then_some(index + 1);
        }
        if !goes_before_and(&text, act.interpreter().errexit, isolated) {
            return None;
        }
    }
    None
}

/// Whether a text can stand before `&&` as it is, or in `( … )`.
fn goes_before_and(text: &Node, errexit: Truth, isolated: bool) -> bool {
    let fails_alike = is_calm(text) || (errexit == Truth::No && !sets_errexit(text));
    fails_alike && !leaves_process(text) && (isolated || !stays(text))
}

/// Whether `set -e` makes no difference to a text: a chain of simple commands, in words, too.
fn is_calm(node: &Node) -> bool {
    match node {
        Node::And(all) | Node::Pipe(all, _) => all.iter().all(is_calm),
        Node::Not(one) => is_calm(one),
        Node::Simple(simple) => inner(simple).into_iter().all(is_calm),
        _ => false,
    }
}

/// The commands in the words of a command.
fn inner<'n, 't>(simple: &'n Simple<'t>) -> Vec<&'n Node<'t>> {
    let redirected =
        simple.redirects.iter().flat_map(|redirect| std::iter::once(&redirect.target).chain(&redirect.body));
    let chunks = simple.words.iter().chain(redirected).flat_map(|word: &Word| &word.chunks);
    let lists = chunks.filter_map(|chunk| match chunk {
        Chunk::List(list) => Some(list),
        _ => None,
    });
    lists.collect()
}

fn any_simple(node: &Node, wanted: &dyn Fn(&Simple) -> bool) -> bool {
    let mut found = false;
    node.each_simple(&mut |simple| found |= wanted(simple));
    found
}

fn sets_errexit(node: &Node) -> bool {
    any_simple(node, &|simple| {
        let mut words = simple.words[simple.assigned..].iter().map(|word| word.raw);
        let name = words.next().unwrap_or_default();
        match name {
            "set" | "setopt" | "shopt" => words.any(|word| {
                word.contains(['$', '`']) || word == "errexit" || (word.starts_with(['-', '+']) && word.contains('e'))
            }),
            "trap" => words.any(|word| word.contains(['$', '`']) || word.eq_ignore_ascii_case("err")),
            _ => false,
        }
    })
}

/// Whether a process of a text may go on when it ends.
fn leaves_process(node: &Node) -> bool {
    match node {
        Node::Background(_) => true,
        Node::And(all) | Node::Or(all) | Node::Seq(all) | Node::Pipe(all, _) => all.iter().any(leaves_process),
        Node::Not(one) | Node::Timed(one) | Node::Isolated(one) | Node::Redirected(one, _) => leaves_process(one),
        Node::Simple(simple) => inner(simple).into_iter().any(leaves_process),
        Node::Block(chunks) => chunks.iter().any(|chunk| match chunk {
            Chunk::List(list) => leaves_process(list),
            Chunk::Text(text) => text.starts_with("coproc"),
            Chunk::Word(_) => false,
        }),
    }
}

/// Whether something of a command stays in the shell that runs it: variables, folder, options, functions, its end.
pub fn stays(node: &Node) -> bool {
    match node {
        Node::And(all) | Node::Or(all) | Node::Seq(all) => all.iter().any(stays),
        Node::Not(one) | Node::Timed(one) => stays(one),
        Node::Redirected(one, redirects) => stays(one) || redirects.iter().any(|one| one.operator.starts_with('{')),
        // in shells of their own
        Node::Isolated(_) | Node::Pipe(..) | Node::Background(_) => false,
        Node::Simple(simple) => simple_stays(simple),
        Node::Block(chunks) => match chunks.first() {
            Some(Chunk::Text("if" | "while" | "until" | "case")) => chunks.iter().any(|chunk| match chunk {
                Chunk::List(list) => stays(list),
                Chunk::Word(word) => word.sets,
                Chunk::Text(_) => false,
            }),
            Some(Chunk::Text(text)) if text.starts_with("[[") => text.contains("=~"),
            Some(Chunk::Text(text)) if text.starts_with("time") => true,
            // `for` sets its variable, `function` defines one, `((…))` computes
            _ => true,
        },
    }
}

fn simple_stays(simple: &Simple) -> bool {
    let words = &simple.words[simple.assigned..];
    let redirects = simple.redirects.iter();
    let sets = simple.words.iter().any(|word| word.sets)
        || redirects.into_iter().any(|one| one.operator.starts_with('{') || one.target.sets);
    let Some(first) = words.first() else { return simple.assigned > 0 || sets };
    // no builtin has a directory, or a blank, in its name
    let Some(name) = first.value() else {
        let named = first.raw.contains('/') || first.raw.contains("\\ ");
        return sets || first.raw.contains(['$', '`']) || !named;
    };
    let rest: Vec<&str> = words[1..].iter().map(|word| word.raw).collect();
    sets || builtins::changes_shell(&name, &rest) || (simple.assigned > 0 && builtins::keeps_assignments(&name))
}
