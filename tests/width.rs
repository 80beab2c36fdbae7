//! Nothing is cut in mid-word on a terminal of 60, 80 or 120 columns.

use crate::support::project::{TestProject, stdout};
use crate::support::terminal::on_terminal;

const COMPOSE: &[u8] = b"services:
  celery_worker_with_a_long_name:
    image: example.test/registry/of/images/application:1
    environment:
      SECRET_KEY: ${SECRET_KEY:?}
      DB_PASSWORD: ${DB_PASSWORD}
      ALLOWED_HOSTS: ${ALLOWED_HOSTS}
      SENTRY_DSN: ${SENTRY_DSN}
";

/// A project with something to say in every command.
fn project() -> TestProject {
    let project = TestProject::new();
    project.write("docker-compose.yml", COMPOSE);
    project.set("development", "ALLOWED_HOSTS", "a.test");
    project.set("development", "A_KEY_THAT_NOBODY_HAS_DECLARED", "x");
    project.commit("the first values of development");
    project.set("development", "ALLOWED_HOSTS", "another.test");
    project.set("production", "SECRET_KEY", "made up for production");
    project.commit("another value, and production");
    project.run(["join", "bob", "-e", "production", "--for-ci"]);
    project.write("odd.env", b"FLAGS={\"new\": true, \"limit\": 3}\nOPEN='no end\n");
    project
}

const LINES: &[&str] = &[
    "check",
    "check --all -e production",
    "doctor",
    "status",
    "log",
    "list",
    "people",
    "diff",
    "hooks status",
    "identity show",
    "scan",
    "trust",
    "run -n -- docker-compose up",
    "run -- docker-compose up",
    "run -e production -- true",
    "get SECRET_KYE",
    "get SECRET_KEY",
    "set 1A",
    "set SECRET_KEY value",
    "set --file missing.txt SECRET_KEY",
    "import odd.env",
    "-e produktion list",
    "grant nobody_of_this_name",
    "grant -n bob",
    "revoke -n ana",
    "rotate SENTRY_DSN",
    "rotate -n SECRET_KEY",
    "export -n",
    "init",
    "join ana --recipient age1wrong",
    "push swarm -n -e production",
    "-C nowhere list",
];

#[test]
fn output_never_breaks_words() {
    let project = project();
    let mut wrapped = 0;
    for columns in [60, 80, 120] {
        for line in LINES {
            let mut command = project.command();
            command.args(line.split(' ')).env("TERMINAL_COLUMNS", columns.to_string()).env("TERM", "xterm");
            let Some(output) = on_terminal(&command, &[]) else { return };
            let shown = anstream::adapter::strip_str(&stdout(&output)).to_string().replace('\r', "");
            assert!(!shown.is_empty(), "{line}");
            for shown_line in shown.lines() {
                // A line of the file itself is shown as it is.
                let is_source =
                    shown_line.trim_start().split_once(" | ").is_some_and(|(n, _)| n.parse::<u32>().is_ok());
                let is_one_word = !shown_line.trim().contains(' ');
                let fits = shown_line.chars().count() <= columns;
                assert!(fits || is_one_word || is_source, "{line} at {columns}:\n{shown_line}\n\n{shown}");
                wrapped += usize::from(shown_line.starts_with("  "));
            }
        }
    }
    assert!(wrapped > 100, "{wrapped}");
}
