//! `host-list`, `origin-list`, `email`.

use super::host::is_host;
use super::numbers::port;
use super::urls::Url;
use super::{Unfit, unless};

/// What Django takes as `ALLOWED_HOSTS` after splitting at commas: hosts, `.example.com` for a domain with
/// everything below it, or `*`; no blanks, no empty entry, no scheme, and no port, which would never match.
pub(super) fn host_list(value: &str) -> Result<(), Unfit> {
    for host in list(value)? {
        unless(!host.contains("://"), "has an entry with a scheme, which is not part of a host")?;
        let has_port =
            host.rsplit_once(':').is_some_and(|(host, number)| port(number).is_ok() && is_host(host));
        unless(!has_port, "has an entry with a port, which is not part of a host")?;
        let bare = host.strip_prefix('.').unwrap_or(host);
        unless(host == "*" || is_host(bare), "has an entry that is not a valid host")?;
    }
    Ok(())
}

/// Origins with commas between: scheme (http, https, ws or wss), host, perhaps a port; no path, not even
/// `/`, which no origin of a browser has.
pub(super) fn origin_list(value: &str) -> Result<(), Unfit> {
    for origin in list(value)? {
        let url = Url::parse(origin)
            .filter(|url| url.is_web() && url.userinfo.is_none())
            .ok_or(Unfit("has an entry that is not scheme and host, such as https://example.com"))?;
        unless(url.rest.is_empty(), "has an entry with a path, even `/`, which is not part of an origin")?;
    }
    Ok(())
}

/// One address, or `Name <address>`: letters, digits and ``.!#$%&'*+/=?^_`{|}~-`` before the `@`, a host after
/// it.
pub(super) fn email(value: &str) -> Result<(), Unfit> {
    let address = match value.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, address)) => {
            unless(
                !name.contains(['<', '>', '@', ',']) && !name.chars().any(char::is_control),
                "is not a single address",
            )?;
            address
        }
        None => value,
    };
    let (local, domain) = address.rsplit_once('@').ok_or(Unfit("has no `@`"))?;
    let fine = (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    unless(fine, "has an invalid part before the `@`")?;
    unless(is_host(domain), "has an invalid host after the `@`")
}

fn list(value: &str) -> Result<Vec<&str>, Unfit> {
    unless(!value.contains(char::is_whitespace), "contains a space; only commas separate the entries")?;
    let entries: Vec<&str> = value.split(',').collect();
    unless(entries.iter().all(|entry| !entry.is_empty()), "has an empty entry")?;
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::super::tests::table;
    use crate::project::ValueType;

    #[test]
    fn hosts_have_neither_scheme_nor_port() {
        table(
            ValueType::HostList,
            &["localhost", "a.example,127.0.0.1", ".example.com", "*", "[::1]", "xn--bcher-kva.example"],
            &[
                "https://a.example",
                "a.example:8000",
                "a, b",
                "a,",
                ",",
                "a_b",
                "-a",
                "999.1.1.1",
                "::1",
                "a.example/",
                "*.example.com",
                "bücher.example",
            ],
        );
    }

    #[test]
    fn origins_have_a_scheme_and_no_path() {
        table(
            ValueType::OriginList,
            &["http://localhost:8000", "https://a.example,wss://b.example", "http://[::1]:1"],
            &[
                "https://a.example/",
                "a.example",
                "ftp://a.example",
                "https://u@a.example",
                "https://a:0",
                "https://a.example ,b",
            ],
        );
    }

    #[test]
    fn email_is_one_address_with_or_without_a_name() {
        table(
            ValueType::Email,
            &["a@b", "a.b+c@example.com", "Senex Trader <no-reply@example.test>"],
            &["a", "a@", "@b", "a b@c", "a@b,c@d", "<a@b", "a@b>", "x <a@b> y", "a..b@c", "a@b..c", "a@b\n"],
        );
    }
}
