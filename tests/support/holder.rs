//! Holders of recipients, known to senex-env and to `sops` alike.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use senex_env::testing::context::Context;
use senex_env::testing::identity::{Identities, Identity, Passphrase};
use senex_env::testing::recipient::Recipient;
use senex_env::testing::sealed::{DataKey, SealedFile};

use super::tools::program;

/// Somebody with a private identity in a file.
pub struct Holder {
    /// The public half.
    pub recipient: Recipient,
    /// The variable that tells `sops` and senex-env of the file.
    pub variable: &'static str,
    /// The private half.
    pub file: PathBuf,
}

impl Holder {
    /// With a new age identity, in a file of `folder`.
    pub fn age(folder: &Path, name: &str) -> Self {
        let identity = Identity::generate();
        let file = folder.join(name);
        let text = identity.to_file().expect("an age identity");
        senex_env::testing::file::create(&file, text.as_bytes(), 0o600).expect("written");
        Self { recipient: identity.recipient().clone(), variable: "SOPS_AGE_KEY_FILE", file }
    }

    /// With a new ssh-ed25519 key, in a file of `folder`, behind a passphrase unless that is empty.
    pub fn ssh(folder: &Path, name: &str, passphrase: &str) -> Option<Self> {
        let file = folder.join(name);
        let mut command = Command::new(program("ssh-keygen")?);
        command.args(["-q", "-t", "ed25519", "-C", "ana@laptop", "-N", passphrase, "-f"]).arg(&file);
        assert!(command.status().expect("ssh-keygen starts").success());
        let public = std::fs::read_to_string(file.with_extension("pub")).expect("a public key");
        let recipient = Recipient::parse(&public).expect("an ssh-ed25519 key");
        Some(Self { recipient, variable: "SOPS_AGE_SSH_PRIVATE_KEY_FILE", file })
    }

    /// The data key of a file, by this identity alone.
    pub fn data_key(&self, file: &SealedFile) -> DataKey {
        let (variable, path) = (self.variable, self.file.clone());
        let context = Context::new(PathBuf::from("/"), move |name| match name {
            "HOME" => Some(OsString::from("/nonexistent")),
            name => (name == variable).then(|| path.clone().into_os_string()),
        });
        let mut identities = Identities::new(&context, &Nobody);
        identities.data_key(file.wrapped_keys()).expect("it opens the file")
    }
}

/// Nobody to ask for a passphrase.
pub struct Nobody;

impl Passphrase for Nobody {
    fn ask(&self, _: &str) -> Option<zeroize::Zeroizing<String>> {
        None
    }

    fn wrong(&self, _: &str) {}
}
