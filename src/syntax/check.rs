//! The flags that each instruction accepts. What a value means beyond its form (a stage, a user) is not known here.

use super::grammar::mount;
use crate::syntax::error::{Refusal, quoted};
use crate::syntax::{Args, Flag, Instruction, Keyword};

/// How a flag is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `--flag`, `--flag=true` or `--flag=false`.
    Switch,
    /// `--flag=value`, once.
    Text,
    /// `--flag=value`, as often as one likes.
    Repeated,
}

use Kind::{Repeated, Switch, Text};

/// The first flag that BuildKit refuses, and why.
pub(super) fn flags(instruction: &Instruction) -> Option<Refusal> {
    let ignored = matches!(instruction.keyword, Keyword::Arg | Keyword::Stopsignal | Keyword::Unknown)
        || instruction.args == Args::Healthcheck(None);
    if ignored {
        return None;
    }
    let flags = &instruction.flags;
    flags.iter().enumerate().find_map(|(i, flag)| {
        let message = wrong(instruction.keyword, flag, &flags[..i])?;
        Some(Refusal::instruction(flag.range.clone(), message))
    })
}

fn accepted(keyword: Keyword) -> &'static [(&'static str, Kind)] {
    match keyword {
        Keyword::From => &[("platform", Text)],
        Keyword::Run => &[("mount", Repeated), ("network", Text), ("security", Text), ("device", Repeated)],
        Keyword::Copy => &[
            ("from", Text),
            ("chown", Text),
            ("chmod", Text),
            ("link", Switch),
            ("parents", Switch),
            ("exclude", Repeated),
        ],
        Keyword::Add => &[
            ("chown", Text),
            ("chmod", Text),
            ("link", Switch),
            ("keep-git-dir", Switch),
            ("checksum", Text),
            ("unpack", Switch),
            ("exclude", Repeated),
        ],
        Keyword::Healthcheck => &[
            ("interval", Text),
            ("timeout", Text),
            ("start-period", Text),
            ("start-interval", Text),
            ("retries", Text),
        ],
        _ => &[],
    }
}

fn wrong(keyword: Keyword, flag: &Flag, before: &[Flag]) -> Option<String> {
    let flags = accepted(keyword);
    let Some((_, kind)) = flags.iter().find(|(name, _)| *name == flag.name) else {
        let shown = quoted(&flag.text);
        return Some(match flags.is_empty() {
            true => format!("`{}` takes no flags; remove {shown}", keyword.name()),
            false => format!("`{}` knows no flag {shown}; it takes {}", keyword.name(), listed(flags)),
        });
    };
    if *kind != Repeated && before.iter().any(|other| other.name == flag.name) {
        return Some(format!("`--{}` is given twice; keep one of them", flag.name));
    }
    match (kind, &flag.value) {
        (Switch, None) => None,
        (Switch, Some(value)) => switch(flag, value),
        (_, None) => Some(format!("`--{0}` needs a value; write `--{0}=…`", flag.name)),
        (_, Some(value)) => wrong_value(keyword, &flag.name, value),
    }
}

fn listed(flags: &[(&str, Kind)]) -> String {
    let names: Vec<String> = flags.iter().map(|(name, _)| format!("`--{name}`")).collect();
    names.join(", ")
}

fn switch(flag: &Flag, value: &str) -> Option<String> {
    let fine = value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false");
    (!fine).then(|| format!("`--{}` is `true` or `false`, not {}", flag.name, quoted(value)))
}

fn wrong_value(keyword: Keyword, name: &str, value: &str) -> Option<String> {
    let shown = quoted(value);
    match (keyword, name) {
        (Keyword::Run, "mount") => mount_value(value),
        (Keyword::Run, "network") if !matches!(value, "default" | "none" | "host") => {
            Some(format!("the network is `default`, `none` or `host`, not {shown}"))
        }
        (Keyword::Run, "security") if !matches!(value, "" | "insecure" | "sandbox") => {
            Some(format!("the security mode is `insecure` or `sandbox`, not {shown}"))
        }
        (Keyword::Healthcheck, "retries") => {
            let fine = value.is_empty() || value.parse::<i32>().is_ok_and(|retries| retries >= 0);
            (!fine).then(|| format!("`--retries` is a number from 0, not {shown}"))
        }
        (Keyword::Healthcheck, _) => {
            let fine = value.is_empty() || nanoseconds(value).is_some_and(|n| n == 0.0 || n >= 1e6);
            (!fine).then(|| format!("`--{name}` is a time of at least `1ms`, such as `30s`, not {shown}"))
        }
        _ => None,
    }
}

fn mount_value(value: &str) -> Option<String> {
    let Some(fields) = mount::fields(value) else {
        let shown = quoted(value);
        return Some(format!(
            "the mount {shown} is no comma-separated list; quote a field as `\\\"…\\\"` or not at all"
        ));
    };
    let from = fields.iter().filter_map(|field| field.split_once('=')).find(|(key, value)| {
        key.eq_ignore_ascii_case("from") && value.find('$').is_some_and(|at| at + 1 < value.len())
    });
    from.map(|_| "a mount's `from` takes no variable; give the image a stage of its own and name that".to_owned())
}

/// ```text
/// time = ["+" / "-"] ( "0" / 1*( number unit ) )       ; unit: ns us µs ms s m h
/// ```
fn nanoseconds(text: &str) -> Option<f64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0.0);
    }
    let mut total = None;
    while !rest.is_empty() {
        let unit = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..unit].parse().ok()?;
        let end = rest[unit..].find(|c: char| c.is_ascii_digit() || c == '.').map_or(rest.len(), |len| unit + len);
        total = Some(total.unwrap_or(0.0) + number * unit_of(&rest[unit..end])?);
        rest = &rest[end..];
    }
    total.map(|total| sign * total)
}

fn unit_of(name: &str) -> Option<f64> {
    match name {
        "ns" => Some(1.0),
        "us" | "µs" | "μs" => Some(1e3),
        "ms" => Some(1e6),
        "s" => Some(1e9),
        "m" => Some(60e9),
        "h" => Some(3600e9),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::parse;
    use crate::text::Source;

    fn refused(line: &str) -> bool {
        !parse(&Source::new(format!("FROM a\n{line}\n"))).errors.is_empty()
    }

    #[test]
    fn known_flags_pass() {
        for line in [
            "COPY --from=a --link --chmod=755 a b",
            "COPY --link=TRUE --exclude=a --exclude=b a b",
            "ADD --keep-git-dir=false --checksum=x a b",
            "RUN --mount=type=cache,target=/a --mount=type=bind,from=b --network=none --security=sandbox x",
            "HEALTHCHECK --interval=1m30s --timeout=0 --retries=3 CMD x",
            "HEALTHCHECK --whatever NONE",
            "ARG --whatever a",
            "STOPSIGNAL --whatever 9",
        ] {
            assert!(!refused(line), "{line}");
        }
    }

    #[test]
    fn others_do_not() {
        for line in [
            "COPY --form=a a b",
            "COPY --FROM=a a b",
            "COPY --chown=a --chown=b a b",
            "COPY --link= a b",
            "COPY --link=yes a b",
            "COPY --chown a b",
            "ENV --a b=c",
            "RUN --network=bridge x",
            "RUN --security=off x",
            "RUN --mount=from=$a,target=/b x",
            "RUN --mount=a\\\"b x",
            "RUN --mount= x",
            "HEALTHCHECK --interval=30 CMD x",
            "HEALTHCHECK --interval=1us CMD x",
            "HEALTHCHECK --retries=-1 CMD x",
            "ONBUILD --a RUN x",
        ] {
            assert!(refused(line), "{line}");
        }
    }
}
