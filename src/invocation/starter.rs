//! The programs by which people start a compose tool.

use crate::listed::listed;

listed! {
    /// A program by which people start a compose tool, the one that is proposed first at the top.
    pub(crate) enum Starter {
        /// podman-compose itself.
        PodmanCompose = "podman-compose",
        /// Docker with its compose plugin; also podman under that name.
        Docker = "docker",
        /// Docker Compose without `docker`, of version 1 or later.
        DockerCompose = "docker-compose",
        /// podman, which starts one of the others.
        Podman = "podman",
    }
}

impl Starter {
    /// By the name of a file.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "podman_compose.py" => Some(Self::PodmanCompose),
            "podman-remote" => Some(Self::Podman),
            name => Self::ALL.into_iter().find(|starter| starter.as_str() == name),
        }
    }

    /// What people type for compose.
    pub(crate) fn compose(self) -> &'static str {
        match self {
            Self::PodmanCompose => "podman-compose",
            Self::Docker => "docker compose",
            Self::DockerCompose => "docker-compose",
            Self::Podman => "podman compose",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readme_names_every_starter() {
        let table = include_str!("../../README.md").split("| command | how it gets the values |").nth(1);
        let row = table.and_then(|table| table.lines().find(|line| line.contains("temporary env file")));
        let row = row.expect("a row");
        for starter in Starter::ALL {
            assert!(row.contains(&format!("`{}`", starter.compose())), "{starter}");
        }
    }
}
