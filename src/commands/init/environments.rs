//! What lies in a project, by its names: compose files, plaintext env files, and the environments that both tell of.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::dot_env;
use crate::compose::{Variant, variant};
use crate::name::EnvName;

/// The compose files that a tool finds by itself, in its order.
const BASES: [&str; 8] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "podman-compose.yaml",
    "podman-compose.yml",
    "container-compose.yaml",
    "container-compose.yml",
];
/// What it adds to the first of them.
const OVERRIDES: [&str; 8] = [
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
    "podman-compose.override.yml",
    "podman-compose.override.yaml",
    "container-compose.override.yml",
    "container-compose.override.yaml",
];
/// Words that name an environment wherever they stand, with the name it gets.
const KNOWN: [(&str, &str); 20] = [
    ("dev", "development"),
    ("devel", "development"),
    ("development", "development"),
    ("local", "local"),
    ("test", "test"),
    ("tests", "test"),
    ("testing", "test"),
    ("ci", "ci"),
    ("e2e", "e2e"),
    ("qa", "qa"),
    ("uat", "uat"),
    ("demo", "demo"),
    ("sandbox", "sandbox"),
    ("preview", "preview"),
    ("preprod", "preprod"),
    ("stage", "staging"),
    ("staging", "staging"),
    ("prod", "production"),
    ("production", "production"),
    ("live", "live"),
];
/// Files for people, backups, and what other tools keep: no values of an environment.
const NOT_MEANT: [&str; 24] = [
    "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "keys",
    "vault", "bak", "backup", "old", "orig", "save", "saved", "swp", "tmp", "gpg", "enc", "age", "json",
    "schema",
];

/// An environment with what belongs to it, by name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub name: EnvName,
    /// From the root, in the order of `-f`.
    pub compose: Vec<String>,
    /// From the root; the file that a tool reads by itself first.
    pub plaintext: Vec<PathBuf>,
}

/// The names of the files at a project's root and in `.envs/`.
pub(super) struct Listing {
    files: BTreeSet<String>,
    /// The variants that are more than something on top of the base.
    stacks: BTreeMap<String, Variant>,
    /// Whose `.env` it is, where no file is loaded without being named.
    dot_env: Option<EnvName>,
}

impl Listing {
    /// Links count as what they lead to; anything but a regular file is nothing to us.
    pub(super) fn of(root: &Path) -> std::io::Result<Self> {
        let mut files = BTreeSet::new();
        let mut add = |folder: &Path, before: &str| -> std::io::Result<Vec<String>> {
            let mut folders = Vec::new();
            for entry in std::fs::read_dir(folder)? {
                let entry = entry?;
                let Ok(name) = entry.file_name().into_string() else { continue };
                match std::fs::metadata(entry.path()) {
                    Ok(about) if about.is_file() => drop(files.insert(format!("{before}{name}"))),
                    Ok(about) if about.is_dir() => folders.push(name),
                    _ => {}
                }
            }
            Ok(folders)
        };
        if add(root, "")?.iter().any(|name| name == ".envs") {
            for folder in add(&root.join(".envs"), ".envs/")? {
                add(&root.join(".envs").join(&folder), &format!(".envs/{folder}/"))?;
            }
        }
        let mut listing = Self { files, stacks: BTreeMap::new(), dot_env: None };
        listing.stacks = listing.stacks_in(root);
        listing.dot_env = listing.dot_env_in(root);
        Ok(listing)
    }

    fn dot_env_in(&self, root: &Path) -> Option<EnvName> {
        let mut of = BTreeMap::new();
        for (file, word) in self.variants() {
            of.extend(known(&word).map(|name| (file, name)));
        }
        let is_development = of.values().any(|name| name.as_str() == "development");
        if self.base().is_some() || is_development {
            return None;
        }
        let files: Vec<String> = of.keys().cloned().collect();
        dot_env::reader(root, &files).and_then(|file| of.remove(&file))
    }

    fn stacks_in(&self, root: &Path) -> BTreeMap<String, Variant> {
        let Some(base) = self.base() else { return BTreeMap::new() };
        let variants = self.variants().into_iter().map(|(file, _)| file);
        let kinds = variants.map(|file| (variant(&root.join(base), &root.join(&file)), file));
        kinds.filter(|(kind, _)| *kind != Variant::Over).map(|(kind, file)| (file, kind)).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.files.contains(name)
    }

    /// What the tools load by themselves.
    pub(super) fn base(&self) -> Option<&'static str> {
        BASES.into_iter().find(|name| self.has(name))
    }

    /// Compose files with one more word in their names: `docker-compose.prod.yml`; of a base's own name, if there is
    /// a base. Without one, also `production.yml`.
    fn variants(&self) -> Vec<(String, String)> {
        let stem = self.base().and_then(|base| base.rsplit_once('.')).map(|(stem, _)| stem);
        let stems: Vec<&str> =
            BASES.iter().filter_map(|base| base.rsplit_once('.')).map(|(stem, _)| stem).collect();
        let word = |file: &str| -> Option<String> {
            let bare = file.strip_suffix(".yml").or_else(|| file.strip_suffix(".yaml"))?;
            let word = match bare.rsplit_once('.') {
                Some((start, word)) if stem.map_or(stems.contains(&start), |stem| stem == start) => word,
                None if stem.is_none() && known(bare).is_some() => bare,
                _ => return None,
            };
            (word != "override").then(|| word.to_owned())
        };
        self.files.iter().filter_map(|file| Some((file.clone(), word(file)?))).collect()
    }

    /// Env files with the word that names their environment; `None` for `.env` itself and its local twin.
    fn env_files(&self) -> Vec<(String, Option<String>)> {
        let word = |file: &str| -> Option<Option<String>> {
            if let Some((folder, _)) = file.strip_prefix(".envs/").and_then(|rest| rest.split_once('/')) {
                return Some(Some(folder.trim_start_matches('.').to_owned()));
            }
            if file.contains('/') {
                return None;
            }
            let word = match (file.strip_prefix(".env."), file.strip_suffix(".env")) {
                _ if file == ".env" => return Some(None),
                (Some("local"), _) => return Some(None),
                (Some(word), _) | (None, Some(word)) => word.trim_end_matches(".local"),
                (None, None) => return None,
            };
            // `.env.prod.db`
            let word = word.trim_start_matches('.');
            Some(Some(word.split('.').find(|part| known(part).is_some()).unwrap_or(word).to_owned()))
        };
        let is_meant = |file: &str| !file.split(['.', '-', '_', '/']).any(|part| NOT_MEANT.contains(&part));
        let files = self.files.iter().filter(|file| is_meant(file));
        files.filter_map(|file| Some((file.clone(), word(file)?))).collect()
    }

    /// The environments that names tell of, the default first and production last.
    pub(super) fn environments(&self) -> Vec<Found> {
        let (variants, env_files) = (self.variants(), self.env_files());
        let words = |list: &mut dyn Iterator<Item = &String>| list.cloned().collect::<BTreeSet<String>>();
        let of_compose = words(&mut variants.iter().map(|(_, word)| word));
        let of_env_files = words(&mut env_files.iter().filter_map(|(_, word)| word.as_ref()));
        let named = |word: &String| match known(word) {
            Some(name) => Some(name),
            // Anything else is a variant, unless there are values for it as well.
            None if of_compose.contains(word) && of_env_files.contains(word) => EnvName::new(word).ok(),
            None => None,
        };
        let mut names: BTreeSet<EnvName> = of_compose.union(&of_env_files).filter_map(named).collect();
        let plain = |name: &str| EnvName::new(name).expect("a name");
        let has_base = self.base().is_some();
        let has_dot_env = self.dot_env.is_none() && env_files.iter().any(|(_, word)| word.is_none());
        if names.is_empty() && !has_dot_env {
            names.insert(plain("production"));
        }
        // What the tools start by themselves is somebody's development.
        if has_base || has_dot_env || names.iter().all(|name| name.as_str() == "production") {
            names.insert(plain("development"));
        }
        let gets_dot_env = |name: &EnvName| match &self.dot_env {
            Some(owner) => owner == name,
            None => name.as_str() == "development",
        };
        let mut found: Vec<Found> = names.iter().map(|name| self.found(name, gets_dot_env(name))).collect();
        found.sort_by_key(|found| match found.name.as_str() {
            "development" => (0, String::new()),
            "local" => (1, String::new()),
            "production" | "live" => (3, found.name.to_string()),
            other => (2, other.to_owned()),
        });
        self.add_override(&mut found);
        found
    }

    /// The environments that are named on the command line. What has no name of its own belongs to the first.
    pub(super) fn given(&self, names: &[EnvName]) -> Vec<Found> {
        let mut found: Vec<Found> =
            names.iter().enumerate().map(|(at, name)| self.found(name, at == 0)).collect();
        self.add_override(&mut found);
        found
    }

    fn found(&self, name: &EnvName, is_default: bool) -> Found {
        let is_named = |word: &str| word == name.as_str() || known(word).is_some_and(|known| known == *name);
        let variant = self.variants().into_iter().find(|(_, word)| is_named(word)).map(|(file, _)| file);
        let stack = variant.as_ref().and_then(|file| self.stacks.get(file));
        let base = self.base().map(str::to_owned);
        // The default is what starts without naming a file, unless the base is there for production to build on.
        let (base, variant) = match stack {
            Some(_) if is_default => (base, None),
            None if is_default && base.is_some() && !self.is_built_on() => (base, None),
            Some(Variant::Instead) => (None, variant),
            _ => (base, variant),
        };
        let env_files = self.env_files().into_iter();
        let own = env_files.filter(|(_, word)| word.as_deref().map_or(is_default, is_named));
        let mut plaintext: Vec<PathBuf> = own.map(|(file, _)| PathBuf::from(file)).collect();
        plaintext.sort_by_key(|file| strength(file));
        Found { name: name.clone(), compose: base.into_iter().chain(variant).collect(), plaintext }
    }

    /// Production, or what is like it, has a file on top of the base.
    fn is_built_on(&self) -> bool {
        self.variants().iter().any(|(file, word)| {
            !self.stacks.contains_key(file) && known(word).is_some_and(|name| is_guarded(&name))
        })
    }

    /// The default is started without naming a file, so with what the tools add by themselves.
    fn add_override(&self, found: &mut [Found]) {
        let over = OVERRIDES.into_iter().find(|name| self.has(name));
        if let (Some(over), Some(base), Some(first)) = (over, self.base(), found.first_mut())
            && first.compose == [base]
        {
            first.compose.push(over.to_owned());
        }
    }

    /// Env files that belong to none of these environments.
    pub(super) fn others(&self, environments: &[Found]) -> Vec<PathBuf> {
        let all = self.env_files().into_iter().map(|(file, _)| PathBuf::from(file));
        all.filter(|file| !environments.iter().any(|found| found.plaintext.contains(file))).collect()
    }
}

/// `.env` counts first, what is local last, as compose has it.
fn strength(file: &Path) -> (bool, bool, PathBuf) {
    let name = file.to_string_lossy();
    (name != ".env", name.ends_with(".local"), file.to_owned())
}

/// Environments whose values are elsewhere, and must not be made of what lies on the machine of a developer.
pub(super) fn is_guarded(environment: &EnvName) -> bool {
    ["production", "live", "staging", "preprod", "uat"].contains(&environment.as_str())
}

/// The environment that a word names by itself.
pub(super) fn known(word: &str) -> Option<EnvName> {
    let word = word.to_ascii_lowercase();
    KNOWN.iter().find(|(known, _)| *known == word).and_then(|(_, name)| EnvName::new(name).ok())
}

#[cfg(test)]
mod tests;
