//! Paths, hosts and URLs without anything secret in them.

use std::net::IpAddr;

use super::is_wordlike;

/// Top-level domains that hosts in env files have, beside those of countries.
const TOP_LEVEL: [&str; 36] = [
    "com",
    "net",
    "org",
    "edu",
    "gov",
    "int",
    "mil",
    "io",
    "dev",
    "app",
    "cloud",
    "info",
    "biz",
    "online",
    "site",
    "tech",
    "local",
    "localhost",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "test",
    "example",
    "invalid",
    "svc",
    "arpa",
    "docker",
    "host",
    "page",
    "run",
    "social",
    "systems",
];

/// An absolute path, or one that says that it is relative; its parts are words.
pub(super) fn path(value: &str) -> bool {
    let drive = value.as_bytes();
    let is_windows = drive.len() > 2
        && drive[0].is_ascii_alphabetic()
        && (&drive[1..3] == b":\\" || &drive[1..3] == b":/");
    let begins = ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start))
        || [".", "..", "~"].contains(&value);
    (begins || is_windows)
        && !value.starts_with("//")
        && value.split(['/', '\\']).all(is_part)
        && value.len() <= 200
}

fn is_part(part: &str) -> bool {
    let words = part.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    part.chars().all(|c| c.is_alphanumeric() || " ._-+@:*~{}()%$".contains(c))
        && words.into_iter().all(is_wordlike)
}

/// A host or an IP address with or without a port, a network, an email address, a URL.
pub(super) fn is_address(value: &str) -> bool {
    is_host_and_port(value) || is_network(value) || is_email(value) || is_url(value)
}

/// `db.internal:5432`, `localhost`, `127.0.0.1:8080:80`, `[::1]:80`, `*.example.com`.
pub(super) fn is_host_and_port(value: &str) -> bool {
    if value.parse::<IpAddr>().is_ok() {
        return true;
    }
    let (host, ports) = match value.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or(rest)),
        None => value.split_once(':').unwrap_or((value, "")),
    };
    let is_port =
        |port: &str| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (ports.is_empty() || ports.split(':').all(is_port)) && (host.parse::<IpAddr>().is_ok() || is_domain(host))
}

fn is_domain(host: &str) -> bool {
    let host = host.strip_prefix("*.").or_else(|| host.strip_prefix('.')).unwrap_or(host);
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let Some((top, below)) = labels.split_last() else { return false };
    let top = top.to_ascii_lowercase();
    let is_top = TOP_LEVEL.contains(&top.as_str())
        || top.len() == 2 && top.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && label.split(['-', '_']).all(|word| word.is_empty() || is_wordlike(word))
    };
    is_top && !below.is_empty() && host.len() <= 120 && below.iter().all(is_label)
}

/// `10.0.0.0/8`
fn is_network(value: &str) -> bool {
    value.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<IpAddr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
    })
}

/// `Name <user@example.com>`, `root@localhost`.
fn is_email(value: &str) -> bool {
    let address = match value.strip_suffix('>').and_then(|text| text.split_once('<')) {
        Some((name, address)) if name.chars().all(|c| c.is_alphanumeric() || " .,-'\"".contains(c)) => {
            address
        }
        Some(_) => return false,
        None => value,
    };
    let is_local = |local: &str| {
        !local.is_empty()
            && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte))
            && local.split(['.', '-', '_', '+']).all(is_wordlike)
    };
    address.rsplit_once('@').is_some_and(|(local, host)| is_local(local) && is_domain(host))
}

/// A scheme, a host, perhaps a port and a path of words; no user, no query, no fragment.
fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !scheme.is_empty();
    let is_name = |host: &str| {
        host.parse::<IpAddr>().is_ok()
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
            || host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_*".contains(&byte))
                && host.split(['.', '-', '_', '*']).all(|word| word.is_empty() || is_wordlike(word))
    };
    let is_port = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*');
    is_scheme
        && is_port
        && (!host.is_empty() && is_name(host) || host.is_empty() && path.len() > 1)
        && path.split('/').all(|part| is_part(part) && !part.contains([':', '@', '$']))
        && value.len() <= 200
}
