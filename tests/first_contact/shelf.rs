//! A shelf of projects in the shapes of well-known public ones: what starts before `init` starts after it.

use super::case::hold;
use super::shape::Shape;
use super::working_state::holds;

macro_rules! shelf {
    ($($test:ident: $name:literal;)*) => {
        $(#[test] fn $test() { hold($name, holds); })*
        const NAMES: &[&str] = &[$($name),*];
    };
}

shelf! {
    cookiecutter_django: "cookiecutter-django";
    django_on_docker: "django-on-docker";
    elk: "elk";
    frappe: "frappe";
    invoiceninja: "invoiceninja";
    jitsi: "jitsi";
    langfuse: "langfuse";
    laradock: "laradock";
    linkwarden: "linkwarden";
    mailcow: "mailcow";
    mattermost: "mattermost";
    n8n_caddy: "n8n-caddy";
    n8n_postgres: "n8n-postgres";
    n8n_worker: "n8n-worker";
    netbox: "netbox";
    paperless: "paperless";
    pihole: "pihole";
    plausible: "plausible";
    saleor: "saleor";
    sentry: "sentry";
    supabase: "supabase";
    wger: "wger";
    zulip: "zulip";
}

#[test]
fn every_shelf_project_is_tried() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/first_contact/shelf");
    let files = std::fs::read_dir(folder).expect("the shelf").flatten();
    let mut names: Vec<String> =
        files.map(|file| file.path().file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, NAMES);
    for name in NAMES {
        assert!(!Shape::load(name).gone.is_empty(), "{name}");
    }
}
