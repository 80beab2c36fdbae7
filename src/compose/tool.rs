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

    /// The tools that a project uses: those that its scripts call, else those that are installed, else both.
    pub fn used(scripts: &[String], is_installed: &dyn Fn(Self) -> bool) -> Vec<Self> {
        let called = |tool: &Self| scripts.iter().any(|text| tool.is_called_in(text));
        let of = |test: &dyn Fn(&Self) -> bool| Self::ALL.into_iter().filter(test).collect::<Vec<_>>();
        [of(&called), of(&|tool| is_installed(*tool)), Self::ALL.into()]
            .into_iter()
            .find(|tools| !tools.is_empty())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_tools_are_inferred_from_scripts() {
        let used = |scripts: &[&str], installed: &[Tool]| {
            let scripts: Vec<String> = scripts.iter().map(|text| (*text).to_owned()).collect();
            Tool::used(&scripts, &|tool| installed.contains(&tool))
        };
        use Tool::{DockerCompose, PodmanCompose};
        assert_eq!(used(&["up:\n\tpodman-compose up -d\n"], &Tool::ALL), [PodmanCompose]);
        assert_eq!(used(&["docker-compose up", "exec docker compose ps"], &Tool::ALL), [DockerCompose]);
        assert_eq!(used(&["docker compose up || podman-compose up"], &[]), Tool::ALL);
        // A file name calls nothing.
        assert_eq!(used(&["cat docker-compose.yml my-docker-compose"], &[PodmanCompose]), [PodmanCompose]);
        assert_eq!(used(&[], &[]), Tool::ALL);
    }
}
