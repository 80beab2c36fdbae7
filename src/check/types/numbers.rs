//! `bool`, `int`, `port`, `duration`.

use super::{Unfit, unless};

/// `true`, `false`, `yes`, `no`, `on`, `off`, in upper or lower case, or `1`, `0`.
pub(super) fn boolean(value: &str) -> Result<(), Unfit> {
    let words = ["true", "false", "yes", "no", "on", "off", "1", "0"];
    unless(words.iter().any(|word| word.eq_ignore_ascii_case(value)), "is neither true nor false")
}

/// A whole number in decimal digits, perhaps with `-` in front, without a leading zero, within 64 bits.
pub(super) fn int(value: &str) -> Result<(), Unfit> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    unless(!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()), "is not a whole number")?;
    unless(
        digits == "0" || !digits.starts_with('0'),
        "begins with a zero, which some parsers read as octal",
    )?;
    unless(value.parse::<i64>().is_ok(), "does not fit into 64 bits")
}

/// A number from 1 to 65535.
pub(super) fn port(value: &str) -> Result<(), Unfit> {
    let fine = int(value).is_ok() && value.parse::<u16>().is_ok_and(|port| port > 0);
    unless(fine, "is not a number from 1 to 65535")
}

/// Whole numbers with units, the largest first, each unit once: `90s`, `1h30m`, `7d`, `500ms`.
pub(super) fn duration(value: &str) -> Result<(), Unfit> {
    const UNITS: [&str; 5] = ["d", "h", "m", "s", "ms"];
    let wrong = Unfit("is not a duration with the units d, h, m, s, ms, such as 1h30m");
    let (mut rest, mut units) = (value, UNITS.iter());
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let unit = rest[digits..].bytes().take_while(u8::is_ascii_lowercase).count();
        let (number, name) = (&rest[..digits], &rest[digits..digits + unit]);
        if number.parse::<u32>().is_err() || !units.any(|known| *known == name) {
            return Err(wrong);
        }
        rest = &rest[digits + unit..];
    }
    unless(!value.is_empty(), wrong.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::project::ValueType;

    #[test]
    fn bool_accepts_only_known_words() {
        table(ValueType::Bool, &["true", "False", "YES", "off", "0"], &["t", "2", "true ", "", "none"]);
    }

    #[test]
    fn int_and_port_are_decimal() {
        table(
            ValueType::Int,
            &["0", "-1", "31536000", "9223372036854775807"],
            &["", "-", "+1", "1.0", "1e3", "007", "0x1", " 1", "1_000", "9223372036854775808", "١"],
        );
        table(ValueType::Port, &["1", "587", "65535"], &["0", "65536", "-1", "080", "http", "587/tcp"]);
    }

    #[test]
    fn durations_need_units() {
        table(
            ValueType::Duration,
            &["90s", "1h30m", "7d", "500ms", "1d1h1m1s1ms"],
            &["", "90", "s", "30m1h", "1h1h", "1.5h", "1 h", "-1s", "1w", "1H", "5é"],
        );
    }
}
