//! What the shell gets to see of an instruction.

use crate::syntax::{Args, Command, Heredoc, Instruction, Logical};
use crate::text::Source;

impl Instruction {
    /// The text that a shell runs: of RUN, CMD, ENTRYPOINT and HEALTHCHECK in shell form. A RUN that is nothing but a heredoc
    /// runs its body; one with heredocs beside a command runs the line, the bodies and the terminators. `None` in exec form
    /// and for other instructions; ONBUILD's inner instruction has its own.
    ///
    /// A body that starts with `#!` is run by the program named there, not by the shell.
    pub fn script(&self, source: &Source) -> Option<Logical> {
        let (Args::Command(Command::Shell(range)) | Args::Healthcheck(Some(Command::Shell(range)))) = &self.args else {
            return None;
        };
        if let Some(only) = self.sole_heredoc() {
            return Some(body(only, source));
        }
        let mut script = self.line.part(range.clone());
        self.heredocs.iter().for_each(|heredoc| push_whole(&mut script, heredoc, source));
        Some(script)
    }

    /// The single heredoc that is all of a RUN's command, if it is one.
    pub fn sole_heredoc(&self) -> Option<&Heredoc> {
        match (&self.args, &self.heredocs[..]) {
            (Args::Command(Command::Shell(range)), [only]) if only.opener == *range => Some(only),
            _ => None,
        }
    }
}

/// The body; with `<<-` without the tabs in front of its lines.
fn body(heredoc: &Heredoc, source: &Source) -> Logical {
    let mut script = Logical::default();
    let mut at = heredoc.body.start as usize;
    let body = source.slice(heredoc.body);
    if !heredoc.chomp {
        script.push(body, at);
        return script;
    }
    for line in body.split_inclusive('\n') {
        let kept = line.trim_start_matches('\t');
        script.push(kept, at + line.len() - kept.len());
        at += line.len();
    }
    script
}

/// The line end in front of the body, the body as it is, and the terminator without white space around it.
fn push_whole(script: &mut Logical, heredoc: &Heredoc, source: &Source) {
    let start = heredoc.body.start as usize;
    script.push(&source.text()[start - 1..start], start - 1);
    script.push(source.slice(heredoc.body), start);
    let line = source.slice(heredoc.terminator);
    let name = if heredoc.chomp { line.trim_start_matches('\t') } else { line };
    let at = heredoc.terminator.start as usize + line.len() - name.len();
    script.push(name.trim_end_matches(['\r', '\n']), at);
}

#[cfg(test)]
mod tests {
    use crate::syntax::{Args, parse};
    use crate::text::Source;

    fn script(text: &str) -> Option<String> {
        let source = Source::new(text);
        let parsed = parse(&source);
        let (_, instruction) = parsed.file.instructions().last().unwrap();
        let script = match &instruction.args {
            Args::Onbuild(inner) => inner.script(&source),
            _ => instruction.script(&source),
        }?;
        for (i, byte) in script.text().bytes().enumerate() {
            assert_eq!(byte, source.text().as_bytes()[script.offset(i)]);
        }
        Some(script.text().to_owned())
    }

    #[test]
    fn shell_forms() {
        assert_eq!(script("RUN --network=none a && \\\n  b\n").unwrap(), "a &&   b");
        assert_eq!(script("CMD a b").unwrap(), "a b");
        assert_eq!(script("HEALTHCHECK --retries=1 CMD a || b").unwrap(), "a || b");
        assert_eq!(script("ONBUILD RUN a").unwrap(), "a");
    }

    #[test]
    fn other_forms_have_none() {
        for text in ["RUN [\"a\"]", "HEALTHCHECK NONE", "COPY a b", "COPY <<E /f\nx\nE\n", "ENV a=b"] {
            assert_eq!(script(text), None, "{text}");
        }
    }

    #[test]
    fn a_heredoc_alone_is_its_body() {
        assert_eq!(script("RUN <<EOF\na\n\tb\nEOF\n").unwrap(), "a\n\tb\n");
        assert_eq!(script("RUN <<-EOF\n\ta\n\t\tb\n\tEOF\n").unwrap(), "a\nb\n");
        assert_eq!(script("ONBUILD RUN <<'E'\na\nE").unwrap(), "a\n");
    }

    #[test]
    fn heredocs_beside_a_command_are_put_together() {
        let text = "RUN cat <<A <<-B > x\r\n1\r\nA\r\n\t2\r\n\tB\r\nCMD x";
        let source = Source::new(text);
        let parsed = parse(&source);
        let (_, run) = parsed.file.instructions().next().unwrap();
        assert_eq!(run.script(&source).unwrap().text(), "cat <<A <<-B > x\n1\r\nA\n\t2\r\nB");
    }
}
