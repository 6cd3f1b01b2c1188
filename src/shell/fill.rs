//! Puts the heredoc bodies, which are only read at the next line end, into the redirections that opened them.

use crate::shell::{Assignment, Command, CommandKind, HeredocBody, List, Part, Word};

pub(super) fn list(list: &mut List, bodies: &[HeredocBody]) {
    for entry in &mut list.entries {
        let rest = entry.and_or.rest.iter_mut().map(|(_, _, pipeline)| pipeline);
        for pipeline in std::iter::once(&mut entry.and_or.first).chain(rest) {
            pipeline.commands.iter_mut().for_each(|one| command(one, bodies));
        }
    }
}

fn command(command: &mut Command, bodies: &[HeredocBody]) {
    for redirect in &mut command.redirects {
        word(&mut redirect.target, bodies);
        if let Some(heredoc) = &mut redirect.heredoc
            && let Some(body) = bodies.get(heredoc.span.start as usize)
        {
            *heredoc = body.clone();
            heredoc.parts.iter_mut().for_each(|one| part(one, bodies));
        }
    }
    kind(&mut command.kind, bodies);
}

fn kind(kind: &mut CommandKind, bodies: &[HeredocBody]) {
    match kind {
        CommandKind::Simple(simple) => {
            for Assignment { value, array, .. } in &mut simple.assignments {
                value.iter_mut().chain(array).for_each(|one| word(one, bodies));
            }
            simple.words.iter_mut().for_each(|one| word(one, bodies));
        }
        CommandKind::Subshell(body) | CommandKind::Brace(body) | CommandKind::ArithmeticFor { body, .. } => {
            list(body, bodies);
        }
        CommandKind::If(lists) => lists.iter_mut().for_each(|one| list(one, bodies)),
        CommandKind::Loop(parts) => {
            list(&mut parts.0, bodies);
            list(&mut parts.1, bodies);
        }
        CommandKind::For { words, body, .. } => {
            words.iter_mut().flatten().for_each(|one| word(one, bodies));
            list(body, bodies);
        }
        CommandKind::Case { word: subject, arms } => {
            word(subject, bodies);
            for (patterns, body) in arms {
                patterns.iter_mut().for_each(|one| word(one, bodies));
                list(body, bodies);
            }
        }
        CommandKind::Function { body, .. } | CommandKind::Coproc(body) => command(body, bodies),
        CommandKind::Conditional(words) => words.iter_mut().for_each(|one| word(one, bodies)),
        CommandKind::Arithmetic(_) => {}
    }
}

fn word(word: &mut Word, bodies: &[HeredocBody]) {
    word.parts.iter_mut().for_each(|one| part(one, bodies));
}

fn part(one: &mut Part, bodies: &[HeredocBody]) {
    match one {
        Part::Command(_, Some(inner)) | Part::Process(_, inner) => list(inner, bodies),
        Part::DoubleQuoted(_, parts) | Part::Parameter { parts, .. } | Part::Arithmetic(_, parts) => {
            parts.iter_mut().for_each(|one| part(one, bodies));
        }
        _ => {}
    }
}
