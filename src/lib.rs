//! Keep a team's environment secrets and config sealed in git.
//!
//! One folder, `envs/`, holds a project file and one sealed file per environment: SOPS dotenv files with
//! age recipients, read more strictly than `sops` reads them and sealed against what `sops` overlooks.
//!
//! Imports run one way, and a test holds it:
//! `commands` → `check`, `run`, `git` → `project`, `sealed`, `identity`, `dotenv`, `compose` →
//! `secret`, `name`, `recipient`, `place`, `file`. Nothing below `commands` prints or prompts.

#![forbid(unsafe_code)]

pub mod check;
pub mod cli;
pub mod commands;
pub mod compose;
pub mod context;
pub mod dotenv;
pub mod error;
pub mod exit;
pub mod file;
pub mod git;
pub mod harden;
pub mod identity;
pub mod name;
pub mod place;
pub mod project;
pub mod push;
pub mod recipient;
pub mod rotate;
pub mod run;
pub mod sealed;
pub mod secret;
pub mod suggest;
pub mod transaction;
pub mod trust;
pub mod ui;
pub mod words;
