//! The names that env files for compose use for themselves.

/// The variable that must never be set: its default stands for a `$`. Remove it from the child's process
/// environment.
pub(crate) const UNSET_HELPER: &str = "__senex_env_unset";

/// The variable that holds a `$`, defined at the top of a file that needs it. Remove it from the child's
/// process environment: there it would win over the file.
pub(crate) const DOLLAR_HELPER: &str = "__SENEX_DOLLAR";
