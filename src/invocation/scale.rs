//! `--scale`, of which podman-compose keeps the last one alone.

use std::ffi::{OsStr, OsString};

use super::Invocation;

impl Invocation {
    /// The `--scale` that a podman-compose is given, as written. It forgets all but the last (measured up to
    /// 1.6.0; Docker Compose takes as many as there are).
    pub(crate) fn podman_scales(&self) -> Vec<OsString> {
        if !self.front_end.is_podman_compose() || self.subcommand() != Some(OsStr::new("up")) {
            return Vec::new();
        }
        let mut scales = Vec::new();
        let mut words = self.argv[self.options.operand + 1..].iter();
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            } else if word == "--scale" {
                scales.extend(words.next().cloned());
            } else if let Some(scale) = word.to_str().and_then(|word| word.strip_prefix("--scale=")) {
                scales.push(scale.into());
            }
        }
        scales
    }
}
