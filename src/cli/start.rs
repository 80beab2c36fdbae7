//! `init`, `demo`.

use clap::Args;

/// `init`
#[derive(Args)]
#[command(
    after_help = "Reads the compose files and plaintext env files found here and proposes environments, keys, their \
    types, and which keys are secret. Once you confirm, it writes envs/ and seals the values. Existing files are \
    never overwritten.\n\n\
    Examples:\n  \
    senex-env init\n  \
    senex-env init --dry-run\n  \
    senex-env init --environments development,staging,production\n  \
    senex-env init -y --remove-plaintext"
)]
pub struct Init {
    /// Name of the project [default: name of the folder]
    #[arg(long, value_name = "NAME")]
    pub project: Option<String>,
    /// Your name in the project file [default: your login name]
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// Your recipient [default: that of your identity]
    #[arg(long)]
    pub recipient: Option<String>,
    /// Environments, the default one first [default: inferred from file names]
    #[arg(long, value_name = "ENV", value_delimiter = ',')]
    pub environments: Vec<String>,
    /// Start a project in this folder, one of several in the repository
    #[arg(long)]
    pub here: bool,
    /// Remove plaintext env files once their values are sealed (-y alone keeps them)
    #[arg(long)]
    pub remove_plaintext: bool,
    /// Do not install git hooks and drivers (`senex-env hooks install` does it later)
    #[arg(long)]
    pub no_hooks: bool,
    /// Show what would be written, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `demo`
#[derive(Args)]
#[command(after_help = "On a terminal, the tour waits after each step; with -y, it does not.\n\n\
    Examples:\n  \
    senex-env demo\n  \
    senex-env demo -y --keep")]
pub struct Demo {
    /// Keep the temporary repository
    #[arg(long)]
    pub keep: bool,
}
