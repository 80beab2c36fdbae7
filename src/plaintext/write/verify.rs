//! The last look at a file before anybody else sees it: its readers, or models of them, must find every
//! value in it as it was meant; those of the `compose` dialect whatever the child's process environment
//! holds.

use std::cell::Cell;
use std::ops::Deref;

use crate::name::KeyName;
use crate::plaintext::helpers::{DOLLAR_HELPER, UNSET_HELPER};
use crate::plaintext::read::compose_go;
use crate::plaintext::read::python;
use crate::plaintext::read::python_variables;
use crate::plaintext::read::reading::{Fault, Lookup, Problem, Statement};
use crate::plaintext::read::template;
use crate::plaintext::text::Text;
use crate::plaintext::write::format::WriteError;
use crate::secret::Secret;

/// Compares what each reader of the `compose` dialect finds in `bytes` with `pairs`.
pub(in crate::plaintext) fn reads_back(
    bytes: &[u8],
    pairs: &[(&KeyName, &Secret)],
) -> Result<(), WriteError> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    compare("compose-go", compose_go::statements(text), template::interpolate, pairs)?;
    let interpolate = |text, lookup: &Lookup<'_>| Ok(python_variables::interpolate(text, lookup));
    for (reader, edition) in
        [("python-dotenv", python::Edition::Current), ("python-dotenv before 1.2.3", python::Edition::Old)]
    {
        compare(reader, python::statements(text, edition), interpolate, pairs)?;
    }
    Ok(())
}

/// Compares what a reader found, in the order of the file, with `pairs`.
pub(in crate::plaintext) fn same<'a, V: Deref<Target = str>>(
    reader: &'static str,
    found: impl IntoIterator<Item = (&'a str, V)>,
    pairs: &[(&KeyName, &Secret)],
) -> Result<(), WriteError> {
    let mut found = found.into_iter();
    for (key, value) in pairs {
        let is_same = |(name, text): (&str, V)| name == key.as_str() && *text == *value.expose();
        if !found.next().is_some_and(is_same) {
            return Err(WriteError::ReadsBackDifferently { key: (*key).clone(), reader });
        }
    }
    match (found.next(), pairs.last()) {
        (Some(_), Some((key, _))) => Err(WriteError::ReadsBackDifferently { key: (*key).clone(), reader }),
        _ => Ok(()),
    }
}

fn compare<'a>(
    reader: &'static str,
    statements: impl Iterator<Item = Result<Statement<'a>, Fault>>,
    interpolate: impl Fn(Text<'a>, &Lookup<'_>) -> Result<Text<'a>, Problem>,
    pairs: &[(&KeyName, &Secret)],
) -> Result<(), WriteError> {
    let mut statements = statements.peekable();
    let defines_helper = |statement: &Result<Statement<'a>, Fault>| matches!(statement, Ok(Statement { name: DOLLAR_HELPER, value: Some(value), .. }) if &**value == "$");
    let has_helper = statements.next_if(defines_helper).is_some();
    let foreign = Cell::new(false);
    let lookup = |name: &str| match name {
        UNSET_HELPER => None,
        DOLLAR_HELPER if has_helper => Some(Text::Piece("$")),
        _ => {
            foreign.set(true);
            None
        }
    };
    for (key, value) in pairs {
        let found = match statements.next() {
            Some(Ok(Statement { name, value: Some(text), expands, .. })) if name == key.as_str() => {
                if expands { interpolate(text, &lookup).ok() } else { Some(text) }
            }
            _ => None,
        };
        if foreign.get() || found.as_deref() != Some(value.expose()) {
            return Err(WriteError::ReadsBackDifferently { key: (*key).clone(), reader });
        }
    }
    match (statements.next(), pairs.last()) {
        (Some(_), Some((key, _))) => Err(WriteError::ReadsBackDifferently { key: (*key).clone(), reader }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plaintext::awkward::awkward;
    use crate::plaintext::{Format, write};
    use proptest::prelude::*;

    fn name(text: &str) -> KeyName {
        KeyName::new(text).expect("a name")
    }

    fn check(bytes: &[u8], pairs: &[(&str, &str)]) -> Result<(), WriteError> {
        let owned: Vec<_> =
            pairs.iter().map(|(key, value)| (name(key), Secret::new((*value).to_owned()))).collect();
        let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
        reads_back(bytes, &pairs)
    }

    #[test]
    fn verification_catches_a_misread_file() {
        assert_eq!(check(b"A='1'\nB='2'\n", &[("A", "1"), ("B", "2")]), Ok(()));
        let wrong: [(&[u8], &str); 7] = [
            (b"A='2'\n", "1"),
            (b"B='1'\n", "1"),
            (b"", "1"),
            (b"A='1'\nB='2'\n", "1"),
            (b"A=\"\\$x\"\n", "$x"),
            (b"A='${X}'\n", "${X}"),
            (b"A=\"${OTHER}\"\n", ""),
        ];
        for (bytes, value) in wrong {
            let error = check(bytes, &[("A", value)]).expect_err("some reader differs");
            assert!(matches!(error, WriteError::ReadsBackDifferently { key, .. } if key == name("A")));
        }
        let error =
            check(b"A=\"a\\\\\"\nB=\"b\"\n", &[("A", "a\\"), ("B", "b")]).expect_err("an escaped quote");
        assert_eq!(
            error,
            WriteError::ReadsBackDifferently { key: name("A"), reader: "python-dotenv before 1.2.3" }
        );
    }

    #[test]
    fn the_helper_counts_only_where_it_is_defined() {
        let value = [("A", "$")];
        assert_eq!(check(b"__SENEX_DOLLAR='$'\nA=\"${__SENEX_DOLLAR}\"\n", &value), Ok(()));
        assert!(check(b"A=\"${__SENEX_DOLLAR}\"\n", &value).is_err());
        assert!(check(b"__SENEX_DOLLAR='x'\nA=\"${__SENEX_DOLLAR}\"\n", &value).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn every_value_without_nul_can_be_written_and_is_read_back(
            values in proptest::collection::vec(awkward(), 0..8)
        ) {
            let owned: Vec<_> = values.iter().enumerate()
                .map(|(i, value)| (name(&format!("K{i}")), Secret::new(value.clone()))).collect();
            let pairs: Vec<_> = owned.iter().map(|(key, value)| (key, value)).collect();
            prop_assert!(write(Format::Compose, &pairs).is_ok());
        }
    }
}
