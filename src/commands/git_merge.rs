//! `git-merge`: the merge driver that git calls. See gitattributes(5), "Defining a custom merge driver".

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use crate::cli;
use crate::desk::merging::{self, Merged, Versions};
use crate::desk::{At, Session};
use crate::error::Error;
use crate::exit::Exit;
use crate::file;
use crate::name::EnvName;
use crate::project::{Project, merge_sops_yaml};
use crate::sealed::{self, both_with_markers};
use crate::words;

/// Git asks for longer markers when it merges two common ancestors to have one.
const OUTERMOST_MARKERS: usize = 7;

/// Exit 0 is a clean merge, 1 a conflict; the result is left in the file of our side.
pub(super) fn run(arguments: &cli::GitMerge, session: &Session<'_>) -> Result<Exit, Error> {
    let read = |path: &Path| {
        file::read(path, sealed::LARGEST)
            .map(|bytes| bytes.to_vec())
            .map_err(|error| Error::io("cannot read", path, &error))
    };
    let versions = Versions {
        base: Some(read(&arguments.base)?),
        ours: read(&arguments.ours)?,
        theirs: read(&arguments.theirs)?,
        our_commit: "HEAD".to_owned(),
    };
    let outcome = if arguments.path.file_name().is_some_and(|name| name == ".sops.yaml") {
        generated(&versions)
    } else {
        merge(arguments, session, &versions)
    };
    let (bytes, exit) = match outcome {
        Ok(merged) => merged,
        Err(error) => {
            session.ui.error(&error);
            (both_with_markers(&versions.ours, &versions.theirs), Exit::No)
        }
    };
    // A temporary file of git's: nothing is lost if the power fails now.
    File::create(&arguments.ours)
        .and_then(|mut file| file.write_all(&bytes))
        .map_err(|error| Error::io("cannot write", &arguments.ours, &error))?;
    Ok(exit)
}

/// The file that is generated for `sops`.
fn generated(versions: &Versions) -> Result<(Vec<u8>, Exit), Error> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let base = versions.base.as_deref().map(text).unwrap_or_default();
    let merged = merge_sops_yaml(&base, &text(&versions.ours), &text(&versions.theirs));
    let merged = merged.ok_or_else(|| {
        Error::no("envs/.sops.yaml differs from what senex-env generates, so it was not merged")
            .hint("keep either side, then `senex-env seal` regenerates it")
    })?;
    Ok((merged.into_bytes(), Exit::Ok))
}

fn merge(
    arguments: &cli::GitMerge,
    session: &Session<'_>,
    versions: &Versions,
) -> Result<(Vec<u8>, Exit), Error> {
    let (project, environment) = place(&arguments.path, session)?;
    let shown = arguments.path.display();
    let at = At::new(session, &project, &environment);
    let mut merge = match merging::merge(at, versions, &mut session.identities())? {
        Merged::Open(merge) => merge,
        Merged::Closed(merge) => {
            session.ui.warning(format!("{shown}: merged without being opened, and not sealed"));
            session.ui.note(format!(
                "until somebody who can open it runs `senex-env seal -e {environment}`, nobody can use it"
            ));
            return Ok((merge.bytes, conflicts(session, &environment, &merge.conflicts)));
        }
    };
    if arguments.marker_size > OUTERMOST_MARKERS {
        merge.resolve_with_noise().map_err(|error| Error::new(Exit::Io, error.to_string()))?;
    }
    if !merge.kept_secret.is_empty() {
        let names = words::names(&merge.kept_secret);
        session.ui.warning(format!(
            "{shown}: {names} stays secret: one side made it readable, the other set \
            a value that was never readable"
        ));
    }
    merging::tell(at, &merge);
    let bytes = merge.close(&at.binding()).map_err(|error| at.worded(&error))?;
    let keys: Vec<_> = merge.conflicts.iter().map(|conflict| conflict.key.clone()).collect();
    Ok((bytes, conflicts(session, &environment, &keys)))
}

fn conflicts<T: std::fmt::Display>(session: &Session<'_>, environment: &EnvName, keys: &[T]) -> Exit {
    if keys.is_empty() {
        return Exit::Ok;
    }
    session.ui.warning(format!("{environment}: both sides changed {}", words::names(keys)));
    session.ui.notes([
        format!("keep one of the two lines of each key, or neither; then `senex-env seal -e {environment}` and `git add`"),
        format!("(`senex-env seal -e {environment} --ours` or `--theirs` uses one side for all of them)"),
    ]);
    Exit::No
}

/// Git calls from the top of the work tree and names the path from there.
fn place(path: &Path, session: &Session<'_>) -> Result<(Project, EnvName), Error> {
    let unknown = || Error::usage("this is not the path of a sealed file: envs/NAME.env");
    let stem = path.file_stem().and_then(|stem| stem.to_str()).ok_or_else(unknown)?;
    let environment = EnvName::new(stem).map_err(|_| unknown())?;
    let root = path.parent().and_then(Path::parent).ok_or_else(unknown)?;
    let project = Project::load(&session.context.directory.join(root))?;
    Ok((project, environment))
}
