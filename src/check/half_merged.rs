//! Files that were merged as text.

use super::{Defect, Finding};
use crate::name::EnvName;
use crate::place::Place;
use crate::project::Project;
use crate::sealed::{self, SealedFile};
use crate::{file, git};

/// A file that holds lines of one version under the checksum of another, as a merge of its text leaves it.
/// Seen without an identity: a checksum is never made twice.
pub(super) fn half_merged(project: &Project, environment: &EnvName, file: &SealedFile) -> Option<Finding> {
    const MOST_COMMITS: usize = 1000;
    let path = project.sealed_file(environment);
    let bytes = file::read_regular(&path, sealed::LARGEST).ok()?;
    let found = git::versions_everywhere(&path, MOST_COMMITS, &mut |version| {
        *version != **bytes && SealedFile::parse(version).is_ok_and(|version| file.has_mac_of(&version))
    });
    found.unwrap_or(false).then(|| {
        let message = "lines were merged or edited without sealing the file again, so it cannot be used";
        Finding::new(Defect::HalfMerged, environment, message)
            .at(Place { path, line: 1, column: 1 })
            .command(format!("senex-env seal -e {environment}"))
    })
}
