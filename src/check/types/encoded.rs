//! `hex`, `base64`, `uuid`, `json`, `pem`, `age-identity`.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use super::{Unfit, unless};

/// An even number of hexadecimal digits.
pub(super) fn hex(value: &str) -> Result<(), Unfit> {
    unless(is_hex(value), "contains a character that is not a hexadecimal digit")?;
    unless(value.len().is_multiple_of(2), "has an odd number of digits")
}

/// Base64 of the standard or the URL-safe alphabet, with all of its `=` or none, with no bits to spare.
pub(super) fn base64(value: &str) -> Result<(), Unfit> {
    let alphabets = [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD];
    let decodes = alphabets.iter().any(|alphabet| alphabet.decode(value).map(Zeroizing::new).is_ok());
    unless(!value.is_empty() && decodes, "is not entirely base64")
}

/// Five groups of hexadecimal digits, 8-4-4-4-12.
pub(super) fn uuid(value: &str) -> Result<(), Unfit> {
    let groups: Vec<&str> = value.split('-').collect();
    let fine = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| is_hex(group));
    unless(fine, "is not of the form 8-4-4-4-12 hexadecimal digits")
}

/// One JSON document and nothing else.
pub(super) fn json(value: &str) -> Result<(), Unfit> {
    let parsed = serde_json::from_str::<serde::de::IgnoredAny>(value);
    unless(parsed.is_ok(), "is not a single JSON document")
}

/// One or more PEM blocks (RFC 7468): `-----BEGIN X-----`, base64, `-----END X-----`; headers of old
/// encrypted keys are let pass. Nothing but blanks may stand around them.
pub(super) fn pem(value: &str) -> Result<(), Unfit> {
    let mut lines = value.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let mut blocks = 0;
    while let Some(line) = lines.next() {
        let label = line.strip_prefix("-----BEGIN ").and_then(|rest| rest.strip_suffix("-----"));
        let Some(label) = label else {
            return Err(Unfit("does not begin with `-----BEGIN `, or continues after the end"));
        };
        let end = format!("-----END {label}-----");
        let mut body = Zeroizing::new(String::with_capacity(value.len()));
        loop {
            match lines.next() {
                None => return Err(Unfit("has a block that lacks its `-----END ` line")),
                Some(line) if line == end => break,
                Some(line) if line.contains(": ") && body.is_empty() => {}
                Some(line) => body.push_str(line),
            }
        }
        unless(
            STANDARD.decode(body.as_bytes()).map(Zeroizing::new).is_ok_and(|bytes| !bytes.is_empty()),
            "has a block that is not base64",
        )?;
        blocks += 1;
    }
    unless(blocks > 0, "is not a PEM block")
}

/// `AGE-SECRET-KEY-1…`, one of them, as `age-keygen` makes it.
pub(super) fn age_identity(value: &str) -> Result<(), Unfit> {
    const BECH32: &[u8] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    let data = value.strip_prefix("AGE-SECRET-KEY-1").unwrap_or_default();
    unless(data.len() == 58 && data.bytes().all(|b| BECH32.contains(&b)), "is not an age identity")
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::project::ValueType;

    #[test]
    fn encoded_bytes_must_be_complete() {
        table(ValueType::Hex, &["00", "deadBEEF"], &["0", "0x00", "gg", "00 00", "é"]);
        table(
            ValueType::Base64,
            &["QQ==", "QQ", "-_-_", "+/+/", "QUJD"],
            &["Q", "QR==", "+_+_", "QQ=", "QQ==\n", "QU JD"],
        );
        table(
            ValueType::Uuid,
            &["123e4567-e89b-12d3-a456-426614174000"],
            &[
                "123e4567e89b12d3a456426614174000",
                "{123e4567-e89b-12d3-a456-426614174000}",
                "123e4567-e89b-12d3-a456-42661417400g",
            ],
        );
    }

    #[test]
    fn json_and_pem_must_be_complete() {
        table(
            ValueType::Json,
            &["{}", "[1, \"a\"]", "null", " 1 "],
            &["{", "{} {}", "{'a': 1}", "{\"a\":1,}"],
        );
        let block = "-----BEGIN PRIVATE KEY-----\nQUJD\nQUJD\n-----END PRIVATE KEY-----\n";
        table(
            ValueType::Pem,
            &[
                block,
                &format!("{block}{block}"),
                block.trim_end(),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nQUJD\n-----END RSA PRIVATE KEY-----",
            ],
            &[
                &block.replace("\n-----END PRIVATE KEY-----", ""),
                &block.replace("-----END PRIVATE", "-----END PUBLIC"),
                &block.replace('\n', "\\n"),
                &format!("{block}x"),
                &block.replace("QUJD\n", ""),
                &block.replace("QUJD", "Q!JD"),
                "QUJD",
            ],
        );
    }

    #[test]
    fn age_identity_type_accepts_one_identity() {
        let line = format!("AGE-SECRET-KEY-1{}", "Q".repeat(58));
        table(
            ValueType::AgeIdentity,
            &[&line],
            &[&line[1..], &line.to_lowercase(), &format!("{line}\n"), "age1qqq"],
        );
    }
}
