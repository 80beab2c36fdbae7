//! `run`, `check`, `list`, `get`, `set`, `unset`, `edit`, and `seal`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;

/// `run`
#[derive(Args)]
#[command(
    override_usage = "senex-env run [OPTIONS] -- COMMAND [ARGUMENT…]",
    after_help = "Compose (podman-compose, docker compose, docker-compose, podman compose) receives the values in a \
        temporary env file that is removed when it ends; the environment's compose files are added unless you pass \
        -f. Any other command receives them in its process environment or, if an argument contains {}, in a \
        temporary file whose path replaces the {}.\n\n\
        Examples:\n  \
        senex-env run -e production -- podman-compose up -d\n  \
        senex-env run -- python manage.py migrate\n  \
        senex-env run --format json -- ./report --settings {}\n  \
        senex-env run -n -- docker compose up"
)]
pub struct Run {
    /// Format of the file that replaces {} [default: compose]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Override a plaintext .env that defines the same keys instead of refusing to start
    #[arg(long)]
    pub override_dotenv: bool,
    /// Show what would be started and which service would receive which keys, but start nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Print JSON (with --dry-run)
    #[arg(long, requires = "dry_run")]
    pub json: bool,
    /// Command to run, with its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// `check`
#[derive(Args)]
#[command(
    after_help = "Checking names needs no identity, so CI and colleagues without access can do it. Values are checked \
    wherever one of your identities opens the file without a prompt. Exits with 1 if there are errors.\n\n\
    Examples:\n  \
    senex-env check\n  \
    senex-env check -e production --all\n  \
    senex-env check --format github"
)]
pub struct Check {
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    pub format: Report,
    /// Print JSON, as with --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Show all keys and findings, not just the most severe
    #[arg(long)]
    pub all: bool,
    /// Check names only; do not decrypt anything
    #[arg(long, conflicts_with = "unlock")]
    pub names: bool,
    /// Prompt for the passphrase of an identity if there is one
    #[arg(long)]
    pub unlock: bool,
}

/// Forms of a report.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Report {
    /// For people
    Text,
    /// For programs
    Json,
    /// Annotations for GitHub Actions
    Github,
}

/// `list`
#[derive(Args)]
#[command(after_help = "Needs no identity: names are readable, values are not.\n\n\
    Examples:\n  \
    senex-env list\n  \
    senex-env list -e production --json")]
pub struct List {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `get`
#[derive(Args)]
#[command(after_help = "Prints the value exactly as it is; a newline is added only on a terminal.\n\n\
    Examples:\n  senex-env get DB_PASSWORD\n  senex-env get -e production TLS_KEY > key.pem")]
pub struct Get {
    /// Key to print
    #[arg(value_name = "KEY")]
    pub key: String,
}

/// `set`
#[derive(Args)]
#[command(
    after_help = "Without --file, the value is read from a hidden prompt or from standard input, without its final \
    newline. Values are never accepted on the command line, where every user of the machine could read them.\n\n\
    Examples:\n  \
    senex-env set -e production DB_PASSWORD\n  \
    pass show db | senex-env set -e production DB_PASSWORD\n  \
    senex-env set TLS_KEY --file key.pem"
)]
pub struct Set {
    /// Key to set
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Read the value from FILE, byte for byte
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Create the key even if its name resembles an existing one
    #[arg(long)]
    pub new: bool,
    /// Set the value even if it breaks the rules in the project file
    #[arg(long)]
    pub force: bool,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `unset`
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    senex-env unset OLD_TOKEN\n  \
    senex-env unset -n -e production OLD_TOKEN")]
pub struct Unset {
    /// Key to remove
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `edit`
#[derive(Args)]
#[command(
    after_help = "The editor is SENEX_EDITOR, VISUAL or EDITOR, else vi; a graphical one must wait (`code --wait`). The \
    file is kept in memory, in compose's format, and removed however the editor ends. If it contains a mistake, the \
    editor opens again; nothing is sealed until the whole file is valid.\n\n\
    Examples:\n  \
    senex-env edit\n  \
    SENEX_EDITOR='nano -L' senex-env edit -e production"
)]
pub struct Edit {
    /// Seal values even if they break the rules in the project file
    #[arg(long)]
    pub force: bool,
}

/// `seal`
#[derive(Args)]
#[command(
    after_help = "Shows by key what changed since the last sealed version in git, and asks before it seals. After a \
    merge without the merge driver, it merges both sides again, key by key.\n\n\
    Examples:\n  \
    senex-env seal\n  \
    senex-env seal -n -e production\n  \
    senex-env seal -e production --theirs"
)]
pub struct Seal {
    /// After a merge, keep our value of every key that both sides changed
    #[arg(long, conflicts_with = "theirs")]
    pub ours: bool,
    /// After a merge, use their value of every key that both sides changed
    #[arg(long)]
    pub theirs: bool,
    /// Remove recipients without access in the project file, and make a new data key
    #[arg(long)]
    pub without_strangers: bool,
    /// Show what changed, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Print JSON (with --dry-run)
    #[arg(long, requires = "dry_run")]
    pub json: bool,
}
