//! The types that a value can have, by name. What each of them means is told in `check::types`.

use std::fmt;

/// A type of values, as `type = "…"` names it in the project file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A private age identity.
    AgeIdentity,
    /// Bytes in base64.
    Base64,
    /// Yes or no.
    Bool,
    /// Django's `SECRET_KEY`.
    DjangoSecretKey,
    /// A URL of any scheme.
    Dsn,
    /// A span of time.
    Duration,
    /// An email address.
    Email,
    /// A key of Fernet, the encryption of Python's `cryptography`.
    FernetKey,
    /// Bytes in hexadecimal.
    Hex,
    /// Host names, as Django's `ALLOWED_HOSTS`.
    HostList,
    /// A whole number.
    Int,
    /// One JSON document.
    Json,
    /// Origins, as Django's `CSRF_TRUSTED_ORIGINS`.
    OriginList,
    /// A text that nobody guesses.
    Password,
    /// An absolute path.
    Path,
    /// PEM blocks: keys, certificates.
    Pem,
    /// A TCP port.
    Port,
    /// A name that PostgreSQL takes without quotes.
    PostgresName,
    /// The URL of a PostgreSQL database.
    PostgresUrl,
    /// The URL of a Redis server.
    RedisUrl,
    /// A regular expression.
    Regex,
    /// The URL of something on the web.
    Url,
    /// A UUID.
    Uuid,
}

impl ValueType {
    /// Every type, by name.
    pub const ALL: [Self; 23] = [
        Self::AgeIdentity,
        Self::Base64,
        Self::Bool,
        Self::DjangoSecretKey,
        Self::Dsn,
        Self::Duration,
        Self::Email,
        Self::FernetKey,
        Self::Hex,
        Self::HostList,
        Self::Int,
        Self::Json,
        Self::OriginList,
        Self::Password,
        Self::Path,
        Self::Pem,
        Self::Port,
        Self::PostgresName,
        Self::PostgresUrl,
        Self::RedisUrl,
        Self::Regex,
        Self::Url,
        Self::Uuid,
    ];

    /// The name in the project file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AgeIdentity => "age-identity",
            Self::Base64 => "base64",
            Self::Bool => "bool",
            Self::DjangoSecretKey => "django-secret-key",
            Self::Dsn => "dsn",
            Self::Duration => "duration",
            Self::Email => "email",
            Self::FernetKey => "fernet-key",
            Self::Hex => "hex",
            Self::HostList => "host-list",
            Self::Int => "int",
            Self::Json => "json",
            Self::OriginList => "origin-list",
            Self::Password => "password",
            Self::Path => "path",
            Self::Pem => "pem",
            Self::Port => "port",
            Self::PostgresName => "postgres-name",
            Self::PostgresUrl => "postgres-url",
            Self::RedisUrl => "redis-url",
            Self::Regex => "regex",
            Self::Url => "url",
            Self::Uuid => "uuid",
        }
    }

    /// The type of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_found_by_its_name_and_the_list_is_sorted() {
        let names = ValueType::ALL.map(ValueType::as_str);
        assert!(names.is_sorted());
        assert!(ValueType::ALL.into_iter().all(|kind| ValueType::named(kind.as_str()) == Some(kind)));
        assert_eq!(ValueType::named("fernet"), None);
    }
}
