//! The `literal` dialect: a value is the text after `=`, whatever it is. What people mean who never
//! thought of quotes.

use crate::plaintext::read::reading::{Entry, Reading};
use crate::secret::Secret;

/// The text has no byte order mark.
pub(in crate::plaintext) fn read(text: &str) -> Reading {
    let mut reading = Reading::new();
    for (index, line) in text.split('\n').enumerate() {
        let number = index + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let statement = line.trim_start();
        if statement.is_empty() || statement.starts_with('#') {
            continue;
        }
        let Some((name, value)) = statement.split_once('=') else {
            reading.invalid.push(number);
            continue;
        };
        let name = name.trim_end();
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        if name.is_empty() {
            reading.invalid.push(number);
            continue;
        }
        reading.define(Entry {
            name: name.to_owned(),
            line: number,
            last_line: number,
            value: Some(Secret::new(value.to_owned())),
            unresolved: None,
        });
    }
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_value_is_everything_after_the_equals_sign() {
        let reading = read("# c\n\n A = 'x' # y \r\nexport B=$X\\\nC==\n");
        let pairs: Vec<_> = reading
            .entries
            .iter()
            .map(|e| (e.name.as_str(), e.value.as_ref().map(Secret::expose), e.line))
            .collect();
        assert_eq!(pairs, [("A", Some(" 'x' # y "), 3), ("B", Some("$X\\"), 4), ("C", Some("="), 5)]);
    }
}
