//! `senex-env`: parse, dispatch, report.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use senex_env::{commands, harden, run};

fn main() -> ExitCode {
    harden::harden();
    // A second process of `run`, which removes the env file even if this program is killed.
    if std::env::args_os().nth(1).is_some_and(|first| first == run::GUARDIAN_ARGUMENT) {
        return run::guardian_main();
    }
    commands::end(commands::dispatch(std::env::args_os()))
}
