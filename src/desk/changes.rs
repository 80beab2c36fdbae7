//! What `init`, `join`, `grant`, `revoke` and `rekey` share: several files changed together, or none.

use std::path::PathBuf;

use crate::desk::{At, Session};
use crate::error::{Error, Id};
use crate::exit::Exit;
use crate::name::{EnvName, PersonName};
use crate::project::{FILE, Person, Project, sops_yaml};
use crate::sealed::OpenFile;
use crate::{suggest, transaction, words};

/// One person of the project file, or an error that names the nearest.
pub(crate) fn person<'p>(project: &'p Project, name: &str) -> Result<&'p Person, Error> {
    project.person(name).ok_or_else(|| {
        let known: Vec<&str> = project.people.iter().map(|person| person.name.as_str()).collect();
        // What is not a name may be a value in the wrong place.
        let Ok(name) = PersonName::new(name) else {
            return Error::usage("there is no person of that name in the project file")
                .of_kind(Id::UnknownPerson)
                .note(format!("it has {}", words::names(&known)));
        };
        Error::usage(format!("there is no person `{name}` in the project file"))
            .of_kind(Id::UnknownPerson)
            .note(format!("it has {}", words::names(&known)))
            .did_you_mean(suggest::nearest(name.as_str(), known.iter().copied()))
            .hint(format!("`senex-env join {name}` is how they request access"))
    })
}

/// A name for a person.
pub(crate) fn person_name(name: &str) -> Result<PersonName, Error> {
    PersonName::new(name).map_err(|error| {
        Error::usage(format!("that is not a valid name for a person: {error}")).of_kind(Id::InvalidName)
    })
}

/// The environments that are named, one or several with commas between; `None` when none is.
pub(crate) fn environments<'p>(
    session: &Session<'_>,
    project: &'p Project,
    given: Option<&str>,
) -> Result<Option<Vec<&'p EnvName>>, Error> {
    let Some(given) = given else { return Ok(None) };
    let mut names: Vec<&EnvName> = Vec::new();
    for name in given.split(',') {
        let name = &session.environment(project, Some(name))?.name;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(Some(names))
}

/// Files to be written together.
pub(crate) struct Changes<'a> {
    session: &'a Session<'a>,
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl<'a> Changes<'a> {
    pub(crate) fn new(session: &'a Session<'a>) -> Self {
        Self { session, files: Vec::new() }
    }

    /// A sealed file in its new state.
    pub(crate) fn sealed(&mut self, at: At<'_>, open: &OpenFile) -> Result<(), Error> {
        self.files.push((format!("{}.env", at.name).into(), at.close(open)?));
        Ok(())
    }

    /// The project file in its new state, and what is generated from it.
    pub(crate) fn project(&mut self, project: &Project, text: String) -> Result<(), Error> {
        let changed = Project::parse(&project.root, &text)?;
        self.files.push((FILE.into(), text.into_bytes()));
        self.files.push((".sops.yaml".into(), sops_yaml(&changed).into_bytes()));
        Ok(())
    }

    /// All or none. The caller holds the lock.
    pub(crate) fn write(self, project: &Project) -> Result<(), Error> {
        transaction::replace_all(&project.folder(), &self.files).map_err(|error| {
            let folder = self.session.relative(&project.folder());
            Error::io("cannot write in", &folder, &error).exiting(Exit::Io).note("no file was changed")
        })
    }
}
