//! From TOML to [`Project`], with a place for every complaint.

use std::path::{Path, PathBuf};

use toml_edit::Document;

use super::named::{known_environment, lint};
use super::people::people;
use super::replaced::replaces;
use super::section::{Section, Source};
use super::tables::{ENVIRONMENT, SCAN, TOP};
use super::{Allowed, Environment, Error, Lint, Project, VERSION, schema};
use crate::compose::Tool;
use crate::name::EnvName;
use crate::place::Lines;
use crate::suggest;

pub(super) fn read(root: &Path, path: &Path, text: &str) -> Result<Project, Error> {
    let lines = Lines::of(text);
    let source = Source { path, text, lines: &lines };
    let document = Document::parse(text).map_err(|error| {
        let what = match error.message().lines().next() {
            // Its word for a name; here a key is a variable.
            Some("duplicate key") => "duplicate name",
            other => other.unwrap_or("it is not valid TOML"),
        }
        .to_owned();
        source.error(error.span(), what)
    })?;
    let top = Section::top(source, document.as_table());
    top.only(&TOP.names())?;
    match top.integer("version")? {
        Some(VERSION) => {}
        Some(_) => {
            return Err(top.wrong(
                "version",
                format!(
                    "this senex-env supports only version {VERSION} of the project \
                    file"
                ),
            ));
        }
        None => return Err(source.error(None, "`version = 1` is missing".to_owned())),
    }
    let name = top.string("project")?.filter(|name| !name.trim().is_empty());
    let name =
        name.ok_or_else(|| top.wrong("project", "the project needs a name: `project = \"…\"`".to_owned()))?;
    let environments = environments(&top)?;
    if environments.is_empty() {
        let what = "no environment is declared: add `[environments.development]`".to_owned();
        return Err(source.error(None, what));
    }
    let known: Vec<&EnvName> = environments.iter().map(|environment| &environment.name).collect();
    let default = match top.string("default")? {
        Some(text) => Some(known_environment(&top, "default", &text, &known)?),
        None => None,
    };
    let tools = tools(&top)?;
    let people = people(&top, &known)?;
    let keys = schema::keys(&top, &known)?;
    let lints_off = lints_off(&top)?;
    let allowed = allowed(&top)?;
    Ok(Project {
        root: root.to_owned(),
        name,
        default,
        tools,
        environments,
        people,
        keys,
        lints_off,
        allowed,
        text: text.to_owned(),
    })
}

/// `tools`: the compose tools whose findings count.
fn tools(top: &Section<'_>) -> Result<Option<Vec<Tool>>, Error> {
    let Some(names) = top.strings("tools")? else { return Ok(None) };
    if names.is_empty() {
        return Err(top.wrong("tools", "`tools` must name at least one compose tool".to_owned()));
    }
    let tool = |name: &String| {
        Tool::named(name).ok_or_else(|| {
            let what = format!("there is no compose tool `{}`", name.escape_debug());
            top.suggest("tools", what, suggest::nearest(name, Tool::ALL.map(Tool::as_str)).map(str::to_owned))
        })
    };
    let mut tools = names.iter().map(tool).collect::<Result<Vec<_>, _>>()?;
    tools.sort_unstable();
    tools.dedup();
    Ok(Some(tools))
}

fn allowed(top: &Section<'_>) -> Result<Vec<Allowed>, Error> {
    let Some(scan) = top.section("scan")? else { return Ok(Vec::new()) };
    scan.only(&SCAN.names())?;
    let Some(allow) = scan.section("allow")? else { return Ok(Vec::new()) };
    let names: Vec<&str> = allow.names().collect();
    names
        .into_iter()
        .map(|path| Ok(Allowed { what: allow.strings(path)?.unwrap_or_default(), path: path.to_owned() }))
        .collect()
}

fn environments(top: &Section<'_>) -> Result<Vec<Environment>, Error> {
    top.sections("environments")?
        .into_iter()
        .map(|(key, section)| {
            section.only(&ENVIRONMENT.names())?;
            let name = EnvName::new(&key).map_err(|error| section.bad_name("environment", &key, error))?;
            let compose = section.strings("compose")?.unwrap_or_default();
            if let Some(bad) = compose.iter().find(|file| file.is_empty() || Path::new(file).is_absolute()) {
                let what =
                    format!("`{bad}` is not a valid compose file: paths start at the repository's root");
                return Err(section.wrong("compose", what));
            }
            Ok(Environment {
                name,
                compose: compose.into_iter().map(PathBuf::from).collect(),
                confirm: section.boolean("confirm")?.unwrap_or(false),
                replaces: replaces(&section)?,
                place: section.place(),
            })
        })
        .collect()
}

/// `[lints]`: findings that are switched off, by name.
fn lints_off(top: &Section<'_>) -> Result<Vec<Lint>, Error> {
    let Some(section) = top.section("lints")? else { return Ok(Vec::new()) };
    let mut off = Vec::new();
    for name in section.names() {
        let lint = lint(&section, name, name)?;
        match section.string(name)?.as_deref() {
            Some("off") => off.push(lint),
            Some("on") => {}
            _ => return Err(section.wrong(name, format!("`{name}` must be \"on\" or \"off\""))),
        }
    }
    Ok(off)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"version = 1
project = "demo"
default = "development"

[environments.development]
compose = ["docker-compose.yml"]
[environments.production]
confirm = true

[people.ana]
recipients = ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"]
environments = ["development", "production"]

[keys.SECRET_KEY]
required = true
rotate_after = "180d"
[keys.DEBUG]
required = ["development"]
secret = false
[keys.DEBUG.production]
one_of = ["False"]
"#;

    fn parse(text: &str) -> Result<Project, Error> {
        read(Path::new("/p"), Path::new("envs/senex-env.toml"), text)
    }

    fn refused(text: &str) -> (usize, String, Option<String>) {
        match parse(text) {
            Err(Error::Invalid { place, what, suggestion, .. }) => (place.line, what, suggestion),
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("accepted"),
        }
    }

    /// Each table has a place; looking each up from the beginning of the file would take minutes.
    #[test]
    fn time_grows_with_the_length_of_the_file() {
        let keys: String = (0..20_000).map(|number| format!("[keys.K{number}]\nrequired = true\n")).collect();
        let begun = std::time::Instant::now();
        let project = Project::parse(Path::new("/r"), &format!("{GOOD}{keys}")).expect("a project");
        assert!(project.key("K19999").is_some());
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }

    #[test]
    fn every_field_is_read() {
        let project = parse(GOOD).expect("good");
        let names: Vec<_> = project.environments.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["development", "production"]);
        assert!(project.environments[1].confirm);
        assert_eq!(project.environments[1].place.line, 7);
        let key = project.key("DEBUG").expect("declared");
        assert_eq!(key.place.line, 17);
        assert!(key.required_in(&project.environments[0].name));
        assert!(!key.required_in(&project.environments[1].name));
        assert_eq!(
            key.rules_in(&project.environments[1].name).one_of.map(|rule| (rule.value, rule.place.line)),
            Some((vec!["False".to_owned()], 21))
        );
        assert_eq!(project.key("SECRET_KEY").expect("declared").rotate_after_days, Some(180));
        assert_eq!(project.rule().text(), "^(DEBUG)$");
    }

    #[test]
    fn unknown_field_is_refused_with_a_suggestion() {
        let (line, what, suggestion) = refused(&GOOD.replace("required = true", "requierd = true"));
        assert_eq!((line, what.as_str()), (15, "unknown field `requierd` in `[keys.SECRET_KEY]`"));
        assert_eq!(suggestion.as_deref(), Some("required"));
        let (line, _, suggestion) =
            refused(&GOOD.replace("[keys.DEBUG.production]", "[keys.DEBUG.prodution]"));
        assert_eq!((line, suggestion.as_deref()), (20, Some("production")));
    }

    #[test]
    fn tools_use_their_display_names() {
        let with = |tools: &str| GOOD.replace("default =", &format!("tools = {tools}\ndefault ="));
        let tools = |tools: &str| parse(&with(tools)).expect("good").tools;
        assert_eq!(parse(GOOD).expect("good").tools, None);
        assert_eq!(tools("[\"podman-compose\"]"), Some(vec![Tool::PodmanCompose]));
        assert_eq!(
            tools("[\"podman-compose\", \"docker compose\", \"podman-compose\"]"),
            Some(Tool::ALL.to_vec())
        );
        let (line, what, suggestion) = refused(&with("[\"docker-compose\"]"));
        assert_eq!((line, what.as_str()), (3, "there is no compose tool `docker-compose`"));
        assert_eq!(suggestion.as_deref(), Some("docker compose"));
        assert_eq!(refused(&with("[]")).1, "`tools` must name at least one compose tool");
    }

    #[test]
    fn unknown_type_or_lint_is_refused_with_a_suggestion() {
        let (line, what, suggestion) =
            refused(&GOOD.replace("secret = false", "secret = false\ntype = \"boool\""));
        assert_eq!(
            (line, what.as_str(), suggestion.as_deref()),
            (20, "there is no type `boool`", Some("bool"))
        );
        let (line, what, suggestion) = refused(&GOOD.replace("secret = false", "allow = [\"shared-valu\"]"));
        assert_eq!((line, what.as_str()), (19, "there is no lint `shared-valu`"));
        assert_eq!(suggestion.as_deref(), Some("shared-value"));
    }

    #[test]
    fn unknown_environments_are_refused() {
        let (line, what, suggestion) =
            refused(&GOOD.replace("required = [\"development\"]", "required = [\"develpment\"]"));
        assert_eq!((line, what.as_str()), (18, "there is no environment `develpment`"));
        assert_eq!(suggestion.as_deref(), Some("development"));
    }

    #[test]
    fn duplicate_environment_is_refused() {
        let (line, _, _) = refused(&GOOD.replace("[environments.production]", "[environments.development]"));
        assert_eq!(line, 7);
    }

    #[test]
    fn a_private_identity_is_refused_without_repeating_it() {
        let private = "AGE-SECRET-KEY-1QQPQYQSZQGPQYQSZQGPQYQSZQGP";
        let text = GOOD.replace("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", private);
        let (line, what, _) = refused(&text);
        assert_eq!(line, 11);
        assert!(what.contains("private identity") && !what.contains("AGE-SECRET"), "{what}");
    }

    #[test]
    fn one_recipient_belongs_to_one_person() {
        let text = format!(
            "{GOOD}[people.bob]\nrecipients = [\"age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p\"]\n"
        );
        assert!(refused(&text).1.contains("already belongs to `ana`"));
    }

    #[test]
    fn revoked_recipient_cannot_be_used_again() {
        let age = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let text = GOOD.replace("recipients = [", "former = [");
        assert!(parse(&text).expect("good").people[0].recipients.is_empty());
        for again in [
            format!("{text}[people.bob]\nrecipients = [\"{age}\"]\n"),
            text.replace("[people.ana]", &format!("[people.ana]\nrecipients = [\"{age}\"]")),
        ] {
            assert!(
                refused(&again).1.contains("already belongs to `ana`")
                    || refused(&again).1.contains("was revoked")
            );
        }
    }

    #[test]
    fn invalid_toml_is_refused_with_its_line() {
        assert_eq!(refused("version = 1\nproject \"x\"\n").0, 2);
        assert!(refused("").1.contains("version"));
        assert!(refused("version = 2\nproject = \"x\"").1.contains("version 1"));
        assert!(refused("version = 1\nproject = \"x\"").1.contains("no environment"));
    }
}
