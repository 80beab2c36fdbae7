//! Files that are no env files at all, recognised by how they begin.

use std::fmt;

/// What a file is instead of an env file in UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As Windows PowerShell writes it with `>`.
    Utf16,
    /// An 8-bit encoding, as old editors write it.
    Latin1,
    /// An object of JSON.
    Json,
    /// Tables of TOML, or an INI file.
    Toml,
    /// `set NAME=value`, for the command prompt of Windows.
    Batch,
}

impl Encoding {
    /// The encoding of a file that cannot be read as it stands; `None` where nothing is known.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let nul = |first: usize| bytes.iter().skip(first).step_by(2).take(32).all(|byte| *byte == 0);
        if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            return Some(Self::Utf16);
        }
        if bytes.len() >= 4 && (nul(0) || nul(1)) {
            return Some(Self::Utf16);
        }
        let Ok(text) = std::str::from_utf8(bytes) else { return Some(Self::Latin1) };
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        match lines.next()? {
            line if line.starts_with('{') => Some(Self::Json),
            line if line.starts_with('[') && line.ends_with(']') => Some(Self::Toml),
            line if line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("set ")) => {
                Some(Self::Batch)
            }
            _ => None,
        }
    }

    /// What `iconv` calls it.
    pub(crate) fn iconv(self) -> Option<&'static str> {
        match self {
            Self::Utf16 => Some("UTF-16"),
            Self::Latin1 => Some("LATIN1"),
            Self::Json | Self::Toml | Self::Batch => None,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "it is in UTF-16, not in UTF-8",
            Self::Latin1 => "it is in Latin-1 or another 8-bit encoding, not in UTF-8",
            Self::Json => "it is JSON, not an env file",
            Self::Toml => "it is TOML or an INI file, not an env file",
            Self::Batch => "it is a script of the Windows command prompt, not an env file",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_how_they_begin() {
        let utf16 = |mark: &[u8], text: &str| -> Vec<u8> {
            mark.iter().copied().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
        };
        assert_eq!(Encoding::of(&utf16(&[0xff, 0xfe], "K=1\n")), Some(Encoding::Utf16));
        assert_eq!(Encoding::of(&utf16(&[], "K=1\n")), Some(Encoding::Utf16));
        assert_eq!(Encoding::of(b"K=gr\xfcn\n"), Some(Encoding::Latin1));
        assert_eq!(Encoding::of(b"# x\n\n{\"K\": 1}"), Some(Encoding::Json));
        assert_eq!(Encoding::of(b"[app]\nK=1\n"), Some(Encoding::Toml));
        assert_eq!(Encoding::of(b"SET K=1\r\n"), Some(Encoding::Batch));
        for text in ["", "K=1\n", "settings=1", "# only\n"] {
            assert_eq!(Encoding::of(text.as_bytes()), None, "{text}");
        }
    }
}
