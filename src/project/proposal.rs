//! The text of a first project file.

use std::fmt::Write as _;

use super::{Replaced, SCHEMA_URL, VERSION, ValueType};
use crate::compose::Only;
use crate::name::{EnvName, KeyName, PersonName};
use crate::recipient::Recipient;

/// A project to start.
pub(crate) struct Proposal<'a> {
    /// Its name.
    pub name: &'a str,
    /// The compose tool that counts, if only one does.
    pub tool: Option<Only>,
    /// Its environments, the default first.
    pub environments: &'a [ProposedEnvironment],
    /// Who can open all of them.
    pub person: &'a PersonName,
    /// With what; `None` as long as the person has no identity.
    pub recipient: Option<&'a Recipient>,
    /// In the order of their headings.
    pub keys: &'a [ProposedKey],
}

/// An environment to declare.
pub(crate) struct ProposedEnvironment {
    /// Its name.
    pub name: EnvName,
    /// Compose files, from the root.
    pub compose: Vec<String>,
    /// Plaintext files that its values stand in for.
    pub replaces: Vec<Replaced>,
}

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

impl Proposal<'_> {
    /// The project file.
    pub(crate) fn text(&self) -> String {
        let mut text =
            format!("#:schema {SCHEMA_URL}\nversion = {VERSION}\nproject = {}\n", quoted(self.name));
        let mut write = |arguments: std::fmt::Arguments<'_>| {
            text.write_fmt(arguments).expect("a String takes everything");
        };
        if let Some(first) = self.environments.first() {
            write(format_args!("default = {}\n", quoted(first.name.as_str())));
        }
        match self.tool {
            Some(Only::Called(tool)) => write(format_args!("tools = [{}]\n", quoted(tool.as_str()))),
            Some(Only::Installed(tool)) => write(format_args!(
                "tools = [{}] # the only one on the machine of `init`; without this line, both count\n",
                quoted(tool.as_str())
            )),
            None => {}
        }
        for environment in self.environments {
            write(format_args!("{}", section(environment)));
        }
        write(format_args!("\n[people.{}]\n", key(self.person.as_str())));
        match self.recipient {
            Some(recipient) => write(format_args!("recipients = [{}]\n", quoted(&recipient.to_string()))),
            None => write(format_args!("recipients = [] # that of your identity, as soon as you have one\n")),
        }
        let names = self.environments.iter().map(|environment| environment.name.as_str());
        write(format_args!("environments = [{}]\n", listed(names)));
        if self.keys.is_empty() {
            write(format_args!(
                "\n# A key that every environment needs:\n# [keys.SECRET_KEY]\n# required = true\n\
                 # One that stays readable in the sealed file:\n# [keys.ALLOWED_HOSTS]\n# secret = false\n"
            ));
        }
        let mut group = "";
        for proposed in self.keys {
            if proposed.group != group {
                group = proposed.group;
                write(format_args!("\n# {group}\n\n"));
            }
            write(format_args!("{}", declaration(proposed)));
        }
        text
    }
}

fn section(environment: &ProposedEnvironment) -> String {
    let mut lines = vec![format!("\n[environments.{}]", environment.name)];
    if !environment.compose.is_empty() {
        lines.push(format!("compose = [{}]", listed(environment.compose.iter().map(String::as_str))));
    }
    if !environment.replaces.is_empty() {
        let files: Vec<String> = environment.replaces.iter().map(replaced).collect();
        lines.push(match files.as_slice() {
            [only] => format!("replaces = [{only}]"),
            files => format!("replaces = [\n    {},\n]", files.join(",\n    ")),
        });
    }
    if environment.name.as_str() == "production" {
        lines.push("confirm = true".to_owned());
    }
    lines.join("\n") + "\n"
}

fn replaced(Replaced { file, keys }: &Replaced) -> String {
    let file = quoted(&file.to_string_lossy());
    match keys {
        None => file,
        Some(keys) => {
            format!("{{ file = {file}, keys = [{}] }}", listed(keys.iter().map(KeyName::as_str)))
        }
    }
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
