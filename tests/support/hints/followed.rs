//! Where a hint leads.

use std::ffi::OsString;
use std::fmt;
use std::process::{Command, Output};

use super::said::{Said, is_option};
use super::syntax;
use super::workshop::{Workshop, folder_of};

const BINARY: &str = env!("CARGO_BIN_EXE_senex-env");

/// A command that was answered with hints.
pub struct Asked<'a> {
    command: &'a Command,
    /// What our program was started with; `None` where another program started it.
    arguments: Option<Vec<OsString>>,
    /// The environment that it is about, as far as that is known.
    environment: Option<String>,
    /// What it would be about without `-e`.
    default: Option<String>,
    code: Option<i32>,
}

/// Commands of the help, of completion and of the manual, which name others as examples; and what prints values.
const EXAMPLES: [&str; 8] = ["help", "man", "completions", "schema", "get", "export", "demo", "edit"];

impl<'a> Asked<'a> {
    /// `None` for what is not in a folder of a test, or only tells of commands.
    pub fn of(command: &'a Command, output: &Output) -> Option<Self> {
        folder_of(command)?;
        let words: Vec<OsString> =
            std::iter::once(command.get_program()).chain(command.get_args()).map(OsString::from).collect();
        let at = words.iter().position(|word| word == BINARY);
        let arguments = at.map(|at| words[at + 1..].to_vec());
        let text = |word: &OsString| word.to_string_lossy().into_owned();
        let typed: Vec<String> = arguments.iter().flatten().map(text).collect();
        let own = typed.iter().take_while(|word| *word != "--");
        let failed = !output.status.success();
        let is_example =
            |word: &String| word == "--help" || word == "-h" || !failed && EXAMPLES.contains(&word.as_str());
        if own.clone().any(is_example) || arguments.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let mut line = vec!["senex-env".to_owned()];
        line.extend(typed);
        let known = syntax::command_and_environment(&line);
        let is_about_one = known.as_ref().is_some_and(|(name, _)| syntax::has_default_environment(name));
        let given = known.and_then(|(_, given)| given);
        let variable = command.get_envs().find(|(name, _)| *name == "SENEX_ENV").and_then(|(_, value)| value);
        let variable = variable.map(|value| value.to_string_lossy().into_owned());
        let default = default_of(command);
        let environment =
            given.or_else(|| variable.clone()).or_else(|| default.clone().filter(|_| is_about_one));
        Some(Self {
            command,
            arguments,
            environment,
            default: variable.or(default),
            code: output.status.code(),
        })
    }

    /// The command as it was typed.
    pub fn line(&self) -> String {
        let words = std::iter::once(self.command.get_program()).chain(self.command.get_args());
        let words: Vec<_> = match &self.arguments {
            Some(arguments) => arguments.iter().map(|word| word.to_string_lossy()).collect(),
            None => words.map(|word| word.to_string_lossy()).collect(),
        };
        let short = words.join(" ").replace('\n', "⏎").chars().take(160).collect::<String>();
        let variables = self
            .command
            .get_envs()
            .filter(|(name, value)| name.to_string_lossy().starts_with("SENEX") && value.is_some());
        let variables: Vec<_> = variables.map(|(name, _)| name.to_string_lossy()).collect();
        format!("{short} [{}] {:?}", variables.join(" "), self.code)
    }

    /// The name of the command.
    pub fn name(&self) -> String {
        let first = self.arguments.as_ref().and_then(|arguments| arguments.first());
        first.map_or(String::new(), |first| first.to_string_lossy().into_owned())
    }

    /// What `run` was to start.
    fn child(&self) -> Option<Vec<String>> {
        let arguments = self.arguments.as_ref()?;
        let at = arguments.iter().position(|word| word == "--")?;
        Some(arguments[at + 1..].iter().map(|word| word.to_string_lossy().into_owned()).collect())
    }
}

/// The default environment of the project that the command meets.
fn default_of(command: &Command) -> Option<String> {
    let folder = command.get_current_dir()?;
    let file =
        folder.ancestors().map(|folder| folder.join("envs/senex-env.toml")).find(|file| file.exists())?;
    let text = std::fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("default = \""))?;
    Some(value.split('"').next().unwrap_or_default().to_owned())
}

/// Where a hint has led.
pub enum Verdict {
    /// It was run, and does what it says.
    Works,
    /// It is one, and somebody has to choose something first, or do something else.
    Parses(&'static str),
    /// It leads nowhere.
    Wrong(String),
}

impl Verdict {
    pub fn is_wrong(&self) -> bool {
        matches!(self, Self::Wrong(_))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Works => f.write_str("WORKS"),
            Self::Parses(why) => write!(f, "PARSES ({why})"),
            Self::Wrong(why) => write!(f, "WRONG: {why}"),
        }
    }
}

/// The ways that a hint proposes, each a list of commands, and where it leads.
pub fn verdicts(asked: &Asked<'_>, hint: &Said, before: Option<&Said>) -> Vec<(String, Verdict)> {
    ways(hint, asked)
        .into_iter()
        .map(|way| {
            let mut steps: Vec<Step> =
                before.into_iter().flat_map(|before| ways(before, asked)).flatten().collect();
            steps.extend(way);
            let line = steps.iter().map(Step::line).collect::<Vec<_>>().join(" ⏎ ");
            let verdict = verdict(asked, hint, &steps);
            (line, verdict)
        })
        .collect()
}

enum Step {
    Shell(String),
    /// The command that was answered, with an option more.
    Again(Vec<OsString>),
}

impl Step {
    fn line(&self) -> String {
        match self {
            Self::Shell(line) => line.clone(),
            Self::Again(words) => {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                format!("senex-env {}", words.join(" "))
            }
        }
    }
}

/// `a, then b` is one way; `a or b` and `a; b` are two.
fn ways(hint: &Said, asked: &Asked<'_>) -> Vec<Vec<Step>> {
    let mut ways: Vec<Vec<Step>> = Vec::new();
    let mut last: Option<String> = None;
    for (words, span) in &hint.spans {
        let step = match (is_option(span), &last) {
            // The same command with another option.
            (true, Some(last)) if words.trim() == "or" => {
                let (stem, _) = last.rsplit_once(' ').expect("several words");
                Step::Shell(format!("{stem} {span}"))
            }
            (true, _) => {
                // One to leave out, and one of the command that `run` starts, is another matter.
                let is_on_top = last.is_none()
                    && !words.to_lowercase().ends_with("without ")
                    && !hint.text.contains(&format!("`{span}` before"));
                match (&asked.arguments, is_on_top) {
                    (Some(arguments), true) => Step::Again(with_option(arguments, span)),
                    _ => continue,
                }
            }
            (false, _) => Step::Shell(filled(span, asked)),
        };
        let is_another = words.split_whitespace().any(|word| word == "or")
            || words.contains(';') && !words.contains("then");
        last = Some(span.clone());
        if is_another || ways.is_empty() {
            ways.push(vec![step]);
        } else {
            ways.last_mut().expect("one").push(step);
        }
    }
    ways
}

/// Options go before `--`; one that is there already gets another value.
fn with_option(arguments: &[OsString], option: &str) -> Vec<OsString> {
    let at = arguments.iter().position(|word| word == "--").unwrap_or(arguments.len());
    let (own, others) = arguments.split_at(at);
    let name = |word: &str| word.split([' ', '=']).next().unwrap_or_default().to_owned();
    let mut own = own.to_vec();
    let known = own.iter().position(|word| name(&word.to_string_lossy()) == name(option));
    if let Some(known) = known.filter(|_| option.contains([' ', '='])) {
        own.drain(known..=(known + usize::from(option.contains(' '))).min(own.len() - 1));
    }
    let option: Vec<OsString> = syntax::words(option).into_iter().map(OsString::from).collect();
    [&own, &option, others].concat()
}

/// `…` stands for the command that was to be started.
fn filled(span: &str, asked: &Asked<'_>) -> String {
    let Some(stem) = span.strip_suffix(" …") else { return span.to_owned() };
    let child = asked.child().unwrap_or_else(|| vec!["true".to_owned()]);
    let child = shlex::try_join(child.iter().map(String::as_str)).expect("no NUL");
    let stem = stem.strip_suffix(" --").unwrap_or(stem);
    format!("{stem} -- {child}")
}

/// What is only to be shown that it would start does not start anything.
fn dry(line: &str) -> String {
    line.replace("senex-env run ", "senex-env run -n ")
}

fn verdict(asked: &Asked<'_>, hint: &Said, steps: &[Step]) -> Verdict {
    if steps.iter().any(|step| matches!(step, Step::Again(words) if lacks_value(words))) {
        return Verdict::Parses("a person chooses");
    }
    if steps.iter().any(|step| matches!(step, Step::Again(words) if words.iter().any(|word| word == "-"))) {
        return Verdict::Parses("its standard input is gone");
    }
    for step in steps {
        let problem = match step {
            Step::Shell(line) => {
                let other = || super::are_run().then(|| other_environment(asked, hint, line)).flatten();
                syntax::problem(line).or_else(other)
            }
            Step::Again(words) => {
                let words = words.iter().map(|word| word.to_string_lossy().into_owned());
                syntax::refusal(&std::iter::once("senex-env".to_owned()).chain(words).collect::<Vec<_>>())
            }
        };
        if let Some(problem) = problem {
            return Verdict::Wrong(problem);
        }
    }
    if steps.iter().any(|step| syntax::is_template(&step.line())) {
        return Verdict::Parses("a person chooses");
    }
    if !super::are_run() {
        return Verdict::Parses("it is run by `tests/long`");
    }
    let first = hint.spans.first().map_or("", |(words, _)| words.as_str());
    if first.contains("then ") && !hint.continues() {
        return Verdict::Parses("a person does something first");
    }
    if OTHERS.iter().any(|words| hint.text.contains(words)) {
        return Verdict::Parses("somebody else does it");
    }
    if steps.iter().any(|step| BY_HAND.iter().any(|start| step.line().starts_with(start))) {
        return Verdict::Parses("a person does it");
    }
    if asked.arguments.is_none() && ["sh", "bash"].iter().any(|shell| asked.command.get_program() == *shell) {
        return Verdict::Parses("other commands followed");
    }
    let Some(workshop) = Workshop::new(asked.command) else { return Verdict::Parses("no copy") };
    match lead(asked, hint, steps, &workshop) {
        Verdict::Wrong(_) if CONDITIONS.iter().any(|words| hint.text.starts_with(words)) => {
            Verdict::Parses("it is not the case here")
        }
        verdict => verdict,
    }
}

/// Commands that only help who types them: an editor, another shell.
const BY_HAND: [&str; 2] = ["sops ", "export "];

/// Hints for somebody else.
const OTHERS: [&str; 6] = ["at a terminal", "somebody", ", run by them,", " have ", "is how they ", "call `"];

/// Hints for a case that may not be that of the test.
const CONDITIONS: [&str; 4] = ["if ", "after a merge", "or ", "a running stack "];

/// Whether an option is named without what is to be chosen for it.
fn lacks_value(words: &[OsString]) -> bool {
    let words = words.iter().map(|word| word.to_string_lossy().into_owned());
    let words: Vec<String> = std::iter::once("senex-env".to_owned()).chain(words).collect();
    syntax::refusal(&words).is_some_and(|why| why.contains("a value is required"))
}

/// The environment that a command names is the one that the hint is about.
fn other_environment(asked: &Asked<'_>, hint: &Said, line: &str) -> Option<String> {
    let meant = asked.environment.as_ref()?;
    for words in syntax::simple_commands(line) {
        let Some((name, given)) = syntax::command_and_environment(&words) else { continue };
        let by_default = asked.default.as_ref().filter(|_| syntax::has_default_environment(&name));
        let about = given.as_ref().or(by_default);
        let is_said = |about: &String| {
            let told = format!("{} {}", hint.subject, hint.text.replace(line, ""));
            told.split(|c: char| !(c.is_alphanumeric() || "-_".contains(c))).any(|word| word == about)
        };
        let is_meant = |about: &String| meant.split(',').any(|meant| meant == about);
        if let Some(about) = about.filter(|about| !is_meant(about))
            && !(given.is_some() && is_said(about))
        {
            return Some(format!("it is about {about}, not {meant}"));
        }
    }
    None
}

/// Words that only promise to show something, so that the error may still be there afterwards.
const SHOWS: [&str; 7] = ["asks for it", "shows", "prints", "says", "show ", "see ", "would"];

fn lead(asked: &Asked<'_>, hint: &Said, steps: &[Step], workshop: &Workshop<'_>) -> Verdict {
    for step in steps {
        let Some(mut output) = start(step, workshop, "") else {
            return Verdict::Parses("outside of the project");
        };
        // A person says yes.
        if told(&output).contains("`-y` answers yes") {
            output = start(step, workshop, " -y").expect("as before");
        }
        if let Some(verdict) = failure(asked, &output, step, hint) {
            return verdict;
        }
    }
    let verbs = ["set", "unset", "rotate", "edit"];
    let says_so = |step: &Step| {
        let ours = syntax::simple_commands(&step.line());
        ours.is_empty()
            || ours.iter().any(|words| words.get(1).is_some_and(|word| verbs.contains(&word.as_str())))
    };
    // Who imports means to replace values, and is asked.
    if !steps.iter().any(says_so) && asked.name() != "import" {
        let changed = workshop.changed_values();
        if !changed.is_empty() {
            return Verdict::Wrong(format!("it changes {}", changed.join(", ")));
        }
    }
    let is_same_command = steps.iter().any(|step| {
        let ours = syntax::simple_commands(&step.line());
        ours.iter().any(|words| words.get(1).is_some_and(|word| *word == asked.name()))
    });
    let is_shown = hint.is_first_step
        || is_same_command
        || SHOWS.iter().any(|word| hint.text.contains(word))
        || steps.iter().any(|step| matches!(step, Step::Again(_)));
    if let (Some(arguments), false, true) = (&asked.arguments, is_shown, hint.subject.starts_with("error: "))
    {
        let again = workshop.program(arguments);
        if told(&again).lines().any(|line| line.trim() == hint.subject) {
            return Verdict::Wrong("it is followed by the same error".to_owned());
        }
    }
    Verdict::Works
}

fn start(step: &Step, workshop: &Workshop<'_>, more: &str) -> Option<Output> {
    match step {
        Step::Shell(line) => workshop.shell(&dry(&format!("{line}{more}"))),
        Step::Again(words) => Some(workshop.program(&with_option(words, more.trim()))),
    }
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout))
}

/// Commands that answer no, with the exit code 1, rather than fail.
const ANSWERS: [&str; 6] = ["check", "doctor", "status", "people", "scan", "diff"];

fn failure(asked: &Asked<'_>, output: &Output, step: &Step, hint: &Said) -> Option<Verdict> {
    let told = told(output);
    let code = output.status.code();
    let ours = syntax::simple_commands(&step.line());
    let is_one = |words: &Vec<String>| words.get(1).is_some_and(|word| ANSWERS.contains(&word.as_str()));
    let is_answer = hint.text.contains("says more") || ours.iter().any(is_one);
    if output.status.success() || is_answer && code == Some(1) {
        return None;
    }
    if code == Some(1) && !ours.is_empty() && !told.lines().any(|line| line.starts_with("error: ")) {
        return Some(Verdict::Parses("it says what is left to do"));
    }
    // What only a person at a terminal can give: a passphrase, a value of the right type, a decision.
    let wants_person = [
        "passphrase was not given",
        "terminal",
        "--force",
        "--dialect",
        "you have no identity yet",
        "cannot load the compose files",
    ];
    // A merge of git's that is not over.
    let is_merge = asked.arguments.is_none() && told.contains("an unfinished merge");
    if is_merge || wants_person.iter().any(|words| told.contains(words)) {
        return Some(Verdict::Parses("a person decides"));
    }
    let is_same = |line: &str| !hint.subject.is_empty() && line.trim() == hint.subject;
    Some(Verdict::Wrong(match told.lines().any(is_same) {
        true => format!("it ends with the same error ({code:?})"),
        false => format!("it fails ({code:?}): {}", told.lines().take(3).collect::<Vec<_>>().join(" / ")),
    }))
}
