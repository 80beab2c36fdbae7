//! `scan`, `log`, `hooks`, and the commands that git itself calls.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `scan`
#[derive(Args)]
#[command(
    after_help = "Searches for every secret of every environment that you can open: verbatim, base64, URL-encoded, \
    escaped for JSON or a shell, in hex, and folded over several lines. Never prints a value. Exits with 1 if \
    anything is found.\n\n\
    To allow what is meant to be there, add it to envs/senex-env.toml:\n  \
    [scan.allow]\n  \
    \"docs/example.md\" = [\"SECRET_KEY\"]\n  \
    \"tests/*.pem\" = [\"private-identity\"]\n\n\
    Examples:\n  \
    senex-env scan\n  \
    senex-env scan --staged\n  \
    senex-env scan --history main..HEAD"
)]
pub struct Scan {
    /// Search what the next commit would add instead of the work tree
    #[arg(long, conflicts_with = "history")]
    pub staged: bool,
    /// Search every version of every file, in all branches or in one revision or range
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "")]
    pub history: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `log`
#[derive(Args)]
#[command(after_help = "Without -e, shows every environment.\n\n\
    Examples:\n  \
    senex-env log\n  \
    senex-env log -e production DB_PASSWORD\n  \
    senex-env log --json")]
pub struct Log {
    /// Show the history of this key only
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
    /// Show values
    #[arg(long)]
    pub reveal: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `hooks …`
#[derive(Subcommand)]
#[command(after_help = "Examples:\n  \
    senex-env hooks install\n  \
    senex-env hooks status\n  \
    senex-env hooks uninstall")]
pub enum Hooks {
    /// Install hooks and drivers; existing hooks keep running
    ///
    /// lefthook, simple-git-hooks and husky are told to run the hooks, in the files that they read. Commit these files.
    #[command(after_help = "Examples:\n  senex-env hooks install")]
    Install,
    /// Remove hooks and drivers, and restore the hooks from before
    #[command(after_help = "Examples:\n  senex-env hooks uninstall")]
    Uninstall,
    /// Show what is installed
    Status(HooksStatus),
}

/// `hooks status`
#[derive(Args)]
#[command(after_help = "Exits with 1 if anything is missing.\n\n\
    Examples:\n  \
    senex-env hooks status\n  \
    senex-env hooks status --json")]
pub struct HooksStatus {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `git-textconv`
#[derive(Args)]
pub struct GitTextconv {
    /// Show values
    #[arg(long)]
    pub reveal: bool,
    /// Sealed file, or a temporary copy of one
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `git-hook`
#[derive(Args)]
pub struct GitHook {
    /// Name of the hook
    #[arg(value_name = "HOOK")]
    pub hook: String,
    /// Arguments from git
    #[arg(trailing_var_arg = true, value_name = "ARGUMENT")]
    pub arguments: Vec<String>,
}

/// `git-merge %O %A %B %L %P`
#[derive(Args)]
pub struct GitMerge {
    /// Common ancestor
    pub base: PathBuf,
    /// Our side, replaced by the result
    pub ours: PathBuf,
    /// Their side
    pub theirs: PathBuf,
    /// Length of conflict markers
    pub marker_size: usize,
    /// Path of the result, from the top of the work tree
    pub path: PathBuf,
}
