//! Plaintext that comes in and goes out: `import`, `export`, and the formats.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::plaintext::{Format as Dialect, Reader};

/// What an environment is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A dialect of env files.
    Dialect(Dialect),
    /// The manifest of a Kubernetes Secret.
    K8s,
}

impl Format {
    /// Every dialect, then the manifest.
    const ALL: [Self; Dialect::ALL.len() + 1] = {
        let mut all = [Self::K8s; Dialect::ALL.len() + 1];
        let mut at = 0;
        while at < Dialect::ALL.len() {
            all[at] = Self::Dialect(Dialect::ALL[at]);
            at += 1;
        }
        all
    };
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::K8s => ("k8s", "The manifest of a Kubernetes Secret"),
            Self::Dialect(dialect) => (
                dialect.as_str(),
                match dialect {
                    Dialect::Compose => "Read alike by docker compose, podman-compose and python-dotenv",
                    Dialect::Raw => "For `docker run --env-file`, `podman run --env-file`",
                    Dialect::Node => "For dotenv, the npm package",
                    Dialect::Dotenvy => "For dotenvy, the Rust crate",
                    Dialect::Systemd => "For `EnvironmentFile=` of a systemd unit",
                    Dialect::Shell => "To be sourced by a shell",
                    Dialect::Json => "One JSON object",
                    Dialect::Yaml => "One YAML mapping",
                },
            ),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// `import`
#[derive(Args)]
#[command(
    after_help = "The file is read as docker compose reads it and cross-checked with podman-compose. If they disagree on a \
    key, nothing is imported until you choose a reader with --dialect. Values that the project file does not allow are \
    refused.\n\n\
    Examples:\n  \
    senex-env import .env\n  \
    senex-env import -e production --dialect python .env.production\n  \
    sops decrypt old.env | senex-env import -e production -"
)]
pub struct Import {
    /// Plaintext file; `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Parse the file as this tool does
    #[arg(long, value_enum)]
    pub dialect: Option<Reader>,
    /// Import values even if the project file does not allow them
    #[arg(long)]
    pub force: bool,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

impl ValueEnum for Reader {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Compose => "docker compose",
            Self::Python => "python-dotenv, as podman-compose uses it",
            Self::Dotenvy => "dotenvy",
            Self::Literal => "Everything after the `=`, verbatim",
        };
        Some(PossibleValue::new(self.as_str()).help(help))
    }
}

/// `export`
#[derive(Args)]
#[command(
    after_help = "Every value is written exactly or, if the format cannot represent it, refused by name. \
    `senex-env run` needs no plaintext file on disk.\n\n\
    Examples:\n  \
    senex-env export -e production --format systemd -o /etc/web.env\n  \
    senex-env export --format json DB_USER DB_PASSWORD | ./report\n  \
    senex-env export --format k8s --namespace web | kubectl apply -f -"
)]
pub struct Export {
    /// Write only these keys
    #[arg(value_name = "KEY")]
    pub keys: Vec<String>,
    /// Output format
    #[arg(long, value_enum)]
    pub format: Format,
    /// Write to FILE, readable by you alone, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write the file even if git would track it
    #[arg(long)]
    pub force: bool,
    /// Name of the Kubernetes Secret [default: PROJECT-ENV]
    #[arg(long)]
    pub name: Option<String>,
    /// Namespace of the Kubernetes Secret [default: chosen by kubectl]
    #[arg(long)]
    pub namespace: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_have_one_row_per_format() {
        let page = include_str!("../../docs/export.md");
        let table =
            page.split("| `--format` |").nth(1).expect("a table").split("\n\n").next().expect("its lines");
        let lines: Vec<&str> =
            table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        let names: Vec<String> = Format::ALL
            .iter()
            .filter_map(Format::to_possible_value)
            .map(|value| value.get_name().to_owned())
            .collect();
        assert_eq!(lines, names);
    }
}
