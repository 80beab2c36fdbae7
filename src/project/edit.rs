//! Changing the project file without touching what people wrote around the change.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::{Error, find};
use crate::file;
use crate::name::{EnvName, KeyName, PersonName};
use crate::place::Place;
use crate::recipient::Recipient;

/// A project file being edited; comments, order and spacing stay.
pub struct Edit {
    document: DocumentMut,
}

impl Edit {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`Error`] when it cannot be read or is not TOML.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let text = find::read(path)?;
        let document = text.parse().map_err(|error: toml_edit::TomlError| {
            let place = Place::at(path, &text, error.span().map_or(0, |span| span.start));
            let source_line = text.lines().nth(place.line - 1).unwrap_or_default().to_owned();
            Error::Invalid { place, source_line, what: error.message().to_owned(), suggestion: None }
        })?;
        Ok(Self { document })
    }

    /// Declares a person, or replaces what is said of one. Empty lists are left out.
    pub fn set_person(
        &mut self,
        name: &PersonName,
        recipients: &[Recipient],
        environments: &[&EnvName],
        requests: &[&EnvName],
    ) {
        let person = self.entry("people", name.as_str());
        person["recipients"] = list(recipients.iter().map(ToString::to_string));
        person["environments"] = list(environments.iter().map(ToString::to_string));
        match (requests, person.as_table_like_mut()) {
            ([], Some(table)) => drop(table.remove("requests")),
            _ => person["requests"] = list(requests.iter().map(ToString::to_string)),
        }
    }

    /// The text of the file as it is now.
    pub fn text(&self) -> String {
        self.document.to_string()
    }

    /// Declares a key, if it is not declared yet.
    pub fn add_key(&mut self, name: &KeyName, secret: bool) {
        let key = self.entry("keys", name.as_str());
        if !secret {
            key["secret"] = value(false);
        }
    }

    /// Writes the file, atomically.
    ///
    /// # Errors
    /// What the system says; the old file is then untouched.
    pub fn save(&self, path: &Path) -> std::io::Result<()> {
        file::replace(path, self.document.to_string().as_bytes(), 0o644)
    }

    fn entry(&mut self, section: &str, name: &str) -> &mut Item {
        let outer = self.document.entry(section).or_insert_with(|| {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        });
        if outer.get(name).is_none() {
            outer[name] = Item::Table(Table::new());
        }
        &mut outer[name]
    }
}

fn list(texts: impl Iterator<Item = String>) -> Item {
    value(texts.collect::<Array>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_survive_an_edit() {
        let text = "# ours\nversion = 1 # yes\n\n[keys.B]\nrequired = true\n\n# people\n[people.ana]\nrecipients = [] # none yet\n";
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("senex-env.toml");
        file::replace(&path, text.as_bytes(), 0o644).expect("written");
        let mut edit = Edit::open(&path).expect("opened");
        edit.add_key(&KeyName::new("A").expect("a name"), false);
        edit.save(&path).expect("saved");
        let after = find::read(&path).expect("read");
        for line in text.lines() {
            assert!(after.contains(line), "{line:?} is gone from\n{after}");
        }
        assert!(after.contains("[keys.A]\nsecret = false\n"), "{after}");
    }
}
