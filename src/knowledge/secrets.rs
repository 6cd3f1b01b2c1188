//! Variables whose names say that they hold a secret. The data is `secrets.txt`.

use crate::knowledge::sections;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Whether the name of a variable says that it holds a secret.
pub fn is_secret(name: &str) -> bool {
    let whole = name.to_ascii_lowercase();
    if stands_in("name", &whole) {
        return true;
    }
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    if stands_in("about", last) || words.iter().any(|word| stands_in("not", word)) {
        return false;
    }
    let keys = words.windows(2).any(|two| two[1] == "key" && stands_in("before-key", &two[0]));
    // `PWD` alone is the working folder, and so is `OLDPWD`
    keys || (words.len() > 1 || last != "pwd") && words.iter().any(|word| stands_in("word", word))
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

fn stands_in(section: &str, word: &str) -> bool {
    table().get(section).is_some_and(|words| words.contains(&word))
}

fn table() -> &'static HashMap<&'static str, Vec<&'static str>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    TABLE.get_or_init(|| sections::read(include_str!("secrets.txt")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_is_read() {
        let mut found: Vec<&str> = table().keys().copied().filter(|name| !name.is_empty()).collect();
        found.sort_unstable();
        assert_eq!(found, ["about", "before-key", "name", "not", "word"]);
    }

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
