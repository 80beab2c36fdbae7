//! `diff`, `doctor`, `completions`, `man`, `schema`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::complete;

/// `diff`
#[derive(Args)]
#[command(
    after_help = "Names and whether a value differs, never a value without --reveal. Exit 0 if both are the same, 1 if \
    they differ.\n\n\
    Examples:\n  \
    senex-env diff                             # not committed yet\n  \
    senex-env diff development production      # two environments\n  \
    senex-env diff -e production --rev v1.2..  # since a revision\n  \
    senex-env diff --file .env                 # against a plaintext file"
)]
pub struct Diff {
    /// One environment (against that of -e), or two
    #[arg(value_name = "ENVIRONMENT", num_args = 0..=2, conflicts_with_all = ["rev", "file"],
        add = ArgValueCompleter::new(complete::environments))]
    pub environments: Vec<String>,
    /// The file in a revision against the file now, or in two of them: A, A.., A..B
    #[arg(long, value_name = "REV", conflicts_with = "file")]
    pub rev: Option<String>,
    /// A plaintext env file; `-` for standard input
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// The keys that are the same as well
    #[arg(long)]
    pub all: bool,
    /// Show values
    #[arg(long)]
    pub reveal: bool,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `doctor`
#[derive(Args)]
#[command(after_help = "Asks for nothing and changes nothing. Exit 1 if something would stop you.")]
pub struct Doctor {
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `completions`
#[derive(Args)]
#[command(after_help = "Environments, keys and people are completed as well.\n\n\
    Examples:\n  \
    echo 'source <(senex-env completions bash)' >> ~/.bashrc\n  \
    echo 'source <(senex-env completions zsh)' >> ~/.zshrc\n  \
    senex-env completions fish > ~/.config/fish/completions/senex-env.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Shells with completions.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// bash
    Bash,
    /// Elvish
    Elvish,
    /// fish
    Fish,
    /// PowerShell
    Powershell,
    /// zsh
    Zsh,
}

/// `man`
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    senex-env man | man -l -\n  \
    senex-env man ~/.local/share/man/man1")]
pub struct Man {
    /// The folder for the pages of all commands; without it, the main page goes to standard output
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `schema …`
#[derive(Subcommand)]
pub enum Schema {
    /// The schema of the project file, envs/senex-env.toml
    #[command(
        after_help = "An editor with a TOML language server (taplo, tombi, Even Better TOML) completes and checks the file \
        once its first line says `#:schema URL`, as `init` writes it.\n\n\
        Examples:\n  \
        senex-env schema project\n  \
        senex-env schema project > senex-env.schema.json"
    )]
    Project,
}
