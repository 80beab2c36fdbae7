//! What commands share: the project and the environment that are meant, opened, changed and saved.

pub(crate) mod access;
mod at;
pub(crate) mod changes;
pub(crate) mod document;
pub(crate) mod hooks;
mod key;
pub(crate) mod leaks;
pub(crate) mod mending;
pub(crate) mod merging;
pub(crate) mod new_identity;
mod ready;
mod session;
pub(crate) mod taking_over;
mod update;
pub(crate) mod value;

pub(crate) use at::At;
pub(crate) use key::{key_name, known_key};
pub(crate) use session::{NoPassphrase, Session};
pub(crate) use value::NewValue;
