//! The text of a first project file.

use std::fmt::Write as _;

use super::VERSION;
use crate::name::{EnvName, KeyName, PersonName};
use crate::recipient::Recipient;

/// A key to declare.
pub struct ProposedKey {
    /// Its name.
    pub name: KeyName,
    /// Encrypted, or readable.
    pub secret: bool,
    /// Required in these environments; `None` for all of them.
    pub required: Option<Vec<EnvName>>,
}

/// A project file for a project that has none: the environments, the first of them the default, and one
/// person who can open all of them.
pub fn proposal(
    project: &str,
    environments: &[EnvName],
    person: &PersonName,
    recipient: &Recipient,
    compose_files: &dyn Fn(&EnvName) -> Vec<String>,
    keys: &[ProposedKey],
) -> String {
    let mut text = format!("version = {VERSION}\nproject = {}\n", quoted(project));
    let mut write =
        |arguments: std::fmt::Arguments<'_>| text.write_fmt(arguments).expect("a String takes everything");
    if let Some(first) = environments.first() {
        write(format_args!("default = {}\n", quoted(first.as_str())));
    }
    for environment in environments {
        write(format_args!("\n[environments.{environment}]\n"));
        let files = compose_files(environment);
        if !files.is_empty() {
            write(format_args!("compose = [{}]\n", listed(files.iter().map(String::as_str))));
        }
        if environment.as_str() == "production" {
            write(format_args!("confirm = true\n"));
        }
    }
    write(format_args!("\n[people.{}]\n", key(person.as_str())));
    write(format_args!("recipients = [{}]\n", quoted(&recipient.to_string())));
    write(format_args!("environments = [{}]\n", listed(environments.iter().map(EnvName::as_str))));
    if keys.is_empty() {
        write(format_args!(
            "\n# A key that every environment needs:\n# [keys.SECRET_KEY]\n# required = true\n\
             # One that stays readable in the sealed file:\n# [keys.ALLOWED_HOSTS]\n# secret = false\n"
        ));
    } else {
        write(format_args!(
            "\n# Every variable of the compose files. `secret = false` stays readable in the sealed file.\n\n"
        ));
    }
    for ProposedKey { name, secret, required } in keys {
        write(format_args!("[keys.{name}]\n"));
        match required {
            None => write(format_args!("required = true\n")),
            Some(some) if some.is_empty() => {}
            Some(some) => write(format_args!("required = [{}]\n", listed(some.iter().map(EnvName::as_str)))),
        }
        if !secret {
            write(format_args!("secret = false\n"));
        }
    }
    text
}

fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.map(quoted).collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}

/// Dots separate tables: a name with one needs quotes.
fn key(name: &str) -> String {
    if name.contains('.') { quoted(name) } else { name.to_owned() }
}
