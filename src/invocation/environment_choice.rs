//! Which environment a set of compose files points to: with `-f docker-compose.prod.yml`, the one that
//! lists that file is meant.

use std::path::{Path, PathBuf};

use crate::name::EnvName;

/// The environment that compose files point to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meant {
    /// Nothing distinctive: every environment lists the files, or none does.
    None,
    /// Exactly one.
    One(EnvName),
    /// Several, in the order in which they are listed: either each lists all of the files, or the files
    /// belong to different ones.
    Several(Vec<EnvName>),
}

/// A compose file that belongs to other environments than the one that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contradiction {
    /// The file.
    pub file: PathBuf,
    /// The environments that list it.
    pub listed_by: Vec<EnvName>,
}

/// Which environments a set of compose files points to. All paths are canonical.
pub(crate) fn environments_meant(files: &[PathBuf], listed: &[(EnvName, Vec<PathBuf>)]) -> Meant {
    let distinctive: Vec<&PathBuf> = files
        .iter()
        .filter(|file| {
            let listing = listed.iter().filter(|(_, list)| list.contains(file)).count();
            listing > 0 && listing < listed.len()
        })
        .collect();
    if distinctive.is_empty() {
        return Meant::None;
    }
    let names = |fits: &dyn Fn(&[PathBuf]) -> bool| -> Vec<EnvName> {
        listed.iter().filter(|(_, list)| fits(list)).map(|(name, _)| name.clone()).collect()
    };
    let mut meant = names(&|list| distinctive.iter().all(|file| list.contains(file)));
    if meant.is_empty() {
        meant = names(&|list| distinctive.iter().any(|file| list.contains(file)));
    }
    if meant.len() == 1 { Meant::One(meant.remove(0)) } else { Meant::Several(meant) }
}

/// The first of `files` that another environment lists while `chosen` does not.
pub(crate) fn contradiction(
    chosen: &EnvName,
    files: &[PathBuf],
    listed: &[(EnvName, Vec<PathBuf>)],
) -> Option<Contradiction> {
    let own = listed.iter().find(|(name, _)| name == chosen).map_or(&[][..], |(_, list)| list);
    let foreign = |file: &&PathBuf| !own.contains(file) && listed.iter().any(|(_, list)| list.contains(file));
    let file = files.iter().find(foreign)?;
    let listed_by = environments_listing(file, listed);
    Some(Contradiction { file: file.clone(), listed_by })
}

fn environments_listing(file: &Path, listed: &[(EnvName, Vec<PathBuf>)]) -> Vec<EnvName> {
    let listing = listed.iter().filter(|(_, list)| list.iter().any(|l| l == file));
    listing.map(|(name, _)| name.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(names: &str) -> Vec<PathBuf> {
        names.split_whitespace().map(|name| Path::new("/p").join(name)).collect()
    }

    fn listed() -> Vec<(EnvName, Vec<PathBuf>)> {
        [("development", "base dev"), ("production", "base prod"), ("canary", "base prod canary")]
            .map(|(name, files)| (EnvName::new(name).unwrap(), paths(files)))
            .to_vec()
    }

    fn meant(files: &str) -> String {
        match environments_meant(&paths(files), &listed()) {
            Meant::None => "none".to_owned(),
            Meant::One(name) => name.to_string(),
            Meant::Several(names) => names.iter().map(EnvName::as_str).collect::<Vec<_>>().join("+"),
        }
    }

    #[test]
    fn file_listed_by_one_environment_selects_it() {
        assert_eq!(meant("dev"), "development");
        assert_eq!(meant("base dev"), "development");
        assert_eq!(meant("base prod canary"), "canary");
        assert_eq!(meant("base dev other"), "development");
    }

    #[test]
    fn files_of_all_or_no_environments_select_nothing() {
        for files in ["", "base", "other", "base other"] {
            assert_eq!(meant(files), "none", "{files}");
        }
    }

    #[test]
    fn ambiguous_files_select_no_environment() {
        assert_eq!(meant("base prod"), "production+canary");
        assert_eq!(meant("dev canary"), "development+canary");
    }

    #[test]
    fn a_file_of_another_environment_contradicts_the_chosen_one() {
        let against = |chosen: &str, files: &str| {
            contradiction(&EnvName::new(chosen).unwrap(), &paths(files), &listed())
                .map(|c| (c.file, c.listed_by.len()))
        };
        assert_eq!(against("development", "base prod"), Some((PathBuf::from("/p/prod"), 2)));
        assert_eq!(against("production", "base prod canary"), Some((PathBuf::from("/p/canary"), 1)));
        assert_eq!(against("production", "base prod other"), None);
        assert_eq!(against("unlisted", "base"), Some((PathBuf::from("/p/base"), 3)));
    }
}
