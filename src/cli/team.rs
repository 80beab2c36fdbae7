//! People and rotation: `join`, `grant`, `revoke`, `people`, `rekey`, `rotate`, `status`, `trust`.

use clap::Args;

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
    #[arg(required_unless_present_any = ["due", "exposed"])]
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
    after_help = "Nothing is granted by it: commit the project file, and a holder runs `senex-env grant NAME`."
)]
pub struct Join {
    /// Your name in the project file
    pub name: String,
    /// Your recipient (age1… or a whole ssh-ed25519 line); that of your identity if not given
    #[arg(long)]
    pub recipient: Option<String>,
    /// Take the SSH key in ~/.ssh/id_ed25519.pub
    #[arg(long, conflicts_with = "recipient")]
    pub ssh: bool,
    /// For a machine: make an identity, print it once on standard output, keep it nowhere
    #[arg(long, conflicts_with_all = ["recipient", "ssh"])]
    pub for_ci: bool,
}

/// `grant`
#[derive(Args)]
#[command(after_help = "Compare the recipient that is shown with what the person tells you by another way.")]
pub struct Grant {
    /// The person
    pub name: String,
}

/// `revoke`
#[derive(Args)]
#[command(
    after_help = "Out of every environment, or of the one that -e names. All files are written or none."
)]
pub struct Revoke {
    /// The person
    pub name: String,
}

/// `people`
#[derive(Args)]
pub struct People {}

/// `rekey`
#[derive(Args)]
pub struct Rekey {
    /// Every environment
    #[arg(long)]
    pub all: bool,
}

/// `status`
#[derive(Args)]
pub struct Status {
    /// For programs
    #[arg(long)]
    pub json: bool,
}
