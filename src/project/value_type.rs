//! The types that a value can have, by name. What each of them means is told in `check::types`.

use crate::listed::listed;

listed! {
    /// A type of values, as `type = "…"` names it in the project file.
    pub enum ValueType {
        /// A private age identity.
        AgeIdentity = "age-identity",
        /// Bytes in base64.
        Base64 = "base64",
        /// Yes or no.
        Bool = "bool",
        /// Django's `SECRET_KEY`.
        DjangoSecretKey = "django-secret-key",
        /// A URL of any scheme.
        Dsn = "dsn",
        /// A span of time.
        Duration = "duration",
        /// An email address.
        Email = "email",
        /// A key of Fernet, the encryption of Python's `cryptography`.
        FernetKey = "fernet-key",
        /// Bytes in hexadecimal.
        Hex = "hex",
        /// Host names, as Django's `ALLOWED_HOSTS`.
        HostList = "host-list",
        /// A whole number.
        Int = "int",
        /// One JSON document.
        Json = "json",
        /// Origins, as Django's `CSRF_TRUSTED_ORIGINS`.
        OriginList = "origin-list",
        /// A text that nobody guesses.
        Password = "password",
        /// An absolute path.
        Path = "path",
        /// PEM blocks: keys, certificates.
        Pem = "pem",
        /// A TCP port.
        Port = "port",
        /// A name that PostgreSQL takes without quotes.
        PostgresName = "postgres-name",
        /// The URL of a PostgreSQL database.
        PostgresUrl = "postgres-url",
        /// The URL of a Redis server.
        RedisUrl = "redis-url",
        /// A regular expression.
        Regex = "regex",
        /// The URL of something on the web.
        Url = "url",
        /// A UUID.
        Uuid = "uuid",
    }
}

impl ValueType {
    /// The type of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
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
