use super::*;

struct Files {
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

/// Files `0.yml`, `1.yml`, … in a folder of their own.
fn files(texts: &[&str]) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let files = texts.iter().enumerate().map(|(number, text)| {
        let path = folder.path().join(format!("{number}.yml"));
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), text.as_bytes()).unwrap();
        path
    });
    let files = files.collect();
    Files { folder, files }
}

fn load_with(
    files: &Files,
    tool: Tool,
    is_stand_in: bool,
    values: &[(&str, &str)],
) -> Result<Project, LoadError> {
    let map: BTreeMap<&str, &str> = values.iter().copied().collect();
    let lookup = |name: &str| map.get(name).copied();
    let request = Request {
        tool,
        files: &files.files,
        bounds: &[],
        project_directory: None,
        project_name: None,
        lookup: &lookup,
        is_stand_in: &|_| is_stand_in,
        env_file: &|_| Ok(BTreeMap::new()),
    };
    Project::load(&request)
}

fn docker(texts: &[&str], values: &[(&str, &str)]) -> Project {
    load_with(&files(texts), Tool::DockerCompose, false, values).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(texts: &[&str], tool: Tool) -> String {
    let files = files(texts);
    let error = load_with(&files, tool, false, &[]).err().expect("an error").to_string();
    error.replace(&format!("{}/", files.folder.path().display()), "")
}

const PROJECT: &str = "\
services:
  web:
    image: web:${TAG:-latest}
    command: serve --key ${KEY}
    environment:
      SECRET_KEY: ${KEY:?}
      DEBUG: 'False'
      NAME:
  job:
    image: job
    profiles: [full]
    container_name: a_job
    deploy: {replicas: 2}
    env_file:
      - base.env
      - {path: more.env, required: false, format: raw}
";

#[test]
fn uses_report_place_and_target() {
    let project = docker(&[PROJECT], &[("KEY", "k"), ("NAME", "n")]);
    let seen: Vec<_> = project
        .uses
        .iter()
        .map(|u| {
            let place = (u.place.line, u.place.column);
            (u.variable.as_str(), place, u.service.as_deref(), u.field.as_deref(), u.key.as_deref())
        })
        .collect();
    let expected = [
        ("TAG", (3, 16), Some("web"), Some("image"), None),
        ("KEY", (4, 26), Some("web"), Some("command"), None),
        ("KEY", (6, 19), Some("web"), Some("environment"), Some("SECRET_KEY")),
        ("NAME", (8, 7), Some("web"), Some("environment"), Some("NAME")),
    ];
    assert_eq!(seen, expected);
    assert_eq!(project.uses[3].form, Form::PassThrough);
    let requirements = project.requirements();
    assert_eq!(requirements["TAG"], Requirement::Optional);
    assert_eq!(requirements["KEY"], Requirement::Required);
    assert_eq!(requirements["NAME"], Requirement::Optional);
}

#[test]
fn services_carry_the_data_of_a_report() {
    let project = docker(&[PROJECT], &[("KEY", "k")]);
    let [web, job] = project.services.as_slice() else { panic!("two services") };
    let entries: Vec<_> = web
        .environment
        .iter()
        .map(|e| (e.key.as_str(), e.value.as_ref().map(|v| v.expose().to_owned()), e.source, e.place.line))
        .collect();
    let expected = [
        ("SECRET_KEY", Some("k".to_owned()), Source::Interpolated, 6),
        ("DEBUG", Some("False".to_owned()), Source::Literal, 7),
        ("NAME", None, Source::PassThrough, 8),
    ];
    assert_eq!(entries, expected);
    assert_eq!(web.image.as_deref(), Some("web:latest"));
    assert_eq!((job.replicas, job.profiles.as_slice()), (Some(2), &["full".to_owned()][..]));
    assert_eq!(
        job.container_name.as_ref().map(|(name, place)| (name.as_str(), place.line)),
        Some(("a_job", 12))
    );
    let env_files: Vec<_> = job.env_files.iter().map(|f| (f.path.to_str(), f.required, f.raw)).collect();
    assert_eq!(env_files, [(Some("base.env"), true, false), (Some("more.env"), false, true)]);
}

#[test]
fn all_missing_variables_are_found_at_once() {
    let project =
        docker(&["services: {a: {image: x, environment: {A: '${A:?}', B: '${B?}', C: '${C.}'}}}"], &[]);
    let problems: Vec<_> = project.problems.iter().map(|p| (p.place.column, p.kind.to_string())).collect();
    let expected = [
        (44, "`A` is required here and has no value"),
        (57, "`B` is required here and has no value"),
        (69, "`${` does not start a valid variable reference; write `$$` for a dollar sign"),
    ];
    assert_eq!(problems, expected.map(|(column, text)| (column, text.to_owned())));
}

#[test]
fn required_variable_counts_even_if_an_override_replaces_it() {
    let base = "services: {a: {image: x, environment: {K: '${A:?}', L: '${B}'}}}";
    let over = "services: {a: {environment: {K: v, L: v}}}";
    let project = docker(&[base, over], &[("A", "a"), ("B", "b")]);
    assert_eq!(project.requirements()["A"], Requirement::Required);
    assert_eq!(project.requirements()["B"], Requirement::Unused);
    assert!(project.uses.iter().all(|u| !u.survives));
}

#[test]
fn yaml_alias_is_a_use_per_service_but_one_problem() {
    let text = "x-e: &e {K: '${A:?}'}\nservices:\n  a: {image: x, environment: *e}\n  b: {image: x, environment: {<<: *e}}\n";
    let project = docker(&[text], &[]);
    let services: Vec<_> = project.uses.iter().map(|u| u.service.as_deref()).collect();
    assert_eq!(services, [None, Some("a"), Some("b")]);
    assert_eq!(project.problems.len(), 1);
}

#[test]
fn unused_operand_requires_no_variable() {
    let text = "services: {a: {image: x, environment: {K: '${A:-${B:?}}'}}}";
    let with = docker(&[text], &[("A", "a")]);
    assert_eq!(with.requirements()["B"], Requirement::Unused);
    // Without B, A is all there is.
    assert_eq!(with.requirements()["A"], Requirement::Required);
    let both = docker(&[text], &[("A", "a"), ("B", "b")]);
    assert_eq!(both.requirements()["A"], Requirement::Optional);
    let without = docker(&[text], &[("B", "b")]);
    assert_eq!(without.requirements()["B"], Requirement::Required);
}

#[test]
fn differences_name_the_tool() {
    let texts =
        ["services: {a: {image: x, environment: {K: '${A}'}}}", "services: {a: {environment: {K: 5}}}"];
    assert!(docker(&texts, &[]).problems.is_empty());
    assert_eq!(
        refused(&texts, Tool::PodmanCompose),
        "1.yml:1:33: it cannot merge this with the value at 0.yml:1:43, which has a different type"
    );
    let own = files(&["services: {a: {image: x, environment: {K: v}, command: ['${K:?}']}}"]);
    let requirement = |tool| {
        let project = load_with(&own, tool, false, &[("K", "k")]).unwrap_or_else(|error| panic!("{error}"));
        project.requirements()["K"]
    };
    assert_eq!(requirement(Tool::DockerCompose), Requirement::Required);
    assert_eq!(requirement(Tool::PodmanCompose), Requirement::Optional);
}

#[test]
fn numbers_are_checked_only_if_the_text_is_known() {
    let text = files(&["services: {a: {image: x, deploy: {replicas: '${N}'}}}"]);
    let problems = |names_only, values: &[(&str, &str)]| {
        let project = load_with(&text, Tool::DockerCompose, names_only, values);
        project.unwrap_or_else(|error| panic!("{error}")).problems.len()
    };
    assert_eq!(problems(false, &[("N", "many")]), 1);
    assert_eq!(problems(true, &[("N", "some text")]), 0);
    assert_eq!(problems(true, &[]), 1);
    assert_eq!(problems(false, &[("N", "2")]), 0);
}

#[test]
fn invalid_projects_are_errors_with_a_place() {
    for (texts, message) in [
        (&["services: ["][..], "0.yml:2:1: this is not valid YAML"),
        (&["a: 1\na: 2"], "0.yml:2:1: duplicate key"),
        (&["- a"], "0.yml:1:1: expected a mapping"),
        (&["services: {a: x}"], "0.yml:1:15: expected a mapping"),
        (&["services: {a: {extends: b}}"], "0.yml:1:25: `extends` names a service that does not exist"),
        (
            &["services:\n  a: {extends: b}\n  b: {extends: a}"],
            "0.yml:2:16: services extend each other in a circle",
        ),
        (&["include: [0.yml]"], "0.yml:1:11: files include each other in a circle"),
    ] {
        assert_eq!(refused(texts, Tool::DockerCompose), message, "{texts:?}");
    }
    let podman = refused(&["services:\n  a: {extends: b}\n  b: {extends: a}"], Tool::PodmanCompose);
    assert!(podman.contains("extend"), "{podman}");
    assert!(refused(&["include: [0.yml]"], Tool::PodmanCompose).contains("files are read"));
    let missing = Files { files: vec![PathBuf::from("/nowhere/compose.yml")], ..files(&[]) };
    let error = load_with(&missing, Tool::DockerCompose, false, &[]).err().expect("an error").to_string();
    assert!(error.starts_with("/nowhere/compose.yml: it cannot be read"), "{error}");
}

#[test]
fn errors_never_quote_the_file() {
    for text in [
        "services: {a: {image: hunter2, environment: [\"PASSWORD=hunter2",
        "hunter2: 1\nhunter2: 2",
        "services: {a: hunter2}",
        "services: {a: {environment: {K: *hunter2}}}",
        "services: {a: {image: x, environment: {K: '${hunter2'}}}",
    ] {
        for tool in Tool::ALL {
            match load_with(&files(&[text]), tool, false, &[]) {
                Err(error) => assert!(!error.to_string().contains("hunter2"), "{error}"),
                Ok(project) => {
                    assert!(!project.problems.is_empty() || tool == Tool::PodmanCompose, "{text}");
                    let shown = project.problems.iter().map(|problem| problem.kind.to_string());
                    shown.for_each(|text| assert!(!text.contains("hunter2"), "{text}"));
                }
            }
        }
    }
}

#[test]
fn expanding_project_hits_a_limit() {
    let value = "x".repeat(64 << 10);
    let much = format!("services: {{a: {{image: '{}'}}}}", "$A".repeat(100_000));
    let base: String = (0..2000).map(|n| format!("K{n}: v, ")).collect();
    let taken: String = (0..2000).map(|n| format!("  s{n}: {{extends: base}}\n")).collect();
    let extended = format!("services:\n  base: {{image: x, environment: {{{base}}}}}\n{taken}");
    for text in [much, extended] {
        for tool in Tool::ALL {
            let error = load_with(&files(&[&text]), tool, false, &[("A", &value)]).err().expect("too large");
            assert!(matches!(error.kind, LoadErrorKind::Work), "{error}");
        }
    }
}

#[test]
fn large_project_loads_quickly() {
    let mut text = String::from("services:\n  web:\n    image: x\n    environment:\n");
    for n in 0..2000 {
        text.push_str(&format!("      K{n}: \"${{A{n}:-${{B{n}}}}} $C{n}\"\n"));
    }
    let started = std::time::Instant::now();
    let project = docker(&[&text, &text], &[]);
    assert_eq!(project.uses.len(), 12_000);
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}
