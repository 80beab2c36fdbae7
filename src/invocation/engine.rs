//! The program that reads compose files and env files in the end.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::version::Version;

/// The program that reads compose files and env files in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// compose-go: Docker Compose from version 2 on.
    DockerCompose,
    /// Docker Compose 1.x.
    DockerComposeV1,
    /// podman-compose.
    PodmanCompose(Option<Version>),
}

/// Whether a `docker-compose` is the Python program: a script for Python, or a bundle of `PyInstaller`.
pub(super) fn is_python(program: &Path) -> bool {
    /// How `PyInstaller`'s bootloader marks the archive at the end of a bundle.
    const BUNDLE: &[u8] = b"MEI\x0c\x0b\x0a\x0b\x0e";
    const TAIL: u64 = 64 * 1024;
    let read = || -> std::io::Result<(Vec<u8>, Vec<u8>)> {
        let mut file = std::fs::File::open(program)?;
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        (&mut file).take(256).read_to_end(&mut head)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
        file.take(TAIL).read_to_end(&mut tail)?;
        Ok((head, tail))
    };
    let Ok((head, tail)) = read() else { return false };
    if head.starts_with(b"#!") {
        let line = head.split(|b| *b == b'\n').next().unwrap_or_default();
        return contains(line, b"python");
    }
    contains(&tail, BUNDLE)
}

pub(super) fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
