//! Names and values of real env files, and what must never be taken for config.

use super::{Sign, is_config, sign};

const SECRETS: &str = include_str!("../../../tests/fixtures/secrecy/secrets.txt");
const CONFIG: &str = include_str!("../../../tests/fixtures/secrecy/config.txt");

fn pairs(text: &str) -> Vec<(&str, &str)> {
    let pairs: Vec<_> = text.lines().filter_map(|line| line.split_once('=')).collect();
    assert!(pairs.len() >= 400);
    pairs
}

#[test]
fn no_secret_is_proposed_readable() {
    let readable: Vec<_> =
        pairs(SECRETS).into_iter().filter(|(name, value)| is_config(name, &[value])).collect();
    assert!(readable.is_empty(), "{readable:#?}");
}

#[test]
fn a_secret_that_is_readable_is_found() {
    let unseen: Vec<_> =
        pairs(SECRETS).into_iter().filter(|(name, value)| sign(name, value).is_none()).collect();
    assert!(unseen.is_empty(), "{unseen:#?}");
}

#[test]
fn hardly_any_config_is_proposed_secret() {
    let pairs = pairs(CONFIG);
    let secret: Vec<_> = pairs.iter().filter(|(name, value)| !is_config(name, &[value])).collect();
    assert!(secret.len() * 20 <= pairs.len(), "{} of {}: {secret:#?}", secret.len(), pairs.len());
}

#[test]
fn what_is_proposed_readable_is_no_finding_afterwards() {
    for (name, value) in pairs(CONFIG).into_iter().chain(pairs(SECRETS)) {
        assert!(!is_config(name, &[value]) || sign(name, value).is_none(), "{name}={value}");
    }
}

#[test]
fn an_unknown_word_beside_a_config_word_is_secret_unless_the_value_is_plain() {
    for value in ["correct-horse", "p4ssw0rd", "482913", "K8sJq2mPz7LwXv4t", "admin:hunter2", ""] {
        assert!(!is_config("FROBNICATE_NAME", &[value]), "{value}");
    }
    for value in [
        "Europe/Berlin",
        "true",
        "8080",
        "30s",
        "512m",
        "8000-8010",
        "/var/lib/data",
        "postgres:16-alpine",
        "shop.example.com",
        "info",
        "https://shop.example.com/api/v1",
    ] {
        assert!(is_config("FROBNICATE", &[value]), "{value}");
    }
}

#[test]
fn an_empty_value_tells_nothing_and_one_secret_value_makes_all_secret() {
    assert!(is_config("LOG_LEVEL", &[""]) && is_config("LOG_LEVEL", &[]));
    assert!(!is_config("ACME_THING", &[""]) && !is_config("DB_PASS", &["", ""]));
    assert!(is_config("BACKEND_URL", &["http://a.example", ""]));
    assert!(!is_config("BACKEND_URL", &["http://a.example", "https://u:p@a.example"]));
}

#[test]
fn a_name_may_say_that_its_value_is_about_the_secret_and_the_value_has_to_agree() {
    for (name, about, itself) in [
        ("PASSWORD_MIN_LENGTH", "12", "correct-horse"),
        ("ENABLE_AUTH", "1", "admin:letmein"),
        ("DB_PASSWORD_FILE", "/run/secrets/db", "letmein"),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", "30", "hunter2"),
        ("SESSION_DRIVER", "redis", "hunter2"),
        ("NEXTAUTH_URL", "http://localhost:3000", "hunter2"),
        ("MAIL_ENCRYPTION", "tls", "hunter2"),
    ] {
        assert!(is_config(name, &[about]), "{name}={about}");
        assert!(!is_config(name, &[itself]), "{name}={itself}");
    }
}

#[test]
fn signs_are_named() {
    for (name, value, expected) in [
        ("DB_PASS", "x", Some(Sign::Name)),
        ("URL", "https://u:p@h/", Some(Sign::Userinfo)),
        ("URL", "https://h/?token=abcdef", Some(Sign::Parameter)),
        ("URL", "https://hooks.slack.com/services/T0/B0/X", Some(Sign::Path)),
        ("X", "0123456789abcdef0123", Some(Sign::Random)),
        ("X", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", Some(Sign::Shape("GitHub"))),
        ("NEXT_PUBLIC_SITE_KEY", "site", None),
        ("URL", "https://h/?page=2", None),
        ("URL", "https://${USER}:${PASSWORD}@h", None),
    ] {
        assert_eq!(sign(name, value), expected, "{name}={value}");
    }
}
