//! A person who has never seen the program: from a clone with a plaintext `.env` to sealed, checked, running.

use crate::support::command::TestCommand;
use crate::support::outcome::succeeded;
use crate::support::picture::{assert_picture, prompt, with_one_recipient};
use crate::support::project::{TestProject, stderr, stdout};
use crate::support::terminal::on_terminal;
use crate::support::tools::tool;

const COMPOSE: &str = "services:
  db:
    image: docker.io/library/postgres:16-alpine
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD:?}
  web:
    image: localhost/shop:1
    environment:
      DB_PASSWORD: ${DB_PASSWORD:?}
      SECRET_KEY: ${SECRET_KEY:?}
      BASE_URL: ${BASE_URL:-http://localhost:8000}
";
const PLAINTEXT: &str = "# passed around until today
DB_PASSWORD='pa$$w0rd #1'
SECRET_KEY=uV3mPq8rXw2zKb6tYc9dLf4hNj7gSa1e
BASE_URL=http://localhost:8000
";
/// What podman is asked to do is all that is wanted of it.
const PODMAN: &str = "#!/bin/sh
case $1 in
    --version) echo podman version 4.9.0 ;;
    ps) echo '[]' ;;
    start) echo \"$2\" ;;
esac
printf '%s\\n' \"$@\" >>\"$HOME/podman.log\"
";

struct Newcomer {
    project: TestProject,
    path: String,
    /// Everything that the terminal has shown.
    shown: String,
}

impl Newcomer {
    fn new() -> Option<Self> {
        let compose = tool("bin/podman-compose-1.6.0")?;
        let project = TestProject::empty();
        let write = |path: &std::path::Path, text: &str, mode| {
            senex_env::testing::file::create(path, text.as_bytes(), mode).expect("written");
        };
        let origin = project.path("origin/shop");
        write(&origin.join("compose.yml"), COMPOSE, 0o644);
        write(&origin.join(".env"), PLAINTEXT, 0o644);
        for arguments in [&["init", "-q", "-b", "main"][..], &["add", "-A"], &["commit", "-qm", "shop"]] {
            succeeded(
                &project.hermetic("git").current_dir(&origin).args(arguments).output().expect("git starts"),
            );
        }
        let programs = project.path("programs");
        write(&programs.join("podman"), PODMAN, 0o755);
        std::os::unix::fs::symlink(compose, programs.join("podman-compose")).expect("a link");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_senex-env"), programs.join("senex-env"))
            .expect("a link");
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap_or_default());
        Some(Self { project, path, shown: String::new() })
    }

    fn command(&self, line: &str) -> TestCommand {
        let mut command = self.project.hermetic("sh");
        command.args(["-c", line]).env("PATH", &self.path).env("TERM", "xterm-256color").env("USER", "ana");
        command.env("XDG_RUNTIME_DIR", self.project.path("runtime"));
        let clone = self.project.root().join("shop");
        if clone.exists() {
            command.current_dir(clone)
        } else {
            command.current_dir(self.project.root())
        };
        command
    }

    /// Types a line. What it asks is answered; it ends with `code`.
    fn types(&mut self, line: &str, dialogue: &[(&str, &str)], code: i32) {
        let output = on_terminal(&self.command(line), dialogue).expect("python");
        let shown = stdout(&output).replace('\r', "");
        assert_eq!(output.status.code(), Some(code), "{line}\n{shown}{}", stderr(&output));
        self.shown.push_str(&prompt(line));
        self.shown.push_str(&shown);
    }

    /// The same, for a line that the terminal has already suggested.
    fn follows(&mut self, line: &str, dialogue: &[(&str, &str)]) {
        assert!(self.shown.contains(line), "`{line}` was not suggested:\n{}", self.shown);
        self.types(line, dialogue, 0);
    }
}

#[test]
fn from_a_clone_to_a_sealed_and_running_stack_by_what_the_program_suggests() {
    let Some(mut newcomer) = Newcomer::new() else { return };
    let clone = format!("git clone -q {} shop", newcomer.project.path("origin/shop").display());
    succeeded(&newcomer.command(&clone).output().expect("git starts"));

    newcomer.types("senex-env run -- podman-compose up -d", &[], 125);
    newcomer.follows(
        "senex-env init",
        &[
            ("create one? [y/N]", "y"),
            ("a passphrase for the new identity", "correct horse"),
            ("once more", "correct horse"),
            ("seal 3 values, and install the git hooks? [y/N]", "y"),
            ("remove the plaintext `.env`? [y/N]", "y"),
        ],
    );
    newcomer.follows("senex-env check", &[]);
    newcomer.follows("senex-env run -- podman-compose up -d", &[("passphrase for", "correct horse")]);

    let running = newcomer.shown.clone();

    // Four commands; and everything is as it was said.
    let root = newcomer.project.root().join("shop");
    assert!(!root.join(".env").exists());
    let log = std::fs::read_to_string(newcomer.project.path("home/podman.log")).expect("podman was called");
    assert!(
        log.contains("\nDB_PASSWORD=pa$$w0rd #1\n") && log.contains("\nPOSTGRES_PASSWORD=pa$$w0rd #1\n"),
        "{log}"
    );
    for sealed in ["envs/development.env", "envs/senex-env.toml"] {
        let text = std::fs::read_to_string(root.join(sealed)).expect("a file");
        assert!(!text.contains("pa$$w0rd") && !text.contains("uV3mPq8r"), "{sealed}");
    }
    newcomer.follows("git add envs .gitattributes .gitignore .env", &[]);
    newcomer.follows("git commit -m 'seal the environments'", &[]);
    assert_eq!(stdout(&newcomer.command("git status --porcelain").output().expect("git starts")), "");
    assert!(
        newcomer.shown.lines().all(|line| without_styles(line).chars().count() <= 100),
        "{}",
        newcomer.shown
    );

    assert_picture("start", &with_one_recipient(&running));
}

fn without_styles(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, shown)| shown))
}

#[test]
fn the_demo_plays_to_its_end_and_leaves_nothing() {
    let project = TestProject::empty();
    std::fs::create_dir(project.path("tmp")).expect("a folder");
    let mut command = project.command();
    command.arg("demo").env("TMPDIR", project.path("tmp"));
    let said = succeeded(&command.output().expect("it starts"));
    assert!(said.contains("\n11. ") && said.contains("That was the whole tour."), "{said}");
    assert_eq!(std::fs::read_dir(project.path("tmp")).expect("a folder").count(), 0);
    // On a terminal it waits, and ends when the person has had enough.
    let Some(shown) = on_terminal(&command, &[("[Enter continues, q quits]", "q")]) else { return };
    let shown = stdout(&shown);
    assert!(
        shown.contains("1. ") && !shown.contains("2. A project") && shown.contains("has been removed"),
        "{shown}"
    );
}
