//! A copy of everything that a test has laid out, to follow hints in.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_senex-env");

/// The copy; removed on drop.
pub struct Workshop<'a> {
    original: PathBuf,
    copy: tempfile::TempDir,
    model: &'a Command,
}

/// The folder in which the tests of one project lie, from the home of its command.
pub fn folder_of(command: &Command) -> Option<PathBuf> {
    let home = command.get_envs().find(|(name, _)| *name == "HOME")?.1?;
    let top = std::env::temp_dir();
    let home = Path::new(home);
    home.ancestors().find(|folder| folder.parent() == Some(&top)).map(Path::to_owned)
}

impl<'a> Workshop<'a> {
    /// `None` where it cannot be copied: something is being changed, or cannot be read.
    pub fn new(model: &'a Command) -> Option<Self> {
        let original = folder_of(model)?;
        let copy = tempfile::tempdir().expect("a folder");
        let copied = Command::new("cp").arg("-a").arg(original.join(".")).arg(copy.path()).output();
        std::fs::create_dir_all(copy.path().join("shm")).ok()?;
        copied.is_ok_and(|output| output.status.success()).then_some(Self { original, copy, model })
    }

    /// The same where the copy stands for the original.
    pub fn moved(&self, text: &OsStr) -> OsString {
        let (from, to) = (self.original.as_os_str().as_bytes(), self.copy.path().as_os_str().as_bytes());
        let mut out = Vec::new();
        let mut rest = text.as_bytes();
        while let Some(at) = memchr::memmem::find(rest, from) {
            out.extend_from_slice(&rest[..at]);
            out.extend_from_slice(to);
            rest = &rest[at + from.len()..];
        }
        out.extend_from_slice(rest);
        OsString::from_vec(out)
    }

    /// A line of shell commands. `None` where it would touch something outside.
    pub fn shell(&self, line: &str) -> Option<Output> {
        let shm = format!("{}/shm/", self.copy.path().display());
        let line = self.moved(OsStr::new(line)).into_string().ok()?.replace("/dev/shm/", &shm);
        let inside = |word: &String| {
            !word.trim_start_matches(['>', '<']).starts_with('/')
                || Path::new(word.trim_start_matches(['>', '<'])).starts_with(self.copy.path())
                || word.ends_with("/dev/null")
        };
        if !super::syntax::words(&line).iter().all(inside) {
            return None;
        }
        Some(self.output(&["sh".into(), "-c".into(), line.into()], &self.folder()))
    }

    /// Our program, with these arguments.
    pub fn program(&self, arguments: &[OsString]) -> Output {
        let mut words = vec![OsString::from(BINARY)];
        words.extend(arguments.iter().map(|argument| self.moved(argument)));
        self.output(&words, &self.folder())
    }

    fn folder(&self) -> PathBuf {
        let folder = self.model.get_current_dir().unwrap_or(&self.original);
        self.moved(folder.as_os_str()).into()
    }

    /// Without a terminal, with an end to its patience; whoever asks for a value gets one.
    fn output(&self, words: &[OsString], folder: &Path) -> Output {
        let value = self.copy.path().join("shm/value");
        let mut file = std::fs::File::create(&value).expect("a file");
        file.write_all(b"a-value-that-somebody-typed-4711\n").expect("written");
        let mut command = Command::new("setsid");
        command.args(["--wait", "timeout", "--signal=KILL", "30"]).args(words).current_dir(folder);
        command.env_clear().stdin(Stdio::from(std::fs::File::open(value).expect("a file")));
        for (name, value) in self.model.get_envs() {
            if let Some(value) = value {
                command.env(name, self.moved(value));
            }
        }
        command.env("GIT_EDITOR", "echo a message >").env("EDITOR", "true").env("PATH", self.path());
        command.output().expect("setsid starts")
    }

    fn path(&self) -> OsString {
        let own = self.model.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
        let mut folders = vec![Path::new(BINARY).parent().expect("a folder").to_owned()];
        folders.extend(
            own.into_iter().flat_map(|own| std::env::split_paths(&self.moved(own)).collect::<Vec<_>>()),
        );
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
        folders.push(super::super::tools::folder().join("bin"));
        std::env::join_paths(folders).expect("a list")
    }

    /// The sealed values that a command has changed, though they were there before.
    pub fn changed_values(&self) -> Vec<String> {
        let (before, after) = (sealed_files(&self.original), sealed_files(self.copy.path()));
        let mut changed = Vec::new();
        for (inside, bytes) in before {
            if after.get(&inside).is_none_or(|now| *now == bytes) {
                continue;
            }
            let name = inside.file_stem().expect("a name").to_owned();
            let fresh = Self::new(self.model);
            let Some(old) = fresh.and_then(|fresh| fresh.values(&inside, &name)) else { continue };
            let Some(now) = self.values(&inside, &name) else { continue };
            let differs = |(key, value): (&String, &serde_json::Value)| {
                (now.get(key) != Some(value)).then(|| key.clone())
            };
            changed.extend(old.iter().filter_map(differs));
        }
        changed
    }

    fn values(
        &self,
        sealed: &Path,
        environment: &OsStr,
    ) -> Option<serde_json::Map<String, serde_json::Value>> {
        let arguments = ["export", "-y", "--format", "json", "-e"].map(OsString::from);
        let mut words = vec![OsString::from(BINARY)];
        words.extend(arguments);
        words.push(environment.to_owned());
        let folder = self.copy.path().join(sealed.parent()?);
        let output = self.output(&words, &folder);
        serde_json::from_slice(&output.stdout).ok()
    }
}

/// The files in folders called `envs`, by their paths in there.
fn sealed_files(top: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![top.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() && !path.is_symlink() && !path.ends_with(".git") {
                folders.push(path);
            } else if folder.ends_with("envs") && path.extension().is_some_and(|extension| extension == "env")
            {
                let inside = path.strip_prefix(top).expect("below it").to_owned();
                files.extend(std::fs::read(&path).map(|bytes| (inside, bytes)));
            }
        }
    }
    files
}
