//! `run` in front of the real compose tools: every service receives exactly the sealed values.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use senex_env::testing::name::{EnvName, KeyName};
use senex_env::testing::project::Project;
use senex_env::testing::sealed::{DataKey, OpenFile};
use senex_env::testing::secret::Secret;

use crate::support::compose::{ComposeTool, compose_tools, strategy};
use crate::support::project::{TestProject, stderr};
use crate::support::random::Dice;
use crate::support::tools::tool;

/// The variables of the strategy's base file, with values that env files get wrong.
const VALUES: &[(&str, &str)] = &[
    ("SECRET_KEY", "k3@v$t%9w^m2!x7(q)b=d5+r8*n1_f6&j4-h0'z\"y$${HOME} #u"),
    ("FIELD_ENCRYPTION_KEY", "ZGVtby1vbmx5LWRlbW8tb25seS1kZW1vLW9ubHktMDA="),
    ("ALLOWED_HOSTS", "senex.example.test,localhost"),
    ("WS_ALLOWED_ORIGINS", "https://senex.example.test"),
    ("APP_BASE_URL", "https://senex.example.test"),
    ("DB_PASSWORD", " \\leading and trailing\\ "),
    ("TASTYTRADE_CLIENT_ID", "line one\nline two\n"),
    ("TASTYTRADE_CLIENT_SECRET", "\ttab\\n not a newline\r"),
];

fn write(project: &TestProject, environment: &str, pairs: impl IntoIterator<Item = (String, String)>) {
    let loaded = Project::load(&project.root()).expect("a project");
    let environment = EnvName::new(environment).expect("a name");
    let data_key = DataKey::generate().expect("random");
    let wrapped = loaded.people[0]
        .recipients
        .iter()
        .map(|recipient| data_key.wrap(recipient).expect("wrapped"))
        .collect();
    let mut open = OpenFile::new(data_key, wrapped, loaded.rule());
    for (key, value) in pairs {
        open.set(&KeyName::new(&key).expect("a name"), Secret::new(value));
    }
    let bytes = open.close(&loaded.binding(&environment), &loaded.rule()).expect("sealed");
    project.write(&format!("envs/{environment}.env"), &bytes);
}

fn values(environment: &str) -> BTreeMap<String, String> {
    VALUES.iter().map(|(key, value)| ((*key).to_owned(), format!("{value}{environment}"))).collect()
}

/// The literal files of the strategy. Its overrides are fatal to the tools themselves (podman-compose cannot
/// merge an unquoted boolean over a string; docker compose refuses a container name with replicas), so each
/// environment is tried with the base file, and what the tools do accept of the rest is tried as well.
fn strategy_project() -> TestProject {
    let project = TestProject::with(
        "version = 1\nproject = \"senex-trader\"\ndefault = \"development\"\n\
         [environments.development]\ncompose = [\"docker-compose.yml\"]\n\
         [environments.production]\ncompose = [\"docker-compose.yml\"]\n\
         [people.ana]\nrecipients = [\"RECIPIENT\"]\nenvironments = [\"development\", \"production\"]\n\
         [keys.ALLOWED_HOSTS]\nsecret = false\n[keys.DB_USER]\n",
    );
    for name in ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"] {
        project.write(name, &std::fs::read(strategy().join(name)).expect("a fixture"));
    }
    for environment in ["development", "production"] {
        write(&project, environment, values(environment));
    }
    project
}

fn config(
    project: &TestProject,
    tool: &ComposeTool,
    before: &[&str],
    options: &[&str],
) -> std::process::Output {
    let mut command = project.command();
    command.arg("run").args(before).arg("--").arg(&tool.program).args(options).args(tool.config_arguments());
    // Whatever is exported in the shell.
    for (key, _) in VALUES {
        command.env(key, "a lie from the shell");
    }
    // Declared, but without a value in this environment: the shell's counts, as it does for compose.
    command.env("DB_USER", "of the shell").env("__senex_env_unset", "x");
    command.output().expect("the program starts")
}

fn assert_exact(tool: &ComposeTool, environment: &str, output: &std::process::Output) {
    let services = tool.services(output);
    let expected = values(environment);
    let mut compared = 0;
    for service in ["web", "celery_worker", "celery_beat"] {
        for (key, value) in &services[service] {
            if let Some(expected) = expected.get(key) {
                assert!(value == expected, "{}: {environment}: {service}: {key} arrived changed", tool.name);
                compared += 1;
            }
        }
        assert_eq!(
            services[service]["DB_USER"], "of the shell",
            "{}: a value without a sealed one was taken away",
            tool.name
        );
    }
    assert_eq!(compared, 8 + 2 * 5, "{}: {environment}", tool.name);
    assert_eq!(services["postgres"]["POSTGRES_PASSWORD"], expected["DB_PASSWORD"], "{}", tool.name);
}

const VERSIONS: [&str; 4] = ["1.6.0", "1.4.1", "1.1.0", "1.0.6"];

#[test]
fn every_tool_shows_exactly_the_sealed_values_of_the_strategy_whatever_is_exported() {
    let project = strategy_project();
    for tool in compose_tools(&VERSIONS) {
        for environment in ["development", "production"] {
            let output = config(&project, &tool, &["-e", environment], &[]);
            assert_exact(&tool, environment, &output);
        }
    }
}

#[test]
fn the_literal_development_override_of_the_strategy_works_where_the_tool_takes_it() {
    let project = strategy_project();
    let Some(docker) = compose_tools(&[]).into_iter().next() else { return };
    let files = ["-f", "docker-compose.yml", "-f", "docker-compose.dev.yml", "--profile", "full"];
    let services = docker.services(&config(&project, &docker, &[], &files));
    assert_eq!(services["web"]["TASTYTRADE_CLIENT_ID"], values("development")["TASTYTRADE_CLIENT_ID"]);
    assert_eq!(services["postgres"]["POSTGRES_PASSWORD"], values("development")["DB_PASSWORD"]);
    // Literal values of an override are the project's own.
    assert_eq!(services["web"]["SECRET_KEY"], "django-insecure-dev-key-for-local-only");
}

#[test]
fn conflicting_dot_env_is_refused_or_overridden() {
    let project = strategy_project();
    project.write(".env", b"SECRET_KEY=a lie from .env\nOWN=kept\nDB_PASSWORD='another'\n");
    for tool in compose_tools(&VERSIONS) {
        let refused = config(&project, &tool, &["-e", "production"], &[]);
        assert_eq!(refused.status.code(), Some(125), "{}", tool.name);
        let message = stderr(&refused);
        assert!(
            message.contains(".env is a plaintext file that defines `DB_PASSWORD` and `SECRET_KEY`"),
            "{message}"
        );
        assert!(message.contains("hint: `senex-env import -n -e production .env` shows"), "{message}");
        let output = config(&project, &tool, &["-e", "production", "--override-dotenv"], &[]);
        assert_exact(&tool, "production", &output);
    }
}

#[test]
fn additional_variables_of_user_env_files_are_kept() {
    let project = strategy_project();
    project.write("extra.yml", b"services:\n  extra:\n    image: none\n    environment:\n      OWN: ${OWN-}\n      MORE: ${MORE-}\n      SECRET_KEY: ${SECRET_KEY}\n");
    project.write(".env", b"OWN=from .env\n");
    project.write("more.env", b"MORE='from --env-file'\nSECRET_KEY=a lie");
    for tool in compose_tools(&VERSIONS) {
        let files = ["-f", "docker-compose.yml", "-f", "extra.yml"];
        let services = tool.services(&config(&project, &tool, &[], &files));
        assert_eq!(services["extra"]["OWN"], "from .env", "{}", tool.name);
        assert!(services["extra"]["SECRET_KEY"] == values("development")["SECRET_KEY"], "{}", tool.name);
        let files = ["--env-file", "more.env", "-f", "docker-compose.yml", "-f", "extra.yml"];
        let services = tool.services(&config(&project, &tool, &[], &files));
        assert_eq!(services["extra"]["MORE"], "from --env-file", "{}", tool.name);
        assert!(services["extra"]["SECRET_KEY"] == values("development")["SECRET_KEY"], "{}", tool.name);
    }
}

#[test]
fn compose_files_choose_the_environment() {
    let project = TestProject::with(
        "version = 1\nproject = \"p\"\ndefault = \"development\"\n\
         [environments.development]\ncompose = [\"base.yml\", \"dev.yml\"]\n\
         [environments.production]\ncompose = [\"base.yml\", \"prod.yml\"]\n\
         [people.ana]\nrecipients = [\"RECIPIENT\"]\nenvironments = [\"development\", \"production\"]\n",
    );
    for name in ["base.yml", "dev.yml", "prod.yml"] {
        project.write(name, b"services:\n  s:\n    image: none\n    environment:\n      WHICH: ${WHICH}\n");
    }
    for environment in ["development", "production"] {
        write(&project, environment, [("WHICH".to_owned(), environment.to_owned())]);
    }
    let run = |arguments: &[&str]| project.run([&["run"], arguments].concat());
    for tool in compose_tools(&["1.6.0"]) {
        let program = tool.program.to_str().expect("text");
        let which = |arguments: &[&str]| {
            let arguments = [arguments, tool.config_arguments()].concat();
            tool.services(&run(&arguments))["s"]["WHICH"].clone()
        };
        assert_eq!(which(&["--", program]), "development");
        assert_eq!(which(&["--", program, "-f", "base.yml", "-f", "prod.yml"]), "production");
        assert_eq!(which(&["--", program, "-f", "base.yml"]), "development");
        assert_eq!(which(&["-e", "production", "--", program]), "production");
        let refused =
            run(&["-e", "development", "--", program, "-f", "base.yml", "-f", "prod.yml", "config"]);
        assert_eq!(refused.status.code(), Some(125));
        assert!(stderr(&refused).contains("prod.yml belongs to `production`, not to `development`"));
        let both = run(&["--", program, "-f", "dev.yml", "-f", "prod.yml", "config"]);
        assert_eq!(both.status.code(), Some(125));
        assert!(stderr(&both).contains("belong to `development` and `production`"), "{}", stderr(&both));
    }
}

/// 20,000 values through `run` to each tool, 2,000 a file.
#[test]
fn twenty_thousand_awkward_values_arrive_in_every_tool() {
    let project = TestProject::with(
        "version = 1\nproject = \"p\"\n[environments.development]\ncompose = [\"compose.yml\"]\n\
         [people.ana]\nrecipients = [\"RECIPIENT\"]\nenvironments = [\"development\"]\n",
    );
    const KEYS: usize = 2000;
    let names: Vec<String> = (0..KEYS).map(|index| format!("K{index}")).collect();
    let lines: String = names.iter().map(|name| format!("      {name}: ${{{name}-}}\n")).collect();
    project.write(
        "compose.yml",
        format!("services:\n  s:\n    image: none\n    environment:\n{lines}").as_bytes(),
    );
    let tools = compose_tools(&["1.6.0", "1.4.1", "1.0.6"]);
    let pythons: Vec<_> = ["1.2.4", "0.21.0"]
        .iter()
        .filter_map(|version| tool(&format!("python-dotenv/{version}/bin/python")))
        .collect();
    for batch in 0..10 {
        let mut dice = Dice::new(batch + 1);
        let expected: Vec<(String, String)> = names.iter().map(|name| (name.clone(), dice.value())).collect();
        write(&project, "development", expected.clone());
        for tool in &tools {
            let mut command = project.command();
            command.args(["run", "--"]).arg(&tool.program).args(tool.config_arguments());
            let services = tool.services(&command.output().expect("the program starts"));
            let wrong =
                expected.iter().filter(|(name, value)| services["s"].get(name) != Some(value)).count();
            assert_eq!(wrong, 0, "{}, batch {batch}", tool.name);
        }
        for python in &pythons {
            let script = "import dotenv, json, sys; json.dump(dotenv.dotenv_values(sys.argv[1]), sys.stdout)";
            let arguments = [
                "run".as_ref(),
                "--".as_ref(),
                python.as_os_str(),
                OsStr::new("-c"),
                script.as_ref(),
                "{}".as_ref(),
            ];
            let output = project.run(arguments);
            let found: BTreeMap<String, String> =
                serde_json::from_slice(&output.stdout).expect("python-dotenv answers");
            let wrong = expected.iter().filter(|(name, value)| found.get(name) != Some(value)).count();
            assert_eq!(wrong, 0, "{}, batch {batch}", python.display());
        }
    }
}
