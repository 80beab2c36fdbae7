//! The 105 files of the real sops: what it accepts, what it rejects, and what it is fooled by.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use senex_env::testing::context::Context;
use senex_env::testing::identity::{Identities, Passphrase};
use senex_env::testing::name::EnvName;
use senex_env::testing::sealed::{Binding, OpenFile, SealState, SealedFile};
use serde_json::Value;

/// Files that `sops` accepts and the strict profile refuses, each by a named rule.
const REFUSED: [(&str, &str); 13] = [
    ("duplicate-keys", "duplicate-key"),
    ("encrypted-comment-regex", "comment-rule"),
    ("invalid-utf8", "utf-8"),
    ("key-groups", "no-key-groups"),
    ("layout-cr-after-enc", "canonical-value"),
    ("layout-unknown-metadata", "known-metadata"),
    ("odd-keys", "portable-key"),
    ("post-quantum", "age-recipients"),
    ("post-quantum-mixed", "age-recipients"),
    ("ssh-rsa", "age-recipients"),
    ("typed", "value-type"),
    ("unicode", "portable-key"),
    ("unencrypted-comment-regex", "comment-rule"),
];

struct Nobody;

impl Passphrase for Nobody {
    fn ask(&self, _: &str) -> Option<zeroize::Zeroizing<String>> {
        None
    }

    fn wrong(&self, _: &str) {}
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/sops-3.11")
}

/// Opens a vector as a command would: the strict profile, an identity, every value, the MAC.
fn open(vector: &Value) -> Result<OpenFile, String> {
    let bytes = fs::read(folder().join(text(vector, "file"))).expect("a vector");
    let file = SealedFile::parse(&bytes).map_err(|error| format!("{error:?}"))?;
    let identity = folder().join(vector["identities"][0].as_str().expect("an identity"));
    let context = Context::new(PathBuf::from("/"), move |name| match name {
        "SENEX_ENV_KEY_FILE" => Some(identity.clone().into_os_string()),
        "HOME" => Some("/nonexistent".into()),
        _ => None,
    });
    let mut identities = Identities::new(&context, &Nobody);
    let data_key = identities.data_key(file.wrapped_keys()).map_err(|error| format!("{error:?}"))?;
    file.open_unsealed(data_key).map_err(|error| format!("{error:?}"))
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().expect("a text")
}

fn vectors(expect: &str) -> Vec<Value> {
    let manifest = fs::read_to_string(folder().join("manifest.json")).expect("the manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let all = manifest["vectors"].as_array().expect("a list").clone();
    assert_eq!(all.len(), 105);
    all.into_iter().filter(|vector| text(vector, "expect") == expect).collect()
}

#[test]
fn files_sops_accepts_open_exactly_or_break_a_named_rule() {
    let refused: BTreeMap<&str, &str> = REFUSED.into_iter().collect();
    let accepted = vectors("accept");
    assert_eq!(accepted.len(), 42);
    let mut seen = Vec::new();
    for vector in &accepted {
        let name = text(vector, "name");
        match (open(vector), refused.get(name)) {
            (Ok(file), None) => {
                let plain =
                    fs::read_to_string(folder().join(text(vector, "plain_json"))).expect("the values");
                let expected: BTreeMap<String, String> = serde_json::from_str(&plain).expect(name);
                let found: BTreeMap<String, String> =
                    file.pairs().map(|(key, value)| (key.to_string(), value.expose().to_owned())).collect();
                assert!(found == expected, "{name}: other values");
            }
            (Err(error), Some(rule)) => {
                let named: String = rule.split('-').map(capitalized).collect();
                assert!(error.contains(&format!("rule: {named}")), "{name}: {error}, not {rule}");
                seen.push(name);
            }
            (Ok(_), Some(rule)) => panic!("{name} opens, though {rule} refuses it"),
            (Err(error), None) => panic!("{name} is refused: {error}"),
        }
    }
    assert_eq!(seen.len(), refused.len());
}

fn capitalized(word: &str) -> String {
    match word {
        "utf" => "Utf".to_owned(),
        word => word[..1].to_uppercase() + &word[1..],
    }
}

#[test]
fn files_sops_rejects_are_refused() {
    let rejected = vectors("reject");
    assert_eq!(rejected.len(), 45);
    for vector in &rejected {
        assert!(open(vector).is_err(), "{} opens", text(vector, "name"));
    }
}

#[test]
fn files_that_fool_sops_are_refused_or_unsealed() {
    let quirks = vectors("sops-accepts");
    assert_eq!(quirks.len(), 18);
    let binding = Binding { project: "p".to_owned(), environment: EnvName::new("e").expect("a name") };
    for vector in &quirks {
        if let Ok(file) = open(vector) {
            assert_eq!(file.seal_state(&binding), SealState::Missing, "{}", text(vector, "name"));
        }
    }
}
