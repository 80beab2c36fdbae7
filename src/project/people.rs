//! `[people.NAME]`: who holds which recipients, and what they are let into.

use super::named::environments_in;
use super::section::Section;
use super::tables::PERSON;
use super::{Error, Person};
use crate::name::{EnvName, PersonName};
use crate::recipient::Recipient;

pub(super) fn people(top: &Section<'_>, known: &[&EnvName]) -> Result<Vec<Person>, Error> {
    let mut people: Vec<Person> = Vec::new();
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
                refuse_second_holder(&recipient, people.iter().chain([&person]))
                    .map_err(|what| section.wrong(field, what))?;
                if field == "former" { &mut person.former } else { &mut person.recipients }.push(recipient);
            }
        }
        people.push(person);
    }
    Ok(people)
}

/// A recipient belongs to one person, and one that was revoked to nobody again.
fn refuse_second_holder<'p>(
    recipient: &Recipient,
    mut people: impl Iterator<Item = &'p Person>,
) -> Result<(), String> {
    let short = recipient.short();
    match people.find(|person| [&person.recipients, &person.former].iter().any(|all| all.contains(recipient)))
    {
        Some(holder) if holder.former.contains(recipient) => {
            Err(format!("the recipient {short} of `{}` was revoked", holder.name))
        }
        Some(holder) => Err(format!("the recipient {short} already belongs to `{}`", holder.name)),
        None => Ok(()),
    }
}
