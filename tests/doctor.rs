//! `doctor`: every line is in order or comes with its fix.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::outcome::succeeded;
use crate::support::project::{TestProject, stdout};

fn doctor(project: &TestProject) -> Vec<serde_json::Value> {
    let output = project.run(["doctor", "--json"]);
    let lines: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    let lines = lines["checks"].as_array().expect("a list").clone();
    let problems = lines.iter().any(|line| line["state"] == "problem");
    assert_eq!(output.status.code(), Some(i32::from(problems)), "{lines:#?}");
    lines
}

fn problems(project: &TestProject) -> Vec<String> {
    let lines = doctor(project);
    let problems = lines.iter().filter(|line| line["state"] == "problem");
    problems
        .map(|line| {
            format!("{} | {}", line["message"].as_str().expect("text"), line["fix"].as_str().expect("a fix"))
        })
        .collect()
}

#[test]
fn doctor_reports_no_problem_after_init() {
    let project = TestProject::empty();
    succeeded(&project.run(["identity", "new", "--no-passphrase"]));
    succeeded(&project.run(["init", "-y", "--project", "p", "--person", "ana"]));
    assert_eq!(problems(&project), Vec::<String>::new());
    let said = stdout(&project.run(["doctor"]));
    assert!(said.ends_with("no problems found\n"), "{said}");
    assert!(said.lines().all(|line| !line.ends_with(' ')), "{said}");
}

#[test]
fn every_problem_has_a_fix() {
    let project = TestProject::new();
    project.set("development", "SECRET_KEY", "x");
    let identity = project.path("home/.config/senex-env/identity.txt");
    std::fs::set_permissions(&identity, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    project.write("envs/.sops.yaml", b"creation_rules: []\n");
    let found = problems(&project);
    for expected in [
        "~/.config/senex-env/identity.txt has mode 644: others can read it | chmod 600 ~/.config/senex-env/identity.txt",
        "envs/.sops.yaml does not match the project file | `senex-env seal` regenerates it",
        ".gitattributes is missing `envs/*.env -text diff=senex-env merge=senex-env`, `envs/.sops.yaml \
         merge=senex-env`: a change of line ends would break sealed files | add it to .gitattributes",
    ] {
        assert!(found.iter().any(|line| line == expected), "{expected} is not in {found:#?}");
    }
    // The fixes are what they say.
    succeeded(&project.run(["seal"]));
    assert!(!problems(&project).iter().any(|line| line.starts_with("envs/.sops.yaml")));
    std::fs::remove_file(identity).expect("removed");
    assert!(problems(&project).iter().any(|line| line.starts_with("you have none | `senex-env join NAME`")));
    project.write("envs/senex-env.toml", b"version = 1\nprojekt = \"p\"\n");
    let found = problems(&project);
    assert!(
        found.iter().any(|line| line.contains("envs/senex-env.toml:2:1: unknown field `projekt`")
            && line.ends_with("did you mean `project`?")),
        "{found:#?}"
    );
}

/// The unit of the example, as an administrator has installed it.
#[test]
fn broken_systemd_unit_is_reported() {
    let project = TestProject::new();
    project.set("production", "SECRET_KEY", "x");
    let host = |unit: &str| {
        let path = project.path("units/senex-trader.service");
        std::fs::create_dir_all(project.path("units")).expect("a folder");
        senex_env::testing::file::replace(&path, unit.as_bytes(), 0o644).expect("written");
        let mut command = project.command();
        command.env("SYSTEMD_UNIT_PATH", project.path("units")).args(["doctor", "--json"]);
        let output = command.output().expect("it starts");
        let lines: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        let lines =
            lines["checks"].as_array().expect("a list").iter().filter(|line| line["subject"] == "host");
        let said: Vec<String> = lines
            .map(|line| format!("{} {} | {}", line["state"], line["message"], line["fix"]).replace('"', ""))
            .collect();
        said.join("\n")
    };
    let example = include_str!("../examples/senex-trader/systemd/senex-trader.service");
    let identity = project.path("host.txt");
    let unit = example.replace("/etc/senex-env/identity.txt", identity.to_str().expect("text"));
    let said = host(&unit);
    let expected = "host.txt, which does not exist | senex-env identity new --no-passphrase --file ";
    assert!(said.starts_with("problem senex-trader.service is given ") && said.contains(expected), "{said}");

    let other = senex_env::testing::identity::Identity::generate();
    let text = other.to_file().expect("a file");
    senex_env::testing::file::replace(&identity, text.as_bytes(), 0o600).expect("written");
    let said = host(&unit);
    assert!(
        said.starts_with("problem") && said.contains("does not open production | `senex-env join NAME"),
        "{said}"
    );
    std::fs::copy(project.path("home/.config/senex-env/identity.txt"), &identity).expect("copied");
    std::fs::set_permissions(&identity, std::fs::Permissions::from_mode(0o600)).expect("a mode");
    let said = host(&unit);
    assert!(said.starts_with("ok senex-trader.service opens production with the identity in"), "{said}");
    std::fs::set_permissions(&identity, std::fs::Permissions::from_mode(0o640)).expect("a mode");
    assert!(host(&unit).contains("has mode 640: others can read it | chmod 600"), "{}", host(&unit));

    let unloaded = unit.replace("LoadCredential=", "#LoadCredential=");
    assert!(
        host(&unloaded).contains("which it is not given | LoadCredential=identity:"),
        "{}",
        host(&unloaded)
    );
    let encrypted = unit.replace("LoadCredential=", "LoadCredentialEncrypted=");
    assert!(
        host(&encrypted).starts_with("ok senex-trader.service is given the identity in"),
        "{}",
        host(&encrypted)
    );
    assert!(
        host(&unit.replace("Environment=", "#"))
            .starts_with("note senex-trader.service is given no identity")
    );
    assert_eq!(host(&unit.replace("senex-env run", "other run")), "");
}
