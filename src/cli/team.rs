//! People and rotation: `join`, `grant`, `revoke`, `people`, `rekey`, `rotate`, `status`, `trust`.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::complete;

/// `rotate`
#[derive(Args)]
#[command(
    after_help = "The new value comes from the key's `command`, its generator (by type, or `generate = \"password:40\"`), \
    the terminal or standard input.\n\n\
    Examples:\n  \
    senex-env rotate -e production SECRET_KEY\n  \
    senex-env rotate -e production SECRET_KEY --finish\n  \
    senex-env rotate -e production --exposed"
)]
pub struct Rotate {
    /// The key
    #[arg(required_unless_present_any = ["due", "exposed"], add = ArgValueCompleter::new(complete::keys))]
    pub key: Option<String>,
    /// Retire the previous values
    #[arg(long, conflicts_with_all = ["due", "exposed"])]
    pub finish: bool,
    /// Every value that is older than its key allows
    #[arg(long, conflicts_with = "key")]
    pub due: bool,
    /// Every value that somebody who is out has seen
    #[arg(long, conflicts_with = "key")]
    pub exposed: bool,
    /// Show what would change, change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `trust`
#[derive(Args)]
#[command(
    after_help = "What is allowed is kept outside the repository, and asked again when its text changes."
)]
pub struct Trust {
    /// Show what is allowed and what is not, ask nothing
    #[arg(long)]
    pub list: bool,
}

/// `join`
#[derive(Args)]
#[command(
    after_help = "Nothing is granted by it: commit the project file, and a holder runs `senex-env grant NAME`.\n\n\
    Examples:\n  \
    senex-env join ana\n  \
    senex-env join ana --ssh -e development,staging\n  \
    senex-env join deploy -e production --for-ci | gh secret set SENEX_ENV_KEY"
)]
pub struct Join {
    /// Your name in the project file
    pub name: String,
    /// Your recipient (age1… or a whole ssh-ed25519 line); that of your identity if not given
    #[arg(long, conflicts_with_all = ["ssh", "for_ci"])]
    pub recipient: Option<String>,
    /// With your SSH key, ~/.ssh/id_ed25519
    #[arg(long, conflicts_with = "for_ci")]
    pub ssh: bool,
    /// For a machine: print a new private identity once, for its secret store, and keep it nowhere
    #[arg(long)]
    pub for_ci: bool,
    /// Show what would change, change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `grant`
#[derive(Args)]
#[command(after_help = "Without -e, everything that the person asks for.\n\
    Compare the recipient that is shown with what the person tells you by another way.")]
pub struct Grant {
    /// The person
    #[arg(add = ArgValueCompleter::new(complete::people))]
    pub name: String,
    /// Show what would change, change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `revoke`
#[derive(Args)]
#[command(
    after_help = "Out of every environment, or of those that -e names. All files are written or none.\n\n\
    Examples:\n  \
    senex-env revoke bob\n  \
    senex-env revoke ana --recipient age1q…   # a lost laptop; the others stay\n  \
    senex-env revoke age1q…                   # whoever that is"
)]
pub struct Revoke {
    /// The person, or a recipient that is nobody's
    #[arg(add = ArgValueCompleter::new(complete::people))]
    pub name: String,
    /// Only this recipient of the person (a lost laptop); whole, or as `people` shows it
    #[arg(long)]
    pub recipient: Option<String>,
    /// Although it is yourself, and you will open nothing any more
    #[arg(long)]
    pub myself: bool,
    /// Show what would change, change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `people`
#[derive(Args)]
pub struct People {
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `rekey`
#[derive(Args)]
pub struct Rekey {
    /// Every environment
    #[arg(long)]
    pub all: bool,
    /// Show what would change, change nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `status`
#[derive(Args)]
pub struct Status {
    /// For programs
    #[arg(long)]
    pub json: bool,
}
