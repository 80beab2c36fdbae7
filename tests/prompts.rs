//! Questions on a terminal, and what a person does instead of answering.

use crate::support::project::{TestProject, stdout};
use crate::support::terminal::on_terminal;

/// The terminal after a command, as a shell would find it: how the command ended, and whether what is typed shows.
fn afterwards(project: &TestProject, line: &str, dialogue: &[(&str, &str)]) -> Option<String> {
    let mut command = project.hermetic("sh");
    let script = format!(
        "trap 'echo interrupted' INT; {line}; echo \"code $?\"; stty -a | tr ' ;' '\\n\\n' | grep -x -e -echo -e echo"
    );
    let senex = std::path::Path::new(env!("CARGO_BIN_EXE_senex-env")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(["-c", &script]).env("PATH", format!("{}:{path}", senex.display()));
    Some(stdout(&on_terminal(&command, dialogue)?).replace('\r', ""))
}

#[test]
fn control_c_at_a_hidden_question_leaves_a_terminal_that_shows_what_is_typed() {
    let project = TestProject::new();
    let file = project.path("second.txt");
    let new = format!("senex-env identity new --file {}", file.display());
    for (line, question) in [
        ("senex-env set SECRET_KEY", "value of SECRET_KEY: "),
        (new.as_str(), "a passphrase for the new identity: "),
    ] {
        let Some(said) = afterwards(&project, line, &[(question, "half an answer\u{3}")]) else { return };
        assert!(said.contains("\ncode 130\n") && said.contains("\ninterrupted\n"), "{line}: {said}");
        assert!(said.ends_with("\necho\n") && !said.contains("half"), "{line}: {said}");
    }
    assert!(!project.root().join("envs/development.env").exists() && !file.exists());
}

#[test]
fn hidden_answer_is_complete_and_end_of_input_is_an_error() {
    let project = TestProject::new();
    let value = "pä$$ wörd".to_owned() + &"x".repeat(2000);
    let question = "value of SECRET_KEY: ";
    let Some(said) =
        afterwards(&project, "senex-env set SECRET_KEY", &[(question, &value), ("once more: ", &value)])
    else {
        return;
    };
    assert!(said.contains("code 0") && !said.contains("örd") && said.ends_with("\necho\n"), "{said}");
    assert_eq!(stdout(&project.run(["get", "SECRET_KEY"])), value);
    let ended = afterwards(&project, "senex-env set SECRET_KEY", &[(question, "\u{4}")]).expect("a terminal");
    assert!(ended.contains("cannot read from the terminal") && ended.contains("code 6"), "{ended}");
}
