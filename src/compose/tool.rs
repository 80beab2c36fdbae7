//! The two compose tools, which read one file differently in places.

use std::fmt;

/// A compose tool, as its reference version reads compose files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tool {
    /// Docker Compose 5 (compose-go 2.16).
    DockerCompose,
    /// podman-compose 1.6.0.
    PodmanCompose,
}

impl Tool {
    /// Both.
    pub const ALL: [Self; 2] = [Self::DockerCompose, Self::PodmanCompose];
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DockerCompose => "docker compose",
            Self::PodmanCompose => "podman-compose",
        })
    }
}
