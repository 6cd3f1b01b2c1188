//! What BuildKit's converter refuses: a file that it reads to its end, and of which it then can't make a build. Only what it
//! refuses whatever arguments are given, and whatever the base images hold: a value that hangs on either is not looked at.
//!
//! Of each stage: its image, where COPY and mounts take their files from, and that no stage waits for itself. Only of the
//! stages that are built: what the values of their instructions say.
//!
//! Sources: BuildKit's `dockerfile2llb/convert.go`, `convert_runmount.go` and `instructions/commands_runmount.go`, its lexer of
//! words (`shell/lex.go`), and builds of each form.

mod mounts;
mod reference;
mod values;

use crate::facts::value::{self, Piece};
use crate::facts::{Base, Facts, Frontend};
use crate::syntax::{Args, ErrorStage, Flag, Instruction, Keyword, SyntaxError};
use std::ops::Range;

/// What is wrong with a part of an instruction's line: where, and what, and what to do.
type Fault = (Range<usize>, String);

/// Arguments that BuildKit sets itself before the first FROM.
const OF_THE_PLATFORM: &[&str] = &[
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

impl Facts<'_> {
    /// What BuildKit's converter would refuse, in the order of the file. Nothing for a frontend that is not known.
    pub fn conversion_errors(&self) -> Vec<SyntaxError> {
        if self.frontend() == Frontend::Unknown {
            return Vec::new();
        }
        let mut out: Vec<SyntaxError> = Vec::new();
        let edges: Vec<Vec<Edge>> = (0..self.stages.len()).map(|stage| self.edges(stage)).collect();
        for (index, stage) in self.stages.iter().enumerate() {
            if let Some(from) = self.instruction(stage.item) {
                out.extend(self.of_from(index, from).map(|fault| self.error(from, fault)));
            }
            for edge in &edges[index] {
                let fault = edge.fault(self, &edges, index);
                out.extend(fault.map(|what| self.error(edge.instruction, (edge.range.clone(), what))));
            }
        }
        for stage in self.built(&edges) {
            for step in &self.stages[stage].steps {
                let fault = values::fault(self, step);
                out.extend(fault.map(|fault| self.error(step.instruction, fault)));
            }
        }
        out.sort_by_key(|error| error.span.start);
        out
    }

    fn error(&self, one: &Instruction, (range, message): Fault) -> SyntaxError {
        let span = one.line.span(range);
        let line = self.source.line(span.start as usize);
        SyntaxError { span, line, stage: ErrorStage::Conversion, message }
    }

    /// What is wrong with the image of a stage, or with its platform.
    fn of_from(&self, index: usize, from: &Instruction) -> Option<Fault> {
        let Args::From { image, .. } = &from.args else { return None };
        if let Some(flag) = from.flag("platform")
            && let Some(what) = self.without_arguments(flag.value.as_deref()?).and_then(|value| platform(&value?))
        {
            return Some((flag.range.clone(), what));
        }
        let what = match self.without_arguments(&image.text)? {
            None => "the image's name has an open quote, or a `${…}` that builders do not know; correct it".to_owned(),
            Some(name) if name.is_empty() => blank(&image.text),
            Some(name) if name == "scratch" || self.project.replaces(&name) => return None,
            Some(_) if matches!(self.stages[index].base, Base::Stage(_)) => return None,
            Some(name) => self.not_an_image(&name, index)?,
        };
        Some((image.range.clone(), what))
    }

    /// What is wrong with a name that is no stage's, which is taken for an image's.
    fn not_an_image(&self, name: &str, before: usize) -> Option<String> {
        let wrong = reference::wrong(name)?;
        let lower = name.to_lowercase();
        let stage = self.stages[..before].iter().any(|stage| stage.name.as_deref() == Some(&lower));
        match stage {
            true => Some(format!("stages are named in lower case, so `{name}` is no stage; write `{lower}`")),
            false => Some(format!("`{name}` is no reference of an image: {wrong}")),
        }
    }

    /// The value of a text of FROM that no argument decides: `None` if one does, `Some(None)` if it can't be read.
    fn without_arguments(&self, raw: &str) -> Option<Option<String>> {
        let Some(pieces) = value::read(raw, self.file.escape) else { return Some(None) };
        let mut out = String::new();
        self.put_in(&pieces, &mut out)?;
        Some(Some(out))
    }

    fn put_in(&self, pieces: &[Piece], out: &mut String) -> Option<()> {
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Variable { name, .. } if self.is_argument(name) => return None,
                Piece::Variable { operation, words, .. } if operation.ends_with('-') => {
                    self.put_in(words.first()?, out)?
                }
                Piece::Variable { operation, .. } if operation.ends_with('?') => return None,
                Piece::Variable { .. } => {}
            }
        }
        Some(())
    }

    /// Whether something before the first FROM, or BuildKit, may give a variable a value.
    fn is_argument(&self, name: &str) -> bool {
        let first = self.stages.first().map_or(0, |stage| stage.item);
        let above = self.file.instructions().take_while(|(item, _)| *item < first);
        let declares = |one: &Instruction| match &one.args {
            Args::Pairs { pairs, .. } => pairs.iter().any(|pair| pair.name.text == name),
            _ => false,
        };
        OF_THE_PLATFORM.contains(&name) || above.into_iter().any(|(_, one)| declares(one))
    }

    /// The stages that are built: the targets and all that they wait for.
    fn built(&self, edges: &[Vec<Edge>]) -> Vec<usize> {
        let mut out = self.targets();
        let mut at = 0;
        while let Some(stage) = out.get(at).copied() {
            for next in self.waits_for(edges, stage) {
                if !out.contains(&next) {
                    out.push(next);
                }
            }
            at += 1;
        }
        out
    }

    fn waits_for<'e>(&'e self, edges: &'e [Vec<Edge>], stage: usize) -> impl Iterator<Item = usize> + 'e {
        let parent = match self.stages[stage].base {
            Base::Stage(parent) => Some(parent),
            _ => None,
        };
        parent.into_iter().chain(edges[stage].iter().filter_map(|edge| edge.to))
    }

    /// What COPY and the mounts of a stage name as the source of their files.
    fn edges(&self, stage: usize) -> Vec<Edge<'_>> {
        let mut out = Vec::new();
        for step in &self.stages[stage].steps {
            let one = step.instruction;
            match one.keyword {
                Keyword::Copy => {
                    out.extend(one.flag("from").and_then(|flag| self.edge(one, flag, flag.value.as_deref()?)))
                }
                Keyword::Run => {
                    for flag in one.flags.iter().filter(|flag| flag.name == "mount") {
                        let from = mounts::from(flag).filter(|from| from.parse::<i64>().is_err());
                        out.extend(from.and_then(|from| self.edge(one, flag, &from)));
                    }
                }
                _ => {}
            }
        }
        out
    }

    fn edge<'e>(&'e self, instruction: &'e Instruction, flag: &Flag, name: &str) -> Option<Edge<'e>> {
        if name.is_empty() || self.project.replaces(name) {
            return None;
        }
        let lower = name.to_lowercase();
        let index = name.parse::<i64>().ok();
        let named = || self.stages.iter().rposition(|stage| stage.name.as_deref() == Some(&lower));
        let to = match index {
            Some(index) => usize::try_from(index).ok().filter(|index| *index < self.stages.len()),
            None => named(),
        };
        Some(Edge { instruction, range: flag.range.clone(), name: name.to_owned(), is_number: index.is_some(), to })
    }
}

/// What one instruction of a stage takes files from.
struct Edge<'a> {
    instruction: &'a Instruction,
    range: Range<usize>,
    name: String,
    is_number: bool,
    /// The stage, if it is one.
    to: Option<usize>,
}

impl Edge<'_> {
    fn fault(&self, facts: &Facts, edges: &[Vec<Edge>], own: usize) -> Option<String> {
        let name = &self.name;
        match self.to {
            Some(to) if reaches(facts, edges, to, own) => Some(format!(
                "the stage would wait for itself: `{name}` is made from it; take the files from another stage"
            )),
            Some(_) => None,
            None if self.is_number => {
                Some(format!("there is no stage {name}; the first one is 0; better name the stage"))
            }
            None if name.contains('$') => {
                let what = "takes no variable; give the image a stage of its own (`FROM … AS name`) and name that";
                Some(format!("`--from` {what}"))
            }
            None => facts.not_an_image(name, 0),
        }
    }
}

/// Whether a stage is another one, or waits for it.
fn reaches(facts: &Facts, edges: &[Vec<Edge>], from: usize, to: usize) -> bool {
    let (mut open, mut seen) = (vec![from], vec![false; facts.stages.len()]);
    while let Some(stage) = open.pop() {
        if stage == to {
            return true;
        }
        if !std::mem::replace(&mut seen[stage], true) {
            open.extend(facts.waits_for(edges, stage));
        }
    }
    false
}

fn blank(raw: &str) -> String {
    match raw.contains('$') {
        true => format!("the image's name is empty: no `ARG` before the first `FROM` gives `{raw}` a value; add one"),
        false => "the image's name is empty; name an image, a stage or `scratch`".to_owned(),
    }
}

/// What is wrong with a platform: `os[(version)][/architecture[/variant]]`.
fn platform(value: &str) -> Option<String> {
    let example = "write one such as `linux/amd64`";
    if value.is_empty() {
        return Some(format!("the platform is empty; {example}, or remove the flag"));
    }
    let part = |text: &str| {
        let name = text.split('(').next().unwrap_or_default();
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    };
    let parts = value.split('/').count();
    let fine = parts <= 3 && value.split('/').all(part);
    (!fine).then(|| format!("`{value}` is no platform; {example}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;
    use crate::text::Source;

    fn errors(text: &str) -> Vec<(u32, u32, String)> {
        let source = Source::new(text.trim_start().replace("\n                ", "\n"));
        let parsed = parse(&source);
        assert_eq!(parsed.errors, [], "{text}");
        let errors = Facts::new(&source, &parsed.file).conversion_errors();
        let place = |error: &SyntaxError| source.line_col(error.span.start as usize);
        errors.iter().map(|error| (error.line, place(error).column, error.message.clone())).collect()
    }

    fn places(text: &str) -> Vec<(u32, u32)> {
        errors(text).into_iter().map(|(line, column, _)| (line, column)).collect()
    }

    #[test]
    fn images_that_no_builder_takes() {
        for (text, place) in [
            ("FROM \"\"\n", (1, 6)),
            ("FROM $NOPE\n", (1, 6)),
            ("FROM ${NOPE}:1\n", (1, 6)),
            ("FROM debian:12:1\n", (1, 6)),
            ("FROM Debian\n", (1, 6)),
            ("FROM a AS b\nFROM B\n", (2, 6)),
            ("FROM --platform=foo/bar/baz/x debian\n", (1, 6)),
            ("FROM --platform=$NOPE debian\n", (1, 6)),
            ("FROM ${A^^}\n", (1, 6)),
            ("FROM Unused AS x\nFROM debian\n", (1, 6)),
        ] {
            assert_eq!(places(text), [place], "{text}");
        }
        assert!(errors("FROM a AS b\nFROM B\n")[0].2.contains("write `b`"));
    }

    #[test]
    fn images_that_an_argument_or_default_decides() {
        for text in [
            "ARG X\nFROM $X\n",
            "ARG X=a:b:c\nFROM $X\n",
            "FROM ${X:-debian}\n",
            "FROM --platform=$BUILDPLATFORM debian\n",
            "FROM a AS b\nFROM b\n",
            "FROM scratch\n",
            "# syntax=acme/frontend\nFROM A\n",
        ] {
            assert_eq!(errors(text), [], "{text}");
        }
    }

    #[test]
    fn stages_that_are_not_there_or_wait_for_themselves() {
        for (text, place) in [
            ("FROM a\nCOPY --from=9 /a /b\n", (2, 6)),
            ("FROM a\nCOPY --from=-1 /a /b\n", (2, 6)),
            ("FROM a\nCOPY --from=0 /a /b\n", (2, 6)),
            ("FROM a\nCOPY --from=Foo_ /a /b\n", (2, 6)),
            ("FROM a\nCOPY --from=$X /a /b\n", (2, 6)),
            ("FROM a AS x\nCOPY --from=X /a /b\n", (2, 6)),
            ("FROM a AS x\nRUN --mount=type=bind,from=x,target=/y true\n", (2, 5)),
            ("FROM a\nRUN --mount=from=Foo,target=/y true\n", (2, 5)),
            ("FROM a AS x\nCOPY --from=9 /a /b\nFROM a\n", (2, 6)),
        ] {
            assert_eq!(places(text), [place], "{text}");
        }
        let both = "FROM a AS x\nCOPY --from=y /a /b\nFROM x AS y\nRUN true\n";
        assert_eq!(places(both), [(2, 6)], "{both}");
        for text in [
            "FROM a AS x\nCOPY --from=y /a /b\nFROM a AS y\nRUN true\n",
            "FROM a AS x\nFROM a\nCOPY --from=X /a /b\nCOPY --from=0 /a /b\nCOPY --from=debian /a /b\n",
            "FROM a\nRUN --mount=type=bind,from=9,target=/x true\n",
            "FROM a\nONBUILD COPY --from=9 /a /b\n",
        ] {
            assert_eq!(errors(text), [], "{text}");
        }
    }

    #[test]
    fn values_that_no_builder_takes() {
        for (line, column) in [
            ("VOLUME \"\"", 8),
            ("EXPOSE 80 foo", 11),
            ("EXPOSE 80/http", 8),
            ("EXPOSE 80,443", 8),
            ("EXPOSE 80 # web", 11),
            ("STOPSIGNAL FOO", 12),
            ("STOPSIGNAL 0", 12),
            ("ENV A=${B^^}", 7),
            ("ENV A=1 B=${C", 11),
            ("LABEL a=\"b", 9),
            ("ARG A=\"b", 7),
            ("WORKDIR ${A^}", 9),
            ("USER \"a", 6),
            ("COPY ${B@Q} /b", 6),
            ("COPY a ${B@Q}", 8),
            ("RUN []", 5),
            ("ADD --checksum=foo https://example.org/a /b", 5),
            ("ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d a /b", 5),
            ("RUN --mount=type=cache,target=/ true", 5),
            ("RUN --mount=type=foo,target=/x true", 5),
            ("RUN --mount=type=cache,target=/x,sharing=foo true", 5),
            ("RUN --mount=type=cache,target=/x,uid=foo true", 5),
            ("RUN --mount=type=cache,target=/x,size=1m true", 5),
            ("RUN --mount=type=bind,foo=1,target=/x true", 5),
            ("RUN --mount=type=secret,id=x,required=maybe true", 5),
        ] {
            assert_eq!(places(&format!("FROM scratch\nWORKDIR /\n{line}\n")), [(3, column)], "{line}");
            assert_eq!(places(&format!("FROM scratch AS unused\n{line}\nFROM a\n")), [], "{line}");
        }
    }

    #[test]
    fn values_that_are_fine_or_not_known() {
        for line in [
            "VOLUME $DATA",
            "EXPOSE $PORT 20-25 8080:80 53/udp",
            "EXPOSE \"\"",
            "STOPSIGNAL $SIGNAL",
            "STOPSIGNAL sigterm",
            "STOPSIGNAL SIGRTMIN+3",
            "STOPSIGNAL 99",
            "ENV A=${B:-x} C='d e' F=${G#h}",
            "WORKDIR \"\"",
            "ADD --checksum=$SUM https://example.org/a /b",
            "RUN --mount=type=bind,target=/x,ro,rw true",
            "RUN --mount=type=cache,id=a,target=/x,sharing=locked,uid=1000,gid=$G,mode=0755 true",
            "RUN --mount=type=tmpfs,target=/x,size=64m true",
            "RUN --mount=type=ssh true",
            "RUN --mount=type=secret,id=x,env=Y,required true",
            "ONBUILD EXPOSE foo",
        ] {
            assert_eq!(errors(&format!("FROM scratch\nWORKDIR /\n{line}\n")), [], "{line}");
        }
    }
}
