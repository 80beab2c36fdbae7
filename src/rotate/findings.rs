//! What is to be done about values: too old, or known to somebody who is out.

use super::{Changed, Exposure, History, Outsider};
use crate::name::KeyName;
use crate::project::Project;
use crate::sealed::OpenFile;

const DAY: i64 = 24 * 60 * 60;

/// A value that is older than its key allows.
#[derive(Debug)]
pub(crate) struct Overdue {
    /// Whose value.
    pub key: KeyName,
    /// Its age in days, or more.
    pub days: i64,
    /// Days after which it should have been changed.
    pub limit: u32,
}

/// What is to be done in one environment.
pub(crate) struct Findings {
    /// Values that are too old.
    pub overdue: Vec<Overdue>,
    /// Who is out, and what they have seen.
    pub exposed: Vec<(Outsider, Exposure)>,
}

impl Findings {
    /// Looks at the values of `file`; `now` in seconds since 1970.
    pub(crate) fn new(project: &Project, file: &OpenFile, history: &History, now: i64) -> Self {
        let overdue = project.keys.iter().filter_map(|key| {
            let limit = key.rotate_after_days?;
            let days = history.changed(&key.name)?.age_days(now);
            (days > i64::from(limit)).then(|| Overdue { key: key.name.clone(), days, limit })
        });
        Self { overdue: overdue.collect(), exposed: history.exposed(project, file) }
    }

    /// Whether something is to be done. Versions that the caller cannot open, and previous values that
    /// are kept for a while, are said, and call for nothing at once.
    pub(crate) fn call_for_action(&self) -> bool {
        !self.overdue.is_empty() || self.exposed.iter().any(|(_, exposure)| !exposure.keys.is_empty())
    }
}

impl Changed {
    /// Whole days until `now`, in seconds since 1970; a clock that was wrong makes no negative age.
    pub(crate) fn age_days(&self, now: i64) -> i64 {
        (now - self.commit.time).max(0) / DAY
    }
}
