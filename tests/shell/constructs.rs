//! Each construct by a small example: the tree as an outline, `name[…]` for what is inside.

use dfopt::shell::{Command, CommandKind, Connector, List, Part, Pipeline, Script, Shell, Terminator, Word, parse};

fn script(text: &str) -> Script {
    match parse(text) {
        Shell::Script(script) => script,
        Shell::Opaque(opaque) => panic!("{text:?}: {} at {}", opaque.why, opaque.at),
    }
}

fn outline(text: &str) -> String {
    Outline { text }.list(&script(text).list)
}

struct Outline<'t> {
    text: &'t str,
}

impl Outline<'_> {
    fn list(&self, list: &List) -> String {
        let entry = |entry: &dfopt::shell::Entry| {
            let rest = entry.and_or.rest.iter().map(|(connector, _, pipeline)| {
                let connector = if *connector == Connector::And { " && " } else { " || " };
                format!("{connector}{}", self.pipeline(pipeline))
            });
            let end = entry.end.map_or("", |(terminator, _)| match terminator {
                Terminator::Semicolon => "; ",
                Terminator::Ampersand => "& ",
                Terminator::Newline => "/ ",
            });
            format!("{}{}{end}", self.pipeline(&entry.and_or.first), rest.collect::<String>())
        };
        list.entries.iter().map(entry).collect::<String>().trim_end().to_owned()
    }

    fn pipeline(&self, pipeline: &Pipeline) -> String {
        let commands: Vec<String> = pipeline.commands.iter().map(|c| self.command(c)).collect();
        let prefix = match (pipeline.negated, pipeline.timed) {
            (true, true) => "not time ",
            (true, false) => "not ",
            (false, true) => "time ",
            (false, false) => "",
        };
        format!("{prefix}{}", commands.join(" | "))
    }

    fn command(&self, command: &Command) -> String {
        let kind = match &command.kind {
            CommandKind::Simple(simple) => {
                let assignments = simple.assignments.iter().map(|a| {
                    let array = a.array.iter().map(|w| w.raw(self.text)).collect::<Vec<_>>().join(",");
                    let value = a.value.as_ref().map_or(format!("({array})"), |value| value.raw(self.text).to_owned());
                    format!("{}:={value}", &self.text[a.name.range()])
                });
                assignments
                    .chain(simple.words.iter().map(|w| w.raw(self.text).to_owned()))
                    .collect::<Vec<_>>()
                    .join(" ")
            }
            CommandKind::Subshell(_) => format!("subshell{}", self.lists(command)),
            CommandKind::Brace(_) => format!("brace{}", self.lists(command)),
            CommandKind::If(_) => format!("if{}", self.lists(command)),
            CommandKind::Loop(_) => format!("loop{}", self.lists(command)),
            CommandKind::For { name, words, .. } => {
                let words = words.as_ref().map_or("@".to_owned(), |words| self.words(words));
                format!("for {} {words}{}", &self.text[name.range()], self.lists(command))
            }
            CommandKind::ArithmeticFor { expression, .. } => {
                format!("for (({})){}", &self.text[expression.range()], self.lists(command))
            }
            CommandKind::Case { word, arms, .. } => {
                let arms = arms.iter().map(|(patterns, body)| format!("{}[{}]", self.words(patterns), self.list(body)));
                format!("case {} {}", word.raw(self.text), arms.collect::<Vec<_>>().join(" "))
            }
            CommandKind::Function { name, body } => {
                format!("function {}[{}]", &self.text[name.range()], self.command(body))
            }
            CommandKind::Arithmetic(span, _) => format!("arithmetic[{}]", &self.text[span.range()]),
            CommandKind::Conditional(words) => format!("conditional[{}]", self.words(words)),
            CommandKind::Coproc(body) => format!("coproc[{}]", self.command(body)),
        };
        let redirects = command.redirects.iter().map(|redirect| {
            let body =
                redirect.heredoc.as_ref().map_or(String::new(), |body| format!("={:?}", &self.text[body.span.range()]));
            format!(" {{{} {}{body}}}", &self.text[redirect.operator.range()], redirect.target.raw(self.text))
        });
        format!("{kind}{}", redirects.collect::<String>())
    }

    fn lists(&self, command: &Command) -> String {
        format!("[{}]", command.lists().into_iter().map(|list| self.list(list)).collect::<Vec<_>>().join(" | "))
    }

    fn words(&self, words: &[Word]) -> String {
        words.iter().map(|word| word.raw(self.text)).collect::<Vec<_>>().join(",")
    }
}

#[test]
fn lists_and_pipelines() {
    assert_eq!(outline("a; b & c\nd"), "a; b& c/ d");
    assert_eq!(outline("a && b || c | d |& e"), "a && b || c | d | e");
    assert_eq!(outline("! a && ! ! b; time -p c"), "not a && b; time c");
    assert_eq!(outline("a &&\n\n # note\n b |\n c"), "a && b | c");
    assert_eq!(outline(""), "");
}

#[test]
fn simple_commands() {
    assert_eq!(outline("A=1 B=\"2 3\" c --d=e 'f g'"), "A:=1 B:=\"2 3\" c --d=e 'f g'");
    assert_eq!(outline("A= b"), "A:= b");
    assert_eq!(outline("a=(b 'c d' [2]=e) f+=g h[1]=i"), "a:=(b,'c d',[2]=e) f:=g h:=i");
    assert_eq!(outline("echo a=b {fd} } if"), "echo a=b {fd} } if");
    assert_eq!(outline(">x if a 2>&1 <y"), "if a {> x} {>& 1} {< y}");
    assert_eq!(outline("a &>b {fd}>>c <<<d >&- -e"), "a -e {&> b} {>> c} {<<< d} {>& -}");
    assert_eq!(outline("declare -a a=(1 2) b"), "declare -a a=(1 2) b");
}

#[test]
fn compound_commands() {
    assert_eq!(outline("(a; b) >c && { d; }"), "subshell[a; b] {> c} && brace[d;]");
    assert_eq!(outline("if a; then b; elif c; then d; else e; fi"), "if[a; | b; | c; | d; | e;]");
    assert_eq!(outline("while a; do b; done; until c; do d; done"), "loop[a; | b;]; loop[c; | d;]");
    assert_eq!(outline("for i in a \"b c\"; do d; done; for j; do e; done"), "for i a,\"b c\"[d;]; for j @[e;]");
    assert_eq!(outline("for ((i=0; i<3; i++)); do a; done"), "for ((i=0; i<3; i++))[a;]");
    assert_eq!(outline("case $a in (b|c) d;; e) ;& *) f; esac"), "case $a b,c[d] e[] *[f;]");
    assert_eq!(outline("f() { a; } >b; function g { c; }"), "function f[brace[a;] {> b}]; function g[brace[c;]]");
    assert_eq!(
        outline("((a + (b))) && [[ -f c && ( $d =~ ^(e f)$ || g == h* ) ]]"),
        "arithmetic[a + (b)] && conditional[c,$d,^(e f)$,g,h*]"
    );
    assert_eq!(outline("((a); b)"), "subshell[subshell[a]; b]");
    assert_eq!(outline("coproc N { a; }; select s in a; do b; done"), "coproc[brace[a;]]; for s a[b;]");
}

#[test]
fn heredocs() {
    assert_eq!(outline("a <<E <<'F'; b\none\nE\ntwo\nF\nc"), "a {<< E=\"one\\n\"} {<< 'F'=\"two\\n\"}; b/ c");
    assert_eq!(outline("a <<-E | b\n\tx\n\tE\nc"), "a {<<- E=\"\\tx\\n\"} | b/ c");
    assert_eq!(outline("(a <<E)\nx)\nE\n"), "subshell[a {<< E=\"x)\\n\"}]/");
    let text = "a <<E";
    let unterminated = script(text);
    let redirect = &unterminated.list.entries[0].and_or.first.commands[0].redirects[0];
    assert!(!redirect.heredoc.as_ref().unwrap().terminated);
}

#[test]
fn bodies_of_heredocs_are_read_only_where_the_delimiter_is_not_quoted() {
    let commands = |text: &str| {
        let mut names = Vec::new();
        script(text).for_each_command(&mut |command| names.push(text[command.span.range()].to_owned()));
        names
    };
    assert_eq!(commands("a <<E\n$(b) `c` \\$(d) \"$(e)\"\nE\n"), ["a <<E", "b", "c", "e"]);
    assert_eq!(commands("a <<'E'\n$(b)\nE\n"), ["a <<'E'"]);
}

fn parts(text: &str) -> Vec<Part> {
    let script = script(text);
    let CommandKind::Simple(simple) = &script.list.entries[0].and_or.first.commands[0].kind else { panic!("{text:?}") };
    simple.words[1].parts.clone()
}

#[test]
fn parts_of_words() {
    let name = |part: &Part| match part {
        Part::Literal(_) => "literal",
        Part::Escaped(_) => "escaped",
        Part::SingleQuoted(_) => "single",
        Part::DoubleQuoted(..) => "double",
        Part::AnsiQuoted(_) => "ansi",
        Part::Parameter { .. } => "parameter",
        Part::Command(_, Some(_)) => "command",
        Part::Command(_, None) => "opaque command",
        Part::Arithmetic(..) => "arithmetic",
        Part::Process(..) => "process",
        Part::Array(..) => "array",
    };
    let names = |text: &str| parts(text).iter().map(name).collect::<Vec<_>>().join(" ");
    assert_eq!(
        names("x a\\ 'b'\"c\"$'d'$e${f}$(g)`h`$((i))<(j)$"),
        "literal escaped single double ansi parameter parameter command command arithmetic process literal"
    );
    assert_eq!(names("x `a \\`b\\``"), "opaque command");
    assert_eq!(names("x $((a) | b)"), "command");
    assert_eq!(names("declare a=(b)"), "literal array");
}

#[test]
fn parameters() {
    let read = |text: &str| match parts(text).remove(0) {
        Part::Parameter { name, operation, .. } => (text[name.range()].to_owned(), text[operation.range()].to_owned()),
        part => panic!("{part:?}"),
    };
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(read("x $ab-c"), pair("ab", ""));
    assert_eq!(read("x $12"), pair("1", ""));
    assert_eq!(read("x ${12}"), pair("12", ""));
    assert_eq!(read("x ${#a}"), pair("a", ""));
    assert_eq!(read("x ${#}"), pair("#", ""));
    assert_eq!(read("x ${#-1}"), pair("#", "-1"));
    assert_eq!(read("x ${!a}"), pair("a", ""));
    assert_eq!(read("x ${a:-${b:-'}'}}"), pair("a", ":-${b:-'}'}"));
    assert_eq!(read("x ${a[1]%%\"}\"}"), pair("a", "[1]%%\"}\""));
}

#[test]
fn values_of_words() {
    let value = |word: &str| {
        let text = format!("x {word}");
        let script = script(&text);
        let CommandKind::Simple(simple) = &script.list.entries[0].and_or.first.commands[0].kind else {
            panic!("{text:?}")
        };
        assert_eq!(simple.name(&text).as_deref(), Some("x"));
        let literal = simple.words[1].literal(&text).map(String::from);
        (literal, simple.words[1].unquoted(&text).map(String::from))
    };
    let both = |value: &str| (Some(value.to_owned()), Some(value.to_owned()));
    assert_eq!(value("a'b c'\"d\\\"e\"\\f$'g'"), both("ab cd\"efg"));
    assert_eq!(value("''"), both(""));
    assert_eq!(value("'*'"), both("*"));
    assert_eq!(value("a\\\nb"), both("ab"));
    assert_eq!(value("/lists/*"), (None, Some("/lists/*".to_owned())));
    assert_eq!(value("~/x"), (None, Some("~/x".to_owned())));
    assert_eq!(value("{a,b}"), (None, Some("{a,b}".to_owned())));
    assert_eq!(value("a$b"), (None, None));
}

#[test]
fn comments_have_places() {
    let text = "a # one\n$(b # two\n) c#d";
    let comments: Vec<&str> = script(text).comments.iter().map(|span| &text[span.range()]).collect();
    assert_eq!(comments, ["# one", "# two"]);
}

#[test]
fn bashisms_are_told() {
    for text in [
        "[[ a ]]",
        "a=(b)",
        "a+=b",
        "((a))",
        "a &>b",
        "a <(b)",
        "x ${a/b/c}",
        "function f { a; }",
        "x $'a'",
        "a |& b",
        "a {fd}>b",
        "coproc a",
        "a <<<b",
        "x ${a[0]}",
        "time a",
        "case a in b) ;& esac",
        "x $[1]",
        "x ${!a}",
        "a-b() { c; }",
    ] {
        assert!(script(text).bashisms, "{text:?}");
    }
    for text in [
        "a=1 b \"${c:-d}\" $((1 + 2)) `e`",
        "f() { a; }",
        "! a",
        "x ${a#b} ${#c} ${d%%e}",
        "a >&2 2>&1 <&-",
        "case a in (b) ;; esac",
        "a <<E\n$b\nE\n",
    ] {
        if let Shell::Script(script) = parse(text) {
            assert!(!script.bashisms, "{text:?}");
        }
    }
}

#[test]
fn what_is_not_understood_has_a_place_and_a_reason() {
    let reason = |text: &str| match parse(text) {
        Shell::Opaque(opaque) => (opaque.at, opaque.why),
        Shell::Script(_) => panic!("{text:?}"),
    };
    assert_eq!(reason("a 'b"), (2, "a single quote that is not closed"));
    assert_eq!(reason("a \"b"), (2, "a double quote that is not closed"));
    assert_eq!(reason("a $(b"), (2, "a parenthesis that is not closed"));
    assert_eq!(reason("a; ; b"), (3, "unexpected `;`"));
    assert_eq!(reason("if a; then b"), (12, "an `if` without `fi`"));
    assert_eq!(reason("a && "), (5, "the text ends in the middle of a command"));
    assert_eq!(reason("a >"), (3, "a redirection without a target"));
    assert_eq!(reason(&"{ ".repeat(100)).1, "nested too deeply");
}
