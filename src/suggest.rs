//! "Did you mean": the known name nearest to one that is not known.

/// The nearest of `known`, if any is near enough to be a slip of the hand.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let slips = if name.chars().count() <= 4 { 1 } else { 2 };
    let folded = name.to_lowercase().replace('-', "_");
    known
        .into_iter()
        .filter(|candidate| *candidate != name && !only_digits_differ(name, candidate))
        .map(|candidate| {
            (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase().replace('-', "_")), candidate)
        })
        .filter(|(distance, _)| *distance <= slips)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `KEY_1` and `KEY_2` are two names, not a slip.
fn only_digits_differ(one: &str, other: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    one != other && letters(one) == letters(other) && one.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_find_typos_only() {
        let known = ["SECRET_KEY", "DB_PASSWORD", "DB_USER"];
        assert_eq!(nearest("SECRET_KYE", known), Some("SECRET_KEY"));
        assert_eq!(nearest("db-password", known), Some("DB_PASSWORD"));
        assert_eq!(nearest("SENTRY_DSN", known), None);
        assert_eq!(nearest("SECRET_KEY", known), None);
        assert_eq!(nearest("KEY_2", ["KEY_1"]), None);
    }
}
