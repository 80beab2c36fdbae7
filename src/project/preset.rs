//! What is known of frameworks and services: names that have a meaning where one of their signs is there.

use std::path::Path;
use std::sync::LazyLock;

use toml_edit::{Document, Item, TableLike};

use super::ValueType;

/// Every preset; a later one counts before an earlier one.
const TEXTS: [&str; 5] = [
    include_str!("presets/common.toml"),
    include_str!("presets/sentry.toml"),
    include_str!("presets/postgres.toml"),
    include_str!("presets/django.toml"),
    include_str!("presets/tastytrade.toml"),
];
static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| TEXTS.iter().map(|text| preset(text)).collect());

/// What is known of a key by its name.
#[derive(Debug, Default)]
pub(crate) struct KnownKey {
    name: String,
    /// For people.
    pub description: Option<String>,
    /// Encrypted, or readable as long as no value looks like a credential.
    pub secret: Option<bool>,
    /// Its type.
    pub kind: Option<ValueType>,
    /// The name says its type by itself; otherwise a value has to.
    pub is_certain: bool,
    /// In characters.
    pub min_length: Option<usize>,
    /// Such as `180d`.
    pub rotate_after: Option<String>,
    /// Where the application looks for previous values.
    pub keep_previous_in: Option<String>,
    /// Its value is the name of the environment.
    pub names_environment: bool,
    /// Lines for one environment.
    pub only_in: Vec<(String, String)>,
}

struct Heading {
    title: String,
    place: usize,
    starts: Vec<String>,
}

struct Preset {
    always: bool,
    files: Vec<String>,
    variables: Vec<String>,
    images: Vec<String>,
    /// The heading of keys without another.
    application: Option<String>,
    renames: Vec<(String, String)>,
    headings: Vec<Heading>,
    keys: Vec<KnownKey>,
}

/// What lies in a project, as far as it tells what the project is made of.
pub(crate) struct Signs<'a> {
    /// The project's root.
    pub root: &'a Path,
    /// Names of variables.
    pub variables: &'a [String],
    /// Images of services.
    pub images: &'a [String],
}

/// The presets that apply to a project.
pub(crate) struct Presets(Vec<&'static Preset>);

impl Presets {
    /// Those with a sign in the project.
    pub(crate) fn of(signs: &Signs<'_>) -> Self {
        let applies = |preset: &&Preset| {
            preset.always
                || preset.files.iter().any(|file| signs.root.join(file).exists())
                || preset
                    .variables
                    .iter()
                    .any(|start| signs.variables.iter().any(|name| name.starts_with(start)))
                || preset.images.iter().any(|part| signs.images.iter().any(|image| image.contains(part)))
        };
        Self(PRESETS.iter().filter(applies).collect())
    }

    /// What is known of a name.
    pub(crate) fn key(&self, name: &str) -> Option<&'static KnownKey> {
        self.0.iter().rev().find_map(|preset| preset.keys.iter().find(|key| key.name == name))
    }

    /// The heading that a key stands under, and its place among the headings.
    pub(crate) fn heading(&self, name: &str) -> (usize, &'static str) {
        let headings = || self.0.iter().flat_map(|preset| &preset.headings);
        let found = headings().find(|heading| heading.starts.iter().any(|start| name.starts_with(start)));
        let renamed = |title: &str| {
            let renames = self.0.iter().flat_map(|preset| &preset.renames);
            renames.filter(|(old, _)| old == title).map(|(_, new)| new.as_str()).next_back()
        };
        let application = self.0.iter().rev().find_map(|preset| preset.application.as_deref());
        match found {
            Some(heading) => (heading.place, renamed(&heading.title).unwrap_or(&heading.title)),
            None => (0, application.unwrap_or_default()),
        }
    }
}

fn preset(text: &str) -> Preset {
    let document = Document::parse(text).expect("a preset is TOML");
    let top = document.as_table();
    let table = |field: &str| top.get(field).and_then(Item::as_table_like);
    let headings = top.get("headings").and_then(Item::as_array_of_tables);
    Preset {
        always: boolean(top, "always"),
        files: strings(top, "files"),
        variables: strings(top, "variables"),
        images: strings(top, "images"),
        application: string(top, "application"),
        renames: table("renames").map(pairs).unwrap_or_default(),
        headings: headings.into_iter().flatten().map(|table| heading(table)).collect(),
        keys: table("keys")
            .into_iter()
            .flat_map(TableLike::iter)
            .map(|(name, item)| key(name, item))
            .collect(),
    }
}

fn heading(table: &dyn TableLike) -> Heading {
    let place = table.get("place").and_then(Item::as_integer).and_then(|place| usize::try_from(place).ok());
    Heading {
        title: string(table, "title").expect("a heading has a title"),
        place: place.expect("a heading has a place"),
        starts: strings(table, "starts"),
    }
}

fn key(name: &str, item: &Item) -> KnownKey {
    let table = item.as_table_like().expect("a key is a table");
    let kind = string(table, "type").map(|kind| ValueType::named(&kind).expect("a type that is known"));
    let least = table.get("min_length").and_then(Item::as_integer);
    KnownKey {
        name: name.to_owned(),
        description: string(table, "description"),
        secret: table.get("secret").and_then(Item::as_bool),
        kind,
        is_certain: boolean(table, "certain"),
        min_length: least.and_then(|least| usize::try_from(least).ok()),
        rotate_after: string(table, "rotate_after"),
        keep_previous_in: string(table, "keep_previous_in"),
        names_environment: boolean(table, "names_environment"),
        only_in: table.get("only_in").and_then(Item::as_table_like).map(pairs).unwrap_or_default(),
    }
}

fn string(table: &dyn TableLike, field: &str) -> Option<String> {
    table.get(field).and_then(Item::as_str).map(str::to_owned)
}

fn boolean(table: &dyn TableLike, field: &str) -> bool {
    table.get(field).and_then(Item::as_bool).unwrap_or(false)
}

fn strings(table: &dyn TableLike, field: &str) -> Vec<String> {
    let list = table.get(field).and_then(Item::as_array);
    list.into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

fn pairs(table: &dyn TableLike) -> Vec<(String, String)> {
    table.iter().filter_map(|(name, item)| Some((name.to_owned(), item.as_str()?.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presets(variables: &[&str], images: &[&str]) -> Presets {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let (variables, images) = (owned(variables), owned(images));
        Presets::of(&Signs { root: Path::new("/nonexistent"), variables: &variables, images: &images })
    }

    #[test]
    fn every_preset_is_read_in_full() {
        const TOP: [&str; 8] =
            ["always", "files", "variables", "images", "application", "renames", "headings", "keys"];
        const KEY: [&str; 9] = [
            "description",
            "secret",
            "type",
            "certain",
            "min_length",
            "rotate_after",
            "keep_previous_in",
            "names_environment",
            "only_in",
        ];
        for text in TEXTS {
            let document = Document::parse(text).expect("TOML");
            assert!(document.as_table().iter().all(|(field, _)| TOP.contains(&field)), "{text}");
            let keys = document.get("keys").and_then(Item::as_table_like).expect("keys");
            for (name, item) in keys.iter() {
                let table = item.as_table_like().expect("a table");
                assert!(table.iter().all(|(field, _)| KEY.contains(&field)), "{name}");
            }
        }
        assert_eq!(PRESETS.len(), TEXTS.len());
    }

    #[test]
    fn a_name_means_to_django_what_it_need_not_mean_to_others() {
        let django = presets(&["DJANGO_SETTINGS_MODULE"], &[]);
        assert_eq!(django.key("SECRET_KEY").and_then(|key| key.kind), Some(ValueType::DjangoSecretKey));
        assert_eq!(django.heading("SECRET_KEY"), (0, "Django"));
        let other = presets(&[], &["docker.io/library/postgres:16"]);
        assert!(other.key("SECRET_KEY").is_none());
        assert_eq!(other.heading("DB_NAME"), (10, "PostgreSQL"));
        assert_eq!(other.heading("X"), (0, "Application"));
        assert_eq!(presets(&[], &[]).heading("DB_NAME"), (10, "Database"));
    }
}
