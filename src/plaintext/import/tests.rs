//! What is taken over, and what is not.

use super::*;

fn choice(dialect: Option<Reader>) -> Choice {
    Choice { dialect, deciding: vec![Reader::Python], ..Choice::default() }
}

fn imported(text: &str, dialect: Option<Reader>) -> Imported {
    match import(text.as_bytes(), &choice(dialect)) {
        Ok(imported) => imported,
        Err(error) => panic!("{text:?}: {error}"),
    }
}

fn refused(text: &str) -> ImportError {
    import(text.as_bytes(), &choice(None)).err().expect("refused")
}

fn doubts(imported: &Imported) -> Vec<String> {
    imported.doubts.iter().map(|doubt| format!("{} {doubt}", doubt.line)).collect()
}

/// The value of `K` once somebody has said that this reader is right about it.
fn settled(text: &str, reader: Reader) -> Result<String, ImportError> {
    let key = KeyName::new("K").expect("a name");
    let imported = import(text.as_bytes(), &Choice { of_keys: [(key, reader)].into(), ..choice(None) })?;
    assert!(imported.doubts.iter().all(|doubt| doubt.name.as_str() != "K"));
    let entry = imported.entries.iter().find(|entry| entry.name.as_str() == "K").expect("it is taken");
    Ok(entry.value.expose().to_owned())
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
fn a_doubtful_key_keeps_no_other_one_out() {
    let text = "# a\nA=1\n# p\nPASSWORD=pa\t# ss\n# b\nB=2\n";
    let read = imported(text, None);
    assert_eq!(pairs(&read), [("A", "1"), ("B", "2")]);
    assert_eq!(read.entries[1].comments.iter().map(Secret::expose).collect::<Vec<_>>(), [" b"]);
    assert_eq!(
        doubts(&read),
        [
            "4 `PASSWORD`: docker compose and as written: 7 characters; podman-compose: 2 characters, different \
          from character 3 on"
        ]
    );
    for (reader, value) in
        [(Reader::Compose, "pa\t# ss"), (Reader::Python, "pa"), (Reader::Literal, "pa\t# ss")]
    {
        assert_eq!(pairs(&imported(text, Some(reader)))[1], ("PASSWORD", value));
        assert_eq!(settled(&text.replace("PASSWORD", "K"), reader).as_deref(), Ok(value));
    }
}

#[test]
fn dotenv_for_node_decides_where_it_is_asked() {
    let text = "A=1\nK=a$$b\r\nL='x'\n\nM=\"two\nlines\"\n";
    let node = Choice { deciding: vec![Reader::Node], ..Choice::default() };
    let read = import(text.as_bytes(), &node).expect("an env file");
    assert_eq!(pairs(&read), [("A", "1"), ("L", "x"), ("M", "two\nlines")]);
    let told = "2 `K`: docker compose: 3 characters; dotenv for Node.js and as written: 4 characters, different \
                from character 3 on";
    assert_eq!(doubts(&read), [told]);
    assert_eq!(settled(text, Reader::Node).as_deref(), Ok("a$$b"));
    let lines = read_as(Reader::Node, text.as_bytes(), &|_| None).expect("an env file");
    let lines: Vec<_> = lines.entries.iter().map(|entry| (entry.line, entry.last_line)).collect();
    assert_eq!(lines, [(1, 1), (2, 2), (3, 3), (5, 6)]);
}

#[test]
fn a_chosen_reader_must_give_a_value() {
    let key = KeyName::new("K").expect("a name");
    let missing = |reader| ImportError::NotRead { name: key.clone(), reader };
    assert_eq!(settled("A=1\n", Reader::Literal), Err(missing(Reader::Literal)));
    assert_eq!(settled("K: a\n", Reader::Python), Err(missing(Reader::Python)));
    assert_eq!(settled("K: a\n", Reader::Compose).as_deref(), Ok("a"));
    assert_eq!(settled("K=1\nK=2 \n", Reader::Literal).as_deref(), Ok("2 "));
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
    let left: Vec<_> = imported.left_out.iter().map(|left| (left.name.as_deref(), left.line)).collect();
    assert_eq!(left, [(Some("my-key"), 1), (Some("spring.datasource.url"), 3)]);
    let error = import_whole(text.as_bytes(), Reader::Compose).err();
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
    let read = imported("PASSWORD=abc$Secret1\n", None);
    let told = doubts(&read);
    let expected = "1 `PASSWORD`: docker compose: 3 characters, without the value of a variable; podman-compose and as \
                    written: 11 characters, different from character 4 on";
    assert_eq!(told, [expected]);
    assert!(read.entries.is_empty());
}

#[test]
fn reference_to_an_undefined_name_is_a_doubt() {
    let read = imported("A=${HOME}/x\nB=${secret}\nC=3\n", None);
    assert_eq!(pairs(&read), [("C", "3")]);
    let told = doubts(&read);
    assert!(told[0].starts_with(
        "1 `A`: docker compose and podman-compose: 2 characters, without the value of `HOME`; as"
    ));
    assert!(told[1].starts_with(
        "2 `B`: docker compose and podman-compose: 0 characters, without the value of a variable;"
    ));
    for reader in [Reader::Compose, Reader::Python, Reader::Dotenvy] {
        assert_eq!(doubts(&imported("A=${HOME}", Some(reader))).len(), 1, "{reader}");
        let error = import_whole(b"A=${HOME}", reader).err();
        assert!(matches!(error, Some(ImportError::Outside { line: 1, .. })), "{reader}");
    }
    assert_eq!(settled("K=${HOME}/x\n", Reader::Literal).as_deref(), Ok("${HOME}/x"));
    assert_eq!(settled("K=${HOME}/x\n", Reader::Compose).as_deref(), Ok("/x"));
}

#[test]
fn a_name_without_a_value_keeps_nothing_else_out() {
    for text in ["A=1\nHTTP_PROXY\nHUNTER2\n", "HTTP_PROXY\nA=1\nHUNTER2"] {
        let read = imported(text, None);
        assert_eq!(pairs(&read), [("A", "1")]);
        let told: Vec<String> = read.left_out.iter().map(ToString::to_string).collect();
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        let expected = [
            "`HTTP_PROXY` is left out: without `=` it has no value",
            "a name is left out: without `=` it has no value",
        ];
        assert_eq!(told, expected);
        let whole = import_whole(text.as_bytes(), Reader::Compose).err();
        assert!(matches!(whole, Some(ImportError::NotAPair { .. })));
    }
}

#[test]
fn invalid_lines_are_refused_and_never_shown() {
    let line = |text: &str| refused(text);
    assert_eq!(line("A=1\nhunter2\n"), ImportError::NotAPair { line: 2 });
    assert_eq!(line("A=1\nhunter2"), ImportError::NotAPair { line: 2 });
    let unreadable = |line, problem| ImportError::Unreadable { reader: Reader::Compose, line, problem };
    assert_eq!(line("A='x\n"), unreadable(1, Problem::UnclosedQuote));
    assert_eq!(line("A=-----BEGIN KEY-----\nMII+/x\n"), unreadable(2, Problem::NotAStatement));
    assert!(matches!(line("A=1\nhunter-2x=\n"), ImportError::Name { line: 2, .. }));
    assert_eq!(line("A=1\n=2\n"), ImportError::NotAPair { line: 2 });
    for reader in [Reader::Python, Reader::Dotenvy, Reader::Literal] {
        let error = import(b"A=1\n=2\n", &choice(Some(reader))).err();
        assert_eq!(error, Some(ImportError::Unreadable { reader, line: 2, problem: Problem::Invalid }));
    }
}

#[test]
fn name_seen_by_only_one_parser_is_never_shown() {
    let text = "K: 'a\nHUNTER2=1\n'\n";
    assert_eq!(pairs(&imported(text, Some(Reader::Compose))), [("K", "a\nHUNTER2=1\n")]);
    let read = imported(text, None);
    assert!(read.entries.is_empty() && read.left_out.is_empty());
    assert_eq!(doubts(&read), ["1 `K`: docker compose: 12 characters; podman-compose: nothing"]);
}

#[test]
fn nul_is_refused() {
    assert!(matches!(refused("A='x\0'\n"), ImportError::Nul { line: 1, .. }));
    let utf16: Vec<u8> = "A=1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(import(&utf16, &choice(None)).err(), Some(ImportError::Encoding(Encoding::Utf16)));
}

#[test]
fn exported_files_can_be_imported() {
    let text = "__SENEX_DOLLAR='$'\nA=\"'${__SENEX_DOLLAR}\"\nB=\"'${__senex_env_unset:-$}\"\n";
    let imported = imported(text, Some(Reader::Compose));
    assert_eq!(pairs(&imported), [("A", "'$"), ("B", "'$")]);
}
