//! What must not be in git: the values that are searched for, what is found, and what is allowed.

mod found;
mod values;

use std::sync::{Mutex, PoisonError};

use crate::desk::Session;
use crate::project::Project;
use crate::words;

pub(crate) use found::{Finding, finding, json};
pub(crate) use values::{Public, Values};

/// The findings that the project file does not allow, in the order of their places.
pub(crate) fn allowed_aside(project: &Project, mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| {
        let covered = || project.allowed.iter().any(|allowed| allowed.covers(&finding.path, &finding.what));
        !(finding.can_be_allowed() && covered())
    });
    sort(&mut findings);
    findings
}

/// In the order of their places.
pub(crate) fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| (&a.path, a.line, &a.what).cmp(&(&b.path, b.line, &b.what)));
}

/// Contents that this clone does not hold.
pub(crate) fn say_what_was_not_read(unread: usize, session: &Session<'_>) {
    if unread > 0 {
        let what = words::count(unread, "content");
        session.ui.note(format!("senex-env: not searched, because it cannot be read here: {what}"));
    }
}

/// Several threads find at once.
pub(crate) fn add<T>(list: &Mutex<Vec<T>>, new: Vec<T>) {
    if !new.is_empty() {
        list.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
    }
}

/// What all of them have found.
pub(crate) fn taken<T>(list: Mutex<Vec<T>>) -> Vec<T> {
    list.into_inner().unwrap_or_else(PoisonError::into_inner)
}
