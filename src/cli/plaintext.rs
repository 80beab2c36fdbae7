//! Plaintext that comes in and goes out: `import`, `export`, and the formats.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, ValueEnum};

use crate::name::KeyName;
use crate::plaintext::{Format as Written, Reader};

/// What an environment is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A dialect of env files.
    Dialect(Written),
    /// The manifest of a Kubernetes Secret.
    K8s,
}

impl Format {
    /// Every dialect, then the manifest.
    const ALL: [Self; Written::ALL.len() + 1] = {
        let mut all = [Self::K8s; Written::ALL.len() + 1];
        let mut at = 0;
        while at < Written::ALL.len() {
            all[at] = Self::Dialect(Written::ALL[at]);
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
                    Written::Compose => "Read alike by docker compose, podman-compose and python-dotenv",
                    Written::Raw => "For `docker run --env-file`, `podman run --env-file`",
                    Written::Node => "For dotenv, the npm package",
                    Written::Dotenvy => "For dotenvy, the Rust crate",
                    Written::Systemd => "For `EnvironmentFile=` of a systemd unit",
                    Written::Shell => "To be sourced by a shell",
                    Written::Json => "One JSON object",
                    Written::Yaml => "One YAML mapping",
                },
            ),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// `import`
#[derive(Args)]
#[command(
    after_help = "The file is read as docker compose reads it and cross-checked with podman-compose, and with dotenv for \
    Node.js where package.json names it. If they disagree on a key, you are asked which of them is right, or say so with \
    --dialect KEY=READER; the other keys are imported. Values that the project file does not allow are refused.\n\n\
    Examples:\n  \
    senex-env import .env\n  \
    senex-env import -e production --dialect python .env.production\n  \
    senex-env import --dialect FLAGS=literal .env\n  \
    sops decrypt old.env | senex-env import -e production -"
)]
pub struct Import {
    /// Plaintext file; `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Parse the file, or one key of it, as this tool does
    #[arg(long, value_name = "[KEY=]READER", value_parser = DialectParser)]
    pub dialect: Vec<Dialect>,
    /// Import values even if the project file does not allow them
    #[arg(long)]
    pub force: bool,
    /// Show what would change, but write nothing
    #[arg(short = 'n', long)]
    pub dry_run: bool,
}

/// The reader of a whole file, or of one key in it.
#[derive(Clone)]
pub struct Dialect {
    /// The key; `None` for the file.
    pub key: Option<KeyName>,
    /// The reader.
    pub reader: Reader,
}

/// Reads `[KEY=]READER`.
#[derive(Clone)]
struct DialectParser;

impl TypedValueParser for DialectParser {
    type Value = Dialect;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, text: &OsStr) -> Result<Dialect, clap::Error> {
        let (key, reader) = match text.to_str().and_then(|text| text.split_once('=')) {
            Some((key, reader)) => (Some(key), OsStr::new(reader)),
            None => (None, text),
        };
        let reader = EnumValueParser::<Reader>::new().parse_ref(command, arg, reader)?;
        let key = key.map(KeyName::new).transpose().map_err(|problem| {
            let what = format!("the key of `--dialect` is not valid: {problem}");
            clap::Error::raw(ErrorKind::ValueValidation, what).with_cmd(command)
        })?;
        Ok(Dialect { key, reader })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Reader::value_variants().iter().filter_map(Reader::to_possible_value)))
    }
}

impl ValueEnum for Reader {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Self::Compose => "docker compose",
            Self::Python => "python-dotenv, as podman-compose uses it",
            Self::Node => "dotenv, the npm package",
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
