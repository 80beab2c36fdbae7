//! What is known of an environment's variables before anything is opened: what `run` would hand to a tool.

use std::collections::BTreeMap;
use std::path::Path;

use zeroize::Zeroizing;

use crate::compose::Tool;
use crate::plaintext::{Reader, file_values};
use crate::sealed::SealedFile;

/// Says of a variable of the shell whether it is empty; nothing of one that is not exported.
pub(crate) type Shell<'a> = dyn Fn(&str) -> Option<bool> + 'a;

/// A variable that has a value.
struct Value {
    text: Zeroizing<String>,
    is_stand_in: bool,
    /// What the shell exports counts before it.
    gives_way: bool,
}

/// The variables that have a value.
pub(super) struct Variables(BTreeMap<String, Value>);

impl Variables {
    /// Those that `tool` gets besides the shell's: what is sealed, and what its own `.env` holds.
    pub(super) fn new(tool: Tool, root: &Path, first_file: &Path, sealed: Option<&SealedFile>) -> Self {
        let mut all = BTreeMap::new();
        let beside = first_file.parent().unwrap_or(root);
        let (reader, folders) = match tool {
            Tool::DockerCompose => (Reader::Compose, vec![beside]),
            // The one in the working directory is the stronger.
            Tool::PodmanCompose => (Reader::Python, vec![beside, root]),
        };
        for folder in folders {
            // One that cannot be read is the tool's to complain about.
            for (name, text) in file_values(reader, &folder.join(".env")).unwrap_or_default() {
                all.insert(name, Value { text, is_stand_in: false, gives_way: true });
            }
        }
        for entry in sealed.into_iter().flat_map(SealedFile::entries) {
            let (text, is_stand_in) = match entry.config {
                Some(config) => (config, false),
                None => (stand_in(entry.is_empty), !entry.is_empty),
            };
            let text = Zeroizing::new(text.to_owned());
            all.insert(entry.name.to_string(), Value { text, is_stand_in, gives_way: false });
        }
        Self(all)
    }

    /// A value, or what stands for it.
    pub(super) fn get(&self, name: &str, shell: &Shell<'_>) -> Option<&str> {
        let own = self.0.get(name);
        match own.filter(|value| !value.gives_way) {
            Some(value) => Some(&value.text),
            None => shell(name).map(stand_in).or_else(|| own.map(|value| value.text.as_str())),
        }
    }

    /// Whether nobody has looked at the value.
    pub(super) fn is_stand_in(&self, name: &str, shell: &Shell<'_>) -> bool {
        match self.0.get(name).filter(|value| !value.gives_way) {
            Some(value) => value.is_stand_in,
            None => shell(name) == Some(false),
        }
    }
}

fn stand_in(is_empty: bool) -> &'static str {
    if is_empty { "" } else { "set" }
}
