//! The tree: places, bounds, and what each tool refuses.

use super::super::tool::Tool;
use super::*;

fn read(text: &str) -> Result<Node, YamlError> {
    parse(text.as_bytes(), 0, Tool::DockerCompose).map(|mut d| d.remove(0)).map_err(|(_, kind)| kind)
}

/// Every `$` with its line and column.
fn dollars(node: &Node) -> Vec<(usize, usize)> {
    match &node.content {
        Content::Scalar(scalar) => scalar.dollars.iter().map(|p| (p.line, p.column)).collect(),
        Content::Sequence(items) => items.iter().flat_map(dollars).collect(),
        Content::Mapping(entries) => entries.iter().flat_map(|(_, value)| dollars(value)).collect(),
    }
}

#[test]
fn line_ends_of_windows_count_as_one() {
    assert_eq!(dollars(&read("a: x\r\nb: |\r\n  1\r\n  é$X\r\nc: $Y\r\n").unwrap()), [(4, 4), (5, 4)]);
}

#[test]
fn every_dollar_has_its_place() {
    let text = concat!(
        "plain: a ${X} $Y\n",
        "single: '${X} é $Y'\n",
        "double: \"\\n${X} $Y\"\n",
        "block: | # costs $5\n  one ${X}\n  $Y\n",
        "folded: >-\n    é ${X}\n    $Y\n\n",
        "multi: one\n  ${X}\n  $Y\n",
        "list: [ '$X', $Y ]\n",
    );
    let node = read(text).unwrap();
    let expected = [
        (1, 10),
        (1, 15),
        (2, 10),
        (2, 17),
        (3, 12),
        (3, 17),
        (5, 7),
        (6, 3),
        (8, 7),
        (9, 5),
        (12, 3),
        (13, 3),
        (14, 10),
        (14, 15),
    ];
    assert_eq!(dollars(&node), expected);
    assert_eq!(dollars(&read("a: \"\\x24X\"").unwrap()), []);
}

fn texts(node: &Node) -> String {
    match &node.content {
        Content::Scalar(scalar) => scalar.text.to_string(),
        Content::Sequence(items) => {
            format!("[{}]", items.iter().map(texts).collect::<Vec<_>>().join(","))
        }
        Content::Mapping(entries) => {
            let entry = |(key, value): &(Key, Node)| format!("{}:{}", *key.scalar.text, texts(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
    }
}

#[test]
fn explicit_keys_override_merge_keys() {
    let base = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\n";
    let merged = |more: &str| texts(read(&format!("{base}c: {more}")).unwrap().get("c").unwrap());
    assert_eq!(merged("{<<: *a, y: 3}"), "{y:3,x:1}");
    assert_eq!(merged("{y: 3, <<: [*a, *b]}"), "{y:3,x:1,z:2}");
    assert_eq!(merged("{'<<': 1}"), "{<<:1}");
}

#[test]
fn merge_key_requires_a_mapping() {
    for text in ["a: &a [1]\nb: {<<: *a}", "b: {<<: 1}", "b: {<<: [1]}", "b: {<<: [[{a: 1}]]}"] {
        assert_eq!(read(text).err(), Some(YamlError::MergeKey), "{text}");
    }
}

#[test]
fn duplicate_key_is_an_error_or_last_wins_by_tool() {
    assert_eq!(read("a: 1\na: 2").err(), Some(YamlError::DuplicateKey));
    let podman = parse(b"a: 1\nb: 2\na: 3", 0, Tool::PodmanCompose).unwrap();
    assert_eq!(texts(&podman[0]), "{a:3,b:2}");
}

#[test]
fn exceeding_a_limit_is_an_error() {
    let laughs: String = (1..9).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
        let last = format!("*a{}", n - 1);
        format!("{text}a{n}: &a{n} [{}]\n", [last.as_str(); 9].join(","))
    });
    assert_eq!(read(&laughs).err(), Some(YamlError::Many));
    let long = format!("a: &a '{}'\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(50_000));
    assert_eq!(read(&long).err(), Some(YamlError::Many));
    let one_line = format!("[{}]", "'$X', ".repeat(90_000));
    assert_eq!(dollars(&read(&one_line).unwrap()).len(), 90_000);
    assert_eq!(read(&"- ".repeat(500_000)).err(), Some(YamlError::Deep));
    for flow in ["[", "{a: "] {
        let refused = read(&flow.repeat(500_000)).err();
        assert!(matches!(refused, Some(YamlError::Deep | YamlError::Syntax)), "{flow}");
    }
    assert_eq!(read(&"a: b\n".repeat(1_000_000)).err(), Some(YamlError::Large));
    assert_eq!(read(&"- x\n".repeat(200_000)).err(), Some(YamlError::Many));
}

#[test]
fn malformed_yaml_is_an_error_with_a_place() {
    for (text, kind) in [
        ("a: [", YamlError::Syntax),
        ("a: *nowhere", YamlError::Alias),
        ("a: &a [*a]", YamlError::Cycle),
        ("? [a]\n: b", YamlError::Key),
        ("a: 'open", YamlError::Syntax),
    ] {
        assert_eq!(read(text).err(), Some(kind), "{text}");
    }
    let (place, _) = parse(b"a: 1\nb: *nowhere\n", 3, Tool::DockerCompose).err().unwrap();
    assert_eq!((place.file, place.line), (3, 2));
}

#[test]
fn tags_are_accepted_or_rejected_per_tool() {
    let tag = |text: &str| read(text).unwrap().get("a").unwrap().tag;
    assert_eq!(tag("a: !reset null"), Tag::Reset);
    assert_eq!(tag("a: !override [x]"), Tag::Override);
    assert_eq!(tag("a: !other x"), Tag::Unknown);
    assert_eq!(tag("a: !!str 5"), Tag::None);
    let refused = parse(b"a: !other x", 0, Tool::PodmanCompose).err().map(|(_, kind)| kind);
    assert_eq!(refused, Some(YamlError::Tag));
}

#[test]
fn documents_are_counted_for_podman_compose() {
    assert_eq!(parse(b"a: 1\n---\nb: 2\n", 0, Tool::DockerCompose).map(|d| d.len()).ok(), Some(2));
    let refused = parse(b"a: 1\n---\nb: 2\n", 0, Tool::PodmanCompose).err().map(|(_, kind)| kind);
    assert_eq!(refused, Some(YamlError::Documents));
}

#[test]
fn truncated_or_mutated_yaml_never_panics() {
    const ODD: [&str; 14] =
        ["\"\\", "!%aa", "!a,", "?", ":", "%", "&", "*", "|-9", "\t", "[", "}", "\u{85}", "é"];
    let shapes: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../tests/fixtures/yaml-shapes.json")).unwrap();
    for text in shapes.iter().map(|shape| shape["text"].as_str().unwrap()) {
        // Most of them begin with the same service.
        for (number, (at, _)) in text.char_indices().enumerate().skip(20) {
            let mixed = [&text[..at], ODD[number % ODD.len()], &text[at..]].concat();
            for bytes in [&text.as_bytes()[..at], mixed.as_bytes()] {
                let _ = parse(bytes, 0, Tool::ALL[number % 2]);
            }
        }
    }
}

#[test]
fn parser_panic_becomes_an_error_with_a_place() {
    for text in ["a: 1\nb: \"\\", "a: 1\nb: [!c,d]", "a: 1\nb: !%ff x"] {
        let (place, kind) = parse(text.as_bytes(), 0, Tool::DockerCompose).err().unwrap();
        assert_eq!(kind, YamlError::Syntax, "{text}");
        assert!(place.line <= 2, "{text}");
    }
}
