//! `init`: what it makes of what lies there, and what it leaves alone.

use crate::support::outcome::{refused, succeeded};
use crate::support::project::{TestProject, stderr, stdout};

fn project(files: &[(&str, &str)]) -> TestProject {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    for (name, text) in files {
        project.write(name, text.as_bytes());
    }
    project
}

const COMPOSE: &str = "services:\n  web:\n    image: x\n    env_file: .env\n    environment:\n      API_TOKEN: ${API_TOKEN:?}\n";

#[test]
fn init_seals_each_plaintext_file_and_keeps_it() {
    let files = [
        ("compose.yml", COMPOSE),
        (".env", "# local\nAPI_TOKEN=development-token\nAPI_URL=https://sandbox.example\nEMAIL_PORT=smtp\n"),
        (".env.prod", "API_TOKEN='production-token'\nDATABASE_URL=postgres://u:hunter2@db/x\n"),
        (".env.example", "API_TOKEN=changeme\n"),
        (".env.keys", "DOTENV_PRIVATE_KEY=x\n"),
    ];
    let project = project(&files);
    // Nothing is written before somebody says yes.
    let said = refused(&project.run(["init"]), 1);
    assert!(
        said.contains(
            "not confirmed, because there is no terminal: write envs/ and seal 5 values, and install the git \
        hooks"
        ),
        "{said}"
    );
    assert!(!project.root().join("envs").exists() && !project.root().join(".gitignore").exists());

    let output = project.run(["init", "-y"]);
    succeeded(&output);
    let said = stderr(&output);
    for expected in [
        "development  compose.yml, 3 values from .env\n",
        "production   compose.yml, 2 values from .env.prod\n",
        "sealed envs/development.env and envs/production.env\n",
        " && rm .env .env.prod\n",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    assert!(!said.contains("hunter2") && !said.contains("-token"), "{said}");
    let text = project.read("envs/senex-env.toml");
    assert!(
        text.contains("[keys.API_TOKEN]\nrequired = true\n[keys.API_URL]\nsecret = false\ntype = \"url\"\n"),
        "{text}"
    );
    // What a service reads by `env_file:` is named.
    assert!(
        text.contains("[environments.development]\ncompose = [\"compose.yml\"]\nreplaces = [\".env\"]\n"),
        "{text}"
    );
    // A type that the value contradicts is not declared; a URL with a password is secret.
    assert!(text.contains("[keys.EMAIL_PORT]\nsecret = false\n") && !text.contains("\"port\""), "{text}");
    assert!(text.contains("[keys.DATABASE_URL]\ntype = \"postgres-url\"\n"), "{text}");
    assert!(
        text.contains(
            "[environments.production]\ncompose = [\"compose.yml\"]\nreplaces = [\".env\"]\nconfirm = true\n"
        ),
        "{text}"
    );
    for (environment, value) in [("development", "development-token"), ("production", "production-token")] {
        assert_eq!(stdout(&project.run(["get", "-y", "-e", environment, "API_TOKEN"])), value);
    }
    for (name, text) in files {
        assert_eq!(project.read(name), text);
    }
    assert!(project.read(".gitignore").contains("\n/.env.prod\n"), "{}", project.read(".gitignore"));
    // The comment came along.
    assert!(succeeded(&project.run(["export", "--format", "compose"])).contains("development-token"));
}

#[test]
fn remove_plaintext_deletes_the_plaintext() {
    let project = project(&[(".env", "A=1\n")]);
    project.commit("in the clear");
    let output = project.run(["init", "-y", "--remove-plaintext"]);
    succeeded(&output);
    assert!(!project.root().join(".env").exists());
    assert!(stderr(&output).contains("git keeps .env in its history"), "{}", stderr(&output));
    assert_eq!(stdout(&project.run(["get", "A"])), "1");
}

#[test]
fn unimportable_values_are_named_but_never_shown() {
    let project = project(&[
        (".env", "A='fine'\n"),
        (".env.qa", "B=\"hunter2\nC=MIIEhunter2==\n"),
        (".env.staging", "#/ public\nDOTENV_PUBLIC_KEY_STAGING=\"02\"\nD=\"encrypted:BK\"\n"),
    ]);
    let output = project.run(["init", "-y"]);
    succeeded(&output);
    let said = stderr(&output);
    assert!(said.contains(".env.qa is not imported: "), "{said}");
    assert!(project.read(".gitignore").ends_with("/.env.qa\n"), "{}", project.read(".gitignore"));
    assert!(
        said.contains("`dotenvx decrypt -f .env.staging --stdout | senex-env import -y -e staging -`"),
        "{said}"
    );
    let text = project.read("envs/senex-env.toml");
    assert!(
        !said.contains("hunter2") && !text.contains("hunter2") && !text.contains("keys.C"),
        "{said}{text}"
    );
    // Names that a tool has written are names.
    assert!(text.contains("[keys.D]\n") && !text.contains("DOTENV"), "{text}");
    assert!(
        project.root().join("envs/development.env").exists() && !project.root().join("envs/qa.env").exists()
    );
}

#[test]
fn nothing_is_written_unless_somebody_says_yes_and_a_preview_needs_no_identity() {
    let empty = TestProject::empty();
    let text = succeeded(&empty.run(["init", "--dry-run"]));
    assert!(text.contains("recipients = [] #"), "{text}");
    let project = project(&[]);
    let said = refused(&project.run(["init"]), 1);
    assert!(
        said.contains(
            "not confirmed, because there is no terminal: write envs/, and install the git \
        hooks"
        ),
        "{said}"
    );
    for project in [empty, project] {
        assert!(!project.root().join("envs").exists() && !project.root().join(".gitignore").exists());
    }
}

#[test]
fn an_init_that_was_interrupted_is_finished_by_the_next() {
    let project = project(&[("compose.yml", COMPOSE), (".env", "API_TOKEN=development-token\n")]);
    succeeded(&project.run(["init", "-y"]));
    let complete = |project: &TestProject| project.run(["hooks", "status"]).status.success();
    // Killed between the sealed files and what belongs to git.
    for path in [".gitignore", ".gitattributes", ".git/hooks/pre-commit"] {
        std::fs::remove_file(project.root().join(path)).expect("it was there");
    }
    assert!(!complete(&project));
    succeeded(&project.run(["init", "-n"]));
    assert!(!complete(&project), "a preview wrote something");
    let said = stderr(&project.run(["init", "-y"]));
    assert!(said.contains("an earlier `init` was interrupted"), "{said}");
    assert!(complete(&project) && project.read(".gitignore").contains(".env\n"), "{said}");
    // The plaintext is still there, and git has nothing yet.
    assert!(said.contains("\n  git commit -m 'seal the environments' && rm .env\n"), "{said}");
    project.commit("sealed");
    let said = stderr(&project.run(["init", "-y"]));
    assert!(said.lines().any(|line| line.trim() == "rm .env"), "{said}");
    succeeded(&project.run(["init", "-y", "--remove-plaintext"]));
    assert!(!project.root().join(".env").exists());
    // Nothing is left to be done.
    let said = refused(&project.run(["init", "-y"]), 1);
    assert!(said.contains("envs/senex-env.toml already exists"), "{said}");
}

#[test]
fn plaintext_that_was_changed_since_is_not_taken_for_sealed() {
    let project = project(&[(".env", "API_TOKEN=first\n")]);
    succeeded(&project.run(["init", "-y"]));
    project.write(".env", b"API_TOKEN=second\n");
    let said = refused(&project.run(["init", "-y", "--remove-plaintext"]), 1);
    assert!(said.contains("already exists") && project.root().join(".env").exists(), "{said}");
}

#[test]
fn a_change_that_was_interrupted_between_its_files_is_finished_first() {
    let project = project(&[(".env", "A=1\n")]);
    succeeded(&project.run(["init", "-y"]));
    let pending = project.root().join("envs/.senex-env-pending");
    std::fs::create_dir(&pending).expect("a folder");
    std::fs::rename(project.root().join("envs/senex-env.toml"), pending.join("senex-env.toml"))
        .expect("moved");
    project.write("envs/.senex-env-pending/journal", b"senex-env.toml\n");
    let said = stderr(&project.run(["init", "-y"]));
    assert!(said.contains("an interrupted `init` was finished first"), "{said}");
    assert_eq!(stdout(&project.run(["get", "A"])), "1");
}

#[test]
fn sealed_files_get_into_git_whatever_it_ignores() {
    for ignoring in ["*.env\n", "envs/\n", ".*\n*.env\n*.toml\n"] {
        let project = project(&[(".gitignore", ignoring), (".env", "A=1\n")]);
        let output = project.run(["init", "-y"]);
        succeeded(&output);
        project.git(["add", "-A"]);
        let files = project.git(["ls-files"]);
        for name in ["envs/senex-env.toml", "envs/.sops.yaml", "envs/development.env"] {
            assert!(files.lines().any(|line| line == name), "{ignoring}: {name} is not in {files}");
        }
        assert!(!files.lines().any(|line| line == ".env"), "{ignoring}: {files}");
        assert!(project.run(["check"]).status.success(), "{ignoring}");
    }
}

#[test]
fn check_doctor_and_the_hook_say_that_git_ignores_a_sealed_file_or_never_got_it() {
    let project = project(&[(".env", "A=1\n"), (".env.staging", "A=2\n")]);
    succeeded(&project.run(["init", "-y", "--no-hooks"]));
    project.git(["add", "-A"]);
    project.git(["rm", "-q", "--cached", "envs/staging.env"]);
    project.git(["commit", "-q", "-m", "sealed"]);
    let check = stdout(&project.run(["check"]));
    assert!(check.contains("staging: envs/staging.env was never added to git [not-in-git]"), "{check}");
    assert!(!check.contains("development.env was never"), "{check}");
    // Everywhere, for this clone alone.
    project.write(".git/info/exclude", b"*.env\n");
    let output = project.run(["check"]);
    assert_eq!(output.status.code(), Some(1));
    let check = stdout(&output);
    assert!(check.contains("staging: git ignores envs/staging.env [ignored-by-git]"), "{check}");
    let doctor = stdout(&project.run(["doctor"]));
    assert!(doctor.contains("git ignores sealed files"), "{doctor}");
    succeeded(&project.run(["hooks", "install"]));
    assert!(project.read(".gitignore").ends_with("!/envs/*.env\n"));
    assert!(project.run(["check"]).status.success());

    project.write(".gitignore", b".env\n*.env\n");
    project.write("x", b"");
    project.git(["add", "x"]);
    let commit = project.hermetic("git").args(["commit", "-q", "-m", "x"]).output().expect("git starts");
    assert!(stderr(&commit).contains("git ignores envs/staging.env"), "{}", stderr(&commit));
}

#[test]
fn plaintext_stays_where_git_would_lose_what_is_sealed() {
    // A line further down, in a folder of its own, is not overruled from above.
    let project = project(&[(".env", "A=1\n"), ("envs/.gitignore", "*.env\n")]);
    let said = stderr(&project.run(["init", "-y", "--remove-plaintext"]));
    assert!(said.contains("git ignores envs/development.env: the plaintext stays"), "{said}");
    assert!(project.root().join(".env").exists() && !said.contains("rm .env"), "{said}");
}

#[test]
fn lines_of_gitignore_that_are_covered_are_not_added() {
    let project = project(&[(".gitignore", ".env*\n"), (".env", "A=1\n")]);
    succeeded(&project.run(["init", "-y"]));
    assert_eq!(project.read(".gitignore"), ".env*\n");
    assert_eq!(project.run(["hooks", "status"]).status.code(), Some(0));
}

#[test]
fn several_projects_in_one_repository_are_started_where_they_are() {
    let project =
        project(&[(".env", "A=root\n"), ("apps/web/.env", "A=web\n"), ("apps/web/compose.yml", COMPOSE)]);
    succeeded(&project.run(["init", "-y"]));
    let web = |arguments: &[&str]| {
        let mut command = project.command();
        command.current_dir(project.root().join("apps/web")).args(arguments).output().expect("it starts")
    };
    assert_eq!(stdout(&web(&["get", "A"])), "root");
    let output = web(&["init", "--here", "-y"]);
    let said = stderr(&output);
    succeeded(&output);
    assert!(said.contains("git add envs .gitattributes .gitignore"), "{said}");
    assert_eq!(
        (stdout(&web(&["get", "A"])), stdout(&project.run(["get", "A"]))),
        ("web".into(), "root".into())
    );
    project.commit("both");
    let files = project.git(["ls-files"]);
    assert!(files.contains("apps/web/envs/development.env\n"), "{files}");
    // Where there is a project, it is that one.
    let said = stderr(&web(&["init", "-y"]));
    assert!(said.contains("\n  rm .env\n"), "{said}");
    succeeded(&project.run(["init", "-y", "--remove-plaintext"]));
    assert!(project.root().join("apps/web/.env").exists() && !project.root().join(".env").exists());
    // Below a project, the way to another one is named.
    let mut below = project.command();
    let output = below.current_dir(project.root().join("apps")).args(["init", "-y"]).output();
    let said = refused(&output.expect("it starts"), 1);
    assert!(said.contains("`senex-env init --here`"), "{said}");
}

#[test]
fn where_compose_finds_a_project_of_its_own_the_project_starts_there() {
    let files = [("compose.yml", COMPOSE), ("apps/web/compose.yml", COMPOSE), ("apps/web/.env", "A=web\n")];
    let project = project(&files);
    let within = |folder: &str, arguments: &[&str]| {
        let mut command = project.command();
        command.current_dir(project.root().join(folder)).args(arguments).output().expect("it starts")
    };
    let said = stderr(&within("apps/web", &["init", "-y"]));
    assert!(said.contains("`senex-env -C ../.. init` starts one at the top of the repository"), "{said}");
    assert_eq!(stdout(&within("apps/web", &["get", "A"])), "web");
    assert!(!project.root().join("envs").exists());
    // In a folder without one, it is the repository's.
    succeeded(&within("apps", &["init", "-y"]));
    assert!(project.root().join("envs/senex-env.toml").exists());
}

#[test]
fn values_that_compose_does_not_read_neither_win_nor_vanish() {
    let compose =
        "services:\n  a:\n    image: x\n    environment:\n      K: ${K:?}\n      DEBUG: ${DEBUG:-0}\n";
    let files = [
        ("compose.yml", compose),
        (".env", "K=from-dotenv\nSAME=1\n"),
        (".env.local", "K=from-local\nSAME=1\nDEBUG=1\nNEXT=2\n"),
    ];
    let project = project(&files);
    let said = stderr(&project.run(["init", "-y"]));
    assert!(said.contains(".env.local gives `K` and `DEBUG` a different value"), "{said}");
    assert!(said.contains(" && rm .env\n") && !said.contains("from-"), "{said}");
    let get = |key: &str| stdout(&project.run(["get", key]));
    assert_eq!((get("K"), get("NEXT")), ("from-dotenv".to_owned(), "2".to_owned()));
    assert!(!project.run(["get", "DEBUG"]).status.success());
}

#[test]
fn files_of_services_are_taken_over_whole_or_not_at_all_and_never_into_production() {
    let compose = "services:\n  web:\n    image: x\n    env_file: [env/web.env, common.env]\n  cache:\n    image: x\n    env_file: env/cache.env\n";
    let files = [
        ("compose.yml", compose),
        ("compose.prod.yml", "services:\n  web:\n    image: y\n"),
        ("env/web.env", "SECRET_KEY=abcdefghijkl\nREDIS_PASSWORD=one\n"),
        ("env/cache.env", "REDIS_PASSWORD=two\n"),
        ("common.env", "LOG_LEVEL=info\n"),
    ];
    let project = project(&files);
    let said = stderr(&project.run(["init", "-y"]));
    let text = project.read("envs/senex-env.toml");
    assert!(
        text.contains("{ file = \"env/web.env\", keys = [\"SECRET_KEY\", \"REDIS_PASSWORD\"] }")
            && text.contains("{ file = \"common.env\", keys = [\"LOG_LEVEL\"] }"),
        "{text}"
    );
    assert!(said.contains("env/cache.env is not imported and stays"), "{said}");
    assert!(said.contains("a service of production reads it"), "{said}");
    assert!(!project.root().join("envs/production.env").exists());
    // Production reads them, so nothing is proposed to be removed.
    assert!(!said.contains("rm "), "{said}");
}

#[test]
fn variables_of_the_shell_are_neither_declared_nor_sealed() {
    let compose = "services:\n  b:\n    image: x\n    user: \"${UID}:${GID}\"\n    volumes: [\"${HOME}/.aws:/x\", \"${PWD}:/src\"]\n    environment: [\"DISPLAY=$DISPLAY\", TERM, \"K=${K}\"]\n";
    let project =
        project(&[("compose.yml", compose), (".env", "K=1234567890\nHOME=/x\nCOMPOSE_PROJECT_NAME=p\n")]);
    let said = stderr(&project.run(["init", "-y"]));
    assert!(said.contains("not sealed, because the shell sets it for every program: `HOME`"), "{said}");
    let text = project.read("envs/senex-env.toml");
    for name in ["HOME", "PWD", "UID", "GID", "DISPLAY", "TERM"] {
        assert!(!text.contains(&format!("[keys.{name}]")), "{name}: {text}");
    }
    // What the tool finds in its env file counts, and so has to be kept.
    assert_eq!(stdout(&project.run(["get", "COMPOSE_PROJECT_NAME"])), "p");
}

#[test]
fn a_compose_file_that_cannot_be_read_is_said() {
    let project = project(&[("compose.yml", "services:\n  a: {\n"), (".env", "K=1\n")]);
    let said = stderr(&project.run(["init", "-y"]));
    assert!(said.contains("compose.yml cannot be read (line 3)"), "{said}");
    assert!(said.contains("what development needs is not known"), "{said}");
}

#[test]
fn existing_sealed_file_is_not_overwritten() {
    let project = project(&[(".env", "A=1\n"), ("envs/development.env", "somebody's\n")]);
    let said = refused(&project.run(["init", "-y"]), 1);
    assert!(said.contains("envs/development.env already exists"), "{said}");
    assert_eq!(project.read("envs/development.env"), "somebody's\n");
    assert!(!project.root().join("envs/senex-env.toml").exists());
}
