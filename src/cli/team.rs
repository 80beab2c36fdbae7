//! People and rotation: `join`, `grant`, `revoke`, `people`, `rekey`, `rotate`, `status`, `trust`.

use clap::Args;

/// `rotate`
#[derive(Args)]
#[command(
    after_help = "The new value comes from the key's `command`, from its generator (by type, or `generate = \
    \"password:40\"`), from a prompt or from standard input.\n\n\
    Examples:\n  \
    senex-env rotate -e production SECRET_KEY\n  \
    senex-env rotate -e production SECRET_KEY --finish\n  \
    senex-env rotate -e production --exposed"
)]
pub struct Rotate {
    /// Key to rotate
    #[arg(value_name = "KEY", required_unless_present_any = ["due", "exposed"])]
    pub key: Option<String>,
    /// Remove the previous values that are still accepted
    #[arg(long, conflicts_with_all = ["due", "exposed"])]
    pub finish: bool,
    /// Rotate every value that is older than its key allows
    #[arg(long, conflicts_with = "key")]
    pub due: bool,
    /// Rotate every value that is exposed to revoked people
    #[arg(long, conflicts_with = "key")]
    pub exposed: bool,
    /// Show what would change, but change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Print JSON (with --dry-run)
    #[arg(long, requires = "dry_run")]
    pub json: bool,
}

/// `trust`
#[derive(Args)]
#[command(
    after_help = "Shows each command and asks. The answer is kept outside the repository, and you are asked again \
    when the command changes.\n\n\
    Examples:\n  \
    senex-env trust\n  \
    senex-env trust --list --json"
)]
pub struct Trust {
    /// Show what is allowed and what is not, without asking
    #[arg(long)]
    pub list: bool,
    /// Print JSON (implies --list)
    #[arg(long)]
    pub json: bool,
}

/// `join`
#[derive(Args)]
#[command(
    after_help = "This grants nothing yet: commit the project file, and have someone with access run `senex-env grant NAME`.\n\n\
    Examples:\n  \
    senex-env join ana\n  \
    senex-env join ana --ssh -e development,staging\n  \
    senex-env join deploy -e production --for-ci | gh secret set SENEX_ENV_KEY"
)]
pub struct Join {
    /// Your name in the project file
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Your recipient (age1… or a whole ssh-ed25519 line) [default: that of your identity]
    #[arg(long, conflicts_with_all = ["ssh", "for_ci"])]
    pub recipient: Option<String>,
    /// Use your SSH key, ~/.ssh/id_ed25519
    #[arg(long, conflicts_with = "for_ci")]
    pub ssh: bool,
    /// For a machine: print a new private identity for its secret store, and keep no copy
    #[arg(long)]
    pub for_ci: bool,
    /// Show what would change, but change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `grant`
#[derive(Args)]
#[command(
    after_help = "Without -e, grants what the person has requested. Compare the recipient that is shown with the one \
    the person gives you over another channel.\n\n\
    Examples:\n  \
    senex-env grant ana\n  \
    senex-env grant ana -e staging,production"
)]
pub struct Grant {
    /// Person to grant access
    #[arg(value_name = "PERSON")]
    pub name: String,
    /// Show what would change, but change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Print JSON (with --dry-run)
    #[arg(long, requires = "dry_run")]
    pub json: bool,
}

/// `revoke`
#[derive(Args)]
#[command(
    after_help = "Applies to every environment, or to those that -e names. Either all files are written or none.\n\n\
    Examples:\n  \
    senex-env revoke bob\n  \
    senex-env revoke ana --recipient age1q…   # a lost laptop; the others stay\n  \
    senex-env revoke age1q…                   # a recipient of nobody"
)]
pub struct Revoke {
    /// Person to revoke, or a recipient that belongs to nobody
    #[arg(value_name = "PERSON")]
    pub name: String,
    /// Revoke only this recipient of the person (a lost laptop), in full or as `people` shows it
    #[arg(long)]
    pub recipient: Option<String>,
    /// Confirm that you are revoking your own access
    #[arg(long)]
    pub myself: bool,
    /// Show what would change, but change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// Print JSON (with --dry-run)
    #[arg(long, requires = "dry_run")]
    pub json: bool,
}

/// `people`
#[derive(Args)]
#[command(after_help = "Exits with 1 if the sealed files and the project file disagree.\n\n\
    Examples:\n  \
    senex-env people\n  \
    senex-env people -e production --json")]
pub struct People {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `rekey`
#[derive(Args)]
#[command(after_help = "Encrypts every value again under a new data key, for the same people.\n\n\
    Examples:\n  \
    senex-env rekey -e production\n  \
    senex-env rekey --all")]
pub struct Rekey {
    /// Rekey every environment
    #[arg(long)]
    pub all: bool,
    /// Show what would change, but change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `status`
#[derive(Args)]
#[command(
    after_help = "Without -e, shows every environment. Exits with 1 if a value is overdue or exposed.\n\n\
    Examples:\n  \
    senex-env status\n  \
    senex-env status -e production --json"
)]
pub struct Status {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
