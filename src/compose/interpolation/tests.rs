use super::*;

fn lookup<'v>(name: &str) -> Option<&'v str> {
    match name {
        "SET" => Some("s"),
        "EMPTY" => Some(""),
        "DOLLAR" => Some("$SET ${SET} $$"),
        _ => None,
    }
}

/// The text, or what was wrong: `missing NAME`, `malformed`.
fn eval(text: &str, tool: Tool) -> String {
    let mut wrong = None;
    let out = evaluate(text, tool, &lookup, &mut |event| {
        let found = match event {
            Event::Missing(reference) => format!("missing {}", reference.name),
            Event::Malformed(_) => "malformed".to_owned(),
            Event::TooLong => "too long".to_owned(),
            Event::Reference { .. } => return,
        };
        wrong.get_or_insert(found);
    });
    wrong.unwrap_or_else(|| out.to_string())
}

#[test]
fn both_tools_parse_the_common_grammar_the_same() {
    for (text, expected) in [
        ("", ""),
        ("text", "text"),
        ("$SET", "s"),
        ("$SET.x", "s.x"),
        ("$SETx", ""),
        ("a${SET}b", "asb"),
        ("$NOPE|", "|"),
        ("$$SET", "$SET"),
        ("$${SET}", "${SET}"),
        ("$$$SET", "$s"),
        ("$", "$"),
        ("a$", "a$"),
        ("$5 $-x $.", "$5 $-x $."),
        ("${NOPE:-d}", "d"),
        ("${NOPE-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${SET:-d}", "s"),
        ("${NOPE:-}", ""),
        ("${NOPE-}", ""),
        ("${SET:?e}", "s"),
        ("${SET?}", "s"),
        ("${NOPE:?e}", "missing NOPE"),
        ("${NOPE?}", "missing NOPE"),
        ("${EMPTY:?}", "missing EMPTY"),
        ("${EMPTY?}", ""),
        ("${SET:+r}", "r"),
        ("${SET+r}", "r"),
        ("${EMPTY:+r}", ""),
        ("${EMPTY+r}", "r"),
        ("${NOPE+r}", ""),
        ("${NOPE:-${SET}}", "s"),
        ("${NOPE:-a${NOPE:-b${SET}c}d}", "abscd"),
        ("${NOPE:-$$}", "$"),
        ("${NOPE:-$SET}", "s"),
        ("${NOPE:-a:-b-c?d}", "a:-b-c?d"),
        ("${NOPE:-{\"a\":1}}", "{\"a\":1}"),
        ("${SET:-${NOPE:?}}", "s"),
        ("${SET:-${}}", "s"),
        ("${NOPE:-${}}", "malformed"),
        ("${SET:+${NOPE:?}}", "missing NOPE"),
        ("${NOPE:?${SET}}", "missing NOPE"),
        ("${SET} and ${NOPE:-b} and ${NOPE-c}", "s and b and c"),
        ("$DOLLAR ${DOLLAR} ${NOPE:-$DOLLAR}", "$SET ${SET} $$ $SET ${SET} $$ $SET ${SET} $$"),
        ("${}", "malformed"),
        ("${1A}", "malformed"),
        ("${A.b}", "malformed"),
        ("${A^^}", "malformed"),
        ("${A", "malformed"),
        ("${A:0:1}", "malformed"),
        ("${A:-b", "malformed"),
        ("${ SET}", "malformed"),
        ("${SET }", "malformed"),
        ("é${SET}é", "ésé"),
        ("${NOPE:-é}", "é"),
    ] {
        for tool in Tool::ALL {
            assert_eq!(eval(text, tool), expected, "{text} in {tool}");
        }
    }
}

#[test]
fn tools_differ_in_finding_the_closing_brace() {
    // Text, Docker Compose, podman-compose. Taken from the tools themselves.
    for (text, docker, podman) in [
        ("${NOPE:-a\nb}", "malformed", "a\nb"),
        ("${NOPE:-{}", "{", "malformed"),
        ("${NOPE:-{}}", "{}", "{}"),
        ("${NOPE:-{ }", "{ ", "malformed"),
        ("${SET:-${NOPE}", "s", "malformed"),
        ("${SET:-{} ${SET}", "s", "malformed"),
        ("${NOPE:-{a} ${SET}", "malformed", "malformed"),
        ("a${", "malformed", "a"),
        ("${NOPE:-}}", "}", "}"),
        ("${NOPE:-a}b}", "ab}", "ab}"),
        ("${NOPE:-{{.X}}}", "{{.X}}", "{{.X}}"),
    ] {
        assert_eq!(eval(text, Tool::DockerCompose), docker, "{text}");
        assert_eq!(eval(text, Tool::PodmanCompose), podman, "{text}");
    }
}

#[test]
fn references_report_place_and_requirement() {
    let mut seen = Vec::new();
    let text = "é$A ${B:-x${C:?${D}}} ${SET:-${E}}";
    evaluate(text, Tool::DockerCompose, &lookup, &mut |event| {
        if let Event::Reference { reference, evaluated } = event {
            assert!(text[reference.at..].starts_with('$'));
            seen.push((reference.name, reference.operator, reference.at, evaluated));
        }
    });
    let expected = [
        ("A", Operator::Value, 2, true),
        ("B", Operator::Default, 5, true),
        ("C", Operator::Required, 11, true),
        ("D", Operator::Value, 16, true),
        ("SET", Operator::Default, 23, true),
        ("E", Operator::Value, 30, false),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn deep_nesting_and_long_input_are_bounded() {
    let deep = format!("{}{}", "${A:-".repeat(100_000), "}".repeat(100_000));
    let open = "${A:-{".repeat(100_000) + "}";
    let wide = "${A:-x}".repeat(100_000);
    let much = |name: &str| (name == "A").then_some(open.as_str());
    let mut too_long = false;
    evaluate(&"$A".repeat(1000), Tool::DockerCompose, &much, &mut |event| {
        too_long |= matches!(event, Event::TooLong);
    });
    assert!(too_long);
    for tool in Tool::ALL {
        assert_eq!(eval(&deep, tool), "malformed");
        eval(&open, tool);
        assert_eq!(eval(&wide, tool).len(), 100_000);
    }
}
