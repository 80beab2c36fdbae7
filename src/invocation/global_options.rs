//! The options that each compose tool takes before its subcommand.

use super::engine::Engine;
use super::front_end::FrontEnd;
use super::options::{Grammar, NONE};

/// The grammar of a front end's own options.
pub(super) fn of(front_end: FrontEnd) -> &'static Grammar {
    match front_end.engine() {
        Some(Engine::PodmanCompose(_)) => &PODMAN_COMPOSE,
        Some(Engine::DockerComposeV1) => &DOCKER_COMPOSE_V1,
        Some(Engine::DockerCompose) | None => &DOCKER_COMPOSE,
    }
}

/// `docker compose --help`, and what it hides (`cmd/compose/compose.go` of Docker Compose). The
/// connection options of `docker` are understood by the standalone `docker-compose`.
const DOCKER_COMPOSE: Grammar = Grammar {
    valued: &[
        ("--ansi", NONE),
        ("--context", NONE),
        ("--env-file", NONE),
        ("--file", 'f'),
        ("--host", 'H'),
        ("--insecure-registry", NONE),
        ("--log-level", NONE),
        ("--parallel", NONE),
        ("--profile", NONE),
        ("--progress", NONE),
        ("--project-directory", NONE),
        ("--project-name", 'p'),
        ("--tlscacert", NONE),
        ("--tlscert", NONE),
        ("--tlskey", NONE),
        ("--workdir", NONE),
    ],
    flags: &[
        ("--all-resources", NONE),
        ("--compatibility", NONE),
        ("--debug", 'D'),
        ("--dry-run", NONE),
        ("--help", 'h'),
        ("--no-ansi", NONE),
        ("--tls", NONE),
        ("--tlsverify", NONE),
        ("--verbose", NONE),
        ("--version", 'v'),
    ],
    abbreviations: false,
    operands: SUBCOMMANDS,
};

/// `docker-compose --help` of 1.29.2 (docopt).
const DOCKER_COMPOSE_V1: Grammar = Grammar {
    valued: &[
        ("--ansi", NONE),
        ("--context", 'c'),
        ("--env-file", NONE),
        ("--file", 'f'),
        ("--host", 'H'),
        ("--log-level", NONE),
        ("--profile", NONE),
        ("--project-directory", NONE),
        ("--project-name", 'p'),
        ("--tlscacert", NONE),
        ("--tlscert", NONE),
        ("--tlskey", NONE),
    ],
    flags: &[
        ("--compatibility", NONE),
        ("--help", 'h'),
        ("--no-ansi", NONE),
        ("--skip-hostname-check", NONE),
        ("--tls", NONE),
        ("--tlsverify", NONE),
        ("--verbose", NONE),
        ("--version", 'v'),
    ],
    abbreviations: true,
    operands: SUBCOMMANDS,
};

/// `podman-compose --help`, every version from 1.0.3 to 1.6.0 together (argparse).
const PODMAN_COMPOSE: Grammar = Grammar {
    valued: &[
        ("--env-file", NONE),
        ("--file", 'f'),
        ("--in-pod", NONE),
        ("--parallel", NONE),
        ("--pod-args", NONE),
        ("--podman-args", NONE),
        ("--podman-build-args", NONE),
        ("--podman-inspect-args", NONE),
        ("--podman-path", NONE),
        ("--podman-pull-args", NONE),
        ("--podman-push-args", NONE),
        ("--podman-rm-args", NONE),
        ("--podman-run-args", NONE),
        ("--podman-start-args", NONE),
        ("--podman-stop-args", NONE),
        ("--podman-volume-args", NONE),
        ("--profile", NONE),
        ("--project-name", 'p'),
    ],
    flags: &[
        ("--dry-run", NONE),
        ("--help", 'h'),
        ("--no-ansi", NONE),
        ("--no-cleanup", NONE),
        ("--verbose", NONE),
        ("--version", 'v'),
    ],
    abbreviations: true,
    operands: SUBCOMMANDS,
};

/// The subcommands of all of them. They matter only behind an option that no table knows.
const SUBCOMMANDS: &[&str] = &[
    "attach", "bridge", "build", "commit", "config", "convert", "cp", "create", "down", "events", "exec",
    "export", "help", "images", "kill", "logs", "ls", "pause", "port", "ps", "publish", "pull", "push",
    "restart", "rm", "run", "scale", "start", "stats", "stop", "systemd", "top", "unpause", "up", "version",
    "volumes", "wait", "watch",
];
