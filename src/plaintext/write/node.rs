//! The `node` dialect: what the npm package dotenv, 16 and 17, reads. It has three kinds of quotes and no
//! escape but `\n` and `\r` between double ones, so that a value which holds all the quotes may have
//! nothing around it that carries it.

use std::io::{self, Write};

use zeroize::Zeroizing;

use crate::name::KeyName;
use crate::plaintext::read::node as node_dotenv;
use crate::plaintext::write::buffer;
use crate::plaintext::write::escape::escape;
use crate::plaintext::write::format::{Format, WriteError};
use crate::plaintext::write::verify;
use crate::secret::Secret;

pub(in crate::plaintext) fn encode(pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, WriteError> {
    let forms =
        pairs.iter().map(|(key, value)| Form::of(key, value.expose())).collect::<Result<Vec<_>, _>>()?;
    let bytes = buffer::exactly(|out| {
        pairs.iter().zip(&forms).try_for_each(|((key, value), form)| form.line(out, key, value.expose()))
    });
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    verify::same("dotenv of Node", node_dotenv::read(text), pairs)?;
    Ok(bytes)
}

/// How one value is written.
#[derive(Clone, Copy)]
enum Form {
    Quoted(char),
    Bare,
}

/// The forms, the plainest first.
const FORMS: [Form; 4] = [Form::Quoted('\''), Form::Quoted('`'), Form::Quoted('"'), Form::Bare];

impl Form {
    /// The first form that carries the value: one whose quote the value does not hold, if there is one.
    /// After that, quotes that the value holds itself; where it does not look like a shorter quoted value
    /// with a comment behind it, the outermost ones count.
    fn of(key: &KeyName, value: &str) -> Result<Self, WriteError> {
        if key.as_str() == "__proto__" {
            return Err(WriteError::Name { key: key.clone(), format: Format::Node });
        }
        let is_apart = |form: &Self| !matches!(form, Self::Quoted(quote) if value.contains(*quote));
        let mut forms = FORMS.iter().filter(|form| is_apart(form)).chain(&FORMS);
        let fits = forms.find(|form| form.carries(key, value));
        fits.copied().ok_or_else(|| WriteError::Unquotable { key: key.clone(), format: Format::Node })
    }

    /// Whether the reader finds the value in a line of this form, whatever the next lines hold. Once it has
    /// seen a quote at the beginning it looks for the other one, past the end of the line if need be; where
    /// a backslash stands before the last one, or none is there, it could find it in a value below.
    fn carries(self, key: &KeyName, value: &str) -> bool {
        let is_closed = match self {
            Self::Quoted(_) => !value.ends_with('\\'),
            Self::Bare => !value.starts_with(['\'', '"', '`']),
        };
        let breaks: &[char] = match self {
            Self::Quoted('"') => &[],
            Self::Quoted(_) => &['\r'],
            Self::Bare => &['\r', '\n'],
        };
        if !is_closed || value.contains(breaks) {
            return false;
        }
        let line = buffer::exactly(|out| self.line(out, key, value));
        let line = std::str::from_utf8(&line).unwrap_or_default();
        matches!(node_dotenv::read(line).as_slice(), [(name, found)] if *name == key.as_str() && **found == *value)
    }

    fn line(self, out: &mut dyn Write, key: &KeyName, value: &str) -> io::Result<()> {
        write!(out, "{key}=")?;
        match self {
            Self::Bare => out.write_all(value.as_bytes())?,
            Self::Quoted(quote) => {
                write!(out, "{quote}")?;
                escape(out, value, |byte| match byte {
                    b'\n' if quote == '"' => Some("\\n"),
                    b'\r' if quote == '"' => Some("\\r"),
                    _ => None,
                })?;
                write!(out, "{quote}")?;
            }
        }
        out.write_all(b"\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use proptest::prelude::*;

    fn line(name: &str, value: &str) -> Result<String, WriteError> {
        let key = KeyName::new(name).expect("a name");
        let bytes = encode(&[(&key, &Secret::new(value.to_owned()))])?;
        Ok(String::from_utf8(bytes.to_vec()).expect("UTF-8 in, UTF-8 out"))
    }

    #[test]
    fn quotes_are_chosen_by_the_value() {
        for (value, written) in [
            ("", "K=''\n"),
            ("a\n#$X \"`", "K='a\n#$X \"`'\n"),
            ("it's", "K=`it's`\n"),
            ("it's `\n\r", "K=\"it's `\\n\\r\"\n"),
            ("a\\", "K=a\\\n"),
            ("a'b`c\"d", "K=a'b`c\"d\n"),
            (" '`\" ", "K=' '`\" '\n"),
        ] {
            assert_eq!(line("K", value).as_deref(), Ok(written));
        }
    }

    #[test]
    fn value_that_no_quotes_can_represent_is_refused() {
        for value in ["'`\"#", "\"\r#", "\\n\r", " \\", "#\\", "'`\"\n\\n"] {
            assert!(matches!(line("K", value), Err(WriteError::Unquotable { .. })), "{value:?}");
        }
        assert!(matches!(line("__proto__", "x"), Err(WriteError::Name { .. })));
    }

    proptest! {
        #[test]
        fn values_are_exact_or_refused_among_other_values(values in proptest::collection::vec(awkward(), 0..8)) {
            let owned: Vec<_> = values.iter().enumerate()
                .map(|(i, value)| (KeyName::new(&format!("K{i}")).expect("a name"), Secret::new(value.clone()))).collect();
            let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
            let is_our_fault = matches!(encode(&pairs), Err(WriteError::ReadsBackDifferently { .. }));
            prop_assert!(!is_our_fault);
        }
    }
}
