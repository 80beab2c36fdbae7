//! What a plain scalar is to each tool: Go's YAML library follows YAML 1.2 with exceptions, `PyYAML`
//! YAML 1.1.

use super::super::tool::Tool;
use super::Scalar;

/// The type of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Type {
    Null,
    Boolean,
    Integer,
    Float,
    Text,
    /// Docker Compose fails on infinity, podman-compose on a date: neither is JSON.
    Unusable,
}

impl Scalar {
    pub(crate) fn is_null(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The type, and the text that the tool makes of it where it needs one (`environment: PORT: 0x10`).
    pub(crate) fn read(&self, tool: Tool) -> (Type, String) {
        let text = self.text.as_str();
        let typed = if self.is_null() {
            Some((Type::Null, String::new()))
        } else if !self.plain {
            None
        } else {
            match tool {
                Tool::DockerCompose => go(text),
                Tool::PodmanCompose => python(text),
            }
        };
        typed.unwrap_or_else(|| (Type::Text, text.to_owned()))
    }
}

fn go(text: &str) -> Option<(Type, String)> {
    match text {
        "true" | "True" | "TRUE" => return Some((Type::Boolean, "true".into())),
        "false" | "False" | "FALSE" => return Some((Type::Boolean, "false".into())),
        "-0" => return Some((Type::Float, "-0".into())),
        text if is_not_finite(text) => return Some((Type::Unusable, String::new())),
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    if let Some((year, month, day)) = go_date(text) {
        return Some((Type::Text, format!("{year:04}-{month:02}-{day:02} 00:00:00 +0000 UTC")));
    }
    let plain = text.replace('_', "");
    let (negative, digits) = split_sign(&plain);
    let number = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => u64::from_str_radix(&digits[2..], 16).ok(),
        [b'0', b'b' | b'B', ..] => u64::from_str_radix(&digits[2..], 2).ok(),
        [b'0', b'o' | b'O', ..] => u64::from_str_radix(&digits[2..], 8).ok(),
        [b'0', _, ..] => u64::from_str_radix(&digits[1..], 8).ok(),
        _ => digits.parse().ok(),
    };
    let numeric = !digits.starts_with(['+', '-']);
    if let Some(number) = number.filter(|_| numeric) {
        return Some((Type::Integer, format!("{}{number}", if negative && number > 0 { "-" } else { "" })));
    }
    is_float(&plain)
        .then(|| plain.parse().ok().filter(|f: &f64| f.is_finite()))
        .flatten()
        .map(|f| (Type::Float, go_float(f)))
}

fn python(text: &str) -> Option<(Type, String)> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some((Type::Boolean, "True".into()));
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some((Type::Boolean, "False".into()));
        }
        ".nan" | ".NaN" | ".NAN" => return Some((Type::Float, "nan".into())),
        text if is_not_finite(text) => {
            return Some((Type::Float, if text.starts_with('-') { "-inf" } else { "inf" }.into()));
        }
        _ => {}
    }
    // `=` is a type of its own in YAML 1.1, of which PyYAML makes nothing.
    if is_date(text) || text == "=" {
        return Some((Type::Unusable, String::new()));
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    let (negative, written) = split_sign(text);
    let digits = written.replace('_', "");
    let signed = |number: u128| format!("{}{number}", if negative && number > 0 { "-" } else { "" });
    let all = |digits: &str, fits: fn(&u8) -> bool| !digits.is_empty() && digits.bytes().all(|b| fits(&b));
    let number = match written.as_bytes() {
        [b'0', b'b', ..] => u128::from_str_radix(&digits[2..], 2).ok(),
        [b'0', b'x', ..] if all(&digits[2..], u8::is_ascii_hexdigit) => {
            u128::from_str_radix(&digits[2..], 16).ok()
        }
        [b'0', _, ..] if all(&digits[1..], |b| matches!(b, b'0'..=b'7')) => {
            u128::from_str_radix(&digits[1..], 8).ok()
        }
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] if all(&digits, u8::is_ascii_digit) => digits.parse().ok(),
        [b'1'..=b'9', ..] if digits.contains(':') => sexagesimal(&digits),
        _ => None,
    };
    if let Some(number) = number {
        return Some((Type::Integer, signed(number)));
    }
    // A float needs a dot, and its exponent a sign.
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((&digits, "+0"));
    let fits = mantissa.contains('.') && exponent.starts_with(['+', '-']) && is_float(&digits);
    // The sign of a float that begins with its dot is no part of PyYAML's pattern.
    let fits = fits && (!mantissa.starts_with('.') || text == written);
    fits.then(|| digits.parse::<f64>().ok())
        .flatten()
        .map(|f| (Type::Float, python_float(if negative { -f } else { f })))
}

fn split_sign(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let (_, text) = split_sign(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|e| {
        let (_, e) = split_sign(e);
        !e.is_empty() && digits(e)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}

/// `1:30` is 90 in YAML 1.1.
fn sexagesimal(text: &str) -> Option<u128> {
    text.split(':').enumerate().try_fold(0_u128, |sum, (index, part)| {
        let fits = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let number: u128 = part.parse().ok().filter(|_| fits)?;
        let small = index == 0 || (part.len() <= 2 && number < 60);
        small.then(|| sum.checked_mul(60)?.checked_add(number)).flatten()
    })
}

fn is_not_finite(text: &str) -> bool {
    let name = text.trim_start_matches(['+', '-']);
    matches!(name, ".inf" | ".Inf" | ".INF") && text.len() <= 5 || matches!(text, ".nan" | ".NaN" | ".NAN")
}

/// `2024-01-31`, or a date with a time of day, in which months, days and hours may have one digit.
fn is_date(text: &str) -> bool {
    let digits = |text: &str, fits: std::ops::RangeInclusive<usize>| {
        fits.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let at = text.find(['T', 't', ' ', '\t']);
    let (date, time) = at.map_or((text, ""), |at| text.split_at(at));
    let least = if time.is_empty() { 2 } else { 1 };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    if !digits(year, 4..=4) || !digits(month, least..=2) || !digits(day, least..=2) {
        return false;
    }
    if time.is_empty() {
        return true;
    }
    let clock = if time.starts_with(['T', 't']) { &time[1..] } else { time.trim_start_matches([' ', '\t']) };
    let end = clock.find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.')).unwrap_or(clock.len());
    let (clock, zone) = (&clock[..end], clock[end..].trim_start_matches([' ', '\t']));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts[..] else { return false };
    let is_time = digits(hour, 1..=2) && digits(minute, 2..=2) && digits(second, 2..=2);
    let is_zone = match zone.strip_prefix(['+', '-']) {
        Some(offset) => {
            let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
            digits(hours, 1..=2) && digits(minutes, 2..=2)
        }
        None => matches!(zone, "" | "Z"),
    };
    is_time && digits(fraction, 0..=usize::MAX) && is_zone
}

/// A date without a time of day, which Go prints with one.
fn go_date(text: &str) -> Option<(i16, i8, i8)> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let shape = year.len() == 4 && month.len() <= 2 && day.len() <= 2 && parts.next().is_none();
    let fits = shape && [year, month, day].into_iter().all(digits);
    let date = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok();
    date.filter(|_| fits).map(|date| (date.year(), date.month(), date.day()))
}

/// Go's `%v`: the shortest digits, an exponent below 1e-4 and from 1e6 on.
fn go_float(value: f64) -> String {
    exponential(value, 6)
}

/// Python's `repr`: an exponent from 1e16 on, and `.0` after a whole number.
fn python_float(value: f64) -> String {
    let text = exponential(value, 16);
    if text.contains(['.', 'e', 'n']) { text } else { text + ".0" }
}

fn exponential(value: f64, from: i32) -> String {
    let scientific = format!("{value:e}");
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if value != 0.0 && (exponent < -4 || exponent >= from) {
        let (mantissa, _) = scientific.split_once('e').unwrap_or((&scientific, ""));
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    format!("{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_differ_in_parsing_numbers() {
        // Text, Docker Compose, podman-compose. Taken from the tools themselves.
        for (text, docker, podman) in [
            ("5432", "5432", "5432"),
            ("-7", "-7", "-7"),
            ("010", "8", "8"),
            ("0o10", "8", "0o10"),
            ("0x1F", "31", "31"),
            ("0b11", "3", "3"),
            ("1_000", "1000", "1000"),
            ("1.10", "1.1", "1.1"),
            ("1.0", "1", "1.0"),
            (".5", "0.5", "0.5"),
            ("1e3", "1000", "1e3"),
            ("1.5e+3", "1500", "1500.0"),
            ("1.0e+21", "1e+21", "1e+21"),
            ("1.0e+16", "1e+16", "1e+16"),
            ("0.00001", "1e-05", "1e-05"),
            ("089", "89", "089"),
            ("1:30", "1:30", "90"),
            ("8080:80", "8080:80", "8080:80"),
            ("True", "true", "True"),
            ("false", "false", "False"),
            ("yes", "yes", "True"),
            ("off", "off", "False"),
            ("y", "y", "y"),
            ("1.2.3", "1.2.3", "1.2.3"),
            ("-", "-", "-"),
            (".", ".", "."),
            ("+", "+", "+"),
            ("text", "text", "text"),
            ("0o8", "0o8", "0o8"),
            ("-.5", "-0.5", "-.5"),
            ("+5", "5", "5"),
            ("-0x1F", "-31", "-31"),
            ("1__0", "10", "10"),
            ("_1", "_1", "_1"),
            ("0x", "0x", "0x"),
            ("12345678901234567890", "12345678901234567890", "12345678901234567890"),
            ("123456789012345678901", "1.2345678901234568e+20", "123456789012345678901"),
            ("190:20:30", "190:20:30", "685230"),
            ("08", "8", "08"),
            ("0_8", "8", "0_8"),
            ("1.", "1", "1.0"),
            ("1.e+3", "1000", "1000.0"),
            ("-0", "-0", "0"),
            ("1e+3", "1000", "1e+3"),
            ("-1:30", "-1:30", "-90"),
            ("0b", "0b", "0b"),
            ("0o", "0o", "0o"),
            ("0_1", "1", "1"),
            ("1_0.5", "10.5", "10.5"),
            ("-1.5", "-1.5", "-1.5"),
            ("+1.5", "1.5", "1.5"),
            ("+.5", "0.5", "+.5"),
            ("1E5", "100000", "1E5"),
            ("0.1", "0.1", "0.1"),
            ("123456.789e3", "1.23456789e+08", "123456.789e3"),
            ("1e400", "1e400", "1e400"),
            ("-0x", "-0x", "-0x"),
            ("0B1", "1", "0B1"),
            ("0X1f", "31", "0X1f"),
            ("00", "0", "0"),
            ("0", "0", "0"),
            ("-010", "-8", "-8"),
            ("1:90", "1:90", "1:90"),
            ("0x_f", "15", "15"),
            ("1_", "1", "1"),
            (".1_0", "0.1", "0.1"),
            ("100000000000000000000000", "1e+23", "100000000000000000000000"),
            ("1e-7", "1e-07", "1e-7"),
            ("2e-5", "2e-05", "2e-5"),
            ("1:0", "1:0", "60"),
            ("TRUE", "true", "True"),
            ("Yes", "Yes", "True"),
            ("NO", "NO", "False"),
            ("On", "On", "True"),
        ] {
            let scalar =
                Scalar { text: zeroize::Zeroizing::new(text.to_owned()), plain: true, ..Scalar::default() };
            assert_eq!(scalar.read(Tool::DockerCompose).1, docker, "{text}");
            assert_eq!(scalar.read(Tool::PodmanCompose).1, podman, "{text}");
            let quoted = Scalar { plain: false, ..scalar };
            assert_eq!(quoted.read(Tool::DockerCompose), (Type::Text, text.to_owned()));
        }
    }

    #[test]
    fn scalars_that_make_a_tool_fail_are_known() {
        let read = |text: &str, tool| {
            let text = zeroize::Zeroizing::new(text.to_owned());
            Scalar { text, plain: true, ..Scalar::default() }.read(tool).0
        };
        for text in [".inf", "-.INF", "+.Inf", ".nan"] {
            assert_eq!(read(text, Tool::DockerCompose), Type::Unusable, "{text}");
        }
        assert_eq!(read("=", Tool::PodmanCompose), Type::Unusable);
        for text in ["2024-1-3", "2024-01-31 10", "2024-01-31 x", "2024-01-31T1:2:3", "24-01-31"] {
            assert_eq!(read(text, Tool::PodmanCompose), Type::Text, "{text}");
        }
        for text in ["2024-01-31", "2024-01-31 10:00:00", "2024-01-31T10:00:00Z"] {
            assert_eq!(read(text, Tool::PodmanCompose), Type::Unusable, "{text}");
            assert_eq!(read(text, Tool::DockerCompose), Type::Text, "{text}");
        }
        for (text, printed) in [
            ("2024-01-31", "2024-01-31 00:00:00 +0000 UTC"),
            ("2024-1-3", "2024-01-03 00:00:00 +0000 UTC"),
            ("2024-02-31", "2024-02-31"),
        ] {
            let text = zeroize::Zeroizing::new(text.to_owned());
            let scalar = Scalar { text, plain: true, ..Scalar::default() };
            assert_eq!(scalar.read(Tool::DockerCompose).1, printed);
        }
        assert_eq!(read("2024-01-31-x", Tool::PodmanCompose), Type::Text);
    }

    #[test]
    fn unquoted_null_is_empty_and_quoted_is_text() {
        for text in ["", "~", "null", "NULL"] {
            let scalar =
                Scalar { text: zeroize::Zeroizing::new(text.to_owned()), plain: true, ..Scalar::default() };
            assert_eq!(scalar.read(Tool::PodmanCompose).0, Type::Null);
            assert!(!Scalar { plain: false, ..scalar }.is_null());
        }
    }
}
