//! `diff`, `doctor`, `completions`, `man`, `schema`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `diff`
#[derive(Args)]
#[command(
    after_help = "Shows which keys differ, and values only with --reveal. Exits with 0 if both sides are the same, and \
    with 1 if they differ.\n\n\
    Examples:\n  \
    senex-env diff                             # uncommitted changes\n  \
    senex-env diff development production      # two environments\n  \
    senex-env diff -e production --rev v1.2..  # since a revision\n  \
    senex-env diff --file .env                 # against a plaintext file"
)]
pub struct Diff {
    /// Environment to compare with that of -e, or two environments
    #[arg(value_name = "ENV", num_args = 0..=2, conflicts_with_all = ["rev", "file"])]
    pub environments: Vec<String>,
    /// Compare a revision with the current file (A or A..), or two revisions (A..B)
    #[arg(long, value_name = "REV", conflicts_with = "file")]
    pub rev: Option<String>,
    /// Compare with a plaintext env file; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Show keys that are the same as well
    #[arg(long)]
    pub all: bool,
    /// Show values
    #[arg(long)]
    pub reveal: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `doctor`
#[derive(Args)]
#[command(after_help = "Asks nothing and changes nothing. Exits with 1 if it finds a problem.\n\n\
    Examples:\n  \
    senex-env doctor\n  \
    senex-env -q doctor")]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `help`
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    senex-env help run\n  \
    senex-env help identity new")]
pub struct Help {
    /// Command to explain
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// `completions`
#[derive(Args)]
#[command(after_help = "Completes environments, keys and people as well.\n\n\
    Examples:\n  \
    echo 'source <(senex-env completions bash)' >> ~/.bashrc\n  \
    echo 'source <(senex-env completions zsh)' >> ~/.zshrc\n  \
    senex-env completions fish > ~/.config/fish/completions/senex-env.fish")]
pub struct Completions {
    /// Shell to complete for
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
    /// Folder for the pages of all commands [default: print the main page]
    #[arg(value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `schema …`
#[derive(Subcommand)]
#[command(after_help = "Examples:\n  \
    senex-env schema project\n  \
    senex-env schema project > senex-env.schema.json")]
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
