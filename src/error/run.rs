//! The words of what kept a command from being started.

use super::Error;
use crate::exit::Exit;
use crate::invocation::Starter;
use crate::run::RunError;
use crate::suggest;

/// Words why a command was not started.
pub(crate) fn run(error: &RunError) -> Error {
    let worded = Error::new(Exit::Child(error.exit_code()), error.to_string());
    match error {
        // The signal says it all.
        RunError::Signalled(signal) => Error::new(Exit::Signal(*signal), ""),
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
            "`{{}}` in the command gives it a file instead; or `senex-env get {key}` into a file of its own"
        )),
        RunError::CannotExecute { .. }
        | RunError::NulInValue { .. }
        | RunError::EnvironmentTooLarge { .. } => worded,
    }
}
