//! `identity new | show | import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `identity …`
#[derive(Subcommand)]
pub enum Identity {
    /// Make one: into the system keyring, or a file behind a passphrase
    New(IdentityNew),
    /// Show where yours are, and the recipients to give to others
    Show(IdentityShow),
    /// Take one over from a file or standard input
    Import(IdentityImport),
}

/// Where an identity goes.
#[derive(Args)]
pub struct Home {
    /// Into this file instead of the keyring
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// A file without a passphrase, for machines (mode 0600)
    #[arg(long)]
    pub no_passphrase: bool,
}

/// `identity new`
#[derive(Args)]
pub struct IdentityNew {
    /// Where it goes
    #[command(flatten)]
    pub home: Home,
}

/// `identity show`
#[derive(Args)]
pub struct IdentityShow {
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `identity import`
#[derive(Args)]
pub struct IdentityImport {
    /// The identity file; `-` for standard input
    pub from: PathBuf,
    /// Where it goes
    #[command(flatten)]
    pub home: Home,
}
