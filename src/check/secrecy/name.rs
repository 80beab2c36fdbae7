//! What the name of a variable tells.

use super::plain::Plain;
use super::vocabulary::{self, Role};

/// How strictly a secret word is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    /// The value is the secret; only a yes, a measure or a path is not.
    Always,
    /// What follows in the name may be the kind or the address of the thing.
    Guarded,
}

/// The words of a name, and what they say together.
pub(super) struct Told {
    /// In lower case.
    pub words: Vec<String>,
    /// There is a secret word in it.
    pub secret: Option<Guard>,
    /// A word says that the value is config.
    pub says_config: bool,
    /// No word is unknown.
    pub is_known: bool,
    /// The value is meant for everybody: `NEXT_PUBLIC_…`, `…_PUBLISHABLE_KEY`.
    pub is_public: bool,
    /// What the value is, as far as a word says it.
    pub switches: bool,
    pub measures: bool,
    /// These stand behind the secret word.
    pub places: bool,
    pub goes_on: bool,
    pub kinds: bool,
}

impl Told {
    pub(super) fn of(name: &str) -> Self {
        let words = known_words(words(name));
        let roles: Vec<Option<Role>> = words.iter().map(|word| role(word)).collect();
        let is = |wanted: Role| roles.contains(&Some(wanted));
        let last_secret = roles.iter().rposition(|role| matches!(role, Some(Role::Secret | Role::Guarded)));
        let behind = last_secret.map_or(&roles[..], |at| &roles[at + 1..]);
        let goes_on_to = |wanted: Role| behind.contains(&Some(wanted));
        let config = [Role::Switch, Role::Measure, Role::Place, Role::Address, Role::Kind, Role::Head];
        Self {
            secret: match () {
                () if is(Role::Secret) => Some(Guard::Always),
                () if is(Role::Guarded) => Some(Guard::Guarded),
                () => None,
            },
            says_config: config.into_iter().any(is),
            is_known: !words.is_empty() && roles.iter().all(|role| !matches!(role, None | Some(Role::Value))),
            is_public: words.iter().any(|word| ["public", "publishable"].contains(&word.as_str())),
            switches: is(Role::Switch),
            measures: is(Role::Measure),
            places: goes_on_to(Role::Place),
            goes_on: config.into_iter().any(goes_on_to),
            kinds: goes_on_to(Role::Kind) || goes_on_to(Role::Place),
            words,
        }
    }

    /// Config whatever plain text stands there, or if nothing does.
    pub(super) fn is_config_by_itself(&self) -> bool {
        self.secret.is_none() && self.says_config && self.is_known && !self.is_connection()
    }

    /// The address of a database has a password in it somewhere, if not here.
    pub(super) fn may_hold_password(&self, plain: Plain) -> bool {
        const DATABASES: [&str; 10] = [
            "database",
            "db",
            "postgres",
            "postgresql",
            "pg",
            "pgsql",
            "mysql",
            "mariadb",
            "mongo",
            "mongodb",
        ];
        plain == Plain::Address && self.is_url() && self.holds(&DATABASES)
    }

    /// The same of brokers and the like, as long as no value shows that it has none.
    fn is_connection(&self) -> bool {
        const BROKERS: [&str; 8] =
            ["amqp", "rabbitmq", "rabbit", "broker", "redis", "smtp", "mailer", "nats"];
        self.may_hold_password(Plain::Address) || self.is_url() && self.holds(&BROKERS)
    }

    fn is_url(&self) -> bool {
        self.holds(&["url", "uri", "urls", "uris", "conn"])
    }

    fn holds(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(&word.as_str()))
    }
}

/// At every sign between, and where a capital begins a word: `dbPass`, `APIKey`, `my-key.name`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, letter) in letters.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| letters[at]);
            let after = letters.get(at + 1);
            let begins = letter.is_uppercase()
                && before.is_some_and(|before| {
                    before.is_lowercase()
                        || before.is_uppercase() && after.is_some_and(|after| after.is_lowercase())
                });
            if begins && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.extend(letter.to_lowercase());
        }
        words.push(word);
    }
    words
}

/// Unknown words that are two known ones, taken apart.
fn known_words(words: Vec<String>) -> Vec<String> {
    let apart = |word: String| match compound(&word).filter(|_| vocabulary::role(&word).is_none()) {
        Some((first, second)) => vec![first.to_owned(), second.to_owned()],
        None => vec![word],
    };
    words.into_iter().flat_map(apart).collect()
}

fn role(word: &str) -> Option<Role> {
    let is_version =
        word.len() > 1 && word.strip_prefix('v').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    vocabulary::role(word).or_else(|| is_version.then_some(Role::Neutral)).or_else(|| glued(word))
}

/// Two known words without a sign between them: `BINDDN`, `KEYFILE`, `SITEURL`.
fn compound(word: &str) -> Option<(&str, &str)> {
    const SHORTEST: usize = 2;
    let splits = word.char_indices().map(|(at, _)| at).skip(SHORTEST);
    let known = |word: &str| vocabulary::role(word).is_some_and(|role| role != Role::Value);
    splits
        .map(|at| word.split_at(at))
        .find(|(first, second)| second.len() >= SHORTEST && known(first) && known(second))
}

/// A secret word within an unknown one: `PGPASS`, `AUTHTOKEN`, `USERPASSWORD`.
fn glued(word: &str) -> Option<Role> {
    const LONG: usize = 5;
    const SHORTEST: usize = 3;
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let singular = word.strip_suffix('s').unwrap_or(word);
    let found = vocabulary::glued_secrets().filter(|(secret, _)| {
        secret.len() >= LONG && word.contains(secret)
            || secret.len() >= SHORTEST && [word, singular].iter().any(|word| word.ends_with(secret))
            || secret.len() > SHORTEST && word.starts_with(secret)
            || *secret == "pw" && singular.ends_with(secret)
    });
    found.map(|(_, role)| role).min_by_key(|role| *role == Role::Guarded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        for (name, expected) in [
            ("DB_PASS", "db pass"),
            ("dbPass", "db pass"),
            ("APIKey", "api key"),
            ("spring.datasource.password", "spring datasource password"),
            ("S3-Key2", "s3 key2"),
        ] {
            assert_eq!(words(name).join(" "), expected);
        }
    }

    #[test]
    fn a_secret_word_wins_in_any_position_singular_or_plural_glued_or_not() {
        for word in
            ["PASS", "PWD", "PW", "CREDS", "PSK", "OTP", "TOKEN", "APIKEYS", "SALTS", "AUTH", "COOKIES"]
        {
            for name in [
                word.to_owned(),
                format!("{word}_HOST"),
                format!("DB_{word}"),
                format!("DB_{word}_NAME"),
                format!("MY{word}"),
                format!("db{}", word[..1].to_owned() + &word[1..].to_lowercase()),
            ] {
                assert!(Told::of(&name).secret.is_some(), "{name}");
            }
        }
        for name in
            ["MONKEY_HOST", "COMPASS_URL", "PING_INTERVAL", "KEYBOARD_LAYOUT", "SHIPPING_MODE", "AUTHOR"]
        {
            assert!(Told::of(name).secret.is_none(), "{name}");
        }
    }
}
