//! The operating system's keyring as a home for identities.

use zeroize::Zeroizing;

/// Why the keyring did not answer. One line each, never the keyring's own words about content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeyringError {
    /// This build has no keyring support.
    #[cfg(not(feature = "keyring"))]
    #[error("this build has no keyring support")]
    NotBuilt,
    /// No session bus, so no Secret Service.
    #[error("not available: no D-Bus session")]
    NoSession,
    /// A session, but nothing in it that keeps secrets.
    #[error("not available in this session")]
    NoStore,
    /// It may be waited for in a thread of its own alone.
    #[cfg(feature = "keyring")]
    #[error("cannot start a thread to query it")]
    NoThread,
    /// It is locked, and nobody unlocked it.
    #[error("it is locked")]
    Locked,
    /// It did not answer in time.
    #[error("it did not answer within a minute")]
    Silent,
    /// Something else went wrong in it.
    #[error("it failed")]
    Failed,
}

/// The entry that senex-env keeps in the keyring.
pub(crate) struct Keyring;

impl Keyring {
    /// The text of the identities kept there; `None` when there are none.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub(crate) fn read() -> Result<Option<Zeroizing<String>>, KeyringError> {
        platform::read()
    }

    /// Keeps `text`, in the place of what was there.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub(crate) fn write(text: &str) -> Result<(), KeyringError> {
        platform::write(text)
    }
}

#[cfg(not(feature = "keyring"))]
mod platform {
    use super::{KeyringError, Zeroizing};

    pub fn read() -> Result<Option<Zeroizing<String>>, KeyringError> {
        Err(KeyringError::NotBuilt)
    }

    pub fn write(_: &str) -> Result<(), KeyringError> {
        Err(KeyringError::NotBuilt)
    }
}

#[cfg(feature = "keyring")]
mod platform {
    use std::sync::mpsc;
    use std::time::Duration;

    use keyring::{Entry, Error};

    use super::{KeyringError, Zeroizing};

    const SERVICE: &str = "senex-env";
    const ACCOUNT: &str = "identity";
    /// Long enough to type a password into the prompt of a locked keyring.
    const PATIENCE: Duration = Duration::from_secs(60);

    pub(super) fn read() -> Result<Option<Zeroizing<String>>, KeyringError> {
        patiently(|| match entry()?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(worded(error)),
        })
    }

    pub(super) fn write(text: &str) -> Result<(), KeyringError> {
        let text = Zeroizing::new(text.to_owned());
        patiently(move || entry()?.set_password(&text).map_err(worded))
    }

    fn entry() -> Result<Entry, KeyringError> {
        Entry::new(SERVICE, ACCOUNT).map_err(worded)
    }

    /// On Linux the store lives behind D-Bus; where there is no bus, connecting to it would only wait.
    fn session_exists() -> bool {
        if !cfg!(target_os = "linux") {
            return true;
        }
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        set("DBUS_SESSION_BUS_ADDRESS").is_some()
            || set("XDG_RUNTIME_DIR").is_some_and(|folder| std::path::Path::new(&folder).join("bus").exists())
    }

    fn worded(error: Error) -> KeyringError {
        match error {
            Error::NoDefaultStore => KeyringError::NoStore,
            Error::NoStorageAccess(_) => KeyringError::Locked,
            // Entry::new succeeds on a bus without a Secret Service; the first call then fails.
            Error::PlatformFailure(_) => KeyringError::Failed,
            _ => KeyringError::Failed,
        }
    }

    /// A keyring can wait for a person, or for nobody: never longer than [`PATIENCE`].
    fn patiently<T: Send + 'static>(
        work: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        if !session_exists() {
            return Err(KeyringError::NoSession);
        }
        let (send, receive) = mpsc::channel();
        std::thread::Builder::new()
            .spawn(move || drop(send.send(work())))
            .map_err(|_| KeyringError::NoThread)?;
        receive.recv_timeout(PATIENCE).unwrap_or(Err(KeyringError::Silent))
    }
}
