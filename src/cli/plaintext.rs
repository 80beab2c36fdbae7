//! Plaintext that comes in and goes out: `import`, `export`, and the formats.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

use super::complete;

/// What an environment is written as.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Read alike by docker compose, podman-compose and python-dotenv
    Compose,
    /// For `docker run --env-file`, `podman run --env-file`
    Raw,
    /// For dotenv, the npm package
    Node,
    /// For dotenvy, the Rust crate
    Dotenvy,
    /// For `EnvironmentFile=` of a systemd unit
    Systemd,
    /// To be sourced by a shell
    Shell,
    /// One JSON object
    Json,
    /// One YAML mapping
    Yaml,
    /// The manifest of a Kubernetes Secret
    K8s,
}

/// `import`
#[derive(Args)]
#[command(
    after_help = "The file is read as compose reads it and cross-checked with other readers; where they \
    disagree on a key, nothing is imported until --dialect says which one is right."
)]
pub struct Import {
    /// The plaintext file; `-` for standard input
    pub file: PathBuf,
    /// Whose reading counts
    #[arg(long, value_enum)]
    pub dialect: Option<Dialect>,
    /// Show what would change, write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// Readers of plaintext env files.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dialect {
    /// docker compose
    Compose,
    /// python-dotenv, as podman-compose uses it
    Python,
    /// dotenvy
    Dotenvy,
    /// Everything after the `=`, as it stands there
    Literal,
}

/// `export`
#[derive(Args)]
#[command(
    after_help = "Every value arrives exactly as it is, or is refused by name: not every format carries everything. \
    `senex-env run` needs no plaintext file on a disk.\n\n\
    Examples:\n  \
    senex-env export -e production --format systemd -o /etc/web.env\n  \
    senex-env export --format json DB_USER DB_PASSWORD | ./report\n  \
    senex-env export --format k8s --namespace web | kubectl apply -f -"
)]
pub struct Export {
    /// Only these keys
    #[arg(value_name = "KEY", add = ArgValueCompleter::new(complete::keys))]
    pub keys: Vec<String>,
    /// Whom it is for
    #[arg(long, value_enum)]
    pub format: Format,
    /// Into this file, readable by you alone, instead of standard output
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Write the file even where git would track it
    #[arg(long)]
    pub force: bool,
    /// Name of the Kubernetes Secret; project and environment if not given
    #[arg(long)]
    pub name: Option<String>,
    /// Its namespace; the one that kubectl chooses if not given
    #[arg(long)]
    pub namespace: Option<String>,
}
