//! Every field of the project file, once: the reader accepts these, and the JSON Schema and the reference
//! page are made of them.

use super::field::{Field, Shape, Table};

const fn field(name: &'static str, shape: Shape, about: &'static str) -> Field {
    Field { name, shape, about }
}

/// What stands above the first heading, and the headings.
pub(crate) static TOP: Table = Table {
    name: "project",
    heading: "",
    fields: &[
        field("version", Shape::Version, "The version of this file's format. Required."),
        field(
            "project",
            Shape::Name,
            "The name of the project. Required. It is part of every seal, so run `senex-env seal` after you \
             change it.",
        ),
        field(
            "default",
            Shape::Environment,
            "The environment that a command uses when neither `-e` nor `SENEX_ENV` names one.",
        ),
        field(
            "tools",
            Shape::Tools,
            "The compose tools whose behaviour counts in `check`. Default: all; what only one of them refuses is a warning.",
        ),
        field("environments", Shape::Tables(&ENVIRONMENT), "The environments; at least one."),
        field("people", Shape::Tables(&PERSON), "Who may open what. Machines count as people."),
        field("keys", Shape::Tables(&KEY), "The variables, and the rules for their values."),
        field(
            "lints",
            Shape::Switches,
            "Findings of `senex-env check` that are switched `\"off\"` for the project.",
        ),
        field("scan", Shape::Table(&SCAN), "What `senex-env scan` and the pre-commit hook allow."),
    ],
};

/// `[environments.NAME]`
pub(crate) static ENVIRONMENT: Table = Table {
    name: "environment",
    heading: "[environments.NAME]",
    fields: &[
        field(
            "compose",
            Shape::Paths,
            "The compose files, from the root of the project. `check` reads them, and `run` adds them with `-f` when the \
             command names none.",
        ),
        field(
            "confirm",
            Shape::Bool,
            "Ask before a command changes the environment or shows a value of it. `run` does not ask. Default: `false`.",
        ),
        field(
            "replaces",
            Shape::Replaced,
            "Plaintext env files, from the root of the project, that the sealed values stand in for: `run` \
             passes the values to every service that names such a file under `env_file:`. `keys` are those \
             that the file defined; without it, all keys of the environment.",
        ),
    ],
};

/// `[people.NAME]`
pub(crate) static PERSON: Table = Table {
    name: "person",
    heading: "[people.NAME]",
    fields: &[
        field(
            "recipients",
            Shape::Recipients,
            "The public halves of the person's identities: `age1…`, or a whole `ssh-ed25519 …` line.",
        ),
        field(
            "environments",
            Shape::Environments,
            "What the person may open. `senex-env grant` and `senex-env revoke` write it.",
        ),
        field(
            "requests",
            Shape::Environments,
            "What the person has requested. `senex-env join` writes it; it grants nothing.",
        ),
        field(
            "former",
            Shape::Recipients,
            "Recipients that were revoked. `senex-env revoke` writes it; they are never granted anything again.",
        ),
    ],
};

/// `[keys.NAME]`
pub(crate) static KEY: Table = Table {
    name: "key",
    heading: "[keys.NAME]",
    fields: &[
        field(
            "secret",
            Shape::Bool,
            "`false` keeps the value readable in the sealed file, for config that a review should see. Default: `true`.",
        ),
        field(
            "required",
            Shape::Required,
            "Where the key must have a value that is not empty: everywhere, nowhere, or in these environments. \
             Default: `false`.",
        ),
        field("description", Shape::Text, "For people: shell completion shows it."),
        field("type", Shape::Type, "What the value must be: one of the [types](types.md)."),
        field("one_of", Shape::Texts, "The only values allowed."),
        field("not_one_of", Shape::Texts, "Values that are not allowed."),
        field("min_length", Shape::Count, "The minimum number of characters of the value."),
        field("matches", Shape::Regex, "A regular expression that must match the whole value."),
        field("rotate_after", Shape::Days, "A value that is older is reported as overdue: `\"180d\"`."),
        field(
            "keep_previous_in",
            Shape::Key,
            "The key in which `rotate` keeps previous values for the application, separated by commas; the key itself \
             where it is a list, newest first.",
        ),
        field(
            "generate",
            Shape::Text,
            "How `rotate` generates a value if the type does not say: `password:LENGTH`, \
             `password:LENGTH:ALPHABET`, `hex:BYTES`, `base64:BYTES`, `uuid`, `django-secret-key`, \
             `fernet-key` or `age-identity`.",
        ),
        field(
            "command",
            Shape::Program,
            "A program that prints a new value, for `rotate`. It runs only after `senex-env trust`, without a shell.",
        ),
        field(
            "after_rotate",
            Shape::Program,
            "A program that reads the new value from standard input once `rotate` has sealed it. It runs only after \
             `senex-env trust`, without a shell.",
        ),
        field("allow", Shape::Findings, "Findings of `check` that are expected for this key."),
    ],
};

/// `[keys.NAME.ENVIRONMENT]`
pub(crate) static RULES: Table = Table {
    name: "rules",
    heading: "[keys.NAME.ENVIRONMENT]",
    fields: &[
        field("required", Shape::Bool, "Whether this environment needs a value that is not empty."),
        field("type", Shape::Type, "What the value must be in this environment."),
        field("one_of", Shape::Texts, "The only values allowed in this environment."),
        field("not_one_of", Shape::Texts, "Values that are not allowed in this environment."),
        field(
            "min_length",
            Shape::Count,
            "The minimum number of characters of the value in this \
            environment.",
        ),
        field(
            "matches",
            Shape::Regex,
            "A regular expression that must match the whole value in this environment.",
        ),
    ],
};

/// `[scan]`
pub(crate) static SCAN: Table = Table {
    name: "scan",
    heading: "[scan]",
    fields: &[field(
        "allow",
        Shape::Allowed,
        "By path (`*` stands for any text, also across folders): the keys whose values may be there, or \
         `private-identity`, `plaintext-env`, `*`.",
    )],
};

/// Every table, in the order of the reference page.
pub static TABLES: [&Table; 6] = [&TOP, &ENVIRONMENT, &PERSON, &KEY, &RULES, &SCAN];
