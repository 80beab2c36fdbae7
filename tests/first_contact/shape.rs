//! A project in one text: a few lines about it, then its files, each behind a line `--- path`, and its links,
//! each a line `--- path -> target`.

use std::path::{Path, PathBuf};

use crate::support::outcome::succeeded;
use crate::support::project::TestProject;

/// See the module.
pub struct Shape {
    /// What stands in front of the compose command in the documented start (`# start: …`).
    pub start: Vec<String>,
    /// Plaintext files that `init` is to seal (`# gone: …`).
    pub gone: Vec<String>,
    /// Paths and texts.
    pub files: Vec<(String, String)>,
    links: Vec<(String, String)>,
}

impl Shape {
    /// The fixture of this name, on the shelf or among the inputs.
    pub fn load(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/first_contact");
        let paths = ["shelf", "inputs"].map(|kind| folder.join(kind).join(format!("{name}.txt")));
        let path = paths.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("no fixture {name}"));
        Self::parse(&std::fs::read_to_string(path).expect("a fixture"))
    }

    /// A shape out of a test.
    pub fn parse(text: &str) -> Self {
        let text = format!("\n{text}");
        let mut parts = text.split("\n--- ");
        let head = parts.next().unwrap_or_default();
        let listed = |what: &str| -> Vec<String> {
            let lines = head.lines().filter_map(|line| line.strip_prefix(&format!("# {what}: ")));
            lines.flat_map(|line| line.split(' ').map(str::to_owned)).collect()
        };
        let (start, gone) = (listed("start"), listed("gone"));
        let (mut files, mut links) = (Vec::new(), Vec::new());
        for part in parts {
            let (path, content) = part.split_once('\n').unwrap_or((part, ""));
            if let Some((path, target)) = path.split_once(" -> ") {
                links.push((path.to_owned(), target.to_owned()));
            } else {
                let end = if content.ends_with('\n') || content.is_empty() { "" } else { "\n" };
                files.push((path.to_owned(), format!("{content}{end}")));
            }
        }
        Self { start, gone, files, links }
    }

    /// A repository with these files, and an identity; nothing is committed.
    pub fn laid_out(&self) -> TestProject {
        let project = TestProject::empty();
        succeeded(&project.run(["identity", "new", "--no-passphrase"]));
        self.lay_out_in(&project);
        project
    }

    /// Puts the files into a repository.
    pub fn lay_out_in(&self, project: &TestProject) {
        for (path, text) in &self.files {
            project.write(path, text.as_bytes());
        }
        for (path, target) in &self.links {
            std::os::unix::fs::symlink(PathBuf::from(target), project.root().join(path)).expect("a link");
        }
    }
}
