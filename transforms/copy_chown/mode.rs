//! Permissions as `chmod` takes them, as octal digits.

use super::*;

/// Whether it is octal and holds no special bits.
pub fn is_octal(mode: &str) -> bool {
    let digits = mode.strip_prefix('0').filter(|_| mode.len() == 4).unwrap_or(mode);
    digits.len() == 3 && digits.bytes().all(|b| matches!(b, b'0'..=b'7'))
}

/// Whether it may set or clear special bits.
pub fn is_special(mode: &str) -> bool {
    match mode.bytes().all(|b| b.is_ascii_digit()) && !mode.is_empty() {
        true => u32::from_str_radix(mode, 8).is_ok_and(|bits| bits > 0o777),
        false => mode.contains(['s', 't', '$']) || mode.is_empty(),
    }
}

/// The octal digits for a file, and whether the build context decided them.
pub fn octal(wanted: &str, one: &CopiedFile) -> Result<(String, bool), Reason> {
    if is_octal(wanted) {
        return Ok((wanted.to_owned(), false));
    }
    if is_special(wanted) {
        return refuse(mark!(SPECIAL_BITS, "wanted"), format!("`{wanted}` may set special permissions"));
    }
    let (old, of_context) = match one.is {
        Is::File(mode) => (mode, true),
        Is::Fixed(mode) => (Some(mode), false),
        Is::Folder => (None, false),
    };
    let old = match old {
        Some(old) if old & 0o7000 != 0 => {
            return refuse(mark!(SPECIAL_BITS, "had"), format!("`{}` has special permissions", one.path));
        }
        Some(old) if of_context && !is_of_a_checkout(old) => {
            let what = "which a checkout elsewhere will not have: write what you want in digits";
            return refuse(
                mark!(MODE, "of-this-checkout"),
                format!("`{}` has the permissions {old:03o} here, {what}", one.path),
            );
        }
        Some(old) => old,
        None => return refuse(mark!(MODE, "not-known"), format!("the permissions of `{}` are not known", one.path)),
    };
    match changed(wanted, old) {
        Some(new) => Ok((format!("{new:03o}"), of_context)),
        None => refuse(mark!(MODE, "symbols"), format!("`{wanted}` is neither octal nor a plain list of permissions")),
    }
}

/// Whether git gives a file these permissions, which stores one bit of them: under the usual masks.
fn is_of_a_checkout(mode: u32) -> bool {
    matches!(mode, 0o644 | 0o755 | 0o664 | 0o775)
}

/// ```text
/// mode   = clause *( "," clause )
/// clause = *( "u" / "g" / "o" / "a" ) 1*( ( "+" / "-" / "=" ) *( "r" / "w" / "x" ) )
/// ```
fn changed(wanted: &str, old: u32) -> Option<u32> {
    wanted.split(',').try_fold(old, |mode, clause| {
        let end = clause.find(|c: char| !"ugoa".contains(c))?;
        let (who, mut actions) = clause.split_at(end);
        let mut mode = mode;
        while !actions.is_empty() {
            let (sign, rest) = actions.split_at(1);
            let end = rest.find(['+', '-', '=']).unwrap_or(rest.len());
            let bits = bits(&rest[..end])?;
            mode = applied(mode, who, sign, bits)?;
            actions = &rest[end..];
        }
        Some(mode)
    })
}

/// Whether a mode does the same to each file and directory as BuildKit's `--chmod` with the same text: octal, or clauses that name whom
/// they are for, and of which X means the same wherever it is evaluated. Says whether it leaves permissions of 755 as they are.
pub fn of_all(wanted: &str) -> Option<bool> {
    if is_octal(wanted) {
        return Some(wanted.trim_start_matches('0') == "755");
    }
    let clauses: Option<Vec<Clause>> = wanted.split(',').map(clause).collect();
    let clauses = clauses?;
    let agree = (0..=0o777).all(|old| {
        [false, true].iter().all(|dir| {
            let fold = |first: bool| {
                clauses.iter().fold(old, |mode, clause| {
                    clause.applied(mode, *dir || if first { old & 0o111 != 0 } else { mode & 0o111 != 0 })
                })
            };
            fold(true) == fold(false)
        })
    });
    agree.then(|| clauses.iter().fold(0o755, |mode, clause| clause.applied(mode, true)) == 0o755)
}

/// `go+rX`: for whom, the sign, and the letters.
struct Clause<'t> {
    who: &'t str,
    sign: char,
    letters: &'t str,
}

fn clause(text: &str) -> Option<Clause<'_>> {
    let at = text.find(['+', '-', '=']).filter(|at| *at > 0)?;
    let (who, letters) = (&text[..at], &text[at + 1..]);
    let fine = who.chars().all(|c| "ugoa".contains(c)) && letters.chars().all(|c| "rwxX".contains(c));
    fine.then(|| Clause { who, sign: text[at..].chars().next().unwrap_or('+'), letters })
}

impl Clause<'_> {
    /// The permissions after it; `executes` says whether X is x.
    fn applied(&self, mode: u32, executes: bool) -> u32 {
        let letters = self.letters.chars().filter(|c| *c != 'X' || executes);
        let bits = letters.fold(0, |bits, c| {
            bits | match c {
                'r' => 4,
                'w' => 2,
                _ => 1,
            }
        });
        let all = self.who.contains('a');
        let shifts = [('u', 6), ('g', 3), ('o', 0)].into_iter().filter(|(who, _)| all || self.who.contains(*who));
        let (set, whole) = shifts.fold((0, 0), |(set, whole), (_, shift)| (set | bits << shift, whole | 7 << shift));
        match self.sign {
            '+' => mode | set,
            '-' => mode & !set,
            _ => mode & !whole | set,
        }
    }
}

fn bits(letters: &str) -> Option<u32> {
    letters.chars().try_fold(0, |bits, c| match c {
        'r' => Some(bits | 4),
        'w' => Some(bits | 2),
        'x' => Some(bits | 1),
        _ => None,
    })
}

/// The umask of a RUN.
const UMASK: u32 = 0o022;

fn applied(mode: u32, who: &str, sign: &str, bits: u32) -> Option<u32> {
    let all = who.is_empty() || who.contains('a');
    let shifts = [('u', 6), ('g', 3), ('o', 0)].into_iter().filter(|(letter, _)| all || who.contains(*letter));
    let places = shifts.fold((0, 0), |(set, whole), (_, shift)| (set | bits << shift, whole | 7 << shift));
    let free = if who.is_empty() { !UMASK } else { !0 };
    match sign {
        "+" => Some(mode | places.0 & free),
        "-" => Some(mode & !(places.0 & free)),
        // without a letter, what `=` does to the rest differs
        "=" if !who.is_empty() => Some(mode & !places.1 | places.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_added_up_as_chmod_does() {
        for (wanted, old, new) in [
            ("+x", 0o644, 0o755),
            ("+x", 0o664, 0o775),
            ("a+x", 0o600, 0o711),
            ("+rx", 0o600, 0o755),
            ("u+x", 0o644, 0o744),
            ("ug+x,o-r", 0o644, 0o750),
            ("u=rwx,go=rx", 0o600, 0o755),
            ("+w", 0o444, 0o644),
            ("go-rwx", 0o755, 0o700),
            ("u+x-w", 0o644, 0o544),
            ("a=r", 0o755, 0o444),
        ] {
            assert_eq!(changed(wanted, old), Some(new), "{wanted} {old:o}");
        }
        for wanted in ["=x", "+X", "g=u", "x", "u", "", "+x,", "u+t", "8"] {
            assert_eq!(changed(wanted, 0o644), None, "{wanted}");
        }
    }

    #[test]
    fn modes_that_mean_the_same_of_each_file() {
        for (wanted, keeps) in [
            ("g+rwX", false),
            ("755", true),
            ("0755", true),
            ("700", false),
            ("a+rX", true),
            ("u=rwX,go=rX", true),
            ("go-w", true),
            ("o-rwx", false),
        ] {
            assert_eq!(of_all(wanted), Some(keeps), "{wanted}");
        }
        for wanted in ["+x", "g=u", "u+s", "4755", "u=rw,go=rX", "a-x,a+X", "", "g+rwX,", "$MODE"] {
            assert_eq!(of_all(wanted), None, "{wanted}");
        }
    }

    #[test]
    fn permissions_that_others_will_not_have_are_told() {
        assert!([0o644, 0o755, 0o664, 0o775].into_iter().all(is_of_a_checkout));
        assert!(![0o444, 0o555, 0o600, 0o666, 0o777].into_iter().any(is_of_a_checkout));
    }

    #[test]
    fn octal_digits_and_special_bits_are_told_apart() {
        for mode in ["755", "0755", "000"] {
            assert!(is_octal(mode) && !is_special(mode), "{mode}");
        }
        for mode in ["4755", "1777", "u+s", "+t", "$MODE"] {
            assert!(!is_octal(mode) && is_special(mode), "{mode}");
        }
        for mode in ["7", "00755", "789"] {
            assert!(!is_octal(mode) && !is_special(mode) && changed(mode, 0).is_none(), "{mode}");
        }
        assert!(!is_octal("+x") && !is_special("+x"));
    }
}
