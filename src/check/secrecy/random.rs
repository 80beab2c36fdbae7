//! Whether a text looks as if chance had made it.

/// Shorter pieces tell nothing.
const SHORTEST: usize = 12;
/// Digits and letters A–F of at least this length are a key.
const HEX: usize = 16;

/// Whether a piece of the value, between signs that separate words, was made by chance.
pub(super) fn is_random(value: &str) -> bool {
    value.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c))).any(is_base64)
        || value.split(|c: char| !c.is_ascii_alphanumeric()).any(is_random_piece)
}

/// Padded, or with signs that no word has, and of every kind of letter.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let has = |test: fn(&char) -> bool| body.chars().filter(test).count();
    let (upper, lower, digit) =
        (has(char::is_ascii_uppercase), has(char::is_ascii_lowercase), has(char::is_ascii_digit));
    let is_padded = body.len() < text.len() && text.len().is_multiple_of(4);
    body.len() >= 20 && upper > 2 && lower > 2 && digit > 1 && (is_padded || body.contains('+'))
}

fn is_random_piece(piece: &str) -> bool {
    let digits = piece.bytes().filter(u8::is_ascii_digit).count();
    if piece.len() < SHORTEST || digits == piece.len() {
        return false;
    }
    let is_hex = piece.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && digits > 0 && piece.len() >= HEX {
        return true;
    }
    let changes = changes(piece);
    match digits {
        0 => is_unspeakable(piece),
        _ => changes >= 4 || changes >= 3 && piece.len() >= 20,
    }
}

/// How often digits follow letters, and capitals small letters, or the other way round. A capital at the beginning
/// of a word is none.
fn changes(piece: &str) -> usize {
    let bytes = piece.as_bytes();
    bytes
        .windows(2)
        .filter(|pair| {
            let [first, second] = [pair[0], pair[1]];
            first.is_ascii_digit() != second.is_ascii_digit()
                || first.is_ascii_lowercase() && second.is_ascii_uppercase()
        })
        .count()
}

/// Letters that no word has in a row: six consonants, or capitals everywhere between.
fn is_unspeakable(piece: &str) -> bool {
    let is_vowel = |byte: &u8| b"aeiouy".contains(&byte.to_ascii_lowercase());
    let longest = piece.as_bytes().split(is_vowel).map(<[u8]>::len).max().unwrap_or(0);
    let vowels = piece.bytes().filter(is_vowel).count();
    longest >= 7 || vowels * 6 < piece.len() || changes(piece) * 3 >= piece.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_random_and_words_are_not() {
        for random in [
            "uV3mPq8rXw2zKb6tYc9dLf4hNj7gSa1e",
            "0123456789abcdef",
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
            "xkqzvbnmwrtp",
            "7a88fb47b4e243b8a06ca5ce950dc53a",
            "prefix-9f8e7d6c5b4a39281706",
        ] {
            assert!(is_random(random), "{random}");
        }
        for plain in [
            "jitsi-micros-rtcstats-server",
            "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
            "unless-stopped",
            "postgresql16alpine",
            "arn:aws:iam::123456789012:role/service",
            "FirstnameLastnameCompany",
            "SECURE256:SECURE128:!AES-128-CBC",
            "20240101123000",
        ] {
            assert!(!is_random(plain), "{plain}");
        }
    }
}
