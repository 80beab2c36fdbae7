//! Keep a team's environment secrets and config sealed in git.
//!
//! One folder, `envs/`, holds a project file and one sealed file per environment: SOPS dotenv files with
//! age recipients, read more strictly than `sops` reads them and sealed against what `sops` overlooks.
//!
//! Imports run one way, and a test holds it:
//! `commands` → `check`, `run`, `git` → `project`, `sealed`, `identity`, `dotenv`, `compose` →
//! `secret`, `name`, `file`. Nothing below `commands` prints or prompts.

#![forbid(unsafe_code)]

pub mod compose;
pub mod dotenv;
pub mod harden;
pub mod name;
pub mod run;
pub mod secret;
