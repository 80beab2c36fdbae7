//! Changing the project file without touching what people wrote around the change.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, value};

use super::{Error, Person, find};
use crate::name::EnvName;
use crate::place::Place;
use crate::recipient::Recipient;

/// A project file being edited; comments, order and spacing stay.
pub(crate) struct Edit {
    document: DocumentMut,
}

impl Edit {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// [`Error`] when it cannot be read or is not TOML.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let text = find::read(path)?;
        let document = text.parse().map_err(|error: toml_edit::TomlError| {
            let place = Place::at(path, &text, error.span().map_or(0, |span| span.start));
            let source_line = text.lines().nth(place.line - 1).unwrap_or_default().to_owned();
            Error::Invalid { place, source_line, what: error.message().to_owned(), suggestion: None }
        })?;
        Ok(Self { document })
    }

    /// Declares a person, or brings what is said of one up to date. Texts that stay keep their comments.
    pub(crate) fn set_person(&mut self, person: &Person) {
        let entry = self.entry("people", person.name.as_str());
        let Some(table) = entry.as_table_like_mut() else { return };
        let recipients = |all: &[Recipient]| all.iter().map(ToString::to_string).collect();
        let environments = |all: &[EnvName]| all.iter().map(ToString::to_string).collect();
        set_list(table, "recipients", recipients(&person.recipients), true);
        set_list(table, "former", recipients(&person.former), false);
        set_list(table, "environments", environments(&person.environments), true);
        set_list(table, "requests", environments(&person.requests), false);
    }

    /// The text of the file as it is now.
    pub(crate) fn text(&self) -> String {
        self.document.to_string()
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

/// A list that becomes empty is left out, unless it is always there.
fn set_list(table: &mut dyn TableLike, field: &str, texts: Vec<String>, always: bool) {
    if texts.is_empty() && !always {
        table.remove(field);
        return;
    }
    let Some(list) = table.get_mut(field).and_then(Item::as_array_mut) else {
        table.insert(field, value(texts.into_iter().collect::<Array>()));
        return;
    };
    list.retain(|known| known.as_str().is_some_and(|known| texts.iter().any(|text| text == known)));
    for text in texts {
        if !list.iter().any(|known| known.as_str() == Some(&text)) {
            list.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Project;
    use super::*;
    use crate::file;

    #[test]
    fn editing_a_person_keeps_comments_and_other_fields() {
        let age = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let text = format!(
            "version = 1\nproject = \"p\"\n[environments.a]\n[environments.b]\n\n# ours\n[people.ana] # since 2024\n\
             recipients = [\n  \"{age}\", # laptop\n]\nenvironments = [\"a\"]\n"
        );
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("senex-env.toml");
        file::replace(&path, text.as_bytes(), 0o644).expect("written");
        let mut person = Project::parse(folder.path(), &text).expect("read").people.remove(0);
        person.environments.push(EnvName::new("b").expect("a name"));
        let mut edit = Edit::open(&path).expect("opened");
        edit.set_person(&person);
        assert_eq!(edit.text(), text.replace("[\"a\"]", "[\"a\", \"b\"]"));
        person.former.append(&mut person.recipients);
        edit.set_person(&person);
        let again = Project::parse(folder.path(), &edit.text()).expect("read").people.remove(0);
        assert!(again.recipients.is_empty() && again.former.len() == 1);
    }
}
