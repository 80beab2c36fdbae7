//! Starting a command with the values of an environment.
//!
//! There are two ways. Values in the process environment need no cleanup, so the command takes our place
//! ([`with_environment`]). Values in a file need a file that is gone afterwards, whatever happens, so we
//! stay and watch ([`with_files`]). Where the values come from and what the command line looks like is
//! not known here.

mod base;
mod child;
mod error;
mod guardian;
mod lookup;
mod runtime_dir;
mod scratch;
mod signals;
mod unfit;

use std::path::PathBuf;

use zeroize::Zeroizing;

pub(crate) use base::IN_MEMORY;
pub(crate) use child::{Outcome, Plan};
pub(crate) use error::RunError;
pub(crate) use guardian::{ARGUMENT as GUARDIAN_ARGUMENT, guardian_main};
pub(crate) use runtime_dir::sweep;
pub(crate) use scratch::Scratch;
pub(crate) use unfit::Unfit;

use guardian::Guardian;
use runtime_dir::RuntimeDir;
use signals::Signals;

/// Becomes the command of `plan`. Returns only when that fails.
pub(crate) fn with_environment(plan: &Plan) -> RunError {
    child::replace(plan)
}

/// A file for a command: its name, and what it holds.
pub(crate) type NamedFile = (&'static str, Zeroizing<Vec<u8>>);

/// Runs a command that reads these files, whose absolute paths `make_plan` is told in their order, and waits for
/// its end. Then the files are gone, as they are after any signal.
///
/// # Errors
/// [`RunError`]. Nothing is left behind, and the command was not started.
pub(crate) fn with_files(
    files: Vec<NamedFile>,
    make_plan: impl FnOnce(&[PathBuf]) -> Plan,
) -> Result<Outcome, RunError> {
    // Each step makes the next one safe, and the values are dropped in reverse. From here on no signal
    // ends us; once the guardian is ready, it removes what it was told of if we end all the same; only then
    // is there a directory, and plaintext.
    let mut signals = Signals::install().map_err(RunError::io("install signal handlers"))?;
    run_guarded(&mut signals, files, make_plan).map_err(|error| match signals.received() {
        // It may have hit the guardian as well, before that was out of reach.
        Some(signal) if matches!(error, RunError::Guardian { .. }) => RunError::Signalled(signal),
        _ => error,
    })
}

fn run_guarded(
    signals: &mut Signals,
    files: Vec<NamedFile>,
    make_plan: impl FnOnce(&[PathBuf]) -> Plan,
) -> Result<Outcome, RunError> {
    let mut guardian = Guardian::start()?;
    sweep(); // while the guardian starts
    guardian.ready()?;
    let directory = RuntimeDir::create(|path| guardian.announce(path))?;
    let written = files.iter().map(|(name, content)| directory.create_file(name, content));
    let paths = written.collect::<Result<Vec<_>, _>>()?;
    drop(files);
    child::supervise(make_plan(&paths), signals)
}

/// Where the plaintext file of a run would lie.
///
/// # Errors
/// Every place that was looked at, and what is wrong with it.
pub(crate) fn place_in_memory() -> Result<PathBuf, Vec<Unfit>> {
    base::choose().map(|base| base.path().to_owned())
}

/// The program that a name stands for in this process.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    lookup::find(name.as_ref(), std::env::var_os("PATH").as_deref()).ok()
}

/// Ends this process by `signal`, as the command was ended or would have been: a shell that runs a loop
/// stops it on Ctrl-C only if it sees that. To be the last call of `main`, as nothing is dropped after it.
///
/// Returns 128+n as an exit code when the signal ends no process.
pub(crate) fn die_of(signal: i32) -> u8 {
    let _ = signal_hook::low_level::emulate_default_handler(signal); // no core: `harden` has seen to it
    code_of_signal(signal)
}

/// 128+n, as a shell has it.
fn code_of_signal(signal: i32) -> u8 {
    u8::try_from(signal).ok().and_then(|signal| signal.checked_add(128)).unwrap_or(u8::MAX)
}
