//! The seam of the integration tests: what they hold against the real tools without a process between.

/// The command line.
pub mod cli {
    pub use crate::cli::{Cli, command};
}
/// Compose files.
pub mod compose {
    pub use crate::compose::Tool;
    /// What compose files say.
    pub mod model {
        pub use crate::compose::model::{Form, Project, Request, Requirement, Use};
    }
    /// `${…}`.
    pub mod interpolation {
        pub use crate::compose::interpolation::Operator;
    }
}
/// Errors.
pub mod error {
    pub use crate::error::Id;
}
/// Surroundings.
pub mod context {
    pub use crate::context::Context;
}
/// Files.
pub mod file {
    pub use crate::file::{create, replace};
}
/// Private identities.
pub mod identity {
    pub use crate::identity::{Identities, Identity, Passphrase, import, text_of};
}
/// Names.
pub mod name {
    pub use crate::name::{EnvName, KeyName};
}
/// Plaintext env files.
pub mod plaintext {
    pub use crate::plaintext::{Format, Reader, Reading, SecretManifest, WriteError, read_as, write};
}
/// The project file.
pub mod project {
    pub use crate::project::{Error, Field, Project, Shape, TABLES, Table, ValueType, json_schema};
}
/// Recipients.
pub mod recipient {
    pub use crate::recipient::*;
}
/// Sealed files.
pub mod sealed {
    pub use crate::sealed::{
        Base, Binding, Class, DataKey, Error, OpenFile, Rule, SealState, SealedFile, merge,
    };
}
/// Secrets.
pub mod secret {
    pub use crate::secret::Secret;
}
