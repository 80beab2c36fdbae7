//! `url`, `dsn`, `postgres-url`, `redis-url`.

use super::host::is_host;
use super::numbers::port;
use super::{Unfit, unless};

/// A URL with an authority, in its parts (RFC 3986).
pub(super) struct Url<'a> {
    scheme: &'a str,
    /// What stands before the `@`.
    pub userinfo: Option<&'a str>,
    host: &'a str,
    /// Path, query and fragment.
    pub rest: &'a str,
}

impl<'a> Url<'a> {
    /// `None` for what is no URL: characters that a URL must escape, a bad scheme, host or port.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let good_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
        let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (userinfo, address) = match authority.rsplit_once('@') {
            Some((userinfo, address)) => (Some(userinfo), address),
            None => (None, authority),
        };
        let host = match address.rsplit_once(':') {
            Some((host, number)) if !number.contains(']') => {
                port(number).ok()?;
                host
            }
            _ => address,
        };
        let forbidden = |text: &str, more: &[u8]| {
            text.bytes().any(|b| !b.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&b) || more.contains(&b))
        };
        // Compose services may have a `_` in their names.
        let good_host = host.is_empty() || is_host(&host.replace('_', "-"));
        let good = good_scheme
            && good_host
            && !forbidden(rest, &[])
            && !userinfo.is_some_and(|text| forbidden(text, b"@/?#[]"))
            && escapes_are_whole(text);
        good.then_some(Self { scheme, userinfo, host, rest })
    }

    /// `http`, `https`, `ws` or `wss`, with a host.
    pub(super) fn is_web(&self) -> bool {
        ["http", "https", "ws", "wss"].contains(&self.scheme)
            && !self.host.is_empty()
            && !self.host.contains('_')
    }

    fn path(&self) -> &'a str {
        self.rest.split(['?', '#']).next().unwrap_or_default()
    }
}

/// An absolute URL of the web: `http`, `https`, `ws` or `wss`, a host, perhaps a port, path and query.
/// Characters that a URL must escape are refused.
pub(super) fn url(value: &str) -> Result<(), Unfit> {
    let url = Url::parse(value).ok_or(Unfit("is not an absolute URL"))?;
    unless(url.is_web(), "is not an http, https, ws or wss URL with a host")
}

/// A URL of any scheme with `://`, and a host or a path. A password in it must have its special characters
/// escaped, or the program takes it apart elsewhere.
pub(super) fn dsn(value: &str) -> Result<(), Unfit> {
    let url = Url::parse(value)
        .ok_or(Unfit("is not a URL, or contains a character that must be escaped with %"))?;
    unless(!url.host.is_empty() || url.path().len() > 1, "has neither a host nor a path")
}

/// `postgres://` or `postgresql://` (perhaps with a driver, `postgresql+psycopg://`), a host and the name
/// of a database.
pub(super) fn postgres_url(value: &str) -> Result<(), Unfit> {
    let url = Url::parse(value)
        .ok_or(Unfit("is not a URL, or contains a character that must be escaped with %"))?;
    let scheme = url.scheme.split('+').next().unwrap_or_default();
    unless(["postgres", "postgresql"].contains(&scheme), "does not begin with postgres:// or postgresql://")?;
    unless(!url.host.is_empty(), "has no host")?;
    let name = url.path().strip_prefix('/').unwrap_or_default();
    unless(!name.is_empty() && !name.contains('/'), "does not name a single database")
}

/// `redis://` or `rediss://`, a host, and perhaps the number of a database.
pub(super) fn redis_url(value: &str) -> Result<(), Unfit> {
    let url = Url::parse(value)
        .ok_or(Unfit("is not a URL, or contains a character that must be escaped with %"))?;
    unless(["redis", "rediss"].contains(&url.scheme), "does not begin with redis:// or rediss://")?;
    unless(!url.host.is_empty(), "has no host")?;
    let database = url.path().strip_prefix('/').unwrap_or_default();
    unless(database.is_empty() || database.parse::<u16>().is_ok(), "has a database that is not a number")
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|rest| rest.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::project::ValueType;

    #[test]
    fn url_needs_a_web_scheme_and_host() {
        table(
            ValueType::Url,
            &[
                "https://api.tastyworks.com",
                "http://localhost:8000/a?b=c#d",
                "https://key@o1.ingest.example/42",
                "wss://[::1]:9/x",
                "https://a/%20",
            ],
            &[
                "",
                "api.tastyworks.com",
                "https://",
                "https:///path",
                "//a",
                "ftp://a",
                "https://a b",
                "https://a:99999",
                "https://a/%2",
                "https://a/\u{e9}",
                "https://a_b",
                "https://a..b",
                "http://a\n",
            ],
        );
    }

    #[test]
    fn database_urls_name_host_and_database() {
        table(
            ValueType::PostgresUrl,
            &["postgres://u:p%40ss@db:5432/senex", "postgresql+psycopg://db/x?sslmode=require"],
            &[
                "postgres://db",
                "postgres:///x",
                "mysql://db/x",
                "postgres://u:p@ss@db/x",
                "postgres://u:p#x@db/x",
            ],
        );
        table(
            ValueType::RedisUrl,
            &["redis://redis:6379/0", "rediss://:pass@r", "redis://my_redis/"],
            &["redis:///0", "redis://r/x", "http://r/0", "redis://r/0/1"],
        );
        table(
            ValueType::Dsn,
            &["sqlite:///db.sqlite3", "amqp://u:p@rabbit:5672//", "mysql://db"],
            &["sqlite://", "db", "a b://c", "amqp://u:p/q@h"],
        );
    }
}
