//! `hooks`, and the commands that git itself calls.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
