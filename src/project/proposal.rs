//! The text of a first project file.

use std::fmt::Write as _;

use super::{SCHEMA_URL, VERSION, ValueType};
use crate::name::{EnvName, KeyName, PersonName};
use crate::recipient::Recipient;

/// A key to declare.
pub(crate) struct ProposedKey {
    /// Its name.
    pub name: KeyName,
    /// The heading it stands under; keys of one heading follow each other.
    pub group: &'static str,
    /// For people.
    pub description: Option<&'static str>,
    /// Encrypted, or readable.
    pub secret: bool,
    /// Required in these environments; `None` for all of them.
    pub required: Option<Vec<EnvName>>,
    /// Its type.
    pub kind: Option<ValueType>,
    /// It is the name of one of these.
    pub one_of: Vec<EnvName>,
    /// In characters.
    pub min_length: Option<usize>,
    /// Such as `180d`.
    pub rotate_after: Option<&'static str>,
    /// The key that keeps previous values.
    pub keep_previous_in: Option<&'static str>,
    /// A line of TOML for one environment.
    pub only_in: Vec<(EnvName, &'static str)>,
}

/// A project file for a project that has none: the environments, the first of them the default, and one
/// person who can open all of them.
pub(crate) fn proposal(
    project: &str,
    environments: &[EnvName],
    person: &PersonName,
    recipient: &Recipient,
    compose_files: &dyn Fn(&EnvName) -> Vec<String>,
    keys: &[ProposedKey],
) -> String {
    let mut text = format!("#:schema {SCHEMA_URL}\nversion = {VERSION}\nproject = {}\n", quoted(project));
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
    }
    let mut group = "";
    for proposed in keys {
        if proposed.group != group {
            group = proposed.group;
            write(format_args!("\n# {group}\n\n"));
        }
        write(format_args!("{}", declaration(proposed)));
    }
    text
}

fn declaration(key: &ProposedKey) -> String {
    let name = &key.name;
    let mut lines = vec![format!("[keys.{name}]")];
    lines.extend(key.description.map(|text| format!("description = {}", quoted(text))));
    match &key.required {
        None => lines.push("required = true".to_owned()),
        Some(some) if some.is_empty() => {}
        Some(some) => lines.push(format!("required = [{}]", listed(some.iter().map(EnvName::as_str)))),
    }
    if !key.secret {
        lines.push("secret = false".to_owned());
    }
    lines.extend(key.kind.map(|kind| format!("type = {}", quoted(kind.as_str()))));
    if !key.one_of.is_empty() {
        lines.push(format!("one_of = [{}]", listed(key.one_of.iter().map(EnvName::as_str))));
    }
    lines.extend(key.min_length.map(|least| format!("min_length = {least}")));
    lines.extend(key.rotate_after.map(|days| format!("rotate_after = {}", quoted(days))));
    lines.extend(key.keep_previous_in.map(|other| format!("keep_previous_in = {}", quoted(other))));
    for (environment, line) in &key.only_in {
        lines.push(format!("[keys.{name}.{environment}]\n{line}"));
    }
    lines.join("\n") + "\n"
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
