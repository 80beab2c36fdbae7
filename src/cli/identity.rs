//! `identity new | show | import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `identity …`
#[derive(Subcommand)]
#[command(
    after_help = "An identity is the private half of a key pair and opens sealed files. Its recipient is the public \
    half: others need it to grant you access.\n\n\
    Examples:\n  \
    senex-env identity new\n  \
    senex-env identity show"
)]
pub enum Identity {
    /// Make an identity, in the system keyring or in a file with a passphrase
    New(IdentityNew),
    /// Show where your identities are, and their recipients
    Show(IdentityShow),
    /// Import an identity from a file or standard input
    Import(IdentityImport),
}

/// Where an identity goes.
#[derive(Args)]
pub struct Home {
    /// Store it in FILE instead of the keyring
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Store it in a file without a passphrase, for machines (mode 0600)
    #[arg(long)]
    pub no_passphrase: bool,
}

/// `identity new`
#[derive(Args)]
#[command(after_help = "Prints the recipient.\n\n\
    Examples:\n  \
    senex-env identity new\n  \
    senex-env identity new --no-passphrase --file /etc/senex-env/identity.txt")]
pub struct IdentityNew {
    /// Where it goes
    #[command(flatten)]
    pub home: Home,
}

/// `identity show`
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    senex-env identity show\n  \
    senex-env identity show --json")]
pub struct IdentityShow {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `identity import`
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    senex-env identity import ~/.config/sops/age/keys.txt\n  \
    pass show age | senex-env identity import -")]
pub struct IdentityImport {
    /// Identity file; `-` for standard input
    #[arg(value_name = "FILE")]
    pub from: PathBuf,
    /// Where it goes
    #[command(flatten)]
    pub home: Home,
}
