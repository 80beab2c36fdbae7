//! The hooks beside other managers of hooks, as these really are: lefthook, simple-git-hooks, pre-commit.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::scan::project_with;
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::tools;

const VALUE: &str = "a-value-that-must-not-leak";
const PRE_COMMIT: &str = ".git/hooks/pre-commit";

/// A project, and a manager of hooks that it uses.
struct Managed {
    project: TestProject,
    manager: PathBuf,
    arguments: &'static [&'static str],
}

impl Managed {
    fn by(tool: &str, arguments: &'static [&'static str]) -> Option<Self> {
        let manager = tools::tool(tool)?;
        Some(Self { project: project_with(&[VALUE.to_owned()]), manager, arguments })
    }

    fn lefthook(configuration: &str) -> Option<Self> {
        let managed = Self::by("lefthook/node_modules/.bin/lefthook", &["install", "--force"])?;
        managed.project.write("lefthook.yml", configuration.as_bytes());
        Some(managed)
    }

    fn simple_git_hooks(file: &str, configuration: &str) -> Option<Self> {
        let managed = Self::by("simple-git-hooks/node_modules/.bin/simple-git-hooks", &[])?;
        managed.project.write(file, configuration.as_bytes());
        Some(managed)
    }

    /// What `npm install` does in such a project.
    fn install(&self) {
        let mut manager = self.project.hermetic(&self.manager);
        let output = manager.env("PATH", self.path()).args(self.arguments).output().expect("it starts");
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    }

    /// senex-env is found on it, and so is the manager.
    fn path(&self) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
        let manager = self.manager.parent().expect("a folder");
        let path = std::env::var("PATH").expect("a path");
        format!("{}:{}:{path}", program.display(), manager.display())
    }

    fn ours(&self, arguments: &[&str]) -> String {
        let output = self.project.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        stdout(&output) + &stderr(&output)
    }

    fn commit(&self) -> Output {
        self.project.git(["add", "-A"]);
        let mut git = self.project.hermetic("git");
        git.env("PATH", self.path()).args(["commit", "-q", "-m", "x"]).output().expect("git starts")
    }

    /// What the project's own hook does still happens, and a leak is refused, once.
    fn is_guarded(&self, when: &str) {
        self.project.write("when.txt", when.as_bytes());
        let clean = self.commit();
        let said = stdout(&clean) + &stderr(&clean);
        assert!(clean.status.success() && self.project.root().join("ran").exists(), "{when}: {said}");
        std::fs::remove_file(self.project.root().join("ran")).expect("it is there");
        self.project.write("leak.txt", VALUE.as_bytes());
        let leak = self.commit();
        let said = stdout(&leak) + &stderr(&leak);
        assert!(!leak.status.success(), "{when}: committed: {said}");
        assert_eq!(said.matches("leak.txt:1: the value of `K0`").count(), 1, "{when}: {said}");
        self.project.git(["rm", "-q", "-f", "leak.txt"]);
        let _ = std::fs::remove_file(self.project.root().join("ran"));
        self.ours(&["hooks", "status"]);
        let check = self.project.run(["check"]);
        assert!(!stdout(&check).contains("hook-replaced"), "{when}: {}", stdout(&check));
    }

    fn hooks(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.project.root().join(".git/hooks")).expect("a folder").flatten();
        let mut hooks: Vec<_> = files
            .map(|file| (file.file_name(), std::fs::read(file.path()).expect("a file")))
            .map(|(name, bytes)| (name.into_string().expect("UTF-8"), bytes))
            .filter(|(name, _)| !name.ends_with(".sample"))
            .collect();
        hooks.sort_unstable();
        hooks
    }
}

#[test]
fn lefthook_runs_the_hook_and_keeps_its_file() {
    let commands = "# checks\npre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: touch ran # quick\n\npre-push:\n  jobs:\n    - run: 'true'\n";
    let jobs = "pre-commit:\n    jobs:\n    -   run: touch ran\n        name: lint\n    # the last\n";
    for (configuration, wanted) in [
        (commands, "    senex-env:\n      run: senex-env git-hook pre-commit\n\npre-push:"),
        (jobs, "    - name: senex-env\n      run: senex-env git-hook pre-commit\n    # the last\n"),
    ] {
        let Some(managed) = Managed::lefthook(configuration) else { return };
        managed.install();
        let before = managed.hooks();
        let said = managed.ours(&["hooks", "install"]);
        assert!(said.contains("wrote lefthook.yml"), "{said}");
        assert!(managed.project.read("lefthook.yml").contains(wanted));
        assert!(managed.ours(&["hooks", "status"]).contains("lefthook"), "it is named");
        managed.is_guarded("lefthook first");
        managed.install();
        managed.is_guarded("lefthook again");
        assert!(managed.ours(&["hooks", "install"]).contains("already installed"));
        managed.ours(&["hooks", "uninstall"]);
        assert_eq!(managed.project.read("lefthook.yml"), configuration);
        assert_eq!(managed.hooks(), before);
    }
}

#[test]
fn lefthook_installed_later_takes_nothing_away() {
    let configuration = "pre-commit:\n  jobs:\n    - run: touch ran\n";
    let Some(managed) = Managed::lefthook(configuration) else { return };
    managed.ours(&["hooks", "install"]);
    managed.install();
    managed.is_guarded("senex-env first");
    managed.ours(&["hooks", "uninstall"]);
    assert_eq!(managed.project.read("lefthook.yml"), configuration);
    let left: Vec<String> = managed.hooks().into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["pre-commit"], "its own hook alone");
    // A hook that it runs nothing for is ours as everywhere.
    managed.project.write("lefthook.yml", b"pre-push:\n  jobs:\n    - run: 'true'\n");
    std::fs::remove_file(managed.project.root().join(PRE_COMMIT)).expect("it was there");
    managed.ours(&["hooks", "install"]);
    managed.install();
    managed.project.write("leak.txt", VALUE.as_bytes());
    assert!(stderr(&managed.commit()).contains("leak.txt:1: the value of `K0`"));
}

#[test]
fn a_file_of_lefthook_that_is_not_edited_comes_with_the_lines() {
    let Some(managed) = Managed::lefthook("pre-commit: {jobs: [{run: touch ran}]}\n") else { return };
    managed.install();
    let said = managed.ours(&["hooks", "install"]);
    assert!(said.contains("    senex-env:\n        run: senex-env git-hook pre-commit\n"), "{said}");
    let status = managed.project.run(["hooks", "status"]);
    assert_eq!(status.status.code(), Some(1), "{}", stdout(&status));
    // Until lefthook writes its hook again, ours is in front of it.
    managed.project.write("leak.txt", VALUE.as_bytes());
    assert!(stderr(&managed.commit()).contains("leak.txt:1: the value of `K0`"));
    managed.install();
    let check = managed.project.run(["check"]);
    assert!(stdout(&check).contains("hook-replaced"), "{}", stdout(&check));
    let told = "pre-commit: {jobs: [{run: touch ran}, {run: senex-env git-hook pre-commit}]}\n";
    managed.project.write("lefthook.yml", told.as_bytes());
    managed.project.git(["rm", "-q", "-f", "leak.txt"]);
    managed.is_guarded("told by hand");
    let said = managed.ours(&["hooks", "uninstall"]);
    assert!(said.contains("lefthook.yml still runs `senex-env git-hook pre-commit`"), "{said}");
    assert_eq!(managed.project.read("lefthook.yml"), told);
}

#[test]
fn simple_git_hooks_runs_the_hooks_and_keeps_its_file() {
    let package = "{\n\t\"name\": \"x\",\n\t\"simple-git-hooks\": {\n\t\t\"pre-commit\": \"touch ran\"\n\t},\n\t\"a\": 1.0\n}";
    let own = "{\"pre-commit\":\"touch ran\",\"pre-push\":\"true\"}\n";
    for (file, configuration) in [("package.json", package), (".simple-git-hooks.json", own)] {
        let Some(managed) = Managed::simple_git_hooks(file, configuration) else { return };
        managed.install();
        let before = managed.hooks();
        let said = managed.ours(&["hooks", "install"]);
        assert!(said.contains(&format!("wrote {file}")), "{said}");
        managed.is_guarded("at once");
        let written = managed.project.read(PRE_COMMIT);
        managed.install();
        assert_eq!(managed.project.read(PRE_COMMIT), written, "not what it writes itself");
        managed.is_guarded("run again");
        assert!(managed.project.read(".git/hooks/post-merge").contains("git-hook post-merge"));
        assert!(managed.ours(&["hooks", "install"]).contains("already installed"));
        managed.ours(&["hooks", "uninstall"]);
        assert_eq!(managed.project.read(file), configuration);
        assert_eq!(managed.hooks(), before);
    }
}

#[test]
fn simple_git_hooks_installed_later_takes_nothing_away() {
    let configuration = "{\"simple-git-hooks\": {\"pre-commit\": \"touch ran\"}}\n";
    let Some(managed) = Managed::simple_git_hooks("package.json", configuration) else { return };
    managed.ours(&["hooks", "install"]);
    managed.install();
    managed.is_guarded("senex-env first");
    managed.ours(&["hooks", "uninstall"]);
    assert_eq!(managed.project.read("package.json"), configuration);
    let left: Vec<String> = managed.hooks().into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["pre-commit"], "its own hook alone");
}

#[test]
fn a_file_of_simple_git_hooks_that_is_a_program_comes_with_the_lines() {
    let file = ".simple-git-hooks.cjs";
    let configuration = "module.exports = {\n  'pre-commit': 'touch ran',\n}\n";
    let Some(managed) = Managed::simple_git_hooks(file, configuration) else { return };
    managed.install();
    let said = managed.ours(&["hooks", "install"]);
    let line = "\"post-merge\": \"senex-env git-hook post-merge \\\"$@\\\"\"";
    assert!(said.contains(file) && said.contains(line), "{said}");
    assert_eq!(managed.project.read(file), configuration);
    let mut told = configuration.replace("ran'", "ran && senex-env git-hook pre-commit'").replace("}\n", "");
    for hook in ["post-merge", "post-checkout", "post-rewrite"] {
        told += &format!("  {},\n", line.replace("post-merge", hook));
    }
    managed.project.write(file, (told + "}\n").as_bytes());
    managed.install();
    managed.is_guarded("told by hand");
}

#[test]
fn pre_commit_runs_the_hook_that_it_finds() {
    let Some(managed) = Managed::by("pre-commit/bin/pre-commit", &["install"]) else { return };
    let config = "repos:\n  - repo: local\n    hooks:\n      - {id: a, name: a, entry: touch ran, language: system, always_run: true}\n";
    managed.project.write(".pre-commit-config.yaml", config.as_bytes());
    managed.ours(&["hooks", "install"]);
    managed.install();
    managed.is_guarded("senex-env first");
    assert!(managed.ours(&["hooks", "install"]).contains("already installed"));
    managed.is_guarded("installed again");
    managed.ours(&["hooks", "uninstall"]);
    let left: Vec<String> = managed.hooks().into_iter().map(|(name, _)| name).collect();
    assert_eq!(left, ["pre-commit"], "its own hook alone");
}

#[test]
fn two_managers_that_replace_each_other_keep_nothing_of_ours() {
    let package = "{\"simple-git-hooks\":{\"pre-commit\":\"touch ran\"}}";
    let lefthook = "pre-commit:\n  jobs:\n    - run: touch ran\n";
    let Some(mut managed) = Managed::simple_git_hooks("package.json", package) else { return };
    managed.project.write("lefthook.yml", lefthook.as_bytes());
    managed.ours(&["hooks", "install"]);
    managed.install();
    managed.is_guarded("simple-git-hooks");
    let Some(tool) = tools::tool("lefthook/node_modules/.bin/lefthook") else { return };
    (managed.manager, managed.arguments) = (tool, &["install", "--force"]);
    managed.install();
    managed.is_guarded("lefthook behind it");
    managed.ours(&["hooks", "uninstall"]);
    assert_eq!(
        (managed.project.read("package.json"), managed.project.read("lefthook.yml")),
        (package.into(), lefthook.into())
    );
    for (name, bytes) in managed.hooks() {
        assert!(!String::from_utf8_lossy(&bytes).contains("senex-env"), "{name}");
    }
}
