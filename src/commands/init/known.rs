//! What the names of variables tell: well-known ones by the letter, others by the words in them.

use crate::project::ValueType;

/// What is known of a variable before any value of it is seen.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// For the project file.
    pub description: Option<&'static str>,
    /// Encrypted, or readable.
    pub secret: bool,
    /// Its type.
    pub kind: Option<ValueType>,
    /// Required, although compose would do without it.
    pub is_always_required: bool,
    /// In characters.
    pub min_length: Option<usize>,
    /// As the project file has it.
    pub rotate_after: Option<&'static str>,
    /// Where the application looks for previous values.
    pub keep_previous_in: Option<&'static str>,
    /// Its value is the name of the environment.
    pub is_environment: bool,
    /// Lines for one environment.
    pub only_in: &'static [(&'static str, &'static str)],
}

const SECRET: Known = Known {
    description: None,
    secret: true,
    kind: None,
    is_always_required: false,
    min_length: None,
    rotate_after: None,
    keep_previous_in: None,
    is_environment: false,
    only_in: &[],
};
const CONFIG: Known = Known { secret: false, ..SECRET };

/// Names that stand in the documentation of Django and of TastyTrade.
const BY_NAME: [(&str, Known); 10] = [
    ("ENVIRONMENT", Known { is_environment: true, ..CONFIG }),
    ("DB_NAME", Known { kind: Some(ValueType::PostgresName), ..CONFIG }),
    ("DB_USER", Known { kind: Some(ValueType::PostgresName), ..CONFIG }),
    (
        "DB_PASSWORD",
        Known {
            description: Some("read when the database is first made; later it needs ALTER ROLE as well"),
            min_length: Some(12),
            ..SECRET
        },
    ),
    ("EMAIL_HOST_USER", SECRET), // with many providers it is half of the credential
    (
        "ALLOWED_HOSTS",
        Known {
            description: Some("localhost must be among them: the health checks ask for it"),
            kind: Some(ValueType::HostList),
            ..CONFIG
        },
    ),
    (
        "SECRET_KEY",
        Known {
            kind: Some(ValueType::DjangoSecretKey),
            rotate_after: Some("180d"),
            keep_previous_in: Some("SECRET_KEY_FALLBACKS"),
            ..SECRET
        },
    ),
    (
        "SECRET_KEY_FALLBACKS",
        Known {
            description: Some(
                "previous values of SECRET_KEY, newest first: sessions signed with them stay valid",
            ),
            ..SECRET
        },
    ),
    (
        "FIELD_ENCRYPTION_KEY",
        Known {
            description: Some(
                "encrypts fields in the database; a list, newest first; losing one loses what it encrypted",
            ),
            kind: Some(ValueType::FernetKey),
            keep_previous_in: Some("FIELD_ENCRYPTION_KEY"),
            ..SECRET
        },
    ),
    (
        "TASTYTRADE_BASE_URL",
        Known {
            kind: Some(ValueType::Url),
            is_always_required: true,
            only_in: &[
                (
                    "development",
                    "one_of = [\"https://api.cert.tastyworks.com\"] # development must never reach the live broker",
                ),
                (
                    "production",
                    "not_one_of = [\"https://api.cert.tastyworks.com\"] # production must not trade in the sandbox",
                ),
            ],
            ..CONFIG
        },
    ),
];

/// What a project is made of, as far as it gives names a meaning.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// It is a Django project.
    pub is_django: bool,
    /// Its database is PostgreSQL.
    pub is_postgres: bool,
}

/// What is known of a name.
pub(super) fn known(name: &str, project: Kind) -> Known {
    let by_name = BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, known)| *known);
    match by_name {
        Some(known) if !project.is_postgres && name.starts_with("DB_") => {
            Known { description: None, kind: None, ..known }
        }
        Some(_) if !project.is_django && !name.starts_with("TASTYTRADE_") && is_djangos(name) => {
            by_words(name)
        }
        Some(known) => known,
        None => by_words(name),
    }
}

fn is_djangos(name: &str) -> bool {
    ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "FIELD_ENCRYPTION_KEY", "ALLOWED_HOSTS"].contains(&name)
}

fn by_words(name: &str) -> Known {
    let kind = kind(name);
    if is_secret(name) { Known { kind, ..SECRET } } else { Known { kind, ..CONFIG } }
}

/// The type that a name announces. What may hold a password has none before its value is seen.
fn kind(name: &str) -> Option<ValueType> {
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split('_').collect();
    let holds = |word: &str| words.contains(&word);
    let last = *words.last()?;
    Some(match last {
        "PORT" => ValueType::Port,
        "HOSTS" => ValueType::HostList,
        "ORIGINS" => ValueType::OriginList,
        "DSN" => ValueType::Dsn,
        "URL" if !is_secret(&name) => ValueType::Url,
        "EMAIL" => ValueType::Email,
        "SECONDS" => ValueType::Int,
        "DEBUG" | "ENABLED" | "TLS" | "SSL" | "REDIRECT" | "SUBDOMAINS" | "PRELOAD" => ValueType::Bool,
        "KEY" if holds("FERNET") => ValueType::FernetKey,
        _ => return None,
    })
}

/// Names that say their value may be read. Everything else is kept secret: that mistake costs nothing.
fn is_secret(name: &str) -> bool {
    const SECRET: [&str; 10] =
        ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "PRIVATE", "CREDENTIAL", "DSN", "KEY", "SALT", "WEBHOOK"];
    /// URLs of these hold a password more often than not.
    const WITH_PASSWORD: [&str; 6] = ["DATABASE", "POSTGRES", "REDIS", "BROKER", "MONGO", "AMQP"];
    const CONFIG: [&str; 25] = [
        "HOST",
        "HOSTS",
        "PORT",
        "URL",
        "URI",
        "NAME",
        "DB",
        "DATABASE",
        "USER",
        "DEBUG",
        "ENVIRONMENT",
        "ENV",
        "ORIGINS",
        "TLS",
        "SSL",
        "SECONDS",
        "REDIRECT",
        "EMAIL",
        "LEVEL",
        "MODULE",
        "VERSION",
        "TAG",
        "REGION",
        "TIMEOUT",
        "ENABLED",
    ];
    let name = name.to_ascii_uppercase();
    let words: Vec<&str> = name.split('_').collect();
    let holds = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let is_address = holds(&["URL", "URI"]) && holds(&WITH_PASSWORD);
    let is_composes = ["COMPOSE_", "PODMAN_"].iter().any(|start| name.starts_with(start));
    holds(&SECRET) || is_address || !is_composes && !holds(&CONFIG)
}

/// The heading that a key stands under in the project file, and its place among the headings.
pub(super) fn group(name: &str, project: Kind) -> (usize, &'static str) {
    const BY_START: [(&[&str], &str); 7] = [
        (&["DB_", "POSTGRES_", "PG", "DATABASE_", "MYSQL_", "MARIADB_"], "Database"),
        (&["REDIS_", "CELERY_", "RABBITMQ_", "BROKER_"], "Queue and cache"),
        (&["TASTYTRADE_"], "TastyTrade: the sandbox and the live broker have credentials of their own"),
        (&["EMAIL_", "SMTP_", "DEFAULT_FROM_EMAIL", "MAIL_"], "Email"),
        (&["AWS_", "S3_", "MINIO_"], "Storage"),
        (&["STRIPE_", "PAYPAL_"], "Payment"),
        (&["SENTRY_", "DATADOG_", "DD_", "NEW_RELIC_", "OTEL_"], "Monitoring"),
    ];
    let found = BY_START.iter().position(|(starts, _)| starts.iter().any(|start| name.starts_with(start)));
    match found {
        None if project.is_django => (0, "Django"),
        None => (0, "Application"),
        Some(0) if project.is_postgres => (1, "PostgreSQL"),
        Some(at) => (at + 1, BY_START[at].1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_say_so_are_config() {
        for config in [
            "ALLOWED_HOSTS",
            "DB_NAME",
            "APP_BASE_URL",
            "EMAIL_USE_TLS",
            "DJANGO_SETTINGS_MODULE",
            "EMAIL_PORT",
            "COMPOSE_PROFILES",
        ] {
            assert!(!is_secret(config), "{config}");
        }
        for secret in [
            "SECRET_KEY",
            "DB_PASSWORD",
            "SENTRY_DSN",
            "EMAIL_HOST_PASSWORD",
            "TASTYTRADE_CLIENT_ID",
            "X",
            "API_TOKEN_URL",
            "DATABASE_URL",
            "REDIS_URL",
            "SLACK_WEBHOOK_URL",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
    }

    #[test]
    fn a_name_means_to_django_what_it_need_not_mean_to_others() {
        let kind = |is_django| known("SECRET_KEY", Kind { is_django, is_postgres: false }).kind;
        assert_eq!(kind(true), Some(ValueType::DjangoSecretKey));
        assert_eq!(kind(false), None);
    }
}
