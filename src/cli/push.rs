//! The engines: `push`.

use std::num::ParseIntError;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::push::Engine;

/// What `--rollback` without a number stands for.
const PREVIOUS: &str = "previous";

/// The earlier push to go back to.
#[derive(Clone, Copy)]
pub enum Rollback {
    /// The one before the last.
    Previous,
    /// By its number.
    To(u64),
}

impl FromStr for Rollback {
    type Err = ParseIntError;

    fn from_str(given: &str) -> Result<Self, Self::Err> {
        if given == PREVIOUS { Ok(Self::Previous) } else { given.parse().map(Self::To) }
    }
}

/// `push`
#[derive(Args)]
#[command(
    after_help = "Each change creates a new secret, PROJECT_ENV_<KEY>_v<N>; an unchanged value keeps its \
    version. The compose file that -o writes names these versions and contains no values: pass it to the \
    engine after your own files. A declared secret that is empty or missing becomes a single newline, \
    because engines do not store empty secrets.\n\n\
    Examples:\n  senex-env push swarm -e production -o secrets.yml\n  docker stack deploy -c \
    docker-stack.yml -c secrets.yml senex\n  senex-env push swarm -e production --rollback -o secrets.yml"
)]
pub struct Push {
    /// Engine to push to
    #[arg(value_enum)]
    pub engine: Engine,
    /// Push only these keys [default: all secrets]
    #[arg(value_name = "KEY")]
    pub keys: Vec<String>,
    /// Write a compose file that names the versions to FILE; `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Compose file whose services read /run/secrets/KEY (podman) [default: the environment's]
    #[arg(short, long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Start the names with PREFIX instead of PROJECT_ENV
    #[arg(long)]
    pub prefix: Option<String>,
    /// Name the versions of an earlier push [default: the one before the last]
    #[arg(
        long,
        value_name = "VERSION",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = PREVIOUS,
        conflicts_with_all = ["keys", "prune"]
    )]
    pub rollback: Option<Rollback>,
    /// Remove unused versions, except those of the last two pushes
    #[arg(long)]
    pub prune: bool,
    /// Show what would be done, but change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}
