//! What names of files tell of environments.

use super::*;

fn listing(files: &[&str]) -> Listing {
    let files = files.iter().map(|file| (*file).to_owned()).collect();
    Listing { files, stacks: BTreeMap::new(), dot_env: None }
}

/// `name: compose files | plaintext files`, each environment a line.
fn told(files: &[&str]) -> Vec<String> {
    let shown = |found: &Found| {
        let plaintext: Vec<String> = found.plaintext.iter().map(|file| file.display().to_string()).collect();
        format!("{}: {} | {}", found.name, found.compose.join(" "), plaintext.join(" ")).trim_end().to_owned()
    };
    listing(files).environments().iter().map(shown).collect()
}

#[test]
fn names_of_files_tell_of_environments() {
    assert_eq!(told(&[]), ["development:  |", "production:  |"]);
    assert_eq!(told(&["compose.yml"]), ["development: compose.yml |", "production: compose.yml |"]);
    assert_eq!(told(&[".env", "compose.yml"]), ["development: compose.yml | .env"]);
    assert_eq!(
        told(&[".env", ".env.local", ".env.prod", ".env.prod.db", ".env.prod.example", ".env.keys"]),
        ["development:  | .env .env.local", "production:  | .env.prod .env.prod.db"]
    );
    assert_eq!(
        told(&["compose.yml", "compose.staging.yml", "compose.override.yml", "prod.env"]),
        [
            "development: compose.yml compose.override.yml |",
            "staging: compose.yml compose.staging.yml |",
            "production: compose.yml | prod.env"
        ]
    );
    // A file for development is loaded when it is named; where production has one as well, the base is no start.
    assert_eq!(
        told(&["docker-compose.yml", "docker-compose.dev.yml", "compose.prod.yml"]),
        ["development: docker-compose.yml |"]
    );
    assert_eq!(
        told(&["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"]),
        [
            "development: docker-compose.yml docker-compose.dev.yml |",
            "production: docker-compose.yml docker-compose.prod.yml |"
        ]
    );
}

#[test]
fn variants_backups_and_files_of_services_are_no_environments() {
    assert_eq!(
        told(&[
            ".env",
            ".env.bak",
            ".env.old",
            ".env.save",
            ".env.20240101",
            ".env.gpg",
            "web-conf.env",
            "db.env",
            "docker-compose.yml",
            "docker-compose.gpu.yml",
            "docker-compose.without-nginx.yml",
            "docker-compose.env",
        ]),
        ["development: docker-compose.yml | .env"]
    );
    // Named by both, a word nobody knows is an environment.
    assert_eq!(
        told(&["compose.yml", "compose.edge.yml", ".env.edge"]),
        ["development: compose.yml |", "edge: compose.yml compose.edge.yml | .env.edge"]
    );
}

#[test]
fn a_stack_of_its_own_is_not_merged_with_the_base() {
    let mut listing =
        listing(&["compose.yml", "compose.override.yml", "compose.dev.yml", "compose.prod.yml"]);
    let told = |listing: &Listing| -> Vec<String> {
        listing.environments().iter().map(|found| found.compose.join(" ")).collect()
    };
    assert_eq!(told(&listing), ["compose.yml compose.dev.yml", "compose.yml compose.prod.yml"]);
    for kind in [Variant::Instead, Variant::Beside] {
        listing.stacks = BTreeMap::from([("compose.dev.yml".to_owned(), kind)]);
        assert_eq!(told(&listing)[0], "compose.yml compose.override.yml");
    }
    listing.stacks = BTreeMap::from([("compose.prod.yml".to_owned(), Variant::Beside)]);
    assert_eq!(told(&listing)[1], "compose.yml compose.prod.yml");
    listing.stacks = BTreeMap::from([("compose.prod.yml".to_owned(), Variant::Instead)]);
    assert_eq!(told(&listing)[1], "compose.prod.yml");
}

#[test]
fn a_project_needs_no_base_file() {
    assert_eq!(
        told(&[
            "docker-compose.local.yml",
            "docker-compose.production.yml",
            ".envs/.local/.django",
            ".envs/.local/.postgres",
            ".envs/.production/.django",
        ]),
        [
            "local: docker-compose.local.yml | .envs/.local/.django .envs/.local/.postgres",
            "production: docker-compose.production.yml | .envs/.production/.django"
        ]
    );
    let mut listing = listing(&["docker-compose.local.yml", "docker-compose.production.yml", ".env"]);
    listing.dot_env = known("prod");
    let found = listing.environments();
    assert_eq!(found.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["local", "production"]);
    assert_eq!((found[0].plaintext.len(), found[1].plaintext.len()), (0, 1));
    assert_eq!(
        told(&["local.yml", "production.yml"]),
        ["local: local.yml |", "production: production.yml |"]
    );
    assert_eq!(told(&["container-compose.yml", ".env"]), ["development: container-compose.yml | .env"]);
}

#[test]
fn environments_that_are_named_get_what_is_theirs_and_the_first_what_has_no_name() {
    let names = ["main", "prod"].map(|name| EnvName::new(name).expect("a name"));
    let listing = listing(&["compose.yml", ".env", ".env.prod", ".env.qa"]);
    let found = listing.given(&names);
    assert_eq!(found[0].plaintext, [PathBuf::from(".env")]);
    assert_eq!(found[1].plaintext, [PathBuf::from(".env.prod")]);
    assert_eq!(listing.others(&found), [PathBuf::from(".env.qa")]);
}
