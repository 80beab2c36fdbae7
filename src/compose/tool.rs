//! The two compose tools, which read one file differently in places.

use crate::listed::listed;

listed! {
    /// A compose tool, as its reference version reads compose files.
    pub enum Tool {
        /// Docker Compose 5 (compose-go 2.16).
        DockerCompose = "docker compose",
        /// podman-compose 1.6.0.
        PodmanCompose = "podman-compose",
    }
}

impl Tool {
    /// The tool of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.as_str() == name)
    }

    /// How command lines call it.
    fn commands(self) -> &'static [&'static str] {
        match self {
            Self::DockerCompose => &["docker compose", "docker-compose"],
            Self::PodmanCompose => &["podman-compose"],
        }
    }

    /// Whether a script, a Makefile or a page of documentation calls it.
    fn is_called_in(self, text: &str) -> bool {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        self.commands().iter().any(|command| {
            text.match_indices(command).any(|(at, _)| {
                let (before, after) = (text[..at].bytes().last(), text[at + command.len()..].bytes().next());
                !before.is_some_and(is_part) && !after.is_some_and(is_part)
            })
        })
    }

    /// The only tool that a project uses: the one that it calls, on whatever machine; where it calls none, the one
    /// that is installed. `None` where both count: it calls both, or it calls one and this machine has the other.
    pub(crate) fn only(texts: &[String], is_installed: &dyn Fn(Self) -> bool) -> Option<Only> {
        let one = |test: &dyn Fn(&Self) -> bool| -> Result<Self, usize> {
            let tools: Vec<Self> = Self::ALL.into_iter().filter(test).collect();
            if let [one] = tools.as_slice() { Ok(*one) } else { Err(tools.len()) }
        };
        let installed = one(&|tool| is_installed(*tool)).ok();
        match one(&|tool| texts.iter().any(|text| tool.is_called_in(text))) {
            Ok(called) if installed.is_none_or(|installed| installed == called) => Some(Only::Called(called)),
            Err(0) => installed.map(Only::Installed),
            Ok(_) | Err(_) => None,
        }
    }
}

/// The only tool that counts, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Only {
    /// The project calls it, and no other.
    Called(Tool),
    /// The project calls none, and no other is on this machine.
    Installed(Tool),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_tools_are_inferred_from_scripts() {
        let only = |texts: &[&str], installed: &[Tool]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            Tool::only(&texts, &|tool| installed.contains(&tool))
        };
        use Tool::{DockerCompose, PodmanCompose};
        let called = |tool| Some(Only::Called(tool));
        // The same on every machine that has the tool, or none.
        for installed in [&Tool::ALL[..], &[DockerCompose], &[]] {
            assert_eq!(
                only(&["docker-compose up", "exec docker compose ps"], installed),
                called(DockerCompose)
            );
        }
        assert_eq!(only(&["up:\n\tpodman-compose up -d\n"], &Tool::ALL), called(PodmanCompose));
        assert_eq!(only(&["docker compose up || podman-compose up"], &[DockerCompose]), None);
        // Somebody uses the other one here.
        assert_eq!(only(&["docker compose up"], &[PodmanCompose]), None);
        // A file name calls nothing.
        let texts = ["cat docker-compose.yml my-docker-compose"];
        assert_eq!(only(&texts, &[PodmanCompose]), Some(Only::Installed(PodmanCompose)));
        assert_eq!((only(&[], &[]), only(&[], &Tool::ALL)), (None, None));
    }
}
