//! How a command ended.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;

use super::project::{stderr, stdout};

/// Asserts that the command refused with this exit code, in words of its own, and returns the words.
#[track_caller]
pub fn refused(output: &Output, code: i32) -> String {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{message}{}", stdout(output));
    assert!(message.contains("error: "), "no error is named: {message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// Asserts that the command succeeded, and returns its standard output.
#[track_caller]
pub fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{:?}: {}", output.status, stderr(output));
    stdout(output)
}

/// Everything below a folder but `.git`: kind, mode and content of each entry. Devices and pipes are not
/// opened, links not followed.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::MetadataExt;
    let mut entries = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = std::fs::symlink_metadata(&path).expect("metadata");
            let content = if metadata.is_symlink() {
                std::fs::read_link(&path).expect("a link").into_os_string().into_vec()
            } else if metadata.is_file() {
                std::fs::read(&path).expect("a file")
            } else {
                Vec::new()
            };
            if metadata.is_dir() && !path.ends_with(".git") {
                folders.push(path.clone());
            }
            entries.insert(path, (metadata.mode(), content));
        }
    }
    entries
}
