//! What commands share: the project and the environment that are meant, opened, changed and saved.

pub(crate) mod access;
pub(crate) mod changes;
pub(crate) mod document;
pub(crate) mod mending;
pub(crate) mod merging;
mod session;
pub(crate) mod value;

pub(crate) use session::{NoPassphrase, Session, key_name, known_key};
pub(crate) use value::NewValue;
