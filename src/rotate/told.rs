//! The words for what history tells, the same in `status`, `check` and `revoke`.

use super::{Exposure, Outsider};
use crate::name::{EnvName, KeyName};
use crate::words;

/// What a shallow clone says of the past.
pub(crate) const INCOMPLETE: &str = "this clone does not have the whole history (`git fetch --unshallow`), so more may be exposed than is known";

impl Exposure {
    /// What was seen, and what is not known.
    pub(crate) fn seen(&self) -> String {
        let versions = words::count(self.unknown, "earlier version");
        match (self.keys.as_slice(), self.unknown) {
            (keys, 0) => words::names(keys),
            ([], _) => format!("{versions} that you cannot open"),
            (keys, _) => format!("{}, and {versions} that you cannot open", words::names(keys)),
        }
    }
}

impl Outsider {
    /// A value that was seen is a previous one now, and still accepted.
    pub(crate) fn still_kept(&self, key: &KeyName, environment: &EnvName) -> String {
        format!(
            "{} the previous {key}, which is accepted until `senex-env rotate -e {environment} {key} --finish`",
            self.has_seen()
        )
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
