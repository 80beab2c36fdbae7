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
fn plaintext_of_every_environment_is_sealed_where_it_belongs_and_stays_until_it_is_not_wanted() {
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
    assert!(said.contains("seal 5 values, and install the git hooks was not confirmed"), "{said}");
    assert!(!project.root().join("envs").exists() && !project.root().join(".gitignore").exists());

    let output = project.run(["init", "-y"]);
    succeeded(&output);
    let said = stderr(&output);
    for expected in [
        "development   compose.yml, 3 values from .env\n",
        "production    compose.yml, 2 values from .env.prod\n",
        "sealed envs/development.env and envs/production.env\n",
        "the service `web` reads .env itself (`env_file:`)",
        "  rm .env\n",
    ] {
        assert!(said.contains(expected), "{expected} is not in\n{said}");
    }
    assert!(!said.contains("hunter2") && !said.contains("-token"), "{said}");
    let text = project.read("envs/senex-env.toml");
    assert!(
        text.contains("[keys.API_TOKEN]\nrequired = true\n[keys.API_URL]\nsecret = false\ntype = \"url\"\n"),
        "{text}"
    );
    // A type that the value contradicts is not declared; a URL with a password is secret.
    assert!(text.contains("[keys.EMAIL_PORT]\nsecret = false\n") && !text.contains("\"port\""), "{text}");
    assert!(text.contains("[keys.DATABASE_URL]\ntype = \"postgres-url\"\n"), "{text}");
    assert!(
        text.contains("[environments.production]\ncompose = [\"compose.yml\"]\nconfirm = true\n"),
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
fn plaintext_goes_when_that_is_asked_for() {
    let project = project(&[(".env", "A=1\n")]);
    project.commit("in the clear");
    let output = project.run(["init", "-y", "--remove-plaintext"]);
    succeeded(&output);
    assert!(!project.root().join(".env").exists());
    assert!(stderr(&output).contains("git keeps .env in its history"), "{}", stderr(&output));
    assert_eq!(stdout(&project.run(["get", "A"])), "1");
}

#[test]
fn what_cannot_be_taken_over_is_named_and_nothing_of_it_is_shown() {
    let project = project(&[
        (".env", "A='fine'\n"),
        (".env.qa", "B=\"hunter2\nC=MIIEhunter2==\n"),
        (".env.staging", "#/ public\nDOTENV_PUBLIC_KEY_STAGING=\"02\"\nD=\"encrypted:BK\"\n"),
    ]);
    let output = project.run(["init", "-y"]);
    succeeded(&output);
    let said = stderr(&output);
    assert!(said.contains(".env.qa is not taken over: "), "{said}");
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
fn a_sealed_file_that_is_there_is_not_overwritten() {
    let project = project(&[(".env", "A=1\n"), ("envs/development.env", "somebody's\n")]);
    let said = refused(&project.run(["init", "-y"]), 1);
    assert!(said.contains("envs/development.env is there already"), "{said}");
    assert_eq!(project.read("envs/development.env"), "somebody's\n");
    assert!(!project.root().join("envs/senex-env.toml").exists());
}
