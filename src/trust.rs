//! Commands that a repository names are somebody else's code with your secrets on its input: none runs until
//! the person at this machine has allowed exactly that text, and the scripts of the repository that it names with
//! exactly that content, as direnv does.

use std::io;
use std::path::{Component, Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::context::Context;
use crate::file;
use crate::name::KeyName;
use crate::program;
use crate::project::Project;

/// The list of what is allowed is never larger, in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Nor is a script, in bytes.
const LARGEST_SCRIPT: u64 = 64 * 1024 * 1024;

/// A command that the project file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RepositoryCommand {
    /// Whose value it makes or is given.
    pub key: KeyName,
    /// The field of the project file: `command` or `after_rotate`.
    pub field: &'static str,
    /// Program and arguments; no shell comes in between.
    pub argv: Vec<String>,
}

impl RepositoryCommand {
    /// The files below the root that it names, as its program, as an argument or behind a `=`: scripts, which do what
    /// their content says. From the root, in the order of the arguments.
    pub(crate) fn scripts(&self, root: &Path) -> Vec<PathBuf> {
        let mut scripts: Vec<PathBuf> = Vec::new();
        let found = self
            .argv
            .first()
            .filter(|program| !program.contains('/'))
            .and_then(|name| program::in_path(name));
        let behind = |word: &str| word.split_once('=').map(|(_, value)| PathBuf::from(value));
        let words = self.argv.iter().flat_map(|word| [Some(PathBuf::from(word)), behind(word)]).flatten();
        for path in found.into_iter().chain(words) {
            let Some(script) = below(root, &path) else { continue };
            if !scripts.contains(&script) {
                scripts.push(script);
            }
        }
        scripts
    }
}

/// A regular file below the root, from there; links are followed by whoever runs it, so they are here.
fn below(root: &Path, path: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let real = root.join(path).canonicalize().ok()?;
    let inside = real.strip_prefix(&root).ok().filter(|_| real.is_file())?;
    inside.components().all(|part| matches!(part, Component::Normal(_))).then(|| inside.to_owned())
}

/// Every command of a project, in the order of its keys.
pub(crate) fn commands(project: &Project) -> Vec<RepositoryCommand> {
    let mut commands = Vec::new();
    for key in &project.keys {
        for (field, argv) in [("command", &key.command), ("after_rotate", &key.after_rotate)] {
            if let Some(argv) = argv.as_ref().filter(|argv| !argv.is_empty()) {
                commands.push(RepositoryCommand { key: key.name.clone(), field, argv: argv.clone() });
            }
        }
    }
    commands
}

/// What the person at this machine has allowed, kept outside every repository.
pub(crate) struct Trust {
    path: PathBuf,
    lines: String,
}

impl Trust {
    /// Reads the list; there may be none yet.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] without a home directory; else what the system says.
    pub(crate) fn load(context: &Context) -> io::Result<Self> {
        let path = context.data_home().ok_or(io::ErrorKind::NotFound)?.join("senex-env/trusted");
        let lines = match file::read(&path, LARGEST) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { path, lines })
    }

    /// Whether exactly this command was allowed, in this repository.
    pub(crate) fn allows(&self, root: &Path, command: &RepositoryCommand) -> bool {
        let mark = mark(root, command);
        self.lines.lines().any(|line| line == mark)
    }

    /// Allows it from now on.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn allow(&mut self, root: &Path, command: &RepositoryCommand) -> io::Result<()> {
        if self.allows(root, command) {
            return Ok(());
        }
        self.lines.push_str(&mark(root, command));
        self.lines.push('\n');
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        file::replace(&self.path, self.lines.as_bytes(), 0o600)
    }
}

/// Another text, another repository, another use: another mark. Each part comes with its length.
fn mark(root: &Path, command: &RepositoryCommand) -> String {
    use std::os::unix::ffi::OsStrExt;
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(root.as_os_str().as_bytes());
    part(command.key.as_str().as_bytes());
    part(command.field.as_bytes());
    part(&(command.argv.len() as u64).to_be_bytes());
    command.argv.iter().for_each(|word| part(word.as_bytes()));
    for script in command.scripts(root) {
        part(script.as_os_str().as_bytes());
        match file::read_regular(&root.join(&script), LARGEST_SCRIPT) {
            Ok(content) => part(&content),
            // No content has this mark: a length stands before each.
            Err(_) => part(b"unreadable"),
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(argv: &[&str]) -> RepositoryCommand {
        let argv = argv.iter().map(|word| (*word).to_owned()).collect();
        RepositoryCommand { key: KeyName::new("A").expect("a name"), field: "command", argv }
    }

    #[test]
    fn scripts_below_the_root_are_part_of_a_command() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("repo");
        std::fs::create_dir_all(root.join("scripts")).expect("a folder");
        let write = |name: &str, text: &str| {
            file::replace(&folder.path().join(name), text.as_bytes(), 0o644).expect("written");
        };
        write("repo/scripts/a.sh", "echo a");
        write("outside.sh", "echo b");
        std::os::unix::fs::symlink("a.sh", root.join("scripts/link.sh")).expect("a link");
        let scripts = |argv: &[&str]| {
            let found = command(argv).scripts(&root);
            found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>()
        };
        let absolute = root.join("scripts/a.sh");
        for argv in [
            &["sh", "scripts/a.sh"][..],
            &["./scripts/a.sh"],
            &["sh", "scripts/link.sh", "scripts/../scripts/a.sh"],
            &["python3", "--script=scripts/a.sh"],
            &["sh", absolute.to_str().expect("text")],
        ] {
            assert_eq!(scripts(argv), ["scripts/a.sh"], "{argv:?}");
        }
        for argv in
            [&["sh", "../outside.sh"][..], &["sh", "-c", "echo"], &["sh", "scripts"], &["sh", "no.sh"]]
        {
            assert_eq!(scripts(argv), Vec::<String>::new(), "{argv:?}");
        }
        let one = mark(&root, &command(&["sh", "scripts/a.sh"]));
        write("repo/scripts/a.sh", "cat >stolen");
        assert_ne!(one, mark(&root, &command(&["sh", "scripts/a.sh"])));
        write("repo/scripts/a.sh", "echo a");
        assert_eq!(one, mark(&root, &command(&["sh", "scripts/a.sh"])));
        std::fs::remove_file(root.join("scripts/a.sh")).expect("removed");
        assert_ne!(one, mark(&root, &command(&["sh", "scripts/a.sh"])));
    }

    #[test]
    fn trust_covers_exactly_one_command_and_project() {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().to_owned();
        let context =
            Context::new(path.clone(), move |name| (name == "HOME").then(|| path.clone().into_os_string()));
        let mut trust = Trust::load(&context).expect("loaded");
        let (root, good) = (Path::new("/repo"), command(&["make-key", "--long"]));
        assert!(!trust.allows(root, &good));
        trust.allow(root, &good).expect("written");
        let again = Trust::load(&context).expect("loaded");
        assert!(again.allows(root, &good));
        assert!(!again.allows(Path::new("/other"), &good));
        assert!(!again.allows(root, &command(&["make-key", "--long", ""])));
        assert!(!again.allows(root, &command(&["make-key--long"])));
        assert!(!again.allows(root, &RepositoryCommand { field: "after_rotate", ..good }));
    }
}
