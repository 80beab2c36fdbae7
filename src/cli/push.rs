//! The engines: `push`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::complete;
use crate::push::Engine;

/// `push`
#[derive(Args)]
#[command(
    after_help = "Each change makes a secret of its own, PROJECT_ENVIRONMENT_<KEY>_v<N>; what is unchanged keeps its \
    version. The file of -o is compose, names the versions and holds no value: give it to the engine after your own \
    files. An empty or missing secret that the project declares becomes a single line end, since engines keep no \
    empty ones.\n\n\
    Examples:\n  \
    senex-env push swarm -e production -o secrets.yml\n  \
    docker stack deploy -c docker-stack.yml -c secrets.yml senex\n  \
    senex-env push swarm -e production --rollback -o secrets.yml"
)]
pub struct Push {
    /// Where to
    #[arg(value_enum)]
    pub engine: Engine,
    /// These keys alone; all secrets if none is given
    #[arg(value_name = "KEY", add = ArgValueCompleter::new(complete::keys))]
    pub keys: Vec<String>,
    /// Write the compose file that names the versions; `-` for standard output
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Compose files whose services read /run/secrets/KEY (podman); the environment's if not given
    #[arg(short, long = "file", value_name = "PATH")]
    pub files: Vec<PathBuf>,
    /// How the names begin, in the place of PROJECT_ENVIRONMENT
    #[arg(long)]
    pub prefix: Option<String>,
    /// Go back: name the versions of an earlier push, the one before the last if no number is given
    #[arg(
        long,
        value_name = "VERSION",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["keys", "prune"]
    )]
    pub rollback: Option<Option<u64>>,
    /// Remove versions that nothing uses; those of the last two pushes are kept
    #[arg(long)]
    pub prune: bool,
    /// Show what would be done, change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}
