//! The command line of tar: whether it unpacks one archive, and where that is named. What each option means is data; on doubt it is
//! not understood.

use crate::knowledge::programs::Meaning;
use crate::script::{Argument, Invocation, Item};

/// A tar command that unpacks an archive to its end.
#[derive(Clone, Copy, Debug)]
pub struct Unpack<'s> {
    /// The word that names the archive.
    pub archive: Argument<'s>,
    /// Whether the command line says how it is compressed, so that it can come from a pipe, and cut input fails.
    pub compression: bool,
    /// The folder that `-C` names, if all of the archive is unpacked there, as it is: what `ADD --unpack` could do as well.
    pub whole_into: Option<Argument<'s>>,
}

/// Reads a command; `None` if it is none of tar that surely unpacks one archive, named by a word of its own.
pub fn unpack(command: Invocation<'_>) -> Option<Unpack<'_>> {
    let program = command.program().filter(|program| program.name == "tar")?;
    let (mut archive, mut folder) = (None, None);
    let (mut extracts, mut compression, mut whole) = (false, false, true);
    for item in command.line() {
        let option = match item {
            Item::Operand(word) if word.may_be_option() => return None,
            Item::Operand(_) => {
                whole = false;
                continue;
            }
            Item::Option(option) => option,
        };
        match program.meaning(&option.name) {
            Some(Meaning::Extracts) => extracts = true,
            Some(Meaning::Decompresses) => compression = true,
            Some(Meaning::Tells) => {}
            // two archives: which one counts is not ours to say
            Some(Meaning::Archive) if archive.is_none() => {
                archive = Some(option.argument().filter(|(_, from)| *from == 0)?.0);
            }
            Some(_) => return None,
            None if !option.known => return None,
            None if option.is(program.directory) => folder = option.argument().filter(|(_, from)| *from == 0),
            None => whole = false,
        }
    }
    let whole_into = folder.filter(|_| whole).map(|(word, _)| word);
    Some(Unpack { archive: archive.filter(|_| extracts)?, compression, whole_into })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Commands, Dialect, Reading};
    use crate::shell::{self, Shell};

    /// The archive, whether its compression is named, and the folder.
    fn read(line: &str) -> Option<String> {
        let Shell::Script(script) = shell::parse(line) else { panic!("{line}") };
        let reading = Reading::of(line, &script, Dialect::default());
        let unpack = unpack(Commands::new(line, &reading).iter().next().unwrap())?;
        let compression = if unpack.compression { " compressed" } else { "" };
        let folder = unpack.whole_into.map(|folder| format!(" {}", folder.raw())).unwrap_or_default();
        Some(format!("{}{compression}{folder}", unpack.archive.raw()))
    }

    #[test]
    fn the_archive_is_found_in_each_spelling() {
        for (line, wanted) in [
            ("tar -xJf a -C /d", "a compressed /d"),
            ("tar xzf a -C /d --strip-components=1", "a compressed"),
            ("tar xfz a", "a compressed"),
            ("tar -C /d -xzf a", "a compressed /d"),
            ("tar -x -z -f a", "a compressed"),
            ("tar -xvf a", "a"),
            ("tar xCf /d a", "a /d"),
            ("tar -xzf $A", "$A compressed"),
            ("tar --directory /d --extract --gzip --file a", "a compressed /d"),
            ("tar -xzf a -C /d member", "a compressed"),
            ("tar -xzpf a -C /d", "a compressed"),
        ] {
            assert_eq!(read(line).as_deref(), Some(wanted), "{line}");
        }
    }

    #[test]
    fn what_is_not_one_archive_unpacked() {
        for line in [
            "tar",
            "tar -czf a d",
            "tar -tf a",
            "tar xz",
            "tar -xzf",
            "tar -fa -x",
            "tar -xf a -f b",
            "tar --extract --gzip --file=a",
            "tar $A a",
            "tar -xf a $A",
            "tar -xf a --new-option",
            "bsdtar -xf a",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
