//! Merging versions of a sealed file with whatever the caller can open.

use crate::desk::At;
use crate::error::Error;
use crate::exit::Exit;
use crate::git;
use crate::identity::{Identities, UnlockError};
use crate::name::{EnvName, PersonName};
use crate::project::Project;
use crate::recipient;
use crate::sealed::{self, Base, ClosedMerge, DataKey, Merge, MergeError, OpenFile, SealedFile};

/// Three versions, as git has them. No base, or one that is no sealed file: both sides made the file.
pub(crate) struct Versions {
    pub base: Option<Vec<u8>>,
    pub ours: Vec<u8>,
    pub theirs: Vec<u8>,
    /// The commit of our side, whose project file says who may come in.
    pub our_commit: String,
}

/// What could be done.
pub(crate) enum Merged {
    /// An identity opened both sides.
    Open(Box<Merge>),
    /// None did; the ciphertexts were merged, and nobody can use the file before a holder has sealed it.
    Closed(ClosedMerge),
}

pub(crate) fn merge(
    at: At<'_>,
    versions: &Versions,
    identities: &mut Identities<'_>,
) -> Result<Merged, Error> {
    let environment = at.name;
    let words = |side: &str, error: &sealed::Error| {
        let mut error = at.worded(error);
        error.message = format!("{side}: {}", error.message);
        let good = if side == "our side" { "theirs" } else { "ours" };
        let shown = at.shown();
        let path = shown.display();
        error.hints = vec![
            format!("`git checkout --{good} -- {path} && git add {path}` uses the other side as a whole"),
            "or `git merge --abort` (or abort the rebase or cherry-pick), repair that branch, and merge again"
                .to_owned(),
        ];
        error
    };
    let parse = |side, bytes: &[u8]| SealedFile::parse(bytes).map_err(|error| words(side, &error));
    let ours = parse("our side", &versions.ours)?;
    let theirs = parse("their side", &versions.theirs)?;
    let base = versions.base.as_deref().and_then(|bytes| SealedFile::parse(bytes).ok());
    let before = project_of(at.project, &versions.our_commit);
    let lets_in = |text: &str| {
        let person = before.as_ref().and_then(|before| before.person_with(recipient::identifier(text)));
        person.is_some_and(|person| person.environments.contains(environment))
    };

    let mut unlock = |file: &SealedFile| -> Result<Option<DataKey>, Error> {
        match identities.data_key(file.wrapped_keys()) {
            Ok(data_key) => Ok(Some(data_key)),
            Err(UnlockError::NoIdentity(_)) => Ok(None),
            Err(error) => Err(at.locked(&error)),
        }
    };
    let (Some(our_key), Some(their_key)) = (unlock(&ours)?, unlock(&theirs)?) else {
        let merged = sealed::merge_closed(base.as_ref(), &ours, &theirs, &lets_in);
        return merged.map(Merged::Closed).map_err(|error| refused(&error, environment));
    };
    let ours_is_older = ours.is_older_than(&theirs);
    let binding = at.binding();
    let ours = ours.open(our_key, &binding).map_err(|error| words("our side", &error))?;
    let theirs = theirs.open(their_key, &binding).map_err(|error| words("their side", &error))?;
    let base = match base {
        Some(file) => open_base(file, versions, [&ours, &theirs], identities),
        None => Base::None,
    };
    let merged = sealed::merge(&base, &ours, &theirs, ours_is_older, &lets_in);
    merged.map(|merge| Merged::Open(Box::new(merge))).map_err(|error| refused(&error, environment))
}

/// The project file as our side has it: theirs may be the work of somebody who lets himself in. `None` where
/// our side has none that can be read: then nobody new comes in.
fn project_of(project: &Project, our_commit: &str) -> Option<Project> {
    let bytes = git::at_revision(&project.file(), our_commit).ok()??;
    Project::parse(&project.root, std::str::from_utf8(&bytes).ok()?).ok()
}

/// By the data key of either side, which somebody who came later has too; else by an identity.
fn open_base(
    file: SealedFile,
    versions: &Versions,
    sides: [&OpenFile; 2],
    identities: &mut Identities<'_>,
) -> Base {
    let again = || SealedFile::parse(versions.base.as_deref()?).ok();
    for side in sides {
        if let Some(open) = again().and_then(|file| file.open_ancestor(side).ok()) {
            return Base::Open(open);
        }
    }
    let open = identities
        .data_key(file.wrapped_keys())
        .ok()
        .and_then(|data_key| again()?.open_unsealed(data_key).ok());
    open.map_or(Base::Closed(file), Base::Open)
}

fn refused(error: &MergeError, environment: &EnvName) -> Error {
    let exit = if *error == MergeError::DataKeys { Exit::NoIdentity } else { Exit::Integrity };
    let worded = Error::new(exit, error.to_string());
    match error {
        MergeError::DataKeys => worded.hint(format!(
            "somebody who can open `{environment}` merges with `senex-env seal -e {environment}`"
        )),
        MergeError::NobodyLeft | MergeError::Rule => worded.hint(format!(
            "use one side as a whole (`git checkout --ours envs/{environment}.env`, or `--theirs`) and repeat the changes of the other"
        )),
        MergeError::Recipient(_) | MergeError::Sealed(_) => worded,
    }
}

/// Says who comes in by a merge, who does not, and whose changes are in question.
pub(crate) fn tell(at: At<'_>, merge: &Merge) {
    let At { session, project, name: environment } = at;
    let person = |text: &str| project.person_with(recipient::identifier(text)).map(|person| &person.name);
    let named = |text: &str, person: Option<&PersonName>| match person {
        Some(name) => format!("{name} ({})", recipient::short(text)),
        None => recipient::short(text),
    };
    for text in &merge.let_in {
        let named = named(text, person(text));
        session.ui.warning(format!("{environment}: the merge grants access to {named}"));
    }
    for text in &merge.left_out {
        let person = person(text);
        let named = named(text, person);
        session.ui.warning(format!("{environment}: {named} was added by one side and is left out"));
        let name = person.map_or("NAME", PersonName::as_str);
        session.ui.note(format!("to grant access: `senex-env grant {name} -e {environment}`"));
    }
    if merge.is_doubtful {
        session.ui.warning(format!(
            "{environment}: one side was written with a data key that the other side has replaced, perhaps by somebody whose access was revoked: review its changes"
        ));
    }
}
