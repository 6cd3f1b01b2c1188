//! Variables whose names say that they hold a secret. The data is `secrets.txt`.

use crate::knowledge::map::Map;

include!(concat!(env!("OUT_DIR"), "/secrets.rs"));

/// The sections of the data.
#[derive(Clone, Copy)]
#[repr(u16)]
enum Part {
    Word = 1,
    BeforeKey = 2,
    Name = 4,
    About = 8,
    Not = 16,
}

/// Whether the name of a variable says that it holds a secret.
pub fn is_secret(name: &str) -> bool {
    let whole = name.to_ascii_lowercase();
    if is(&whole, Part::Name) {
        return true;
    }
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    if is(last, Part::About) || words.iter().any(|word| is(word, Part::Not)) {
        return false;
    }
    let keys = words.windows(2).any(|two| two[1] == "key" && is(&two[0], Part::BeforeKey));
    // `PWD` alone is the working folder, and so is `OLDPWD`
    keys || (words.len() > 1 || last != "pwd") && words.iter().any(|word| is(word, Part::Word))
}

/// `DB_userPassword2` → db, user, password.
fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let breaks = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && before.is_ascii_lowercase());
        if breaks {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut().filter(|_| c.is_ascii_alphabetic()) {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    out.retain(|word| !word.is_empty());
    out
}

fn is(word: &str, part: Part) -> bool {
    TABLE.get(word).is_some_and(|parts| parts & part as u16 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "DB_PASSWORD",
            "MYSQL_ROOT_PASSWORD",
            "GITHUB_TOKEN",
            "npmToken",
            "SECRET_KEY_BASE",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "RAILS_MASTER_KEY",
            "STRIPE_API_KEY",
            "MYSQL_PWD",
            "PASSWORD2",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_things() {
        for name in [
            "PWD",
            "GPG_KEY",
            "GPG_KEYS",
            "KEY_SERVER",
            "PUBLIC_KEY",
            "JWT_PUBLIC_KEY",
            "POSTGRES_PASSWORD_FILE",
            "SSH_KEY_PATH",
            "TOKEN_EXPIRY",
            "SECRET_NAME",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "TOKENIZERS_PARALLELISM",
            "CACHE_KEY",
            "KEYCLOAK_HOME",
            "MONKEY",
            "AUTHOR",
            "SECRET_KEY_BASE_DUMMY",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
