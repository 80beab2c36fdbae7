//! The files that a check looks into, opened with the identities of this person.

use crate::check::{Fix, Opener, Unopened, Unread};
use crate::desk::{At, Session};
use crate::error;
use crate::identity::{Identities, Outcome, UnlockError};
use crate::name::EnvName;
use crate::project::Project;
use crate::rotate::{History, Past};
use crate::sealed::{self, OpenFile, SealedFile};

/// Opens what these identities open.
pub(super) struct Own<'a> {
    pub project: &'a Project,
    pub session: &'a Session<'a>,
    pub identities: Identities<'a>,
    /// Once it was asked for.
    pub past: Option<Past>,
}

impl Opener for Own<'_> {
    fn open(&mut self, environment: &EnvName, file: &SealedFile) -> Result<OpenFile, Unopened> {
        let at = At::new(self.session, self.project, environment);
        let broken = |error: error::Error, command: Option<String>| Unopened::Broken {
            fix: match (command, error.hints.into_iter().next()) {
                (Some(command), _) => Fix::Command(command),
                (None, Some(hint)) => Fix::Advice(hint),
                (None, None) => Fix::Usual,
            },
            message: error.message,
            line: error.place.map_or(1, |(place, _)| place.line),
        };
        let data_key = match self.identities.data_key(file.wrapped_keys()) {
            Ok(data_key) => data_key,
            Err(error @ UnlockError::Damaged { .. }) => {
                return Err(broken(at.locked(&error), None));
            }
            Err(UnlockError::NoIdentity(account)) => {
                let is_locked = account.looked.iter().any(|looked| match looked.outcome {
                    Outcome::StillLocked(_) => true,
                    Outcome::Nothing(_)
                    | Outcome::Identities(_)
                    | Outcome::Locked(_)
                    | Outcome::Unusable(_)
                    | Outcome::Problem(_) => false,
                });
                let why = if is_locked { Unread::Passphrase } else { Unread::NoIdentity };
                return Err(Unopened::Unread(why));
            }
        };
        file.clone().open(data_key, &at.binding()).map_err(|error| {
            let is_seal = matches!(error, sealed::Error::SealMissing | sealed::Error::SealStale);
            let command = is_seal.then(|| format!("senex-env seal -e {environment}"));
            broken(at.worded(&error), command)
        })
    }

    fn history(&mut self, environment: &EnvName, open: &OpenFile) -> History {
        let past = self.past.get_or_insert_with(|| Past::everywhere(&self.project.root));
        History::load(past, self.project, environment, open, &mut self.identities)
    }
}
