//! Where the members of a JSON object are, so that one can be changed and every other byte stays.

use std::ops::Range;

/// A member of an object.
pub(super) struct Member {
    /// Its name.
    pub name: String,
    /// Where its name begins.
    pub start: usize,
    /// Its value.
    pub value: Range<usize>,
}

/// The members of the object that begins at `at`, spaces before it passed over. The text must be valid JSON; two
/// members of one name are nothing to edit.
pub(super) fn members(text: &str, at: usize) -> Option<Vec<Member>> {
    let bytes = text.as_bytes();
    let mut members: Vec<Member> = Vec::new();
    let mut at = after(bytes, at, b'{')?;
    if bytes.get(at)? == &b'}' {
        return Some(members);
    }
    loop {
        let start = at;
        let end = end_of_string(bytes, start)?;
        let name: String = serde_json::from_str(&text[start..end]).ok()?;
        if members.iter().any(|known| known.name == name) {
            return None;
        }
        let from = after(bytes, end, b':')?;
        let value = from..end_of_value(bytes, from)?;
        at = spaces(bytes, value.end);
        members.push(Member { name, start, value });
        match bytes.get(at)? {
            b',' => at = spaces(bytes, at + 1),
            b'}' => return Some(members),
            _ => return None,
        }
    }
}

/// Behind spaces, a character and spaces.
fn after(bytes: &[u8], at: usize, wanted: u8) -> Option<usize> {
    let at = spaces(bytes, at);
    (bytes.get(at)? == &wanted).then(|| spaces(bytes, at + 1))
}

fn spaces(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

fn end_of_value(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => at = end_of_string(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' | b',' if depth == 0 => return Some(at),
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            byte if depth == 0 && byte.is_ascii_whitespace() => return Some(at),
            _ => at += 1,
        }
        if depth == 0 && matches!(bytes[at - 1], b'"' | b'}' | b']') {
            return Some(at);
        }
    }
}

/// Behind the quote that ends the string at `at`.
fn end_of_string(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at)? != &b'"' {
        return None;
    }
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_where_they_are() {
        let text = " {\"a\\\"}\" : [1, {\"b\": \"]\"}],\n\t\"c\":true , \"d\": {}, \"e\": \"\\\\\"}";
        let found = members(text, 0).expect("an object");
        let found: Vec<_> = found.iter().map(|m| (m.name.as_str(), &text[m.value.clone()])).collect();
        assert_eq!(found, [("a\"}", "[1, {\"b\": \"]\"}]"), ("c", "true"), ("d", "{}"), ("e", "\"\\\\\"")]);
        assert!(members("{ }", 0).expect("an object").is_empty());
        for text in ["[]", "{\"a\": 1, \"a\": 2}", "{\"a\": 1", "{\"a"] {
            assert!(members(text, 0).is_none(), "{text}");
        }
    }
}
