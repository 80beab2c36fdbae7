//! Keep a team's environment secrets and config sealed in git.
//!
//! One folder, `envs/`, holds a project file and one sealed file per environment: SOPS dotenv files with
//! age recipients, read more strictly than `sops` reads them and sealed against what `sops` overlooks.
//!
//! This is a program: [`main`] is all of its interface. CONTRIBUTING.md says what each module is for, and
//! `tests/architecture.rs` holds which may import which.

#![forbid(unsafe_code)]
#![warn(unreachable_pub)]
// The documentation of a program is read with its private items.
#![allow(rustdoc::private_intra_doc_links)]

mod check;
mod cli;
mod commands;
mod compose;
mod context;
mod desk;
mod error;
mod exit;
mod file;
mod git;
mod harden;
mod identity;
mod invocation;
mod listed;
mod lock;
mod name;
mod place;
mod plaintext;
mod program;
mod project;
mod push;
mod recipient;
mod rotate;
mod run;
mod sealed;
mod secret;
mod suggest;
#[doc(hidden)]
pub mod testing;
mod transaction;
mod trust;
mod ui;
mod words;

use std::process::ExitCode;

/// The whole program: parse, dispatch, report.
#[must_use]
pub fn main() -> ExitCode {
    harden::harden();
    // A second process of `run`, which removes the env file even if this program is killed.
    if std::env::args_os().nth(1).is_some_and(|first| first == run::GUARDIAN_ARGUMENT) {
        return run::guardian_main();
    }
    commands::end(commands::dispatch(std::env::args_os()))
}
