//! The words that names and plain values are made of, from `vocabulary.txt`.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The part that a word plays in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A secret wherever it stands.
    Secret,
    /// A secret, unless the name goes on to its place, kind or lifetime.
    Guarded,
    /// A yes or a no.
    Switch,
    /// A number or a span of time.
    Measure,
    /// A path.
    Place,
    /// Where something is reached.
    Address,
    /// One of a few words.
    Kind,
    /// Something that may be read.
    Head,
    /// It changes nothing.
    Neutral,
    /// A word of everyday: it changes nothing in a name, and tells nothing in a value.
    English,
    /// No word of names: it stands in values.
    Value,
}

static WORDS: LazyLock<HashMap<&'static str, Role>> = LazyLock::new(|| {
    let mut words = HashMap::with_capacity(2048);
    let mut role = Role::Neutral;
    for line in include_str!("vocabulary.txt").lines().filter(|line| !line.starts_with('#')) {
        match section(line) {
            Some(next) => role = next,
            None => words.extend(line.split(' ').filter(|word| !word.is_empty()).map(|word| (word, role))),
        }
    }
    words
});

fn section(line: &str) -> Option<Role> {
    Some(match line.strip_prefix('[')?.strip_suffix(']')? {
        "secret" => Role::Secret,
        "guarded" => Role::Guarded,
        "switch" => Role::Switch,
        "measure" => Role::Measure,
        "place" => Role::Place,
        "address" => Role::Address,
        "kind" => Role::Kind,
        "head" => Role::Head,
        "neutral" => Role::Neutral,
        "english" => Role::English,
        _ => Role::Value,
    })
}

/// The role of a word in lower case, in the singular or the plural, perhaps with a number behind it.
pub(super) fn role(word: &str) -> Option<Role> {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    [word, bare].into_iter().filter(|text| *text == word || text.len() > 1).find_map(|word| {
        let singulars = [Some(word), word.strip_suffix('s'), word.strip_suffix("es")];
        let by_ending = singulars.into_iter().flatten().find_map(|word| WORDS.get(word).copied());
        by_ending.or_else(|| WORDS.get(format!("{}y", word.strip_suffix("ies")?).as_str()).copied())
    })
}

/// The secret words that may be glued to others: all but the shortest, which are part of too many.
pub(super) fn glued_secrets() -> impl Iterator<Item = (&'static str, Role)> {
    let is_secret = |role: &Role| matches!(role, Role::Secret | Role::Guarded);
    WORDS.iter().filter(move |(_, role)| is_secret(role)).map(|(word, role)| (*word, *role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_written_once_and_every_section_has_some() {
        let mut seen = HashMap::new();
        let mut role = None;
        let mut counts = HashMap::new();
        for line in include_str!("vocabulary.txt").lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                role = section(line);
                continue;
            }
            for word in line.split_whitespace() {
                assert_eq!(seen.insert(word, role), None, "{word} is written twice");
                *counts.entry(format!("{role:?}")).or_insert(0) += 1;
            }
        }
        assert_eq!(counts.len(), 11, "{counts:?}");
    }

    #[test]
    fn plurals_and_numbers_are_the_same_word() {
        assert_eq!(role("keys"), Some(Role::Secret));
        assert_eq!(role("passes"), Some(Role::Secret));
        assert_eq!(role("key2"), Some(Role::Secret));
        assert_eq!(role("retries"), Some(Role::Measure));
        assert_eq!(role("s3"), Some(Role::Neutral));
        assert_eq!(role("xyzzy"), None);
    }
}
