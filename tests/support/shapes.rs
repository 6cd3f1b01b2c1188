//! Dockerfiles of one shape each, of any size: what machines write, or somebody who wants to see dfopt fail. How the work for
//! them grows is what is measured.

use std::fmt::Write;

/// A shape: its name, and the file of so many instructions, commands or levels.
pub type Shape = (&'static str, fn(usize) -> String);

/// `FROM`, then the same lines so many times, each with its number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    let mut out = "FROM debian:12\n".to_owned();
    (0..count).for_each(|n| out.push_str(&line(n)));
    out
}

/// One RUN of something repeated.
fn one_run(before: &str, count: usize, part: impl Fn(usize) -> String, after: &str) -> String {
    let parts: String = (0..count).map(part).collect();
    format!("FROM debian:12\nRUN {before}{parts}{after}\n")
}

/// One RUN of something nested.
fn nested(before: &str, open: &str, inner: &str, close: &str, depth: usize) -> String {
    format!("FROM debian:12\nRUN {before}{}{inner}{}\n", open.repeat(depth), close.repeat(depth))
}

/// Stages, each by its number.
fn stages(count: usize, stage: impl Fn(usize) -> String) -> String {
    (0..count).map(stage).collect()
}

/// Instructions that come one after the other.
pub const INSTRUCTIONS: &[Shape] = &[
    ("run", |n| lines(n, |i| format!("RUN echo {i} > /x{i}\n"))),
    ("run-unknown", |n| lines(n, |i| format!("RUN acme{i} --option{i} $V{i}\n"))),
    ("run-apt", |n| lines(n, |i| format!("RUN apt-get update && apt-get install -y p{i}\n"))),
    ("run-pip", |n| lines(n, |i| format!("RUN pip install p{i}\n"))),
    ("run-sudo", |n| lines(n, |i| format!("RUN sudo a{i}\n"))),
    ("run-cd", |n| lines(n, |i| format!("RUN cd /a{i} && make\n"))),
    ("run-curl", |n| lines(n, |i| format!("RUN curl -L https://example.org/{i} | tar xz\n"))),
    ("run-useradd", |n| lines(n, |i| format!("RUN useradd u{i}\n"))),
    ("run-mixed-case", |n| lines(n / 2, |i| format!("run a{i}\nRUN b\n"))),
    ("run-keep", |n| lines(n / 2, |i| format!("# dfopt: keep merge-runs\nRUN a{i}\n"))),
    ("run-mount", |n| lines(n, |i| format!("RUN --mount=type=cache,target=/c{i} make\n"))),
    ("run-exec", |n| lines(n, |i| format!("RUN [\"make\", \"{i}\"]\n"))),
    ("mix", |n| {
        lines(n / 7, |i| {
            format!(
                "ENV A{i} {i}\nWORKDIR w{i}\nRUN make {i}\nCOPY a{i} /b{i}\nLABEL l{i}=1\nEXPOSE {}\n# c{i}\n",
                i % 65_000 + 1
            )
        })
    }),
    ("env", |n| lines(n, |i| format!("ENV A{i}=$A{}\n", i.wrapping_sub(1)))),
    ("env-legacy", |n| lines(n, |i| format!("ENV A{i} {i}\n"))),
    ("env-same", |n| lines(n, |i| format!("ENV A=$A:{i}\n"))),
    ("env-then-run", |n| lines(n / 2, |i| format!("ENV A{i}=/a\nRUN make $A{i} $B\n"))),
    ("env-then-sudo", |n| lines(n / 2, |i| format!("ENV A{i}=/a\nRUN sudo make $A{i}\n"))),
    ("env-doubling", |n| lines(n, |i| format!("ENV A{i}=$A{0}$A{0}\n", i.saturating_sub(1)))),
    ("arg", |n| lines(n, |i| format!("ARG A{i}=$A{}\n", i.wrapping_sub(1)))),
    ("arg-before-from", |n| {
        format!("{}FROM debian:12\n", stages(n, |i| format!("ARG A{i}=$A{}\n", i.wrapping_sub(1))))
    }),
    ("arg-before-from-doubling", |n| {
        let args = stages(n, |i| format!("ARG A{i}=$A{0}$A{0}\n", i.saturating_sub(1)));
        format!("ARG A0=x\n{args}FROM a:$A{}\n", n.saturating_sub(1))
    }),
    ("label", |n| lines(n, |i| format!("LABEL l{i}=x\n"))),
    ("expose", |n| lines(n, |i| format!("EXPOSE {}\n", i % 60_000 + 1))),
    ("volume", |n| lines(n, |i| format!("VOLUME /v{i}\n"))),
    ("cmd", |n| lines(n, |i| format!("CMD a{i}\n"))),
    ("onbuild", |n| lines(n, |i| format!("ONBUILD RUN a{i}\n"))),
    ("secret", |n| lines(n, |i| format!("ENV PASSWORD{i}=x{i}\n"))),
    ("workdir", |n| lines(n, |i| format!("WORKDIR w{i}\n"))),
    ("workdir-absolute", |n| lines(n, |i| format!("WORKDIR /w{i}\n"))),
    ("user", |n| lines(n / 2, |i| format!("USER u{i}\nRUN a{i}\n"))),
    ("copy", |n| lines(n, |i| format!("COPY a{i} /b{i}\n"))),
    ("copy-all", |n| lines(n / 2, |_| "COPY . .\nRUN npm install\n".to_owned())),
    ("copy-chown", |n| lines(n / 2, |i| format!("COPY a{i} /b{i}\nRUN chown -R 1:1 /b{i}\n"))),
    ("add", |n| lines(n, |i| format!("ADD a{i} /b{i}\n"))),
    ("add-url", |n| {
        lines(n / 2, |i| {
            format!(
                "ADD https://example.org/x{i}.tar.gz /t/x{i}.tar.gz\nRUN tar -xzf /t/x{i}.tar.gz -C /o && rm /t/x{i}.tar.gz\n"
            )
        })
    }),
    ("add-url-apart", |n| {
        let adds: String = (0..n / 2).map(|i| format!("ADD https://example.org/x{i}.zip /t/\n")).collect();
        let runs: String = (0..n / 2).map(|i| format!("RUN unzip /t/x{i}.zip -d /o\n")).collect();
        format!("FROM debian:12\n{adds}{runs}")
    }),
    ("comments", |n| lines(n, |i| format!("# c{i}\n"))),
    ("blank", |n| lines(n, |_| "\n".to_owned())),
    ("heredocs", |n| lines(n / 3, |i| format!("RUN <<E{i}\necho {i}\nE{i}\n"))),
    ("stages", |n| stages(n / 2, |i| format!("FROM debian:12 AS s{i}\nRUN a{i}\n"))),
    ("stages-apt", |n| {
        stages(n / 2, |i| format!("FROM debian:12 AS s{i}\nRUN apt-get update && apt-get install -y p\n"))
    }),
    ("stages-chain", |n| {
        format!("FROM debian:12 AS s0\n{}", stages(n / 2, |i| format!("FROM s{i} AS s{}\nRUN a{i}\n", i + 1)))
    }),
    ("stages-chain-apt", |n| {
        let stage = |i| format!("FROM s{i} AS s{}\nRUN apt-get update && apt-get install -y p\n", i + 1);
        format!("FROM debian:12 AS s0\n{}", stages(n / 2, stage))
    }),
    ("stages-copy", |n| {
        let stage = |i| format!("FROM debian:12 AS s{}\nCOPY --from=s{i} /a /b\n", i + 1);
        format!("FROM debian:12 AS s0\n{}", stages(n / 2, stage))
    }),
    ("stages-from-one", |n| {
        format!("FROM debian:12 AS s\n{}", stages(n / 2, |i| format!("FROM s AS t{i}\nRUN a{i}\n")))
    }),
];

/// One instruction that is long, or deep.
pub const LONG: &[Shape] = &[
    ("continued", |n| one_run("true", n, |i| format!(" \\\n && echo {i}"), "")),
    ("continued-blank", |n| one_run("true", n, |i| format!(" \\\n\n && echo {i}"), "")),
    ("continued-comments", |n| one_run("true", n, |i| format!(" \\\n# c\n && echo {i}"), "")),
    ("packages", |n| {
        one_run("apt-get update && apt-get install -y", n, |i| format!(" \\\n p{}", (i * 7919) % n.max(1)), "")
    }),
    ("pairs", |n| {
        format!("FROM debian:12\nENV {}\n", (0..n).map(|i| format!("A{i}={i}")).collect::<Vec<_>>().join(" \\\n"))
    }),
    ("words", |n| one_run("echo", n, |_| " a".to_owned(), "")),
    ("semicolons", |n| one_run("", n, |_| "a;".to_owned(), "a")),
    ("pipes", |n| one_run("a", n, |_| " | b".to_owned(), "")),
    ("pipelines", |n| one_run("set -o pipefail", n, |i| format!(" && curl https://example.org/{i} | tar xz"), "")),
    ("globs", |n| one_run("rm", n, |i| format!(" /a{i}/*.o"), "")),
    ("redirections", |n| one_run("echo", n, |i| format!(" >f{i}"), "")),
    ("assignments", |n| one_run("", n, |i| format!("A{i}=$A{}; ", i.wrapping_sub(1)), "make $A9")),
    ("letters", |n| one_run("tar -", n, |_| "x".to_owned(), "$V")),
    ("cds", |n| one_run("true", n, |i| format!(" && cd d{i}"), "")),
    ("cds-and-commands", |n| one_run("true", n, |i| format!(" && cd /d{i} && make"), "")),
    ("functions", |n| one_run("", n, |i| format!("f{i}() {{ :; }}; f{i}; "), "true")),
    ("chowns", |n| one_run("true", n, |i| format!(" && chown 1:1 /f{i}"), "")),
    ("loops", |n| one_run("", n, |i| format!("for x in 1 2; do A{i}=1; done; "), "true")),
    ("heredoc", |n| {
        format!("FROM debian:12\nRUN <<E\n{}E\n", (0..n).map(|i| format!("echo {i}\n")).collect::<String>())
    }),
    ("heredocs-of-one", |n| {
        let mut text = "FROM debian:12\nRUN".to_owned();
        (0..n).for_each(|i| write!(text, " <<E{i}").unwrap_or_default());
        text.push_str(" cat\n");
        (0..n).for_each(|i| write!(text, "x\nE{i}\n").unwrap_or_default());
        text
    }),
    ("copied-heredoc", |n| {
        format!("FROM debian:12\nCOPY <<E /x\n{}E\n", (0..n).map(|i| format!("echo {i}\n")).collect::<String>())
    }),
    ("subshells", |n| nested("", "( ", "a", " )", n)),
    ("substitutions", |n| nested("echo ", "$(a ", "", ")", n)),
    ("quoted-substitutions", |n| nested("echo ", "\"$(a ", "", ")\"", n)),
    ("parameters", |n| nested("echo ", "${a:-", "", "}", n)),
    ("conditions", |n| nested("", "if a; then ", "b", "; fi", n)),
    ("groups", |n| nested("", "{ cd a; A=1; ", "b", "; }", n)),
    ("shells", |n| nested("", "sh -c 'a && ", "b", "'", n)),
    ("parameters-of-env", |n| format!("FROM debian:12\nENV A={}{}\n", "${a:-".repeat(n), "}".repeat(n))),
    ("unclosed", |n| nested("echo ", "$(", "", "", n)),
    ("unclosed-quotes", |n| nested("echo ", "\"$(a ", "", "", n)),
    ("backquotes", |n| nested("echo ", "`a` ", "", "", n)),
    ("blanks", |n| format!("FROM debian:12\nRUN a{}&& b\n", " ".repeat(n))),
    ("backslashes", |n| format!("FROM debian:12\nRUN echo {}\n", "\\".repeat(n))),
];
