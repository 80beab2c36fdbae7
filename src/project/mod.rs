//! The project file, `envs/senex-env.toml`: environments, people and keys.

mod allowed;
mod edit;
mod error;
mod field;
mod find;
mod json_schema;
mod key;
mod lint;
mod named;
mod people;
mod preset;
mod proposal;
mod reader;
mod replaced;
mod schema;
mod section;
mod sops_yaml;
mod tables;
mod value_type;

use std::path::{Path, PathBuf};

pub(crate) use allowed::Allowed;
pub(crate) use edit::Edit;
pub use error::Error;
pub use field::{Field, Shape, Table};
pub(crate) use json_schema::SCHEMA_URL;
pub use json_schema::json_schema;
pub(crate) use key::Key;
pub(crate) use lint::Lint;
pub(crate) use preset::{KnownKey, Presets, Signs};
pub(crate) use proposal::{Proposal, ProposedEnvironment, ProposedKey};
pub(crate) use replaced::Replaced;
pub(crate) use sops_yaml::{merge_sops_yaml, sops_yaml};
pub use tables::TABLES;
pub use value_type::ValueType;

use crate::compose::Tool;
use crate::name::{EnvName, KeyName, PersonName};
use crate::place::Place;
use crate::recipient::Recipient;
use crate::sealed::{Binding, Rule};

/// The folder of a repository that belongs to senex-env.
pub(crate) const FOLDER: &str = "envs";
/// The project file in it.
pub(crate) const FILE: &str = "senex-env.toml";
/// The version of the project file that this program reads.
pub(crate) const VERSION: i64 = 1;

/// The project file, read and checked.
#[derive(Debug)]
pub struct Project {
    /// The folder that holds `envs/`; compose files are named from here.
    pub root: PathBuf,
    /// Name of the project; bound into every seal.
    pub name: String,
    /// The environment that is meant when none is named.
    pub default: Option<EnvName>,
    /// The compose tools that the project says it uses; `None` where it does not say.
    pub tools: Option<Vec<Tool>>,
    /// In the order of the file.
    pub environments: Vec<Environment>,
    /// In the order of the file.
    pub people: Vec<Person>,
    /// In the order of the file.
    pub keys: Vec<Key>,
    /// Kinds of findings that `check` keeps to itself.
    pub lints_off: Vec<Lint>,
    /// What `scan` lets pass.
    pub allowed: Vec<Allowed>,
    /// The file itself: it holds nothing secret.
    text: String,
}

/// One environment of a project.
#[derive(Debug)]
pub struct Environment {
    /// Its name; its sealed file is `envs/<name>.env`.
    pub name: EnvName,
    /// Compose files, from the root.
    pub compose: Vec<PathBuf>,
    /// Plaintext env files that its values stand in for.
    pub replaces: Vec<Replaced>,
    /// Ask before a command that changes or shows it.
    pub confirm: bool,
    /// Where it is declared.
    pub place: Place,
}

/// A named holder of recipients: a developer, a server, CI.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub name: PersonName,
    /// What is wrapped to.
    pub recipients: Vec<Recipient>,
    /// What was wrapped to until it was revoked: nothing ever is again.
    pub former: Vec<Recipient>,
    /// Environments that the person is meant to open.
    pub environments: Vec<EnvName>,
    /// Environments that the person asks for; nothing is granted yet.
    pub requests: Vec<EnvName>,
    /// Where the person is declared.
    pub place: Place,
}

impl Project {
    /// Finds the project file in `from` or a folder above it, and reads it.
    ///
    /// # Errors
    /// [`Error`] with the place of what is wrong.
    pub fn find(from: &Path) -> Result<Self, Error> {
        let root = find::root(from)?;
        Self::load(&root)
    }

    /// The folder of the project that `from` is in.
    pub(crate) fn root(from: &Path) -> Option<PathBuf> {
        find::root(from).ok()
    }

    /// The repository that a project at `root` is in; the project itself where there is none.
    pub(crate) fn repository_of(root: &Path) -> &Path {
        find::repository(root)
    }

    /// The repository of this project, outside of which it has nothing to read.
    pub(crate) fn repository(&self) -> &Path {
        find::repository(&self.root)
    }

    /// Reads the project file of the project at `root`.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn load(root: &Path) -> Result<Self, Error> {
        let path = root.join(FOLDER).join(FILE);
        let text = find::read(&path)?;
        reader::read(root, &path, &text)
    }

    /// Reads the text of a project file that is about to be written.
    ///
    /// # Errors
    /// As [`Self::find`].
    pub fn parse(root: &Path, text: &str) -> Result<Self, Error> {
        reader::read(root, &root.join(FOLDER).join(FILE), text)
    }

    /// The line of the project file at a place in it; `None` for a place elsewhere, and for a line with a
    /// private identity, put there by mistake.
    pub fn source_line(&self, place: &Place) -> Option<String> {
        if place.path.file_name() != self.file().file_name() {
            return None;
        }
        let line = self.text.lines().nth(place.line.checked_sub(1)?)?;
        (!line.contains("SECRET-KEY-")).then(|| line.to_owned())
    }

    /// The folder that holds the project file and the sealed files.
    pub fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }

    /// The project file.
    pub fn file(&self) -> PathBuf {
        self.folder().join(FILE)
    }

    /// The sealed file of an environment.
    pub fn sealed_file(&self, environment: &EnvName) -> PathBuf {
        self.folder().join(format!("{environment}.env"))
    }

    /// Everything in `envs/` that belongs into git, from the root, whether it is there or not.
    pub fn files_for_git(&self) -> Vec<String> {
        let sealed = self.environments.iter().map(|environment| format!("{}.env", environment.name));
        let names = [FILE.to_owned(), ".sops.yaml".to_owned()].into_iter().chain(sealed);
        names.map(|name| format!("{FOLDER}/{name}")).collect()
    }

    /// One environment.
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name.as_str() == name)
    }

    /// One declared key.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name.as_str() == name)
    }

    /// People who are meant to open an environment.
    pub fn people_of<'a>(&'a self, environment: &'a EnvName) -> impl Iterator<Item = &'a Person> {
        self.people.iter().filter(move |person| person.environments.contains(environment))
    }

    /// Whose recipient this is, by its text in a sealed file.
    pub fn person_with(&self, recipient: &str) -> Option<&Person> {
        let wanted = crate::recipient::identifier(recipient);
        self.people.iter().find(|person| person.recipients.iter().any(|known| known.identifier() == wanted))
    }

    /// Whose recipient this was, before it was revoked.
    pub fn person_formerly_with(&self, recipient: &str) -> Option<&Person> {
        let wanted = crate::recipient::identifier(recipient);
        self.people.iter().find(|person| person.former.iter().any(|known| known.identifier() == wanted))
    }

    /// The rule that the schema asks of sealed files: which keys stay readable.
    pub fn rule(&self) -> Rule {
        Rule::config_keys(self.keys.iter().filter(|key| !key.secret).map(|key| &key.name))
    }

    /// What the seal of an environment's file is bound to.
    pub fn binding(&self, environment: &EnvName) -> Binding {
        Binding { project: self.name.clone(), environment: environment.clone() }
    }

    /// Keys that an environment cannot do without, in the order of the file.
    pub fn required<'a>(&'a self, environment: &'a EnvName) -> impl Iterator<Item = &'a Key> {
        self.keys.iter().filter(move |key| key.required_in(environment))
    }

    /// One person.
    pub fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.name.as_str() == name)
    }

    /// Every name of a key that the file declares.
    pub fn key_names(&self) -> impl Iterator<Item = &KeyName> {
        self.keys.iter().map(|key| &key.name)
    }
}
