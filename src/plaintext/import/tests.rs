//! What is taken over, and what is not.

use super::*;

fn imported(text: &str, dialect: Option<Reader>) -> Imported {
    match import(text.as_bytes(), dialect) {
        Ok(imported) => imported,
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn refused(text: &str) -> ImportError {
    import(text.as_bytes(), None).err().expect("refused")
}

fn pairs(imported: &Imported) -> Vec<(&str, &str)> {
    imported.entries.iter().map(|entry| (entry.name.as_str(), entry.value.expose())).collect()
}

#[test]
fn file_that_all_parsers_agree_on_is_imported() {
    let text = "\u{feff}# the app\nexport A=1\r\n\r\nB='x # y'\r\nC=\"two\\nlines\"\nD=\nE=\"${A}b\"\n";
    let imported = imported(text, None);
    assert_eq!(pairs(&imported), [("A", "1"), ("B", "x # y"), ("C", "two\nlines"), ("D", ""), ("E", "1b")]);
    assert_eq!(imported.entries[4].line, 7);
    assert!(imported.duplicates.is_empty());
}

#[test]
fn comments_stay_with_the_key_below() {
    let imported = imported("# one\n#two\n\nA='\n# not a comment\n'\nA=2\n # three\nB=3\n#end", None);
    let text = |comments: &[Secret]| comments.iter().map(|c| c.expose().to_owned()).collect::<Vec<_>>();
    assert_eq!(text(&imported.entries[0].comments), [" one", "two"]);
    assert_eq!(text(&imported.entries[1].comments), [" three"]);
    assert_eq!(text(&imported.trailing_comments), ["end"]);
}

#[test]
fn last_duplicate_wins_and_is_reported() {
    let imported = imported("A=1\nB=2\nA=3\n", None);
    assert_eq!(pairs(&imported), [("B", "2"), ("A", "3")]);
    let name = KeyName::new("A").expect("a name");
    assert_eq!(imported.duplicates, [Duplicate { name, lines: vec![1, 3] }]);
}

#[test]
fn two_definitions_on_one_line_are_two_definitions() {
    let imported = imported("A='1'A='2'\n", Some(Reader::Compose));
    assert_eq!(pairs(&imported), [("A", "2")]);
    assert_eq!(imported.duplicates[0].lines, [1, 1]);
}

#[test]
fn disputed_key_is_refused_until_a_dialect_is_chosen() {
    let text = "A=1\nPASSWORD=pa\t# ss\n";
    let ImportError::Disagree { keys } = refused(text) else { panic!("a disagreement") };
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].name.as_ref().map(KeyName::as_str), Some("PASSWORD"));
    assert_eq!(keys[0].line, 2);
    assert_eq!(keys[0].to_string(), "compose reads a value, python reads another value");
    for (reader, value) in
        [(Reader::Compose, "pa\t# ss"), (Reader::Python, "pa"), (Reader::Literal, "pa\t# ss")]
    {
        assert_eq!(pairs(&imported(text, Some(reader)))[1], ("PASSWORD", value));
    }
}

#[test]
fn what_dotenvy_alone_reads_differently_is_taken_and_told() {
    let imported = imported("A=1\nPASSWORD=pa\\ss\nNAME=O'Brien\n", None);
    assert_eq!(pairs(&imported), [("A", "1"), ("PASSWORD", "pa\\ss"), ("NAME", "O'Brien")]);
    let told: Vec<&str> = imported.not_for_dotenvy.iter().map(KeyName::as_str).collect();
    assert_eq!(told, ["PASSWORD", "NAME"]);
}

#[test]
fn a_name_that_cannot_be_kept_keeps_no_other_one_out() {
    let text = "my-key=v\nA=1\nspring.datasource.url=x\n";
    let imported = imported(text, None);
    assert_eq!(pairs(&imported), [("A", "1")]);
    let left: Vec<_> = imported.left_out.iter().map(|left| (left.name.as_str(), left.line)).collect();
    assert_eq!(left, [("my-key", 1), ("spring.datasource.url", 3)]);
    let error = import_whole(text.as_bytes(), None).err();
    assert!(matches!(error, Some(ImportError::Name { line: 1, .. })));
}

#[test]
fn every_dialect_can_be_chosen() {
    let text = "K=\"a\\$b\"\n";
    let value = |reader| imported(text, Some(reader)).entries[0].value.expose().to_owned();
    assert_eq!(value(Reader::Compose), "a$b");
    assert_eq!(value(Reader::Python), "a\\$b");
    assert_eq!(value(Reader::Dotenvy), "a$b");
    assert_eq!(value(Reader::Literal), "\"a\\$b\"");
}

#[test]
fn dollar_in_a_password_is_disputed_and_never_shown() {
    let error = refused("PASSWORD=abc$Secret1\n");
    let ImportError::Disagree { keys } = &error else { panic!("a disagreement") };
    let text = keys[0].to_string();
    assert_eq!(text, "compose reads a value that depends on the shell, python reads a value");
    assert!(!format!("{error:?}{error}{text}").contains("Secret1"));
}

#[test]
fn reference_to_an_undefined_name_is_refused() {
    let ImportError::Outside { keys } = refused("A=${HOME}/x\nB=${secret}\n") else {
        panic!("a reference to the shell")
    };
    assert_eq!((keys[0].line, keys[0].variable.as_deref()), (1, Some("HOME")));
    assert_eq!((keys[1].line, keys[1].variable.as_deref()), (2, None));
    for reader in [Reader::Compose, Reader::Python, Reader::Dotenvy] {
        let error = import(b"A=${HOME}", Some(reader)).err();
        assert!(matches!(error, Some(ImportError::Outside { .. })), "{reader}");
    }
}

#[test]
fn invalid_lines_are_refused_and_never_shown() {
    let line = |text: &str| refused(text);
    assert_eq!(line("A=1\nHUNTER2\n"), ImportError::NotAPair { line: 2 });
    assert_eq!(line("A=1\nHUNTER2"), ImportError::NotAPair { line: 2 });
    let unreadable = |line, problem| ImportError::Unreadable { reader: Reader::Compose, line, problem };
    assert_eq!(line("A='x\n"), unreadable(1, Problem::UnclosedQuote));
    assert_eq!(line("A=-----BEGIN KEY-----\nMII+/x\n"), unreadable(2, Problem::NotAStatement));
    assert!(matches!(line("A=1\nhunter-2x=\n"), ImportError::Name { line: 2, .. }));
    assert_eq!(line("A=1\n=2\n"), ImportError::NotAPair { line: 2 });
    for reader in [Reader::Python, Reader::Dotenvy, Reader::Literal] {
        let error = import(b"A=1\n=2\n", Some(reader)).err();
        assert_eq!(error, Some(ImportError::Unreadable { reader, line: 2, problem: Problem::Invalid }));
    }
}

#[test]
fn name_seen_by_only_one_parser_is_refused_and_never_shown() {
    let text = "A=\"x\\\\\nHUNTER2=\\\"\ny\"\n";
    let compose = imported(text, Some(Reader::Compose));
    assert_eq!(pairs(&compose), [("A", "x\\\nHUNTER2=\"\ny")]);
    assert!(!format!("{:?}", import(text.as_bytes(), None).err()).contains("HUNTER2"));
}

#[test]
fn nul_is_refused() {
    assert!(matches!(refused("A='x\0'\n"), ImportError::Nul { line: 1, .. }));
    let utf16: Vec<u8> = "A=1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(import(&utf16, None).err(), Some(ImportError::Encoding(Encoding::Utf16)));
}

#[test]
fn exported_files_can_be_imported() {
    let text = "__SENEX_DOLLAR='$'\nA=\"'${__SENEX_DOLLAR}\"\nB=\"'${__senex_env_unset:-$}\"\n";
    let imported = imported(text, Some(Reader::Compose));
    assert_eq!(pairs(&imported), [("A", "'$"), ("B", "'$")]);
}
