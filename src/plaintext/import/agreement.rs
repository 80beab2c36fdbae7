//! What the readers that decide make of a file beside the first one.

use std::cell::LazyCell;

use super::doubt::{Doubt, differs};
use super::error::ImportError;
use super::left_out::{LeftOut, Why};
use super::{Choice, alone};
use crate::name::KeyName;
use crate::plaintext::read::Reader;
use crate::plaintext::read::reading::{Entry, Reading};

/// Gives the keys for which somebody chose a reader the value that it reads.
pub(super) fn settle(
    reading: &mut Reading,
    names: &[Option<KeyName>],
    bytes: &[u8],
    choice: &Choice,
) -> Result<(), ImportError> {
    let mut readings: Vec<(Reader, Reading)> = Vec::new();
    for (name, reader) in &choice.of_keys {
        let not_read = || ImportError::NotRead { name: name.clone(), reader: *reader };
        if !readings.iter().any(|(known, _)| known == reader) {
            readings.push((*reader, alone(*reader, bytes)?));
        }
        let chosen = readings.iter().find(|(known, _)| known == reader).map(|(_, reading)| reading);
        let chosen = chosen.ok_or_else(not_read)?;
        let value = chosen.get(name.as_str()).and_then(|entry| entry.value.as_ref()).ok_or_else(not_read)?;
        let counts = |at: &usize| names[*at].as_ref() == Some(name) && reading.counts(&reading.entries[*at]);
        let at = (0..names.len()).find(counts).ok_or_else(not_read)?;
        reading.entries[at].value = Some(value.duplicate());
        reading.entries[at].unresolved = None;
    }
    Ok(())
}

pub(super) fn doubts(
    reader: Reader,
    reading: &Reading,
    names: &[Option<KeyName>],
    others: &[(Reader, Reading)],
    bytes: &[u8],
    choice: &Choice,
) -> Vec<Doubt> {
    // Most files have none. What one reader could make of the bytes, this one can.
    let literal = LazyCell::new(|| alone(Reader::Literal, bytes).unwrap_or_else(|_| Reading::new()));
    let doubts = reading.entries.iter().zip(names).filter_map(|(entry, name)| {
        let name =
            name.as_ref().filter(|name| reading.counts(entry) && !choice.of_keys.contains_key(*name))?;
        let is_clear = entry.unresolved.is_none() && !differs(entry, others);
        (!is_clear).then(|| Doubt::about(name, (reader, entry), others, &literal))
    });
    doubts.collect()
}

/// What others take for a definition, where the first reader sees nothing of the kind.
pub(super) fn only_elsewhere(reading: &Reading, others: &[(Reader, Reading)]) -> Vec<LeftOut> {
    let is_within = |line: usize| reading.entries.iter().any(|it| (it.line..=it.last_line).contains(&line));
    let mut found = Vec::new();
    for (reader, other) in others {
        let alone =
            other.entries.iter().filter(|entry| reading.get(&entry.name).is_none() && !is_within(entry.line));
        found.extend(alone.map(|entry| LeftOut { name: None, line: entry.line, why: Why::OnlyFor(*reader) }));
    }
    found
}

pub(super) fn not_for_dotenvy(
    reading: &Reading,
    names: &[Option<KeyName>],
    bytes: &[u8],
) -> Result<Vec<KeyName>, ImportError> {
    let others = [(Reader::Dotenvy, alone(Reader::Dotenvy, bytes)?)];
    let differing = |(entry, name): (&Entry, &Option<KeyName>)| {
        name.clone().filter(|_| reading.counts(entry) && differs(entry, &others))
    };
    Ok(reading.entries.iter().zip(names).filter_map(differing).collect())
}
