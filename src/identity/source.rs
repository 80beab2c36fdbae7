//! The places where identities are looked for, cheap ones first.

use std::path::PathBuf;

use crate::context::Context;

/// One place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// The text of identities in a variable.
    Variable(&'static str),
    /// A file named by a variable.
    FileVariable(&'static str),
    /// A file with a fixed path.
    File(PathBuf),
    /// A command in a variable, whose output is the text of identities.
    CommandVariable(&'static str),
    /// The keyring.
    Keyring,
}

/// In the order of asking. Variables and files cost nothing; a command may do anything, a keyring may
/// ask a person to unlock it. Passphrases are asked for after all of them.
pub(super) fn sources(context: &Context) -> Vec<Source> {
    let mut sources = vec![
        Source::Variable("SENEX_ENV_KEY"),
        Source::FileVariable("SENEX_ENV_KEY_FILE"),
        Source::Variable("SOPS_AGE_KEY"),
        Source::FileVariable("SOPS_AGE_KEY_FILE"),
    ];
    sources.extend(default_file(context).map(Source::File));
    sources.extend(sops_file(context).map(Source::File));
    sources.push(Source::FileVariable("SOPS_AGE_SSH_PRIVATE_KEY_FILE"));
    sources.extend(context.home().map(|home| Source::File(home.join(".ssh/id_ed25519"))));
    sources.push(Source::CommandVariable("SENEX_ENV_KEY_CMD"));
    sources.push(Source::CommandVariable("SOPS_AGE_KEY_CMD"));
    sources.push(Source::Keyring);
    sources
}

/// The identity file of senex-env, whether it exists or not.
pub(crate) fn default_file(context: &Context) -> Option<PathBuf> {
    context.config_home().map(|folder| folder.join("senex-env/identity.txt"))
}

/// The identity file of sops, whether it exists or not.
pub(crate) fn sops_file(context: &Context) -> Option<PathBuf> {
    context.config_home().map(|folder| folder.join("sops/age/keys.txt"))
}
