//! `scan`, `log`, `hooks`, and the commands that git itself calls.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::engine::ArgValueCompleter;

use super::complete;

/// `scan`
#[derive(Args)]
#[command(
    after_help = "Searches for every secret of every environment that you can open: as written, base64, URL-encoded, \
    JSON- and shell-escaped, hex, folded over lines. Never prints a value. Exit 1 if something was found.\n\n\
    What is meant to be there is allowed in envs/senex-env.toml:\n  \
    [scan.allow]\n  \
    \"docs/example.md\" = [\"SECRET_KEY\"]\n  \
    \"tests/*.pem\" = [\"private-identity\"]"
)]
pub struct Scan {
    /// What the next commit would add, instead of the files of the work tree
    #[arg(long, conflicts_with = "history")]
    pub staged: bool,
    /// Every content of every commit: of all branches, or of one revision or range
    #[arg(long, value_name = "REV", num_args = 0..=1, default_missing_value = "")]
    pub history: Option<String>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `log`
#[derive(Args)]
pub struct Log {
    /// Only this key
    #[arg(add = ArgValueCompleter::new(complete::keys))]
    pub key: Option<String>,
    /// Show values
    #[arg(long)]
    pub reveal: bool,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `hooks …`
#[derive(Subcommand)]
pub enum Hooks {
    /// Install hooks and drivers; hooks that are there still run
    Install,
    /// Take them away again
    Uninstall,
    /// Show what is installed
    Status,
}

/// `git-textconv`
#[derive(Args)]
pub struct GitTextconv {
    /// Show values
    #[arg(long)]
    pub reveal: bool,
    /// The file, a temporary copy perhaps
    pub file: PathBuf,
}

/// `git-hook`
#[derive(Args)]
pub struct GitHook {
    /// The name of the hook
    pub hook: String,
    /// What git gives it
    #[arg(trailing_var_arg = true)]
    pub arguments: Vec<String>,
}

/// `git-merge %O %A %B %L %P`
#[derive(Args)]
pub struct GitMerge {
    /// The common ancestor
    pub base: PathBuf,
    /// Our side, replaced by the result
    pub ours: PathBuf,
    /// Their side
    pub theirs: PathBuf,
    /// Length of conflict markers
    pub marker_size: usize,
    /// Where the result will lie, from the top of the work tree
    pub path: PathBuf,
}
