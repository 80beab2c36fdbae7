//! `[people.NAME]`: who holds which recipients, and what they are let into.

use std::collections::HashMap;

use super::named::environments_in;
use super::section::Section;
use super::tables::PERSON;
use super::{Error, Person};
use crate::name::{EnvName, PersonName};
use crate::recipient::Recipient;

pub(super) fn people(top: &Section<'_>, known: &[&EnvName]) -> Result<Vec<Person>, Error> {
    let mut people: Vec<Person> = Vec::new();
    let mut holders = Holders::new();
    for (key, section) in top.sections("people")? {
        section.only(&PERSON.names())?;
        let name = PersonName::new(&key).map_err(|error| section.bad_name("person", &key, error))?;
        let mut person = Person {
            environments: environments_in(&section, "environments", known)?,
            requests: environments_in(&section, "requests", known)?,
            recipients: Vec::new(),
            former: Vec::new(),
            place: section.place(),
            name,
        };
        for field in ["recipients", "former"] {
            for text in section.strings(field)?.unwrap_or_default() {
                // The text itself is not repeated: it may be the private half, put here by mistake.
                let recipient = Recipient::parse(&text).map_err(|error| {
                    section.wrong(field, format!("invalid recipient of `{}`: {error}", person.name))
                })?;
                refuse_second_holder(&mut holders, &recipient, &person.name, field == "former")
                    .map_err(|what| section.wrong(field, what))?;
                if field == "former" { &mut person.former } else { &mut person.recipients }.push(recipient);
            }
        }
        people.push(person);
    }
    Ok(people)
}

/// Identifier of a recipient → whose it is, and whether it was revoked.
type Holders = HashMap<String, (PersonName, bool)>;

/// A recipient belongs to one person, and one that was revoked to nobody again.
fn refuse_second_holder(
    holders: &mut Holders,
    recipient: &Recipient,
    name: &PersonName,
    is_former: bool,
) -> Result<(), String> {
    let short = recipient.short();
    match holders.insert(recipient.identifier().to_owned(), (name.clone(), is_former)) {
        Some((holder, true)) => Err(format!("the recipient {short} of `{holder}` was revoked")),
        Some((holder, false)) => Err(format!("the recipient {short} already belongs to `{holder}`")),
        None => Ok(()),
    }
}
