//! What kind of program is about to be started.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::path::Path;

use super::engine::{Engine, contains, is_python};
use super::options::{Grammar, NONE, scan};
use super::provider;
use super::starter::Starter;
use super::variables::View;
use super::version::{self, Version};
use crate::compose::Tool;
use crate::plaintext::Reader;

/// What kind of program is about to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrontEnd {
    /// `podman-compose`, also as `python3 -m podman_compose`.
    PodmanCompose {
        /// Its version, where it could be found out.
        version: Option<Version>,
    },
    /// `docker compose`, or `docker-compose` from version 2 on.
    DockerComposeV2,
    /// `docker-compose` 1.x, in Python.
    DockerComposeV1,
    /// `podman compose`, which hands its arguments to another program.
    PodmanComposePlugin {
        /// That program, where it could be found out.
        provider: Option<Engine>,
    },
    /// `docker stack deploy` or `docker stack config`.
    DockerStackDeploy,
    /// Anything else.
    Other,
}

impl FrontEnd {
    /// The engine behind it. `None` for what is no compose program, and for a `podman compose` whose
    /// provider is unknown.
    pub(crate) fn engine(self) -> Option<Engine> {
        match self {
            Self::PodmanCompose { version } => Some(Engine::PodmanCompose(version)),
            Self::DockerComposeV2 => Some(Engine::DockerCompose),
            Self::DockerComposeV1 => Some(Engine::DockerComposeV1),
            Self::PodmanComposePlugin { provider } => provider,
            Self::DockerStackDeploy | Self::Other => None,
        }
    }

    /// Whether it reads compose files with `-f` and env files with `--env-file`, as a family.
    pub(crate) fn is_compose(self) -> bool {
        match self {
            Self::PodmanCompose { .. }
            | Self::DockerComposeV2
            | Self::DockerComposeV1
            | Self::PodmanComposePlugin { .. } => true,
            Self::DockerStackDeploy | Self::Other => false,
        }
    }

    /// Whether podman-compose is behind it, with its own way of reading things.
    pub(crate) fn is_podman_compose(self) -> bool {
        match self.engine() {
            Some(Engine::PodmanCompose(_)) => true,
            Some(Engine::DockerCompose | Engine::DockerComposeV1) | None => false,
        }
    }

    /// The tool whose reading of compose files is that of the engine. An unknown provider of `podman compose` is
    /// Docker Compose more often than not.
    pub(crate) fn tool(self) -> Tool {
        match self.engine() {
            Some(Engine::PodmanCompose(_)) => Tool::PodmanCompose,
            Some(Engine::DockerCompose | Engine::DockerComposeV1) | None => Tool::DockerCompose,
        }
    }

    /// The reader whose reading of env files is that of the engine: the two in Python have one library.
    pub(crate) fn reader(self) -> Reader {
        match self.engine() {
            Some(Engine::DockerCompose) => Reader::Compose,
            Some(Engine::PodmanCompose(_) | Engine::DockerComposeV1) | None => Reader::Python,
        }
    }
}

/// Recognizes the program at `at`; answers it and where its compose options begin.
pub(super) fn recognize(argv: &[OsString], at: usize, view: &View<'_>) -> (FrontEnd, usize) {
    let other = (FrontEnd::Other, argv.len());
    let Some(word) = argv.get(at) else { return other };
    let name = Path::new(word).file_name().and_then(OsStr::to_str).unwrap_or_default();
    match Starter::of(name) {
        Some(Starter::PodmanCompose) => {
            let version = view.program(word).and_then(|program| version::of_script(&program));
            (FrontEnd::PodmanCompose { version }, at + 1)
        }
        Some(Starter::DockerCompose) => {
            let v1 = view.program(word).is_some_and(|program| is_python(&program));
            (if v1 { FrontEnd::DockerComposeV1 } else { FrontEnd::DockerComposeV2 }, at + 1)
        }
        Some(Starter::Docker) if view.program(word).is_some_and(|program| is_podman(&program)) => {
            podman(argv, at, view)
        }
        Some(Starter::Docker) => docker(argv, at),
        Some(Starter::Podman) => podman(argv, at, view),
        None if name.starts_with("python") => python(argv, at, view).unwrap_or(other),
        None => other,
    }
}

fn docker(argv: &[OsString], at: usize) -> (FrontEnd, usize) {
    let found = scan(argv, at + 1, &DOCKER);
    let word = |at: usize| argv.get(at).and_then(|word| word.to_str());
    match word(found.operand) {
        Some("compose") => (FrontEnd::DockerComposeV2, found.operand + 1),
        Some("stack") => {
            let stack = scan(argv, found.operand + 1, &STACK);
            match word(stack.operand) {
                Some("deploy" | "up" | "config") => (FrontEnd::DockerStackDeploy, stack.operand + 1),
                _ => (FrontEnd::Other, argv.len()),
            }
        }
        _ => (FrontEnd::Other, argv.len()),
    }
}

fn podman(argv: &[OsString], at: usize, view: &View<'_>) -> (FrontEnd, usize) {
    let found = scan(argv, at + 1, &PODMAN);
    if argv.get(found.operand).is_some_and(|word| word == "compose") {
        return (FrontEnd::PodmanComposePlugin { provider: provider::find(view) }, found.operand + 1);
    }
    (FrontEnd::Other, argv.len())
}

/// `python3 -m podman_compose …`, `python3 path/to/podman_compose.py …`.
fn python(argv: &[OsString], at: usize, view: &View<'_>) -> Option<(FrontEnd, usize)> {
    let found = scan(argv, at + 1, &PYTHON);
    // `-m` and `-c` end the interpreter's own options; what follows belongs to the module.
    let start = found.options.iter().find(|option| matches!(option.name, "-m" | "-c"));
    if let Some(start) = start {
        let named = start.name == "-m" && start.value.as_ref().is_some_and(|m| m == "podman_compose");
        let version = || version::of_module(&view.program(&argv[at])?);
        return named.then(|| (FrontEnd::PodmanCompose { version: version() }, start.at.end));
    }
    let script = Path::new(argv.get(found.operand)?);
    let ours = Starter::of(script.file_name()?.to_str()?) == Some(Starter::PodmanCompose);
    let version = || version::of_script(&view.cwd.join(script));
    ours.then(|| (FrontEnd::PodmanCompose { version: version() }, found.operand + 1))
}

/// Whether a `docker` is podman in disguise: a link to it, or the script of the package podman-docker.
fn is_podman(program: &Path) -> bool {
    if program.canonicalize().is_ok_and(|real| real.file_name() == Some(OsStr::new("podman"))) {
        return true;
    }
    let mut head = Vec::new();
    let read = std::fs::File::open(program).and_then(|file| file.take(4096).read_to_end(&mut head));
    read.is_ok() && head.starts_with(b"#!") && contains(&head, b"podman")
}

const DOCKER: Grammar = Grammar {
    valued: &[
        ("--config", NONE),
        ("--context", 'c'),
        ("--host", 'H'),
        ("--log-level", 'l'),
        ("--tlscacert", NONE),
        ("--tlscert", NONE),
        ("--tlskey", NONE),
    ],
    flags: &[("--debug", 'D'), ("--tls", NONE), ("--tlsverify", NONE), ("--version", 'v'), ("--help", 'h')],
    abbreviations: false,
    operands: &["compose", "stack"],
};

const STACK: Grammar = Grammar {
    valued: &[("--orchestrator", NONE), ("--kubeconfig", NONE)],
    flags: &[("--help", 'h')],
    abbreviations: false,
    operands: &["deploy", "up", "config"],
};

const PODMAN: Grammar = Grammar {
    valued: &[
        ("--cdi-spec-dir", NONE),
        ("--cgroup-manager", NONE),
        ("--config", NONE),
        ("--conmon", NONE),
        ("--connection", 'c'),
        ("--context", NONE),
        ("--cpu-profile", NONE),
        ("--db-backend", NONE),
        ("--events-backend", NONE),
        ("--hooks-dir", NONE),
        ("--host", 'H'),
        ("--identity", NONE),
        ("--imagestore", NONE),
        ("--log-level", NONE),
        ("--memory-profile", NONE),
        ("--module", NONE),
        ("--namespace", NONE),
        ("--network-cmd-path", NONE),
        ("--network-config-dir", NONE),
        ("--out", NONE),
        ("--root", NONE),
        ("--runroot", NONE),
        ("--runtime", NONE),
        ("--runtime-flag", NONE),
        ("--ssh", NONE),
        ("--storage-driver", NONE),
        ("--storage-opt", NONE),
        ("--tls-ca", NONE),
        ("--tls-cert", NONE),
        ("--tls-key", NONE),
        ("--tmpdir", NONE),
        ("--url", NONE),
        ("--volumepath", NONE),
    ],
    flags: &[
        ("--help", 'h'),
        ("--noout", NONE),
        ("--remote", 'r'),
        ("--syslog", NONE),
        ("--trace", NONE),
        ("--transient-store", NONE),
        ("--version", 'v'),
    ],
    abbreviations: false,
    operands: &["compose"],
};

const PYTHON: Grammar = Grammar {
    valued: &[("-W", 'W'), ("-X", 'X'), ("-c", 'c'), ("-m", 'm'), ("--check-hash-based-pycs", NONE)],
    flags: &[],
    abbreviations: false,
    operands: &[],
};
