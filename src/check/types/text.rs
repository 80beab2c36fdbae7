//! `password`, `path`, `postgres-name`, `regex`.

use super::{Unfit, unless};

/// At least 12 characters, 5 of them different, no control character, no blank at either end.
pub(super) fn password(value: &str) -> Result<(), Unfit> {
    unless(!value.chars().any(char::is_control), "contains a control character, perhaps a line break")?;
    unless(value.trim() == value, "begins or ends with a space")?;
    unless(value.chars().count() >= 12, "has fewer than 12 characters")?;
    let different: std::collections::HashSet<char> = value.chars().collect();
    unless(different.len() >= 5, "has fewer than 5 different characters")
}

/// An absolute path without `..` and control characters.
pub(super) fn path(value: &str) -> Result<(), Unfit> {
    unless(value.starts_with('/'), "is not absolute")?;
    unless(!value.chars().any(char::is_control), "contains a control character, perhaps a line break")?;
    unless(!value.split('/').any(|part| part == ".."), "goes up a level with `..`")
}

/// A name that `PostgreSQL` takes without quotes: lower-case letters, digits and `_`, not beginning with a
/// digit or `pg_`, at most 63 characters.
pub(super) fn postgres_name(value: &str) -> Result<(), Unfit> {
    let word = value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    unless(word, "contains something other than lower-case letters, digits and `_`")?;
    unless(value.len() <= 63, "has more than 63 characters")?;
    let start = !value.is_empty() && !value.starts_with(|c: char| c.is_ascii_digit());
    unless(start && !value.starts_with("pg_"), "begins with a digit or `pg_`")
}

/// A regular expression of the kind that RE2, Go and Rust take: without look-around and back-references.
pub(super) fn regex(value: &str) -> Result<(), Unfit> {
    unless(
        ::regex::Regex::new(value).is_ok(),
        "is not a regular expression without look-around and back-references",
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::project::ValueType;

    #[test]
    fn text_types_match_their_consumers() {
        table(
            ValueType::Password,
            &["correct horse", "pa$$w0rd #\"${HOME} x"],
            &["short", "aaaaaaaaaaaaaa", " correct horse", "correct horse\n"],
        );
        table(ValueType::Path, &["/", "/run/secrets/x y"], &["run", "~/x", "/a/../b", "/a\nb", ""]);
        table(
            ValueType::PostgresName,
            &["senex_user", "_a1"],
            &["Senex", "a-b", "1a", "pg_x", "a b", "é", &"a".repeat(64)],
        );
        table(ValueType::Regex, &["^a+$", "x"], &["(", "(?=x)", "\\1"]);
    }
}
