//! Sealed files that are about to be committed: they must be whole.

use std::path::Path;

use super::super::session::Session;
use super::found::Finding;
use super::values::NoPassphrase;
use crate::git::scan::Origin;
use crate::identity::Identities;
use crate::project::{FOLDER, Project};
use crate::sealed::{SealState, SealedFile};

/// What is wrong with a staged file, if it is the sealed file of an environment of the project at `root`.
pub fn problem(
    project: &Project,
    root: &Path,
    origin: &Origin,
    bytes: &[u8],
    session: &Session<'_>,
) -> Option<Finding> {
    let environment = project.environments.iter().find(|environment| {
        Path::new(&origin.path) == root.join(FOLDER).join(format!("{}.env", environment.name))
    })?;
    let name = &environment.name;
    let file = match SealedFile::parse(bytes) {
        Ok(file) => file,
        Err(error) => return Some(finding(origin, error.to_string(), error.line(), name.as_str())),
    };
    let mut identities = Identities::new(session.context, &NoPassphrase);
    // Who cannot open it cannot know more.
    let data_key = identities.data_key(file.wrapped_keys()).ok()?;
    match file.open_unsealed(data_key) {
        Ok(open) if open.seal_state(&project.binding(name)) == SealState::Good => None,
        Ok(_) => Some(finding(origin, "it was changed and not sealed again".to_owned(), None, name.as_str())),
        Err(error) => Some(finding(origin, error.to_string(), error.line(), name.as_str())),
    }
}

fn finding(origin: &Origin, why: String, line: Option<usize>, environment: &str) -> Finding {
    Finding {
        kind: "sealed-file",
        what: "sealed-file".to_owned(),
        environments: vec![environment.to_owned()],
        encoding: None,
        path: origin.path.clone(),
        line,
        commit: None,
        text: format!("not a good sealed file: {why} (`senex-env seal -e {environment}`)"),
    }
}
