//! The engines that keep secrets. Another one is a file beside [`swarm`](super::swarm), and an entry here.

use clap::ValueEnum;

use super::podman::Podman;
use super::store::Store;
use super::swarm::Swarm;

/// Engines that keep secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Docker in Swarm mode
    Swarm,
    /// Podman's secret store
    Podman,
}

impl Engine {
    /// Where its secrets are.
    pub(crate) fn store(self) -> &'static dyn Store {
        match self {
            Self::Swarm => &Swarm,
            Self::Podman => &Podman,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    #[test]
    fn the_page_about_engines_shows_each() {
        let page = include_str!("../../docs/engines.md");
        for engine in Engine::value_variants() {
            let name = engine.to_possible_value().expect("it is not hidden");
            assert!(page.contains(&format!("\nsenex-env push {} ", name.get_name())), "{}", name.get_name());
        }
    }
}
