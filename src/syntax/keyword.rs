//! The names of the instructions.

use crate::syntax::Keyword;

impl Keyword {
    /// All of them, without [`Keyword::Unknown`].
    pub const ALL: [Keyword; 18] = [
        Keyword::Add,
        Keyword::Arg,
        Keyword::Cmd,
        Keyword::Copy,
        Keyword::Entrypoint,
        Keyword::Env,
        Keyword::Expose,
        Keyword::From,
        Keyword::Healthcheck,
        Keyword::Label,
        Keyword::Maintainer,
        Keyword::Onbuild,
        Keyword::Run,
        Keyword::Shell,
        Keyword::Stopsignal,
        Keyword::User,
        Keyword::Volume,
        Keyword::Workdir,
    ];

    /// Its name in upper case; empty for [`Keyword::Unknown`].
    pub fn name(self) -> &'static str {
        match self {
            Keyword::Add => "ADD",
            Keyword::Arg => "ARG",
            Keyword::Cmd => "CMD",
            Keyword::Copy => "COPY",
            Keyword::Entrypoint => "ENTRYPOINT",
            Keyword::Env => "ENV",
            Keyword::Expose => "EXPOSE",
            Keyword::From => "FROM",
            Keyword::Healthcheck => "HEALTHCHECK",
            Keyword::Label => "LABEL",
            Keyword::Maintainer => "MAINTAINER",
            Keyword::Onbuild => "ONBUILD",
            Keyword::Run => "RUN",
            Keyword::Shell => "SHELL",
            Keyword::Stopsignal => "STOPSIGNAL",
            Keyword::User => "USER",
            Keyword::Volume => "VOLUME",
            Keyword::Workdir => "WORKDIR",
            Keyword::Unknown => "",
        }
    }

    /// The instruction that a word names, in any case.
    pub fn from_word(word: &str) -> Keyword {
        let named = |keyword: &Keyword| keyword.name().eq_ignore_ascii_case(word);
        Keyword::ALL.into_iter().find(named).unwrap_or(Keyword::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_back_in_any_case() {
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::from_word(keyword.name()), keyword);
            assert_eq!(Keyword::from_word(&keyword.name().to_lowercase()), keyword);
        }
        assert_eq!(Keyword::from_word(""), Keyword::Unknown);
        assert_eq!(Keyword::from_word("RUNS"), Keyword::Unknown);
    }
}
