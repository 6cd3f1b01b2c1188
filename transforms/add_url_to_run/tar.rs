//! The command line of tar: whether it unpacks one archive, and where that is named. GNU tar's, busybox's and bsdtar's common
//! part; on doubt it is not understood.

/// Letters of short options that take an argument.
const WITH_ARGUMENT: &str = "bCfFgHIKLNTVX";
/// Letters that name the compression.
const COMPRESSION: &str = "zjJZ";
const LONG_COMPRESSION: &[&str] = &["--gzip", "--gunzip", "--ungzip", "--bzip2", "--xz", "--lzma", "--zstd"];

/// Where the archive is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveArgument {
    /// A word of its own.
    Word(usize),
    /// Behind `--file=`.
    Long(usize),
}

/// A tar command that unpacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpack {
    /// The archive.
    pub archive: ArchiveArgument,
    /// Whether the command line says how it is compressed, so that it can come from a pipe, and cut input fails.
    pub compression: bool,
}

/// Reads the words of a tar command, its name first; `None` for words that are only known when it runs (of which only the
/// archive's place matters).
pub fn unpack(words: &[Option<String>]) -> Option<Unpack> {
    let mut read = Reader { archive: None, extracts: false, compression: false, piecemeal: false };
    let first = words.get(1)?.as_deref()?;
    let mut at = 1;
    if !first.starts_with('-') {
        at = read.old_style(first)?;
    }
    while at < words.len() {
        at = match words[at].as_deref() {
            Some(word) if word.starts_with("--") => read.long(word, at),
            Some(word) if word.starts_with('-') && word.len() > 1 => read.short(&word[1..], at)?,
            _ => at + 1,
        };
    }
    let archive = read.archive.filter(|_| read.extracts && !read.piecemeal)?;
    let inside = match archive {
        ArchiveArgument::Word(index) | ArchiveArgument::Long(index) => index < words.len(),
    };
    inside.then_some(Unpack { archive, compression: read.compression })
}

/// Where a tar command unpacks to, if it unpacks the whole archive as it is: the index of the word behind `-C`. What
/// `ADD --unpack` could do as well.
pub fn whole_into(words: &[Option<String>]) -> Option<usize> {
    let unpack = unpack(words)?;
    let ArchiveArgument::Word(archive) = unpack.archive else { return None };
    let mut folder = None;
    for (index, word) in words.iter().enumerate().skip(1).filter(|(index, _)| *index != archive) {
        let before = words[index - 1].as_deref();
        match word.as_deref() {
            _ if matches!(before, Some("-C" | "--directory")) => folder = Some(index),
            Some(
                "-C" | "--directory" | "--extract" | "--file" | "--verbose" | "--gzip" | "--xz" | "--bzip2" | "--zstd",
            ) => {}
            Some(letters) if letters.trim_start_matches('-').chars().all(|letter| "xvfzjJ".contains(letter)) => {}
            _ => return None,
        }
    }
    folder
}

struct Reader {
    archive: Option<ArchiveArgument>,
    extracts: bool,
    compression: bool,
    /// It may stop before the end of the archive, or does something else with it.
    piecemeal: bool,
}

impl Reader {
    fn letter(&mut self, letter: char) {
        self.extracts |= letter == 'x';
        self.compression |= COMPRESSION.contains(letter);
        self.piecemeal |= "ctruAdMS".contains(letter);
    }

    /// `xzf`: arguments follow in the order of the letters. The index of the first word behind them.
    fn old_style(&mut self, letters: &str) -> Option<usize> {
        let mut at = 2;
        for letter in letters.chars() {
            if !letter.is_ascii_alphabetic() {
                return None;
            }
            self.letter(letter);
            if letter == 'f' {
                self.found(ArchiveArgument::Word(at));
            }
            at += usize::from(WITH_ARGUMENT.contains(letter));
        }
        Some(at)
    }

    /// `-xzf`: the index of the next word.
    fn short(&mut self, letters: &str, at: usize) -> Option<usize> {
        for (index, letter) in letters.char_indices() {
            self.letter(letter);
            if WITH_ARGUMENT.contains(letter) {
                let glued = index + 1 < letters.len();
                if letter == 'f' {
                    // `-fNAME` is left alone
                    self.found(if glued { return None } else { ArchiveArgument::Word(at + 1) });
                }
                return Some(if glued { at + 1 } else { at + 2 });
            }
        }
        Some(at + 1)
    }

    fn long(&mut self, word: &str, at: usize) -> usize {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        self.extracts |= matches!(name, "--extract" | "--get");
        self.compression |= LONG_COMPRESSION.contains(&name);
        self.piecemeal |= matches!(
            name,
            "--occurrence"
                | "--create"
                | "--list"
                | "--append"
                | "--update"
                | "--diff"
                | "--compare"
                | "--delete"
                | "--multi-volume"
                | "--seek"
                | "--force-local"
                | "--files-from"
        );
        match (name, value) {
            ("--file", Some(_)) => self.found(ArchiveArgument::Long(at)),
            ("--file", None) => self.found(ArchiveArgument::Word(at + 1)),
            _ => {}
        }
        let takes = value.is_none()
            && matches!(
                name,
                "--file" | "--directory" | "--exclude" | "--transform" | "--xform" | "--owner" | "--group" | "--mode"
            );
        at + if takes { 2 } else { 1 }
    }

    fn found(&mut self, place: ArchiveArgument) {
        // two archives: which one counts is not ours to say
        self.piecemeal |= self.archive.is_some();
        self.archive = Some(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(ArchiveArgument, bool)> {
        let words: Vec<Option<String>> = line.split(' ').map(|word| (word != "?").then(|| word.to_owned())).collect();
        unpack(&words).map(|unpack| (unpack.archive, unpack.compression))
    }

    #[test]
    fn the_archive_is_found_in_each_spelling() {
        assert_eq!(read("tar -xJf a -C /d"), Some((ArchiveArgument::Word(2), true)));
        assert_eq!(read("tar xzf a -C /d --strip-components=1"), Some((ArchiveArgument::Word(2), true)));
        assert_eq!(read("tar xfz a"), Some((ArchiveArgument::Word(2), true)));
        assert_eq!(read("tar -C /d -xzf a"), Some((ArchiveArgument::Word(4), true)));
        assert_eq!(read("tar -x -z -f a"), Some((ArchiveArgument::Word(4), true)));
        assert_eq!(read("tar --extract --gzip --file=a"), Some((ArchiveArgument::Long(3), true)));
        assert_eq!(read("tar -xvf a"), Some((ArchiveArgument::Word(2), false)));
        assert_eq!(read("tar xCf /d a"), Some((ArchiveArgument::Word(3), false)));
        assert_eq!(read("tar -xzf ?"), Some((ArchiveArgument::Word(2), true)));
    }

    #[test]
    fn the_folder_is_found_where_nothing_else_is_asked_for() {
        let folder = |line: &str| whole_into(&line.split(' ').map(|word| Some(word.to_owned())).collect::<Vec<_>>());
        assert_eq!(folder("tar -xJf a -C /d"), Some(4));
        assert_eq!(folder("tar --directory /d --extract --gzip --file a"), Some(2));
        for line in
            ["tar -xzf a", "tar -xzf a -C /d --strip-components=1", "tar -xzf a -C /d member", "tar -xzpf a -C /d"]
        {
            assert_eq!(folder(line), None, "{line}");
        }
    }

    #[test]
    fn what_is_not_one_archive_unpacked() {
        for line in
            ["tar", "tar -czf a d", "tar -tf a", "tar xz", "tar -xzf", "tar -fa -x", "tar -xf a -f b", "tar ? a"]
        {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
