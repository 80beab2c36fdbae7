//! What an environment is written as: a dialect of env files, or a Kubernetes Secret.

use zeroize::Zeroizing;

use crate::cli;
use crate::desk::At;
use crate::error::Error;
use crate::name::KeyName;
use crate::plaintext::{self, Format, SecretManifest, WriteError};
use crate::secret::Secret;

/// A format, with all that it needs to know beside the values.
pub(crate) enum Document {
    Dialect(Format),
    Secret(SecretManifest),
}

impl Document {
    /// The document of an environment; a Kubernetes Secret has its name from project and environment.
    pub(crate) fn new(format: cli::Format, at: At<'_>, namespace: Option<&str>) -> Result<Self, Error> {
        let name = format!("{}-{}", at.project.name, at.name).to_lowercase().replace(['_', ' '], "-");
        Self::named(format, &name, at, namespace)
    }

    /// The same under a name that was given.
    pub(crate) fn named(
        format: cli::Format,
        name: &str,
        at: At<'_>,
        namespace: Option<&str>,
    ) -> Result<Self, Error> {
        match format {
            cli::Format::Dialect(dialect) => Ok(Self::Dialect(dialect)),
            cli::Format::K8s => {
                let manifest = SecretManifest::new(name, namespace).map_err(|error| {
                    let error = Error::usage(error.to_string());
                    error.hint(format!(
                        "the name is `{name}`; `senex-env export -e {} --format k8s --name NAME` sets another",
                        at.name
                    ))
                });
                manifest.map(Self::Secret)
            }
        }
    }

    /// The text. What the format cannot carry is refused by name.
    pub(crate) fn write(&self, pairs: &[(&KeyName, &Secret)]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let written = match self {
            Self::Dialect(format) => plaintext::write(*format, pairs),
            Self::Secret(manifest) => manifest.write(pairs),
        };
        written.map_err(|error| {
            let worded = Error::no(error.to_string());
            match error {
                WriteError::Nul { .. }
                | WriteError::Duplicate { .. }
                | WriteError::ReadsBackDifferently { .. } => worded,
                WriteError::LineFeed { .. }
                | WriteError::TrailingCarriageReturn { .. }
                | WriteError::TooLong { .. }
                | WriteError::Unquotable { .. }
                | WriteError::Name { .. }
                | WriteError::LongName { .. }
                | WriteError::TooMuch { .. }
                | WriteError::HelperName { .. } => {
                    worded.hint("`--format json` can represent every name and value")
                }
            }
        })
    }

    /// What a file of the format is called.
    pub(crate) fn file_name(&self) -> &'static str {
        match self {
            Self::Dialect(dialect) => match dialect {
                Format::Json => "env.json",
                Format::Yaml => "env.yaml",
                Format::Shell => "env.sh",
                Format::Compose | Format::Raw | Format::Node | Format::Dotenvy | Format::Systemd => "env",
            },
            Self::Secret(_) => "secret.yaml",
        }
    }
}
