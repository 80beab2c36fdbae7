//! How it ends when a command was not started: with an error in words, or by a signal, which says it all.

use super::Error;
use crate::exit::Exit;
use crate::invocation::Starter;
use crate::name::EnvName;
use crate::run::RunError;
use crate::suggest;

/// The end of a `run` that did not come to its command.
pub(crate) fn run(error: &RunError, environment: &EnvName) -> Result<Exit, Error> {
    let worded = Error::new(Exit::Child(error.exit_code()), error.to_string());
    Err(match error {
        RunError::Signalled(signal) => return Ok(Exit::Signal(*signal)),
        RunError::NotFound { program } => {
            let name = program.to_string_lossy();
            worded.did_you_mean(suggest::nearest(&name, Starter::ALL.map(Starter::as_str)))
        }
        RunError::NoRuntimeDir { tried } => {
            let notes = tried.iter().map(|unfit| format!("{}  {}", unfit.path.display(), unfit.reason));
            notes
                .fold(worded, Error::note)
                .hint("`export XDG_RUNTIME_DIR=/run/user/$(id -u)`, or mount a tmpfs on /dev/shm")
        }
        RunError::File { source, .. } | RunError::Guardian { source } | RunError::Io { source, .. } => {
            worded.note(source.to_string())
        }
        RunError::ValueTooLong { key, .. } => worded.hint(format!(
            "`{{}}` in the command passes a file instead; or write it to its own file with `senex-env get \
             -e {environment} {key}`"
        )),
        RunError::CannotExecute { .. }
        | RunError::NulInValue { .. }
        | RunError::EnvironmentTooLarge { .. } => worded,
    })
}
