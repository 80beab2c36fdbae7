//! Values that plainly are config: a closed set of forms, each of which no secret has.

mod address;
mod form;

use super::vocabulary;

/// What a plain value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Plain {
    /// Yes, no, or nothing.
    Boolean,
    /// Of so many digits.
    Number {
        /// How many.
        digits: usize,
    },
    /// A span of time, a size.
    Span,
    /// A path with words in it.
    Path,
    /// A host, a port, a URL without credentials.
    Address,
    /// A time zone, a region, a version, an image, a locale, a schedule, a log level.
    Form,
    /// Words that stand in vocabulary or in the name.
    Words,
    /// Something that people write, without signs or digits in odd places.
    Text,
}

/// What `value` is, if it is plain. `name` are the words of its name.
pub(super) fn of(value: &str, name: &[String]) -> Option<Plain> {
    let value = value.trim();
    if let Some(plain) = one(value, name) {
        return Some(plain);
    }
    // A list is as plain as the least plain of its items.
    let inner = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(value);
    for sign in [',', ';', ' ', '|'] {
        if !inner.contains(sign) && inner.len() == value.len() {
            continue;
        }
        let items = inner.split(sign).map(|item| item.trim().trim_matches(['"', '\'']));
        let plains: Option<Vec<Plain>> =
            items.filter(|item| !item.is_empty()).map(|item| one(item, name)).collect();
        if let Some(worst) = plains.and_then(|plains| plains.into_iter().max()) {
            // Numbers with commas between are no longer one number.
            return Some(if matches!(worst, Plain::Number { .. }) { Plain::Form } else { worst });
        }
    }
    text(value)
}

fn one(value: &str, name: &[String]) -> Option<Plain> {
    form::boolean(value)
        .then_some(Plain::Boolean)
        .or_else(|| form::digits(value).map(|digits| Plain::Number { digits }))
        .or_else(|| form::span(value).then_some(Plain::Span))
        .or_else(|| form::is_form(value).then_some(Plain::Form))
        .or_else(|| address::path(value).then_some(Plain::Path))
        .or_else(|| address::is_address(value).then_some(Plain::Address))
        .or_else(|| named(value, name))
        .or_else(|| (is_uuid(value) || is_qualified(value) || are_words(value, name)).then_some(Plain::Words))
}

/// What the last word of the name says that it is: `DB_HOST=db-1`, `KAFKA_SERVERS=kafka:9092`, `APP_IMAGE=web:cpu`.
fn named(value: &str, name: &[String]) -> Option<Plain> {
    let (host, port) = value.split_once(':').unwrap_or((value, "0"));
    let is_label = |text: &str| {
        text.len() <= 63
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_./".contains(&byte))
            && text.split(['-', '_', '.', '/']).all(is_wordlike)
    };
    let last = name.last()?.as_str();
    if last.trim_end_matches('s') == "image" {
        return (is_label(host) && is_label(port)).then_some(Plain::Form);
    }
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let hosts =
        ["host", "hostname", "server", "addr", "address", "peer", "node", "broker", "upstream", "endpoint"];
    let is_reached = hosts.contains(&last.trim_end_matches('s')) || ["address", "addresses"].contains(&last);
    (is_reached && is_port && is_label(host) && !host.contains('/')).then_some(Plain::Address)
}

/// `123e4567-e89b-12d3-a456-426614174000`
pub(super) fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && value.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// The name of a module or a class: `django.core.cache.backends.redis.RedisCache`.
fn is_qualified(value: &str) -> bool {
    const FEWEST: usize = 3;
    let parts: Vec<&str> = value.split('.').collect();
    let is_identifier = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && part.split('_').all(is_wordlike)
    };
    parts.len() >= FEWEST && parts.iter().all(is_identifier)
}

/// Every word of it stands in the vocabulary, or in the name.
fn are_words(value: &str, name: &[String]) -> bool {
    let known = |word: &str| {
        let word = word.to_ascii_lowercase();
        word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit())
            || name.contains(&word)
            || vocabulary::role(&word)
                .is_some_and(|role| !matches!(role, vocabulary::Role::Secret | vocabulary::Role::English))
    };
    let signs = |c: char| !c.is_ascii_alphanumeric();
    let words: Vec<&str> = value.split(signs).filter(|word| !word.is_empty()).collect();
    value.len() <= 80
        && !words.is_empty()
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_./: @+()".contains(c))
        && words.iter().all(|word| known(word))
}

/// Words as people write them; digits at most behind a word, and none of the signs that passwords have.
fn text(value: &str) -> Option<Plain> {
    const LONGEST: usize = 160;
    let may_stand = |c: char| c.is_alphanumeric() || " .,-_/:@'\"()<>+=?&[]{}*\n".contains(c);
    let is_pair = |word: &str| {
        word.split_once(':').is_some_and(|(_, second)| !second.is_empty() && !second.starts_with('/'))
    };
    let fine = value.chars().count() <= LONGEST
        // A user and a password.
        && !value.split_whitespace().any(is_pair)
        && value.chars().all(may_stand)
        && value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(is_wordlike);
    fine.then_some(Plain::Text)
}

/// Letters with a few digits behind them, or before: `postgres16`, `2fa`; not `p4ssw0rd`.
pub(super) fn is_wordlike(word: &str) -> bool {
    const LONGEST: usize = 32;
    let behind = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let inner = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = word.chars().count() - inner.chars().count();
    word.chars().count() <= LONGEST
        && !inner.chars().any(|c| c.is_ascii_digit())
        && (digits <= 4 || inner.is_empty() && digits <= 12)
        && !super::random::is_random(word)
}
