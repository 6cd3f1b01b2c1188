//! What is read of commands, in a line each.

use super::*;
use crate::knowledge::paths::Absolute;
use crate::shell::{self, Shell};
use std::collections::HashMap;

struct Env(HashMap<&'static str, &'static str>);

impl Variables for Env {
    fn variable(&self, name: &str) -> Option<&str> {
        self.0.get(name).copied()
    }
}

fn env() -> Env {
    Env(HashMap::from([("A", "/srv"), ("TWO", "a b"), ("HOME", "/root")]))
}

fn with<T>(text: &str, ask: impl FnOnce(Commands) -> T) -> T {
    with_dialect(text, Dialect::default(), ask)
}

fn with_dialect<T>(text: &str, dialect: Dialect, ask: impl FnOnce(Commands) -> T) -> T {
    let Shell::Script(script) = shell::parse(text) else { panic!("{text}") };
    let reading = Reading::of(text, &script, dialect);
    ask(Commands::new(text, &reading))
}

/// Each command: wrappers, name, arguments.
fn shown(text: &str) -> Vec<String> {
    let one = |one: &Invocation| {
        let wrappers: Vec<&str> = one.wrappers().map(Wrapper::name).collect();
        let name = one.name().unwrap_or("?".into()).into_owned();
        let arguments: Vec<String> = one
            .arguments()
            .map(|word| word.unquoted().map_or_else(|| format!("<{}>", word.raw()), std::borrow::Cow::into_owned))
            .collect();
        format!("[{}] {name} {}", wrappers.join(" "), arguments.join("|"))
    };
    with(text, |commands| commands.deep().iter().map(one).collect())
}

#[test]
fn wrappers_are_taken_off() {
    assert_eq!(
        shown("sudo -E env A=1 nice -n 5 time -p sh -c 'id -u'"),
        ["[sudo env nice time] sh -c|id -u", "[] id -u"]
    );
    assert_eq!(shown("sudo -u app --preserve-env=X -- env -i -u B C=d cmd x"), ["[sudo env] cmd x"]);
    assert_eq!(shown("timeout -s KILL 30 make"), ["[timeout] make "]);
    assert_eq!(shown("exec -a name gosu app:app prog"), ["[exec gosu] prog "]);
    assert_eq!(shown("nohup setsid stdbuf -oL cmd"), ["[nohup setsid stdbuf] cmd "]);
    assert_eq!(shown("busybox sh -c 'ls'"), ["[busybox] sh -c|ls", "[] ls "]);
    assert_eq!(shown("runuser -u app -- id"), ["[runuser] id "]);
    assert_eq!(shown("flock /tmp/lock apt-get update"), ["[flock] apt-get update"]);
}

#[test]
fn what_only_looks_like_a_wrapper_stays() {
    assert_eq!(shown("command -v apt-get"), ["[] command -v|apt-get"]);
    assert_eq!(shown("sudo -l cmd"), ["[] sudo -l|cmd"]);
    assert_eq!(shown("env"), ["[] env "]);
    assert_eq!(shown("sudo"), ["[] sudo "]);
    assert_eq!(shown("env -S 'a b'"), ["[] env -S|a b"]);
    assert_eq!(shown("env A=b"), ["[] env A=b"]);
    assert_eq!(shown("runuser app"), ["[] runuser app"]);
    assert_eq!(shown("ionice -p 12"), ["[] ionice -p|12"]);
}

#[test]
fn modules_are_programs() {
    assert_eq!(shown("python3 -u -m pip install x"), ["[] pip install|x"]);
    assert_eq!(shown("python3 -m acme x"), ["[] python3 -m|acme|x"]);
    assert_eq!(shown("python3 setup.py -m pip"), ["[] python3 setup.py|-m|pip"]);
    with("sudo python -m pip install", |commands| {
        let one = commands.iter().next().unwrap();
        assert!(one.is_module() && !one.is_bare());
        assert_eq!(one.program().unwrap().name, "pip");
    });
}

#[test]
fn texts_inside_are_read() {
    assert_eq!(shown("su - app -c 'cd /x && make'"), ["[] su -|app|-c|cd /x && make", "[] cd /x", "[] make "]);
    assert_eq!(shown("su -c \"id\" app")[1], "[] id ");
    assert_eq!(shown("bash -exo pipefail -c 'a | b' arg")[1..], ["[] a ", "[] b "]);
    assert_eq!(shown("bash -lc ls")[1], "[] ls ");
    assert_eq!(shown("eval 'a b' c")[1], "[] a b|c");
    assert_eq!(shown("trap 'rm x' EXIT")[1], "[] rm x");
    assert_eq!(shown("sh <<'E'\nls /a\nE\n")[1], "[] ls /a");
    assert_eq!(shown("sh -c 'sh -c \"sh -c ls\"'").len(), 4);
    for text in
        ["sh -c \"ls $x\"", "sh -c ls$y", "sh file", "sh", "trap - EXIT", "sh <<E\n$x\nE\n", "su app", "fish -c ls"]
    {
        assert_eq!(shown(text).len(), 1, "{text}");
    }
}

#[test]
fn what_it_runs_is_told() {
    let kind = |text: &str| {
        with(text, |commands| match commands.iter().next_back().unwrap().inner() {
            Inner::Nothing => "nothing".to_owned(),
            Inner::Commands(_) => "commands".to_owned(),
            Inner::Opaque(..) => "opaque".to_owned(),
            Inner::File(word) => format!("file {}", word.raw()),
            Inner::Input => "input".to_owned(),
            Inner::Unknown => "unknown".to_owned(),
        })
    };
    assert_eq!(kind("sh -e ./run.sh a"), "file ./run.sh");
    assert_eq!(kind(". /venv/bin/activate"), "file /venv/bin/activate");
    assert_eq!(kind("bash -s -- a"), "input");
    assert_eq!(kind("bash -"), "input");
    assert_eq!(kind("sh -c \"$X\""), "unknown");
    assert_eq!(kind("sh -c 'if'"), "opaque");
    assert_eq!(kind("fish -c ls"), "nothing");
    assert_eq!(kind("ls"), "nothing");
    assert_eq!(kind("eval \"$(x)\""), "unknown");
}

#[test]
fn commands_in_the_words_of_others() {
    assert_eq!(shown("xargs -0 -n1 sudo rm -rf"), ["[] xargs -0|-n1|sudo|rm|-rf", "[sudo] rm -rf"]);
    assert_eq!(shown("xargs -I {} sh -c 'ls {}'")[1..], ["[] sh -c|ls {}", "[] ls {}"]);
    assert_eq!(
        shown("find /a -name '*.c' -exec chmod +x {} + -exec sh -c 'ls' \\; -print")[1..],
        ["[] chmod +x|{}", "[] sh -c|ls", "[] ls "]
    );
    assert_eq!(shown("xargs").len(), 1);
    assert_eq!(shown("chroot /mnt apt-get install x")[1], "[] apt-get install|x");
    with("find . -exec rm {} +", |commands| {
        assert_eq!(commands.iter().count(), 1, "only what stands in the text itself");
        let rm = commands.deep()[1];
        assert!(rm.is_open() && rm.run_by().unwrap().is(&["find"]) && !rm.flow().must());
    });
}

/// The options and other words of the first command.
fn line(text: &str) -> Vec<String> {
    with(text, |commands| {
        let item = |item| match item {
            Item::Operand(word) => word.raw().to_owned(),
            Item::Option(option) if option.has_value() => {
                format!("{}={}", option.name, option.value(&env()).unwrap_or("?".into()))
            }
            Item::Option(option) => option.name.into_owned(),
        };
        commands.iter().next().unwrap().line().map(item).collect()
    })
}

#[test]
fn options_are_read_with_their_values() {
    assert_eq!(
        line("apt-get -yqt stretch-backports install -o A::B=c -tx --target-release y curl"),
        ["-y", "-q", "-t=stretch-backports", "install", "-o=A::B=c", "-t=x", "--target-release=y", "curl"]
    );
    assert_eq!(line("dnf --enablerepo epel -x=y install"), ["--enablerepo=epel", "-x=y", "install"]);
    assert_eq!(line("dnf --comment 'why not' install vim"), ["--comment=why not", "install", "vim"]);
    assert_eq!(line("pip install --target=$A/x -r req.txt"), ["install", "--target=/srv/x", "-r=req.txt"]);
    assert_eq!(line("curl -fsSLo $A/x https://a"), ["-f", "-s", "-S", "-L", "-o=/srv/x", "https://a"]);
    assert_eq!(line("curl -o\"$TWO\" a"), ["-o=a b", "a"]);
    assert_eq!(line("sed -i.bak -n s/a/b/ f"), ["-i=.bak", "-n", "s/a/b/", "f"]);
    assert_eq!(line("sed -i s/a/b/ f"), ["-i", "s/a/b/", "f"]);
}

#[test]
fn options_end() {
    assert_eq!(line("rm -rf -- -x"), ["-r", "-f", "-x"]);
    assert_eq!(line("apt-get -- install curl"), ["install", "curl"]);
    assert_eq!(line("sh -e x -f"), ["-e", "x", "-f"]);
    with("xargs -n 1 ls -l", |commands| {
        let options: Vec<String> = commands.iter().next().unwrap().options().map(|one| one.name.into_owned()).collect();
        assert_eq!(options, ["-n"]);
    });
    assert_eq!(line("echo -n x"), ["-n", "x"]);
    with("echo -n x", |commands| assert_eq!(commands.iter().next().unwrap().options().count(), 0));
}

#[test]
fn other_styles_of_options() {
    assert_eq!(line("tar xzf a.tgz -C /d"), ["-x", "-z", "-f=a.tgz", "-C=/d"]);
    assert_eq!(line("tar xCf /d a"), ["-x", "-C=/d", "-f=a"]);
    assert_eq!(line("tar -xf a"), ["-x", "-f=a"]);
    assert_eq!(line("find /a -maxdepth 1 -name x"), ["/a", "-maxdepth=1", "-name=x"]);
    assert_eq!(
        line("find . \\( -type d \\) -exec rm -rf {} + -print"),
        [".", "\\(", "-type=d", "\\)", "-exec", "-print"]
    );
    assert_eq!(line("bash +o posix -o pipefail -c x"), ["+o=posix", "-o=pipefail", "-c", "x"]);
    assert_eq!(line("su - app"), ["-", "app"]);
}

#[test]
fn a_word_that_is_not_known_may_be_an_option() {
    with("apt-get $OPTS install -y", |commands| {
        let one = commands.iter().next().unwrap();
        assert!(one.operands().next().unwrap().may_be_option() && one.has(&["-y"]));
        assert_eq!(one.action(), crate::knowledge::programs::Action::Other);
    });
}

/// The value of the last command's last word.
fn value(text: &str) -> Option<String> {
    with(text, |commands| {
        let last = commands.iter().rfind(|one| one.is(&["x"])).unwrap();
        last.arguments().next_back().unwrap().value(&env()).map(std::borrow::Cow::into_owned)
    })
}

#[test]
fn values_are_known_as_far_as_they_are() {
    let known = |text: &str| value(text).unwrap_or("?".to_owned());
    assert_eq!(known("x a'b c'\"d\"\\ e"), "ab cd e");
    assert_eq!(known("x $A/b\"$TWO\""), "/srv/ba b");
    assert_eq!(known("x $TWO"), "?", "two words");
    assert_eq!(known("x $B"), "?");
    assert_eq!(known("x ${A:-y}"), "?");
    assert_eq!(known("x ~/a"), "/root/a");
    assert_eq!(known("x '~/a'"), "~/a");
    assert_eq!(known("x $(y)"), "?");
    assert_eq!(known("x $1$?"), "?");
    assert_eq!(known("x $PWD"), "?", "the shell sets it");
    assert_eq!(known("x '$A'"), "$A");
    assert_eq!(known("x \"\""), "");
}

#[test]
fn variables_of_the_text_are_put_in_where_they_are_sure() {
    let known = |text: &str| value(text).unwrap_or("?".to_owned());
    assert_eq!(known("B=1; x $B"), "1");
    assert_eq!(known("B=$A/b && x $B/c"), "/srv/b/c");
    assert_eq!(known("A=1 && x $A"), "1");
    assert_eq!(known("A=1 y && x $A"), "/srv", "for one command only");
    assert_eq!(known("( A=1 ); x $A"), "/srv");
    assert_eq!(known("A=1 | y; x $A"), "/srv");
    assert_eq!(known("y && A=1; x $A"), "?");
    assert_eq!(known("y || A=1; x $A"), "?");
    assert_eq!(known("if y; then A=1; fi; x $A"), "?");
    assert_eq!(known("while y; do x $A; A=1; done"), "?");
    assert_eq!(known("for A in b; do x $A; done"), "?");
    assert_eq!(known("export A=1; x $A"), "1");
    assert_eq!(known("read A; x $A"), "?");
    assert_eq!(known("unset A; x $A"), "?");
    assert_eq!(known(". ./env; x $A"), "?");
    assert_eq!(known("f() { A=1; }; f; x $A"), "?");
    assert_eq!(known("A=\"b c\"; x $A"), "?", "two words");
    assert_eq!(known("A=\"b c\"; x \"$A\""), "b c");
    assert_eq!(known(": ${A:=2}; x $A"), "?");
    assert_eq!(known("A+=x; x $A"), "?");
    assert_eq!(known("set -e; y; A=1; x $A"), "1");
}

#[test]
fn values_do_not_explode() {
    let mut text = "A=aaaaaaaaaaaaaaaa".to_owned();
    for _ in 0..200 {
        text.push_str("; A=$A$A");
    }
    assert_eq!(value(&format!("{text}; x $A")), None);
}

/// Where the command `x` works, started in `/w`.
fn place(text: &str) -> String {
    with(text, |commands| {
        let one = commands.deep().into_iter().find(|one| one.is(&["x"])).unwrap();
        let start = Absolute::new("/w");
        let all = one.directory().all(start.as_ref(), &env());
        let shown = all.map(|all| all.iter().map(Absolute::as_str).collect::<Vec<_>>().join(" "));
        shown.unwrap_or("?".to_owned())
    })
}

#[test]
fn cd_is_followed() {
    for (text, wanted) in [
        ("x", "/w"),
        ("cd a && x", "/w/a"),
        ("cd /a && cd ../b && x", "/b"),
        ("cd \"$A/d\" && x", "/srv/d"),
        ("cd a; x", "/w/a /w"),
        ("set -e; cd a; x", "/w/a"),
        ("cd a && make; x", "/w/a /w"),
        ("( cd a ); x", "/w"),
        ("( cd a && x )", "/w/a"),
        ("{ cd a; } && x", "/w/a"),
        ("cd a | y; x", "/w"),
        ("cd a & x", "/w"),
        ("cd a || cd b; x", "/w/a/b /w /w/a"),
        ("if y; then cd a; fi; x", "/w/a /w"),
        ("for i in 1; do cd a; x; done", "?"),
        ("cd $(y) && x", "?"),
        ("cd - && x", "?"),
        ("cd && x", "?"),
        ("cd ~/a && x", "/root/a"),
        ("pushd a && x", "/w/a"),
        ("pushd a && popd && x", "?"),
        ("cd a && sh -c 'cd b && x'", "/w/a/b"),
        ("env -C /e x", "/e"),
        ("sudo --chdir=e x", "/w/e"),
        ("eval 'cd q'; x", "? /w"),
        ("B=b; cd $B && x", "/w/b"),
    ] {
        let wanted = if wanted.starts_with('?') { "?" } else { wanted };
        assert_eq!(place(text), wanted, "{text}");
    }
}

/// The places of the commands named `x`, as letters: c(hain), f(atal), s(ure), p(iped), t(op), h(ere).
fn flow(text: &str) -> Vec<String> {
    with(text, |commands| {
        let letters = |one: Invocation| {
            let flow = one.flow();
            let all = [
                (flow.chain, 'c'),
                (flow.fatal, 'f'),
                (flow.sure, 's'),
                (flow.piped, 'p'),
                (flow.top, 't'),
                (flow.here, 'h'),
            ];
            all.iter().filter(|(set, _)| *set).map(|(_, letter)| *letter).collect()
        };
        commands.iter().filter(|one| one.is(&["x"])).map(letters).collect()
    })
}

#[test]
fn chains_and_groups() {
    assert_eq!(flow("x && x"), ["cfsth", "cfsth"]);
    assert_eq!(flow("( cd a && x ) && { x; }"), ["cfs", "cfsh"]);
    assert_eq!(flow("x; x"), ["th", "fsth"]);
    assert_eq!(flow("x || true"), ["th"]);
    assert_eq!(flow("a || x"), ["fth"]);
    assert_eq!(flow("a || x && x"), ["fth", "fsth"]);
    assert_eq!(flow("x &"), ["t"]);
    assert_eq!(flow("! x"), ["th"]);
    assert_eq!(flow("a | x && y"), ["fspt"]);
    assert_eq!(flow("x | a"), ["t"]);
}

#[test]
fn errexit_counts_where_it_works() {
    assert_eq!(flow("set -e; x; b"), ["fsth"]);
    assert_eq!(flow("set -eux; x && b; c"), ["th"], "the left of && is not watched");
    assert_eq!(flow("set -o errexit; a && x; c"), ["fth"], "it may be left out");
    assert_eq!(flow("set -e; ( x; y ) && b"), [""], "nor is what stands in a group there");
    assert_eq!(flow("( set -e; x ); x; b"), ["", "th"], "it ends with its subshell");
    assert_eq!(flow("set -e; set +e; x; b"), ["th"]);
    assert_eq!(flow("a && set -e; x; b"), ["th"], "it may not have been reached");
    assert_eq!(flow("a && { set -e; x; b; }"), ["fsh"]);
    assert_eq!(flow("a && { set -e; }; x; b"), ["th"]);
    let errexit = Dialect { errexit: true, ..Dialect::default() };
    with_dialect("x; b", errexit, |commands| assert!(commands.iter().next().unwrap().flow().must()));
}

#[test]
fn other_places_are_not_known_to_run() {
    for text in ["if x; then a; fi", "for i in a; do x; done", "f() { x; }", "case a in a) x ;; esac"] {
        assert_eq!(flow(text), ["h"], "{text}");
    }
    assert_eq!(flow("echo $(x)"), [""]);
}

#[test]
fn what_ends_the_text_early_takes_the_certainty() {
    for text in ["test -f /a && exit 0; x", "exit; x", "trap 'exit 0' EXIT; x", "a && exec b; x", "alias x=y; x"] {
        assert!(!with(text, |commands| commands.iter().find(|one| one.is(&["x"])).unwrap().flow().sure), "{text}");
    }
    for text in ["a || exit 1; x", "( exit 0 ); x", "trap 'rm -f a' EXIT; x"] {
        assert!(with(text, |commands| commands.iter().find(|one| one.is(&["x"])).unwrap().flow().sure), "{text}");
    }
}

#[test]
fn who_asks_and_who_listens() {
    let of = |text: &str| with(text, |commands| commands.iter().find(|one| one.is(&["x"])).unwrap().flow());
    assert!(
        of("x || y").tested && of("if x; then y; fi").tested && of("! x").tested && of("while x; do y; done").tested
    );
    assert!(!of("x && y").tested && !of("if y; then x; fi").tested);
    assert!(of("a=$(x)").captured && of("y <(x)").captured && !of("x").captured);
    assert!(of("f() { x; }").deferred && !of("{ x; }").deferred);
    assert!(of("x &").background && of("{ x; } &").background && !of("x").background);
    assert!(!of("x | y").here && of("x").here);
    let ksh = Dialect { last_in_shell: true, ..Dialect::default() };
    assert!(with_dialect("y | x", ksh, |commands| commands.iter().nth(1).unwrap().flow().here));
}

/// How the status of the pipelines that start with `x` counts, as letters: f(ails), n(owhere), d(ecides), i(nside).
fn statuses(text: &str) -> String {
    with(text, |commands| {
        let pipes =
            commands.pipes().iter().filter(|pipe| text[pipe.span.range()].trim_start_matches("! ").starts_with("x |"));
        pipes
            .map(|pipe| match pipe.status {
                Status::Fails => 'f',
                Status::Nowhere => 'n',
                Status::Decides => 'd',
                Status::Inside => 'i',
            })
            .collect()
    })
}

#[test]
fn statuses_fail_the_text_or_decide() {
    for (text, wanted) in [
        ("x | a && x | b", "ff"),
        ("x | a; x | b", "nf"),
        ("x | a && b; c", "d"),
        ("x | a || true; b", "n"),
        ("x | a || b", "d"),
        ("b || x | a", "f"),
        ("b || x | a; c", "d"),
        ("x | a || exit 1; c", "f"),
        ("x | a || exit 0", "d"),
        ("! x | a", "d"),
        ("x | a &", "d"),
        ("( cd a && x | b ) && { x | c; }", "ff"),
        ("( x | a; c ) && d", "n"),
        ("( x | a ) | b", "i"),
        ("a && x | b || true", "n"),
        ("a || x | b || c && d", "d"),
        ("set -e; x | a; b", "f"),
        ("set -e; x | a && b; c", "d"),
        ("set -e; ( x | a; b ) && c", "n"),
        ("set -e; b || x | a; c", "f"),
        ("set -e; set +e; x | a; b", "n"),
        ("if x | a; then x | b; fi", "ii"),
        ("for i in a; do x | b; done", "i"),
        ("f() { x | a; }", "i"),
        ("A=$(x | a) && echo `x | b`", "ii"),
    ] {
        assert_eq!(statuses(text), wanted, "{text}");
    }
}

#[test]
fn functions_are_no_programs() {
    with("curl() { :; }; curl x; wget y", |commands| {
        let programs: Vec<bool> = commands.iter().map(|one| one.program().is_some()).collect();
        assert_eq!(programs, [true, false, true]);
        assert_eq!(commands.functions().collect::<Vec<_>>(), ["curl"]);
    });
}

#[test]
fn redirections_are_seen() {
    with("a >b 2>&1 <c; { d; } >> e; f >&g 3<<X\nh\nX\n", |commands| {
        let all: Vec<(String, bool, bool)> = commands
            .redirects()
            .map(|one| (format!("{}{}", one.operator(), one.target().raw()), one.writes(), one.feeds()))
            .collect();
        let wanted = [(">b", true, false), (">&1", false, false), ("<c", false, true), (">&g", true, false)];
        for (index, (shown, writes, feeds)) in wanted.iter().enumerate() {
            assert_eq!(all[index], ((*shown).to_owned(), *writes, *feeds));
        }
        assert_eq!(all[4], ("<<X".to_owned(), false, false));
        assert_eq!(all[5], (">>e".to_owned(), true, false));
        let numbers: Vec<Option<u32>> = commands.redirects().map(Redirection::descriptor).collect();
        assert_eq!(numbers, [None, Some(2), None, None, Some(3), None]);
        assert_eq!(commands.redirects().nth(4).unwrap().heredoc(), Some("h\n"));
    });
}

#[test]
fn what_is_asked_for_nothing_is_idle() {
    let idle = |text: &str| with(text, |commands| commands.iter().next().unwrap().is_idle());
    assert!(idle("nginx -t") && idle("apt-get install -sy x") && idle("systemctl enable x") && idle("curl --version"));
    assert!(!idle("nginx") && !idle("apt-get install -y x") && !idle("systemctl start x"));
}

#[test]
fn the_user_of_a_wrapper_is_known() {
    let user = |text: &str| {
        with(text, |commands| {
            commands.iter().next().unwrap().user().map(|user| user.unwrap_or("?".into()).into_owned())
        })
    };
    assert_eq!(user("sudo -u app x"), Some("app".to_owned()));
    assert_eq!(user("sudo --user=app x"), Some("app".to_owned()));
    assert_eq!(user("gosu app:app x"), Some("app:app".to_owned()));
    assert_eq!(user("sudo -u $U x"), Some("?".to_owned()));
    assert_eq!(user("sudo x"), None);
}

#[test]
fn sets_are_listed() {
    with("A=1; export B=2 C; read D; E=3 y", |commands| {
        let names: Vec<&str> = commands.sets().filter_map(|(_, name)| name).collect();
        assert_eq!(names, ["A", "B", "D"]);
        let (set, _) = commands.sets().next().unwrap();
        assert_eq!(commands.set_to(set).unwrap().literal().as_deref(), Some("1"));
        let last = commands.iter().next_back().unwrap();
        assert_eq!(last.assignments().map(Assignment::name).collect::<Vec<_>>(), ["E"]);
    });
}

#[test]
fn long_texts_take_linear_time() {
    let chain = vec!["cd a && export A=$A:b"; 20_000].join(" && ");
    with(&chain, |commands| assert_eq!(commands.iter().count(), 40_000));
    let functions: String = (0..20_000).map(|index| format!("f{index}() {{ :; }}; f{index}; ")).collect();
    with(&functions, |commands| assert_eq!(commands.iter().count(), 40_000));
    let value = format!("A={}; {}", "v".repeat(4000), "x $A; ".repeat(20_000));
    with(&value, |commands| assert_eq!(commands.iter().count(), 20_001));
    with(&format!("x -{}$A", "a".repeat(100_000)), |commands| {
        assert_eq!(commands.iter().next().unwrap().options().count(), 100_000);
    });
    let nested = format!("{}x{}", "( cd a; A=1; ".repeat(60), " )".repeat(60));
    with(&nested, |commands| assert_eq!(commands.iter().count(), 121));
}

/// What a command does: to which directory or file, seen from /w.
fn touched(text: &str) -> Vec<String> {
    with(text, |commands| {
        let one = commands.iter().next_back().unwrap();
        let Some(effects) = one.effects() else { return vec!["?".to_owned()] };
        let start = Absolute::new("/w");
        let place = |effect: &Effect| {
            one.extent(effect.on, start.as_ref(), &env()).map_or_else(|| "?".to_owned(), |path| path.to_string())
        };
        effects.iter().map(|effect| format!("{:?} {}", effect.touch, place(effect))).collect()
    })
}

#[test]
fn files_that_commands_touch() {
    assert_eq!(touched("cp -r a /b $A/c/"), ["Reads /w/a", "Reads /b", "Writes /srv/c"]);
    assert_eq!(touched("cd sub; rm -rf x/*.o $A/{a,b} /t/$V/y"), ["Removes /w/sub/x", "Removes /srv", "Removes /t"]);
    assert_eq!(touched("sort -o /o a"), ["Reads /w/a", "Writes /o"]);
    assert_eq!(touched("sort --output=o a"), ["Reads /w/a", "Writes /w/o"]);
    assert_eq!(touched("curl -sO https://example.org/a/b.tgz?x")[0], "Writes /w/b.tgz");
    assert_eq!(touched("rm $V"), ["Removes ?"]);
    assert_eq!(touched("rm ~/a"), ["Removes /root/a"]);
    assert_eq!(touched("echo $V"), [""; 0]);
    assert_eq!(touched("ls"), ["Reads /w"]);
}

#[test]
fn effects_that_nobody_knows() {
    assert_eq!(touched("acme x"), ["?"]);
    assert_eq!(touched("rm --new-option x"), ["?"]);
    assert_eq!(touched("xargs rm"), ["?"]);
    assert_eq!(touched("sha256sum -c sums"), ["?"]);
}

#[test]
fn a_text_is_made_of_links() {
    let links = |text: &str| {
        with(text, |commands| {
            let shown = |link: &Link| {
                let names: Vec<String> =
                    link.commands.iter().map(|one| one.name().unwrap_or("?".into()).into()).collect();
                format!("{}{}", if link.command().is_some() { "" } else { "- " }, names.join(" "))
            };
            commands.links().iter().map(shown).collect::<Vec<_>>()
        })
    };
    assert_eq!(links("a && b $(c `d`) | e; ! f; time g"), ["a", "- d c b e", "- f", "- g"]);
    assert_eq!(links("a \"$(b)\" && { c; } && X=1 && if d; then e; fi"), ["b a", "- c", "?", "- d e"]);
    assert_eq!(links("a `b \\`c\\``"), ["? a"]);
    let loose = |text: &str| with(text, |commands| commands.loose().map(Argument::raw).collect::<Vec<_>>().join(" "));
    assert_eq!(loose("for a in b c; do d; done > e; [[ -f f ]] && g > h; case i in j*) k;; esac"), "b c f i j* e");
    let chain = |text: &str| with(text, |commands| commands.is_chain());
    assert!(chain("a && b;") && chain("{ a; b; }") && !chain("a; b") && !chain("a || b") && !chain("a &"));
    assert!(with("[[ x ]]", |commands| commands.is_bash()) && with("a # b", |commands| commands.has_comments()));
}
