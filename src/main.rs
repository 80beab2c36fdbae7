//! `senex-env`: parse, dispatch, report.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use clap::Parser;
use senex_env::cli::Cli;
use senex_env::{commands, harden, run};

fn main() -> ExitCode {
    harden::process();
    // The second process of `run`, which removes the env file if this program is killed.
    if let Some(exit) = run::guardian() {
        return exit;
    }
    commands::dispatch(Cli::parse()).into()
}
