//! The shapes in which a value gets into a file.

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// A value as one encoding writes it.
pub(super) struct Encoded {
    pub encoding: &'static str,
    pub text: Zeroizing<Vec<u8>>,
}

/// Every encoding of a value; those that write it as it is are left out.
pub(super) fn all(value: &str) -> Vec<Encoded> {
    let mut list = vec![Encoded { encoding: "as written", text: Zeroizing::new(value.as_bytes().to_vec()) }];
    let mut add = |encoding, text: Vec<u8>| {
        let text = Zeroizing::new(text);
        if list.iter().all(|known: &Encoded| known.text != text) {
            list.push(Encoded { encoding, text });
        }
    };
    for shift in 0..3 {
        add("base64", base64_at(value, shift, &STANDARD_NO_PAD));
        add("base64", base64_at(value, shift, &URL_SAFE_NO_PAD));
    }
    for unreserved in ["-_.~", "-_.!~*'()", "-_.~/", "-_.*"] {
        for upper in [true, false] {
            add("URL-encoded", percent(value, unreserved, upper, false));
            add("URL-encoded", percent(value, unreserved, upper, true));
        }
    }
    let json = json(value, false);
    add("JSON-escaped", json.replace('/', "\\/").into_bytes());
    add("JSON-escaped", self::json(value, true).into_bytes());
    add("JSON-escaped", json.into_bytes());
    add("shell-escaped", value.replace('\'', "'\\''").into_bytes());
    add("shell-escaped", value.replace('\'', "'\"'\"'").into_bytes());
    add("shell-escaped", escaped(value, |c| "\"\\$`".contains(c)));
    add("shell-escaped", escaped(value, |c| "\"\\$`!".contains(c)));
    add(
        "shell-escaped",
        escaped(value, |c| c.is_ascii() && !c.is_ascii_alphanumeric() && !"_./-@%+=:,".contains(c)),
    );
    add("YAML-quoted", value.replace('\'', "''").into_bytes());
    add("hex", hex(value, false));
    add("hex", hex(value, true));
    list
}

/// The characters that do not depend on the neighbours of a value which begins `shift` bytes after a
/// multiple of three.
fn base64_at(value: &str, shift: usize, engine: &impl base64::Engine) -> Vec<u8> {
    let mut bytes = Zeroizing::new(vec![0; shift]);
    bytes.extend_from_slice(value.as_bytes());
    let text = Zeroizing::new(engine.encode(&*bytes));
    let first = (shift * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    text.as_bytes().get(first..last).unwrap_or_default().to_vec()
}

fn percent(value: &str, unreserved: &str, upper: bool, plus: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() * 3);
    for byte in value.bytes() {
        match byte {
            b' ' if plus => out.push(b'+'),
            _ if byte.is_ascii_alphanumeric() || unreserved.as_bytes().contains(&byte) => out.push(byte),
            _ if upper => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
            _ => out.extend_from_slice(format!("%{byte:02x}").as_bytes()),
        }
    }
    out
}

/// The inside of a JSON string, as most writers have it.
fn json(value: &str, ascii: bool) -> String {
    let mut out = String::with_capacity(value.len() + 16);
    for c in value.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || ascii && !c.is_ascii() => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn escaped(value: &str, special: impl Fn(char) -> bool) -> Vec<u8> {
    let mut out = String::with_capacity(value.len() * 2);
    for c in value.chars() {
        if special(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out.into_bytes()
}

fn hex(value: &str, upper: bool) -> Vec<u8> {
    let byte = |byte: u8| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") };
    value.bytes().map(byte).collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn base64_is_found_wherever_the_value_begins() {
        let value = "s3cr3t/valu\u{e9}+x";
        for before in 0..7 {
            for after in 0..4 {
                let text = STANDARD.encode(format!("{}{value}{}", "a".repeat(before), "z".repeat(after)));
                let needle = base64_at(value, before % 3, &STANDARD_NO_PAD);
                let needle = String::from_utf8(needle).expect("ASCII");
                assert!(text.contains(&needle), "{before} {after}");
                assert!(needle.len() >= value.len() * 4 / 3 - 3);
            }
        }
    }

    #[test]
    fn each_form_is_written_once() {
        let forms = all("abcdefgh12");
        let plain = forms.iter().filter(|form| form.text.as_slice() == b"abcdefgh12").count();
        assert_eq!(plain, 1);
    }
}
