//! The command line as it is typed. Only clap types; what they mean is found out in `commands`.

mod complete;
mod git;
mod identity;
mod plaintext;
mod push;
mod team;
mod tools;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;

pub(crate) use git::{GitHook, GitMerge, GitTextconv, Hooks, Log, Scan};
pub(crate) use identity::{Home, Identity, IdentityImport, IdentityShow};
pub(crate) use plaintext::{Export, Format, Import};
pub(crate) use push::Push;
pub(crate) use team::{Grant, Join, People, Rekey, Revoke, Rotate, Status, Trust};
pub(crate) use tools::{Completions, Diff, Doctor, Man, Schema, Shell};

/// The whole command line.
#[derive(Parser)]
#[command(
    name = "senex-env",
    version,
    about = "Keep a team's environment secrets and config sealed in git",
    long_about = "Keep a team's environment secrets and config sealed in git.\n\n\
        One folder, envs/, holds a project file and one sealed file per environment: SOPS dotenv files \
        with age recipients, which the real sops opens too.",
    after_help = "Start with `senex-env init` in a repository, or see it work with `senex-env demo`.",
    after_long_help = "Exit codes: 0 done or clean, 1 the answer is no (findings, conflicts, not confirmed), \
        2 usage, 3 project file, 4 no identity opens it, 5 a file was changed or damaged, 6 other I/O. \
        `run` ends with the code of its command, 128+n if a signal ended it, 126 or 127 if it could not be \
        started, 125 for a failure of its own.",
    max_term_width = 80,
    disable_help_subcommand = true,
    infer_subcommands = false
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// What every command takes
    #[command(flatten)]
    pub common: Common,
}

/// Options that every command takes.
#[derive(Args)]
pub struct Common {
    /// The environment; SENEX_ENV or the project's default if not given
    #[arg(short, long, value_name = "NAME", global = true, add = ArgValueCompleter::new(complete::environments))]
    pub env: Option<String>,
    /// Answer every question with yes
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Say only what is wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// The commands, in the order of `--help`.
#[derive(Subcommand)]
pub enum Command {
    /// Start a project in this repository
    Init(Init),
    /// See the whole story in a temporary repository
    Demo(Demo),
    /// Run a command with the values of an environment
    Run(Run),
    /// Find what is missing or wrong
    Check(Check),
    /// List keys, never values
    List(List),
    /// Print one value
    Get(Get),
    /// Give a key a value: from the terminal, standard input or a file
    Set(Set),
    /// Take a key out
    Unset(Unset),
    /// Change many values in your editor
    Edit(Edit),
    /// Compare two environments, two revisions, or a plaintext file: names, not values
    Diff(Diff),
    /// Take over a plaintext .env file
    Import(Import),
    /// Write the values in plaintext, in the format of another tool
    Export(Export),
    /// Seal a file anew after sops or a merge changed it, showing by key what changed
    Seal(Seal),
    /// Find values, private identities and plaintext env files where they should not be
    Scan(Scan),
    /// Tell who changed, granted or revoked what, and when
    Log(Log),
    /// The git side: hooks, merging by key, readable diffs
    #[command(subcommand)]
    Hooks(Hooks),
    /// A sealed file as git shows it, called by git
    #[command(hide = true)]
    GitTextconv(GitTextconv),
    /// What the hooks of git call
    #[command(hide = true)]
    GitHook(GitHook),
    /// The merge driver, called by git
    #[command(hide = true)]
    GitMerge(GitMerge),
    /// Your private identity
    #[command(subcommand)]
    Identity(Identity),
    /// Ask to be let in: write your recipient into the project file
    Join(Join),
    /// Let a person open an environment
    Grant(Grant),
    /// Take a person out, with new data keys, and list what they have seen
    Revoke(Revoke),
    /// Show who can open what
    People(People),
    /// Make a new data key; values stay
    Rekey(Rekey),
    /// Give a key a new value, keeping the previous one where the application looks for it
    Rotate(Rotate),
    /// Show how old each value is, what is overdue, and what somebody who is out has seen
    Status(Status),
    /// Allow the commands that the project file names
    Trust(Trust),
    /// Put the secrets of an environment into Docker Swarm or podman
    Push(Push),
    /// Look at everything that could stop you, each with its fix
    Doctor(Doctor),
    /// Print the completions of a shell
    Completions(Completions),
    /// Print the manual, or write its pages
    Man(Man),
    /// Print a JSON Schema, for editors
    #[command(subcommand)]
    Schema(Schema),
}

impl Command {
    /// Whether the answer is for programs.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Check(arguments) => arguments.json || arguments.format == Report::Json,
            Self::List(arguments) => arguments.json,
            Self::Diff(arguments) => arguments.json,
            Self::Scan(arguments) => arguments.json,
            Self::Log(arguments) => arguments.json,
            Self::Identity(Identity::Show(arguments)) => arguments.json,
            Self::People(arguments) => arguments.json,
            Self::Status(arguments) => arguments.json,
            Self::Doctor(arguments) => arguments.json,
            _ => false,
        }
    }
}

/// `init`
#[derive(Args)]
#[command(
    after_help = "Reads the compose files and the plaintext env files that lie there, and proposes environments, \
    keys, their types, and what is secret; writes envs/ and seals the values when you say yes. \
    Nothing that is there is overwritten.\n\n\
    Examples:\n  \
    senex-env init --dry-run\n  \
    senex-env init --environments development,staging,production\n  \
    senex-env init -y --remove-plaintext"
)]
pub struct Init {
    /// Name of the project; the folder's name if not given
    #[arg(long)]
    pub project: Option<String>,
    /// Your name in the project file; your login name if not given
    #[arg(long)]
    pub person: Option<String>,
    /// A recipient of yours; that of your identity if not given
    #[arg(long)]
    pub recipient: Option<String>,
    /// The environments, the default first; those that the names of files tell of if not given
    #[arg(long, value_delimiter = ',')]
    pub environments: Vec<String>,
    /// Remove the plaintext env files once their values are sealed; -y alone does not
    #[arg(long)]
    pub remove_plaintext: bool,
    /// Leave git as it is: no hooks, no drivers (`senex-env hooks install` installs them later)
    #[arg(long)]
    pub no_hooks: bool,
    /// Show what would be written, write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `demo`
#[derive(Args)]
#[command(after_help = "On a terminal it waits after each step; -y goes through without waiting.")]
pub struct Demo {
    /// Leave the temporary repository there
    #[arg(long)]
    pub keep: bool,
}

/// `run`
#[derive(Args)]
#[command(
    override_usage = "senex-env run [-e NAME] [--format FORMAT] -- COMMAND [ARGUMENT…]",
    after_help = "Compose (podman-compose, docker compose, docker-compose, podman compose) gets a temporary env file \
        that is gone when it ends; the environment's -f files are added when you give none. Any other command gets \
        its process environment, or, where an argument holds {}, the path of a file in its place.\n\n\
        Examples:\n  \
        senex-env run -e production -- podman-compose up -d\n  \
        senex-env run -- python manage.py migrate\n  \
        senex-env run --format json -- ./report --settings {}"
)]
pub struct Run {
    /// What the file in the place of {} looks like [default: compose]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Let the sealed values win over a plaintext .env that defines the same keys, instead of refusing
    #[arg(long)]
    pub override_dotenv: bool,
    /// Show what would be started and which services would receive which keys, start nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// `check`
#[derive(Args)]
#[command(
    after_help = "Names need no identity: CI and a colleague without access can run it. Values are checked where \
    one of your identities opens the file without asking anything. Exit 1 if there are errors.\n\n\
    Examples:\n  \
    senex-env check\n  \
    senex-env check -e production --all\n  \
    senex-env check --format github"
)]
pub struct Check {
    /// How it is said
    #[arg(long, value_enum, default_value = "text")]
    pub format: Report,
    /// For programs: the same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Every key and every finding, not the gravest alone
    #[arg(long)]
    pub all: bool,
    /// Names alone: open nothing, look for no identity
    #[arg(long, conflicts_with = "unlock")]
    pub names: bool,
    /// Ask for the passphrase of an identity where there is one
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
    /// Annotations of GitHub Actions
    Github,
}

/// `list`
#[derive(Args)]
pub struct List {
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// `get`
#[derive(Args)]
#[command(after_help = "The value is printed exactly; a line end follows on a terminal only.")]
pub struct Get {
    /// The key
    #[arg(add = ArgValueCompleter::new(complete::keys))]
    pub key: String,
}

/// `set`
#[derive(Args)]
#[command(after_help = "Without a file, the value comes from the terminal, unseen, or from standard input, \
    of which one final line end is dropped. Values are never taken from the command line: there, every user \
    of the machine could read them.\n\n\
    Examples:\n  \
    senex-env set -e production DB_PASSWORD\n  \
    pass show db | senex-env set -e production DB_PASSWORD\n  \
    senex-env set TLS_KEY --file key.pem")]
pub struct Set {
    /// The key
    #[arg(add = ArgValueCompleter::new(complete::keys))]
    pub key: String,
    /// Take the value from this file, every byte of it
    #[arg(long, value_name = "PATH")]
    pub file: Option<PathBuf>,
    /// The key is new, though its name is near that of another
    #[arg(long)]
    pub new: bool,
    /// Set it even though the project file's rules for the key do not allow the value
    #[arg(long)]
    pub force: bool,
    /// Show what would change, write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `unset`
#[derive(Args)]
pub struct Unset {
    /// The key
    #[arg(add = ArgValueCompleter::new(complete::keys))]
    pub key: String,
    /// Show what would change, write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// `edit`
#[derive(Args)]
#[command(
    after_help = "The editor is SENEX_EDITOR, VISUAL or EDITOR, else vi; one with a window must wait (`code --wait`). The \
    file lies in memory, in the dialect of compose, and is gone when the editor ends, however that ends. A mistake \
    returns to the editor. Nothing is sealed before the whole file is right.\n\n\
    Examples:\n  \
    senex-env edit\n  \
    SENEX_EDITOR='nano -L' senex-env edit -e production"
)]
pub struct Edit {
    /// Seal values even though the project file's rules for their keys do not allow them
    #[arg(long)]
    pub force: bool,
}

/// `seal`
#[derive(Args)]
pub struct Seal {
    /// After a merge: take our value for every key that both sides changed and nobody decided
    #[arg(long, conflicts_with = "theirs")]
    pub ours: bool,
    /// The same, theirs
    #[arg(long)]
    pub theirs: bool,
    /// Take out recipients whom the project file does not let in, with a new data key
    #[arg(long)]
    pub without_strangers: bool,
    /// Show what changed, write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}
