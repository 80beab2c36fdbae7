//! What a person who types these lines sees, whole: the texts are in `tests/conversations/`.
//!
//! `INSTA_UPDATE=always cargo test --test integration conversations` writes them again; read the diff.

use crate::said_as_before;
use crate::support::project::TestProject;
use crate::support::transcript::conversation;

const TRADER: &str = r#"version = 1
project = "trader"
default = "development"

[environments.development]

[environments.production]
confirm = true

[people.ana]
recipients = ["RECIPIENT"]
environments = ["development", "production"]

[keys.SECRET_KEY]
type = "django-secret-key"
required = true
keep_previous_in = "SECRET_KEY_FALLBACKS"

[keys.SECRET_KEY_FALLBACKS]

[keys.DB_PASSWORD]
required = ["production"]
generate = "password:40"

[keys.API_TOKEN]
min_length = 8
rotate_after = "90d"

[keys.ALLOWED_HOSTS]
secret = false
type = "host-list"
"#;
const BOB: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

fn trader() -> TestProject {
    let project = TestProject::with(TRADER);
    project.commit("the project file");
    project
}

#[test]
fn every_day() {
    let project = trader();
    let said = conversation(
        &project,
        &[
            "printf 4711-live | senex-env set API_TOKEN",
            "printf 4711-live | senex-env set API_TOKEN",
            "printf localhost | senex-env set ALLOWED_HOSTS",
            "printf short | senex-env set API_TOKEN",
            "printf x | senex-env set API_TOKN",
            "senex-env set API_TOKEN=4711-live",
            "senex-env list",
            "senex-env get API_TOKEN",
            "senex-env get DB_PASWORD",
            "senex-env list -e prod",
            "senex-env get -e production API_TOKEN",
            "senex-env unset ALLOWED_HOSTS",
            "senex-env diff",
            "git add envs && git commit -qm 'seal development' && senex-env diff",
            "printf localhost,example.org | senex-env set ALLOWED_HOSTS",
            "senex-env diff --reveal",
            "senex-env log",
            "senex-env -C / list",
        ],
    );
    said_as_before!("every_day", &said);
}

#[test]
fn checking_and_running() {
    let project = trader();
    project.write(
        "compose.yml",
        b"services:\n  web:\n    image: web:1\n    environment:\n      SECRET_KEY: ${SECRET_KEY:?}\n      PASSWORD: ${DB_PASSWORD:?}\n",
    );
    let file = project
        .read("envs/senex-env.toml")
        .replace("[environments.production]\n", "[environments.production]\ncompose = [\"compose.yml\"]\n");
    project.write("envs/senex-env.toml", file.as_bytes());
    let said = conversation(
        &project,
        &[
            "senex-env check -e production",
            "senex-env run -e production -- printenv DB_PASSWORD",
            "printf too-short | senex-env set -y --force -e production SECRET_KEY",
            "printf 'https://example.org' | senex-env set -y --force -e production ALLOWED_HOSTS",
            "HOME=/nonexistent senex-env check -e production",
            "senex-env check -e production",
            "senex-env check -e production --names",
            "senex-env rotate -y -e production SECRET_KEY",
            "senex-env rotate -y -e production DB_PASSWORD",
            "senex-env run -e production -- true",
            "printf example.org | senex-env set -y -e production ALLOWED_HOSTS",
            "senex-env check -e production",
            "senex-env run -n -e production -- docker compose up",
            "senex-env run -n -e production -- ./manage.py migrate",
            "senex-env run -n -e production -f compose.yml -- true",
            "HOME=/nonexistent senex-env run -e production -- true",
            "senex-env run -e production -- no-such-program",
            "senex-env run -e production -- sh -c 'exit 7'",
        ],
    );
    said_as_before!("checking_and_running", &said);
}

#[test]
fn people_come_and_go() {
    let project = trader();
    let join = format!("senex-env join bob -e development --recipient {BOB}");
    let said = conversation(
        &project,
        &[
            "printf 4711-live | senex-env set API_TOKEN && git add envs && git commit -qm 'seal development'",
            &join,
            "senex-env people",
            "senex-env grant -n bob",
            "senex-env grant bob",
            "senex-env grant -y bob",
            "senex-env grant -y bob",
            "git commit -qam 'grant bob' && senex-env people",
            "senex-env revoke -n bob",
            "senex-env revoke bob",
            "senex-env revoke -y bob",
            "git commit -qam 'revoke bob' && senex-env people",
            "senex-env status",
            "senex-env log",
            "senex-env rotate -n --exposed",
            "senex-env revoke -y ana",
            "senex-env grant carl",
            "senex-env rekey -n --all",
        ],
    );
    said_as_before!("people_come_and_go", &said);
}

#[test]
fn keys_are_rotated() {
    let project = trader();
    let said = conversation(
        &project,
        &[
            "senex-env rotate SECRET_KEY",
            "git add envs && git commit -qm 'the first' && senex-env rotate -n SECRET_KEY",
            "senex-env rotate SECRET_KEY",
            "senex-env rotate -n SECRET_KEY --finish",
            "senex-env rotate -y SECRET_KEY --finish",
            "senex-env rotate -y SECRET_KEY --finish",
            "senex-env rotate DB_PASSWORD --finish",
            "senex-env rotate NOT_DECLARED",
            "printf '' | senex-env rotate API_TOKEN",
            "senex-env rotate",
            "senex-env rotate -n --due",
        ],
    );
    said_as_before!("keys_are_rotated", &said);
}

#[test]
fn plaintext_comes_in_and_goes_out() {
    let project = trader();
    project.write("one.env", b"API_TOKEN=4711-live\nALLOWED_HOSTS=localhost\nNEW=1\n");
    project.write("two.env", b"API_TOKEN=\"a\\nb\"\nAPI_TOKEN=c\nB=${A:-x}\nC='it''s'\n");
    let said = conversation(
        &project,
        &[
            "senex-env import -n one.env",
            "senex-env import one.env",
            "senex-env import one.env",
            "senex-env import two.env",
            "senex-env import no-such.env",
            "senex-env export --format json",
            "senex-env export --format compose ALLOWED_HOSTS",
            "senex-env export --format k8s ALLOWED_HOSTS",
            "senex-env export --format compose NOT_THERE",
            "git add envs && git commit -qm 'seal development' && senex-env scan",
            "echo 'token = 4711-live' > settings.txt && git add settings.txt && senex-env scan",
        ],
    );
    said_as_before!("plaintext_comes_in_and_goes_out", &said);
}

#[test]
fn a_file_that_something_else_changed() {
    let project = trader();
    let said = conversation(
        &project,
        &[
            "printf 4711-live | senex-env set API_TOKEN && printf localhost | senex-env set ALLOWED_HOSTS",
            "git add envs && git commit -qm 'seal development' && senex-env seal",
            "sed -i s/localhost/example.org/ envs/development.env && senex-env list",
            "senex-env get ALLOWED_HOSTS",
            "senex-env run -- true",
            "senex-env seal -n",
            "senex-env check",
            "git checkout -q envs && senex-env get ALLOWED_HOSTS",
            "echo '<<<<<<< HEAD' >> envs/development.env && senex-env get ALLOWED_HOSTS",
            "printf 'A=1\\n' > envs/development.env && senex-env get A",
            "rm envs/development.env && senex-env get ALLOWED_HOSTS",
            "echo 'colour = 1' >> envs/senex-env.toml && senex-env list",
            "echo 'not toml' > envs/senex-env.toml && senex-env list",
        ],
    );
    said_as_before!("a_file_that_something_else_changed", &said);
}
