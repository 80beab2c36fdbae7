//! The command line as it is typed. Only clap types; what they mean is found out in `commands`.

mod daily;
mod git;
mod groups;
mod identity;
mod mistyped;
mod plaintext;
mod push;
mod start;
mod team;
mod tools;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

pub(crate) use daily::{Check, Edit, Get, List, Report, Run, Seal, Set, Unset};
pub(crate) use git::{GitHook, GitMerge, GitTextconv, Hooks, HooksStatus, Log, Scan};
pub(crate) use identity::{Home, Identity, IdentityImport, IdentityShow};
pub(crate) use mistyped::{summary, told};
pub(crate) use plaintext::{Dialect, Export, Format, Import};
pub(crate) use push::{Push, Rollback};
pub(crate) use start::{Demo, Init};
pub(crate) use team::{Grant, Join, People, Rekey, Revoke, Rotate, Status, Trust};
pub(crate) use tools::{Completions, Diff, Doctor, Help, Man, Schema, Shell};

/// The whole command line.
#[derive(Parser)]
#[command(
    name = "senex-env",
    version,
    about = "Keep a team's environment secrets and config sealed in git",
    long_about = "Keep a team's environment secrets and config sealed in git.\n\n\
        One folder, envs/, holds a project file and one sealed file per environment: SOPS dotenv files \
        with age recipients, which sops can open as well.",
    after_help = "`senex-env help COMMAND` explains a command and shows examples. Start with `senex-env init` in a \
        repository, or watch `senex-env demo`.",
    after_long_help = "`senex-env help COMMAND` explains a command and shows examples.\n\n\
        Exit codes: 0 success, 1 the answer is no (findings, differences, not confirmed), 2 usage, 3 project file, \
        4 no identity opens the file, 5 a file was changed or is damaged, 6 other I/O. `run` exits with the code of \
        its command, with 128+n if signal n ended it, with 126 or 127 if it could not be started, and with 125 if \
        senex-env itself failed.\n\n\
        Examples:\n  \
        senex-env init\n  \
        senex-env run -e production -- podman-compose up -d\n  \
        senex-env help run",
    max_term_width = 80,
    disable_help_subcommand = true,
    infer_subcommands = false
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// What every command accepts
    #[command(flatten)]
    pub common: Common,
}

/// Options that every command accepts.
#[derive(Args)]
pub struct Common {
    /// Environment to use [default: SENEX_ENV, else the project's default]
    #[arg(short, long, value_name = "ENV", global = true)]
    pub env: Option<String>,
    /// Assume yes for all prompts
    #[arg(short, long, global = true)]
    pub yes: bool,
    /// Suppress everything but errors and warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Run as if started in DIR
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// When to use color: auto, always or never
    #[arg(hide_possible_values = true)]
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        global = true
    )]
    pub color: Color,
}

/// When to use color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands. `groups` has their order in `--help`.
#[derive(Subcommand)]
pub enum Command {
    /// Start a project in this repository
    Init(Init),
    /// Watch a guided tour in a temporary repository
    Demo(Demo),
    /// Run a command with the values of an environment
    Run(Run),
    /// Find what is missing or wrong
    Check(Check),
    /// List keys, never values
    List(List),
    /// Print one value
    Get(Get),
    /// Set a value from a prompt, standard input or a file
    Set(Set),
    /// Remove a key
    Unset(Unset),
    /// Change several values in your editor
    Edit(Edit),
    /// Compare two environments, two revisions or a plaintext file
    Diff(Diff),
    /// Import a plaintext .env file
    Import(Import),
    /// Write the values as plaintext, in the format of another tool
    Export(Export),
    /// Re-seal a file that sops or a merge has changed, after showing what changed
    Seal(Seal),
    /// Find values, private keys and plaintext env files where they do not belong
    Scan(Scan),
    /// Show who changed, granted or revoked what, and when
    Log(Log),
    /// Manage git integration: hooks, merge and diff drivers
    #[command(subcommand)]
    Hooks(Hooks),
    /// Show a sealed file to git (called by git)
    #[command(hide = true)]
    GitTextconv(GitTextconv),
    /// Run a hook (called by git)
    #[command(hide = true)]
    GitHook(GitHook),
    /// Merge a sealed file (called by git)
    #[command(hide = true)]
    GitMerge(GitMerge),
    /// Manage your private identity
    #[command(subcommand)]
    Identity(Identity),
    /// Request access by adding your recipient to the project file
    Join(Join),
    /// Let a person open an environment
    Grant(Grant),
    /// Revoke a person's access, rotate data keys and list the values they have seen
    Revoke(Revoke),
    /// Show who can open what
    People(People),
    /// Make a new data key; values stay the same
    Rekey(Rekey),
    /// Give a key a new value, keeping the previous one where the application accepts it
    Rotate(Rotate),
    /// Show how old values are, which are overdue, and which are exposed to revoked people
    Status(Status),
    /// Allow the commands that the project file names
    Trust(Trust),
    /// Put the secrets of an environment into Docker Swarm or Podman
    Push(Push),
    /// Check this machine for everything that could stop you, with a fix for each
    Doctor(Doctor),
    /// Print a completion script for your shell
    Completions(Completions),
    /// Print the manual, or write its pages to a folder
    Man(Man),
    /// Print a JSON Schema, for editors
    #[command(subcommand)]
    Schema(Schema),
    /// Explain a command
    Help(Help),
    /// Print the version
    Version,
}

/// The command line as clap knows it, with the commands in groups.
pub fn command() -> clap::Command {
    groups::grouped(Cli::command())
}

/// Reads a command line.
///
/// # Errors
/// Help, the version, and what clap says of a command line that it does not understand.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = command().color(match color(arguments) {
        Color::Auto => clap::ColorChoice::Auto,
        Color::Always => clap::ColorChoice::Always,
        Color::Never => clap::ColorChoice::Never,
    });
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// What `--color` says, on a command line that may be wrong everywhere else.
pub(crate) fn color(arguments: &[OsString]) -> Color {
    let mut words = own(arguments);
    while let Some(word) = words.next() {
        let value = match word.strip_prefix("--color") {
            Some("") => words.next().unwrap_or_default(),
            Some(value) => value.trim_start_matches('='),
            None => continue,
        };
        return Color::from_str(value, false).unwrap_or(Color::Auto);
    }
    Color::Auto
}

/// Whether `--json` is among the arguments of a command line that may be wrong everywhere else.
pub(crate) fn asks_for_json(arguments: &[OsString]) -> bool {
    own(arguments).any(|word| word == "--json")
}

/// The arguments before those of the command that `run` starts.
fn own(arguments: &[OsString]) -> impl Iterator<Item = &str> {
    arguments.iter().skip(1).take_while(|word| *word != "--").filter_map(|word| word.to_str())
}

impl Command {
    /// Whether the answer is for programs.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Run(arguments) => arguments.json,
            Self::Check(arguments) => arguments.json || arguments.format == Report::Json,
            Self::List(arguments) => arguments.json,
            Self::Seal(arguments) => arguments.json,
            Self::Grant(arguments) => arguments.json,
            Self::Revoke(arguments) => arguments.json,
            Self::Rotate(arguments) => arguments.json,
            Self::Diff(arguments) => arguments.json,
            Self::Scan(arguments) => arguments.json,
            Self::Log(arguments) => arguments.json,
            Self::Hooks(Hooks::Status(arguments)) => arguments.json,
            Self::Identity(Identity::Show(arguments)) => arguments.json,
            Self::People(arguments) => arguments.json,
            Self::Status(arguments) => arguments.json,
            Self::Trust(arguments) => arguments.json,
            Self::Doctor(arguments) => arguments.json,
            _ => false,
        }
    }

    /// The name of a command that is about the whole project or this machine, and has no use for `-e`.
    pub(crate) fn without_environment(&self) -> Option<&'static str> {
        match self {
            Self::Init(_) => Some("init"),
            Self::Demo(_) => Some("demo"),
            Self::Scan(_) => Some("scan"),
            Self::Hooks(_) => Some("hooks"),
            Self::Identity(_) => Some("identity"),
            Self::Trust(_) => Some("trust"),
            Self::Doctor(_) => Some("doctor"),
            Self::Completions(_) => Some("completions"),
            Self::Man(_) => Some("man"),
            Self::Schema(_) => Some("schema"),
            Self::Help(_) => Some("help"),
            Self::Version => Some("version"),
            Self::Run(_) | Self::Check(_) | Self::List(_) | Self::Get(_) | Self::Set(_) | Self::Unset(_) => {
                None
            }
            Self::Edit(_) | Self::Diff(_) | Self::Import(_) | Self::Export(_) | Self::Seal(_) => None,
            Self::Log(_) | Self::GitTextconv(_) | Self::GitHook(_) | Self::GitMerge(_) | Self::Join(_) => {
                None
            }
            Self::Grant(_) | Self::Revoke(_) | Self::People(_) | Self::Rekey(_) | Self::Rotate(_) => None,
            Self::Status(_) | Self::Push(_) => None,
        }
    }
}
