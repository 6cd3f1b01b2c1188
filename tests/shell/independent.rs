//! Where another parser, shuck's, sees words: those of simple commands, their assignments and redirections, outside of
//! substitutions; and the same of our tree.

use dfopt::shell::{Command as Ours, CommandKind, List};
use shuck_ast::{BuiltinCommand, Command, CompoundCommand, DeclOperand, Stmt, StmtSeq};
use shuck_parser::parser::Parser;
use std::collections::BTreeSet;

/// Start and end of each word.
pub type Spans = BTreeSet<(usize, usize)>;

/// `None` if shuck does not take the text.
pub fn shuck(text: &str) -> Option<Spans> {
    let result = Parser::new(text).parse();
    let mut walk = Shuck { spans: Spans::new() };
    walk.list(&result.file.body);
    result.is_ok().then_some(walk.spans)
}

struct Shuck {
    spans: Spans,
}

impl Shuck {
    fn add(&mut self, span: shuck_ast::Span) {
        self.spans.insert((span.start.offset(), span.end.offset()));
    }

    fn list(&mut self, list: &StmtSeq) {
        list.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        for redirect in &stmt.redirects {
            if let Some(word) = redirect.word_target() {
                self.add(word.span);
            }
        }
        match &stmt.command {
            Command::Simple(simple) => {
                // a command of assignments alone has an empty name
                if simple.name.span.start.offset() < simple.name.span.end.offset() {
                    self.add(simple.name.span);
                }
                simple.args.iter().for_each(|word| self.add(word.span));
                simple.assignments.iter().for_each(|a| self.add(a.span));
            }
            Command::Decl(decl) => {
                self.add(decl.variant_span);
                decl.assignments.iter().for_each(|a| self.add(a.span));
                decl.operands.iter().for_each(|operand| self.operand(operand));
            }
            Command::Builtin(builtin) => self.builtin(builtin),
            Command::Binary(binary) => {
                self.stmt(&binary.left);
                self.stmt(&binary.right);
            }
            Command::Compound(compound) => self.compound(compound),
            Command::Function(function) => self.stmt(&function.body),
            Command::AnonymousFunction(_) => {}
        }
    }

    fn operand(&mut self, operand: &DeclOperand) {
        match operand {
            DeclOperand::Flag(word) | DeclOperand::Dynamic(word) => self.add(word.span),
            DeclOperand::Name(name) => self.add(name.span),
            DeclOperand::Assignment(assignment) => self.add(assignment.span),
        }
    }

    fn builtin(&mut self, builtin: &BuiltinCommand) {
        let (first, more, assignments) = match builtin {
            BuiltinCommand::Break(b) => (&b.depth, &b.extra_args, &b.assignments),
            BuiltinCommand::Continue(b) => (&b.depth, &b.extra_args, &b.assignments),
            BuiltinCommand::Return(b) => (&b.code, &b.extra_args, &b.assignments),
            BuiltinCommand::Exit(b) => (&b.code, &b.extra_args, &b.assignments),
        };
        first.iter().chain(more).for_each(|word| self.add(word.span));
        assignments.iter().for_each(|a| self.add(a.span));
    }

    fn compound(&mut self, compound: &CompoundCommand) {
        match compound {
            CompoundCommand::If(c) => {
                self.list(&c.condition);
                self.list(&c.then_branch);
                c.elif_branches.iter().for_each(|(condition, body)| {
                    self.list(condition);
                    self.list(body);
                });
                c.else_branch.iter().for_each(|body| self.list(body));
            }
            CompoundCommand::For(c) => self.list(&c.body),
            CompoundCommand::ArithmeticFor(c) => self.list(&c.body),
            CompoundCommand::While(c) => {
                self.list(&c.condition);
                self.list(&c.body);
            }
            CompoundCommand::Until(c) => {
                self.list(&c.condition);
                self.list(&c.body);
            }
            CompoundCommand::Case(c) => c.cases.iter().for_each(|case| self.list(&case.body)),
            CompoundCommand::Select(c) => self.list(&c.body),
            CompoundCommand::Subshell(list) | CompoundCommand::BraceGroup(list) => self.list(list),
            CompoundCommand::Time(c) => c.command.iter().for_each(|stmt| self.stmt(stmt)),
            CompoundCommand::Coproc(c) => self.stmt(&c.body),
            _ => {}
        }
    }
}

/// The same of our tree.
pub fn ours(text: &str, list: &List) -> Spans {
    let mut spans = Spans::new();
    commands(list, &mut |command| {
        let mut add = |span: dfopt::text::Span| spans.extend([(span.start as usize, span.end as usize)]);
        for redirect in command.redirects.iter().filter(|redirect| redirect.heredoc.is_none()) {
            add(redirect.target.span);
        }
        if let CommandKind::Simple(simple) = &command.kind {
            simple.assignments.iter().for_each(|a| add(a.span));
            // shuck keeps no place for the names of these
            let nameless = simple.name(text).is_some_and(|n| ["break", "continue", "return", "exit"].contains(&&*n));
            simple.words.iter().skip(usize::from(nameless)).for_each(|word| add(word.span));
        }
    });
    spans
}

fn commands(list: &List, f: &mut dyn FnMut(&Ours)) {
    list.pipelines().flat_map(|pipeline| &pipeline.commands).for_each(|command| each(command, f));
}

fn each(command: &Ours, f: &mut dyn FnMut(&Ours)) {
    f(command);
    command.lists().into_iter().for_each(|list| commands(list, f));
    if let CommandKind::Function { body, .. } | CommandKind::Coproc(body) = &command.kind {
        each(body, f);
    }
}
