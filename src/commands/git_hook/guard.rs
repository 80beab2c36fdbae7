//! What the hook knows of a project: the values that must not leak, and which files must be whole.

use std::path::{Path, PathBuf};

use crate::check;
use crate::desk::leaks::{Finding, Values};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::git;
use crate::git::scan::Origin;
use crate::name::EnvName;
use crate::project::{FILE, FOLDER, Project};
use crate::sealed::{self, SealState, SealedFile};

/// One project of a repository; or, without one, the rules of shape alone.
pub(super) struct Guard {
    /// From the top of the work tree.
    root: PathBuf,
    pub project: Option<Project>,
    pub values: Values,
}

/// For every project of the index, by its root from `top`; at least one guard. Of what a sparse checkout leaves out,
/// `staged` gives what the index has.
pub(super) fn guards(
    top: &Path,
    roots: Vec<PathBuf>,
    staged: &dyn Fn(&Path) -> Option<Vec<u8>>,
    session: &Session<'_>,
) -> Result<Vec<Guard>, Error> {
    let mut guards = Vec::new();
    for root in roots {
        let (folder, place) = (root.join(FOLDER), top.join(&root));
        let project = if std::fs::symlink_metadata(top.join(folder.join(FILE))).is_ok() {
            Project::load(&place)
        } else {
            let text = staged(&folder.join(FILE)).unwrap_or_default();
            Project::parse(&place, &String::from_utf8_lossy(&text))
        };
        let project = project.map_err(|error| error.seen_from(&session.context.directory))?;
        let file = |name: &EnvName| staged(&folder.join(format!("{name}.env")));
        let values = Values::of(&project, session, &mut session.quiet_identities(), &file)?;
        guards.push(Guard { root, project: Some(project), values });
    }
    if guards.is_empty() {
        guards.push(Guard { root: PathBuf::new(), project: None, values: Values::none()? });
    }
    Ok(guards)
}

impl Guard {
    /// The environment whose sealed file this is.
    pub(super) fn environment(&self, origin: &Origin) -> Option<&EnvName> {
        let environments = &self.project.as_ref()?.environments;
        let folder = self.root.join(FOLDER);
        let mut names = environments.iter().map(|environment| &environment.name);
        names.find(|name| Path::new(&origin.path) == folder.join(format!("{name}.env")))
    }

    /// Readable values of a staged sealed file that look like credentials.
    pub(super) fn readable(&self, origin: &Origin, bytes: &[u8]) -> Vec<Finding> {
        let (Some(name), Some(project)) = (self.environment(origin), self.project.as_ref()) else {
            return Vec::new();
        };
        let Ok(file) = SealedFile::parse(bytes) else { return Vec::new() };
        let found = check::readable(project, name, &file).into_iter();
        let of_keys = found.filter_map(|found| Some((found.key?, found.message, found.place?.line)));
        of_keys
            .filter(|(key, ..)| !check::is_allowed(project, key.as_str()))
            .map(|(key, text, line)| Finding {
                kind: "readable-secret",
                what: key.to_string(),
                environments: vec![name.to_string()],
                encoding: None,
                path: origin.path.clone(),
                line: Some(line),
                commit: None,
                text,
            })
            .collect()
    }

    /// Says which sealed files git ignores: they are in no commit.
    pub(super) fn say_what_is_ignored(&self, session: &Session<'_>) {
        for environment in self.project.iter().flat_map(|project| &project.environments) {
            let path = self.project.as_ref().map(|project| project.sealed_file(&environment.name));
            if path.is_some_and(|path| path.exists() && git::is_ignored(&path)) {
                session.ui.warning(format!(
                    "senex-env: git ignores envs/{}.env, so it is in no commit (`senex-env hooks install` writes the exception)",
                    environment.name
                ));
            }
        }
    }

    /// What is wrong with a staged file, if it is the sealed file of an environment.
    pub(super) fn problem(&self, origin: &Origin, bytes: &[u8], session: &Session<'_>) -> Option<Finding> {
        let (name, project) = (self.environment(origin)?, self.project.as_ref()?);
        let at = At::new(session, project, name);
        let broken = |error: &sealed::Error| {
            let way_out = at.worded(error).hints.into_iter().next();
            Some(finding(origin, error.to_string(), error.line(), name.as_str(), way_out))
        };
        let file = match SealedFile::parse(bytes) {
            Ok(file) => file,
            Err(error) => return broken(&error),
        };
        // Who cannot open it cannot know more.
        let data_key = session.quiet_identities().data_key(file.wrapped_keys()).ok()?;
        match file.open_unsealed(data_key) {
            Ok(open) if open.seal_state(&project.binding(name)) == SealState::Good => None,
            Ok(_) => {
                let way_out = format!("`senex-env seal -e {name}`");
                let why = "it was changed without being re-sealed".to_owned();
                Some(finding(origin, why, None, name.as_str(), Some(way_out)))
            }
            Err(error) => broken(&error),
        }
    }
}

fn finding(
    origin: &Origin,
    why: String,
    line: Option<usize>,
    environment: &str,
    way_out: Option<String>,
) -> Finding {
    let way_out = way_out.map_or(String::new(), |way_out| format!(" ({way_out})"));
    Finding {
        kind: "sealed-file",
        what: "sealed-file".to_owned(),
        environments: vec![environment.to_owned()],
        encoding: None,
        path: origin.path.clone(),
        line,
        commit: None,
        text: format!("not a valid sealed file: {why}{way_out}"),
    }
}
