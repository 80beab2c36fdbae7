//! The JSON Schema of the project file, for editors.

use serde_json::{Map, Value, json};

use super::field::{Field, Shape, Table};
use super::tables::{ENVIRONMENT, KEY, PERSON, RULES, TABLES, TOP};
use super::{Lint, VERSION, ValueType};
use crate::compose::Tool;

/// Where the schema is published: the `#:schema` line of a project file names it.
pub(crate) const SCHEMA_URL: &str =
    "https://raw.githubusercontent.com/senextrader/senex-env/main/docs/senex-env.schema.json";

const ENVIRONMENT_NAME: &str = "^[a-z0-9][a-z0-9_-]*$";
const PERSON_NAME: &str = "^[A-Za-z0-9][A-Za-z0-9._-]*$";
/// Neither empty nor absolute, and no part is `..`.
const PATH_BELOW: &str =
    r"^(\./+)*([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)(/+(\.|([^/.][^/]*|\.[^/.][^/]*|\.\.[^/]+)))*/*$";
const KEY_NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";

/// The schema, in draft 7, which every editor knows. What needs two places of the file to be compared (an
/// environment that is named but not declared) is left to the reader.
pub fn json_schema() -> Value {
    let mut schema = object(&TOP);
    let definitions: Map<String, Value> =
        TABLES[1..].iter().map(|table| (table.name.to_owned(), object(table))).collect();
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["$id"] = json!(SCHEMA_URL);
    schema["title"] = json!("senex-env project file (envs/senex-env.toml)");
    schema["required"] = json!(["version", "project", "environments"]);
    schema["definitions"] = Value::Object(definitions);
    // Whatever is not a field of a key is the name of an environment.
    let key = &mut schema["definitions"][KEY.name];
    key["additionalProperties"] = reference(&RULES);
    key["propertyNames"] = json!({ "pattern": ENVIRONMENT_NAME });
    schema
}

fn object(table: &Table) -> Value {
    let properties: Map<String, Value> =
        table.fields.iter().map(|field| (field.name.to_owned(), property(field))).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn property(field: &Field) -> Value {
    let mut schema = of_shape(field.shape);
    schema["description"] = json!(without_links(field.about));
    schema
}

fn of_shape(shape: Shape) -> Value {
    match shape {
        Shape::Version => json!({ "const": VERSION }),
        Shape::Text => json!({ "type": "string" }),
        Shape::Name => json!({ "type": "string", "pattern": "\\S" }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Count => json!({ "type": "integer", "minimum": 0 }),
        Shape::Days => json!({ "type": "string", "pattern": "^\\+?0*[1-9][0-9]*d$" }),
        Shape::Regex => json!({ "type": "string" }),
        Shape::Type => json!({ "enum": ValueType::ALL.map(ValueType::as_str) }),
        Shape::Key => json!({ "type": "string", "pattern": KEY_NAME }),
        Shape::Environment => json!({ "type": "string", "pattern": ENVIRONMENT_NAME }),
        Shape::Environments => list(of_shape(Shape::Environment)),
        Shape::Required => json!({ "anyOf": [of_shape(Shape::Bool), of_shape(Shape::Environments)] }),
        Shape::Texts | Shape::Program => list(of_shape(Shape::Text)),
        Shape::Paths => list(json!({ "type": "string", "pattern": "^[^/]" })),
        Shape::Replaced => {
            let file = json!({ "type": "string", "pattern": PATH_BELOW });
            let keys = list(json!({ "type": "string", "pattern": KEY_NAME, "not": { "pattern": "^sops_" } }));
            let table = json!({
                "type": "object", "additionalProperties": false, "required": ["file"],
                "properties": { "file": file, "keys": keys },
            });
            list(json!({ "anyOf": [file, table] }))
        }
        Shape::Recipients => list(json!({ "type": "string", "pattern": "^\\s*(age1|ssh-ed25519 )" })),
        Shape::Tools => {
            json!({ "type": "array", "minItems": 1, "items": { "enum": Tool::ALL.map(Tool::as_str) } })
        }
        Shape::Findings => list(json!({ "enum": Lint::ALL.map(Lint::as_str) })),
        Shape::Tables(table) => tables(table),
        Shape::Table(table) => reference(table),
        Shape::Switches => {
            let switches: Map<String, Value> = Lint::ALL
                .iter()
                .map(|lint| (lint.as_str().to_owned(), json!({ "enum": ["on", "off"] })))
                .collect();
            json!({ "type": "object", "additionalProperties": false, "properties": switches })
        }
        Shape::Allowed => json!({ "type": "object", "additionalProperties": of_shape(Shape::Texts) }),
    }
}

/// A table for each name.
fn tables(table: &'static Table) -> Value {
    let names = match table.name {
        name if name == ENVIRONMENT.name => json!({ "pattern": ENVIRONMENT_NAME, "maxLength": 255 }),
        name if name == PERSON.name => json!({ "pattern": PERSON_NAME, "maxLength": 255 }),
        _ => json!({ "pattern": KEY_NAME, "maxLength": 255, "not": { "pattern": "^sops_" } }),
    };
    let least = usize::from(table.name == ENVIRONMENT.name);
    json!({
        "type": "object", "minProperties": least, "propertyNames": names, "additionalProperties": reference(table),
    })
}

fn list(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn reference(table: &Table) -> Value {
    json!({ "$ref": format!("#/definitions/{}", table.name) })
}

/// `[types](types.md)` is a link on a page alone.
fn without_links(markdown: &str) -> String {
    let mut parts = markdown.split("](");
    let mut text = parts.next().unwrap_or_default().replace('[', "");
    for part in parts {
        text.push_str(part.split_once(')').map_or(part, |(_, rest)| rest));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_reachable_and_every_field_described() {
        let text = json_schema().to_string();
        for table in &TABLES[1..] {
            assert!(text.contains(&format!("#/definitions/{}", table.name)), "{}", table.name);
        }
        for field in TABLES.iter().flat_map(|table| table.fields) {
            let about = json!(without_links(field.about)).to_string();
            assert!(text.contains(&about) && field.about.ends_with('.'), "{}", field.name);
        }
        assert_eq!(without_links("one of the [types](types.md)."), "one of the types.");
    }
}
