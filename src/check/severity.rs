//! How severe a finding is.

use crate::listed::listed;

listed! {
    /// How severe a finding is. Errors make `check` end with 1.
    pub(crate) enum Severity {
        /// Something will not work, or is not safe.
        Error = "error",
        /// Something may cause harm later.
        Warning = "warning",
    }
}
