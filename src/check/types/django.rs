//! `django-secret-key` and `fernet-key`.

use std::collections::HashSet;

use ::base64::Engine as _;
use ::base64::engine::general_purpose::URL_SAFE;
use zeroize::Zeroizing;

use super::{Unfit, unless};

/// What Django's own check `security.W009` asks of `SECRET_KEY`: at least 50 characters, at least 5 of them
/// different, not beginning with `django-insecure-`, which `startproject` writes.
pub(super) fn secret_key(value: &str) -> Result<(), Unfit> {
    unless(!value.chars().any(char::is_control), "contains a control character, perhaps a line break")?;
    unless(!value.starts_with("django-insecure-"), "begins with `django-insecure-`, as Django writes it")?;
    unless(value.chars().count() >= 50, "has fewer than 50 characters")?;
    let different: HashSet<char> = value.chars().collect();
    unless(different.len() >= 5, "has fewer than 5 different characters")
}

/// 32 bytes in URL-safe base64: 44 characters, the last of them `=`.
pub(super) fn fernet_key(value: &str) -> Result<(), Unfit> {
    unless(value.len() == 44, "is not 44 characters long")?;
    let bytes = URL_SAFE.decode(value).map(Zeroizing::new);
    unless(bytes.is_ok_and(|bytes| bytes.len() == 32), "is not URL-safe base64 of 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::project::ValueType;

    #[test]
    fn secret_key_type_matches_django_check_w009() {
        let good = "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikA=abcdef";
        table(
            ValueType::DjangoSecretKey,
            &[good],
            &[&good[1..], &"abcd".repeat(20), &format!("django-insecure-{good}"), &format!("{good}\n")],
        );
    }

    #[test]
    fn a_fernet_key_is_32_bytes_in_url_safe_base64() {
        table(
            ValueType::FernetKey,
            &["x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikA="],
            &[
                "x8eP+fWpgL1vC/lcwakLrUPYXAlxnE90KrH76fxAikA=", // the other alphabet
                "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikB=", // bits beyond the last byte
                "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikA",
                "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAAA==",
                "x8eP-fWpgL1vC_lcwakLrUPYXAlxnE90KrH76fxAikA= ",
            ],
        );
    }
}
